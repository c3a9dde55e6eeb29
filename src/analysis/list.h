/*
 * list.h - private: names put together for messages that say what there is.
 */
#ifndef PROPNEU_ANALYSIS_LIST_H
#define PROPNEU_ANALYSIS_LIST_H

#include <stddef.h>
#include <stdint.h>

/* "AA, AE, AH, ..." of NAME [count] into TEXT; what has no room becomes "...".  The silent
 * level "" is shown as "(sil)". */
void list_names(char *text, size_t size, char *const *name, uint32_t count);

#endif
