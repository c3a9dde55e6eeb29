/*
 * Choices between computed numbers that come out the same on every processor: see ties.h.  Rounding
 * to a key, unlike "nearer than some tolerance", orders any list in one way; only two numbers that
 * lie on both sides of the middle between two keys are told apart for their last bits, which
 * numbers with few digits, where ties are to be expected, are not.
 */
#include "config.h"

#include "base/ties.h"

#include <math.h>

#define KEY_BITS 32
#define HAIR     1e-6 /* of a cell */

double ties_key(double v)
{
    int exponent;
    if (v == 0 || !isfinite(v))
        return v;
    double mantissa = frexp(v, &exponent);
    return ldexp(rint(ldexp(mantissa, KEY_BITS)), exponent - KEY_BITS);
}

bool ties_above(double a, double b)
{
    return ties_key(a) > ties_key(b);
}

double ties_difference(double a, double b)
{
    return isfinite(a) && ties_key(a) == ties_key(b) ? 0 : a - b;
}

long ties_floor(double v)
{
    return (long)floor(v + HAIR);
}

long ties_round(double v)
{
    return ties_floor(v + 0.5);
}

void ties_offer(struct ties *t, long index, double v)
{
    if (isnan(v))
        return;
    bool above = t->count > 0 && ties_above(v, t->value);
    t->apart = t->apart || above || (t->count > 0 && ties_above(t->value, v));
    if (t->count++ == 0 || above) {
        t->best = index;
        t->value = v;
    }
}

long ties_choice(const struct ties *t)
{
    return t->count > 1 && !t->apart ? -1 : t->best;
}
