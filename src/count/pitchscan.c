/*
 * Tertiles of pitch that is tracked in the recordings: one pass over the corpus before counting,
 * by the same threads, and in processes by all of them.
 */
#include "config.h"

#include "count/count_internal.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "count/team.h"

/* Every recording once: those without labels do not count. */
static void *pitchscan_work(void *job)
{
    struct count_job *j = job;
    struct audio a = AUDIO_INIT;
    a.cancel = &j->stop;
    pthread_mutex_lock(&j->lock);
    for (size_t i; !cancelled(&j->stop) && (i = j->next) < j->corpus.recordings.count;) {
        const struct recording *r = &j->corpus.recordings.recording[i];
        struct pitch_track t = {.count = 0};
        struct err err;
        /* Processes share the recordings in turn: no messages are needed in this pass. */
        j->next += j->stride;
        pthread_mutex_unlock(&j->lock);
        enum status code = STATUS_OK;
        if (labels_has(j->corpus.labels, r->utterance) && !(code = audio_read(&a, r->path, &err)))
            code = pitches_get(&j->corpus.pitch, r->utterance, &a, &t, &err);
        pthread_mutex_lock(&j->lock);
        /* Any other problem is reported when the recording is counted. */
        if (code == STATUS_NOMEM) {
            j->code = code;
            j->err = err;
            cancel_set(&j->stop);
        }
        /* Counts in bins, so that tertiles depend neither on the order nor on the number of
         * threads. */
        pitch_bins_add(j->bins, &t);
        j->scanned++;
        pitch_track_free(&t);
    }
    j->running--;
    pthread_cond_signal(&j->changed);
    pthread_mutex_unlock(&j->lock);
    audio_free(&a);
    return NULL;
}

/* With the lock held, which count_wait gives up: shows progress until the last thread has ended. */
static void pitchscan_watch(struct count_job *j)
{
    const struct count_hooks *h = j->hooks;
    while (j->running > 0) {
        count_wait(j, 0.1);
        if (h->tracking)
            h->tracking(h->context, j->scanned, j->corpus.recordings.count);
    }
}

enum status count_track(struct count_job *j, double edges[2], struct err *err)
{
    j->bins = mem_zeros(1, sizeof *j->bins);
    if (!j->bins)
        return err_nomem(err);
    j->next = team_share(j, &j->stride);
    enum status code =
        count_threads(j, j->corpus.recordings.count, pitchscan_work, pitchscan_watch, err);
    if (!code && cancelled(&j->stop))
        code = err_set(err, STATUS_CANCELLED, "%s: stopped", j->options->output);
    /* The bins are counters of 64 bits and nothing else. */
    code = team_sum(j, code, (uint64_t *)j->bins, sizeof *j->bins / sizeof(uint64_t), err);
    if (!code && !pitch_bins_tertiles(j->bins, edges))
        code = err_set(err, STATUS_NOTFOUND, "%s: no pitch in any recording with labels",
                       j->options->corpus.audio);
    for (int e = 0; e < 2 && !code;
         e++) /* as edges are written: nobody hears a hundredth of a Hz */
        edges[e] = rint(edges[e] * 100) / 100;
    free(j->bins);
    j->bins = NULL;
    j->next = 0;
    return code;
}
