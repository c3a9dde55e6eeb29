/*
 * Distances between two checkpoints, neuron by neuron, and their permutation test: if a set had
 * nothing to do with the movement, any other set of its size would be as good (Phipson and Smyth
 * 2010 for the share).
 */
#include "config.h"

#include "edit/movement.h"

#include <math.h>
#include <stdlib.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/load/model_parts.h"

#define TIE  1e-9 /* relative difference of means that is none */
#define LOOK 64   /* draws between two looks at the flag */

void movement_free(struct movement *m)
{
    for (uint32_t l = 0; l < m->layers; l++) {
        free(m->row ? m->row[l] : NULL);
        free(m->column ? m->column[l] : NULL);
    }
    free(m->row);
    free(m->column);
    free(m->width);
    *m = (struct movement){.layers = 0};
}

/* The same part of a layer in both checkpoints. */
struct moved {
    const struct tensor *tensor[2];
    float *x[2]; /* [rows][columns] */
    size_t rows, columns;
};

static void moved_free(struct moved *m)
{
    free(m->x[0]);
    free(m->x[1]);
}

static enum status moved_load(struct moved *m, struct err *err)
{
    m->rows = m->tensor[0]->shape[0];
    m->columns = m->tensor[0]->shape[1];
    for (int i = 0; i < 2; i++) {
        m->x[i] = mem_array(m->tensor[i]->count, sizeof *m->x[i]);
        if (!m->x[i])
            return err_nomem(err);
        tensor_to_f32(m->tensor[i], m->x[i]);
    }
    return STATUS_OK;
}

static double moved_ratio(double difference, double length)
{
    return length > 0 ? sqrt(difference) / sqrt(length) : NAN;
}

static void moved_rows(const struct moved *m, double *out)
{
    for (size_t r = 0; r < m->rows; r++) {
        double difference = 0, length = 0;
        for (size_t k = r * m->columns; k < (r + 1) * m->columns; k++) {
            double d = (double)m->x[1][k] - m->x[0][k];
            difference += d * d;
            length += (double)m->x[0][k] * m->x[0][k];
        }
        out[r] = moved_ratio(difference, length);
    }
}

/* Row by row, as they lie; LENGTH [columns] is zeroed room. */
static void moved_columns(const struct moved *m, double *out, double *length)
{
    for (size_t c = 0; c < m->columns; c++)
        out[c] = 0;
    for (size_t k = 0; k < m->rows * m->columns; k++) {
        double d = (double)m->x[1][k] - m->x[0][k];
        out[k % m->columns] += d * d;
        length[k % m->columns] += (double)m->x[0][k] * m->x[0][k];
    }
    for (size_t c = 0; c < m->columns; c++)
        out[c] = moved_ratio(out[c], length[c]);
}

/* Two checkpoints and their feed-forward blocks in one layer. */
struct moving {
    const struct checkpoint *c[2];
    struct model_ffn ffn[2];
    uint32_t layer;
};

static const struct tensor *moving_part(const struct moving *m, int which, enum model_ffn_part part)
{
    return &m->c[which]->tensors.tensor[m->ffn[which].at[part]];
}

/* The tensors of the layer, which must be as large in both. */
static enum status moving_find(struct moving *m, uint32_t layer, struct err *err)
{
    enum status code = STATUS_OK;
    m->layer = layer;
    for (int i = 0; i < 2 && !code; i++)
        code = model_ffn_find(m->c[i], layer, &m->ffn[i], err);
    if (code)
        return code;
    const struct tensor *a = moving_part(m, 0, FFN_FC1_WEIGHT);
    const struct tensor *b = moving_part(m, 1, FFN_FC1_WEIGHT);
    if (a->shape[0] != b->shape[0])
        return err_set(err, STATUS_MISMATCH, "layer %u has %zu neurons in %s and %zu in %s",
                       layer + 1, a->shape[0], m->c[0]->path, b->shape[0], m->c[1]->path);
    if (a->shape[1] != b->shape[1])
        return err_set(err, STATUS_MISMATCH, "layer %u is %zu wide in %s and %zu in %s", layer + 1,
                       a->shape[1], m->c[0]->path, b->shape[1], m->c[1]->path);
    return STATUS_OK;
}

static enum status moving_rows(const struct moving *m, double *out, struct err *err)
{
    struct moved d = {
        .tensor = {moving_part(m, 0, FFN_FC1_WEIGHT), moving_part(m, 1, FFN_FC1_WEIGHT)}};
    enum status code = moved_load(&d, err);
    if (!code)
        moved_rows(&d, out);
    moved_free(&d);
    return code;
}

static enum status moving_columns(const struct moving *m, double *out, struct err *err)
{
    struct moved d = {
        .tensor = {moving_part(m, 0, FFN_FC2_WEIGHT), moving_part(m, 1, FFN_FC2_WEIGHT)}};
    double *length = mem_zeros(d.tensor[0]->shape[1], sizeof *length);
    enum status code = length ? moved_load(&d, err) : err_nomem(err);
    if (!code)
        moved_columns(&d, out, length);
    free(length);
    moved_free(&d);
    return code;
}

static enum status movement_layer(struct movement *out, struct moving *m, uint32_t layer,
                                  struct err *err)
{
    enum status code = moving_find(m, layer, err);
    if (code)
        return code;
    uint32_t width = (uint32_t)moving_part(m, 0, FFN_FC1_WEIGHT)->shape[0];
    out->width[layer] = width;
    out->row[layer] = mem_array(width, sizeof **out->row);
    out->column[layer] = mem_array(width, sizeof **out->column);
    if (!out->row[layer] || !out->column[layer])
        return err_nomem(err);
    code = moving_rows(m, out->row[layer], err);
    return code ? code : moving_columns(m, out->column[layer], err);
}

enum status movement_make(struct movement *out, const struct checkpoint *before,
                          const struct checkpoint *after, const struct cancel *stop,
                          struct err *err)
{
    struct moving m = {.c = {before, after}};
    struct movement made = {.layers = 0};
    uint32_t layers = 0, others = 0;
    enum status code = model_layers(before, &layers, err);
    if (!code)
        code = model_layers(after, &others, err);
    if (!code && layers != others)
        code = err_set(err, STATUS_MISMATCH, "%s has %u layers and %s has %u", before->path, layers,
                       after->path, others);
    if (code)
        return code;
    made.width = mem_zeros(layers, sizeof *made.width);
    made.row = mem_zeros(layers, sizeof *made.row);
    made.column = mem_zeros(layers, sizeof *made.column);
    if (!made.width || !made.row || !made.column)
        code = err_nomem(err);
    else
        made.layers = layers;
    for (uint32_t l = 0; l < layers && !code; l++)
        if (!(code = cancel_check(stop, err)))
            code = movement_layer(&made, &m, l, err);
    if (code)
        movement_free(&made);
    else
        *out = made;
    return code;
}

/* The movements that are known, those of the set first. */
struct drawing {
    double *x;           /* [count] */
    uint32_t *at, *swap; /* [count], [size] places of X, and where each was swapped with */
    uint32_t count, size;
};

static void drawing_free(struct drawing *d)
{
    free(d->x);
    free(d->at);
    free(d->swap);
}

static enum status drawing_make(struct drawing *d, const double *movement, uint32_t width,
                                const uint64_t *set, struct err *err)
{
    *d = (struct drawing){.x = mem_array(width, sizeof *d->x),
                          .at = mem_array(width, sizeof *d->at),
                          .swap = mem_array(width, sizeof *d->swap)};
    if (!d->x || !d->at || !d->swap)
        return err_nomem(err);
    for (int inside = 1; inside >= 0; inside--) {
        for (uint32_t i = 0; i < width; i++)
            if (bitset_has(set, i) == inside && !isnan(movement[i]))
                d->x[d->count++] = movement[i];
        if (inside)
            d->size = d->count;
    }
    for (uint32_t i = 0; i < d->count; i++)
        d->at[i] = i;
    return STATUS_OK;
}

static double drawing_mean(const double *x, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / n : NAN;
}

/* Mean of draw N: the first places after as many swaps, which are then taken back. */
static double drawing_draw(struct drawing *d, uint64_t key, uint32_t n)
{
    struct rng r = rng_at(key, n);
    double sum = 0;
    for (uint32_t i = 0; i < d->size; i++) {
        uint32_t k = i + (uint32_t)rng_below(&r, d->count - i), kept = d->at[i];
        d->at[i] = d->at[k];
        d->at[k] = kept;
        d->swap[i] = k;
        sum += d->x[d->at[i]];
    }
    for (uint32_t i = d->size; i-- > 0;) {
        uint32_t k = d->swap[i], kept = d->at[i];
        d->at[i] = d->at[k];
        d->at[k] = kept;
    }
    return sum / d->size;
}

enum status movement_test(struct movement_test *out, const double *movement, uint32_t width,
                          const uint64_t *set, uint32_t draws, uint64_t key,
                          const struct cancel *stop, struct err *err)
{
    struct drawing d;
    uint32_t reached = 0;
    enum status code = drawing_make(&d, movement, width, set, err);
    struct movement_test t = {NAN, NAN, NAN};
    if (!code) {
        t.set = drawing_mean(d.x, d.size);
        t.rest = drawing_mean(d.x + d.size, d.count - d.size);
    }
    bool choice = !code && d.size > 0 && d.size < d.count;
    for (uint32_t n = 0; choice && n < draws && !code; n++) {
        reached += drawing_draw(&d, key, n) >= t.set - TIE * fabs(t.set);
        if (n % LOOK == 0)
            code = cancel_check(stop, err);
    }
    if (choice)
        t.p = (1.0 + reached) / (1.0 + draws);
    drawing_free(&d);
    if (!code)
        *out = t;
    return code;
}
