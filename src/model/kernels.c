#include "config.h"

#include "propneu/kernels.h"

#include <stdlib.h>
#include <string.h>

#include "kernels_impl.h"

#define TABLE(build, width)                                                                     \
    {                                                                                           \
        .name = #build, .panel = (width), .gemm = gemm_##build,                                 \
        .pack_transposed = pack_transposed_##build, .pack = pack_##build, .gelu = gelu_##build, \
        .relu = relu_##build, .tanh = tanh_##build, .softmax = softmax_##build,                 \
        .scale_rows = scale_rows_##build, .layer_norm = layer_norm_##build, .add = add_##build, \
        .candidates = candidates_##build, .threshold = threshold_##build                        \
    }

static const struct kernels portable = TABLE(portable, 8);

const struct kernels *kernels_portable(void)
{
    return &portable;
}

#ifdef HAVE_AVX2

/* The names of the other build. */
#undef KERNEL
#define KERNEL(name) name##_avx2
#undef PROPNEU_KERNELS_IMPL_H
#include "kernels_impl.h"

static const struct kernels avx2 = TABLE(avx2, 16);

const struct kernels *kernels_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &avx2 : NULL;
}

#else

const struct kernels *kernels_avx2(void)
{
    return NULL;
}

#endif

const struct kernels *kernels_get(void)
{
    static const struct kernels *chosen;
    const struct kernels *kn = __atomic_load_n(&chosen, __ATOMIC_ACQUIRE);
    if (!kn) {
        const char *asked = getenv("PROPNEU_KERNELS");
        kn = asked && strcmp(asked, "portable") == 0 ? NULL : kernels_avx2();
        kn = kn ? kn : &portable;
        __atomic_store_n(&chosen, kn, __ATOMIC_RELEASE);
    }
    return kn;
}
