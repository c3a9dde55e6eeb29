/*
 * propneu merge: adds count files.
 */
#include "config.h"

#include "cli/commands.h"

#include "count/merge.h"

enum { OPT_PARTIAL };

static const struct cli_option options[] = {
    {"partial", 0, NULL, "merge shards even if some of the corpus are missing", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* The command. Files of the same utterances are merged with a note only: equal recordings may be
 * intended, but counts would then weigh them twice. */
static int merge_run(struct cli *cli, int argc, char **argv)
{
    struct cli_args a;
    struct err err;
    struct merge_options o = {.created_by = "propneu " PACKAGE_VERSION, .command = "propneu merge"};
    struct merge_outcome outcome;
    int opt;
    cli_args_init(&a, cli, &command_merge, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        o.partial |= opt == OPT_PARTIAL;
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (a.first == argc || !cli->output)
        return cli_usage(&command_merge, "-o FILE and at least one count file are needed");
    if (merge_files((const char *const *)(argv + a.first), (size_t)(argc - a.first), &o,
                    cli->output, &outcome, &err))
        return cli_fail(&err);
    if (outcome.repeated)
        cli_note(cli,
                 "%s: two of the files are of the same utterances, which are now counted twice",
                 cli->output);
    if (outcome.without)
        cli_note(cli, "%s: without a token file, as %s has none", cli->output, outcome.without);
    return CLI_DONE;
}

const struct cli_command command_merge = {
    .name = "merge",
    .summary = "Add count files of the same model and settings",
    .synopsis = "[OPTION...] -o FILE IN...",
    .examples = "  propneu merge -o all.counts part1.counts part2.counts\n"
                "  propneu merge -o all.counts shard-*-of-16.counts\n",
    .details =
        "Files of another model, or counted with other settings, are rejected.  Recordings that\n"
        "occur in several files cannot be detected and are counted repeatedly.  Shards (propneu\n"
        "count --shard) are checked: each may occur once, and all are needed; the result is then\n"
        "identical to the file of one run over the corpus.  Where every file has its tokens "
        "beside\n"
        "it (FILE.tokens), these are added, too.\n",
    .options = options,
    .files = CLI_FILE,
    .run = merge_run,
    .in_place = true,
};
