/*
 * The list of all tables, for the manual and for the test that holds the manual to the code.
 */
#include "config.h"

#include "report/report_forms.h"
#include "report/report.h"

const struct table_form *const report_forms[] = {
    &form_settings,
    &form_layers,
    &form_properties,
    &form_groups,
    &form_best,
    &form_neurons,
    &form_members,
    &form_neuron_tests,
    &form_select,
    &form_agreement,
    &form_select_summary,
    &form_pattern,
    &form_pattern_summary,
    &form_map,
    &form_map_summary,
    &form_overlap,
    &form_sets,
    &form_overlap_summary,
    &form_set,
    &form_set_summary,
    &form_null,
    &form_ledger,
    &form_notes,
    &form_drawn,
    &form_shared,
    &form_stability,
    &form_sizes,
    &form_split,
    &form_difference,
    &form_contrast,
    &form_sweep,
    &form_sweep_shares,
    &form_confound,
    &form_confound_levels,
    &form_edited,
    &form_randomized,
    &form_movement,
    &form_movement_sets,
    &form_eval,
    &form_eval_summary,
    &form_matrix,
    &form_erased,
    &form_curve,
    &form_experiment_summary,
    &form_pruning,
    &form_pruning_points,
    &form_training,
    &form_training_run,
};

const size_t report_form_count = sizeof report_forms / sizeof *report_forms;
