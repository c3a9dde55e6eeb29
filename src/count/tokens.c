/*
 * The records of a job's tokens (tokens.h): made, checked, added up, and written as a token file.
 */
#include "config.h"

#include "count/tokens.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "count/count_internal.h"
#include "count/tokenset.h"
#include "formats/file.h"

size_t tokens_per_token(const struct count_job *j)
{
    size_t n = 0;
    for (uint32_t l = 0; l < j->info->layers; l++)
        n += j->tally.cells.tau[l];
    return n;
}

bool tokens_record_size(const struct count_job *j, uint32_t tokens, size_t *size)
{
    size_t one = j->tally.cells.factors * sizeof(int32_t) + tokens_per_token(j) * sizeof(uint16_t);
    size_t n;
    if (!mul_size(tokens, one, &n) || !add_size(n, sizeof(struct token_head) + 3, &n))
        return false;
    *size = n / 4 * 4;
    return true;
}

/* The arrays of the record at P. */
static const int32_t *record_levels(const unsigned char *p)
{
    return (const int32_t *)(const void *)(p + sizeof(struct token_head));
}

static const uint16_t *record_neurons(const struct count_job *j, const unsigned char *p,
                                      uint32_t tokens)
{
    return (const uint16_t *)(const void *)(record_levels(p) +
                                            (size_t)tokens * j->tally.cells.factors);
}

bool tokens_record(const struct count_job *j, struct tally *t, uint32_t recording, uint32_t tokens,
                   int32_t **level, uint16_t **neuron)
{
    struct token_records *r = &t->tokens;
    const struct token_head head = {recording, tokens};
    size_t size, need;
    if (!tokens_record_size(j, tokens, &size) || !add_size(r->len, size, &need) ||
        !mem_grow(&r->data, &r->cap, need, 1))
        return false;
    unsigned char *p = r->data + r->len;
    memset(p, 0, size);
    memcpy(p, &head, sizeof head);
    *level = (int32_t *)(uintptr_t)record_levels(p);
    *neuron = (uint16_t *)(uintptr_t)record_neurons(j, p, tokens);
    r->len = need;
    return true;
}

/* True if the record at P of HEAD has levels of T and rising neurons. */
static bool record_is_sound(const struct count_job *j, const struct tally *t,
                            const unsigned char *p, const struct token_head *head)
{
    const struct cells *c = &t->cells;
    const int32_t *level = record_levels(p);
    const uint16_t *neuron = record_neurons(j, p, head->tokens);
    for (uint32_t i = 0; i < head->tokens; i++) {
        for (uint32_t f = 0; f < c->factors; f++, level++)
            if (*level < -1 || *level >= (int64_t)c->level[f].count)
                return false;
        for (uint32_t l = 0; l < j->info->layers; l++)
            for (uint32_t k = 0; k < c->tau[l]; k++, neuron++)
                if (*neuron >= c->width[l] || (k > 0 && neuron[0] <= neuron[-1]))
                    return false;
    }
    return true;
}

/* The next of the records in BYTES [SIZE], at *AT: its place and head; false at the end, or, with
 * *AT left where it is, if there is no whole record. */
static bool next_record(const struct count_job *j, const unsigned char *bytes, size_t size,
                        size_t *at, const unsigned char **p, struct token_head *head)
{
    size_t n;
    if (size - *at < sizeof *head)
        return false;
    memcpy(head, bytes + *at, sizeof *head);
    if (!tokens_record_size(j, head->tokens, &n) || n > size - *at ||
        head->recording >= j->corpus.recordings.count)
        return false;
    *p = bytes + *at;
    *at += n;
    return true;
}

bool tokens_check(const struct count_job *j, const struct tally *t, const void *bytes, size_t size)
{
    struct token_head head;
    const unsigned char *p;
    size_t at = 0;
    uint64_t *seen = mem_zeros(bitset_words(j->corpus.recordings.count), sizeof *seen);
    bool ok = seen;
    while (ok && next_record(j, bytes, size, &at, &p, &head)) {
        ok = bitset_has(t->done, head.recording) && !bitset_has(seen, head.recording) &&
             record_is_sound(j, t, p, &head);
        bitset_put(seen, head.recording);
    }
    free(seen);
    return ok && at == size;
}

bool tokens_reserve(struct tally *t, const struct tally *part)
{
    size_t need;
    return add_size(t->tokens.len, part->tokens.len, &need) &&
           mem_grow(&t->tokens.data, &t->tokens.cap, need, 1);
}

void tokens_add(const struct count_job *j, struct tally *t, const struct tally *part,
                int32_t *const *level)
{
    struct token_records *r = &t->tokens;
    uint32_t factors = part->cells.factors;
    struct token_head head;
    const unsigned char *p;
    size_t at = 0;
    if (part->tokens.len == 0)
        return;
    memcpy(r->data + r->len, part->tokens.data, part->tokens.len);
    while (next_record(j, r->data + r->len, part->tokens.len, &at, &p, &head)) {
        int32_t *own = (int32_t *)(uintptr_t)record_levels(p);
        for (size_t i = 0; i < (size_t)head.tokens * factors; i++)
            own[i] = own[i] < 0 ? -1 : level[i % factors][own[i]];
    }
    r->len += part->tokens.len;
}

/* What is needed to find a token's levels and neurons in the mapped spill. */
struct spill_view {
    const struct count_job *job;
    const unsigned char *data;
    int32_t *rank[CELLS_MAX_FACTORS]; /* [levels] place among the sorted levels */
    size_t neurons;                   /* of a token */
    size_t *offset;                   /* [layers] of a layer's within them */
};

static int32_t spill_level(void *context, const struct token_run *run, uint32_t factor, uint32_t i)
{
    const struct spill_view *v = context;
    uint32_t factors = v->job->tally.cells.factors;
    int32_t level = record_levels(v->data + run->offset)[(size_t)i * factors + factor];
    return level < 0 ? -1 : v->rank[factor][level];
}

static const uint16_t *spill_row(void *context, const struct token_run *run, uint32_t layer,
                                 uint32_t i)
{
    const struct spill_view *v = context;
    return record_neurons(v->job, v->data + run->offset, run->tokens) + i * v->neurons +
           v->offset[layer];
}

/* The places of the cells' levels among those of C, which are the same ones sorted. */
static bool spill_view_rank(struct spill_view *v, const struct counts *c)
{
    for (uint32_t f = 0; f < c->factors; f++) {
        const struct names *level = &v->job->tally.cells.level[f];
        if (!(v->rank[f] = mem_array(level->count, sizeof *v->rank[f])))
            return false;
        for (uint32_t i = 0; i < c->factor[f].levels; i++)
            v->rank[f][names_find(level, c->factor[f].level[i])] = (int32_t)i;
    }
    v->offset = mem_array(c->layers, sizeof *v->offset);
    for (uint32_t l = 0; l < c->layers && v->offset; l++) {
        v->offset[l] = v->neurons;
        v->neurons += c->layer[l].tau;
    }
    return v->offset;
}

/* All records of the spill into S, each a place of its own: two recordings whose names are made the
 * same stay in the corpus' order. */
static bool spill_view_list(const struct spill_view *v, struct token_set *s)
{
    const struct count_job *j = v->job;
    struct token_head head;
    const unsigned char *p;
    size_t at = 0;
    while (next_record(j, v->data, (size_t)j->spill.length, &at, &p, &head)) {
        char utterance[256], speaker[256];
        const struct recording *r = &j->corpus.recordings.recording[head.recording];
        snprintf(utterance, sizeof utterance, "%s", r->utterance);
        snprintf(speaker, sizeof speaker, "%s", r->speaker);
        counts_clean(utterance);
        counts_clean(speaker);
        if (!token_set_add(s, utterance, speaker, head.recording, (size_t)(p - v->data),
                           head.tokens))
            return false;
    }
    return true;
}

void tokens_withdraw(const struct count_job *j)
{
    char *path = tokens_path(j->options->output);
    if (path)
        unlink(path);
    free(path);
}

enum status tokens_finish(struct count_job *j, const struct counts *about, struct err *err)
{
    struct spill_view v = {.job = j};
    struct token_set s = {.level = spill_level, .row = spill_row, .context = &v};
    struct counts c = {.cells = 0};
    struct mapped m = {NULL, 0};
    char *path = tokens_path(j->options->output);
    enum status code = path ? mapped_open(&m, j->spill.path, err) : err_nomem(err);
    if (code)
        goto out;
    mapped_may_change(&m);
    v.data = m.data;
    code = m.size < j->spill.length
               ? err_set(err, STATUS_IO, "%s: something has cut it", j->spill.path)
               : cells_about(&j->tally.cells, about, &c, err);
    if (!code && (!spill_view_rank(&v, &c) || !spill_view_list(&v, &s)))
        code = err_nomem(err);
    if (!code)
        code = token_set_write(&s, &c, path, err);
    mapped_close(&m);
out:
    for (uint32_t f = 0; f < CELLS_MAX_FACTORS; f++)
        free(v.rank[f]);
    free(v.offset);
    token_set_free(&s);
    counts_free(&c);
    free(path);
    return code;
}
