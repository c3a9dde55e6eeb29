#include "config.h"

#include "job.h"

#include <stdlib.h>
#include <string.h>

#include "propneu/mem.h"

const char *const eval_task_names[EVAL_TASKS] = {"sid", "phones", "centroid", "f0"};

static const struct task *const tasks[EVAL_TASKS] = {&task_sid};

const struct eval_group *eval_groups(const struct eval *e, uint32_t *count)
{
    *count = e->groups;
    return e->group;
}

const char *const *eval_measures(const struct eval *e, uint32_t *count)
{
    *count = e->task->measures;
    return e->task->measure;
}

const struct model_info *eval_model(const struct eval *e)
{
    return e->info;
}

size_t eval_recordings(const struct eval *e, size_t *left_out)
{
    *left_out = e->left_out;
    return e->corpus.count;
}

void eval_free(struct eval *e)
{
    if (!e)
        return;
    for (size_t i = 0; e->take && i < e->corpus.count; i++)
        take_free(&e->take[i], e->info->layers);
    free(e->take);
    for (uint32_t f = 0; f < e->factors; f++)
        names_free(&e->factor[f].level);
    free(e->group);
    model_free(e->model);
    head_free(&e->head);
    corpus_free(&e->corpus);
    speakers_free(&e->speakers);
    pthread_mutex_destroy(&e->lock);
    pthread_cond_destroy(&e->turned);
    free(e);
}

void eval_levels(const struct eval *e, size_t recording, const struct item *it,
                 int32_t level[MAX_FACTORS])
{
    const char *utterance = e->corpus.recording[recording].utterance;
    char speaker[256];
    (void)it;
    for (uint32_t f = 0; f < e->factors; f++) {
        const char *name = NULL;
        if (strcmp(e->factor[f].name, "gender") == 0) {
            name = speakers_gender(&e->speakers, utterance, false);
        } else {
            speakers_of_utterance(utterance, speaker, sizeof speaker);
            name = speaker;
        }
        level[f] = name ? (int32_t)names_find(&e->factor[f].level, name) : -1;
    }
}

static enum status add_factor(struct eval *e, const char *name, struct err *err)
{
    struct factor *f = &e->factor[e->factors++];
    char speaker[256];
    *f = (struct factor){.name = name, .level = NAMES_INIT};
    for (size_t i = 0; i < e->corpus.count; i++) {
        const char *utterance = e->corpus.recording[i].utterance;
        const char *level = speaker;
        speakers_of_utterance(utterance, speaker, sizeof speaker);
        if (strcmp(name, "gender") == 0)
            level = speakers_gender(&e->speakers, utterance, false);
        if (level && names_add(&f->level, level) == NAMES_NONE)
            return err_nomem(err);
    }
    return STATUS_OK;
}

static enum status make_groups(struct eval *e, struct err *err)
{
    enum status code = e->gendered ? add_factor(e, "gender", err) : STATUS_OK;
    if (!code)
        code = add_factor(e, "speaker", err);
    if (code)
        return code;
    for (uint32_t f = 0; f < e->factors; f++) {
        e->factor[f].base = e->groups;
        e->groups += e->factor[f].level.count;
    }
    e->group = mem_array(e->groups, sizeof *e->group);
    if (!e->group)
        return err_nomem(err);
    for (uint32_t f = 0; f < e->factors; f++)
        for (uint32_t l = 0; l < e->factor[f].level.count; l++)
            e->group[e->factor[f].base + l] =
                (struct eval_group){e->factor[f].name, e->factor[f].level.name[l]};
    return STATUS_OK;
}

static enum status open_model(struct eval *e, struct err *err)
{
    const struct count_options *in = e->options->inputs;
    struct model_options mo = {.mean_std = in->mean_std, .normalize = in->normalize};
    struct checkpoint c;
    uint32_t count;
    size_t rows;
    enum status code = model_open(&e->model, in->model, &mo, err);
    if (code)
        return code;
    e->info = model_info(e->model);
    model_stage_shape(e->model, MODEL_INPUT, 0, &count, &rows);
    e->input = count > 0;
    e->layer = e->options->layer ? e->options->layer : e->info->layers;
    if (e->layer > e->info->layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %u (there are: 1 to %u)", in->model,
                       e->layer, e->info->layers);
    if ((code = checkpoint_open(&c, in->model, err)))
        return code;
    code = head_open(&e->head, &c, e->options->task, e->info, err);
    checkpoint_free(&c);
    return code;
}

/* One recording at least must be of a speaker the head knows. */
static enum status check_speakers(const struct eval *e, struct err *err)
{
    char speaker[256];
    for (size_t i = 0; i < e->corpus.count; i++) {
        speakers_of_utterance(e->corpus.recording[i].utterance, speaker, sizeof speaker);
        if (names_find(&e->head.label, speaker) != NAMES_NONE)
            return STATUS_OK;
    }
    return err_set(err, STATUS_MISMATCH,
                   "%s: its head knows none of the speakers of %s (it has labels like '%.60s', the "
                   "recordings speakers like '%.60s')",
                   e->options->inputs->model, e->options->inputs->audio, e->head.label.name[0],
                   speaker);
}

/* How many states of all recordings fit, by what their headers promise. */
static void plan_cache(struct eval *e)
{
    size_t limit = e->options->cache ? e->options->cache : EVAL_CACHE_DEFAULT;
    double all = 0;
    for (size_t i = 0; i < e->corpus.count; i++) {
        double seconds;
        if (audio_seconds(&seconds, e->corpus.recording[i].path, NULL) == STATUS_OK)
            all += seconds;
    }
    double state = all * 1000 / e->info->frame_ms * e->info->embed * sizeof(float);
    double fit = state > 0 ? (double)limit / state : 1;
    e->budget = limit;
    e->step = fit >= e->layer ? 1 : fit >= 1 ? (uint32_t)(e->layer / fit) + 1 : e->layer;
}

enum status eval_open(struct eval **out, const struct eval_options *options,
                      const struct eval_hooks *hooks, struct err *err)
{
    struct eval *e = mem_zeros(1, sizeof *e);
    const struct count_options *in = options->inputs;
    (void)hooks;
    if (!e)
        return err_nomem(err);
    e->options = options;
    e->task = tasks[options->task];
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->turned, NULL);
    enum status code = corpus_open(&e->corpus, in->audio, err);
    if (!code && in->speakers) {
        code = speakers_open(&e->speakers, in->speakers, err);
        e->gendered = !code;
    }
    if (!code)
        code = open_model(e, err);
    if (!code && options->task == EVAL_SID)
        code = check_speakers(e, err);
    if (!code && !(e->take = mem_zeros(e->corpus.count, sizeof *e->take)))
        code = err_nomem(err);
    if (!code)
        code = make_groups(e, err);
    if (code) {
        eval_free(e);
        return code;
    }
    plan_cache(e);
    *out = e;
    return STATUS_OK;
}
