/*
 * tokenunits.h - the tokens of a token file as units: phones in time, each with the neurons that
 * its middle frame activates, whose levels (pitch) a null exchanges.
 */
#ifndef PROPNEU_INFERENCE_TOKENUNITS_H
#define PROPNEU_INFERENCE_TOKENUNITS_H

#include "analysis/analysis.h"

struct token_units {
    uint32_t units, slots, phones, groups;
    uint32_t *owner;       /* [units] speaker of the token file */
    uint32_t *utterance;   /* [units] */
    uint32_t *slot;        /* [units] below slots, as observed */
    uint32_t *phone;       /* [units] below phones */
    uint32_t *first;       /* [phones + 1] units are sorted by phone: where each begins */
    uint32_t *point_group; /* [phones][slots] */
    uint32_t *token;       /* [units] the token of the file */
    uint32_t layers;
    struct token_layer {
        uint32_t width, tau;
        const uint16_t *active; /* [tokens of the file][tau]; borrowed */
    } * layer;                  /* [layers] */
};

void token_units_free(struct token_units *t);

/*
 * Adds the tokens of PHONE in LAYER, in the slots SLOT [units] and WEIGHT [units] times (NULL:
 * once), to HITS [slots][width] and FRAMES [slots].
 */
void token_units_add(const struct token_units *t, uint32_t layer, uint32_t phone,
                     const uint32_t *slot, const uint32_t *weight, uint32_t *hits,
                     uint32_t *frames);

#endif
