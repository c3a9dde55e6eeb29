/*
 * propneu neurons: property and group neurons, as a list, a table, or the JSON that the published
 * program writes.
 */
#include "config.h"

#include "cli/commands.h"
#include "cli/commands/bootstrap_options.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/print_neuron_tests.h"
#include "cli/commands/print_stability.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"

/* The heading says how many phones were judged in each group only where that fits a line. */
#define MANY_GROUPS 5

enum { NEURONS_GROUPS, NEURONS_TESTS, NEURONS_FDR, NEURONS_STABLE };

struct request {
    struct analysis_options options;
    const char *property;
    bool groups;
    unsigned long layer; /* 0: all */
    bool tests;          /* p and q of every neuron */
    enum fdr fdr;        /* FDR_COUNT: not given */
    double stable;       /* the least stability; 0: not asked for */
    struct exchange_options exchange;
};

/* What is known of the neurons beside their sets. */
struct neurons_found {
    struct neuron_tests tests;  /* [layers asked for], where r->tests */
    struct stability stability; /* the same, where r->stable > 0 */
};

/* What rows of layer number I, of those asked for, say. */
static struct report_neurons_more neurons_more(const struct request *r,
                                               const struct neurons_found *f, uint32_t i)
{
    struct report_neurons_more more = {.least = r->stable};
    if (r->tests)
        more.tests = &f->tests.layer[i];
    if (r->stable > 0) {
        more.stability = &f->stability;
        more.stable = &f->stability.layer[i];
    }
    return more;
}

static void print_set(FILE *out, const uint64_t *set, uint32_t width)
{
    for (uint32_t i = 0; i < width; i++)
        if (bitset_has(set, i))
            fprintf(out, " %u", i);
    fputc('\n', out);
}

/* The set of a layer, or with GROUPS each group's neurons on a line. */
static void print_text(FILE *out, const struct property *p, uint32_t layer,
                       const struct selection *l, bool groups)
{
    fprintf(out, "layer %u: %zu", layer + 1, bitset_count(l->neurons, l->words));
    if (!groups) {
        fputs(" property neurons:", out);
        print_set(out, l->neurons, l->width);
        return;
    }
    fputs(" property neurons\n", out);
    for (uint32_t g = 0; g < l->groups; g++) {
        const uint64_t *set = l->group + g * l->words;
        fputs("  ", out);
        print_name(out, p->group.name[g], 10);
        fprintf(out, " %4zu:", bitset_count(set, l->words));
        print_set(out, set, l->width);
    }
}

/* The same for programs; with GROUPS, JSON says the members of each group, too, which only the
 * published rule has. */
static enum status print_tables(FILE *out, const struct cli *cli, struct analysis_input *in,
                                const struct request *r, const struct neurons_found *f,
                                struct err *err)
{
    struct answer answer = ANSWER_INIT;
    struct analysis *a = &in->analysis;
    uint32_t first = r->layer ? (uint32_t)r->layer - 1 : 0;
    uint32_t end = r->layer ? (uint32_t)r->layer : in->counts.layers;
    enum status code = report_settings(answer_add(&answer), a, err);
    if (!code)
        code = report_groups(answer_add(&answer), a, r->property, err);
    bool members_too = r->groups && selection_is_published(&a->rule);
    struct table *members = members_too ? answer_add(&answer) : NULL;
    if (!code && r->tests)
        code = report_neuron_tests(answer_add(&answer), a, r->property, &f->tests, err);
    if (!code && r->stable > 0)
        code = report_drawn(answer_add(&answer), &f->stability.design, true, err);
    struct table *neurons = answer_add(&answer);
    for (uint32_t l = first; !code && l < end; l++) {
        struct report_neurons_more more = neurons_more(r, f, l - first);
        if (members)
            code = report_members(members, a, r->property, l, err);
        if (!code)
            code = report_neurons(neurons, a, r->property, l, &more, err);
    }
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* One member of the published JSON: "layer": [neurons], with the braces of the object by FIRST
 * here and by the caller at the end. */
static enum status print_authors(FILE *out, const struct property *p,
                                 const struct property_layer *l, const struct counts *c, bool first,
                                 struct err *err)
{
    size_t n = bitset_count(l->neurons, l->words);
    uint32_t *order = mem_array(n, sizeof *order);
    enum status code = order ? property_written_order(l, p, c, order, err) : err_nomem(err);
    if (!code) {
        fprintf(out, "%s\"%u\": [", first ? "{" : ", ", l->layer + 1);
        for (size_t i = 0; i < n; i++)
            fprintf(out, "%s%u", i ? ", " : "", order[i]);
        fputc(']', out);
    }
    free(order);
    return code;
}

/* Which patterns the sets are based on: phones present and missing in each group. Beyond
 * MANY_GROUPS only their number fits the line. */
static void print_head(FILE *out, const struct analysis_input *in, const struct property *p)
{
    print_settings(out, in);
    print_name(out, p->name, 0);
    fprintf(out, ": %u patterns", p->points);
    if (p->groups > MANY_GROUPS)
        fprintf(out, "; %u groups", p->groups);
    for (uint32_t g = 0; g < p->groups && p->groups <= MANY_GROUPS; g++) {
        fputs(g ? ", " : "; ", out);
        print_name(out, p->group.name[g], 0);
        fprintf(out, " %u of %u phones", p->group_points[g],
                p->group_points[g] + p->group_missing[g]);
    }
    fputc('\n', out);
}

/* p and q of the neurons in the layers asked for, and their stability. */
static enum status neurons_find(struct neurons_found *f, const struct cli *cli, struct analysis *a,
                                const struct request *r, struct err *err)
{
    struct progress progress;
    uint32_t layer = r->layer ? (uint32_t)r->layer - 1 : 0;
    const struct exchange_options *x = &r->exchange;
    const struct neuron_tests_request tests = {.property = r->property,
                                               .layer = r->layer ? &layer : NULL,
                                               .layers = 1,
                                               .exchange = *x,
                                               .fdr = r->fdr == FDR_COUNT ? FDR_BH : r->fdr,
                                               .threads = cli->threads,
                                               .progress = progress_share,
                                               .progress_context = &progress};
    const struct stability_request draws = {.property = r->property,
                                            .layer = tests.layer,
                                            .layers = 1,
                                            .bootstrap = {.strata = x->strata,
                                                          .speakers = x->speakers,
                                                          .draws = x->draws,
                                                          .seed = x->seed},
                                            .threads = cli->threads,
                                            .progress = progress_share,
                                            .progress_context = &progress};
    enum status code = STATUS_OK;
    if (r->tests || r->stable > 0)
        a->cancel = progress_catch_signals();
    progress_begin(&progress, cli, "testing neurons");
    if (r->tests)
        code = neuron_tests_make(&f->tests, a, &tests, err);
    progress_end(&progress);
    if (!code && r->tests) {
        exchange_note(cli, r->property, f->tests.kind, f->tests.left_out);
        exchange_note_only(cli, r->property, f->tests.kind, f->tests.draws, f->tests.enumerated);
        exchange_note_unused(cli, r->property, f->tests.kind, x);
    }
    progress_begin(&progress, cli, "drawing speakers");
    if (!code && r->stable > 0)
        code = stability_make(&f->stability, a, &draws, err);
    progress_end(&progress);
    if (!code && r->stable > 0)
        bootstrap_note(cli, &f->stability.design);
    return code;
}

/* The neurons of each layer, a line each, with p and q, or those that are stable. */
static enum status print_found(FILE *out, struct analysis *a, const struct request *r,
                               const struct neurons_found *f, struct err *err)
{
    const struct selection *chosen;
    enum status code = STATUS_OK;
    uint32_t layers = r->tests ? f->tests.layers : f->stability.layers;
    if (r->tests)
        print_neuron_tests_head(out, r->property, &f->tests);
    if (r->stable > 0)
        print_drawn(out, &f->stability.design, r->property);
    for (uint32_t i = 0; i < layers && !code; i++) {
        const struct report_neurons_more more = neurons_more(r, f, i);
        uint32_t layer = r->tests ? f->tests.layer[i].layer : f->stability.layer[i].layer;
        struct table rows = TABLE_INIT;
        code = analysis_selection(a, r->property, layer, NULL, &chosen, err);
        if (!code)
            code = report_neurons(&rows, a, r->property, layer, &more, err);
        if (!code && r->tests)
            print_neuron_tests(out, &f->tests.layer[i], chosen->neurons, &rows);
        else if (!code)
            print_stable(out, &f->stability.layer[i], r->stable, &rows);
        table_free(&rows);
    }
    return code;
}

/* What is printed without tests: sets, as text or as the published program writes them, layer by
 * layer as one JSON object, in its order. */
static enum status print_sets(FILE *out, const struct cli *cli, struct analysis_input *in,
                              const struct request *r, const struct property *p, struct err *err)
{
    const struct property_layer *l;
    const struct selection *chosen;
    enum status code = STATUS_OK;
    uint32_t first = r->layer ? (uint32_t)r->layer - 1 : 0;
    uint32_t end = r->layer ? (uint32_t)r->layer : in->counts.layers;
    for (uint32_t i = first; i < end && !code; i++) {
        code = analysis_layer(&in->analysis, r->property, i, &l, err);
        if (!code)
            code = analysis_selection(&in->analysis, r->property, i, NULL, &chosen, err);
        if (!code && cli->format == CLI_TEXT)
            print_text(out, p, i, chosen, r->groups);
        else if (!code)
            code = print_authors(out, p, l, &in->counts, i == first, err);
    }
    if (!code && cli->format == CLI_AUTHORS)
        fputs("}\n", out);
    return code;
}

/* The property neurons of one layer or of all. */
static enum status print_neurons(FILE *out, const struct cli *cli, struct analysis_input *in,
                                 void *context, struct err *err)
{
    const struct request *r = context;
    const struct property *p;
    struct neurons_found found = {.tests.layer = NULL};
    enum status code = analysis_property(&in->analysis, r->property, &p, err);
    if (!code)
        code = neurons_find(&found, cli, &in->analysis, r, err);
    if (!code && cli->format == CLI_TEXT)
        print_head(out, in, p);
    if (!code && (cli->format == CLI_TSV || cli->format == CLI_JSON))
        code = print_tables(out, cli, in, r, &found, err);
    else if (!code && (r->tests || r->stable > 0))
        code = print_found(out, &in->analysis, r, &found, err);
    else if (!code)
        code = print_sets(out, cli, in, r, p, err);
    neuron_tests_free(&found.tests);
    stability_free(&found.stability);
    return code;
}

static const struct field neurons_stable = {"stable", FIELD_SHARE, offsetof(struct request, stable),
                                            .takes = "takes a percentage above 0 and up to 100"};

static bool neurons_do_take_option(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    if (opt == NEURONS_GROUPS)
        r->groups = true;
    if (opt == NEURONS_TESTS)
        r->tests = true;
    if (opt == NEURONS_STABLE)
        return cli_take_field(a, &neurons_stable, r);
    if (opt != NEURONS_FDR)
        return true;
    for (r->fdr = FDR_BH; r->fdr < FDR_COUNT; r->fdr++)
        if (strcmp(a->value, fdr_name(r->fdr)) == 0)
            return true;
    cli_usage(a->command, "--fdr takes bh, by or storey, not '%s'", a->value);
    return false;
}

/* Options that do not go together; the exit status, or CLI_END. */
static int neurons_check(const struct cli *cli, const struct request *r)
{
    const struct cli_command *me = &command_neurons;
    bool published = selection_is_published(&r->options.rule), stable = r->stable > 0;
    if (cli->format == CLI_AUTHORS && !published)
        return cli_usage(me, "--format authors is for the published rule, not for --select and "
                             "--size");
    if (!r->tests && (r->fdr != FDR_COUNT || r->exchange.tokens))
        return cli_usage(me, "--fdr and --tokens are for --tests");
    if (!r->tests && !stable && exchange_given(&r->exchange))
        return cli_usage(me, "--strata, --speakers, --draws and --seed are for --tests and "
                             "--stable");
    if ((r->tests || stable) && cli->format == CLI_AUTHORS)
        return cli_usage(me, "--format authors has no room for --tests and --stable");
    if (stable && !published)
        return cli_usage(me, "--stable is for the published rule, not for --select and --size");
    if (stable && r->exchange.draws == LABELINGS_ALL)
        return cli_usage(me, "--stable takes a number of --draws, not all");
    return CLI_END;
}

static int neurons_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT, .fdr = FDR_COUNT};
    const char *file;
    int status =
        analysis_parse(cli, &command_neurons, argc, argv, neurons_do_take_option, &r, &file);
    if (status != CLI_END)
        return status;
    if (!r.property)
        return cli_usage(&command_neurons, "--property NAME is needed");
    if (neurons_check(cli, &r) != CLI_END)
        return CLI_USAGE;
    r.layer = r.options.layer;
    return analysis_run(cli, file, &r.options, print_neurons, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {&analysis_rule_options, offsetof(struct request, options)},
    {&analysis_property_options, offsetof(struct request, property)},
    {&exchange_option_group, offsetof(struct request, exchange)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    [NEURONS_GROUPS] = {"groups", 0, NULL, "list the neurons of each group", NULL},
    [NEURONS_TESTS] = {"tests", 0, NULL, "p and q of each neuron, by exchanging labels (see null)",
                       NULL},
    [NEURONS_FDR] = {"fdr", 0, "METHOD", "how q is computed: bh, by or storey (default: bh)",
                     "bh|by|storey"},
    [NEURONS_STABLE] = {"stable", 0, "PERCENT",
                        "only neurons of the set in as many bootstrap draws (see stability)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_neurons = {
    .name = "neurons",
    .summary = "List property and group neurons",
    .synopsis = "[OPTION...] --property NAME FILE",
    .details =
        "N of a group: neurons in the patterns of at least sigma of its phones.  Group neurons:\n"
        "N minus the N of every other group.  Property neurons: union of all group neurons.\n"
        "\n"
        "--tests: p is how often exchanged labels give a neuron as large a margin (share of a\n"
        "group's patterns less that of the next group); q is the false discovery rate among the\n"
        "neurons of the layer.\n"
        "--stable: speakers are drawn with replacement, and neurons that are in the set in fewer\n"
        "than PERCENT of the draws are left out.\n"
        "\n"
        "Its table is 'neurons' in propneu-tables(5), with --groups in JSON also 'members' (N);\n"
        "such a table can be used as @FILE in set expressions.  --format authors writes the\n"
        "published JSON, {\"1\": [..], ..}, in the published order; with --compat authors it is\n"
        "identical to the published program's output.\n",
    .examples =
        "  propneu neurons my.counts --property gender --groups\n"
        "  propneu neurons my.counts --property gender --tests --fdr by\n"
        "  propneu neurons my.counts --property gender --stable 90%\n"
        "  propneu neurons my.counts --property phone --layer 8 --format tsv -o phone.tsv\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = neurons_run,
    .authors = true,
};
