#include "config.h"

#include "commands.h"

static int run(struct cli *cli, int argc, char **argv)
{
    struct cli_args a;
    int opt;
    cli_args_init(&a, cli, &command_info, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        ;
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (argc - a.first != 1)
        return cli_usage(&command_info, "one FILE is needed");
    return CLI_DONE;
}

const struct cli_command command_info = {
    .name = "info",
    .summary = "What a model, count file, label file or checkpoint holds",
    .synopsis = "[OPTION...] FILE",
    .files = CLI_FILE,
    .run = run,
};
