/*
 * stability_run.h - private to propneu stability: one run of it, and the questions that compare.
 */
#ifndef PROPNEU_CLI_COMMANDS_STABILITY_RUN_H
#define PROPNEU_CLI_COMMANDS_STABILITY_RUN_H

#include "cli/commands/analysis_options.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"
#include "inference/bootstrap.h"

enum stability_mode {
    STABILITY_NEURONS,
    STABILITY_SIZES,
    STABILITY_SPLIT,
    STABILITY_DIFFERENCE,
    STABILITY_CONTRAST,
};

struct stability_command {
    struct analysis_options options;
    const char *property;
    const char *layers;
    const char *other; /* the second FILE */
    const char *statistics;
    const char *contrast; /* "LAYERS:LAYERS" */
    struct bootstrap_options bootstrap;
    bool all, best, excess;
    enum stability_mode mode;
    unsigned modes; /* asked for */
};

/* What a run needs, to be freed together. */
struct stability_run {
    const struct stability_command *c;
    const struct cli *cli;
    struct analysis_input *in;
    uint32_t *layer, layers;
    struct progress progress;
};

/* JSON says with the answer what it rests on. */
enum status stability_settings(struct answer *answer, const struct stability_run *r,
                               struct err *err);

/* Two models on the recordings of the same speakers; layers of one file against others
 * (stability_compare.c). */
enum status stability_difference(FILE *out, struct stability_run *r, struct err *err);
enum status stability_contrast(FILE *out, struct stability_run *r, struct err *err);

#endif
