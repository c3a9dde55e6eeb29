/*
 * legend.h - the legend of a view as a list: which of its curves or groups are drawn.
 */
#ifndef PROPNEU_EXPLORER_LEGEND_H
#define PROPNEU_EXPLORER_LEGEND_H

#include "base/status.h"

struct app;

enum status legend_open(struct app *app, struct err *err);

#endif
