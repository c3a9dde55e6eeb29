/*
 * grid.h - the rows of a list: which are shown, in which order, and where the cursor is.
 *
 * Whoever shows a list fills in its rows (numbers and texts by column) when they change; moving,
 * sorting, filtering and searching are then the same in every list.  Rows are given in their
 * natural order, by layer and neuron where they are neurons: that is the order without sorting and
 * among equals, whichever way a column runs.
 */
#ifndef PROPNEU_SCREEN_GRID_H
#define PROPNEU_SCREEN_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "screen/match.h"
#include "base/buf.h"

#define GRID_COLUMNS 24
#define GRID_TEXT    128
#define GRID_NONE    UINT64_MAX

/* Where a cursor can go. */
enum grid_move {
    GRID_STAY,
    GRID_UP,
    GRID_DOWN,
    GRID_PAGE_UP,
    GRID_PAGE_DOWN,
    GRID_FIRST,
    GRID_LAST
};

/* Moves *HERE so among COUNT lines of a list that shows PAGE lines at a time. */
void grid_step(enum grid_move move, size_t *here, size_t count, size_t page);

struct grid {
    const struct grid_column *column; /* [columns], borrowed */
    unsigned columns;
    const char *noun; /* what the rows are: "neurons"; NULL: "lines" */
    size_t rows, row_cap, number_cap, at_cap;
    uint64_t *id;           /* [rows] what a row is, across changes of the rows */
    double *number;         /* [rows][columns] */
    size_t *at;             /* [rows] where a row's texts begin */
    struct buf text, plain; /* in small letters, to look in; and as they were given */
    uint32_t *shown;        /* [count] rows that pass the filter, in order */
    size_t shown_cap, count, here;
    int sort; /* column + 1; 0 = the natural order */
    bool reverse;
    char filter[GRID_TEXT], search[GRID_TEXT]; /* as typed; "" = none */
    struct match keep;                         /* made of filter */
    uint64_t want;                             /* row the cursor goes to once it is there */
    bool wanted;
};

void grid_free(struct grid *g);

/* Without rows, filter, search and sorting, for lists of these columns. */
void grid_reset(struct grid *g, const struct grid_column *column, unsigned columns);

/* Without rows; the cursor will go back to the row it is on. */
void grid_clear(struct grid *g);

/* One more row: NUMBER [columns] (may be NULL), TEXT [columns]; false without memory. */
bool grid_add(struct grid *g, uint64_t id, const double *number, const char *const *text);

/* After rows were added, or sorting or filter changed. */
void grid_arrange(struct grid *g);

/* The row (as it was added) or the id under the cursor; SIZE_MAX, GRID_NONE in an empty list. */
size_t grid_row(const struct grid *g);
uint64_t grid_id(const struct grid *g);

/* Puts the cursor on the row ID, now or, where it is not there yet, once it is. */
void grid_select(struct grid *g, uint64_t id);

/* Sorts by COLUMN (from 0), the other way round if it is already; -1: the natural order. */
void grid_sort(struct grid *g, int column);

/* "p", "p-" (reversed): what is sorted by, into TEXT; "" for the natural order.  And back. */
void grid_sort_text(const struct grid *g, char *text, size_t size);
enum status grid_sort_by(struct grid *g, const char *text, struct err *err);

/* Keeps the rows that match TEXT; on failure all is as before. */
enum status grid_filter(struct grid *g, const char *text, size_t *at, struct err *err);

/*
 * Goes to the next row from line FROM on (FORWARD, or backwards) that matches TEXT, beginning with
 * FROM itself; *WRAPPED says that it lies beyond the end.  STATUS_NOTFOUND if none does.
 */
enum status grid_find(struct grid *g, const char *text, size_t from, bool forward, bool *wrapped,
                      size_t *at, struct err *err);

/* True if row ROW (as it was added) matches. */
bool grid_matches(const struct grid *g, const struct match *m, size_t row);

/* Moves the cursor; PAGE lines are shown at a time. */
void grid_move(struct grid *g, enum grid_move move, size_t page);

/* "neuron" or, sorted by it, "neuron" with the arrow of its direction, into TEXT. */
const char *grid_title(const struct grid *g, unsigned column, char *text, size_t size);

#endif
