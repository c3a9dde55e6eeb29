/*
 * Computed numbers as text.  printf does the rounding, correctly for every double; what is left to
 * do is to take the sign from zeros that are printed with one, and from NaN, whose sign bit differs
 * between processors and compilers.
 */
#include "config.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int number_within(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

/* Takes the minus sign off a text without any digit but 0. */
static struct number number_without_minus(struct number n)
{
    if (n.text[0] == '-' && strspn(n.text + 1, "0.") == strlen(n.text + 1))
        memmove(n.text, n.text + 1, strlen(n.text));
    return n;
}

struct number number_fixed(double v, int decimals)
{
    struct number n;
    if (isnan(v))
        return (struct number){"nan"};
    if (fabs(v) >= 1e20)
        return number_short(v, 10);
    snprintf(n.text, sizeof n.text, "%.*f", number_within(decimals, 0, 9), v);
    return number_without_minus(n);
}

struct number number_signed(double v, int decimals)
{
    struct number plain = number_fixed(v, decimals), n;
    if (plain.text[0] == '-' || isnan(v))
        return plain;
    n.text[0] = '+';
    memcpy(n.text + 1, plain.text, sizeof n.text - 1);
    n.text[sizeof n.text - 1] = '\0';
    return n;
}

struct number number_short(double v, int digits)
{
    struct number n;
    if (isnan(v))
        return (struct number){"nan"};
    snprintf(n.text, sizeof n.text, "%.*g", number_within(digits, 1, 17), v);
    return number_without_minus(n);
}

struct number number_p(double p)
{
    struct number n = {"-"};
    if (isnan(p))
        return n;
    return p < 0.99995e-4 && p != 0 ? number_short(p, 1) : number_fixed(p, p < 0.00995 ? 4 : 3);
}
