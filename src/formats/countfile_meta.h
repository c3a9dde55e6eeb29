/*
 * countfile_meta.h - metadata that is written, of count files and of the token files beside them.
 */
#ifndef PROPNEU_FORMATS_COUNTFILE_META_H
#define PROPNEU_FORMATS_COUNTFILE_META_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/countfile.h"

/* Keys and values as they are put together. */
struct meta {
    struct counts memory; /* for counts_alloc only */
    const char **entry;   /* [2 * count] */
    size_t count, cap;
    bool failed;
};

#define META_INIT       \
    {                   \
        .failed = false \
    }

void meta_free(struct meta *m);

/* Adds one pair; a failure is kept for meta_check. */
void meta_put(struct meta *m, const char *key, const char *value);

/* All that C says but its numbers, as a file called FORMAT. */
void meta_put_counts(struct meta *m, const struct counts *c, const char *format);

/* STATUS_FORMAT, naming PATH, if a pair could not be added. */
enum status meta_check(const struct meta *m, const char *path, struct err *err);

#endif
