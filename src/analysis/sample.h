/*
 * sample.h - one layer's activation patterns under one assignment of groups, whatever it came from:
 * the file as it is, or labels exchanged to see what chance gives.
 *
 * What statistics have in common (sets, distances, ranks) is computed when first asked for and kept
 * until the patterns or the groups change, so that thousands of assignments cost no allocation.
 */
#ifndef PROPNEU_ANALYSIS_SAMPLE_H
#define PROPNEU_ANALYSIS_SAMPLE_H

#include "analysis/mds.h"
#include "analysis/property.h"

struct sample {
    uint32_t width; /* D */
    size_t words;   /* of a pattern (bitset.h) */
    uint32_t points, groups;
    const uint32_t *group;        /* [points], below groups; borrowed */
    const uint64_t *pattern;      /* [points][words]; borrowed */
    double sigma;                 /* share of a group's phones that makes a member */
    const struct map_params *map; /* how maps are laid out; borrowed */
    const uint64_t *reference;    /* [words] what `overlap` compares with; borrowed, may be NULL */
    const struct cancel *cancel;  /* borrowed, may be NULL */

    /* Private: what has been computed, and room for it. */
    unsigned have;
    size_t room_points, room_sets;
    uint32_t *size;                     /* [groups] points of each */
    uint16_t *containing;               /* [groups][width] */
    uint64_t *neurons, *members, *more; /* [words], [groups][words], [words] */
    uint32_t *differing;                /* [points][points] */
    double *dist, *rank;                /* [points][points] */
    double *xy;                         /* [points][2] */
    double *scratch;                    /* [groups + 2][points] */
    uint32_t *histogram;                /* [width + 2] */
};

/* An empty sample of layers of WIDTH neurons; to be freed. */
void sample_init(struct sample *s, uint32_t width, double sigma, const struct map_params *map,
                 const struct cancel *cancel);
void sample_free(struct sample *s);

/* Other patterns, PATTERN [points][words], with the groups GROUP [points] below GROUPS. */
enum status sample_set(struct sample *s, const uint64_t *pattern, const uint32_t *group,
                       uint32_t points, uint32_t groups, struct err *err);

/* Other groups of the same patterns, whose distances stay. */
void sample_relabel(struct sample *s, const uint32_t *group);

/* Points of each group [groups]. */
const uint32_t *sample_sizes(struct sample *s);

/* How many of a group's patterns contain a neuron [groups][width]. */
const uint16_t *sample_containing(struct sample *s);

/* The fewest patterns of SIZE that are a share of at least SIGMA, one at least. */
uint32_t sample_needed(uint32_t size, double sigma);

/* N_g [groups][words] (equation 3) and P [words] (equations 4 and 5). */
const uint64_t *sample_members(struct sample *s);
const uint64_t *sample_neurons(struct sample *s);

/* Neurons in which two patterns differ [points][points], the squared distance; and its root. */
const uint32_t *sample_differing(struct sample *s);
const double *sample_distances(struct sample *s);

/* The rank of each distance among those of all pairs, from 1; equal ones share their mean rank. */
const double *sample_ranks(struct sample *s);

/* The map of the distances, [points][2], into *XY: it does not depend on the groups. */
enum status sample_map(struct sample *s, const double **xy, struct err *err);

#endif
