/*
 * Setting and telling the members of a struct by name, through its table of fields.
 */
#include "config.h"

#include "base/fields.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/numeral.h"

const struct field *field_find(const struct field *table, const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static bool field_set_unsigned(const struct field *f, void *member, const char *value)
{
    unsigned long n;
    if (!numeral_unsigned(value, (unsigned long)f->low, (unsigned long)f->high, &n))
        return false;
    if (f->kind == FIELD_U32)
        *(uint32_t *)member = (uint32_t)n;
    else
        *(uint64_t *)member = n;
    return true;
}

/* "80", or "80%". */
static bool field_set_share(void *member, const char *value)
{
    char number[NUMERAL_MAX];
    double percent;
    size_t n = strlen(value);
    if (n > 0 && value[n - 1] == '%')
        n--;
    if (n >= sizeof number)
        return false;
    memcpy(number, value, n);
    number[n] = '\0';
    if (!numeral_real(number, 0, 100, &percent) || percent <= 0)
        return false;
    *(double *)member = percent / 100;
    return true;
}

enum status field_set(const struct field *f, void *to, const char *value, struct err *err)
{
    void *member = (char *)to + f->at;
    const char *wrong = f->takes;
    bool good = true;
    switch (f->kind) {
    case FIELD_TEXT: *(const char **)member = value; break;
    case FIELD_REAL: good = numeral_real(value, f->low, f->high, member); break;
    case FIELD_SHARE: good = field_set_share(member, value); break;
    case FIELD_U32:
    case FIELD_U64: good = field_set_unsigned(f, member, value); break;
    case FIELD_FLAG: *(bool *)member = true; break;
    case FIELD_OWN:
    case FIELD_BARE: good = f->set(to, value, &wrong); break;
    }
    return good ? STATUS_OK
                : err_set(err, STATUS_USAGE, "--%s %s, not '%.120s'", f->name, wrong, value);
}

/* The member of FROM as text, if it is not as in PLAIN. */
static void field_tell(const struct field *f, const void *from, const void *plain, field_each *each,
                       void *context)
{
    const void *member = (const char *)from + f->at, *usual = (const char *)plain + f->at;
    char text[NUMERAL_MAX];
    double real, usual_real;
    switch (f->kind) {
    case FIELD_TEXT: {
        const char *value = *(const char *const *)member;
        if (value)
            each(context, f->name, value);
        return;
    }
    case FIELD_FLAG:
        if (*(const bool *)member)
            each(context, f->name, NULL);
        return;
    case FIELD_U32:
        if (*(const uint32_t *)member == *(const uint32_t *)usual)
            return;
        snprintf(text, sizeof text, "%" PRIu32, *(const uint32_t *)member);
        break;
    case FIELD_U64:
        if (*(const uint64_t *)member == *(const uint64_t *)usual)
            return;
        snprintf(text, sizeof text, "%" PRIu64, *(const uint64_t *)member);
        break;
    default:
        memcpy(&real, member, sizeof real);
        memcpy(&usual_real, usual, sizeof usual_real);
        if (!(real < usual_real || real > usual_real))
            return;
        numeral_text(real, f->kind == FIELD_SHARE ? 100 : 1, text);
    }
    each(context, f->name, text);
}

void fields_each(const struct field *table, const void *from, const void *plain, field_each *each,
                 void *context)
{
    for (const struct field *f = table; f->name; f++)
        if (f->kind == FIELD_OWN || f->kind == FIELD_BARE)
            f->get(from, f, each, context);
        else
            field_tell(f, from, plain, each, context);
}
