/*
 * Every kernel of every build that this processor runs against a naive twin: a loop in double
 * precision, straight from the definition (those of top-tau selection in test_select.c).  A kernel
 * of a backward pass gets its twin, and a test by finite differences, here too.
 */
#include "config.h"

#include "activation_naive.h"
#include "kernel_builds.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#include "model/activation.h"
#include "model/kernels/kernels.h"
#include "base/mem.h"
#include "base/rng.h"

/* A row alone has the bits it has among others: of whatever height the tile was that it fell into.
 * C: of all M rows; WAS: what C was before. */
static void check_row_alone(const struct kernels *kn, size_t n, size_t k, const float *a,
                            const float *packed, const float *was, const float *c,
                            const float *bias, bool add)
{
    float *one = mem_array(n, sizeof *one);
    memcpy(one, was, n * sizeof *one);
    kn->gemm(1, n, k, a, k, packed, one, n, bias, add);
    assert_memory_equal(one, c, n * sizeof *one);
    free(one);
}

/* One product in both packings, with and without bias and accumulation, against plain sums. */
static void check_gemm(const struct kernels *kn, size_t m, size_t n, size_t k, size_t lda)
{
    struct rng r = rng_seed(m * 1000003 + n * 1009 + k);
    float *a = draw_many(&r, (m - 1) * lda + k), *w = draw_many(&r, n * k);
    float *b = draw_many(&r, k * n), *bias = draw_many(&r, n), *c = draw_many(&r, m * (n + 3));
    float *packed = mem_aligned(kernels_packed_size(kn, n, k), sizeof *packed);
    for (size_t j = 0; j < n; j++)
        for (size_t p = 0; p < k; p++)
            b[p * n + j] = w[j * k + p];
    for (int variant = 0; variant < 4; variant++) {
        bool add = variant & 1, turned = variant & 2;
        float *was = draw_many(&r, m * (n + 3));
        memcpy(c, was, m * (n + 3) * sizeof *c);
        if (turned)
            kn->pack_transposed(n, k, w, k, packed);
        else
            kn->pack(n, k, b, n, packed);
        kn->gemm(m, n, k, a, lda, packed, c, n + 3, add ? NULL : bias, add);
        for (size_t i = 0; i < m; i++) {
            for (size_t j = 0; j < n; j++) {
                double sum = add ? was[i * (n + 3) + j] : bias[j];
                for (size_t p = 0; p < k; p++)
                    sum += (double)a[i * lda + p] * w[j * k + p];
                if (fabs(sum - c[i * (n + 3) + j]) > 1e-5 * sqrt((double)k))
                    fail_msg("%s %zu x %zu x %zu: row %zu column %zu: %g, not %g", kn->name, m, n,
                             k, i, j, (double)c[i * (n + 3) + j], sum);
            }
            /* Columns behind the matrix are somebody else's. */
            assert_memory_equal(c + i * (n + 3) + n, was + i * (n + 3) + n, 3 * sizeof *c);
            check_row_alone(kn, n, k, a + i * lda, packed, was + i * (n + 3), c + i * (n + 3),
                            add ? NULL : bias, add);
        }
        free(was);
    }
    free(a);
    free(w);
    free(b);
    free(bias);
    free(c);
    free(packed);
}

static void products_equal_plain_sums(void **state)
{
    (void)state;
    for (int b = 0; builds[b]; b++) {
        for (size_t m = 1; m <= 29; m++) {
            check_gemm(builds[b], m, 17, 5, 5);
            check_gemm(builds[b], m, 64, m % 9 + 1, 11);
        }
        for (size_t n = 1; n <= 33; n += 4)
            check_gemm(builds[b], 7, n, 9, 9);
        check_gemm(builds[b], 100, 40, 600, 600);
        check_gemm(builds[b], 193, 16, 1100, 1100);
        /* More rows than are multiplied at a time. */
        check_gemm(builds[b], 1300, 9, 5, 5);
        /* Rows of whole pages, which are copied. */
        check_gemm(builds[b], 31, 160, 400, 1024);
        /* Overlapping rows, as of a convolution. */
        check_gemm(builds[b], 50, 3, 384, 3);
    }
}

/* A left side given as its transpose gives the same to the bit. */
static void check_turned(const struct kernels *kn, size_t m, size_t n, size_t k, bool add)
{
    struct rng r = rng_seed(m + n + k);
    size_t lda = m + 5;
    float *turned = draw_many(&r, k * lda), *a = draw_many(&r, m * k), *b = draw_many(&r, k * n);
    float *expected = draw_many(&r, m * n), *c = draw_many(&r, m * n);
    float *packed = mem_aligned(kernels_packed_size(kn, n, k), sizeof *packed);
    float *work = mem_aligned(KERNELS_TURNED_ROWS * KERNELS_TURNED_DEPTH, sizeof *work);
    for (size_t i = 0; i < m; i++)
        for (size_t p = 0; p < k; p++)
            a[i * k + p] = turned[p * lda + i];
    memcpy(c, expected, m * n * sizeof *c);
    kn->pack(n, k, b, n, packed);
    kn->gemm(m, n, k, a, k, packed, expected, n, NULL, add);
    kn->gemm_turned(m, n, k, turned, lda, packed, c, n, add, work);
    assert_memory_equal(c, expected, m * n * sizeof *c);
    free(turned);
    free(a);
    free(b);
    free(expected);
    free(c);
    free(packed);
    free(work);
}

static void turned_products_equal_plain_ones(void **state)
{
    (void)state;
    for (int b = 0; builds[b]; b++) {
        check_turned(builds[b], 5, 17, 3, false);
        check_turned(builds[b], 40, 33, 800, true);
        check_turned(builds[b], 350, 20, 100, false);
    }
}

/* Transforms against their definition, there and back. */
static void fourier_transforms_are_those_of_the_definition(void **state)
{
    enum { N = KERNELS_FOURIER };
    const double turn = 2 * 3.14159265358979323846 / N;
    float roots[N];
    (void)state;
    for (int j = 0; j < N / 2; j++) {
        roots[j] = (float)cos(turn * j);
        roots[N / 2 + j] = (float)-sin(turn * j);
    }
    for (int b = 0; builds[b]; b++) {
        size_t lanes = builds[b]->lanes, n = N * lanes;
        struct rng r = rng_seed(b + 1);
        float *re = draw_many(&r, n), *im = draw_many(&r, n);
        float *x = mem_array(n, sizeof *x), *y = mem_array(n, sizeof *y);
        memcpy(x, re, n * sizeof *x);
        memcpy(y, im, n * sizeof *y);
        builds[b]->fourier(re, im, roots);
        for (size_t i = 0; i < n; i++) {
            size_t f = i / lanes, l = i % lanes, at = kernels_fourier_at(f) * lanes + l;
            double c = 0, d = 0;
            for (size_t k = 0; k < N; k++) {
                double angle = turn * (double)(k * f % N);
                c += x[k * lanes + l] * cos(angle) + y[k * lanes + l] * sin(angle);
                d += y[k * lanes + l] * cos(angle) - x[k * lanes + l] * sin(angle);
            }
            assert_true(fabs(c - re[at]) < 2e-5 && fabs(d - im[at]) < 2e-5);
        }
        builds[b]->fourier_back(re, im, roots);
        for (size_t i = 0; i < n; i++)
            assert_true(fabsf(re[i] / N - x[i]) < 1e-6f && fabsf(im[i] / N - y[i]) < 1e-6f);
        free(re);
        free(im);
        free(x);
        free(y);
    }
}

static void gelu_is_the_exact_form(void **state)
{
    (void)state;
    for (int b = 0; builds[b]; b++) {
        double worst = 0;
        for (size_t n = 1; n <= 20; n++) {
            float x[20], y[21];
            for (int part = 0; part < 400; part++) {
                for (size_t i = 0; i < n; i++)
                    y[i] = x[i] = (float)(-8 + 16 * (part + (double)i / (double)n) / 400);
                y[n] = 77;
                assert_true(builds[b]->gelu(y, n));
                assert_true(y[n] == 77);
                for (size_t i = 0; i < n; i++)
                    worst = fmax(worst, fabs(y[i] - 0.5 * x[i] * (1 + erf(x[i] / sqrt(2.0)))));
            }
        }
        if (worst > 1.5e-6)
            fail_msg("%s: off by %g", builds[b]->name, worst);
        float far[3] = {-100, 1e20f, -1e20f};
        assert_true(builds[b]->gelu(far, 3));
        assert_true(fabsf(far[0]) < 1e-6f && far[1] == 1e20f && fabsf(far[2]) < 1e-6f);
    }
}

/* The functions that configurations can name, against their definitions; nothing behind them. */
static void every_activation_is_its_definition(void **state)
{
    static const char *const names[] = {
        "gelu",        "gelu_python",   "gelu_new",   "gelu_pytorch_tanh",
        "gelu_fast",   "gelu_accurate", "quick_gelu", "silu",
        "swish",       "relu",          "tanh",       "gelu_10",
        "hardswish",   "laplace",       "leaky_relu", "linear",
        "mish",        "relu2",         "relu6",      "sigmoid",
        "sqrtsoftplus"};
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            enum activation f;
            double worst = 0;
            assert_true(activation_parse(names[k], &f));
            for (size_t n = 1; n <= 20; n++) {
                float x[20], y[21];
                for (int part = 0; part < 100; part++) {
                    for (size_t i = 0; i < n; i++)
                        y[i] = x[i] = (float)(-12 + 24 * (part + (double)i / (double)n) / 100);
                    y[n] = 77;
                    assert_true(activation_run(builds[b], f, y, n));
                    assert_true(y[n] == 77);
                    for (size_t i = 0; i < n; i++) {
                        double want = activation_naive(names[k], (double)x[i]);
                        worst = fmax(worst, fabs((double)y[i] - want) / fmax(1, fabs(want) / 10));
                    }
                }
            }
            if (!(worst < 1.5e-6))
                fail_msg("%s: %s off by %g", builds[b]->name, names[k], worst);
            float far[4] = {-100, 1e15f, -1e20f, 3}, no_number[2] = {0, NAN};
            assert_true(activation_run(builds[b], f, far, 4));
            for (int i = 0; i < 3; i++)
                if (!(fabs((double)far[i] -
                           activation_naive(names[k],
                                            i ? i == 1 ? (double)1e15f : (double)-1e20f : -100)) <=
                      1e-6 * (1 + fabs((double)far[i]))))
                    fail_msg("%s: %s of a large value: %g", builds[b]->name, names[k],
                             (double)far[i]);
            assert_false(activation_run(builds[b], f, no_number, 2));
        }
    enum activation f;
    assert_false(activation_parse("prelu", &f));
}

static void values_that_are_no_numbers_are_noticed(void **state)
{
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t n = 1; n <= 19; n++)
            for (size_t at = 0; at < n; at++)
                for (int kind = 0; kind < 3; kind++) {
                    float x[3][20] = {{0}};
                    for (int f = 0; f < 3; f++)
                        x[f][at] = kind == 0 ? NAN : kind == 1 ? INFINITY : -INFINITY;
                    assert_false(builds[b]->gelu(x[0], n));
                    assert_false(builds[b]->relu(x[1], n));
                    assert_false(builds[b]->tanh(x[2], n));
                }
}

static void softmax_sums_to_one(void **state)
{
    struct rng r = rng_seed(5);
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t n = 1; n < 40; n++) {
            float *x = draw_many(&r, 3 * (n + 2)), sum[3] = {0};
            double want[3][40], total[3] = {0};
            for (size_t i = 0; i < 3; i++)
                for (size_t j = 0; j < n; j++) {
                    float *v = &x[i * (n + 2) + j];
                    *v *= i == 2 ? 300 : 20; /* the last row reaches below exp(-87) */
                    want[i][j] = *v;
                }
            for (size_t i = 0; i < 3; i++) {
                for (size_t j = 0; j < n; j++)
                    total[i] += want[i][j] = exp(0.7 * want[i][j]);
                for (size_t j = 0; j < n; j++)
                    want[i][j] /= total[i];
            }
            /* In two blocks of columns, or in one. */
            size_t cut = n % 3 ? n / 3 : 0;
            float largest[3] = {-INFINITY, -INFINITY, -INFINITY}, factor[3];
            if (cut)
                builds[b]->softmax(x, 3, cut, n + 2, 0.7f, largest, sum, factor);
            builds[b]->softmax(x + cut, 3, n - cut, n + 2, 0.7f, largest, sum, factor);
            builds[b]->scale_rows(x, 3, cut, n + 2, factor);
            for (size_t i = 0; i < 3; i++)
                sum[i] = 1 / sum[i];
            builds[b]->scale_rows(x, 3, n, n + 2, sum);
            for (size_t i = 0; i < 3; i++)
                for (size_t j = 0; j < n; j++)
                    assert_true(fabs(x[i * (n + 2) + j] - want[i][j]) < 2e-5 * want[i][j] + 1e-8);
            free(x);
        }
}

static void layer_norm_has_biased_variance(void **state)
{
    struct rng r = rng_seed(6);
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t n = 1; n < 50; n++) {
            float *x = draw_many(&r, 2 * n), *gain = draw_many(&r, n), *bias = draw_many(&r, n);
            double want[100], epsilon = n % 2 ? 1e-5 : 0.3;
            for (size_t i = 0; i < 2; i++) {
                double mean = 0, var = 0;
                for (size_t j = 0; j < n; j++)
                    mean += (x[i * n + j] += 3) / (double)n;
                for (size_t j = 0; j < n; j++)
                    var += (x[i * n + j] - mean) * (x[i * n + j] - mean) / (double)n;
                for (size_t j = 0; j < n; j++)
                    want[i * n + j] =
                        (x[i * n + j] - mean) / sqrt(var + epsilon) * gain[j] + bias[j];
            }
            builds[b]->layer_norm(x, x, 2, n, gain, bias, (float)epsilon);
            for (size_t j = 0; j < 2 * n; j++)
                assert_true(fabs(x[j] - want[j]) < 1e-4);
            free(x);
            free(gain);
            free(bias);
        }
}

/* Element of a series' transform: channel C at frequency F, real part or IMAGINARY. */
static double series_at(const struct kernels *kn, const float *x, size_t c, size_t f,
                        bool imaginary)
{
    size_t part = KERNELS_FOURIER * kn->lanes;
    return (double)x[(c / kn->lanes * 2 + imaginary) * part + kernels_fourier_at(f) * kn->lanes +
                     c % kn->lanes];
}

/* At every frequency the filters of all channels, those of frequencies above the half being the
 * conjugates of those below. */
static void check_fourier_mix(const struct kernels *kn, size_t series, size_t channels)
{
    enum { N = KERNELS_FOURIER };
    struct rng r = rng_seed(channels);
    size_t vectors = (channels + kn->lanes - 1) / kn->lanes, size = 2 * vectors * N * kn->lanes;
    float *filters = draw_many(&r, (N / 2 + 1) * channels * vectors * 2 * kn->lanes);
    float *x = draw_many(&r, series * size), *y = draw_many(&r, series * size);
    /* Of real filters: real at the lowest and the highest frequency. */
    size_t filter = channels * vectors * 2 * kn->lanes;
    for (size_t i = 0; i < filter; i++)
        if (i / kn->lanes % 2)
            filters[i] = filters[N / 2 * filter + i] = 0;
    kn->fourier_mix(series, channels, filters, x, y);
    for (size_t s = 0; s < series; s++)
        for (size_t f = 0; f < N; f++)
            for (size_t o = 0; o < channels; o++) {
                double re = 0, im = 0;
                for (size_t i = 0; i < channels; i++) {
                    const float *h =
                        filters +
                        (((f <= N / 2 ? f : N - f) * channels + i) * vectors + o / kn->lanes) * 2 *
                            kn->lanes +
                        o % kn->lanes;
                    double c = (double)h[0], d = (double)h[kn->lanes] * (f <= N / 2 ? 1 : -1);
                    double a = series_at(kn, x + s * size, i, f, false);
                    double b = series_at(kn, x + s * size, i, f, true);
                    re += a * c - b * d;
                    im += a * d + b * c;
                }
                if (fabs(re - series_at(kn, y + s * size, o, f, false)) > 2e-5 ||
                    fabs(im - series_at(kn, y + s * size, o, f, true)) > 2e-5)
                    fail_msg("%s: series %zu, frequency %zu, channel %zu", kn->name, s, f, o);
            }
    free(filters);
    free(x);
    free(y);
}

static void filters_are_applied_at_every_frequency(void **state)
{
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t series = 1; series <= 3; series++) {
            check_fourier_mix(builds[b], series, 3);
            check_fourier_mix(builds[b], series, 19);
        }
}

/* Kernels that go over N values one by one, against their definitions; nothing behind them. */
static void values_one_by_one_equal_their_definitions(void **state)
{
    struct rng r = rng_seed(7);
    (void)state;
    for (int b = 0; builds[b]; b++)
        for (size_t n = 1; n < 70; n++) {
            float *x = draw_many(&r, n + 1), *y = draw_many(&r, n + 1), *got[4];
            for (int f = 0; f < 4; f++) {
                got[f] = draw_many(&r, n + 1);
                memcpy(got[f], x, (n + 1) * sizeof *x);
            }
            assert_true(builds[b]->relu(got[0], n));
            assert_true(builds[b]->tanh(got[1], n));
            builds[b]->add(got[2], y, n);
            builds[b]->add_scaled(got[3], y, 0.3f, n);
            for (size_t i = 0; i < n; i++) {
                double a = (double)x[i], c = (double)y[i];
                const double want[4] = {a > 0 ? a : 0, tanh(a), a + c, a + (double)0.3f * c};
                for (int f = 0; f < 4; f++)
                    if (!(fabs((double)got[f][i] - want[f]) < 1e-6))
                        fail_msg("%s: kernel %d, value %zu of %zu: %g, not %g", builds[b]->name, f,
                                 i, n, (double)got[f][i], want[f]);
            }
            for (int f = 0; f < 4; f++) {
                assert_true(got[f][n] == x[n]);
                free(got[f]);
            }
            free(x);
            free(y);
        }
}

/* Four sums of two taps U and V by the five products of Toom-Cook, column by column. */
static void check_toom(const struct kernels *kn, size_t groups, size_t n)
{
    struct rng r = rng_seed(n);
    size_t ld = n + 5, rows = 4 * groups + 1;
    float *d = draw_many(&r, rows * ld), *a = mem_aligned(rows * ld, sizeof *a);
    float *last = draw_many(&r, groups * n), *y = draw_many(&r, rows * ld);
    float *u = draw_many(&r, n), *v = draw_many(&r, n), *bias = draw_many(&r, n);
    memcpy(a, d, rows * ld * sizeof *a);
    kn->toom_in(groups, n, a, ld, last, n);
    for (size_t i = 0; i < groups * n; i++) {
        size_t c = i % n, at = i / n * 4 * ld + c;
        y[at + ld] = (u[c] + v[c]) / 2 * a[at + ld];
        y[at + 2 * ld] = (u[c] - v[c]) / 6 * a[at + 2 * ld];
        y[at + 3 * ld] = (u[c] + 2 * v[c]) / 6 * a[at + 3 * ld];
    }
    kn->toom_out(groups, n, y, ld, n % 2 ? bias : NULL);
    for (size_t i = 0; i < groups * n; i++) {
        size_t c = i % n, at = i / n * 4 * ld + c;
        y[at] += u[c] * a[at];
        y[at + 3 * ld] += v[c] * last[i];
    }
    for (size_t t = 0; t < 4 * groups; t++) {
        for (size_t c = 0; c < n; c++) {
            double want = (double)u[c] * d[t * ld + c] + (double)v[c] * d[(t + 1) * ld + c] +
                          (n % 2 ? (double)bias[c] : 0);
            if (!(fabs(y[t * ld + c] - want) < 1e-5))
                fail_msg("%s: row %zu, column %zu of %zu: %g, not %g", kn->name, t, c, n,
                         (double)y[t * ld + c], want);
        }
        /* What is behind the columns stays. */
        assert_memory_equal(a + t * ld + n, d + t * ld + n, 5 * sizeof *a);
    }
    assert_memory_equal(a + 4 * groups * ld, d + 4 * groups * ld, ld * sizeof *a);
    float *all[] = {d, a, last, y, u, v, bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static void four_sums_are_made_of_five_products(void **state)
{
    (void)state;
    for (size_t b = 0; b < 4 && builds[b]; b++)
        for (size_t n = 1; n < 80; n += n < 20 ? 1 : 13)
            check_toom(builds[b], 3, n);
}

/* With the argument "chosen" prints which build is used, for tests/portable.sh. */
int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "chosen") == 0) {
        puts(kernels_get()->name);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_equal_plain_sums),
        cmocka_unit_test(four_sums_are_made_of_five_products),
        cmocka_unit_test(turned_products_equal_plain_ones),
        cmocka_unit_test(fourier_transforms_are_those_of_the_definition),
        cmocka_unit_test(gelu_is_the_exact_form),
        cmocka_unit_test(every_activation_is_its_definition),
        cmocka_unit_test(values_that_are_no_numbers_are_noticed),
        cmocka_unit_test(softmax_sums_to_one),
        cmocka_unit_test(layer_norm_has_biased_variance),
        cmocka_unit_test(filters_are_applied_at_every_frequency),
        cmocka_unit_test(values_one_by_one_equal_their_definitions),
    };
    return cmocka_run_group_tests(tests, find_builds, NULL);
}
