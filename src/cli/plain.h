/*
 * plain.h - the explorer line by line: for terminals that cannot place text, for screen readers.
 *
 * Every answer is the view as text without lines, bars or drawings; every question is a line.
 * What one types are the names of the actions, as the keys' table has them.
 */
#ifndef PROPNEU_CLI_PLAIN_H
#define PROPNEU_CLI_PLAIN_H

#include <stdio.h>

#include "explorer/player.h"

/* Shows PLAYER's app and obeys lines from IN until one says quit or there are no more. */
enum status plain_run(struct player *player, FILE *in, FILE *out, struct err *err);

#endif
