/*
 * textgrid_values.h - the values that Praat's text files are made of.
 */
#ifndef PROPNEU_FORMATS_LABELS_TEXTGRID_VALUES_H
#define PROPNEU_FORMATS_LABELS_TEXTGRID_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "formats/labels/textgrid.h"

/*
 * Praat reads its text files as a stream of free-standing values, i.e. between blanks: numbers,
 * "texts" (a quote inside is doubled) and <flags>; all else ("xmin =", "intervals [3]:") and
 * comments from '!' to the end of the line are for people.  So the long and the short form hold
 * the same stream, and one reader serves both.
 */
enum textgrid_value { VALUE_END, VALUE_NUMBER, VALUE_TEXT, VALUE_FLAG, VALUE_BAD };

struct textgrid_reader {
    const char *at, *end;
    size_t line; /* of `at` */
    const char *name;
    enum textgrid_value kind; /* of the current value */
    size_t value_line;        /* where it begins */
    double number;            /* the value, where it is a number */
    struct buf text;
};

/* STATUS_FORMAT: the current value is WHAT.  Lines are those of values, where an editor finds them.
 */
enum status textgrid_bad(const struct textgrid_reader *r, struct err *err, const char *what);

/* The next value into R. */
void textgrid_next(struct textgrid_reader *r);

/* The next value, which must be a number, a text, a count; WHAT it is stands in the message. */
enum status textgrid_read_number(struct textgrid_reader *r, const char *what, double *out,
                                 struct err *err);
enum status textgrid_expect_text(struct textgrid_reader *r, const char *what, struct err *err);
enum status textgrid_read_count(struct textgrid_reader *r, const char *what, double *out,
                                struct err *err);

/* Adds a tier without intervals; NULL without memory. */
struct textgrid_tier *textgrid_add_tier(struct textgrid *g, const char *name, bool points);

/*
 * Adds an interval with its TEXT; what is shorter than nothing is dropped, as it can hold no frame.
 * STATUS_FORMAT, PLACE in front, if it begins before the one before it ends, or ends before it
 * begins.
 */
enum status textgrid_add_interval(struct textgrid *g, struct textgrid_tier *t, double start,
                                  double end, const char *text, const char *place, struct err *err);

/* The tiers of a chronological TextGrid, behind its first text. */
enum status textgrid_read_chronological(struct textgrid_reader *r, struct textgrid *g,
                                        struct err *err);

#endif
