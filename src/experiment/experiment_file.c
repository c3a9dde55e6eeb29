/*
 * Journals as files: reading them while another process writes, locking, resuming what a kill has
 * interrupted, and appending whole lines.
 */
#include "config.h"

#include "experiment/experiment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "experiment/experiment_text.h"
#include "base/buf.h"
#include "formats/file.h"
#include "formats/folder.h"
#include "base/mem.h"
#include "base/settings.h"

#define SYNC_SECONDS 1.0 /* between two times the journal is brought to the disk */

static double journal_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Locks of fcntl: whoever asks learns the holder's pid without taking them. */
static struct flock journal_lock(short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}

enum status experiment_read(struct experiment *x, const char *path, struct err *err)
{
    struct flock lock = journal_lock(F_WRLCK);
    struct mapped m;
    size_t good;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    mapped_may_change(&m);
    enum experiment_found found = experiment_get(x, (const char *)m.data, m.size, &good);
    mapped_close(&m);
    if (found != EXPERIMENT_WHOLE)
        return err_set(err, STATUS_FORMAT, "%s: not the journal of an experiment, or damaged",
                       path);
    /* Whoever writes the journal holds its lock. Not for the writer itself, which would lose the
     * lock when FD is closed. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        x->pid = lock.l_pid;
    if (fd >= 0)
        close(fd);
    return STATUS_OK;
}

/* A journal in a folder, and when its first run began. */
struct found {
    char *path;
    int64_t started;
};

/* By the time when the experiment began, then by path. */
static int found_compare(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->started != y->started)
        return x->started < y->started ? -1 : 1;
    return strcmp(x->path, y->path);
}

enum status experiment_list(const char *folder, struct names *out, struct err *err)
{
    static const char *const suffix[] = {".journal", NULL};
    struct folder_files files = {0};
    size_t n = 0;
    enum status code = folder_find(&files, folder, suffix, err);
    struct found *list = code ? NULL : mem_array(files.count, sizeof *list);
    if (!code && !list)
        code = err_nomem(err);
    for (size_t i = 0; i < files.count && !code; i++) {
        struct experiment x = {0};
        if (experiment_read(&x, files.path[i], NULL) == STATUS_OK) /* others are not ours */
            list[n++] = (struct found){files.path[i], x.started};
        experiment_free(&x);
    }
    if (n)
        qsort(list, n, sizeof *list, found_compare);
    for (size_t i = 0; i < n && !code; i++)
        if (names_add(out, list[i].path) == NAMES_NONE)
            code = err_nomem(err);
    free(list);
    folder_files_free(&files);
    return code;
}

/* Whoever deletes the journal of a run wants no more of it: nobody would see what it still finds.
 */
static enum status journal_is_there(const struct experiment_journal *j, struct err *err)
{
    struct stat st;
    if (fstat(j->fd, &st) != 0)
        return err_errno(err, j->path);
    if (st.st_nlink == 0)
        return err_set(err, STATUS_IO, "%s: deleted while the experiment ran", j->path);
    return STATUS_OK;
}

/* Writes all of B behind what is there; on failure cuts off what was written of it. */
static enum status journal_append(struct experiment_journal *j, const struct buf *b,
                                  struct err *err)
{
    off_t end = lseek(j->fd, 0, SEEK_END);
    enum status there = journal_is_there(j, err);
    if (there)
        return there;
    for (size_t at = 0; at < b->len;) {
        ssize_t n = write(j->fd, b->data + at, b->len - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            enum status code = err_errno(err, j->path);
            if (end >= 0 && ftruncate(j->fd, end) != 0)
                return code; /* a torn line, which no reader minds */
            return code;
        }
        at += (size_t)n;
    }
    /* Bringing each step to the disk would cost more than a short step. EINVAL: a file system that
     * cannot synchronise. */
    if (journal_seconds() - j->synced < SYNC_SECONDS)
        return STATUS_OK;
    j->synced = journal_seconds();
    return fdatasync(j->fd) == 0 || errno == EINVAL ? STATUS_OK : err_errno(err, j->path);
}

/*
 * Moves what OLD found into X, whose steps are the same. The command stays that of the first run.
 */
static void journal_take_over(struct experiment *x, struct experiment *old)
{
    char *command = x->command;
    x->command = old->command;
    old->command = command;
    x->done = old->done;
    x->left_out = old->left_out;
    x->started = old->started;
    x->changed = old->changed;
    memcpy(x->is_done, old->is_done, x->steps * sizeof *x->is_done);
    memcpy(x->neurons, old->neurons, x->steps * sizeof *x->neurons);
    memcpy(x->cell, old->cell, (size_t)x->steps * x->measures * x->columns * sizeof *x->cell);
    memcpy(x->relabelled.cell, old->relabelled.cell,
           (size_t)x->steps * x->measures * x->relabelled.units * sizeof *x->relabelled.cell);
}

/* What the journal holds, read through the descriptor that has the lock: closing another one of
 * the same file would give the lock up. */
static enum status journal_load(const struct experiment_journal *j, struct experiment *x,
                                enum experiment_found *found, size_t *good, struct err *err)
{
    struct stat st;
    *found = EXPERIMENT_BEGUN;
    *good = 0;
    if (fstat(j->fd, &st) != 0)
        return err_errno(err, j->path);
    if (st.st_size == 0)
        return STATUS_OK;
    size_t size = (size_t)st.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_SHARED, j->fd, 0);
    if (bytes == MAP_FAILED)
        return err_errno(err, j->path);
    *found = experiment_get(x, bytes, size, good);
    munmap(bytes, size);
    return STATUS_OK;
}

/* Goes on with what the journal holds, *GOOD bytes of it; 0: nothing. */
static enum status journal_resume(const struct experiment_journal *j, struct experiment *x,
                                  bool go_on, size_t *good, struct err *err)
{
    enum experiment_found found;
    struct experiment old = {0};
    enum status code = journal_load(j, &old, &found, good, err);
    if (code)
        return code;
    /* The order matters: a file that is no journal is never overwritten, --no-resume overwrites any
     * journal, and only steps that are done are worth an error for other settings. */
    if (found == EXPERIMENT_OTHER)
        code = err_set(err, STATUS_FORMAT, "%s: exists and is not the journal of an experiment",
                       j->path);
    else if (!go_on || found == EXPERIMENT_BEGUN)
        *good = 0;
    else if (found == EXPERIMENT_DAMAGED)
        code = err_set(err, STATUS_FORMAT, "%s: damaged; use --no-resume to start over", j->path);
    else if (strcmp(old.settings, x->settings) != 0 && old.done > 0)
        code = settings_difference(j->path, old.settings, x->settings, err);
    else if (strcmp(old.settings, x->settings) != 0)
        *good = 0; /* nothing can be lost */
    else if (old.steps != x->steps || old.measures != x->measures || old.columns != x->columns ||
             old.relabelled.units != x->relabelled.units ||
             old.relabelled.draws != x->relabelled.draws)
        code = err_set(err, STATUS_FORMAT, "%s: damaged; use --no-resume to start over", j->path);
    else
        journal_take_over(x, &old);
    experiment_free(&old);
    return code;
}

/* Empties the file and writes the first line. */
static enum status journal_begin(struct experiment_journal *j, struct experiment *x,
                                 struct err *err)
{
    struct buf b = BUF_INIT;
    x->started = x->changed = (int64_t)time(NULL);
    enum status code = experiment_put_head(&b, x, err);
    if (!code && ftruncate(j->fd, 0) != 0)
        code = err_errno(err, j->path);
    if (!code)
        code = journal_append(j, &b, err);
    buf_free(&b);
    return code;
}

/* Opens and locks the file; one that a run at its end has just taken away is made anew. */
static enum status open_locked(struct experiment_journal *j, struct err *err)
{
    struct flock lock = journal_lock(F_WRLCK);
    struct stat st;
    do {
        if (j->fd >= 0)
            close(j->fd);
        j->fd = open(j->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
        if (j->fd < 0 || fstat(j->fd, &st) != 0)
            return err_errno(err, j->path);
        if (!S_ISREG(st.st_mode))
            return err_set(err, STATUS_IO, "%s: not a regular file", j->path);
        /* A file system that knows no locks is taken as it is. */
        if (fcntl(j->fd, F_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES))
            return err_set(err, STATUS_IO, "%s: in use by another run", j->path);
        if (fstat(j->fd, &st) != 0)
            return err_errno(err, j->path);
    } while (st.st_nlink == 0);
    return STATUS_OK;
}

enum status experiment_journal_open(struct experiment_journal *out, struct experiment *x,
                                    const char *path, bool go_on, struct err *err)
{
    struct experiment_journal j = {.path = mem_strndup(path, strlen(path)), .fd = -1};
    size_t good = 0;
    bool begun = false;
    if (!j.path)
        return err_nomem(err);
    enum status code = open_locked(&j, err);
    if (!code)
        code = journal_resume(&j, x, go_on, &good, err);
    if (!code && good == 0) {
        begun = true;
        code = journal_begin(&j, x, err);
    } else if (!code && ftruncate(j.fd, (off_t)good) != 0) {
        code = err_errno(err, path);
    }
    if (code)
        experiment_journal_close(&j, begun);
    else
        *out = j;
    return code;
}

enum status experiment_journal_add(struct experiment_journal *j, const struct experiment *x,
                                   uint32_t step, struct err *err)
{
    struct buf b = BUF_INIT;
    enum status code = mapped_unchanged(err);
    if (!code)
        code = experiment_put_step(&b, x, step, (int64_t)time(NULL), err);
    if (!code)
        code = journal_append(j, &b, err);
    buf_free(&b);
    return code;
}

void experiment_journal_close(struct experiment_journal *j, bool remove)
{
    /* Removed while the lock is held, so that no other run can take the file up in between. */
    if (remove && j->path)
        unlink(j->path);
    if (j->fd >= 0)
        close(j->fd);
    free(j->path);
    *j = (struct experiment_journal){.fd = -1};
}
