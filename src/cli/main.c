/*
 * propneu: finds, compares and proves the property neurons of speech Transformers.
 */
#include "config.h"

#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"

/* clang-format off */ /* one line a command */
const struct cli_command *const cli_commands[] = {
    &command_count,
    &command_merge,
    &command_import,
    &command_info,
    &command_layers,
    &command_neurons,
    &command_pattern,
    &command_map,
    &command_overlap,
    &command_activations,
    &command_completion,
    NULL,
};
/* clang-format on */

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; cli_commands[i]; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

static int print_version(void)
{
    struct cli_out out;
    struct cli cli = {0};
    struct err err;
    cli_out_open(&cli, &out, &err);
    printf("propneu %s\n%s\n", PACKAGE_VERSION, PROPNEU_FEATURES);
    return cli_out_close(&out);
}

static int print_help(void)
{
    struct cli_out out;
    struct cli cli = {0};
    struct err err;
    cli_out_open(&cli, &out, &err);
    cli_print_help(NULL, stdout);
    return cli_out_close(&out);
}

int main(int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct cli cli = {.threads = cores > 0 && cores <= 1024 ? (unsigned)cores : 1};
    /* Only the character type: a decimal comma would break every number read or written. */
    setlocale(LC_CTYPE, "");
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return print_version();
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return print_help();
    const struct cli_command *command = argc > 1 ? find_command(argv[1]) : NULL;
    if (command)
        return command->run(&cli, argc - 1, argv + 1);
    return cli_usage(NULL, "no command '%s'", argc > 1 ? argv[1] : "");
}
