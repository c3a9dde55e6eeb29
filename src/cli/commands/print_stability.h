/*
 * print_stability.h - private to propneu stability: what it finds, as text for people.
 */
#ifndef PROPNEU_CLI_COMMANDS_PRINT_STABILITY_H
#define PROPNEU_CLI_COMMANDS_PRINT_STABILITY_H

#include <stdio.h>

#include "inference/difference.h"
#include "inference/split.h"
#include "inference/stability.h"

void print_stability(FILE *out, const struct stability *s);
void print_sizes(FILE *out, const struct stability *s);
void print_split(FILE *out, const struct split *s, const char *property);
void print_difference(FILE *out, const struct difference *d, const char *property,
                      const char *other);

#endif
