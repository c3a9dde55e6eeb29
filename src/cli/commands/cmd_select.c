/*
 * propneu select: the neurons of a property by several rules, with their scores and ranks, or how
 * far the rules agree.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/number.h"
#include "cli/commands.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/print_tables.h"

enum { OPT_SELECT, OPT_SIZE, OPT_AGREEMENT, OPT_ALL };

enum { MOST = 32 }; /* selectors of one command */

struct select_request {
    struct analysis_options options;
    const char *property, *layers;
    const struct selector *selector[MOST];
    size_t selectors;
    bool agreement, all;
};

/* Takes NAME,NAME...; false after complaining. */
static bool select_take_names(struct select_request *r, const struct cli_args *a)
{
    char name[40];
    for (const char *at = a->value; at;) {
        size_t n = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", n < sizeof name ? (int)n : 0, at);
        const struct selector *s = selector_find(name);
        for (size_t i = 0; i < r->selectors && s; i++)
            if (r->selector[i] == s) {
                cli_usage(a->command, "--select names %s twice", name);
                return false;
            }
        if (!s || r->selectors == MOST) {
            cli_usage(a->command,
                      "--select takes one or more of" SELECTORS(
                          SELECTOR_LISTED) ", with commas between, not '%s'",
                      a->value);
            return false;
        }
        r->selector[r->selectors++] = s;
        at = at[n] ? at + n + 1 : NULL;
    }
    return true;
}

static bool select_take(void *context, const struct cli_args *a, int opt)
{
    struct select_request *r = context;
    switch (opt) {
    case OPT_SELECT: return select_take_names(r, a);
    case OPT_SIZE: return analysis_selection_take(&r->options, a, opt);
    case OPT_AGREEMENT: r->agreement = true; return true;
    default: r->all = true; return true;
    }
}

/* The neurons of each selector and group in the order of their ranks. */
static enum status select_print_sets(FILE *out, struct analysis *a, const struct property *p,
                                     const struct report_selectors *s, uint32_t layer,
                                     struct err *err)
{
    const struct selection *set;
    struct selection_ranking r;
    enum status code = STATUS_OK;
    fprintf(out, "layer %u\n", layer + 1);
    for (size_t i = 0; i < s->count && !code; i++) {
        code = analysis_selection(a, p->name, layer, s->selector[i], &set, err);
        if (!code)
            code = analysis_ranking(a, p->name, layer, s->selector[i], &r, err);
        for (uint32_t g = 0; g < p->groups && !code; g++) {
            const uint64_t *chosen = set->group + g * set->words;
            fputs("  ", out);
            print_name(out, s->selector[i]->name, 12);
            print_name(out, p->group.name[g], 10);
            fprintf(out, " %4zu:", bitset_count(chosen, set->words));
            for (uint32_t k = 0; k < r.width; k++)
                if (bitset_has(chosen, r.order[(size_t)g * r.width + k]))
                    fprintf(out, " %u", r.order[(size_t)g * r.width + k]);
            fputc('\n', out);
        }
        if (!code)
            selection_ranking_free(&r);
    }
    return code;
}

static void select_print_agreement(FILE *out, const struct table *t)
{
    struct buf text = BUF_INIT;
    table_text(t, &text);
    fputs(buf_text(&text), out);
    buf_free(&text);
}

/* The heading: settings, and what the scores of mi and log-odds are relative to. */
static void select_print_head(FILE *out, const struct analysis_input *in,
                              const struct report_selectors *s, const struct table *summary)
{
    print_settings(out, in);
    print_name(out, s->property, 0);
    for (size_t i = 0; i < s->count; i++)
        if (s->selector[i] == &selector_mi)
            fprintf(out, "; entropy of the groups %s nats",
                    number_fixed(table_at(summary, 0, 3)->value.real, 4).text);
        else if (s->selector[i] == &selector_log_odds)
            fprintf(out, "; log-odds with kappa %d", SELECTOR_KAPPA);
    fputc('\n', out);
}

/* The tables of the layers asked for, or their text. */
static enum status select_print_layers(FILE *out, const struct cli *cli, struct analysis_input *in,
                                       const struct select_request *r,
                                       const struct report_selectors *s, const uint32_t *layer,
                                       uint32_t layers, struct err *err)
{
    struct analysis *a = &in->analysis;
    const struct property *p;
    struct answer answer = ANSWER_INIT;
    bool text = cli->format == CLI_TEXT, sets = text && !r->agreement;
    enum status code = analysis_property(a, r->property, &p, err);
    if (!code)
        code = report_settings(answer_add(&answer), a, err);
    struct table *summary = answer_add(&answer), *rows = answer_add(&answer);
    if (!code)
        code = report_select_summary(summary, a, s, err);
    if (!code && text)
        select_print_head(out, in, s, summary);
    for (uint32_t i = 0; i < layers && !code; i++)
        code = sets           ? select_print_sets(out, a, p, s, layer[i], err)
               : r->agreement ? report_agreement(rows, a, s, layer[i], err)
                              : report_select(rows, a, s, layer[i], err);
    if (!code && text && r->agreement)
        select_print_agreement(out, rows);
    else if (!code && !text)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

static enum status select_print(FILE *out, const struct cli *cli, struct analysis_input *in,
                                void *context, struct err *err)
{
    const struct select_request *r = context;
    const struct report_selectors s = {r->property, r->selector, r->selectors, r->all};
    uint32_t *layer, layers;
    enum status code = layer_list_parse(r->layers, &in->analysis, &layer, &layers, err);
    if (code)
        return code;
    code = select_print_layers(out, cli, in, r, &s, layer, layers, err);
    free(layer);
    return code;
}

static int select_run(struct cli *cli, int argc, char **argv)
{
    struct select_request r = {.options = ANALYSIS_OPTIONS_DEFAULT};
    const char *file;
    int status = analysis_parse(cli, &command_select, argc, argv, select_take, &r, &file);
    if (status != CLI_END)
        return status;
    if (!r.property || !r.selectors)
        return cli_usage(&command_select, "--property NAME and --select NAME,... are needed");
    if (r.agreement && r.selectors < 2)
        return cli_usage(&command_select, "--agreement compares two selectors or more");
    if (r.agreement && r.all)
        return cli_usage(&command_select, "--agreement and --all exclude each other");
    if (r.all && cli->format == CLI_TEXT)
        return cli_usage(&command_select, "--all goes with --format tsv or json");
    return analysis_run(cli, file, &r.options, select_print, &r);
}

/* The selectors, from their table. */
static void select_list(FILE *out)
{
    fputs("\nSelectors:\n", out);
    for (size_t i = 0; selectors[i]; i++)
        fprintf(out, "  %-12s  %s\n", selectors[i]->name, selectors[i]->summary);
}

static const struct cli_group_use select_groups[] = {
    {&analysis_property_options, offsetof(struct select_request, property)},
    {&layer_list_option, offsetof(struct select_request, layers)},
    {&analysis_selection_options, offsetof(struct select_request, options)},
    {NULL, 0},
};

static const struct cli_option select_options[] = {
    [OPT_SELECT] = {"select", 0, "NAME[,NAME...]", "the selectors; see above",
                    &SELECTORS(SELECTOR_WORD)[1]},
    [OPT_SIZE] = {"size", 0, "SIZE", ANALYSIS_SIZE_HELP, ANALYSIS_SIZE_WORDS},
    [OPT_AGREEMENT] = {"agreement", 0, NULL, "compare the selectors, two by two", NULL},
    [OPT_ALL] = {"all", 0, NULL, "TSV and JSON: all neurons, not only those that are chosen", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_select = {
    .name = "select",
    .summary = "Property neurons by other rules, and how far rules agree",
    .synopsis = "[OPTION...] --property NAME --select NAME[,NAME...] FILE",
    .details =
        "The default size, paper, takes as many neurons in each layer and group as the published\n"
        "rule does; own is what paper and lape themselves say; a number K takes K.  The table has "
        "a\n"
        "row for every selector and each neuron that one of them chooses for the group.\n"
        "--agreement: neurons that two selectors share, over those that either has (Jaccard), and\n"
        "the rank correlation (Spearman) of all neurons that both rank.\n"
        "\n"
        "Other commands take --select NAME, and sets NAME:SELECTOR (gender=female@4:lape).\n"
        "Its tables are 'select' and 'agreement' in propneu-tables(5); in JSON the keys neurons\n"
        "and pairs.\n",
    .lists = select_list,
    .examples =
        "  propneu select my.counts --property gender --select paper,lape,mi --layer 4\n"
        "  propneu select my.counts --property phone --select margin --size 20 --format tsv\n"
        "  propneu select my.counts --property gender --select paper,mi,iou --agreement\n",
    .groups = select_groups,
    .options = select_options,
    .files = CLI_FILE,
    .run = select_run,
};
