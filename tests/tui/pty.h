/*
 * pty.h - a program in a terminal of our own: what it sends, and how it ends.
 *
 * Waiting is for something that shall appear, with a deadline; nothing sleeps for a fixed time.
 * What stands on its screen then is known to screen.h.
 */
#ifndef PROPNEU_TESTS_PTY_H
#define PROPNEU_TESTS_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#include "base/buf.h"

struct pty {
    int master, slave; /* slave: kept open to look at the modes */
    pid_t pid;
    int cols, rows;
    /* Told of what was sent, and of new sizes; may be NULL. */
    void (*heard)(struct pty *p, const char *bytes, size_t n);
    void (*resized)(struct pty *p);
    void (*ended)(struct pty *p);
    void *screen;
    struct buf sent;       /* every byte the program has sent */
    struct termios before; /* modes before it began */
};

/*
 * Starts ARGV (NULL at the end) with ENV ("NAME=value" or "NAME" to unset, NULL at the end) beside
 * a sane environment.  JOB: under a shell-like parent that waits for stops, so that Ctrl-Z can
 * stop it; NOHUP: with SIGHUP ignored.
 */
enum { PTY_JOB = 1, PTY_NOHUP = 2 };
void pty_start(struct pty *p, int cols, int rows, const char *const *env, char *const *argv,
               int flags);

/* Kills what is left and frees. */
void pty_end(struct pty *p);

void pty_send(struct pty *p, const char *keys);

/* Takes what comes within MS; false if nothing does. */
bool pty_take(struct pty *p, int ms);

/* Until the bytes sent from FROM on contain TEXT. */
bool pty_wait_bytes(struct pty *p, size_t from, const char *text, int ms);

/* Until nothing has come for MS. */
void pty_quiet(struct pty *p, int ms);

/*
 * The same, and until the program has read all keys and sleeps: on a busy machine silence alone may
 * mean that it has had no turn yet.  One that never sleeps is not waited for for ever.
 */
void pty_rest(struct pty *p, int ms);

void pty_resize(struct pty *p, int cols, int rows);

/* Exit status as of waitpid, or -1 if it does not end in MS. */
int pty_status(struct pty *p, int ms);

/* True if the modes of the terminal are those before the program began. */
bool pty_modes_restored(const struct pty *p);

long pty_now(void); /* ms */

#endif
