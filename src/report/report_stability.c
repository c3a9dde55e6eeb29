/*
 * What other speakers of the same kind would have given (inference/bootstrap.h): how firmly neurons
 * belong to their sets, sizes of draws, halves, and the difference of two models.
 */
#include "config.h"

#include "report/report.h"
#include "report/report_forms.h"

#include "base/bitset.h"

static const struct table_column drawn_columns[] = {
    {"drawn", TABLE_TEXT, NULL, "what is drawn or halved: speakers, or utterances of each speaker",
     0, 0},
    {"within", TABLE_TEXT, NULL, "what they are drawn within, as in gender x engine; none: freely",
     0, 0},
    {"left_out", TABLE_TEXT, NULL,
     "strata that are not kept, for some have fewer than 5 speakers of a level; missing: none", 0,
     0},
    {"owners", TABLE_INTEGER, NULL, "speakers (utterances) there are", 0, 0},
    {"fewest", TABLE_INTEGER, NULL,
     "the same, or utterances of the speaker who has the fewest; below 10, shares and intervals "
     "are too narrow",
     0, 0},
    {"draws", TABLE_INTEGER, "draws", "bootstrap draws", 0, 0},
    {"seed", TABLE_INTEGER, NULL, "seed of the draws or halves", 0, 0},
};

static const struct table_column shared_columns[] = {
    {"other", TABLE_TEXT, NULL, "the second count file", 0, 0},
    {"owners_a", TABLE_INTEGER, NULL, "speakers (utterances) of the first file", 0, 0},
    {"owners_b", TABLE_INTEGER, NULL, "those of the second; both are compared on the shared ones",
     0, 0},
    {"phones_a", TABLE_INTEGER, "phones", "phones of the first file", 0, 0},
    {"phones_b", TABLE_INTEGER, "phones", "those of the second", 0, 0},
    {"phones_shared", TABLE_INTEGER, "phones", "phones that both have, which are compared", 0, 0},
};

static const struct table_column stability_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"neuron", TABLE_INTEGER, NULL, "the neuron, from 0", 0, 0},
    {"group", TABLE_TEXT, NULL, "the group", 0, 0},
    {"member", TABLE_BOOLEAN, NULL, "it is a group neuron of the group in the file as it is", 0, 0},
    {"share", TABLE_REAL, NULL, "share of the draws in which it is", 0, 4},
};

static const struct table_column sizes_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"observed", TABLE_INTEGER, "neurons", "property neurons in the file as it is", 0, 0},
    {"mean", TABLE_REAL, "neurons", "of the draws", 0, 1},
    {"low", TABLE_REAL, "neurons",
     "2.5 percentile of the draws; sizes after a threshold are biased under the bootstrap, so that "
     "this is no confidence interval of the size",
     0, 1},
    {"high", TABLE_REAL, "neurons", "97.5 percentile of the draws", 0, 1},
    {"bias", TABLE_REAL, "neurons", "mean minus observed", 0, 1},
};

static const struct table_column split_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"size_chosen", TABLE_INTEGER, "neurons", "property neurons of one half of the speakers", 0, 0},
    {"size_kept", TABLE_INTEGER, "neurons",
     "those that are neurons of the same group on the other half, too", 0, 0},
    {"silhouette_chosen", TABLE_REAL, NULL,
     "mean silhouette of the groups on the patterns' distances, on the first half", 0, 3},
    {"silhouette_kept", TABLE_REAL, NULL, "the same on the other half", 0, 3},
};

static const struct table_column difference_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1; missing: the best of each file (--best)", 0,
     0},
    {"statistic", TABLE_TEXT, NULL, "the statistic; size:GROUP counts one group's neurons", 0, 0},
    {"a", TABLE_REAL, NULL,
     "its value in the first file, on what both files share; with --excess less the mean of its "
     "null",
     0, 4},
    {"b", TABLE_REAL, NULL, "its value in the second", 0, 4},
    {"difference", TABLE_REAL, NULL, "a - b", 0, 4},
    {"low", TABLE_REAL, NULL,
     "2.5 percentile of the draws' differences, less their bias (their mean minus difference)", 0,
     4},
    {"high", TABLE_REAL, NULL, "97.5 percentile of the same", 0, 4},
    {"p", TABLE_REAL, NULL,
     "min(1, 2 (1 + n) / (1 + draws)), n the fewer of the draws on one side of 0, less their bias",
     0, 4},
};

static const struct table_column contrast_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layers", TABLE_TEXT, NULL, "layers, as 1,3-5", 0, 0},
    {"against", TABLE_TEXT, NULL, "layers that they are held against", 0, 0},
    {"best", TABLE_BOOLEAN, NULL, "against the best of these, not their mean", 0, 0},
    {"statistic", TABLE_TEXT, NULL, "the statistic", 0, 0},
    {"observed", TABLE_REAL, NULL, "its mean over the layers minus that over the others", 0, 4},
    {"expected", TABLE_REAL, NULL, "the same of the means of its null", 0, 4},
    {"difference", TABLE_REAL, NULL, "observed - expected", 0, 4},
    {"low", TABLE_REAL, NULL,
     "2.5 percentile of the draws' differences, less their bias (their mean minus difference)", 0,
     4},
    {"high", TABLE_REAL, NULL, "97.5 percentile of the same", 0, 4},
    {"p", TABLE_REAL, NULL,
     "min(1, 2 (1 + n) / (1 + draws)), n the fewer of the draws on one side of 0, less their bias",
     0, 4},
    {"against_p", TABLE_REAL, NULL,
     "the smallest p_max of the layers that they are held against, for these may be beyond chance, "
     "too",
     0, 4},
};

const struct table_form form_drawn =
    TABLE_FORM("drawn", NULL, "How speakers are drawn or halved: stability, pattern with --tests.",
               drawn_columns);
const struct table_form form_shared = TABLE_FORM(
    "shared", NULL, "What two files have in common: stability with --difference.", shared_columns);
const struct table_form form_stability = TABLE_FORM(
    "stability", "neurons",
    "How often neurons are in the set of a group when the speakers are drawn with "
    "replacement: stability. Neurons of the set, and others from a share of .05 on; with "
    "--all, all that ever were.",
    stability_columns);
const struct table_form form_sizes = TABLE_FORM(
    "sizes", "sizes", "Set sizes when speakers are drawn: stability with --sizes.", sizes_columns);
const struct table_form form_split =
    TABLE_FORM("split", "layers",
               "Sets of one half of the speakers, looked for on the other: stability with --split.",
               split_columns);
const struct table_form form_difference = TABLE_FORM(
    "difference", "differences", "Two models on the same recordings: stability with --difference.",
    difference_columns);

const struct table_form form_contrast =
    TABLE_FORM("contrast", "contrasts",
               "Layers of one model against others: stability with --contrast.", contrast_columns);

enum status report_drawn(struct table *t, const struct bootstrap_design *d, bool draws,
                         struct err *err)
{
    table_extend(t, &form_drawn, 0);
    table_words(t, d->drawn);
    table_words(t, d->within);
    table_words(t, d->left_out[0] ? d->left_out : NULL);
    table_count(t, d->owners);
    table_count(t, d->fewest);
    table_count(t, draws ? (int64_t)d->draws : -1);
    table_count(t, (int64_t)d->seed);
    return table_ok(t, NULL, err);
}

enum status report_shared(struct table *t, const struct difference *d, const char *other,
                          struct err *err)
{
    table_extend(t, &form_shared, 0);
    table_words(t, other);
    for (int i = 0; i < 2; i++)
        table_count(t, d->owners[i]);
    for (int i = 0; i < 2; i++)
        table_count(t, d->phones[i]);
    table_count(t, d->shared);
    return table_ok(t, NULL, err);
}

/* Group by group, as the table of the neurons. */
enum status report_stability(struct table *t, const struct stability *s, double least,
                             struct err *err)
{
    const struct property *p = s->property;
    table_extend(t, &form_stability, 0);
    for (uint32_t i = 0; i < s->layers; i++) {
        const struct stability_layer *l = &s->layer[i];
        for (uint32_t g = 0; g < p->groups; g++)
            for (uint32_t n = 0; n < l->width; n++) {
                bool member = bitset_has(l->group + g * l->words, n);
                double share = stability_share(s, l, g, n);
                if (!member && !(share > 0 && share >= least))
                    continue;
                table_words(t, p->name);
                table_count(t, l->layer + 1);
                table_count(t, n);
                table_words(t, report_level(p->group.name[g]));
                table_flag(t, member);
                table_real(t, share);
            }
    }
    return table_ok(t, NULL, err);
}

enum status report_sizes(struct table *t, const struct stability *s, struct err *err)
{
    table_extend(t, &form_sizes, 0);
    for (uint32_t i = 0; i < s->layers; i++) {
        const struct summary *size = &s->layer[i].size;
        table_words(t, s->property->name);
        table_count(t, s->layer[i].layer + 1);
        table_count(t, (int64_t)size->observed);
        table_real(t, size->mean);
        table_real(t, size->low);
        table_real(t, size->high);
        table_real(t, size->mean - size->observed);
    }
    return table_ok(t, NULL, err);
}

enum status report_split(struct table *t, const struct split *s, const char *property,
                         struct err *err)
{
    table_extend(t, &form_split, 0);
    for (uint32_t i = 0; i < s->layers; i++) {
        const struct split_layer *l = &s->layer[i];
        table_words(t, property);
        table_count(t, l->layer + 1);
        table_count(t, l->size_chosen);
        table_count(t, l->size_kept);
        table_real(t, l->silhouette_chosen);
        table_real(t, l->silhouette_kept);
    }
    return table_ok(t, NULL, err);
}

void report_difference_name(struct buf *out, const struct difference_statistic *s)
{
    buf_printf(out, "%s%s%s", s->statistic->name, s->group ? ":" : "", s->group ? s->group : "");
}

enum status report_difference(struct table *t, const struct difference *d, const char *property,
                              struct err *err)
{
    struct buf name = BUF_INIT;
    enum status code = STATUS_OK;
    table_extend(t, &form_difference, 0);
    for (uint32_t i = 0; i < d->rows && !code; i++) {
        const struct difference_row *row = &d->row[i];
        buf_clear(&name);
        report_difference_name(&name, &row->statistic);
        table_words(t, property);
        table_count(t, row->layer == DIFFERENCE_BEST ? -1 : (int64_t)row->layer + 1);
        table_words(t, buf_text(&name));
        table_real(t, row->a);
        table_real(t, row->b);
        table_real(t, row->difference);
        table_real(t, row->low);
        table_real(t, row->high);
        table_real(t, row->p);
        code = table_ok(t, &name, err);
    }
    buf_free(&name);
    return code;
}

enum status report_contrast(struct table *t, const struct contrast *c, struct err *err)
{
    table_extend(t, &form_contrast, 0);
    for (uint32_t i = 0; i < c->rows; i++) {
        const struct contrast_row *row = &c->row[i];
        table_words(t, c->null.property);
        table_words(t, buf_text(&c->of));
        table_words(t, buf_text(&c->against));
        table_flag(t, c->best);
        table_words(t, row->statistic->name);
        table_real(t, row->observed);
        table_real(t, row->expected);
        table_real(t, row->difference);
        table_real(t, row->low);
        table_real(t, row->high);
        table_real(t, row->p);
        table_real(t, row->against_p);
    }
    return table_ok(t, NULL, err);
}
