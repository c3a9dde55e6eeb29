/*
 * F0 tables as text: recognising the columns, and one track for each utterance in them.
 */
#include "config.h"

#include "corpus/pitchtable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/labels/labels.h"
#include "formats/listed.h"
#include "formats/rows.h"
#include "base/search.h"
#include "base/mem.h"
#include "base/number.h"

#define MAX_COLUMNS 16
#define NO_COLUMN   MAX_COLUMNS

struct layout {
    char divider;
    size_t utterance, time, f0, confidence; /* columns, or NO_COLUMN: then no line has a time */
};

/* The column of the first of NAMES there is, or NO_COLUMN. */
static size_t pitch_table_column(const struct span *field, size_t n, const char *const *names)
{
    for (; *names; names++)
        for (size_t i = 0; i < n; i++)
            if (span_is(field[i], *names))
                return i;
    return NO_COLUMN;
}

/* The columns by their names; false if the line names no time and F0, or F0 alone. */
static bool pitch_table_read_header(struct layout *t, const struct span *field, size_t n)
{
    static const char *const name[] = {"name", "id", NULL};
    static const char *const time[] = {"time", "t", "seconds", "time_s", NULL};
    static const char *const f0[] = {"f0", "frequency", "pitch", "f0_hz",
                                     "hz", "f0 (hz)",   "freq",  NULL};
    static const char *const confidence[] = {"confidence", NULL};
    size_t utterance = listed_column(field, n);
    struct layout named = {t->divider,
                           utterance < n ? utterance : pitch_table_column(field, n, name),
                           pitch_table_column(field, n, time), pitch_table_column(field, n, f0),
                           pitch_table_column(field, n, confidence)};
    if ((named.time == NO_COLUMN && n > 1) || named.f0 == NO_COLUMN)
        return false;
    *t = named;
    return true;
}

/* A number, with a decimal point or a decimal comma: where commas divide, no field has one. */
static bool pitch_table_number(struct span s, double *out)
{
    char text[64];
    char *comma = s.n && s.n < sizeof text ? memchr(s.s, ',', s.n) : NULL;
    if (!comma)
        return span_number(s, out);
    memcpy(text, s.s, s.n);
    text[comma - s.s] = '.';
    return span_number((struct span){text, s.n}, out);
}

/* Digits of S from *AT on, which is moved behind them. */
static bool pitch_table_digits(struct span s, size_t *at)
{
    size_t from = *at;
    while (*at < s.n && s.s[*at] >= '0' && s.s[*at] <= '9')
        ++*at;
    return *at > from;
}

/* True if the lines are one column with decimal commas, "150,5", and not whole times and values:
 * some have no comma, or what would be the times does not rise.  L is a copy: the lines are still
 * to be read. */
static bool pitch_table_is_decimal(struct lines l)
{
    struct span line;
    bool rises = true, commas = true;
    double last = -1, now;
    while (lines_next(&l, &line)) {
        size_t at = 0;
        line = span_trim(line);
        if (!line.n || line.s[0] == '#')
            continue;
        if (!pitch_table_digits(line, &at) || !span_number((struct span){line.s, at}, &now))
            return false;
        bool comma = at < line.n && line.s[at] == ',';
        if (comma && (++at, !pitch_table_digits(line, &at)))
            return false;
        if (at < line.n)
            return false;
        rises &= now > last;
        commas &= comma;
        last = now;
    }
    return last >= 0 && !(rises && commas);
}

/* The columns by what stands in the first line; true if it is a header.  DECIMAL: commas divide
 * nothing. */
static bool pitch_table_find_layout(struct layout *t, struct span line, bool decimal)
{
    struct span field[MAX_COLUMNS];
    double number;
    *t = (struct layout){decimal ? ' ' : span_divider(line), NO_COLUMN, 0, 1, NO_COLUMN};
    size_t n = span_split(line, t->divider, field, MAX_COLUMNS);
    if (pitch_table_read_header(t, field, n))
        return true;
    if (n == 1) {
        t->time = NO_COLUMN;
        t->f0 = 0;
    }
    /* "utterance time f0": names of utterances may well be numbers, but then so is all else. */
    bool three = n >= 3 && pitch_table_number(field[1], &number);
    if (three && !pitch_table_number(field[0], &number)) {
        t->utterance = 0;
        t->time = 1;
        t->f0 = 2;
    }
    return false;
}

/* F0 in Hz, 0 for the ways to say there is none; false for anything else. */
static bool pitch_table_read_f0(struct span s, float *out)
{
    double hz;
    if (!s.n || span_is(s, "--undefined--") || span_is(s, "nan") || span_is(s, "-nan")) {
        *out = 0;
        return true;
    }
    if (!pitch_table_number(s, &hz) || !(hz <= 1e5))
        return false;
    *out = hz > 0 ? (float)hz : 0;
    return true;
}

static enum status pitch_table_add_value(struct pitch_table *t, const char *utterance, double time,
                                         float f0, struct err *err)
{
    if (!mem_grow(&t->value, &t->cap, t->count + 1, sizeof *t->value))
        return err_nomem(err);
    uint32_t u = names_add(&t->utterance, utterance);
    if (u == NAMES_NONE)
        return err_nomem(err);
    t->value[t->count++] = (struct pitch_value){u, f0, time};
    return STATUS_OK;
}

/* One line behind the header. */
static enum status pitch_table_add_line(struct pitch_table *t, const struct layout *l,
                                        struct span line, const char *utterance, const char *name,
                                        size_t number, struct err *err)
{
    struct span field[MAX_COLUMNS];
    size_t n = span_split(line, l->divider, field, MAX_COLUMNS);
    double time, confidence;
    float f0 = 0;
    if (l->time == NO_COLUMN) {
        time = ((double)t->count + 0.5) * LABELS_LIST_PERIOD;
        t->untimed = t->untimed ? t->untimed : number;
        if (n > 1)
            return err_set(err, STATUS_FORMAT, "%s: line %zu: more than the one column so far",
                           name, number);
    } else if (l->time >= n || !pitch_table_number(field[l->time], &time) || !isfinite(time))
        return err_set(err, STATUS_FORMAT, "%s: line %zu: no time in seconds", name, number);
    if (l->f0 < n && !pitch_table_read_f0(field[l->f0], &f0))
        return err_set(err, STATUS_FORMAT, "%s: line %zu: \"%.*s\" is not an F0 in Hz", name,
                       number, field[l->f0].n > 40 ? 40 : (int)field[l->f0].n, field[l->f0].s);
    if (l->confidence < n && pitch_table_number(field[l->confidence], &confidence) &&
        !(confidence >= PITCH_CONFIDENCE))
        f0 = 0;
    if (l->utterance == NO_COLUMN)
        return pitch_table_add_value(t, utterance, time, f0, err);
    char *own = l->utterance < n && field[l->utterance].n ? span_copy(field[l->utterance]) : NULL;
    if (!own)
        return err_set(err, STATUS_FORMAT, "%s: line %zu: no utterance", name, number);
    enum status code = pitch_table_add_value(t, own, time, f0, err);
    free(own);
    return code;
}

/* Total, so that equal files give equal orders. */
static int pitch_table_by_place(const void *a, const void *b)
{
    const struct pitch_value *x = a, *y = b;
    if (x->utterance != y->utterance)
        return x->utterance < y->utterance ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->f0 > y->f0) - (x->f0 < y->f0);
}

/* Sorted values: two of one time would make the order of their numbers decide. */
static enum status pitch_table_check_times(const struct pitch_table *t, const char *name,
                                           struct err *err)
{
    for (size_t i = 1; i < t->count; i++) {
        const struct pitch_value *a = &t->value[i - 1], *b = &t->value[i];
        if (a->utterance == b->utterance && a->time == b->time && a->f0 != b->f0)
            return err_set(
                err, STATUS_FORMAT,
                "%s: %.80s: two values, %s and %s Hz, at the same time %s: there must be "
                "one for each time",
                name, t->utterance.name[a->utterance], number_short((double)a->f0, 6).text,
                number_short((double)b->f0, 6).text, number_short(a->time, 9).text);
    }
    return STATUS_OK;
}

/* A recording's rows as they stand: what rises hardly ever is no time, but F0 with its voicing. */
static enum status pitch_table_check_order(const struct pitch_table *t, const struct layout *l,
                                           const char *name, struct err *err)
{
    size_t falls = 0;
    for (size_t i = 1; i < t->count; i++)
        falls += t->value[i].time <= t->value[i - 1].time;
    if (l->utterance != NO_COLUMN || l->time == NO_COLUMN || t->count < 8 || falls * 10 <= t->count)
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT,
                   "%s: what should be times in seconds does not rise (%zu of %zu rows): a header, "
                   "such as \"time f0\", names the columns, and one column alone is F0 by frame",
                   name, falls, t->count);
}

enum status pitch_table_parse(struct pitch_table *out, const void *bytes, size_t size,
                              const char *name, const char *utterance, struct err *err)
{
    struct pitch_table t = {.utterance = NAMES_INIT};
    struct layout layout = {.divider = '\0'};
    struct rows rows;
    struct span line;
    enum status code = rows_begin(&rows, bytes, size, name, err);
    bool decimal = !code && pitch_table_is_decimal(rows.lines);
    while (!code && rows_next(&rows, &line)) {
        if (!span_trim(line).n || line.s[0] == '#')
            continue;
        if (!layout.divider && pitch_table_find_layout(&layout, line, decimal))
            continue;
        code = pitch_table_add_line(&t, &layout, line, utterance, name, rows.lines.number, err);
    }
    code = rows_end(&rows, code, err);
    if (!code && t.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no pitch in this file", name);
    if (!code)
        code = pitch_table_check_order(&t, &layout, name, err);
    if (code) {
        pitch_table_free(&t);
        return code;
    }
    qsort(t.value, t.count, sizeof *t.value, pitch_table_by_place);
    if ((code = pitch_table_check_times(&t, name, err)))
        pitch_table_free(&t);
    else
        *out = t;
    return code;
}

void pitch_table_free(struct pitch_table *t)
{
    names_free(&t->utterance);
    free(t->value);
    *t = (struct pitch_table){.utterance = NAMES_INIT};
}

/* First value of utterance U or a later one. */
static size_t pitch_table_first_of(const struct pitch_table *t, uint32_t u)
{
    const struct pitch_value *row = t->value;
    return t->count ? search_u32(&row->utterance, sizeof *row, t->count, u) : 0;
}

enum status pitch_table_get(const struct pitch_table *t, const char *utterance,
                            struct pitch_track *out, struct err *err)
{
    uint32_t u = names_find(&t->utterance, utterance);
    if (u == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "no pitch of %s", utterance);
    size_t from = pitch_table_first_of(t, u);
    struct pitch_track r = {.kind = PITCH_F0_TIMED,
                            .count = pitch_table_first_of(t, u + 1) - from,
                            .untimed = t->untimed};
    r.f0 = mem_array(r.count, sizeof *r.f0);
    r.time = mem_array(r.count, sizeof *r.time);
    if (!r.f0 || !r.time) {
        pitch_track_free(&r);
        return err_nomem(err);
    }
    for (size_t i = 0; i < r.count; i++) {
        r.f0[i] = t->value[from + i].f0;
        r.time[i] = t->value[from + i].time;
    }
    *out = r;
    return STATUS_OK;
}
