/*
 * zipbox.h - members of a zip archive in memory, borrowed where they are stored as they are;
 * private to the torch file reader.
 */
#ifndef PROPNEU_FORMATS_TENSORS_ZIPBOX_H
#define PROPNEU_FORMATS_TENSORS_ZIPBOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct zipbox;

/* Opens the archive in the SIZE bytes, which must outlive it, as NAME, too. */
enum status zipbox_open(struct zipbox **out, const unsigned char *bytes, size_t size,
                        const char *name, struct err *err);
void zipbox_free(struct zipbox *z);

/* Members are numbered 0 .. count - 1 in the order of the directory. */
size_t zipbox_count(const struct zipbox *z);
const char *zipbox_name(const struct zipbox *z, size_t member);

/* The member of that name, or -1. */
int64_t zipbox_find(const struct zipbox *z, const char *name);

/*
 * The bytes of a member; valid until zipbox_free.  Compressed ones are unpacked at each call;
 * all together they may not be much longer than the archive.
 */
enum status zipbox_read(struct zipbox *z, size_t member, const unsigned char **data, size_t *size,
                        struct err *err);

#endif
