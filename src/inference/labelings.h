/*
 * labelings.h - which assignments of labels a null consists of: those that exchange the labels of
 * units within their stratum and keep how often each label occurs there.
 *
 * All of them where there are few enough (the observed one is among them), else random draws.  A
 * labeling depends on its number and the seed alone, not on the ones made before it.
 */
#ifndef PROPNEU_INFERENCE_LABELINGS_H
#define PROPNEU_INFERENCE_LABELINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define LABELINGS_DRAWS      9999 /* unless another number is asked for */
#define LABELINGS_ALL        UINT64_MAX
#define LABELINGS_ENUMERATED 10000    /* at most this many are gone through without being asked */
#define LABELINGS_MOST       10000000 /* and at most this many where all are asked for */

struct labelings {
    uint32_t units, groups, strata;
    uint32_t *label; /* [units] observed */
    uint32_t *order; /* [units] the units, stratum by stratum */
    uint32_t *first; /* [strata + 1] where each stratum begins in `order` */
    uint64_t total;  /* labelings there are; UINT64_MAX: that many or more */
    uint64_t draws;  /* labelings of the null: `total` where enumerated */
    bool enumerated; /* `draws` are all there are, the observed one included */
    uint64_t seed;
};

/*
 * Labelings of UNITS with the labels LABEL [units] below GROUPS, within STRATUM [units] below
 * STRATA (NULL: one).  DRAWS: 0 for the default, LABELINGS_ALL, or a number.  STATUS_UNSUPPORTED
 * where all are asked for and there are more than LABELINGS_MOST.
 */
enum status labelings_init(struct labelings *l, uint32_t units, const uint32_t *label,
                           uint32_t groups, const uint32_t *stratum, uint32_t strata,
                           uint64_t draws, uint64_t seed, struct err *err);
void labelings_free(struct labelings *l);

/* Labels are exchanged only among units of one stratum that also agree in BY [units], below VALUES.
 */
enum status labelings_refine(struct labelings *l, const uint32_t *by, uint32_t values,
                             uint64_t draws, struct err *err);

/* Labeling number DRAW (below draws) into LABEL [units]; ROOM [units + groups] is scratch. */
void labelings_draw(const struct labelings *l, uint64_t draw, uint32_t *label, uint32_t *room);

/* The smallest p that so many labelings allow. */
double labelings_smallest_p(const struct labelings *l);

#endif
