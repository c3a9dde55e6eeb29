/*
 * report_forms.h - private to report: the forms by name, and what the report_ functions share.
 */
#ifndef PROPNEU_REPORT_REPORT_FORMS_H
#define PROPNEU_REPORT_REPORT_FORMS_H

#include "report/table.h"

extern const struct table_form form_settings;
extern const struct table_form form_layers, form_properties, form_groups, form_best;
extern const struct table_form form_notes;
extern const struct table_form form_neurons, form_members, form_neuron_tests;
extern const struct table_form form_select, form_agreement, form_select_summary;
extern const struct table_form form_pattern, form_pattern_summary;
extern const struct table_form form_map, form_map_summary;
extern const struct table_form form_overlap, form_sets, form_overlap_summary;
extern const struct table_form form_set, form_set_summary;
extern const struct table_form form_null, form_ledger;
extern const struct table_form form_drawn, form_shared, form_stability, form_sizes, form_split;
extern const struct table_form form_contrast, form_difference;
extern const struct table_form form_sweep, form_sweep_shares;
extern const struct table_form form_confound, form_confound_levels;
extern const struct table_form form_edited, form_randomized;
extern const struct table_form form_movement, form_movement_sets;
extern const struct table_form form_eval, form_eval_summary;
extern const struct table_form form_pruning, form_pruning_points;
extern const struct table_form form_training, form_training_run;
extern const struct table_form form_matrix, form_curve, form_erased, form_experiment_summary;

/* Starts T where it is empty. */
static inline void table_extend(struct table *t, const struct table_form *form, unsigned options)
{
    if (!t->form)
        table_begin(t, form, options);
}

/* A level as tables name it: silence has no name of its own. */
static inline const char *report_level(const char *level)
{
    return level[0] ? level : "(sil)";
}

#endif
