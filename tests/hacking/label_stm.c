/*
 * STM of NIST: "utterance channel speaker start end label" in seconds; lines that begin with ";;"
 * are comments.
 */
#include "config.h"

#include <string.h>

#include "formats/labels/label_format.h"
#include "formats/labels/label_lines.h"

static enum status stm_read(struct label_store *store, const void *bytes, size_t size,
                            const char *name, const char *utterance, struct err *err)
{
    struct label_lines s;
    struct span line, field[6];
    double start, end;
    (void)utterance; /* every line names its own */
    enum status code = label_lines_begin(&s, store, bytes, size, name, err);
    while (!code && lines_next(&s.lines, &line)) {
        size_t n = span_split(line, ' ', field, 6);
        if (n == 0 || (field[0].n >= 2 && memcmp(field[0].s, ";;", 2) == 0))
            continue;
        if (n < 6 || !span_number(field[3], &start) || !span_number(field[4], &end))
            return label_lines_bad(&s, err, "not \"utterance channel speaker start end label\"");
        code = label_lines_add_named(&s, field[0], field[5], start, end, err);
    }
    return code;
}

const struct label_format label_format_stm = {
    .name = "STM", .suffix = {".stm"}, .many = true, .store = stm_read};
