/*
 * figure_data.h - private to the command figure: from count files to a figure and its table.
 */
#ifndef PROPNEU_CLI_COMMANDS_FIGURE_DATA_H
#define PROPNEU_CLI_COMMANDS_FIGURE_DATA_H

#include "figure/figures.h"
#include "cli/commands/exchange_options.h"
#include "report/table.h"

/* The figures that have a name instead of a number in the paper. */
#define FIGURE_NULL     0
#define FIGURE_TRAINING (-2)

struct figure_request {
    struct analysis_options options;
    int number; /* or FIGURE_... */
    bool null;  /* what chance gives beside figures 4, 5 and 7 */
    bool draws; /* sizes in bootstrap draws beside figure 7 */
    struct exchange_options exchange;
    const char *statistic;                 /* of the figure null; NULL: its own */
    struct names properties, phones, sets; /* empty: the figure's own */
    bool logarithmic;
    double width, height; /* points; 0: the figure's own */
    const char *const *path;
    size_t files;
};

#define FIGURE_REQUEST_INIT                                                         \
    {                                                                               \
        .options = ANALYSIS_OPTIONS_DEFAULT, .properties = NAMES_INIT, .number = -1 \
    }

void figure_request_free(struct figure_request *r);

/* Both outputs are untouched on failure. */
enum status figure_make(const struct figure_request *r, const struct cli *cli, struct figure *f,
                        struct table *t, struct err *err);

/* figure_data_null.c: the nulls, and the draws, of what S shows of A's file; the figure null of one
 * file. */
enum status figure_add_nulls(const struct figure_request *r, const struct cli *cli,
                             struct scores *s, struct analysis *a, struct err *err);
enum status figure_make_null(const struct figure_request *r, const struct cli *cli,
                             struct analysis_input *in, struct figure *f, struct table *t,
                             struct err *err);

/* figure_data_runs.c: logs of training, and tables of pruned models. */
enum status figure_make_pruned(const struct figure_request *r, struct figure *f, struct table *t,
                               struct err *err);
enum status figure_make_training(const struct figure_request *r, struct figure *f, struct table *t,
                                 struct err *err);

#endif
