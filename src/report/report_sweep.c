/*
 * A property under many settings (inference/sweep.h), and how many of them agree.
 */
#include "config.h"

#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column sweep_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"sigma", TABLE_REAL, "percent",
     "share of a group's phones whose patterns must contain a neuron", 0, 3},
    {"lambda", TABLE_REAL, "percent", "share of a layer's neurons activated in a frame", 0, 3},
    {"min_frames", TABLE_INTEGER, "frames", "phones with fewer are left out", 0, 0},
    {"size", TABLE_INTEGER, "neurons", "property neurons under this setting", 0, 0},
    {"silhouette", TABLE_REAL, NULL,
     "mean silhouette of the groups on the patterns' distances, which do not depend on sigma", 0,
     4},
    {"p", TABLE_REAL, NULL,
     "how often the size reaches this one when labels are exchanged, as in null; missing where "
     "there "
     "is no other labeling",
     0, 4},
    {"jaccard", TABLE_REAL, NULL,
     "neurons in common with the setting at hand, as a share of those in either; missing where "
     "both are empty",
     0, 4},
};

const struct table_form form_sweep = TABLE_FORM(
    "sweep", "sweep", "A property in each layer under many settings: sweep.", sweep_columns);

static const struct table_column share_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL,
     "the layer, from 1; missing: the best of the layers, by p_max as in null", 0, 0},
    {"settings", TABLE_INTEGER, "settings", "settings that have a p", 0, 0},
    {"holds", TABLE_INTEGER, "settings", "of these, settings with p below .05", 0, 0},
    {"share", TABLE_REAL, NULL, "holds / settings", 0, 3},
    {"size_low", TABLE_REAL, "neurons", "smallest size under any setting", 0, 0},
    {"size_high", TABLE_REAL, "neurons", "largest size under any setting", 0, 0},
};

const struct table_form form_sweep_shares =
    TABLE_FORM("sweep_shares", "shares",
               "Under how many settings a property is larger than chance gives: with the JSON of "
               "sweep.",
               share_columns);

enum status report_sweep(struct table *t, const struct sweep_result *s, struct err *err)
{
    size_t rows = (size_t)s->settings * s->layers;
    table_extend(t, &form_sweep, 0);
    for (size_t i = 0; i < rows; i++) {
        const struct sweep_row *row = &s->row[i];
        table_words(t, s->property);
        table_count(t, row->layer + 1);
        table_real(t, 100 * row->setting.sigma);
        table_real(t, row->setting.lambda);
        table_count(t, (int64_t)row->setting.min_frames);
        table_count(t, row->size >= 0 ? (int64_t)row->size : -1);
        table_real(t, row->silhouette);
        table_real(t, row->p);
        table_real(t, row->jaccard);
    }
    return table_ok(t, NULL, err);
}

enum status report_sweep_shares(struct table *t, const struct sweep_result *s, struct err *err)
{
    table_extend(t, &form_sweep_shares, 0);
    for (uint32_t l = 0; l <= s->layers; l++) {
        const struct sweep_share *share = &s->share[l];
        table_words(t, s->property);
        table_count(t, l < s->layers ? (int64_t)share->layer + 1 : -1);
        table_count(t, share->settings);
        table_count(t, share->holds);
        table_real(t, (double)share->holds / share->settings);
        table_real(t, share->low);
        table_real(t, share->high);
    }
    return table_ok(t, NULL, err);
}
