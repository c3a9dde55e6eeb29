/*
 * figures.h - the figures of the paper, of nulls and of training: what each is drawn from, how it
 * is laid out. The command and the explorer fill the same data; its numbers are the tables of
 * report.h.
 */
#ifndef PROPNEU_FIGURE_FIGURES_H
#define PROPNEU_FIGURE_FIGURES_H

#include "figure/figure.h"
#include "analysis/overlap.h"
#include "inference/null.h"
#include "report/pruned.h"
#include "report/scores.h"
#include "train/training_log.h"

/* Figure 2: p(neuron | phone) of one layer, sorted. */
#define RANKS_MAX_CURVES 5

struct rank_curve {
    const char *phone;
    const struct profile *profile;
    const uint32_t *order; /* [profile->width] by falling p */
};

struct rank_data {
    struct rank_curve curve[RANKS_MAX_CURVES];
    size_t curves; /* of one layer, at least 1 */
    uint32_t layer;
    bool logarithmic; /* ranks */
};

/* Figure 3: the map of a property in a layer; the phone SELECTED is labelled first. */
struct map_data {
    const struct property *property;
    const double *xy;            /* [points][2] */
    const unsigned char *hidden; /* [groups]; NULL: none is */
    uint32_t layer;
    double stress, silhouette, silhouette_full;
    const char *selected; /* NULL: none */
    bool no_labels;
};

/* What figures 4 and 7 show of the layers. */
enum curves_of { CURVES_SILHOUETTES, CURVES_NEURONS };

/* Figure 8: sets with their names in a layer. */
struct sets_data {
    const struct overlap *overlap;
    const char *const *names; /* [overlap->sets] */
    uint32_t layer;           /* of names that have none, from 0 */
};

/* A statistic of a property in one layer or several, against its null. */
struct null_data {
    const struct null_result *null; /* with draws */
    const uint32_t *row;            /* [rows] those of NULL's rows that are drawn */
    size_t rows;
};

/* Each figure fills its whole size; a width or height of 0 becomes the figure's own. */
void figure_ranks(struct figure *f, const struct rank_data *d, double width, double height);
void figure_maps(struct figure *f, const struct map_data *d, size_t maps, double width,
                 double height);
void figure_curves(struct figure *f, const struct scores *s, size_t files, enum curves_of what,
                   double width, double height);
/* The same with what chance gives (scores_add_null), each property in a panel of its own. */
void figure_bands(struct figure *f, const struct scores *s, size_t files, enum curves_of what,
                  double width, double height);
/* Figures 4 and 7 of one file side by side. */
void figure_both(struct figure *f, const struct scores *s, double width, double height);
void figure_best(struct figure *f, const struct scores *s, size_t files, double width,
                 double height);
void figure_null(struct figure *f, const struct null_data *d, double width, double height);
/* The runs LOG [logs], called TITLE. */
void figure_training(struct figure *f, const struct training_log *log, char *const *title,
                     size_t logs, double width, double height);
/* Figures 6 and 9: POINT [points] of P, from pruned_points. */
void figure_pruned(struct figure *f, const struct pruned *p, const struct pruned_point *point,
                   size_t points, double width, double height);
void figure_sets(struct figure *f, const struct sets_data *d, double width, double height);

#endif
