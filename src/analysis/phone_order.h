/*
 * phone_order.h - private: the order in which phones are looked at.
 */
#ifndef PROPNEU_ANALYSIS_PHONE_ORDER_H
#define PROPNEU_ANALYSIS_PHONE_ORDER_H

#include "formats/countfile.h"
#include "corpus/phones.h"

/*
 * A permutation of the table's phones [phones->phone.count], to be freed; NULL without memory.
 * The table's own order, or with AUTHORS that of the published program, which decides ties in the
 * lists it writes: by class, then by falling number of occurrences in its label table (those of
 * the file where it knows them, else those of LibriSpeech's dev-clean).
 */
uint32_t *phone_order(const struct phones *phones, const struct counts *c, bool authors);

#endif
