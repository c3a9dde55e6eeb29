/*
 * Classical scaling (Torgerson 1952): the two largest eigenvectors of the doubly centred matrix of
 * squared distances, each as long as the root of its eigenvalue.  Where eigenvalues are equal any
 * basis of their space is a solution, and which one is found hangs on last bits; as maps
 * must not, the basis is then made from the points themselves, in a way that only depends on the
 * space.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/eigen.h"
#include "analysis/mds.h"
#include "base/mem.h"
#include "base/ties.h"

/* Shares of the largest eigenvalue: what is nearer than this is equal, what is less is 0. */
#define EQUAL 1e-9

/* The largest eigenvalues of a symmetric matrix, falling, and their vectors. */
struct spectrum {
    size_t n, count;
    double *value;  /* [count] */
    double *vector; /* [count][n] */
};

static void spectrum_free(struct spectrum *s)
{
    free(s->value);
    free(s->vector);
}

/* M [n][n] = -1/2 J D^2 J, J the centring matrix; MEAN [n] for its own use. */
static void doubly_centred(double *m, double *mean, const double *dist, size_t n)
{
    double all = 0;
    for (size_t a = 0; a < n; a++) {
        double sum = 0;
        for (size_t b = 0; b < n; b++)
            sum += m[a * n + b] = dist[a * n + b] * dist[a * n + b];
        mean[a] = sum / (double)n;
        all += mean[a] / (double)n;
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++)
            m[a * n + b] = -0.5 * (m[a * n + b] - mean[a] - mean[b] + all);
}

/* The COUNT largest eigenvalues of the doubly centred squares of DIST [n][n]. */
static enum status spectrum_make(struct spectrum *s, const double *dist, size_t n, size_t count,
                                 const struct cancel *cancel, struct err *err)
{
    *s = (struct spectrum){.n = n, .count = count};
    double *m = mem_array(n * n, sizeof *m), *mean = mem_array(n, sizeof *mean);
    s->value = mem_array(count, sizeof *s->value);
    s->vector = mem_array(count * n, sizeof *s->vector);
    enum status code = m && mean && s->value && s->vector ? STATUS_OK : err_nomem(err);
    if (!code) {
        doubly_centred(m, mean, dist, n);
        code = eigen_largest(m, n, count, s->value, s->vector, cancel, err);
    }
    free(m);
    free(mean);
    if (code)
        spectrum_free(s);
    return code;
}

/* True if eigenvalues I and J count as equal. */
static bool spectrum_equal(const struct spectrum *s, size_t i, size_t j)
{
    return fabs(s->value[i] - s->value[j]) <= EQUAL * s->value[0];
}

/*
 * Vectors FIRST and after, COUNT of them, span one space: makes those of them that are drawn the
 * same for every basis of it.  Each in turn is the projection of an axis on what is left of the
 * space, of that axis which is nearest to it.
 */
static void spectrum_settle(struct spectrum *s, size_t first, size_t count)
{
    size_t n = s->n;
    for (size_t k = first; k < 2 && k < first + count; k++) {
        struct ties axis = TIES_NONE;
        for (size_t i = 0; i < n; i++) {
            double square = 0;
            for (size_t v = k; v < first + count; v++)
                square += s->vector[v * n + i] * s->vector[v * n + i];
            ties_offer(&axis, (long)i, square);
        }
        /* Reflects the basis of the rest so that its first vector is the projection: then that
         * axis has no part in the others, and they span what is left. */
        double *a = s->vector + k * n;
        for (size_t v = k + 1; v < first + count; v++) {
            double *b = s->vector + v * n, p = a[axis.best], q = b[axis.best], r = hypot(p, q);
            for (size_t i = 0; i < n && r > 0; i++) {
                double x = a[i], y = b[i];
                a[i] = (p * x + q * y) / r;
                b[i] = (p * y - q * x) / r;
            }
        }
    }
}

/* Column K of XY from vector K, its sign that which makes the largest coordinate positive. */
static void put_column(double *xy, const struct spectrum *s, size_t k)
{
    const double *vector = s->vector + k * s->n;
    double scale = s->value[k] > EQUAL * s->value[0] ? sqrt(s->value[k]) : 0;
    struct ties largest = TIES_NONE;
    for (size_t i = 0; i < s->n; i++)
        ties_offer(&largest, (long)i, fabs(vector[i]));
    if (vector[largest.best] < 0)
        scale = -scale;
    for (size_t i = 0; i < s->n; i++)
        xy[2 * i + k] = scale == 0 ? 0 : scale * vector[i];
}

enum status mds_classical(double *xy, double *eigen, const double *dist, size_t n,
                          const struct cancel *cancel, struct err *err)
{
    struct spectrum s;
    if (n < 2) { /* no plane to speak of */
        memset(xy, 0, 2 * n * sizeof *xy);
        eigen[0] = eigen[1] = 0;
        return STATUS_OK;
    }
    size_t count = n < 3 ? n : 3;
    enum status code = spectrum_make(&s, dist, n, count, cancel, err);
    while (!code && count < n && s.value[1] > EQUAL * s.value[0] &&
           spectrum_equal(&s, 1, count - 1)) {
        /* All but perhaps the first are equal, and so may be more. */
        spectrum_free(&s);
        count = n < 8 * count ? n : 8 * count;
        code = spectrum_make(&s, dist, n, count, cancel, err);
    }
    if (code)
        return code;
    for (size_t first = 0, last; first < 2; first = last) {
        last = first + 1;
        while (last < s.count && spectrum_equal(&s, first, last))
            last++;
        spectrum_settle(&s, first, last - first);
    }
    for (size_t k = 0; k < 2; k++) {
        eigen[k] = fabs(s.value[k]) > EQUAL * s.value[0] ? s.value[k] : 0;
        put_column(xy, &s, k);
    }
    spectrum_free(&s);
    return STATUS_OK;
}
