/*
 * difference.h - whether two models differ on the same recordings: statistics of both under the
 * same bootstrap draws of the speakers that they share.
 */
#ifndef PROPNEU_INFERENCE_DIFFERENCE_H
#define PROPNEU_INFERENCE_DIFFERENCE_H

#include "analysis/statistic.h"
#include "inference/bootstrap.h"

#define DIFFERENCE_MAX_STATISTICS 16
#define DIFFERENCE_BEST           UINT32_MAX /* no layer: the best of them */

/* A statistic, or the number of one group's neurons. */
struct difference_statistic {
    const struct statistic *statistic;
    const char *group; /* of "size:GROUP", borrowed; NULL */
};

struct difference_request {
    const char *property;
    const uint32_t *layer; /* [layers] from 0, in rising order, that both files have */
    uint32_t layers;
    struct difference_statistic statistic[DIFFERENCE_MAX_STATISTICS];
    uint32_t statistics;
    bool best; /* the best of the layers, too, whichever it is in each file and draw */
    bool
        excess; /* values less the mean of their null (null.h) under the same strata, draws, seed */
    struct bootstrap_options bootstrap; /* strata are those of the first file */
    unsigned threads;                   /* at least 1 */
    void (*progress)(void *context, double share);
    void *progress_context;
};

/*
 * One statistic in one layer.  With d* the differences of the draws and bias = mean d* - d: low and
 * high are the 2.5 and 97.5 percentiles of d* - bias, and p = min(1, 2 (1 + min(#{d* - bias <= 0},
 * #{d* - bias >= 0})) / (1 + draws)).  Draws in which either is not defined are left out.
 * What is within 1e-9 of SCALE is rounding, and counts as 0.  Where the draws cannot vary
 * (bootstrap.h) or do not, there is no interval and no p: low, high and p are NAN, and WHY says so.
 */
struct difference_row {
    struct difference_statistic statistic;
    uint32_t layer; /* from 0; DIFFERENCE_BEST */
    double a, b, difference, bias, low, high, p;
    double scale;        /* of the values that differ: the largest of them; below 1 counts as 1 */
    const char *why;     /* why there is no interval; NULL */
    const double *value; /* [draws] d*, NAN where it is not defined */
};

struct difference {
    struct bootstrap_design design; /* of the shared speakers */
    uint32_t owners[2];             /* speakers (utterances) of each file */
    uint32_t phones[2], shared;     /* phones of each file, and of both */
    uint32_t rows; /* statistics x layers, statistic by statistic, each with the best last */
    struct difference_row *row; /* [rows] */
    double *value;              /* private */
};

/*
 * Compares the files of A and B, under A's cancel flag.  Both are narrowed to the speakers and
 * phones that they share: the filters of A and B stay so.  STATUS_MISMATCH where they share none,
 * STATUS_UNSUPPORTED where one of them gives no null that is asked for.
 */
enum status difference_make(struct difference *out, struct analysis *a, struct analysis *b,
                            const struct difference_request *r, struct err *err);
void difference_free(struct difference *d);

/* The rest of ROW, whose A, B, SCALE and VALUE [draws of D] are known. */
enum status difference_summarise(struct difference_row *row, const struct bootstrap_design *d,
                                 struct err *err);

/* The largest of SCALE and the VALUE [n], without their signs; NAN is left out. */
double difference_scale(double scale, const double *value, size_t n);

/* Adds to NOTES whether the files of A and B are known to be of other recordings; false without
 * memory. */
bool difference_note_recordings(struct names *notes, const struct counts *a,
                                const struct counts *b);

/* Adds the statistic TEXT, "full-dim" or "size:GROUP", to R; TEXT is borrowed. */
enum status difference_add(struct difference_request *r, const char *text, struct err *err);

#endif
