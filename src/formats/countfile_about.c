/*
 * What the metadata of a count file says of how it was made (propneu-counts(5)).
 */
#include "config.h"

#include "formats/countfile_about.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/number.h"

enum status counts_bad(const struct counts *c, struct err *err, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return err_set(err, STATUS_FORMAT, "%s: %s", c->path, text);
}

enum status counts_meta(const struct counts *c, const char *key, const char **value,
                        struct err *err)
{
    *value = tensors_meta(&c->file, key);
    return *value ? STATUS_OK : counts_bad(c, err, "metadata '%s' is missing", key);
}

/* The text of KEY, "" where it is not there. */
static enum status meta_text(struct counts *c, const char *key, char **out, struct err *err)
{
    const char *value = tensors_meta(&c->file, key);
    *out = counts_text(c, value ? value : "");
    return *out ? STATUS_OK : err_nomem(err);
}

/* Digits in BASE and nothing else; *OUT stays 0 where KEY is not there. */
static enum status meta_u64(const struct counts *c, const char *key, int base, uint64_t *out,
                            struct err *err)
{
    const char *value = tensors_meta(&c->file, key);
    char *end;
    if (!value)
        return STATUS_OK;
    errno = 0;
    uintmax_t v = strtoumax(value, &end, base);
    if (!isxdigit((unsigned char)*value) || *end || errno || v > UINT64_MAX)
        return counts_bad(c, err, "metadata '%s' is not a whole number: '%.40s'", key, value);
    *out = v;
    return STATUS_OK;
}

/* A number from LOW to HIGH; *OUT stays as it is where KEY is not there. */
static enum status meta_double(const struct counts *c, const char *key, double low, double high,
                               double *out, struct err *err)
{
    const char *value = tensors_meta(&c->file, key);
    char *end;
    if (!value)
        return STATUS_OK;
    double v = strtod(value, &end);
    if (end == value || *end || !(v >= low && v <= high))
        return counts_bad(c, err, "metadata '%s' is not a number from %s to %s: '%.40s'", key,
                          number_short(low, 6).text, number_short(high, 6).text, value);
    *out = v;
    return STATUS_OK;
}

enum status counts_read_list(const struct counts *c, const char *key, const char *text, size_t n,
                             int64_t *out, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        char *end;
        errno = 0;
        long long v = strtoll(text, &end, 10);
        if (!isdigit((unsigned char)*text) || errno || (*end != (i + 1 < n ? ',' : '\0')))
            return counts_bad(c, err, "metadata '%s': entry %zu of %zu is not a whole number", key,
                              i + 1, n);
        out[i] = v;
        text = end + (*end == ',');
    }
    return STATUS_OK;
}

void counts_lambda_name(char name[COUNTS_LAMBDA_NAME], const char *what, double lambda)
{
    snprintf(name, COUNTS_LAMBDA_NAME, "%.12s@%s", what, number_short(lambda, 15).text);
}

enum status counts_read_lambdas(struct counts *c, struct err *err)
{
    const char *text = tensors_meta(&c->file, "lambdas_percent");
    if (!text)
        return STATUS_OK;
    if (!(c->lambda = counts_alloc(c, COUNTS_MAX_LAMBDAS, sizeof *c->lambda)))
        return err_nomem(err);
    for (bool more = true; more; c->lambdas++) {
        char *end;
        bool digit = isdigit((unsigned char)*text) || *text == '.';
        double v = strtod(text, &end);
        bool good = digit && v >= 1e-9 && v <= 100 && (*end == ',' || !*end);
        if (!good || c->lambdas == COUNTS_MAX_LAMBDAS)
            return counts_bad(c, err,
                              "metadata 'lambdas_percent' is not a list of up to %d percentages",
                              COUNTS_MAX_LAMBDAS);
        for (uint32_t k = 0; k < c->lambdas; k++)
            if (c->lambda[k] == v)
                return counts_bad(c, err, "metadata 'lambdas_percent': %s appears twice",
                                  number_short(v, 6).text);
        c->lambda[c->lambdas] = v;
        more = *end == ',';
        text = end + 1;
    }
    if (c->lambda[0] != c->lambda_percent)
        return counts_bad(c, err, "metadata 'lambdas_percent' does not begin with lambda_percent");
    return STATUS_OK;
}

/* Which part of a corpus the file is of; nothing where it is none. */
static enum status read_shards(struct counts *c, struct err *err)
{
    struct shards *s = &c->shards;
    uint64_t of = 0;
    enum status code;
    if (!tensors_meta(&c->file, "shards"))
        return STATUS_OK;
    if ((code = meta_u64(c, "shards", 10, &of, err)) ||
        (code = meta_text(c, "shard", &s->held, err)) ||
        (code = meta_u64(c, "corpus_utterances", 10, &s->corpus_utterances, err)) ||
        (code = meta_u64(c, "recordings_digest", 16, &s->recordings_digest, err)))
        return code;
    if (of < 1 || of > SHARDS_MAX)
        return counts_bad(c, err, "metadata 'shards' is not a number from 1 to %d", SHARDS_MAX);
    uint64_t *set = mem_zeros(bitset_words((size_t)of), sizeof *set);
    if (!set)
        return err_nomem(err);
    bool list = shards_parse(s->held, (uint32_t)of, set);
    free(set);
    s->of = (uint32_t)of;
    return list ? STATUS_OK
                : counts_bad(c, err, "metadata 'shard' is not a list of numbers up to %u: '%.40s'",
                             s->of, s->held);
}

enum status counts_read_about(struct counts *c, const char *format, struct err *err)
{
    const char *value;
    enum status code;
    if (!(value = tensors_meta(&c->file, "format")) || strcmp(value, format) != 0)
        return counts_bad(c, err, "not a %s file (its metadata lacks format = %s)",
                          strcmp(format, "propneu-counts") == 0 ? "count" : "token", format);
    if ((code = counts_meta(c, "version", &value, err)))
        return code;
    if (strcmp(value, "1") != 0)
        return err_set(err, STATUS_UNSUPPORTED, "%s: count file version '%.20s', not 1", c->path,
                       value);
    if ((code = counts_meta(c, "lambda_percent", &value, err)) ||
        (code = meta_double(c, "lambda_percent", 1e-9, 100, &c->lambda_percent, err)) ||
        (code = meta_double(c, "seconds", 0, 1e15, &c->seconds, err)) ||
        (code = meta_u64(c, "utterances", 10, &c->utterances, err)) ||
        (code = meta_u64(c, "utterance_digest", 16, &c->utterance_digest, err)) ||
        (code = meta_u64(c, "model_fingerprint", 16, &c->model_fingerprint, err)) ||
        (code = meta_text(c, "model", &c->model, err)) ||
        (code = meta_text(c, "family", &c->family, err)) ||
        (code = meta_text(c, "created_by", &c->created_by, err)) ||
        (code = meta_text(c, "command", &c->command, err)) ||
        (code = meta_text(c, "pitch_edges_hz", &c->pitch_edges_hz, err)) ||
        (code = read_shards(c, err)))
        return code;
    if (!(value = tensors_meta(&c->file, "frames")))
        return STATUS_OK;
    for (int m = COUNTS_FRAMES_ALL; m <= COUNTS_FRAMES_AUTHORS; m++)
        if (strcmp(value, counts_frames_name((enum counts_frames)m)) == 0) {
            c->frames_mode = (enum counts_frames)m;
            return STATUS_OK;
        }
    return counts_bad(c, err, "metadata 'frames' is '%.20s', not all, mid or authors", value);
}
