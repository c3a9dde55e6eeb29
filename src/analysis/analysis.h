/*
 * analysis.h - one count file under analysis: parameters as values, results computed when asked
 * for and kept until a parameter changes.  Commands and views both work through it.
 *
 * Results are borrowed: valid until the session is changed or freed.  A worker that computes
 * while the user works makes its own session over the same counts (which are read-only).
 */
#ifndef PROPNEU_ANALYSIS_ANALYSIS_H
#define PROPNEU_ANALYSIS_ANALYSIS_H

#include "base/cancel.h"
#include "analysis/mds.h"
#include "analysis/namedsets.h"
#include "analysis/property.h"
#include "analysis/selection.h"

struct analysis_property; /* private: one property with its layers */

struct analysis {
    const struct counts *counts;   /* borrowed */
    const struct phones *phones;   /* borrowed */
    struct analysis_params params; /* change through analysis_set_params */
    struct map_params map;         /* change through analysis_set_map */
    struct selection_rule rule;    /* change through analysis_set_rule */
    struct query_filters filters;  /* change, then call analysis_changed */
    struct names names; /* properties of the file; bundled features once they are asked for */
    const struct named_sets *sets;       /* what "$name" means; borrowed, NULL = nothing */
    const struct cancel *cancel;         /* borrowed, NULL = never: results come or are cancelled */
    struct analysis_property **property; /* [names.count], NULL = not computed yet */
    size_t property_cap;                 /* private */
};

enum status analysis_init(struct analysis *a, const struct counts *c, const struct phones *phones,
                          struct err *err);
void analysis_free(struct analysis *a);

void analysis_set_params(struct analysis *a, const struct analysis_params *params);
void analysis_set_map(struct analysis *a, const struct map_params *map);
void analysis_set_rule(struct analysis *a, const struct selection_rule *rule);

/* Forgets all results, after the filters were changed. */
void analysis_changed(struct analysis *a);

/*
 * The index of the property NAME in names, to which a feature of the phones is added when it is
 * first asked for, here or by a question below; NAMES_NONE where there is no such property or, on
 * failure, no memory.
 */
uint32_t analysis_find(struct analysis *a, const char *name);

/* True if the LEN bytes at NAME are the name of a property, asked for or not. */
bool analysis_has(const struct analysis *a, const char *name, size_t len);

/* The property NAME, its sets in LAYER (from 0), its map there. */
enum status analysis_property(struct analysis *a, const char *name, const struct property **out,
                              struct err *err);
enum status analysis_layer(struct analysis *a, const char *name, uint32_t layer,
                           const struct property_layer **out, struct err *err);
enum status analysis_map(struct analysis *a, const char *name, uint32_t layer,
                         const struct map **out, struct err *err);

/* The neurons of the property NAME in LAYER that the selector S chooses at the session's size;
 * NULL: the session's selector, which is `paper` unless analysis_set_rule says otherwise. */
enum status analysis_selection(struct analysis *a, const char *name, uint32_t layer,
                               const struct selector *s, const struct selection **out,
                               struct err *err);

/* What the selector S (NULL: the session's) makes of the property NAME in LAYER, to be freed. */
enum status analysis_ranking(struct analysis *a, const char *name, uint32_t layer,
                             const struct selector *s, struct selection_ranking *out,
                             struct err *err);

/*
 * Level of the factor phone for PHONE as a person may write it (AH, ah, AH0, sil); -1 and ERR,
 * listing the phones, where the file has none such.
 */
int analysis_find_phone(const struct analysis *a, const char *phone, struct err *err);

/* p(i | condition) of every neuron of a layer. */
struct profile {
    uint32_t width, tau;
    double baseline;   /* tau / width */
    int64_t frames;    /* of the condition; -1 where only probabilities are known */
    uint32_t *hits;    /* [width]; NULL where only probabilities are known */
    double *p;         /* [width] */
    double *marginal;  /* [width] p(i) over all phones under the session's filters; NULL as hits */
    uint64_t *pattern; /* [words] S: p > baseline */
};

/*
 * The profile of phone PHONE (NULL: all phones together) in LAYER (from 0) under the session's
 * filters and EXTRA (may be NULL).  STATUS_NOTFOUND, listing the phones, for a phone the file does
 * not have; an unseen combination has frames 0 and an empty pattern.
 */
enum status analysis_profile(struct analysis *a, struct profile *out, const char *phone,
                             const struct query_filters *extra, uint32_t layer, struct err *err);
void profile_free(struct profile *p);

/* The cells of PHONE (NULL: of all known phones) under the session's filters, grouped by FACTOR
 * [groups] as query_rows does. */
enum status analysis_rows_of_phone(struct query_rows *rows, const struct analysis *a,
                                   const char *phone, const uint32_t *factor, uint32_t groups,
                                   struct err *err);

/* The neurons by falling p (equal ones by number) [width], to be freed; NULL without memory. */
uint32_t *profile_order(const struct profile *p);

/* What is said of one neuron; NAN where only probabilities are known. */
struct profile_stats {
    double hits, low, high; /* Wilson's interval at 95 % */
    double lift;            /* p / baseline */
    double marginal;
    bool in; /* in the pattern */
};

struct profile_stats profile_stats(const struct profile *p, uint32_t neuron);

/*
 * p(i | point) of one neuron for every point of property NAME: HITS (may be NULL; untouched where
 * only probabilities are known) and P, both [points].
 */
enum status analysis_neuron(struct analysis *a, const char *name, uint32_t layer, uint32_t neuron,
                            uint32_t *hits, double *p, struct err *err);

#endif
