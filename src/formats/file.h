/*
 * file.h - files in whole: mapped for reading (mapped.h), replaced atomically when written.
 */
#ifndef PROPNEU_FORMATS_FILE_H
#define PROPNEU_FORMATS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/status.h"
#include "formats/mapped.h"

/*
 * Opens PATH for reading without ever waiting for it: a FIFO, device or folder is refused.  *FD is
 * the caller's to close, *SIZE the file's size in bytes.
 */
enum status file_open_regular(int *fd, off_t *size, const char *path, struct err *err);

/*
 * The file or folder that PATH leads to, to be freed: a link is followed, not replaced, also one to
 * what does not exist yet.  NULL with ERR set.
 */
char *file_follow_links(const char *path, struct err *err);

/*
 * Why writing to FD failed, in errno, which is 0 where only the stream remembers that it did: the
 * file is lost, so that what stopped it may be asked for by writing once more.  EIO where that
 * succeeds.
 */
void file_find_reason(int fd);

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

/*
 * Ends F either way; on failure nothing new stands at the path and the temporary file is gone.
 * Fails, too, where an input was changed while it was read (mapped_unchanged).
 */
enum status outfile_commit(struct outfile *f, struct err *err);

/* All of this but giving F its name: what can fail has failed then.  Commit or abandon it after. */
enum status outfile_settle(struct outfile *f, struct err *err);

/* Both get their names, or, as a full disk would have it, neither. */
enum status outfile_commit_both(struct outfile *a, struct outfile *b, struct err *err);

/* Removes the temporary file; harmless on a zeroed or already ended F. */
void outfile_abandon(struct outfile *f);

#endif
