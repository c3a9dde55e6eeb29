/*
 * kernels.h - the arithmetic of the forward pass, in the fastest form this processor runs.
 *
 * Every kernel exists for any machine, for AVX2 with FMA, for AVX-512 and for NEON; they agree to
 * rounding. Sums are made in another order in each, so that of a million activated neurons a few
 * are others in one build than in another: only such as are within some 1e-6 of a frame's largest
 * of each other.  Within one of them results depend neither on the number of threads nor on the
 * caches' sizes.  Matrices are row-major, "ld" being the distance between rows in elements.
 *
 * Each has a naive twin in tests/unit/test_kernels.c, test_backward_kernels.c or test_select.c. The
 * kernel of a backward pass stands behind the forward one that it is of: a member here, a line in
 * kernels_impl.h and in the table of kernels.c, the loop in NAME_impl.c, a twin in the test.
 */
#ifndef PROPNEU_MODEL_KERNELS_KERNELS_H
#define PROPNEU_MODEL_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A matrix product's right side, packed: panels of `panel` columns each, in which the columns'
 * elements of one k stand side by side; the last panel is filled up with zeros.
 */
struct kernels {
    const char *name; /* "portable", "avx2", "avx512", "neon" */
    size_t panel;     /* columns in a packed panel */
    size_t lanes;     /* floats in a vector */

    /*
     * C [m][n] = A [m][k] B (+ BIAS [n] in every row, unless NULL), or C += A B if ADD, without a
     * BIAS.  B is packed.  Rows of A may overlap (lda < k), as those of a convolution do.
     */
    void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
                 float *c, size_t ldc, const float *bias, bool add);

    /* The same of A given as its transpose [k][m]: the gradients of weights.  WORK has
     * KERNELS_TURNED_ROWS x KERNELS_TURNED_DEPTH floats. */
    void (*gemm_turned)(size_t m, size_t n, size_t k, const float *a, size_t lda,
                        const float *packed, float *c, size_t ldc, bool add, float *work);

    /* Packs B [k][n] given as its transpose W [n][k]: a layer's weights, or a head's keys. */
    void (*pack_transposed)(size_t n, size_t k, const float *w, size_t ldw, float *packed);

    /* Packs B [k][n] as it is: a head's values. */
    void (*pack)(size_t n, size_t k, const float *b, size_t ldb, float *packed);

    /* X = gelu(X), 0.5 x (1 + erf(x / sqrt 2)), absolute error < 1.5e-6; false if an X [n] is not a
     * finite number. */
    bool (*gelu)(float *x, size_t n);

    /* X = X sigmoid(LINEAR X + CUBIC X^3), absolute error < 1.5e-6 (values in -10 .. 10); likewise.
     * SiLU, and GELU by its approximations. */
    bool (*gate)(float *x, size_t n, float linear, float cubic);

    /* X = max(X, 0) and X = tanh(X); likewise. */
    bool (*relu)(float *x, size_t n);
    bool (*tanh)(float *x, size_t n);

    /*
     * A block of columns of a softmax: LARGEST [rows] becomes the row's largest so far, from
     * -INFINITY on, FACTOR [rows] what sums so far are to be multiplied by, SUM [rows] is, and
     * grows by the block's; X [rows][n] = exp(scale (X - largest)).
     */
    void (*softmax)(float *x, size_t rows, size_t n, size_t ld, float scale, float *largest,
                    float *sum, float *factor);

    /* X [rows][n] times SCALE [rows]. */
    void (*scale_rows)(float *x, size_t rows, size_t n, size_t ld, const float *scale);

    /* OUT = layer norm of X [rows][n] (EPSILON is added to the biased variance); OUT may be X. */
    void (*layer_norm)(float *out, const float *x, size_t rows, size_t n, const float *gain,
                       const float *bias, float epsilon);

    /* DX = DX gelu'(X): from the gradient of gelu's values to that of its arguments X. */
    void (*gelu_back)(float *dx, const float *x, size_t n);

    /* DP [rows][n], the gradient of the probabilities P = softmax(scale X), becomes that of X. */
    void (*softmax_back)(float *dp, const float *p, size_t rows, size_t n, float scale);

    /* DX [rows][n], the gradient of a layer norm's values, becomes that of its X, whose MEAN and
     * INVERSE deviation [rows] are given; DGAIN and DBIAS [n] are added to. */
    void (*layer_norm_back)(float *dx, const float *x, size_t rows, size_t n, const float *mean,
                            const float *inverse, const float *gain, float *dgain, float *dbias);

    /* X [n] += Y [n], and X [n] += SCALE Y [n]. */
    void (*add)(float *x, const float *y, size_t n);
    void (*add_scaled)(float *x, const float *y, float scale, size_t n);

    /*
     * The Fourier transform of a vector of series X [KERNELS_FOURIER][lanes], real and imaginary
     * parts, in place: frequency f then stands at kernels_fourier_at(f).  ROOTS are cos and -sin
     * of 2 pi j / KERNELS_FOURIER for j < KERNELS_FOURIER / 2.  And the inverse, times
     * KERNELS_FOURIER.
     */
    void (*fourier)(float *re, float *im, const float *roots);
    void (*fourier_back)(float *re, float *im, const float *roots);

    /*
     * Y = sum of FILTERS X at every frequency, for SERIES transforms X and Y, each
     * [vectors][re, im][KERNELS_FOURIER][lanes] of as many vectors as CHANNELS take; FILTERS are
     * transforms of real ones, [KERNELS_FOURIER / 2 + 1][channels][vectors][re, im][lanes].
     */
    void (*fourier_mix)(size_t series, size_t channels, const float *filters, const float *x,
                        float *y);

    /*
     * What toom_impl.c says, for GROUPS of four outputs and N columns.  X: rows d0 .. d3 of each
     * group and one more behind the last, LD apart, become a0 .. a3; a4 goes to LAST.  Y: rows p1
     * .. p3 of each group, LD apart and behind one that is not looked at, become the four sums
     * without p0 and p4, + BIAS [n] unless it is NULL.
     */
    void (*toom_in)(size_t groups, size_t n, float *x, size_t ld, float *last, size_t ld_last);
    void (*toom_out)(size_t groups, size_t n, float *y, size_t ld, const float *bias);

    /*
     * Candidates among ROW [width] that hold the tau largest |row|: indices in ascending order and
     * |row| as bits, [at least tau]; returns how many.  Room for width + 16 of each.
     */
    size_t (*candidates)(const float *row, size_t width, size_t tau, uint32_t *index,
                         uint32_t *key);

    /* Largest T such that at least TAU of KEY [n] are >= T, or any T that exactly TAU reach. */
    uint32_t (*threshold)(const uint32_t *key, size_t n, size_t tau);
};

#define KERNELS_FOURIER 256

#define KERNELS_TURNED_ROWS  168
#define KERNELS_TURNED_DEPTH 400

static inline size_t kernels_fourier_at(size_t f)
{
    size_t at = 0;
    for (size_t bit = 1; bit < KERNELS_FOURIER; bit *= 2, f /= 2)
        at = 2 * at + f % 2;
    return at;
}

/* Floats that a packed B of K rows and N columns takes. */
static inline size_t kernels_packed_size(const struct kernels *kn, size_t n, size_t k)
{
    return (n + kn->panel - 1) / kn->panel * kn->panel * k;
}

/* The best for this processor; chosen once.  PROPNEU_KERNELS=NAME asks for another. */
const struct kernels *kernels_get(void);

const struct kernels *kernels_portable(void);

/* NULL where there is none or the processor cannot run it. */
const struct kernels *kernels_avx2(void);
const struct kernels *kernels_avx512(void);
const struct kernels *kernels_neon(void);

/* The build named NAME, or NULL where this processor has none such. */
const struct kernels *kernels_find(const char *name);

/* All that this processor runs, the fastest first; ends with NULL. */
#define KERNELS_BUILDS 4
void kernels_list(const struct kernels *out[KERNELS_BUILDS + 1]);

/* Bytes of a core's L2 cache, or OTHERWISE where the system doesn't tell. */
size_t kernels_l2_cache(size_t otherwise);

#endif
