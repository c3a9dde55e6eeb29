/*
 * The quantile of the normal distribution by M. J. Wichura, "Algorithm AS 241: The Percentage
 * Points of the Normal Distribution", Applied Statistics 37 (1988), PPND16: quotients of
 * polynomials, with a relative error of about 1e-16.  The bits are those of SplitMix64 (rng.h),
 * whose state is a counter.
 */
#include "config.h"

#include "base/normal.h"

#include <math.h>

#include "base/rng.h"

#define COEFFICIENTS 8

/* A quotient of polynomials; the constant of the denominator is 1.  Highest power first. */
struct quotient {
    double over[COEFFICIENTS], under[COEFFICIENTS];
};

/* |p - 1/2| <= .425, in .425^2 - (p - 1/2)^2. */
static const struct quotient middle = {
    {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608},
    {5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0}};

/* Further out, in r - 1.6 and r - 5, r the root of -log of the smaller tail. */
static const struct quotient tail = {
    {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
     1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
     1.42343711074968357734},
    {1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
     0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
     1.0}};
static const struct quotient far_tail = {
    {2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
     0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
     6.6579046435011037772},
    {2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
     7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
     0.59983220655588793769, 1.0}};

static double quotient_at(const struct quotient *q, double x)
{
    double over = q->over[0], under = q->under[0];
    for (int i = 1; i < COEFFICIENTS; i++) {
        over = fma(over, x, q->over[i]);
        under = fma(under, x, q->under[i]);
    }
    return over / under;
}

/*
 * Natural logarithm of X > 0 from that of its fraction f in (.7, 1.42): 2 artanh((f - 1)/(f + 1)),
 * whose series has lost a double's precision after 11 terms.
 */
static double stream_log(double x)
{
    int exponent;
    double f = frexp(x, &exponent);
    if (f < 0.70710678118654752) {
        f *= 2;
        exponent--;
    }
    double s = (f - 1) / (f + 1), square = s * s, sum = 0;
    for (int k = 21; k >= 1; k -= 2)
        sum = fma(sum, square, 1.0 / k);
    return fma(exponent, 0.69314718055994530942, 2 * s * sum);
}

double normal_quantile(double p)
{
    double q = p - 0.5;
    if (fabs(q) <= 0.425)
        return q * quotient_at(&middle, fma(-q, q, 0.180625));
    double r = sqrt(-stream_log(q < 0 ? p : 1 - p));
    double x = r <= 5 ? quotient_at(&tail, r - 1.6) : quotient_at(&far_tail, r - 5);
    return q < 0 ? -x : x;
}

/* FNV-1a of the name, mixed with the seed. */
uint64_t stream_key(uint64_t seed, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    struct rng r = rng_seed(seed);
    r = rng_seed(rng_next(&r) ^ hash);
    return rng_next(&r);
}

/* In (0, 1), never one of the ends: the middle of one of 2^52 parts, which a double can hold. */
static double stream_open(uint64_t key, uint64_t index)
{
    struct rng r = rng_seed(key + index * RNG_STEP);
    return ((double)(rng_next(&r) >> 12) + 0.5) * 0x1p-52;
}

double stream_uniform(uint64_t key, uint64_t index, double low, double high)
{
    return fma(stream_open(key, index), high - low, low);
}

double stream_normal(uint64_t key, uint64_t index)
{
    return normal_quantile(stream_open(key, index));
}
