/*
 * symboltable.h - Kaldi's and OpenFst's tables of symbols: "AH0_I 3" a line.
 */
#ifndef PROPNEU_FORMATS_LABELS_SYMBOLTABLE_H
#define PROPNEU_FORMATS_LABELS_SYMBOLTABLE_H

#include <stddef.h>

#include "base/status.h"
#include "formats/labels/framejson.h"

/* Reads SIZE bytes; NAME stands in messages, which give the line.  Symbols that stand for no sound
 * ("#0") are read like all others.  Free with label_table_free. */
enum status symbol_table_parse(struct label_table *t, const void *bytes, size_t size,
                               const char *name, struct err *err);

/* The label that LABEL, a whole number, means in T: *OUT, borrowed; LABEL itself where it is no
 * number or there is no table.  False for a number that is not in the table. */
bool label_table_name(const struct label_table *t, const char *label, const char **out);

#endif
