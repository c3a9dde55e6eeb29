/*
 * Files that are written atomically: under no name or a temporary
 * one, synced, then renamed, so that a reader sees the old file or the new one and nothing between.
 */
#include "config.h"

#include "formats/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/folder.h"
#include "formats/mapped.h"
#include "formats/tempnames.h"

/* As many as Linux follows. */
#define MAX_LINKS 40

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

char *file_follow_links(const char *path, struct err *err)
{
    char *at = mem_strndup(path, strlen(path)), target[4096];
    for (int links = 0; at && links < MAX_LINKS; links++) {
        ssize_t n = readlink(at, target, sizeof target - 1);
        if (n < 0)
            return at;
        target[n] = '\0';
        struct buf next = BUF_INIT;
        const char *slash = *target == '/' ? NULL : strrchr(at, '/');
        buf_add(&next, at, slash ? (size_t)(slash + 1 - at) : 0);
        buf_str(&next, target);
        free(at);
        at = buf_ok(&next) ? next.data : NULL;
        if (!at)
            buf_free(&next);
    }
    if (at)
        err_set(err, STATUS_IO, "%s: too many links", path);
    else
        err_nomem(err);
    free(at);
    return NULL;
}

/*
 * A file in the folder of PATH that has no name yet, where the system can do that: what kills this
 * process then leaves nothing behind.  Else one with a temporary name, left in F.  -1 with errno.
 */
static int outfile_open_nameless(struct outfile *f)
{
    char *copy = mem_strndup(f->path, strlen(f->path));
    int fd = copy ? open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
    free(copy);
    if (fd >= 0 && access("/proc/self/fd", X_OK) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    fd = mkostemp(f->temp, O_CLOEXEC);
    f->named = fd >= 0;
    if (f->named)
        tempnames_add(f->temp);
    return fd;
}

/* Devices and open descriptors cannot be replaced. */
static bool is_device(const char *path)
{
    struct stat st;
    return (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) || strncmp(path, "/dev/fd/", 8) == 0 ||
           strncmp(path, "/dev/std", 8) == 0 || strncmp(path, "/proc/", 6) == 0;
}

/* The stream of F, whose path is set. */
static enum status outfile_open_stream(struct outfile *f, struct err *err)
{
    struct buf name = BUF_INIT;
    if (is_device(f->path)) {
        f->stream = fopen(f->path, "wbe");
        return f->stream ? STATUS_OK : err_errno(err, f->path);
    }
    buf_printf(&name, "%s.XXXXXX", f->path);
    if (!buf_ok(&name)) {
        buf_free(&name);
        return err_nomem(err);
    }
    f->temp = name.data;
    int fd = outfile_open_nameless(f);
    mode_t mask = umask(0);
    umask(mask);
    if (fd >= 0 && fchmod(fd, 0666 & ~mask) == 0 && (f->stream = fdopen(fd, "wb")))
        return STATUS_OK;
    enum status code = err_errno(err, f->path);
    if (fd >= 0)
        close(fd);
    return code;
}

enum status outfile_open(struct outfile *f, const char *path, struct err *err)
{
    *f = (struct outfile){NULL, NULL, NULL, false};
    if (folder_is(path))
        return err_set(err, STATUS_IO, "%s: is a folder", path);
    f->path = is_device(path) ? mem_strndup(path, strlen(path)) : file_follow_links(path, err);
    if (!f->path)
        return is_device(path) ? err_nomem(err) : STATUS_IO;
    enum status code = outfile_open_stream(f, err);
    if (code)
        outfile_abandon(f);
    return code;
}

/* Gives the nameless file the temporary name from which it is renamed: a link replaces nothing. */
static bool outfile_give_name(struct outfile *f)
{
    char from[64];
    snprintf(from, sizeof from, "/proc/self/fd/%d", fileno(f->stream));
    for (int tries = 0; !f->named && tries < 100; tries++) {
        int fd = mkostemp(f->temp, O_CLOEXEC);
        if (fd < 0)
            return false;
        close(fd);
        /* The name stays free unless another program makes names of this kind in the same folder.
         */
        unlink(f->temp);
        f->named = linkat(AT_FDCWD, from, AT_FDCWD, f->temp, AT_SYMLINK_FOLLOW) == 0;
        if (!f->named && errno != EEXIST)
            return false;
        if (f->named)
            tempnames_add(f->temp);
        else
            memset(f->temp + strlen(f->temp) - 6, 'X', 6);
    }
    return f->named;
}

/* Makes the rename itself durable; where folders cannot be synced this is as good as it gets. */
static void outfile_sync_folder(const char *path)
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

void file_find_reason(int fd)
{
    static const char block[4096];
    if (errno == 0 && write(fd, block, sizeof block) == (ssize_t)sizeof block)
        errno = EIO;
}

enum status outfile_settle(struct outfile *f, struct err *err)
{
    bool bad = ferror(f->stream) != 0;
    errno = 0;
    bad = fflush(f->stream) != 0 || bad;
    if (bad)
        file_find_reason(fileno(f->stream));
    /* What faults in this process makes the system refuse to write it. */
    enum status code = mapped_unchanged(err);
    if (!code && !bad && f->temp)
        bad = fsync(fileno(f->stream)) != 0 || !outfile_give_name(f);
    if (!code && bad)
        code = err_errno(err, f->path);
    if (fclose(f->stream) != 0 && !code)
        code = err_errno(err, f->path);
    f->stream = NULL;
    if (code)
        outfile_abandon(f);
    return code;
}

enum status outfile_commit(struct outfile *f, struct err *err)
{
    enum status code = f->stream ? outfile_settle(f, err) : STATUS_OK;
    if (code)
        return code;
    if (f->temp && rename(f->temp, f->path) != 0) {
        code = err_errno(err, f->path);
    } else if (f->temp) {
        tempnames_drop(f->temp);
        outfile_sync_folder(f->path);
        f->named = false;
    }
    outfile_abandon(f);
    return code;
}

enum status outfile_commit_both(struct outfile *a, struct outfile *b, struct err *err)
{
    enum status code = outfile_settle(a, err);
    if (!code)
        code = outfile_settle(b, err);
    if (!code)
        code = outfile_commit(a, err);
    if (!code)
        code = outfile_commit(b, err);
    outfile_abandon(a);
    outfile_abandon(b);
    return code;
}

void outfile_abandon(struct outfile *f)
{
    if (f->stream)
        fclose(f->stream);
    if (f->named) {
        unlink(f->temp);
        tempnames_drop(f->temp);
    }
    free(f->temp);
    free(f->path);
    *f = (struct outfile){NULL, NULL, NULL, false};
}
