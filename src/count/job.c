/*
 * A counting job at work: its threads, the journal that is kept meanwhile, and the result.
 */
#include "config.h"

#include "count/count_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/audio.h"
#include "count/team.h"

/* How often the main thread does its work. Journals cost at most 1 / SAVE_SHARE of the time,
 * however large they become. */
#define WATCH_SECONDS    0.1
#define TEAM_SECONDS     0.001 /* other processes are not kept waiting */
#define PROGRESS_SECONDS 0.25
#define SAVE_SECONDS     0.2       /* at least, between journals */
#define SPILL_BYTES      (1 << 24) /* of tokens that are not kept in memory between journals */
#define SAVE_SHARE       50        /* and this many times as long as writing one takes */

const struct count_totals *count_totals(const struct count_job *job)
{
    return &job->tally.totals;
}

const struct corpus *count_corpus(const struct count_job *j)
{
    return &j->corpus;
}

size_t count_unread_folders(const struct count_job *j)
{
    return j->corpus.recordings.unreads;
}

uint64_t count_left_out(const struct count_totals *t)
{
    uint64_t n = 0;
    for (int k = 0; k < COUNT_PROBLEMS; k++)
        n += t->problem[k];
    return n;
}

const struct model_info *count_model(const struct count_job *j)
{
    return j->info;
}

const char *count_pitch_edges(const struct count_job *job)
{
    return job->edges;
}

void count_free(struct count_job *j)
{
    if (!j)
        return;
    model_free(j->model);
    corpus_free(&j->corpus);
    columns_free(&j->columns);
    tally_free(&j->tally);
    buf_free(&j->settings);
    spill_close(j);
    journal_unlock(j);
    pthread_mutex_destroy(&j->lock);
    pthread_cond_destroy(&j->changed);
    pthread_cond_destroy(&j->filled);
    free(j->journal);
    free(j);
}

void count_wait(struct count_job *j, double seconds)
{
    struct timespec until = worker_deadline(seconds);
    worker_wait_until(&j->changed, &j->lock, &until);
}

/* With the lock held: until the last worker has ended, shows progress and keeps the journal. */
static void job_watch(struct count_job *j)
{
    const struct count_hooks *h = j->hooks;
    double shown = 0, saved = worker_clock(), pause = SAVE_SECONDS;
    while (j->running > 0 || team_busy(j)) {
        count_wait(j, team_busy(j) ? TEAM_SECONDS : WATCH_SECONDS);
        team_serve(j);
        double t = worker_clock();
        if (h->progress && t - shown >= PROGRESS_SECONDS) {
            h->progress(h->context, &j->tally.totals);
            shown = t;
        }
        bool stop = cancelled(&j->stop);
        if (j->tally.tokens.len > SPILL_BYTES && spill_write(j, &j->err)) {
            j->code = j->err.code;
            cancel_set(&j->stop);
        }
        /* After a stop every report of another process is saved at once, since mpirun may kill
         * soon; a job of one process is then saved by count_run. */
        if (!j->fresh || (stop ? !team_busy(j) : t - saved < pause))
            continue;
        if (journal_save(j, &j->err)) {
            j->code = j->err.code;
            cancel_set(&j->stop);
        }
        saved = worker_clock();
        pause = (saved - t) * SAVE_SHARE > SAVE_SECONDS ? (saved - t) * SAVE_SHARE : SAVE_SECONDS;
    }
}

enum status count_threads(struct count_job *j, uint64_t left, void *(*work)(void *),
                          void (*look)(struct count_job *), struct err *err)
{
    struct workers team;
    size_t wanted = j->options->threads < left ? j->options->threads : (size_t)left;
    pthread_mutex_lock(&j->lock);
    enum status code = workers_start(&team, wanted, work, j, &j->err);
    if (code)
        j->code = code;
    j->running = (unsigned)team.count;
    look(j);
    pthread_mutex_unlock(&j->lock);
    size_t threads = team.count;
    workers_join(&team);
    if (j->code) {
        *err = j->err;
        workers_advise(threads, err);
    }
    return j->code;
}

/* Tertiles of pitch that is tracked are found first, then all is counted: by this process's
 * threads, or, where another process leads, in its service. */
static enum status run_workers(struct count_job *j, struct err *err)
{
    double edges[2];
    if (j->corpus.pitch.tracked && !*j->edges) {
        enum status code = count_track(j, edges, err);
        if (code)
            return code;
        count_set_edges(j, edges);
    }
    if (!team_leads(j->options->team))
        return team_work(j, err);
    return count_threads(j, j->tally.totals.utterances - j->tally.totals.counted, count_worker,
                         job_watch, err);
}

/* Writes the output, after its tokens where they are wanted: the cells with the metadata by which
 * merge and the explorer check that files are comparable. */
static enum status write_counts(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    struct counts about = {
        .model = (char *)(uintptr_t)j->info->name,
        .family = (char *)(uintptr_t)j->info->family,
        .created_by = (char *)(uintptr_t)o->created_by,
        .command = (char *)(uintptr_t)o->command,
        .lambda_percent = o->lambda_percent,
        .lambdas = o->lambdas,
        .lambda = (double *)(uintptr_t)o->lambda,
        .frames_mode = o->frames,
        .pitch_edges_hz = j->edges,
        .model_fingerprint = j->info->fingerprint,
        .utterances = j->tally.totals.counted,
        .utterance_digest = j->tally.digest,
        .seconds = (double)j->tally.totals.samples / AUDIO_RATE,
        .shards = j->corpus.shards,
    };
    if (o->tokens && j->tally.totals.frames > 0) {
        enum status code = spill_write(j, err);
        if (!code)
            code = tokens_finish(j, &about, err);
        if (code)
            return code;
    }
    enum status code = cells_write(&j->tally.cells, &about, o->output, err);
    /* The journal still has them. */
    if (code && o->tokens && j->tally.totals.frames > 0)
        tokens_withdraw(j);
    return code;
}

enum status count_run(struct count_job *j, const struct count_hooks *hooks, struct err *err)
{
    j->hooks = hooks;
    cancel_init(&j->stop, hooks->cancel);
    /* Folders that could not be searched: reported, but in no total, since what they hold is
     * unknown. */
    for (size_t i = 0; hooks->problem && i < j->corpus.recordings.unreads; i++)
        hooks->problem(hooks->context, COUNT_NO_AUDIO, j->corpus.recordings.unread[i]);
    enum status code = run_workers(j, err);
    if (!team_leads(j->options->team))
        return code;
    /* False after a cancel: some utterances were neither counted nor left out for a problem. */
    bool all =
        j->tally.totals.counted + count_left_out(&j->tally.totals) == j->tally.totals.utterances;
    if (code || !all) {
        struct err other;
        pthread_mutex_lock(&j->lock);
        if (j->fresh && journal_save(j, &other) && !code) {
            code = other.code;
            *err = other;
        }
        pthread_mutex_unlock(&j->lock);
        /* A journal of nothing saves no later run any work. */
        if (j->tally.totals.counted == 0)
            journal_remove(j);
        if (code)
            return code;
        return err_set(err, STATUS_CANCELLED, "%s: stopped", j->options->output);
    }
    if (hooks->progress)
        hooks->progress(hooks->context, &j->tally.totals);
    /* STATUS_NOTFOUND: not one frame was counted, or is a phone, and resuming would not find one
     * either. */
    code = count_check_phones(j, err);
    if (!code)
        code = write_counts(j, err);
    if (!code || code == STATUS_NOTFOUND)
        journal_remove(j);
    return code;
}
