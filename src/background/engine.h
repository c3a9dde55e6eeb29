/*
 * engine.h - the slow results of one count file, computed in the background.
 *
 * For every property and layer: sizes of the sets, map, silhouettes.  A worker thread with an
 * analysis session of its own fills them in, what the screen needs first first; the screen shows
 * what is there.  Without a thread (dump, tests) engine_finish computes in the caller, with the
 * same results.  Only the thread that made the engine calls these functions.
 */
#ifndef PROPNEU_BACKGROUND_ENGINE_H
#define PROPNEU_BACKGROUND_ENGINE_H

#include <stdbool.h>

#include "analysis/analysis.h"

#define ENGINE_MAX_POINTS 1600 /* beyond, a map takes minutes and gigabytes: none is made */

/* One property in one layer. */
struct engine_result {
    enum status code; /* why there is nothing, with the message; STATUS_OK: all below is valid */
    char why[256];
    uint32_t any, neurons; /* |S|, |P| */
    uint32_t groups;
    uint32_t *group;   /* [groups] |G_g| */
    char *group_sizes; /* the same with the groups' names, as report_group_sizes has it */
    uint32_t points;
    double *xy; /* [points][2], as the map came out; NULL if too many points */
    double stress, silhouette, silhouette_full; /* NAN where there is none */
};

struct engine;

/* NULL without memory; COUNTS and PHONES are borrowed until engine_free. */
struct engine *engine_new(const struct counts *counts, const struct phones *phones,
                          struct err *err);

/*
 * Starts the thread; without it (or where it cannot start) engine_finish does the work.  WITH (may
 * be NULL) is another engine that was started: new results of either make engine_fd readable in
 * both.
 */
void engine_start(struct engine *e, const struct engine *with);

/* Asks the thread to end and returns at once; of several engines, ask all, then free them. */
void engine_ask_to_stop(struct engine *e);

/* Ends the thread, which takes a few milliseconds whatever it computes, and frees.  E may be NULL.
 */
void engine_free(struct engine *e);

/* New conditions, with the counts at LAMBDA, one of the file's: all results are void, and what is
 * being computed is cancelled. */
enum status engine_set(struct engine *e, const struct analysis_params *params, double lambda,
                       const struct query_filters *filters, struct err *err);

/*
 * The session on the screen has the properties NAMES, to which phone features are added when they
 * are asked for: the engine computes these, too, behind those that it has.
 */
void engine_follow(struct engine *e, const struct names *names);

/*
 * What the screen is about: PROPERTY (index into the session's names) in LAYER; WHOLE: with all
 * layers up to it.  The rest follows afterwards.
 */
void engine_focus(struct engine *e, uint32_t property, uint32_t layer, bool whole);

/* The result, or NULL while it is not there.  Valid until engine_set or engine_free. */
const struct engine_result *engine_get(struct engine *e, uint32_t property, uint32_t layer);

/* MESSAGE without the path of the file it begins with: the screen has that in its title. */
const char *engine_without_path(const struct counts *c, const char *message);

/* Results still to come. */
size_t engine_missing(struct engine *e);

/* Computes, in the caller, everything (or, with FOCUS, what engine_focus asked for) that is
 * missing, where there is no thread; with one, waits at most MS milliseconds for the same. */
void engine_finish(struct engine *e, bool focus, int ms);

/* Makes engine_fd readable: whoever works for the same screen has something new.  Any thread may
 * call it while E is there. */
void engine_tell(struct engine *e);

/* Readable whenever results came since engine_drain; -1 without a thread. */
int engine_fd(const struct engine *e);
void engine_drain(struct engine *e);

#endif
