/*
 * cells.h - the accumulator of a counting job: a row of counters for each combination of factor
 * levels that occurs, and nothing for those that do not.
 *
 * What is counted at several lambdas has the layers at the first, then those at the next, ...:
 * blocks, as in a count file.
 *
 * Sums of integers do not depend on their order, and levels and cells are sorted when they are
 * written: the result is the same for any number of threads and any order of utterances.
 */
#ifndef PROPNEU_COUNT_CELLS_H
#define PROPNEU_COUNT_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "formats/countfile.h"
#include "base/names.h"
#include "count/columns.h"

#define CELLS_MAX_FACTORS 17

struct cells {
    uint32_t factors, layers;
    const char *factor[CELLS_MAX_FACTORS]; /* borrowed */
    struct names level[CELLS_MAX_FACTORS]; /* in order of appearance */
    uint32_t *width, *tau;                 /* [layers] */
    size_t *offset;                        /* [layers + 1] of a layer's counters in a row */
    uint32_t count;                        /* cells */
    size_t cap, slots;
    int32_t (*key)[CELLS_MAX_FACTORS]; /* [count] level indices, -1 = none */
    int64_t *frames;                   /* [count] */
    uint32_t **row;                    /* [count][offset[layers]] counters; NULL where bare */
    uint32_t *slot;                    /* hash of keys, UINT32_MAX = empty */
    bool bare;                         /* only the table of cells, the counts lie elsewhere */
    /* Occurrences [table->count] of phones in the published label table, by level name; borrowed.
     * NULL where there is none. */
    const struct names *table;
    const int64_t *occurrences;
    const struct columns *columns; /* of the speakers, borrowed; or NULL */
};

/* FACTOR [factors] names borrowed for the life of C; WIDTH, TAU [layers] are copied. */
enum status cells_init(struct cells *c, const char *const *factor, uint32_t factors,
                       const uint32_t *width, const uint32_t *tau, uint32_t layers,
                       struct err *err);
void cells_free(struct cells *c);

/* Index of the cell with level indices KEY [factors], made if new; UINT32_MAX without memory. */
uint32_t cells_find(struct cells *c, const int32_t *key);

/*
 * Adds one frame to CELL: NEURONS holds the activated neurons of all layers, one layer behind the
 * other, tau[layer] each.
 */
void cells_add(struct cells *c, uint32_t cell, const uint32_t *neurons);

/* Neurons activated in one frame, all layers: the sum of tau. */
size_t cells_per_frame(const struct cells *c);

/*
 * What the count file of C says besides its counts: ABOUT, the factors with their sorted levels,
 * the layers.  OUT borrows from both; free it with counts_free.
 */
enum status cells_about(const struct cells *c, const struct counts *about, struct counts *out,
                        struct err *err);

/*
 * Writes them as a count file.  ABOUT gives the metadata (model, command, lambdas, ...); its cells,
 * factors and layers are not looked at.
 */
enum status cells_write(const struct cells *c, const struct counts *about, const char *path,
                        struct err *err);

/* The same where ROW gives the counts; it is called with the cells' own numbers. */
enum status cells_write_rows(const struct cells *c, const struct counts *about, counts_row *row,
                             void *context, const char *path, struct err *err);

#endif
