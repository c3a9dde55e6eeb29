/*
 * Which options of an evaluation go together, by what each task says that it needs.
 */
#include "config.h"

#include "eval/eval.h"

#include <stdio.h>

#include "base/buf.h"

/* Says that OPTIONS are for the tasks that FITS alone. */
static enum status eval_refuse(const char *options, bool (*fits)(const struct eval_task_about *),
                               struct err *err)
{
    struct buf tasks = BUF_INIT;
    for (int t = 0; t < EVAL_TASKS; t++)
        if (fits(eval_task_about((enum eval_task)t)))
            buf_printf(&tasks, "%s%s", tasks.len ? " or " : "", eval_task_names[t]);
    err_set(err, STATUS_USAGE, "%s: only for --task %s", options, buf_text(&tasks));
    buf_free(&tasks);
    return STATUS_USAGE;
}

static bool eval_task_fits(const struct eval_task_about *t)
{
    return t->fits;
}

static bool eval_task_has_head(const struct eval_task_about *t)
{
    return t->head;
}

static bool eval_task_has_runs(const struct eval_task_about *t)
{
    return t->runs;
}

static bool eval_task_masks(const struct eval_task_about *t)
{
    return t->masks;
}

enum status eval_options_check(const struct eval_options *o, const char *layer_option,
                               struct err *err)
{
    const struct corpus_options *corpus = &o->corpus;
    const struct eval_task_about *task = eval_task_about(o->task);
    const char *name = eval_task_names[o->task];
    char options[64];
    if ((o->lexicons || o->transcripts) && (o->task != EVAL_CTC || o->piece > 0))
        return err_set(err, STATUS_USAGE,
                       "--lexicon and --transcripts: only for --task ctc on whole recordings");
    if (o->transcripts && !o->lexicons)
        return err_set(err, STATUS_USAGE, "--transcripts needs --lexicon FILE");
    if (task->labels && !corpus->labels && !o->lexicons)
        return err_set(err, STATUS_USAGE, "--task %s needs -l LABELS", name);
    if (corpus->pitch && !corpus->labels)
        return err_set(err, STATUS_USAGE, "--pitch needs -l LABELS");
    if (corpus->edges_given && !corpus->pitch)
        return err_set(err, STATUS_USAGE, "--pitch-edges needs --pitch");
    if (task->pitch && !corpus->pitch)
        return err_set(err, STATUS_USAGE, "--task %s needs --pitch", name);
    snprintf(options, sizeof options, "--%s and --refit", layer_option);
    if ((o->layer || o->refit) && !task->fits)
        return eval_refuse(options, eval_task_fits, err);
    if ((o->head || o->head_labels) && !task->head)
        return eval_refuse("--head and --head-labels", eval_task_has_head, err);
    if (task->masks && !o->clusters)
        return err_set(err, STATUS_USAGE, "--task %s needs --clusters FILE", name);
    if (o->clusters && !task->masks)
        return eval_refuse("--clusters", eval_task_masks, err);
    if (o->min_run && !task->runs)
        return eval_refuse("--min-run", eval_task_has_runs, err);
    return STATUS_OK;
}
