#include "config.h"

#include "commands.h"

#include "propneu/merge.h"

static int run(struct cli *cli, int argc, char **argv)
{
    struct cli_args a;
    struct err err;
    bool repeated;
    int opt;
    cli_args_init(&a, cli, &command_merge, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        ;
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (a.first == argc || !cli->output)
        return cli_usage(&command_merge, "-o FILE and at least one count file are needed");
    if (merge_files((const char *const *)(argv + a.first), (size_t)(argc - a.first),
                    "propneu " PACKAGE_VERSION, "propneu merge", cli->output, &repeated, &err))
        return cli_fail(&err);
    if (repeated)
        cli_note(cli, "%s: two of the files are of the same utterances, which now count twice",
                 cli->output);
    return CLI_DONE;
}

const struct cli_command command_merge = {
    .name = "merge",
    .summary = "Adds count files of the same model and settings",
    .synopsis = "[OPTION...] -o FILE IN...",
    .examples = "  propneu merge -o all.counts part1.counts part2.counts\n",
    .details =
        "Files of another model, or counted with other settings, are refused.  Whether files\n"
        "share recordings cannot be known from them: those would be counted twice.\n",
    .files = CLI_FILE,
    .run = run,
};
