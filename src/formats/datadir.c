/*
 * Where the bundled data are: installed, or in the sources for a program that runs in its build
 * tree.
 */
#include "config.h"

#include "formats/datadir.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* True if the running program lies in or under the folder DIR. */
static int runs_under(const char *dir)
{
    char exe[PATH_MAX], real[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0 || !realpath(dir, real))
        return 0;
    exe[n] = '\0';
    size_t len = strlen(real);
    return strncmp(exe, real, len) == 0 && exe[len] == '/';
}

const char *datadir(void)
{
    const char *set = getenv("PROPNEU_DATA");
    if (set && *set)
        return set;
    return runs_under(PROPNEU_BUILD_DIR) ? PROPNEU_SOURCE_DATA : PROPNEU_PKGDATA;
}
