/*
 * Both forms of a convolution with three taps and stride two, one product for each tap and
 * Toom-Cook's (wave_toom.c), against sums in double precision: the second loses about one bit more,
 * no matter how the numbers lie.
 */
#include "config.h"

#include "kernel_builds.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#include "model/frontends/wave.h"
#include "model/internal.h"

#define IN     100
#define OUT    70
#define GROUPS 5
#define ROWS   (4 * GROUPS)
#define BELOW  (IN + 4) /* rows are farther apart than they are wide */

/* The root of the mean square, and the largest, of what Y differs from EXACT by. */
static double difference(const float *y, const double *exact, double *largest)
{
    double sum = 0;
    *largest = 0;
    for (size_t i = 0; i < ROWS * OUT; i++) {
        double d = fabs(y[i] - exact[i]);
        sum += d * d;
        *largest = fmax(*largest, d);
    }
    return sqrt(sum / (ROWS * OUT));
}

/* Tap by tap: W as [taps][out][in] packed one behind the other. */
static void run_taps(const struct kernels *kn, const float *taps, const float *x, float *y,
                     const float *bias)
{
    size_t size = kernels_packed_size(kn, OUT, IN);
    for (size_t k = 0; k < 3; k++)
        kn->gemm(ROWS, OUT, IN, x + k * BELOW, 2 * BELOW, taps + k * size, y, OUT, k ? NULL : bias,
                 k > 0);
}

static void check_build(const struct kernels *kn, double offset)
{
    struct err err;
    struct model m = {.kn = kn, .memory = arena_make(SIZE_MAX)};
    struct conv c = {.in = IN, .out = OUT, .kernel = 3, .stride = 2};
    struct rng r = rng_seed(7);
    size_t rows = 2 * ROWS + 1, size = kernels_packed_size(kn, OUT, IN);
    float *w = draw_many(&r, OUT * IN * 3), *bias = draw_many(&r, OUT);
    float *x = draw_many(&r, rows * BELOW);
    float *taps = mem_aligned(3 * size, sizeof *taps), *tap = mem_array(OUT * IN, sizeof *tap);
    float *plain = mem_array(ROWS * OUT, sizeof *plain),
          *quick = mem_array(ROWS * OUT, sizeof *quick);
    float *last = mem_array(GROUPS * BELOW, sizeof *last);
    double *exact = mem_array(ROWS * OUT, sizeof *exact);
    for (size_t i = 0; i < rows * BELOW; i++)
        x[i] += (float)offset;
    for (size_t t = 0; t < ROWS; t++)
        for (size_t o = 0; o < OUT; o++) {
            double sum = bias[o];
            for (size_t i = 0; i < 3 * IN; i++)
                sum += (double)w[(o * IN + i / 3) * 3 + i % 3] * x[(2 * t + i % 3) * BELOW + i / 3];
            exact[t * OUT + o] = sum;
        }
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < OUT * IN; i++)
            tap[i] = w[3 * i + k];
        kn->pack_transposed(OUT, IN, tap, IN, taps + k * size);
    }
    c.packed = taps;
    assert_true(wave_toom_fits(&c));
    assert_ok(wave_toom_pack(&m, &c, w, &err));
    run_taps(kn, taps, x, plain, bias);
    wave_toom_rows(kn, &c, GROUPS, x, BELOW, last, quick, OUT, bias, NULL);
    double most, quick_most, off = difference(plain, exact, &most);
    double quick_off = difference(quick, exact, &quick_most);
    if (!(quick_off < 6 * off && quick_most < 12 * most && off < 1e-5 * (1 + offset)))
        fail_msg("%s: off by %g, at most %g; tap by tap %g, %g", kn->name, quick_off, quick_most,
                 off, most);
    void *all[] = {w, bias, x, taps, tap, plain, quick, last, exact};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    arena_free(&m.memory);
}

static void both_forms_agree(void **state)
{
    (void)state;
    for (size_t b = 0; builds[b]; b++) {
        check_build(builds[b], 0);
        /* As behind GELU: hardly any below 0. */
        check_build(builds[b], 0.8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_agree),
    };
    return cmocka_run_group_tests(tests, find_builds, NULL);
}
