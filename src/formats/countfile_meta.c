/*
 * The metadata of a count file, written: what it is of, and the names of factors, levels and
 * columns, in the order in which propneu-counts(5) lists them.
 */
#include "config.h"

#include "formats/countfile_meta.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "formats/countfile_about.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"

void meta_free(struct meta *m)
{
    free(m->entry);
    counts_free(&m->memory);
    *m = (struct meta)META_INIT;
}

enum status meta_check(const struct meta *m, const char *path, struct err *err)
{
    return m->failed
               ? err_set(err, STATUS_FORMAT, "%s: a name is not UTF-8, or out of memory", path)
               : STATUS_OK;
}

void meta_put(struct meta *m, const char *key, const char *value)
{
    char *k = counts_text(&m->memory, key), *v = counts_text(&m->memory, value);
    if (!k || !v || !mem_grow(&m->entry, &m->cap, 2 * m->count + 2, sizeof *m->entry)) {
        m->failed = true;
        return;
    }
    counts_clean(v);
    m->entry[2 * m->count] = k;
    m->entry[2 * m->count + 1] = v;
    m->count++;
}

static void meta_print(struct meta *m, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void meta_print(struct meta *m, const char *key, const char *fmt, ...)
{
    char text[64];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    meta_put(m, key, text);
}

/* Seconds are multiples of 1/16000, so seven decimals are exact; zeros at the end go. */
static void meta_seconds(struct meta *m, double seconds)
{
    struct number s = number_fixed(seconds, 7);
    size_t n = strlen(s.text);
    while (n > 0 && s.text[n - 1] == '0')
        s.text[--n] = '\0';
    if (n > 0 && s.text[n - 1] == '.')
        s.text[n - 1] = '\0';
    meta_put(m, "seconds", s.text);
}

/* The texts LIST [N] as a JSON array, under the key PREFIX NAME. */
static void meta_texts(struct meta *m, const char *prefix, const char *name, char *const *list,
                       uint32_t n)
{
    struct buf key = BUF_INIT;
    json_t *a = json_array();
    char *text = NULL;
    for (uint32_t i = 0; a && i < n; i++)
        if (json_array_append_new(a, json_string(list[i])) != 0)
            m->failed = true;
    buf_printf(&key, "%s%s", prefix, name);
    if (a && buf_ok(&key) && (text = json_dumps(a, JSON_COMPACT)))
        meta_put(m, buf_text(&key), text);
    else
        m->failed = true;
    free(text);
    json_decref(a);
    buf_free(&key);
}

/* What is known of the speakers, by whose levels the columns go. */
static void meta_columns(struct meta *m, const struct counts *c)
{
    int speaker = counts_find_factor(c, "speaker");
    for (uint32_t i = 0; i < c->columns && speaker >= 0; i++)
        meta_texts(m, "speaker.", c->column[i].name, c->column[i].value, c->factor[speaker].levels);
    if (c->strata && *c->strata)
        meta_put(m, "speaker_strata", c->strata);
}

/* The names of the factors, their levels, and the occurrences of phones. */
static void meta_factors(struct meta *m, const struct counts *c)
{
    struct buf text = BUF_INIT;
    for (uint32_t f = 0; f < c->factors; f++)
        buf_printf(&text, "%s%s", f ? "," : "", c->factor[f].name);
    meta_put(m, "factors", buf_text(&text));
    for (uint32_t f = 0; f < c->factors; f++)
        meta_texts(m, "levels.", c->factor[f].name, c->factor[f].level, c->factor[f].levels);
    meta_columns(m, c);
    int phone = counts_find_factor(c, "phone");
    if (c->phone_occurrences && phone >= 0) {
        buf_clear(&text);
        for (uint32_t i = 0; i < c->factor[phone].levels; i++)
            buf_printf(&text, "%s%" PRId64, i ? "," : "", c->phone_occurrences[i]);
        meta_put(m, "phone_occurrences", buf_text(&text));
    }
    m->failed |= !buf_ok(&text);
    buf_free(&text);
}

/* tau of each layer at the lambda of block FIRST. */
static void meta_tau(struct meta *m, const struct counts *c, const char *key, uint32_t first)
{
    struct buf tau = BUF_INIT;
    for (uint32_t n = 0; n < c->layers; n++)
        buf_printf(&tau, "%s%" PRIu32, n ? "," : "", counts_block(c, first + n)->tau);
    meta_put(m, key, buf_text(&tau));
    m->failed |= !buf_ok(&tau);
    buf_free(&tau);
}

/* The file's own lambda, and, where it is not alone, all of them. */
static void meta_lambdas(struct meta *m, const struct counts *c)
{
    struct buf list = BUF_INIT;
    char key[COUNTS_LAMBDA_NAME];
    meta_put(m, "lambda_percent",
             number_short(c->lambdas ? c->lambda[0] : c->lambda_percent, 15).text);
    meta_tau(m, c, "tau", 0);
    for (uint32_t k = 0; k < c->lambdas; k++)
        buf_printf(&list, "%s%s", k ? "," : "", number_short(c->lambda[k], 15).text);
    for (uint32_t k = 1; k < c->lambdas; k++) {
        counts_lambda_name(key, "tau", c->lambda[k]);
        meta_tau(m, c, key, k * c->layers);
    }
    if (c->lambdas > 1)
        meta_put(m, "lambdas_percent", buf_text(&list));
    m->failed |= !buf_ok(&list);
    buf_free(&list);
}

void meta_put_counts(struct meta *m, const struct counts *c, const char *format)
{
    meta_put(m, "format", format);
    meta_put(m, "version", "1");
    meta_put(m, "model", c->model ? c->model : "");
    meta_put(m, "family", c->family ? c->family : "");
    meta_lambdas(m, c);
    meta_put(m, "frames", counts_frames_name(c->frames_mode));
    meta_factors(m, c);
    meta_put(m, "pitch_edges_hz", c->pitch_edges_hz ? c->pitch_edges_hz : "");
    meta_print(m, "utterances", "%" PRIu64, c->utterances);
    meta_seconds(m, c->seconds);
    if (c->model_fingerprint)
        meta_print(m, "model_fingerprint", "%016" PRIx64, c->model_fingerprint);
    if (c->utterance_digest)
        meta_print(m, "utterance_digest", "%016" PRIx64, c->utterance_digest);
    if (c->shards.of) {
        meta_put(m, "shard", c->shards.held);
        meta_print(m, "shards", "%" PRIu32, c->shards.of);
        meta_print(m, "corpus_utterances", "%" PRIu64, c->shards.corpus_utterances);
        meta_print(m, "recordings_digest", "%016" PRIx64, c->shards.recordings_digest);
    }
    meta_put(m, "created_by", c->created_by ? c->created_by : "");
    meta_put(m, "command", c->command ? c->command : "");
}
