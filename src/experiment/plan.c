/*
 * Putting a plan together: rows, steps, title and settings, which matrices and curves share.
 */
#include "config.h"

#include "experiment/plan.h"

#include <stdlib.h>
#include <string.h>

#include "corpus/recordings.h"
#include "inference/labelings.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/settings.h"

enum status plan_begin(struct plan *p, struct experiment *x, enum experiment_kind kind,
                       const struct eval *e, const struct eval_options *how, struct err *err)
{
    *p = (struct plan){.x = x};
    *x = (struct experiment){.kind = kind, .layers = eval_model(e)->layers};
    for (uint32_t l = 0; l < x->layers; l++)
        x->all_neurons += eval_model(e)->width[l];
    buf_printf(&p->settings, "experiment: %s\n", experiment_kind_name(kind));
    enum status code = experiment_settings(&p->settings, e, how, err);
    /* Step 0 is the model as it is, which every change is measured against. */
    return code ? code : plan_step(p, EXPERIMENT_NOTHING, 0, 0, err);
}

enum status plan_row(struct plan *p, const char *name, const struct neuron_set *set,
                     struct err *err)
{
    struct experiment *x = p->x;
    if (!mem_grow(&x->row, &p->row_cap, x->rows + (size_t)1, sizeof *x->row))
        return err_nomem(err);
    struct experiment_row *r = &x->row[x->rows++];
    *r = (struct experiment_row){mem_strndup(name, strlen(name)),
                                 mem_zeros(x->layers, sizeof *r->size), NULL};
    if (!r->name || !r->size)
        return err_nomem(err);
    for (uint32_t l = 0; set && l < x->layers; l++)
        r->size[l] = neuron_set_size(set, l);
    /* Neurons by digest: a journal of equal names and options but other neurons is not resumed. */
    if (set)
        settings_add_digest(&p->settings, "neurons", neuron_set_digest(set));
    return STATUS_OK;
}

enum status plan_match(struct plan *p, const struct controls *c, const struct neuron_features *f,
                       uint64_t seed, uint32_t draws, struct err *err)
{
    struct experiment *x = p->x;
    struct experiment_row *r = &x->row[x->rows - 1];
    /* Kept in the journal, so that it can be shown without the checkpoint and the count file. */
    r->match = mem_zeros(x->layers + (size_t)1, sizeof *r->match);
    if (!r->match)
        return err_nomem(err);
    return controls_match(c, f, seed, draws, r->match, &r->match[x->layers], err);
}

enum status plan_step(struct plan *p, uint32_t row, uint32_t point, uint32_t draw, struct err *err)
{
    struct experiment *x = p->x;
    if (!mem_grow(&x->step, &p->step_cap, x->steps + (size_t)1, sizeof *x->step))
        return err_nomem(err);
    x->step[x->steps++] = (struct experiment_step){row, point, draw};
    return STATUS_OK;
}

void plan_describe(struct buf *b, const struct eval_options *how)
{
    buf_printf(b, "task %s", eval_task_names[how->task]);
    if (how->piece > 0)
        buf_printf(b, ", pieces of %s s", number_short(how->piece, 6).text);
    if (how->noise > 0)
        buf_printf(b, ", noise %s", number_short(how->noise, 6).text);
}

void plan_add_analysis(struct buf *b, const struct analysis *a)
{
    char filters[1024], size[SELECTION_SIZE_TEXT];
    if (!a)
        return;
    query_filters_text(&a->filters, a->counts, filters, sizeof filters);
    settings_add_digest(b, "counts (-c)", corpus_digest_path(a->counts->path));
    buf_printf(b, "--sigma: %s\n--min-frames: %llu\n--compat: %s\n--where: %s\n",
               number_short(100 * a->params.sigma, 17).text,
               (unsigned long long)a->params.min_frames, a->params.authors ? "authors" : "none",
               filters);
    selection_size_text(&a->rule.size, size);
    buf_printf(b, "--select: %s\n--size: %s\n", selection_selector(&a->rule)->name, size);
    if (a->counts->lambdas > 1)
        buf_printf(b, "--lambda: %s\n", number_short(a->counts->lambda_percent, 17).text);
}

void plan_add_relabel(struct buf *b, uint64_t labelings, const char *strata)
{
    if (labelings == LABELINGS_ALL)
        buf_str(b, "--relabel: all\n");
    else if (labelings)
        buf_printf(b, "--relabel: %llu\n", (unsigned long long)labelings);
    if (labelings)
        buf_printf(b, "--strata: %s\n", strata ? strata : "");
}

enum status plan_end(struct plan *p, enum status code, const struct eval *e, const char *by,
                     struct err *err)
{
    struct experiment *x = p->x;
    if (!code)
        code = experiment_columns(x, e, by, err);
    /* Results of other columns cannot be taken over, so columns are settings. */
    for (uint32_t c = 1; c < x->columns && !code; c++)
        buf_printf(&p->settings, "--by: %s\n", x->column[c]);
    if (!code && (!buf_ok(&p->settings) || !buf_ok(&p->title)))
        code = err_nomem(err);
    if (!code) {
        x->settings = mem_strndup(buf_text(&p->settings), p->settings.len);
        x->title = mem_strndup(buf_text(&p->title), p->title.len);
        if (!x->settings || !x->title)
            code = err_nomem(err);
    }
    buf_free(&p->settings);
    buf_free(&p->title);
    return code;
}
