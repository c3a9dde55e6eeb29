/*
 * The Transformer encoder that all families share: positional convolution, layers in either
 * order of norm, and the feed-forward blocks whose activations everything is about.
 */
#include "config.h"

#include "model/internal.h"

#include <math.h>
#include <string.h>

/* Query rows of one head at a time: their scores against all keys stay in the L2 cache. */
#define QUERY_ROWS 48
/* Rows that go through both feed-forward products before the next ones do. */
#define FFN_ROWS 384
/* Arrays of one run, all in the caller's scratch. */
struct work {
    float *q, *k, *v;     /* [T][E]; q becomes the attention's output */
    float *y;             /* [T][E] */
    float *keys, *values; /* packed, one head */
    float *scores;        /* [QUERY_ROWS][T] */
    float *sums;          /* [QUERY_ROWS] */
    float *ffn;           /* [FFN_ROWS][ffn_stride(widest)] */
    float *padded;        /* [T + kernel][E / groups] or pos_conv_scratch, shares memory with q */
    struct rel_work rel;
};

/*
 * Distance of the rows of activations.  Common widths are multiples of 1024, and rows of whole
 * pages would all want the same few lines of the L1 cache.
 */
static size_t ffn_stride(size_t width)
{
    return scratch_round(width) + 16;
}

/* Lays the arrays out in MEMORY; returns the floats they take, also for NULL. */
static size_t carve(const struct model *m, size_t t, struct work *w, float *memory)
{
    const struct encoder *e = &m->encoder;
    size_t head = e->embed / e->heads, rows = t < FFN_ROWS ? t : FFN_ROWS;
    /* Before the first layer q, k and v are free for the convolution. */
    size_t qkv = 3 * scratch_round(t * e->embed), padded = 0;
    if (e->pos.depth)
        padded = pos_conv_is_long(&e->pos) ? pos_conv_scratch(m, t)
                                           : (t + e->pos.kernel) * (e->embed / e->pos.groups);
    size_t used = 0;
    float *shared = scratch_take(memory, &used, qkv > padded ? qkv : padded);
    if (memory) {
        w->padded = w->q = shared;
        w->k = w->q + scratch_round(t * e->embed);
        w->v = w->k + scratch_round(t * e->embed);
    }
    w->y = scratch_take(memory, &used, t * e->embed);
    w->keys = scratch_take(memory, &used, kernels_packed_size(m->kn, t, head));
    w->values = scratch_take(memory, &used, kernels_packed_size(m->kn, head, t));
    w->scores = scratch_take(memory, &used, QUERY_ROWS * t);
    w->sums = scratch_take(memory, &used, QUERY_ROWS);
    w->ffn = scratch_take(memory, &used, rows * ffn_stride(e->widest));
    used += rel_pos_scratch(m, t, &w->rel, memory ? memory + used : NULL);
    return used;
}

size_t encoder_scratch(const struct model *m, size_t t)
{
    struct work w;
    return carve(m, t, &w, NULL);
}

/* X *= GAIN, += BIAS, one of each for CHANNELS. */
static void scale_channels(float *x, size_t rows, size_t channels, const float *gain,
                           const float *bias)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < channels; c++)
            x[i * channels + c] = x[i * channels + c] * gain[c] + bias[c];
}

/* Y = convolution N of X, which may be Y, over time: kernel/2 zeros on both sides, T frames out. */
static void convolve(const struct model *m, uint32_t n, const float *x, size_t t, struct work *w)
{
    const struct encoder *e = &m->encoder;
    const struct pos_conv *p = &e->pos;
    size_t channels = e->embed / p->groups, depth = channels * p->kernel;
    size_t before = p->kernel / 2 * channels;
    size_t packed = kernels_packed_size(m->kn, channels, depth);
    for (uint32_t g = 0; g < p->groups; g++) {
        if (pos_conv_is_long(p)) {
            pos_conv_long(m, n, g, x + g * channels, t, w->padded, w->y + g * channels);
            continue;
        }
        memset(w->padded, 0, before * sizeof *x);
        for (size_t i = 0; i < t; i++)
            memcpy(w->padded + before + i * channels, x + i * e->embed + g * channels,
                   channels * sizeof *x);
        if (p->before.gain)
            scale_channels(w->padded + before, t, channels, p->before.gain + g * channels,
                           p->before.bias + g * channels);
        memset(w->padded + before + t * channels, 0, (p->kernel * channels - before) * sizeof *x);
        /* Row i of the unfolded input is what starts at frame i: rows overlap, nothing is copied.
         */
        m->kn->gemm(t, channels, depth, w->padded, channels, p->packed[n] + g * packed,
                    w->y + g * channels, e->embed, p->bias[n] + g * channels, false);
    }
}

/* Y = GELU of the convolution of X, or of one behind the other with a norm in between. */
static void run_pos_conv(const struct model *m, const float *x, size_t t, struct work *w)
{
    const struct encoder *e = &m->encoder;
    const struct norm *norm = &e->pos.behind;
    for (uint32_t n = 0; n < e->pos.depth; n++) {
        convolve(m, n, n ? w->y : x, t, w);
        if (norm->gain)
            m->kn->layer_norm(w->y, w->y, t, e->embed, norm->gain, norm->bias);
        m->kn->gelu(w->y, t * e->embed);
    }
}

/* One head's softmax(q k^T / sqrt(d)) v, written over its columns of q. */
static void run_head(const struct model *m, uint32_t h, size_t t, struct work *w)
{
    const struct kernels *kn = m->kn;
    size_t e = m->encoder.embed, d = e / m->encoder.heads;
    float scale = 1 / sqrtf((float)d);
    kn->pack_transposed(t, d, w->k + h * d, e, w->keys);
    kn->pack(d, t, w->v + h * d, e, w->values);
    for (size_t i = 0; i < t; i += QUERY_ROWS) {
        size_t rows = t - i < QUERY_ROWS ? t - i : QUERY_ROWS;
        float *q = w->q + i * e + h * d;
        kn->gemm(rows, t, d, q, e, w->keys, w->scores, t, NULL, false);
        if (m->encoder.rel.buckets)
            rel_pos_add(m, h, i, rows, t, &w->rel, w->scores);
        kn->softmax(w->scores, rows, t, t, scale, w->sums);
        kn->gemm(rows, d, t, w->scores, t, w->values, q, e, NULL, false);
        kn->scale_rows(q, rows, d, e, w->sums);
    }
}

/* X += attention(X), with the norm before or behind. */
static void run_attention(const struct model *m, const struct layer *l, float *x, size_t t,
                          struct work *w)
{
    const struct encoder *e = &m->encoder;
    const struct kernels *kn = m->kn;
    const float *in = x;
    if (e->norm_first) {
        kn->layer_norm(w->y, x, t, e->embed, l->attn_norm.gain, l->attn_norm.bias);
        in = w->y;
    }
    linear_run(kn, &l->q, in, t, w->q);
    linear_run(kn, &l->k, in, t, w->k);
    linear_run(kn, &l->v, in, t, w->v);
    if (e->rel.buckets)
        rel_pos_gates(m, l, in, t, &w->rel);
    for (uint32_t h = 0; h < e->heads; h++)
        run_head(m, h, t, w);
    linear_run(kn, &l->out, w->q, t, w->y);
    kn->add(x, w->y, t * e->embed);
    if (!e->norm_first)
        kn->layer_norm(x, x, t, e->embed, l->attn_norm.gain, l->attn_norm.bias);
}

static bool activate(const struct model *m, float *x, size_t n)
{
    switch (m->encoder.activation) {
    case ACTIVATION_RELU: return m->kn->relu(x, n);
    case ACTIVATION_TANH: return m->kn->tanh(x, n);
    default: return m->kn->gelu(x, n);
    }
}

/* The change of layer N's activations ROW. */
static void intervene(const struct model_intervention *v, uint32_t n, float *row, size_t width)
{
    const float *gain = v->gain[n], *shift = v->shift ? v->shift[n] : NULL;
    for (size_t i = 0; gain && i < width; i++)
        row[i] *= gain[i];
    for (size_t i = 0; gain && shift && i < width; i++)
        row[i] += shift[i];
}

/* Activations of ROWS frames from FIRST on: function, sink and change together, while in cache. */
static enum status activate_rows(const struct model *m, const struct model_pass *pass, uint32_t n,
                                 float *ffn, size_t first, size_t rows, size_t t,
                                 const struct model_sink *sink, struct err *err)
{
    size_t width = m->encoder.width[n], stride = ffn_stride(width);
    for (size_t i = 0; i < rows; i++) {
        float *data = ffn + i * stride;
        if (!activate(m, data, width))
            return err_set(err, STATUS_FORMAT, "not a number in layer %u", n + 1);
        struct model_block block = {MODEL_FC1, n, first + i, 1, t, width, data};
        enum status code =
            sink_wants(sink, MODEL_FC1) ? sink->rows(sink->context, &block, err) : STATUS_OK;
        if (code)
            return code;
        if (pass->intervention)
            intervene(pass->intervention, n, data, width);
    }
    return STATUS_OK;
}

/* X += FC2(f(FC1(X))), with the norm before or behind; LAST: nobody looks behind f. */
static enum status run_ffn(const struct model *m, const struct model_pass *pass, uint32_t n,
                           float *x, size_t t, bool last, struct work *w,
                           const struct model_sink *sink, struct err *err)
{
    const struct encoder *e = &m->encoder;
    const struct layer *l = &e->layer[n];
    const struct kernels *kn = m->kn;
    size_t stride = ffn_stride(e->width[n]);
    for (size_t i = 0; i < t; i += FFN_ROWS) {
        size_t rows = t - i < FFN_ROWS ? t - i : FFN_ROWS;
        float *part = x + i * e->embed, *y = w->y + i * e->embed;
        const struct norm *norm = &l->final_norm;
        if (e->norm_first)
            kn->layer_norm(y, part, rows, e->embed, norm->gain, norm->bias);
        kn->gemm(rows, l->fc1.out, e->embed, e->norm_first ? y : part, e->embed, l->fc1.packed,
                 w->ffn, stride, l->fc1.bias, false);
        enum status code = activate_rows(m, pass, n, w->ffn, i, rows, t, sink, err);
        if (code)
            return code;
        if (last)
            continue;
        kn->gemm(rows, e->embed, l->fc2.in, w->ffn, stride, l->fc2.packed, y, e->embed, l->fc2.bias,
                 false);
        kn->add(part, y, rows * e->embed);
        if (!e->norm_first)
            kn->layer_norm(part, part, rows, e->embed, norm->gain, norm->bias);
    }
    return STATUS_OK;
}

/* Everything before the first layer, from the features X on; *MORE: a layer is wanted behind it. */
static enum status run_front(const struct model *m, float *x, size_t t, struct work *w,
                             const struct model_sink *sink, bool *more, struct err *err)
{
    const struct encoder *e = &m->encoder;
    const uint32_t behind =
        MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FINAL) | MODEL_WANT(MODEL_FC1);
    enum status code = STATUS_OK;
    *more = (sink->want & behind) != 0;
    if (e->pos.depth && (*more || sink_wants(sink, MODEL_POS))) {
        run_pos_conv(m, x, t, w);
        code = sink_send(sink, MODEL_POS, 0, t, e->embed, w->y, err);
    }
    if (code || !*more)
        return code;
    if (e->pos.depth)
        m->kn->add(x, w->y, t * e->embed);
    if (!e->norm_first)
        m->kn->layer_norm(x, x, t, e->embed, e->norm.gain, e->norm.bias);
    return sink_send(sink, MODEL_HIDDEN, 0, t, e->embed, x, err);
}

enum status encoder_run(const struct model *m, const struct model_pass *pass, float *x, size_t t,
                        float *work, const struct model_sink *sink, struct err *err)
{
    const struct encoder *e = &m->encoder;
    struct work w;
    carve(m, t, &w, work);
    bool more = true, hidden = pass->rows && pass->stage == MODEL_HIDDEN;
    uint32_t layers = pass->layers && pass->layers < e->layers ? pass->layers : e->layers;
    enum status code = hidden ? STATUS_OK : run_front(m, x, t, &w, sink, &more, err);
    if (code || !more)
        return code;
    if (e->rel.buckets)
        rel_pos_lines(m, t, &w.rel);
    for (uint32_t n = hidden ? pass->index : 0; !code && n < layers; n++) {
        bool last = n + 1 == layers && !sink_wants(sink, MODEL_HIDDEN) &&
                    (layers < e->layers || !sink_wants(sink, MODEL_FINAL));
        run_attention(m, &e->layer[n], x, t, &w);
        code = run_ffn(m, pass, n, x, t, last, &w, sink, err);
        if (!code && !last)
            code = sink_send(sink, MODEL_HIDDEN, n + 1, t, e->embed, x, err);
    }
    if (code || layers < e->layers || !sink_wants(sink, MODEL_FINAL))
        return code;
    if (e->norm_first)
        m->kn->layer_norm(x, x, t, e->embed, e->norm.gain, e->norm.bias);
    return sink_send(sink, MODEL_FINAL, 0, t, e->embed, x, err);
}
