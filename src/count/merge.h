/*
 * merge.h - adding count files.
 *
 * Frames and counts of equal cells are added, levels united.  Whether the files share utterances
 * cannot be known from them, and their counts would be added twice, unless they are shards of one
 * corpus: then each shard may come once, and all together give the very file that one run over the
 * corpus writes.
 */
#ifndef PROPNEU_COUNT_MERGE_H
#define PROPNEU_COUNT_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct merge_options {
    const char *created_by, *command; /* for the result; shards keep their own */
    bool partial;                     /* shards may be missing: the result holds those there are */
};

/*
 * Adds the N files at PATH into OUT, written whole or not at all.  They must come from one model
 * with the same settings: STATUS_MISMATCH names the first difference and both files;
 * STATUS_UNSUPPORTED for probabilities, which do not add up.  STATUS_MISMATCH too where shards
 * overlap or are missing.  *REPEATED is set if two of them are of the very same utterances.
 */
enum status merge_files(const char *const *path, size_t n, const struct merge_options *options,
                        const char *out, bool *repeated, struct err *err);

#endif
