/*
 * What chance gives: statistics of a property in each layer against their distribution when labels
 * are exchanged (inference/null.h).
 */
#include "config.h"

#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column null_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"statistic", TABLE_TEXT, NULL, "the statistic; overlap:SET names the set compared with", 0, 0},
    {"observed", TABLE_REAL, NULL, "its value in the file; large is evidence", 0, 4},
    {"exchanged", TABLE_TEXT, NULL,
     "what the null exchanges: classes, speakers, tokens or utterances", 0, 0},
    {"strata", TABLE_TEXT, NULL, "what labels are exchanged within; none: freely", 0, 0},
    {"draws", TABLE_INTEGER, "labelings", "labelings of the null", 0, 0},
    {"enumerated", TABLE_BOOLEAN, NULL,
     "they are all there are, the observed one among them; else random ones", 0, 0},
    {"mean", TABLE_REAL, NULL, "of the null: what chance gives", 0, 4},
    {"sd", TABLE_REAL, NULL, "standard deviation of the null", 0, 4},
    {"low", TABLE_REAL, NULL, "2.5 percentile of the null", 0, 4},
    {"high", TABLE_REAL, NULL, "97.5 percentile of the null", 0, 4},
    {"p", TABLE_REAL, NULL,
     "how often the null reaches the observed value: number / draws where enumerated, else "
     "(1 + number) / (1 + draws)",
     0, 4},
    {"p_max", TABLE_REAL, NULL,
     "how often the largest standardised value of all these layers reaches this layer's: the p "
     "to use where the best of several layers is looked for",
     0, 4},
};

const struct table_form form_null =
    TABLE_FORM("null", "null",
               "Statistics of a property in each layer against their distribution when labels are "
               "exchanged: null.",
               null_columns);

/* "size", or "overlap:SET". */
static void null_name(struct table *t, const struct null_row *row)
{
    struct buf name = BUF_INIT;
    buf_printf(&name, "%s%s%s", row->statistic->name, row->set[0] ? ":" : "", row->set);
    table_words(t, buf_ok(&name) ? buf_text(&name) : row->statistic->name);
    buf_free(&name);
}

enum status report_null(struct table *t, const struct null_result *n, struct err *err)
{
    table_extend(t, &form_null, 0);
    for (uint32_t i = 0; i < n->rows; i++) {
        const struct null_row *row = &n->row[i];
        const struct summary *s = &row->summary;
        table_words(t, n->property);
        table_count(t, row->layer + 1);
        null_name(t, row);
        table_real(t, s->observed);
        table_words(t, exchange_name(n->kind));
        table_words(t, n->strata);
        table_count(t, (int64_t)n->draws);
        table_flag(t, n->enumerated);
        table_real(t, s->mean);
        table_real(t, s->sd);
        table_real(t, s->low);
        table_real(t, s->high);
        table_real(t, s->p);
        table_real(t, s->p_max);
    }
    return table_ok(t, NULL, err);
}
