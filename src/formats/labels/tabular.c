/*
 * Tables divided by tabs, commas or blanks.  With a header: columns start (or begin), end (or
 * duration), label (or phone), and, where there are such, utterance and type; rows whose type is
 * not phones are passed over (the Montreal Forced Aligner's CSV).  Without a header: "utterance
 * start end label".
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/names.h"

#include "formats/labels/label_format.h"
#include "formats/labels/label_lines.h"
#include "formats/listed.h"
#include "formats/rows.h"

#define MAX_COLUMNS 16
#define NO_COLUMN   MAX_COLUMNS

struct tabular_layout {
    char divider;
    size_t utterance, start, end, label, type; /* columns, or NO_COLUMN */
    bool duration;                             /* the end column holds durations */
    double start_unit, end_unit;               /* seconds of a unit of these columns */
    struct names other;                        /* types of rows that are passed over */
    bool any;                                  /* a row was not */
};

static size_t tabular_column(const struct span *field, size_t n, const char *const *names)
{
    for (; *names; names++)
        for (size_t i = 0; i < n; i++)
            if (span_is(field[i], *names))
                return i;
    return NO_COLUMN;
}

/* The first column that is the header of WHAT, and its *UNIT. */
static size_t tabular_time(const struct span *field, size_t n, enum time_column what, double *unit)
{
    double own;
    for (size_t i = 0; i < n; i++)
        if (listed_time(field[i], &own) == what) {
            *unit = own;
            return i;
        }
    return NO_COLUMN;
}

/* The columns of a table by its first line; true if that is a header. */
static bool tabular_find_layout(struct tabular_layout *t, struct span line)
{
    static const char *const name[] = {"name", NULL};
    static const char *const label[] = {"label", "phone", "phoneme", "text", NULL};
    static const char *const type[] = {"type", "tier", NULL};
    struct span field[MAX_COLUMNS];
    double start_unit = 1, end_unit = 1, unit = 1;
    char divider = span_divider(line);
    size_t n = span_split(line, divider, field, MAX_COLUMNS);
    size_t utterance = listed_column(field, n);
    *t = (struct tabular_layout){divider,
                                 utterance < n ? utterance : tabular_column(field, n, name),
                                 tabular_time(field, n, TIME_START, &start_unit),
                                 tabular_time(field, n, TIME_END, &end_unit),
                                 tabular_column(field, n, label),
                                 tabular_column(field, n, type),
                                 .other = t->other};
    size_t length = tabular_time(field, n, TIME_DURATION, &unit);
    /* "offset" and "duration" are where it starts and how long it is. */
    if (t->start == NO_COLUMN && length != NO_COLUMN) {
        t->start = t->end;
        start_unit = end_unit;
        t->end = NO_COLUMN;
    }
    if (t->end == NO_COLUMN) {
        t->end = length;
        end_unit = unit;
        t->duration = true;
    }
    t->start_unit = start_unit;
    t->end_unit = end_unit;
    if (t->start != NO_COLUMN && t->end != NO_COLUMN && t->label != NO_COLUMN)
        return true;
    *t = (struct tabular_layout){
        divider, 0, 1, 2, 3, NO_COLUMN, .start_unit = 1, .end_unit = 1, .other = t->other};
    return false;
}

/* True if rows of TYPE are asked for: of one of the TIERS (labels.h), or phones. */
static bool tabular_is_wanted(const char *tiers, struct span type)
{
    if (!tiers)
        return span_is(type, "phones") || span_is(type, "phone");
    for (size_t k; *tiers; tiers += k + (tiers[k] != '\0')) {
        k = strcspn(tiers, (char[]){LABELS_TIER_END, '\0'});
        if (k == type.n && strncasecmp(tiers, type.s, k) == 0)
            return true;
    }
    return false;
}

/* Remembers the TYPE of a row that is passed over, for a message. */
static enum status tabular_pass_over(struct tabular_layout *t, struct span type, struct err *err)
{
    char *name = t->other.count < 8 ? span_copy(type) : NULL;
    bool ok = t->other.count >= 8 || (name && names_add(&t->other, name) != NAMES_NONE);
    free(name);
    return ok ? STATUS_OK : err_nomem(err);
}

/* That no row was of a type asked for, and which there are. */
static enum status tabular_refuse(const struct tabular_layout *t, const char *name, struct err *err)
{
    struct buf list = BUF_INIT;
    for (uint32_t i = 0; i < t->other.count; i++)
        buf_printf(&list, "%s%.60s", i ? ", " : "", t->other.name[i]);
    err_set(err, STATUS_FORMAT,
            "%s: no row of the type wanted (phones, or as --tier says); its types are: %s", name,
            buf_text(&list));
    buf_free(&list);
    return STATUS_FORMAT;
}

/* One line behind the header. */
static enum status tabular_read_row(struct label_lines *s, struct tabular_layout *t,
                                    struct span line, const char *utterance, struct err *err)
{
    struct span field[MAX_COLUMNS];
    double start, end;
    size_t n = span_split(line, t->divider, field, MAX_COLUMNS);
    if (t->type < n && !tabular_is_wanted(s->store->tier, field[t->type]))
        return tabular_pass_over(t, field[t->type], err);
    t->any = true;
    if (t->start >= n || t->end >= n || !span_number(field[t->start], &start) ||
        !span_number(field[t->end], &end))
        return label_lines_bad(s, err, "no start and end in seconds");
    start *= t->start_unit;
    end = end * t->end_unit + (t->duration ? start : 0);
    /* Silence may well be an empty last field, which some writers leave out. */
    struct span label = t->label < n ? field[t->label] : (struct span){"", 0};
    if (t->utterance == NO_COLUMN)
        return label_lines_add(s, utterance, label, start, end, err);
    if (t->utterance >= n || !field[t->utterance].n)
        return label_lines_bad(s, err, "no utterance");
    return label_lines_add_named(s, field[t->utterance], label, start, end, err);
}

static enum status tabular_read(struct label_store *store, const void *bytes, size_t size,
                                const char *name, const char *utterance, struct err *err)
{
    struct label_lines s = {.store = store, .name = name};
    struct rows rows;
    struct span line;
    struct tabular_layout t = {.divider = '\0'};
    enum status code = rows_begin(&rows, bytes, size, name, err);
    while (!code && rows_next(&rows, &line)) {
        s.lines.number = rows.lines.number;
        if (!span_trim(line).n || line.s[0] == '#')
            continue;
        if (!t.divider && tabular_find_layout(&t, line))
            continue;
        code = tabular_read_row(&s, &t, line, utterance, err);
    }
    code = rows_end(&rows, code, err);
    if (!code && t.other.count && !t.any)
        code = tabular_refuse(&t, name, err);
    names_free(&t.other);
    return code;
}

const struct label_format label_format_tabular = {.name = "label table",
                                                  .suffix = {".tsv", ".csv"},
                                                  .many = true,
                                                  .results = true,
                                                  .store = tabular_read};
