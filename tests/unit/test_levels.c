/*
 * What p is worth, on data whose truth is known: without an effect p is uniform (never smaller than
 * it should be), with one it is small; and exchanging what is not exchangeable is found out.
 *
 * SIMULATIONS=N: N data sets of each kind in place of 500.
 */
#include "config.h"

#include <unistd.h>

#include "inference/difference.h"
#include "inference/null.h"
#include "simulated_tokens.h"

#include "analysed.h" /* last: its names would be shadowed in others */

enum { DRAWS = 99 };

static unsigned sets = 500;

/* What the data sets gave. */
struct levels {
    double *p, *uniform; /* [sets] p; randomised, uniform without effect whatever ties there are */
};

static const struct simulation plain = {.speakers = 12,
                                        .phones = 9,
                                        .layers = 1,
                                        .width = 64,
                                        .tau = 4,
                                        .frames = 12,
                                        .phone = 0.5,
                                        .speaker = 0.5,
                                        .share = 0.5};

/* p of STATISTIC for PROPERTY of the data set C; TOKENS: its token file, or NULL. */
static void one(struct levels *out, unsigned at, const struct counts *c, const char *tokens,
                const char *property, const char *statistic, const char *strata)
{
    struct null_request r = {
        .property = property,
        .threads = 1,
        .exchange = {.strata = strata, .tokens = tokens, .draws = DRAWS, .seed = at}};
    struct analysis a;
    struct null_result n;
    size_t above = 0, equal = 0;
    struct rng rng = rng_at(at, 99);
    assert_ok(analysis_init(&a, c, &phones, &err));
    a.params.sigma = 0.6;
    assert_ok(null_add_statistic(&r, statistic, &a, NULL, &err));
    assert_ok(null_make(&n, &a, &r, &err));
    const struct summary *v = &n.row[0].summary;
    for (uint64_t d = 0; d < n.draws; d++) {
        bool reaches = summary_reaches(n.row[0].value[d], v->observed);
        bool reached = summary_reaches(v->observed, n.row[0].value[d]);
        above += reaches && !reached;
        equal += reaches && reached;
    }
    out->p[at] = v->p;
    out->uniform[at] = ((double)above + rng_uniform(&rng) * (1 + (double)equal - n.enumerated)) /
                       ((double)n.draws + !n.enumerated);
    null_free(&n);
    analysis_free(&a);
}

/* SETS data sets like S. */
static struct levels simulate(struct simulation s, const char *property, const char *statistic,
                              const char *strata)
{
    struct levels l = {mem_array(sets, sizeof *l.p), mem_array(sets, sizeof *l.uniform)};
    assert_true(l.p && l.uniform);
    for (unsigned i = 0; i < sets; i++) {
        struct counts c;
        s.seed = 1000 + i;
        simulated_counts(&c, &s);
        one(&l, i, &c, NULL, property, statistic, strata);
        counts_free(&c);
    }
    return l;
}

#define TOKENS "test_levels.tokens"

/* The same of tokens, by pitch. */
static struct levels simulate_tokens(struct token_simulation s, const char *statistic,
                                     const char *strata)
{
    struct levels l = {mem_array(sets, sizeof *l.p), mem_array(sets, sizeof *l.uniform)};
    assert_true(l.p && l.uniform);
    for (unsigned i = 0; i < sets; i++) {
        struct counts c;
        s.seed = 1000 + i;
        simulated_with_tokens(&c, &s, TOKENS);
        one(&l, i, &c, TOKENS, "pitch", statistic, strata);
        counts_free(&c);
    }
    unlink(TOKENS);
    return l;
}

static void levels_free(struct levels *l)
{
    free(l->p);
    free(l->uniform);
}

static double share_below(const struct levels *l, double a)
{
    double n = 0;
    for (unsigned i = 0; i < sets; i++)
        n += l->p[i] <= a + 1e-12;
    return n / sets;
}

/* Largest distance of the randomised p from the uniform distribution, times the root of their
 * number; 1.63 is exceeded in 1 of 100 runs of a test that is right, 1.95 in 1 of 1000. */
static double kolmogorov(struct levels *l)
{
    double largest = 0;
    qsort(l->uniform, sets, sizeof *l->uniform, summary_compare);
    for (unsigned i = 0; i < sets; i++) {
        largest = fmax(largest, fabs(l->uniform[i] - (double)i / sets));
        largest = fmax(largest, fabs(l->uniform[i] - (double)(i + 1) / sets));
    }
    return largest * sqrt(sets);
}

/* True if no share of p is above its level by more than three standard errors. */
static bool holds_level(const struct levels *l)
{
    static const double level[] = {0.01, 0.05, 0.1, 0.2};
    for (int k = 0; k < 4; k++) {
        double a = level[k];
        if (share_below(l, a) > a + 3 * sqrt(a * (1 - a) / sets))
            return false;
    }
    return true;
}

static void levels_are_right(struct levels *l, const char *what)
{
    double distance = kolmogorov(l);
    print_message("%s: p <= .05 in %.3f, distance %.2f\n", what, share_below(l, 0.05), distance);
    assert_true(holds_level(l));
    assert_true(distance < 1.95);
    levels_free(l);
}

static void is_right(struct simulation s, const char *property, const char *statistic,
                     const char *strata)
{
    struct levels l = simulate(s, property, statistic, strata);
    char what[80];
    snprintf(what, sizeof what, "%s by %s", property, statistic);
    levels_are_right(&l, what);
}

static void is_wrong(struct simulation s, const char *property, const char *statistic,
                     const char *strata)
{
    struct levels l = simulate(s, property, statistic, strata);
    print_message("broken: %s by %s: p <= .05 in %.3f\n", property, statistic,
                  share_below(&l, 0.05));
    assert_false(holds_level(&l));
    levels_free(&l);
}

/* Share of data sets with an effect whose p is at most .05. */
static double power(struct simulation s, const char *property, const char *statistic,
                    const char *strata)
{
    struct levels l = simulate(s, property, statistic, strata);
    double share = share_below(&l, 0.05);
    print_message("power: %s by %s: %.3f\n", property, statistic, share);
    levels_free(&l);
    return share;
}

static void genders_of_speakers(void **state)
{
    (void)state;
    is_right(plain, "gender", "size", NULL);
    is_right(plain, "gender", "full-dim", NULL);
    is_right(plain, "gender", "anosim", NULL);
}

/* Synthesisers that are not spread evenly over the genders look like genders, unless speakers are
 * exchanged within them. */
static void strata_of_a_blocked_design(void **state)
{
    struct simulation s = plain;
    (void)state;
    s.speakers = 16;
    s.blocked = true;
    s.engine = 1.5;
    is_right(s, "gender", "size", "engine");
    is_right(s, "gender", "full-dim", "engine");
    is_wrong(s, "gender", "full-dim", "none");
}

/* Pieces of recordings are not speakers: what resembles itself within a speaker then looks like an
 * effect of the gender. */
static void pieces_taken_for_speakers(void **state)
{
    struct simulation s = plain;
    (void)state;
    s.speakers = 24;
    s.pieces = 4;
    is_wrong(s, "gender", "size", NULL);
    is_wrong(s, "gender", "full-dim", NULL);
}

static void classes_of_phones(void **state)
{
    struct simulation s = plain;
    (void)state;
    s.phones = 15;
    s.speakers = 4;
    is_right(s, "phone", "size", NULL);
    is_right(s, "phone", "full-dim", NULL);
}

static void utterances_of_speakers(void **state)
{
    struct simulation s = plain;
    (void)state;
    s.speakers = 6;
    s.utterances = 4;
    s.speaker = 0;
    s.utterance = 0.5;
    is_right(s, "speaker", "size", NULL);
    is_right(s, "speaker", "full-dim", NULL);
    s.speaker = 0.7;
    assert_true(power(s, "speaker", "full-dim", NULL) > 0.9);
}

/* Pitch that drifts with the neurons from utterance to utterance: exchanged within speakers it
 * looks like an effect, within utterances it does not. */
static void tokens_of_speakers_and_utterances(void **state)
{
    struct token_simulation s = {
        .speakers = 4, .utterances = 5, .phones = 6, .tokens = 4, .width = 50, .tau = 4};
    struct levels l;
    (void)state;
    l = simulate_tokens(s, "size", "speaker");
    levels_are_right(&l, "pitch within speakers by size");
    l = simulate_tokens(s, "full-dim", "speaker");
    levels_are_right(&l, "pitch within speakers by full-dim");
    s.drift = 1.5;
    l = simulate_tokens(s, "full-dim", "utterance");
    levels_are_right(&l, "drift within utterances by full-dim");
    l = simulate_tokens(s, "full-dim", "speaker");
    print_message("broken: drift within speakers: p <= .05 in %.3f\n", share_below(&l, 0.05));
    assert_false(holds_level(&l));
    levels_free(&l);
    s.drift = 0;
    s.pitch = 1.5;
    l = simulate_tokens(s, "size", "utterance");
    print_message("power: pitch within utterances by size: %.3f\n", share_below(&l, 0.05));
    assert_true(share_below(&l, 0.05) > 0.9);
    levels_free(&l);
}

/*
 * Two models that heard the same speakers: in how many of the pairs of data sets like A and B the
 * paired bootstrap says that STATISTIC differs.  Its p is only right for many speakers, so that its
 * level is reported, and held to a wide bound.
 */
static double differing(const struct simulation *a, const struct simulation *b,
                        const char *statistic)
{
    double n = 0;
    for (unsigned i = 0; i < sets; i++) {
        struct simulation s[2] = {*a, *b};
        struct difference_request r = {.property = "gender",
                                       .layer = (const uint32_t[]){0},
                                       .layers = 1,
                                       .bootstrap = {.draws = 199, .seed = i},
                                       .threads = 1};
        struct difference d;
        struct counts c[2];
        struct analysis of[2];
        for (int k = 0; k < 2; k++) {
            s[k].seed = 1000 + 2 * i + (unsigned)k;
            simulated_counts(&c[k], &s[k]);
            assert_ok(analysis_init(&of[k], &c[k], &phones, &err));
            of[k].params.sigma = 0.6;
        }
        assert_ok(difference_add(&r, statistic, &err));
        assert_ok(difference_make(&d, &of[0], &of[1], &r, &err));
        n += d.row[0].p <= 0.05;
        difference_free(&d);
        for (int k = 0; k < 2; k++) {
            analysis_free(&of[k]);
            counts_free(&c[k]);
        }
    }
    print_message("difference of models by %s, %u speakers: p <= .05 in %.3f\n", statistic,
                  a->speakers, n / sets);
    return n / sets;
}

static void models_that_differ_or_not(void **state)
{
    struct simulation a = plain, b;
    double most = 0.1 + 3 * sqrt(0.1 * 0.9 / sets);
    (void)state;
    for (a.speakers = 12; a.speakers <= 24; a.speakers += 12) {
        assert_true(differing(&a, &a, "size") < most);
        assert_true(differing(&a, &a, "full-dim") < most);
    }
    a.speakers = 24;
    b = a;
    b.gender = 2;
    assert_true(differing(&a, &b, "full-dim") > 0.9);
}

static void effects_are_found(void **state)
{
    struct simulation s = plain;
    (void)state;
    s.gender = 1;
    power(s, "gender", "size", NULL);
    s.gender = 2;
    assert_true(power(s, "gender", "size", NULL) > 0.9);
    assert_true(power(s, "gender", "full-dim", NULL) > 0.9);
    s = plain;
    s.phones = 15;
    s.speakers = 4;
    s.class = 2;
    assert_true(power(s, "phone", "size", NULL) > 0.9);
}

int main(void)
{
    const char *few = getenv("SIMULATIONS");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genders_of_speakers),
        cmocka_unit_test(strata_of_a_blocked_design),
        cmocka_unit_test(pieces_taken_for_speakers),
        cmocka_unit_test(classes_of_phones),
        cmocka_unit_test(utterances_of_speakers),
        cmocka_unit_test(tokens_of_speakers_and_utterances),
        cmocka_unit_test(effects_are_found),
        cmocka_unit_test(models_that_differ_or_not),
    };
    if (few && atoi(few) > 0)
        sets = (unsigned)atoi(few);
    return cmocka_run_group_tests(tests, analysed_set_up, analysed_tear_down);
}
