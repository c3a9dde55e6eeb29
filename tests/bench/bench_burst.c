/*
 * The most multiply-adds a core can do: independent chains in registers, nothing from memory.
 */
#include "config.h"

#include "bench.h"

#include <string.h>

#include "model/kernels/kernels.h"

#define TURNS   500000
#define CHAINS  12
#define EACH(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11)

/*
 * One chain each; it converges to 1 and never becomes subnormal.  Chains begin with values of which
 * the compiler knows nothing: of equal ones it computes one and counts it twelve times.
 */
#define START(i)  vector x##i = zero + start[i];
#define TURN(i)   x##i = x##i * a + b;
#define FINISH(i) x0 += x##i;

/* The loop for vectors of one type, in GFLOP; the barrier keeps turns from being merged. */
#define BURST(type)                            \
    typedef type vector;                       \
    const vector zero = {0};                   \
    vector a = zero + 0.75f, b = zero + 0.25f; \
    EACH(START)                                \
    for (long n = 0; n < TURNS; n++) {         \
        EACH(TURN)                             \
        __asm__ volatile("");                  \
    }                                          \
    EACH(FINISH)                               \
    memcpy(sink, &x0, sizeof *sink);           \
    return 2e-9 * CHAINS * TURNS * (double)(sizeof a / sizeof *sink);

typedef float vector4 __attribute__((vector_size(16)));
typedef float vector8 __attribute__((vector_size(32)));
typedef float vector16 __attribute__((vector_size(64)));

static double burst_portable(const volatile float *start, float *sink)
{
    BURST(vector4)
}

#if defined HAVE_AVX2 && defined __x86_64__
__attribute__((target("avx2,fma"))) static double burst_avx2(const volatile float *start,
                                                             float *sink)
{
    BURST(vector8)
}
#endif

#if defined HAVE_AVX512 && defined __x86_64__
__attribute__((target("avx512f"))) static double burst_avx512(const volatile float *start,
                                                              float *sink)
{
    BURST(vector16)
}
#endif

double bench_burst(void)
{
    static volatile float start[CHAINS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const char *name = kernels_get()->name;
    double (*burst)(const volatile float *, float *) = burst_portable;
    float sink;
#if defined HAVE_AVX2 && defined __x86_64__
    if (strcmp(name, "avx2") == 0)
        burst = burst_avx2;
#endif
#if defined HAVE_AVX512 && defined __x86_64__
    if (strcmp(name, "avx512") == 0)
        burst = burst_avx512;
#endif
    (void)name;
    double begin = bench_cpu(), work = burst(start, &sink);
    return work / (bench_cpu() - begin);
}
