/*
 * Files mapped for reading.  Mapped bytes are not ours: another program can cut the file short,
 * which faults where it is read, or write into it, which nobody notices.  So each mapping is
 * listed, for a handler of the fault to name the file, and with the file's time, to be compared
 * before results are kept.
 */
#include "config.h"

#include "formats/mapped.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "formats/file.h"
#include "formats/foreign.h"

/* A mapped file.  These are linked for ever and used again, so that a handler of signals may look
 * at them without the lock: BASE comes last, and goes first. */
struct watch {
    _Atomic uintptr_t base; /* 0: free */
    size_t size;
    char *path, *shown; /* SHOWN: printable */
    struct stat was;    /* when it was mapped */
    bool written;       /* since then, as was seen */
    struct watch *next;
};

static _Atomic(struct watch *) watches;
static char *changed; /* path of a file that was written to before it was closed */
static pthread_mutex_t watching = PTHREAD_MUTEX_INITIALIZER;

/* With the lock held: a free one, NULL without memory. */
static struct watch *mapped_free_watch(void)
{
    struct watch *w = atomic_load(&watches);
    while (w && atomic_load(&w->base))
        w = w->next;
    if (!w && (w = mem_zeros(1, sizeof *w))) {
        w->next = atomic_load(&watches);
        atomic_store(&watches, w);
    }
    return w;
}

static enum status mapped_watch(const struct mapped *m, const struct stat *was, const char *path,
                                struct err *err)
{
    char *copy = mem_strndup(path, strlen(path)), *shown = mem_strndup(path, strlen(path));
    pthread_mutex_lock(&watching);
    struct watch *w = copy && shown ? mapped_free_watch() : NULL;
    if (w) {
        text_clean(shown);
        w->path = copy;
        w->shown = shown;
        w->size = m->size;
        w->was = *was;
        w->written = false;
        atomic_store(&w->base, (uintptr_t)m->data);
    }
    pthread_mutex_unlock(&watching);
    if (w)
        return STATUS_OK;
    free(copy);
    free(shown);
    return err_nomem(err);
}

/* Only the same file can have been written to: one that took its name left the mapped one alone.
 * Times can be set back, so what was seen once stays true. */
static bool mapped_written_to(struct watch *w)
{
    struct stat now;
    if (stat(w->path, &now) == 0 && now.st_dev == w->was.st_dev && now.st_ino == w->was.st_ino &&
        (now.st_size != w->was.st_size || now.st_mtim.tv_sec != w->was.st_mtim.tv_sec ||
         now.st_mtim.tv_nsec != w->was.st_mtim.tv_nsec))
        w->written = true;
    return w->written;
}

static void mapped_unwatch(const struct mapped *m)
{
    pthread_mutex_lock(&watching);
    for (struct watch *w = atomic_load(&watches); w; w = w->next)
        if (atomic_load(&w->base) == (uintptr_t)m->data) {
            bool tell = !changed && mapped_written_to(w);
            atomic_store(&w->base, 0);
            free(w->shown);
            if (tell)
                changed = w->path;
            else
                free(w->path);
            break;
        }
    pthread_mutex_unlock(&watching);
}

void mapped_may_change(const struct mapped *m)
{
    pthread_mutex_lock(&watching);
    for (struct watch *w = atomic_load(&watches); w; w = w->next)
        if (m->data && atomic_load(&w->base) == (uintptr_t)m->data)
            w->was.st_ino = 0;
    pthread_mutex_unlock(&watching);
}

const char *mapped_path(const void *address)
{
    for (struct watch *w = atomic_load(&watches); w; w = w->next) {
        uintptr_t base = atomic_load(&w->base);
        if (base && (uintptr_t)address >= base && (uintptr_t)address - base < w->size)
            return w->shown;
    }
    return NULL;
}

bool mapped_changed(const char *path)
{
    bool found = false;
    pthread_mutex_lock(&watching);
    for (struct watch *w = atomic_load(&watches); w && !found; w = w->next)
        found = atomic_load(&w->base) && strcmp(w->path, path) == 0 && mapped_written_to(w);
    pthread_mutex_unlock(&watching);
    return found;
}

enum status mapped_unchanged(struct err *err)
{
    enum status code = STATUS_OK;
    pthread_mutex_lock(&watching);
    const char *path = changed;
    for (struct watch *w = atomic_load(&watches); w && !path; w = w->next)
        if (atomic_load(&w->base) && mapped_written_to(w))
            path = w->path;
    if (path)
        code = err_set(err, STATUS_IO, "%s: was changed while in use", path);
    free(changed);
    changed = NULL;
    pthread_mutex_unlock(&watching);
    return code;
}

enum status mapped_open(struct mapped *m, const char *path, struct err *err)
{
    int fd;
    off_t size;
    struct stat was;
    enum status code = file_open_regular(&fd, &size, path, err);
    if (code)
        return code;
    struct mapped new = {NULL, 0};
    void *p = size ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (p == MAP_FAILED || fstat(fd, &was) != 0) {
        code = err_errno(err, path);
        p = p == MAP_FAILED ? NULL : p;
    }
    close(fd);
    new = (struct mapped){p, (size_t)size};
    if (!code && p)
        code = mapped_watch(&new, &was, path, err);
    if (!code && (code = foreign_check_stand_in(path, new.data, new.size, err)))
        mapped_close(&new);
    else if (!code)
        *m = new;
    else if (p)
        munmap(p, (size_t)size);
    return code;
}

void mapped_close(struct mapped *m)
{
    if (m->data) {
        mapped_unwatch(m);
        munmap((void *)(uintptr_t)m->data, m->size);
    }
    *m = (struct mapped){NULL, 0};
}

void mapped_forget(const struct mapped *m, const void *p, size_t n)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t base = (uintptr_t)m->data, from = (uintptr_t)p, to = from + n;
    if (!m->data || from < base || to > base + m->size)
        return;
    from = (from + page - 1) / page * page;
    to = to / page * page;
    if (from < to)
        (void)madvise((void *)from, to - from, MADV_DONTNEED);
}
