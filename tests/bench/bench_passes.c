/*
 * What the forward pass spends its time with: the model's kernels exchanged for such as look at
 * the clock before and after.
 */
#include "config.h"

#include "bench.h"
#include "bench_model.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/internal.h"

enum pass {
    FRONT_END,
    POSITIONS,
    PROJECTIONS,
    SCORES,
    SOFTMAX,
    FC1,
    FC2,
    GELU,
    NORMS,
    SUMS,
    SELECTION,
    PASSES
};

static const char *const pass_names[PASSES] = {
    "front end's products, GELU, norms",
    "positional convolution",
    "q, k, v and output",
    "scores and values",
    "softmax",
    "FC1",
    "FC2",
    "GELU of FC1",
    "norms",
    "sums and position bias",
    "selection and counting",
};

static double spent[PASSES];
static const struct kernels *real;
static size_t frames;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#define TIMED(pass, call)             \
    do {                              \
        double start = now();         \
        call;                         \
        spent[pass] += now() - start; \
    } while (0)

static enum pass pass_of_product(size_t n, size_t k)
{
    if (n == FFN)
        return FC1;
    if (k == FFN)
        return FC2;
    if (n == EMBED && k == EMBED)
        return PROJECTIONS;
    if (k == HEAD || n == HEAD)
        return n == 2 ? SUMS : SCORES;
    return FRONT_END;
}

static void timed_gemm(size_t m, size_t n, size_t k, const float *a, size_t lda,
                       const float *packed, float *c, size_t ldc, const float *bias, bool add)
{
    TIMED(pass_of_product(n, k), real->gemm(m, n, k, a, lda, packed, c, ldc, bias, add));
}

static void timed_pack_transposed(size_t n, size_t k, const float *w, size_t ldw, float *packed)
{
    TIMED(k == HEAD ? SCORES : FRONT_END, real->pack_transposed(n, k, w, ldw, packed));
}

static void timed_pack(size_t n, size_t k, const float *b, size_t ldb, float *packed)
{
    TIMED(SCORES, real->pack(n, k, b, ldb, packed));
}

static bool timed_gelu(float *x, size_t n)
{
    bool finite;
    TIMED(n == FFN ? GELU : n == frames * EMBED ? POSITIONS : FRONT_END, finite = real->gelu(x, n));
    return finite;
}

static void timed_softmax(float *x, size_t rows, size_t n, size_t ld, float scale, float *largest,
                          float *sum, float *factor)
{
    TIMED(SOFTMAX, real->softmax(x, rows, n, ld, scale, largest, sum, factor));
}

static void timed_scale_rows(float *x, size_t rows, size_t n, size_t ld, const float *scale)
{
    TIMED(SOFTMAX, real->scale_rows(x, rows, n, ld, scale));
}

static void timed_layer_norm(float *out, const float *x, size_t rows, size_t n, const float *gain,
                             const float *bias, float epsilon)
{
    TIMED(n == EMBED ? NORMS : FRONT_END, real->layer_norm(out, x, rows, n, gain, bias, epsilon));
}

static void timed_add(float *x, const float *y, size_t n)
{
    TIMED(SUMS, real->add(x, y, n));
}

static void timed_add_scaled(float *x, const float *y, float scale, size_t n)
{
    TIMED(SUMS, real->add_scaled(x, y, scale, n));
}

static void timed_fourier(float *re, float *im, const float *roots)
{
    TIMED(POSITIONS, real->fourier(re, im, roots));
}

static void timed_fourier_back(float *re, float *im, const float *roots)
{
    TIMED(POSITIONS, real->fourier_back(re, im, roots));
}

static void timed_fourier_mix(size_t series, size_t channels, const float *filters, const float *x,
                              float *y)
{
    TIMED(POSITIONS, real->fourier_mix(series, channels, filters, x, y));
}

static enum status timed_rows(void *context, const struct model_block *b, struct err *err)
{
    enum status code;
    TIMED(SELECTION, code = bench_count_rows(context, b, err));
    return code;
}

int bench_passes(struct model *m, struct model_scratch *s, const float *samples, size_t n,
                 struct bench_counter *c)
{
    struct kernels timed = *m->kn;
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), timed_rows, c};
    struct err err;
    double best = 0, share[PASSES];
    enum status code = STATUS_OK;
    real = m->kn;
    frames = model_frames(m, n);
    timed.gemm = timed_gemm;
    timed.pack_transposed = timed_pack_transposed;
    timed.pack = timed_pack;
    timed.gelu = timed_gelu;
    timed.softmax = timed_softmax;
    timed.scale_rows = timed_scale_rows;
    timed.layer_norm = timed_layer_norm;
    timed.add = timed_add;
    timed.add_scaled = timed_add_scaled;
    timed.fourier = timed_fourier;
    timed.fourier_back = timed_fourier_back;
    timed.fourier_mix = timed_fourier_mix;
    m->kn = &timed;
    for (int k = 0; k < bench_rounds() && !code; k++) {
        memset(spent, 0, sizeof spent);
        double start = now();
        code = model_forward(m, s, samples, n, &sink, &err);
        double took = now() - start;
        if (k == 0 || took < best)
            for (int p = 0; p < PASSES; p++)
                share[p] = spent[p] / took;
        best = k == 0 || took < best ? took : best;
    }
    m->kn = real;
    if (code) {
        fprintf(stderr, "bench: %s\n", err.msg);
        return 1;
    }
    double rest = 1;
    for (int p = 0; p < PASSES; p++) {
        printf("    %4.1f %%  %s\n", 100 * share[p], pass_names[p]);
        rest -= share[p];
    }
    printf("    %4.1f %%  the rest: copies, log-mel\n", 100 * rest);
    return 0;
}
