/*
 * propneu null: statistics of a property in each layer, and what chance gives: the same with labels
 * exchanged among the units that are exchangeable if the claim is false.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"

struct null_command {
    struct analysis_options options;
    const char *property;
    const char *layers;
    const char *statistic[NULL_MAX_STATISTICS]; /* lists, as typed */
    unsigned statistics;
    struct exchange_options exchange;
};

/* What one run needs, to be freed together. */
struct null_run {
    struct null_request request;
    uint32_t *layer;
    char *text[NULL_MAX_STATISTICS]; /* "size", "overlap:SET" */
    struct setexpr set[NULL_MAX_STATISTICS];
    unsigned count;
    struct null_result result[2]; /* the second within further strata */
    unsigned results;
};

/* Length of the first item of TEXT: up to a comma outside brackets and quotes. */
static size_t null_item(const char *text)
{
    int depth = 0;
    bool quoted = false;
    size_t n = 0;
    for (; text[n] && (text[n] != ',' || depth > 0 || quoted); n++) {
        quoted = quoted != (text[n] == '"');
        depth += !quoted && strchr("([{", text[n]) ? 1 : !quoted && strchr(")]}", text[n]) ? -1 : 0;
    }
    return n;
}

/* Adds the statistics of LIST, "size,overlap:phone & pitch". */
static enum status null_add_list(struct null_run *n, const char *list, struct analysis *a,
                                 struct err *err)
{
    enum status code = STATUS_OK;
    for (const char *at = list; at && !code;) {
        size_t len = null_item(at);
        if (n->count == NULL_MAX_STATISTICS)
            return err_set(err, STATUS_USAGE, "--statistic takes %d at most", NULL_MAX_STATISTICS);
        char *text = n->text[n->count] = mem_strndup(at, len);
        if (!text)
            return err_nomem(err);
        code = null_add_statistic(&n->request, text, a, &n->set[n->count++], err);
        at = at[len] ? at + len + 1 : NULL;
    }
    return code;
}

static enum status null_prepare(struct null_run *n, const struct null_command *c,
                                struct analysis *a, struct err *err)
{
    n->request.property = c->property;
    n->request.exchange = c->exchange;
    enum status code = layer_list_parse(c->layers, a, &n->layer, &n->request.layers, err);
    n->request.layer = n->layer;
    for (unsigned i = 0; i < c->statistics && !code; i++)
        code = null_add_list(n, c->statistic[i], a, err);
    if (!code && c->statistics == 0)
        code = null_add_list(n, "size,full-dim", a, err);
    return code;
}

static void null_run_free(struct null_run *n)
{
    for (unsigned i = 0; i < n->count; i++) {
        setexpr_free(&n->set[i]);
        free(n->text[i]);
    }
    free(n->layer);
    for (unsigned i = 0; i < n->results; i++)
        null_free(&n->result[i]);
}

/* "gender against 630 labelings ...": how to read the table. */
static void null_print_head(FILE *out, const struct null_result *n)
{
    if (n->why[0]) {
        print_name(out, n->property, 0);
        fputs(": no labels could be exchanged, so that there is no p", out);
    } else {
        print_exchange(out, n->property, n->kind, n->strata, n->draws, n->enumerated);
    }
    fputs(n->enumerated && n->draws == 1 ? ": there is no other\n\n" : "\n\n", out);
}

static void null_print_text(FILE *out, const struct null_result *n)
{
    null_print_head(out, n);
    fputs("layer  statistic     observed  by chance  (95 %)                    p    p_max\n", out);
    for (uint32_t i = 0; i < n->rows; i++) {
        const struct null_row *row = &n->row[i];
        const struct summary *s = &row->summary;
        int digits = row->statistic->unit[0] ? 0 : 3;
        fprintf(out, "%5u  ", row->layer + 1);
        print_name(out, row->statistic->name, 12);
        fputs("  ", out);
        print_real(out, s->observed, 8, digits);
        print_real(out, s->mean, 11, digits ? 3 : 1);
        print_real(out, s->low, 10, digits);
        print_real(out, s->high, 9, digits);
        print_real(out, s->p, 15, 4);
        print_real(out, s->p_max, 9, 4);
        if (row->set[0]) {
            fputs("  ", out);
            print_name(out, row->set, 0);
        }
        fputc('\n', out);
    }
}

static void null_print_all(FILE *out, const struct analysis_input *in, const struct null_run *n)
{
    print_settings(out, in);
    for (unsigned i = 0; i < n->results; i++) {
        if (i)
            fputc('\n', out);
        null_print_text(out, &n->result[i]);
    }
}

/* The null, and for tokens the one within utterances, too. */
static enum status null_compute(struct null_run *n, const struct cli *cli, struct analysis *a,
                                struct err *err)
{
    struct progress progress;
    enum status code;
    progress_begin(&progress, cli, "exchanging labels");
    n->request.progress = progress_share;
    n->request.progress_context = &progress;
    do {
        code = null_make(&n->result[n->results], a, &n->request, err);
        if (code)
            break;
        if (n->result[n->results].why[0])
            cli_note(cli, "no p: %s", n->result[n->results].why);
        enum exchange_kind kind = n->result[n->results].kind;
        exchange_note_only(cli, n->request.property, kind, n->result[n->results].draws,
                           n->result[n->results].enumerated);
        if (n->results++ == 0) {
            exchange_note(cli, n->request.property, kind, n->result[0].left_out);
            exchange_note_unused(cli, n->request.property, kind, &n->request.exchange);
        }
        if (n->result[0].why[0])
            break;
        n->request.exchange.strata = exchange_further_strata(kind, &n->request.exchange);
    } while (n->request.exchange.strata && n->results < 2);
    progress_end(&progress);
    return code;
}

/* An overlap that is 0 in every labeling is no evidence of anything. */
static void null_note_sets(const struct null_run *n, const struct cli *cli)
{
    const struct null_result *first = &n->result[0];
    for (uint32_t i = 0; i < first->rows; i++) {
        const struct null_row *row = &first->row[i];
        double most = row->summary.observed;
        for (uint64_t d = 0; d < first->draws; d++)
            most = row->value[d] > most ? row->value[d] : most;
        if (row->set[0] && most == 0)
            cli_note(cli,
                     "layer %u: overlap:%s is 0 in every labeling (a set of another layer, NAME@N, "
                     "has no neurons in this one)",
                     row->layer + 1, row->set);
    }
}

static enum status null_print_tables(FILE *out, const struct cli *cli, const struct analysis *a,
                                     const struct null_run *n, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = report_settings(answer_add(&answer), a, err);
    struct table *t = answer_add(&answer);
    for (unsigned i = 0; i < n->results && !code; i++)
        code = report_null(t, &n->result[i], err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

static enum status null_print(FILE *out, const struct cli *cli, struct analysis_input *in,
                              void *context, struct err *err)
{
    const struct null_command *c = context;
    struct null_run n = {.request = {.threads = cli->threads}};
    in->analysis.cancel = progress_catch_signals();
    enum status code = null_prepare(&n, c, &in->analysis, err);
    if (!code)
        code = null_compute(&n, cli, &in->analysis, err);
    if (!code)
        null_note_sets(&n, cli);
    if (!code && cli->format == CLI_TEXT)
        null_print_all(out, in, &n);
    else if (!code)
        code = null_print_tables(out, cli, &in->analysis, &n, err);
    null_run_free(&n);
    return code;
}

static bool null_take(void *request, const struct cli_args *a, int opt)
{
    struct null_command *c = request;
    (void)opt; /* there is one */
    if (c->statistics == NULL_MAX_STATISTICS) {
        cli_usage(a->command, "--statistic is given more than %d times", NULL_MAX_STATISTICS);
        return false;
    }
    c->statistic[c->statistics++] = a->value;
    return true;
}

static int null_run_command(struct cli *cli, int argc, char **argv)
{
    struct null_command c = {.options = ANALYSIS_OPTIONS_DEFAULT};
    const char *file;
    int status = analysis_parse(cli, &command_null, argc, argv, null_take, &c, &file);
    if (status != CLI_END)
        return status;
    if (!c.property)
        return cli_usage(&command_null, "--property NAME is needed");
    return analysis_run(cli, file, &c.options, null_print, &c);
}

static void null_lists(FILE *out)
{
    fputs("\nStatistics:\n", out);
    for (size_t i = 0; statistics[i]; i++)
        fprintf(out, "  %-14s  %s\n", statistics[i]->name, statistics[i]->summary);
}

static const struct cli_group_use null_groups[] = {
    {&analysis_property_options, offsetof(struct null_command, property)},
    {&layer_list_option, offsetof(struct null_command, layers)},
    {&analysis_selection_options, offsetof(struct null_command, options)},
    {&exchange_option_group, offsetof(struct null_command, exchange)},
    {&analysis_method_option, offsetof(struct null_command, options)},
    {NULL, 0},
};

static const struct cli_option null_options[] = {
    {"statistic", 0, "LIST", "statistics, with commas (default: size,full-dim); see below",
     "size|silhouette|full-dim|anosim|permanova-f|permanova-r2|permdisp|overlap:"},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_null = {
    .name = "null",
    .summary = "What chance gives: sizes and silhouettes with labels exchanged, and p",
    .synopsis = "[OPTION...] --property NAME FILE",
    .details =
        "Labels are exchanged among the units that are exchangeable if the claim is false: the\n"
        "classes of phones; genders among speakers, within the strata of the speaker table; pitch\n"
        "levels among tokens of one speaker and phone; utterances among speakers of one gender.\n"
        "p is the share of labelings that reach the observed value; p_max that for the best of\n"
        "the layers.  A p above .05 means 'not shown here', never 'no effect'.\n"
        "\n"
        "Its table is 'null' in propneu-tables(5); propneu-statistics(7) says when which\n"
        "exchange is right.\n",
    .lists = null_lists,
    .examples = "  propneu null my.counts --property gender\n"
                "  propneu null my.counts --property gender --strata none --layer 1-4\n"
                "  propneu null my.counts --property phone --statistic 'anosim,overlap:gender'\n",
    .groups = null_groups,
    .options = null_options,
    .files = CLI_FILE,
    .run = null_run_command,
};
