/*
 * What the tensors of a model were drawn from.
 */
#include "config.h"

#include <math.h>

#include "edit/randomize.h"
#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column columns[] = {
    {"tensor", TABLE_TEXT, NULL, "name of the tensor", 0, 0},
    {"shape", TABLE_TEXT, NULL, "its shape", 0, 0},
    {"distribution", TABLE_TEXT, NULL,
     "normal, uniform, constant, lengths (norms of another tensor's columns) or kept", 0, 0},
    {"mean", TABLE_REAL, NULL, "mean of the distribution", 0, 4},
    {"deviation", TABLE_REAL, NULL, "its standard deviation", 0, 4},
};

const struct table_form form_randomized = TABLE_FORM(
    "randomized", "",
    "What is each tensor drawn from? randomize, whose JSON is the manifest instead.", columns);

enum status report_randomized(struct table *t, const struct randomized *r, struct err *err)
{
    table_extend(t, &form_randomized, 0);
    for (size_t i = 0; i < r->tensors->count; i++) {
        char shape[96];
        tensor_shape_text(&r->tensors->tensor[i], shape, sizeof shape);
        table_words(t, r->tensors->tensor[i].name);
        table_words(t, shape);
        table_words(t, randomized_distribution(&r->initial[i]));
        table_real(t, randomized_mean(&r->initial[i]));
        table_real(t, randomized_deviation(&r->initial[i]));
    }
    return table_ok(t, NULL, err);
}
