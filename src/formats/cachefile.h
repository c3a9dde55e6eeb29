/*
 * cachefile.h - results that took long, kept from one session to the next: bytes under a key.
 *
 * The key is a text that says everything the bytes depend on.  A cache may be lost or broken at any
 * time: whatever is not there, of another key or damaged is as if it had never been kept, and
 * nothing that goes wrong is an error of whoever asks.
 */
#ifndef PROPNEU_FORMATS_CACHEFILE_H
#define PROPNEU_FORMATS_CACHEFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The folder XDG_CACHE_HOME/propneu/NAME; NULL where there is no place for it.  Free with free().
 */
char *cache_folder(const char *name);

/* What FOLDER keeps under KEY, added to OUT; false: nothing. */
bool cache_get(const char *folder, const char *key, struct buf *out);

/*
 * Keeps SIZE bytes under KEY, in a file that appears whole or not at all; then the oldest files of
 * FOLDER go until all are at most LIMIT bytes together.
 */
bool cache_put(const char *folder, const char *key, const void *bytes, size_t size, size_t limit);

#endif
