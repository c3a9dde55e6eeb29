/* Rules by which group neurons are chosen, and the statistics of a layer, on counts of 0.1.0. */
#include "config.h"

#include "toy_counts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/agreement.h"
#include "analysis/selector.h"
#include "analysis/statistic.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "corpus/phones.h"
#include "formats/tensors/safetensors.h"

static struct err err;
static struct counts counts;
static struct phones phones;
static struct analysis a;

/* cmocka's own compares as float. */
#define assert_near(x, y, within) assert_true(fabs((x) - (y)) <= (within))

static int set_up(void **state)
{
    (void)state;
    if (counts_open(&counts, source_path("tests/data/statistics/sid.counts"), &err) ||
        phones_open(&phones, NULL, &err))
        return -1;
    return analysis_init(&a, &counts, &phones, &err) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    analysis_free(&a);
    phones_free(&phones);
    counts_free(&counts);
    return 0;
}

/* A property in a layer, from 1, and its scores by a selector. */
struct scored {
    const struct property *p;
    const struct property_layer *l;
    double *score; /* [groups][width]; free it */
};

static struct scored score(const struct selector *s, const char *property, uint32_t layer)
{
    struct scored v;
    assert_ok(analysis_property(&a, property, &v.p, &err));
    assert_ok(analysis_layer(&a, property, layer - 1, &v.l, &err));
    const struct selector_input in = {v.p,        &counts,      layer - 1, v.l->width,
                                      v.l->words, v.l->pattern, NULL};
    v.score = mem_array((size_t)v.p->groups * v.l->width, sizeof *v.score);
    assert_non_null(v.score);
    assert_ok(s->score(&in, v.score, &err));
    return v;
}

/* The groups of a tensor of reference scores, in the order of its rows. */
static const char *const *reference_groups(const char *property)
{
    static const char *const genders[] = {"female", "male"};
    static const char *const classes[] = {"vowel", "voiced", "unvoiced"};
    return strcmp(property, "phone") == 0 ? classes : genders;
}

/* One tensor PROPERTY/LAYER/SCORE [groups or one][D] against our scores. */
static void compare_with_reference(const struct tensor *t)
{
    static const struct {
        const char *name;
        const struct selector *selector;
    } score_of[] = {{"lape", &selector_lape},     {"specificity", &selector_specificity},
                    {"margin", &selector_margin}, {"mutual_information", &selector_mi},
                    {"iou", &selector_iou},       {"rate", NULL}};
    char property[32], name[32];
    unsigned layer;
    size_t k = 0;
    assert_int_equal(sscanf(t->name, "%31[^/]/%u/%31s", property, &layer, name), 3);
    while (k < 5 && strcmp(score_of[k].name, name) != 0)
        k++;
    struct selector rates = selector_margin;
    rates.score = selector_rates;
    struct scored v = score(score_of[k].selector ? score_of[k].selector : &rates, property, layer);
    for (uint32_t g = 0; g < v.p->groups; g++) {
        uint32_t ours = names_find(&v.p->group, reference_groups(property)[g]);
        assert_true(ours != NAMES_NONE);
        for (uint32_t i = 0; i < v.l->width; i++) {
            double want;
            size_t row = t->ndim > 1 ? (size_t)g * v.l->width : 0;
            memcpy(&want, t->data + (row + i) * sizeof want, sizeof want);
            assert_near(v.score[(size_t)ours * v.l->width + i], want, 1e-12);
        }
    }
    free(v.score);
}

/* Scores of an independent numpy program over the same file. */
static void scores_are_what_numpy_finds(void **state)
{
    struct tensors want;
    (void)state;
    assert_ok(safetensors_open(&want, data_path("statistics/sid-scores.safetensors"), &err));
    assert_true(want.count >= 12);
    for (size_t k = 0; k < want.count; k++)
        compare_with_reference(&want.tensor[k]);
    tensors_free(&want);
}

static struct selection_rule rule_of(const struct selector *s, enum selection_size_kind kind,
                                     uint32_t count)
{
    return (struct selection_rule){s, {kind, count}};
}

static struct selection choose(const struct selection_rule *r, const struct scored *v)
{
    struct selection_span span;
    struct selection made;
    assert_ok(selection_span_make(&span, r, v->p, &counts, NULL, &err));
    assert_ok(selection_make(&made, r, &span, v->p, v->l, &counts, NULL, &err));
    return made;
}

/* As many as the published rule takes, and none left out that scores higher. */
static void ranked_sets_are_the_highest_scores(void **state)
{
    static const struct selector *const plain[] = {&selector_specificity, &selector_margin,
                                                   &selector_log_odds, &selector_iou};
    (void)state;
    for (uint32_t k = 0; k < 4 * counts.layers; k++) {
        const struct selector *s = plain[k / counts.layers];
        struct scored v = score(s, "gender", k % counts.layers + 1);
        const struct selection_rule rule = rule_of(s, SELECTION_PAPER, 0);
        struct selection made = choose(&rule, &v);
        for (uint32_t g = 0; g < v.p->groups; g++) {
            const uint64_t *set = made.group + g * v.l->words, *paper = v.l->group + g * v.l->words;
            const double *x = v.score + (size_t)g * v.l->width;
            double lowest = INFINITY, highest_out = -INFINITY;
            assert_int_equal(bitset_count(set, v.l->words), bitset_count(paper, v.l->words));
            assert_true(bitset_count(set, v.l->words) > 0);
            for (uint32_t i = 0; i < v.l->width; i++)
                if (bitset_has(set, i))
                    lowest = fmin(lowest, x[i]);
                else
                    highest_out = fmax(highest_out, x[i]);
            assert_true(lowest >= highest_out);
        }
        selection_free(&made);
        free(v.score);
    }
}

/* Every selector that this file can answer, at every size. */
static void sets_have_the_size_that_was_asked_for(void **state)
{
    (void)state;
    for (size_t k = 0; selectors[k]; k++) {
        if (selectors[k] == &selector_pauc)
            continue;
        struct scored v = score(selectors[k], "phone", 2);
        const struct selection_rule rule = rule_of(selectors[k], SELECTION_PAPER, 0);
        const struct selection_rule ten = rule_of(selectors[k], SELECTION_COUNT, 10);
        struct selection made = choose(&rule, &v), fixed = choose(&ten, &v);
        size_t all = 0;
        for (uint32_t g = 0; g < v.p->groups; g++) {
            assert_int_equal(bitset_count(made.group + g * v.l->words, v.l->words),
                             bitset_count(v.l->group + g * v.l->words, v.l->words));
            assert_int_equal(bitset_count(fixed.group + g * v.l->words, v.l->words), 10);
            all += 10;
        }
        assert_true(bitset_count(fixed.neurons, v.l->words) <= all);
        selection_free(&made);
        selection_free(&fixed);
        free(v.score);
    }
}

static void the_published_rule_is_the_layer_s_own(void **state)
{
    (void)state;
    struct scored v = score(&selector_paper, "phone", 3);
    const struct selection_rule rule = {.selector = NULL};
    struct selection made = choose(&rule, &v);
    uint64_t *members = mem_zeros(v.p->groups * v.l->words, sizeof *members);
    double *share = mem_array((size_t)v.p->groups * v.l->width, sizeof *share);
    const struct selector_input in = {v.p, &counts, 2, v.l->width, v.l->words, v.l->pattern, NULL};
    assert_ok(selector_shares(&in, share, &err));
    assert_ptr_equal(made.group, v.l->group);
    selector_take_sigma(share, v.p->groups, v.l->width, 0.8, members);
    assert_memory_equal(members, v.l->members, v.p->groups * v.l->words * sizeof *members);
    assert_true(bitset_count(v.l->neurons, v.l->words) > 0);
    /* Its scores: the share of the group minus the largest other. */
    for (uint32_t i = 0; i < v.l->width; i++)
        for (uint32_t g = 0; g < 3; g++) {
            double other =
                fmax(share[(g + 1) % 3 * v.l->width + i], share[(g + 2) % 3 * v.l->width + i]);
            assert_near(v.score[g * v.l->width + i], share[g * v.l->width + i] - other, 1e-15);
        }
    free(share);
    free(members);
    free(v.score);
}

/* Equal scores: the lower index, whatever the sort does; told apart by another selector first
 * where there is one. */
static void ties_go_to_the_lower_index(void **state)
{
    (void)state;
    struct selector tied = selector_paper;
    tied.take = SELECTOR_TOP;
    for (int round = 0; round < 2; round++) {
        tied.then = round ? &selector_specificity : NULL;
        struct scored v = score(&selector_paper, "gender", 1);
        struct scored then = score(&selector_specificity, "gender", 1);
        const struct selection_rule rule = rule_of(&tied, SELECTION_COUNT, 40);
        struct selection made = choose(&rule, &v);
        size_t ties = 0;
        for (uint32_t g = 0; g < v.p->groups; g++) {
            const uint64_t *set = made.group + g * v.l->words;
            const double *x = v.score + (size_t)g * v.l->width;
            const double *y = then.score + (size_t)g * v.l->width;
            for (uint32_t i = 0; i < v.l->width; i++)
                for (uint32_t k = 0; k < v.l->width && bitset_has(set, i); k++) {
                    bool before = round ? y[k] > y[i] || (y[k] == y[i] && k < i) : k < i;
                    ties += k != i && x[k] == x[i];
                    assert_true(x[k] != x[i] || !before || bitset_has(set, k));
                }
        }
        assert_true(ties > 0);
        selection_free(&made);
        free(v.score);
        free(then.score);
    }
}

/* z of every neuron from the plain formula. */
static void log_odds_are_those_of_the_formula(void **state)
{
    (void)state;
    struct scored v = score(&selector_log_odds, "phone", 4);
    const struct selector_input in = {v.p, &counts, 3, v.l->width, v.l->words, v.l->pattern, NULL};
    size_t width = v.l->width;
    double *hits = mem_array(3 * width, sizeof *hits), frames[3];
    double b = v.l->tau / (double)width, a0 = 100 * b, a1 = 100 * (1 - b);
    assert_ok(selector_hits(&in, hits, frames, &err));
    for (uint32_t g = 0; g < 3; g++)
        for (size_t i = 0; i < width; i++) {
            double h = hits[g * width + i], n = frames[g];
            double k = hits[(g + 1) % 3 * width + i] + hits[(g + 2) % 3 * width + i];
            double m = frames[(g + 1) % 3] + frames[(g + 2) % 3];
            double delta = log((h + a0) / (n - h + a1) / ((k + a0) / (m - k + a1)));
            double variance = 1 / (h + a0) + 1 / (n - h + a1) + 1 / (k + a0) + 1 / (m - k + a1);
            assert_near(v.score[g * width + i], delta / sqrt(variance), 1e-9);
        }
    free(hits);
    free(v.score);
}

static int compare_doubles(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return p < q ? -1 : p > q;
}

/* A neuron that may be in a set, with what it is ordered by. */
struct low {
    double entropy;
    uint32_t layer, neuron;
};

static int compare_lows(const void *x, const void *y)
{
    const struct low *p = x, *q = y;
    if (fabs(p->entropy - q->entropy) > 1e-9)
        return p->entropy < q->entropy ? -1 : 1;
    return p->layer != q->layer ? (p->layer < q->layer ? -1 : 1)
                                : (p->neuron < q->neuron ? -1 : p->neuron > q->neuron);
}

/* The published procedure, once more in plain loops: rates of all layers, their 95th percentile,
 * the lowest 1 % of all neurons among the active ones. */
static void lape_takes_the_lowest_of_all_layers(void **state)
{
    enum { L = 4, D = 512, G = 2 };
    static double rate[L][G][D], all[L * G * D];
    static struct low low[L * D];
    static bool want[L][G][D];
    const struct selector_input base = {.counts = &counts, .width = D};
    size_t lows = 0;
    (void)state;
    struct scored v[L];
    for (uint32_t l = 0; l < L; l++) {
        v[l] = score(&selector_lape, "gender", l + 1);
        struct selector_input in = base;
        in.property = v[l].p;
        in.layer = l;
        assert_ok(selector_rates(&in, rate[l][0], &err));
    }
    memcpy(all, rate, sizeof rate);
    qsort(all, L * G * D, sizeof *all, compare_doubles);
    double at = 0.95 * (L * G * D - 1), border = all[(size_t)at];
    border += (at - floor(at)) * (all[(size_t)at + 1] - border);
    for (uint32_t l = 0; l < L; l++)
        for (uint32_t i = 0; i < D; i++)
            if (rate[l][0][i] > border || rate[l][1][i] > border)
                low[lows++] = (struct low){v[l].score[i], l, i};
    qsort(low, lows, sizeof *low, compare_lows);
    assert_true(lows > 20);
    for (size_t k = 0; k < 20; k++) /* round(0.01 x 4 x 512) */
        for (uint32_t g = 0; g < G; g++)
            want[low[k].layer][g][low[k].neuron] = rate[low[k].layer][g][low[k].neuron] > border;
    const struct selection_rule own = rule_of(&selector_lape, SELECTION_OWN, 0);
    const struct selection_rule many = rule_of(&selector_lape, SELECTION_COUNT, 60);
    for (uint32_t l = 0; l < L; l++) {
        struct selection made = choose(&own, &v[l]), more = choose(&many, &v[l]);
        for (uint32_t g = 0; g < G; g++) {
            double least = INFINITY, most_out = -INFINITY;
            for (uint32_t i = 0; i < D; i++) {
                assert_int_equal(bitset_has(made.group + g * made.words, i), want[l][g][i]);
                if (bitset_has(more.group + g * more.words, i))
                    least = fmin(least, rate[l][g][i]);
                else if (rate[l][g][i] <= border)
                    most_out = fmax(most_out, rate[l][g][i]);
            }
            /* More than there are candidates: the next by their rate. */
            if (least <= border)
                assert_true(least >= most_out);
        }
        selection_free(&made);
        selection_free(&more);
        free(v[l].score);
    }
}

static void only_some_selectors_have_a_size_of_their_own(void **state)
{
    struct selection_span span;
    const struct property *p;
    (void)state;
    assert_ok(analysis_property(&a, "gender", &p, &err));
    for (size_t k = 0; selectors[k]; k++) {
        const struct selection_rule own = rule_of(selectors[k], SELECTION_OWN, 0);
        bool has = selectors[k] == &selector_lape || selectors[k] == &selector_paper;
        assert_int_equal(selection_span_make(&span, &own, p, &counts, NULL, &err),
                         has ? STATUS_OK : STATUS_USAGE);
    }
    assert_non_null(strstr(err.msg, "no size of its own"));
}

/* A neuron tells of the group it is most active in, and of no other. */
static void mutual_information_is_of_the_most_active_group(void **state)
{
    (void)state;
    struct scored v = score(&selector_mi, "phone", 2);
    const struct selector_input in = {v.p, &counts, 1, v.l->width, v.l->words, v.l->pattern, NULL};
    size_t width = v.l->width;
    double *rate = mem_array(3 * width, sizeof *rate);
    const struct selection_rule rule = rule_of(&selector_mi, SELECTION_COUNT, UINT32_MAX);
    struct selection made = choose(&rule, &v);
    assert_ok(selector_rates(&in, rate, &err));
    for (size_t i = 0; i < width; i++)
        for (uint32_t g = 0; g < 3; g++) {
            double r = rate[g * width + i], after = rate[(g + 1) % 3 * width + i],
                   before = rate[(g + 2) % 3 * width + i];
            if (r != after && r != before)
                assert_int_equal(bitset_has(made.group + g * made.words, i),
                                 r > after && r > before);
        }
    selection_free(&made);
    free(rate);
    free(v.score);
}

/* What a session hands out is what is chosen, and follows its rule. */
static void sessions_choose_by_their_rule(void **state)
{
    const struct selection *x, *y;
    const struct property_layer *l;
    struct selection_ranking r;
    (void)state;
    assert_ok(analysis_layer(&a, "gender", 3, &l, &err));
    assert_ok(analysis_selection(&a, "gender", 3, NULL, &x, &err));
    assert_ptr_equal(x->neurons, l->neurons);
    const struct selection_rule rule = rule_of(&selector_iou, SELECTION_COUNT, 3);
    analysis_set_rule(&a, &rule);
    assert_ok(analysis_selection(&a, "gender", 3, NULL, &x, &err));
    assert_ok(analysis_selection(&a, "gender", 3, &selector_iou, &y, &err));
    assert_ptr_equal(x, y);
    assert_ok(analysis_ranking(&a, "gender", 3, NULL, &r, &err));
    for (uint32_t g = 0; g < x->groups; g++) {
        assert_int_equal(bitset_count(x->group + g * x->words, x->words), 3);
        for (uint32_t k = 0; k < 3; k++)
            assert_true(bitset_has(x->group + g * x->words, r.order[g * r.width + k]));
    }
    selection_ranking_free(&r);
    assert_status(analysis_selection(&a, "gender", 3, &selector_pauc, &y, &err),
                  STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "lambdas"));
    analysis_set_rule(&a, &(struct selection_rule){.selector = NULL});
    assert_ok(analysis_selection(&a, "gender", 3, NULL, &x, &err));
    assert_ptr_equal(x->neurons, l->neurons);
}

static void sizes_are_words_or_numbers(void **state)
{
    static const char *const good[] = {"paper", "own", "1", "20"};
    static const char *const bad[] = {"", "0", "-3", "all", "20x", "1.5"};
    struct selection_size size;
    char text[SELECTION_SIZE_TEXT];
    (void)state;
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        assert_true(selection_size_parse(good[k], &size));
        selection_size_text(&size, text);
        assert_string_equal(text, good[k]);
    }
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        assert_false(selection_size_parse(bad[k], &size));
}

/* Against 1 - 6 sum d^2 / n(n^2 - 1), and ranks with ties as numbers of their own. */
static void rank_correlations_are_spearman_s(void **state)
{
    static const double x[] = {3, -1, 8, 0.5, 100}, y[] = {1, 2, 5, 1.5, 4};
    static const double tied[] = {1, 1, 2, 3, 3}, ranks[] = {1.5, 1.5, 3, 4.5, 4.5};
    double r, s;
    (void)state;
    assert_ok(agreement_spearman(x, y, 5, &r, &err)); /* ranks 3 1 4 2 5, 1 3 5 2 4 */
    assert_near(r, 1 - 6.0 * (4 + 4 + 1 + 0 + 1) / (5 * 24), 1e-12);
    assert_ok(agreement_spearman(tied, y, 5, &r, &err));
    assert_ok(agreement_spearman(ranks, y, 5, &s, &err));
    assert_near(r, s, 1e-12);
    assert_ok(agreement_spearman(tied, tied, 5, &r, &err));
    assert_near(r, 1, 1e-12);
    assert_ok(agreement_spearman(x, (const double[]){2, 2, 2, 2, 2}, 5, &r, &err));
    assert_true(isnan(r));
    assert_ok(agreement_spearman(x, y, 1, &r, &err));
    assert_true(isnan(r));
}

/* What two selectors share, counted neuron by neuron; lape is taken as better where it is lower. */
static void agreement_is_that_of_the_sets(void **state)
{
    const struct selector *const pair[] = {&selector_lape, &selector_margin};
    struct selection_ranking r[2];
    struct agreement_side side[2];
    struct agreement v, same;
    uint32_t n[2] = {0, 0}, both = 0;
    (void)state;
    for (int k = 0; k < 2; k++) {
        const struct selection *set;
        assert_ok(analysis_ranking(&a, "gender", 2, pair[k], &r[k], &err));
        assert_ok(analysis_selection(&a, "gender", 2, pair[k], &set, &err));
        side[k] = (struct agreement_side){pair[k], &r[k], set->neurons};
    }
    for (uint32_t i = 0; i < r[0].width; i++) {
        bool in[2] = {bitset_has(side[0].neurons, i), bitset_has(side[1].neurons, i)};
        n[0] += in[0];
        n[1] += in[1];
        both += in[0] && in[1];
    }
    assert_ok(agreement_make(&v, &side[0], &side[1], &err));
    assert_int_equal(v.size_a, n[0]);
    assert_int_equal(v.size_b, n[1]);
    assert_int_equal(v.shared, both);
    assert_near(v.jaccard, both / (double)(n[0] + n[1] - both), 1e-12);
    /* In a layer of specific neurons both put the same first. */
    assert_true(v.spearman > 0);
    assert_ok(agreement_make(&same, &side[0], &side[0], &err));
    assert_near(same.jaccard, 1, 0);
    assert_near(same.spearman, 1, 1e-12);
    for (int k = 0; k < 2; k++)
        selection_ranking_free(&r[k]);
}

/* The toy's counts at three lambdas, which stand in the file in another order: more of the same,
 * so that curves rise. */
static void toy_add_lambdas(struct counts *c)
{
    static const uint32_t times[] = {2, 1, 5};
    c->lambdas = 3;
    c->lambda = counts_alloc(c, 3, sizeof *c->lambda);
    c->block = counts_alloc(c, 3 * TOY_LAYERS, sizeof *c->block);
    for (uint32_t k = 0; k < 3; k++)
        for (uint32_t l = 0; l < TOY_LAYERS; l++) {
            const struct counts_layer *from = &c->layer[l];
            uint32_t *to = counts_alloc(c, (size_t)c->cells * TOY_WIDTH, sizeof *to);
            for (size_t i = 0; i < (size_t)c->cells * TOY_WIDTH; i++) {
                uint64_t n = (from->u32 ? from->u32[i] : from->u16[i]) * (uint64_t)times[k];
                uint64_t most = (uint64_t)c->frames[i / TOY_WIDTH];
                to[i] = (uint32_t)(n < most ? n : most);
            }
            c->block[k * TOY_LAYERS + l] =
                (struct counts_layer){.width = TOY_WIDTH, .tau = TOY_TAU * times[k], .u32 = to};
        }
    c->layer = c->block;
}

/* Rates of a neuron in the frames of phones, by gender, at the lambda K. */
static void toy_point(const struct counts *c, uint32_t k, uint32_t layer, uint32_t neuron,
                      double rate[2])
{
    double hits[2] = {0, 0}, frames[2] = {0, 0};
    for (uint32_t cell = 0; cell < c->cells; cell++) {
        int32_t phone = c->factor[0].index[cell], gender = c->factor[1].index[cell];
        if (gender < 0 || phone == 0 || phone == TOY_XX || phone == TOY_SPN)
            continue;
        hits[gender] += c->block[k * TOY_LAYERS + layer].u32[cell * TOY_WIDTH + neuron];
        frames[gender] += (double)c->frames[cell];
    }
    for (int g = 0; g < 2; g++)
        rate[g] = hits[g] / frames[g];
}

/* Area by a fine sum of rectangles, under a curve that is looked up point by point. */
static double toy_area(const double x[4], const double y[4], double limit)
{
    enum { STEPS = 20000 };
    double area = 0;
    for (int s = 0; s < STEPS; s++) {
        double at = (s + 0.5) * limit / STEPS, height = y[3];
        for (int k = 3; k-- > 0;)
            if (at < x[k + 1])
                height = y[k] + (y[k + 1] - y[k]) * (at - x[k]) / (x[k + 1] - x[k]);
        area += height * limit / STEPS;
    }
    return area;
}

static void partial_areas_are_those_of_a_fine_sum(void **state)
{
    static const uint32_t rising[] = {1, 0, 2};
    struct counts toy;
    struct analysis session;
    const struct property *p;
    double score[2 * TOY_WIDTH];
    (void)state;
    toy_counts(&toy, 5);
    toy_add_lambdas(&toy);
    assert_ok(analysis_init(&session, &toy, &phones, &err));
    assert_ok(analysis_property(&session, "gender", &p, &err));
    const struct selector_input in = {
        .property = p, .counts = &toy, .layer = 1, .width = TOY_WIDTH, .words = 2};
    assert_ok(selector_pauc.score(&in, score, &err));
    size_t flat = 0, cut = 0;
    double limit = 5.0 * TOY_TAU / TOY_WIDTH;
    for (uint32_t i = 0; i < TOY_WIDTH; i++)
        for (uint32_t g = 0; g < 2; g++) {
            double x[4] = {0}, y[4] = {0}, rate[2];
            int32_t level = counts_find_level(&toy, 1, p->group.name[g]);
            for (int k = 0; k < 3; k++) {
                toy_point(&toy, rising[k], 1, i, rate);
                x[k + 1] = rate[1 - level];
                y[k + 1] = rate[level];
            }
            flat += x[3] < limit;
            cut += x[3] > limit;
            assert_near(score[g * TOY_WIDTH + i], toy_area(x, y, limit), 2e-6);
        }
    assert_true(flat > 0 && cut > 0);
    analysis_free(&session);
    counts_free(&toy);
}

/* One row each, found by the name that it says itself. */
static void the_tables_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; selectors[i]; i++)
        assert_ptr_equal(selector_find(selectors[i]->name), selectors[i]);
    for (size_t i = 0; statistics[i]; i++)
        assert_ptr_equal(statistic_find(statistics[i]->name), statistics[i]);
    assert_null(selector_find("nonsense"));
    assert_null(statistic_find("nonsense"));
}

/* What `propneu layers` shows. */
static void statistics_are_those_of_the_layer(void **state)
{
    const struct property_layer *l;
    const struct map *m;
    double value;
    (void)state;
    assert_ok(analysis_layer(&a, "gender", 3, &l, &err));
    assert_ok(analysis_map(&a, "gender", 3, &m, &err));
    assert_ok(statistic_of_layer(statistic_find("size"), &a, "gender", 3, NULL, &value, &err));
    assert_int_equal((int)value, 79);
    assert_int_equal(bitset_count(l->neurons, l->words), 79);
    assert_ok(
        statistic_of_layer(statistic_find("silhouette"), &a, "gender", 3, NULL, &value, &err));
    assert_near(value, m->silhouette, 1e-12);
    assert_ok(statistic_of_layer(statistic_find("full-dim"), &a, "gender", 3, NULL, &value, &err));
    assert_near(value, 0.538, 5e-4);
    assert_status(statistic_of_layer(statistic_find("size"), &a, "age", 3, NULL, &value, &err),
                  STATUS_NOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_what_numpy_finds),
        cmocka_unit_test(ranked_sets_are_the_highest_scores),
        cmocka_unit_test(the_published_rule_is_the_layer_s_own),
        cmocka_unit_test(ties_go_to_the_lower_index),
        cmocka_unit_test(sets_have_the_size_that_was_asked_for),
        cmocka_unit_test(log_odds_are_those_of_the_formula),
        cmocka_unit_test(lape_takes_the_lowest_of_all_layers),
        cmocka_unit_test(only_some_selectors_have_a_size_of_their_own),
        cmocka_unit_test(mutual_information_is_of_the_most_active_group),
        cmocka_unit_test(partial_areas_are_those_of_a_fine_sum),
        cmocka_unit_test(sessions_choose_by_their_rule),
        cmocka_unit_test(sizes_are_words_or_numbers),
        cmocka_unit_test(rank_correlations_are_spearman_s),
        cmocka_unit_test(agreement_is_that_of_the_sets),
        cmocka_unit_test(the_tables_are_in_order),
        cmocka_unit_test(statistics_are_those_of_the_layer),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
