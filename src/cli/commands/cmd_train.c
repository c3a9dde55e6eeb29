/*
 * propneu train: a head, and the model behind it, trained on recordings.
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/worker.h"
#include "cli/commands.h"
#include "cli/commands/edit_options.h"
#include "cli/commands/train_request.h"
#include "cli/progress.h"
#include "train/gradients_file.h"

#define NOTES 20 /* lines that tell how it goes */

enum {
    OPT_TASK,
    OPT_CLUSTERS,
    OPT_INIT,
    OPT_HEAD,
    OPT_LAYERS,
    OPT_FREEZE,
    OPT_STEPS,
    OPT_BATCH,
    OPT_CROP,
    OPT_LR,
    OPT_SCHEDULE,
    OPT_WARMUP,
    OPT_CLIP,
    OPT_DECAY,
    OPT_SEED,
    OPT_SAVE_EVERY,
    OPT_VALID,
    OPT_MEMORY,
    OPT_GRADIENTS,
    OPT_RECIPE,
};

static const struct cli_option options[] = {
    {"task", 0, "TASK", "what is learnt: frames, ctc, sid, f0 or ssl",
     &TRAIN_TASK_TABLE(TRAIN_TASK_WORD)[1]},
    {"clusters", 0, "FILE", "ssl: clusters of the frames, from 'propneu cluster --assign'",
     CLI_FILE},
    {"init", 0, "new:SEED", "begin with random weights (default: the model's)", NULL},
    {"head", 0, "HEAD", "linear, or two layers, mlp (default: linear)", "linear|mlp"},
    {"layers", 0, "WHICH", "layers below the head: last, N, or weighted (default: last)",
     "last|weighted"},
    {"freeze", 0, "WHAT", "none, frontend or encoder (default: frontend, none for MelHuBERT)",
     "none|frontend|encoder"},
    {"steps", 0, "N", "steps in all (default: 1000)", NULL},
    {"batch", 0, "N", "recordings in a step (default: 16)", NULL},
    {"crop", 0, "SECONDS", "part of a recording used at a time (default: all of it)", NULL},
    {"lr", 0, "RATE", "learning rate of Adam (default: 0.0001)", NULL},
    {"schedule", 0, "NAME", "constant, linear or cosine (default: constant)",
     "constant|linear|cosine"},
    {"warmup", 0, "N", "steps until the full rate; below 1 a share (default: 0)", NULL},
    {"clip", 0, "NORM", "largest norm of the gradient, 0: any (default: 1)", NULL},
    {"decay", 0, "X", "weight decay of AdamW (default: 0)", NULL},
    {"seed", 0, "N", "seed of head, order, crops and masks (default: 0)", NULL},
    {"save-every", 0, "N", "steps between states that are kept (default: 100)", NULL},
    {"valid", 0, "AUDIO", "recordings measured whenever the state is kept", CLI_FILE},
    {"memory", 0, "MIB", "recordings kept in memory (default: 2048)", NULL},
    {"gradients", 0, "BATCH", "write loss and gradients of this batch alone", CLI_FILE},
    {"recipe", 0, "NAME", "batch, crop, rate, clip and steps that are not given",
     &RECIPES(RECIPE_WORD)[1]},
    {NULL, 0, NULL, NULL, NULL},
};

static const struct cli_group_use groups[] = {
    {&input_options, offsetof(struct train_request, in)},
    {&train_options, 0},
    {NULL, 0},
};

/* The place of WORD among the words of LIST, "a|b|c"; -1: it is none. */
static int word_place(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (int i = 0; *list; i++) {
        size_t length = strcspn(list, "|");
        if (length == n && memcmp(list, word, n) == 0)
            return i;
        list += length + (list[length] == '|');
    }
    return -1;
}

/* Options that are a word of a list; what is wrong, or NULL. */
static const char *train_word(struct training_options *o, struct train_request *r, int opt,
                              const char *value)
{
    int place = word_place(options[opt].values, value);
    unsigned long n;
    switch (opt) {
    case OPT_TASK:
        o->data.task = (enum train_task)(place < 0 ? 0 : place);
        r->tasked = true;
        return place < 0 ? "--task is frames, ctc, sid, f0 or ssl" : NULL;
    case OPT_HEAD: o->mlp = place == 1; return place < 0 ? "--head is linear or mlp" : NULL;
    case OPT_FREEZE:
        o->freeze = (enum training_freeze)(place < 0 ? 0 : place);
        r->frozen = true;
        return place < 0 ? "--freeze is none, frontend or encoder" : NULL;
    case OPT_SCHEDULE:
        o->schedule = (enum training_schedule)(place < 0 ? 0 : place);
        return place < 0 ? "--schedule is constant, linear or cosine" : NULL;
    default:
        o->mixed = place == 1;
        o->layer = 0;
        if (place < 0 && !cli_unsigned(value, 1, UINT32_MAX, &n))
            return "--layers is last, weighted, or the number of a layer";
        o->layer = place < 0 ? (uint32_t)n : 0;
        return NULL;
    }
}

/* Options that are numbers; likewise. */
static const char *train_number(struct training_options *o, int opt, const char *value)
{
    unsigned long n = 0;
    switch (opt) {
    case OPT_INIT:
        o->fresh = true;
        if (strncmp(value, "new:", 4) != 0 || !cli_unsigned(value + 4, 0, INT64_MAX, &n))
            return "--init takes new:SEED, such as new:1";
        o->init = n;
        return NULL;
    case OPT_STEPS:
        if (!cli_unsigned(value, 1, 1000000000, &n))
            return "--steps takes 1 to 1000000000";
        o->steps = n;
        return NULL;
    case OPT_BATCH:
        if (!cli_unsigned(value, 1, 4096, &n))
            return "--batch takes 1 to 4096 recordings";
        o->batch = (uint32_t)n;
        return NULL;
    case OPT_SEED:
        if (!cli_unsigned(value, 0, INT64_MAX, &n))
            return "--seed takes a whole number from 0";
        o->seed = n;
        return NULL;
    case OPT_SAVE_EVERY:
        if (!cli_unsigned(value, 0, 1000000000, &n))
            return "--save-every takes a number of steps, 0 for the end only";
        o->save_every = n;
        return NULL;
    case OPT_MEMORY:
        if (!cli_unsigned(value, 0, 1ul << 24, &n))
            return "--memory takes MiB, up to 16777216";
        o->data.memory = (size_t)n << 20;
        return NULL;
    case OPT_CROP:
        return cli_double(value, 0.1, 1800, &o->data.crop) ? NULL
                                                           : "--crop takes 0.1 to 1800 seconds";
    case OPT_LR: return cli_double(value, 0, 100, &o->rate) ? NULL : "--lr takes 0 to 100";
    case OPT_WARMUP:
        return cli_double(value, 0, 1e9, &o->warmup) ? NULL
                                                     : "--warmup takes steps, or a share below 1";
    case OPT_CLIP: return cli_double(value, 0, 1e9, &o->clip) ? NULL : "--clip takes a norm from 0";
    default: return cli_double(value, 0, 1, &o->decay) ? NULL : "--decay takes 0 to 1";
    }
}

static bool train_take(void *request, const struct cli_args *a, int opt)
{
    struct train_request *r = request;
    const char *wrong = NULL;
    r->given |= UINT64_C(1) << opt;
    switch (opt) {
    case OPT_CLUSTERS: r->o.data.clusters = a->value; break;
    case OPT_VALID: r->o.valid = a->value; break;
    case OPT_GRADIENTS: r->batch = a->value; break;
    case OPT_RECIPE:
        r->recipe = recipe_find(a->value);
        wrong = r->recipe ? NULL : "--recipe is pretrain, retrain or finetune";
        break;
    case OPT_TASK:
    case OPT_HEAD:
    case OPT_LAYERS:
    case OPT_FREEZE:
    case OPT_SCHEDULE: wrong = train_word(&r->o, r, opt, a->value); break;
    default: wrong = train_number(&r->o, opt, a->value);
    }
    if (wrong)
        cli_usage(a->command, "%s", wrong);
    return !wrong;
}

const struct cli_option_group train_options = {options, train_take};

/* What the recipe says and no option. */
static void train_follow(struct train_request *r)
{
    const struct recipe *p = r->recipe;
    struct training_options *o = &r->o;
    if (!p)
        return;
    if (!(r->given >> OPT_BATCH & 1))
        o->batch = p->batch;
    if (!(r->given >> OPT_CROP & 1))
        o->data.crop = p->crop;
    if (!(r->given >> OPT_LR & 1))
        o->rate = p->rate;
    if (!(r->given >> OPT_CLIP & 1))
        o->clip = p->clip;
    if (!(r->given >> OPT_STEPS & 1) && p->steps)
        o->steps = p->steps;
}

/* What is missing or contradictory, or NULL. */
static const char *train_complaint(const struct train_request *r, const struct cli *cli)
{
    enum train_task task = r->o.data.task;
    if (!r->in.model)
        return "-m MODEL is needed";
    if (!r->in.corpus.audio)
        return "-a AUDIO is needed";
    if (!r->tasked)
        return "--task TASK is needed";
    if (!cli->output)
        return "-o FOLDER is needed";
    if ((task == TRAIN_FRAMES || task == TRAIN_CTC || task == TRAIN_F0) && !r->in.corpus.labels)
        return "-l LABELS is needed for this task";
    if (task == TRAIN_F0 && !r->in.corpus.pitch)
        return "--pitch is needed for --task f0";
    if (task == TRAIN_SSL && !r->o.data.clusters)
        return "--clusters is needed for --task ssl";
    if (task != TRAIN_SSL && r->o.data.clusters)
        return "--clusters is only for --task ssl";
    if (task == TRAIN_SSL && (r->o.mlp || r->o.mixed || r->o.layer))
        return "--task ssl has the linear head of pre-training on the last layer";
    return NULL;
}

struct train_request train_request_default(void)
{
    return (struct train_request){.o = {.steps = 1000,
                                        .batch = 16,
                                        .rate = 1e-4,
                                        .clip = 1,
                                        .save_every = 100,
                                        .freeze = FREEZE_FRONTEND,
                                        .data = {.memory = (size_t)2048 << 20}}};
}

const char *train_request_finish(struct train_request *r, const struct cli *cli)
{
    struct training_options *o = &r->o;
    train_follow(r);
    o->model = r->in.model;
    o->mean_std = r->in.mean_std;
    o->normalize = r->in.normalize;
    o->data.corpus = r->in.corpus;
    o->threads = cli->threads;
    o->folder = cli->output;
    return train_complaint(r, cli);
}

/* One run, as it is shown. */
struct train_run {
    const struct cli *cli;
    struct progress shown;
    size_t problems;
    uint64_t noted; /* step that was told last */
    double loss;    /* sum since then */
};

static void train_problem(void *context, const char *message)
{
    struct train_run *r = context;
    r->problems++;
    progress_message(&r->shown, message);
}

static void train_reading(void *context, size_t done, size_t all)
{
    struct train_run *r = context;
    progress_count(&r->shown, done, all);
}

/* Now and then a line with the mean loss since the last one. */
static void train_tell(struct train_run *r, const struct training_row *row, uint64_t steps)
{
    uint64_t every = steps / NOTES ? steps / NOTES : 1;
    r->loss += row->loss;
    progress_steps(&r->shown, "steps", (double)row->step, steps);
    if (row->step % every != 0 && row->step != steps)
        return;
    progress_end(&r->shown);
    cli_note(r->cli, "step %" PRIu64 ": loss %s%s%s, rate %s, gradient %s", row->step,
             number_short(r->loss / (double)(row->step - r->noted), 5).text,
             isnan(row->valid_loss) ? "" : ", of --valid ",
             isnan(row->valid_loss) ? "" : number_short(row->valid_loss, 5).text,
             number_short(row->rate, 3).text, number_short(row->norm, 3).text);
    r->noted = row->step;
    r->loss = 0;
}

static enum status train_steps(struct training *t, struct train_run *r, uint64_t steps,
                               struct err *err)
{
    struct training_row row = {.skipped = 0};
    enum status code = STATUS_OK;
    r->noted = training_steps_done(t);
    if (r->noted)
        cli_note(r->cli, "going on behind step %" PRIu64, r->noted);
    progress_begin(&r->shown, r->cli, "trained");
    r->shown.before = r->noted;
    while (!code && !training_done(t)) {
        code = training_step(t, &row, err);
        if (!code)
            train_tell(r, &row, steps);
    }
    progress_end(&r->shown);
    if (!code && row.skipped)
        cli_warn("%" PRIu64 " steps were left out: their gradient was not a number", row.skipped);
    return code;
}

static enum status train_do(struct train_request *q, struct train_run *r, struct err *err)
{
    struct training *t;
    const struct trainset_hooks hooks = {train_problem, train_reading, r, progress_catch_signals()};
    struct training_options *o = &q->o;
    progress_begin(&r->shown, r->cli, "read");
    enum status code = training_open(&t, o, &hooks, err);
    progress_end(&r->shown);
    if (code) {
        workers_advise(o->threads, err);
        return code;
    }
    input_note_model(o->model, r->cli, training_model(t));
    input_note_corpus(r->cli, &training_set(t)->corpus);
    cli_note(r->cli, "%zu recordings, %u classes%s", training_set(t)->entries,
             training_set(t)->classes.count,
             training_head_kept(t) ? "; the head is that of the model" : "");
    code = train_steps(t, r, o->steps, err);
    if (!code)
        code = training_finish(t, err);
    workers_advise(o->threads, err);
    training_close(t);
    return code;
}

/* --gradients: AUDIO [audios], or those of -a, are the recordings of the batch. */
static int train_gradients(const struct train_request *r, const struct cli *cli,
                           const char *const *audio, size_t audios)
{
    const struct training_options *o = &r->o;
    const char *const one[] = {r->in.corpus.audio};
    struct gradients_request g = {.model = r->in.model,
                                  .how = {.mean_std = r->in.mean_std, .normalize = r->in.normalize},
                                  .batch = r->batch,
                                  .audio = one[0] ? one : audio,
                                  .audios = one[0] ? 1 : audios,
                                  .task = o->data.task,
                                  .weighted = o->mixed,
                                  .layer = o->layer};
    struct err err;
    double loss;
    const char *missing = !g.model       ? "-m MODEL"
                          : !r->tasked   ? "--task TASK"
                          : !cli->output ? "-o OUT"
                                         : NULL;
    if (missing)
        return cli_usage(&command_train, "%s is needed", missing);
    if (one[0] && audios)
        return cli_usage(&command_train, "recordings of the batch, or -a AUDIO");
    if (gradients_file_make(&g, cli->output, &loss, progress_catch_signals(), &err))
        return cli_fail(&err);
    cli_note(cli, "loss %s", number_short(loss, 9).text);
    return CLI_DONE;
}

static int train_main(struct cli *cli, int argc, char **argv)
{
    struct train_request q = train_request_default();
    struct cli_args a;
    struct err err = {.code = STATUS_OK};
    int status = cli_parse(&a, cli, &command_train, argc, argv, NULL, &q);
    if (status != CLI_END)
        return status;
    if (q.batch)
        return train_gradients(&q, cli, (const char *const *)argv + a.first,
                               (size_t)(argc - a.first));
    if (a.first < argc)
        return cli_usage(&command_train, "what is '%s'?", argv[a.first]);
    const char *wrong = train_request_finish(&q, cli);
    if (wrong)
        return cli_usage(&command_train, "%s", wrong);
    char *command = edit_command(argc, argv);
    struct train_run r = {.cli = cli};
    q.o.command = command;
    enum status code = train_do(&q, &r, &err);
    free(command);
    if (code)
        return cli_fail(&err);
    return r.problems ? CLI_FAILED : CLI_DONE;
}

const struct cli_command command_train = {
    .name = "train",
    .summary = "Train a model, or a head behind it",
    .synopsis = "-m MODEL -a AUDIO --task TASK [OPTION...] -o FOLDER",
    .details =
        "Tasks: frames, the phone of every frame (class 0 is silence; noise is left out); ctc, "
        "the\n"
        "phones of a recording by connectionist temporal classification (class 0 is the blank);\n"
        "sid, its speaker; f0, the logarithm of F0 in voiced frames; ssl, the clusters of masked\n"
        "frames (MelHuBERT).  The head is linear, or a linear layer of 256 before it (mlp), on "
        "the\n"
        "last layer, another one, or all by trained weights.\n"
        "\n"
        "FOLDER gets model.safetensors and config.json, which every other command reads;\n"
        "log.tsv, a line a step; and state.safetensors.  The same command goes on from there to\n"
        "the same bytes as a run that was never stopped, on any number of threads.  The\n"
        "convolutions of waveform models are not trained.\n"
        "\n"
        "With --gradients no step is taken: -o is a safetensors file of loss, float64, and\n"
        "grad/NAME, float32, of a batch: heads and labels of recordings, which are operands.\n",
    .examples =
        "  propneu train -m ssl -a train --speakers speakers.tsv --task sid --steps 500 -o sid\n"
        "  propneu train -m hubert -a train -l textgrid --task frames --freeze encoder \\\n"
        "    --layers weighted --lr 1e-3 -o probe\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = train_main,
};
