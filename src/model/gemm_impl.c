/*
 * Matrix products on a packed right side.  OpenBLAS packs the weights anew for every recording and
 * wants lda >= k; here they are packed once, which at a few hundred rows gains more than its finer
 * tuning does, and a convolution's overlapping rows are read where they stand.
 */
#include "config.h"

#include "kernels_impl.h"

/* Depth of the blocks: one of the right side (DEPTH x PANEL floats) stays in the L1/L2 cache. */
#define DEPTH 512
/* Rows that go over one panel before the next: their part of A stays in the L2 cache. */
#define ROWS  96
#define PANEL (2 * LANES)
#define TILE  6 /* 6 x 2 accumulators, 2 of B and 1 of A fill the 16 registers */

#define TILE_ROW(r)                        \
    if (rows > r) {                        \
        vfloat x = vsplat(a[r * lda + p]); \
        c##r##0 += x * b0;                 \
        c##r##1 += x * b1;                 \
    }

#define STORE_ROW(r)                                                             \
    if (rows > r) {                                                              \
        float *to = c + r * ldc;                                                 \
        vstore(to, start0 + c##r##0 + (add ? vload(to) : zero));                 \
        vstore(to + LANES, start1 + c##r##1 + (add ? vload(to + LANES) : zero)); \
    }

/* ROWS x PANEL of C from K of A and one panel of B; ROWS is a constant in every caller. */
SIMD void tile(const size_t rows, size_t k, const float *a, size_t lda, const float *b, float *c,
               size_t ldc, vfloat start0, vfloat start1, bool add)
{
    const vfloat zero = {0};
    vfloat c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero;
    vfloat c30 = zero, c31 = zero, c40 = zero, c41 = zero, c50 = zero, c51 = zero;
    for (size_t p = 0; p < k; p++, b += PANEL) {
        vfloat b0 = vload(b), b1 = vload(b + LANES);
        TILE_ROW(0)
        TILE_ROW(1)
        TILE_ROW(2)
        TILE_ROW(3)
        TILE_ROW(4)
        TILE_ROW(5)
    }
    STORE_ROW(0)
    STORE_ROW(1)
    STORE_ROW(2)
    STORE_ROW(3)
    STORE_ROW(4)
    STORE_ROW(5)
}

static void tile_rows(size_t rows, size_t k, const float *a, size_t lda, const float *b, float *c,
                      size_t ldc, vfloat start0, vfloat start1, bool add)
{
    switch (rows) {
    case 1: tile(1, k, a, lda, b, c, ldc, start0, start1, add); break;
    case 2: tile(2, k, a, lda, b, c, ldc, start0, start1, add); break;
    case 3: tile(3, k, a, lda, b, c, ldc, start0, start1, add); break;
    case 4: tile(4, k, a, lda, b, c, ldc, start0, start1, add); break;
    case 5: tile(5, k, a, lda, b, c, ldc, start0, start1, add); break;
    default: tile(6, k, a, lda, b, c, ldc, start0, start1, add); break;
    }
}

/* One panel, COLUMNS <= PANEL of it real, for M rows. */
static void panel(size_t m, size_t columns, size_t k, const float *a, size_t lda, const float *b,
                  float *c, size_t ldc, const float *bias, bool add)
{
    float edge[TILE * PANEL], start[PANEL] = {0};
    if (bias)
        memcpy(start, bias, columns * sizeof *start);
    vfloat start0 = vload(start), start1 = vload(start + LANES);
    for (size_t i = 0; i < m; i += TILE) {
        size_t rows = m - i < TILE ? m - i : TILE;
        if (columns == PANEL) {
            tile_rows(rows, k, a + i * lda, lda, b, c + i * ldc, ldc, start0, start1, add);
            continue;
        }
        /* The last, narrower panel goes through a full tile. */
        tile_rows(rows, k, a + i * lda, lda, b, edge, PANEL, start0, start1, false);
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j < columns; j++) {
                float *to = c + (i + r) * ldc + j;
                *to = add ? *to + edge[r * PANEL + j] : edge[r * PANEL + j];
            }
    }
}

void KERNEL(gemm)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
                  float *c, size_t ldc, const float *bias, bool add)
{
    for (size_t i = 0; i < m; i += ROWS) {
        size_t rows = m - i < ROWS ? m - i : ROWS;
        for (size_t p = 0; p < k; p += DEPTH) {
            size_t depth = k - p < DEPTH ? k - p : DEPTH;
            for (size_t j = 0; j < n; j += PANEL)
                panel(rows, n - j < PANEL ? n - j : PANEL, depth, a + i * lda + p, lda,
                      packed + j * k + p * PANEL, c + i * ldc + j, ldc,
                      bias && p == 0 ? bias + j : NULL, add || p > 0);
        }
    }
}

void KERNEL(pack_transposed)(size_t n, size_t k, const float *w, size_t ldw, float *packed)
{
    for (size_t j = 0; j < n; j += PANEL) {
        size_t columns = n - j < PANEL ? n - j : PANEL;
        for (size_t p = 0; p < k; p++, packed += PANEL)
            for (size_t i = 0; i < PANEL; i++)
                packed[i] = i < columns ? w[(j + i) * ldw + p] : 0;
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
