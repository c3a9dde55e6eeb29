/*
 * element.h - single elements of float tensors of any precision.
 */
#ifndef PROPNEU_EDIT_ELEMENT_H
#define PROPNEU_EDIT_ELEMENT_H

#include <stdbool.h>

#include "formats/tensors/tensors.h"

double element_load(enum dtype d, const unsigned char *p);

/* Stores V rounded to nearest, ties to even; false if V is finite and D cannot hold it. */
bool element_store(enum dtype d, unsigned char *p, double v);

#endif
