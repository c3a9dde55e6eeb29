/*
 * relabel.h - relabelled controls: the neurons that a property's groups would have if the labels
 * stood on other speakers.
 *
 * Erasing the neurons of women hurts women.  Would the neurons that tell any seven speakers from
 * the others, chosen in the same way, hurt those seven?  Labels are exchanged among the speakers of
 * a count file (labelings.h), and for every labeling each group takes as many neurons in each layer
 * as it has in the file: the first in the order of the session's selector (of the published rule:
 * the group's share of phones minus the largest of the other groups', then specificity, then the
 * lower index), whether they pass sigma or not, for few do under a labeling that means nothing. The
 * observed labeling, number 0, is treated alike.
 */
#ifndef PROPNEU_INFERENCE_RELABEL_H
#define PROPNEU_INFERENCE_RELABEL_H

#include "base/neuron_set.h"
#include "inference/exchange.h"

#define RELABEL_DRAWS 99 /* unless another number is asked for: each is evaluated */

struct relabel_options {
    const char *property;
    struct exchange_options exchange; /* draws 0: RELABEL_DRAWS */
    /* [levels of the factor speaker] those that are evaluated, who are exchanged among themselves
     * alone, so that every labeling has as many of them in each group; NULL: all */
    const bool *tested;
    const uint32_t *size; /* [layers][groups] neurons to take */
    unsigned threads;     /* at least 1 */
    const struct cancel *cancel;
};

struct relabel {
    struct analysis *analysis; /* borrowed */
    char *property;
    struct exchange exchange; /* of speakers */
    uint64_t draws;           /* labelings 1 .. draws are exchanged ones */
    uint32_t groups;
    unsigned threads;
    const struct cancel *cancel;
    /* Private. */
    uint32_t *size;   /* [layers][groups] */
    size_t *offset;   /* [layers][groups] where they stand among a labeling's `taken` */
    size_t taken;     /* neurons of one labeling */
    uint64_t first;   /* labeling of the first of the */
    uint64_t known;   /* labelings whose neurons are there */
    uint32_t *neuron; /* [known][taken] */
};

/* STATUS_UNSUPPORTED, saying why, where the property's labels are not those of speakers, or there
 * are too many labelings to go through. */
enum status relabel_open(struct relabel *r, struct analysis *a, const struct relabel_options *o,
                         struct err *err);
void relabel_free(struct relabel *r);

/* The group of each unit (r->exchange.units) in labeling DRAW, into LABEL [units]; ROOM [units +
 * groups] is scratch. */
void relabel_labels(const struct relabel *r, uint64_t draw, uint32_t *label, uint32_t *room);

/* Adds the neurons of GROUP in labeling DRAW to OUT, which has the count file's widths. */
enum status relabel_add(struct relabel *r, uint64_t draw, uint32_t group, struct neuron_set *out,
                        struct err *err);

#endif
