/*
 * The settings that the tables of one count file were computed under.
 */
#include "config.h"

#include "report/report.h"
#include "report/report_forms.h"

/* Something was said of how neurons are chosen. */
#define SETTINGS_RULE 1u

static const struct table_column columns[] = {
    {"file", TABLE_TEXT, NULL, "the count file", 0, 0},
    {"model", TABLE_TEXT, NULL, "name of the model in the count file", 0, 0},
    {"lambda_percent", TABLE_REAL, "percent", "share of a layer's neurons activated in a frame", 0,
     3},
    {"sigma_percent", TABLE_REAL, "percent",
     "share of a group's phones whose patterns must contain a neuron", 0, 3},
    {"min_frames", TABLE_INTEGER, "frames", "phones with fewer are left out", 0, 0},
    {"where", TABLE_TEXT, NULL, "conditions on the frames; empty: all frames", 0, 0},
    {"compat", TABLE_TEXT, NULL, "none, or authors for the published program's rule", 0, 0},
    {"select", TABLE_TEXT, NULL, "rule by which neurons are chosen; only with --select or --size",
     SETTINGS_RULE, 0},
    {"size", TABLE_TEXT, NULL, "neurons per layer and group: paper, own, or a number; likewise",
     SETTINGS_RULE, 0},
};

const struct table_form form_settings =
    TABLE_FORM("settings", NULL,
               "Settings of the other tables of one count file: layers, neurons, "
               "pattern, map and overlap.",
               columns);

/* Percent for lambda and sigma, as on the command line. */
enum status report_settings(struct table *t, const struct analysis *a, struct err *err)
{
    char filters[1024];
    query_filters_text(&a->filters, a->counts, filters, sizeof filters);
    char size[SELECTION_SIZE_TEXT];
    selection_size_text(&a->rule.size, size);
    table_extend(t, &form_settings, selection_is_default(&a->rule) ? 0 : SETTINGS_RULE);
    table_words(t, a->counts->path);
    table_words(t, a->counts->model ? a->counts->model : "");
    table_real(t, a->counts->lambda_percent);
    table_real(t, 100 * a->params.sigma);
    table_count(t, (int64_t)a->params.min_frames);
    table_words(t, filters);
    table_words(t, a->params.authors ? "authors" : "none");
    table_words(t, a->rule.selector ? a->rule.selector->name : NULL);
    table_words(t, size);
    return table_ok(t, NULL, err);
}

static const struct table_column notes_columns[] = {
    {"note", TABLE_TEXT, NULL, "how far the answer can be trusted, as it stands on stderr", 0, 0},
};

const struct table_form form_notes =
    TABLE_FORM("notes", "notes",
               "What is to be known of the answer: with the JSON of ledger, of stability with "
               "--difference or --contrast.",
               notes_columns);

enum status report_notes(struct table *t, const struct names *notes, struct err *err)
{
    table_extend(t, &form_notes, 0);
    for (uint32_t i = 0; i < notes->count; i++)
        table_words(t, notes->name[i]);
    return table_ok(t, NULL, err);
}
