/*
 * group_letters.h - how groups and levels are shown: a letter each, and silence by a name.
 */
#ifndef PROPNEU_EXPLORER_GROUP_LETTERS_H
#define PROPNEU_EXPLORER_GROUP_LETTERS_H

#include "analysis/property.h"

/* The letter that stands for GROUP (from 0) of P, different for every group. */
char group_letter(const struct property *p, uint32_t group);

/* "(sil)" for silence, else the level's name. */
const char *level_label(const char *level);

#endif
