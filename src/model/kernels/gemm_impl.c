/*
 * Matrix products on a packed right side.  A BLAS packs the weights again for every recording and
 * wants lda >= k; here they are packed once, which at a few hundred rows gains more than its finer
 * tuning does, and a convolution's overlapping rows are read where they stand.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/kernels/kernels.h"
#include "model/kernels/kernels_impl.h"
#include "model/kernels/turn.h"

/* The whole tile by itself, where there is one. */
#if defined KERNELS_AVX512 && defined __x86_64__
#include "model/kernels/tile_avx512.h"
#define TILE_WHOLE tile_avx512
#elif defined KERNELS_AVX2 && defined __x86_64__
#include "model/kernels/tile_avx2.h"
#define TILE_WHOLE tile_avx2
#elif defined KERNELS_NEON
#include "model/kernels/tile_neon.h"
#define TILE_WHOLE tile_neon
#endif

/*
 * A panel's part of DEPTH rows stays in the L1 cache, while the rows of A that fit into the L2
 * cache (gemm_rows) pass by.  Sums are rounded where DEPTH ends, so that it is the same on every
 * processor.  L2 is what a processor of the kind has at least.
 */
#ifdef KERNELS_AVX512
#define DEPTH 256
#define L2    ((size_t)1 << 20)
#else
#define DEPTH 384
#define L2    ((size_t)512 << 10)
#endif
#define PANEL (2 * LANES)
/* Rows at a time: 2 accumulators each, 2 vectors of B and those of A fill the registers. */
#ifdef KERNELS_AVX512
#define TILE 14
#elif defined KERNELS_NEON
#define TILE TILE_NEON_ROWS
#else
#define TILE 6
#endif

/* Hides how the pointers came about, or the compiler makes one for each row out of them. */
#define KEEP_POINTERS(a, b, c, d, e) __asm__("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e))

/* Row R, by three from one pointer: with one for each row there are too few registers. */
#define TILE_ROW(r, from)                       \
    if (rows > r) {                             \
        vfloat x = vsplat((from)[r % 3 * lda]); \
        c##r = vfma(x, b0, c##r);               \
        if (vectors > 1)                        \
            d##r = vfma(x, b1, d##r);           \
    }

#define STORE_ROW(r)                                                              \
    if (rows > r) {                                                               \
        vstore(c + r * ldc, vload(from + r * ldfrom) + c##r);                     \
        if (vectors > 1)                                                          \
            vstore(c + r * ldc + LANES, vload(from + r * ldfrom + LANES) + d##r); \
    }

/*
 * ROWS x VECTORS of C from K of A and one panel of B, added to those of FROM, which may be C, or a
 * single row where LDFROM is 0; ROWS and VECTORS are constants in every caller.
 */
SIMD void gemm_tile(const size_t rows, const size_t vectors, size_t k, const float *a, size_t lda,
                    const float *b, const float *from, size_t ldfrom, float *c, size_t ldc)
{
    const vfloat zero = {0};
    vfloat c0 = zero, d0 = zero, c1 = zero, d1 = zero, c2 = zero, d2 = zero, c3 = zero, d3 = zero,
           c4 = zero, d4 = zero, c5 = zero, d5 = zero, c6 = zero, d6 = zero, c7 = zero, d7 = zero,
           c8 = zero, d8 = zero, c9 = zero, d9 = zero, c10 = zero, d10 = zero, c11 = zero,
           d11 = zero, c12 = zero, d12 = zero, c13 = zero, d13 = zero;
    const float *a3 = a + 3 * lda, *a6 = a + 6 * lda, *a9 = a + 9 * lda, *a12 = a + 12 * lda;
    for (size_t p = 0; p < k; p++, b += PANEL, a++, a3++, a6++, a9++, a12++) {
        vfloat b0 = vload(b), b1 = vectors > 1 ? vload(b + LANES) : zero;
        KEEP_POINTERS(a, a3, a6, a9, a12);
        TILE_ROW(0, a)
        TILE_ROW(1, a)
        TILE_ROW(2, a)
        TILE_ROW(3, a3)
        TILE_ROW(4, a3)
        TILE_ROW(5, a3)
        TILE_ROW(6, a6)
        TILE_ROW(7, a6)
        TILE_ROW(8, a6)
        TILE_ROW(9, a9)
        TILE_ROW(10, a9)
        TILE_ROW(11, a9)
        TILE_ROW(12, a12)
        TILE_ROW(13, a12)
    }
    STORE_ROW(0)
    STORE_ROW(1)
    STORE_ROW(2)
    STORE_ROW(3)
    STORE_ROW(4)
    STORE_ROW(5)
    STORE_ROW(6)
    STORE_ROW(7)
    STORE_ROW(8)
    STORE_ROW(9)
    STORE_ROW(10)
    STORE_ROW(11)
    STORE_ROW(12)
    STORE_ROW(13)
}

SIMD void gemm_tile_rows(size_t rows, const size_t vectors, size_t k, const float *a, size_t lda,
                         const float *b, const float *from, size_t ldfrom, float *c, size_t ldc)
{
    switch (rows) {
    case 1: gemm_tile(1, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 2: gemm_tile(2, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 3: gemm_tile(3, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 4: gemm_tile(4, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 5: gemm_tile(5, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 6: gemm_tile(6, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
#if TILE > 6
    case 7: gemm_tile(7, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 8: gemm_tile(8, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
#endif
#if TILE > 8
    case 9: gemm_tile(9, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 10: gemm_tile(10, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 11: gemm_tile(11, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 12: gemm_tile(12, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 13: gemm_tile(13, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
    case 14: gemm_tile(14, vectors, k, a, lda, b, from, ldfrom, c, ldc); break;
#endif
    default: break;
    }
}

/* A whole tile of both vectors; as gemm_tile otherwise. */
SIMD void gemm_tile_full(size_t k, const float *a, size_t lda, const float *b, const float *from,
                         size_t ldfrom, float *c, size_t ldc)
{
#ifdef TILE_WHOLE
    const size_t line = 64 / sizeof *c;
    for (size_t r = 0; r < TILE; r++)
        for (size_t j = 0; j < PANEL; j += line)
            __builtin_prefetch(c + r * ldc + j, 1);
    TILE_WHOLE(k, a, lda, b, from, ldfrom, c, ldc);
#else
    gemm_tile(TILE, 2, k, a, lda, b, from, ldfrom, c, ldc);
#endif
}

/* Asks for part I of PARTS of the next panel's K x PANEL floats, so that it is in the cache when
 * its turn comes; weights pass by once in a layer and would otherwise come from memory. */
SIMD void prefetch_part(const float *next, size_t k, size_t i, size_t parts)
{
    const size_t line = 64 / sizeof *next, lines = k * PANEL / line;
    for (size_t l = lines * i / parts; l < lines * (i + 1) / parts; l++)
        __builtin_prefetch(next + l * line, 0, 2);
}

/* Columns of C that are no whole vectors, ROWS of them by way of a whole tile. */
static void gemm_edge(size_t rows, size_t columns, size_t k, const float *a, size_t lda,
                      const float *b, const float *from, size_t ldfrom, float *c, size_t ldc)
{
    float edge[TILE * PANEL] = {0};
    for (size_t r = 0; r < rows; r++)
        memcpy(edge + r * PANEL, from + r * ldfrom, columns * sizeof *edge);
    gemm_tile_rows(rows, 2, k, a, lda, b, edge, PANEL, edge, PANEL);
    for (size_t r = 0; r < rows; r++)
        memcpy(c + r * ldc, edge + r * PANEL, columns * sizeof *edge);
}

/* One panel, COLUMNS <= PANEL of it real, for M rows; NEXT: the panel behind, or NULL. */
static void gemm_panel(size_t m, size_t columns, size_t k, const float *a, size_t lda,
                       const float *b, const float *next, float *c, size_t ldc, const float *bias,
                       bool add)
{
    float first[PANEL] = {0};
    if (bias)
        memcpy(first, bias, columns * sizeof *first);
    size_t ldfrom = add ? ldc : 0;
    for (size_t i = 0; i < m; i += TILE) {
        size_t rows = m - i < TILE ? m - i : TILE;
        const float *x = a + i * lda, *from = add ? c + i * ldc : first;
        float *y = c + i * ldc;
        if (next)
            prefetch_part(next, k, i / TILE, (m + TILE - 1) / TILE);
        if (columns == PANEL && rows == TILE)
            gemm_tile_full(k, x, lda, b, from, ldfrom, y, ldc);
        else if (columns == PANEL)
            gemm_tile_rows(rows, 2, k, x, lda, b, from, ldfrom, y, ldc);
        else if (columns == LANES)
            gemm_tile_rows(rows, 1, k, x, lda, b, from, ldfrom, y, ldc);
        else
            gemm_edge(rows, columns, k, x, lda, b, from, ldfrom, y, ldc);
    }
}

/* ROWS of C, some DEPTH of them: all panels of B, of K rows, whose part from P on is meant. */
static void gemm_block(size_t rows, size_t n, size_t k, size_t p, size_t depth, const float *a,
                       size_t lda, const float *packed, float *c, size_t ldc, const float *bias,
                       bool add)
{
    for (size_t j = 0; j < n; j += PANEL) {
        const float *b = packed + j * k + p * PANEL;
        gemm_panel(rows, n - j < PANEL ? n - j : PANEL, depth, a, lda, b,
                   j + PANEL < n ? b + k * PANEL : NULL, c + j, ldc,
                   bias && p == 0 ? bias + j : NULL, add || p > 0);
    }
}

/*
 * How many of M rows are multiplied at a time: the larger, the seldomer weights come from memory,
 * as long as DEPTH of each stay in the L2 cache next to what passes.  In equal parts, or a short
 * last one would fetch all weights for little.
 */
static size_t gemm_rows(size_t m)
{
    size_t most = kernels_l2_cache(L2) * 3 / 5 / (DEPTH * sizeof(float)) / TILE;
    if (most < 8)
        most = 8;
    size_t tiles = (m + TILE - 1) / TILE, parts = (tiles + most - 1) / most;
    return parts ? (tiles + parts - 1) / parts * TILE : TILE;
}

/* Distance of the rows of a copied or turned block: an odd number of cache lines, so that all sets
 * are used. */
#define BLOCK_STRIDE (DEPTH + 16)

/*
 * Rows that are whole pages apart, as those of a width of 1024 are, all want the same lines of the
 * L1 cache, of which there are 8 or 12: the larger tile finds none of its own there.  A block of
 * them is copied once for all panels, where those are so many that this is little.  Without memory
 * it is slower, no more.
 */
static float *gemm_room(size_t rows, size_t n, size_t lda)
{
    const size_t page = 4096 / sizeof(float);
    return lda % page == 0 && n >= 4 * PANEL ? mem_aligned(rows * BLOCK_STRIDE, sizeof(float))
                                             : NULL;
}

void KERNEL(gemm)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
                  float *c, size_t ldc, const float *bias, bool add)
{
    size_t most = gemm_rows(m);
    float *copy = gemm_room(most, n, lda);
    for (size_t i = 0; i < m; i += most) {
        size_t rows = m - i < most ? m - i : most;
        for (size_t p = 0; p < k; p += DEPTH) {
            size_t depth = k - p < DEPTH ? k - p : DEPTH;
            const float *x = a + i * lda + p;
            for (size_t r = 0; r < rows && copy; r++)
                memcpy(copy + r * BLOCK_STRIDE, x + r * lda, depth * sizeof *copy);
            gemm_block(rows, n, k, p, depth, copy ? copy : x, copy ? BLOCK_STRIDE : lda, packed,
                       c + i * ldc, ldc, bias, add);
        }
    }
    free(copy);
}

void KERNEL(gemm_turned)(size_t m, size_t n, size_t k, const float *a, size_t lda,
                         const float *packed, float *c, size_t ldc, bool add, float *work)
{
    for (size_t i = 0; i < m; i += KERNELS_TURNED_ROWS) {
        size_t rows = m - i < KERNELS_TURNED_ROWS ? m - i : KERNELS_TURNED_ROWS;
        for (size_t p = 0; p < k; p += DEPTH) {
            size_t depth = k - p < DEPTH ? k - p : DEPTH;
            turn(depth, rows, a + p * lda + i, lda, work, BLOCK_STRIDE);
            gemm_block(rows, n, k, p, depth, work, BLOCK_STRIDE, packed, c + i * ldc, ldc, NULL,
                       add);
        }
    }
}
_Static_assert(BLOCK_STRIDE <= KERNELS_TURNED_DEPTH, "the work of gemm_turned");

void KERNEL(pack_transposed)(size_t n, size_t k, const float *w, size_t ldw, float *packed)
{
    for (size_t j = 0; j < n; j += PANEL, packed += k * PANEL) {
        size_t columns = n - j < PANEL ? n - j : PANEL;
        turn(columns, k, w + j * ldw, ldw, packed, PANEL);
        for (size_t q = 0; columns < PANEL && q < k; q++)
            memset(packed + q * PANEL + columns, 0, (PANEL - columns) * sizeof *packed);
    }
}

void KERNEL(pack)(size_t n, size_t k, const float *b, size_t ldb, float *packed)
{
    for (size_t j = 0; j < n; j += PANEL) {
        size_t columns = n - j < PANEL ? n - j : PANEL;
        for (size_t p = 0; p < k; p++, packed += PANEL) {
            memcpy(packed, b + p * ldb + j, columns * sizeof *packed);
            memset(packed + columns, 0, (PANEL - columns) * sizeof *packed);
        }
    }
}
