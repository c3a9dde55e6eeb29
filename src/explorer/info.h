/*
 * info.h - where the numbers on the screen come from.
 */
#ifndef PROPNEU_EXPLORER_INFO_H
#define PROPNEU_EXPLORER_INFO_H

#include "explorer/app.h"

enum status info_open(struct app *app, struct err *err);

#endif
