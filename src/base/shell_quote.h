/*
 * shell_quote.h - words of a shell's command: written so that pasting them gives the same words and
 * runs nothing else, and read again.
 */
#ifndef PROPNEU_BASE_SHELL_QUOTE_H
#define PROPNEU_BASE_SHELL_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Adds TEXT as one word: as it is where no character means anything to a shell, in '...' where all
 * can be printed, else in $'...' with \ooo for the bytes of control characters, of marks that turn
 * the direction of text, and for those that are no UTF-8.
 */
void shell_quote(struct buf *out, const char *text);

/* Adds " --NAME VALUE" to the struct buf OUT, without VALUE where it is NULL: a field_each
 * (base/fields.h). */
void shell_add_option(void *out, const char *name, const char *value);

/*
 * Takes TEXT apart into WORDS [most], which borrow from it, a NULL behind the last; false without a
 * word, with too many, or where a quote is open.  Reads what shell_quote writes, and backslashes.
 */
bool shell_words(char *text, const char **words, size_t most);

#endif
