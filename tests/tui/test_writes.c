/*
 * How a frame reaches the terminal: in how many writes, and that nothing waits for a terminal that
 * does not read.  The writes are counted as a debugger sees them, so that it does not matter how
 * fast either end is.
 */
#include "config.h"

#include "explorer.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FRAME_WRITES = 2 };

#ifdef PTRACE_GET_SYSCALL_INFO
/* True if FD of the process is a terminal, not the file in which a frame is collected. */
static bool is_terminal(pid_t pid, unsigned long long fd)
{
    char path[64], target[64] = "";
    snprintf(path, sizeof path, "/proc/%ld/fd/%llu", (long)pid, fd);
    return readlink(path, target, sizeof target - 1) > 0 && strncmp(target, "/dev/pts/", 9) == 0;
}

/* True if the stopped process is about to write to a terminal. */
static bool writes_to_terminal(pid_t pid)
{
    struct __ptrace_syscall_info info = {0};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return false;
    return (info.entry.nr == SYS_write || info.entry.nr == SYS_writev) &&
           is_terminal(pid, info.entry.args[0]);
}

static bool watch_writes(pid_t pid)
{
    int status;
    return ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD) == 0 &&
           ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0 && waitpid(pid, &status, __WALL) == pid &&
           ptrace(PTRACE_SYSCALL, pid, 0, 0) == 0;
}

static void leave_alone(pid_t pid)
{
    int status;
    ptrace(PTRACE_INTERRUPT, pid, 0, 0);
    waitpid(pid, &status, __WALL);
    ptrace(PTRACE_DETACH, pid, 0, 0);
}

/* The writes that follow KEY, until the program has done nothing for SETTLE ms. */
static int count_writes(struct pty *p, const char *key)
{
    int writes = 0, status;
    long quiet = pty_now() + PATIENCE;
    pty_send(p, key);
    while (pty_now() < quiet) {
        if (waitpid(p->pid, &status, __WALL | WNOHANG) == p->pid && WIFSTOPPED(status)) {
            bool call = WSTOPSIG(status) == (SIGTRAP | 0x80);
            writes += call && writes_to_terminal(p->pid);
            /* A signal for the program itself is passed on. */
            ptrace(PTRACE_SYSCALL, p->pid, 0, call || status >> 16 ? 0 : WSTOPSIG(status));
            quiet = pty_now() + SETTLE;
        } else
            pty_take(p, 1);
    }
    return writes;
}

/* A view, a move of the cursor and what follows it, help, and the whole screen. */
static void a_frame_is_one_write(void **state)
{
    static const struct {
        const char *key;
        int frames;
    } keys[] = {{"j", 2}, {"2", 1}, {"j", 2}, {"?", 1}, {"q", 1}, {"\014", 1}};
    struct pty p;
    (void)state;
    explorer_open(&p, 120, 40, NULL, 0);
    if (!watch_writes(p.pid)) {
        pty_end(&p);
        skip();
    }
    int over = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        int writes = count_writes(&p, keys[i].key);
        assert_in_range(writes, 1, 2 * FRAME_WRITES);
        over += writes > keys[i].frames;
    }
    assert_in_range(over, 0, 2); /* results that come late are a frame of their own */
    leave_alone(p.pid);
    explorer_quit(&p);
}
#endif

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && st.st_size > 0;
}

/* Whole screens are asked for until the terminal takes no more; then what keys do is still done,
 * and the screen in the end is the last one. */
static void keys_do_not_wait_for_the_terminal(void **state)
{
    static const char saved[] = "test_writes.tsv";
    struct pty p;
    (void)state;
    unlink(saved);
    explorer_open(&p, 120, 40, NULL, 0);
    for (int i = 0; i < 40; i++) {
        pty_send(&p, "\014");
        usleep(5000);
    }
    pty_send(&p, "5w\025test_writes.tsv\r");
    for (long until = pty_now() + PATIENCE; !is_file(saved) && pty_now() < until;)
        usleep(10000);
    assert_true(is_file(saved));
    size_t before = p.sent.len;
    pty_rest(&p, SETTLE);
    assert_true(p.sent.len > before);
    assert_true(screen_wait(&p, "saved test_writes.tsv", false, PATIENCE));
    explorer_quit(&p);
    unlink(saved);
}

/* It ends, and what it leaves is whole, though the last frame was sent in part. */
static void leaving_in_the_middle_of_a_frame(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 120, 40, NULL, 0);
    for (int i = 0; i < 40; i++) {
        pty_send(&p, "\014");
        usleep(5000);
    }
    explorer_quit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef PTRACE_GET_SYSCALL_INFO
        cmocka_unit_test(a_frame_is_one_write),
#endif
        cmocka_unit_test(keys_do_not_wait_for_the_terminal),
        cmocka_unit_test(leaving_in_the_middle_of_a_frame),
    };
    return EXPLORER_RUN(tests, false);
}
