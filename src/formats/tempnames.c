/*
 * Temporary names in a list that is never shortened, so that a handler of signals can go through
 * it without a lock: whoever takes a path out of its place owns it.
 */
#include "config.h"

#include "formats/tempnames.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct tempname {
    _Atomic(char *) path; /* NULL: free */
    char *removed;        /* of a path that a handler took, which may not free it */
    struct tempname *next;
};

static _Atomic(struct tempname *) tempnames;
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;

void tempnames_add(const char *path)
{
    char *copy = mem_strndup(path, strlen(path));
    pthread_mutex_lock(&changing);
    struct tempname *t = atomic_load(&tempnames);
    while (t && atomic_load(&t->path))
        t = t->next;
    if (!t && (t = mem_zeros(1, sizeof *t))) {
        t->next = atomic_load(&tempnames);
        atomic_store(&tempnames, t);
    }
    if (t) {
        free(t->removed);
        t->removed = NULL;
        atomic_store(&t->path, copy);
    } else {
        free(copy);
    }
    pthread_mutex_unlock(&changing);
}

void tempnames_drop(const char *path)
{
    pthread_mutex_lock(&changing);
    for (struct tempname *t = atomic_load(&tempnames); t; t = t->next) {
        char *there = atomic_load(&t->path);
        if (there && strcmp(there, path) == 0) {
            free(atomic_exchange(&t->path, NULL));
            break;
        }
    }
    pthread_mutex_unlock(&changing);
}

/* Removes the folder PATH and the files in it. */
static void tempnames_remove_folder(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    while (d && (e = readdir(d)))
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    rmdir(path);
}

void tempnames_remove(void)
{
    for (struct tempname *t = atomic_load(&tempnames); t; t = t->next) {
        char *path = atomic_exchange(&t->path, NULL);
        if (path && unlink(path) != 0)
            tempnames_remove_folder(path);
        if (path)
            t->removed = path;
    }
}
