/*
 * Maps of patterns: distances between bit rows, classical scaling (Torgerson 1952), which also
 * starts SMACOF, random starts beside it, and the scores of the result (mds.h).
 */
#include "config.h"

#include "analysis/mds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/eigen.h"
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

/* M [n][n] = -1/2 J D^2 J, J the centring matrix. */
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

/* Column K of XY from an eigenvector, with the sign that makes the result one of its kind. */
static void put_column(double *xy, size_t n, int k, const double *vector, double eigen)
{
    double scale = eigen > 0 ? sqrt(eigen) : 0;
    size_t largest = 0;
    for (size_t i = 1; i < n; i++)
        if (fabs(vector[i]) > fabs(vector[largest]))
            largest = i;
    if (vector[largest] < 0)
        scale = -scale;
    for (size_t i = 0; i < n; i++)
        xy[2 * i + (size_t)k] = scale == 0 ? 0 : scale * vector[i];
}

enum status mds_classical(double *xy, double *eigen, const double *dist, size_t n,
                          const struct cancel *cancel, struct err *err)
{
    double *m = mem_array(n * n, sizeof *m), *mean = mem_array(n, sizeof *mean);
    double *vector = mem_array(2 * n, sizeof *vector), value[2] = {0, 0};
    enum status code = m && mean && vector ? STATUS_OK : err_nomem(err);
    if (!code && n >= 2) {
        doubly_centred(m, mean, dist, n);
        code = eigen_two_largest(m, n, value, vector, cancel, err);
    } else if (!code) { /* no plane to speak of */
        memset(vector, 0, 2 * n * sizeof *vector);
    }
    for (int k = 0; k < 2 && !code; k++) {
        eigen[k] = value[k];
        if (n > 0)
            put_column(xy, n, k, vector + (size_t)k * n, value[k]);
    }
    free(m);
    free(mean);
    free(vector);
    return code;
}

static double sum_of_squares(const double *dist, size_t n)
{
    double sum = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++)
            sum += dist[a * n + b] * dist[a * n + b];
    return sum;
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
    enum status code = mds_run_smacof(m->xy, dist, n, &m->stress, &m->iterations, cancel, err);
    for (unsigned s = 0; s < params->starts && !code; s++) {
        double stress;
        unsigned iterations;
        for (size_t i = 0; i < 2 * n; i++)
            xy[i] = side * rng_uniform(&rng);
        code = mds_run_smacof(xy, dist, n, &stress, &iterations, cancel, err);
        if (code || stress >= m->stress)
            continue;
        memcpy(m->xy, xy, 2 * n * sizeof *xy);
        m->stress = stress;
        m->iterations = iterations;
    }
    free(xy);
    return code;
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
