/*
 * The claims of the paper held to count files (inference/ledger.h).
 */
#include "config.h"

#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column ledger_columns[] = {
    {"claim", TABLE_TEXT, NULL, "what the paper says", 0, 0},
    {"source", TABLE_TEXT, NULL, "where it says so", 0, 0},
    {"published", TABLE_TEXT, NULL, "the figure there; silhouettes are of maps in the plane", 0, 0},
    {"ours", TABLE_REAL, NULL,
     "the same of these files: a number of neurons, or a difference of full-dimensional "
     "silhouettes, with the null's means subtracted",
     0, 3},
    {"low", TABLE_REAL, NULL,
     "lower end of its interval: 2.5 percentile over speakers drawn with replacement, corrected "
     "for "
     "bias; missing for numbers of neurons",
     0, 3},
    {"high", TABLE_REAL, NULL, "upper end: 97.5 percentile", 0, 3},
    {"null", TABLE_REAL, NULL,
     "what chance gives, where labels are exchanged: a number of neurons, or what was subtracted "
     "where layers are compared; missing for two models, where it was subtracted from each",
     0, 3},
    {"p", TABLE_REAL, NULL,
     "for the best layer (p_max) where numbers of neurons are judged; two-sided of a difference", 0,
     4},
    {"verdict", TABLE_TEXT, NULL,
     "holds: beyond the null and p below .05; fails: the interval excludes the claim; cannot tell: "
     "neither, or something is missing",
     0, 0},
    {"command", TABLE_TEXT, NULL, "prints the numbers behind it", 0, 0},
};

const struct table_form form_ledger = TABLE_FORM(
    "ledger", "ledger", "The paper's claims held to count files: ledger.", ledger_columns);

enum status report_ledger(struct table *t, const struct ledger *l, struct err *err)
{
    table_extend(t, &form_ledger, 0);
    for (uint32_t i = 0; i < l->rows; i++) {
        const struct ledger_row *row = &l->row[i];
        table_words(t, row->claim);
        table_words(t, row->source);
        table_words(t, row->published);
        table_real(t, row->ours);
        table_real(t, row->low);
        table_real(t, row->high);
        table_real(t, row->null);
        table_real(t, row->p);
        table_words(t, ledger_verdict_name(row->verdict));
        table_words(t, row->command);
    }
    return table_ok(t, NULL, err);
}
