/*
 * Which build of the kernels this processor runs: the same sources are compiled for any machine,
 * for AVX2 with FMA and for AVX-512 (simd.h), each with names of its own, and a table of each is
 * made here.
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

/* The build that PROPNEU_KERNELS names, if this processor runs it, else the fastest. */
static const struct kernels *kernels_choose(void)
{
    const struct kernels *all[] = {kernels_avx512(), kernels_avx2(), kernels_portable()};
    const char *asked = getenv("PROPNEU_KERNELS");
    for (int i = 0; asked && i < 3; i++)
        if (all[i] && strcmp(asked, all[i]->name) == 0)
            return all[i];
    for (int i = 0; i < 2; i++)
        if (all[i])
            return all[i];
    return all[2];
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
