/*
 * configfile.h - files of settings: "key = value" a line, '#' begins a comment.
 *
 * Writing a setting keeps every other byte of the file: comments, order and blank lines are the
 * user's.
 */
#ifndef PROPNEU_FORMATS_CONFIGFILE_H
#define PROPNEU_FORMATS_CONFIGFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct config_entry {
    char *key, *value;
    size_t line; /* from 1 */
};

struct config {
    char *path;
    struct config_entry *entry; /* [count] in the order of the file */
    size_t count, cap;
};

/* Reads PATH; a file that is not there has no settings.  STATUS_FORMAT names the line that is
 * neither a setting nor a comment. */
enum status config_read(struct config *c, const char *path, struct err *err);
void config_free(struct config *c);

/* Sets KEY to VALUE in the file PATH, atomically; missing folders are created. */
enum status config_write(const char *path, const char *key, const char *value, struct err *err);

/*
 * The user's file NAME of this program below the folder that the environment variable VARIABLE
 * names, or else below HOME/FALLBACK; NULL where neither is set (an XDG base folder counts only if
 * it is absolute).  Free with free().
 */
char *config_path(const char *variable, const char *fallback, const char *name);

/* Makes the folders on the way to the file PATH. */
enum status config_make_folders(const char *path, struct err *err);

#endif
