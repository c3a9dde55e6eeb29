/*
 * Measuring edits in place of writing them (erase --matrix, prune --curve): the group of options,
 * opening model and recordings, and running the experiment with its journal and progress.
 */
#include "config.h"

#include "cli/commands/measure.h"
#include "cli/commands/print_tables.h"

#include <inttypes.h>
#include <string.h>

#include "cli/progress.h"
#include "formats/folder.h"

static const struct cli_option measure_table[] = {
    {"audio", 'a', "AUDIO", "recordings to evaluate on: folder or list", CLI_FILE},
    {"labels", 'l', "LABELS", "their phone labels: folder or file", CLI_FILE},
    {"speakers", 0, "FILE", "gender of each speaker", CLI_FILE},
    {"pitch", 0, "FILE|auto", "pitch of the recordings; auto: track F0", CLI_FILE},
    {"pitch-edges", 0, "LOW,HIGH", "Hz between low, mid and high (default: tertiles)", NULL},
    {"label-table", 0, "FILE", "what labels that are numbers mean", CLI_FILE},
    {"tier", 0, "NAME", "tier with the phones; may be repeated", NULL},
    {"label-part", 0, "N", "part of labels such as AH0,AO1,s (default: 1)", "1|2"},
    {"normalize", 0, "WHETHER", "normalise to mean 0, variance 1 (default: as trained)", "yes|no"},
    {"factor", 0, "NAME=FILE", "additional factor of the recordings; may be repeated", CLI_FILE},
    {"task", 0, "TASK", "sid, phones, frames, ctc, centroid or f0, as in eval",
     &EVAL_TASK_TABLE(EVAL_TASK_WORD)[1]},
    {"task-layer", 0, "N", "layer used by centroid and f0 (default: the last)", NULL},
    {"min-run", 0, "FRAMES", "phones: drop shorter runs of a label (default: 1)", NULL},
    {"refit", 0, NULL, "centroid and f0: fit on the edited model, too", NULL},
    {"by", 0, "FACTORS", "groups to evaluate separately, such as gender,speaker", NULL},
    {"piece", 0, "SECONDS", "cut recordings into pieces", NULL},
    {"noise", 0, "SD", "add noise to the input", NULL},
    {"seed", 0, "N", "random seed (default: 0)", NULL},
    {"memory", 0, "MIB", "limit for cached hidden states (default: 1024)", NULL},
    {"journal", 0, "FILE", "journal or its folder (default: FILE of -o with .journal)", CLI_FILE},
    {"keep-going", 0, NULL, "exit 0 even if recordings were skipped", NULL},
    {"no-resume", 0, NULL, "ignore the journal and start over", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_option_group measure_options = {measure_table, edit_take};

/* What is shown while it runs. */
struct measure_shown {
    struct progress progress;
    const char *model;
    const struct experiment *x; /* NULL while files are opened */
    bool begun;
};

/* Notes about the model and the count file, before anything long begins. */
static void measure_opened(void *context, const struct experiment_session *s)
{
    const struct measure_shown *shown = context;
    const struct cli *cli = shown->progress.cli;
    input_note_model(shown->model, cli, eval_model(s->eval));
    input_note_corpus(cli, eval_corpus(s->eval));
    if (s->has_counts)
        edit_note_weights(&s->counted.counts, cli, eval_model(s->eval), shown->model);
}

/* After a step; at the first call, what was resumed, which the estimate of time leaves out. */
static void measure_stepped(void *context, const struct experiment *x)
{
    struct measure_shown *s = context;
    if (!s->begun && x->done)
        cli_note(s->progress.cli, "resuming: %" PRIu32 " of %" PRIu32 " runs were done before",
                 x->done, x->steps);
    if (!s->begun && x->relabelled.units && x->done < x->steps)
        cli_note(s->progress.cli,
                 "%" PRIu32 " runs: %" PRIu32 " labelings of %" PRIu32 " speakers (strata: %s)",
                 x->steps, x->relabelled.draws + 1, x->relabelled.units, x->relabelled.strata);
    if (!s->begun)
        s->progress.before = x->done;
    s->begun = true;
    progress_steps(&s->progress, "runs of the test set", x->done, x->steps);
}

/* Progress within a step, as a fraction of it. */
static void measure_heard(void *context, size_t done, size_t all)
{
    struct measure_shown *s = context;
    double part = all ? (double)done / (double)all : 0;
    if (s->x)
        progress_steps(&s->progress, "runs of the test set", s->x->done + part, s->x->steps);
}

static void measure_problem(void *context, const char *message)
{
    struct measure_shown *s = context;
    progress_message(&s->progress, message);
}

/* Text for people has a layout for each kind; TSV and JSON are the tables of the kind. */
static enum status measure_print(FILE *out, const struct cli *cli, const struct experiment *x,
                                 struct err *err)
{
    bool matrix = x->kind == EXPERIMENT_MATRIX;
    struct answer answer = ANSWER_INIT;
    if (cli->format == CLI_TEXT) {
        (matrix ? print_matrix : print_curve)(out, x);
        return STATUS_OK;
    }
    enum status code = report_experiment_summary(answer_add(&answer), x, CONFIDENCE, err);
    if (!code && matrix)
        code = report_erased(answer_add(&answer), x, err);
    if (!code)
        code = (matrix ? report_matrix : report_curve)(answer_add(&answer), x, CONFIDENCE, err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* The exit status, once everything is printed. */
static int measure_finish(const struct measure_how *how, const struct experiment_request *r,
                          const struct experiment_session *s)
{
    const struct experiment *x = s->x;
    struct corpus_matches m;
    eval_match(s->eval, &m);
    bool unmatched = input_warn_unmatched(&r->eval.corpus, &m);
    if (how->keep_going || (x->left_out == 0 && !unmatched))
        return CLI_DONE;
    if (x->left_out == 0)
        return CLI_FAILED;
    cli_warn("%s: %" PRIu64 " recordings were left out (--keep-going: exit 0)",
             r->eval.corpus.audio, x->left_out);
    return CLI_FAILED;
}

/* Does the steps with progress, and prints what they found. */
static enum status measure_steps(struct experiment_session *s, const struct cli *cli,
                                 struct measure_shown *shown, int *status, struct err *err)
{
    struct cli_out out;
    progress_begin(&shown->progress, cli, experiment_kind_name(s->x->kind));
    shown->x = s->x;
    enum status code = experiment_session_run(s, err);
    progress_end(&shown->progress);
    if (!code && !cli_out_open(cli, &out, err))
        code = err->code;
    if (!code && (code = measure_print(out.stream, cli, s->x, err)))
        cli_out_abandon(&out);
    else if (!code)
        *status = cli_out_close(&out);
    return code;
}

/* A journal nobody asked for is removed only after the results were printed, so that a full disk
 * loses nothing. */
int measure_run(const struct cli *cli, const struct experiment_request *r,
                const struct measure_how *how)
{
    struct err err;
    struct experiment_session session;
    struct measure_shown shown = {.model = r->eval.model};
    const struct eval_hooks hooks = {measure_problem, measure_heard, &shown,
                                     progress_catch_signals()};
    const struct experiment_options options = {.threads = cli->threads,
                                               .restart = how->no_resume,
                                               .output = cli->output,
                                               .hooks = &hooks,
                                               .opened = measure_opened,
                                               .stepped = measure_stepped,
                                               .context = &shown};
    int status = CLI_FAILED;
    if (cli->output && folder_is(cli->output))
        return cli_fail((err_set(&err, STATUS_IO, "%s: is a folder", cli->output), &err));
    progress_begin(&shown.progress, cli, "");
    if (experiment_session_open(&session, r, &options, &err))
        return cli_fail(&err);
    if (measure_steps(&session, cli, &shown, &status, &err))
        status = cli_fail(&err);
    int left = status == CLI_DONE ? measure_finish(how, r, &session) : status;
    experiment_session_close(&session, status == CLI_DONE);
    return left;
}

const char *measure_column_name(const char *column)
{
    const char *equals = strchr(column, '=');
    return equals ? equals + 1 : column;
}
