/* The neurons of exchanged labels against plain loops, and against the published order. */
#include "config.h"

#include "analysis/analysis_input.h"
#include "analysis/pattern.h"
#include "base/mem.h"
#include "base/ties.h"
#include "inference/relabel.h"
#include "unit.h"

enum { LAYERS = 4, GROUPS = 2, WIDTH = 512 };

static struct err err;
static bool by_specificity; /* by that selector, and of some speakers */
static const uint32_t sizes[LAYERS * GROUPS] = {9, 7, 0, 30, 1, 0, 40, 512};

static void open_file(struct analysis_input *in, uint64_t min_frames)
{
    struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    o.params.min_frames = min_frames;
    if (by_specificity) {
        o.rule.selector = &selector_specificity;
        o.where[o.wheres++] = "speaker=F1,F2,F3,F4,M1,M2,M3,M5";
    }
    assert_ok(analysis_open(in, source_path("tests/data/statistics/sid.counts"), &o, &err));
}

static void open_relabel(struct relabel *r, struct analysis_input *in, uint64_t draws,
                         const bool *tested, unsigned threads)
{
    const struct relabel_options o = {.property = "gender",
                                      .exchange = {.strata = "none", .draws = draws, .seed = 5},
                                      .tested = tested,
                                      .size = sizes,
                                      .threads = threads};
    assert_ok(relabel_open(r, &in->analysis, &o, &err));
    assert_int_equal(r->groups, GROUPS);
}

/* Shares of phones, hits and frames of both groups in a layer, cell by cell. */
struct twin {
    double share[GROUPS][WIDTH], hits[GROUPS][WIDTH], frames[GROUPS];
    uint32_t phones[GROUPS];
};

/* GENDER by level of the factor speaker. */
static void twin_count(struct twin *t, struct analysis_input *in, uint32_t layer,
                       const uint32_t *gender)
{
    const struct counts *c = &in->counts;
    const uint32_t factor[] = {(uint32_t)counts_find_factor(c, "phone"),
                               (uint32_t)counts_find_factor(c, "speaker")};
    struct query_rows rows;
    uint32_t row[WIDTH], sum[WIDTH];
    uint64_t bits[WIDTH / 64];
    memset(t, 0, sizeof *t);
    assert_ok(query_rows(&rows, c, &in->analysis.filters, factor, 2, &err));
    for (uint32_t k = 0; k < c->factor[factor[0]].levels; k++)
        for (uint32_t g = 0; g < GROUPS; g++) {
            uint64_t frames = 0;
            memset(sum, 0, sizeof sum);
            if (phones_class(in->analysis.phones, c->factor[factor[0]].level[k]) < 0)
                continue;
            for (uint32_t r = 0; r < rows.rows; r++)
                if ((uint32_t)rows.level[2 * r] == k && gender[rows.level[2 * r + 1]] == g) {
                    assert_ok(query_row_hits(&rows, c, layer, r, row, NULL, &err));
                    for (uint32_t i = 0; i < WIDTH; i++)
                        sum[i] += row[i];
                    frames += (uint64_t)rows.frames[r];
                }
            if (frames < in->analysis.params.min_frames)
                continue;
            pattern_from_hits(bits, sum, WIDTH, frames, c->layer[layer].tau);
            for (uint32_t i = 0; i < WIDTH; i++) {
                t->share[g][i] += bitset_has(bits, i);
                t->hits[g][i] += sum[i];
            }
            t->phones[g]++;
            t->frames[g] += (double)frames;
        }
    query_rows_free(&rows);
}

/* True if neuron I comes before K in the order of group G. */
static bool twin_before(const struct twin *t, uint32_t g, uint32_t i, uint32_t k)
{
    double share[2], rate[2];
    const uint32_t n[] = {i, k};
    for (int j = 0; j < 2; j++) {
        share[j] =
            ties_key(t->share[g][n[j]] / t->phones[g] - t->share[1 - g][n[j]] / t->phones[1 - g]);
        rate[j] =
            ties_key(t->hits[g][n[j]] / t->frames[g] - t->hits[1 - g][n[j]] / t->frames[1 - g]);
    }
    if (!by_specificity && share[0] != share[1])
        return share[0] > share[1];
    return rate[0] != rate[1] ? rate[0] > rate[1] : i < k;
}

/* The sets of labeling DRAW are the neurons that few others come before. */
static void draw_is_the_twins(struct relabel *r, struct analysis_input *in, uint64_t draw)
{
    static const uint32_t widths[] = {WIDTH, WIDTH, WIDTH, WIDTH};
    const struct units *u = &r->exchange.units;
    uint32_t label[16], room[32], gender[16];
    struct neuron_set set[GROUPS];
    static struct twin t;
    relabel_labels(r, draw, label, room);
    for (uint32_t i = 0; i < u->units; i++)
        gender[u->owner[i]] = label[i];
    for (uint32_t g = 0; g < GROUPS; g++) {
        assert_ok(neuron_set_init(&set[g], LAYERS, widths, &err));
        assert_ok(relabel_add(r, draw, g, &set[g], &err));
    }
    for (uint32_t l = 0; l < LAYERS; l++) {
        twin_count(&t, in, l, gender);
        for (uint32_t g = 0; g < GROUPS; g++) {
            assert_int_equal(neuron_set_size(&set[g], l), sizes[l * GROUPS + g]);
            for (uint32_t i = 0; i < WIDTH; i++) {
                uint32_t before = 0;
                for (uint32_t k = 0; k < WIDTH; k++)
                    before += k != i && twin_before(&t, g, k, i);
                assert_int_equal(neuron_set_has(&set[g], l, i), before < sizes[l * GROUPS + g]);
            }
        }
    }
    for (uint32_t g = 0; g < GROUPS; g++)
        neuron_set_free(&set[g]);
}

static void sets_are_those_of_plain_loops(void **state)
{
    static const uint64_t min_frames[] = {1, 2500, 900};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct analysis_input in;
        struct relabel r;
        by_specificity = i == 2;
        open_file(&in, min_frames[i]);
        open_relabel(&r, &in, by_specificity ? 60 : 200, NULL, 1 + (unsigned)i);
        assert_int_equal(r.draws, by_specificity ? 60 : 200);
        draw_is_the_twins(&r, &in, 0);
        draw_is_the_twins(&r, &in, 3);
        draw_is_the_twins(&r, &in, r.draws);
        draw_is_the_twins(&r, &in, 2); /* again, from the first ones */
        relabel_free(&r);
        analysis_close(&in);
    }
    by_specificity = false;
}

/* The observed labeling is ranked as the file itself is. */
static void observed_sets_lead_the_published_order(void **state)
{
    static const uint32_t widths[] = {WIDTH, WIDTH, WIDTH, WIDTH};
    struct analysis_input in;
    struct relabel r;
    (void)state;
    open_file(&in, 2500);
    open_relabel(&r, &in, 9, NULL, 2);
    for (uint32_t g = 0; g < GROUPS; g++) {
        struct neuron_set set;
        assert_ok(neuron_set_init(&set, LAYERS, widths, &err));
        assert_ok(relabel_add(&r, 0, g, &set, &err));
        for (uint32_t l = 0; l < LAYERS; l++) {
            struct selection_ranking rank;
            assert_ok(analysis_ranking(&in.analysis, "gender", l, NULL, &rank, &err));
            for (uint32_t k = 0; k < WIDTH; k++)
                assert_int_equal(neuron_set_has(&set, l, rank.order[g * WIDTH + k]),
                                 k < sizes[l * GROUPS + g]);
            selection_ranking_free(&rank);
        }
        neuron_set_free(&set);
    }
    relabel_free(&r);
    analysis_close(&in);
}

/* Speakers that are evaluated keep their number in each group. */
static void tested_speakers_stay_among_themselves(void **state)
{
    bool tested[14] = {true, true, true, false, false, false, false, true, true};
    uint32_t label[14], room[28];
    struct analysis_input in;
    struct relabel r;
    (void)state;
    open_file(&in, 1);
    open_relabel(&r, &in, 50, tested, 1);
    const struct units *u = &r.exchange.units;
    uint32_t want = 0, moved = 0;
    for (uint32_t i = 0; i < u->units; i++)
        want += tested[u->owner[i]] && u->slot[i] == 0;
    for (uint64_t d = 0; d <= r.draws; d++) {
        uint32_t n = 0;
        relabel_labels(&r, d, label, room);
        for (uint32_t i = 0; i < u->units; i++) {
            n += tested[u->owner[i]] && label[i] == 0;
            moved += label[i] != u->slot[i];
        }
        assert_int_equal(n, want);
    }
    assert_true(moved > 100);
    relabel_free(&r);
    analysis_close(&in);
}

static void refused(struct analysis_input *in, const char *property, const char *strata,
                    uint64_t draws, const char *words)
{
    static const uint32_t none[LAYERS * 16];
    const struct relabel_options o = {
        .property = property,
        .exchange = {.strata = strata, .draws = draws},
        .size = none,
        .threads = 1,
    };
    struct relabel r;
    assert_true(relabel_open(&r, &in->analysis, &o, &err) != STATUS_OK);
    if (!strstr(err.msg, words))
        fail_msg("no '%s' in: %s", words, err.msg);
}

static void what_cannot_be_relabelled_says_why(void **state)
{
    struct analysis_input in;
    struct relabel r;
    (void)state;
    open_file(&in, 1);
    refused(&in, "phone", NULL, 9, "exchange labels of speakers; phone has labels of classes");
    refused(&in, "speaker", NULL, 9, "utterance");
    refused(&in, "gender", "nonsense", 9, "no column 'nonsense'");
    open_relabel(&r, &in, LABELINGS_ALL, NULL, 1); /* C(14, 7) */
    assert_int_equal(r.draws, 3432);
    assert_true(r.exchange.labelings.enumerated);
    relabel_free(&r);
    analysis_close(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_those_of_plain_loops),
        cmocka_unit_test(observed_sets_lead_the_published_order),
        cmocka_unit_test(tested_speakers_stay_among_themselves),
        cmocka_unit_test(what_cannot_be_relabelled_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
