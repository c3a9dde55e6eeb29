/*
 * Adding count files: levels are united, frames and counts of equal cells added, after checking
 * that model and settings are the same.
 */
#include "config.h"

#include "count/merge.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count/mergeshards.h"
#include "count/mergetokens.h"
#include "corpus/audio.h"
#include "count/cells.h"
#include "base/mem.h"
#include "base/number.h"

#define LAST UINT32_MAX

/* Cells of the files that make one cell of the result, as a list through `next`. */
struct source {
    uint32_t file, cell, next;
};

struct merge {
    struct counts *file;   /* [files] */
    size_t files;          /* opened */
    struct cells cells;    /* bare */
    struct source *source; /* [sources], lists of all merged cells */
    uint32_t sources;
    size_t source_cap, first_cap;
    uint32_t *first;      /* [cells.count] first source of a cell */
    uint32_t *sum;        /* [widest layer] */
    struct names table;   /* phones of the label tables */
    int64_t *occurrences; /* [table.count] */
    size_t occurrences_cap;
    struct columns columns; /* of the speakers */
};

/* STATUS_MISMATCH that names both files and what differs. */
static enum status merge_differ(const struct counts *a, const struct counts *b, struct err *err,
                                const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static enum status merge_differ(const struct counts *a, const struct counts *b, struct err *err,
                                const char *fmt, ...)
{
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return err_set(err, STATUS_MISMATCH, "%s cannot be added to %s: %s", b->path, a->path, text);
}

/* The same widths and tau in every block: counts of the tau largest of D activations add up only to
 * counts of the same tau and D. */
static enum status check_layers(const struct counts *a, const struct counts *b, struct err *err)
{
    if (a->layers != b->layers)
        return merge_differ(a, b, err, "%u layers, not %u", b->layers, a->layers);
    for (uint32_t i = 0; i < counts_blocks(a); i++) {
        const struct counts_layer *x = counts_block(a, i), *y = counts_block(b, i);
        uint32_t n = i % a->layers + 1;
        if (x->width != y->width)
            return merge_differ(a, b, err, "layer %u has %u neurons, not %u", n, y->width,
                                x->width);
        if (x->tau != y->tau)
            return merge_differ(a, b, err, "tau of layer %u is %u, not %u", n, y->tau, x->tau);
    }
    return STATUS_OK;
}

/* The same lambdas in the same order? */
static enum status check_lambdas(const struct counts *a, const struct counts *b, struct err *err)
{
    if (a->lambda_percent != b->lambda_percent)
        return merge_differ(a, b, err, "lambda is %s %%, not %s %%",
                            number_short(b->lambda_percent, 15).text,
                            number_short(a->lambda_percent, 15).text);
    if (a->lambdas != b->lambdas)
        return merge_differ(a, b, err, "%u lambdas, not %u", b->lambdas ? b->lambdas : 1,
                            a->lambdas ? a->lambdas : 1);
    for (uint32_t k = 1; k < a->lambdas; k++)
        if (a->lambda[k] != b->lambda[k])
            return merge_differ(a, b, err, "lambda %u is %s %%, not %s %%", k + 1,
                                number_short(b->lambda[k], 15).text,
                                number_short(a->lambda[k], 15).text);
    return STATUS_OK;
}

/* The same model and settings? */
static enum status check_alike(const struct counts *a, const struct counts *b, struct err *err)
{
    if (counts_is_probability(b))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s holds probabilities, which cannot be added without frame numbers",
                       b->path);
    /* Without both fingerprints only the models' names can be compared. */
    if (a->model_fingerprint && b->model_fingerprint) {
        if (a->model_fingerprint != b->model_fingerprint)
            return merge_differ(a, b, err, "model '%.60s' has other weights than '%.60s'", b->model,
                                a->model);
    } else if (strcmp(a->model, b->model) != 0) {
        return merge_differ(a, b, err, "model '%.60s', not '%.60s'", b->model, a->model);
    }
    enum status code = check_lambdas(a, b, err);
    if (code)
        return code;
    if (a->frames_mode != b->frames_mode)
        return merge_differ(a, b, err, "frames are '%s', not '%s'",
                            counts_frames_name(b->frames_mode), counts_frames_name(a->frames_mode));
    if (strcmp(a->pitch_edges_hz, b->pitch_edges_hz) != 0)
        return merge_differ(a, b, err, "pitch edges are '%.60s' Hz, not '%.60s'", b->pitch_edges_hz,
                            a->pitch_edges_hz);
    for (uint32_t f = 0; f < a->factors || f < b->factors; f++) {
        const char *x = f < a->factors ? a->factor[f].name : "none",
                   *y = f < b->factors ? b->factor[f].name : "none";
        if (strcmp(x, y) != 0)
            return merge_differ(a, b, err, "factor %u is %.60s, not %.60s", f + 1, y, x);
    }
    return check_layers(a, b, err);
}

/* The merged cell gets one more source, in front of its list. A cell without frames has no list
 * yet. */
static bool add_source(struct merge *m, uint32_t file, uint32_t cell, uint32_t to)
{
    struct source *end;
    if (m->sources == LAST - 1 ||
        !mem_grow(&m->source, &m->source_cap, (size_t)m->sources + 1, sizeof *m->source) ||
        !mem_grow(&m->first, &m->first_cap, (size_t)to + 1, sizeof *m->first))
        return false;
    end = &m->source[m->sources];
    *end = (struct source){file, cell, m->cells.frames[to] == 0 ? LAST : m->first[to]};
    m->first[to] = m->sources++;
    return true;
}

/*
 * Enters the levels and cells of FILE into the union and adds up the frames. Level indices are each
 * file's own, so they are translated by name. Counts are 32 bits wide, hence the limit on frames.
 */
static enum status add_cells(struct merge *m, uint32_t file, struct err *err)
{
    const struct counts *c = &m->file[file];
    for (uint32_t f = 0; f < c->factors; f++)
        for (uint32_t i = 0; i < c->factor[f].levels; i++)
            if (names_add(&m->cells.level[f], c->factor[f].level[i]) == NAMES_NONE)
                return err_nomem(err);
    for (uint32_t i = 0; i < c->cells; i++) {
        int32_t key[CELLS_MAX_FACTORS];
        for (uint32_t f = 0; f < c->factors; f++) {
            int32_t level = c->factor[f].index[i];
            key[f] =
                level < 0 ? -1 : (int32_t)names_find(&m->cells.level[f], c->factor[f].level[level]);
        }
        uint32_t to = cells_find(&m->cells, key);
        if (to == UINT32_MAX || !add_source(m, file, i, to))
            return err_nomem(err);
        m->cells.frames[to] += c->frames[i] < UINT32_MAX ? c->frames[i] : UINT32_MAX;
        if (m->cells.frames[to] > UINT32_MAX)
            return err_set(err, STATUS_UNSUPPORTED, "%s: cell %u would hold more than 2^32 frames",
                           c->path, i);
    }
    return STATUS_OK;
}

/* A counts_row: the counts of the cell's sources added up. They fit into 32 bits, since no count is
 * more than the cell's frames, which add_cells has limited. */
static const uint32_t *merged_row(void *context, uint32_t block, uint32_t cell)
{
    struct merge *m = context;
    uint32_t width = m->cells.width[block];
    memset(m->sum, 0, width * sizeof *m->sum);
    for (uint32_t s = m->first[cell]; s != LAST; s = m->source[s].next) {
        const struct counts_layer *l = counts_block(&m->file[m->source[s].file], block);
        size_t at = (size_t)m->source[s].cell * width;
        for (uint32_t d = 0; d < width; d++)
            m->sum[d] += l->u16 ? l->u16[at + d] : l->u32[at + d];
    }
    return m->sum;
}

/* The label tables' occurrences, if every file has them and none contradicts another. */
static bool unite_occurrences(struct merge *m)
{
    for (size_t k = 0; k < m->files; k++) {
        const struct counts *c = &m->file[k];
        int f = counts_find_factor(c, "phone");
        if (f < 0 || !c->phone_occurrences)
            return true;
        for (uint32_t i = 0; i < c->factor[f].levels; i++) {
            uint32_t known = m->table.count, at = names_add(&m->table, c->factor[f].level[i]);
            if (at == NAMES_NONE || !mem_grow(&m->occurrences, &m->occurrences_cap, (size_t)at + 1,
                                              sizeof *m->occurrences))
                return false;
            if (at < known && m->occurrences[at] != c->phone_occurrences[i])
                return true;
            m->occurrences[at] = c->phone_occurrences[i];
        }
    }
    m->cells.table = &m->table;
    m->cells.occurrences = m->occurrences;
    return true;
}

/* Cells of the union, still empty, with the factors and blocks of the first file: check_alike has
 * made sure that the others have the same. Bare, since the counts stay in the files. */
static enum status merge_prepare(struct merge *m, struct err *err)
{
    const struct counts *c = &m->file[0];
    const char *factor[CELLS_MAX_FACTORS];
    uint32_t widest = 0, blocks = counts_blocks(c);
    enum status code = STATUS_NOMEM;
    uint32_t *width = mem_array(blocks, sizeof *width), *tau = mem_array(blocks, sizeof *tau);
    if (!width || !tau)
        goto out;
    for (uint32_t b = 0; b < blocks; b++) {
        width[b] = counts_block(c, b)->width;
        tau[b] = counts_block(c, b)->tau;
        widest = width[b] > widest ? width[b] : widest;
    }
    for (uint32_t f = 0; f < c->factors; f++)
        factor[f] = c->factor[f].name;
    if (!(m->sum = mem_array(widest, sizeof *m->sum)))
        goto out;
    code = cells_init(&m->cells, factor, c->factors, width, tau, blocks, err);
    m->cells.bare = true;
out:
    free(width);
    free(tau);
    return code == STATUS_NOMEM ? err_nomem(err) : code;
}

/* Metadata of the result: those of file FIRST, with the numbers of all. */
static void sum_up(const struct merge *m, size_t first, struct counts *about, bool *repeated)
{
    /* Summed as samples: seconds would be rounded again with each file. */
    double samples = 0;
    *about = m->file[first];
    *repeated = false;
    for (size_t k = 0; k < m->files; k++) {
        const struct counts *c = &m->file[k];
        samples += rint(c->seconds * AUDIO_RATE);
        if (k == first)
            continue;
        about->utterances += c->utterances;
        about->utterance_digest = about->utterance_digest && c->utterance_digest
                                      ? about->utterance_digest + c->utterance_digest
                                      : 0;
        /* Known ones equal the first file's (check_alike): this leaves that one, or 0 where a file
         * has none. */
        about->model_fingerprint &= c->model_fingerprint;
        for (size_t j = 0; j < k; j++)
            *repeated |= c->utterance_digest && m->file[j].utterance_digest == c->utterance_digest;
    }
    about->seconds = samples / AUDIO_RATE;
}

/* The token files beside the files, with the levels of the merged cells. */
static enum status add_tokens(const struct merge *m, const struct counts *about, const char *out,
                              size_t *without, struct err *err)
{
    struct counts all;
    enum status code = cells_about(&m->cells, about, &all, err);
    if (code)
        return code;
    code = merge_tokens(m->file, m->files, &all, out, without, err);
    counts_free(&all);
    return code;
}

enum status merge_files(const char *const *path, size_t n, const struct merge_options *options,
                        const char *out, struct merge_outcome *outcome, struct err *err)
{
    struct merge m = {.files = 0};
    struct shard_union shards = {.held = BUF_INIT};
    struct counts about;
    size_t without;
    enum status code = STATUS_OK;
    if (n == 0)
        return err_set(err, STATUS_USAGE, "no count file to merge");
    if (!(m.file = mem_zeros(n, sizeof *m.file)))
        return err_nomem(err);
    for (size_t k = 0; k < n && !code; k++) {
        if ((code = counts_open(&m.file[k], path[k], err)))
            break;
        m.files++;
        /* The first file is compared with itself, which still refuses probabilities. */
        code = check_alike(&m.file[0], &m.file[k], err);
    }
    if (!code && m.file[0].factors > CELLS_MAX_FACTORS)
        code = err_set(err, STATUS_UNSUPPORTED, "%s: more than %d factors", path[0],
                       CELLS_MAX_FACTORS);
    if (!code)
        code = merge_shards(&shards, m.file, n, options->partial, err);
    if (!code)
        code = merge_prepare(&m, err);
    for (size_t k = 0; k < m.files && !code; k++)
        code = add_cells(&m, (uint32_t)k, err);
    if (!code && !unite_occurrences(&m))
        code = err_nomem(err);
    if (!code)
        code = columns_unite(&m.columns, m.file, m.files, err);
    if (code)
        goto out;
    *outcome = (struct merge_outcome){false, NULL};
    sum_up(&m, shards.first, &about, &outcome->repeated);
    /* Shards keep their own command: merged whole they are the very file of one run. */
    if (shards.of == 0) {
        about.created_by = (char *)(uintptr_t)options->created_by;
        about.command = (char *)(uintptr_t)options->command;
    }
    about.shards.of = shards.whole ? 0 : shards.of;
    about.shards.held = (char *)(uintptr_t)buf_text(&shards.held);
    m.cells.columns = &m.columns;
    if ((code = add_tokens(&m, &about, out, &without, err)))
        goto out;
    outcome->without = without < n ? path[without] : NULL;
    code = cells_write_rows(&m.cells, &about, merged_row, &m, out, err);
out:
    buf_free(&shards.held);
    cells_free(&m.cells);
    for (size_t k = 0; k < m.files; k++)
        counts_free(&m.file[k]);
    names_free(&m.table);
    columns_free(&m.columns);
    free(m.occurrences);
    free(m.file);
    free(m.source);
    free(m.first);
    free(m.sum);
    return code;
}
