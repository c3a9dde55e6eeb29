/*
 * print_stability.h - private to propneu stability: what it finds, as text for people.
 */
#ifndef PROPNEU_CLI_COMMANDS_PRINT_STABILITY_H
#define PROPNEU_CLI_COMMANDS_PRINT_STABILITY_H

#include <stdio.h>

#include "inference/contrast.h"
#include "inference/split.h"
#include "inference/stability.h"
#include "report/table.h"

/* "gender: 9999 draws of 24 speakers within gender": what was drawn. */
void print_drawn(FILE *out, const struct bootstrap_design *d, const char *property);

void print_stability(FILE *out, const struct stability *s);
void print_sizes(FILE *out, const struct stability *s);
void print_split(FILE *out, const struct split *s, const char *property);
void print_difference(FILE *out, const struct difference *d, const char *property,
                      const char *other);

void print_contrast(FILE *out, const struct contrast *c);

/* One layer of neurons --stable: how many of its neurons are in LEAST of the draws, then ROWS. */
void print_stable(FILE *out, const struct stability_layer *l, double least,
                  const struct table *rows);

#endif
