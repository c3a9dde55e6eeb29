/*
 * propneu statistic: one statistic of a property, layer by layer.
 */
#include "config.h"

#include <math.h>

#include "analysis/statistic.h"
#include "cli/commands.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands/print_tables.h"
#include "report/report.h"

extern const struct cli_command command_statistic; /* in the program: commands.h */

struct statistic_request {
    struct analysis_options options;
    const char *property;
};

static const struct table_column statistic_columns[] = {
    {"layer", TABLE_INTEGER, NULL, "layer, from 1", 0, 0},
    {"size", TABLE_REAL, "neurons", "number of property neurons", 0, 0},
};

static const struct table_form statistic_form =
    TABLE_FORM("statistic", "layers", "What is the size in each layer?", statistic_columns);

/* The question's answer as a table, which TSV and JSON are printed from. */
static enum status statistic_print(FILE *out, const struct cli *cli, struct analysis_input *in,
                                   void *context, struct err *err)
{
    const struct statistic_request *r = context;
    struct answer answer = ANSWER_INIT;
    struct table *t = answer_add(&answer);
    enum status code = STATUS_OK;
    table_begin(t, &statistic_form, 0);
    for (uint32_t l = 0; l < in->counts.layers && !code; l++) {
        double value = NAN;
        code =
            statistic_of_layer(&statistic_size, &in->analysis, r->property, l, NULL, &value, err);
        table_count(t, l + 1);
        table_real(t, value);
    }
    if (!code)
        code = answer_print(out, cli->format == CLI_JSON ? CLI_JSON : CLI_TSV, &answer, err);
    answer_free(&answer);
    return code;
}

static bool statistic_take_option(void *context, const struct cli_args *a, int opt)
{
    struct statistic_request *r = context;
    (void)opt; /* there is one */
    r->property = a->value;
    return true;
}

static int statistic_run(struct cli *cli, int argc, char **argv)
{
    struct statistic_request r = {.options = ANALYSIS_OPTIONS_DEFAULT, .property = "phone"};
    struct cli_args a;
    int status = cli_parse(&a, cli, &command_statistic, argc, argv, statistic_take_option, &r);
    if (status != CLI_END)
        return status;
    if (argc - a.first != 1)
        return cli_usage(&command_statistic, "one count FILE is needed");
    return analysis_run(cli, argv[a.first], &r.options, statistic_print, &r);
}

static const struct cli_group_use statistic_groups[] = {
    {&analysis_selection_options, offsetof(struct statistic_request, options)},
    {NULL, 0},
};

static const struct cli_option statistic_options[] = {
    {"property", 0, "NAME", "phone, gender, pitch, ... (phone)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_statistic = {
    .name = "statistic",
    .summary = "The number of property neurons in each layer",
    .synopsis = "[OPTION...] FILE",
    .examples = "  propneu statistic my.counts --property gender\n",
    .groups = statistic_groups,
    .options = statistic_options,
    .files = CLI_FILE,
    .run = statistic_run,
};
