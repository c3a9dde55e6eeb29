/*
 * merge.h - adding count files.
 *
 * Frames and counts of equal cells are added, levels united.  Whether the files share utterances
 * cannot be known from them: their counts would be added twice.
 */
#ifndef PROPNEU_MERGE_H
#define PROPNEU_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "propneu/status.h"

/*
 * Adds the N files at PATH into OUT, written whole or not at all.  They must come from one model
 * with the same settings: STATUS_MISMATCH names the first difference and both files;
 * STATUS_UNSUPPORTED for probabilities, which do not add up.  *REPEATED is set if two of them are
 * of the very same utterances.
 */
enum status merge_files(const char *const *path, size_t n, const char *created_by,
                        const char *command, const char *out, bool *repeated, struct err *err);

#endif
