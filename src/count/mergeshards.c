/*
 * Whether count files are shards of one corpus (shards.h): each shard may come once, and together
 * they must be all.
 */
#include "config.h"

#include "count/mergeshards.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/bitset.h"
#include "base/mem.h"

/* A and B are both no shards, or both shards of one corpus: the same number of shards, recordings
 * and digest of their names. */
static enum status check_one_corpus(const struct counts *a, const struct counts *b, struct err *err)
{
    const struct shards *x = &a->shards, *y = &b->shards;
    if (!x->of != !y->of) {
        const struct counts *shard = x->of ? a : b, *whole = x->of ? b : a;
        return err_set(
            err, STATUS_MISMATCH,
            "%s cannot be added to %s: shard %.60s of %u, and a file that is not a shard; "
            "merge the shards first",
            shard->path, whole->path, shard->shards.held, shard->shards.of);
    }
    if (x->of != y->of)
        return err_set(err, STATUS_MISMATCH,
                       "%s cannot be added to %s: a shard of %" PRIu32 ", not of %" PRIu32, b->path,
                       a->path, y->of, x->of);
    if (x->of && (x->recordings_digest != y->recordings_digest ||
                  x->corpus_utterances != y->corpus_utterances))
        return err_set(err, STATUS_MISMATCH,
                       "%s cannot be added to %s: a shard of another corpus (%" PRIu64
                       " recordings, not %" PRIu64 ", or with other names)",
                       b->path, a->path, y->corpus_utterances, x->corpus_utterances);
    return STATUS_OK;
}

/* The file before FILE [k] that holds shard SHARD, from 0. */
static const struct counts *shard_holder(const struct counts *file, size_t k, uint32_t shard,
                                         uint64_t *room)
{
    for (size_t i = 0; i < k; i++) {
        uint32_t of = file[i].shards.of;
        for (size_t w = 0; w < bitset_words(of); w++)
            room[w] = 0;
        if (shards_parse(file[i].shards.held, of, room) && bitset_has(room, shard))
            return &file[i];
    }
    return &file[k];
}

/* Adds the shards of FILE [k] to those SEEN; OWN is room for its list. The file that holds the
 * LOWEST shard becomes `first`. */
static enum status shard_union_add(struct shard_union *u, const struct counts *file, size_t k,
                                   uint64_t *seen, uint64_t *own, uint32_t *lowest, struct err *err)
{
    for (size_t w = 0; w < bitset_words(u->of); w++)
        own[w] = 0;
    if (!shards_parse(file[k].shards.held, u->of, own))
        return err_set(err, STATUS_FORMAT, "%s: no list of shards", file[k].path);
    for (uint32_t s = 0; s < u->of; s++) {
        if (!bitset_has(own, s))
            continue;
        if (bitset_has(seen, s))
            return err_set(err, STATUS_MISMATCH,
                           "%s cannot be added to %s: both hold shard %" PRIu32 " of %" PRIu32,
                           file[k].path, shard_holder(file, k, s, own)->path, s + 1, u->of);
        bitset_put(seen, s);
        if (s < *lowest) {
            *lowest = s;
            u->first = k;
        }
    }
    return STATUS_OK;
}

/* Those not SEEN, by number. */
static enum status tell_missing(const struct counts *file, uint32_t of, uint64_t *seen,
                                struct err *err)
{
    struct buf list = BUF_INIT;
    size_t words = bitset_words(of);
    for (size_t w = 0; w < words; w++)
        seen[w] = ~seen[w];
    size_t missing = 0;
    for (uint32_t s = 0; s < of; s++)
        missing += bitset_has(seen, s);
    shards_print(&list, seen, of);
    err_set(err, STATUS_MISMATCH,
            "%s: of the %" PRIu32 " shards of this corpus %.200s %s missing; --partial merges "
            "the others",
            file->path, of, buf_text(&list), missing == 1 ? "is" : "are");
    buf_free(&list);
    return STATUS_MISMATCH;
}

enum status merge_shards(struct shard_union *out, const struct counts *file, size_t n, bool partial,
                         struct err *err)
{
    uint32_t of = file[0].shards.of, lowest = UINT32_MAX;
    enum status code = STATUS_OK;
    *out = (struct shard_union){.of = of, .whole = true, .held = BUF_INIT};
    for (size_t k = 1; k < n && !code; k++)
        code = check_one_corpus(&file[0], &file[k], err);
    if (code || of == 0)
        return code;
    uint64_t *seen = mem_zeros(bitset_words(of), sizeof *seen);
    uint64_t *own = mem_zeros(bitset_words(of), sizeof *own);
    if (!seen || !own)
        code = err_nomem(err);
    for (size_t k = 0; k < n && !code; k++)
        code = shard_union_add(out, file, k, seen, own, &lowest, err);
    if (code)
        goto out;
    out->whole = bitset_count(seen, bitset_words(of)) == of;
    shards_print(&out->held, seen, of);
    if (!buf_ok(&out->held))
        code = err_nomem(err);
    else if (!out->whole && !partial)
        code = tell_missing(file, of, seen, err);
out:
    free(seen);
    free(own);
    return code;
}
