#include "config.h"

#include "formats/labels/labelreaders.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/folder.h"
#include "formats/lines.h"
#include "base/mem.h"

#define TIMIT_RATE  16000.0
#define HTK_UNIT    1e-7
#define MAX_COLUMNS 16
#define NO_COLUMN   MAX_COLUMNS

/* A file that is being read line by line. */
struct source {
    struct label_store *store;
    struct lines lines;
    const char *name;
};

static enum status begin(struct source *s, struct label_store *store, const void *bytes,
                         size_t size, const char *name, struct err *err)
{
    *s = (struct source){.store = store, .name = name};
    return lines_begin(&s->lines, bytes, size, name, err);
}

static enum status bad(const struct source *s, struct err *err, const char *what)
{
    return err_set(err, STATUS_FORMAT, "%s: line %zu: %s", s->name, s->lines.number, what);
}

/* Adds a label of the line at hand. */
static enum status add(struct source *s, const char *utterance, struct span label, double start,
                       double end, struct err *err)
{
    char place[256], *text = span_copy(label);
    if (!text)
        return err_nomem(err);
    snprintf(place, sizeof place, "%s: line %zu", s->name, s->lines.number);
    enum status code = label_store_add(s->store, utterance, text, start, end, place, err);
    free(text);
    return code;
}

/* The same where the line itself says whose label it is. */
static enum status add_named(struct source *s, struct span utterance, struct span label,
                             double start, double end, struct err *err)
{
    char *name = span_copy(utterance);
    enum status code = name ? add(s, name, label, start, end, err) : err_nomem(err);
    free(name);
    return code;
}

enum status ctm_read(struct label_store *store, const void *bytes, size_t size, const char *name,
                     const char *utterance, struct err *err)
{
    struct source s;
    struct span line, field[6];
    double start, duration;
    (void)utterance;
    enum status code = begin(&s, store, bytes, size, name, err);
    while (!code && lines_next(&s.lines, &line)) {
        size_t n = span_split(line, ' ', field, 6);
        if (n == 0 || (field[0].n >= 2 && memcmp(field[0].s, ";;", 2) == 0))
            continue;
        if (n < 5 || !span_number(field[2], &start) || !span_number(field[3], &duration))
            return bad(&s, err, "not \"utterance channel start duration label\"");
        code = add_named(&s, field[0], field[4], start, start + duration, err);
    }
    return code;
}

struct layout {
    char divider;
    size_t utterance, start, end, label, type; /* columns, or NO_COLUMN */
    bool duration;                             /* the end column holds durations */
};

static size_t column(const struct span *field, size_t n, const char *const *names)
{
    for (; *names; names++)
        for (size_t i = 0; i < n; i++)
            if (span_is(field[i], *names))
                return i;
    return NO_COLUMN;
}

/* The columns of a table by its first line; true if that is a header. */
static bool find_layout(struct layout *t, struct span line)
{
    static const char *const utterance[] = {"utterance", "utterance_id", "utt",  "utt_id",
                                            "file",      "file_id",      "name", NULL};
    static const char *const start[] = {"start", "begin", "start_time", "xmin", NULL};
    static const char *const end[] = {"end", "end_time", "xmax", NULL};
    static const char *const duration[] = {"duration", "dur", NULL};
    static const char *const label[] = {"label", "phone", "phoneme", "text", NULL};
    static const char *const type[] = {"type", "tier", NULL};
    struct span field[MAX_COLUMNS];
    char divider = span_divider(line);
    size_t n = span_split(line, divider, field, MAX_COLUMNS);
    *t = (struct layout){divider,
                         column(field, n, utterance),
                         column(field, n, start),
                         column(field, n, end),
                         column(field, n, label),
                         column(field, n, type),
                         false};
    if (t->end == NO_COLUMN) {
        t->end = column(field, n, duration);
        t->duration = true;
    }
    if (t->start != NO_COLUMN && t->end != NO_COLUMN && t->label != NO_COLUMN)
        return true;
    *t = (struct layout){divider, 0, 1, 2, 3, NO_COLUMN, false};
    return false;
}

/* One line behind the header. */
static enum status read_row(struct source *s, const struct layout *t, struct span line,
                            const char *utterance, struct err *err)
{
    struct span field[MAX_COLUMNS];
    double start, end;
    size_t n = span_split(line, t->divider, field, MAX_COLUMNS);
    if (t->type < n && !span_is(field[t->type], "phones") && !span_is(field[t->type], "phone"))
        return STATUS_OK;
    if (t->start >= n || t->end >= n || !span_number(field[t->start], &start) ||
        !span_number(field[t->end], &end))
        return bad(s, err, "no start and end in seconds");
    if (t->duration)
        end += start;
    /* Silence may well be an empty last field, which some writers leave out. */
    struct span label = t->label < n ? field[t->label] : (struct span){"", 0};
    if (t->utterance == NO_COLUMN)
        return add(s, utterance, label, start, end, err);
    if (t->utterance >= n || !field[t->utterance].n)
        return bad(s, err, "no utterance");
    return add_named(s, field[t->utterance], label, start, end, err);
}

enum status labeltable_read(struct label_store *store, const void *bytes, size_t size,
                            const char *name, const char *utterance, struct err *err)
{
    struct source s;
    struct span line;
    struct layout t = {.divider = '\0'};
    enum status code = begin(&s, store, bytes, size, name, err);
    while (!code && lines_next(&s.lines, &line)) {
        if (!span_trim(line).n || line.s[0] == '#')
            continue;
        if (!t.divider && find_layout(&t, line))
            continue;
        code = read_row(&s, &t, line, utterance, err);
    }
    return code;
}

/* A number of samples is whole: one with a decimal point is a time from some other format. */
static bool read_samples(struct span s, double *out)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.s[i] < '0' || s.s[i] > '9')
            return false;
    return span_number(s, out);
}

enum status phn_read(struct label_store *store, const void *bytes, size_t size, const char *name,
                     const char *utterance, struct err *err)
{
    struct source s;
    struct span line, field[3];
    double start, end;
    enum status code = begin(&s, store, bytes, size, name, err);
    while (!code && lines_next(&s.lines, &line)) {
        size_t n = span_split(line, ' ', field, 3);
        if (n == 0)
            continue;
        if (n < 3 || !read_samples(field[0], &start) || !read_samples(field[1], &end))
            return bad(&s, err, "not \"start end label\" in samples");
        code = add(&s, utterance, field[2], start / TIMIT_RATE, end / TIMIT_RATE, err);
    }
    return code;
}

/* Units of 100 ns are whole. */
static bool has_point(struct span s)
{
    return memchr(s.s, '.', s.n) != NULL;
}

/* One HTK line "start end label ..."; a label may stand in quotes. */
static enum status read_htk(struct source *s, struct span line, const char *utterance,
                            struct err *err)
{
    struct span field[4];
    double start, end;
    size_t n = span_split(line, ' ', field, 4);
    if (n < 3 || !span_number(field[0], &start) || !span_number(field[1], &end))
        return bad(s, err, "not \"start end label\"; labels without times cannot be used");
    double unit = has_point(field[0]) || has_point(field[1]) ? 1 : HTK_UNIT;
    struct span label = field[2];
    if (label.n >= 2 && label.s[0] == '"' && label.s[label.n - 1] == '"')
        label = (struct span){label.s + 1, label.n - 2};
    return add(s, utterance, label, start * unit, end * unit, err);
}

/* The lines behind "#": "end number label", Buckeye with more behind a ';'. */
static enum status read_xlabel(struct source *s, const char *utterance, struct err *err)
{
    struct span line, field[3];
    double start = 0, end;
    enum status code = STATUS_OK;
    while (!code && lines_next(&s->lines, &line)) {
        size_t n = span_split(line, ' ', field, 3);
        if (n == 0)
            continue;
        if (n < 2 || !span_number(field[0], &end))
            return bad(s, err, "not \"end number label\"");
        struct span label = n == 3 ? field[2] : (struct span){"", 0};
        const char *more = label.n ? memchr(label.s, ';', label.n) : NULL;
        if (more)
            label.n = (size_t)(more - label.s);
        code = add(s, utterance, span_trim(label), start, end, err);
        start = end;
    }
    return code;
}

/* What tells xlabel files from those of HTK.  L is a copy: the lines are still to be read. */
static bool has_header_end(struct lines l)
{
    struct span line;
    while (lines_next(&l, &line))
        if (span_is(span_trim(line), "#"))
            return true;
    return false;
}

enum status lab_read(struct label_store *store, const void *bytes, size_t size, const char *name,
                     const char *utterance, struct err *err)
{
    struct source s;
    struct span line;
    enum status code = begin(&s, store, bytes, size, name, err);
    if (code)
        return code;
    if (has_header_end(s.lines)) {
        while (lines_next(&s.lines, &line) && !span_is(span_trim(line), "#"))
            ;
        return read_xlabel(&s, utterance, err);
    }
    while (!code && lines_next(&s.lines, &line) && !span_is(span_trim(line), "///"))
        if (span_trim(line).n)
            code = read_htk(&s, line, utterance, err);
    return code;
}

enum status mlf_read(struct label_store *store, const void *bytes, size_t size, const char *name,
                     const char *utterance, struct err *err)
{
    struct source s;
    struct span line;
    char *own = NULL; /* the utterance at hand, NULL between two */
    bool alternative = false;
    (void)utterance;
    enum status code = begin(&s, store, bytes, size, name, err);
    while (!code && lines_next(&s.lines, &line)) {
        line = span_trim(line);
        if (!line.n || span_is(line, "#!MLF!#"))
            continue;
        if (own && span_is(line, ".")) {
            free(own);
            own = NULL;
        } else if (own && span_is(line, "///")) {
            alternative = true;
        } else if (own) {
            code = alternative ? STATUS_OK : read_htk(&s, line, own, err);
        } else if (line.n > 2 && line.s[0] == '"' && line.s[line.n - 1] == '"') {
            char *path = span_copy((struct span){line.s + 1, line.n - 2});
            own = path ? folder_utterance(path) : NULL;
            free(path);
            alternative = false;
            code = own ? STATUS_OK : err_nomem(err);
        } else {
            code = bad(&s, err, "the name of an utterance in quotes is expected");
        }
    }
    if (!code && own)
        code = bad(&s, err, "the file ends within an utterance: no line \".\"");
    free(own);
    return code;
}
