/*
 * cmi.h - what a property still says of a neuron's activity once another property is known: the
 * conditional mutual information I(active; P | Q), in nats.
 *
 * Over the frames of the phones that P is made of which have a level of Q, with h of the n frames
 * of group p and level q activating the neuron, H and M the same of all groups of the level, N all
 * frames:
 *
 *     I = 1/N sum_q sum_p [ h ln(h M / (n H)) + (n - h) ln((n - h) M / (n (M - H))) ]
 *
 * (Cover and Thomas 2006, section 2.5).  It is 0 where activity and P are independent at every
 * level of Q.  Estimated from frames it is above 0 by chance, too, the more so the more levels
 * there are: a null says by how much.  It cannot exceed H(P | Q), which exchanging labels may
 * change: where nearly all low frames are of men, gender has little left to say of them, and
 * genders on other speakers have more.  Nulls compare shares of that entropy.
 */
#ifndef PROPNEU_INFERENCE_CMI_H
#define PROPNEU_INFERENCE_CMI_H

#include "inference/exchange.h"
#include "inference/given.h"

/*
 * The frames of each level of Q by unit: what is exchanged (a speaker, a phone, a token), or a
 * group of P where nothing is.  A piece is a unit at a level.
 */
struct cmi {
    const struct analysis *analysis; /* borrowed */
    uint32_t units, groups, levels;
    uint32_t *label; /* [units] groups as observed */
    uint32_t pieces;
    uint32_t *unit, *level; /* [pieces] by level, then unit */
    uint64_t *frames;       /* [pieces] */
    uint32_t *piece;        /* [rows.rows], or GIVEN_NONE */
    struct query_rows rows;
    uint32_t width;
    uint32_t layer; /* cmi_load */
    uint32_t *hits; /* [width][pieces] of that layer; of tokens NULL, for each has few */
    const struct token_units *tokens; /* borrowed; NULL: units are no tokens */
};

/*
 * PROPERTY of A's file by the units of X (NULL: nothing is exchanged), which must outlive C, and
 * the levels of G; NULL: one level, all frames.  The frames of tokens are their middle ones.
 */
enum status cmi_make(struct cmi *c, struct analysis *a, const char *property, const struct given *g,
                     const struct exchange *x, struct err *err);
void cmi_free(struct cmi *c);

/* Goes over to LAYER (from 0). */
enum status cmi_load(struct cmi *c, uint32_t layer, const struct cancel *cancel, struct err *err);

/* Numbers that cmi_of needs room for, in any layer. */
size_t cmi_room(const struct cmi *c);

struct cmi_value {
    double mean;    /* nats, over the neurons; NAN for no neurons */
    double entropy; /* H(P | Q), nats: how much there is to know; NAN without frames */
    double share;   /* mean / entropy; NAN where entropy is 0 */
};

/* Of NEURONS, with the units in the groups LABEL [units].  ROOM [cmi_room] is scratch. */
struct cmi_value cmi_of(const struct cmi *c, const uint32_t *label, const uint64_t *neurons,
                        uint64_t *room);

/* The level of each unit into LEVEL [units], `levels` for those of none; false if any unit has
 * several. */
bool cmi_unit_levels(const struct cmi *c, uint32_t *level);

#endif
