/*
 * CTM of NIST and Kaldi: "utterance channel start duration label [confidence]" in seconds; lines
 * that begin with ";;" are comments.  Of alternatives, between lines that have <ALT_BEGIN>, <ALT>
 * and <ALT_END> for a label, the first is taken.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "formats/labels/label_format.h"
#include "formats/labels/label_lines.h"

static enum status ctm_read(struct label_store *store, const void *bytes, size_t size,
                            const char *name, const char *utterance, struct err *err)
{
    struct label_lines s;
    struct span line, field[6];
    double start, duration;
    bool other = false; /* within a second alternative, or a later one */
    (void)utterance;
    enum status code = label_lines_begin(&s, store, bytes, size, name, err);
    while (!code && lines_next(&s.lines, &line)) {
        size_t n = span_split(line, ' ', field, 6);
        if (n == 0 || (field[0].n >= 2 && memcmp(field[0].s, ";;", 2) == 0))
            continue;
        if (n >= 5 && field[4].n > 4 && memcmp(field[4].s, "<ALT", 4) == 0) {
            other = span_is(field[4], "<ALT>");
            continue;
        }
        if (other)
            continue;
        if (n < 5 || !span_number(field[2], &start) || !span_number(field[3], &duration))
            return label_lines_bad(&s, err, "not \"utterance channel start duration label\"");
        code = label_lines_add_named(&s, field[0], field[4], start, start + duration, err);
    }
    return code;
}

const struct label_format label_format_ctm = {
    .name = "CTM", .suffix = {".ctm"}, .many = true, .store = ctm_read};
