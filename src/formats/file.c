#include "config.h"

#include "propneu/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "propneu/buf.h"
#include "propneu/mem.h"

enum status file_open_regular(int *out, off_t *size, const char *path, struct err *err)
{
    struct stat st;
    enum status code;
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_errno(err, path);
    if (fstat(fd, &st) != 0) {
        code = err_errno(err, path);
    } else if (!S_ISREG(st.st_mode)) {
        code = err_set(err, STATUS_IO, "%s: not a regular file", path);
    } else {
        *out = fd;
        *size = st.st_size;
        return STATUS_OK;
    }
    close(fd);
    return code;
}

enum status mapped_open(struct mapped *m, const char *path, struct err *err)
{
    int fd;
    off_t size;
    enum status code = file_open_regular(&fd, &size, path, err);
    if (code)
        return code;
    void *p = size ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (p == MAP_FAILED)
        code = err_errno(err, path);
    else
        *m = (struct mapped){p, (size_t)size};
    close(fd);
    return code;
}

void mapped_close(struct mapped *m)
{
    if (m->data)
        munmap((void *)(uintptr_t)m->data, m->size);
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

enum status outfile_open(struct outfile *f, const char *path, struct err *err)
{
    struct stat st;
    struct buf name = BUF_INIT;
    *f = (struct outfile){NULL, NULL, NULL};
    /* A device such as /dev/null or /dev/stdout is written to as it is: it cannot be replaced. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        if (S_ISDIR(st.st_mode))
            return err_set(err, STATUS_IO, "%s: is a folder", path);
        f->stream = fopen(path, "wbe");
        if (!f->stream)
            return err_errno(err, path);
        f->path = mem_strndup(path, strlen(path));
        if (!f->path) {
            outfile_abandon(f);
            return err_nomem(err);
        }
        return STATUS_OK;
    }
    buf_printf(&name, "%s.XXXXXX", path);
    f->path = mem_strndup(path, strlen(path));
    if (!buf_ok(&name) || !f->path) {
        buf_free(&name);
        outfile_abandon(f);
        return err_nomem(err);
    }
    int fd = mkostemp(name.data, O_CLOEXEC);
    if (fd < 0) {
        enum status code = err_errno(err, path);
        buf_free(&name);
        outfile_abandon(f);
        return code;
    }
    f->temp = name.data;
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(fd, 0666 & ~mask) != 0 || !(f->stream = fdopen(fd, "wb"))) {
        enum status code = err_errno(err, path);
        close(fd);
        outfile_abandon(f);
        return code;
    }
    return STATUS_OK;
}

/* Makes the rename itself durable; where folders cannot be synced this is as good as it gets. */
static void sync_folder(const char *path)
{
    char *copy = mem_strndup(path, strlen(path));
    if (!copy)
        return;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(copy);
}

enum status outfile_commit(struct outfile *f, struct err *err)
{
    enum status code = STATUS_OK;
    bool bad = ferror(f->stream) != 0;
    errno = 0;
    bad = fflush(f->stream) != 0 || bad;
    if (!bad && f->temp)
        bad = fsync(fileno(f->stream)) != 0;
    if (bad && errno == 0)
        errno = EIO;
    if (bad)
        code = err_errno(err, f->path);
    if (fclose(f->stream) != 0 && !code)
        code = err_errno(err, f->path);
    f->stream = NULL;
    if (!code && f->temp) {
        if (rename(f->temp, f->path) != 0) {
            code = err_errno(err, f->path);
        } else {
            sync_folder(f->path);
            free(f->temp);
            f->temp = NULL;
        }
    }
    outfile_abandon(f);
    return code;
}

void outfile_abandon(struct outfile *f)
{
    if (f->stream)
        fclose(f->stream);
    if (f->temp)
        unlink(f->temp);
    free(f->temp);
    free(f->path);
    *f = (struct outfile){NULL, NULL, NULL};
}
