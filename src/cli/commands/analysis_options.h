/*
 * analysis_options.h - private to the commands that analyse a count file: the options they share,
 * opening the file, and printing names and JSON.
 */
#ifndef PROPNEU_CLI_COMMANDS_ANALYSIS_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_ANALYSIS_OPTIONS_H

#include <jansson.h>

#include "cli/cli.h"
#include "analysis/analysis.h"
#include "corpus/phones.h"

/* First in the options of each such command, so that their numbers are these. */
#define ANALYSIS_OPTIONS                                                                     \
    {"layer", 0, "N", "layer, from 1", NULL},                                                \
        {"sigma", 0, "PERCENT", "share of a group's phones a neuron must serve (80)", NULL}, \
        {"min-frames", 0, "N", "leave out phones with fewer frames (1)", NULL},              \
        {"lambda", 0, "PERCENT", "counts at another of the file's lambdas", NULL},           \
        {"where", 0, "FACTOR=LEVEL[,LEVEL...]", "only these frames; may be repeated", NULL}, \
        {"phones", 0, "TABLE", "phone classes, TSV of phone and class (ARPABET)",            \
         "timit|ipa-mfa|" CLI_FILE},                                                         \
    {                                                                                        \
        "compat", 0, "authors", "the published program's rule", "authors"                    \
    }

#define MAP_OPTIONS                                                              \
    {"method", 0, "METHOD", "smacof or classical (smacof)", "smacof|classical"}, \
        {"starts", 0, "N", "random starts beside the classical one (0)", NULL},  \
    {                                                                            \
        "seed", 0, "N", "seed of the random starts (0)", NULL                    \
    }

enum {
    ANALYSIS_LAYER,
    ANALYSIS_SIGMA,
    ANALYSIS_MIN_FRAMES,
    ANALYSIS_LAMBDA,
    ANALYSIS_WHERE,
    ANALYSIS_PHONES,
    ANALYSIS_COMPAT,
    ANALYSIS_END, /* a command's own options, or the map's, begin here */
    MAP_METHOD = ANALYSIS_END,
    MAP_STARTS,
    MAP_SEED,
    MAP_END
};

#define ANALYSIS_MAX_WHERE 16

struct analysis_options {
    const char *where[ANALYSIS_MAX_WHERE];
    unsigned wheres;
    const char *phones;  /* NULL: ARPABET */
    unsigned long layer; /* 0: not given */
    double lambda;       /* percent; 0: the file's own */
    struct analysis_params params;
    struct map_params map;
};

#define ANALYSIS_OPTIONS_DEFAULT                                     \
    {                                                                \
        .params = ANALYSIS_PARAMS_DEFAULT, .map = MAP_PARAMS_DEFAULT \
    }

/* Takes option OPT (below ANALYSIS_END, or MAP_END with the map's options) of A; false if its
 * value is wrong, which has then been said. */
bool analysis_options_take(struct analysis_options *o, const struct cli_args *a, int opt);

/* A count file under analysis with what it needs. */
struct analysis_input {
    struct counts counts;
    struct phones phones;
    struct analysis analysis;
};

/* Opens PATH with the options O; to be closed on failure, too.  IN must stay where it is. */
enum status analysis_open(struct analysis_input *in, const char *path,
                          const struct analysis_options *o, struct err *err);
void analysis_close(struct analysis_input *in);

/* Prints what a command found to OUT, in the format of CLI. */
typedef enum status analysis_print(FILE *out, const struct cli *cli, struct analysis_input *in,
                                   void *context, struct err *err);

/* Opens PATH with the options O, has PRINT write to stdout or -o, closes; the exit status. */
int analysis_run(const struct cli *cli, const char *path, const struct analysis_options *o,
                 analysis_print *print, void *context);

/* Starts JSON output: file, model, sigma, ... common to all these commands; NULL without memory. */
json_t *analysis_json(const struct analysis_input *in);

/* Prints ROOT (which it releases; NULL = no memory) to OUT. */
enum status analysis_dump(FILE *out, json_t *root, struct err *err);

/* TEXT as a JSON string; bytes that are no UTF-8, which file names may have, become '?'. */
json_t *analysis_text(const char *text);

/* V as a JSON number with at most ten digits, null for NAN. */
json_t *analysis_real(double v);

/* NAME without control bytes, "" as "(sil)", left-justified to WIDTH columns (0: no padding). */
void print_name(FILE *out, const char *name, int width);

/* Columns NAME takes so. */
int name_width(const char *name);

/* "0.274", or "-" for NAN, with a width and digits after the point. */
void print_real(FILE *out, double v, int width, int digits);

/* "lambda 1 %, sigma 80 %, gender=female, ...": the settings, one line for text output. */
void print_settings(FILE *out, const struct analysis_input *in);

#endif
