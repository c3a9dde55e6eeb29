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

/* What is worth telling of a merge. */
struct merge_outcome {
    bool repeated;       /* two of the files are of the very same utterances */
    const char *without; /* the first of PATH without a token file, where another has one */
};

/*
 * Adds the N files at PATH into OUT, written whole or not at all.  They must come from one model
 * with the same settings: STATUS_MISMATCH names the first difference and both files;
 * STATUS_UNSUPPORTED for probabilities, which do not add up.  STATUS_MISMATCH too where shards
 * overlap or are missing.  Where each has a token file beside it (tokenfile.h), so has OUT.
 */
enum status merge_files(const char *const *path, size_t n, const struct merge_options *options,
                        const char *out, struct merge_outcome *outcome, struct err *err);

#endif
