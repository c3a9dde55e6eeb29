/*
 * mds.h - distances between patterns, multidimensional scaling to two dimensions, silhouettes.
 *
 * Everything is computed in a fixed order on one thread: equal input gives equal output.
 *
 * What takes long has a flag CANCEL (NULL: never), looked at every few milliseconds: once it is set
 * the result is STATUS_CANCELLED and everything as it was.
 */
#ifndef PROPNEU_ANALYSIS_MDS_H
#define PROPNEU_ANALYSIS_MDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cancel.h"

/* Euclidean distances of 0/1 rows: DIST [n][n] = sqrt of the number of differing neurons. */
enum status mds_distances(double *dist, const uint64_t *rows, size_t n, size_t words,
                          const struct cancel *cancel, struct err *err);

/*
 * Classical scaling (Torgerson 1952): XY [n][2] from the two largest eigenvalues of the doubly
 * centred squared distances, EIGEN [2]; in each column the entry of largest magnitude is positive
 * (the first such).  Negative eigenvalues give a column of zeros.
 */
enum status mds_classical(double *xy, double *eigen, const double *dist, size_t n,
                          const struct cancel *cancel, struct err *err);

/*
 * Stress majorisation (de Leeuw 1977) from the start in XY, updated in place.  Stops after
 * max_iter updates, or when the stress divided by the sum of row norms of XY falls by less than
 * eps between two updates (scikit-learn's rule).  *STRESS (raw, unordered pairs) is that of the
 * configuration before the last update, as scikit-learn reports it; mds_stress gives the final one.
 */
enum status mds_smacof(double *xy, const double *dist, size_t n, unsigned max_iter, double eps,
                       double *stress, unsigned *iterations, const struct cancel *cancel,
                       struct err *err);

/*
 * The same minimum in a third of the updates: each goes on in the direction of the one before,
 * further and further until the stress rises (Nesterov 1983; O'Donoghue and Candes 2015).  Stops
 * after max_iter updates, or three in turn that change the stress by less than SHARE of it.
 */
enum status mds_minimise(double *xy, const double *dist, size_t n, unsigned max_iter, double share,
                         unsigned *iterations, const struct cancel *cancel, struct err *err);

/* Raw stress: sum over unordered pairs of (distance in the plane - dist)^2. */
double mds_stress(const double *xy, const double *dist, size_t n);

/* Beyond this many points a map says nothing to the eye, and its matrices are hundreds of MB. */
#define MAP_MAX_POINTS 2500

enum map_method { MAP_SMACOF, MAP_CLASSICAL };

struct map_params {
    enum map_method method;
    unsigned starts; /* SMACOF: random starts tried besides the classical one; the best is kept */
    uint64_t seed;   /* of the random starts */
};

#define MAP_PARAMS_DEFAULT                           \
    {                                                \
        .method = MAP_SMACOF, .starts = 0, .seed = 0 \
    }

/* A layer's map. */
struct map {
    uint32_t points;
    double *xy;               /* [points][2] */
    double stress;            /* raw */
    double normalised_stress; /* sqrt(stress / sum of squared distances): Kruskal's stress-1 form */
    unsigned iterations;      /* of the run that was kept; 0 for classical */
    double eigen[2];          /* of classical scaling, whatever the method */
    double silhouette;        /* on the plane; NAN where it is not defined */
    double silhouette_full;   /* on the distances; NAN where it is not defined */
};

/*
 * Scales DIST [n][n] and scores GROUP [n] (numbers below groups).  n = 0 and 1 are valid (nothing,
 * and one point at the origin).
 */
enum status map_make(struct map *m, const double *dist, size_t n, const uint32_t *group,
                     uint32_t groups, const struct map_params *params, const struct cancel *cancel,
                     struct err *err);
void map_free(struct map *m);

/*
 * Mean silhouette (Rousseeuw 1987) over the points from distances [n][n]; a group of one scores 0,
 * coinciding groups 0.  NAN with fewer than two groups that have points, or no group of two.
 */
double silhouette_distances(const double *dist, size_t n, const uint32_t *group, uint32_t groups);

/* The same from points in the plane, XY [n][2]. */
double silhouette_plane(const double *xy, size_t n, const uint32_t *group, uint32_t groups);

/* Moves, turns and mirrors XY to lie as close as it can to REF (Procrustes, without scaling). */
void map_align(double *xy, const double *ref, size_t n);

#endif
