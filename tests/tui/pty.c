#include "config.h"

#include "pty.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

long pty_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void set_environment(const char *const *env)
{
    static const char *const clean[] = {"NO_COLOR", "LINES", "COLUMNS", "ESCDELAY", "LC_CTYPE"};
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++)
        unsetenv(clean[i]);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    for (; env && *env; env++)
        if (strchr(*env, '='))
            putenv((char *)(uintptr_t)*env);
        else
            unsetenv(*env);
}

/* What a shell does with a job: puts it in front, waits for its stops, brings it back. */
static void mind_job(pid_t job)
{
    int status;
    signal(SIGTTOU, SIG_IGN);
    for (;;) {
        if (waitpid(job, &status, WUNTRACED) < 0)
            _exit(99);
        if (WIFEXITED(status))
            _exit(WEXITSTATUS(status));
        if (WIFSIGNALED(status))
            _exit(128 + WTERMSIG(status));
        tcsetpgrp(STDIN_FILENO, getpgrp());
        if (write(STDOUT_FILENO, "[stopped]", 9) != 9)
            _exit(98);
        char line[8];
        if (read(STDIN_FILENO, line, sizeof line) <= 0) /* Enter: fg */
            _exit(97);
        tcsetpgrp(STDIN_FILENO, job);
        kill(-job, SIGCONT);
    }
}

static void child(const char *const *env, char *const *argv, int flags)
{
    /* What the tests were started from may ignore some of them: nohup, a job in the background. */
    static const int plain[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        signal(plain[i], SIG_DFL);
    set_environment(env);
    if (flags & PTY_NOHUP)
        signal(SIGHUP, SIG_IGN);
    if (flags & PTY_JOB) {
        pid_t job = fork();
        if (job > 0) {
            setpgid(job, job);
            mind_job(job);
        }
        setpgid(0, 0);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
    }
    execv(argv[0], argv);
    _exit(127);
}

void pty_start(struct pty *p, int cols, int rows, const char *const *env, char *const *argv,
               int flags)
{
    struct winsize size = {(unsigned short)rows, (unsigned short)cols, 0, 0};
    *p = (struct pty){.cols = cols, .rows = rows, .sent = BUF_INIT};
    if (openpty(&p->master, &p->slave, NULL, NULL, &size) != 0)
        abort();
    tcgetattr(p->slave, &p->before);
    fcntl(p->master, F_SETFD, FD_CLOEXEC);
    p->pid = fork();
    if (p->pid == 0) {
        close(p->master);
        if (login_tty(p->slave) != 0)
            _exit(126);
        child(env, argv, flags);
    }
}

void pty_end(struct pty *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
    if (p->master >= 0)
        close(p->master);
    close(p->slave);
    if (p->ended)
        p->ended(p);
    buf_free(&p->sent);
}

void pty_send(struct pty *p, const char *keys)
{
    if (write(p->master, keys, strlen(keys)) < 0)
        abort();
}

bool pty_take(struct pty *p, int ms)
{
    char bytes[4096];
    struct pollfd f = {p->master, POLLIN, 0};
    if (poll(&f, 1, ms) <= 0)
        return false;
    ssize_t n = read(p->master, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    if (p->heard)
        p->heard(p, bytes, (size_t)n);
    buf_add(&p->sent, bytes, (size_t)n);
    return true;
}

bool pty_wait_bytes(struct pty *p, size_t from, const char *text, int ms)
{
    long until = pty_now() + ms;
    while (!memmem(buf_text(&p->sent) + from, p->sent.len - from, text, strlen(text))) {
        long left = until - pty_now();
        if (left <= 0)
            return false;
        pty_take(p, (int)left);
    }
    return true;
}

void pty_quiet(struct pty *p, int ms)
{
    while (pty_take(p, ms))
        ;
}

/* True if a thread of the program runs, or waits for a processor or a disk. */
static bool is_running(pid_t pid)
{
    char path[300], state;
    bool running = false;
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *tasks = opendir(path);
    for (struct dirent *t; tasks && (t = readdir(tasks));) {
        snprintf(path, sizeof path, "/proc/%ld/task/%.100s/stat", (long)pid, t->d_name);
        FILE *f = t->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1)
            running |= state == 'R' || state == 'D';
        if (f)
            fclose(f);
    }
    if (tasks)
        closedir(tasks);
    return running;
}

void pty_rest(struct pty *p, int ms)
{
    int unread;
    for (int turns = 0; turns < 50; turns++) {
        pty_quiet(p, ms);
        if (!is_running(p->pid) && (ioctl(p->slave, FIONREAD, &unread) != 0 || unread == 0))
            break;
    }
    pty_quiet(p, 0);
}

void pty_resize(struct pty *p, int cols, int rows)
{
    struct winsize size = {(unsigned short)rows, (unsigned short)cols, 0, 0};
    p->cols = cols;
    p->rows = rows;
    if (p->resized)
        p->resized(p);
    ioctl(p->master, TIOCSWINSZ, &size);
}

int pty_status(struct pty *p, int ms)
{
    long until = pty_now() + ms;
    int status;
    while (waitpid(p->pid, &status, WNOHANG) == 0) {
        if (pty_now() > until)
            return -1;
        if (p->master < 0 || !pty_take(p, 5))
            poll(NULL, 0, 1);
    }
    while (p->master >= 0 && pty_take(p, 0))
        ;
    return status;
}

bool pty_modes_restored(const struct pty *p)
{
    struct termios now;
    tcgetattr(p->slave, &now);
    return now.c_iflag == p->before.c_iflag && now.c_oflag == p->before.c_oflag &&
           now.c_cflag == p->before.c_cflag && now.c_lflag == p->before.c_lflag &&
           memcmp(now.c_cc, p->before.c_cc, sizeof now.c_cc) == 0;
}
