/* Tests of neurons against plain loops over all labelings, and against data of known truth. */
#include "config.h"

#include <math.h>

#include "base/bitset.h"
#include "inference/neurontest.h"
#include "simulated_tokens.h"
#include "speech_counts.h"

#include "analysed.h" /* last: its names would be shadowed in others */

#define TOKENS "test_neurontest.tokens"

static void simulate(struct analysed *s, const struct speech *speech)
{
    speech_counts(&s->counts, speech);
    analysed_open(s);
}

static void test_neurons(struct neuron_tests *t, struct analysed *s, const char *property,
                         uint64_t draws, enum fdr fdr, unsigned threads)
{
    struct neuron_tests_request r = {.property = property, .fdr = fdr, .threads = threads};
    r.exchange.draws = draws;
    r.exchange.seed = 5;
    assert_ok(neuron_tests_make(t, &s->analysis, &r, &err));
}

/* A margin as a fraction. */
struct margin {
    int64_t above, below;
};

/* The margin of NEURON where the speakers of BITS are female, by the definition: for each gender
 * the share of its phones that have the neuron minus the other's, and the larger. */
static struct margin plain_margin(const struct counts *c, uint32_t layer, uint32_t neuron,
                                  uint32_t bits)
{
    int64_t in[2] = {0, 0}, of[2] = {0, 0};
    for (int32_t phone = 0; phone < SPEECH_PHONES; phone++)
        for (uint32_t g = 0; g < 2; g++) {
            int64_t hits = 0, frames = 0;
            for (uint32_t cell = 0; cell < c->cells; cell++)
                if (c->factor[0].index[cell] == phone &&
                    (bits >> c->factor[2].index[cell] & 1) == g) {
                    hits += c->layer[layer].u16[(size_t)cell * c->layer[layer].width + neuron];
                    frames += c->frames[cell];
                }
            of[g] += frames > 0;
            in[g] += frames > 0 && hits * c->layer[layer].width > frames * c->layer[layer].tau;
        }
    int64_t cross = in[0] * of[1] - in[1] * of[0];
    return (struct margin){cross < 0 ? -cross : cross, of[0] * of[1]};
}

/* All 70 ways to call four of eight speakers female, with cells that are missing. */
static void plain_loops_agree(void **state)
{
    const struct speech speech = {.speakers = 8,
                                  .width = 40,
                                  .tau = 4,
                                  .layers = 2,
                                  .planted = 6,
                                  .effect = 0.5,
                                  .taste = 0.4,
                                  .noise = 0.3,
                                  .gaps = 3,
                                  .seed = 11};
    struct analysed s;
    struct neuron_tests t;
    (void)state;
    simulate(&s, &speech);
    test_neurons(&t, &s, "gender", 0, FDR_BH, 2);
    assert_true(t.enumerated);
    assert_int_equal(t.draws, 70);
    assert_true(t.smallest_p == 1.0 / 70);
    for (uint32_t l = 0; l < 2; l++)
        for (uint32_t i = 0; i < speech.width; i++) {
            struct margin observed = plain_margin(&s.counts, l, i, 0xaa);
            uint32_t reached = 0;
            for (uint32_t bits = 0; bits < 256; bits++)
                if (__builtin_popcount(bits) == 4) {
                    struct margin m = plain_margin(&s.counts, l, i, bits);
                    reached += m.above * observed.below >= observed.above * m.below;
                }
            assert_true(fabs(t.layer[l].margin[i] -
                             (double)observed.above / (double)observed.below) < 1e-12);
            if (fabs(t.layer[l].p[i] - reached / 70.0) > 1e-12)
                fail_msg("layer %u, neuron %u: %g, not %u/70", l, i, t.layer[l].p[i], reached);
        }
    neuron_tests_free(&t);
    analysed_close(&s);
}

/* Three classes of phones, whose labels are drawn; one group's share against the largest other. */
static double plain_class_margin(const uint64_t *pattern, size_t words, const uint32_t *group,
                                 uint32_t points, uint32_t neuron)
{
    double share[3], best = -1;
    for (uint32_t g = 0; g < 3; g++) {
        double in = 0, of = 0;
        for (uint32_t k = 0; k < points; k++) {
            of += group[k] == g;
            in += group[k] == g && bitset_has(pattern + k * words, neuron);
        }
        share[g] = in / of;
    }
    for (uint32_t g = 0; g < 3; g++) {
        double other = fmax(share[(g + 1) % 3], share[(g + 2) % 3]);
        best = fmax(best, share[g] - other);
    }
    return best;
}

static void classes_are_exchanged(void **state)
{
    const struct speech speech = {
        .speakers = 4, .width = 40, .tau = 4, .layers = 1, .taste = 0.2, .noise = 0.6, .seed = 3};
    enum { DRAWS = 500 };
    struct analysed s;
    struct neuron_tests t;
    struct exchange x = {.kind = EXCHANGE_CLASSES};
    const struct exchange_options o = {.draws = DRAWS, .seed = 5};
    const struct property *p;
    const struct property_layer *l;
    uint32_t group[SPEECH_PHONES], room[SPEECH_PHONES + 3];
    (void)state;
    simulate(&s, &speech);
    test_neurons(&t, &s, "phone", DRAWS, FDR_BH, 1);
    assert_int_equal(t.kind, EXCHANGE_CLASSES);
    assert_true(t.smallest_p == 1.0 / (DRAWS + 1));
    assert_ok(analysis_property(&s.analysis, "phone", &p, &err));
    assert_ok(analysis_layer(&s.analysis, "phone", 0, &l, &err));
    assert_ok(exchange_make(&x, &s.analysis, "phone", &o, &err));
    for (uint32_t i = 0; i < speech.width; i++) {
        for (uint32_t k = 0; k < p->points; k++)
            group[k] = p->point[k].group;
        double observed = plain_class_margin(l->pattern, l->words, group, p->points, i);
        unsigned reached = 1;
        for (uint64_t draw = 0; draw < DRAWS; draw++) {
            labelings_draw(&x.labelings, draw, group, room);
            reached +=
                plain_class_margin(l->pattern, l->words, group, p->points, i) > observed - 1e-9;
        }
        assert_true(fabs(t.layer[0].p[i] - reached / (DRAWS + 1.0)) < 1e-12);
    }
    exchange_free(&x);
    neuron_tests_free(&t);
    analysed_close(&s);
}

static void threads_change_nothing(void **state)
{
    const struct speech speech = {.speakers = 20,
                                  .width = 130,
                                  .tau = 5,
                                  .layers = 3,
                                  .planted = 10,
                                  .effect = 0.3,
                                  .taste = 0.4,
                                  .noise = 0.3,
                                  .seed = 2};
    static const unsigned threads[] = {1, 2, 7};
    struct neuron_tests t[3];
    struct analysed s;
    (void)state;
    simulate(&s, &speech);
    for (int k = 0; k < 3; k++)
        test_neurons(&t[k], &s, "gender", 700, FDR_BY, threads[k]);
    for (int k = 1; k < 3; k++)
        for (uint32_t l = 0; l < 3; l++) {
            assert_memory_equal(t[k].layer[l].p, t[0].layer[l].p, 130 * sizeof(double));
            assert_memory_equal(t[k].layer[l].q, t[0].layer[l].q, 130 * sizeof(double));
        }
    for (int k = 0; k < 3; k++)
        neuron_tests_free(&t[k]);
    analysed_close(&s);
}

/* Tokens are compared with themselves: what the counts hold, of these or of every frame, is not
 * what their draws could give. */
static void tokens_are_observed_by_their_own_frames(void **state)
{
    const struct token_simulation simulation = {.speakers = 4,
                                                .utterances = 4,
                                                .phones = 3,
                                                .tokens = 4,
                                                .width = 50,
                                                .tau = 4,
                                                .pitch = 1,
                                                .seed = 3};
    const struct exchange_options o = {.draws = 200, .tokens = TOKENS};
    struct neuron_tests_request r = {.property = "pitch", .threads = 2, .exchange = o};
    struct neuron_tests t, other;
    struct analysed s;
    (void)state;
    simulated_with_tokens(&s.counts, &simulation, TOKENS);
    analysed_open(&s);
    assert_ok(neuron_tests_make(&t, &s.analysis, &r, &err));
    assert_int_equal(t.kind, EXCHANGE_TOKENS);
    analysis_free(&s.analysis);
    for (uint32_t cell = 0; cell < s.counts.cells; cell++) /* neurons in another order */
        for (uint32_t i = 0; i < simulation.width / 2; i++) {
            uint32_t *row = (uint32_t *)s.counts.layer[0].u32 + (size_t)cell * simulation.width;
            uint32_t keep = row[i];
            row[i] = row[simulation.width - 1 - i];
            row[simulation.width - 1 - i] = keep;
        }
    analysed_open(&s);
    assert_ok(neuron_tests_make(&other, &s.analysis, &r, &err));
    assert_memory_equal(other.layer[0].margin, t.layer[0].margin, 50 * sizeof(double));
    assert_memory_equal(other.layer[0].p, t.layer[0].p, 50 * sizeof(double));
    neuron_tests_free(&other);
    neuron_tests_free(&t);
    analysed_close(&s);
    assert_int_equal(unlink(TOKENS), 0);
}

/* Adjusted p as R's p.adjust has them, and shares of true nulls by hand. */
static void q_is_the_published_one(void **state)
{
    static const double p[] = {0.205, 0.001, 0.008, 0.039, 0.041, NAN, 0.042, 0.06, 0.074};
    static const double bh[] = {0.205, 0.009, 0.036, 0.0756, 0.0756, NAN, 0.0756, 0.09, 0.0951429};
    double q[9], harmonic = 0;
    (void)state;
    for (int i = 1; i <= 9; i++)
        harmonic += 1.0 / i;
    assert_ok(fdr_adjust(FDR_BH, p, 9, q, &err));
    for (int i = 0; i < 9; i++)
        assert_true(isnan(bh[i]) ? isnan(q[i]) : i == 0 || fabs(q[i] - bh[i]) < 1e-6);
    assert_true(fabs(q[0] - 0.205 * 9 / 8) < 1e-12);
    assert_ok(fdr_adjust(FDR_BY, p, 9, q, &err));
    assert_true(fabs(q[1] - 0.009 * harmonic) < 1e-12);
    assert_ok(fdr_adjust(FDR_STOREY, p, 9, q, &err));
    assert_true(fabs(q[1] - 0.009 * 2 / 4.5) < 1e-12); /* NAN is one p above a half, and one more */
}

/* With no effect, p is at most a in a share a of data sets: 500 of these, one neuron of each. */
static void no_effect_is_found_as_often_as_chance_allows(void **state)
{
    static const double level[] = {0.01, 0.05, 0.1, 0.2};
    enum { SETS = 500 };
    unsigned below[4] = {0};
    (void)state;
    for (unsigned set = 0; set < SETS; set++) {
        const struct speech speech = {.speakers = 10,
                                      .width = 12,
                                      .tau = 2,
                                      .layers = 1,
                                      .taste = 0.5,
                                      .noise = 0.3,
                                      .seed = 1000 + set};
        struct analysed s;
        struct neuron_tests t;
        simulate(&s, &speech);
        test_neurons(&t, &s, "gender", 99, FDR_BH, 1);
        for (int k = 0; k < 4; k++)
            below[k] += t.layer[0].p[0] <= level[k] * (1 + 1e-9);
        neuron_tests_free(&t);
        analysed_close(&s);
    }
    for (int k = 0; k < 4; k++) {
        double a = level[k], share = (double)below[k] / SETS;
        if (share > a + 3 * sqrt(a * (1 - a) / SETS))
            fail_msg("p <= %g in %g of the data sets", a, share);
        assert_true(a < 0.1 || share > a / 4); /* nor is it never small */
    }
}

/* Of the neurons with Q at most .05: the share of false ones, and of the planted ones. */
static void judge(const double *q, uint32_t width, uint32_t planted, double *wrong, double *right)
{
    unsigned found = 0, true_ones = 0;
    for (uint32_t i = 0; i < width; i++) {
        found += q[i] <= 0.05;
        true_ones += q[i] <= 0.05 && i < planted;
    }
    *wrong += found ? (double)(found - true_ones) / found : 0;
    *right += (double)true_ones / planted;
}

static void planted_neurons_are_found_and_few_others(void **state)
{
    enum { SETS = 60, WIDTH = 60, PLANTED = 15 };
    double wrong[FDR_COUNT] = {0}, right[FDR_COUNT] = {0}, q[WIDTH];
    (void)state;
    for (unsigned set = 0; set < SETS; set++) {
        const struct speech speech = {.speakers = 30,
                                      .width = WIDTH,
                                      .tau = 6,
                                      .layers = 1,
                                      .planted = PLANTED,
                                      .effect = 0.4,
                                      .taste = 0.15,
                                      .noise = 0.8,
                                      .seed = 7000 + set};
        struct analysed s;
        struct neuron_tests t;
        simulate(&s, &speech);
        test_neurons(&t, &s, "gender", 999, FDR_BH, 1);
        for (int fdr = FDR_BH; fdr < FDR_COUNT; fdr++) {
            assert_ok(fdr_adjust((enum fdr)fdr, t.layer[0].p, WIDTH, q, &err));
            judge(q, WIDTH, PLANTED, &wrong[fdr], &right[fdr]);
        }
        neuron_tests_free(&t);
        analysed_close(&s);
    }
    for (int fdr = FDR_BH; fdr < FDR_COUNT; fdr++) {
        print_message("%s: %.3f false, power %.3f\n", fdr_name((enum fdr)fdr), wrong[fdr] / SETS,
                      right[fdr] / SETS);
        assert_true(wrong[fdr] / SETS < 0.05 + 0.02);
    }
    assert_true(right[FDR_BH] / SETS > 0.9);
    assert_true(right[FDR_BY] <= right[FDR_BH] && right[FDR_BH] <= right[FDR_STOREY]);
}

static void a_set_is_summed_up(void **state)
{
    double q[] = {0.01, 0.2, NAN, 0.04, 1};
    const struct neuron_tests_layer l = {.width = 5, .q = q};
    uint64_t set = 0x0b, none = 0;
    (void)state;
    struct neuron_tests_set s = neuron_tests_of_set(&l, &set);
    assert_int_equal(s.size, 3);
    assert_int_equal(s.significant, 2);
    assert_true(s.q == 0.04 && fabs(s.expected_false - 0.08) < 1e-12);
    s = neuron_tests_of_set(&l, NULL);
    assert_int_equal(s.size, 5);
    assert_int_equal(s.significant, 2);
    s = neuron_tests_of_set(&l, &none);
    assert_true(s.size == 0 && s.expected_false == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_loops_agree),
        cmocka_unit_test(classes_are_exchanged),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(tokens_are_observed_by_their_own_frames),
        cmocka_unit_test(q_is_the_published_one),
        cmocka_unit_test(no_effect_is_found_as_often_as_chance_allows),
        cmocka_unit_test(planted_neurons_are_found_and_few_others),
        cmocka_unit_test(a_set_is_summed_up),
    };
    return cmocka_run_group_tests(tests, analysed_set_up, analysed_tear_down);
}
