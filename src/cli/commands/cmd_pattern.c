/*
 * propneu pattern: p(neuron | phone) of a layer, sorted (figure 2).
 */
#include "config.h"

#include "cli/commands/analysis_options.h"
#include "cli/commands.h"
#include "cli/commands/print_tables.h"

#include <stdlib.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/number.h"

enum { OPT_PHONE, OPT_TOP };

struct request {
    struct analysis_options options;
    const char *phone;
    unsigned long layer; /* from 1 */
    long top;            /* -1: as the format has it; 0: all */
};

/* A line a neuron; '*' marks those of the pattern, above the baseline. */
static void print_text(FILE *out, const struct profile *p, const uint32_t *order, size_t n)
{
    fputs("neuron          p      hits  95 % interval      lift  marginal\n", out);
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
        fputc('\n', out);
    }
}

/* The same for programs, with the pattern as a whole. */
static enum status print_tables(FILE *out, const struct cli *cli, const struct analysis_input *in,
                                const struct request *r, const struct profile *p,
                                const uint32_t *order, size_t n, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    uint32_t layer = (uint32_t)r->layer - 1;
    enum status code = report_settings(answer_add(&answer), &in->analysis, err);
    if (!code)
        code = report_pattern_summary(answer_add(&answer), p, r->phone, layer, err);
    if (!code)
        code = report_pattern(answer_add(&answer), p, order, n, r->phone, layer, err);
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

/* The neurons of a phone by falling p. Without --top, text shows the first 30, as a screen holds
 * no more, and tables all; --top 0 is all in either. */
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
    uint32_t *order = profile_order(&p);
    if (!order) {
        profile_free(&p);
        return err_nomem(err);
    }
    size_t n = r->top > 0 ? (size_t)r->top : r->top < 0 && cli->format == CLI_TEXT ? 30 : p.width;
    n = n < p.width ? n : p.width;
    if (cli->format != CLI_TEXT) {
        code = print_tables(out, cli, in, r, &p, order, n, err);
    } else {
        print_head(out, in, r, &p, n);
        print_text(out, &p, order, n);
    }
    free(order);
    profile_free(&p);
    return code;
}

/* --phone and --top. */
static bool pattern_take_option(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    unsigned long top;
    if (opt == OPT_PHONE) {
        r->phone = a->value;
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
    r.layer = r.options.layer ? r.options.layer : 1;
    return analysis_run(cli, file, &r.options, print_pattern, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    {"phone", 0, "NAME", "the phone", NULL},
    {"top", 0, "N", "first N neurons, 0 = all (default: 30 in text, else all)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_pattern = {
    .name = "pattern",
    .summary = "Activation probabilities p(neuron | phone), with baseline and confidence interval",
    .synopsis = "[OPTION...] --phone NAME FILE",
    .details =
        "The default layer is 1.  The interval is Wilson's at 95 %; lift is p over the baseline\n"
        "tau/D; marginal is the neuron's activation probability over all phones under the same\n"
        "conditions.  * marks the activation pattern: p above the baseline, compared exactly.\n"
        "\n"
        "Its table is 'pattern' in propneu-tables(5); in JSON the key neurons.\n",
    .examples = "  propneu pattern my.counts --phone AH --layer 8 --where gender=female\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = pattern_run,
};
