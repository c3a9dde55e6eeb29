/*
 * Tests of neurons as text (print_neuron_tests.h).  The lines are made from the table that TSV and
 * JSON print, so that all say the same.
 */
#include "config.h"

#include "cli/commands/print_neuron_tests.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands/exchange_options.h"

void print_neuron_tests_head(FILE *out, const char *property, const struct neuron_tests *t)
{
    print_exchange(out, property, t->kind, t->strata, t->draws, t->enumerated);
    fputs("; the smallest p and q they allow: ", out);
    print_real(out, t->smallest_p, 0, 5);
    fprintf(out, "\nq: %s over the neurons of a layer\n", fdr_title(t->fdr));
    if (t->kind == EXCHANGE_TOKENS)
        fputs("p and q are of the tokens' middle frames, sets and 'in phones' of the file's\n",
              out);
}

/* The cell of ROW in the column NAME; NULL where the table has none. */
static const struct table_cell *neuron_tests_cell(const struct table *t, size_t row,
                                                  const char *name)
{
    for (size_t column = 0; column < table_columns(t); column++)
        if (strcmp(table_column(t, column)->name, name) == 0)
            return table_at(t, row, column);
    return NULL;
}

/* Columns that are there where they were asked for. */
static const char *const neuron_columns[] = {"p", "q", "stability"};

void print_neuron_rows(FILE *out, const struct table *rows)
{
    enum { COLUMNS = sizeof neuron_columns / sizeof *neuron_columns };
    if (table_rows(rows) == 0)
        return;
    fputs("  group       neuron    in phones", out);
    for (size_t i = 0; i < COLUMNS; i++)
        if (neuron_tests_cell(rows, 0, neuron_columns[i]))
            fprintf(out, "%10s", neuron_columns[i]);
    fputc('\n', out);
    for (size_t r = 0; r < table_rows(rows); r++) {
        fputs("  ", out);
        print_name(out, neuron_tests_cell(rows, r, "group")->value.text, 10);
        fprintf(out, "  %6lld  %4lld of %-3lld",
                (long long)neuron_tests_cell(rows, r, "neuron")->value.integer,
                (long long)neuron_tests_cell(rows, r, "in_phones")->value.integer,
                (long long)neuron_tests_cell(rows, r, "of_phones")->value.integer);
        for (size_t i = 0; i < COLUMNS; i++) {
            const struct table_cell *cell = neuron_tests_cell(rows, r, neuron_columns[i]);
            if (cell)
                fprintf(out, "%10s", number_p(cell->missing ? NAN : cell->value.real).text);
        }
        fputc('\n', out);
    }
}

/* "N WHAT, N with a q of at most .05 (X expected false)". */
static void print_significant(FILE *out, const struct neuron_tests_set *set, const char *what)
{
    fprintf(out, "%zu %s, %zu with a q of at most .05", set->size, what, set->significant);
    if (set->significant) {
        fputs(" (", out);
        print_real(out, set->expected_false, 0, 1);
        fputs(" expected false)", out);
    }
}

void print_neuron_tests(FILE *out, const struct neuron_tests_layer *l, const uint64_t *chosen,
                        const struct table *rows)
{
    struct neuron_tests_set all = neuron_tests_of_set(l, NULL);
    struct neuron_tests_set set = neuron_tests_of_set(l, chosen);
    fprintf(out, "\nlayer %u: ", l->layer + 1);
    print_significant(out, &set, "property neurons");
    fputs("; of ", out);
    print_significant(out, &all, "neurons");
    fputc('\n', out);
    print_neuron_rows(out, rows);
}
