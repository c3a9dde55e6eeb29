/*
 * Counting with a model of base size (12 x 768 / 3072, random weights): the forward pass with
 * selection and counts of every frame, against the model's own matrix products done by OpenBLAS
 * on one thread, where that is installed, and against the processor's own speed, in turn.
 */
#include "config.h"

#include "bench.h"
#include "bench_model.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/kernels/kernels.h"
#include "base/mem.h"
#include "model/model.h"
#include "base/rng.h"
#include "model/kernels/select.h"

/* OpenBLAS is no part of the program: loaded if it is there, for the comparison alone. */
enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 };
typedef void sgemm_function(int order, int a_is, int b_is, int m, int n, int k, float alpha,
                            const float *a, int lda, const float *b, int ldb, float beta, float *c,
                            int ldc);
static sgemm_function *blas_sgemm;

static void blas_load(void)
{
    void *library = dlopen("libopenblas.so.0", RTLD_NOW);
    void (*set_threads)(int) = NULL;
    if (!library)
        return;
    *(void **)&blas_sgemm = dlsym(library, "cblas_sgemm");
    *(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
    if (set_threads)
        set_threads(1);
}

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

/* One product of a shape, by OpenBLAS as a plain program would do it, or by our kernel packed. */
struct product {
    size_t m, n, k;
    bool weights; /* right side given as rows of outputs */
    int times;
};

#define MAX_PRODUCTS 16

/* What the front end multiplies, frame by frame of its convolutions, and the rest. */
static size_t list_products(struct product *p, enum bench_family family, size_t samples, size_t t)
{
    size_t n = 0, in = 1, rows = samples;
    if (family == BENCH_MELHUBERT)
        p[n++] = (struct product){t, EMBED, INPUT, true, 1};
    for (int i = 0; family != BENCH_MELHUBERT && i < CONVS; i++, in = CONV) {
        rows = (rows - bench_conv[i].kernel) / bench_conv[i].stride + 1;
        p[n++] = (struct product){rows, CONV, in * bench_conv[i].kernel, true, 1};
    }
    if (family != BENCH_MELHUBERT)
        p[n++] = (struct product){t, EMBED, CONV, true, 1};
    struct product all[] = {
        {t, CHANNELS, CHANNELS * TAPS, true, GROUPS},
        {t, EMBED, EMBED, true, 4 * LAYERS},
        {t, FFN, EMBED, true, LAYERS},
        {t, EMBED, FFN, true, LAYERS - 1}, /* the last layer's is never read */
        {t, t, HEAD, true, HEADS * LAYERS},
        {t, HEAD, t, false, HEADS * LAYERS},
    };
    memcpy(p + n, all, sizeof all);
    return n + sizeof all / sizeof *all;
}

static double gflop(const struct product *p)
{
    return 2e-9 * (double)p->m * (double)p->n * (double)p->k * p->times;
}

static double blas_time(const struct product *p, const float *a, const float *b, float *c)
{
    double start = bench_cpu();
    for (int i = 0; i < p->times && blas_sgemm; i++)
        blas_sgemm(ROW_MAJOR, PLAIN, p->weights ? TRANSPOSED : PLAIN, (int)p->m, (int)p->n,
                   (int)p->k, 1, a, (int)p->k, b, (int)(p->weights ? p->k : p->n), 0, c, (int)p->n);
    return blas_sgemm ? bench_cpu() - start : NAN;
}

static double own_time(const struct product *p, const float *a, const float *b, float *c)
{
    const struct kernels *kn = kernels_get();
    double start = bench_cpu();
    /* Rows as far apart as the encoder's. */
    size_t lda = p->k % 1024 ? p->k : p->k + 16;
    for (int i = 0; i < p->times; i++)
        kn->gemm(p->m, p->n, p->k, a, lda, b, c, p->n, NULL, false);
    return bench_cpu() - start;
}

struct buffers {
    float *a, *b, *c;
};

static int run_length(enum bench_family family, struct model *m, struct model_scratch *s,
                      double seconds)
{
    size_t n = (size_t)(seconds * 16000), t = model_frames(m, n), big = (size_t)40 << 20;
    struct rng r = rng_seed(2);
    struct err err;
    struct product p[MAX_PRODUCTS];
    struct buffers x = {mem_aligned(big, 4), mem_aligned(big, 4), mem_aligned(big, 4)};
    float *samples = mem_array(n, sizeof *samples);
    static struct bench_counter c;
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), bench_count_rows, &c};
    double blas[MAX_PRODUCTS] = {0}, own[MAX_PRODUCTS] = {0}, total = 0;
    double ratio[BENCH_MAX_ROUNDS], took[BENCH_MAX_ROUNDS], rate[BENCH_MAX_ROUNDS];
    double burst[BENCH_MAX_ROUNDS], ideal[BENCH_MAX_ROUNDS];
    size_t products = list_products(p, family, n, t);
    int rounds = bench_rounds(), failed = 0;
    for (size_t i = 0; i < n; i++)
        samples[i] = (float)(rng_uniform(&r) - 0.5) * 0.2f;
    for (size_t i = 0; i < big; i++)
        x.a[i] = x.b[i] = (float)(rng_uniform(&r) - 0.5);
    for (size_t i = 0; i < products; i++)
        total += gflop(&p[i]);
    failed =
        selector_init(&c.selector, FFN, 31, &err) || model_forward(m, s, samples, n, &sink, &err);
    for (int k = 0; k < rounds && !failed; k++) {
        double start = bench_cpu(), sum = 0;
        failed = model_forward(m, s, samples, n, &sink, &err);
        took[k] = bench_cpu() - start;
        for (size_t i = 0; i < products; i++) {
            double one = blas_time(&p[i], x.a, x.b, x.c);
            sum += one;
            blas[i] += one;
            own[i] += own_time(&p[i], x.a, x.b, x.c);
        }
        ratio[k] = took[k] / sum;
        rate[k] = total / sum;
        burst[k] = bench_burst();
        ideal[k] = took[k] / (total / burst[k]);
    }
    if (failed)
        fprintf(stderr, "bench: %s\n", err.msg);
    else {
        double forward = bench_median(took, rounds);
        printf("  %.1f s (%zu frames): %.3f s of processor, %.4f a second of audio\n", seconds, t,
               forward, forward / seconds);
        if (blas_sgemm)
            printf("    %.3f x its %.1f GFLOP by OpenBLAS at %.1f GFLOP/s (medians of %d)\n",
                   bench_median(ratio, rounds), total, bench_median(rate, rounds), rounds);
        else
            printf("    OpenBLAS is not installed: no comparison (nan)\n");
        printf("    %.3f x the same at the %.1f GFLOP/s of multiply-adds without memory\n",
               bench_median(ideal, rounds), bench_median(burst, rounds));
        for (size_t i = 0; i < products; i++)
            printf("    %4zu x %4zu x %4zu, %3d times: OpenBLAS %5.1f, ours %5.1f GFLOP/s\n",
                   p[i].m, p[i].n, p[i].k, p[i].times, gflop(&p[i]) * rounds / blas[i],
                   gflop(&p[i]) * rounds / own[i]);
    }
    free(x.a);
    free(x.b);
    free(x.c);
    failed = failed || bench_passes(m, s, samples, n, &c) || bench_workers(m, samples, n, seconds);
    selector_free(&c.selector);
    free(samples);
    return failed;
}

static int run(enum bench_family family)
{
    blas_load();
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
    "count", "activation counting with MelHuBERT of base size, one thread", run_melhubert};
const struct bench_section bench_hubert = {
    "hubert", "activation counting with HuBERT of base size, one thread", run_hubert};
const struct bench_section bench_wavlm = {
    "wavlm", "activation counting with WavLM of base size, one thread", run_wavlm};
