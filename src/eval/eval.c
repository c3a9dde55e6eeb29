/*
 * Opening an evaluation: the corpus, the model with its head, the groups that trials are counted
 * in, and how much of the hidden states is kept.
 */
#include "config.h"

#include "eval/eval_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define EVAL_TASK_NAME(number, id, name) name,
const char *const eval_task_names[EVAL_TASKS] = {EVAL_TASK_TABLE(EVAL_TASK_NAME)};
#undef EVAL_TASK_NAME

#define EVAL_TASK_ROW(number, id, name) &task_##id,
static const struct task *const tasks[EVAL_TASKS] = {EVAL_TASK_TABLE(EVAL_TASK_ROW)};
#undef EVAL_TASK_ROW

const struct task *eval_task_row(enum eval_task task)
{
    return tasks[task];
}

const struct eval_task_about *eval_task_about(enum eval_task task)
{
    return &tasks[task]->about;
}

enum eval_task eval_task_find(const char *name)
{
    for (int t = 0; t < EVAL_TASKS; t++)
        if (strcmp(name, eval_task_names[t]) == 0)
            return (enum eval_task)t;
    return EVAL_TASKS;
}

const struct eval_group *eval_groups(const struct eval *e, uint32_t *count)
{
    *count = e->factors.groups;
    return e->group;
}

const char *const *eval_measures(const struct eval *e, uint32_t *count)
{
    *count = e->task->measures;
    return e->task->measure;
}

bool eval_counts_errors(const struct eval *e)
{
    return !e->task->about.squares;
}

bool eval_fits(const struct eval *e)
{
    return e->task->about.fits;
}

double eval_damage(const struct eval *e, const struct eval_score *s)
{
    return e->task->about.squares ? eval_loss(s) : eval_error(s);
}

const struct model_info *eval_model(const struct eval *e)
{
    return e->info;
}

const struct corpus *eval_corpus(const struct eval *e)
{
    return &e->corpus;
}

size_t eval_recordings(const struct eval *e, size_t *left_out)
{
    *left_out = 0;
    for (size_t i = 0; i < e->corpus.recordings.count; i++)
        *left_out += e->run[i].failed;
    return e->corpus.recordings.count;
}

void eval_free(struct eval *e)
{
    if (!e)
        return;
    if (e->task->free)
        e->task->free(e);
    for (size_t i = 0; e->run && e->info && i < e->corpus.recordings.count; i++)
        recording_run_free(&e->run[i], e->info->layers);
    free(e->run);
    free(e->group);
    free(e->bins);
    factors_free(&e->factors);
    head_free(&e->head);
    model_free(e->model);
    corpus_free(&e->corpus);
    pthread_mutex_destroy(&e->lock);
    pthread_cond_destroy(&e->turned);
    free(e);
}

/* Factors of trials; a whole recording is of no one phone or pitch. */
static enum status make_groups(struct eval *e, struct err *err)
{
    unsigned by = e->how.by;
    if (e->task->about.whole && e->options->piece <= 0)
        by &= ~(1u << CORPUS_PHONE | 1u << CORPUS_PITCH);
    enum status code = factors_init(&e->factors, &e->corpus, &e->how, by, err);
    if (code)
        return code;
    e->group = mem_array(e->factors.groups, sizeof *e->group);
    if (!e->group)
        return err_nomem(err);
    /* Group number = the factor's base + level. */
    for (uint32_t i = 0; i < e->factors.count; i++) {
        const struct factor *f = &e->factors.factor[i];
        for (uint32_t l = 0; l < f->level.count; l++)
            e->group[f->base + l] = (struct eval_group){f->name, f->level.name[l]};
    }
    return STATUS_OK;
}

/* The model with the layer that is looked at, and the head where the task has one. */
static enum status open_model(struct eval *e, struct err *err)
{
    struct model_options mo = {.mean_std = e->options->mean_std,
                               .normalize = e->options->normalize};
    struct checkpoint c;
    uint32_t count;
    size_t rows;
    enum status code = model_open(&e->model, e->options->model, &mo, err);
    if (code)
        return code;
    e->info = model_info(e->model);
    /* MelHuBERT has log-mel rows of input, which pieces and noise work on; others have samples
     * only. */
    model_stage_shape(e->model, MODEL_INPUT, 0, &count, &rows);
    e->input = count > 0;
    e->layer = e->options->layer ? e->options->layer : e->info->layers;
    if (e->layer > e->info->layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %u (there are: 1 to %u)",
                       e->options->model, e->layer, e->info->layers);
    bool fit = e->task->may_fit && (e->options->layer || e->options->refit);
    if (!e->task->looked_for || fit)
        return STATUS_OK;
    const char *head = e->options->head ? e->options->head : e->options->model;
    if ((code = checkpoint_open(&c, head, err)))
        return code;
    code = head_open(&e->head, &c, e->options, e->task->looked_for, e->info, err);
    checkpoint_free(&c);
    return code == STATUS_NOTFOUND && e->task->may_fit && !e->options->head ? STATUS_OK : code;
}

/* Every second recording of a speaker is tested, of every second speaker from the first one on: so
 * that speakers with one recording do not all fall into one half. */
static enum status eval_split(struct eval *e, struct err *err)
{
    struct names speakers = NAMES_INIT;
    const struct recordings *c = &e->corpus.recordings;
    size_t *seen = mem_zeros(c->count, sizeof *seen);
    bool ok = seen != NULL;
    for (size_t i = 0; i < c->count && ok; i++) {
        uint32_t s = names_add(&speakers, c->recording[i].speaker);
        ok = s != NAMES_NONE;
        if (ok)
            e->run[i].tested = (s + seen[s]++) % 2 == 1;
    }
    names_free(&speakers);
    free(seen);
    return ok ? STATUS_OK : err_nomem(err);
}

/* Chooses `step` so that hidden states 0, step, 2 step, ... [frames][E] of all recordings fit into
 * the budget, by the lengths in their headers. With step = layer that is state 0 alone.
 * cache_reserve keeps to the limit itself. */
static void plan_cache(struct eval *e)
{
    /* A sum over all states needs those before the one that a run begins at, and masked input gives
     * states of no other run. */
    if (e->task->input || (e->task->hidden && e->head.layer))
        return;
    double limit = (double)e->budget, all = 0;
    for (size_t i = 0; i < e->corpus.recordings.count; i++) {
        double seconds;
        if (audio_seconds(&seconds, e->corpus.recordings.recording[i].path, NULL) == STATUS_OK)
            all += seconds;
    }
    double state = all * 1000 / e->info->frame_ms * e->info->embed * sizeof(float);
    double fit = state > 0 ? limit / state : e->layer;
    e->step = fit >= e->layer ? 1 : fit >= 1 ? (uint32_t)ceil(e->layer / fit) : e->layer;
}

/* Tertiles of pitch that is tracked, from a pass over all recordings that reads labels and pitch
 * but does not run the model. */
static enum status find_edges(struct eval *e, const struct eval_hooks *hooks, struct err *err)
{
    static const struct eval_hooks none = {.cancel = NULL};
    e->hooks = hooks ? hooks : &none;
    e->bins = mem_zeros(1, sizeof *e->bins);
    if (!e->bins)
        return err_nomem(err);
    enum status code = pass_run(e, PASS_SCAN, err);
    if (!code && !pitch_bins_tertiles(e->bins, e->corpus.edges))
        code = err_set(err, STATUS_NOTFOUND, "%s: no pitch in any recording", e->how.audio);
    return code;
}

static enum status open_inputs(struct eval *e, struct err *err)
{
    struct corpus_options *o = &e->how;
    /* Groups are of everything that is known, whatever BY asks for. */
    o->by = corpus_known(o);
    if (!o->labels && (e->task->about.labels || o->pitch))
        return err_set(err, STATUS_USAGE, "labels are needed %s",
                       e->task->about.labels ? "for this task" : "with pitch");
    enum status code = corpus_open(&e->corpus, o, err);
    if (!code && !(e->run = mem_zeros(e->corpus.recordings.count, sizeof *e->run)))
        code = err_nomem(err);
    return code ? code : eval_split(e, err);
}

enum status eval_open(struct eval **out, const struct eval_options *options,
                      const struct eval_hooks *hooks, struct err *err)
{
    struct eval *e = mem_zeros(1, sizeof *e);
    enum status code;
    if (!e)
        return err_nomem(err);
    e->options = options;
    e->how = options->corpus;
    e->task = options->lexicons ? &task_lexicon : eval_task_row(options->task);
    e->head = (struct head){.label = NAMES_INIT, .blank = -1};
    e->budget = options->cache ? options->cache : EVAL_CACHE_DEFAULT;
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->turned, NULL);
    code = open_inputs(e, err);
    if (!code)
        code = open_model(e, err);
    if (!code)
        code = make_groups(e, err);
    if (!code && e->task->open)
        code = e->task->open(e, err);
    if (!code)
        plan_cache(e);
    if (!code && e->corpus.pitch.tracked && !e->corpus.edged)
        code = find_edges(e, hooks, err);
    if (code)
        eval_free(e);
    else
        *out = e;
    return code;
}
