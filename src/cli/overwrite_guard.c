/*
 * Keeps outputs from replacing what they are made from: the file itself, or models, recordings and
 * labels in a folder that is read.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "formats/filenames.h"

/* Whether PATH, links resolved, is data in FOLDER or below it. */
static bool is_data_of(const char *path, const char *folder)
{
    char *file = realpath(path, NULL), *top = realpath(folder, NULL);
    size_t n = top ? strlen(top) : 0;
    bool found = file && top && strncmp(file, top, n) == 0 && (n == 1 || file[n] == '/') &&
                 filename_is_input(file);
    free(file);
    free(top);
    return found;
}

bool cli_replaces(const char *output, const char *in)
{
    struct stat from, to;
    if (stat(output, &to) != 0 || !S_ISREG(to.st_mode) || stat(in, &from) != 0)
        return false;
    if (S_ISDIR(from.st_mode))
        return is_data_of(output, in);
    return S_ISREG(from.st_mode) && from.st_dev == to.st_dev && from.st_ino == to.st_ino;
}
