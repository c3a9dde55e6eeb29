/*
 * scores.h - what a count file says of its layers, property by property: what figures 4, 5 and 7
 * are drawn from, of one file or of several side by side.
 */
#ifndef PROPNEU_REPORT_SCORES_H
#define PROPNEU_REPORT_SCORES_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/analysis.h"
#include "base/ties.h"
#include "inference/null.h"
#include "inference/stability.h"

/* Beyond this many points a layer's silhouette takes seconds: it is left out, as in `layers`. */
#define SCORES_MAX_POINTS 600

struct score {
    bool there;
    uint32_t width, tau, points, any, neurons;
    char *group_sizes;                          /* as report_group_sizes has it */
    double stress, silhouette, silhouette_full; /* NAN where there is none */
    /* What chance gives (scores_add_null) of the three numbers; all NAN until then.  `observed` is
     * what was compared: where tokens are exchanged, of their middle frames. */
    struct summary null_neurons, null_silhouette, null_full;
    struct summary drawn_neurons; /* of bootstrap draws (scores_add_draws); NAN until then; no p */
};

/* How the nulls of a property were made, as in struct null_result; draws 0: there are none. */
struct score_exchange {
    enum exchange_kind kind;
    char strata[80];
    uint64_t draws;
    bool enumerated;
};

struct score_property {
    char *name;
    char why[256];       /* why the file has no result; "" if it can */
    bool asked;          /* to be shown; set to true by scores_init */
    struct score *layer; /* [layers] */
    long best;           /* layer of the largest silhouette; -1 = none, or all alike */
    char *exchanged; /* how the nulls were made, as exchange_words has it; NULL: there are none */
    struct score_exchange how;
    char *drawn; /* how draws were made, "14 speakers drawn within gender, 999 draws"; or NULL */
    struct summary null_best; /* of the largest silhouette of all layers; no p_max */
};

struct scores {
    char *title;
    const char
        *select; /* the selector whose neurons were counted, where it is not paper; or NULL */
    uint32_t layers;
    uint32_t only;                   /* from 1: just that layer was asked for; 0: all */
    struct score_property *property; /* [properties] */
    uint32_t properties;
};

/* Nothing known yet of LAYERS layers and the properties NAMES. */
enum status scores_init(struct scores *s, const char *title, uint32_t layers,
                        const struct names *names, struct err *err);
void scores_free(struct scores *s);

/* Finds the best layers again. */
void scores_rank(struct scores *s);

/*
 * Everything A's file says.  Properties that it cannot answer say why.  PROPERTIES (may be NULL):
 * just these; LAYER (from 1, 0: all): just this one.
 */
enum status scores_make(struct scores *s, struct analysis *a, const char *title,
                        const struct names *properties, uint32_t layer, struct err *err);

/* Takes the nulls of a property from N, which has all layers or no `silhouette` (scores_null.c). */
enum status scores_add_null(struct scores *s, const struct null_result *n, struct err *err);

/* Takes the sizes of a property's sets in the draws of D, which are biased (stability.h). */
enum status scores_add_draws(struct scores *s, const struct stability *d, struct err *err);

/* What ENGINE has found so far of C, whose properties are NAMES (scores_take.c). */
struct engine;
enum status scores_take(struct scores *s, struct engine *engine, const struct counts *c,
                        const struct names *names, const char *title, struct err *err);

/* Number of the property NAME in S, or -1. */
long scores_find(const struct scores *s, const char *name);

/* The properties of the files SCORES [files] together, in the order in which they come up. */
enum status scores_names(const struct scores *scores, size_t files, struct names *out,
                         struct err *err);

/*
 * Short names of PATH [count] to distinguish them: file names without ".counts", with their
 * folders where these are equal.  Each is to be freed.
 */
enum status scores_titles(char **title, const char *const *path, size_t count, struct err *err);

#endif
