#include "config.h"

#include "job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cblas.h>

#include "propneu/audio.h"
#include "propneu/bitset.h"
#include "propneu/mem.h"
#include "propneu/select.h"

#define PROGRESS_SECONDS 0.25
#define SAVE_SECONDS     0.2 /* at least, between journals */
#define SAVE_SHARE       50  /* and this many times as long as writing one takes */

const char *const count_factor_names[COUNT_FACTORS] = {"phone", "gender", "pitch", "speaker"};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void count_number(double v, char text[32])
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, 32, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
}

const struct count_totals *count_totals(const struct count_job *job)
{
    return &job->totals;
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
    labels_free(j->labels);
    published_labels_free(&j->published);
    phones_free(&j->phones);
    speakers_free(&j->speakers);
    pitches_free(&j->pitch);
    cells_free(&j->cells);
    buf_free(&j->settings);
    journal_unlock(j);
    pthread_mutex_destroy(&j->lock);
    pthread_cond_destroy(&j->changed);
    free(j->journal);
    free(j->done);
    free(j);
}

static void set_edges(struct count_job *j, const double edges[2])
{
    char low[32], high[32];
    memcpy(j->align.pitch_edges, edges, sizeof j->align.pitch_edges);
    count_number(edges[0], low);
    count_number(edges[1], high);
    snprintf(j->edges, sizeof j->edges, "%s,%s", low, high);
}

static enum status open_pitch(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    double edges[2];
    enum status code = pitches_open(&j->pitch, o->pitch, err);
    if (code || pitches_classes(&j->pitch))
        return code;
    if (o->edges_given) {
        set_edges(j, o->pitch_edges);
    } else if (j->pitch.file) {
        if ((code = count_tertiles(&j->corpus, j->pitch.file, edges, err)))
            return err_prefix(err, "%s", o->pitch);
        set_edges(j, edges);
    }
    return STATUS_OK;
}

/* One recording at least must have labels, else the two do not belong together. */
static enum status check_labels(const struct count_job *j, struct err *err)
{
    size_t a = 0, b = 0, labels = labels_count(j->labels);
    while (a < j->corpus.count && b < labels) {
        int order = strcmp(j->corpus.recording[a].utterance, labels_utterance(j->labels, b));
        if (order == 0)
            return STATUS_OK;
        order < 0 ? a++ : b++;
    }
    return err_set(err, STATUS_MISMATCH,
                   "%s: labels of none of the recordings in %s (there are recordings like '%.60s', "
                   "labels like '%.60s')",
                   j->options->labels, j->options->audio, j->corpus.recording[0].utterance,
                   labels ? labels_utterance(j->labels, 0) : "");
}

static enum status open_inputs(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    struct labels_options lo = {.tier = o->tier, .label_table = o->label_table};
    enum status code;
    if ((code = corpus_open(&j->corpus, o->audio, err)) ||
        (code = labels_open(&j->labels, o->labels, &lo, err)) || (code = check_labels(j, err)) ||
        (code = phones_open(&j->phones, o->phones ? o->phones : labels_phones(j->labels), err)))
        return code;
    if (o->label_table &&
        (code = published_labels_open(&j->published, o->label_table, &j->phones, err)))
        return code;
    j->gendered = o->by >> COUNT_GENDER & 1;
    if (j->gendered && (code = speakers_open(&j->speakers, o->speakers, err)))
        return code;
    if (o->by >> COUNT_PITCH & 1 && (code = open_pitch(j, err)))
        return code;
    struct model_options mo = {.mean_std = o->mean_std, .normalize = o->normalize};
    if ((code = model_open(&j->model, o->model, &mo, err)))
        return code;
    j->info = model_info(j->model);
    j->align.grid = frame_grid_midpoints(j->info->frame_ms / 1000);
    j->align.frames = o->frames;
    j->align.pitch = o->frames == COUNTS_FRAMES_AUTHORS ? ALIGN_PITCH_FRONT : ALIGN_PITCH_CENTRED;
    j->align.phones = &j->phones;
    j->done = mem_zeros(bitset_words(j->corpus.count), sizeof *j->done);
    j->totals.utterances = j->corpus.count;
    return j->done ? STATUS_OK : err_nomem(err);
}

static enum status make_cells(struct count_job *j, struct err *err)
{
    const char *names[COUNT_FACTORS];
    uint32_t factors = 0;
    for (int f = 0; f < COUNT_FACTORS; f++)
        if (j->options->by >> f & 1) {
            j->kind[factors] = (enum count_factor)f;
            names[factors++] = count_factor_names[f];
        }
    uint32_t *tau = mem_array(j->info->layers, sizeof *tau);
    if (!tau)
        return err_nomem(err);
    for (uint32_t n = 0; n < j->info->layers; n++)
        tau[n] = select_tau(j->info->width[n], j->options->lambda_percent);
    enum status code =
        cells_init(&j->cells, names, factors, j->info->width, tau, j->info->layers, err);
    free(tau);
    if (!code && j->published.occurrences) {
        j->cells.table = &j->published.name;
        j->cells.occurrences = j->published.occurrences;
    }
    for (uint32_t f = 0; f < factors && !code; f++)
        for (int i = 0; i < PITCH_LEVELS && j->kind[f] == COUNT_PITCH && !code; i++)
            if (names_add(&j->cells.level[f], pitch_level_names[i]) == NAMES_NONE)
                code = err_nomem(err);
    return code;
}

/* Journals need a regular file to lie beside. */
static enum status name_journal(struct count_job *j, struct err *err)
{
    struct stat st;
    struct buf name = BUF_INIT;
    const char *path = j->options->output;
    bool there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        return err_set(err, STATUS_IO, "%s: is a folder", path);
    if (there && !S_ISREG(st.st_mode))
        return STATUS_OK;
    buf_printf(&name, "%s.journal", path);
    if (buf_ok(&name))
        j->journal = mem_strndup(buf_text(&name), name.len);
    buf_free(&name);
    return j->journal ? STATUS_OK : err_nomem(err);
}

enum status count_open(struct count_job **out, const struct count_options *options, struct err *err)
{
    struct count_job *j = mem_zeros(1, sizeof *j);
    pthread_condattr_t monotonic;
    enum status code;
    if (!j)
        return err_nomem(err);
    j->options = options;
    j->journal_fd = -1;
    pthread_mutex_init(&j->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&j->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    code = name_journal(j, err);
    if (!code)
        code = journal_lock(j, err);
    if (!code)
        code = open_inputs(j, err);
    if (!code)
        code = make_cells(j, err);
    if (!code)
        code = journal_settings(j, err);
    if (!code && options->resume)
        code = journal_load(j, err);
    if (!code) {
        /* The first journal also shows that the output's folder can be written to. */
        pthread_mutex_lock(&j->lock);
        code = journal_save(j, err);
        pthread_mutex_unlock(&j->lock);
    }
    if (code)
        count_free(j);
    else
        *out = j;
    return code;
}

void count_wait(struct count_job *j)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += 100000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_nsec -= 1000000000;
        t.tv_sec++;
    }
    pthread_cond_timedwait(&j->changed, &j->lock, &t);
}

/* With the lock held: until the last worker has ended, shows progress and keeps the journal. */
static void watch(struct count_job *j)
{
    const struct count_hooks *h = j->hooks;
    double shown = 0, saved = now(), pause = SAVE_SECONDS;
    while (j->running > 0) {
        count_wait(j);
        double t = now();
        if (h->cancel && *h->cancel)
            atomic_store(&j->stop, true);
        if (h->progress && t - shown >= PROGRESS_SECONDS) {
            h->progress(h->context, &j->totals);
            shown = t;
        }
        if (!j->fresh || t - saved < pause || atomic_load(&j->stop))
            continue;
        if (journal_save(j, &j->err)) {
            j->code = j->err.code;
            atomic_store(&j->stop, true);
        }
        saved = now();
        pause = (saved - t) * SAVE_SHARE > SAVE_SECONDS ? (saved - t) * SAVE_SHARE : SAVE_SECONDS;
    }
}

enum status count_threads(struct count_job *j, uint64_t left, void *(*work)(void *),
                          void (*look)(struct count_job *), struct err *err)
{
    unsigned wanted = j->options->threads, n = 0;
    if (wanted > left)
        wanted = (unsigned)left;
    pthread_t *thread = mem_array(wanted, sizeof *thread);
    if (!thread)
        return err_nomem(err);
    /* Threads are spent on utterances; more of them inside BLAS would only fight for the cores. */
    openblas_set_num_threads(1);
    pthread_mutex_lock(&j->lock);
    while (n < wanted && pthread_create(&thread[n], NULL, work, j) == 0)
        n++;
    j->running = n;
    if (n == 0 && wanted > 0)
        j->code = err_set(&j->err, STATUS_NOMEM, "no thread could be started");
    look(j);
    pthread_mutex_unlock(&j->lock);
    for (unsigned i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    free(thread);
    if (j->code)
        *err = j->err;
    return j->code;
}

/* Tertiles of pitch that is tracked are found first, then all is counted. */
static enum status run_workers(struct count_job *j, struct err *err)
{
    double edges[2];
    if (j->pitch.tracked && !*j->edges) {
        enum status code = count_track(j, edges, err);
        if (code)
            return code;
        set_edges(j, edges);
    }
    return count_threads(j, j->totals.utterances - j->totals.counted, count_worker, watch, err);
}

static enum status write_counts(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    struct counts about = {
        .model = (char *)(uintptr_t)j->info->name,
        .family = (char *)(uintptr_t)j->info->family,
        .created_by = (char *)(uintptr_t)o->created_by,
        .command = (char *)(uintptr_t)o->command,
        .lambda_percent = o->lambda_percent,
        .frames_mode = o->frames,
        .pitch_edges_hz = j->edges,
        .model_fingerprint = j->info->fingerprint,
        .utterances = j->totals.counted,
        .utterance_digest = j->digest,
        .seconds = (double)j->totals.samples / AUDIO_RATE,
    };
    return cells_write(&j->cells, &about, o->output, err);
}

enum status count_run(struct count_job *j, const struct count_hooks *hooks, struct err *err)
{
    j->hooks = hooks;
    enum status code = run_workers(j, err);
    bool all = j->totals.counted + count_left_out(&j->totals) == j->totals.utterances;
    if (code || !all) {
        struct err other;
        pthread_mutex_lock(&j->lock);
        if (j->fresh && journal_save(j, &other) && !code) {
            code = other.code;
            *err = other;
        }
        pthread_mutex_unlock(&j->lock);
        if (j->totals.counted == 0)
            journal_remove(j);
        if (code)
            return code;
        return err_set(err, STATUS_CANCELLED, "%s: stopped", j->options->output);
    }
    if (hooks->progress)
        hooks->progress(hooks->context, &j->totals);
    if (!(code = write_counts(j, err)) || code == STATUS_NOTFOUND)
        journal_remove(j);
    return code;
}
