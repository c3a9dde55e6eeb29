/*
 * What a count file says of its layers: sizes of the sets and silhouettes of every property in
 * every layer (figures 4 and 7 of the paper), and the best layer of each property (figure 5).
 */
#include "config.h"

#include <math.h>

#include "base/bitset.h"
#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column layers_columns[] = {
    {"file", TABLE_TEXT, NULL, "short name of the count file", 0, 0},
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"width", TABLE_INTEGER, "neurons", "neurons of the layer", 0, 0},
    {"tau", TABLE_INTEGER, "neurons", "neurons activated in each frame", 0, 0},
    {"patterns", TABLE_INTEGER, "patterns", "activation patterns compared", 0, 0},
    {"pattern_union", TABLE_INTEGER, "neurons", "size of S, the union of the patterns", 0, 0},
    {"property_neurons", TABLE_INTEGER, "neurons", "all group neurons together", 0, 0},
    {"silhouette", TABLE_REAL, NULL,
     "of the groups on the layer's map, from -1 to 1; missing where no group has two patterns, "
     "and for more than 600 patterns",
     0, 3},
    {"silhouette_distances", TABLE_REAL, NULL,
     "the same on the full-dimensional distances between patterns", 0, 3},
    {"best", TABLE_BOOLEAN, NULL, "the property's largest silhouette in this file", 0, 0},
    {"group_neurons", TABLE_TEXT, NULL,
     "neurons of each group, as GROUP=NUMBER with commas between", 0, 0},
    {"normalised_stress", TABLE_REAL, NULL,
     "of the map: root of the raw stress over the summed squared distances", 0, 4},
    {"expected", TABLE_REAL, "neurons",
     "with --null: mean of property_neurons when labels are exchanged (see null)", 0, 1},
    {"p", TABLE_REAL, NULL, "with --null: p of property_neurons", 0, 4},
    {"p_max", TABLE_REAL, NULL, "with --null: the same for the best of these layers", 0, 4},
    {"distances_expected", TABLE_REAL, NULL,
     "with --null: mean of silhouette_distances when labels are exchanged", 0, 3},
    {"distances_p", TABLE_REAL, NULL, "with --null: p of silhouette_distances", 0, 4},
    {"observed", TABLE_REAL, "neurons",
     "layers and figure 7 with --null: the number of neurons that expected, low, high and p are "
     "about; where tokens are exchanged, that of their middle frames",
     REPORT_BAND_OBSERVED, 0},
    {"low", TABLE_REAL, "neurons", "2.5 percentile of that number when labels are exchanged",
     REPORT_BAND_NEURONS, 0},
    {"high", TABLE_REAL, "neurons", "97.5 percentile", REPORT_BAND_NEURONS, 0},
    {"silhouette_observed", TABLE_REAL, NULL,
     "figure 4 with --null: the silhouette on the map that the next columns are about; where "
     "tokens are exchanged, that of their middle frames",
     REPORT_BAND_SILHOUETTES, 3},
    {"silhouette_expected", TABLE_REAL, NULL, "its mean when labels are exchanged",
     REPORT_BAND_SILHOUETTES, 3},
    {"silhouette_low", TABLE_REAL, NULL, "2.5 percentile of it when labels are exchanged",
     REPORT_BAND_SILHOUETTES, 3},
    {"silhouette_high", TABLE_REAL, NULL, "97.5 percentile", REPORT_BAND_SILHOUETTES, 3},
    {"silhouette_p", TABLE_REAL, NULL, "p of silhouette_observed", REPORT_BAND_SILHOUETTES, 4},
    {"silhouette_p_max", TABLE_REAL, NULL, "the same for the best of these layers",
     REPORT_BAND_SILHOUETTES, 4},
    {"draws_mean", TABLE_REAL, "neurons",
     "figure 7 with --bootstrap: mean of property_neurons in bootstrap draws (see sizes)",
     REPORT_BAND_DRAWS, 1},
    {"draws_low", TABLE_REAL, "neurons", "2.5 percentile of the draws", REPORT_BAND_DRAWS, 0},
    {"draws_high", TABLE_REAL, "neurons", "97.5 percentile of the draws", REPORT_BAND_DRAWS, 0},
    {"draws_bias", TABLE_REAL, "neurons",
     "draws_mean minus property_neurons: sizes after a threshold are biased in the draws, whose "
     "range is no confidence interval",
     REPORT_BAND_DRAWS, 1},
    {"distances_observed", TABLE_REAL, NULL,
     "layers with --null: the silhouette on the distances that distances_expected and distances_p "
     "are about; where tokens are exchanged, that of their middle frames",
     REPORT_BAND_NULL, 3},
    {"distances_p_max", TABLE_REAL, NULL,
     "layers with --null: p of distances_observed for the best of these layers", REPORT_BAND_NULL,
     4},
    {"exchanged", TABLE_TEXT, NULL,
     "layers with --null: what was exchanged: classes, speakers, tokens or utterances",
     REPORT_BAND_NULL, 0},
    {"strata", TABLE_TEXT, NULL, "what labels were exchanged within; none: freely",
     REPORT_BAND_NULL, 0},
    {"draws", TABLE_INTEGER, "labelings", "labelings of the null", REPORT_BAND_NULL, 0},
    {"enumerated", TABLE_BOOLEAN, NULL,
     "they are all there are, the observed one among them; else random ones", REPORT_BAND_NULL, 0},
};

static const struct table_column properties_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"patterns", TABLE_INTEGER, "patterns", "activation patterns compared", 0, 0},
    {"best_layer", TABLE_INTEGER, NULL,
     "layer with the largest silhouette, from 1; none if all tie", 0, 0},
};

static const struct table_column groups_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"group", TABLE_TEXT, NULL, "the group", 0, 0},
    {"phones", TABLE_INTEGER, "phones", "phones of the group that were used", 0, 0},
    {"missing", TABLE_INTEGER, "phones", "phones left out: without frames, or with too few", 0, 0},
};

static const struct table_column best_columns[] = {
    {"file", TABLE_TEXT, NULL, "short name of the count file", 0, 0},
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"best_layer", TABLE_INTEGER, NULL,
     "layer with the largest silhouette, from 1; none if all tie", 0, 0},
    {"layers", TABLE_INTEGER, "layers", "layers of the model", 0, 0},
    {"silhouette", TABLE_REAL, NULL, "of the groups on that layer's map", 0, 3},
    {"silhouette_distances", TABLE_REAL, NULL,
     "the same on the full-dimensional distances between patterns", 0, 3},
    {"note", TABLE_TEXT, NULL, "why the file has no result", 0, 0},
    {"observed", TABLE_REAL, NULL,
     "with --null: the largest silhouette of all layers that the next columns are about; where "
     "tokens are exchanged, that of their middle frames",
     REPORT_BAND_BEST, 3},
    {"expected", TABLE_REAL, NULL,
     "with --null: mean of the largest silhouette of all layers when labels are exchanged",
     REPORT_BAND_BEST, 3},
    {"low", TABLE_REAL, NULL, "with --null: 2.5 percentile of it", REPORT_BAND_BEST, 3},
    {"high", TABLE_REAL, NULL, "with --null: 97.5 percentile", REPORT_BAND_BEST, 3},
    {"p", TABLE_REAL, NULL, "with --null: how often it reaches observed", REPORT_BAND_BEST, 4},
};

const struct table_form form_layers = TABLE_FORM(
    "layers", "layers",
    "Sizes of the sets and silhouettes of every property in every layer: layers, figures 4 and 7, "
    "Layers and Compare in the explorer. Properties that are not in a file are left out.",
    layers_columns);
const struct table_form form_properties = TABLE_FORM(
    "properties", "properties", "The best layer of each property: layers.", properties_columns);
const struct table_form form_groups = TABLE_FORM(
    "groups", "groups", "Number of phones of each group: layers and neurons.", groups_columns);
const struct table_form form_best = TABLE_FORM(
    "best", "best",
    "The best layer of each property in each of several files: figure 5, Compare in the explorer.",
    best_columns);

/* True if Q was asked for and the file has data for it. */
static bool report_layers_answered(const struct score_property *q)
{
    return q->asked && !q->why[0];
}

/* One row. In a layer without data all counts are missing, not 0. Stress is given only with
 * silhouettes: both come from the same map. */
static void add_layer(struct table *t, const struct scores *s, const struct score_property *q,
                      uint32_t layer)
{
    const struct score *v = &q->layer[layer];
    table_words(t, s->title);
    table_words(t, q->name);
    table_count(t, layer + 1);
    table_count(t, v->there ? (int64_t)v->width : -1);
    table_count(t, v->there ? (int64_t)v->tau : -1);
    table_count(t, v->there ? (int64_t)v->points : -1);
    table_count(t, v->there ? (int64_t)v->any : -1);
    table_count(t, v->there ? (int64_t)v->neurons : -1);
    table_real(t, v->silhouette);
    table_real(t, v->silhouette_full);
    table_flag(t, q->best == (long)layer);
    table_words(t, v->group_sizes);
    table_real(t, isnan(v->silhouette_full) ? NAN : v->stress);
    table_real(t, v->null_neurons.mean);
    table_real(t, v->null_neurons.p);
    table_real(t, v->null_neurons.p_max);
    table_real(t, v->null_full.mean);
    table_real(t, v->null_full.p);
    table_real(t, v->null_neurons.observed);
    table_real(t, v->null_neurons.low);
    table_real(t, v->null_neurons.high);
    table_real(t, v->null_silhouette.observed);
    table_real(t, v->null_silhouette.mean);
    table_real(t, v->null_silhouette.low);
    table_real(t, v->null_silhouette.high);
    table_real(t, v->null_silhouette.p);
    table_real(t, v->null_silhouette.p_max);
    table_real(t, v->drawn_neurons.mean);
    table_real(t, v->drawn_neurons.low);
    table_real(t, v->drawn_neurons.high);
    table_real(t, v->drawn_neurons.mean - v->drawn_neurons.observed);
    table_real(t, v->null_full.observed);
    table_real(t, v->null_full.p_max);
    table_words(t, q->how.draws ? exchange_name(q->how.kind) : NULL);
    table_words(t, q->how.draws ? q->how.strata : NULL);
    table_count(t, q->how.draws ? (int64_t)q->how.draws : -1);
    table_flag(t, q->how.enumerated);
}

enum status report_layers(struct table *t, const struct scores *s, size_t files, unsigned bands,
                          struct err *err)
{
    table_extend(t, &form_layers, bands);
    for (size_t i = 0; i < files; i++)
        for (uint32_t p = 0; p < s[i].properties; p++)
            for (uint32_t l = 0; report_layers_answered(&s[i].property[p]) && l < s[i].layers; l++)
                if (!s[i].only || s[i].only == l + 1)
                    add_layer(t, &s[i], &s[i].property[p], l);
    return table_ok(t, NULL, err);
}

/* The number of points is taken from the one layer asked for, or the first. */
enum status report_properties(struct table *t, const struct scores *s, struct err *err)
{
    table_extend(t, &form_properties, 0);
    for (uint32_t p = 0; p < s->properties; p++) {
        const struct score_property *q = &s->property[p];
        const struct score *v = &q->layer[s->only ? s->only - 1 : 0];
        if (!report_layers_answered(q))
            continue;
        table_words(t, q->name);
        table_count(t, v->there ? (int64_t)v->points : -1);
        table_count(t, q->best < 0 ? -1 : q->best + 1);
    }
    return table_ok(t, NULL, err);
}

/* How many phones of each group have a pattern, and how many lack the frames for one. */
static void add_groups(struct table *t, const struct property *p)
{
    for (uint32_t g = 0; g < p->groups; g++) {
        table_words(t, p->name);
        table_words(t, report_level(p->group.name[g]));
        table_count(t, p->group_points[g]);
        table_count(t, p->group_missing[g]);
    }
}

/* A property without data is an error only if named; among all it is left out. */
enum status report_groups(struct table *t, struct analysis *a, const char *property,
                          struct err *err)
{
    const struct property *p;
    table_extend(t, &form_groups, 0);
    for (uint32_t i = 0; i < a->names.count; i++) {
        const char *name = property ? property : a->names.name[i];
        enum status code = analysis_property(a, name, &p, err);
        if (code && (property || code != STATUS_UNSUPPORTED))
            return code;
        if (!code)
            add_groups(t, p);
        if (property)
            break;
    }
    return table_ok(t, NULL, err);
}

void report_group_sizes(struct buf *out, const struct property *p, const uint64_t *group,
                        size_t words)
{
    for (uint32_t g = 0; g < p->groups; g++)
        buf_printf(out, "%s%s=%zu", g ? "," : "", report_level(p->group.name[g]),
                   bitset_count(group + g * words, words));
}

/* Properties without a best layer keep their row, with the reason in the last column. */
enum status report_best(struct table *t, const struct scores *s, size_t files, unsigned bands,
                        struct err *err)
{
    table_extend(t, &form_best, bands);
    for (size_t i = 0; i < files; i++)
        for (uint32_t p = 0; p < s[i].properties; p++) {
            const struct score_property *q = &s[i].property[p];
            const struct score *v = q->best >= 0 ? &q->layer[q->best] : NULL;
            if (!q->asked)
                continue;
            table_words(t, s[i].title);
            table_words(t, q->name);
            table_count(t, v ? q->best + 1 : -1);
            table_count(t, s[i].layers);
            table_real(t, v ? v->silhouette : NAN);
            table_real(t, v ? v->silhouette_full : NAN);
            table_words(t, q->why[0] ? q->why : NULL);
            table_real(t, q->null_best.observed);
            table_real(t, q->null_best.mean);
            table_real(t, q->null_best.low);
            table_real(t, q->null_best.high);
            table_real(t, q->null_best.p);
        }
    return table_ok(t, NULL, err);
}
