/*
 * Tensors drawn anew, in their own dtype.
 */
#include "config.h"

#include "edit/randomize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/normal.h"
#include "edit/edited.h"
#include "edit/element.h"

#define LOOK 65536 /* elements between two looks at the flag */

void randomized_free(struct randomized *r)
{
    free(r->initial);
    *r = (struct randomized){.initial = NULL};
}

const char *randomized_distribution(const struct initial *i)
{
    static const char *const names[] = {
        [INITIAL_UNKNOWN] = "kept",    [INITIAL_KEPT] = "kept",     [INITIAL_CONSTANT] = "constant",
        [INITIAL_UNIFORM] = "uniform", [INITIAL_NORMAL] = "normal", [INITIAL_LENGTHS] = "lengths"};
    return names[i->kind];
}

double randomized_mean(const struct initial *i)
{
    switch (i->kind) {
    case INITIAL_CONSTANT:
    case INITIAL_UNIFORM: return (i->low + i->high) / 2;
    case INITIAL_NORMAL: return 0;
    default: return NAN;
    }
}

double randomized_deviation(const struct initial *i)
{
    switch (i->kind) {
    case INITIAL_CONSTANT:
    case INITIAL_UNIFORM: return (i->high - i->low) / sqrt(12);
    case INITIAL_NORMAL: return i->deviation;
    default: return NAN;
    }
}

size_t randomized_count(const struct randomized *r, enum init_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < r->tensors->count; i++)
        n += r->initial[i].kind == kind;
    return n;
}

static bool randomize_is_float(enum dtype d)
{
    return d == DTYPE_F64 || d == DTYPE_F32 || d == DTYPE_F16 || d == DTYPE_BF16;
}

/* The element at INDEX of the stream KEY. */
static double randomize_number(const struct initial *i, uint64_t key, uint64_t index)
{
    if (i->kind == INITIAL_UNIFORM)
        return stream_uniform(key, index, i->low, i->high);
    return i->kind == INITIAL_NORMAL ? i->deviation * stream_normal(key, index) : i->low;
}

/* All elements of T by I. */
static enum status randomize_tensor(struct checkpoint *c, struct tensor *t, const struct initial *i,
                                    uint64_t seed, const struct cancel *stop, struct err *err)
{
    unsigned char *data = edited_tensor(c, t);
    size_t size = dtype_size(t->dtype);
    uint64_t key = stream_key(seed, i->name);
    enum status code = data || !t->count ? STATUS_OK : err_nomem(err);
    for (size_t k = 0; k < t->count && !code; k++) {
        element_store(t->dtype, data + k * size, randomize_number(i, key, k));
        if (k % LOOK == 0)
            code = cancel_check(stop, err);
    }
    return code;
}

/* Counts of batches, the only integers there are rules for, begin at 0. */
static enum status randomize_zeros(struct checkpoint *c, struct tensor *t, struct err *err)
{
    unsigned char *data = edited_tensor(c, t);
    if (!data && t->count)
        return err_nomem(err);
    if (t->count)
        memset(data, 0, t->count * dtype_size(t->dtype));
    return STATUS_OK;
}

/* T[0][0][k] = |V[:, :, k]|, of directions V that have been drawn. */
static enum status randomize_lengths(struct checkpoint *c, struct tensor *t, const struct tensor *v,
                                     struct err *err)
{
    size_t taps = v->shape[2], size = dtype_size(v->dtype);
    unsigned char *data = edited_tensor(c, t);
    if (!data && t->count)
        return err_nomem(err);
    for (size_t k = 0; k < taps; k++) {
        double square = 0;
        for (size_t i = k; i < v->count; i += taps) {
            double x = element_load(v->dtype, v->data + i * size);
            square = fma(x, x, square);
        }
        element_store(t->dtype, data + k * dtype_size(t->dtype), sqrt(square));
    }
    return STATUS_OK;
}

/* What is not to be drawn: nothing; integers that are not zero, which no software starts at. */
static void randomize_settle(const struct tensor *t, struct initial *i)
{
    if (!randomize_is_float(t->dtype) && (i->kind != INITIAL_CONSTANT || i->low != 0))
        i->kind = i->kind == INITIAL_KEPT ? INITIAL_KEPT : INITIAL_UNKNOWN;
}

/* Lengths come last: they are those of what was drawn. */
static enum status randomize_all(struct randomized *r, struct checkpoint *c,
                                 const struct cancel *stop, struct err *err)
{
    struct tensors *all = &c->tensors;
    enum status code = STATUS_OK;
    for (size_t i = 0; i < all->count && !code; i++) {
        struct tensor *t = &all->tensor[i];
        struct initial *how = &r->initial[i];
        randomize_settle(t, how);
        if (how->kind == INITIAL_UNKNOWN || how->kind == INITIAL_KEPT ||
            how->kind == INITIAL_LENGTHS)
            continue;
        code = randomize_is_float(t->dtype) ? randomize_tensor(c, t, how, r->seed, stop, err)
                                            : randomize_zeros(c, t, err);
    }
    for (size_t i = 0; i < all->count && !code; i++)
        if (r->initial[i].kind == INITIAL_LENGTHS)
            code = randomize_lengths(c, &all->tensor[i], &all->tensor[r->initial[i].of], err);
    return code;
}

enum status randomize_apply(struct randomized *out, struct checkpoint *c, uint64_t seed,
                            const struct cancel *stop, struct err *err)
{
    struct randomized r = {.tensors = &c->tensors,
                           .initial = mem_zeros(c->tensors.count, sizeof *r.initial),
                           .seed = seed};
    enum status code = r.initial ? model_initial(c, r.initial, &r.software, err) : err_nomem(err);
    if (!code)
        code = randomize_all(&r, c, stop, err);
    if (code)
        randomized_free(&r);
    else
        *out = r;
    return code;
}
