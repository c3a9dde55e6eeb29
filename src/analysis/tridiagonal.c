/*
 * Eigenvalues by bisection on Sturm's sequence, which says how many of them lie below a number, and
 * vectors by inverse iteration (J. H. Wilkinson, "The Algebraic Eigenvalue Problem", 1965, chapter
 * 5).  Both are done for one block at a time, where a block ends at a 0 next to the diagonal: equal
 * eigenvalues lie in different blocks, or so near each other in one that their vectors are made
 * perpendicular by hand.
 */
#include "config.h"

#include "analysis/tridiagonal.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

/* Elements next to the diagonal below this are noise of the reduction beside elements near 1. */
#define NOTHING (8 * DBL_EPSILON)
/* Eigenvalues of one block that are nearer than this give vectors that mix. */
#define NEAR 1e-3
/* Iterations: the first one finds a vector, the others make up for an unlucky start. */
#define ITERATIONS 4

/* An eigenvalue, and the block that it is one of. */
struct root {
    double value;
    size_t first, size;
};

struct tridiagonal {
    const double *d; /* [n] */
    double *e;       /* [n - 1] */
    size_t n;
    struct root *root; /* [n] */
    size_t roots;
    double *lu; /* [4][n] of a shifted block: diagonal, two above it, multipliers below it */
    bool *swap; /* [n] rows exchanged with the next one */
};

/* How many eigenvalues of the SIZE rows from FIRST on are less than X. */
static size_t count_below(const struct tridiagonal *t, size_t first, size_t size, double x)
{
    size_t below = 0;
    double q = 1;
    for (size_t i = first; i < first + size; i++) {
        double e = i > first ? t->e[i - 1] : 0;
        q = t->d[i] - x - e * e / q;
        if (fabs(q) < DBL_MIN / DBL_EPSILON)
            q = -(DBL_MIN / DBL_EPSILON);
        below += q < 0;
    }
    return below;
}

/* Numbers below and above all eigenvalues of the block, by Gershgorin's circles. */
static void block_bounds(const struct tridiagonal *t, size_t first, size_t size, double *low,
                         double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = first; i < first + size; i++) {
        double r = (i > first ? fabs(t->e[i - 1]) : 0) +
                   (i + 1 < first + size ? fabs(t->e[i]) : 0) + 4 * DBL_EPSILON;
        *low = t->d[i] - r < *low ? t->d[i] - r : *low;
        *high = t->d[i] + r > *high ? t->d[i] + r : *high;
    }
}

/* Eigenvalue number RANK of the block, counted from the lowest: narrows LOW .. HIGH, which it is
 * in, until nothing lies between. */
static double bisect(const struct tridiagonal *t, size_t first, size_t size, size_t rank,
                     double *low, double *high)
{
    if (size == 1)
        return *low = *high = t->d[first];
    while (*high - *low > DBL_EPSILON * (fabs(*low) + fabs(*high)) &&
           *high - *low > DBL_EPSILON / 16) {
        double middle = *low + (*high - *low) / 2;
        if (count_below(t, first, size, middle) > rank)
            *high = middle;
        else
            *low = middle;
    }
    return *low + (*high - *low) / 2;
}

static int falling(const void *a, const void *b)
{
    const struct root *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? 1 : -1;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* The eigenvalues of the block that are not below BOUND, the largest first. */
static enum status block_roots(struct tridiagonal *t, size_t first, size_t size, double bound,
                               const struct cancel *cancel, struct err *err)
{
    size_t below = size == 1 ? t->d[first] < bound : count_below(t, first, size, bound);
    double least, high;
    block_bounds(t, first, size, &least, &high);
    least = least > bound ? least : bound;
    for (size_t rank = size; rank-- > below;) {
        double low = least;
        enum status code = cancel_check(cancel, err);
        if (code)
            return code;
        t->root[t->roots++] = (struct root){bisect(t, first, size, rank, &low, &high), first, size};
    }
    return STATUS_OK;
}

/* At least the COUNT largest eigenvalues of all blocks, falling. */
static enum status find_roots(struct tridiagonal *t, size_t count, const struct cancel *cancel,
                              struct err *err)
{
    double bound, high;
    for (size_t i = 0; i + 1 < t->n; i++)
        if (fabs(t->e[i]) < NOTHING)
            t->e[i] = 0;
    block_bounds(t, 0, t->n, &bound, &high);
    while (high - bound > NOTHING) {
        double middle = bound + (high - bound) / 2;
        size_t below = count_below(t, 0, t->n, middle);
        if (below <= t->n - count)
            bound = middle;
        else
            high = middle;
        if (below == t->n - count)
            break;
    }
    bound -= NOTHING;
    for (size_t first = 0, last; first < t->n; first = last) {
        for (last = first + 1; last < t->n && t->e[last - 1] != 0;)
            last++;
        enum status code = block_roots(t, first, last - first, bound, cancel, err);
        if (code)
            return code;
    }
    qsort(t->root, t->roots, sizeof *t->root, falling);
    return STATUS_OK;
}

/* The factors of the block less R's value times the identity, by elimination with row exchanges. */
static void factor(struct tridiagonal *t, const struct root *r)
{
    double *diagonal = t->lu, *above = diagonal + t->n, *second = above + t->n,
           *multiplier = second + t->n;
    const double *d = t->d + r->first, *e = t->e + r->first;
    size_t n = r->size;
    for (size_t i = 0; i < n; i++) {
        diagonal[i] = d[i] - r->value;
        above[i] = i + 1 < n ? e[i] : 0;
        second[i] = 0;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        double lower = e[i];
        t->swap[i] = fabs(lower) > fabs(diagonal[i]);
        if (t->swap[i]) {
            double a = diagonal[i], b = above[i];
            multiplier[i] = a / lower;
            diagonal[i] = lower;
            above[i] = diagonal[i + 1];
            second[i] = above[i + 1];
            diagonal[i + 1] = b - multiplier[i] * above[i];
            above[i + 1] = -multiplier[i] * second[i];
        } else {
            multiplier[i] = diagonal[i] != 0 ? lower / diagonal[i] : 0;
            diagonal[i + 1] -= multiplier[i] * above[i];
        }
    }
    /* At an eigenvalue the last one is nothing: as small as rounding makes it gives the vector. */
    for (size_t i = 0; i < n; i++)
        if (fabs(diagonal[i]) < DBL_EPSILON)
            diagonal[i] = DBL_EPSILON;
}

/* Solves the factored block for X [size], in place. */
static void solve(const struct tridiagonal *t, size_t n, double *x)
{
    const double *diagonal = t->lu, *above = diagonal + t->n, *second = above + t->n,
                 *multiplier = second + t->n;
    for (size_t i = 0; i + 1 < n; i++) {
        if (t->swap[i]) {
            double kept = x[i];
            x[i] = x[i + 1];
            x[i + 1] = kept;
        }
        x[i + 1] -= multiplier[i] * x[i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = x[i];
        if (i + 1 < n)
            sum -= above[i] * x[i + 1];
        if (i + 2 < n)
            sum -= second[i] * x[i + 2];
        x[i] = sum / diagonal[i];
    }
}

static void normalise(double *x, size_t n)
{
    double largest = 0, sum = 0;
    for (size_t i = 0; i < n; i++)
        largest = fabs(x[i]) > largest ? fabs(x[i]) : largest;
    for (size_t i = 0; i < n; i++) {
        x[i] /= largest;
        sum += x[i] * x[i];
    }
    for (size_t i = 0; i < n; i++)
        x[i] /= sqrt(sum);
}

/* Takes from the vector of root K what it has in common with those of the roots of its block before
 * it that are near. */
static void separate(const struct tridiagonal *t, size_t k, double *vector)
{
    const struct root *own = t->root + k;
    double *x = vector + k * t->n + own->first;
    for (size_t j = k; j-- > 0 && t->root[j].value - own->value < NEAR;) {
        const double *y = vector + j * t->n + own->first;
        double dot = 0;
        if (t->root[j].first != own->first)
            continue;
        for (size_t i = 0; i < own->size; i++)
            dot += x[i] * y[i];
        for (size_t i = 0; i < own->size; i++)
            x[i] -= dot * y[i];
    }
}

/* The vector of root K, from a start that has something of every direction. */
static void find_vector(struct tridiagonal *t, size_t k, double *vector)
{
    const struct root *r = t->root + k;
    double *all = vector + k * t->n, *x = all + r->first;
    struct rng rng = rng_seed(k);
    memset(all, 0, t->n * sizeof *all);
    for (size_t i = 0; i < r->size; i++)
        x[i] = r->size == 1 ? 1 : 0.5 + rng_uniform(&rng);
    if (r->size == 1)
        return;
    factor(t, r);
    for (int i = 0; i < ITERATIONS; i++) {
        solve(t, r->size, x);
        normalise(x, r->size);
        separate(t, k, vector);
        normalise(x, r->size);
    }
}

enum status tridiagonal_largest(const double *d, double *e, size_t n, size_t count, double *value,
                                double *vector, const struct cancel *cancel, struct err *err)
{
    struct tridiagonal t = {.d = d, .e = e, .n = n};
    t.root = mem_array(n, sizeof *t.root);
    t.lu = mem_array(4 * n, sizeof *t.lu);
    t.swap = mem_array(n, sizeof *t.swap);
    enum status code = t.root && t.lu && t.swap ? STATUS_OK : err_nomem(err);
    if (!code)
        code = find_roots(&t, count, cancel, err);
    for (size_t k = 0; k < count && !code; k++) {
        value[k] = t.root[k].value;
        find_vector(&t, k, vector);
        code = cancel_check(cancel, err);
    }
    free(t.root);
    free(t.lu);
    free(t.swap);
    return code;
}
