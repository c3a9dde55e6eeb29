/*
 * app_options.h - how the explorer opens: the settings as they are, and saving them.
 */
#ifndef PROPNEU_EXPLORER_APP_OPTIONS_H
#define PROPNEU_EXPLORER_APP_OPTIONS_H

#include "explorer/app.h"

enum status options_open(struct app *app, struct err *err);

#endif
