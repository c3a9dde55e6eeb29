/*
 * propneu eval: how well a model does its task, as it is or with neurons changed in memory.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/commands.h"
#include "cli/commands/edit_options.h"
#include "cli/commands/eval_print.h"
#include "cli/commands/input_options.h"
#include "cli/progress.h"
#include "edit/intervention.h"
#include "formats/tensors/safetensors.h"
#include "analysis/modelset.h"

enum {
    OPT_TASK,
    OPT_HEAD,
    OPT_HEAD_LABELS,
    OPT_LAYER,
    OPT_PIECE,
    OPT_NOISE,
    OPT_CLUSTERS,
    OPT_REFERENCE,
    OPT_LEXICON,
    OPT_TRANSCRIPTS,
    OPT_SEED,
    OPT_MIN_RUN,
    OPT_REFIT,
    OPT_ERASE,
    OPT_SCALE,
    OPT_MEAN,
    OPT_COUNTS,
    OPT_SIGMA,
    OPT_MIN_FRAMES,
    OPT_WHERE,
    OPT_SELECT,
    OPT_SIZE,
    OPT_MEMORY,
    OPT_KEEP_GOING,
};

static const struct cli_option options[] = {
    {"task", 0, "TASK", "task: sid, phones, frames, ctc, ssl, centroid or f0",
     &EVAL_TASK_TABLE(EVAL_TASK_WORD)[1]},
    {"head", 0, "FILE", "checkpoint with the head (default: MODEL)", CLI_FILE},
    {"head-labels", 0, "FILE", "names of its classes, one per line (default: the head's)",
     CLI_FILE},
    {"layer", 0, "N", "layer used by centroid and f0 (default: the last)", NULL},
    {"piece", 0, "SECONDS", "cut recordings into pieces (default: whole)", NULL},
    {"noise", 0, "SD", "add Gaussian noise of this deviation (default: none)", NULL},
    {"clusters", 0, "FILE", "ssl: clusters of the frames, as cluster writes them", CLI_FILE},
    {"reference", 0, "WHAT", "ctc: the labels' phones, or those of a lexicon with stress",
     "aligned|lexicon"},
    {"lexicon", 0, "FILE", "phones of each word; may be repeated", CLI_FILE},
    {"transcripts", 0, "PATH", "words of each utterance (default: *.trans.txt in AUDIO)", CLI_FILE},
    {"seed", 0, "N", "seed of noise and masks (default: 0)", NULL},
    {"min-run", 0, "FRAMES", "phones: drop shorter runs of a label (default: 1)", NULL},
    {"refit", 0, NULL, "centroid and f0: fit on the edited model, too", NULL},
    {"erase", 0, "SET", "neurons to erase in memory, a set expression", NULL},
    {"scale", 0, "G", "multiply by G instead of erasing", NULL},
    {"mean", 0, "FILE", "mean ablation with these means (safetensors)", CLI_FILE},
    {"counts", 'c', "COUNTS", "count file that defines the set", CLI_FILE},
    {"sigma", 0, "PERCENT", "share of a group's phones that need the neuron (default: 80)", NULL},
    {"min-frames", 0, "N", "leave out phones with fewer frames (default: 1)", NULL},
    {"where", 0, "FACTOR=LEVEL[,LEVEL...]", "only frames of these levels; may be repeated", NULL},
    {"select", 0, "NAME", "rule by which neurons are chosen (default: paper)",
     &SELECTORS(SELECTOR_WORD)[1]},
    {"size", 0, "SIZE", ANALYSIS_SIZE_HELP, ANALYSIS_SIZE_WORDS},
    {"memory", 0, "MIB", "limit for cached hidden states (default: 1024)", NULL},
    {"keep-going", 0, NULL, "exit 0 even if recordings were skipped", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* What the command line asks for; the model's change is put together from set, mean and gain. */
struct request {
    struct input_request in;
    struct eval_options o;
    struct analysis_options analysis;
    const char *set, *counts, *mean;
    double gain;
    bool tasked, scaled, keep_going;
    bool by_lexicon, by_labels; /* --reference */
};

static const struct cli_group_use groups[] = {
    {&input_options, offsetof(struct request, in)},
    {NULL, 0},
};

/* Options that are numbers; a message for what is wrong, or NULL. */
static const char *take_number(struct request *r, int opt, const char *value)
{
    unsigned long n = 0;
    const char *wrong = NULL;
    switch (opt) {
    case OPT_LAYER:
        wrong = cli_unsigned(value, 1, UINT32_MAX, &n) ? NULL : "--layer takes a number from 1";
        r->o.layer = (uint32_t)n;
        break;
    case OPT_PIECE:
        if (!cli_double(value, 1e-3, 3600, &r->o.piece))
            wrong = "--piece takes seconds, from 0.001 to 3600";
        break;
    case OPT_NOISE:
        if (!cli_double(value, 0, 1e6, &r->o.noise))
            wrong = "--noise takes a number from 0 to 1000000";
        break;
    case OPT_SEED:
        wrong = cli_unsigned(value, 0, INT64_MAX, &n) ? NULL : "--seed takes a whole number from 0";
        r->o.seed = n;
        break;
    case OPT_MIN_RUN:
        wrong = cli_unsigned(value, 1, 1000, &n) ? NULL : "--min-run takes 1 to 1000 frames";
        r->o.min_run = (unsigned)n;
        break;
    case OPT_SCALE:
        r->scaled = cli_double(value, -1e6, 1e6, &r->gain);
        wrong = r->scaled ? NULL : "--scale takes a number";
        break;
    default:
        wrong = cli_unsigned(value, 0, 1ul << 24, &n) ? NULL : "--memory takes a number of MiB";
        r->o.cache = n ? (size_t)n << 20 : 1;
        break;
    }
    return wrong;
}

/* Takes one of eval's own options. Those on selecting neurons are handled by the shared group,
 * though only three of them exist here. */
static bool eval_take_option(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    const char *wrong = NULL;
    switch (opt) {
    case OPT_TASK:
        r->o.task = eval_task_find(a->value);
        r->tasked = r->o.task != EVAL_TASKS;
        wrong = r->tasked ? NULL : "--task is one of" EVAL_TASK_TABLE(EVAL_TASK_LISTED);
        break;
    case OPT_HEAD: r->o.head = a->value; break;
    case OPT_HEAD_LABELS: r->o.head_labels = a->value; break;
    case OPT_REFERENCE:
        r->by_lexicon = strcmp(a->value, "lexicon") == 0;
        r->by_labels = strcmp(a->value, "aligned") == 0;
        wrong = r->by_lexicon || r->by_labels ? NULL : "--reference is aligned or lexicon";
        break;
    case OPT_LEXICON:
        if (r->o.lexicons == LEXICON_FILES)
            wrong = "--lexicon: too many files";
        else
            r->o.lexicon[r->o.lexicons++] = a->value;
        break;
    case OPT_TRANSCRIPTS: r->o.transcripts = a->value; break;
    case OPT_CLUSTERS: r->o.clusters = a->value; break;
    case OPT_REFIT: r->o.refit = true; break;
    case OPT_KEEP_GOING: r->keep_going = true; break;
    case OPT_ERASE: r->set = a->value; break;
    case OPT_MEAN: r->mean = a->value; break;
    case OPT_COUNTS: r->counts = a->value; break;
    case OPT_SIGMA: return analysis_selection_take(&r->analysis, a, ANALYSIS_SIGMA);
    case OPT_MIN_FRAMES: return analysis_selection_take(&r->analysis, a, ANALYSIS_MIN_FRAMES);
    case OPT_WHERE: return analysis_selection_take(&r->analysis, a, ANALYSIS_WHERE);
    case OPT_SELECT: return analysis_selection_take(&r->analysis, a, opt);
    case OPT_SIZE: return analysis_selection_take(&r->analysis, a, opt);
    default: wrong = take_number(r, opt, a->value);
    }
    if (wrong)
        cli_usage(&command_eval, "%s, not '%s'", wrong, a->value);
    return !wrong;
}

/* What options together ask for; STATUS_USAGE where they do not fit. */
static enum status eval_complete(struct request *r, const struct cli *cli, struct err *err)
{
    r->o.corpus = r->in.corpus;
    r->o.model = r->in.model;
    r->o.mean_std = r->in.mean_std;
    r->o.normalize = r->in.normalize;
    r->o.threads = cli->threads;
    if (!r->o.model || !r->o.corpus.audio || !r->tasked)
        return err_set(err, STATUS_USAGE, "-m MODEL, -a AUDIO and --task TASK are needed");
    if ((r->counts || r->scaled || r->mean) && !r->set)
        return err_set(err, STATUS_USAGE, "--counts, --scale and --mean need --erase SET");
    if (r->scaled && r->mean)
        return err_set(err, STATUS_USAGE, "--scale and --mean exclude each other");
    if (!selection_is_default(&r->analysis.rule) && !r->counts)
        return err_set(err, STATUS_USAGE, "--select and --size need --erase SET with -c COUNTS");
    if (r->by_lexicon && !r->o.lexicons)
        return err_set(err, STATUS_USAGE, "--reference lexicon needs --lexicon FILE");
    if (r->by_labels && r->o.lexicons)
        return err_set(err, STATUS_USAGE, "--reference aligned and --lexicon exclude each other");
    return eval_options_check(&r->o, "layer", err);
}

/* What is changed, as people say it. */
static void eval_describe(const struct request *r, struct buf *b)
{
    if (r->mean)
        buf_printf(b, "means of %s for %s", r->mean, r->set);
    else if (r->scaled)
        buf_printf(b, "%s times %s", r->set, number_short(r->gain, 6).text);
    else
        buf_printf(b, "without %s", r->set);
    selection_rule_text(&r->analysis.rule, b);
}

/* The neurons of --erase into SETS. */
static enum status find_sets(const struct request *r, const struct cli *cli,
                             const struct model_info *m, struct neuron_set *sets, struct err *err)
{
    struct analysis_input counted = {0};
    struct analysis_options o = r->analysis;
    o.phones = r->in.corpus.phones;
    enum status code = neuron_set_init(sets, m->layers, m->width, err);
    if (!code && r->counts)
        code = analysis_open(&counted, r->counts, &o, err);
    if (!code)
        code = modelset_add(sets, r->set, r->counts ? &counted.analysis : NULL, r->in.model, err);
    if (!code && neuron_set_total(sets) == 0)
        code = err_set(err, STATUS_NOTFOUND, "the set '%s' is empty: nothing to erase", r->set);
    if (!code && r->counts)
        edit_note_weights(&counted.counts, cli, m, r->in.model);
    analysis_close(&counted);
    return code;
}

/* The change of activations that --erase asks for. */
static enum status find_change(const struct request *r, const struct cli *cli,
                               const struct model_info *m, struct intervention *out,
                               struct err *err)
{
    struct neuron_set sets = {0};
    struct tensors means = {0};
    struct edit e = {.kind = r->mean ? EDIT_MEAN : EDIT_SCALE,
                     .sets = &sets,
                     .gain = r->gain,
                     .means = &means,
                     .means_path = r->mean};
    enum status code = find_sets(r, cli, m, &sets, err);
    if (!code && r->mean)
        code = safetensors_open(&means, r->mean, err);
    if (!code)
        code = intervention_init(out, &e, err);
    tensors_free(&means);
    neuron_set_free(&sets);
    return code;
}

/* Prints in whole or not at all. */
static int eval_do_print(const struct cli *cli, const struct eval_report *report)
{
    struct cli_out out;
    struct err err;
    if (!cli_out_open(cli, &out, &err))
        return cli_fail(&err);
    if (eval_print(out.stream, cli, report, &err)) {
        cli_out_abandon(&out);
        return cli_fail(&err);
    }
    return cli_out_close(&out);
}

/* The exit status, once everything is printed. */
static int eval_finish(const struct request *r, const struct eval *e)
{
    size_t left, all = eval_recordings(e, &left);
    struct corpus_matches m;
    eval_match(e, &m);
    bool unmatched = input_warn_unmatched(&r->in.corpus, &m);
    if (unmatched && !r->keep_going)
        return CLI_FAILED;
    if (left == 0 || r->keep_going)
        return CLI_DONE;
    cli_warn("%s: %zu of %zu recordings were left out (--keep-going: exit 0)", r->in.corpus.audio,
             left, all);
    return CLI_FAILED;
}

/* Measures the unmodified model and, with --erase, the changed one on the same recordings, so that
 * the change is not due to different data. Prints only if both succeed. */
static int eval_evaluate(struct request *r, const struct cli *cli)
{
    struct eval *e = NULL;
    struct eval_result plain = {0}, changed = {0};
    struct intervention v = {0};
    struct progress p;
    struct buf edit = BUF_INIT;
    struct err err;
    struct eval_hooks hooks = {progress_message, progress_count, &p, progress_catch_signals()};
    int result = CLI_FAILED;
    progress_begin(&p, cli, "evaluating");
    enum status code = eval_open(&e, &r->o, &hooks, &err);
    if (code)
        goto out;
    input_note_model(r->in.model, cli, eval_model(e));
    input_note_corpus(cli, eval_corpus(e));
    if (r->set && (code = find_change(r, cli, eval_model(e), &v, &err)))
        goto out;
    code = eval_run(e, NULL, &hooks, &plain, &err);
    if (!code && r->set)
        code = eval_run(e, &v.change, &hooks, &changed, &err);
    progress_end(&p);
    if (code)
        goto out;
    eval_describe(r, &edit);
    result = eval_do_print(cli, &(struct eval_report){.eval = e,
                                                      .options = &r->o,
                                                      .result = r->set ? &changed : &plain,
                                                      .before = r->set ? &plain : NULL,
                                                      .edit = r->set ? buf_text(&edit) : NULL});
    if (result == CLI_DONE)
        result = eval_finish(r, e);
out:
    if (code)
        result = cli_fail(&err);
    buf_free(&edit);
    intervention_free(&v);
    eval_result_free(&plain);
    eval_result_free(&changed);
    eval_free(e);
    return result;
}

/* The command. */
static int eval_do_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.analysis = ANALYSIS_OPTIONS_DEFAULT};
    struct cli_args a;
    struct err err;
    int status = cli_parse(&a, cli, &command_eval, argc, argv, eval_take_option, &r);
    if (status != CLI_END)
        return status;
    if (eval_complete(&r, cli, &err))
        return cli_usage(&command_eval, "%s", err.msg);
    if (a.first < argc)
        return cli_usage(&command_eval, "what is '%s'?", argv[a.first]);
    return eval_evaluate(&r, cli);
}

const struct cli_command command_eval = {
    .name = "eval",
    .summary = "Error rates of a model, in total and by group",
    .synopsis = "[OPTION...] -m MODEL -a AUDIO [-l LABELS] --task TASK",
    .details =
        "sid: speaker identification by the classification head in MODEL; speakers are the names\n"
        "of recordings up to the first '-' and must equal the labels of the head.\n"
        "phones: phone error rate of the CTC or frame classification head in MODEL; frames and "
        "ctc\n"
        "ask for one of the two.\n"
        "ssl: clusters of masked frames, by MelHuBERT's own head of masked prediction.\n"
        "centroid: phone, gender and speaker of each frame by the nearest class centroid of the\n"
        "hidden states.\n"
        "f0: log F0 by a head, or by ridge regression on hidden states.\n"
        "centroid and, without a head, f0 are fitted on half of the recordings of each speaker\n"
        "and tested on the other half.\n"
        "\n"
        "With --erase both the unmodified model (before) and the model with the neurons of SET\n"
        "erased in memory are evaluated; a checkpoint written by 'propneu erase' gives the same.\n"
        "\n"
        "Pieces are whole frames; the first and last 0.16 s are left out, and the model is run on\n"
        "each piece separately.  Noise is added to the normalised log-mel (MelHuBERT), or to the\n"
        "samples in units of the recording's root mean square.\n"
        "\n"
        "Recordings that cannot be evaluated are reported and skipped, and the exit status is 1,\n"
        "unless --keep-going is given.\n"
        "\n"
        "Its table is 'eval' in propneu-tables(5); in JSON the key results.\n",
    .examples = "  propneu eval -m sid.safetensors -a test/ --speakers speakers.tsv --task sid\n"
                "  propneu eval -m sid.safetensors -a test/ --speakers speakers.tsv --task sid \\\n"
                "      --piece 0.2 --erase gender=male -c sid.counts\n",
    .groups = groups,
    .options = options,
    .run = eval_do_run,
};
