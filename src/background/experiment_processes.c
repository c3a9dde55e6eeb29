/*
 * Starting, continuing and stopping experiments, each a process in a session of its own.
 */
#include "config.h"

#include "background/experiment_processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/shell_quote.h"
#include "base/mem.h"

extern char **environ;

/* Why a process says it ended: the last line of its standard error, the first if its words were
 * wrong (USAGE), as hints follow there. */
static void take_words(struct jobs *j, int log, bool usage)
{
    char text[16 * sizeof j->failed];
    struct stat st;
    off_t from = 0;
    if (!usage && fstat(log, &st) == 0 && st.st_size > (off_t)sizeof text - 1)
        from = st.st_size - (off_t)sizeof text + 1;
    ssize_t n = pread(log, text, sizeof text - 1, from);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    text[n > 0 ? n : 0] = '\0';
    const char *last = usage ? NULL : strrchr(text, '\n');
    char *words = last ? text + (last + 1 - text) : text;
    words[strcspn(words, "\n")] = '\0';
    if (strncmp(words, "propneu: ", 9) == 0)
        words += 9;
    snprintf(j->failed, sizeof j->failed, "%.255s", *words ? words : "the experiment ended early");
}

/* Ended by SIGTERM is stopped on purpose, not failed. Exit status 2 is wrong usage. */
bool jobs_reap(struct jobs *j)
{
    bool any = false;
    for (size_t i = 0; i < j->children;) {
        int status;
        if (waitpid(j->child[i].pid, &status, WNOHANG) == 0) {
            i++;
            continue;
        }
        bool stopped = j->child[i].stopped || (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
        if (!stopped && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
            take_words(j, j->child[i].log, WIFEXITED(status) && WEXITSTATUS(status) == 2);
        close(j->child[i].log);
        j->child[i] = j->child[--j->children];
        any = true;
    }
    return any;
}

/* A child that has not written its journal yet counts as running. */
size_t jobs_running(const struct jobs *j)
{
    size_t n = 0;
    for (size_t i = 0; i < j->count; i++)
        n += job_state(&j->job[i]) == JOB_RUNNING;
    return n > j->children ? n : j->children;
}

size_t jobs_own(const struct jobs *j)
{
    return j->children;
}

/* And those above it. */
enum status jobs_make_folder(const struct jobs *j, struct err *err)
{
    char path[PATH_MAX];
    if (!j->folder[0])
        return err_set(err, STATUS_IO, "no place for experiments: HOME is not set");
    snprintf(path, sizeof path, "%s", j->folder);
    for (char *p = path + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char byte = *p;
        *p = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return err_errno(err, path);
        if (!byte)
            return STATUS_OK;
        *p = byte;
    }
}

/* A file without a name in the folder. */
static int open_unnamed(const struct jobs *j, struct err *err)
{
    char name[PATH_MAX + 16];
    snprintf(name, sizeof name, "%s/file-XXXXXX", j->folder);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        err_errno(err, name);
    else
        unlink(name);
    return fd;
}

/* In a session of its own, without a terminal: no hangup reaches it.  IN: its standard input; -1:
 * none.  PLACE: the folder that it begins in; NULL: this one. */
static int process_spawn(pid_t *pid, const char *const *words, int in, int log, const char *place)
{
    char *argv[JOBS_WORDS_MAX + 2] = {(char *)(uintptr_t) "propneu"};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none;
    size_t n = 0;
    while (words[n] && n < JOBS_WORDS_MAX) {
        argv[n + 1] = (char *)(uintptr_t)words[n];
        n++;
    }
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    if (place)
        posix_spawn_file_actions_addchdir_np(&files, place);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, log, STDERR_FILENO);
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    int failed = posix_spawn(pid, "/proc/self/exe", &files, &how, argv, environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

/* Starts propneu with WORDS (NULL at the end) and IN as its standard input. */
static enum status process_start(struct jobs *j, const char *const *words, int in,
                                 const char *place, struct err *err)
{
    struct job_child c = {0, -1, false};
    if (j->children == JOBS_CHILDREN)
        return err_set(err, STATUS_USAGE, "%d experiments are already running", JOBS_CHILDREN);
    enum status code = jobs_make_folder(j, err);
    if (code)
        return code;
    c.log = open_unnamed(j, err);
    if (c.log < 0)
        return err->code;
    errno = process_spawn(&c.pid, words, in, c.log, place);
    if (errno) {
        code = err_errno(err, "propneu");
        close(c.log);
        return code;
    }
    j->child[j->children++] = c;
    return STATUS_OK;
}

enum status jobs_start_words(struct jobs *j, const char *const *words, const char *place,
                             struct err *err)
{
    return process_start(j, words, -1, place && *place ? place : NULL, err);
}

/* TEXT in a file without a name, to be read from its beginning; -1 with ERR. */
static int open_request(const struct jobs *j, const char *text, size_t size, struct err *err)
{
    int fd = open_unnamed(j, err);
    if (fd < 0 || (write(fd, text, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0))
        return fd;
    err_errno(err, j->folder);
    close(fd);
    return -1;
}

/* The process reads TEXT, a request, as its standard input. */
static enum status process_start_request(struct jobs *j, const char *text, struct err *err)
{
    static const char *const words[] = {"experiment", "-", NULL};
    enum status code = jobs_make_folder(j, err);
    int in = code ? -1 : open_request(j, text, strlen(text), err);
    if (in < 0)
        return err->code;
    code = process_start(j, words, in, NULL, err);
    close(in);
    return code;
}

enum status jobs_start(struct jobs *j, const struct experiment_request *r, struct err *err)
{
    struct buf text = BUF_INIT;
    experiment_request_write(r, &text);
    enum status code =
        buf_ok(&text) ? process_start_request(j, buf_text(&text), err) : err_nomem(err);
    buf_free(&text);
    return code;
}

/* Of journals without a request, only what measures: a journal is no way to write files. */
static bool experiment_processes_measures(const char *const *words)
{
    bool matrix = false;
    if (!words[0] || !words[1] || strcmp(words[0], "propneu") != 0 ||
        (strcmp(words[1], "erase") != 0 && strcmp(words[1], "prune") != 0))
        return false;
    for (size_t i = 2; words[i]; i++) {
        if (strncmp(words[i], "-o", 2) == 0 || strncmp(words[i], "--o", 3) == 0)
            return false;
        matrix |= strcmp(words[i], "--matrix") == 0 || strcmp(words[i], "--curve") == 0;
    }
    return matrix;
}

/* Journals of earlier versions have the command alone. */
static enum status resume_command(struct jobs *j, const char *command, struct err *err)
{
    const char *words[JOBS_WORDS_MAX];
    char *copy = mem_strndup(command, strlen(command));
    enum status code = copy ? STATUS_OK : err_nomem(err);
    if (!code &&
        (!shell_words(copy, words, JOBS_WORDS_MAX) || !experiment_processes_measures(words)))
        code = err_set(err, STATUS_UNSUPPORTED, "the journal does not say how it was started");
    if (!code)
        code = process_start(j, words + 1, -1, NULL, err);
    free(copy);
    return code;
}

/* The request is checked before a process is started, so that an error is seen at once. */
enum status jobs_resume(struct jobs *j, const struct job *job, struct err *err)
{
    struct experiment_request r;
    const char *text = job->x.request;
    if (!text || !*text)
        return resume_command(j, job->x.command, err);
    enum status code = experiment_request_read(&r, text, strlen(text), job->path, err);
    if (code)
        return code;
    experiment_request_free(&r);
    return process_start_request(j, text, err);
}

/* Works on processes of other sessions, too, by the number in the journal. */
enum status jobs_stop(struct jobs *j, const struct job *job, struct err *err)
{
    if (job_state(job) != JOB_RUNNING || job->x.pid <= 1)
        return err_set(err, STATUS_NOTFOUND, "this experiment is not running");
    for (size_t i = 0; i < j->children; i++)
        j->child[i].stopped |= j->child[i].pid == job->x.pid;
    return kill(job->x.pid, SIGTERM) == 0 ? STATUS_OK : err_errno(err, "kill");
}

void jobs_stop_own(struct jobs *j)
{
    for (size_t i = 0; i < j->children; i++)
        kill(j->child[i].pid, SIGTERM);
}
