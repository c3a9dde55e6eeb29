#include "config.h"

#include "work/experiment_processes.h"

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

#include "formats/folder.h"
#include "base/shell_quote.h"
#include "base/mem.h"

extern char **environ;

void jobs_init(struct jobs *j)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int n = -1;
    *j = (struct jobs){.count = 0};
    if (state && state[0] == '/')
        n = snprintf(j->folder, sizeof j->folder, "%s/propneu/experiments", state);
    else if (home && *home)
        n = snprintf(j->folder, sizeof j->folder, "%s/.local/state/propneu/experiments", home);
    if (n < 0 || n >= (int)sizeof j->folder)
        j->folder[0] = '\0';
}

static void job_free(struct job *job)
{
    free(job->path);
    experiment_free(&job->x);
}

void jobs_free(struct jobs *j)
{
    for (size_t i = 0; i < j->count; i++)
        job_free(&j->job[i]);
    for (size_t i = 0; i < j->children; i++)
        close(j->child[i].log);
    free(j->job);
    *j = (struct jobs){.count = 0};
}

enum job_state job_state(const struct job *job)
{
    if (job->x.done >= job->x.steps)
        return JOB_FINISHED;
    return job->x.pid ? JOB_RUNNING : JOB_STOPPED;
}

double job_rate(const struct job *job, long long now)
{
    double seconds = (double)(now - job->first_seen) / 1000;
    if (job->first_seen && job->x.done > job->first_done && seconds > 0)
        return (job->x.done - job->first_done) / seconds;
    seconds = (double)(job->x.changed - job->x.started);
    return seconds > 0 ? job->x.done / seconds : 0;
}

static struct job *find(struct jobs *j, const char *path)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->job[i].path && strcmp(j->job[i].path, path) == 0)
            return &j->job[i];
    return NULL;
}

/* Reads JOB's journal anew; false if it is none (any more). */
static bool read_job(struct job *job, const struct stat *st, long long now)
{
    struct experiment x = {0};
    struct err err;
    if (experiment_read(&x, job->path, &err))
        return false;
    /* The screen of a far terminal is not to be written anew at every step. */
    if (x.pid && job->x.steps == x.steps && now < job->taken + JOBS_FIND_MS) {
        job->x.done = x.done;
        job->x.pid = x.pid;
        job->x.changed = x.changed;
        experiment_free(&x);
        x = job->x;
    } else {
        experiment_free(&job->x);
        job->x = x;
        job->taken = now;
    }
    job->size = st->st_size;
    job->time = (long long)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    if (!x.pid)
        job->first_seen = 0;
    else if (!job->first_seen) {
        job->first_seen = now;
        job->first_done = x.done;
    }
    return true;
}

/* Brings the job of PATH up to date in NEW; true if it differs from what was known. */
static bool look_at(struct jobs *j, const char *path, struct job *new, long long now)
{
    struct stat st;
    struct job *old = find(j, path);
    *new = (struct job){.path = NULL};
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > JOBS_MAX_BYTES)
        return old != NULL;
    long long time = (long long)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    if (old) {
        *new = *old;
        *old = (struct job){.path = NULL};
        if (new->size == st.st_size &&new->time == time && !new->x.pid)
            return false;
    } else
        new->path = mem_strndup(path, strlen(path));
    uint32_t done = new->x.done;
    pid_t pid = new->x.pid;
    if (!new->path || !read_job(new, &st, now)) {
        job_free(new);
        *new = (struct job){.path = NULL};
        return old != NULL;
    }
    return !old || done != new->x.done || pid != new->x.pid;
}

static int newest_first(const void *a, const void *b)
{
    const struct job *x = a, *y = b;
    if (x->x.started != y->x.started)
        return x->x.started < y->x.started ? 1 : -1;
    return strcmp(x->path, y->path);
}

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

/* Takes leave of children that have ended. */
static bool reap(struct jobs *j)
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

bool jobs_look(struct jobs *j, long long now)
{
    static const char *const suffix[] = {".journal", NULL};
    struct folder_files files = {0};
    struct err err;
    bool changed = reap(j);
    if (!j->folder[0] || !folder_is(j->folder) || folder_find(&files, j->folder, suffix, &err))
        return changed;
    size_t n = files.count < JOBS_MAX ? files.count : JOBS_MAX, count = 0;
    struct job *list = mem_zeros(n + 1, sizeof *list);
    for (size_t i = 0; list && i < n; i++) {
        changed |= look_at(j, files.path[i], &list[count], now);
        count += list[count].path != NULL;
    }
    if (list) {
        for (size_t i = 0; i < j->count; i++) {
            changed |= j->job[i].path != NULL; /* gone from the folder */
            job_free(&j->job[i]);
        }
        if (count)
            qsort(list, count, sizeof *list, newest_first);
        free(j->job);
        j->job = list;
        j->count = count;
        j->cap = n + 1;
    }
    folder_files_free(&files);
    return changed;
}

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
static int open_log(const struct jobs *j, struct err *err)
{
    char name[PATH_MAX + 16];
    snprintf(name, sizeof name, "%s/log-XXXXXX", j->folder);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        err_errno(err, name);
    else
        unlink(name);
    return fd;
}

/* In a session of its own, without a terminal: no hangup reaches it. */
static int spawn(pid_t *pid, const char *const *words, int log)
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

enum status jobs_start(struct jobs *j, const char *const *words, struct err *err)
{
    struct job_child c = {0, -1, false};
    if (j->children == JOBS_CHILDREN)
        return err_set(err, STATUS_USAGE, "%d experiments run already", JOBS_CHILDREN);
    enum status code = jobs_make_folder(j, err);
    if (code)
        return code;
    c.log = open_log(j, err);
    if (c.log < 0)
        return err->code;
    errno = spawn(&c.pid, words, c.log);
    if (errno) {
        code = err_errno(err, "propneu");
        close(c.log);
        return code;
    }
    j->child[j->children++] = c;
    return STATUS_OK;
}

static bool same_words(const char *const *a, const char *const *b)
{
    while (*a && *b && strcmp(*a, *b) == 0) {
        a++;
        b++;
    }
    return !*a && !*b;
}

size_t jobs_begun(const struct jobs *j, const char *const *words)
{
    const char *other[JOBS_WORDS_MAX];
    for (size_t i = 0; i < j->count; i++) {
        const char *command = j->job[i].x.command;
        char *copy = command ? mem_strndup(command, strlen(command)) : NULL;
        bool same =
            copy && shell_words(copy, other, JOBS_WORDS_MAX) && same_words(other + 1, words);
        free(copy);
        if (same)
            return i;
    }
    return j->count;
}

/* Only what measures: a journal is no way to write files. */
static bool measures(const char *const *words)
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

enum status jobs_resume(struct jobs *j, const struct job *job, struct err *err)
{
    const char *words[JOBS_WORDS_MAX];
    char *copy = mem_strndup(job->x.command, strlen(job->x.command));
    enum status code = copy ? STATUS_OK : err_nomem(err);
    if (!code && (!shell_words(copy, words, JOBS_WORDS_MAX) || !measures(words)))
        code = err_set(err, STATUS_UNSUPPORTED, "the journal does not tell how it was begun");
    if (!code)
        code = jobs_start(j, words + 1, err);
    free(copy);
    return code;
}

enum status jobs_stop(struct jobs *j, const struct job *job, struct err *err)
{
    if (job_state(job) != JOB_RUNNING || job->x.pid <= 1)
        return err_set(err, STATUS_NOTFOUND, "this experiment does not run");
    for (size_t i = 0; i < j->children; i++)
        j->child[i].stopped |= j->child[i].pid == job->x.pid;
    return kill(job->x.pid, SIGTERM) == 0 ? STATUS_OK : err_errno(err, "kill");
}

void jobs_stop_own(struct jobs *j)
{
    for (size_t i = 0; i < j->children; i++)
        kill(j->child[i].pid, SIGTERM);
}

enum status jobs_delete(struct jobs *j, size_t i, struct err *err)
{
    struct job *job = &j->job[i];
    if (job->x.pid)
        return err_set(err, STATUS_USAGE, "it runs: stop it first");
    if (unlink(job->path) != 0 && errno != ENOENT)
        return err_errno(err, job->path);
    job_free(job);
    memmove(job, job + 1, (--j->count - i) * sizeof *job);
    return STATUS_OK;
}
