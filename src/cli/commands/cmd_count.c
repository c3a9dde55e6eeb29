/*
 * propneu count: the options of a counting job, and what is reported while it runs and at its end.
 * The job itself is in src/count.
 */
#include "config.h"

#include "cli/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/number.h"
#include "base/shell_quote.h"
#include "cli/commands/input_options.h"
#include "cli/progress.h"
#include "formats/tokenfile.h"

enum {
    OPT_BY,
    OPT_STRATA,
    OPT_LAMBDA,
    OPT_FRAMES,
    OPT_COMPAT,
    OPT_KEEP_GOING,
    OPT_NO_RESUME,
    OPT_TOKENS,
    OPT_SHARD,
};

static const struct cli_option options[] = {
    {"by", 0, "FACTORS", "factors to count by (default: those known, and speaker if small)",
     "phone|phone,gender|phone,gender,pitch|phone,gender,pitch,speaker|"
     "phone,gender,pitch,speaker,utterance"},
    {"strata", 0, "COLUMN", "column of the speaker table to exchange speakers within", NULL},
    {"lambda", 0, "PERCENT[,PERCENT...]", "share of neurons activated in a frame (default: 1)",
     NULL},
    {"frames", 0, "FRAMES", "all, or mid: the middle frame of each segment", "all|mid"},
    {"compat", 0, "WHOM", "authors: exactly as the published program", "authors"},
    {"keep-going", 0, NULL, "exit 0 even if recordings were skipped", NULL},
    {"no-resume", 0, NULL, "ignore FILE.journal and start over", NULL},
    {"tokens", 0, NULL, "also write FILE.tokens: the neurons of each phone's middle frame", NULL},
    {"shard", 0, "K/N", "every N-th recording, starting with the K-th; see propneu merge", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* What the command line asks for, and its text, which the count file keeps. */
struct request {
    struct input_request in;
    struct count_options o;
    double lambda[COUNTS_MAX_LAMBDAS];
    struct buf command;
    const char *by, *frames;
    bool keep_going;
};

static const struct cli_group_use groups[] = {
    {&input_options, offsetof(struct request, in)},
    {NULL, 0},
};

/* Percentages, each once: "1,0.5,5". */
static bool parse_lambdas(struct request *r, const char *text)
{
    struct count_options *o = &r->o;
    char number[32];
    o->lambdas = 0;
    for (;;) {
        size_t n = strcspn(text, ",");
        double *v = &r->lambda[o->lambdas];
        if (o->lambdas == COUNTS_MAX_LAMBDAS || n >= sizeof number)
            return false;
        memcpy(number, text, n);
        number[n] = '\0';
        if (!cli_double(number, 1e-6, 100, v))
            return false;
        for (unsigned k = 0; k < o->lambdas; k++)
            if (r->lambda[k] == *v)
                return false;
        o->lambdas++;
        if (!text[n])
            break;
        text += n + 1;
    }
    o->lambda_percent = r->lambda[0];
    o->lambda = r->lambda;
    if (o->lambdas == 1)
        o->lambdas = 0;
    return true;
}

/* One of count's own options; a message for what is wrong with its value, or NULL. */
static const char *count_take(struct request *r, int opt, const char *value)
{
    struct count_options *o = &r->o;
    switch (opt) {
    case OPT_BY:
        r->by = value;
        return corpus_factors_parse(value, &r->in.corpus.by)
                   ? NULL
                   : "--by needs some of phone,gender,pitch,speaker,utterance";
    case OPT_STRATA: o->strata = value; break;
    case OPT_LAMBDA:
        return parse_lambdas(r, value)
                   ? NULL
                   : "--lambda needs percentages above 0 and up to 100, up to eight, each once";
    case OPT_FRAMES:
        r->frames = value;
        o->frames = value[0] == 'm' ? COUNTS_FRAMES_MID : COUNTS_FRAMES_ALL;
        return strcmp(value, "all") == 0 || strcmp(value, "mid") == 0 ? NULL
                                                                      : "--frames needs all or mid";
    case OPT_COMPAT:
        o->frames = COUNTS_FRAMES_AUTHORS;
        return strcmp(value, "authors") == 0 ? NULL : "--compat needs authors";
    case OPT_SHARD:
        return shards_number(value, &r->in.corpus.shard, &r->in.corpus.shards)
                   ? NULL
                   : "--shard needs K/N, K from 1 to N, N up to 65536";
    case OPT_TOKENS: o->tokens = true; break;
    case OPT_KEEP_GOING: r->keep_going = true; break;
    default: o->resume = false; break;
    }
    return NULL;
}

/* What is missing of the corpus to count by what was asked for, or NULL. */
static const char *corpus_complaint(const struct corpus_options *c, const char *strata)
{
    bool pitched = c->by >> CORPUS_PITCH & 1;
    if (c->by >> CORPUS_GENDER & 1 && !c->speakers)
        return "--by gender needs --speakers";
    if (pitched && !c->pitch)
        return "--by pitch needs --pitch";
    if (c->edges_given && !c->pitch)
        return "--pitch-edges needs --pitch";
    if (strata && !c->speakers)
        return "--strata needs --speakers";
    if (strata && !(c->by >> CORPUS_SPEAKER & 1))
        return "--strata needs speaker in --by";
    if (c->shards && !c->edges_given && pitched && strcmp(c->pitch, CORPUS_PITCH_AUTO) == 0)
        return "--shard with --pitch auto needs --pitch-edges: tertiles need the whole "
               "corpus";
    return NULL;
}

/* What options together ask for; a message where they do not fit, or NULL. */
static const char *count_complete(struct request *r, const struct cli *cli, bool compat)
{
    struct count_options *o = &r->o;
    struct corpus_options *c = &r->in.corpus;
    if (!r->in.model || !c->audio || !c->labels || !cli->output)
        return "-m MODEL, -a AUDIO, -l LABELS and -o FILE are needed";
    if (strcmp(cli->output, "-") == 0)
        return "-o needs a file";
    if (compat && r->frames)
        return "--frames and --compat=authors exclude each other";
    if (compat)
        o->frames = COUNTS_FRAMES_AUTHORS;
    if (!r->by) /* speakers make as many cells as there are of them: on request, or if small */
        c->by = corpus_known(c) & ~(c->speakers ? 0 : 1u << CORPUS_SPEAKER);
    o->speaker_if_small = !r->by;
    if (o->tokens && !(c->by >> CORPUS_PHONE & 1))
        return "--tokens needs phone in --by";
    o->corpus = *c;
    o->model = r->in.model;
    o->mean_std = r->in.mean_std;
    o->normalize = r->in.normalize;
    o->output = cli->output;
    o->threads = cli->threads;
    return corpus_complaint(c, o->strata);
}

/* Adds the option to the command that the count file keeps.  Left out are those that do not change
 * what is counted of a recording, so that equal counts stay equal bytes. */
static void count_note_option(struct request *r, const struct cli_args *a, int opt)
{
    if (!a->use &&
        (opt == OPT_KEEP_GOING || opt == OPT_NO_RESUME || opt == OPT_SHARD || opt == OPT_TOKENS))
        return;
    buf_printf(&r->command, " --%s", a->option->name);
    if (a->value) {
        buf_str(&r->command, " ");
        shell_quote(&r->command, a->value);
    }
}

/* Reads the command line into R: CLI_END, or CLI_HELP or CLI_BAD, where all has been said. */
static int count_parse(struct request *r, struct cli *cli, int argc, char **argv)
{
    struct cli_args a;
    const char *wrong = NULL;
    bool compat = false;
    int opt;
    buf_str(&r->command, "propneu count");
    cli_args_init(&a, cli, &command_count, argc, argv);
    while (!wrong && (opt = cli_next(&a)) >= 0) {
        if (a.use && !cli_take_shared(&a, r, opt))
            return CLI_BAD;
        wrong = a.use ? NULL : count_take(r, opt, a.value);
        compat |= !a.use && opt == OPT_COMPAT;
        count_note_option(r, &a, opt);
    }
    if (!wrong && opt != CLI_END)
        return opt;
    if (!wrong && a.first < argc)
        wrong = "no operands are allowed";
    if (!wrong)
        wrong = count_complete(r, cli, compat);
    if (wrong) {
        cli_usage(&command_count, "%s", wrong);
        return CLI_BAD;
    }
    r->o.command = buf_text(&r->command);
    return CLI_END;
}

/* Adds the names of the factors in BY, "phone,gender". */
static void count_add_factors(struct buf *b, unsigned by)
{
    bool any = false;
    for (int f = 0; f < CORPUS_FACTORS; f++)
        if (by >> f & 1) {
            buf_printf(b, "%s%s", any ? "," : "", corpus_factor_names[f]);
            any = true;
        }
}

/* That the speaker is left out, before hours of work without. */
static void count_note_dropped(const struct request *r, const struct cli *cli,
                               const struct count_job *job)
{
    struct buf by = BUF_INIT;
    double bytes = count_speaker_dropped(job);
    count_add_factors(&by, r->in.corpus.by);
    if (bytes > 0)
        cli_note(cli,
                 "%s: speakers are not told apart, as they could take %s GB: --by %s keeps "
                 "them%s",
                 r->o.output, number_fixed(bytes / 1e9, 1).text, buf_text(&by),
                 r->o.strata ? ", and with them --strata" : "");
    buf_free(&by);
}

/* What the counts by speaker or utterance take. */
static void count_note_cost(const struct request *r, const struct cli *cli,
                            const struct count_job *job)
{
    struct count_cost cost;
    struct buf text = BUF_INIT;
    struct err err;
    if (count_costs(job, &cost, &err) || (!cost.speakers && !cost.utterances))
        return;
    if (cost.speakers)
        buf_printf(&text, "%" PRIu32 " speakers", cost.speakers);
    if (cost.utterances)
        buf_printf(&text, "%s%" PRIu32 " utterances", cost.speakers ? " and " : "",
                   cost.utterances);
    unsigned less = r->in.corpus.by & ~(1u << CORPUS_SPEAKER | 1u << CORPUS_UTTERANCE);
    if (less) {
        buf_printf(&text, " (%s MB with --by ", number_fixed(cost.without / 1e6, 1).text);
        count_add_factors(&text, less);
        buf_str(&text, ")");
    }
    cli_note(cli, "%s: %s MB, as counted by %s", r->o.output,
             number_fixed(cost.bytes / 1e6, 1).text, buf_text(&text));
    buf_free(&text);
}

/* What the token file takes. */
static void count_note_tokens(const struct request *r, const struct cli *cli)
{
    struct stat st;
    char *path = r->o.tokens ? tokens_path(r->o.output) : NULL;
    if (path && stat(path, &st) == 0)
        cli_note(cli, "%s: %s MB of tokens", path, number_fixed((double)st.st_size / 1e6, 1).text);
    free(path);
}

/* Reports what was counted. Recordings left out or unreadable folders make the exit status
 * CLI_FAILED unless --keep-going, so that a script notices an incomplete corpus. */
static int count_finish(const struct request *r, const struct cli *cli, struct progress *p,
                        const struct count_job *job)
{
    const struct count_totals *t = count_totals(job);
    uint64_t left_out = count_left_out(t);
    progress_summary(p, t);
    count_note_cost(r, cli, job);
    count_note_tokens(r, cli);
    if (r->in.corpus.edges_given && r->in.corpus.by >> CORPUS_PITCH & 1 && !*count_pitch_edges(job))
        cli_note(cli, "%s: holds classes, so --pitch-edges was not used", r->in.corpus.pitch);
    struct corpus_matches m;
    count_match(job, &m);
    bool unmatched = input_warn_unmatched(&r->in.corpus, &m);
    if (r->keep_going || (left_out == 0 && !count_unread_folders(job) && !unmatched))
        return CLI_DONE;
    if (count_unread_folders(job))
        cli_warn("%s: %zu folders could not be read (--keep-going: exit 0)", r->in.corpus.audio,
                 count_unread_folders(job));
    if (left_out == 0)
        return CLI_FAILED;
    cli_warn("%s: %" PRIu64 " of %" PRIu64 " recordings were left out (--keep-going: exit 0)",
             r->o.output, left_out, t->utterances);
    return CLI_FAILED;
}

/* Runs the job with progress. When interrupted, the finished recordings are in the journal, and
 * the message says that the same command resumes. */
static int count_count(const struct request *r, const struct cli *cli)
{
    struct count_job *job = NULL;
    struct progress p;
    struct err err;
    int result;
    enum status code = count_open(&job, &r->o, &err);
    if (code)
        return cli_fail(&err);
    input_note_model(r->in.model, cli, count_model(job));
    input_note_corpus(cli, count_corpus(job));
    count_note_dropped(r, cli, job);
    progress_start(&p, cli, count_totals(job));
    struct count_hooks hooks = {.problem = progress_problem,
                                .progress = progress_show,
                                .tracking = progress_tracking,
                                .context = &p,
                                .cancel = progress_catch_signals()};
    code = count_run(job, &hooks, &err);
    progress_end(&p);
    if (code == STATUS_CANCELLED) {
        const struct count_totals *t = count_totals(job);
        if (t->counted == 0)
            err_set(&err, code, "%s: stopped before one recording was done", r->o.output);
        else
            err_set(&err, code,
                    "%s: stopped; %" PRIu64 " of %" PRIu64
                    " recordings are in %s.journal, and the same command resumes from there",
                    r->o.output, t->counted, t->utterances, r->o.output);
    }
    result = code ? cli_fail(&err) : count_finish(r, cli, &p, job);
    count_free(job);
    return result;
}

/* One of several processes that does not lead: process 0 reports for all. */
static int count_assist(const struct request *r)
{
    struct count_hooks hooks = {.cancel = progress_catch_signals()};
    struct count_job *job = NULL;
    struct err err;
    if (count_open(&job, &r->o, &err) == STATUS_OK)
        count_run(job, &hooks, &err);
    count_free(job);
    return CLI_DONE;
}

/* Alone, or with the other processes of mpirun.  CORES is the number of threads unless -j said. */
static int count_together(struct request *r, const struct cli *cli, unsigned cores)
{
    struct count_team team;
    struct err err;
    int result;
    if (count_team_start(&team, &err)) {
        result = cli_fail(&err);
        count_team_end(&team);
        return result;
    }
    r->o.team = &team;
    if (!r->o.threads)
        r->o.threads = cores > team.local ? cores / team.local : 1;
    result = team.rank > 0 ? count_assist(r) : count_count(r, cli);
    count_team_end(&team);
    return result;
}

/* The threads are set to 0 while parsing, to see whether -j was given: several processes on one
 * machine share its cores otherwise. */
static int count_do_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {
        .o = {.lambda_percent = 1, .resume = true, .created_by = "propneu " PACKAGE_VERSION},
        .command = BUF_INIT};
    unsigned cores = cli->threads;
    cli->threads = 0;
    int opt = count_parse(&r, cli, argc, argv), result;
    if (opt == CLI_END)
        result = count_together(&r, cli, cores);
    else
        result = opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    buf_free(&r.command);
    return result;
}

const struct cli_command command_count = {
    .name = "count",
    .summary = "Count the activations of a model on a corpus",
    .synopsis = "[OPTION...] -m MODEL -a AUDIO -l LABELS -o FILE",
    .examples = "  propneu count -m melhubert.ckpt -a dev-clean/ -l alignments/ "
                "--speakers SPEAKERS.TXT -o dev.counts\n"
                "  propneu count -m ./hubert-base-ls960 -a dev-clean/ "
                "-l framewise-phone-20ms.json \\\n"
                "      --label-table label-merge.json --speakers spk-gender.json \\\n"
                "      --pitch pitch-discrete.json --compat=authors -o dev.counts\n",
    .details = "An interrupted run leaves FILE.journal; the same command resumes from it.\n"
               "Built with MPI: mpirun -n N propneu count ... counts in N processes, with the\n"
               "same result; -j is the number of threads in each.\n"
               "Recordings that cannot be processed are reported and skipped, and the exit status\n"
               "is 1, unless --keep-going is given.  propneu-counts(5) describes FILE.\n",
    .groups = groups,
    .options = options,
    .run = count_do_run,
};
