/*
 * statistics_state.h - what the statistics view shows: shared by its state (statistics_view.c), its
 * drawing (statistics_draw.c) and what it saves (statistics_save.c).
 */
#ifndef PROPNEU_EXPLORER_VIEWS_STATISTICS_STATISTICS_STATE_H
#define PROPNEU_EXPLORER_VIEWS_STATISTICS_STATISTICS_STATE_H

#include "explorer/view.h"

/* Columns of the list: those of `propneu null` that differ from row to row. */
enum {
    STATISTICS_LAYER,
    STATISTICS_NAME,
    STATISTICS_OBSERVED,
    STATISTICS_EXPECTED,
    STATISTICS_LOW,
    STATISTICS_HIGH,
    STATISTICS_P,
    STATISTICS_P_MAX,
    STATISTICS_STRATA, /* drawn where there are several */
    STATISTICS_COLUMNS
};

/* The list with the histogram of the row at hand, or that alone. */
enum statistics_form { STATISTICS_LIST, STATISTICS_HISTOGRAM, STATISTICS_FORMS };

struct statistics_state {
    enum statistics_form form;
    struct grid grid; /* ids are statistics_id */
    uint64_t row;     /* the cursor's, which may not be there yet */
    uint64_t looked;  /* the row whose histogram is drawn, which may lag behind the cursor */
};

static inline struct statistics_state *statistics_state(const struct app *app)
{
    return view_state(app, VIEW_STATISTICS);
}

/* What a row is, across properties and draws: the statistic and the layer, from 0; FURTHER: within
 * further strata. */
uint64_t statistics_id(const struct statistic *statistic, uint32_t layer, bool further);

/* Row I of A so. */
uint64_t statistics_row_id(const struct nulls_answer *a, uint32_t i);

/* The row of the answer at hand that ID is, or NULL. */
const struct null_row *statistics_row(const struct app *app, uint64_t id);

/* Why there is nothing to list, or what is waited for; "" if there is something. */
const char *statistics_why(const struct app *app);

/* Places after the point of a statistic's values. */
static inline int statistics_places(const struct statistic *s)
{
    return s->unit[0] ? 0 : 3;
}

/* What the view gives to a file (statistics_save.c; view.h). */
enum status statistics_result(const struct app *app, struct table *out, struct err *err);
enum status statistics_figure(const struct app *app, struct figure *out, struct err *err);

void statistics_render(const struct app *app, struct canvas *c, struct rect area);

#endif
