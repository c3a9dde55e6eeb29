/*
 * Doing the steps of an experiment, one after the other, with the journal.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/experiment.h"
#include "edit/intervention.h"
#include "base/mem.h"

/* Adds a copy of TEXT to *LIST [*count]. */
static enum status columns_add_text(char ***list, uint32_t *count, size_t *cap, const char *text,
                                    struct err *err)
{
    if (!mem_grow(list, cap, *count + (size_t)1, sizeof **list))
        return err_nomem(err);
    if (!((*list)[*count] = mem_strndup(text, strlen(text))))
        return err_nomem(err);
    ++*count;
    return STATUS_OK;
}

/* Says which factors E has groups of. */
static enum status columns_no_factor(const struct eval *e, const char *wanted, size_t n,
                                     struct err *err)
{
    uint32_t groups;
    const struct eval_group *g = eval_groups(e, &groups);
    struct buf there = BUF_INIT;
    for (uint32_t i = 0; i < groups; i++)
        if (i == 0 || strcmp(g[i].factor, g[i - 1].factor) != 0)
            buf_printf(&there, "%s%s", there.len ? ", " : "", g[i].factor);
    err_set(err, STATUS_NOTFOUND, "no trials by '%.*s'%s%.200s%s", (int)n, wanted,
            there.len ? ", only by " : "", buf_text(&there), there.len ? ": choose with --by" : "");
    buf_free(&there);
    return STATUS_NOTFOUND;
}

/* Columns: "all", then the groups of each factor in the order in which BY names them. */
enum status experiment_columns(struct experiment *x, const struct eval *e, const char *by,
                               struct err *err)
{
    uint32_t measures, groups;
    size_t measure_cap = 0, column_cap = 0;
    const char *const *measure = eval_measures(e, &measures);
    const struct eval_group *g = eval_groups(e, &groups);
    enum status code = columns_add_text(&x->column, &x->columns, &column_cap, "all", err);
    for (uint32_t m = 0; m < measures && !code; m++)
        code = columns_add_text(&x->measure, &x->measures, &measure_cap, measure[m], err);
    for (const char *at = by; at && *at && !code;) {
        size_t n = strcspn(at, ",");
        uint32_t before = x->columns;
        for (uint32_t i = 0; i < groups && !code; i++) {
            struct buf name = BUF_INIT;
            if (strlen(g[i].factor) != n || strncmp(g[i].factor, at, n) != 0)
                continue;
            buf_printf(&name, "%s=%s", g[i].factor, g[i].level);
            code = buf_ok(&name) ? columns_add_text(&x->column, &x->columns, &column_cap,
                                                    buf_text(&name), err)
                                 : err_nomem(err);
            buf_free(&name);
        }
        if (!code && x->columns == before)
            code = columns_no_factor(e, at, n, err);
        at += n + (at[n] == ',');
    }
    return code ? code : experiment_room(x, err);
}

/* Index into E's groups of a column, EVAL_TOTAL for the first. */
static uint32_t column_group(const struct eval *e, const char *column)
{
    uint32_t groups;
    const struct eval_group *g = eval_groups(e, &groups);
    for (uint32_t i = 0; i < groups; i++) {
        size_t n = strlen(g[i].factor);
        if (strncmp(column, g[i].factor, n) == 0 && column[n] == '=' &&
            strcmp(column + n + 1, g[i].level) == 0)
            return i;
    }
    return EVAL_TOTAL;
}

static struct experiment_cell step_cell(const struct eval *e, const struct eval_score *s)
{
    return (struct experiment_cell){eval_counts_errors(e) ? s->errors : EXPERIMENT_NO_ERRORS,
                                    s->trials, eval_loss(s)};
}

/* The same by speaker, where labelings of the speakers are to be scored. */
static void step_note_speakers(struct experiment *x, uint32_t step, const struct eval *e,
                               const struct eval_result *r)
{
    uint32_t groups;
    const struct eval_group *g = eval_groups(e, &groups);
    for (uint32_t u = 0; u < x->relabelled.units; u++)
        for (uint32_t i = 0; i < groups; i++) {
            if (strcmp(g[i].factor, "speaker") != 0 ||
                strcmp(g[i].level, x->relabelled.unit[u]) != 0)
                continue;
            for (uint32_t m = 0; m < x->measures; m++)
                experiment_speakers(x, step, m)[u] = step_cell(e, eval_score(r, m, i));
        }
}

/* Takes what a run found of the experiment's columns, and the most recordings that any step left
 * out: a changed model may fail on more of them. */
static void step_note(struct experiment *x, uint32_t step, const struct eval *e,
                      const struct eval_result *r)
{
    for (uint32_t m = 0; m < x->measures; m++)
        for (uint32_t c = 0; c < x->columns; c++) {
            uint32_t group = c == 0 ? EVAL_TOTAL : column_group(e, x->column[c]);
            experiment_cells(x, step, m)[c] = step_cell(e, eval_score(r, m, group));
        }
    step_note_speakers(x, step, e, r);
    size_t left;
    eval_recordings(e, &left);
    x->left_out = left > x->left_out ? left : x->left_out;
    x->is_done[step] = true;
    x->done++;
}

/* One step: its neurons, the change of the activations that the edit makes of them, and a run. */
static enum status step_measure(struct experiment *x, struct experiment_run *r, uint32_t step,
                                struct err *err)
{
    const struct model_info *info = eval_model(r->eval);
    struct neuron_set sets;
    struct intervention change = {.layers = 0};
    struct eval_result result = {.score = NULL};
    /* Erasure multiplies activations by 0. */
    struct edit edit = r->edit ? *r->edit : (struct edit){.kind = EDIT_SCALE, .gain = 0};
    enum status code = neuron_set_init(&sets, info->layers, info->width, err);
    if (code)
        return code;
    if (x->step[step].row != EXPERIMENT_NOTHING)
        code = r->sets(r->context, &x->step[step], &sets, err);
    size_t total = neuron_set_total(&sets);
    edit.sets = &sets;
    /* Step 0 and rows without a neuron run the model as it is. */
    if (!code && total)
        code = intervention_init(&change, &edit, err);
    if (!code)
        code = eval_run(r->eval, total ? &change.change : NULL, r->hooks, &result, err);
    if (!code) {
        x->neurons[step] = (uint32_t)total;
        step_note(x, step, r->eval, &result);
    }
    eval_result_free(&result);
    intervention_free(&change);
    neuron_set_free(&sets);
    return code;
}

enum status experiment_do(struct experiment *x, struct experiment_run *r, struct err *err)
{
    enum status code = STATUS_OK;
    r->file = (struct experiment_journal){.fd = -1};
    if (r->journal)
        code = experiment_journal_open(&r->file, x, r->journal, r->resume, err);
    if (!code && r->stepped)
        r->stepped(r->shown, x);
    for (uint32_t i = 0; i < x->steps && !code; i++) {
        /* Found in the journal: an earlier run did it. */
        if (x->is_done[i])
            continue;
        if ((code = cancel_check(r->hooks->cancel, err)))
            return code;
        code = step_measure(x, r, i, err);
        if (!code && r->journal)
            code = experiment_journal_add(&r->file, x, i, err);
        if (!code && r->stepped)
            r->stepped(r->shown, x);
    }
    return code;
}

void experiment_finish(struct experiment_run *r, bool done)
{
    if (r->journal)
        experiment_journal_close(&r->file, done && !r->keep);
}
