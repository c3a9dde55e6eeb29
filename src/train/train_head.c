/*
 * Heads forward and back (train_head.h).  Sums over frames are made in their order.
 */
#include "config.h"

#include "train/train_head.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/normal.h"

#define DEVIATION 0.02

/* Columns of W. */
static size_t train_head_in(const struct train_head *h)
{
    return h->hidden ? h->hidden : h->embed;
}

enum status train_head_open(struct train_head *h, struct err *err)
{
    size_t projector, last;
    h->weights = NULL;
    if (h->mixed && h->layers + 1u > sizeof((struct train_head_room *)0)->mix / sizeof(float))
        return err_set(err, STATUS_UNSUPPORTED, "more than 255 layers cannot be mixed");
    h->at_projector = h->mixed ? h->layers + 1u : 0;
    if (!mul_size(h->hidden, h->embed + 1, &projector) ||
        !mul_size(h->classes, train_head_in(h) + 1, &last) ||
        !add_size(h->at_projector, projector, &h->at_weight) ||
        !add_size(h->at_weight, last, &h->count) ||
        !(h->weights = mem_zeros(h->count, sizeof *h->weights)))
        return err_nomem(err);
    return STATUS_OK;
}

void train_head_free(struct train_head *h)
{
    free(h->weights);
    h->weights = NULL;
}

void train_head_start(struct train_head *h, uint64_t seed)
{
    uint64_t key = stream_key(seed, "head");
    memset(h->weights, 0, h->count * sizeof *h->weights);
    for (size_t i = 0; i < h->hidden * h->embed; i++)
        h->weights[h->at_projector + i] = (float)(DEVIATION * stream_normal(key, i));
    key = stream_key(seed, "head.last");
    for (size_t i = 0; i < h->classes * train_head_in(h); i++)
        h->weights[h->at_weight + i] = (float)(DEVIATION * stream_normal(key, i));
}

enum status train_head_room_open(struct train_head_room *r, const struct train_head *h,
                                 struct err *err)
{
    *r = (struct train_head_room){.size = 0};
    r->to = mem_zeros(h->layers + 1u, sizeof *r->to);
    enum status code =
        r->to ? output_open(&r->last, train_head_in(h), h->classes, err) : err_nomem(err);
    return code || !h->hidden ? code : output_open(&r->projector, h->embed, h->hidden, err);
}

void train_head_room_free(struct train_head_room *r)
{
    output_free(&r->projector);
    output_free(&r->last);
    free(r->memory);
    free(r->to);
    *r = (struct train_head_room){.size = 0};
}

/* Lays the arrays out for FRAMES frames in MEMORY; the floats they take, also for NULL. */
static size_t train_head_carve(struct train_head_room *r, const struct train_head *h, size_t frames,
                               float *memory)
{
    size_t in = train_head_in(h);
    const struct {
        float **at;
        size_t count;
    } part[] = {{&r->x, frames * h->embed},
                {&r->dx, frames * h->embed},
                {&r->inner, frames * h->hidden},
                {&r->dinner, frames * h->hidden},
                {&r->pooled, in},
                {&r->dpooled, in},
                {&r->logits, (h->mean ? 1 : frames) * h->classes},
                {&r->dhidden, h->mixed ? (h->layers + 1u) * frames * h->embed : 0}};
    size_t used = 0;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        if (memory)
            *part[i].at = memory + used;
        used += (part[i].count + 15) & ~(size_t)15;
    }
    return used;
}

static enum status train_head_reserve(struct train_head_room *r, const struct train_head *h,
                                      size_t frames, struct err *err)
{
    size_t need = train_head_carve(r, h, frames, NULL);
    if (need > r->size) {
        free(r->memory);
        r->memory = mem_aligned(need, sizeof *r->memory);
        r->size = r->memory ? need : 0;
        if (!r->memory)
            return err_nomem(err);
    }
    train_head_carve(r, h, frames, r->memory);
    r->frames = frames;
    r->rows = h->mean ? 1 : frames;
    return STATUS_OK;
}

/* H_N of the pass on TAPE. */
static const float *train_head_state(const struct encoder_tape *tape, uint32_t n)
{
    if (n < tape->layers)
        return tape->layer[n].input;
    const struct tape_layer *last = &tape->layer[tape->layers - 1];
    return tape->final.out ? tape->final.out : last->ffn_norm.out;
}

/* The weighted sum of all states, in their order. */
static void train_head_mix(struct train_head_room *r, const struct train_head *h,
                           const struct encoder_tape *tape, const struct kernels *kn)
{
    size_t size = r->frames * h->embed;
    double largest = -INFINITY, sum = 0;
    for (uint32_t n = 0; n <= h->layers; n++)
        largest = fmax(largest, (double)h->weights[n]);
    for (uint32_t n = 0; n <= h->layers; n++)
        sum += exp((double)h->weights[n] - largest);
    memset(r->x, 0, size * sizeof *r->x);
    for (uint32_t n = 0; n <= h->layers; n++) {
        r->mix[n] = (float)(exp((double)h->weights[n] - largest) / sum);
        kn->add_scaled(r->x, train_head_state(tape, n), r->mix[n], size);
    }
}

/* OUT [width] = the mean of X [frames][width]. */
static void train_head_pool(float *out, const float *x, size_t frames, size_t width,
                            const struct kernels *kn)
{
    memset(out, 0, width * sizeof *out);
    for (size_t t = 0; t < frames; t++)
        kn->add(out, x + t * width, width);
    for (size_t i = 0; i < width; i++)
        out[i] /= (float)frames;
}

enum status train_head_run(struct train_head_room *r, const struct train_head *h,
                           const struct encoder_tape *tape, struct err *err)
{
    const struct kernels *kn = kernels_get();
    enum status code = train_head_reserve(r, h, tape->frames, err);
    if (code)
        return code;
    const float *p = h->weights + h->at_projector, *w = h->weights + h->at_weight;
    r->projector.weight = p;
    r->projector.bias = p + h->hidden * h->embed;
    r->last.weight = w;
    r->last.bias = w + h->classes * train_head_in(h);
    if (h->mixed)
        train_head_mix(r, h, tape, kn);
    else
        memcpy(r->x, train_head_state(tape, h->layer), r->frames * h->embed * sizeof *r->x);
    const float *rows = r->x;
    if (h->hidden) {
        if ((code = output_run(&r->projector, kn, r->x, r->frames, r->inner, err)))
            return code;
        rows = r->inner;
    }
    if (h->mean) {
        train_head_pool(r->pooled, rows, r->frames, train_head_in(h), kn);
        rows = r->pooled;
    }
    return output_run(&r->last, kn, rows, r->rows, r->logits, err);
}

/* The gradients of the mix and of each state from that of their sum. */
static void train_head_unmix(struct train_head_room *r, const struct train_head *h,
                             const struct encoder_tape *tape, bool frozen, float *dmix)
{
    size_t size = r->frames * h->embed;
    double slope[256], mean = 0;
    for (uint32_t n = 0; n <= h->layers; n++) {
        const float *state = train_head_state(tape, n);
        slope[n] = 0;
        for (size_t i = 0; i < size; i++)
            slope[n] += (double)r->dx[i] * (double)state[i];
        mean += slope[n] * (double)r->mix[n];
    }
    for (uint32_t n = 0; n <= h->layers; n++) {
        dmix[n] += (float)((double)r->mix[n] * (slope[n] - mean));
        float *d = r->dhidden + n * size;
        for (size_t i = 0; i < size && !frozen; i++)
            d[i] = r->mix[n] * r->dx[i];
        r->to[n] = d;
    }
}

enum status train_head_back(struct train_head_room *r, const struct train_head *h,
                            const struct encoder_tape *tape, bool frozen, float *gradient,
                            struct err *err)
{
    const struct kernels *kn = kernels_get();
    size_t in = train_head_in(h);
    const float *below = h->hidden ? r->inner : r->x;
    float *dbelow = h->hidden ? r->dinner : r->dx;
    r->projector.dweight = gradient + h->at_projector;
    r->projector.dbias = r->projector.dweight + h->hidden * h->embed;
    r->last.dweight = gradient + h->at_weight;
    r->last.dbias = r->last.dweight + h->classes * in;
    enum status code = output_back(&r->last, kn, h->mean ? r->pooled : below, r->rows, r->logits,
                                   h->mean ? r->dpooled : dbelow, err);
    for (size_t i = 0; h->mean && i < r->frames * in; i++)
        dbelow[i] = r->dpooled[i % in] / (float)r->frames;
    if (!code && h->hidden)
        code = output_back(&r->projector, kn, r->x, r->frames, r->dinner, r->dx, err);
    if (code)
        return code;
    memset(r->to, 0, (h->layers + 1u) * sizeof *r->to);
    if (h->mixed)
        train_head_unmix(r, h, tape, frozen, gradient);
    else
        r->to[h->layer] = r->dx;
    return STATUS_OK;
}
