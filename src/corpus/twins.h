/*
 * twins.h - recordings that lie in a folder twice, in two formats.
 */
#ifndef PROPNEU_CORPUS_TWINS_H
#define PROPNEU_CORPUS_TWINS_H

#include "base/status.h"
#include "corpus/recordings.h"

/* Takes one of each set of files that are the same recording; the others are noted as twins. */
enum status recordings_drop_twins(struct recordings *c, struct err *err);

#endif
