/*
 * mapped.h - files mapped for reading, and what happened to them meanwhile.
 */
#ifndef PROPNEU_FORMATS_MAPPED_H
#define PROPNEU_FORMATS_MAPPED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* A file's bytes, read-only. */
struct mapped {
    const unsigned char *data; /* [size]; NULL if size is 0 */
    size_t size;
};

/*
 * Maps PATH, which must be a regular file.  A FIFO, device or folder is refused (STATUS_IO or
 * STATUS_FORMAT) without reading from it, and so is what only stands for a file (foreign.h).
 * Messages begin with PATH.
 */
enum status mapped_open(struct mapped *m, const char *path, struct err *err);
void mapped_close(struct mapped *m);

/*
 * The path of the mapped file that ADDRESS is in, printable, or NULL.  Reading what another program
 * has cut off a file since it was mapped raises SIGBUS; a handler of it may ask this whose bytes
 * are gone.
 */
const char *mapped_path(const void *address);

/*
 * STATUS_IO if another program wrote into a file while it was mapped: what was computed may be made
 * of both contents.  A file that was replaced by another under its name is none of these.  Asked
 * before results get their names; files that are closed by now are told of once.
 */
enum status mapped_unchanged(struct err *err);

/* The same of the file mapped as PATH alone; true if it was written into. */
bool mapped_changed(const char *path);

/* M's file is one that grows while it is read, or our own: it is not asked about. */
void mapped_may_change(const struct mapped *m);

/* The pages wholly within the N bytes at P leave memory, if they are M's; they can still be read.
 */
void mapped_forget(const struct mapped *m, const void *p, size_t n);

#endif
