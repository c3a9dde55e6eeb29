/*
 * foreign.h - files that are not what their name says: what stands in place of a file that was not
 * fetched, and formats of other programs, by name.
 */
#ifndef PROPNEU_FORMATS_FOREIGN_H
#define PROPNEU_FORMATS_FOREIGN_H

#include <stddef.h>

#include "base/status.h"

/*
 * STATUS_FORMAT, with a message that begins with PATH and says what to do, if the file whose first
 * SIZE bytes these are only stands for another: a pointer of Git LFS, Xet or git-annex, or an HTML
 * page.  Nothing that we read begins so.
 */
enum status foreign_check_stand_in(const char *path, const void *bytes, size_t size,
                                   struct err *err);

/* STATUS_FORMAT: the file is what its first SIZE bytes tell, as far as that is known, not WANTED
 * ("a safetensors or torch.save file"). */
enum status foreign_refuse(const char *path, const void *bytes, size_t size, const char *wanted,
                           struct err *err);

#endif
