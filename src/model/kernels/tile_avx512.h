/*
 * tile_avx512.h - the inner loop of a matrix product, 14 rows by 32 columns, for AVX-512.
 *
 * In assembly as tile_avx2.h is: 28 sums, two vectors of B and two of A are all 32 registers.  A
 * step of k is 39 instructions for 28 multiply-adds and loads 21 times.  Processors that begin two
 * multiply-adds and two loads in a cycle need 14 cycles for the former, in which there is room for
 * 28 loads; the rest is for what is not in the first cache at once.  So rows whose address is a
 * register alone are multiplied where they stand, which takes a load for each of their two
 * multiply-adds, and the others, whose address would split such an instruction again, are loaded
 * once.
 */
#ifndef PROPNEU_MODEL_KERNELS_TILE_AVX512_H
#define PROPNEU_MODEL_KERNELS_TILE_AVX512_H

#include <stddef.h>

/* Where the sums go, and what they are added to; in memory, as few registers are left. */
struct tile_avx512_end {
    const float *from;
    size_t ldfrom; /* in bytes, as the next */
    float *c;
    size_t ldc;
    size_t rest; /* steps of k behind the unrolled ones */
};

/* clang-format off */

/* A row of A by both vectors of B, added to the sums S0 and S1: where it stands, or by way of a
 * register. */
#define TILE_AVX512_HERE(row, s0, s1)                            \
    "vfmadd231ps " row "%{1to16%}, %%zmm28, %%zmm" s0 "\n\t"     \
    "vfmadd231ps " row "%{1to16%}, %%zmm29, %%zmm" s1 "\n\t"
#define TILE_AVX512_BY(reg, row, s0, s1)                         \
    "vbroadcastss " row ", %%zmm" reg "\n\t"                     \
    "vfmadd231ps %%zmm28, %%zmm" reg ", %%zmm" s0 "\n\t"         \
    "vfmadd231ps %%zmm29, %%zmm" reg ", %%zmm" s1 "\n\t"

/* Step Q of the unrolled loop: column Q of A times row Q of B. */
#define TILE_AVX512_STEP(q)                                      \
    "vmovups " q "*128(%[b]), %%zmm28\n\t"                       \
    "vmovups " q "*128+64(%[b]), %%zmm29\n\t"                    \
    TILE_AVX512_HERE(q "*4(%[a])", "0", "1")                     \
    TILE_AVX512_BY("30", q "*4(%[a], %[lda])", "2", "3")         \
    TILE_AVX512_BY("31", q "*4(%[a], %[lda], 2)", "4", "5")      \
    TILE_AVX512_HERE(q "*4(%[a3])", "6", "7")                    \
    TILE_AVX512_BY("30", q "*4(%[a3], %[lda])", "8", "9")        \
    TILE_AVX512_BY("31", q "*4(%[a3], %[lda], 2)", "10", "11")   \
    TILE_AVX512_HERE(q "*4(%[a6])", "12", "13")                  \
    TILE_AVX512_BY("30", q "*4(%[a6], %[lda])", "14", "15")      \
    TILE_AVX512_BY("31", q "*4(%[a6], %[lda], 2)", "16", "17")   \
    TILE_AVX512_HERE(q "*4(%[a9])", "18", "19")                  \
    TILE_AVX512_BY("30", q "*4(%[a9], %[lda])", "20", "21")      \
    TILE_AVX512_BY("31", q "*4(%[a9], %[lda], 2)", "22", "23")   \
    TILE_AVX512_HERE(q "*4(%[a12])", "24", "25")                 \
    TILE_AVX512_BY("30", q "*4(%[a12], %[lda])", "26", "27")

#define TILE_AVX512_NEXT(steps)                                  \
    "add $" steps "*4, %[a]\n\t"                                 \
    "add $" steps "*4, %[a3]\n\t"                                \
    "add $" steps "*4, %[a6]\n\t"                                \
    "add $" steps "*4, %[a9]\n\t"                                \
    "add $" steps "*4, %[a12]\n\t"                               \
    "add $" steps "*128, %[b]\n\t"                               \
    "dec %[count]\n\t"

#define TILE_AVX512_CLEAR(s) "vpxord %%zmm" s ", %%zmm" s ", %%zmm" s "\n\t"

/* A row's sums and what they are added to become a row of C; A and A3 have come to FROM and C. */
#define TILE_AVX512_STORE(s0, s1)                                \
    "vaddps (%[a]), %%zmm" s0 ", %%zmm" s0 "\n\t"                \
    "vaddps 64(%[a]), %%zmm" s1 ", %%zmm" s1 "\n\t"              \
    "vmovups %%zmm" s0 ", (%[a3])\n\t"                           \
    "vmovups %%zmm" s1 ", 64(%[a3])\n\t"                         \
    "add %[a6], %[a]\n\t"                                        \
    "add %[a9], %[a3]\n\t"

/*
 * C [14][32] = FROM [14][32] + A [14][k] B [k][32]; FROM may be C, or a single row where LDFROM is
 * 0.  Each sum is made in the order of k from 0 on, then added to what FROM has.
 */
static inline void tile_avx512(size_t k, const float *a, size_t lda, const float *b,
                               const float *from, size_t ldfrom, float *c, size_t ldc)
{
    const struct tile_avx512_end end = {from, ldfrom * sizeof *from, c, ldc * sizeof *c, k % 4};
    const float *a3 = a + 3 * lda, *a6 = a3 + 3 * lda, *a9 = a6 + 3 * lda, *a12 = a9 + 3 * lda;
    size_t count = k / 4;
    __asm__ volatile(
        TILE_AVX512_CLEAR("0") TILE_AVX512_CLEAR("1") TILE_AVX512_CLEAR("2")
        TILE_AVX512_CLEAR("3") TILE_AVX512_CLEAR("4") TILE_AVX512_CLEAR("5")
        TILE_AVX512_CLEAR("6") TILE_AVX512_CLEAR("7") TILE_AVX512_CLEAR("8")
        TILE_AVX512_CLEAR("9") TILE_AVX512_CLEAR("10") TILE_AVX512_CLEAR("11")
        TILE_AVX512_CLEAR("12") TILE_AVX512_CLEAR("13") TILE_AVX512_CLEAR("14")
        TILE_AVX512_CLEAR("15") TILE_AVX512_CLEAR("16") TILE_AVX512_CLEAR("17")
        TILE_AVX512_CLEAR("18") TILE_AVX512_CLEAR("19") TILE_AVX512_CLEAR("20")
        TILE_AVX512_CLEAR("21") TILE_AVX512_CLEAR("22") TILE_AVX512_CLEAR("23")
        TILE_AVX512_CLEAR("24") TILE_AVX512_CLEAR("25") TILE_AVX512_CLEAR("26")
        TILE_AVX512_CLEAR("27")
        "test %[count], %[count]\n\t"
        "jz 2f\n\t"
        ".p2align 6\n"
        "1:\n\t"
        TILE_AVX512_STEP("0") TILE_AVX512_STEP("1") TILE_AVX512_STEP("2") TILE_AVX512_STEP("3")
        TILE_AVX512_NEXT("4")
        "jnz 1b\n"
        "2:\n\t"
        "mov %c[rest](%[end]), %[count]\n\t"
        "test %[count], %[count]\n\t"
        "jz 4f\n"
        "3:\n\t"
        TILE_AVX512_STEP("0")
        TILE_AVX512_NEXT("1")
        "jnz 3b\n"
        "4:\n\t"
        "mov %c[from](%[end]), %[a]\n\t"
        "mov %c[c](%[end]), %[a3]\n\t"
        "mov %c[ldfrom](%[end]), %[a6]\n\t"
        "mov %c[ldc](%[end]), %[a9]\n\t"
        TILE_AVX512_STORE("0", "1") TILE_AVX512_STORE("2", "3") TILE_AVX512_STORE("4", "5")
        TILE_AVX512_STORE("6", "7") TILE_AVX512_STORE("8", "9") TILE_AVX512_STORE("10", "11")
        TILE_AVX512_STORE("12", "13") TILE_AVX512_STORE("14", "15") TILE_AVX512_STORE("16", "17")
        TILE_AVX512_STORE("18", "19") TILE_AVX512_STORE("20", "21") TILE_AVX512_STORE("22", "23")
        TILE_AVX512_STORE("24", "25") TILE_AVX512_STORE("26", "27")
        "vzeroupper\n\t"
        : [a] "+r"(a), [a3] "+r"(a3), [a6] "+r"(a6), [a9] "+r"(a9), [a12] "+r"(a12), [b] "+r"(b),
          [count] "+r"(count)
        : [lda] "r"(lda * sizeof *a), [end] "r"(&end),
          [from] "i"(offsetof(struct tile_avx512_end, from)),
          [ldfrom] "i"(offsetof(struct tile_avx512_end, ldfrom)),
          [c] "i"(offsetof(struct tile_avx512_end, c)),
          [ldc] "i"(offsetof(struct tile_avx512_end, ldc)),
          [rest] "i"(offsetof(struct tile_avx512_end, rest))
        : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
          "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18",
          "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27",
          "xmm28", "xmm29", "xmm30", "xmm31");
}

/* clang-format on */

#endif
