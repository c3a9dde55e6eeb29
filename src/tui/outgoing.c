/*
 * Frames to the terminal in as few writes as it takes (outgoing.h).
 *
 * curses knows a descriptor, not a buffer: while a frame is collected that descriptor is the file,
 * and before and after it is the terminal, whose modes curses asks for by the same number.
 */
#include "config.h"

#include "tui/outgoing.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIECE = 16384 }; /* sent at once: more than most frames have */

static struct {
    FILE *curses;
    int terminal;      /* as curses has it between frames; blocks */
    int writing;       /* a description of its own that does not block, or the same one */
    int file;          /* -1: none to be had, and curses writes to the terminal by itself */
    off_t sent, whole; /* bytes of the file */
} out = {.terminal = -1, .writing = -1, .file = -1};

/* O_NONBLOCK on standard output itself would outlive this process: the shell shares it. */
static int open_again(void)
{
    char name[256];
    if (ttyname_r(STDOUT_FILENO, name, sizeof name) != 0)
        return -1;
    return open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

enum status outgoing_open(FILE **curses, struct err *err)
{
    out.terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    int fd = out.terminal < 0 ? -1 : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    out.curses = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out.curses) {
        enum status code = err_errno(err, "standard output");
        if (fd >= 0)
            close(fd);
        outgoing_close();
        return code;
    }
    out.writing = open_again();
    if (out.writing < 0)
        out.writing = out.terminal;
    out.file = memfd_create("frame", MFD_CLOEXEC);
    *curses = out.curses;
    return STATUS_OK;
}

void outgoing_close(void)
{
    if (out.curses)
        fclose(out.curses);
    if (out.writing >= 0 && out.writing != out.terminal)
        close(out.writing);
    if (out.terminal >= 0)
        close(out.terminal);
    if (out.file >= 0)
        close(out.file);
    out.curses = NULL;
    out.terminal = out.writing = out.file = -1;
    out.sent = out.whole = 0;
}

static void outgoing_forget(void)
{
    out.sent = out.whole = 0;
    if (out.file >= 0 && ftruncate(out.file, 0) == 0)
        lseek(out.file, 0, SEEK_SET);
}

void outgoing_collect(void)
{
    if (out.file >= 0)
        dup2(out.file, fileno(out.curses));
}

/* How many bytes the terminal took of those at N; -1 if it takes none now, 0 if it is gone. */
static ssize_t write_some(int fd, const char *bytes, size_t n)
{
    ssize_t sent;
    do
        sent = write(fd, bytes, n);
    while (sent < 0 && errno == EINTR);
    return sent >= 0 ? sent : errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
}

/* A terminal that is gone is noticed where keys are read. */
void outgoing_more(void)
{
    char bytes[PIECE];
    ssize_t n, sent = 0;
    while (out.sent < out.whole && (n = pread(out.file, bytes, sizeof bytes, out.sent)) > 0) {
        sent = write_some(out.writing, bytes, (size_t)n);
        if (sent < 0)
            return;
        if (sent == 0)
            break;
        out.sent += sent;
    }
    outgoing_forget();
}

void outgoing_send(void)
{
    if (out.file < 0)
        return;
    dup2(out.terminal, fileno(out.curses));
    out.whole = lseek(out.file, 0, SEEK_CUR);
    outgoing_more();
}

void outgoing_put(const char *bytes, size_t n)
{
    ssize_t sent = 1;
    for (size_t at = 0; at < n && sent > 0; at += (size_t)sent)
        sent = write_some(out.file >= 0 ? out.file : out.terminal, bytes + at, n - at);
    outgoing_send();
}

bool outgoing_waiting(void)
{
    return out.sent < out.whole;
}

int outgoing_fd(void)
{
    return out.writing;
}

/* Half an escape sequence would swallow what follows; CAN (ECMA-48) ends it. */
void outgoing_drop(void)
{
    bool halfway = out.sent > 0 && out.sent < out.whole;
    outgoing_forget();
    if (halfway && write(STDOUT_FILENO, "\030", 1) < 0)
        return;
}
