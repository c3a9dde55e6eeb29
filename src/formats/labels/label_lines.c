/*
 * Label files of plain text, line by line into a store.
 */
#include "config.h"

#include "formats/labels/label_lines.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HTK_UNIT 1e-7

enum status label_lines_begin(struct label_lines *s, struct label_store *store, const void *bytes,
                              size_t size, const char *name, struct err *err)
{
    *s = (struct label_lines){.store = store, .name = name};
    return lines_begin(&s->lines, bytes, size, name, err);
}

enum status label_lines_bad(const struct label_lines *s, struct err *err, const char *what)
{
    return err_set(err, STATUS_FORMAT, "%s: line %zu: %s", s->name, s->lines.number, what);
}

enum status label_lines_add(struct label_lines *s, const char *utterance, struct span label,
                            double start, double end, struct err *err)
{
    char place[256], *text = span_copy(label);
    if (!text)
        return err_nomem(err);
    snprintf(place, sizeof place, "%s: line %zu", s->name, s->lines.number);
    enum status code = label_store_add(s->store, utterance, text, start, end, place, err);
    free(text);
    return code;
}

enum status label_lines_add_named(struct label_lines *s, struct span utterance, struct span label,
                                  double start, double end, struct err *err)
{
    char *name = span_copy(utterance);
    enum status code = name ? label_lines_add(s, name, label, start, end, err) : err_nomem(err);
    free(name);
    return code;
}

/* Units of 100 ns are whole. */
static bool label_lines_has_point(struct span s)
{
    return memchr(s.s, '.', s.n) != NULL;
}

enum { HTK_FIELDS = 8 };

/* True if LINE is of a state, "s2"; its times and the first field behind that is no score: the
 * phone that begins there, empty in its further states. */
static bool label_lines_is_state(struct span line, double time[2], struct span *phone)
{
    struct span field[HTK_FIELDS];
    double score;
    size_t n = span_split(line, ' ', field, HTK_FIELDS), k = 3;
    if (n < 3 || !span_number(field[0], &time[0]) || !span_number(field[1], &time[1]) ||
        field[2].n < 2 || field[2].s[0] != 's')
        return false;
    for (size_t i = 1; i < field[2].n; i++)
        if (field[2].s[i] < '0' || field[2].s[i] > '9')
            return false;
    while (k < n && span_number(field[k], &score))
        k++;
    *phone = k < n ? field[k] : (struct span){"", 0};
    return true;
}

/* Whether the file is an alignment of states: LINE, its first of a label, has a state and a phone,
 * and all others have states, so that phones which are called like states stay phones. */
static bool label_lines_are_states(struct lines rest, struct span line)
{
    struct span phone, field[3];
    double time[2];
    if (!label_lines_is_state(line, time, &phone) || !phone.n)
        return false;
    while (lines_next(&rest, &line)) {
        double number;
        bool timed = span_split(line, ' ', field, 3) == 3 && span_number(field[0], &number) &&
                     span_number(field[1], &number);
        if (timed && !label_lines_is_state(line, time, &phone))
            return false;
    }
    return true;
}

/* A label may stand in quotes. */
enum status label_lines_add_htk(struct label_lines *s, struct span line, const char *utterance,
                                struct err *err)
{
    struct span field[4];
    double start, end;
    size_t n = span_split(line, ' ', field, 4);
    if (n < 3 || !span_number(field[0], &start) || !span_number(field[1], &end))
        return label_lines_bad(s, err,
                               "not \"start end label\"; labels without times cannot be used");
    double unit = label_lines_has_point(field[0]) || label_lines_has_point(field[1]) ? 1 : HTK_UNIT;
    struct span label = field[2];
    if (s->htk == HTK_UNSEEN)
        s->htk = label_lines_are_states(s->lines, line) ? HTK_STATES : HTK_LABELS;
    if (s->htk == HTK_STATES) {
        double time[2];
        struct span next, more;
        if (!label_lines_is_state(line, time, &label) || !label.n)
            return label_lines_bad(s, err, "a state of no phone");
        for (struct lines l = s->lines;
             lines_next(&l, &next) && label_lines_is_state(next, time, &more) && !more.n &&
             time[0] == end;
             s->lines = l)
            end = time[1];
    }
    if (label.n >= 2 && label.s[0] == '"' && label.s[label.n - 1] == '"')
        label = (struct span){label.s + 1, label.n - 2};
    return label_lines_add(s, utterance, label, start * unit, end * unit, err);
}
