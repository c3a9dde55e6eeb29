/*
 * resample.h - a layer's patterns under many assignments: labels exchanged among units, or units
 * drawn with replacement.
 *
 * Draws are made phone by phone: the counts of one phone's units are read once for many draws and
 * stay in the processor's cache.  Each draw depends on its number alone, sums are whole numbers,
 * and what is made of a draw goes to the draw's own place, so that any number of threads gives the
 * same results.
 */
#ifndef PROPNEU_INFERENCE_RESAMPLE_H
#define PROPNEU_INFERENCE_RESAMPLE_H

#include "analysis/sample.h"
#include "inference/labelings.h"
#include "inference/units.h"

struct token_units; /* tokenunits.h */

/*
 * Draw number DRAW: the slot of each unit into SLOT [units], how often it counts into WEIGHT
 * [units], which is NULL where all count once.  ROOM [units + slots] is scratch.
 */
typedef void resample_draw(const void *context, uint64_t draw, uint32_t *slot, uint32_t *weight,
                           uint32_t *room);

/*
 * What is made of draw DRAW of layer number LAYER (of those asked for, from 0): S holds its
 * patterns.  Called in several threads at once, WORKER below `threads` being the thread's number.
 */
typedef enum status resample_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                   struct sample *s, struct err *err);

struct resample {
    struct analysis *analysis; /* borrowed: counts, parameters, how maps are made */
    const char *property;
    /* Where patterns come from: exactly one of the next two; neither: the property's patterns as
     * they are, and a draw exchanges the groups of the points. */
    const struct units *units;
    const struct token_units *tokens;
    resample_draw *draw;
    const void *context;              /* of draw */
    bool weighted;                    /* draw gives weights */
    unsigned threads;                 /* at least 1 */
    const uint64_t *const *reference; /* [layers asked for] for `overlap`; NULL */
    const struct cancel *cancel;
    void (*progress)(void *context, double share); /* in the caller's thread; NULL: not wanted */
    void *progress_context;
};

/* Visits the draws FIRST .. FIRST + COUNT - 1 in each of LAYER [layers] (from 0). */
enum status resample_run(const struct resample *r, const uint32_t *layer, uint32_t layers,
                         uint64_t first, uint64_t count, resample_visit *visit, void *context,
                         struct err *err);

/* A draw of labelings, whose context is a struct labelings: slots exchanged, no weights. */
resample_draw resample_labels;

#endif
