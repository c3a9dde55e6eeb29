/*
 * propneu completion: completions for bash, zsh and fish, printed from the tables of commands and
 * options, so that they cannot fall behind the program.
 */
#include "config.h"

#include <string.h>

#include "cli/commands.h"

/* True if COMMAND has an option of its own called NAME, which then hides the common one. */
static bool has_own(const struct cli_command *command, const char *name)
{
    const struct cli_option *o;
    for (size_t i = 0; (o = cli_command_option(command, i, NULL)); i++)
        if (strcmp(o->name, name) == 0)
            return true;
    return false;
}

/* The options of COMMAND and then the common ones, one a call; *I counts; NULL at the end. */
static const struct cli_option *each_option(const struct cli_command *command, size_t *i)
{
    size_t own = 0;
    while (cli_command_option(command, own, NULL))
        own++;
    if (*i < own)
        return cli_command_option(command, (*i)++, NULL);
    for (;;) {
        const struct cli_option *o = &cli_common_options[(*i)++ - own];
        if (!o->name)
            return NULL;
        if (!has_own(command, o->name))
            return o;
    }
}

/* True if a value is required; an optional one can only follow "=". */
static bool takes_value(const struct cli_option *o)
{
    return o->arg && !cli_arg_optional(o);
}

/* The words of VALUES, "a|b|c" or "a|b|FILE", as "a b c". */
static void print_words(const char *values, FILE *out)
{
    const char *end = cli_paths(values);
    for (; *values && values != end; values++)
        fputc(*values == '|' ? ' ' : *values, out);
}

/* True if VALUES has more than paths. */
static bool has_words(const char *values)
{
    return cli_paths(values) != values;
}

/* TEXT inside single quotes of a shell; ESCAPE: characters that need a backslash as well. */
static void print_quoted(const char *text, const char *escape, FILE *out)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", out);
            continue;
        }
        if (strchr(escape, *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

/* bash */

/* Shell code that offers VALUES: paths, words, both, or nothing (":"). */
static void bash_offer(const char *values, const char *indent, FILE *out)
{
    const char *paths = cli_paths(values);
    if (!values) {
        fprintf(out, "%s:\n", indent);
        return;
    }
    if (paths)
        fprintf(out, "%s_propneu_paths -%c\n", indent, paths[0] == 'D' ? 'd' : 'f');
    if (has_words(values)) {
        fprintf(out, "%s_propneu_words '", indent);
        print_words(values, out);
        fputs("'\n", out);
    }
}

/* The branch of one command: values for the option before the cursor, else option names after a
 * dash, else operands. */
static void bash_command(const struct cli_command *command, FILE *out)
{
    const struct cli_option *o;
    fprintf(out, "    %s)\n        case $prev in\n", command->name);
    for (size_t i = 0; (o = each_option(command, &i));) {
        if (!takes_value(o))
            continue;
        fputs("        ", out);
        if (o->letter)
            fprintf(out, "-%c | ", o->letter);
        fprintf(out, "--%s)\n", o->name);
        bash_offer(o->values, "            ", out);
        fputs("            return\n            ;;\n", out);
    }
    fputs("        esac\n        if [[ $cur == -* ]]; then\n            _propneu_words '", out);
    for (size_t i = 0; (o = each_option(command, &i));)
        fprintf(out, "%s--%s", i == 1 ? "" : " ", o->name);
    fputs("'\n        else\n", out);
    bash_offer(command->files, "            ", out);
    fputs("        fi\n        ;;\n", out);
}

static const char bash_head[] = "# bash completion of propneu, made by 'propneu completion bash'\n"
                                "_propneu_words() {\n"
                                "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < "
                                "<(compgen -W \"$1\" -- \"$cur\")\n"
                                "}\n"
                                "\n"
                                "_propneu_paths() {\n"
                                "    compopt -o filenames 2>/dev/null\n"
                                "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
                                "}\n"
                                "\n"
                                "_propneu() {\n"
                                "    local cur=${COMP_WORDS[COMP_CWORD]} "
                                "prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}\n"
                                "    # bash makes three words of --option=value\n"
                                "    if [[ $cur == = ]]; then\n"
                                "        cur=\n"
                                "    elif [[ $prev == = ]]; then\n"
                                "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
                                "    fi\n"
                                "    if ((COMP_CWORD == 1)); then\n"
                                "        command=\n"
                                "    fi\n"
                                "    COMPREPLY=()\n"
                                "    case $command in\n";

/* The first word is a command or a file for the explorer. */
static void print_bash(FILE *out)
{
    fputs(bash_head, out);
    for (size_t i = 0; cli_commands[i]; i++)
        bash_command(cli_commands[i], out);
    fputs("    '')\n        if [[ $cur == -* ]]; then\n"
          "            _propneu_words '--help --version'\n"
          "        else\n            _propneu_words '",
          out);
    for (size_t i = 0; cli_commands[i]; i++)
        fprintf(out, "%s%s", i ? " " : "", cli_commands[i]->name);
    fputs("'\n            ((${#COMPREPLY[@]})) || _propneu_paths -f\n        fi\n        ;;\n"
          "    *)\n        _propneu_paths -f\n        ;;\n"
          "    esac\n}\n"
          "complete -F _propneu propneu\n",
          out);
}

/* zsh */

/* The action part of an _arguments specification, which completes VALUES. */
static void zsh_action(const char *values, FILE *out)
{
    const char *paths = cli_paths(values);
    const char *files = !paths ? NULL : paths[0] == 'D' ? "_files -/" : "_files";
    if (!values)
        return;
    if (!has_words(values)) {
        fputs(files, out);
        return;
    }
    fputs(files ? "{compadd " : "(", out);
    print_words(values, out);
    if (files)
        fprintf(out, "; %s}", files);
    else
        fputc(')', out);
}

/* The _arguments specification of one option; letter and long name exclude each other, so that
 * neither is offered twice. */
static void zsh_option(const struct cli_option *o, FILE *out)
{
    if (o->letter)
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->name, o->letter,
                takes_value(o) ? "+" : "", o->name, takes_value(o) ? "=" : "");
    else
        fprintf(out, "'--%s%s[", o->name, !o->arg ? "" : takes_value(o) ? "=" : "=-");
    print_quoted(o->help, "[]:\\", out);
    fputc(']', out);
    if (o->arg) {
        fputs(takes_value(o) ? ":" : "::", out);
        for (const char *p = o->arg; *p; p++)
            fputc(strchr("[]=:'", *p) ? ' ' : *p, out);
        fputc(':', out);
        zsh_action(o->values, out);
    }
    fputs("' \\\n            ", out);
}

static void zsh_command(const struct cli_command *command, FILE *out)
{
    const struct cli_option *o;
    fprintf(out, "    %s)\n        _arguments -s -S \\\n            ", command->name);
    for (size_t i = 0; (o = each_option(command, &i));)
        zsh_option(o, out);
    if (command->files) {
        fputs("'*:operand:", out);
        zsh_action(command->files, out);
        fputs("'\n", out);
    } else {
        fputs("&& return\n", out);
    }
    fputs("        ;;\n", out);
}

/* The whole zsh script. The last lines let it work both as an autoloaded file of $fpath and as the
 * text given to 'source'. */
static void print_zsh(FILE *out)
{
    fputs("#compdef propneu\n# zsh completion of propneu, made by 'propneu completion zsh'\n"
          "_propneu() {\n"
          "    local -a commands=(\n",
          out);
    for (size_t i = 0; cli_commands[i]; i++) {
        fprintf(out, "        '%s:", cli_commands[i]->name);
        print_quoted(cli_commands[i]->summary, ":\\", out);
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    if ((CURRENT == 2)); then\n"
          "        if [[ $words[2] == -* ]]; then\n"
          "            compadd -- --help --version\n"
          "        else\n"
          "            _describe command commands || _files\n"
          "        fi\n"
          "        return\n"
          "    fi\n"
          "    local command=$words[2]\n"
          "    shift words\n"
          "    ((CURRENT--))\n"
          "    case $command in\n",
          out);
    for (size_t i = 0; cli_commands[i]; i++)
        zsh_command(cli_commands[i], out);
    fputs("    *)\n        _files\n        ;;\n"
          "    esac\n}\n"
          "if [[ $funcstack[1] == _propneu ]]; then\n"
          "    _propneu \"$@\"\n"
          "else\n"
          "    compdef _propneu propneu\n"
          "fi\n",
          out);
}

/* fish */

/*
 * The flags of 'complete' for VALUES: -x allows no files, -r -F requires a value and offers files.
 */
static void fish_values(const char *values, FILE *out)
{
    const char *paths = cli_paths(values);
    if (paths && paths[0] == 'F') {
        fputs(" -r -F", out);
    } else if (paths) {
        fputs(" -x -a '(__fish_complete_directories)'", out);
    } else {
        fputs(" -x", out);
    }
    if (values && has_words(values)) {
        fputs(" -a '", out);
        print_words(values, out);
        fputc('\'', out);
    }
}

/* The 'complete' lines of one command. Operands that are plain files need none, as fish completes
 * files by default; only words and folders do, and -f where a command takes no operands. */
static void fish_command(const struct cli_command *command, FILE *out)
{
    const struct cli_option *o;
    fprintf(out, "complete -c propneu -n __fish_use_subcommand -a %s -d '", command->name);
    print_quoted(command->summary, "\\", out);
    fputs("'\n", out);
    char when[80];
    snprintf(when, sizeof when, "complete -c propneu -n '__fish_seen_subcommand_from %s'",
             command->name);
    if (!command->files)
        fprintf(out, "%s -f\n", when);
    else if (!cli_paths(command->files) || command->files[0] == 'D') {
        fputs(when, out);
        fish_values(command->files, out);
        fputs("\n", out);
    }
    for (size_t i = 0; (o = each_option(command, &i));) {
        fprintf(out, "%s -l %s", when, o->name);
        if (o->letter)
            fprintf(out, " -s %c", o->letter);
        if (takes_value(o))
            fish_values(o->values, out);
        fputs(" -d '", out);
        print_quoted(o->help, "\\", out);
        fputs("'\n", out);
    }
}

/* fish needs no function, only lines of 'complete'. */
static void print_fish(FILE *out)
{
    fputs("# fish completion of propneu, made by 'propneu completion fish'\n"
          "complete -c propneu -n __fish_use_subcommand -l help -d 'this help'\n"
          "complete -c propneu -n __fish_use_subcommand -l version -d 'the version'\n",
          out);
    for (size_t i = 0; cli_commands[i]; i++)
        fish_command(cli_commands[i], out);
}

/* Prints the script of the shell named by the only operand. */
static int completion_run(struct cli *cli, int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(FILE *out);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    struct cli_args a;
    int opt;
    cli_args_init(&a, cli, &command_completion, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        ;
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (argc - a.first != 1)
        return cli_usage(&command_completion, "one of bash, zsh and fish is needed");
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(argv[a.first], shells[i].name) == 0) {
            struct cli_out out;
            struct err err;
            if (!cli_out_open(cli, &out, &err))
                return cli_fail(&err);
            shells[i].print(out.stream);
            return cli_out_close(&out);
        }
    return cli_usage(&command_completion, "no completions for '%s', only for bash, zsh and fish",
                     argv[a.first]);
}

const struct cli_command command_completion = {
    .name = "completion",
    .summary = "Print shell completions of commands and options",
    .synopsis = "bash|zsh|fish",
    .details = "bash:  eval \"$(propneu completion bash)\"\n"
               "zsh:   source <(propneu completion zsh)\n"
               "fish:  propneu completion fish | source\n"
               "'make install' installs them where the shells load them automatically.\n",
    .files = "bash|zsh|fish",
    .run = completion_run,
};
