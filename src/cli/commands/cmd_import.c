/*
 * propneu import: a count file from the published program's pickle of activation probabilities.
 */
#include "config.h"

#include "cli/commands.h"

#include <string.h>

#include "count/import.h"

enum { OPT_CONDITION, OPT_LABEL_TABLE, OPT_LAMBDA };

static const struct cli_option options[] = {
    {"condition", 0, "CONDITION", "meaning of the rows: phone-type, gender or pitch",
     "phone-type|gender|pitch"},
    {"label-table", 0, "FILE", "phone names of the rows (default: the published 41)", CLI_FILE},
    {"lambda", 0, "PERCENT", "share of neurons activated in a frame (default: 1)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* Finds the condition by its name in the published files. */
static bool parse_condition(const char *text, enum import_condition *out)
{
    for (int c = 0; c < IMPORT_CONDITIONS; c++)
        if (strcmp(text, import_condition_names[c]) == 0) {
            *out = (enum import_condition)c;
            return true;
        }
    return false;
}

/* The command. --condition is required, as the pickle itself does not say whether its rows are
 * phones, or phones by gender or by pitch. */
static int import_run(struct cli *cli, int argc, char **argv)
{
    struct import_options o = {
        .lambda_percent = 1, .created_by = "propneu " PACKAGE_VERSION, .command = "propneu import"};
    struct cli_args a;
    struct err err;
    bool conditioned = false, good = true;
    int opt;
    cli_args_init(&a, cli, &command_import, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        switch (opt) {
        case OPT_CONDITION: conditioned = parse_condition(a.value, &o.condition); break;
        case OPT_LABEL_TABLE: o.label_table = a.value; break;
        default: good = cli_double(a.value, 1e-6, 100, &o.lambda_percent); break;
        }
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (!conditioned)
        return cli_usage(&command_import, "--condition phone-type, gender or pitch is needed");
    if (!good)
        return cli_usage(&command_import, "--lambda needs a number above 0 and up to 100");
    if (argc - a.first != 1 || !cli->output || strcmp(cli->output, "-") == 0)
        return cli_usage(&command_import, "one FILE and -o FILE are needed");
    o.path = argv[a.first];
    o.output = cli->output;
    return import_pickle(&o, &err) ? cli_fail(&err) : CLI_DONE;
}

const struct cli_command command_import = {
    .name = "import",
    .summary = "Make a count file from the published program's activation probabilities",
    .synopsis = "[OPTION...] --condition CONDITION -o FILE FILE.pkl",
    .examples = "  propneu import --condition gender -o gender.counts gender.pkl\n",
    .details =
        "The pickle is parsed, never executed.  The result has probabilities but no frame\n"
        "counts; --condition specifies whether the rows are 41 phones, or 41 for each gender\n"
        "or pitch range.\n",
    .options = options,
    .files = CLI_FILE,
    .run = import_run,
};
