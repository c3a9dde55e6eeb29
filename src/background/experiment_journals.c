/*
 * The experiments that have a journal in the folder: how far each is, whoever runs it.
 */
#include "config.h"

#include "background/experiment_processes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/folder.h"
#include "base/mem.h"

/* Follows the XDG base directories; without HOME the folder is "" and nothing can be started. */
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

/* Unfinished without a process at work is stopped, however that ended. */
enum job_state job_state(const struct job *job)
{
    if (job->x.done >= job->x.steps)
        return JOB_FINISHED;
    return job->x.pid ? JOB_RUNNING : JOB_STOPPED;
}

/* While watching, the rate seen since then; before, the mean of the whole run. */
double job_rate(const struct job *job, long long now)
{
    double seconds = (double)(now - job->first_seen) / 1000;
    if (job->first_seen && job->x.done > job->first_done && seconds > 0)
        return (job->x.done - job->first_done) / seconds;
    seconds = (double)(job->x.changed - job->x.started);
    return seconds > 0 ? job->x.done / seconds : 0;
}

/* The job of PATH among those known, or NULL. */
static struct job *experiment_journals_find(struct jobs *j, const char *path)
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
    struct job *old = experiment_journals_find(j, path);
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

/* Of those started in the same second, by path. */
static int newest_first(const void *a, const void *b)
{
    const struct job *x = a, *y = b;
    if (x->x.started != y->x.started)
        return x->x.started < y->x.started ? 1 : -1;
    return strcmp(x->path, y->path);
}

/* Builds a new list and moves unchanged jobs over. At most JOBS_MAX journals are read, to keep a
 * full folder from blocking the screen. */
bool jobs_look(struct jobs *j, long long now)
{
    static const char *const suffix[] = {".journal", NULL};
    struct folder_files files = {0};
    struct err err;
    bool changed = jobs_reap(j);
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

size_t jobs_begun(const struct jobs *j, const char *command)
{
    size_t i = 0;
    while (i < j->count && (!j->job[i].x.command || strcmp(j->job[i].x.command, command) != 0))
        i++;
    return i;
}

enum status jobs_delete(struct jobs *j, size_t i, struct err *err)
{
    struct job *job = &j->job[i];
    if (job->x.pid)
        return err_set(err, STATUS_USAGE, "the experiment is running: stop it first");
    if (unlink(job->path) != 0 && errno != ENOENT)
        return err_errno(err, job->path);
    job_free(job);
    memmove(job, job + 1, (--j->count - i) * sizeof *job);
    return STATUS_OK;
}
