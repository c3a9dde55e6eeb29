/*
 * Whether a token file is of the counts beside which it lies: what both say of how they were made,
 * the levels of their factors, and the numbers of tokens in the cells.
 */
#include "config.h"

#include "formats/tokenfile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

/* STATUS_MISMATCH that names both files and what differs. */
static enum status tokens_differ(const struct tokens *t, const struct counts *c, struct err *err,
                                 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static enum status tokens_differ(const struct tokens *t, const struct counts *c, struct err *err,
                                 const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return err_set(err, STATUS_MISMATCH, "%s is not of %s: %s", t->about.path, c->path, text);
}

/* The same model, recordings and settings, as far as both say it? */
static enum status tokens_fit_about(const struct tokens *t, const struct counts *c, struct err *err)
{
    const struct counts *a = &t->about;
    bool weights = a->model_fingerprint && c->model_fingerprint;
    if (weights && a->model_fingerprint != c->model_fingerprint)
        return tokens_differ(t, c, err,
                             "it is of a model '%.60s' with other weights (model_fingerprint "
                             "%016llx, not %016llx)",
                             a->model, (unsigned long long)a->model_fingerprint,
                             (unsigned long long)c->model_fingerprint);
    if (!weights && strcmp(a->model, c->model) != 0)
        return tokens_differ(t, c, err, "model '%.60s' is not '%.60s'", a->model, c->model);
    if (a->lambda_percent != c->lambda_percent)
        return tokens_differ(t, c, err, "its lambda is %s %%, not %s %%",
                             number_short(a->lambda_percent, 15).text,
                             number_short(c->lambda_percent, 15).text);
    if (a->utterance_digest != c->utterance_digest || a->utterances != c->utterances)
        return tokens_differ(t, c, err, "it is of other recordings");
    if (strcmp(a->pitch_edges_hz, c->pitch_edges_hz) != 0)
        return tokens_differ(t, c, err, "pitch edges are '%.60s' Hz, not '%.60s'",
                             a->pitch_edges_hz, c->pitch_edges_hz);
    if (a->layers != c->layers)
        return tokens_differ(t, c, err, "it has %u layers, not %u", a->layers, c->layers);
    for (uint32_t l = 0; l < a->layers; l++)
        if (a->layer[l].width != c->layer[l].width || a->layer[l].tau != c->layer[l].tau)
            return tokens_differ(t, c, err, "layer %u has %u of %u neurons a token, not %u of %u",
                                 l + 1, a->layer[l].tau, a->layer[l].width, c->layer[l].tau,
                                 c->layer[l].width);
    return STATUS_OK;
}

/* The factors of C among those of T, into FACTOR [c->factors]: with the same levels? */
static enum status tokens_fit_factors(const struct tokens *t, const struct counts *c,
                                      uint32_t *factor, struct err *err)
{
    for (uint32_t f = 0; f < c->factors; f++) {
        const struct counts_factor *x = &c->factor[f];
        int at = counts_find_factor(&t->about, x->name);
        if (at < 0)
            return tokens_differ(t, c, err, "it lacks the factor %.60s", x->name);
        const struct counts_factor *y = &t->about.factor[at];
        bool same = x->levels == y->levels;
        for (uint32_t i = 0; i < x->levels && same; i++)
            same = strcmp(x->level[i], y->level[i]) == 0;
        if (!same)
            return tokens_differ(t, c, err, "the levels of %.60s are others", x->name);
        factor[f] = (uint32_t)at;
    }
    return STATUS_OK;
}

/* A cell by the number that its levels make, each with -1 as 0. */
struct numbered_cell {
    uint64_t number;
    uint32_t cell;
};

static int compare_numbered(const void *a, const void *b)
{
    uint64_t x = ((const struct numbered_cell *)a)->number;
    uint64_t y = ((const struct numbered_cell *)b)->number;
    return x < y ? -1 : x > y;
}

/* Adds up the tokens of each cell; none may be in no cell, nor more of them than frames. */
static enum status tokens_fit_cells(const struct tokens *t, const struct counts *c,
                                    const uint32_t *factor, struct numbered_cell *list,
                                    int64_t *tokens, struct err *err)
{
    for (uint32_t i = 0; i < c->cells; i++) {
        list[i] = (struct numbered_cell){0, i};
        for (uint32_t f = 0; f < c->factors; f++)
            list[i].number = list[i].number * (c->factor[f].levels + 1ull) +
                             (uint64_t)(c->factor[f].index[i] + 1);
    }
    qsort(list, c->cells, sizeof *list, compare_numbered);
    for (uint32_t i = 0; i < t->count; i++) {
        struct numbered_cell key = {0, 0};
        for (uint32_t f = 0; f < c->factors; f++)
            key.number = key.number * (c->factor[f].levels + 1ull) +
                         (uint64_t)(tokens_level(t, factor[f], i) + 1);
        const struct numbered_cell *at =
            bsearch(&key, list, c->cells, sizeof *list, compare_numbered);
        if (!at)
            return tokens_differ(t, c, err, "token %u is in no cell", i);
        tokens[at->cell]++;
    }
    for (uint32_t i = 0; i < c->cells; i++)
        if (c->frames_mode == COUNTS_FRAMES_ALL ? tokens[i] > c->frames[i]
                                                : tokens[i] != c->frames[i])
            return tokens_differ(t, c, err, "cell %u has %lld frames, but %lld tokens", i,
                                 (long long)c->frames[i], (long long)tokens[i]);
    return STATUS_OK;
}

enum status tokens_fit(const struct tokens *t, const struct counts *c, struct err *err)
{
    uint32_t factor[COUNTS_MAX_FACTORS];
    uint64_t numbers = 1;
    bool countable = !counts_is_probability(c);
    enum status code = tokens_fit_about(t, c, err);
    if (!code)
        code = tokens_fit_factors(t, c, factor, err);
    for (uint32_t f = 0; f < c->factors; f++) /* cells are not looked at where numbers run out */
        countable &= !__builtin_mul_overflow(numbers, c->factor[f].levels + 1ull, &numbers);
    if (code || !countable)
        return code;
    struct numbered_cell *list = mem_array(c->cells, sizeof *list);
    int64_t *tokens = mem_zeros(c->cells, sizeof *tokens);
    code = list && tokens ? tokens_fit_cells(t, c, factor, list, tokens, err) : err_nomem(err);
    free(list);
    free(tokens);
    return code;
}
