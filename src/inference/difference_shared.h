/*
 * difference_shared.h - private to difference*.c: what two files have in common.
 */
#ifndef PROPNEU_INFERENCE_DIFFERENCE_SHARED_H
#define PROPNEU_INFERENCE_DIFFERENCE_SHARED_H

#include "inference/difference.h"

/* Narrows A and B to the speakers (utterances) and phones of PROPERTY that both have, and says in D
 * how many there were. */
enum status difference_share(struct difference *d, struct analysis *a, struct analysis *b,
                             const char *property, struct err *err);

#endif
