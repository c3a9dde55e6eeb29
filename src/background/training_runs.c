/*
 * Looking at the runs of training that have made themselves known, and at their processes.
 */
#include "config.h"

#include "background/training_runs.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/shell_quote.h"
#include "formats/folder.h"
#include "formats/mapped.h"

/* A log that is larger is read again only now and then while it grows. */
#define SMALL_LOG ((off_t)1 << 20)

static void training_watch_free(struct training_watch *w)
{
    training_run_free(&w->run);
    training_log_free(&w->log);
    free(w->name);
    free(w->known_by);
    *w = (struct training_watch){.name = NULL};
}

void training_runs_free(struct training_runs *t)
{
    for (size_t i = 0; i < t->count; i++)
        training_watch_free(&t->run[i]);
    free(t->run);
    *t = (struct training_runs){.run = NULL};
}

/* The folder that the file PATH says, to be freed; NULL where there is none. */
static char *training_runs_folder(const char *path)
{
    struct mapped m;
    if (mapped_open(&m, path, NULL))
        return NULL;
    mapped_may_change(&m);
    bool one = m.size > 0 && m.data[0] == '/' && !memchr(m.data, '\0', m.size);
    char *folder = one ? mem_strndup((const char *)m.data, m.size) : NULL;
    mapped_close(&m);
    return folder;
}

/* Reads the log of W anew where it has changed. */
static bool training_watch_read(struct training_watch *w, long long now)
{
    struct stat st;
    struct buf path = BUF_INIT;
    struct training_log log;
    struct err err;
    bool changed = false;
    buf_printf(&path, "%s/" TRAINING_LOG_NAME, w->run.folder);
    if (buf_ok(&path) && stat(buf_text(&path), &st) == 0) {
        long long time = (long long)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
        bool soon = st.st_size > SMALL_LOG && now < w->taken + JOBS_FIND_MS && w->log.path;
        if (!soon && (st.st_size != w->size || time != w->time)) {
            if (training_log_read(&log, buf_text(&path), &err) == STATUS_OK) {
                training_log_free(&w->log);
                w->log = log;
                changed = true;
            } else
                training_log_free(&log);
            w->size = st.st_size;
            w->time = time;
            w->taken = now;
        }
    }
    buf_free(&path);
    return changed;
}

/* The run that the file PATH makes known into NEW, with what was read of it before, which is taken
 * from T; true if anything is new. NEW has no name where there is no such run any more. */
static bool training_runs_look_at(struct training_runs *t, const char *path,
                                  struct training_watch *new, long long now)
{
    struct training_watch *old = NULL;
    struct err err;
    for (size_t i = 0; i < t->count; i++)
        if (t->run[i].known_by && strcmp(t->run[i].known_by, path) == 0)
            old = &t->run[i];
    *new = (struct training_watch){.name = NULL};
    if (old) {
        *new = *old;
        *old = (struct training_watch){.name = NULL};
    }
    pid_t before = new->run.pid;
    char *folder = training_runs_folder(path);
    training_run_free(&new->run);
    bool there = folder && training_run_read(&new->run, folder, &err) == STATUS_OK;
    if (there && !new->name) {
        const char *slash = strrchr(folder, '/');
        new->name = mem_strndup(slash + 1, strlen(slash + 1));
        new->known_by = mem_strndup(path, strlen(path));
    }
    free(folder);
    if (!there || !new->name || !new->known_by) {
        training_watch_free(new);
        return old != NULL;
    }
    bool changed = training_watch_read(new, now);
    return !old || changed || before != new->run.pid;
}

/* Those at work first, then by name. */
static int training_runs_compare(const void *a, const void *b)
{
    const struct training_watch *x = a, *y = b;
    if (!x->run.pid != !y->run.pid)
        return x->run.pid ? -1 : 1;
    int by_name = strcmp(x->name, y->name);
    return by_name ? by_name : strcmp(x->run.folder, y->run.folder);
}

bool training_runs_look(struct training_runs *t, long long now)
{
    static const char *const suffix[] = {".run", NULL};
    struct folder_files files = {0};
    struct err err;
    char place[PATH_MAX];
    bool changed = false;
    if (!training_run_place(place, sizeof place) || !folder_is(place) ||
        folder_find(&files, place, suffix, &err))
        return false;
    /* Folders that are gone take no place. */
    size_t count = 0;
    struct training_watch *list = mem_zeros(TRAINING_RUNS_MAX + 1, sizeof *list);
    for (size_t i = 0; list && i < files.count && count < TRAINING_RUNS_MAX; i++) {
        changed |= training_runs_look_at(t, files.path[i], &list[count], now);
        count += list[count].name != NULL;
    }
    if (list) {
        for (size_t i = 0; i < t->count; i++)
            changed |= t->run[i].name != NULL;
        training_runs_free(t);
        if (count)
            qsort(list, count, sizeof *list, training_runs_compare);
        *t = (struct training_runs){list, count};
    }
    folder_files_free(&files);
    return changed;
}

uint64_t training_watch_step(const struct training_watch *w)
{
    return w->log.count ? w->log.step[w->log.count - 1].step : 0;
}

enum job_state training_watch_state(const struct training_watch *w)
{
    if (w->run.pid)
        return JOB_RUNNING;
    return w->run.steps && training_watch_step(w) >= w->run.steps ? JOB_FINISHED : JOB_STOPPED;
}

double training_watch_left(const struct training_watch *w)
{
    uint64_t step = training_watch_step(w);
    double speed = training_log_speed(&w->log);
    return w->run.steps > step && speed > 0 ? (double)(w->run.steps - step) / speed : NAN;
}

enum status training_watch_pause(struct jobs *j, const struct training_watch *w, struct err *err)
{
    if (w->run.pid <= 1)
        return err_set(err, STATUS_NOTFOUND, "this run is not at work");
    for (size_t i = 0; i < j->children; i++)
        j->child[i].stopped |= j->child[i].pid == w->run.pid;
    return kill(w->run.pid, SIGTERM) == 0 ? STATUS_OK : err_errno(err, "kill");
}

/* A file in the user's folders is no way to start anything else. */
static bool training_runs_trains(const char *const *words)
{
    bool retrain = false;
    if (!words[0])
        return false;
    for (size_t i = 1; words[i]; i++)
        retrain = retrain || strcmp(words[i], "--retrain") == 0;
    return strcmp(words[0], "train") == 0 || (strcmp(words[0], "prune") == 0 && retrain);
}

/* The process of COMMAND, with or without the name of the program, in PLACE (NULL: here). */
static enum status training_runs_begin(struct jobs *j, const char *command, const char *place,
                                       struct err *err)
{
    const char *words[JOBS_WORDS_MAX];
    char *copy = mem_strndup(command, strlen(command));
    enum status code = copy ? STATUS_OK : err_nomem(err);
    bool read = copy && shell_words(copy, words, JOBS_WORDS_MAX);
    size_t first = read && strcmp(words[0], "propneu") == 0;
    if (!code && (!read || !training_runs_trains(words + first)))
        code =
            err_set(err, STATUS_USAGE, "neither train ... nor prune --retrain ...: %.80s", command);
    if (!code)
        code = jobs_start_words(j, words + first, place, err);
    free(copy);
    return code;
}

enum status training_watch_resume(struct jobs *j, const struct training_watch *w, struct err *err)
{
    if (training_watch_state(w) == JOB_RUNNING)
        return err_set(err, STATUS_NOTFOUND, "the run is at work");
    if (training_watch_state(w) == JOB_FINISHED)
        return err_set(err, STATUS_NOTFOUND, "the run is finished");
    return training_runs_begin(j, w->run.command, w->run.place, err);
}

enum status training_runs_start(struct jobs *j, const char *text, struct err *err)
{
    return training_runs_begin(j, text, NULL, err);
}

enum status training_runs_forget(struct training_runs *t, size_t i, struct err *err)
{
    struct training_watch *w = &t->run[i];
    if (w->run.pid)
        return err_set(err, STATUS_USAGE, "the run is at work: stop it first (x)");
    if (unlink(w->known_by) != 0 && errno != ENOENT)
        return err_errno(err, w->known_by);
    training_watch_free(w);
    memmove(w, w + 1, (--t->count - i) * sizeof *w);
    return STATUS_OK;
}
