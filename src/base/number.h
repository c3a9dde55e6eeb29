/*
 * number.h - computed numbers as text: the only place where a double becomes digits.
 *
 * A difference of two equal means is 0 on one processor and -1e-17 on another, as their kernels add
 * in different orders; printf would show "+0.000" on one and "-0.000" on the other.  Here what
 * rounds to zero has no minus sign, and what is not a number no sign at all.  Each function returns
 * its text by value, so that it can stand among the arguments of any printf:
 *
 *     buf_printf(b, "%9s of %s", number_fixed(mean, 3).text, name);
 */
#ifndef PROPNEU_BASE_NUMBER_H
#define PROPNEU_BASE_NUMBER_H

#define NUMBER_ROOM 32

struct number {
    char text[NUMBER_ROOM];
};

/* V with DECIMALS digits (at most 9) behind the point, as %.*f prints it; from 1e20 on as %.10g.
 */
struct number number_fixed(double v, int decimals);

/* The same with its sign always, as %+.*f prints it: "+0.00" for what rounds to zero. */
struct number number_signed(double v, int decimals);

/* V with at most DIGITS (1 to 17) significant digits, as %.*g prints it. */
struct number number_short(double v, int digits);

/* A probability P in at most 6 characters, "0.230", "0.0012", "3e-15"; "-" for NAN. */
struct number number_p(double p);

/* V for writers that make the text themselves, as jansson does: 0 instead of negative zero. */
static inline double number_positive_zero(double v)
{
    return v == 0 ? 0.0 : v;
}

#endif
