/*
 * null_beside.h - private to the commands that print what chance gives beside their own numbers
 * (--null).
 */
#ifndef PROPNEU_CLI_COMMANDS_NULL_BESIDE_H
#define PROPNEU_CLI_COMMANDS_NULL_BESIDE_H

#include "cli/cli.h"
#include "inference/null.h"

#define NULL_BESIDE_STATISTICS 4

struct null_beside {
    const char *property;
    const char *statistic[NULL_BESIDE_STATISTICS]; /* those that are not NULL */
    const uint32_t *layer;                         /* the only one, from 0; NULL: all */
    struct exchange_options exchange;
};

/*
 * The nulls that B asks for, with progress.  One that the file cannot give is no failure: it is
 * noted, and OUT has no rows.  A p that is missing is noted, too.
 */
enum status null_beside_make(struct null_result *out, struct analysis *a,
                             const struct null_beside *b, const struct cli *cli, struct err *err);

/* The row of STATISTIC in LAYER (from 0), or NULL. */
const struct null_row *null_beside_row(const struct null_result *n,
                                       const struct statistic *statistic, uint32_t layer);

#endif
