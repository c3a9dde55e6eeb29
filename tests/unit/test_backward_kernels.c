/*
 * The kernels of a backward pass, of every build that this processor runs, against differences of
 * the definitions of what they go back over.
 */
#include "config.h"

#include "activation_naive.h"
#include "kernel_builds.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/activation.h"
#include "model/backward/activation_back.h"
#include "model/kernels/kernels.h"

/* The slope of the function called NAME, by differences of its definition. */
static double slope_of(const char *name, double x)
{
    const double h = 1e-5;
    return (activation_naive(name, x + h) - activation_naive(name, x - h)) / (2 * h);
}

static void activations_have_their_slopes(void **state)
{
    static const char *const names[] = {
        "gelu", "quick_gelu", "gelu_new",   "silu",   "relu",  "tanh",  "gelu_10", "hardswish",
        "mish", "laplace",    "leaky_relu", "linear", "relu2", "relu6", "sigmoid", "sqrtsoftplus"};
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
            enum activation a;
            float x[37], d[38];
            assert_true(activation_parse(names[f], &a));
            for (int i = 0; i < 37; i++) {
                x[i] = (float)(-9.1 + 0.5 * i);
                d[i] = 2;
            }
            d[37] = 7;
            activation_back(builds[b], a, d, x, 37);
            for (int i = 0; i < 37; i++)
                if (!(fabs((double)d[i] - 2 * slope_of(names[f], (double)x[i])) < 4e-6))
                    fail_msg("%s of %s at %g: %g, not %g", names[f], builds[b]->name, (double)x[i],
                             (double)d[i] / 2, slope_of(names[f], (double)x[i]));
            assert_true(d[37] == 7);
        }
}

/* dp p - p sum(dp p), times the scale, row by row. */
static void softmax_goes_back(void **state)
{
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t n = 1; n <= 35; n += 17) {
            struct rng r = rng_seed(n);
            float *p = draw_many(&r, 3 * n), *d = draw_many(&r, 3 * n), *got = draw_many(&r, 3 * n);
            memcpy(got, d, 3 * n * sizeof *d);
            builds[b]->softmax_back(got, p, 3, n, 0.25f);
            for (size_t row = 0; row < 3; row++) {
                double mean = 0;
                for (size_t i = row * n; i < (row + 1) * n; i++)
                    mean += (double)d[i] * (double)p[i];
                for (size_t i = row * n; i < (row + 1) * n; i++)
                    assert_true(fabs(((double)d[i] - mean) * (double)p[i] * 0.25 - (double)got[i]) <
                                1e-5);
            }
            free(p);
            free(d);
            free(got);
        }
}

/* A weighted sum of a layer norm's values, in double precision. */
static double norm_loss(const float *x, size_t n, const float *gain, const float *bias,
                        const float *weight)
{
    double mean = 0, square = 0, sum = 0;
    for (size_t i = 0; i < n; i++)
        mean += (double)x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += ((double)x[i] - mean) * ((double)x[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (double)weight[i] *
               (((double)x[i] - mean) / sqrt(square + 1e-5) * (double)gain[i] + (double)bias[i]);
    return sum;
}

/* The slope of norm_loss when *AT changes. */
static double norm_slope(float *at, const float *x, size_t n, const float *gain, const float *bias,
                         const float *weight)
{
    const float was = *at;
    *at = was + 0x1p-10f;
    double up = norm_loss(x, n, gain, bias, weight), high = (double)*at;
    *at = was - 0x1p-10f;
    double slope = (up - norm_loss(x, n, gain, bias, weight)) / (high - (double)*at);
    *at = was;
    return slope;
}

static void layer_norm_goes_back(void **state)
{
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t n = 6; n <= 40; n += 17) {
            struct rng r = rng_seed(n);
            float *x = draw_many(&r, n), *gain = draw_many(&r, n), *bias = draw_many(&r, n);
            float *weight = draw_many(&r, n), *d = draw_many(&r, n);
            float *dgain = mem_zeros(n, sizeof *dgain), *dbias = mem_zeros(n, sizeof *dbias);
            double mean = 0, square = 0;
            for (size_t i = 0; i < n; i++)
                mean += (double)x[i] / (double)n;
            for (size_t i = 0; i < n; i++)
                square += ((double)x[i] - mean) * ((double)x[i] - mean) / (double)n;
            float centre = (float)mean, inverse = (float)(1 / sqrt(square + 1e-5));
            memcpy(d, weight, n * sizeof *d);
            builds[b]->layer_norm_back(d, x, 1, n, &centre, &inverse, gain, dgain, dbias);
            for (size_t i = 0; i < n; i++) {
                assert_true(fabs(norm_slope(&x[i], x, n, gain, bias, weight) - (double)d[i]) <
                            2e-4);
                assert_true(
                    fabs(norm_slope(&gain[i], x, n, gain, bias, weight) - (double)dgain[i]) < 2e-4);
                assert_true(dbias[i] == weight[i]);
            }
            float *all[] = {x, gain, bias, weight, d, dgain, dbias};
            for (size_t i = 0; i < sizeof all / sizeof *all; i++)
                free(all[i]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_have_their_slopes),
        cmocka_unit_test(softmax_goes_back),
        cmocka_unit_test(layer_norm_goes_back),
    };
    return cmocka_run_group_tests(tests, find_builds, NULL);
}
