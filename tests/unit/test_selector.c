/* Rules by which group neurons are chosen, and the statistics of a layer, on the demo's counts. */
#include "config.h"

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/selector.h"
#include "analysis/statistic.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "corpus/phones.h"

static struct err err;
static struct counts counts;
static struct phones phones;
static struct analysis a;

static int set_up(void **state)
{
    (void)state;
    if (counts_open(&counts, source_path("data/demo/counts/sid.counts"), &err) ||
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

/* Values of an independent numpy program over the same file. */
static void specificity_is_what_numpy_finds(void **state)
{
    static const struct {
        const char *property, *group;
        uint32_t layer, neuron;
        double score;
    } cases[] = {
        {"gender", "female", 1, 321, 0.14026429796554607},
        {"gender", "female", 1, 0, -0.00016340852082733382},
        {"gender", "male", 1, 317, 0.1594753544899258},
        {"gender", "male", 1, 100, 0.04118086030472916},
        {"phone", "vowel", 2, 374, 0.09459666231420179},
        {"phone", "vowel", 2, 100, -0.05139990143184542},
        {"phone", "voiced", 2, 66, 0.03933347087866748},
        {"phone", "unvoiced", 2, 135, 0.15843125081880052},
        {"phone", "unvoiced", 2, 0, 0.05110732690008294},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scored v = score(&selector_specificity, cases[i].property, cases[i].layer);
        uint32_t g = names_find(&v.p->group, cases[i].group);
        assert_true(g != NAMES_NONE);
        assert_float_equal(v.score[(size_t)g * v.l->width + cases[i].neuron], cases[i].score,
                           1e-12);
        free(v.score);
    }
}

static uint64_t *choose(const struct selector *s, const struct scored *v)
{
    uint64_t *group = mem_zeros(v->p->groups * v->l->words, sizeof *group);
    assert_non_null(group);
    assert_ok(selector_choose(s, v->p, v->l, &counts, group, NULL, &err));
    return group;
}

/* As many as the published rule takes, and none left out that scores higher. */
static void ranked_sets_are_the_highest_scores(void **state)
{
    (void)state;
    for (uint32_t layer = 1; layer <= counts.layers; layer++) {
        struct scored v = score(&selector_specificity, "gender", layer);
        uint64_t *group = choose(&selector_specificity, &v);
        for (uint32_t g = 0; g < v.p->groups; g++) {
            const uint64_t *set = group + g * v.l->words, *paper = v.l->group + g * v.l->words;
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
        free(group);
        free(v.score);
    }
}

static void the_published_rule_is_the_layer_s_own(void **state)
{
    (void)state;
    struct scored v = score(&selector_paper, "phone", 3);
    uint64_t *group = choose(&selector_paper, &v);
    uint64_t *members = mem_zeros(v.p->groups * v.l->words, sizeof *members);
    assert_memory_equal(group, v.l->group, v.p->groups * v.l->words * sizeof *group);
    selector_take_sigma(v.score, v.p->groups, v.l->width, 0.8, members);
    assert_memory_equal(members, v.l->members, v.p->groups * v.l->words * sizeof *members);
    assert_true(bitset_count(v.l->neurons, v.l->words) > 0);
    free(members);
    free(group);
    free(v.score);
}

/* Equal scores: the lower index, whatever the sort does. */
static void ties_go_to_the_lower_index(void **state)
{
    (void)state;
    struct scored v = score(&selector_paper, "gender", 1);
    const struct selector tied = {"tied", "", SELECTOR_TOP, selector_paper.score};
    uint64_t *group = choose(&tied, &v);
    for (uint32_t g = 0; g < v.p->groups; g++) {
        const uint64_t *set = group + g * v.l->words;
        const double *x = v.score + (size_t)g * v.l->width;
        for (uint32_t i = 1; i < v.l->width; i++)
            for (uint32_t k = 0; k < i && bitset_has(set, i); k++)
                assert_true(x[k] != x[i] || bitset_has(set, k));
    }
    free(group);
    free(v.score);
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
    assert_ok(statistic_find("size")->compute(&a, "gender", 3, &value, &err));
    assert_int_equal((int)value, 79);
    assert_int_equal(bitset_count(l->neurons, l->words), 79);
    assert_ok(statistic_find("silhouette")->compute(&a, "gender", 3, &value, &err));
    assert_float_equal(value, m->silhouette, 1e-12);
    assert_ok(statistic_find("full-dim")->compute(&a, "gender", 3, &value, &err));
    assert_float_equal(value, 0.538, 5e-4);
    assert_status(statistic_find("size")->compute(&a, "age", 3, &value, &err), STATUS_NOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(specificity_is_what_numpy_finds),
        cmocka_unit_test(ranked_sets_are_the_highest_scores),
        cmocka_unit_test(the_published_rule_is_the_layer_s_own),
        cmocka_unit_test(ties_go_to_the_lower_index),
        cmocka_unit_test(the_tables_are_in_order),
        cmocka_unit_test(statistics_are_those_of_the_layer),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
