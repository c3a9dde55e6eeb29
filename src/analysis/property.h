/*
 * property.h - properties, their groups and phones, and the neurons that encode them.
 *
 * A property has groups (vowel, voiced, unvoiced; male, female; ...) and points: the (phone,
 * group) pairs whose activation patterns are compared.  What belongs where does not depend on the
 * layer (struct property); patterns and sets do (struct property_layer).
 */
#ifndef PROPNEU_ANALYSIS_PROPERTY_H
#define PROPNEU_ANALYSIS_PROPERTY_H

#include "base/names.h"
#include "analysis/query.h"

struct phones; /* phones.h */
struct phone_feature;

/* What changes results; plain values. */
struct analysis_params {
    double sigma;        /* share of a group's phones, 0 < sigma <= 1 */
    uint64_t min_frames; /* rows with fewer frames are left out; at least 1 */
    bool authors;        /* the published program's rule, see property_make */
};

#define ANALYSIS_PARAMS_DEFAULT                         \
    {                                                   \
        .sigma = 0.8, .min_frames = 1, .authors = false \
    }

/* One pattern to be: a phone, under the condition that makes the group. */
struct property_point {
    uint32_t row; /* in rows; QUERY_NO_ROW: never seen (authors' rule only) */
    uint32_t group;
    int32_t phone;     /* level of the factor phone; -1 if the file does not have that phone */
    int64_t frames;    /* -1 in files of probabilities */
    const char *label; /* the phone's name; borrowed from the property */
};

struct property {
    char *name;
    bool partition; /* every phone is in one group: phone, each-phone, features */
    uint32_t groups;
    struct names group;      /* names of the groups, in the order they are shown and written */
    uint32_t *group_points;  /* [groups] points of the group: the denominator of sigma */
    uint32_t *group_missing; /* [groups] phones left out as unseen or rarer than min_frames */
    uint32_t points;
    struct property_point *point; /* [points], by group, then in the phone table's order */
    struct names label;           /* which the points borrow */
    struct query_rows rows;       /* which the points are of */
    struct analysis_params params;
};

/*
 * The property NAME: a feature of PHONES (the groups are its classes, phones without a value are in
 * none) unless the file has a factor called so; "phone" (groups are the classes of PHONES),
 * "each-phone" (each phone its own group), "pitch" (phones of the class unvoiced left out) or any
 * factor of the file with at least one level (phone x level).  Silence, noise and labels that
 * PHONES does not know are no phones. Rows of fewer than min_frames frames are left out (in files
 * of probabilities: rows that are all zero, never seen).
 *
 * With params.authors as the published program: the phones are all those of PHONES, seen or not
 * (an unseen one has an empty pattern and counts in the denominator), unvoiced consonants stay in
 * "pitch", probabilities are compared in float32.
 *
 * STATUS_NOTFOUND, listing the properties there are, for an unknown NAME; STATUS_UNSUPPORTED for
 * a file without phones, or without a single phone left; STATUS_CANCELLED once CANCEL (may be NULL)
 * is set.
 */
enum status property_make(struct property *p, const struct counts *c, const struct phones *phones,
                          const struct query_filters *filters, const struct analysis_params *params,
                          const char *name, const struct cancel *cancel, struct err *err);
void property_free(struct property *p);

/* The feature of PHONES that the property called NAME [LEN] of the file C is, or NULL. */
const struct phone_feature *property_feature(const struct counts *c, const struct phones *phones,
                                             const char *name, size_t len);

/* Adds the names of the properties the file supports to OUT: phone, factors, each-phone, and the
 * features that the user named; not the bundled ones, which are there when they are asked for. */
enum status property_names(struct names *out, const struct counts *c, const struct phones *phones,
                           struct err *err);

/* Sets of one layer; every row has `words` words (bitset.h). */
struct property_layer {
    uint32_t layer; /* from 0 */
    uint32_t width, tau;
    size_t words;
    uint32_t points, groups;
    uint64_t *pattern; /* [points][words] S_k */
    uint64_t *any;     /* [words] S: union of the patterns */
    uint64_t *members; /* [groups][words] N_g: in at least sigma of the patterns of g */
    uint64_t *group;   /* [groups][words] G_g: N_g minus the N of every other group */
    uint64_t *neurons; /* [words] P: union of the G_g, the property neurons */
};

/* Computes layer LAYER (from 0) of P.  STATUS_CANCELLED once CANCEL (may be NULL) is set. */
enum status property_layer_make(struct property_layer *l, const struct property *p,
                                const struct counts *c, uint32_t layer, const struct cancel *cancel,
                                struct err *err);
void property_layer_free(struct property_layer *l);

/*
 * Property neurons of L in the order in which the published program writes them (group by group,
 * falling share of phones, ties by first appearance) into OUT [bitset_count(neurons)].
 */
enum status property_written_order(const struct property_layer *l, const struct property *p,
                                   const struct counts *c, uint32_t *out, struct err *err);

#endif
