/*
 * print_neuron_tests.h - private to the command neurons: how neurons were tested and what came of
 * it, for people.
 */
#ifndef PROPNEU_CLI_COMMANDS_PRINT_NEURON_TESTS_H
#define PROPNEU_CLI_COMMANDS_PRINT_NEURON_TESTS_H

#include <stdio.h>

#include "inference/neurontest.h"
#include "report/table.h"

/* Above all layers: what was exchanged, and how small p and q can be. */
void print_neuron_tests_head(FILE *out, const char *property, const struct neuron_tests *t);

/* One layer: the set CHOSEN as a whole, then a line for each row of ROWS, a table of
 * report_neurons with tests. */
void print_neuron_tests(FILE *out, const struct neuron_tests_layer *l, const uint64_t *chosen,
                        const struct table *rows);

/* A line for each row of ROWS, a table of report_neurons, with p, q and stability where it has
 * them. */
void print_neuron_rows(FILE *out, const struct table *rows);

#endif
