/*
 * --help, printed from the tables of commands and options.
 */
#include "config.h"

#include "cli/cli.h"

/* One option, aligned; an optional value "[=X]" follows its name without a blank. */
static void print_option(const struct cli_option *o, FILE *out)
{
    char left[64];
    const char *arg = o->arg ? o->arg : "";
    const char *join = !o->arg || cli_arg_optional(o) ? "" : " ";
    if (o->letter)
        snprintf(left, sizeof left, "-%c, --%s%s%s", o->letter, o->name, join, arg);
    else
        snprintf(left, sizeof left, "    --%s%s%s", o->name, join, arg);
    fprintf(out, "  %-28s  %s\n", left, o->help);
}

/* Follows the options of every command. */
static void print_common_options(FILE *out)
{
    fputs("\nOptions of every command:\n", out);
    for (const struct cli_option *o = cli_common_options; o->name; o++)
        print_option(o, out);
}

/* --help of the program: the shortest way from recordings to results, then all commands. */
static void print_program_help(FILE *out)
{
    fputs("Usage: propneu COMMAND [OPTION...] [ARGUMENT...]\n"
          "       propneu [FILE...]        explore FILEs; without FILE the bundled demo\n"
          "\n"
          "Finds, compares and causally tests the property neurons of speech Transformers.\n"
          "\n"
          "  propneu                                  open the demo\n"
          "  propneu count -m MODEL -a AUDIO -l LABELS -o my.counts\n"
          "  propneu layers my.counts                 sets and silhouettes by layer\n"
          "  propneu my.counts                        explore it\n"
          "\n"
          "Commands:\n",
          out);
    for (size_t i = 0; cli_commands[i]; i++)
        fprintf(out, "  %-12s  %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    print_common_options(out);
    fputs("      --version                 version and build configuration\n"
          "\n"
          "Details: 'propneu COMMAND --help' and propneu(1).\n",
          out);
}

/* Usage, examples, details and options, in this order: most readers look for an example. */
void cli_print_help(const struct cli_command *command, FILE *out)
{
    if (!command) {
        print_program_help(out);
        return;
    }
    fprintf(out, "Usage: propneu %s %s\n\n%s.\n", command->name, command->synopsis,
            command->summary);
    if (command->examples)
        fprintf(out, "\n%s", command->examples);
    if (command->details)
        fprintf(out, "\n%s", command->details);
    if (command->lists)
        command->lists(out);
    const struct cli_option *o;
    for (size_t i = 0; (o = cli_command_option(command, i, NULL)); i++) {
        if (i == 0)
            fputs("\nOptions:\n", out);
        print_option(o, out);
    }
    print_common_options(out);
}
