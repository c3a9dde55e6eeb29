/*
 * cli.h - what the commands of the program share: one table of commands and options, from which
 * parsing, --help and the shell completions are made; and how results and failures are said.
 */
#ifndef PROPNEU_CLI_CLI_H
#define PROPNEU_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fields.h"
#include "base/numeral.h"
#include "base/status.h"

/* Exit statuses (interface: 0 done, 1 failed, 2 wrong usage). */
enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* What a completion offers for an option's value; words and paths together are "auto|FILE". */
#define CLI_FILE "FILE"
#define CLI_DIR  "DIR"

struct cli_option {
    const char *name; /* long name without the dashes */
    char letter;      /* short name, or 0 */
    /* Name of its value in --help; NULL: takes none; "[=X]": optional, and where there are words, X
     * may also be the next argument, if that is a number or one of the words. */
    const char *arg;
    const char *help;   /* one line */
    const char *values; /* CLI_FILE, CLI_DIR, or the words "a|b|c"; NULL: free text */
};

struct cli_args;

/*
 * Options that several commands share.  A command lists the groups that it has and where in its
 * request the part of each lies; cli_parse hands an option to the group that it is of.
 */
struct cli_option_group {
    const struct cli_option *options; /* ends with a NULL name; OPT below counts from 0 in it */
    /* Takes an option in, or says what is wrong with its value and returns false. */
    bool (*take)(void *part, const struct cli_args *a, int opt);
};

struct cli_group_use {
    const struct cli_option_group *group; /* NULL ends a list */
    size_t at;                            /* offset of the group's part in the request */
};

/* True if O's value may be left out. "[NAME=]FILE" is none of these. */
bool cli_arg_optional(const struct cli_option *o);

/* The paths among VALUES: CLI_FILE, CLI_DIR, or NULL. */
const char *cli_paths(const char *values);

/* Formats of results. */
enum cli_format { CLI_TEXT, CLI_TSV, CLI_JSON, CLI_AUTHORS };

/* The options every command has. */
struct cli {
    bool quiet, verbose;
    bool live;          /* an explorer was at work, which shows on its screen what is missing */
    unsigned threads;   /* at least 1 */
    const char *output; /* -o, or NULL */
    enum cli_format format;
};

struct cli_command {
    const char *name, *summary;
    const char *synopsis;               /* "[OPTION...] FILE", without the command's name */
    const char *details;                /* paragraphs for --help, or NULL */
    void (*lists)(FILE *out);           /* more of --help, printed from tables, or NULL */
    const char *examples;               /* lines for --help */
    const struct cli_group_use *groups; /* shared options, which come first; may be NULL */
    const struct cli_option *options;   /* its own; ends with a NULL name; may be NULL */
    const char *files;                  /* what completion offers for operands, as in values */
    int (*run)(struct cli *cli, int argc, char **argv); /* argv[0] = the command's name */
    bool authors;  /* has --format authors, the published program's JSON */
    bool markdown; /* its text is a table of Markdown, and has that name, too */
    bool in_place; /* its output may be one of its inputs */
};

extern const struct cli_command *const cli_commands[]; /* ends with NULL */
extern const struct cli_option cli_common_options[];   /* ends with a NULL name */

/*
 * The I-th option of COMMAND, those of its groups first, or NULL; USE, which may be NULL, gets the
 * group, NULL for an option of its own.
 */
const struct cli_option *cli_command_option(const struct cli_command *command, size_t i,
                                            const struct cli_group_use **use);

/*
 * Goes through the arguments of a command.  Common options are taken in silently.  Use:
 *     struct cli_args a;
 *     cli_args_init(&a, cli, command, argc, argv);
 *     while ((opt = cli_next(&a)) >= 0)
 *         switch (opt) { case OPT_MODEL: model = a.value; ... }
 *     if (opt == CLI_BAD) return CLI_USAGE;   (said on stderr already)
 *     if (opt == CLI_HELP) return CLI_DONE;   (printed already)
 * Numbers returned are indices into the command's own options or, where a.use is set, into that
 * group's, for cli_take_shared.  Afterwards argv[a.first..argc-1] are the operands.
 */
struct cli_args {
    struct cli *cli;
    const struct cli_command *command;
    int argc;
    char **argv;
    const char *value;               /* of the option just returned; NULL if it has none */
    const struct cli_option *option; /* that option */
    const struct cli_group_use *use; /* the group it is of, or NULL */
    int first;                       /* first operand, after the last call */
    void *scan;                      /* private */
};

enum { CLI_END = -1, CLI_BAD = -2, CLI_HELP = -3 };

void cli_args_init(struct cli_args *a, struct cli *cli, const struct cli_command *command, int argc,
                   char **argv);
int cli_next(struct cli_args *a);

/* Hands the option OPT just returned, of the group a.use, its part of REQUEST; false as take. */
bool cli_take_shared(const struct cli_args *a, void *request, int opt);

/*
 * The same loop for a command that keeps what it was asked in REQUEST: TAKE (NULL: it has no
 * options of its own) takes one of its own options in, or says what is wrong with its value and
 * returns false.  CLI_END: go on with the operands; anything else is the exit status.
 */
int cli_parse(struct cli_args *a, struct cli *cli, const struct cli_command *command, int argc,
              char **argv, bool (*take)(void *request, const struct cli_args *a, int opt),
              void *request);

/* "propneu: ERR" on stderr; returns CLI_USAGE for STATUS_USAGE, CLI_FAILED for the others. */
int cli_fail(const struct err *err);

/* "propneu: ..." on stderr, also with --quiet: what makes the exit status another than 0. */
void cli_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "propneu COMMAND: message" and a hint at --help on stderr; returns CLI_USAGE. */
int cli_usage(const struct cli_command *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A note on stderr unless --quiet. */
void cli_note(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Whether the output OUTPUT would replace the input IN: that very file or, where IN is a folder, a
 * file in it that is there already and called as models, recordings or labels are.
 */
bool cli_replaces(const char *output, const char *in);

/* Numbers in options: the whole text must be one, in the range; false otherwise. */
static inline bool cli_double(const char *text, double low, double high, double *out)
{
    return numeral_real(text, low, high, out);
}

static inline bool cli_unsigned(const char *text, unsigned long low, unsigned long high,
                                unsigned long *out)
{
    return numeral_unsigned(text, low, high, out);
}

/* Sets the field F of TO to the value of the option just returned, or says what is wrong with it
 * and returns false. */
bool cli_take_field(const struct cli_args *a, const struct field *f, void *to);

/*
 * Where results go: stdout, or the file of -o, which appears whole or not at all.
 *     FILE *out = cli_out_open(cli, &o, &err);  ... print ...  return cli_out_close(&o);
 * cli_out_close says what went wrong (full disk, closed pipe, an input that was changed while it
 * was read) and returns the exit status.
 */
struct cli_out {
    FILE *stream;
    void *file; /* private */
};

FILE *cli_out_open(const struct cli *cli, struct cli_out *o, struct err *err);
int cli_out_close(struct cli_out *o);
void cli_out_abandon(struct cli_out *o);

/* STATUS of a command, unless what it printed did not all arrive, or something was left out of it
 * for lack of memory. */
int cli_finish(const struct cli *cli, int status);

/* --help of a command, or of the program for NULL. */
void cli_print_help(const struct cli_command *command, FILE *out);

#endif
