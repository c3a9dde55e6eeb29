/*
 * tokenunits.h - the tokens of a token file as units: phones in time, each with the neurons that
 * its middle frame activates, whose levels (pitch) a null exchanges.
 */
#ifndef PROPNEU_INFERENCE_TOKENUNITS_H
#define PROPNEU_INFERENCE_TOKENUNITS_H

#include "analysis/analysis.h"
#include "formats/tokenfile.h"

struct token_units {
    uint32_t units, slots, phones, groups;
    uint32_t *owner;       /* [units] speaker of the token file */
    uint32_t *utterance;   /* [units] */
    uint32_t *slot;        /* [units] below slots, as observed */
    uint32_t *phone;       /* [units] below phones */
    uint32_t *first;       /* [phones + 1] units are sorted by phone: where each begins */
    uint32_t *point_group; /* [slots][phones], as a property has its points */
    uint32_t *token;       /* [units] its number in the file */
    uint32_t utterances;   /* of the file */
    uint32_t owners;       /* its speakers */
    struct tokens file;
};

/*
 * The tokens of the file PATH that have a level of the factor PROPERTY and pass A's filters.
 * STATUS_MISMATCH unless the file is of A's counts; STATUS_UNSUPPORTED where nothing is left.
 */
enum status token_units_open(struct token_units *t, struct analysis *a, const char *property,
                             const char *path, struct err *err);
void token_units_free(struct token_units *t);

/*
 * Adds the tokens of PHONE in LAYER, in the slots SLOT [units] and WEIGHT [units] times (NULL:
 * once), to HITS [slots][width] and FRAMES [slots].
 */
void token_units_add(const struct token_units *t, uint32_t layer, uint32_t phone,
                     const uint32_t *slot, const uint32_t *weight, uint32_t *hits,
                     uint32_t *frames);

#endif
