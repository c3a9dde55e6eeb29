/*
 * A property given another (inference/confound.h), and what was exchanged at each level.
 */
#include "config.h"

#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column confound_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"given", TABLE_TEXT, NULL, "the other property", 0, 0},
    {"level", TABLE_TEXT, NULL,
     "frames of this level of the other property alone; (all): all frames, without the neurons of "
     "the other property",
     0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"size", TABLE_INTEGER, "neurons",
     "property neurons; of (all), those that are not the other property's", 0, 0},
    {"silhouette", TABLE_REAL, NULL,
     "mean silhouette of the groups on the distances between patterns; of (all), patterns without "
     "the other property's neurons",
     0, 4},
    {"p", TABLE_REAL, NULL, "how often the size reaches this one when labels are exchanged", 0, 4},
    {"shared", TABLE_INTEGER, "neurons",
     "property neurons in these frames that are the other property's in all frames, too", 0, 0},
    {"jaccard", TABLE_REAL, NULL,
     "the neurons of size in common with the property's in all frames, as a share of those in "
     "either",
     0, 4},
    {"cmi_mean", TABLE_REAL, "nats",
     "mean over the property neurons of the information that the property gives on a neuron's "
     "activity within levels of the other (propneu-confound(1))",
     0, 6},
    {"cmi_p", TABLE_REAL, NULL,
     "how often cmi_mean, as a share of the entropy of the labels given the other property, "
     "reaches "
     "this one when labels are exchanged",
     0, 4},
};

const struct table_form form_confound =
    TABLE_FORM("confound", "confound",
               "A property in each layer within the levels of another, and without its neurons: "
               "confound.",
               confound_columns);

static const struct table_column level_columns[] = {
    {"level", TABLE_TEXT, NULL, "level of the other property, or (all)", 0, 0},
    {"exchanged", TABLE_TEXT, NULL,
     "what the null exchanges: classes, speakers, tokens or utterances; missing: there is no null",
     0, 0},
    {"strata", TABLE_TEXT, NULL, "what labels are exchanged within; none: freely", 0, 0},
    {"draws", TABLE_INTEGER, "labelings", "labelings of the null", 0, 0},
    {"enumerated", TABLE_BOOLEAN, NULL,
     "they are all there are, the observed one among them; else random ones", 0, 0},
    {"missing", TABLE_TEXT, NULL, "what is missing and why", 0, 0},
};

const struct table_form form_confound_levels =
    TABLE_FORM("confound_levels", "levels",
               "What is exchanged at each level: with the JSON of confound.", level_columns);

static const char *confound_name(const struct confound_level *level)
{
    return level->name ? report_level(level->name) : "(all)";
}

enum status report_confound(struct table *t, const struct confound_result *c, struct err *err)
{
    table_extend(t, &form_confound, 0);
    for (uint32_t i = 0; i < (c->levels + 1) * c->layers; i++) {
        const struct confound_level *level = &c->level[i / c->layers];
        const struct confound_row *row = &level->row[i % c->layers];
        table_words(t, c->property);
        table_words(t, c->given);
        table_words(t, confound_name(level));
        table_count(t, row->layer + 1);
        table_count(t, row->size >= 0 ? (int64_t)row->size : -1);
        table_real(t, row->silhouette);
        table_real(t, row->p);
        table_count(t, row->shared >= 0 ? (int64_t)row->shared : -1);
        table_real(t, row->jaccard);
        table_real(t, row->cmi);
        table_real(t, row->cmi_p);
    }
    return table_ok(t, NULL, err);
}

enum status report_confound_levels(struct table *t, const struct confound_result *c,
                                   struct err *err)
{
    table_extend(t, &form_confound_levels, 0);
    for (uint32_t q = 0; q <= c->levels; q++) {
        const struct confound_level *level = &c->level[q];
        bool there = level->exchanged;
        table_words(t, confound_name(level));
        table_words(t, there ? exchange_name(level->kind) : NULL);
        table_words(t, there ? level->strata : NULL);
        table_count(t, there ? (int64_t)level->draws : -1);
        table_flag(t, there && level->enumerated);
        table_words(t, level->why[0] ? level->why : NULL);
    }
    return table_ok(t, NULL, err);
}
