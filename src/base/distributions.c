/*
 * Tails of distributions (distributions.h).  The incomplete beta function by its continued fraction
 * (NIST Digital Library of Mathematical Functions, 8.17.22), evaluated by Lentz's method as
 * modified by Thompson and Barnett (1986).  The two discrete distributions by sums of terms that
 * are related to the largest one: each is its neighbour times a quotient of whole numbers, so that
 * no factorial and no logarithm loses digits.
 */
#include "config.h"

#include "base/distributions.h"

#include <math.h>

#define PI         3.14159265358979323846
#define STEPS      1000000
#define NEGLIGIBLE 1e-17

/* ln Gamma(z) less Stirling's (z - 1/2) ln z - z + ln(2 pi) / 2; DLMF 5.11.1 for large z. */
static double gamma_remainder(double z)
{
    double r = 1 / (z * z);
    if (z < 15)
        return log(tgamma(z)) - ((z - 0.5) * log(z) - z + 0.5 * log(2 * PI));
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - r / 1188) * r) * r) * r) / z;
}

/* a ln(x (a + b) / a), where OFF is x (a + b) - a. */
static double beta_power(double a, double b, double x, double off)
{
    return a * (fabs(off) < 0.5 * a ? log1p(off / a) : log(x * (a + b) / a));
}

/* x^a y^b / B(a, b): powers and gamma functions are combined before logarithms are taken, as the
 * logarithms of large ones have few digits left after the point. */
static double beta_front(double a, double b, double x, double y)
{
    double off = x * b - y * a; /* 0 at the mean a / (a + b) */
    double power = beta_power(a, b, x, off) + beta_power(b, a, y, -off);
    double rest = gamma_remainder(a + b) - gamma_remainder(a) - gamma_remainder(b);
    return exp(power + rest) * sqrt(a / (a + b) * b / (2 * PI));
}

/* 1 / (1 + d1 / (1 + d2 / (1 + ...))), which for x below (a + 1) / (a + b + 2) converges in some
 * sqrt(max(a, b)) steps. */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double f = 1, c = 1, d = 0;
    for (int n = 1; n < STEPS; n++) {
        double m = n / 2, even = m * (b - m), odd = -(a + m) * (a + b + m);
        double step = (n % 2 ? odd : even) * x / ((a + n - 1) * (a + n));
        d = 1 + step * d;
        c = 1 + step / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        f *= c * d;
        if (fabs(c * d - 1) < 1e-15)
            break;
    }
    return 1 / f;
}

double beta_regularised(double a, double b, double x, double y)
{
    if (isnan(x) || isnan(y))
        return NAN;
    if (x <= 0)
        return 0;
    if (y <= 0)
        return 1;
    if (x > (a + 1) / (a + b + 2))
        return 1 - beta_front(b, a, y, x) / b * beta_fraction(b, a, y);
    return beta_front(a, b, x, y) / a * beta_fraction(a, b, x);
}

/* P(|T| >= t) is I_x(df / 2, 1 / 2) at x = df / (df + t^2) (DLMF 8.17, Abramowitz and Stegun
 * 26.7.1). */
double student_upper(double t, double df)
{
    if (isnan(t) || isnan(df))
        return NAN;
    if (isinf(t))
        return t > 0 ? 0 : 1;
    double all = df + t * t, both = beta_regularised(df / 2, 0.5, df / all, t * t / all);
    return t > 0 ? both / 2 : 1 - both / 2;
}

/* A distribution over whole numbers that rises to `mode` and falls from there. */
struct discrete {
    double least, most, mode;
    double n, odds;      /* binomial: trials, p / (1 - p) */
    double marked, left; /* hypergeometric: ALL less MARKED less N may be negative */
    double (*next)(const struct discrete *d, double x); /* P(x + 1) / P(x) */
};

static double discrete_next_binomial(const struct discrete *d, double x)
{
    return (d->n - x) / (x + 1) * d->odds;
}

static double discrete_next_hypergeometric(const struct discrete *d, double x)
{
    return (d->marked - x) * (d->n - x) / ((x + 1) * (d->left + x + 1));
}

/* P(X >= K): terms from the mode upwards, then downwards, until they no longer matter. */
static double discrete_upper(const struct discrete *d, double k)
{
    double above = 0, below = 0, term = 1;
    if (k <= d->least)
        return 1;
    if (k > d->most)
        return 0;
    for (double x = d->mode; x <= d->most && term > 0; x++) {
        *(x >= k ? &above : &below) += term;
        if (x >= k && term < NEGLIGIBLE * above)
            break;
        term *= d->next(d, x);
    }
    term = 1;
    for (double x = d->mode - 1; x >= d->least && term > NEGLIGIBLE * (above + below); x--) {
        term /= d->next(d, x);
        *(x >= k ? &above : &below) += term;
    }
    return above / (above + below);
}

/* MODE, as near to it as the range allows. */
static double discrete_mode(const struct discrete *d, double mode)
{
    return fmin(fmax(floor(mode), d->least), d->most);
}

double binomial_upper(uint64_t hits, uint64_t n, double p)
{
    struct discrete d = {
        .most = (double)n, .n = (double)n, .odds = p / (1 - p), .next = discrete_next_binomial};
    d.mode = discrete_mode(&d, (d.n + 1) * p);
    return discrete_upper(&d, (double)hits);
}

double hypergeometric_upper(uint64_t hits, uint64_t n, uint64_t marked, uint64_t all)
{
    struct discrete d = {
        .n = (double)n, .marked = (double)marked, .next = discrete_next_hypergeometric};
    d.left = (double)all - d.marked - d.n;
    d.least = fmax(0, -d.left);
    d.most = fmin(d.n, d.marked);
    d.mode = discrete_mode(&d, (d.n + 1) * (d.marked + 1) / ((double)all + 2));
    return discrete_upper(&d, (double)hits);
}
