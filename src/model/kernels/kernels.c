/*
 * Which build of the kernels this processor runs: the same sources are compiled for any machine,
 * for AVX2 with FMA, for AVX-512 and for NEON (simd.h), each with names of its own, and a table of
 * each is made here.
 */
#include "config.h"

#include "model/kernels/kernels.h"

#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "model/kernels/kernels_impl.h"

#define TABLE(build, width)                                                               \
    {                                                                                     \
        .name = #build, .panel = (width), .lanes = (width) / 2, .gemm = gemm_##build,     \
        .fourier = fourier_##build, .fourier_back = fourier_back_##build,                 \
        .fourier_mix = fourier_mix_##build, .pack_transposed = pack_transposed_##build,   \
        .pack = pack_##build, .gemm_turned = gemm_turned_##build, .gelu = gelu_##build,   \
        .gate = gate_##build, .relu = relu_##build, .tanh = tanh_##build,                 \
        .softmax = softmax_##build, .scale_rows = scale_rows_##build,                     \
        .layer_norm = layer_norm_##build, .gelu_back = gelu_back_##build,                 \
        .softmax_back = softmax_back_##build, .layer_norm_back = layer_norm_back_##build, \
        .add = add_##build, .add_scaled = add_scaled_##build, .toom_in = toom_in_##build, \
        .toom_out = toom_out_##build, .candidates = candidates_##build,                   \
        .threshold = threshold_##build                                                    \
    }

static const struct kernels portable = TABLE(portable, 8);

const struct kernels *kernels_portable(void)
{
    return &portable;
}

/* The names of the other builds. */
#undef KERNEL
#undef PROPNEU_MODEL_KERNELS_KERNELS_IMPL_H
#define KERNEL(name) name##_avx2
#include "model/kernels/kernels_impl.h"
#undef KERNEL
#undef PROPNEU_MODEL_KERNELS_KERNELS_IMPL_H
#define KERNEL(name) name##_avx512
#include "model/kernels/kernels_impl.h"
#undef KERNEL
#undef PROPNEU_MODEL_KERNELS_KERNELS_IMPL_H
#define KERNEL(name) name##_neon
#include "model/kernels/kernels_impl.h"

const struct kernels *kernels_avx2(void)
{
#ifdef HAVE_AVX2
    static const struct kernels avx2 = TABLE(avx2, 16);
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &avx2 : NULL;
#else
    return NULL;
#endif
}

const struct kernels *kernels_avx512(void)
{
#ifdef HAVE_AVX512
    static const struct kernels avx512 = TABLE(avx512, 32);
    return kernels_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
               ? &avx512
               : NULL;
#else
    return NULL;
#endif
}

/* All 64-bit Arm processors have it. */
const struct kernels *kernels_neon(void)
{
#ifdef HAVE_NEON
    static const struct kernels neon = TABLE(neon, 8);
    return &neon;
#else
    return NULL;
#endif
}

void kernels_list(const struct kernels *out[KERNELS_BUILDS + 1])
{
    const struct kernels *all[] = {kernels_avx512(), kernels_avx2(), kernels_neon(),
                                   kernels_portable()};
    size_t n = 0;
    for (size_t i = 0; i < KERNELS_BUILDS; i++)
        if (all[i])
            out[n++] = all[i];
    out[n] = NULL;
}

const struct kernels *kernels_find(const char *name)
{
    const struct kernels *all[KERNELS_BUILDS + 1];
    kernels_list(all);
    for (size_t i = 0; all[i]; i++)
        if (strcmp(name, all[i]->name) == 0)
            return all[i];
    return NULL;
}

/* The build that PROPNEU_KERNELS names, if this processor runs it, else the fastest. */
static const struct kernels *kernels_choose(void)
{
    const char *asked = getenv("PROPNEU_KERNELS");
    const struct kernels *kn = asked ? kernels_find(asked) : NULL, *all[KERNELS_BUILDS + 1];
    kernels_list(all);
    return kn ? kn : all[0];
}

const struct kernels *kernels_get(void)
{
    static const struct kernels *chosen;
    const struct kernels *kn = __atomic_load_n(&chosen, __ATOMIC_ACQUIRE);
    if (!kn) {
        kn = kernels_choose();
        __atomic_store_n(&chosen, kn, __ATOMIC_RELEASE);
    }
    return kn;
}

size_t kernels_l2_cache(size_t otherwise)
{
    static long kept;           /* 0: not asked yet, which takes a while; < 0: not known */
    const long most = 2L << 20; /* a larger one is shared by several cores */
    long bytes = __atomic_load_n(&kept, __ATOMIC_RELAXED);
    if (bytes == 0) {
#ifdef _SC_LEVEL2_CACHE_SIZE
        bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
        bytes = bytes <= 0 ? -1 : bytes > most ? most : bytes;
        __atomic_store_n(&kept, bytes, __ATOMIC_RELAXED);
    }
    return bytes < 0 ? otherwise : (size_t)bytes;
}
