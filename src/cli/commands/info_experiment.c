/*
 * What info says about the journal of an experiment.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "cli/commands/info.h"
#include "experiment/relabelled.h"
#include "formats/jsontext.h"

/* A change by what is ERASED, with its controls. */
static json_t *info_experiment_row(const struct experiment *x, const char *erased, uint32_t measure,
                                   uint32_t column, const struct experiment_cell *before,
                                   const struct experiment_change *c)
{
    double value = x->is_done[0] ? experiment_value(before, EXPERIMENT_ERROR) : NAN;
    return json_pack("{s:s%,s:s%,s:s%,s:o,s:o,s:o,s:o,s:o}", "measure", x->measure[measure],
                     strlen(x->measure[measure]), "erased", erased, strlen(erased), "measured",
                     x->column[column], strlen(x->column[column]), "before", jsontext_real(value),
                     "change", jsontext_real(c->change), "control_low",
                     jsontext_real(c->controls.low), "control_high",
                     jsontext_real(c->controls.high), "p", jsontext_real(c->p));
}

/* What a row's set did to a column. */
static json_t *info_experiment_change(const struct experiment *x, uint32_t row, uint32_t measure,
                                      uint32_t column)
{
    struct experiment_change c =
        experiment_changed(x, row, measure, column, EXPERIMENT_ERROR, CONFIDENCE);
    return info_experiment_row(x, x->row[row].name, measure, column,
                               &experiment_cells(x, 0, measure)[column], &c);
}

static json_t *info_experiment_relabelled(const struct experiment *x, uint32_t measure)
{
    struct experiment_change c = experiment_relabelled(x, measure, EXPERIMENT_ERROR, CONFIDENCE);
    struct experiment_cell before = experiment_relabelled_before(x, measure);
    return info_experiment_row(x, experiment_relabelled_name, measure, 0, &before, &c);
}

/* The error at a share kept, in column 0 ("all"), as an interval over the random draws. */
static json_t *info_experiment_point(const struct experiment *x, uint32_t row, uint32_t p,
                                     uint32_t measure)
{
    struct interval v = experiment_at(x, row, p, measure, 0, EXPERIMENT_ERROR, CONFIDENCE);
    return json_pack("{s:s%,s:s%,s:o,s:o,s:o,s:o,s:o}", "measure", x->measure[measure],
                     strlen(x->measure[measure]), "pruned", x->row[row].name,
                     strlen(x->row[row].name), "kept", jsontext_real(x->point[p]), "neurons",
                     jsontext_real(experiment_left(x, row, p)), "error", jsontext_real(v.mean),
                     "low", jsontext_real(v.low), "high", jsontext_real(v.high));
}

/* All results as a list: measure by measure, row by row, then columns or shares. */
static json_t *info_experiment_results(const struct experiment *x)
{
    json_t *list = json_array();
    bool matrix = x->kind == EXPERIMENT_MATRIX;
    for (uint32_t m = 0; m < x->measures; m++) {
        for (uint32_t r = 0; r < x->rows; r++)
            for (uint32_t k = 0; k < (matrix ? x->columns : x->points); k++)
                json_array_append_new(list, matrix ? info_experiment_change(x, r, m, k)
                                                   : info_experiment_point(x, r, k, m));
        if (x->relabelled.units)
            json_array_append_new(list, info_experiment_relabelled(x, m));
    }
    return list;
}

/* Journals begin with a JSON line of their own, which other JSON does not have. */
bool info_is_experiment(const struct info_file *f)
{
    static const char head[] = "{\"propneu\":\"experiment\"";
    return f->size > sizeof head && memcmp(f->bytes, head, sizeof head - 1) == 0;
}

/* Works on a journal that is being written, too: the results are those of the steps done. */
enum status info_experiment(json_t *out, const struct info_file *f, struct err *err)
{
    struct experiment x = {0};
    enum status code = experiment_read(&x, f->path, err);
    if (code)
        return code;
    const char *state = x.done >= x.steps ? "finished" : x.pid ? "running" : "stopped";
    json_object_set_new(out, "experiment", json_string_nocheck(experiment_kind_name(x.kind)));
    json_object_set_new(out, "title", json_stringn_nocheck(x.title, strlen(x.title)));
    json_object_set_new(out, "state", json_string(state));
    if (x.pid)
        json_object_set_new(out, "process", json_integer(x.pid));
    json_object_set_new(out, "steps", json_integer(x.steps));
    json_object_set_new(out, "done", json_integer(x.done));
    json_object_set_new(out, "started", json_integer(x.started));
    json_object_set_new(out, "layers", json_integer(x.layers));
    json_object_set_new(out, "neurons", json_integer((json_int_t)x.all_neurons));
    json_object_set_new(out, "command", json_stringn_nocheck(x.command, strlen(x.command)));
    if (x.columns)
        json_object_set_new(out, "results", info_experiment_results(&x));
    experiment_free(&x);
    return STATUS_OK;
}
