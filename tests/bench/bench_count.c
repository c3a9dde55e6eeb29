/*
 * Counting with a model of base size (12 x 768 / 3072, random weights): the forward pass with
 * selection and counts of every frame, against the model's own matrix products done by OpenBLAS
 * on one thread, where that is installed, and against the processor's own speed, in turn.
 */
#include "config.h"

#include "bench.h"
#include "bench_model.h"
#include "bench_products.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/kernels/kernels.h"
#include "base/mem.h"
#include "model/model.h"
#include "base/rng.h"
#include "model/kernels/select.h"

enum status bench_count_rows(void *context, const struct model_block *b, struct err *err)
{
    struct bench_counter *c = context;
    (void)err;
    for (size_t r = 0; r < b->rows; r++) {
        const uint32_t *top = selector_run(&c->selector, b->data + r * b->width);
        for (uint32_t i = 0; i < c->selector.tau; i++)
            c->counts[b->index][top[i]]++;
    }
    return STATUS_OK;
}

#define MAX_PRODUCTS 16

/* What the front end multiplies, frame by frame of its convolutions, and the rest.  All three taps
 * of a convolution are counted, as a plain program multiplies them; ours takes three quarters of
 * that. */
static size_t list_products(struct product *p, enum bench_family family, size_t samples, size_t t)
{
    size_t n = 0, in = 1, rows = samples;
    if (family == BENCH_MELHUBERT)
        p[n++] = (struct product){t, EMBED, INPUT, PRODUCT_WEIGHTS, 1};
    for (int i = 0; family != BENCH_MELHUBERT && i < CONVS; i++, in = CONV) {
        rows = (rows - bench_conv[i].kernel) / bench_conv[i].stride + 1;
        p[n++] = (struct product){rows, CONV, in * bench_conv[i].kernel, PRODUCT_WEIGHTS, 1};
    }
    if (family != BENCH_MELHUBERT)
        p[n++] = (struct product){t, EMBED, CONV, PRODUCT_WEIGHTS, 1};
    struct product all[] = {
        {t, CHANNELS, CHANNELS * TAPS, PRODUCT_WEIGHTS, GROUPS},
        {t, EMBED, EMBED, PRODUCT_WEIGHTS, 4 * LAYERS},
        {t, FFN, EMBED, PRODUCT_WEIGHTS, LAYERS},
        {t, EMBED, FFN, PRODUCT_WEIGHTS, LAYERS - 1}, /* the last layer's is never read */
        {t, t, HEAD, PRODUCT_WEIGHTS, HEADS * LAYERS},
        {t, HEAD, t, PRODUCT_VALUES, HEADS * LAYERS},
    };
    memcpy(p + n, all, sizeof all);
    return n + sizeof all / sizeof *all;
}

/* What was measured of one length, by rounds, and for each product over all rounds. */
struct length {
    struct product product[MAX_PRODUCTS];
    size_t products;
    double total; /* GFLOP */
    double took[BENCH_MAX_ROUNDS], sum[BENCH_MAX_ROUNDS], burst[BENCH_MAX_ROUNDS];
    double blas[MAX_PRODUCTS], own[MAX_PRODUCTS];
};

/* The forward pass, its products by both and the burst, in turn. */
static int length_measure(struct length *l, const struct model *m, struct model_scratch *s,
                          const float *samples, size_t n, struct bench_counter *c,
                          const struct product_arrays *x, struct err *err)
{
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), bench_count_rows, c};
    int failed = model_forward(m, s, samples, n, &sink, err);
    for (int k = 0; k < bench_rounds() && !failed; k++) {
        double start = bench_cpu();
        failed = model_forward(m, s, samples, n, &sink, err);
        l->took[k] = bench_cpu() - start;
        l->sum[k] = 0;
        for (size_t i = 0; i < l->products; i++) {
            double one = product_time_blas(&l->product[i], x);
            l->sum[k] += one;
            l->blas[i] += one;
            l->own[i] += product_time(&l->product[i], x);
        }
        l->burst[k] = bench_burst();
    }
    return failed;
}

static void length_print(struct length *l, double seconds, size_t frames)
{
    int rounds = bench_rounds();
    double ratio[BENCH_MAX_ROUNDS], rate[BENCH_MAX_ROUNDS], ideal[BENCH_MAX_ROUNDS];
    for (int k = 0; k < rounds; k++) {
        ratio[k] = l->took[k] / l->sum[k];
        rate[k] = l->total / l->sum[k];
        ideal[k] = l->took[k] / (l->total / l->burst[k]);
    }
    double forward = bench_median(l->took, rounds);
    printf("  %.1f s (%zu frames): %.3f s of processor, %.4f a second of audio\n", seconds, frames,
           forward, forward / seconds);
    if (isnan(l->blas[0]))
        printf("    OpenBLAS is not installed: no comparison (nan)\n");
    else
        printf("    %.3f x its %.1f GFLOP by OpenBLAS at %.1f GFLOP/s (medians of %d)\n",
               bench_median(ratio, rounds), l->total, bench_median(rate, rounds), rounds);
    printf("    %.3f x the same at the %.1f GFLOP/s of multiply-adds without memory\n",
           bench_median(ideal, rounds), bench_median(l->burst, rounds));
    for (size_t i = 0; i < l->products; i++) {
        const struct product *p = &l->product[i];
        double all = product_gflop(p) * rounds;
        printf("    %5zu x %4zu x %4zu, %3d times: OpenBLAS %5.1f, ours %5.1f GFLOP/s\n", p->m,
               p->n, p->k, p->times, all / l->blas[i], all / l->own[i]);
    }
}

static int run_length(enum bench_family family, struct model *m, struct model_scratch *s,
                      double seconds)
{
    static struct bench_counter c;
    static struct length l;
    size_t n = (size_t)(seconds * 16000), t = model_frames(m, n);
    struct rng r = rng_seed(2);
    struct err err;
    struct product_arrays x;
    float *samples = mem_array(n, sizeof *samples);
    l = (struct length){.total = 0};
    l.products = list_products(l.product, family, n, t);
    for (size_t i = 0; i < l.products; i++)
        l.total += product_gflop(&l.product[i]);
    for (size_t i = 0; samples && i < n; i++)
        samples[i] = (float)(rng_uniform(&r) - 0.5) * 0.2f;
    int failed = !product_arrays_make(&x) || !samples ? (int)err_nomem(&err) : 0;
    failed = failed || selector_init(&c.selector, FFN, 31, &err) ||
             length_measure(&l, m, s, samples, n, &c, &x, &err);
    product_arrays_free(&x);
    if (failed)
        fprintf(stderr, "bench: %s\n", err.msg);
    else
        length_print(&l, seconds, t);
    if (!failed && bench_all)
        failed = bench_passes(m, s, samples, n, &c) || bench_workers(m, samples, n, seconds);
    selector_free(&c.selector);
    free(samples);
    return failed;
}

static int run(enum bench_family family)
{
    printf("  kernels: %s\n", kernels_get()->name);
    struct model *m = bench_model(family);
    struct model_scratch *s = model_scratch_new();
    int failed = !m || !s || run_length(family, m, s, 7.2) || run_length(family, m, s, 15);
    model_scratch_free(s);
    model_free(m);
    printf("  peak memory so far %.0f MiB\n", bench_peak_mib());
    return failed;
}

static int run_melhubert(void)
{
    return run(BENCH_MELHUBERT);
}

static int run_hubert(void)
{
    return run(BENCH_HUBERT);
}

static int run_wavlm(void)
{
    return run(BENCH_WAVLM);
}

const struct bench_section bench_count = {
    "count", "activation counting with MelHuBERT of base size, one thread", run_melhubert, false};
const struct bench_section bench_hubert = {
    "hubert", "activation counting with HuBERT of base size, one thread", run_hubert, true};
const struct bench_section bench_wavlm = {
    "wavlm", "activation counting with WavLM of base size, one thread", run_wavlm, false};
