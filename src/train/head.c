/*
 * Heads forward and backward, one utterance at a time.
 */
#include "config.h"

#include "train/head.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/normal.h"

#define HEAD_DEVIATION 0.02

enum status train_head_open(struct train_head *h, const struct train_head_shape *s, struct err *err)
{
    size_t states = s->layers + 1u;
    *h = (struct train_head){.shape = *s};
    enum status code =
        output_open(&h->out, s->projected ? s->projected : s->embed, s->classes, err);
    if (!code && s->projected)
        code = output_open(&h->projector, s->embed, s->projected, err);
    if (!code && s->weighted) {
        h->mix = mem_zeros(states, sizeof *h->mix);
        h->dmix = mem_zeros(states, sizeof *h->dmix);
        h->share = mem_zeros(states, sizeof *h->share);
        if (!h->mix || !h->dmix || !h->share)
            code = err_nomem(err);
    }
    if (code)
        train_head_free(h);
    return code;
}

void train_head_free(struct train_head *h)
{
    output_free(&h->out);
    output_free(&h->projector);
    free(h->mix);
    free(h->dmix);
    free(h->share);
    free(h->x);
    *h = (struct train_head){.rows = 0};
}

static void head_draw_matrix(struct output *o, uint64_t seed, const char *name)
{
    uint64_t key = stream_key(seed, name);
    for (size_t i = 0; i < o->in * o->out; i++)
        o->weight[i] = (float)(HEAD_DEVIATION * stream_normal(key, i));
}

void train_head_draw(struct train_head *h, uint64_t seed)
{
    head_draw_matrix(&h->out, seed, "head.weight");
    if (h->shape.projected)
        head_draw_matrix(&h->projector, seed, "head.projector.weight");
}

/* Weight and bias of O. */
static size_t head_output_parts(const struct output *o, struct train_head_part *p,
                                const char *weight, const char *bias)
{
    p[0] =
        (struct train_head_part){weight, o->weight, o->dweight, 2, {o->out, o->in}, o->out * o->in};
    p[1] = (struct train_head_part){bias, o->bias, o->dbias, 1, {o->out}, o->out};
    return 2;
}

size_t train_head_parts(const struct train_head *h, struct train_head_part out[TRAIN_HEAD_PARTS])
{
    size_t n = head_output_parts(&h->out, out, "weight", "bias");
    if (h->shape.projected)
        n += head_output_parts(&h->projector, out + n, "projector.weight", "projector.bias");
    if (h->mix)
        out[n++] = (struct train_head_part){
            "mix", h->mix, h->dmix, 1, {h->shape.layers + 1u}, h->shape.layers + 1u};
    return n;
}

void train_head_clear(struct train_head *h)
{
    struct train_head_part p[TRAIN_HEAD_PARTS];
    size_t n = train_head_parts(h, p);
    for (size_t i = 0; i < n; i++)
        memset(p[i].gradient, 0, p[i].count * sizeof(float));
}

void train_head_add(struct train_head *to, const struct train_head *from)
{
    struct train_head_part p[TRAIN_HEAD_PARTS], q[TRAIN_HEAD_PARTS];
    size_t n = train_head_parts(to, p);
    train_head_parts(from, q);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < p[i].count; k++)
            p[i].gradient[k] += q[i].gradient[k];
}

void train_head_copy(struct train_head *to, const struct train_head *from)
{
    struct train_head_part p[TRAIN_HEAD_PARTS], q[TRAIN_HEAD_PARTS];
    size_t n = train_head_parts(to, p);
    train_head_parts(from, q);
    for (size_t i = 0; i < n; i++)
        memcpy(p[i].data, q[i].data, p[i].count * sizeof(float));
}

size_t train_head_rows(const struct train_head *h, size_t frames)
{
    return h->shape.mean ? 1 : frames;
}

/* Room for x and the projection of FRAMES frames, and their gradients. */
static enum status head_reserve(struct train_head *h, size_t frames, struct err *err)
{
    size_t e = h->shape.embed, p = h->shape.projected, room = 2 * frames * (e + p);
    if (room > h->room) {
        free(h->x);
        h->x = mem_aligned(room, sizeof *h->x);
        h->room = h->x ? room : 0;
        if (!h->x)
            return err_nomem(err);
    }
    h->dx = h->x + frames * e;
    h->middle = h->dx + frames * e;
    h->dmiddle = h->middle + frames * p;
    return STATUS_OK;
}

static void head_softmax(struct train_head *h)
{
    size_t states = h->shape.layers + 1u;
    double largest = -INFINITY, sum = 0;
    for (size_t n = 0; n < states; n++)
        largest = fmax(largest, (double)h->mix[n]);
    for (size_t n = 0; n < states; n++)
        sum += h->share[n] = exp((double)h->mix[n] - largest);
    for (size_t n = 0; n < states; n++)
        h->share[n] /= sum;
}

/* h->x [frames][E]: the hidden state that is looked at, or the weighted sum. */
static void head_gather(struct train_head *h, const float *const *hidden, size_t frames)
{
    size_t size = frames * h->shape.embed;
    if (!h->mix) {
        memcpy(h->x, hidden[h->shape.layer], size * sizeof *h->x);
        return;
    }
    head_softmax(h);
    memset(h->x, 0, size * sizeof *h->x);
    for (uint32_t n = 0; n <= h->shape.layers; n++) {
        float share = (float)h->share[n];
        for (size_t i = 0; i < size; i++)
            h->x[i] += share * hidden[n][i];
    }
}

/* The mean of the rows of X [frames][e] into its first. */
static void head_mean(float *x, size_t frames, size_t e)
{
    for (size_t c = 0; c < e; c++) {
        double sum = 0;
        for (size_t t = 0; t < frames; t++)
            sum += (double)x[t * e + c];
        x[c] = (float)(sum / (double)frames);
    }
}

enum status train_head_run(struct train_head *h, const struct kernels *kn,
                           const float *const *hidden, size_t frames, float *logits,
                           struct err *err)
{
    enum status code = head_reserve(h, frames, err);
    if (code)
        return code;
    h->rows = train_head_rows(h, frames);
    head_gather(h, hidden, frames);
    if (h->shape.mean)
        head_mean(h->x, frames, h->shape.embed);
    if (!h->shape.projected)
        return output_run(&h->out, kn, h->x, h->rows, logits, err);
    code = output_run(&h->projector, kn, h->x, h->rows, h->middle, err);
    return code ? code : output_run(&h->out, kn, h->middle, h->rows, logits, err);
}

/* DX of all frames, each of which has the same part in the mean. */
static void head_spread(float *dx, size_t frames, size_t e)
{
    for (size_t c = 0; c < e; c++)
        dx[c] /= (float)frames;
    for (size_t t = 1; t < frames; t++)
        memcpy(dx + t * e, dx, e * sizeof *dx);
}

/* The gradient of the weights of the sum, DX being that of the sum: s_n (g_n - sum_k s_k g_k), g_n
 * the product of DX and H_n. */
static void head_mix_back(struct train_head *h, const float *const *hidden, size_t size)
{
    double mean = 0;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t n = 0; n <= h->shape.layers; n++) {
            double g = 0;
            for (size_t i = 0; i < size; i++)
                g += (double)h->dx[i] * (double)hidden[n][i];
            if (pass == 0)
                mean += h->share[n] * g;
            else
                h->dmix[n] += (float)(h->share[n] * (g - mean));
        }
}

enum status train_head_back(struct train_head *h, const struct kernels *kn,
                            const float *const *hidden, size_t frames, const float *dlogits,
                            float *const *d, struct err *err)
{
    size_t size = frames * h->shape.embed;
    float *dx = d || h->mix ? h->dx : NULL;
    enum status code;
    if (h->shape.projected) {
        code = output_back(&h->out, kn, h->middle, h->rows, dlogits, h->dmiddle, err);
        if (!code)
            code = output_back(&h->projector, kn, h->x, h->rows, h->dmiddle, dx, err);
    } else
        code = output_back(&h->out, kn, h->x, h->rows, dlogits, dx, err);
    if (code || !dx)
        return code;
    if (h->shape.mean)
        head_spread(h->dx, frames, h->shape.embed);
    if (h->mix)
        head_mix_back(h, hidden, size);
    for (uint32_t n = 0; d && n <= h->shape.layers; n++) {
        float share = h->mix ? (float)h->share[n] : 1;
        for (size_t i = 0; train_head_uses(h, n) && i < size; i++)
            d[n][i] = share * h->dx[i];
    }
    return STATUS_OK;
}
