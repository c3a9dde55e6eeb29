/*
 * The small language of searching and filtering lists: terms that compare a column or look for a
 * text (match.h).
 */
#include "config.h"

#include "screen/match.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int find_column(const struct grid_column *column, unsigned columns, const char *word,
                       size_t len)
{
    for (unsigned k = 0; k < columns; k++)
        if (strlen(column[k].name) == len && strncasecmp(column[k].name, word, len) == 0)
            return (int)k;
    return -1;
}

/* The message lists the columns that there are. */
static enum status no_column(const struct grid_column *column, unsigned columns, const char *word,
                             size_t len, struct err *err)
{
    char list[300] = "";
    size_t used = 0;
    for (unsigned k = 0; k < columns && used < sizeof list; k++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", k ? ", " : "",
                                 column[k].name);
    return err_set(err, STATUS_NOTFOUND, "no column '%.*s'; there are %s", (int)len, word, list);
}

/* Repetitions that cost memory beyond reason, and references back that cost time. */
static bool is_costly(const char *word)
{
    const char *brace = strchr(word, '{');
    if (brace && (strchr(brace + 1, '{') || strtol(brace + 1, NULL, 10) > 99))
        return true;
    const char *comma = brace ? strchr(brace, ',') : NULL;
    if (comma && strtol(comma + 1, NULL, 10) > 99)
        return true;
    for (const char *p = strchr(word, '\\'); p; p = p[1] ? strchr(p + 2, '\\') : NULL)
        if (isdigit((unsigned char)p[1]))
            return true;
    return false;
}

/*
 * A pattern without special characters is looked for as plain text, which is faster and cannot
 * fail. REG_NEWLINE makes ^ and $ match at every column of the row.
 */
static enum status make_regex(struct match_term *t, struct err *err)
{
    char why[160];
    t->regular = strpbrk(t->word, "^$.[]|()*+?{}\\") != NULL;
    if (t->regular && is_costly(t->word)) {
        t->regular = false;
        return err_set(
            err, STATUS_UNSUPPORTED,
            "no more than one {n}, up to 99, and no \\1 in the regular expression '%.60s'",
            t->word);
    }
    int code = t->regular ? regcomp(&t->regex, t->word, REG_EXTENDED | REG_NEWLINE | REG_NOSUB) : 0;
    if (!code)
        return STATUS_OK;
    regerror(code, &t->regex, why, sizeof why);
    t->regular = false;
    return err_set(err, STATUS_USAGE, "%s, in the regular expression '%.60s'", why, t->word);
}

/* The number a comparison is with. */
static enum status make_number(struct match_term *t, const struct grid_column *column,
                               struct err *err)
{
    char *end;
    t->numeric = !column->text;
    bool ordered = t->op != MATCH_EQUAL && t->op != MATCH_UNEQUAL;
    if (!t->numeric)
        return ordered ? err_set(err, STATUS_USAGE, "'%s' has no numbers: = or ~ are for texts",
                                 column->name)
                       : STATUS_OK;
    t->number = strtod(t->word, &end);
    if (end == t->word || *end || t->word[strspn(t->word, "0123456789.+-e")])
        return err_set(err, STATUS_USAGE, "a number expected after '%s', not '%.40s'", column->name,
                       t->word);
    return STATUS_OK;
}

/* One term of LEN bytes at WORD. */
static enum status make_term(struct match_term *t, const char *word, size_t len,
                             const struct grid_column *column, unsigned columns, size_t *offset,
                             struct err *err)
{
    size_t name, ops;
    const char *from = word;
    *t = (struct match_term){.op = MATCH_PATTERN, .column = -1};
    if (len > 1 && word[0] == '!')
        t->not = true, word++, len--;
    for (name = 0;
         name < len && (isalnum((unsigned char)word[name]) || strchr("_.-|", word[name]));)
        name++;
    ops = name ? strspn(word + name, "<>=!~") : 0;
    if (name + ops > len)
        ops = 0;
    *offset = (size_t)(word - from);
    if (ops) {
        static const struct {
            const char *text;
            enum match_op op;
        } known[] = {{">", MATCH_GREATER},     {">=", MATCH_GREATER_EQUAL}, {"<", MATCH_LESS},
                     {"<=", MATCH_LESS_EQUAL}, {"=", MATCH_EQUAL},          {"!=", MATCH_UNEQUAL},
                     {"==", MATCH_EQUAL},      {"~", MATCH_PATTERN}};
        size_t k = 0, n = sizeof known / sizeof known[0];
        while (k < n && (strlen(known[k].text) != ops || strncmp(known[k].text, word + name, ops)))
            k++;
        t->column = find_column(column, columns, word, name);
        if (t->column < 0)
            return no_column(column, columns, word, name, err);
        *offset += name;
        if (k == n)
            return err_set(err, STATUS_USAGE, "one of > >= < <= = != ~ expected after '%s'",
                           column[t->column].name);
        t->op = known[k].op;
        *offset += ops;
        word += name + ops;
        len -= name + ops;
    }
    if (len >= MATCH_WORD)
        return err_set(err, STATUS_USAGE, "longer than %d bytes", MATCH_WORD - 1);
    /* "\S" is not "\s": escapes keep their case. */
    for (size_t i = 0; i < len; i++)
        t->word[i] = i && word[i - 1] == '\\' ? word[i] : (char)tolower((unsigned char)word[i]);
    if (t->op == MATCH_PATTERN)
        return make_regex(t, err);
    return make_number(t, &column[t->column], err);
}

/*
 * Terms separated by blanks. Built aside and handed over whole, so that a text that is wrong while
 * it is being typed leaves the old filter in force.
 */
enum status match_make(struct match *m, const char *text, const struct grid_column *column,
                       unsigned columns, size_t *at, struct err *err)
{
    struct match made = {.terms = 0};
    enum status code = STATUS_OK;
    if (at)
        *at = 0;
    for (const char *p = text + strspn(text, " "); !code && *p; p += strspn(p, " ")) {
        size_t len = strcspn(p, " "), offset = 0;
        if (made.terms == MATCH_TERMS)
            code = err_set(err, STATUS_UNSUPPORTED, "more than %d terms", MATCH_TERMS);
        else
            code = make_term(&made.term[made.terms], p, len, column, columns, &offset, err);
        made.terms += !code;
        if (code && at)
            *at = (size_t)(p - text) + offset + 1;
        p += len;
    }
    if (code) {
        match_free(&made);
        return code;
    }
    *m = made;
    return STATUS_OK;
}

void match_free(struct match *m)
{
    for (size_t i = 0; i < m->terms; i++)
        if (m->term[i].regular)
            regfree(&m->term[i].regex);
    m->terms = 0;
}

/* NAN, which has no order, fails every comparison but !=. */
static bool match_compare(const struct match_term *t, double v)
{
    switch (t->op) {
    case MATCH_LESS: return v < t->number;
    case MATCH_LESS_EQUAL: return v <= t->number;
    case MATCH_GREATER: return v > t->number;
    case MATCH_GREATER_EQUAL: return v >= t->number;
    case MATCH_UNEQUAL: return !(v == t->number);
    default: return v == t->number;
    }
}

/* Column K of the texts, and its length. */
static const char *match_field(const char *text, int k, size_t *len)
{
    for (; k > 0; k--)
        text = strchr(text, '\n') + 1;
    *len = strcspn(text, "\n");
    return text;
}

/*
 * Whether term T holds, without its "!". A comparison with a number looks at NUMBER; all else looks
 * at the texts, in one column or (pattern without a column) in all of them at once.
 */
static bool term_holds(const struct match_term *t, const double *number, const char *text)
{
    char copy[256];
    size_t len;
    if (t->op != MATCH_PATTERN && t->numeric)
        return match_compare(t, number[t->column]);
    if (t->column >= 0) {
        const char *from = match_field(text, t->column, &len);
        if (t->op != MATCH_PATTERN) {
            bool equal = strlen(t->word) == len && memcmp(from, t->word, len) == 0;
            return equal == (t->op == MATCH_EQUAL);
        }
        snprintf(copy, sizeof copy, "%.*s", (int)len, from);
        text = copy;
    }
    return t->regular ? regexec(&t->regex, text, 0, NULL, 0) == 0 : strstr(text, t->word) != NULL;
}

bool match_row(const struct match *m, const double *number, const char *text)
{
    for (size_t i = 0; i < m->terms; i++)
        if (term_holds(&m->term[i], number, text) == m->term[i].not )
            return false;
    return true;
}
