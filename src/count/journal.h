/*
 * journal.h - the file in which a counting job keeps what it has, as its writer and reader see it.
 */
#ifndef PROPNEU_COUNT_JOURNAL_H
#define PROPNEU_COUNT_JOURNAL_H

#include "count/count_internal.h"

/*
 * The file: JOURNAL_MAGIC; the settings' text; the set of utterances done; totals; the cells'
 * levels; the cells; how much of the spill is good, and tokens that are not there (tokens.h).
 * Numbers are the machine's own, for only this machine reads them.  A CRC-32 of all before it ends
 * the file.  It is written to another name and renamed, so a kill leaves the last whole one.
 */
#define JOURNAL_MAGIC "propneu-journal 2\n"

#endif
