/*
 * Stress majorisation (SMACOF): de Leeuw 1977; the update is the Guttman transform for unit
 * weights, X <- B(X) X / n (Borg and Groenen 2005, ch. 8). mds_smacof stops by scikit-learn's
 * rule, so that published maps can be reproduced; mds_minimise extrapolates (Nesterov 1983;
 * O'Donoghue and Candes 2015) and needs a third of the updates.
 */
#include "config.h"

#include "analysis/mds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
    double squares;   /* sum over the pairs of squared distances wanted, */
    double plane;     /* of squared distances in the plane, */
    double products;  /* and of their products */
};

static void smacof_free(struct smacof *s)
{
    free(s->upper);
    free(s->x);
}

/* Copies the start XY [n][2] and the distances DIST [n][n] into the padded layout. x, y, gx and gy
 * are one allocation, which x owns. */
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

/* Sums over the second points of one first point. */
struct sums {
    double x[LANES], y[LANES]; /* ratio x difference */
    double product[LANES];     /* distance in the plane x distance wanted */
};

/* Terms of the point at XI, YI with LANES others.  Plain loops of fixed length without choices
 * between them: compilers make vector instructions of these, of one long loop they do not. */
static inline void smacof_block(double xi, double yi, const double *restrict x,
                                const double *restrict y, const double *restrict want,
                                double *restrict gx, double *restrict gy, struct sums *restrict sum)
{
    double dx[LANES], dy[LANES], d[LANES], ratio[LANES];
    for (size_t k = 0; k < LANES; k++) {
        dx[k] = xi - x[k];
        dy[k] = yi - y[k];
        d[k] = sqrt(dx[k] * dx[k] + dy[k] * dy[k]);
    }
    for (size_t k = 0; k < LANES; k++)
        sum->product[k] += want[k] * d[k];
    for (size_t k = 0; k < LANES; k++)
        ratio[k] = want[k] / (d[k] > 0 ? d[k] : 1e-5); /* dx is then 0 too */
    for (size_t k = 0; k < LANES; k++) {
        sum->x[k] += ratio[k] * dx[k];
        sum->y[k] += ratio[k] * dy[k];
    }
    for (size_t k = 0; k < LANES; k++) {
        gx[k] -= ratio[k] * dx[k];
        gy[k] -= ratio[k] * dy[k];
    }
}

static double add_up(const double *lane)
{
    double sum = 0;
    for (size_t k = 0; k < LANES; k++)
        sum += lane[k];
    return sum;
}

/* Fills gx, gy, plane and products of the configuration.  The sum of squared distances over pairs
 * is n sum |x|^2 - |sum x|^2. */
static void smacof_gather(struct smacof *s)
{
    double norm = 0, mx = 0, my = 0;
    s->products = 0;
    memset(s->gx, 0, 2 * s->padded * sizeof *s->gx);
    for (size_t i = 0; i < s->n; i++) {
        struct sums sum = {{0}, {0}, {0}};
        for (size_t j = (i + 1) / LANES * LANES; j < s->padded; j += LANES)
            smacof_block(s->x[i], s->y[i], s->x + j, s->y + j, s->upper + i * s->padded + j,
                         s->gx + j, s->gy + j, &sum);
        s->gx[i] += add_up(sum.x);
        s->gy[i] += add_up(sum.y);
        s->products += add_up(sum.product);
        norm += s->x[i] * s->x[i] + s->y[i] * s->y[i];
        mx += s->x[i];
        my += s->y[i];
    }
    s->plane = (double)s->n * norm - mx * mx - my * my;
}

/* sum (d - D)^2 over pairs is sum d^2 - 2 sum d D + sum D^2. */
static double stress_of(const struct smacof *s)
{
    double stress = s->plane - 2 * s->products + s->squares;
    return stress > 0 ? stress : 0;
}

static void smacof_finish(struct smacof *s, double *xy)
{
    for (size_t i = 0; i < s->n; i++) {
        xy[2 * i] = s->x[i];
        xy[2 * i + 1] = s->y[i];
    }
    smacof_free(s);
}

/* The Guttman transform of unit weights, X <- B(X) X / n; returns the sum of row norms. */
static double smacof_update(struct smacof *s)
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
                       double *stress, unsigned *iterations, const struct cancel *cancel,
                       struct err *err)
{
    struct smacof s;
    enum status code = smacof_init(&s, xy, dist, n, err);
    if (code)
        return code;
    double before = INFINITY, raw = 0;
    unsigned iter = 0;
    while (iter < max_iter) {
        if ((code = cancel_check(cancel, err))) {
            smacof_free(&s);
            return code;
        }
        smacof_gather(&s);
        raw = stress_of(&s);
        double norms = smacof_update(&s), now = norms > 0 ? raw / norms : 0;
        iter++;
        if (before - now < eps || now == 0)
            break;
        before = now;
    }
    *stress = raw;
    *iterations = iter;
    smacof_finish(&s, xy);
    return STATUS_OK;
}

/* X <- T + momentum (T - the T before), T = B(X) X / n; OLD [2][padded] keeps T. */
static void smacof_extrapolate(struct smacof *s, double *old, double momentum)
{
    for (size_t i = 0; i < s->n; i++) {
        double tx = s->gx[i] / (double)s->n, ty = s->gy[i] / (double)s->n;
        s->x[i] = tx + momentum * (tx - old[i]);
        s->y[i] = ty + momentum * (ty - old[s->padded + i]);
        old[i] = tx;
        old[s->padded + i] = ty;
    }
}

enum status mds_minimise(double *xy, const double *dist, size_t n, unsigned max_iter, double share,
                         unsigned *iterations, const struct cancel *cancel, struct err *err)
{
    struct smacof s;
    enum status code = smacof_init(&s, xy, dist, n, err);
    if (code)
        return code;
    double *old = mem_zeros(2 * s.padded + 1, sizeof *old), before = INFINITY, t = 1;
    if (!old) {
        smacof_free(&s);
        return err_nomem(err);
    }
    unsigned iter = 0, quiet = 0;
    while (iter < max_iter && quiet < 3) {
        if ((code = cancel_check(cancel, err))) {
            free(old);
            smacof_free(&s);
            return code;
        }
        smacof_gather(&s);
        double now = stress_of(&s), next = (1 + sqrt(1 + 4 * t * t)) / 2;
        iter++;
        quiet = fabs(before - now) <= share * now ? quiet + 1 : 0;
        if (now > before) /* too far: start anew from the last plain update */
            next = t = 1;
        smacof_extrapolate(&s, old, iter == 1 ? 0 : (t - 1) / next);
        t = next;
        before = now;
    }
    if (iter > 0)
        smacof_update(&s);
    *iterations = iter;
    free(old);
    smacof_finish(&s, xy);
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
