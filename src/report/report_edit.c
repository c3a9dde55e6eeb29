/*
 * How many neurons of each layer an edit changes.
 */
#include "config.h"

#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column columns[] = {
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"neurons", TABLE_INTEGER, "neurons", "neurons of the layer before the edit", 0, 0},
    {"edited", TABLE_INTEGER, "neurons", "of them, erased, scaled or pruned", 0, 0},
};

const struct table_form form_edited = TABLE_FORM(
    "edited", "", "Changes made by an edit: erase and prune, whose JSON is the manifest instead.",
    columns);

enum status report_edited(struct table *t, const struct neuron_set *set, struct err *err)
{
    table_extend(t, &form_edited, 0);
    for (uint32_t l = 0; l < set->layers; l++) {
        table_count(t, l + 1);
        table_count(t, set->width[l]);
        table_count(t, neuron_set_size(set, l));
    }
    return table_ok(t, NULL, err);
}
