/*
 * Parsing of command lines: getopt_long's tables are made of the program's own tables of options
 * (a command's groups, its own options, those of every command), and every command that writes a
 * file is kept from replacing one that it reads.
 */
#include "config.h"

#include "cli/cli.h"

#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

const struct cli_option cli_common_options[] = {
    {"threads", 'j', "N", "threads (default: all cores)", NULL},
    {"output", 'o', "FILE", "write to FILE, atomically", CLI_FILE},
    {"format", 0, "FORMAT", "text, tsv or json", "text|tsv|json"},
    {"quiet", 'q', NULL, "no notes, no progress", NULL},
    {"verbose", 'v', NULL, "more notes", NULL},
    {"help", 'h', NULL, "this help", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

enum { COMMON_THREADS, COMMON_OUTPUT, COMMON_FORMAT, COMMON_QUIET, COMMON_VERBOSE, COMMON_HELP };

/* Values getopt_long returns: the command's options from OWN on, common ones from COMMON on. */
enum { OWN = 1000, COMMON = 2000 };

/* What one pass over a command line needs, in getopt's own form. */
struct scan {
    struct option *longs;
    char *shorts;
    const char **file; /* [files] values of options that name files to read; borrowed */
    size_t files, cap;
};

const char *cli_paths(const char *values)
{
    const char *last = values ? strrchr(values, '|') : NULL;
    last = last ? last + 1 : values;
    return last && (strcmp(last, CLI_FILE) == 0 || strcmp(last, CLI_DIR) == 0) ? last : NULL;
}

bool cli_arg_optional(const struct cli_option *o)
{
    return o->arg && strncmp(o->arg, "[=", 2) == 0;
}

static size_t option_count(const struct cli_option *o)
{
    size_t n = 0;
    while (o && o[n].name)
        n++;
    return n;
}

const struct cli_option *cli_command_option(const struct cli_command *command, size_t i,
                                            const struct cli_group_use **use)
{
    for (const struct cli_group_use *u = command->groups; u && u->group; u++) {
        size_t n = option_count(u->group->options);
        if (use)
            *use = u;
        if (i < n)
            return &u->group->options[i];
        i -= n;
    }
    if (use)
        *use = NULL;
    return i < option_count(command->options) ? &command->options[i] : NULL;
}

/* getopt's constant for O: none, required, or optional where the value is shown as "[=X]". */
static int has_arg(const struct cli_option *o)
{
    return !o->arg ? no_argument : cli_arg_optional(o) ? optional_argument : required_argument;
}

static void scan_free(struct scan *s)
{
    if (!s)
        return;
    free(s->longs);
    free(s->shorts);
    free(s->file);
    free(s);
}

/* Builds getopt's tables from ours; NULL without memory. */
static struct scan *scan_new(const struct cli_command *command)
{
    int n_own = 0, n_common = (int)option_count(cli_common_options);
    while (cli_command_option(command, (size_t)n_own, NULL))
        n_own++;
    struct scan *s = mem_zeros(1, sizeof *s);
    size_t n = (size_t)(n_own + n_common);
    if (!s || !(s->longs = mem_zeros(n + 1, sizeof *s->longs)) ||
        !(s->shorts = mem_zeros(3 * n + 2, 1))) {
        scan_free(s);
        return NULL;
    }
    char *p = s->shorts;
    *p++ = ':'; /* reports a missing value other than an unknown option */
    for (int i = 0; i < n_own + n_common; i++) {
        const struct cli_option *o = i < n_own ? cli_command_option(command, (size_t)i, NULL)
                                               : &cli_common_options[i - n_own];
        s->longs[i] =
            (struct option){o->name, has_arg(o), NULL, i < n_own ? OWN + i : COMMON + i - n_own};
        if (!o->letter)
            continue;
        *p++ = o->letter;
        for (int c = has_arg(o); c > 0; c--)
            *p++ = ':';
    }
    return s;
}

/* A command may stop at a wrong value and never ask again: the next one frees this. */
static struct scan *unfinished;

/* optind 0 makes glibc's getopt start anew, also with its permutation of operands. */
void cli_args_init(struct cli_args *a, struct cli *cli, const struct cli_command *command, int argc,
                   char **argv)
{
    scan_free(unfinished);
    unfinished = scan_new(command);
    *a = (struct cli_args){.cli = cli,
                           .command = command,
                           .argc = argc,
                           .argv = argv,
                           .first = argc,
                           .scan = unfinished};
    optind = 0;
}

/* What getopt_long would have returned for the long name of the option LETTER. */
static int letter_value(const struct cli_command *command, int letter)
{
    const struct cli_option *o;
    for (size_t i = 0; (o = cli_command_option(command, i, NULL)); i++)
        if (o->letter == letter)
            return OWN + (int)i;
    int i = 0;
    while (cli_common_options[i].letter != letter)
        i++;
    return COMMON + i;
}

/* Takes --format; "authors" only for commands that have the published program's JSON, "markdown"
 * for those whose text it is. */
static bool set_format(struct cli *cli, const struct cli_command *command, const char *word)
{
    static const char *const names[] = {"text", "tsv", "json", "authors"};
    for (int i = 0; i < (command->authors ? 4 : 3); i++)
        if (strcmp(word, names[i]) == 0) {
            cli->format = (enum cli_format)i;
            return true;
        }
    if (command->markdown && strcmp(word, "markdown") == 0) {
        cli->format = CLI_TEXT;
        return true;
    }
    cli_usage(command, "--format is %s, not '%s'",
              command->authors    ? "text, tsv, json or authors"
              : command->markdown ? "markdown, tsv or json"
                                  : "text, tsv or json",
              word);
    return false;
}

/* A common option; CLI_END means: taken in, go on. */
static int take_common(struct cli_args *a, int which)
{
    unsigned long n;
    switch (which) {
    case COMMON_THREADS:
        if (!cli_unsigned(optarg, 1, 1024, &n)) {
            cli_usage(a->command, "-j takes a number from 1 to 1024, not '%s'", optarg);
            return CLI_BAD;
        }
        a->cli->threads = (unsigned)n;
        break;
    case COMMON_OUTPUT:
        if (!*optarg) {
            cli_usage(a->command, "-o needs the name of a file");
            return CLI_BAD;
        }
        a->cli->output = optarg;
        break;
    case COMMON_FORMAT:
        if (!set_format(a->cli, a->command, optarg))
            return CLI_BAD;
        break;
    case COMMON_QUIET: a->cli->quiet = true; break;
    case COMMON_VERBOSE: a->cli->verbose = true; break;
    default: cli_print_help(a->command, stdout); return CLI_HELP;
    }
    return CLI_END;
}

/* CLI_END, or CLI_BAD where the output would replace what the command reads. */
static int spare_inputs(const struct cli_args *a)
{
    const struct scan *s = a->scan;
    if (!a->cli->output || a->command->in_place)
        return CLI_END;
    for (size_t i = 0; i < s->files + (size_t)(a->argc - a->first); i++) {
        const char *in = i < s->files ? s->file[i] : a->argv[(size_t)a->first + i - s->files];
        const char *file = strchr(in, '='); /* NAME=FILE */
        if (cli_replaces(a->cli->output, in) || (file && cli_replaces(a->cli->output, file + 1))) {
            cli_usage(a->command, "-o %s would replace an input", a->cli->output);
            return CLI_BAD;
        }
    }
    return CLI_END;
}

/* Notes the option's value if it is a file to read; false without memory. */
static bool note_input(struct cli_args *a)
{
    struct scan *s = a->scan;
    const char *paths = cli_paths(a->option->values);
    if (!a->value || !paths || strcmp(paths, CLI_FILE) != 0)
        return true;
    if (!mem_grow(&s->file, &s->cap, s->files + 1, sizeof *s->file))
        return false;
    s->file[s->files++] = a->value;
    return true;
}

/* getopt's verdict on a word it could not use. */
static int bad_option(struct cli_args *a, int verdict)
{
    const char *word = optind > 0 && optind <= a->argc ? a->argv[optind - 1] : "";
    if (verdict == ':')
        cli_usage(a->command, "option '%s' needs a value", word);
    else if (optopt > 0 && optopt < OWN)
        cli_usage(a->command, "unknown option '-%c'", optopt);
    else if (optopt >= OWN)
        cli_usage(a->command, "option '%s' takes no value", word);
    else
        cli_usage(a->command, "unknown or ambiguous option '%s'", word);
    return CLI_BAD;
}

/* True if WORD is one of the words "a|b|c". */
static bool word_is_one_of(const char *words, const char *word)
{
    for (size_t n; *words; words += n + (words[n] == '|')) {
        n = strcspn(words, "|");
        if (strlen(word) == n && strncmp(words, word, n) == 0)
            return true;
    }
    return false;
}

/* The optional value of the option just returned, from the next argument: "--relabel 20". */
static void take_next_word(struct cli_args *a)
{
    const struct cli_option *o = a->option;
    unsigned long n;
    if (a->value || has_arg(o) != optional_argument || !o->values || optind >= a->argc)
        return;
    if (numeral_unsigned(a->argv[optind], 0, ULONG_MAX, &n) ||
        word_is_one_of(o->values, a->argv[optind]))
        a->value = a->argv[optind++];
}

/* Notes that option I of the command, counted over its groups, was read; its number in its table,
 * or CLI_BAD without memory. */
static int found_option(struct cli_args *a, int i)
{
    a->option = cli_command_option(a->command, (size_t)i, &a->use);
    take_next_word(a);
    const struct cli_option *table = a->use ? a->use->group->options : a->command->options;
    return note_input(a) ? (int)(a->option - table) : CLI_BAD;
}

/* Takes common options itself and returns the command's; frees the tables at the end. */
int cli_next(struct cli_args *a)
{
    struct scan *s = a->scan;
    int result = CLI_BAD, c;
    if (!s)
        return CLI_BAD;
    opterr = 0;
    for (;;) {
        c = getopt_long(a->argc, a->argv, s->shorts, s->longs, NULL);
        a->value = optarg;
        if (c == -1) {
            a->first = optind;
            result = spare_inputs(a);
            break;
        }
        if (c == '?' || c == ':') {
            result = bad_option(a, c);
            break;
        }
        if (c < OWN)
            c = letter_value(a->command, c);
        if (c < COMMON) {
            result = found_option(a, c - OWN);
            if (result >= 0)
                return result;
            break;
        }
        result = take_common(a, c - COMMON);
        if (result != CLI_END)
            break;
    }
    scan_free(s);
    a->scan = unfinished = NULL;
    return result;
}

bool cli_take_shared(const struct cli_args *a, void *request, int opt)
{
    return a->use->group->take((char *)request + a->use->at, a, opt);
}

int cli_parse(struct cli_args *a, struct cli *cli, const struct cli_command *command, int argc,
              char **argv, bool (*take)(void *request, const struct cli_args *a, int opt),
              void *request)
{
    int opt;
    cli_args_init(a, cli, command, argc, argv);
    while ((opt = cli_next(a)) >= 0)
        if (!(a->use ? cli_take_shared(a, request, opt) : take(request, a, opt)))
            return CLI_USAGE;
    return opt == CLI_END ? CLI_END : opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
}

bool cli_take_field(const struct cli_args *a, const struct field *f, void *to)
{
    struct err err;
    if (field_set(f, to, a->value, &err) == STATUS_OK)
        return true;
    cli_usage(a->command, "%s", err.msg);
    return false;
}
