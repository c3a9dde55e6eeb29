/*
 * Measuring edits in place of writing them (erase --matrix, prune --curve): the group of options,
 * opening model and recordings, and running the experiment with its journal and progress.
 */
#include "config.h"

#include "cli/commands/measure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/progress.h"
#include "corpus/recordings.h"
#include "formats/folder.h"
#include "base/mem.h"

static bool take_task(struct measure_request *r, const char *value)
{
    for (int t = 0; t < EVAL_TASKS; t++)
        if (strcmp(value, eval_task_names[t]) == 0)
            r->eval.task = (enum eval_task)t;
    return r->eval.task != EVAL_TASKS;
}

enum {
    MEASURE_AUDIO,
    MEASURE_LABELS,
    MEASURE_SPEAKERS,
    MEASURE_PITCH,
    MEASURE_PITCH_EDGES,
    MEASURE_LABEL_TABLE,
    MEASURE_TIER,
    MEASURE_NORMALIZE,
    MEASURE_FACTOR,
    MEASURE_TASK,
    MEASURE_TASK_LAYER,
    MEASURE_MIN_RUN,
    MEASURE_REFIT,
    MEASURE_BY,
    MEASURE_PIECE,
    MEASURE_NOISE,
    MEASURE_SEED,
    MEASURE_MEMORY,
    MEASURE_JOURNAL,
    MEASURE_KEEP_GOING,
    MEASURE_NO_RESUME,
};

static const struct cli_option measure_table[] = {
    [MEASURE_AUDIO] = {"audio", 'a', "AUDIO", "recordings to measure on: folder or list", CLI_FILE},
    [MEASURE_LABELS] = {"labels", 'l', "LABELS", "their phone labels: folder or file", CLI_FILE},
    [MEASURE_SPEAKERS] = {"speakers", 0, "FILE", "gender of each speaker", CLI_FILE},
    [MEASURE_PITCH] = {"pitch", 0, "FILE|auto", "pitch of the recordings; or track it", CLI_FILE},
    [MEASURE_PITCH_EDGES] = {"pitch-edges", 0, "LOW,HIGH",
                             "Hz between low, mid and high (default: tertiles)", NULL},
    [MEASURE_LABEL_TABLE] = {"label-table", 0, "FILE", "phone names of the published frame JSON",
                             CLI_FILE},
    [MEASURE_TIER] = {"tier", 0, "NAME", "TextGrid tier with the phones", NULL},
    [MEASURE_NORMALIZE] = {"normalize", 0, "WHETHER",
                           "recordings to mean 0, variance 1 (default: as trained)", "yes|no"},
    [MEASURE_FACTOR] = {"factor", 0, "NAME=FILE",
                        "one more factor of the recordings; may be repeated", CLI_FILE},
    [MEASURE_TASK] = {"task", 0, "TASK", "sid, phones, centroid or f0, as in eval",
                      "sid|phones|centroid|f0"},
    [MEASURE_TASK_LAYER] = {"task-layer", 0, "N", "layer that centroid and f0 look at (the last)",
                            NULL},
    [MEASURE_MIN_RUN] = {"min-run", 0, "FRAMES", "phones: shorter runs of a label are none (1)",
                         NULL},
    [MEASURE_REFIT] = {"refit", 0, NULL, "centroid and f0: fit on the changed model, too", NULL},
    [MEASURE_BY] = {"by", 0, "FACTORS", "measure these groups apart, such as gender,speaker", NULL},
    [MEASURE_PIECE] = {"piece", 0, "SECONDS", "cut recordings into pieces", NULL},
    [MEASURE_NOISE] = {"noise", 0, "SD", "add noise to the input", NULL},
    [MEASURE_SEED] = {"seed", 0, "N", "seed of noise, controls and random numbers (0)", NULL},
    [MEASURE_MEMORY] = {"memory", 0, "MIB", "for hidden states that are used again (1024)", NULL},
    [MEASURE_JOURNAL] = {"journal", 0, "FILE", "keep what is found here (FILE of -o with .journal)",
                         CLI_FILE},
    [MEASURE_KEEP_GOING] = {"keep-going", 0, NULL, "exit 0 though recordings had to be left out",
                            NULL},
    [MEASURE_NO_RESUME] = {"no-resume", 0, NULL, "begin anew, whatever the journal holds", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* Those that input_options has, too, with their numbers there. */
static const struct {
    int opt;
    enum input_option input;
} measure_inputs[] = {
    {MEASURE_AUDIO, INPUT_AUDIO},
    {MEASURE_LABELS, INPUT_LABELS},
    {MEASURE_SPEAKERS, INPUT_SPEAKERS},
    {MEASURE_PITCH, INPUT_PITCH},
    {MEASURE_PITCH_EDGES, INPUT_PITCH_EDGES},
    {MEASURE_LABEL_TABLE, INPUT_LABEL_TABLE},
    {MEASURE_TIER, INPUT_TIER},
    {MEASURE_NORMALIZE, INPUT_NORMALIZE},
    {MEASURE_FACTOR, INPUT_FACTOR},
};

/* Options that are numbers; a message for what is wrong, or NULL. */
static const char *take_number(struct measure_request *r, int opt, const char *value)
{
    struct eval_options *o = &r->eval;
    unsigned long n = 0;
    bool good;
    switch (opt) {
    case MEASURE_TASK_LAYER:
        good = cli_unsigned(value, 1, UINT32_MAX, &n);
        o->layer = (uint32_t)n;
        return good ? NULL : "--task-layer takes a number from 1";
    case MEASURE_MIN_RUN:
        good = cli_unsigned(value, 1, 1000, &n);
        o->min_run = (unsigned)n;
        return good ? NULL : "--min-run takes 1 to 1000 frames";
    case MEASURE_PIECE:
        return cli_double(value, 1e-3, 3600, &o->piece)
                   ? NULL
                   : "--piece takes seconds, from 0.001 to 3600";
    case MEASURE_NOISE:
        return cli_double(value, 0, 1e6, &o->noise) ? NULL
                                                    : "--noise takes a number from 0 to 1000000";
    case MEASURE_SEED:
        good = cli_unsigned(value, 0, INT64_MAX, &n);
        o->seed = n;
        return good ? NULL : "--seed takes a whole number from 0";
    default:
        good = cli_unsigned(value, 0, 1ul << 24, &n);
        o->cache = n ? (size_t)n << 20 : 1;
        return good ? NULL : "--memory takes a number of MiB";
    }
}

static bool measure_take(void *request, const struct cli_args *a, int opt)
{
    struct measure_request *r = request;
    const char *wrong = NULL;
    if (!r->first && opt != MEASURE_SEED)
        r->first = a->option->name;
    for (size_t i = 0; i < sizeof measure_inputs / sizeof *measure_inputs; i++)
        if (measure_inputs[i].opt == opt)
            return input_options_take(&r->in, a, (int)measure_inputs[i].input);
    switch (opt) {
    case MEASURE_TASK:
        wrong = take_task(r, a->value) ? NULL : "--task is sid, phones, centroid or f0";
        break;
    case MEASURE_REFIT: r->eval.refit = true; break;
    case MEASURE_BY: r->by = a->value; break;
    case MEASURE_JOURNAL: r->journal = a->value; break;
    case MEASURE_KEEP_GOING: r->keep_going = true; break;
    case MEASURE_NO_RESUME: r->no_resume = true; break;
    default: wrong = take_number(r, opt, a->value);
    }
    if (wrong)
        cli_usage(a->command, "%s, not '%s'", wrong, a->value);
    return !wrong;
}

const struct cli_option_group measure_options = {measure_table, measure_take};

const char *measure_complaint(const struct measure_request *r, const struct edit_request *edit)
{
    const struct corpus_options *o = &r->in.corpus;
    if (!edit->model || !o->audio || r->eval.task == EVAL_TASKS)
        return "-m MODEL, -a AUDIO and --task TASK are needed to measure";
    if (!o->labels && r->eval.task != EVAL_SID)
        return "-l LABELS is needed, but for --task sid";
    if (o->pitch && !o->labels)
        return "--pitch needs -l LABELS";
    if (o->edges_given && !o->pitch)
        return "--pitch-edges needs --pitch";
    if (!o->pitch && r->eval.task == EVAL_F0)
        return "--task f0 needs --pitch";
    if ((r->eval.layer || r->eval.refit) && r->eval.task != EVAL_CENTROID &&
        r->eval.task != EVAL_F0)
        return "--task-layer and --refit are for --task centroid and f0";
    if (r->eval.min_run && r->eval.task != EVAL_PHONES)
        return "--min-run is for --task phones";
    return NULL;
}

enum status measure_open(struct measure *m, const struct cli *cli, struct measure_request *r,
                         const struct edit_request *edit, struct err *err)
{
    struct progress told;
    const struct eval_hooks hooks = {.problem = progress_message, .context = &told};
    progress_begin(&told, cli, "");
    *m = (struct measure){.eval = NULL};
    r->in.corpus.phones = edit->analysis.phones;
    r->eval.corpus = r->in.corpus;
    r->eval.model = edit->model;
    r->eval.mean_std = edit->mean_std;
    r->eval.normalize = r->in.normalize;
    r->eval.threads = cli->threads;
    enum status code = eval_open(&m->eval, &r->eval, &hooks, err);
    if (!code)
        code = checkpoint_open(&m->checkpoint, edit->model, err);
    m->has_counts = edit->counts != NULL;
    if (!code && m->has_counts)
        code = edit_counts_open(&m->counted, edit->counts, &edit->analysis, err);
    if (!code)
        input_note_normalize(edit->model, cli, eval_model(m->eval));
    if (!code && m->has_counts)
        edit_note_weights(&m->counted.counts, cli, eval_model(m->eval), edit->model);
    if (code)
        measure_free(m);
    return code;
}

void measure_free(struct measure *m)
{
    eval_free(m->eval);
    checkpoint_free(&m->checkpoint);
    edit_counts_free(&m->counted);
    *m = (struct measure){.eval = NULL};
}

struct analysis *measure_analysis(struct measure *m)
{
    return m->has_counts ? &m->counted.analysis : NULL;
}

/* Where the journal lies, "" for none: beside a regular output, or where the user says. */
static enum status name_journal(struct buf *b, const struct cli *cli,
                                const struct measure_request *r, const struct experiment *x,
                                struct err *err)
{
    struct stat st;
    if (cli->output && folder_is(cli->output))
        return err_set(err, STATUS_IO, "%s: is a folder", cli->output);
    if (cli->output && r->journal && strcmp(cli->output, r->journal) == 0)
        return err_set(err, STATUS_USAGE, "%s: -o and --journal name the same file", r->journal);
    if (r->journal && folder_is(r->journal))
        buf_printf(b, "%s/%s-%016" PRIx64 ".journal", r->journal, experiment_kind_name(x->kind),
                   corpus_hash(x->settings));
    else if (r->journal)
        buf_str(b, r->journal);
    else if (cli->output && strcmp(cli->output, "-") != 0 &&
             (stat(cli->output, &st) != 0 || S_ISREG(st.st_mode)))
        buf_printf(b, "%s.journal", cli->output);
    return buf_ok(b) ? STATUS_OK : err_nomem(err);
}

/* What is shown while it runs. */
struct shown {
    struct progress progress;
    const struct experiment *x;
    bool begun;
};

static void stepped(void *context, const struct experiment *x)
{
    struct shown *s = context;
    if (!s->begun && x->done)
        cli_note(s->progress.cli, "going on: %" PRIu32 " of %" PRIu32 " runs were done before",
                 x->done, x->steps);
    if (!s->begun)
        s->progress.before = x->done;
    s->begun = true;
    progress_steps(&s->progress, x->done, x->steps);
}

static void heard(void *context, size_t done, size_t all)
{
    struct shown *s = context;
    double part = all ? (double)done / (double)all : 0;
    progress_steps(&s->progress, s->x->done + part, s->x->steps);
}

static void problem(void *context, const char *message)
{
    struct shown *s = context;
    progress_message(&s->progress, message);
}

static enum status print(FILE *out, const struct cli *cli, const struct experiment *x,
                         struct err *err)
{
    return x->kind == EXPERIMENT_MATRIX ? print_matrix(out, cli->format, x, err)
                                        : print_curve(out, cli->format, x, err);
}

/* Does the experiment, and says how far it came where it is stopped. */
static enum status experiment(struct experiment *x, struct experiment_run *run, struct shown *s,
                              struct err *err)
{
    progress_begin(&s->progress, s->progress.cli, experiment_kind_name(x->kind));
    enum status code = experiment_do(x, run, err);
    progress_end(&s->progress);
    if (code == STATUS_CANCELLED)
        err_set(err, code, "stopped after %" PRIu32 " of %" PRIu32 " runs%s%s", x->done, x->steps,
                run->journal ? "; the same command goes on from " : "",
                run->journal ? run->journal : "");
    return code;
}

/* The exit status, once everything is printed. */
static int finish(const struct measure_request *r, const struct experiment *x)
{
    if (x->left_out == 0 || r->keep_going)
        return CLI_DONE;
    fprintf(stderr,
            "propneu: %s: %" PRIu64 " recordings were left out (--keep-going makes this no "
            "failure)\n",
            r->in.corpus.audio, x->left_out);
    return CLI_FAILED;
}

int measure_run(struct measure *m, const struct cli *cli, const struct measure_request *r,
                struct experiment *x, experiment_sets *sets, void *context, const struct edit *edit,
                const char *command)
{
    struct err err;
    struct cli_out out;
    struct buf journal = BUF_INIT;
    struct shown shown = {.progress.cli = cli, .x = x};
    const struct eval_hooks hooks = {problem, heard, &shown, progress_catch_signals()};
    struct experiment_run run = {.eval = m->eval,
                                 .sets = sets,
                                 .context = context,
                                 .edit = edit,
                                 .resume = !r->no_resume,
                                 .keep = r->journal,
                                 .stepped = stepped,
                                 .shown = &shown,
                                 .hooks = &hooks};
    int status = CLI_FAILED;
    enum status code = name_journal(&journal, cli, r, x, &err);
    if (!code && !(x->command = mem_strndup(command, strlen(command))))
        code = err_nomem(&err);
    if (journal.len)
        run.journal = buf_text(&journal);
    if (!code)
        code = experiment(x, &run, &shown, &err);
    if (!code && !cli_out_open(cli, &out, &err))
        code = err.code;
    if (!code && (code = print(out.stream, cli, x, &err)))
        cli_out_abandon(&out);
    else if (!code)
        status = cli_out_close(&out);
    if (code)
        status = cli_fail(&err);
    experiment_finish(&run, status == CLI_DONE);
    if (status == CLI_DONE)
        status = finish(r, x);
    buf_free(&journal);
    return status;
}

const char *measure_column_name(const char *column)
{
    const char *equals = strchr(column, '=');
    return equals ? equals + 1 : column;
}
