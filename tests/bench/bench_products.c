/*
 * The matrix products of forward and backward passes, one thread, against OpenBLAS where that is
 * installed and against multiply-adds that need no memory, in turn.
 */
#include "config.h"

#include "bench_products.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "bench.h"
#include "model/kernels/kernels.h"

/* OpenBLAS is no part of the program: loaded if it is there, for the comparison alone. */
enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 };
typedef void sgemm_function(int order, int a_is, int b_is, int m, int n, int k, float alpha,
                            const float *a, int lda, const float *b, int ldb, float beta, float *c,
                            int ldc);

/* NULL where it is not installed. */
static sgemm_function *product_blas(void)
{
    static bool tried;
    static sgemm_function *sgemm;
    void (*set_threads)(int) = NULL;
    void *library = tried ? NULL : dlopen("libopenblas.so.0", RTLD_NOW);
    tried = true;
    if (!library)
        return sgemm;
    *(void **)&sgemm = dlsym(library, "cblas_sgemm");
    *(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
    if (set_threads)
        set_threads(1);
    return sgemm;
}

bool product_arrays_make(struct product_arrays *x)
{
    struct rng r = rng_seed(2);
    float **all[] = {&x->a, &x->b, &x->c, &x->packed, &x->work};
    bool made = true;
    for (int i = 0; i < 5; i++)
        made &= (*all[i] = mem_aligned(PRODUCT_FLOATS, sizeof(float))) != NULL;
    for (size_t i = 0; made && i < PRODUCT_FLOATS; i++)
        x->a[i] = x->b[i] = x->packed[i] = (float)(rng_uniform(&r) - 0.5);
    return made;
}

void product_arrays_free(struct product_arrays *x)
{
    free(x->a);
    free(x->b);
    free(x->c);
    free(x->packed);
    free(x->work);
}

double product_gflop(const struct product *p)
{
    return 2e-9 * (double)p->m * (double)p->n * (double)p->k * p->times;
}

double product_time_blas(const struct product *p, const struct product_arrays *x)
{
    sgemm_function *sgemm = product_blas();
    bool turned = p->kind == PRODUCT_TURNED, weights = p->kind == PRODUCT_WEIGHTS;
    double start = bench_cpu();
    for (int i = 0; i < p->times && sgemm; i++)
        sgemm(ROW_MAJOR, turned ? TRANSPOSED : PLAIN, weights ? TRANSPOSED : PLAIN, (int)p->m,
              (int)p->n, (int)p->k, 1, x->a, (int)(turned ? p->m : p->k), x->b,
              (int)(weights ? p->k : p->n), 0, x->c, (int)p->n);
    return sgemm ? bench_cpu() - start : NAN;
}

double product_time(const struct product *p, const struct product_arrays *x)
{
    const struct kernels *kn = kernels_get();
    /* Rows as far apart as the encoder's: see ffn_stride. */
    const size_t lda = p->k % 1024 ? p->k : p->k + 16;
    double start = bench_cpu();
    for (int i = 0; i < p->times; i++) {
        if (p->kind == PRODUCT_BACK || p->kind == PRODUCT_TURNED)
            kn->pack(p->n, p->k, x->b, p->n, x->packed);
        if (p->kind == PRODUCT_TURNED)
            kn->gemm_turned(p->m, p->n, p->k, x->a, p->m, x->packed, x->c, p->n, false, x->work);
        else
            kn->gemm(p->m, p->n, p->k, x->a, lda, x->packed, x->c, p->n, NULL, false);
    }
    return bench_cpu() - start;
}

/* A shape's rates and their ratios, each the median over ROUNDS. */
static void products_measure(const struct product *p, const struct product_arrays *x, int rounds)
{
    static const char *const kinds[] = {"", "", ", A B^T, packed each time",
                                        ", A^T B, packed each time"};
    double own[BENCH_MAX_ROUNDS], blas[BENCH_MAX_ROUNDS], burst[BENCH_MAX_ROUNDS];
    double to_blas[BENCH_MAX_ROUNDS], to_burst[BENCH_MAX_ROUNDS];
    product_time(p, x);
    for (int k = 0; k < rounds; k++) {
        own[k] = product_gflop(p) / product_time(p, x);
        blas[k] = product_gflop(p) / product_time_blas(p, x);
        burst[k] = bench_burst();
        to_blas[k] = own[k] / blas[k];
        to_burst[k] = own[k] / burst[k];
    }
    printf("  %5zu x %4zu x %4zu  %6.1f  %6.1f  %6.1f  %8.2f  %8.2f%s\n", p->m, p->n, p->k,
           bench_median(own, rounds), bench_median(blas, rounds), bench_median(burst, rounds),
           bench_median(to_blas, rounds), bench_median(to_burst, rounds), kinds[p->kind]);
}

static int products_run(void)
{
    static const struct product list[] = {
        {749, 3072, 768, PRODUCT_WEIGHTS, 1},  {749, 768, 3072, PRODUCT_WEIGHTS, 1},
        {749, 768, 768, PRODUCT_WEIGHTS, 3},   {359, 3072, 768, PRODUCT_WEIGHTS, 2},
        {5759, 512, 1536, PRODUCT_WEIGHTS, 1}, {749, 749, 64, PRODUCT_WEIGHTS, 40},
        {48, 749, 64, PRODUCT_WEIGHTS, 600},   {48, 64, 749, PRODUCT_VALUES, 600},
        {2996, 768, 3072, PRODUCT_BACK, 1},    {2996, 3072, 768, PRODUCT_BACK, 1},
        {3072, 768, 2996, PRODUCT_TURNED, 1},  {768, 3072, 2996, PRODUCT_TURNED, 1},
    };
    struct product_arrays x;
    bool made = product_arrays_make(&x);
    printf("  kernels: %s; GFLOP/s and ratios, medians of %d\n", kernels_get()->name,
           bench_rounds());
    printf("      m      n      k    ours    blas   burst  ours/blas  /burst\n");
    for (size_t i = 0; made && i < sizeof list / sizeof *list; i++)
        products_measure(&list[i], &x, bench_rounds());
    if (!made)
        fprintf(stderr, "bench: out of memory\n");
    product_arrays_free(&x);
    return !made;
}

const struct bench_section bench_products = {
    "products", "matrix products of forward and backward passes, one thread", products_run, true};
