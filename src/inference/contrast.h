/*
 * contrast.h - whether a property shows more in some layers than in others: the mean of a statistic
 * over these minus that over those (or the best of those), each less what chance gives, with the
 * interval of the speakers drawn with replacement.
 *
 * Chance differs between layers: one in which speakers lie far apart separates any two groups of
 * them.  Hence the means of the null (null.h) are subtracted first.  What varies within speakers is
 * observed on the tokens' middle frames, as its null is, and drawn from all frames: the draws give
 * the width of the interval, and their bias, which is taken out, its place.
 */
#ifndef PROPNEU_INFERENCE_CONTRAST_H
#define PROPNEU_INFERENCE_CONTRAST_H

#include "base/buf.h"
#include "inference/difference.h"
#include "inference/null.h"

/* Layers by their place among those that were asked for: SIDE [layers] is 1 for those that a
 * contrast is about, -1 for those that they are held against, 0 for neither. */
struct contrast_sides {
    const signed char *side;
    uint32_t layers;
    bool best; /* held against the best of the others, in each draw, not against their mean */
};

/*
 * observed, expected: the first layers' mean minus the others', in the file and under the null;
 * difference: observed - expected; the rest as of two models (difference.h).  against_p: the
 * smallest p_max of the others, for they may show the property, too.
 */
struct contrast_row {
    const struct statistic *statistic;
    double observed, expected, difference, low, high, p, against_p;
    const char *why; /* why there is no interval; NULL */
};

struct contrast {
    struct bootstrap_design design;
    struct null_result null; /* how labels were exchanged */
    struct buf of, against;  /* the layers, "1,3-5" */
    bool best;               /* against the best of these */
    uint32_t rows;           /* statistics */
    struct contrast_row row[DIFFERENCE_MAX_STATISTICS];
};

/*
 * R's statistics in A's file under its cancel flag; S has R->layers of them, some on each side.
 * STATUS_UNSUPPORTED, saying what the file lacks, where it gives no null or no draws.
 */
enum status contrast_make(struct contrast *out, struct analysis *a,
                          const struct difference_request *r, const struct contrast_sides *s,
                          struct err *err);
void contrast_free(struct contrast *c);

/* ROW from the NULL of each layer [layers] and the values of the draws of D, VALUE
 * [layers][draws]. */
enum status contrast_judge(struct contrast_row *row, const struct contrast_sides *s,
                           const struct null_row *null, const double *value,
                           const struct bootstrap_design *d, struct err *err);

/* Adds the layers LAYER [layers of S] (NULL: 0, 1, ...) on the side WHICH to OUT, as "1,3-5". */
void contrast_layers(struct buf *out, const struct contrast_sides *s, const uint32_t *layer,
                     int which);

#endif
