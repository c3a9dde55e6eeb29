/*
 * analysis_options.h - private to the commands that analyse a count file: the options they share,
 * opening the file, and printing names and JSON.
 */
#ifndef PROPNEU_CLI_COMMANDS_ANALYSIS_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_ANALYSIS_OPTIONS_H

#include <jansson.h>

#include "cli/cli.h"
#include "analysis/analysis_input.h"

/* Numbers of the options in the groups below, for commands that have only some of them. */
enum analysis_selection_option {
    ANALYSIS_SIGMA,
    ANALYSIS_MIN_FRAMES,
    ANALYSIS_LAMBDA,
    ANALYSIS_WHERE,
    ANALYSIS_PHONES,
    ANALYSIS_COMPAT,
};

/*
 * --layer N; which frames and phones are looked at; how a property's neurons are chosen, --select
 * and --size; how maps are made.  The part of each is a struct analysis_options.
 */
extern const struct cli_option_group analysis_layer_options, analysis_selection_options,
    analysis_rule_options, analysis_map_options;

/* --where, --phones and --compat of these, for commands that have other settings. */
extern const struct cli_option_group analysis_frames_options;

/* --method alone, for commands that have another --seed. */
extern const struct cli_option_group analysis_method_option;

/* What completion offers where a property is asked for. */
#define ANALYSIS_PROPERTY_WORDS \
    "phone|gender|pitch|speaker|each-phone|manner|place|voicing|height|backness|rounding|nasality"

/* --property NAME, whose part is a const char *: the name, NULL while it is not given. */
extern const struct cli_option_group analysis_property_options;

/* --size as help says it, and its words, for commands that have it apart from the group. */
#define ANALYSIS_SIZE_HELP  "neurons per layer and group: paper (default), own, or a number"
#define ANALYSIS_SIZE_WORDS "paper|own"

/* Takes one of analysis_selection_options or analysis_rule_options, by its name, as they do. */
bool analysis_selection_take(void *options, const struct cli_args *a, int opt);

/* Prints what a command found to OUT, in the format of CLI. */
typedef enum status analysis_print(FILE *out, const struct cli *cli, struct analysis_input *in,
                                   void *context, struct err *err);

/*
 * cli_parse for a command whose operand is one count file: CLI_END and its path in *FILE, or the
 * exit status.
 */
int analysis_parse(struct cli *cli, const struct cli_command *command, int argc, char **argv,
                   bool (*take)(void *request, const struct cli_args *a, int opt), void *request,
                   const char **file);

/* Opens PATH with the options O, has PRINT write to stdout or -o, closes; the exit status. */
int analysis_run(const struct cli *cli, const char *path, const struct analysis_options *o,
                 analysis_print *print, void *context);

/* The properties of LIST, names with commas between, into OUT: each must be one of A's. */
enum status analysis_properties(struct names *out, struct analysis *a, const char *list,
                                struct err *err);

/* Prints ROOT (which it releases; NULL = no memory) to OUT. */
enum status analysis_dump(FILE *out, json_t *root, struct err *err);

/* NAME without control bytes, "" as "(sil)", left-justified to WIDTH columns (0: no padding). */
void print_name(FILE *out, const char *name, int width);

/* Columns NAME takes so. */
int name_width(const char *name);

/* "0.274", or "-" for NAN, with a width and digits after the point. */
void print_real(FILE *out, double v, int width, int digits);

/* "lambda 1 %, sigma 80 %, gender=female, ...": the settings, one line for text output. */
void print_settings(FILE *out, const struct analysis_input *in);

#endif
