/*
 * .lab of HTK, "start end label [...]" in units of 100 ns, or in seconds where a time has a decimal
 * point, of alternatives ("///") the first; or of xlabel and Festival, and Buckeye's .phones: a
 * header up to a line "#", then "end number label", a label beginning where the one before it ends.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "formats/labels/label_format.h"
#include "formats/labels/label_lines.h"

/* The lines behind "#": "end number label", Buckeye with more behind a ';'. */
static enum status lab_read_xlabel(struct label_lines *s, const char *utterance, struct err *err)
{
    struct span line, field[3];
    double start = 0, end;
    enum status code = STATUS_OK;
    while (!code && lines_next(&s->lines, &line)) {
        size_t n = span_split(line, ' ', field, 3);
        if (n == 0)
            continue;
        if (n < 2 || !span_number(field[0], &end))
            return label_lines_bad(s, err, "not \"end number label\"");
        struct span label = n == 3 ? field[2] : (struct span){"", 0};
        const char *more = label.n ? memchr(label.s, ';', label.n) : NULL;
        if (more)
            label.n = (size_t)(more - label.s);
        code = label_lines_add(s, utterance, span_trim(label), start, end, err);
        start = end;
    }
    return code;
}

/* What tells xlabel files from those of HTK.  L is a copy: the lines are still to be read. */
static bool lab_has_header_end(struct lines l)
{
    struct span line;
    while (lines_next(&l, &line))
        if (span_is(span_trim(line), "#"))
            return true;
    return false;
}

static enum status lab_read(struct label_store *store, const void *bytes, size_t size,
                            const char *name, const char *utterance, struct err *err)
{
    struct label_lines s;
    struct span line;
    enum status code = label_lines_begin(&s, store, bytes, size, name, err);
    if (code)
        return code;
    if (lab_has_header_end(s.lines)) {
        while (lines_next(&s.lines, &line) && !span_is(span_trim(line), "#"))
            ;
        return lab_read_xlabel(&s, utterance, err);
    }
    while (!code && lines_next(&s.lines, &line) && !span_is(span_trim(line), "///"))
        if (span_trim(line).n)
            code = label_lines_add_htk(&s, line, utterance, err);
    return code;
}

const struct label_format label_format_lab = {
    .name = "label file", .suffix = {".lab", ".phones"}, .store = lab_read};
