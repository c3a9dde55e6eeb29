/*
 * propneu pattern: p(neuron | phone) of a layer, sorted (figure 2).
 */
#include "config.h"

#include "cli/commands.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands/bootstrap_options.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/number.h"

enum { OPT_PHONE, OPT_TOP, OPT_TESTS };

struct request {
    struct analysis_options options;
    const char *phone;
    unsigned long layer; /* from 1 */
    long top;            /* -1: as the format has it; 0: all */
    bool tests;
    struct bootstrap_options bootstrap;
};

/* How the numbers of the list are meant: which of them take what as independent. */
static void print_legend(FILE *out, const struct pattern_tests *t)
{
    fputs("interval: Wilson's at 95 %, as if frames were independent\n", out);
    if (t && t->kind == PATTERN_TOKENS)
        fputs("above b, elsewhere: p of an exact binomial and of Fisher's test, as if tokens were "
              "independent\n",
              out);
    if (!t || t->kind == PATTERN_TOKENS)
        return;
    fprintf(out,
            "above b, elsewhere: p of t-tests with the phone's %u speakers as units\n"
            "speakers: 95 %% of %llu draws of speakers",
            t->speakers, (unsigned long long)t->design.draws);
    if (strcmp(t->design.within, "none") != 0) {
        fputs(" within ", out);
        print_name(out, t->design.within, 0);
    }
    fputc('\n', out);
}

/* The columns of the tests. */
static void print_test(FILE *out, const struct pattern_tests *t, size_t i)
{
    fprintf(out, "%9s%11s", number_p(t->neuron[i].p_baseline).text,
            number_p(t->neuron[i].p_elsewhere).text);
    if (t->kind == PATTERN_SPEAKERS) {
        print_real(out, t->neuron[i].low, 9, 5);
        fputs("-", out);
        print_real(out, t->neuron[i].high, 7, 5);
    }
}

/* A line a neuron; '*' marks those of the pattern, above the baseline. */
static void print_text(FILE *out, const struct profile *p, const uint32_t *order, size_t n,
                       const struct pattern_tests *tests)
{
    fprintf(out, "neuron          p      hits  95 %% interval      lift  marginal%s%s\n",
            tests ? "  above b  elsewhere" : "",
            tests && tests->kind == PATTERN_SPEAKERS ? "  speakers" : "");
    for (size_t i = 0; i < n; i++) {
        struct profile_stats s = profile_stats(p, order[i]);
        fprintf(out, "%6u%c   %8s  ", order[i], s.in ? '*' : ' ',
                number_fixed(p->p[order[i]], 5).text);
        print_real(out, s.hits, 8, 0);
        fputs("  ", out);
        print_real(out, s.low, 7, 5);
        fputs("-", out);
        print_real(out, s.high, 7, 5);
        fprintf(out, "  %8s  ", number_fixed(s.lift, 2).text);
        print_real(out, s.marginal, 8, 5);
        if (tests)
            print_test(out, tests, i);
        fputc('\n', out);
    }
}

/* The same for programs, with the pattern as a whole. */
static enum status print_tables(FILE *out, const struct cli *cli, const struct analysis_input *in,
                                const struct request *r, const struct profile *p,
                                const uint32_t *order, size_t n, const struct pattern_tests *tests,
                                struct err *err)
{
    struct answer answer = ANSWER_INIT;
    uint32_t layer = (uint32_t)r->layer - 1;
    enum status code = report_settings(answer_add(&answer), &in->analysis, err);
    if (!code)
        code = report_pattern_summary(answer_add(&answer), p, r->phone, layer, err);
    if (!code && tests && tests->kind == PATTERN_SPEAKERS)
        code = report_drawn(answer_add(&answer), &tests->design, true, err);
    if (!code)
        code = report_pattern(answer_add(&answer), p, order, n, r->phone, layer, tests, err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* Above the list: frames of the phone (unknown in files of probabilities) and the size of its
 * pattern. */
static void print_head(FILE *out, const struct analysis_input *in, const struct request *r,
                       const struct profile *p, size_t shown)
{
    print_settings(out, in);
    fputs("phone ", out);
    print_name(out, r->phone, 0);
    fprintf(out, ", layer %lu: ", r->layer);
    if (p->frames >= 0)
        fprintf(out, "%lld frames, ", (long long)p->frames);
    fprintf(out, "%zu of %u neurons above the baseline %u/%u = %s (*)\n",
            bitset_count(p->pattern, bitset_words(p->width)), p->width, p->tau, p->width,
            number_fixed(p->baseline, 5).text);
    if (shown < p->width)
        fprintf(out, "the first %zu (--top 0 for all):\n", shown);
}

/* The phone as the file spells it. */
static const char *phone_name(const struct analysis_input *in, int level)
{
    return in->counts.factor[counts_find_factor(&in->counts, "phone")].level[level];
}

/* Tests of the N neurons of ORDER. */
static enum status pattern_test(struct pattern_tests *out, const struct cli *cli,
                                struct analysis *a, const struct request *r, const uint32_t *order,
                                size_t n, struct err *err)
{
    const struct pattern_tests_request request = {.phone = r->phone,
                                                  .layer = (uint32_t)r->layer - 1,
                                                  .neuron = order,
                                                  .count = n,
                                                  .bootstrap = r->bootstrap,
                                                  .threads = cli->threads};
    a->cancel = progress_catch_signals();
    enum status code = pattern_tests_make(out, a, &request, err);
    if (!code && out->kind == PATTERN_SPEAKERS)
        bootstrap_note(cli, &out->design);
    return code;
}

/* The neurons of P by falling p. Without --top, text shows the first 30, as a screen holds no more,
 * and tables all; --top 0 is all in either. */
static enum status print_profile(FILE *out, const struct cli *cli, struct analysis_input *in,
                                 const struct request *r, const struct profile *p, struct err *err)
{
    struct pattern_tests made = {.count = 0}, *tests = r->tests ? &made : NULL;
    uint32_t *order = profile_order(p);
    size_t n = r->top > 0 ? (size_t)r->top : r->top < 0 && cli->format == CLI_TEXT ? 30 : p->width;
    n = n < p->width ? n : p->width;
    enum status code = order ? STATUS_OK : err_nomem(err);
    if (!code && tests)
        code = pattern_test(tests, cli, &in->analysis, r, order, n, err);
    if (!code && cli->format != CLI_TEXT) {
        code = print_tables(out, cli, in, r, p, order, n, tests, err);
    } else if (!code) {
        print_head(out, in, r, p, n);
        print_legend(out, tests);
        print_text(out, p, order, n, tests);
    }
    pattern_tests_free(&made);
    free(order);
    return code;
}

static enum status print_pattern(FILE *out, const struct cli *cli, struct analysis_input *in,
                                 void *context, struct err *err)
{
    struct request *r = context;
    struct profile p;
    int level = analysis_find_phone(&in->analysis, r->phone, err);
    if (level < 0)
        return err->code;
    r->phone = phone_name(in, level);
    enum status code =
        analysis_profile(&in->analysis, &p, r->phone, NULL, (uint32_t)r->layer - 1, err);
    if (code)
        return code;
    code = print_profile(out, cli, in, r, &p, err);
    profile_free(&p);
    return code;
}

/* --phone, --top and --tests. */
static bool pattern_take_option(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    unsigned long top;
    if (opt == OPT_PHONE) {
        r->phone = a->value;
        return true;
    }
    if (opt == OPT_TESTS) {
        r->tests = true;
        return true;
    }
    if (!cli_unsigned(a->value, 0, INT32_MAX, &top)) {
        cli_usage(a->command, "--top takes a number, not '%s'", a->value);
        return false;
    }
    r->top = (long)top;
    return true;
}

static int pattern_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT, .top = -1};
    const char *file;
    int status = analysis_parse(cli, &command_pattern, argc, argv, pattern_take_option, &r, &file);
    if (status != CLI_END)
        return status;
    if (!r.phone)
        return cli_usage(&command_pattern, "--phone NAME is needed");
    if (!r.tests &&
        (r.bootstrap.strata || r.bootstrap.speakers || r.bootstrap.draws || r.bootstrap.seed))
        return cli_usage(&command_pattern,
                         "--strata, --speakers, --draws and --seed are for --tests");
    r.layer = r.options.layer ? r.options.layer : 1;
    return analysis_run(cli, file, &r.options, print_pattern, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {&bootstrap_option_group, offsetof(struct request, bootstrap)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    [OPT_PHONE] = {"phone", 0, "NAME", "the phone", NULL},
    [OPT_TOP] = {"top", 0, "N", "first N neurons, 0 = all (default: 30 in text, else all)", NULL},
    [OPT_TESTS] = {"tests", 0, NULL, "p of each neuron, and its interval over speakers", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_pattern = {
    .name = "pattern",
    .summary = "Activation probabilities p(neuron | phone), with baseline and confidence interval",
    .synopsis = "[OPTION...] --phone NAME FILE",
    .details =
        "The default layer is 1.  The interval is Wilson's at 95 %, as if frames were "
        "independent;\n"
        "lift is p over the baseline tau/D; marginal is the neuron's activation probability over\n"
        "all phones under the same conditions.  * marks the activation pattern: p above the\n"
        "baseline, compared exactly.\n"
        "\n"
        "--tests: is p above the baseline, and above the neuron's own rate in other phones, with\n"
        "speakers as units (one-sided t-tests), and the 95 % interval over draws of speakers.  "
        "Files\n"
        "of middle frames without speakers: exact tests as if tokens were independent.\n"
        "\n"
        "Its table is 'pattern' in propneu-tables(5); in JSON the key neurons.\n",
    .examples = "  propneu pattern my.counts --phone AH --layer 8 --where gender=female\n"
                "  propneu pattern my.counts --phone AH --layer 8 --tests\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = pattern_run,
};
