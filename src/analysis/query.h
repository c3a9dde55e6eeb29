/*
 * query.h - conditions over the cells of a count file: filter on levels, group by factors.
 *
 * A condition never needs the recordings again: the counts of cells that satisfy it add up.  The
 * assignment of cells to rows does not depend on the layer and is made once (query_rows); the
 * counts of a layer are then added row by row (query_hits).
 */
#ifndef PROPNEU_ANALYSIS_QUERY_H
#define PROPNEU_ANALYSIS_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cancel.h"
#include "formats/countfile.h"

#define QUERY_MAX_FACTORS 16
#define QUERY_NO_ROW      UINT32_MAX

/* Which levels of one factor are let through.  Cells without a level (-1) never are. */
struct query_filter {
    uint32_t factor;
    uint32_t levels;
    unsigned char *allow; /* [levels], 1 = let through */
};

/* All filters hold together; at most one a factor. */
struct query_filters {
    struct query_filter filter[QUERY_MAX_FACTORS];
    uint32_t count;
};

#define QUERY_FILTERS_INIT \
    {                      \
        .count = 0         \
    }

void query_filters_free(struct query_filters *f);
enum status query_filters_copy(struct query_filters *to, const struct query_filters *from,
                               struct err *err);

/*
 * Adds "factor=level[,level...]".  A second condition on the same factor narrows the first.
 * STATUS_NOTFOUND, listing what there is, for an unknown factor or level.
 */
enum status query_filters_add(struct query_filters *f, const struct counts *c, const char *text,
                              struct err *err);

/* The same with the levels ALLOW [levels of FACTOR] that are not 0. */
enum status query_filters_narrow(struct query_filters *f, const struct counts *c, uint32_t factor,
                                 const unsigned char *allow, struct err *err);

/* Lets LEVEL of FACTOR through or not (explorer); a filter that allows all levels disappears. */
enum status query_filters_toggle(struct query_filters *f, const struct counts *c, uint32_t factor,
                                 uint32_t level, struct err *err);

/* True if a cell of LEVEL in FACTOR is let through. */
bool query_filters_allow(const struct query_filters *f, uint32_t factor, int32_t level);

/* "gender=female, pitch=low|mid" into TEXT of SIZE bytes; "" without filters. */
void query_filters_text(const struct query_filters *f, const struct counts *c, char *text,
                        size_t size);

/* The rows of a query: combinations of levels of the grouped factors that occur. */
struct query_rows {
    uint32_t groups; /* grouped factors */
    uint32_t rows;   /* sorted by level indices, in the order of the factors */
    int32_t *level;  /* [rows][groups] */
    int64_t *frames; /* [rows]; -1 in files of probabilities */
    uint32_t *first; /* [rows + 1] where in `cell` the cells of a row begin */
    uint32_t *cell;  /* [first[rows]] cells, row by row */
};

/*
 * Groups the cells that pass FILTERS (may be NULL) by FACTOR [groups]; a cell without a level of a
 * grouped factor belongs to no row.  groups = 0 makes one row of all (frames 0 if nothing passes).
 * STATUS_UNSUPPORTED where a row of a file of probabilities would consist of several cells:
 * probabilities cannot be added.
 */
enum status query_rows(struct query_rows *r, const struct counts *c,
                       const struct query_filters *filters, const uint32_t *factor, uint32_t groups,
                       struct err *err);
void query_rows_free(struct query_rows *r);

/*
 * Adds up ROW in layer LAYER (from 0) into HITS [width]; only for files of counts.
 * STATUS_CANCELLED, with HITS undefined, once CANCEL (may be NULL) is set.
 */
enum status query_row_hits(const struct query_rows *r, const struct counts *c, uint32_t layer,
                           uint32_t row, uint32_t *hits, const struct cancel *cancel,
                           struct err *err);

/* The count of one NEURON in ROW. */
uint32_t query_one_count(const struct query_rows *r, const struct counts *c, uint32_t layer,
                         uint32_t row, uint32_t neuron);

/* The probabilities of ROW [width], borrowed from the file; NULL in files of counts. */
const float *query_row_probabilities(const struct query_rows *r, const struct counts *c,
                                     uint32_t layer, uint32_t row);

#endif
