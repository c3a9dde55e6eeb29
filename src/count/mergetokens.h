/*
 * mergetokens.h - adding the token files beside count files that are added.
 */
#ifndef PROPNEU_COUNT_MERGETOKENS_H
#define PROPNEU_COUNT_MERGETOKENS_H

#include <stddef.h>

#include "base/names.h"
#include "formats/countfile.h"

/*
 * Puts the tokens beside FILE [n] into the token file of OUT, of which ABOUT says all but its
 * counts.  Nothing is written unless every file has one; *WITHOUT is then the number of the
 * first that lacks it where another has it, else N.  STATUS_MISMATCH if one is not of its counts.
 */
enum status merge_tokens(const struct counts *file, size_t n, const struct counts *about,
                         const char *out, size_t *without, struct err *err);

#endif
