/*
 * conditions.h - what the numbers are computed under: sigma, lambda, and which frames count.
 */
#ifndef PROPNEU_EXPLORER_CONDITIONS_H
#define PROPNEU_EXPLORER_CONDITIONS_H

#include "base/status.h"

struct app;

/* Sigma in percent, kept between 5 and 100; a prompt for it. */
enum status conditions_set_sigma(struct app *app, double percent, struct err *err);
void conditions_ask_sigma(struct app *app);

/* The counts at the next of the file's lambdas; each file keeps its own. */
enum status conditions_next_lambda(struct app *app, struct err *err);

/* Factors and levels as a panel: which frames count, and which property divides them. */
enum status conditions_open(struct app *app, struct err *err);

#endif
