/*
 * Neurons of a property: which group each serves, in how many patterns it is, and where its
 * activation probability is highest.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "report/report.h"
#include "report/report_forms.h"

/* Columns that are there where they were asked for. */
enum { NEURONS_TESTS = 1, NEURONS_STABILITY = 2 };

static const struct table_column neurons_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"neuron", TABLE_INTEGER, NULL, "the neuron, from 0", 0, 0},
    {"group", TABLE_TEXT, NULL, "group that the neuron is a group neuron of; missing: none", 0, 0},
    {"in_phones", TABLE_INTEGER, "patterns", "patterns of that group that have the neuron", 0, 0},
    {"of_phones", TABLE_INTEGER, "patterns", "patterns of that group", 0, 0},
    {"in_patterns", TABLE_INTEGER, "patterns", "patterns of all groups that have the neuron", 0, 0},
    {"of_patterns", TABLE_INTEGER, "patterns", "patterns of all groups", 0, 0},
    {"best_phone", TABLE_TEXT, NULL, "phone of the highest activation probability", 0, 0},
    {"best_group", TABLE_TEXT, NULL, "its group", 0, 0},
    {"best_p", TABLE_REAL, "probability", "that activation probability", 0, 5},
    {"p", TABLE_REAL, NULL,
     "with --tests: how often exchanged labels give the neuron as large a margin, that is share of "
     "a group's patterns that have it less the largest share of another group, in the group where "
     "that is most; where tokens are exchanged (pitch), of their middle frames, unlike in_phones",
     NEURONS_TESTS, 4},
    {"q", TABLE_REAL, NULL,
     "with --tests: false discovery rate among all neurons of the layer with a p as small",
     NEURONS_TESTS, 4},
    {"stability", TABLE_REAL, NULL,
     "with --stable: share of the bootstrap draws in which it is a group neuron of its group",
     NEURONS_STABILITY, 4},
};

static const struct table_column members_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"neuron", TABLE_INTEGER, NULL, "the neuron, from 0", 0, 0},
    {"group", TABLE_TEXT, NULL, "a group with the neuron in N, other groups may have it too", 0, 0},
};

const struct table_form form_neurons =
    TABLE_FORM("neurons", "neurons",
               "Property neurons, group by group: neurons. The neurons of any set, in the order of "
               "the list: Neurons in the explorer.",
               neurons_columns);
const struct table_form form_members =
    TABLE_FORM("members", "members",
               "N of each group, from which group neurons are derived: neurons with --groups.",
               members_columns);

/* Patterns of the neuron's group that have it. */
static void report_neuron_count(struct report_neuron *r, const struct property *q,
                                const struct property_layer *l, uint32_t neuron)
{
    r->in_phones = 0;
    for (uint32_t k = 0; k < q->points; k++)
        r->in_phones +=
            q->point[k].group == r->group && bitset_has(&l->pattern[k * l->words], neuron);
}

/* The group is the first that has the neuron: group sets of the published rule are disjoint.
 * Without one, `in_phones` stays 0. */
enum status report_neuron(struct report_neuron *out, struct analysis *a, const char *property,
                          uint32_t layer, uint32_t neuron, uint32_t *hits, double *p,
                          struct err *err)
{
    const struct property *q;
    const struct property_layer *l;
    const struct selection *chosen;
    enum status code = analysis_property(a, property, &q, err);
    if (!code)
        code = analysis_layer(a, property, layer, &l, err);
    if (!code)
        code = analysis_selection(a, property, layer, NULL, &chosen, err);
    if (!code)
        code = analysis_neuron(a, property, layer, neuron, hits, p, err);
    if (code)
        return code;
    *out = (struct report_neuron){
        .group = q->groups, .p = NAN, .test_p = NAN, .q = NAN, .stability = NAN};
    for (uint32_t g = q->groups; g-- > 0;)
        if (bitset_has(&chosen->group[g * l->words], neuron))
            out->group = g;
    report_neuron_count(out, q, l, neuron);
    for (uint32_t k = 0; k < q->points; k++) {
        out->patterns += bitset_has(&l->pattern[k * l->words], neuron);
        if (p[k] > p[out->best])
            out->best = k;
    }
    if (q->points)
        out->p = p[out->best];
    return STATUS_OK;
}

void report_neurons_begin(struct table *t)
{
    table_extend(t, &form_neurons, 0);
}

void report_neuron_row(struct table *t, const struct property *q, uint32_t layer, uint32_t neuron,
                       const struct report_neuron *r)
{
    table_extend(t, &form_neurons, 0);
    const struct property_point *best = q->points ? &q->point[r->best] : NULL;
    bool own = r->group < q->groups;
    table_words(t, q->name);
    table_count(t, layer + 1);
    table_count(t, neuron);
    table_words(t, own ? report_level(q->group.name[r->group]) : NULL);
    table_count(t, own ? (int64_t)r->in_phones : -1);
    table_count(t, own ? (int64_t)q->group_points[r->group] : -1);
    table_count(t, r->patterns);
    table_count(t, q->points);
    table_words(t, best ? report_level(best->label) : NULL);
    table_words(t, best ? report_level(q->group.name[best->group]) : NULL);
    table_real(t, r->p);
    table_real(t, r->test_p);
    table_real(t, r->q);
    table_real(t, r->stability);
}

/* True if neuron I of group G is to have a row, whose stability goes into R. */
static bool report_neuron_stable(const struct report_neurons_more *more, uint32_t g, uint32_t i,
                                 struct report_neuron *r)
{
    if (!more || !more->stability)
        return true;
    r->stability = stability_share(more->stability, more->stable, g, i);
    return r->stability >= more->least;
}

/* Group by group; HITS and P have one element more than points, so that 0 points allocate, too. */
enum status report_neurons(struct table *t, struct analysis *a, const char *property,
                           uint32_t layer, const struct report_neurons_more *more, struct err *err)
{
    const struct property *q;
    const struct property_layer *l;
    const struct selection *chosen;
    struct report_neuron r;
    const struct neuron_tests_layer *tests = more ? more->tests : NULL;
    bool stable = more && more->stability;
    table_extend(t, &form_neurons,
                 (tests ? NEURONS_TESTS : 0u) | (stable ? NEURONS_STABILITY : 0u));
    enum status code = analysis_property(a, property, &q, err);
    if (!code)
        code = analysis_layer(a, property, layer, &l, err);
    if (!code)
        code = analysis_selection(a, property, layer, NULL, &chosen, err);
    if (code)
        return code;
    uint32_t *hits = mem_array(q->points + 1u, sizeof *hits);
    double *p = mem_array(q->points + 1u, sizeof *p);
    code = hits && p ? STATUS_OK : err_nomem(err);
    for (uint32_t g = 0; g < l->groups; g++)
        for (uint32_t i = 0; !code && i < l->width; i++)
            if (bitset_has(chosen->group + g * l->words, i) &&
                !(code = report_neuron(&r, a, property, layer, i, hits, p, err)) &&
                report_neuron_stable(more, g, i, &r)) {
                r.group = g; /* of several that a selector chose it for */
                r.test_p = tests ? tests->p[i] : NAN;
                r.q = tests ? tests->q[i] : NAN;
                report_neuron_count(&r, q, l, i);
                report_neuron_row(t, q, layer, i, &r);
            }
    free(hits);
    free(p);
    return code ? code : table_ok(t, NULL, err);
}

/* N_g, whose neurons may be in several groups, unlike group neurons. */
enum status report_members(struct table *t, struct analysis *a, const char *property,
                           uint32_t layer, struct err *err)
{
    const struct property *q;
    const struct property_layer *l;
    table_extend(t, &form_members, 0);
    enum status code = analysis_property(a, property, &q, err);
    if (!code)
        code = analysis_layer(a, property, layer, &l, err);
    for (uint32_t g = 0; !code && g < l->groups; g++)
        for (uint32_t i = 0; i < l->width; i++)
            if (bitset_has(l->members + g * l->words, i)) {
                table_words(t, q->name);
                table_count(t, layer + 1);
                table_count(t, i);
                table_words(t, report_level(q->group.name[g]));
            }
    return code ? code : table_ok(t, NULL, err);
}
