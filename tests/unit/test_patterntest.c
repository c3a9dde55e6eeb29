/* Tests of single patterns against the formulas written out, and against data of known truth. */
#include "config.h"

#include <math.h>

#include "base/distributions.h"
#include "inference/patterntest.h"
#include "inference/summary.h"
#include "speech_counts.h"

#include "analysed.h" /* last: its names would be shadowed in others */

static void simulate(struct analysed *s, const struct speech *speech)
{
    speech_counts(&s->counts, speech);
    analysed_open(s);
}

static const struct speech usual = {.speakers = 12,
                                    .width = 30,
                                    .tau = 3,
                                    .layers = 2,
                                    .taste = 0.4,
                                    .noise = 0.5,
                                    .gaps = 3,
                                    .seed = 21};

static enum status test_pattern(struct pattern_tests *t, struct analysed *s, const char *phone,
                                uint32_t layer, uint64_t draws, unsigned threads)
{
    static uint32_t neuron[1000];
    for (uint32_t i = 0; i < 1000; i++)
        neuron[i] = i;
    const struct pattern_tests_request r = {.phone = phone,
                                            .layer = layer,
                                            .neuron = neuron,
                                            .count = s->counts.layer[layer].width,
                                            .bootstrap = {.draws = draws, .seed = 4},
                                            .threads = threads};
    return pattern_tests_make(t, &s->analysis, &r, &err);
}

/* Hits and frames of a neuron by speaker: in PHONE, and in the other phones. */
struct plain {
    double h[40], n[40], e[40], m[40];
};

static struct plain plain_counts(const struct counts *c, uint32_t layer, uint32_t neuron,
                                 int32_t phone)
{
    struct plain p = {.h = {0}};
    for (uint32_t cell = 0; cell < c->cells; cell++) {
        int32_t s = c->factor[2].index[cell];
        uint32_t hits = c->layer[layer].u16[(size_t)cell * c->layer[layer].width + neuron];
        bool here = c->factor[0].index[cell] == phone;
        (here ? p.h : p.e)[s] += hits;
        (here ? p.n : p.m)[s] += (double)c->frames[cell];
    }
    return p;
}

/* The cluster t-test and the paired one, as statisticians write them. */
static void plain_tests(const struct plain *p, uint32_t speakers, double b, double *base,
                        double *paired)
{
    double S = 0, h = 0, n = 0, var = 0, K = 0, mean = 0, sd = 0;
    for (uint32_t s = 0; s < speakers; s++) {
        S += p->n[s] > 0;
        h += p->h[s];
        n += p->n[s];
    }
    for (uint32_t s = 0; s < speakers; s++) {
        var += pow(p->h[s] - h / n * p->n[s], 2);
        if (p->n[s] > 0 && p->m[s] > 0) {
            K++;
            mean += p->h[s] / p->n[s] - p->e[s] / p->m[s];
        }
    }
    var = S / (S - 1) * var / (n * n);
    mean /= K;
    for (uint32_t s = 0; s < speakers; s++)
        if (p->n[s] > 0 && p->m[s] > 0)
            sd += pow(p->h[s] / p->n[s] - p->e[s] / p->m[s] - mean, 2);
    sd = sqrt(sd / (K - 1));
    *base = student_upper((h / n - b) / sqrt(var), S - 1);
    *paired = student_upper(mean / (sd / sqrt(K)), K - 1);
}

static void formulas_agree(void **state)
{
    struct analysed s;
    struct pattern_tests t;
    (void)state;
    simulate(&s, &usual);
    for (uint32_t layer = 0; layer < 2; layer++) {
        assert_ok(test_pattern(&t, &s, "IY", layer, 50, 1));
        assert_int_equal(t.kind, PATTERN_SPEAKERS);
        assert_string_equal(t.design.within, "gender");
        assert_true(t.speakers > 4 && t.speakers < 12); /* some never say it */
        for (uint32_t i = 0; i < usual.width; i++) {
            double base, paired;
            struct plain p = plain_counts(&s.counts, layer, i, 5);
            plain_tests(&p, 12, 0.1, &base, &paired);
            assert_true(fabs(t.neuron[i].p_baseline - base) <= 1e-9 * base);
            assert_true(fabs(t.neuron[i].p_elsewhere - paired) <= 1e-9 * paired);
        }
        pattern_tests_free(&t);
    }
    analysed_close(&s);
}

/* A neuron that is always on, one that never is, and one with the same share in all speakers. */
static void without_variance_there_is_no_p(void **state)
{
    struct analysed s;
    struct pattern_tests t;
    (void)state;
    simulate(&s, &usual);
    uint16_t *hits = (uint16_t *)s.counts.layer[0].u16;
    for (uint32_t cell = 0; cell < s.counts.cells; cell++) {
        uint16_t *row = hits + (size_t)cell * usual.width;
        ((int64_t *)s.counts.frames)[cell] -= s.counts.frames[cell] % 3;
        row[0] = (uint16_t)s.counts.frames[cell];
        row[1] = 0;
        row[2] = (uint16_t)(s.counts.frames[cell] / 3);
    }
    assert_ok(test_pattern(&t, &s, "AA", 0, 50, 1));
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(isnan(t.neuron[i].p_baseline));
        assert_true(isnan(t.neuron[i].p_elsewhere));
        double rate = i == 0 ? 1 : i == 1 ? 0 : 1.0 / 3;
        assert_true(t.neuron[i].low == rate && t.neuron[i].high == rate);
    }
    assert_false(isnan(t.neuron[3].p_baseline));
    pattern_tests_free(&t);
    analysed_close(&s);
}

/* Percentiles of the same draws, sorted. */
static void intervals_are_percentiles_of_draws(void **state)
{
    enum { DRAWS = 400 };
    struct analysed s;
    struct pattern_tests t[3];
    struct bootstrap b = {0};
    const struct bootstrap_options o = {.draws = DRAWS, .seed = 4};
    uint32_t times[12];
    (void)state;
    simulate(&s, &usual);
    assert_ok(test_pattern(&t[0], &s, "M", 1, DRAWS, 1));
    assert_ok(test_pattern(&t[1], &s, "M", 1, DRAWS, 2));
    assert_ok(test_pattern(&t[2], &s, "M", 1, DRAWS, 7));
    for (int k = 1; k < 3; k++)
        assert_memory_equal(t[k].neuron, t[0].neuron, usual.width * sizeof *t[0].neuron);
    assert_ok(bootstrap_make(&b, &s.analysis, "phone", &o, false, &err));
    for (uint32_t i = 0; i < usual.width; i++) {
        struct plain p = plain_counts(&s.counts, 1, i, 10);
        double rate[DRAWS];
        for (uint64_t draw = 0; draw < DRAWS; draw++) {
            double h = 0, n = 0;
            bootstrap_times(&b, draw, times);
            for (uint32_t k = 0; k < b.design.owners; k++) {
                h += times[k] * p.h[b.level[k]];
                n += times[k] * p.n[b.level[k]];
            }
            rate[draw] = h / n;
        }
        qsort(rate, DRAWS, sizeof *rate, summary_compare);
        assert_true(t[0].neuron[i].low == summary_quantile(rate, DRAWS, 0.025));
        assert_true(t[0].neuron[i].high == summary_quantile(rate, DRAWS, 0.975));
        assert_true(t[0].neuron[i].low < t[0].neuron[i].high);
    }
    bootstrap_free(&b);
    for (int k = 0; k < 3; k++)
        pattern_tests_free(&t[k]);
    analysed_close(&s);
}

/* Without speakers: tokens, if these are what was counted; the reason, if not. */
static void tokens_are_the_units_without_speakers(void **state)
{
    struct analysed s;
    struct pattern_tests t;
    (void)state;
    simulate(&s, &usual);
    s.counts.factors = 2;
    assert_status(test_pattern(&t, &s, "S", 0, 50, 1), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "every frame was counted, without the factor 'speaker'"));
    s.counts.frames_mode = COUNTS_FRAMES_MID;
    assert_ok(test_pattern(&t, &s, "S", 0, 50, 1));
    assert_int_equal(t.kind, PATTERN_TOKENS);
    for (uint32_t i = 0; i < usual.width; i++) {
        struct plain p = plain_counts(&s.counts, 0, i, 16);
        double h = 0, n = 0, e = 0, m = 0;
        for (int k = 0; k < 12; k++) {
            h += p.h[k];
            n += p.n[k];
            e += p.e[k];
            m += p.m[k];
        }
        assert_true(t.neuron[i].p_baseline == binomial_upper((uint64_t)h, (uint64_t)n, 0.1));
        assert_true(t.neuron[i].p_elsewhere == hypergeometric_upper((uint64_t)h, (uint64_t)n,
                                                                    (uint64_t)(h + e),
                                                                    (uint64_t)(n + m)));
        assert_true(isnan(t.neuron[i].low));
    }
    pattern_tests_free(&t);
    analysed_close(&s);
}

/*
 * With no effect: a neuron whose speakers differ, but whose mean is the baseline, in 500 data sets.
 * The t-test keeps its level; the binomial, which takes frames as independent, does not, and the
 * interval holds the baseline somewhat less often than in 95 of 100, as that of few clusters does.
 */
static void the_cluster_test_keeps_its_level(void **state)
{
    enum { SETS = 500 };
    unsigned below = 0, elsewhere = 0, tokens = 0, outside = 0;
    (void)state;
    for (unsigned set = 0; set < SETS; set++) {
        const struct speech speech = {.speakers = 24,
                                      .width = 12,
                                      .tau = 2,
                                      .layers = 1,
                                      .taste = 0.6,
                                      .noise = 0.3,
                                      .seed = 40000 + set};
        struct analysed s;
        struct pattern_tests t;
        simulate(&s, &speech);
        assert_ok(test_pattern(&t, &s, "AE", 0, 200, 1));
        below += t.neuron[0].p_baseline <= 0.05;
        elsewhere += t.neuron[0].p_elsewhere <= 0.05;
        outside += t.neuron[0].low > 1.0 / 6 || t.neuron[0].high < 1.0 / 6;
        pattern_tests_free(&t);
        s.counts.factors = 2;
        s.counts.frames_mode = COUNTS_FRAMES_MID;
        assert_ok(test_pattern(&t, &s, "AE", 0, 200, 1));
        tokens += t.neuron[0].p_baseline <= 0.05;
        pattern_tests_free(&t);
        analysed_close(&s);
    }
    print_message("p <= .05: clusters %.3f, elsewhere %.3f, tokens %.3f; outside of the interval "
                  "%.3f\n",
                  (double)below / SETS, (double)elsewhere / SETS, (double)tokens / SETS,
                  (double)outside / SETS);
    double most = 0.05 + 3 * sqrt(0.05 * 0.95 / SETS);
    assert_true((double)below / SETS <= most && (double)elsewhere / SETS <= most);
    assert_true(below > 5 && elsewhere > 5);
    assert_true((double)tokens / SETS > most);
    assert_true((double)outside / SETS < 0.11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_agree),
        cmocka_unit_test(without_variance_there_is_no_p),
        cmocka_unit_test(intervals_are_percentiles_of_draws),
        cmocka_unit_test(tokens_are_the_units_without_speakers),
        cmocka_unit_test(the_cluster_test_keeps_its_level),
    };
    return cmocka_run_group_tests(tests, analysed_set_up, analysed_tear_down);
}
