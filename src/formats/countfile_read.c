/*
 * Count files, read (propneu-counts(5)): safetensors with one row for each cell, that is, for each
 * combination of factor levels.  All that the analyses rely on is checked here: shapes, levels
 * within their lists, no cell twice, counts that add up to tau in every frame.
 */
#include "config.h"

#include "formats/countfile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats/countfile_about.h"
#include "base/mem.h"
#include "base/number.h"
#include "formats/tensors/safetensors.h"

/*
 * Data of tensor T, which must have this type and shape (COLUMNS 0: one dimension), aligned.  What
 * is said of each cell is copied: levels are used as indices, and must stay what they were when
 * they were checked, even if another program writes into the file.
 */
static enum status counts_take_tensor(struct counts *c, const struct tensor *t, enum dtype dtype,
                                      size_t rows, size_t columns, void *out, struct err *err)
{
    char shape[128];
    const void *data = t->data;
    if (t->dtype != dtype)
        return counts_bad(c, err, "tensor '%s' is %s, not %s", t->name, dtype_name(t->dtype),
                          dtype_name(dtype));
    if (t->ndim != (columns ? 2u : 1u) || t->shape[0] != rows ||
        (columns && t->shape[1] != columns)) {
        tensor_shape_text(t, shape, sizeof shape);
        return counts_bad(c, err, "tensor '%s' has the shape %s but there are %zu cells", t->name,
                          shape, rows);
    }
    if (!columns || (uintptr_t)data % dtype_size(dtype) != 0) {
        void *copy = counts_alloc(c, t->count, dtype_size(dtype));
        if (!copy)
            return err_nomem(err);
        data = memcpy(copy, t->data, t->count * dtype_size(dtype));
    }
    memcpy(out, &data, sizeof data);
    return STATUS_OK;
}

/*
 * The number of cells and the frames of each: at least one, or -1 where the file has probabilities
 * of other software, which do not say.
 */
static enum status counts_read_frames(struct counts *c, struct err *err)
{
    const struct tensor *t = tensors_find(&c->file, "frames");
    enum status code;
    int64_t sum = 0;
    if (!t)
        return counts_bad(c, err, "tensor 'frames' is missing");
    if (t->ndim != 1 || t->count == 0 || t->count > INT32_MAX)
        return counts_bad(c, err, "tensor 'frames' is not a list of cells");
    c->cells = (uint32_t)t->count;
    if ((code = counts_take_tensor(c, t, DTYPE_I64, t->count, 0, &c->frames, err)))
        return code;
    bool probability = tensors_find(&c->file, "probability.1");
    for (uint32_t i = 0; i < c->cells; i++)
        if (probability ? c->frames[i] != -1 : c->frames[i] < 1)
            return counts_bad(c, err, "frames of cell %u: %" PRId64, i, c->frames[i]);
        else if (__builtin_add_overflow(sum, c->frames[i], &sum))
            return counts_bad(c, err, "the numbers of frames add up to more than 63 bits");
    return STATUS_OK;
}

/* The level of each cell under factor F, whose names are read: -1 for none. */
static enum status counts_read_factor(struct counts *c, struct counts_factor *f, struct err *err)
{
    char key[300];
    enum status code;
    snprintf(key, sizeof key, "factor.%s", f->name);
    const struct tensor *t = tensors_find(&c->file, key);
    if (!t)
        return counts_bad(c, err, "tensor '%s' is missing", key);
    if ((code = counts_take_tensor(c, t, DTYPE_I32, c->cells, 0, &f->index, err)))
        return code;
    for (uint32_t i = 0; i < c->cells; i++)
        if (f->index[i] < -1 || f->index[i] >= (int64_t)f->levels)
            return counts_bad(c, err, "%s of cell %u: level %d, but there are %u", key, i,
                              f->index[i], f->levels);
    return STATUS_OK;
}

/* Tensors whose name begins so: all of them must be known ones. */
static size_t tensors_named(const struct counts *c, const char *prefix)
{
    size_t n = 0;
    for (size_t i = 0; i < c->file.count; i++)
        n += strncmp(c->file.tensor[i].name, prefix, strlen(prefix)) == 0;
    return n;
}

/*
 * All factors that the metadata list; a tensor of a factor that is not listed is refused, since
 * cells would differ by something that nobody sees.
 */
static enum status counts_read_factors(struct counts *c, struct err *err)
{
    enum status code = counts_read_factor_names(c, err);
    for (uint32_t f = 0; f < c->factors && !code; f++)
        code = counts_read_factor(c, &c->factor[f], err);
    if (code)
        return code;
    if (tensors_named(c, "factor.") != c->factors)
        return counts_bad(c, err, "a tensor 'factor.NAME' is not in the metadata 'factors'");
    return STATUS_OK;
}

/* Order of cells A and B by their level indices. */
static int compare_cells(const struct counts *c, uint32_t a, uint32_t b)
{
    for (uint32_t f = 0; f < c->factors; f++) {
        int32_t x = c->factor[f].index[a], y = c->factor[f].index[b];
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static int compare_numbers(const void *a, const void *b, void *context)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return compare_cells(context, x, y);
}

/* No two cells may be the same.  Sorted files, such as ours, are seen to be in one pass. */
static enum status counts_check_distinct(struct counts *c, struct err *err)
{
    uint32_t i = 1;
    enum status code = STATUS_OK;
    while (i < c->cells && compare_cells(c, i - 1, i) < 0)
        i++;
    if (i == c->cells)
        return STATUS_OK;
    uint32_t *order = mem_array(c->cells, sizeof *order);
    if (!order)
        return err_nomem(err);
    for (i = 0; i < c->cells; i++)
        order[i] = i;
    qsort_r(order, c->cells, sizeof *order, compare_numbers, c);
    for (i = 1; i < c->cells && !code; i++)
        if (compare_cells(c, order[i - 1], order[i]) == 0)
            code =
                counts_bad(c, err, "cells %u and %u have the same levels", order[i - 1], order[i]);
    free(order);
    return code;
}

/*
 * In every frame tau neurons of a layer are activated: counts of a cell must add up to tau times
 * its frames, and none may exceed them.
 */
static enum status counts_check_sums(struct counts *c, const struct counts_layer *l,
                                     const char *name, struct err *err)
{
    for (uint32_t i = 0; i < c->cells; i++) {
        uint64_t sum = 0, most = 0;
        size_t at = (size_t)i * l->width;
        if (l->u16)
            for (uint32_t d = 0; d < l->width; d++) {
                sum += l->u16[at + d];
                most = l->u16[at + d] > most ? l->u16[at + d] : most;
            }
        else
            for (uint32_t d = 0; d < l->width; d++) {
                sum += l->u32[at + d];
                most = l->u32[at + d] > most ? l->u32[at + d] : most;
            }
        if (most > (uint64_t)c->frames[i])
            return counts_bad(c, err, "%s: cell %u counts to %" PRIu64 " in %" PRId64 " frames",
                              name, i, most, c->frames[i]);
        uint64_t wanted;
        if (__builtin_mul_overflow((uint64_t)c->frames[i], l->tau, &wanted) || sum != wanted)
            return counts_bad(c, err,
                              "%s: cell %u adds up to %" PRIu64 ", not to %" PRId64
                              " frames of %u neurons",
                              name, i, sum, c->frames[i], l->tau);
    }
    return STATUS_OK;
}

/* Activation probabilities lie within [0, 1]; NaN does not. */
static enum status counts_check_probabilities(struct counts *c, const struct counts_layer *l,
                                              const char *name, struct err *err)
{
    size_t count = (size_t)c->cells * l->width;
    for (size_t i = 0; i < count; i++)
        if (!(l->probability[i] >= 0 && l->probability[i] <= 1))
            return counts_bad(c, err, "%s: cell %zu, neuron %zu: %s", name, i / l->width,
                              i % l->width, number_short((double)l->probability[i], 6).text);
    return STATUS_OK;
}

/* Layer N, whose counts are PREFIX.N, into L, which has its tau. */
static enum status counts_read_layer(struct counts *c, struct counts_layer *l, const char *prefix,
                                     uint32_t n, struct err *err)
{
    char name[COUNTS_LAMBDA_NAME + 16];
    enum status code;
    bool probability = c->frames[0] == -1;
    snprintf(name, sizeof name, "%s.%u", prefix, n + 1);
    const struct tensor *t = tensors_find(&c->file, name);
    if (!t)
        return counts_bad(c, err, "tensor '%s' is missing", name);
    if (t->ndim != 2 || t->shape[1] == 0 || t->shape[1] > INT32_MAX)
        return counts_bad(c, err, "tensor '%s' is not a table of cells and neurons", name);
    l->width = (uint32_t)t->shape[1];
    if (l->tau < 1 || l->tau > l->width)
        return counts_bad(c, err, "tau of layer %u is %u, but it has %u neurons", n + 1, l->tau,
                          l->width);
    if (probability)
        code = counts_take_tensor(c, t, DTYPE_F32, c->cells, l->width, &l->probability, err);
    else if (t->dtype == DTYPE_U16)
        code = counts_take_tensor(c, t, DTYPE_U16, c->cells, l->width, &l->u16, err);
    else
        code = counts_take_tensor(c, t, DTYPE_U32, c->cells, l->width, &l->u32, err);
    if (code)
        return code;
    return probability ? counts_check_probabilities(c, l, name, err)
                       : counts_check_sums(c, l, name, err);
}

/* The layers at one lambda into LAYER [layers]. */
static enum status counts_read_layers_at(struct counts *c, struct counts_layer *layer,
                                         const char *key, const char *prefix, struct err *err)
{
    const char *text;
    enum status code = counts_meta(c, key, &text, err);
    if (code)
        return code;
    int64_t *tau = mem_array(c->layers, sizeof *tau);
    code = tau ? counts_read_list(c, key, text, c->layers, tau, err) : err_nomem(err);
    for (uint32_t n = 0; n < c->layers && !code; n++) {
        layer[n].tau = tau[n] > UINT32_MAX ? UINT32_MAX : (uint32_t)tau[n];
        code = counts_read_layer(c, &layer[n], prefix, n, err);
    }
    free(tau);
    return code;
}

/* The layers at lambda K, one of the additional ones. */
static enum status counts_read_lambda(struct counts *c, uint32_t k, struct err *err)
{
    char key[COUNTS_LAMBDA_NAME], prefix[COUNTS_LAMBDA_NAME];
    struct counts_layer *layer = c->block + (size_t)k * c->layers;
    counts_lambda_name(key, "tau", c->lambda[k]);
    counts_lambda_name(prefix, "counts", c->lambda[k]);
    enum status code = counts_read_layers_at(c, layer, key, prefix, err);
    for (uint32_t n = 0; n < c->layers && !code; n++)
        if (layer[n].width != c->layer[n].width)
            code = counts_bad(c, err, "%s.%u has %u neurons, counts.%u %u", prefix, n + 1,
                              layer[n].width, n + 1, c->layer[n].width);
    return code;
}

/* The counts of all layers, at the first lambda and then at the others. */
static enum status counts_read_layers(struct counts *c, struct err *err)
{
    bool probability = c->frames[0] == -1;
    size_t n = tensors_named(c, "counts.") + tensors_named(c, "probability.");
    enum status code = counts_read_lambdas(c, err);
    if (code)
        return code;
    if (n == 0)
        return counts_bad(c, err, "holds no tensor counts.1");
    if (probability && c->lambdas)
        return counts_bad(c, err, "probabilities are of one lambda");
    uint32_t more = c->lambdas ? c->lambdas - 1 : 0;
    if (tensors_named(c, "counts@") != more * n)
        return counts_bad(c, err,
                          "metadata 'lambdas_percent' and the tensors 'counts@LAMBDA.N' do "
                          "not fit");
    c->layers = (uint32_t)n;
    if (!(c->layer = counts_alloc(c, n * (more + 1), sizeof *c->layer)))
        return err_nomem(err);
    c->block = c->layer;
    code = counts_read_layers_at(c, c->layer, "tau", probability ? "probability" : "counts", err);
    for (uint32_t k = 1; k <= more && !code; k++)
        code = counts_read_lambda(c, k, err);
    return code;
}

/* How often each phone occurs in the labels, where the file says it. */
static enum status counts_read_occurrences(struct counts *c, struct err *err)
{
    const char *text = tensors_meta(&c->file, "phone_occurrences");
    int f = counts_find_factor(c, "phone");
    if (!text || f < 0)
        return STATUS_OK;
    int64_t *n = counts_alloc(c, c->factor[f].levels, sizeof *n);
    if (!n)
        return err_nomem(err);
    c->phone_occurrences = n;
    return counts_read_list(c, "phone_occurrences", text, c->factor[f].levels, n, err);
}

/* What the tensors say, which are taken over and freed on failure. */
static enum status counts_read_all(struct counts *c, const struct tensors *file, const char *path,
                                   struct err *err)
{
    struct counts r = {.file = *file};
    enum status code = STATUS_OK;
    if (!(r.path = counts_text(&r, path)))
        code = err_nomem(err);
    if (!code)
        code = counts_read_about(&r, "propneu-counts", err);
    if (!code)
        code = counts_read_frames(&r, err);
    if (!code)
        code = counts_read_factors(&r, err);
    if (!code)
        code = counts_read_columns(&r, err);
    if (!code)
        code = counts_check_distinct(&r, err);
    if (!code)
        code = counts_read_layers(&r, err);
    if (!code)
        code = counts_read_occurrences(&r, err);
    if (code)
        counts_free(&r);
    else
        *c = r;
    return code;
}

enum status counts_open(struct counts *c, const char *path, struct err *err)
{
    struct tensors file;
    enum status code = safetensors_open(&file, path, err);
    return code ? code : counts_read_all(c, &file, path, err);
}

enum status counts_parse(struct counts *c, const void *bytes, size_t size, const char *name,
                         struct err *err)
{
    struct tensors file;
    enum status code = safetensors_parse(&file, bytes, size, name, err);
    return code ? code : counts_read_all(c, &file, name, err);
}
