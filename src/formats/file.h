/*
 * file.h - files in whole: mapped for reading, replaced atomically when written.
 */
#ifndef PROPNEU_FORMATS_FILE_H
#define PROPNEU_FORMATS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/status.h"

/*
 * Opens PATH for reading without ever waiting for it: a FIFO, device or folder is refused.  *FD is
 * the caller's to close, *SIZE the file's size in bytes.
 */
enum status file_open_regular(int *fd, off_t *size, const char *path, struct err *err);

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
 * The path of the mapped file that ADDRESS is in, or NULL.  Reading what another program has cut
 * off a file since it was mapped raises SIGBUS; a handler of it may ask this whose bytes are gone.
 */
const char *mapped_path(const void *address);

/* The pages wholly within the N bytes at P leave memory, if they are M's; they can still be read.
 */
void mapped_forget(const struct mapped *m, const void *p, size_t n);

/*
 * Output that appears atomically: bytes go to a nameless or temporary file in the folder of PATH,
 * and outfile_commit flushes it, syncs it and renames it over PATH, or over what PATH is a link to.
 */
struct outfile {
    FILE *stream;      /* write here */
    char *path, *temp; /* TEMP: NULL if PATH is written to as it is */
    bool named;        /* there is a file called TEMP */
};

enum status outfile_open(struct outfile *f, const char *path, struct err *err);

/* Ends F either way; on failure nothing new stands at the path and the temporary file is gone. */
enum status outfile_commit(struct outfile *f, struct err *err);

/* Removes the temporary file; harmless on a zeroed or already ended F. */
void outfile_abandon(struct outfile *f);

#endif
