/*
 * info.h - where the numbers on the screen come from.
 */
#ifndef PROPNEU_VIEW_INFO_H
#define PROPNEU_VIEW_INFO_H

#include "app.h"

enum status info_open(struct app *app, struct err *err);

#endif
