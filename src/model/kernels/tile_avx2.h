/*
 * tile_avx2.h - the inner loop of a matrix product, 6 rows by 16 columns, for AVX2 with FMA.
 *
 * In assembly: twelve sums, two vectors of B and two of A are all sixteen registers, and compilers
 * that unroll the loop spill some of them.  Unrolled it takes 20 instructions for 12 multiply-adds
 * (25 as a compiler's loop), so that it comes near their rate also where another thread shares the
 * core's decoders.
 */
#ifndef PROPNEU_MODEL_KERNELS_TILE_AVX2_H
#define PROPNEU_MODEL_KERNELS_TILE_AVX2_H

#include <stddef.h>

/* clang-format off */

/* Two rows of A times both vectors of B, added to the sums S0 to S3. */
#define TILE_AVX2_PAIR(first, second, s0, s1, s2, s3) \
    "vbroadcastss " first ", %%ymm14\n\t"             \
    "vbroadcastss " second ", %%ymm15\n\t"            \
    "vfmadd231ps %%ymm12, %%ymm14, %%ymm" s0 "\n\t"   \
    "vfmadd231ps %%ymm13, %%ymm14, %%ymm" s1 "\n\t"   \
    "vfmadd231ps %%ymm12, %%ymm15, %%ymm" s2 "\n\t"   \
    "vfmadd231ps %%ymm13, %%ymm15, %%ymm" s3 "\n\t"

/* Step Q of the unrolled loop: column Q of A times row Q of B. */
#define TILE_AVX2_STEP(q)                                                        \
    "vmovups " q "*64(%[b]), %%ymm12\n\t"                                        \
    "vmovups " q "*64+32(%[b]), %%ymm13\n\t"                                     \
    TILE_AVX2_PAIR(q "*4(%[a])", q "*4(%[a], %[lda])", "0", "1", "2", "3")       \
    TILE_AVX2_PAIR(q "*4(%[a], %[lda], 2)", q "*4(%[a3])", "4", "5", "6", "7")   \
    TILE_AVX2_PAIR(q "*4(%[a3], %[lda])", q "*4(%[a3], %[lda], 2)", "8", "9", "10", "11")

#define TILE_AVX2_CLEAR(s) "vxorps %%ymm" s ", %%ymm" s ", %%ymm" s "\n\t"

/* A row's sums and what they are added to become a row of C. */
#define TILE_AVX2_STORE(s0, s1)                        \
    "vaddps (%[from]), %%ymm" s0 ", %%ymm" s0 "\n\t"   \
    "vaddps 32(%[from]), %%ymm" s1 ", %%ymm" s1 "\n\t" \
    "vmovups %%ymm" s0 ", (%[c])\n\t"                  \
    "vmovups %%ymm" s1 ", 32(%[c])\n\t"                \
    "add %[ldfrom], %[from]\n\t"                       \
    "add %[ldc], %[c]\n\t"

/*
 * C [6][16] = FROM [6][16] + A [6][k] B [k][16]; FROM may be C, or a single row where LDFROM is 0.
 * Each sum is made in the order of k from 0 on, then added to what FROM has.
 */
static inline void tile_avx2(size_t k, const float *a, size_t lda, const float *b,
                             const float *from, size_t ldfrom, float *c, size_t ldc)
{
    const float *a3 = a + 3 * lda;
    size_t quads = k / 4, rest = k % 4;
    __asm__ volatile(
        TILE_AVX2_CLEAR("0") TILE_AVX2_CLEAR("1") TILE_AVX2_CLEAR("2") TILE_AVX2_CLEAR("3")
        TILE_AVX2_CLEAR("4") TILE_AVX2_CLEAR("5") TILE_AVX2_CLEAR("6") TILE_AVX2_CLEAR("7")
        TILE_AVX2_CLEAR("8") TILE_AVX2_CLEAR("9") TILE_AVX2_CLEAR("10") TILE_AVX2_CLEAR("11")
        "test %[quads], %[quads]\n\t"
        "jz 2f\n\t"
        ".p2align 5\n"
        "1:\n\t"
        TILE_AVX2_STEP("0") TILE_AVX2_STEP("1") TILE_AVX2_STEP("2") TILE_AVX2_STEP("3")
        "add $16, %[a]\n\t"
        "add $16, %[a3]\n\t"
        "add $256, %[b]\n\t"
        "dec %[quads]\n\t"
        "jnz 1b\n"
        "2:\n\t"
        "test %[rest], %[rest]\n\t"
        "jz 4f\n"
        "3:\n\t"
        TILE_AVX2_STEP("0")
        "add $4, %[a]\n\t"
        "add $4, %[a3]\n\t"
        "add $64, %[b]\n\t"
        "dec %[rest]\n\t"
        "jnz 3b\n"
        "4:\n\t"
        TILE_AVX2_STORE("0", "1") TILE_AVX2_STORE("2", "3") TILE_AVX2_STORE("4", "5")
        TILE_AVX2_STORE("6", "7") TILE_AVX2_STORE("8", "9") TILE_AVX2_STORE("10", "11")
        "vzeroupper\n\t"
        : [a] "+r"(a), [a3] "+r"(a3), [b] "+r"(b), [quads] "+r"(quads), [rest] "+r"(rest),
          [from] "+r"(from), [c] "+r"(c)
        : [lda] "r"(lda * sizeof *a), [ldfrom] "r"(ldfrom * sizeof *from),
          [ldc] "r"(ldc * sizeof *c)
        : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
          "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

/* clang-format on */

#endif
