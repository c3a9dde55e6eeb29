/*
 * The Transformer encoder that all families share: positional convolution, layers in either
 * order of norm, and the feed-forward blocks whose activations everything is about.
 */
#include "config.h"

#include "model/internal.h"

#include <math.h>
#include <string.h>

#include "model/activation.h"
#include "model/attention.h"
#include "model/tape.h"

/* Rows that go through both feed-forward products before the next ones do: whole tiles of every
 * build. */
#define FFN_ROWS 378

/* Arrays of one run, all in the caller's scratch. */
struct work {
    float *q, *k, *v; /* [T][E]; q becomes the attention's output */
    float *y;         /* [T][E] */
    float *ffn;       /* [FFN_ROWS][ffn_stride(widest)] */
    float *padded;    /* [T + kernel][E / groups] or pos_conv_scratch, shares memory with q */
    struct attention_work attention;
    struct encoder_tape *tape; /* NULL: nothing is kept */
    const struct cancel *cancel;
};

/* Y [rows][out] = X W^T + b, some rows at a time with a look at the flag between them; results are
 * the same to the bit in any pieces. */
static enum status encoder_linear(const struct model *m, const struct linear *l, const float *x,
                                  size_t rows, float *y, const struct work *w, struct err *err)
{
    enum status code = STATUS_OK;
    for (size_t i = 0; i < rows && !(code = cancel_check(w->cancel, err)); i += FFN_ROWS)
        linear_run(m->kn, l, x + i * l->in, rows - i < FFN_ROWS ? rows - i : FFN_ROWS,
                   y + i * l->out);
    return code;
}

/* Keeps N values of X in what the tape has for them. */
static void tape_keep(float *to, const float *x, size_t n)
{
    memcpy(to, x, n * sizeof *x);
}

/* Keeps ROWS rows of SIZE values, LD apart in X. */
static void tape_keep_rows(float *to, const float *x, size_t rows, size_t size, size_t ld)
{
    for (size_t i = 0; i < rows; i++)
        memcpy(to + i * size, x + i * ld, size * sizeof *x);
}

void norm_moments(const float *x, size_t rows, size_t n, float epsilon, float *mean, float *inverse)
{
    for (size_t i = 0; i < rows; i++, x += n) {
        double sum = 0, square = 0;
        for (size_t c = 0; c < n; c++)
            sum += (double)x[c];
        sum /= (double)n;
        for (size_t c = 0; c < n; c++)
            square += ((double)x[c] - sum) * ((double)x[c] - sum);
        mean[i] = (float)sum;
        inverse[i] = (float)(1 / sqrt(square / (double)n + (double)epsilon));
    }
}

/*
 * OUT = layer norm of X [rows][E], which may be OUT, and onto TAPE, unless it is NULL, from row
 * FIRST on.  The kernel does not hand out its mean and deviation, so they are computed again.
 */
static void encoder_norm(const struct model *m, const struct norm *norm, float *out, const float *x,
                         size_t first, size_t rows, struct tape_norm *tape)
{
    size_t e = m->encoder.embed;
    if (tape)
        norm_moments(x, rows, e, norm->epsilon, tape->mean + first, tape->inverse + first);
    m->kn->layer_norm(out, x, rows, e, norm->gain, norm->bias, norm->epsilon);
    if (tape)
        tape_keep(tape->out + first * e, out, rows * e);
}

/*
 * Distance of the rows of activations.  Common widths are multiples of 1024, and rows of whole
 * pages would all want the same few lines of the L1 cache.
 */
static size_t ffn_stride(size_t width)
{
    return scratch_round(width) + 16;
}

/* Lays the arrays out in MEMORY; returns the floats they take, also for NULL. */
static size_t work_carve(const struct model *m, size_t t, struct work *w, float *memory)
{
    const struct encoder *e = &m->encoder;
    size_t rows = t < FFN_ROWS ? t : FFN_ROWS;
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
    w->ffn = scratch_take(memory, &used, rows * ffn_stride(e->widest));
    used += attention_scratch(m, t, &w->attention, memory ? memory + used : NULL);
    return used;
}

size_t encoder_scratch(const struct model *m, size_t t)
{
    struct work w;
    return work_carve(m, t, &w, NULL);
}

/* X *= GAIN, += BIAS, one of each for CHANNELS. */
static void pos_conv_scale_channels(float *x, size_t rows, size_t channels, const float *gain,
                                    const float *bias)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < channels; c++)
            x[i * channels + c] = x[i * channels + c] * gain[c] + bias[c];
}

/* Y = convolution N of X, which may be Y, over time: kernel/2 zeros on both sides, T frames out. */
static enum status pos_conv_run_one(const struct model *m, uint32_t n, const float *x, size_t t,
                                    struct work *w, struct err *err)
{
    const struct encoder *e = &m->encoder;
    const struct pos_conv *p = &e->pos;
    size_t channels = e->embed / p->groups, depth = channels * p->kernel;
    size_t before = p->kernel / 2 * channels;
    size_t packed = kernels_packed_size(m->kn, channels, depth);
    for (uint32_t g = 0; g < p->groups; g++) {
        enum status code = cancel_check(w->cancel, err);
        if (code)
            return code;
        if (pos_conv_is_long(p)) {
            pos_conv_long(m, n, g, x + g * channels, t, w->padded, w->y + g * channels);
            continue;
        }
        memset(w->padded, 0, before * sizeof *x);
        for (size_t i = 0; i < t; i++)
            memcpy(w->padded + before + i * channels, x + i * e->embed + g * channels,
                   channels * sizeof *x);
        if (p->before.gain)
            pos_conv_scale_channels(w->padded + before, t, channels, p->before.gain + g * channels,
                                    p->before.bias + g * channels);
        memset(w->padded + before + t * channels, 0, (p->kernel * channels - before) * sizeof *x);
        /* Row i of the unfolded input is what starts at frame i: rows overlap, nothing is copied.
         */
        m->kn->gemm(t, channels, depth, w->padded, channels, p->packed[n] + g * packed,
                    w->y + g * channels, e->embed, p->bias[n] + g * channels, false);
    }
    return STATUS_OK;
}

/* Y = activation of the convolution of X, or of one behind the other with a norm in between. */
static enum status encoder_pos_conv(const struct model *m, const float *x, size_t t, struct work *w,
                                    struct err *err)
{
    const struct encoder *e = &m->encoder;
    const struct norm *norm = &e->pos.behind;
    for (uint32_t n = 0; n < e->pos.depth; n++) {
        struct tape_conv *tape = w->tape ? &w->tape->conv[n] : NULL;
        enum status code = pos_conv_run_one(m, n, n ? w->y : x, t, w, err);
        if (code)
            return code;
        if (tape)
            tape_keep(tape->conv, w->y, t * e->embed);
        if (norm->gain)
            encoder_norm(m, norm, w->y, w->y, 0, t, tape ? &tape->norm : NULL);
        activation_run(m->kn, e->pos.activation, w->y, t * e->embed);
        if (tape)
            tape_keep(tape->gelu, w->y, t * e->embed);
    }
    return STATUS_OK;
}

/* The rows of a layer that are computed: all T, or those of some frames. */
struct layer_rows {
    const size_t *frame; /* [count] in ascending order; NULL: 0 .. count - 1 */
    size_t count;
};

/* TO [count][E] = those rows of FROM, which may be TO. */
static void rows_gather(const struct layer_rows *rows, size_t e, const float *from, float *to)
{
    for (size_t i = 0; i < rows->count; i++)
        memmove(to + i * e, from + rows->frame[i] * e, e * sizeof *to);
}

/* X += attention(X) of layer N, with the norm before or behind.  X [t][E] becomes [rows][E]: keys
 * and values are those of all frames, queries those of ROWS. */
static enum status encoder_attention(const struct model *m, uint32_t n, float *x, size_t t,
                                     const struct layer_rows *rows, struct work *w, struct err *err)
{
    const struct encoder *e = &m->encoder;
    const struct layer *l = &e->layer[n];
    const struct kernels *kn = m->kn;
    struct tape_layer *tape = w->tape ? &w->tape->layer[n] : NULL;
    struct tape_norm *norm = tape ? &tape->attn_norm : NULL;
    struct attention heads = {
        .frames = t, .queries = rows->count, .query = rows->frame, .q = w->q, .k = w->k, .v = w->v};
    size_t size = rows->count * e->embed;
    const float *in = x;
    if (e->norm_first) {
        encoder_norm(m, &l->attn_norm, w->y, x, 0, t, norm);
        in = w->y;
    }
    enum status code;
    if ((code = encoder_linear(m, &l->k, in, t, w->k, w, err)) ||
        (code = encoder_linear(m, &l->v, in, t, w->v, w, err)))
        return code;
    if (e->rel.buckets)
        rel_pos_gates(m, l, in, t, &w->attention.rel);
    if (rows->frame) {
        rows_gather(rows, e->embed, in, w->y);
        rows_gather(rows, e->embed, x, x);
        in = w->y;
    }
    if ((code = encoder_linear(m, &l->q, in, rows->count, w->q, w, err)))
        return code;
    if (tape) {
        tape_keep(tape->q, w->q, size);
        tape_keep(tape->k, w->k, size);
        tape_keep(tape->v, w->v, size);
        if (tape->gates)
            tape_keep(tape->gates, w->attention.rel.gates, e->heads * t);
    }
    heads.weights = tape ? tape->attn : NULL;
    heads.cancel = w->cancel;
    if ((code = attention_run(m, &heads, &w->attention, err)) ||
        (code = encoder_linear(m, &l->out, w->q, rows->count, w->y, w, err)))
        return code;
    kn->add(x, w->y, size);
    if (tape) {
        tape_keep(tape->mixed, w->q, size);
        tape_keep(tape->attn_sum, x, size);
    }
    if (!e->norm_first)
        encoder_norm(m, &l->attn_norm, x, x, 0, rows->count, norm);
    return STATUS_OK;
}

/* The change of layer N's activations ROW. */
static void activations_intervene(const struct model_intervention *v, uint32_t n, float *row,
                                  size_t width)
{
    const float *gain = v->gain[n], *shift = v->shift ? v->shift[n] : NULL;
    for (size_t i = 0; gain && i < width; i++)
        row[i] *= gain[i];
    for (size_t i = 0; gain && shift && i < width; i++)
        row[i] += shift[i];
}

/* Activations of COUNT rows from FIRST on: function, sink and change together, while in cache. */
static enum status ffn_activate_rows(const struct model *m, const struct model_pass *pass,
                                     uint32_t n, float *ffn, size_t first, size_t count, size_t t,
                                     const struct layer_rows *rows, const struct model_sink *sink,
                                     struct err *err)
{
    size_t width = m->encoder.width[n], stride = ffn_stride(width);
    for (size_t i = 0; i < count; i++) {
        float *data = ffn + i * stride;
        size_t frame = rows->frame ? rows->frame[first + i] : first + i;
        if (!activation_run(m->kn, m->encoder.activation, data, width))
            return err_set(err, STATUS_FORMAT, "NaN or infinity in layer %u", n + 1);
        struct model_block block = {MODEL_FC1, n, frame, 1, t, width, data};
        enum status code =
            sink_wants(sink, MODEL_FC1) ? sink->rows(sink->context, &block, err) : STATUS_OK;
        if (code)
            return code;
        if (pass->intervention)
            activations_intervene(pass->intervention, n, data, width);
    }
    return STATUS_OK;
}

/*
 * X += FC2(f(FC1(X))), with the norm before or behind, some rows at a time so that activations stay
 * in the cache; LAST: nothing after f is wanted.  X is [rows][E], of T frames.
 */
static enum status encoder_ffn(const struct model *m, const struct model_pass *pass, uint32_t n,
                               float *x, size_t t, const struct layer_rows *rows, bool last,
                               struct work *w, const struct model_sink *sink, struct err *err)
{
    const struct encoder *e = &m->encoder;
    const struct layer *l = &e->layer[n];
    const struct kernels *kn = m->kn;
    struct tape_layer *tape = w->tape ? &w->tape->layer[n] : NULL;
    struct tape_norm *norm = tape ? &tape->ffn_norm : NULL;
    size_t width = e->width[n], stride = ffn_stride(width);
    for (size_t i = 0; i < rows->count; i += FFN_ROWS) {
        size_t count = rows->count - i < FFN_ROWS ? rows->count - i : FFN_ROWS;
        float *part = x + i * e->embed, *y = w->y + i * e->embed;
        enum status code = cancel_check(w->cancel, err);
        if (code)
            return code;
        if (e->norm_first)
            encoder_norm(m, &l->final_norm, y, part, i, count, norm);
        kn->gemm(count, l->fc1.out, e->embed, e->norm_first ? y : part, e->embed, l->fc1.packed,
                 w->ffn, stride, l->fc1.bias, false);
        if (tape)
            tape_keep_rows(tape->fc1 + i * width, w->ffn, count, width, stride);
        if (!(code = ffn_activate_rows(m, pass, n, w->ffn, i, count, t, rows, sink, err)))
            code = cancel_check(w->cancel, err);
        if (code)
            return code;
        if (last)
            continue;
        kn->gemm(count, e->embed, l->fc2.in, w->ffn, stride, l->fc2.packed, y, e->embed,
                 l->fc2.bias, false);
        kn->add(part, y, count * e->embed);
        if (tape) {
            tape_keep_rows(tape->act + i * width, w->ffn, count, width, stride);
            tape_keep(tape->ffn_sum + i * e->embed, part, count * e->embed);
        }
        if (!e->norm_first)
            encoder_norm(m, &l->final_norm, part, part, i, count, norm);
    }
    return STATUS_OK;
}

/*
 * Everything before the first layer, from the features X on: positions, and the norm of models
 * whose norms come behind the sums.  *MORE: a layer is wanted behind it.
 */
static enum status encoder_positions(const struct model *m, float *x, size_t t, struct work *w,
                                     const struct model_sink *sink, bool *more, struct err *err)
{
    const struct encoder *e = &m->encoder;
    struct encoder_tape *tape = w->tape;
    const uint32_t behind =
        MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FINAL) | MODEL_WANT(MODEL_FC1);
    enum status code = STATUS_OK;
    *more = tape || (sink->want & behind) != 0;
    if (tape)
        tape_keep(tape->features, x, t * e->embed);
    if (e->pos.depth && (*more || sink_wants(sink, MODEL_POS))) {
        if (!(code = encoder_pos_conv(m, x, t, w, err)))
            code = sink_send(sink, MODEL_POS, 0, t, e->embed, w->y, err);
    }
    if (code || !*more)
        return code;
    if (e->pos.depth)
        m->kn->add(x, w->y, t * e->embed);
    if (tape && e->pos.depth)
        tape_keep(tape->pos_sum, x, t * e->embed);
    if (!e->norm_first)
        encoder_norm(m, &e->norm, x, x, 0, t, tape ? &tape->first : NULL);
    return sink_send(sink, MODEL_HIDDEN, 0, t, e->embed, x, err);
}

/*
 * The layers that PASS asks for.  The last one may end behind its activations, where no wanted
 * stage and no tape needs the rest.
 */
enum status encoder_run(const struct model *m, const struct model_pass *pass, float *x, size_t t,
                        float *work, const struct model_sink *sink, struct err *err)
{
    const struct encoder *e = &m->encoder;
    struct work w = {.tape = pass->tape, .cancel = pass->cancel};
    bool more = true, hidden = pass->rows && pass->stage == MODEL_HIDDEN;
    uint32_t layers = pass->layers && pass->layers < e->layers ? pass->layers : e->layers;
    enum status code = STATUS_OK;
    work_carve(m, t, &w, work);
    if (w.tape && hidden)
        return err_set(err, STATUS_USAGE, "a tape begins with the features, not with a layer");
    if (w.tape)
        code = encoder_tape_reserve(w.tape, m, t, layers, err);
    if (!code && !hidden)
        code = encoder_positions(m, x, t, &w, sink, &more, err);
    if (code || !more)
        return code;
    if (e->rel.buckets)
        rel_pos_lines(m, t, &w.attention.rel);
    for (uint32_t n = hidden ? pass->index : 0; !code && n < layers; n++) {
        bool last = n + 1 == layers && !w.tape && !sink_wants(sink, MODEL_HIDDEN) &&
                    (layers < e->layers || !sink_wants(sink, MODEL_FINAL));
        struct layer_rows rows = {last ? pass->only : NULL, last && pass->only ? pass->onlys : t};
        if (!(code = encoder_attention(m, n, x, t, &rows, &w, err)))
            code = encoder_ffn(m, pass, n, x, t, &rows, last, &w, sink, err);
        if (!code && !last)
            code = sink_send(sink, MODEL_HIDDEN, n + 1, t, e->embed, x, err);
    }
    if (code || layers < e->layers || !(w.tape || sink_wants(sink, MODEL_FINAL)))
        return code;
    if (e->norm_first)
        encoder_norm(m, &e->norm, x, x, 0, t, w.tape ? &w.tape->final : NULL);
    return sink_send(sink, MODEL_FINAL, 0, t, e->embed, x, err);
}
