/*
 * Maps of patterns: distances between bit rows, classical scaling (Torgerson 1952), which also
 * starts SMACOF, random starts besides, and the scores of the result (mds.h).
 */
#include "config.h"

#include "analysis/mds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum status mds_distances(double *dist, const uint64_t *rows, size_t n, size_t words,
                          const struct cancel *cancel, struct err *err)
{
    for (size_t a = 0; a < n; a++) {
        enum status code = cancel_check(cancel, err);
        if (code)
            return code;
        dist[a * n + a] = 0;
        for (size_t b = a + 1; b < n; b++) {
            size_t differing = 0;
            for (size_t w = 0; w < words; w++)
                differing +=
                    (size_t)__builtin_popcountll(rows[a * words + w] ^ rows[b * words + w]);
            dist[a * n + b] = dist[b * n + a] = sqrt((double)differing);
        }
    }
    return STATUS_OK;
}

static double sum_of_squares(const double *dist, size_t n)
{
    double sum = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++)
            sum += dist[a * n + b] * dist[a * n + b];
    return sum;
}

/* Runs that end in one minimum, turned or reflected, differ in stress by less than this share, as
 * each stops where an update no longer helps: the first of them is kept. */
#define SAME_MINIMUM 1e-6
/* Stress of a map without any, as a share of the squared distances: rounding. */
#define NOTHING 1e-12

/* A start that is as symmetrical as equidistant points are may lie on a saddle, from which last
 * bits would choose the way down: moves it by a bit that is the same everywhere, and larger. */
static void mds_unsettle(double *xy, size_t n, double size)
{
    struct rng rng = rng_seed(0);
    for (size_t i = 0; i < 2 * n; i++)
        xy[i] += 1e-7 * size * (rng_uniform(&rng) - 0.5);
}

static enum status mds_run_smacof(double *xy, const double *dist, size_t n, double *stress,
                                  unsigned *iterations, const struct cancel *cancel,
                                  struct err *err)
{
    enum status code = mds_minimise(xy, dist, n, 3000, 1e-9, iterations, cancel, err);
    if (!code)
        *stress = mds_stress(xy, dist, n);
    return code;
}

/* M->xy holds the classical start; leaves the best of it and the random ones. */
static enum status best_of_starts(struct map *m, const double *dist, size_t n, double squares,
                                  const struct map_params *params, const struct cancel *cancel,
                                  struct err *err)
{
    struct rng rng = rng_seed(params->seed);
    /* Random points fill a square as wide as the distances are long. */
    double side = n > 1 ? sqrt(2 * squares / ((double)n * (double)(n - 1))) : 0;
    double *xy = mem_array(2 * n, sizeof *xy);
    if (!xy)
        return err_nomem(err);
    if (mds_stress(m->xy, dist, n) > NOTHING * squares)
        mds_unsettle(m->xy, n, side);
    enum status code = mds_run_smacof(m->xy, dist, n, &m->stress, &m->iterations, cancel, err);
    for (unsigned s = 0; s < params->starts && !code; s++) {
        double stress;
        unsigned iterations;
        for (size_t i = 0; i < 2 * n; i++)
            xy[i] = side * rng_uniform(&rng);
        code = mds_run_smacof(xy, dist, n, &stress, &iterations, cancel, err);
        if (code || stress >= m->stress * (1 - SAME_MINIMUM) - NOTHING * squares)
            continue;
        memcpy(m->xy, xy, 2 * n * sizeof *xy);
        m->stress = stress;
        m->iterations = iterations;
    }
    free(xy);
    return code;
}

/*
 * Takes what is rounding alone out of a map: equal patterns (distance 0) lie on one point, and what
 * is next to nothing, compared with the map's size, is 0.
 */
static void mds_settle(double *xy, const double *dist, size_t n)
{
    double size = 0;
    for (size_t i = 0; i < 2 * n; i++)
        size = fmax(size, fabs(xy[i]));
    for (size_t i = 0; i < 2 * n; i++)
        xy[i] = fabs(xy[i]) > 1e-9 * size ? xy[i] : 0;
    for (size_t b = 1; b < n; b++)
        for (size_t a = 0; a < b; a++)
            if (dist[a * n + b] == 0) {
                memcpy(xy + 2 * b, xy + 2 * a, 2 * sizeof *xy);
                break;
            }
}

enum status map_make(struct map *m, const double *dist, size_t n, const uint32_t *group,
                     uint32_t groups, const struct map_params *params, const struct cancel *cancel,
                     struct err *err)
{
    struct map made = {.points = (uint32_t)n};
    if (n > MAP_MAX_POINTS)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%zu points are too many for a map (at most %d): narrow the condition", n,
                       MAP_MAX_POINTS);
    made.xy = mem_array(2 * n, sizeof *made.xy);
    if (!made.xy)
        return err_nomem(err);
    double squares = sum_of_squares(dist, n);
    enum status code = mds_classical(made.xy, made.eigen, dist, n, cancel, err);
    if (!code && params->method == MAP_SMACOF)
        code = best_of_starts(&made, dist, n, squares, params, cancel, err);
    if (!code) {
        mds_settle(made.xy, dist, n);
        made.stress = mds_stress(made.xy, dist, n);
        made.normalised_stress = squares > 0 ? sqrt(made.stress / squares) : 0;
        made.silhouette = silhouette_plane(made.xy, n, group, groups);
        code = cancel_check(cancel, err); /* each of these takes up to some 10 ms */
    }
    if (code) {
        map_free(&made);
        return code;
    }
    made.silhouette_full = silhouette_distances(dist, n, group, groups);
    *m = made;
    return STATUS_OK;
}

void map_free(struct map *m)
{
    free(m->xy);
    *m = (struct map){0};
}
