/* propneu/eval.h: an evaluation as a handle that keeps its options. */
#include "config.h"

#include <propneu/eval.h>

#include <math.h>
#include <stdlib.h>

#include "api/api.h"
#include "api/api_corpus.h"
#include "api/api_edit.h"
#include "api/api_listener.h"
#include "api/api_model.h"
#include "api/api_sets.h"
#include "api/api_table.h"
#include "edit/intervention.h"
#include "eval/eval.h"
#include "report/report.h"

/* The translated options stay with the handle: the tables need them after the run. */
struct pn_eval {
    struct eval *eval;
    struct eval_options options;
    struct api_corpus memory;
};

struct pn_eval_result {
    struct eval_result result;
};

void pn_eval_options_init(struct pn_eval_options *options)
{
    *options = (struct pn_eval_options){.model = NULL};
    pn_model_options_init(&options->model_options);
    pn_corpus_options_init(&options->corpus);
}

/* Passes a message of the evaluation on. */
static void listener_problem(void *context, const char *message)
{
    const struct api_listener *l = context;
    if (l->hooks && l->hooks->problem)
        l->hooks->problem(l->hooks->context, message);
}

/* Passes progress on; an answer other than 0 stops the run. */
static void listener_progress(void *context, size_t done, size_t all)
{
    struct api_listener *l = context;
    if (l->hooks && l->hooks->progress && l->hooks->progress(l->hooks->context, done, all))
        cancel_set(&l->cancel);
}

void api_listener_init(struct api_listener *l, const struct pn_eval_hooks *hooks)
{
    l->hooks = hooks;
    cancel_init(&l->cancel, NULL);
    l->inner = (struct eval_hooks){.problem = listener_problem,
                                   .progress = listener_progress,
                                   .context = l,
                                   .cancel = &l->cancel};
}

/* What the options ask for that cannot be, as a message; NULL: nothing. */
static const char *eval_complaint(const struct pn_eval_options *o, enum eval_task task)
{
    if (!o->model || !o->task)
        return "a model, recordings and a task are needed to evaluate";
    if (task == EVAL_TASKS)
        return "the task is sid, phones, frames, ctc, centroid or f0";
    const struct eval_task_about *about = eval_task_about(task);
    if (about->labels && !o->corpus.labels)
        return "the task needs labels";
    if (about->masks)
        return "ssl needs clusters, which only the command eval takes";
    if (about->pitch && !o->corpus.pitch)
        return "the task needs pitch";
    if ((o->layer || o->refit) && !about->fits)
        return "layer and refit are for centroid and f0";
    if ((o->head || o->head_labels) && !about->head)
        return "the task takes no head";
    if (o->min_run && !about->runs)
        return "min_run is for phones";
    return NULL;
}

/* OPTIONS in the words of eval.h into OUT, which borrows from MEMORY. */
static enum status eval_translate(struct eval_options *out, struct api_corpus *memory,
                                  const struct pn_eval_options *options, struct err *err)
{
    const struct model_options m = api_model_options(&options->model_options);
    enum eval_task task = options->task ? eval_task_find(options->task) : EVAL_TASKS;
    const char *wrong = eval_complaint(options, task);
    if (wrong)
        return err_set(err, STATUS_USAGE, "%s", wrong);
    *out = (struct eval_options){.model = options->model,
                                 .mean_std = m.mean_std,
                                 .normalize = m.normalize,
                                 .threads = api_threads(options->threads),
                                 .task = task,
                                 .head = options->head,
                                 .head_labels = options->head_labels,
                                 .layer = options->layer,
                                 .piece = options->piece,
                                 .noise = options->noise,
                                 .seed = options->seed,
                                 .refit = options->refit,
                                 .min_run = options->min_run,
                                 .cache = options->cache};
    return api_corpus_options(&out->corpus, memory, &options->corpus, err);
}

/* Opens model, head and corpus once; any number of edits can be measured then. The options live in
 * the handle, since EVAL keeps pointers to them. */
enum pn_status pn_eval_open(pn_eval **out, const struct pn_eval_options *options,
                            const struct pn_eval_hooks *hooks, struct pn_error *error)
{
    struct err e;
    struct api_listener listener;
    pn_eval *handle = calloc(1, sizeof *handle);
    enum status code = handle ? STATUS_OK : err_nomem(&e);
    api_listener_init(&listener, hooks);
    if (!code)
        code = eval_translate(&handle->options, &handle->memory, options, &e);
    if (!code)
        code = eval_open(&handle->eval, &handle->options, &listener.inner, &e);
    if (code)
        free(handle);
    else
        *out = handle;
    return api_result(code, &e, error);
}

void pn_eval_free(pn_eval *eval)
{
    if (eval)
        eval_free(eval->eval);
    free(eval);
}

size_t pn_eval_recordings(const pn_eval *eval, size_t *left_out)
{
    size_t left, all = eval_recordings(eval->eval, &left);
    if (left_out)
        *left_out = left;
    return all;
}

/* What EDIT of SET does to the activations. */
static enum status eval_change(struct intervention *out, const pn_eval *eval,
                               const struct pn_edit *edit, const pn_set *set, struct err *err)
{
    struct edit inner;
    struct tensors means = {0};
    const struct model_info *info = eval_model(eval->eval);
    const struct neuron_set shape = {.layers = info->layers, .width = (uint32_t *)info->width};
    enum status code = api_set_same_shape(&set->set, &shape, err);
    if (!code)
        code = api_edit_open(&inner, &means, edit, set, err);
    if (!code)
        code = intervention_init(out, &inner, err);
    tensors_free(&means);
    return code;
}

/* SET NULL measures the model as it is. The edit works on activations during the forward pass, so
 * EVAL's model itself never changes. */
enum pn_status pn_eval_run(pn_eval *eval, const pn_set *set, const struct pn_edit *edit,
                           const struct pn_eval_hooks *hooks, pn_eval_result **out,
                           struct pn_error *error)
{
    struct err e;
    struct intervention change = {0};
    struct api_listener listener;
    pn_eval_result *result = calloc(1, sizeof *result);
    enum status code = result ? STATUS_OK : err_nomem(&e);
    api_listener_init(&listener, hooks);
    if (!code && set)
        code = eval_change(&change, eval, edit, set, &e);
    if (!code)
        code =
            eval_run(eval->eval, set ? &change.change : NULL, &listener.inner, &result->result, &e);
    intervention_free(&change);
    if (code)
        free(result);
    else
        *out = result;
    return api_result(code, &e, error);
}

void pn_eval_result_free(pn_eval_result *result)
{
    if (result)
        eval_result_free(&result->result);
    free(result);
}

uint32_t pn_eval_measures(const pn_eval *eval)
{
    uint32_t n;
    eval_measures(eval->eval, &n);
    return n;
}

const char *pn_eval_measure(const pn_eval *eval, uint32_t measure)
{
    uint32_t n;
    const char *const *names = eval_measures(eval->eval, &n);
    return measure < n ? names[measure] : NULL;
}

/* Regression (f0) counts no errors: there `errors` is 0 and `error` NAN, and `loss` is the mean
 * squared error. */
bool pn_eval_total(const pn_eval *eval, const pn_eval_result *result, uint32_t measure,
                   struct pn_score *score)
{
    if (measure >= result->result.measures)
        return false;
    const struct eval_score *s = eval_score(&result->result, measure, EVAL_TOTAL);
    bool counts = eval_counts_errors(eval->eval);
    *score = (struct pn_score){.trials = s->trials,
                               .errors = counts ? s->errors : 0,
                               .error = counts ? eval_error(s) : NAN,
                               .loss = eval_loss(s)};
    return true;
}

enum pn_status pn_eval_table(pn_table **out, const pn_eval *eval, const pn_eval_result *result,
                             const pn_eval_result *before, struct pn_error *error)
{
    struct err e;
    pn_table *t = api_table_new();
    enum status code = STATUS_OK;
    if (t)
        code = report_eval(&t->table, eval->eval, &eval->options, &result->result,
                           before ? &before->result : NULL, &e);
    return api_result(api_table_end(out, t, code, &e), &e, error);
}
