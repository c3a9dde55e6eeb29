/*
 * Reading a user's own factor from a table of utterances or of time spans.
 */
#include "config.h"

#include "corpus/factorfile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/countfile.h"
#include "formats/file.h"
#include "formats/listed.h"
#include "formats/nfc.h"
#include "formats/rows.h"
#include "base/search.h"
#include "base/mem.h"

/* Spans may touch; times written with few decimals may seem to overlap by less than this. */
#define SAME_TIME 1e-6

enum { BY_UTTERANCE = 2, BY_TIME = 4 }; /* columns */

struct layout {
    char divider;
    size_t columns;    /* 0: no line was seen yet */
    bool duration;     /* the third column holds durations, as its heading says */
    double start, end; /* seconds of a unit of these columns */
};

bool factor_name_ok(const char *name)
{
    static const char *const taken[] = {"phone",   "gender",    "pitch",
                                        "speaker", "utterance", "each-phone"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(name, taken[i]) == 0)
            return false;
    return n > 0 && n < FACTOR_NAME_MAX && strchr(letters, name[0]) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == n;
}

static bool factorfile_is_heading(const struct span *field)
{
    return listed_column(field, 1) == 0 || span_is(field[0], "name") || span_is(field[0], "id");
}

/* Columns by the first line that is no comment; true if it is a heading. */
static bool factorfile_find_layout(struct layout *t, struct span line)
{
    struct span field[BY_TIME + 1];
    double number;
    t->divider = span_divider(line);
    size_t n = span_split(line, t->divider, field, BY_TIME + 1);
    bool heading = factorfile_is_heading(field);
    bool timed = n >= BY_TIME &&
                 (heading || (span_number(field[1], &number) && span_number(field[2], &number)));
    t->columns = timed ? BY_TIME : BY_UTTERANCE;
    t->start = t->end = 1;
    if (timed && heading) {
        listed_time(field[1], &t->start);
        t->duration = listed_time(field[2], &t->end) == TIME_DURATION;
    }
    return heading;
}

static enum status factorfile_bad(const char *name, size_t line, const char *what, struct err *err)
{
    return err_set(err, STATUS_FORMAT, "%s: line %zu: %s", name, line, what);
}

/* Adds one span: utterance and level become indices into the name tables. The level is composed
 * and cleaned as names in count files are. */
static enum status factorfile_add(struct factorfile *f, struct span utterance, struct span value,
                                  struct factor_span s, const char *name, struct err *err)
{
    char level[FACTOR_MAX_LENGTH + 1];
    if (!utterance.n)
        return factorfile_bad(name, s.line, "no utterance", err);
    if (value.n > FACTOR_MAX_LENGTH)
        return factorfile_bad(name, s.line, "a value of more than 255 bytes", err);
    nfc_copy(level, sizeof level, value.s, value.n);
    counts_clean(level);
    char *own = span_copy(utterance);
    if (!own || !mem_grow(&f->span, &f->cap, f->count + 1, sizeof *f->span)) {
        free(own);
        return err_nomem(err);
    }
    s.utterance = names_add(&f->utterance, own);
    s.level = names_add(&f->level, level);
    free(own);
    if (s.utterance == NAMES_NONE || s.level == NAMES_NONE)
        return err_nomem(err);
    if (f->level.count > FACTOR_MAX_LEVELS)
        return factorfile_bad(name, s.line, "more than 65536 different values", err);
    f->span[f->count++] = s;
    return STATUS_OK;
}

/* One line behind the heading. */
static enum status factorfile_add_line(struct factorfile *f, const struct layout *t,
                                       struct span line, const char *name, size_t number,
                                       struct err *err)
{
    struct span field[BY_TIME + 1];
    struct factor_span s = {.line = number, .start = -INFINITY, .end = INFINITY};
    /* Only a value at the end of a line with blanks may hold the divider. */
    size_t n = span_split(line, t->divider, field, t->columns + (t->divider != ' '));
    if (n + 1 < t->columns || n > t->columns)
        return factorfile_bad(name, number,
                              t->columns == BY_TIME ? "not \"utterance start end value\""
                                                    : "not \"utterance value\"",
                              err);
    struct span value = n == t->columns ? field[n - 1] : (struct span){"", 0};
    if (t->columns == BY_TIME &&
        (!span_number(field[1], &s.start) || !span_number(field[2], &s.end) || !isfinite(s.start) ||
         !isfinite(s.end) || s.end < (t->duration ? 0 : s.start)))
        return factorfile_bad(name, number, "no start and end in seconds", err);
    if (t->columns == BY_TIME) {
        s.start *= t->start;
        s.end = s.end * t->end + (t->duration ? s.start : 0);
    }
    /* Of spans without a length nothing would ever have the value. */
    if (value.n && s.end <= s.start)
        return factorfile_bad(name, number,
                              "a span that ends where it starts (of durations the heading says "
                              "\"duration\")",
                              err);
    if (!value.n)
        return STATUS_OK;
    return factorfile_add(f, field[0], value, s, name, err);
}

/* Total, so that equal files give equal orders. */
static int factorfile_by_place(const void *a, const void *b)
{
    const struct factor_span *x = a, *y = b;
    if (x->utterance != y->utterance)
        return x->utterance < y->utterance ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* Sorts the spans and takes those out that say the same twice. */
static enum status factorfile_put_in_order(struct factorfile *f, const char *name, struct err *err)
{
    size_t kept = 0;
    qsort(f->span, f->count, sizeof *f->span, factorfile_by_place);
    for (size_t i = 0; i < f->count; i++) {
        const struct factor_span *s = &f->span[i], *last = kept ? &f->span[kept - 1] : NULL;
        if (!last || last->utterance != s->utterance || last->end <= s->start + SAME_TIME) {
            f->span[kept++] = *s;
            continue;
        }
        if (last->level == s->level && last->start == s->start && last->end == s->end)
            continue;
        return err_set(err, STATUS_FORMAT, "%s: line %zu: another value of '%.80s' in line %zu",
                       name, s->line > last->line ? s->line : last->line,
                       f->utterance.name[s->utterance],
                       s->line > last->line ? last->line : s->line);
    }
    f->count = kept;
    return STATUS_OK;
}

enum status factorfile_parse(struct factorfile *out, const void *bytes, size_t size,
                             const char *name, struct err *err)
{
    struct factorfile f = {.utterance = NAMES_INIT, .level = NAMES_INIT};
    struct layout t = {.columns = 0};
    struct rows rows;
    struct span line;
    enum status code = rows_begin(&rows, bytes, size, name, err);
    while (!code && rows_next(&rows, &line)) {
        if (!span_trim(line).n || line.s[0] == '#')
            continue;
        if (t.columns == 0 && factorfile_find_layout(&t, line))
            continue;
        code = factorfile_add_line(&f, &t, line, name, rows.lines.number, err);
    }
    code = rows_end(&rows, code, err);
    if (!code && f.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no values in this file", name);
    if (!code)
        code = factorfile_put_in_order(&f, name, err);
    if (code)
        factorfile_free(&f);
    else
        *out = f;
    return code;
}

enum status factorfile_open(struct factorfile *f, const char *path, struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (!code) {
        code = factorfile_parse(f, m.data, m.size, path, err);
        mapped_close(&m);
    }
    return code;
}

void factorfile_free(struct factorfile *f)
{
    names_free(&f->utterance);
    names_free(&f->level);
    free(f->span);
    *f = (struct factorfile){.utterance = NAMES_INIT};
}

/* First span of utterance U or a later one. */
static size_t factorfile_first_of(const struct factorfile *f, uint32_t u)
{
    const struct factor_span *row = f->span;
    return f->count ? search_u32(&row->utterance, sizeof *row, f->count, u) : 0;
}

size_t factorfile_find(const struct factorfile *f, const char *utterance,
                       const struct factor_span **spans)
{
    uint32_t u = names_find(&f->utterance, utterance);
    if (u == NAMES_NONE)
        return 0;
    size_t from = factorfile_first_of(f, u);
    *spans = f->span + from;
    return factorfile_first_of(f, u + 1) - from;
}
