/*
 * Weights by name: found, checked against the configuration, converted to float, mixed into the
 * model's fingerprint, and packed as the matrix product wants them.
 */
#include "config.h"

#include "model/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include "base/mem.h"

#define MAX_NAME 160

float *model_floats(struct model *m, size_t n)
{
    size_t bytes;
    if (!mul_size(n, sizeof(float), &bytes) || !add_size(bytes, 63, &bytes))
        return NULL;
    uintptr_t p = (uintptr_t)arena_zeros(&m->memory, bytes, 1);
    return p ? (float *)((p + 63) & ~(uintptr_t)63) : NULL;
}

/* The tensor must have the shape that the configuration gives it, and hold floats. */
static enum status binder_check_shape(const struct binder *b, const struct tensor *t,
                                      const char *name, uint32_t ndim, const size_t *shape,
                                      struct err *err)
{
    bool same = t->ndim == ndim;
    for (uint32_t i = 0; same && i < ndim; i++)
        same = t->shape[i] == shape[i];
    char have[96], want[96] = "[";
    if (!same) {
        tensor_shape_text(t, have, sizeof have);
        for (uint32_t i = 0; i < ndim; i++) {
            size_t used = strlen(want);
            snprintf(want + used, sizeof want - used, "%s%zu", i ? ", " : "", shape[i]);
        }
        return err_set(err, STATUS_FORMAT, "%s: tensor %s is %s, the configuration says %s]",
                       b->path, name, have, want);
    }
    if (!tensor_is_sound(t))
        return err_set(err, STATUS_FORMAT, "%s: tensor %s repeats its elements", b->path, name);
    if (t->dtype != DTYPE_F32 && t->dtype != DTYPE_F16 && t->dtype != DTYPE_BF16 &&
        t->dtype != DTYPE_F64)
        return err_set(err, STATUS_UNSUPPORTED, "%s: tensor %s holds %s, not floats", b->path, name,
                       dtype_name(t->dtype));
    return STATUS_OK;
}

/* Mixes float bits into the model's fingerprint: four independent lanes, then together. */
static void binder_mix(struct binder *b, const float *x, size_t n)
{
    const uint64_t prime = 0x9e3779b97f4a7c15u;
    uint64_t lane[4] = {b->hash, b->hash ^ 1, b->hash ^ 2, b->hash ^ 3}, word;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int l = 0; l < 4; l++) {
            memcpy(&word, x + i + 2 * l, sizeof word);
            lane[l] = (lane[l] ^ word) * prime;
            lane[l] ^= lane[l] >> 32;
        }
    for (; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        lane[0] = (lane[0] ^ bits) * prime;
        lane[0] ^= lane[0] >> 32;
    }
    for (int l = 0; l < 4; l++)
        b->hash = (b->hash ^ lane[l] ^ n) * prime;
}

/*
 * A model with a weight that is no number computes none, or, where a kernel passes one over, others
 * than it should: its training diverged, or half precision had no room.  Exponents of all ones.
 */
static enum status binder_check_numbers(const struct binder *b, const struct floats *x,
                                        const char *name, struct err *err)
{
    uint32_t largest = 0, bits;
    size_t at = 0;
    for (size_t i = 0; i < x->count; i++) {
        memcpy(&bits, x->data + i, sizeof bits);
        bits &= 0x7fffffff;
        largest = bits > largest ? bits : largest;
    }
    if (largest < 0x7f800000)
        return STATUS_OK;
    while (isfinite(x->data[at]))
        at++;
    return err_set(err, STATUS_FORMAT,
                   "%s: tensor %s: element %zu is NaN or infinity: nothing can be computed with it",
                   b->path, name, at);
}

/* Converts T into pages of the system's, which go back to it: in the heap, what is packed behind
 * them would keep their place. */
static enum status floats_convert(struct floats *x, const struct tensor *t, struct err *err)
{
    size_t bytes;
    if (!mul_size(t->count, sizeof *x->owned, &bytes))
        return err_nomem(err);
    void *p =
        mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return err_nomem(err);
    tensor_to_f32(t, p);
    x->data = x->owned = p;
    return STATUS_OK;
}

void floats_free(struct floats *x)
{
    if (x->owned)
        munmap(x->owned, x->count ? x->count * sizeof *x->owned : 1);
    x->owned = NULL;
}

/* Every weight is packed or copied once: keeping the file's pages too would double the memory. */
void binder_unload(struct binder *b, struct floats *x)
{
    floats_free(x);
    if (x->tensor)
        tensors_forget(b->tensors, x->tensor);
}

enum status binder_load(struct binder *b, struct floats *out, const char *name, uint32_t ndim,
                        const size_t *shape, struct err *err)
{
    char spelled[MAX_TENSOR_NAME];
    const struct tensor *t = binder_find(b, name, spelled);
    enum status code = cancel_check(b->cancel, err);
    if (code)
        return code;
    if (b->survey)
        return t || names_add(b->survey, spelled) != NAMES_NONE ? STATUS_OK : err_nomem(err);
    if (!t)
        return err_set(err, STATUS_NOTFOUND, "%s: tensor %s is missing", b->path, spelled);
    if ((code = binder_check_shape(b, t, spelled, ndim, shape, err)))
        return code;
    *out = (struct floats){(const float *)(uintptr_t)t->data, NULL, t->count, t};
    if (t->dtype != DTYPE_F32 || !tensor_contiguous(t) || (uintptr_t)t->data % sizeof(float) != 0)
        code = floats_convert(out, t, err);
    if (code)
        return code;
    if ((code = binder_check_numbers(b, out, spelled, err))) {
        binder_unload(b, out);
        *out = (struct floats){NULL, NULL, 0, NULL};
        return code;
    }
    binder_mix(b, out->data, t->count);
    return b->keep ? binder_keep(b, out, name, spelled, err) : STATUS_OK;
}

enum status bind_floats(struct binder *b, const float **out, const char *name, uint32_t ndim,
                        const size_t *shape, struct err *err)
{
    struct floats x = {NULL, NULL, 0, NULL};
    enum status code = binder_load(b, &x, name, ndim, shape, err);
    if (code || b->survey)
        return code;
    float *kept = b->keep ? NULL : model_floats(b->model, x.count);
    if (kept)
        memcpy(kept, x.data, x.count * sizeof *kept);
    *out = b->keep ? x.data : kept;
    binder_unload(b, &x);
    return *out ? STATUS_OK : err_nomem(err);
}

enum status bind_vector(struct binder *b, const float **out, const char *name, size_t n,
                        struct err *err)
{
    return bind_floats(b, out, name, 1, (size_t[]){n}, err);
}

void linear_pack(const struct kernels *kn, struct linear *l, const float *weight)
{
    kn->pack_transposed(l->out, l->in, weight, l->in, l->packed);
    if (l->back)
        kn->pack(l->in, l->out, weight, l->in, l->back);
}

enum status bind_map(struct binder *b, struct linear *l, const char *prefix, uint32_t out,
                     uint32_t in, bool biased, struct err *err)
{
    char name[MAX_NAME];
    struct floats w = {NULL, NULL, 0, NULL};
    const struct kernels *kn = b->model->kn;
    snprintf(name, sizeof name, "%s.weight", prefix);
    enum status code = binder_load(b, &w, name, 2, (size_t[]){out, in}, err);
    if (code)
        return code;
    l->in = in;
    l->out = out;
    if (!b->survey) {
        l->packed = model_floats(b->model, kernels_packed_size(kn, out, in));
        l->back = b->keep ? model_floats(b->model, kernels_packed_size(kn, in, out)) : NULL;
        bool room = l->packed && (l->back || !b->keep);
        if (room)
            linear_pack(kn, l, w.data);
        l->weight = b->keep ? w.data : NULL;
        binder_unload(b, &w);
        if (!room)
            return err_nomem(err);
    }
    snprintf(name, sizeof name, "%s.bias", prefix);
    return biased ? bind_vector(b, &l->bias, name, out, err) : STATUS_OK;
}

enum status bind_linear(struct binder *b, struct linear *l, const char *prefix, uint32_t out,
                        uint32_t in, struct err *err)
{
    return bind_map(b, l, prefix, out, in, true, err);
}

enum status bind_norm(struct binder *b, struct norm *n, const char *prefix, uint32_t width,
                      struct err *err)
{
    char name[MAX_NAME];
    n->epsilon = b->model->encoder.epsilon;
    snprintf(name, sizeof name, "%s.weight", prefix);
    enum status code = bind_vector(b, &n->gain, name, width, err);
    if (code)
        return code;
    if (!(b->model->family->biases & BIAS_NORM)) {
        n->bias = model_floats(b->model, width);
        return n->bias ? STATUS_OK : err_nomem(err);
    }
    snprintf(name, sizeof name, "%s.bias", prefix);
    return bind_vector(b, &n->bias, name, width, err);
}

/*
 * Layer N: attention, feed-forward block and their norms, with the biases that the family has.
 */
static enum status bind_layer(struct binder *b, uint32_t n, struct err *err)
{
    const struct encoder *e = &b->model->encoder;
    struct layer *l = &e->layer[n];
    uint32_t d = e->embed, width = e->width[n];
    const struct {
        const char *name;
        struct linear *linear;
        uint32_t out, in, bias;
    } map[] = {
        {"self_attn.q_proj", &l->q, d, d, BIAS_Q}, {"self_attn.k_proj", &l->k, d, d, BIAS_K},
        {"self_attn.v_proj", &l->v, d, d, BIAS_V}, {"self_attn.out_proj", &l->out, d, d, BIAS_OUT},
        {"fc1", &l->fc1, width, d, BIAS_FFN},      {"fc2", &l->fc2, d, width, BIAS_FFN},
    };
    char name[MAX_NAME];
    enum status code = STATUS_OK;
    for (size_t i = 0; !code && i < sizeof map / sizeof *map; i++) {
        snprintf(name, sizeof name, "encoder.layers.%u.%s", n, map[i].name);
        code = bind_map(b, map[i].linear, name, map[i].out, map[i].in,
                        b->model->family->biases & map[i].bias, err);
    }
    if (code)
        return code;
    snprintf(name, sizeof name, "encoder.layers.%u.self_attn_layer_norm", n);
    if ((code = bind_norm(b, &l->attn_norm, name, d, err)))
        return code;
    snprintf(name, sizeof name, "encoder.layers.%u.final_layer_norm", n);
    code = bind_norm(b, &l->final_norm, name, d, err);
    return code ? code : bind_rel_gate(b, n, err);
}

enum status bind_encoder(struct binder *b, struct err *err)
{
    struct encoder *e = &b->model->encoder;
    e->layer = arena_zeros(&b->model->memory, e->layers, sizeof *e->layer);
    if (!e->layer)
        return err_nomem(err);
    enum status code = e->pos.depth ? bind_pos_conv(b, err) : STATUS_OK;
    if (!code)
        code = bind_rel_pos(b, err);
    for (uint32_t n = 0; !code && n < e->layers; n++)
        code = bind_layer(b, n, err);
    return code ? code : bind_norm(b, &e->norm, "encoder.layer_norm", e->embed, err);
}
