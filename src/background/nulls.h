/*
 * nulls.h - what chance gives of the property on the screen, computed in the background.
 *
 * A worker thread with an analysis session of its own computes the null (inference/null.h) of one
 * property at a time: first some draws, which are shown as provisional, then all; first the
 * statistics that cost little, then the silhouette on the map.  What it has drawn it keeps while
 * another view or property is looked at.  Finished nulls are kept in a cache from session to
 * session (nulls_key.h).
 *
 * Without a thread (dump, tests) nulls_finish computes in the caller, with the same results.  Only
 * the thread that made it calls these functions.
 */
#ifndef PROPNEU_BACKGROUND_NULLS_H
#define PROPNEU_BACKGROUND_NULLS_H

#include "inference/null.h"
#include "background/engine.h"

#define NULLS_FIRST 999 /* draws that are shown as provisional */
#define NULLS_PARTS                                                                               \
    4                                   /* all statistics but one; the silhouette on the map; the \
                                         * same within further strata, where there are such */
#define NULLS_CACHED ((size_t)64 << 20) /* bytes that the cache may have */

/* What is known of one property. */
struct nulls_answer {
    enum status code; /* why there is nothing, with the message and what would help */
    char why[256];
    uint64_t draws[NULLS_PARTS];          /* in the end */
    struct null_result part[NULLS_PARTS]; /* rows 0: nothing yet */
    bool final[NULLS_PARTS];              /* of all draws */
};

/* What is known of the neurons of one layer for one property. */
struct nulls_neurons {
    uint32_t width;
    double *p, *q; /* [width] of neurontest.h; NULL: not there */
    double
        *stable; /* [groups][width] share of draws of speakers with the neuron in the set; NULL */
    bool tests_final, stable_final; /* of all draws */
    char why[256];                  /* why there are no tests */
};

/* What is wanted: nothing, the null of the property, or tests of the neurons of a layer. */
enum nulls_want { NULLS_NOTHING, NULLS_PROPERTY, NULLS_NEURONS };

struct nulls_options {
    uint64_t draws; /* 0: LABELINGS_DRAWS */
    uint64_t seed;
    char *cache; /* folder; NULL: nothing is kept */
};

struct nulls;

/*
 * NULL without memory; COUNTS and PHONES are borrowed until nulls_free.  TELL's engine_fd becomes
 * readable when there is something new; it ends after this one.
 */
struct nulls *nulls_new(const struct counts *counts, const struct phones *phones,
                        struct engine *tell, const struct nulls_options *options, struct err *err);
void nulls_start(struct nulls *n);
void nulls_ask_to_stop(struct nulls *n);
void nulls_free(struct nulls *n); /* N may be NULL */

/* New conditions: all answers are void, and what is being computed is cancelled. */
enum status nulls_set(struct nulls *n, const struct analysis_params *params, double lambda,
                      const struct query_filters *filters, struct err *err);

/* The properties of the session on the screen, to which phone features are added when they are
 * asked for, as engine_follow has it. */
void nulls_follow(struct nulls *n, const struct names *names);

/* What is wanted, of PROPERTY (index into the session's names) and, of its neurons, LAYER.  What is
 * being computed and no longer wanted stops. */
void nulls_focus(struct nulls *n, enum nulls_want want, uint32_t property, uint32_t layer);

/* Takes what has come since; answers got before are void if it is true. */
bool nulls_take(struct nulls *n);

/* The answer on PROPERTY, or NULL while there is none; its rows; one of them or NULL. */
const struct nulls_answer *nulls_get(const struct nulls *n, uint32_t property);
uint32_t nulls_rows(const struct nulls_answer *a);
const struct null_row *nulls_row(const struct nulls_answer *a, uint32_t row);
const struct null_row *nulls_find(const struct nulls_answer *a, const struct statistic *statistic,
                                  uint32_t layer);

/* The part that ROW of nulls_row is of. */
int nulls_part(const struct nulls_answer *a, uint32_t row);

/* The tests of the neurons of LAYER, or NULL while there are none. */
const struct nulls_neurons *nulls_get_neurons(const struct nulls *n, uint32_t property,
                                              uint32_t layer);

/* True if nothing is to come of what is wanted; how far a null is, 0 to 1. */
bool nulls_complete(struct nulls *n);
double nulls_share(struct nulls *n);

/* Computes, in the caller, what is wanted, where there is no thread; with one, waits at most MS
 * milliseconds for it. */
void nulls_finish(struct nulls *n, int ms);

#endif
