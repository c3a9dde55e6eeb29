/*
 * mergeshards.h - whether count files that are to be added fit together as shards (shards.h).
 */
#ifndef PROPNEU_COUNT_MERGESHARDS_H
#define PROPNEU_COUNT_MERGESHARDS_H

#include <stddef.h>

#include "formats/countfile.h"

/* What the shards make together. */
struct shard_union {
    uint32_t of;     /* 0: the files are no shards */
    bool whole;      /* none is missing */
    size_t first;    /* the file with the lowest shard, which gives the result its metadata */
    struct buf held; /* list of the shards */
};

/*
 * FILE [n] must be no shards at all, or shards of one corpus, each shard once: STATUS_MISMATCH
 * names the first files that are not.  Missing shards are STATUS_MISMATCH too, unless PARTIAL.
 * Free OUT's held with buf_free, also after a failure.
 */
enum status merge_shards(struct shard_union *out, const struct counts *file, size_t n, bool partial,
                         struct err *err);

#endif
