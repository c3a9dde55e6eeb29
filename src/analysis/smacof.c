#include "config.h"

#include "propneu/mds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "propneu/mem.h"

/*
 * One update costs a root and a division for each pair, so each pair is visited once, in blocks of
 * LANES second points that compile to vector instructions.  Blocks reach over the diagonal and the
 * end of a row: there `upper` is 0, and with it every term.
 */
#define LANES 8

struct smacof {
    size_t n, padded; /* padded: n rounded up to LANES */
    double *upper;    /* [n][padded] distances of pairs i < j, else 0 */
    double *x, *y;    /* [padded] the configuration */
    double *gx, *gy;  /* [padded] sums of ratio x difference */
    double squares;   /* sum of squared distances over the pairs */
};

static void smacof_free(struct smacof *s)
{
    free(s->upper);
    free(s->x);
}

static enum status smacof_init(struct smacof *s, const double *xy, const double *dist, size_t n,
                               struct err *err)
{
    size_t padded = (n + LANES - 1) / LANES * LANES, size;
    *s = (struct smacof){.n = n, .padded = padded};
    if (!mul_size(n, padded, &size))
        return err_nomem(err);
    s->upper = mem_aligned(size ? size : 1, sizeof *s->upper);
    s->x = mem_aligned(4 * padded + 1, sizeof *s->x);
    if (!s->upper || !s->x) {
        smacof_free(s);
        return err_nomem(err);
    }
    memset(s->upper, 0, size * sizeof *s->upper);
    memset(s->x, 0, 4 * padded * sizeof *s->x);
    s->y = s->x + padded;
    s->gx = s->y + padded;
    s->gy = s->gx + padded;
    for (size_t i = 0; i < n; i++) {
        s->x[i] = xy[2 * i];
        s->y[i] = xy[2 * i + 1];
        for (size_t j = i + 1; j < n; j++) {
            double d = dist[i * n + j];
            s->upper[i * padded + j] = d;
            s->squares += d * d;
        }
    }
    return STATUS_OK;
}

/* Terms of point I with the LANES points from J on; SUM [3][LANES]: x, y, distance products. */
static inline void block(const struct smacof *s, size_t i, size_t j, double (*restrict sum)[LANES])
{
    const double *restrict x = s->x + j, *restrict y = s->y + j;
    const double *restrict want = s->upper + i * s->padded + j;
    double *restrict gx = s->gx + j, *restrict gy = s->gy + j;
    double xi = s->x[i], yi = s->y[i];
    for (size_t k = 0; k < LANES; k++) {
        double dx = xi - x[k], dy = yi - y[k];
        double d = sqrt(dx * dx + dy * dy);
        double ratio = want[k] / (d == 0 ? 1e-5 : d); /* as scikit-learn */
        sum[0][k] += ratio * dx;
        sum[1][k] += ratio * dy;
        sum[2][k] += want[k] * d;
        gx[k] -= ratio * dx;
        gy[k] -= ratio * dy;
    }
}

static double add_up(const double *lane)
{
    double sum = 0;
    for (size_t k = 0; k < LANES; k++)
        sum += lane[k];
    return sum;
}

/* Fills gx, gy; returns the stress of the configuration.  sum (d - D)^2 over pairs is
 * sum d^2 - 2 sum d D + sum D^2, and sum d^2 = n sum |x|^2 - |sum x|^2. */
static double gather(struct smacof *s)
{
    double products = 0, norm = 0, mx = 0, my = 0;
    memset(s->gx, 0, 2 * s->padded * sizeof *s->gx);
    for (size_t i = 0; i < s->n; i++) {
        double sum[3][LANES] = {{0}};
        for (size_t j = (i + 1) / LANES * LANES; j < s->padded; j += LANES)
            block(s, i, j, sum);
        s->gx[i] += add_up(sum[0]);
        s->gy[i] += add_up(sum[1]);
        products += add_up(sum[2]);
        norm += s->x[i] * s->x[i] + s->y[i] * s->y[i];
        mx += s->x[i];
        my += s->y[i];
    }
    double stress = (double)s->n * norm - mx * mx - my * my - 2 * products + s->squares;
    return stress > 0 ? stress : 0;
}

/* The Guttman transform of unit weights, X <- B(X) X / n; returns the sum of row norms. */
static double update(struct smacof *s)
{
    double norms = 0;
    for (size_t i = 0; i < s->n; i++) {
        s->x[i] = s->gx[i] / (double)s->n;
        s->y[i] = s->gy[i] / (double)s->n;
        norms += sqrt(s->x[i] * s->x[i] + s->y[i] * s->y[i]);
    }
    return norms;
}

enum status mds_smacof(double *xy, const double *dist, size_t n, unsigned max_iter, double eps,
                       double *stress, unsigned *iterations, struct err *err)
{
    struct smacof s;
    enum status code = smacof_init(&s, xy, dist, n, err);
    if (code)
        return code;
    double before = INFINITY, raw = 0;
    unsigned iter = 0;
    while (iter < max_iter) {
        raw = gather(&s);
        double norms = update(&s), now = norms > 0 ? raw / norms : 0;
        iter++;
        if (before - now < eps || now == 0)
            break;
        before = now;
    }
    for (size_t i = 0; i < n; i++) {
        xy[2 * i] = s.x[i];
        xy[2 * i + 1] = s.y[i];
    }
    *stress = raw;
    *iterations = iter;
    smacof_free(&s);
    return STATUS_OK;
}

double mds_stress(const double *xy, const double *dist, size_t n)
{
    double stress = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) {
            double dx = xy[2 * a] - xy[2 * b], dy = xy[2 * a + 1] - xy[2 * b + 1];
            double off = sqrt(dx * dx + dy * dy) - dist[a * n + b];
            stress += off * off;
        }
    return stress;
}
