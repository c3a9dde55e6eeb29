/*
 * figure_data.h - private to the command figure: from count files to a figure and its table.
 */
#ifndef PROPNEU_CLI_COMMANDS_FIGURE_DATA_H
#define PROPNEU_CLI_COMMANDS_FIGURE_DATA_H

#include "figure/figures.h"
#include "cli/commands/analysis_options.h"
#include "report/table.h"

struct figure_request {
    struct analysis_options options;
    int number;
    struct names properties, phones, sets; /* empty: the figure's own */
    bool logarithmic;
    double width, height; /* points; 0: the figure's own */
    const char *const *path;
    size_t files;
};

#define FIGURE_REQUEST_INIT                                                        \
    {                                                                              \
        .options = ANALYSIS_OPTIONS_DEFAULT, .properties = NAMES_INIT, .number = 0 \
    }

void figure_request_free(struct figure_request *r);

/* Both outputs are untouched on failure. */
enum status figure_make(const struct figure_request *r, const struct cli *cli, struct figure *f,
                        struct table *t, struct err *err);

#endif
