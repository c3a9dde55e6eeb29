/*
 * What a counting job has so far: one set of cells and the totals, which the parts of workers and
 * processes are added to.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "count/count_internal.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "model/kernels/select.h"

/* Empty cells with the job's factors (the built-in ones first, then the user's own) and one block
 * of counters for each lambda and layer: block = lambda x layers + layer. */
static enum status init_cells(struct cells *c, const struct count_job *j, struct err *err)
{
    const struct model_info *m = j->info;
    const char *names[CELLS_MAX_FACTORS];
    for (uint32_t f = 0; f < j->built_in; f++)
        names[f] = corpus_factor_names[j->kind[f]];
    for (unsigned x = 0; x < j->options->corpus.extras; x++)
        names[j->built_in + x] = j->options->corpus.extra[x].name;
    const struct count_options *o = j->options;
    uint32_t lambdas = o->lambdas ? o->lambdas : 1, blocks = lambdas * m->layers;
    uint32_t *width = mem_array(blocks, sizeof *width), *tau = mem_array(blocks, sizeof *tau);
    enum status code = width && tau ? STATUS_OK : err_nomem(err);
    for (uint32_t b = 0; b < blocks && !code; b++) {
        width[b] = m->width[b % m->layers];
        tau[b] = select_tau(width[b], o->lambdas ? o->lambda[b / m->layers] : o->lambda_percent);
    }
    if (!code)
        code = cells_init(c, names, j->built_in + o->corpus.extras, width, tau, blocks, err);
    free(width);
    free(tau);
    return code;
}

enum status tally_init(struct tally *t, const struct count_job *j, struct err *err)
{
    struct tally r = {.totals.utterances = j->corpus.recordings.count};
    enum status code = init_cells(&r.cells, j, err);
    if (code)
        return code;
    if (j->corpus.published.occurrences) {
        r.cells.table = &j->corpus.published.name;
        r.cells.occurrences = j->corpus.published.occurrences;
    }
    r.cells.columns = &j->columns;
    r.done = mem_zeros(bitset_words(j->corpus.recordings.count), sizeof *r.done);
    bool ok = r.done;
    /* Pitch levels come first and in this order: a frame's pitch class is its level index. */
    for (uint32_t f = 0; f < j->built_in && ok; f++)
        for (int i = 0; i < PITCH_LEVELS && j->kind[f] == CORPUS_PITCH && ok; i++)
            ok = names_add(&r.cells.level[f], pitch_level_names[i]) != NAMES_NONE;
    if (!ok) {
        tally_free(&r);
        return err_nomem(err);
    }
    *t = r;
    return STATUS_OK;
}

void tally_free(struct tally *t)
{
    cells_free(&t->cells);
    free(t->done);
    free(t->tokens.data);
    *t = (struct tally){.done = NULL};
}

/* The numbers in T of the levels of PART, made where they are new, into LEVEL [factors]; false
 * without memory. */
static bool find_levels(struct cells *t, const struct cells *part, int32_t **level)
{
    for (uint32_t f = 0; f < part->factors; f++) {
        if (!(level[f] = mem_array(part->level[f].count, sizeof *level[f])))
            return false;
        for (uint32_t i = 0; i < part->level[f].count; i++)
            if ((level[f][i] = (int32_t)names_add(&t->level[f], part->level[f].name[i])) < 0)
                return false;
    }
    return true;
}

/* The cells of PART in T, made where they are new, into TO [part's cells]; false without memory. */
static bool find_cells(struct cells *t, const struct cells *part, int32_t *const *level,
                       uint32_t *to)
{
    for (uint32_t c = 0; c < part->count; c++) {
        int32_t key[CELLS_MAX_FACTORS];
        for (uint32_t f = 0; f < part->factors; f++)
            key[f] = part->key[c][f] < 0 ? -1 : level[f][part->key[c][f]];
        if ((to[c] = cells_find(t, key)) == UINT32_MAX)
            return false;
    }
    return true;
}

enum status tally_add(struct tally *t, const struct tally *part, const struct count_job *j,
                      struct err *err)
{
    const struct cells *c = &part->cells;
    size_t words = bitset_words(j->corpus.recordings.count);
    for (size_t w = 0; w < words; w++)
        /* Parts of one job are disjoint; where they are not, counts would be doubled. */
        if (t->done[w] & part->done[w])
            return err_set(err, STATUS_MISMATCH, "an utterance was counted twice");
    /* All memory first: a failure leaves new cells without frames, but no count half added. */
    int32_t *level[CELLS_MAX_FACTORS] = {NULL};
    uint32_t *to = mem_array(c->count, sizeof *to);
    bool ok = to && find_levels(&t->cells, c, level) && find_cells(&t->cells, c, level, to) &&
              tokens_reserve(t, part);
    if (ok)
        tokens_add(j, t, part, level);
    for (uint32_t f = 0; f < c->factors; f++)
        free(level[f]);
    if (!ok) {
        free(to);
        return err_nomem(err);
    }
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t *row = t->cells.row[to[i]];
        t->cells.frames[to[i]] += c->frames[i];
        for (size_t d = 0; d < c->offset[c->layers]; d++)
            row[d] += c->row[i][d];
    }
    free(to);
    for (size_t w = 0; w < words; w++)
        t->done[w] |= part->done[w];
    t->digest += part->digest;
    struct count_totals more = part->totals;
    uint64_t *sum[TALLY_TOTALS], *add[TALLY_TOTALS];
    tally_totals(&t->totals, sum);
    tally_totals(&more, add);
    for (int i = 0; i < TALLY_TOTALS; i++)
        *sum[i] += *add[i];
    return STATUS_OK;
}

void tally_totals(struct count_totals *t, uint64_t *kept[TALLY_TOTALS])
{
    /* This order is part of the journal's format. */
    kept[0] = &t->counted;
    kept[1] = &t->samples;
    kept[2] = &t->frames;
    kept[3] = &t->unlabelled;
    kept[4] = &t->surplus;
    kept[5] = &t->unknown;
    kept[6] = &t->short_segments;
}
