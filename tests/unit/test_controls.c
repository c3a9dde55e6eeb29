/* Matched controls against a naive twin, and intervals. */
#include "unit.h"

#include <math.h>

#include "base/bitset.h"
#include "edit/controls.h"
#include "analysis/interval.h"
#include "base/mem.h"
#include "base/rng.h"

enum { LAYERS = 2, WIDTH = 60 };
static const uint32_t widths[LAYERS] = {WIDTH, WIDTH - 7};

/* Features without counts or weights: some rates and one norm are zero, some are equal. */
static void make_features(struct neuron_features *f)
{
    struct rng r = rng_seed(11);
    *f = (struct neuron_features){LAYERS, mem_array(LAYERS, sizeof *f->width),
                                  mem_zeros(LAYERS, sizeof *f->rate),
                                  mem_zeros(LAYERS, sizeof *f->norm)};
    for (uint32_t l = 0; l < LAYERS; l++) {
        f->width[l] = widths[l];
        f->rate[l] = mem_array(widths[l], sizeof **f->rate);
        f->norm[l] = mem_array(widths[l], sizeof **f->norm);
        for (uint32_t i = 0; i < widths[l]; i++) {
            double u = rng_uniform(&r);
            f->rate[l][i] = i % 9 == 4 ? 0 : i % 9 == 5 ? 0.01 : u * u * u;
            f->norm[l][i] = i == 13 ? 0 : 1 + rng_uniform(&r);
        }
    }
}

static void make_sets(struct neuron_set *set, struct neuron_set *out)
{
    struct err err;
    struct rng r = rng_seed(5);
    assert_ok(neuron_set_init(set, LAYERS, widths, &err));
    assert_ok(neuron_set_init(out, LAYERS, widths, &err));
    for (uint32_t l = 0; l < LAYERS; l++)
        for (uint32_t i = 0; i < widths[l]; i++) {
            uint64_t draw = rng_below(&r, 4);
            if (draw == 0)
                bitset_put(set->row[l], i);
            else if (draw == 1)
                bitset_put(out->row[l], i);
        }
}

/* The root or logarithm of x in standard deviations, the slow way round. */
static double place(const double *x, uint32_t n, uint32_t i, bool root)
{
    double least = INFINITY, mean = 0, square = 0, y[WIDTH];
    for (uint32_t k = 0; k < n; k++)
        if (x[k] > 0)
            least = fmin(least, x[k]);
    for (uint32_t k = 0; k < n; k++)
        y[k] = root ? sqrt(x[k]) : log(x[k] > 0 ? x[k] : least / 2);
    for (uint32_t k = 0; k < n; k++)
        mean += y[k];
    mean /= n;
    for (uint32_t k = 0; k < n; k++)
        square += (y[k] - mean) * (y[k] - mean);
    return (y[i] - mean) / sqrt(square / n);
}

static double distance(const struct neuron_features *f, uint32_t l, uint32_t a, uint32_t b)
{
    double r = place(f->rate[l], widths[l], a, true) - place(f->rate[l], widths[l], b, true);
    double n = place(f->norm[l], widths[l], a, false) - place(f->norm[l], widths[l], b, false);
    return sqrt(r * r + n * n);
}

static void nearest_neighbours_as_the_naive_twin(void **state)
{
    (void)state;
    struct err err;
    struct neuron_features f;
    struct neuron_set set, out;
    struct controls c;
    make_features(&f);
    make_sets(&set, &out);
    assert_ok(controls_init(&c, &set, &out, &f, &err));
    for (uint32_t l = 0; l < LAYERS; l++) {
        uint32_t k = 0;
        for (uint32_t i = 0; i < widths[l]; i++) {
            if (!bitset_has(set.row[l], i))
                continue;
            assert_int_equal(c.neuron[l][k], i);
            double before = 0;
            for (uint32_t m = 0; m < c.kept[l]; m++) {
                uint32_t other = c.near[l][(size_t)k * c.kept[l] + m];
                assert_false(bitset_has(set.row[l], other) || bitset_has(out.row[l], other));
                double d = distance(&f, l, i, other);
                assert_true(d >= before - 1e-9);
                before = d;
            }
            for (uint32_t m = 0; m < c.pool[l]; m++) { /* none that is left out is nearer */
                bool kept = false;
                for (uint32_t n = 0; n < c.kept[l]; n++)
                    kept |= c.near[l][(size_t)k * c.kept[l] + n] == c.candidate[l][m];
                assert_true(kept || distance(&f, l, i, c.candidate[l][m]) >= before - 1e-9);
            }
            k++;
        }
        assert_int_equal(k, c.size[l]);
        assert_int_equal(c.pool[l] + k + neuron_set_size(&out, l), widths[l]);
    }
    controls_free(&c);
    neuron_set_free(&set);
    neuron_set_free(&out);
    neuron_features_free(&f);
}

/* Each neuron drawn stands for one of the set: one of the nearest that were free. */
static void draws_are_matched_in_number_and_repeat(void **state)
{
    (void)state;
    struct err err;
    struct neuron_features f;
    struct neuron_set set, out, draw[3];
    struct controls c;
    bool all_equal = true;
    make_features(&f);
    make_sets(&set, &out);
    assert_ok(controls_init(&c, &set, &out, &f, &err));
    for (uint64_t d = 0; d < 50; d++) {
        for (int i = 0; i < 3; i++) {
            assert_ok(neuron_set_init(&draw[i], LAYERS, widths, &err));
            assert_ok(controls_draw(&c, i == 2 ? 4 : 3, d, &draw[i], &err));
        }
        for (uint32_t l = 0; l < LAYERS; l++) {
            assert_int_equal(neuron_set_size(&draw[0], l), neuron_set_size(&set, l));
            for (size_t w = 0; w < bitset_words(widths[l]); w++) {
                assert_int_equal(draw[0].row[l][w] & (set.row[l][w] | out.row[l][w]), 0);
                assert_true(draw[0].row[l][w] == draw[1].row[l][w]);
                all_equal &= draw[0].row[l][w] == draw[2].row[l][w];
            }
        }
        for (int i = 0; i < 3; i++)
            neuron_set_free(&draw[i]);
    }
    assert_false(all_equal);
    controls_free(&c);
    neuron_set_free(&set);
    neuron_set_free(&out);
    neuron_features_free(&f);
}

/* Sets so large that neighbours run out: the rest is looked through, in the same order. */
static void a_crowd_is_matched_too(void **state)
{
    (void)state;
    enum { CROWD = 400, MEMBERS = 150 };
    struct err err;
    struct neuron_features f = {1, (uint32_t[]){CROWD}, NULL, NULL};
    double rate[CROWD], norm[CROWD], *rates = rate, *norms = norm;
    struct neuron_set set, draw;
    struct controls c;
    f.rate = &rates;
    f.norm = &norms;
    assert_ok(neuron_set_init(&set, 1, f.width, &err));
    for (uint32_t i = 0; i < CROWD; i++) {
        rate[i] = i < MEMBERS ? 0.25 : (double)i * i / 4e6; /* all at one end */
        norm[i] = 1;
    }
    for (uint32_t i = 0; i < MEMBERS; i++)
        bitset_put(set.row[0], i);
    assert_ok(controls_init(&c, &set, NULL, &f, &err));
    assert_ok(neuron_set_init(&draw, 1, f.width, &err));
    assert_ok(controls_draw(&c, 7, 3, &draw, &err));
    assert_int_equal(neuron_set_total(&draw), MEMBERS);
    /* The k-th drawn finds k - 1 taken among the first k + 4. */
    for (uint32_t i = MEMBERS; i < CROWD - MEMBERS - CONTROLS_NEAR + 1; i++)
        assert_false(bitset_has(draw.row[0], i));
    neuron_set_free(&draw);
    neuron_set_free(&set);
    controls_free(&c);
}

/* One neuron alone: each of its nearest comes up, and nothing else. */
static void one_neuron_is_replaced_by_its_neighbours(void **state)
{
    (void)state;
    struct err err;
    struct neuron_features f;
    struct neuron_set set;
    struct controls c;
    uint32_t seen[WIDTH] = {0};
    make_features(&f);
    assert_ok(neuron_set_init(&set, LAYERS, widths, &err));
    bitset_put(set.row[0], 17);
    assert_ok(controls_init(&c, &set, NULL, &f, &err));
    for (uint64_t d = 0; d < 800; d++) {
        struct neuron_set draw;
        assert_ok(neuron_set_init(&draw, LAYERS, widths, &err));
        assert_ok(controls_draw(&c, 0, d, &draw, &err));
        assert_int_equal(neuron_set_total(&draw), 1);
        for (uint32_t i = 0; i < WIDTH; i++)
            seen[i] += bitset_has(draw.row[0], i);
        neuron_set_free(&draw);
    }
    for (uint32_t i = 0; i < WIDTH; i++) {
        uint32_t nearer = 0;
        for (uint32_t k = 0; k < WIDTH; k++)
            nearer += k != 17 && distance(&f, 0, 17, k) < distance(&f, 0, 17, i);
        bool near = i != 17 && nearer < CONTROLS_NEAR;
        assert_true(near ? seen[i] > 110 && seen[i] < 210 : seen[i] == 0);
    }
    controls_free(&c);
    neuron_set_free(&set);
    neuron_features_free(&f);
}

static void match_is_the_mean_over_draws(void **state)
{
    (void)state;
    struct err err;
    struct neuron_features f;
    struct neuron_set set, out;
    struct controls c;
    struct controls_match layer[LAYERS], all;
    double rate = 0, norm = 0, set_rate = 0;
    make_features(&f);
    make_sets(&set, &out);
    assert_ok(controls_init(&c, &set, &out, &f, &err));
    assert_ok(controls_match(&c, &f, 9, 20, layer, &all, &err));
    for (uint64_t d = 1; d <= 20; d++) {
        struct neuron_set draw;
        assert_ok(neuron_set_init(&draw, LAYERS, widths, &err));
        assert_ok(controls_draw(&c, 9, d, &draw, &err));
        for (uint32_t l = 0; l < LAYERS; l++)
            for (uint32_t i = 0; i < widths[l]; i++)
                if (bitset_has(draw.row[l], i)) {
                    rate += f.rate[l][i];
                    norm += f.norm[l][i];
                }
        neuron_set_free(&draw);
    }
    for (uint32_t l = 0; l < LAYERS; l++)
        for (uint32_t k = 0; k < c.size[l]; k++)
            set_rate += f.rate[l][c.neuron[l][k]];
    assert_int_equal(all.neurons, neuron_set_total(&set));
    assert_float_equal(all.poor, layer[0].poor + layer[1].poor, 1e-12);
    assert_true(all.poor > 0 && all.poor < all.neurons);
    assert_float_equal(all.set_rate, set_rate / all.neurons, 1e-12);
    assert_float_equal(all.control_rate, rate / 20 / all.neurons, 1e-12);
    assert_float_equal(all.control_norm, norm / 20 / all.neurons, 1e-12);
    controls_free(&c);
    neuron_set_free(&set);
    neuron_set_free(&out);
    neuron_features_free(&f);
}

static void too_large_a_set_is_refused(void **state)
{
    (void)state;
    struct err err;
    struct neuron_features f;
    struct neuron_set set, draw;
    struct controls c;
    make_features(&f);
    assert_ok(neuron_set_init(&set, LAYERS, widths, &err));
    for (uint32_t i = 0; i < 27; i++)
        bitset_put(set.row[1], i);
    assert_status(controls_init(&c, &set, NULL, &f, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "layer 2: 27 neurons"));
    /* All there are: beyond those that are kept in order, too. */
    bitset_drop(set.row[1], 26);
    for (uint32_t i = 0; i < 30; i++)
        bitset_put(set.row[0], 2 * i);
    assert_ok(controls_init(&c, &set, NULL, &f, &err));
    assert_ok(neuron_set_init(&draw, LAYERS, widths, &err));
    assert_ok(controls_draw(&c, 1, 1, &draw, &err));
    assert_true(draw.row[0][0] == 0x0aaaaaaaaaaaaaaa);
    assert_int_equal(neuron_set_size(&draw, 1), 26);
    neuron_set_free(&draw);
    controls_free(&c);
    neuron_set_free(&set);
    neuron_features_free(&f);
}

/* Rates from a real count file and norms from the weights it was counted with. */
static void features_of_the_demo(void **state)
{
    (void)state;
    struct err err;
    struct counts counts;
    struct checkpoint c;
    struct neuron_features f;
    assert_ok(counts_open(&counts, source_path("data/demo/counts/sid.counts"), &err));
    assert_ok(checkpoint_open(&c, source_path("data/demo/models/sid.safetensors"), &err));
    assert_ok(neuron_features_make(&f, &c, &counts, &err));
    for (uint32_t l = 0; l < 4; l++) {
        double sum = 0;
        for (uint32_t i = 0; i < 512; i++)
            sum += f.rate[l][i];
        assert_float_equal(sum, 5, 1e-9); /* tau neurons in every frame */
    }
    const struct tensor *t = tensors_find(&c.tensors, "encoder.layers.2.fc2.weight");
    assert_non_null(t);
    double sum = 0;
    for (size_t e = 0; e < 96; e++) {
        float v;
        memcpy(&v, t->data + (e * 512 + 77) * sizeof v, sizeof v);
        sum += (double)v * v;
    }
    assert_float_equal(f.norm[2][77], sqrt(sum), 1e-12);
    neuron_features_free(&f);
    checkpoint_free(&c);
    counts_free(&counts);
}

static void percentiles_and_shares(void **state)
{
    (void)state;
    double x[] = {5, NAN, 1, 3, 2, 4}, y[101], one[] = {7};
    struct interval v = interval_of(x, 6, 0.5);
    assert_int_equal(v.count, 5);
    assert_float_equal(v.mean, 3, 0);
    assert_float_equal(v.low, 2, 0);
    assert_float_equal(v.high, 4, 0);
    for (int i = 0; i <= 100; i++)
        y[i] = (i * 37) % 101; /* 0 .. 100 in some order */
    v = interval_of(y, 101, 0.95);
    assert_float_equal(v.low, 2.5, 1e-9);
    assert_float_equal(v.high, 97.5, 1e-9);
    v = interval_of(one, 1, 0.95);
    assert_true(v.low == 7 && v.high == 7 && v.mean == 7);
    v = interval_of(one, 0, 0.95);
    assert_true(isnan(v.mean) && isnan(v.low) && isnan(v.high));
    assert_float_equal(interval_p(y, 101, 1000), 1.0 / 102, 1e-12);
    assert_float_equal(interval_p(y, 101, 100), 2.0 / 102, 1e-12);
    assert_float_equal(interval_p(y, 101, -1), 1, 1e-12);
    assert_true(isnan(interval_p(y, 0, 1)) && isnan(interval_p(y, 101, NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_neighbours_as_the_naive_twin),
        cmocka_unit_test(draws_are_matched_in_number_and_repeat),
        cmocka_unit_test(a_crowd_is_matched_too),
        cmocka_unit_test(one_neuron_is_replaced_by_its_neighbours),
        cmocka_unit_test(match_is_the_mean_over_draws),
        cmocka_unit_test(too_large_a_set_is_refused),
        cmocka_unit_test(features_of_the_demo),
        cmocka_unit_test(percentiles_and_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
