/*
 * propneu stability: what other speakers of the same kind would have given: how firmly neurons
 * belong to their sets, the sets of half the speakers, and whether two models differ.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/commands/bootstrap_options.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/print_stability.h"
#include "cli/commands/stability_run.h"

#define LEAST_SHARE 0.05 /* of a neuron outside the set to be listed without --all */

/* How firmly neurons belong to their sets, and the sizes of the draws. */
static enum status stability_neurons(FILE *out, struct stability_run *r, struct err *err)
{
    struct stability s = {0};
    struct answer answer = ANSWER_INIT;
    bool sizes = r->c->mode == STABILITY_SIZES;
    const struct stability_request request = {.property = r->c->property,
                                              .layer = r->layer,
                                              .layers = r->layers,
                                              .bootstrap = r->c->bootstrap,
                                              .threads = r->cli->threads,
                                              .progress = progress_share,
                                              .progress_context = &r->progress};
    enum status code = stability_make(&s, &r->in->analysis, &request, err);
    progress_end(&r->progress);
    if (!code)
        bootstrap_note(r->cli, &s.design);
    if (!code && r->cli->format == CLI_TEXT) {
        print_settings(out, r->in);
        (sizes ? print_sizes : print_stability)(out, &s);
    } else if (!code) {
        code = stability_settings(&answer, r, err);
        if (!code)
            code = report_drawn(answer_add(&answer), &s.design, true, err);
        if (!code)
            code =
                sizes ? report_sizes(answer_add(&answer), &s, err)
                      : report_stability(answer_add(&answer), &s, r->c->all ? 0 : LEAST_SHARE, err);
        if (!code)
            code = answer_print(out, r->cli->format, &answer, err);
        answer_free(&answer);
    }
    stability_free(&s);
    return code;
}

/* Sets of one half of the speakers, looked for on the other. */
static enum status stability_split(FILE *out, struct stability_run *r, struct err *err)
{
    struct split s = {0};
    struct answer answer = ANSWER_INIT;
    enum status code = split_make(&s, &r->in->analysis, r->c->property, r->layer, r->layers,
                                  &r->c->bootstrap, err);
    if (!code && r->cli->format == CLI_TEXT) {
        print_settings(out, r->in);
        print_split(out, &s, r->c->property);
    } else if (!code) {
        code = stability_settings(&answer, r, err);
        if (!code)
            code = report_drawn(answer_add(&answer), &s.design, false, err);
        if (!code)
            code = report_split(answer_add(&answer), &s, r->c->property, err);
        if (!code)
            code = answer_print(out, r->cli->format, &answer, err);
        answer_free(&answer);
    }
    split_free(&s);
    return code;
}

static enum status stability_print(FILE *out, const struct cli *cli, struct analysis_input *in,
                                   void *context, struct err *err)
{
    struct stability_run r = {.c = context, .cli = cli, .in = in};
    in->analysis.cancel = progress_catch_signals();
    progress_begin(&r.progress, cli, "drawing speakers");
    enum status code = layer_list_parse(r.c->layers, &in->analysis, &r.layer, &r.layers, err);
    if (!code && r.c->mode == STABILITY_SPLIT)
        code = stability_split(out, &r, err);
    else if (!code && r.c->mode == STABILITY_DIFFERENCE)
        code = stability_difference(out, &r, err);
    else if (!code && r.c->mode == STABILITY_CONTRAST)
        code = stability_contrast(out, &r, err);
    else if (!code)
        code = stability_neurons(out, &r, err);
    progress_end(&r.progress);
    free(r.layer);
    return code;
}

enum {
    OPT_SIZES,
    OPT_SPLIT,
    OPT_DIFFERENCE,
    OPT_CONTRAST,
    OPT_STATISTIC,
    OPT_BEST,
    OPT_EXCESS,
    OPT_ALL,
    OPT_TOKENS
};

static bool stability_take(void *request, const struct cli_args *a, int opt)
{
    struct stability_command *c = request;
    unsigned long seed = 0;
    switch (opt) {
    case OPT_STATISTIC: c->statistics = a->value; return true;
    case OPT_ALL: c->all = true; return true;
    case OPT_TOKENS: c->bootstrap.tokens = a->value; return true;
    case OPT_BEST: c->best = true; return true;
    case OPT_EXCESS: c->excess = true; return true;
    case OPT_CONTRAST: c->contrast = a->value; break;
    case OPT_SPLIT:
        if (!cli_unsigned(a->value, 0, UINT32_MAX, &seed)) {
            cli_usage(a->command, "--split takes a seed, not '%s'", a->value);
            return false;
        }
        c->bootstrap.seed = seed;
        break;
    default: break;
    }
    c->mode = opt == OPT_SIZES      ? STABILITY_SIZES
              : opt == OPT_SPLIT    ? STABILITY_SPLIT
              : opt == OPT_CONTRAST ? STABILITY_CONTRAST
                                    : STABILITY_DIFFERENCE;
    c->modes |= 1u << c->mode;
    return true;
}

/* Options that do not go together; the exit status, or CLI_END. */
static int stability_check(const struct stability_command *c, int files)
{
    const struct cli_command *me = &command_stability;
    if (!c->property)
        return cli_usage(me, "--property NAME is needed");
    if (c->modes & (c->modes - 1))
        return cli_usage(me,
                         "only one of --sizes, --split, --difference and --contrast can be given");
    if (c->mode == STABILITY_DIFFERENCE && files != 2)
        return cli_usage(me, "--difference compares two count FILEs");
    if (c->mode != STABILITY_DIFFERENCE && files != 1)
        return cli_usage(me, files == 2 ? "two FILEs are compared with --difference"
                                        : "one count FILE is needed");
    bool compares = c->mode == STABILITY_DIFFERENCE || c->mode == STABILITY_CONTRAST;
    if ((c->statistics || c->best) && !compares)
        return cli_usage(me, "%s needs --difference or --contrast",
                         c->best ? "--best" : "--statistic");
    if (c->excess && c->mode != STABILITY_DIFFERENCE)
        return cli_usage(me, "--excess needs --difference");
    if (c->bootstrap.tokens && c->mode != STABILITY_CONTRAST)
        return cli_usage(me, "--tokens needs --contrast: two files have FILE.tokens beside them");
    if (c->layers && c->mode == STABILITY_CONTRAST)
        return cli_usage(me, "--contrast says which layers: without --layer");
    if (c->all && c->mode != STABILITY_NEURONS)
        return cli_usage(
            me, "--all lists neurons: without --sizes, --split, --difference and --contrast");
    return CLI_END;
}

static int stability_run_command(struct cli *cli, int argc, char **argv)
{
    struct stability_command c = {.options = ANALYSIS_OPTIONS_DEFAULT};
    struct cli_args a;
    int status = cli_parse(&a, cli, &command_stability, argc, argv, stability_take, &c);
    if (status == CLI_END)
        status = stability_check(&c, argc - a.first);
    if (status != CLI_END)
        return status;
    if (c.mode == STABILITY_DIFFERENCE)
        c.other = argv[a.first + 1];
    return analysis_run(cli, argv[a.first], &c.options, stability_print, &c);
}

static const struct cli_group_use stability_groups[] = {
    {&analysis_property_options, offsetof(struct stability_command, property)},
    {&layer_list_option, offsetof(struct stability_command, layers)},
    {&analysis_selection_options, offsetof(struct stability_command, options)},
    {&bootstrap_option_group, offsetof(struct stability_command, bootstrap)},
    {&analysis_method_option, offsetof(struct stability_command, options)},
    {NULL, 0},
};

static const struct cli_option stability_options[] = {
    [OPT_SIZES] = {"sizes", 0, NULL, "sizes of the sets instead of their neurons", NULL},
    [OPT_SPLIT] = {"split", 0, "SEED", "sets of one half of the speakers, looked for on the other",
                   NULL},
    [OPT_DIFFERENCE] = {"difference", 0, NULL, "compare two files, speaker by speaker", NULL},
    [OPT_CONTRAST] = {"contrast", 0, "LAYERS:LAYERS",
                      "layers against others, as 1:5-8, chance subtracted", NULL},
    [OPT_STATISTIC] = {"statistic", 0, "LIST",
                       "what to compare, with commas (default: size,full-dim); size:GROUP: of one "
                       "group",
                       "size|silhouette|full-dim|anosim|permanova-f|permanova-r2|permdisp|size:"},
    [OPT_BEST] = {"best", 0, NULL,
                  "compare best layers (--difference); against the best (--contrast)", NULL},
    [OPT_EXCESS] = {"excess", 0, NULL, "subtract what chance gives (--difference)", NULL},
    [OPT_ALL] = {"all", 0, NULL, "list all neurons that were in a set in any draw", NULL},
    [OPT_TOKENS] = {"tokens", 0, "FILE", "token file, with --contrast (default: FILE.tokens)",
                    CLI_FILE},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_stability = {
    .name = "stability",
    .summary = "What other speakers would give: stable neurons, halves, differences of models",
    .synopsis = "[OPTION...] --property NAME FILE [FILE]",
    .details =
        "Speakers are drawn with replacement within gender (and strata, where each has at least\n"
        "5 speakers); for the property speaker, utterances within speakers.  A neuron's share is\n"
        "that of the draws in which it is in the set of its group.  --split makes sets from one\n"
        "half of the speakers and looks for them on the other.  --difference draws the speakers\n"
        "that two files share, the same in both, and gives the difference of their statistics\n"
        "with an interval and p.  --contrast does so for layers of one file: the mean of the "
        "first\n"
        "minus that of the others, less what exchanged labels give (propneu null).\n"
        "Fewer than 10 speakers give intervals that are too narrow.\n"
        "\n"
        "Its tables are 'stability', 'sizes', 'split', 'difference' and 'contrast' in\n"
        "propneu-tables(5).\n",
    .examples = "  propneu stability my.counts --property gender\n"
                "  propneu stability my.counts --property gender --sizes --draws 999\n"
                "  propneu stability my.counts --property gender --split 1\n"
                "  propneu stability sid.counts ssl.counts --property gender --difference\n"
                "  propneu stability my.counts --property gender --contrast 1:5-8\n",
    .groups = stability_groups,
    .options = stability_options,
    .files = CLI_FILE,
    .run = stability_run_command,
};
