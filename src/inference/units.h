/*
 * units.h - the counts of a file by unit: the speakers (utterances) whose labels a null exchanges
 * or a bootstrap draws.
 *
 * A unit is an owner (a level of the factor speaker or utterance) with one level of the property's
 * factor; where the factor is constant within owners, as gender is within speakers, owners and
 * units are the same.  A point is a phone in a slot: the property's group where a factor makes the
 * groups, else the only slot there is, and the phone's class is the group.
 */
#ifndef PROPNEU_INFERENCE_UNITS_H
#define PROPNEU_INFERENCE_UNITS_H

#include "analysis/analysis.h"

struct units {
    const struct analysis *analysis; /* borrowed: counts, filters and parameters */
    const struct property *property; /* borrowed from it */
    uint32_t owner_factor;           /* of the count file */
    uint32_t units, owners, slots, phones, groups;
    uint32_t *owner;       /* [units] level of owner_factor */
    uint32_t *slot;        /* [units] below slots, as observed */
    uint32_t *point_group; /* [slots][phones], as a property has its points */
    uint32_t *frames;      /* [phones][units] */
    uint32_t *row;         /* [phones][units] in `rows`, or QUERY_NO_ROW */
    struct query_rows rows;
    bool constant;     /* each owner is one unit at most */
    uint32_t left_out; /* owners with frames of the phones, none of which has a level */
};

/* The phones that a property's patterns are of. */
struct units_phones {
    bool by; /* a factor makes the groups, one slot each; else one slot */
    uint32_t phones, slots, groups;
    uint32_t *of;    /* [levels of the factor phone] place among the phones; UINT32_MAX: none */
    uint32_t *group; /* [slots][phones], as a property has its points */
};

enum status units_phones_make(struct units_phones *n, const struct analysis *a,
                              const struct property *p, struct err *err);
void units_phones_free(struct units_phones *n);

/* Hands the numbers and the groups of N's points, which are no longer N's, to whoever owns units.
 */
static inline void units_phones_give(struct units_phones *n, uint32_t *phones, uint32_t *slots,
                                     uint32_t *groups, uint32_t **point_group)
{
    *phones = n->phones;
    *slots = n->slots;
    *groups = n->groups;
    *point_group = n->group;
    n->group = NULL;
}

/*
 * The units of PROPERTY by the factor OWNER ("speaker", "utterance").  STATUS_UNSUPPORTED, saying
 * what the file lacks, for files of probabilities and those counted without OWNER or the phones.
 */
enum status units_make(struct units *u, struct analysis *a, const char *property, const char *owner,
                       struct err *err);
void units_free(struct units *u);

/* Hits of PHONE's units in LAYER into TABLE [units][width]; units without frames are untouched. */
enum status units_table(const struct units *u, uint32_t layer, uint32_t phone, uint32_t *table,
                        const struct cancel *cancel, struct err *err);

#endif
