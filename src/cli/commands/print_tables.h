/*
 * print_tables.h - private to the commands: result tables to a stream, in the format asked for.
 */
#ifndef PROPNEU_CLI_COMMANDS_PRINT_TABLES_H
#define PROPNEU_CLI_COMMANDS_PRINT_TABLES_H

#include "cli/cli.h"
#include "report/report.h"

/* What a command gives: the answer, last, after what JSON says with it. */
#define ANSWER_TABLES 6
struct answer {
    struct table table[ANSWER_TABLES];
    size_t tables;
};

#define ANSWER_INIT \
    {               \
        .tables = 0 \
    }

/* The next table of A, empty. */
struct table *answer_add(struct answer *a);
void answer_free(struct answer *a);

/* A as --format tsv (its last table alone) or json (one object of all) has it. */
enum status answer_print(FILE *out, enum cli_format format, const struct answer *a,
                         struct err *err);

#endif
