/*
 * Positional convolutions as the checkpoints have them: one with normalised weights, under older or
 * newer names, or with plain ones (weight norm taken off, or a batch norm in front); or several in
 * a row, each with a layer norm without gain behind it (data2vec).
 */
#include "config.h"

#include "model/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MAX_GROUPS (1u << 20)

#define MAX_PREFIX 64

/*
 * Kernel, groups and kind.  fairseq divides its one kernel among pos_conv_depth convolutions if
 * there are several.
 */
enum status pos_conv_configure(struct encoder *e, const struct settings *s,
                               const struct encoder_defaults *defaults, struct err *err)
{
    struct pos_conv *p = &e->pos;
    uint32_t depth;
    enum status code;
    p->depth = 1;
    if ((code = config_uint(s, "conv_pos", defaults->kernel, 1, 65536, &p->kernel, err)) ||
        (code =
             config_uint(s, "conv_pos_groups", defaults->groups, 1, MAX_GROUPS, &p->groups, err)) ||
        (code = config_only(s, "pos_emb_type", "conv", err)) ||
        (code = config_bool(s, "conv_pos_batch_norm", false, &p->batch_norm, err)) ||
        (code = config_activation(s, "feat_extract_activation", ACTIVATION_GELU, &p->activation,
                                  err)) ||
        (code = config_uint(s, "pos_conv_depth", 1, 0, POS_CONV_MAX_DEPTH, &depth, err)))
        return code;
    if (e->embed % p->groups != 0)
        return err_set(err, STATUS_FORMAT,
                       "configuration: %u channels cannot be split into %u groups of the "
                       "positional convolution",
                       e->embed, p->groups);
    if (depth <= 1)
        return STATUS_OK;
    p->normed = true;
    p->batch_norm = false; /* several convolutions have none */
    p->depth = depth;
    p->kernel = p->kernel / depth < 3 ? 3 : p->kernel / depth;
    return STATUS_OK;
}

/*
 * W[o][k][i] = g[k] v[o][i][k] / |v[:, :, k]|: weight norm over both channel axes for each tap
 * (dim 2), turned so that a row holds what one output sees of consecutive frames.  Without G: V as
 * it is.
 */
static void pos_conv_turn_taps(float *w, const float *v, const float *g, size_t outputs,
                               size_t channels, size_t kernel)
{
    for (size_t k = 0; k < kernel; k++) {
        double square = 0, scale = 1;
        for (size_t i = 0; g && i < outputs * channels; i++)
            square += (double)v[i * kernel + k] * v[i * kernel + k];
        if (g)
            scale = g[k] / sqrt(square);
        for (size_t o = 0; o < outputs; o++)
            for (size_t i = 0; i < channels; i++)
                w[(o * kernel + k) * channels + i] =
                    (float)(scale * v[(o * channels + i) * kernel + k]);
    }
}

/* Floats that the packed weights of one convolution take. */
static size_t pos_conv_packed_size(const struct model *m)
{
    const struct encoder *e = &m->encoder;
    size_t channels = e->embed / e->pos.groups;
    return pos_conv_is_long(&e->pos)
               ? pos_conv_filters_size(m)
               : e->pos.groups * kernels_packed_size(m->kn, channels, channels * e->pos.kernel);
}

/* V [E][E / groups][kernel], normalised to lengths G [kernel] unless that is NULL, into packed[N].
 */
static enum status pos_conv_pack(struct model *m, uint32_t n, const float *v, const float *g,
                                 struct err *err)
{
    const struct encoder *e = &m->encoder;
    size_t channels = e->embed / e->pos.groups, depth = channels * e->pos.kernel;
    size_t packed = kernels_packed_size(m->kn, channels, depth);
    float *w = mem_array((size_t)e->embed * depth, sizeof *w); /* [E][kernel][E / groups] */
    bool ok = w;
    if (w)
        pos_conv_turn_taps(w, v, g, e->embed, channels, e->pos.kernel);
    if (w && pos_conv_is_long(&e->pos))
        ok = pos_conv_filters(m, w, e->pos.packed[n]);
    else
        for (uint32_t j = 0; w && j < e->pos.groups; j++)
            m->kn->pack_transposed(channels, depth, w + j * channels * depth, depth,
                                   e->pos.packed[n] + j * packed);
    free(w);
    return ok ? STATUS_OK : err_nomem(err);
}

/* Convolution N, called PREFIX: its weight as length g and direction v, or as it is. */
static enum status pos_conv_bind_one(struct binder *b, uint32_t n, const char *prefix,
                                     struct err *err)
{
    static const char *const lengths[] = {"weight_g", "parametrizations.weight.original0"};
    static const char *const directions[] = {"weight_v", "parametrizations.weight.original1",
                                             "weight"};
    struct encoder *e = &b->model->encoder;
    char name[MAX_PREFIX + 40], spelled[MAX_TENSOR_NAME];
    size_t kernel = e->pos.kernel, channels = e->embed / e->pos.groups;
    struct floats g = {NULL, NULL, 0, NULL}, v = {NULL, NULL, 0, NULL};
    bool plain = e->pos.normed || e->pos.batch_norm;
    int form = plain ? 2 : 0;
    enum status code = STATUS_OK;
    for (int i = 0; !plain && i < 3; i++) {
        snprintf(name, sizeof name, "%s.%s", prefix, directions[i]);
        if (binder_find(b, name, spelled)) {
            form = i;
            break;
        }
    }
    if (form < 2) {
        snprintf(name, sizeof name, "%s.%s", prefix, lengths[form]);
        code = binder_load(b, &g, name, 3, (size_t[]){1, 1, kernel}, err);
    }
    snprintf(name, sizeof name, "%s.%s", prefix, directions[form]);
    if (!code)
        code = binder_load(b, &v, name, 3, (size_t[]){e->embed, channels, kernel}, err);
    if (!code && !b->survey) {
        e->pos.packed[n] = model_floats(b->model, pos_conv_packed_size(b->model));
        e->pos.length[n] = b->keep ? g.data : NULL;
        e->pos.direction[n] = b->keep ? v.data : NULL;
        code = e->pos.packed[n] ? pos_conv_pack(b->model, n, v.data, g.data, err) : err_nomem(err);
    }
    binder_unload(b, &g);
    binder_unload(b, &v);
    snprintf(name, sizeof name, "%s.bias", prefix);
    return code ? code : bind_vector(b, &e->pos.bias[n], name, e->embed, err);
}

/* The batch norm as one gain and one bias for each channel. */
static void pos_conv_fold_norm(struct encoder *e)
{
    struct pos_conv *p = &e->pos;
    float *gain = (float *)(uintptr_t)p->before.gain, *bias = (float *)(uintptr_t)p->before.bias;
    for (uint32_t i = 0; i < e->embed; i++) {
        double scale = (double)p->batch[0][i] / sqrt((double)p->batch[3][i] + (double)NORM_EPSILON);
        gain[i] = (float)scale;
        bias[i] = (float)((double)p->batch[1][i] - scale * (double)p->batch[2][i]);
    }
}

/* The batch norm in front, called PREFIX. */
static enum status pos_conv_bind_norm(struct binder *b, const char *prefix, struct err *err)
{
    static const char *const names[] = {"weight", "bias", "running_mean", "running_var"};
    struct pos_conv *p = &b->model->encoder.pos;
    char name[MAX_PREFIX + 40], spelled[MAX_TENSOR_NAME];
    const bool keep = b->keep;
    enum status code = STATUS_OK;
    snprintf(name, sizeof name, "%s.num_batches_tracked", prefix);
    binder_find(b, name, spelled);
    for (int i = 0; !code && i < 4; i++) {
        b->keep = keep && i < 2; /* statistics are not trained */
        snprintf(name, sizeof name, "%s.%s", prefix, names[i]);
        code = bind_vector(b, &p->batch[i], name, b->model->encoder.embed, err);
    }
    b->keep = keep;
    if (code || b->survey)
        return code;
    p->before.gain = model_floats(b->model, b->model->encoder.embed);
    p->before.bias = model_floats(b->model, b->model->encoder.embed);
    if (!p->before.gain || !p->before.bias)
        return err_nomem(err);
    pos_conv_fold_norm(&b->model->encoder);
    return STATUS_OK;
}

/* The gain and bias of a layer norm that has none. */
static enum status pos_conv_plain_norm(struct binder *b, struct err *err)
{
    struct encoder *e = &b->model->encoder;
    float *gain = model_floats(b->model, e->embed), *bias = model_floats(b->model, e->embed);
    if (!gain || !bias)
        return err_nomem(err);
    for (uint32_t i = 0; i < e->embed; i++)
        gain[i] = 1;
    e->pos.behind = (struct norm){gain, bias, NORM_EPSILON};
    return STATUS_OK;
}

/* What stands before the names of convolution N. */
static void pos_conv_name(const struct pos_conv *p, uint32_t n, char out[MAX_PREFIX])
{
    if (p->batch_norm)
        snprintf(out, MAX_PREFIX, "encoder.pos_conv.behind_norm");
    else
        snprintf(out, MAX_PREFIX, "encoder.pos_conv.%u%s", n, p->normed ? ".0" : "");
}

enum status bind_pos_conv(struct binder *b, struct err *err)
{
    struct pos_conv *p = &b->model->encoder.pos;
    char prefix[MAX_PREFIX];
    enum status code = STATUS_OK;
    p->packed = arena_zeros(&b->model->memory, p->depth, sizeof *p->packed);
    p->bias = arena_zeros(&b->model->memory, p->depth, sizeof *p->bias);
    p->length = arena_zeros(&b->model->memory, p->depth, sizeof *p->length);
    p->direction = arena_zeros(&b->model->memory, p->depth, sizeof *p->direction);
    if (!p->packed || !p->bias || !p->length || !p->direction)
        return err_nomem(err);
    if (p->batch_norm)
        code = pos_conv_bind_norm(b, "encoder.pos_conv.batch_norm", err);
    else if (p->normed && !b->survey)
        code = pos_conv_plain_norm(b, err);
    for (uint32_t n = 0; !code && n < p->depth; n++) {
        pos_conv_name(p, n, prefix);
        code = pos_conv_bind_one(b, n, prefix, err);
    }
    return code;
}

enum status pos_conv_repack(struct model *m, struct err *err)
{
    struct pos_conv *p = &m->encoder.pos;
    enum status code = STATUS_OK;
    if (p->batch_norm)
        pos_conv_fold_norm(&m->encoder);
    for (uint32_t n = 0; !code && n < p->depth; n++)
        code = pos_conv_pack(m, n, p->direction[n], p->length[n], err);
    return code;
}
