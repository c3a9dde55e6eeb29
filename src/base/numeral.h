/*
 * numeral.h - numbers that people write: in options, forms and request files.
 */
#ifndef PROPNEU_BASE_NUMERAL_H
#define PROPNEU_BASE_NUMERAL_H

#include <stdbool.h>
#include <stddef.h>

/* The whole TEXT must be one number in the range; false otherwise. */
bool numeral_real(const char *text, double low, double high, double *out);
bool numeral_unsigned(const char *text, unsigned long low, unsigned long high, unsigned long *out);

#define NUMERAL_MAX 32

/* V times SCALE with the fewest digits, 15 or more counted, that give V again when they are read
 * and divided by SCALE. */
void numeral_text(double v, double scale, char text[NUMERAL_MAX]);

#endif
