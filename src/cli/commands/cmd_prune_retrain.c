/*
 * propneu prune --retrain: cut by cut, with training in between.
 */
#include "config.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/worker.h"
#include "cli/commands.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands/edit_options.h"
#include "cli/commands/train_request.h"
#include "cli/progress.h"
#include "train/retrain.h"

enum {
    OPT_RETRAIN,
    OPT_CUTS,
    OPT_CUT_ROWS,
    OPT_STEPS_PER_CUT,
    OPT_RECOUNT,
    OPT_PROTECT,
    OPT_RANDOM_PROTECT,
    OPT_CRITERION,
    OPT_COMPAT,
    OPT_SIGMA,
    OPT_MIN_FRAMES,
};

static const struct cli_option options[] = {
    {"retrain", 0, NULL, "this command", NULL},
    {"cuts", 0, "N", "how often neurons are cut (default: 8)", NULL},
    {"cut-rows", 0, "K", "neurons cut from every layer each time", NULL},
    {"steps-per-cut", 0, "N", "steps of training behind each cut (default: those of --steps)",
     NULL},
    {"recount", 0, "WHEN", "count for the set before each cut, or once (default: each-cut)",
     "each-cut|once"},
    {"protect", 0, "SET", "cut these last", NULL},
    {"random-protect", 0, NULL, "protect as many random neurons of each layer instead", NULL},
    {"criterion", 0, "NAME", "importance score, lowest cut first (default: l1-bias)",
     &PRUNE_CRITERIA(PRUNE_CRITERION_WORD)[1]},
    {"compat", 0, "WHAT", "authors: protected neurons are never cut, whatever is left", "authors"},
    {"sigma", 0, "PERCENT", "share of a group's phones that need the neuron (default: 80)", NULL},
    {"min-frames", 0, "N", "leave out phones with fewer frames (default: 1)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

struct retrain_request {
    struct train_request train;
    struct retrain_options o;
};

static const struct cli_group_use groups[] = {
    {&input_options, offsetof(struct retrain_request, train.in)},
    {&train_options, offsetof(struct retrain_request, train)},
    {NULL, 0},
};

/* Takes an option in; what is wrong with it, or NULL. */
static const char *retrain_option(struct retrain_request *r, const struct cli_args *a, int opt)
{
    struct retrain_options *o = &r->o;
    unsigned long n = 0;
    switch (opt) {
    case OPT_CUTS:
        if (!cli_unsigned(a->value, 1, 1000, &n))
            return "--cuts takes 1 to 1000";
        o->cuts = (uint32_t)n;
        break;
    case OPT_CUT_ROWS:
        if (!cli_unsigned(a->value, 1, UINT32_MAX, &n))
            return "--cut-rows takes a number of neurons";
        o->rows = (uint32_t)n;
        break;
    case OPT_STEPS_PER_CUT:
        if (!cli_unsigned(a->value, 1, 1000000000, &n))
            return "--steps-per-cut takes 1 to 1000000000";
        r->train.o.steps = n;
        break;
    case OPT_RECOUNT:
        o->once = strcmp(a->value, "once") == 0;
        return o->once || strcmp(a->value, "each-cut") == 0 ? NULL
                                                            : "--recount is each-cut or once";
    case OPT_PROTECT: o->protect = a->value; break;
    case OPT_RANDOM_PROTECT: o->random = true; break;
    case OPT_CRITERION:
        o->how.criterion = prune_criterion_find(a->value);
        return o->how.criterion ? NULL : "--criterion is l1, l1-bias or random";
    case OPT_COMPAT:
        o->how.exact = false;
        return strcmp(a->value, "authors") == 0 ? NULL : "--compat is authors";
    default: break;
    }
    return NULL;
}

static bool retrain_take(void *request, const struct cli_args *a, int opt)
{
    struct retrain_request *r = request;
    if (opt == OPT_SIGMA || opt == OPT_MIN_FRAMES)
        return analysis_selection_take(&r->o.analysis, a, opt);
    const char *wrong = retrain_option(r, a, opt);
    if (wrong)
        cli_usage(a->command, "%s", wrong);
    return !wrong;
}

/* One run, as it is shown. */
struct retrain_shown {
    const struct cli *cli;
    struct progress progress;
    uint64_t steps; /* of all cuts */
    double loss;    /* of the last step */
    size_t problems;
};

static void retrain_problem(void *context, const char *message)
{
    struct retrain_shown *s = context;
    s->problems++;
    progress_message(&s->progress, message);
}

static void retrain_cut(void *context, const struct retrain_cut *cut)
{
    struct retrain_shown *s = context;
    progress_end(&s->progress);
    if (cut->protected_)
        cli_note(s->cli, "cut %u: %zu neurons stay, %zu of %zu protected ones", cut->cut, cut->kept,
                 cut->protected_kept, cut->protected_);
    else
        cli_note(s->cli, "cut %u: %zu neurons stay", cut->cut, cut->kept);
}

static void retrain_step(void *context, const struct training_row *row)
{
    struct retrain_shown *s = context;
    s->loss = row->loss;
    progress_steps(&s->progress, "steps", (double)row->step, s->steps);
}

static int retrain_do(struct retrain_request *r, struct cli *cli)
{
    struct err err = {.code = STATUS_OK};
    struct retrain_shown s = {.cli = cli, .steps = r->o.cuts * r->train.o.steps};
    const struct retrain_hooks hooks = {
        .data = {retrain_problem, NULL, &s, progress_catch_signals()},
        .cut = retrain_cut,
        .step = retrain_step,
        .context = &s};
    r->o.training = r->train.o;
    r->o.how.seed = r->train.o.seed;
    if (!r->o.analysis.phones)
        r->o.analysis.phones = r->train.in.corpus.phones;
    progress_begin(&s.progress, cli, "trained");
    enum status code = retrain_run(&r->o, &hooks, &err);
    progress_end(&s.progress);
    workers_advise(cli->threads, &err);
    if (code)
        return cli_fail(&err);
    return s.problems ? CLI_FAILED : CLI_DONE;
}

static int retrain_main(struct cli *cli, int argc, char **argv)
{
    struct retrain_request r = {
        .train = train_request_default(),
        .o = {.cuts = 8,
              .how = {.criterion = &prune_criterion_l1_bias, .exact = true, .minimum = 1},
              .analysis = ANALYSIS_OPTIONS_DEFAULT}};
    struct cli_args a;
    const struct cli_command *command = &command_prune_retrain;
    int status = cli_parse(&a, cli, command, argc, argv, retrain_take, &r);
    if (status != CLI_END)
        return status;
    if (a.first < argc)
        return cli_usage(command, "what is '%s'?", argv[a.first]);
    const char *wrong = train_request_finish(&r.train, cli);
    if (!wrong && !r.o.rows)
        wrong = "--cut-rows K is needed";
    if (!wrong && r.train.batch)
        wrong = "--gradients goes with propneu train";
    if (!wrong && r.train.o.fresh)
        wrong = "--init goes with propneu train";
    if (!wrong && r.o.random && !r.o.protect)
        wrong = "--random-protect needs the --protect SET that it stands for";
    if (!wrong && r.o.protect && !r.train.in.corpus.labels)
        wrong = "-l LABELS is needed to count for --protect";
    if (wrong)
        return cli_usage(command, "%s", wrong);
    char *text = edit_command(argc, argv);
    r.train.o.command = text;
    status = retrain_do(&r, cli);
    free(text);
    return status;
}

const struct cli_command command_prune_retrain = {
    .name = "prune",
    .summary = "Cut neurons of every layer and train, again and again",
    .synopsis = "--retrain -m MODEL -a AUDIO --task TASK --cut-rows K [--cuts N] [--protect SET]\n"
                "       [OPTION...] -o FOLDER",
    .details =
        "Takes K neurons of every layer, trains as 'propneu train' does with Adam anew, and so "
        "on.\n"
        "Lowest scores go first, those of SET last: as many neurons stay whatever is protected\n"
        "(--compat authors: protected ones always stay).  SET is made of counts of the model as "
        "it\n"
        "is before every cut on these recordings, or of the first model (--recount once).\n"
        "FOLDER gets cut.N/, the model behind cut N, cuts.tsv and log.tsv.  The same command goes\n"
        "on where it was stopped.\n",
    .examples =
        "  propneu prune --retrain -m ssl -a train -l textgrid --task ssl --clusters k \\\n"
        "    --cuts 8 --cut-rows 51 --steps-per-cut 150 --protect 'phone | gender' -o cut\n",
    .groups = groups,
    .options = options,
    .run = retrain_main,
};
