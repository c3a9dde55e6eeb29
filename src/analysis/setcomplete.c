/*
 * Completion in set expressions: the words that could stand at the cursor, from the names that the
 * count file has.
 */
#include "config.h"

#include "analysis/setexpr.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "corpus/phones.h"
#include "analysis/setwords.h"

/* Where candidates go. */
struct offer {
    struct names *out;
    const char *typed; /* the word begun */
    size_t typed_len;
    bool ok;
};

/* Offers HEAD + NAME + TAIL, NAME quoted where it needs it, if it continues what was typed. */
static void setcomplete_offer(struct offer *o, const char *head, const char *name, const char *tail)
{
    struct buf b = BUF_INIT;
    bool plain = name[0] != '\0';
    for (const char *p = name; *p; p++)
        plain = plain && setword_char(*p);
    buf_printf(&b, plain ? "%s%s%s" : "%s\"%s\"%s", head, name, tail);
    if (!buf_ok(&b))
        o->ok = false;
    else if (strncmp(buf_text(&b), o->typed, o->typed_len) == 0 &&
             names_add(o->out, buf_text(&b)) == NAMES_NONE)
        o->ok = false;
    buf_free(&b);
}

/* Within "[...": phones first, then factors, after "=" their levels. */
static void offer_pattern(struct offer *o, const struct analysis *a, bool first)
{
    const struct counts *c = a->counts;
    const char *equals = memchr(o->typed, '=', o->typed_len);
    for (uint32_t f = 0; f < c->factors; f++) {
        const struct counts_factor *factor = &c->factor[f];
        bool phone = strcmp(factor->name, "phone") == 0;
        size_t len = strlen(factor->name);
        if (phone && first)
            for (uint32_t k = 0; k < factor->levels; k++)
                if (phones_class(a->phones, factor->level[k]) >= 0)
                    setcomplete_offer(o, "", factor->level[k], "");
        if (!phone && !equals)
            setcomplete_offer(o, "", factor->name, "=");
        if (!equals || len + 1 > o->typed_len || memcmp(o->typed, factor->name, len) != 0 ||
            o->typed[len] != '=')
            continue;
        struct buf head = BUF_INIT;
        buf_printf(&head, "%s=", factor->name);
        for (uint32_t k = 0; k < factor->levels; k++)
            setcomplete_offer(o, buf_text(&head), factor->level[k], "");
        buf_free(&head);
    }
}

/* Behind the ":" of a property or a group: what was typed up to it, and the selectors. */
static void offer_selectors(struct offer *o, size_t head)
{
    struct buf b = BUF_INIT;
    buf_add(&b, o->typed, head);
    for (size_t i = 0; selectors[i]; i++)
        setcomplete_offer(o, buf_text(&b), selectors[i]->name, "");
    o->ok = o->ok && buf_ok(&b);
    buf_free(&b);
}

/* Bytes of what was typed up to a ":" that ends a property or a group, that included; 0: none. */
static size_t setcomplete_colon(const struct offer *o, const struct analysis *a)
{
    struct setexpr e;
    size_t n = o->typed_len;
    while (n > 0 && o->typed[n - 1] != ':')
        n--;
    if (n == 0)
        return 0;
    char *head = mem_strndup(o->typed, n - 1);
    bool set = head && setexpr_parse(&e, head, a, NULL, NULL) == STATUS_OK;
    bool fits = set && e.nodes == 1 && !e.node[0].selector &&
                (e.node[0].kind == SETEXPR_PROPERTY || e.node[0].kind == SETEXPR_GROUP);
    if (set)
        setexpr_free(&e);
    free(head);
    return fits ? n : 0;
}

/* Outside: properties, after "=" their groups, after ":" the selectors. */
static void offer_sets(struct offer *o, const struct analysis *a)
{
    const char *equals = memchr(o->typed, '=', o->typed_len);
    size_t colon = setcomplete_colon(o, a);
    if (colon) {
        offer_selectors(o, colon);
        return;
    }
    for (size_t i = 0; a->sets && i < a->sets->count; i++)
        setcomplete_offer(o, "$", a->sets->set[i].name, "");
    for (uint32_t i = 0; i < a->names.count; i++) {
        const char *name = a->names.name[i];
        size_t len = strlen(name);
        if (!equals) {
            setcomplete_offer(o, "", name, "");
            continue;
        }
        if (len != (size_t)(equals - o->typed) || memcmp(name, o->typed, len) != 0)
            continue;
        struct setword_groups groups = {a, name};
        struct buf head = BUF_INIT;
        uint32_t count;
        char *const *group = setword_group_names(&groups, &count);
        buf_printf(&head, "%s=", name);
        for (uint32_t g = 0; g < count; g++)
            setcomplete_offer(o, buf_text(&head), group[g], "");
        buf_free(&head);
    }
}

/* Start of the word at CURSOR outside brackets: after an operator, and after a "-" that ends a
 * known property ("gender-ph"). */
static size_t word_start(const char *text, size_t cursor, const struct analysis *a)
{
    size_t start = cursor;
    while (start > 0 && !strchr(" \t&|()", text[start - 1]))
        start--;
    for (size_t i = start; i < cursor; i++)
        if (text[i] == '-' && (setword_is_property(a, text + start, i - start) ||
                               text[start] == '$' || text[i + 1] == '$'))
            start = i + 1;
    return start;
}

enum status setexpr_complete(const char *text, size_t cursor, struct analysis *a, struct names *out,
                             size_t *start, struct err *err)
{
    size_t open = cursor;
    while (open > 0 && text[open - 1] != '[' && text[open - 1] != ']')
        open--;
    bool inside = open > 0 && text[open - 1] == '[';
    size_t begin = inside ? cursor : word_start(text, cursor, a);
    while (inside && begin > open && text[begin - 1] != ',')
        begin--;
    struct offer o = {out, text + begin, cursor - begin, true};
    if (inside)
        offer_pattern(&o, a, begin == open);
    else
        offer_sets(&o, a);
    *start = begin;
    return o.ok ? STATUS_OK : err_nomem(err);
}
