/*
 * TIMIT's .PHN: "start end label" in samples at 16 kHz.
 */
#include "config.h"

#include <stdbool.h>

#include "formats/labels/label_format.h"
#include "formats/labels/label_lines.h"

#define TIMIT_RATE 16000.0

/* A number of samples is whole: one with a decimal point is a time from some other format. */
static bool timit_read_samples(struct span s, double *out)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.s[i] < '0' || s.s[i] > '9')
            return false;
    return span_number(s, out);
}

static enum status timit_read(struct label_store *store, const void *bytes, size_t size,
                              const char *name, const char *utterance, struct err *err)
{
    struct label_lines s;
    struct span line, field[3];
    double start, end;
    enum status code = label_lines_begin(&s, store, bytes, size, name, err);
    while (!code && lines_next(&s.lines, &line)) {
        size_t n = span_split(line, ' ', field, 3);
        if (n == 0)
            continue;
        if (n < 3 || !timit_read_samples(field[0], &start) || !timit_read_samples(field[1], &end))
            return label_lines_bad(&s, err, "not \"start end label\" in samples");
        code = label_lines_add(&s, utterance, field[2], start / TIMIT_RATE, end / TIMIT_RATE, err);
    }
    return code;
}

const struct label_format label_format_timit = {
    .name = "TIMIT phones", .suffix = {".phn"}, .phones = "timit", .store = timit_read};
