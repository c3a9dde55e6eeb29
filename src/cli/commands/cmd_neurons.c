/*
 * propneu neurons: property and group neurons, as a list, a table, or the JSON that the published
 * program writes.
 */
#include "config.h"

#include "cli/commands/analysis_options.h"
#include "cli/commands.h"
#include "cli/commands/print_tables.h"

#include <stdlib.h>

#include "base/bitset.h"
#include "base/mem.h"

/* The heading says how many phones were judged in each group only where that fits a line. */
#define MANY_GROUPS 5

struct request {
    struct analysis_options options;
    const char *property;
    bool groups;
    unsigned long layer; /* 0: all */
};

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
                                const struct request *r, struct err *err)
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
    struct table *neurons = answer_add(&answer);
    for (uint32_t l = first; !code && l < end; l++) {
        if (members)
            code = report_members(members, a, r->property, l, err);
        if (!code)
            code = report_neurons(neurons, a, r->property, l, err);
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

/* The property neurons of one layer or of all. The authors' format is written layer by layer as
 * one JSON object, in the order of the published program. */
static enum status print_neurons(FILE *out, const struct cli *cli, struct analysis_input *in,
                                 void *context, struct err *err)
{
    const struct request *r = context;
    const struct property *p;
    const struct property_layer *l;
    const struct selection *chosen;
    uint32_t first = r->layer ? (uint32_t)r->layer - 1 : 0;
    uint32_t end = r->layer ? (uint32_t)r->layer : in->counts.layers;
    enum status code = analysis_property(&in->analysis, r->property, &p, err);
    if (code)
        return code;
    if (cli->format == CLI_TSV || cli->format == CLI_JSON)
        return print_tables(out, cli, in, r, err);
    if (cli->format == CLI_TEXT)
        print_head(out, in, p);
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

static bool neurons_do_take_option(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    (void)a, (void)opt; /* there is one, without a value */
    r->groups = true;
    return true;
}

static int neurons_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT};
    const char *file;
    int status =
        analysis_parse(cli, &command_neurons, argc, argv, neurons_do_take_option, &r, &file);
    if (status != CLI_END)
        return status;
    if (!r.property)
        return cli_usage(&command_neurons, "--property NAME is needed");
    if (cli->format == CLI_AUTHORS && !selection_is_published(&r.options.rule))
        return cli_usage(&command_neurons, "--format authors is for the published rule, not "
                                           "for --select and --size");
    r.layer = r.options.layer;
    return analysis_run(cli, file, &r.options, print_neurons, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {&analysis_rule_options, offsetof(struct request, options)},
    {&analysis_property_options, offsetof(struct request, property)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    {"groups", 0, NULL, "list the neurons of each group", NULL},
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
        "Its table is 'neurons' in propneu-tables(5), with --groups in JSON also 'members' (N);\n"
        "such a table can be used as @FILE in set expressions.  --format authors writes the\n"
        "published JSON, {\"1\": [..], ..}, in the published order; with --compat authors it is\n"
        "identical to the published program's output.\n",
    .examples =
        "  propneu neurons my.counts --property gender --groups\n"
        "  propneu neurons my.counts --property phone --layer 8 --format tsv -o phone.tsv\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = neurons_run,
    .authors = true,
};
