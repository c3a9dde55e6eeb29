/*
 * nulls_key.h - private to nulls*.c: what a null depends on, as the key of the cache.
 */
#ifndef PROPNEU_BACKGROUND_NULLS_KEY_H
#define PROPNEU_BACKGROUND_NULLS_KEY_H

#include "inference/null.h"

/*
 * The digest of everything that A's session reads: the counts at its lambda, the names in them, the
 * phone classes.  False, with nothing in HEX, where it was cancelled.
 */
bool nulls_digest(const struct analysis *a, char hex[65]);

/*
 * The key of the null RUN with the DIGEST of its data: program, data, parameters, filters, how maps
 * are made, the exchange, draws, seed and statistics.  False where its values are not to be kept:
 * tokens come from another file.
 */
bool nulls_key(struct buf *out, const char *digest, const struct analysis *a,
               const struct null_run *run, uint64_t seed);

#endif
