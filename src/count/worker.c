/*
 * What one counting thread does with one recording: read it, align labels and pitch with frames,
 * run the model, and add the tau largest activations of every frame to the cells of its labels.
 */
#include "config.h"

#include "count/count_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/audio.h"
#include "corpus/timefit.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "model/kernels/select.h"

/* What one thread works with; kept from utterance to utterance. */
struct worker {
    struct count_job *job;
    struct model_scratch *scratch;
    struct selector *selector; /* [blocks], as the cells have */
    struct audio audio;
    struct alignment alignment; /* of the current utterance */
    size_t *cursor;             /* [layers] next aligned frame of each */
    size_t *offset;             /* [blocks] of a block's neurons within those of a frame */
    size_t per_frame;           /* neurons of a frame: the sum of tau over all blocks */
    uint32_t *neurons;          /* [alignment.count][per_frame] */
    size_t neurons_cap;
    size_t *frame; /* frames that are counted, each once */
    size_t frame_cap;
    uint32_t *cell; /* [alignment.count] */
    size_t cell_cap;
    int32_t *level; /* [alignment.phone.count] level index of each phone of the utterance */
    size_t level_cap;
    int32_t *extra; /* [alignment.count][options->extras] levels of the user's own factors */
    size_t extra_cap;
};

static void worker_free(struct worker *w)
{
    for (uint32_t n = 0; w->selector && n < w->job->tally.cells.layers; n++)
        selector_free(&w->selector[n]);
    model_scratch_free(w->scratch);
    audio_free(&w->audio);
    free(w->selector);
    free(w->cursor);
    free(w->offset);
    free(w->neurons);
    free(w->frame);
    free(w->cell);
    free(w->level);
    free(w->extra);
}

/* Memory of one thread: a selector of the tau largest activations for each block, and where its
 * neurons stand among those of a frame. worker_free cleans up after failure too. */
static enum status worker_init(struct worker *w, struct count_job *j, struct err *err)
{
    const struct cells *c = &j->tally.cells;
    *w = (struct worker){.job = j, .audio = AUDIO_INIT};
    w->audio.cancel = &j->stop;
    w->scratch = model_scratch_new();
    w->selector = mem_zeros(c->layers, sizeof *w->selector);
    w->cursor = mem_zeros(c->layers, sizeof *w->cursor);
    w->offset = mem_zeros(c->layers, sizeof *w->offset);
    if (!w->scratch || !w->selector || !w->cursor || !w->offset)
        return err_nomem(err);
    for (uint32_t n = 0; n < c->layers; n++) {
        w->offset[n] = w->per_frame;
        w->per_frame += c->tau[n];
        enum status code = selector_init(&w->selector[n], c->width[n], c->tau[n], err);
        if (code)
            return code;
    }
    return STATUS_OK;
}

/* Keeps the activated neurons of the aligned frames among the rows of a layer. */
static enum status worker_look(void *context, const struct model_block *block, struct err *err)
{
    struct worker *w = context;
    const struct alignment *a = &w->alignment;
    (void)err;
    size_t *i = &w->cursor[block->index];
    for (; *i < a->count && a->frame[*i].frame < block->first + block->rows; ++*i) {
        const float *row = block->data + (a->frame[*i].frame - block->first) * block->width;
        /*
         * Block index + k layers holds the counts at lambda k: one forward pass serves all lambdas.
         */
        for (uint32_t b = block->index; b < w->job->tally.cells.layers; b += w->job->info->layers)
            memcpy(w->neurons + *i * w->per_frame + w->offset[b],
                   selector_run(&w->selector[b], row), w->selector[b].tau * sizeof *w->neurons);
    }
    return STATUS_OK;
}

/* The frames of the alignment, each once, and how many they are. The alignment is not empty. */
static size_t worker_frames(struct worker *w)
{
    const struct alignment *a = &w->alignment;
    size_t n = 0;
    for (size_t i = 0; i < a->count; i++)
        if (n == 0 || a->frame[i].frame != w->frame[n - 1])
            w->frame[n++] = a->frame[i].frame;
    return n;
}

/* Runs the model on the audio as far as the last fc1 activations, those of the last layer for the
 * counted frames alone. worker_look picks the active neurons while the rows are in cache, so that
 * activations are never kept. */
static enum status worker_forward(struct worker *w, struct err *err)
{
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), worker_look, w};
    size_t need;
    if (!mul_size(w->alignment.count, w->per_frame, &need) ||
        !mem_grow(&w->neurons, &w->neurons_cap, need, sizeof *w->neurons) ||
        !mem_grow(&w->frame, &w->frame_cap, w->alignment.count, sizeof *w->frame))
        return err_nomem(err);
    memset(w->cursor, 0, w->job->tally.cells.layers * sizeof *w->cursor);
    const struct model_pass pass = {.samples = w->audio.samples,
                                    .count = w->audio.count,
                                    .cancel = &w->job->stop,
                                    .only = w->frame,
                                    .onlys = worker_frames(w)};
    return model_run(w->job->model, w->scratch, &pass, &sink, err);
}

/* Level indices of one utterance: the phones', and what holds for all of its frames. */
static bool find_levels(struct worker *w, const struct recording *r, int32_t *key)
{
    struct count_job *j = w->job;
    const struct alignment *a = &w->alignment;
    char name[256];
    if (!mem_grow(&w->level, &w->level_cap, a->phone.count, sizeof *w->level))
        return false;
    for (uint32_t f = 0; f < j->built_in; f++) {
        struct names *t = &j->tally.cells.level[f];
        const char *gender;
        key[f] = -1;
        switch (j->kind[f]) {
        case CORPUS_PHONE:
            for (uint32_t p = 0; p < a->phone.count; p++) {
                snprintf(name, sizeof name, "%s", a->phone.name[p]);
                counts_clean(name);
                w->level[p] = (int32_t)names_add(t, name);
                if (w->level[p] < 0)
                    return false;
            }
            continue;
        case CORPUS_GENDER:
            gender = speakers_gender(&j->corpus.speakers, r->row, r->speaker,
                                     j->options->frames == COUNTS_FRAMES_AUTHORS);
            if (!*gender)
                continue; /* not known: no level */
            snprintf(name, sizeof name, "%s", gender);
            break;
        case CORPUS_SPEAKER: snprintf(name, sizeof name, "%s", r->speaker); break;
        case CORPUS_UTTERANCE: snprintf(name, sizeof name, "%s", r->utterance); break;
        default: /* pitch levels are there from the start */ continue;
        }
        counts_clean(name);
        if ((key[f] = (int32_t)names_add(t, name)) < 0)
            return false;
    }
    return true;
}

/* Levels of factor X of the user's own: of each aligned frame, the span that holds its point. */
static bool find_extra(struct worker *w, const char *utterance, unsigned x)
{
    struct count_job *j = w->job;
    const struct alignment *a = &w->alignment;
    const struct factorfile *file = &j->corpus.extra[x];
    const struct factor_span *span = NULL;
    size_t spans = factorfile_find(file, utterance, &span), s = 0;
    for (size_t i = 0; i < a->count; i++) {
        int32_t *level = &w->extra[i * j->options->corpus.extras + x];
        double now =
            j->align.grid.first + a->frame[i].frame * j->align.grid.period + ALIGN_SAME_TIME;
        while (s < spans && span[s].end <= now)
            s++;
        *level = -1;
        if (s == spans || span[s].start > now)
            continue;
        *level = (int32_t)names_add(&j->tally.cells.level[j->built_in + x],
                                    file->level.name[span[s].level]);
        if (*level < 0)
            return false;
    }
    return true;
}

/* Levels of all of the user's own factors. */
static bool find_extras(struct worker *w, const char *utterance)
{
    unsigned extras = w->job->options->corpus.extras;
    size_t need;
    if (!mul_size(w->alignment.count, extras, &need) ||
        !mem_grow(&w->extra, &w->extra_cap, need, sizeof *w->extra))
        return false;
    for (unsigned x = 0; x < extras; x++)
        if (!find_extra(w, utterance, x))
            return false;
    return true;
}

/* Levels of the aligned frame I into KEY, which has those that hold for the whole utterance. */
static void worker_key(const struct worker *w, size_t i, int32_t *key)
{
    const struct count_job *j = w->job;
    const struct aligned_frame *frame = &w->alignment.frame[i];
    for (uint32_t f = 0; f < j->built_in; f++)
        if (j->kind[f] == CORPUS_PHONE)
            key[f] = w->level[frame->phone];
        else if (j->kind[f] == CORPUS_PITCH)
            key[f] = frame->pitch;
    for (unsigned x = 0; x < j->options->corpus.extras; x++)
        key[j->built_in + x] = w->extra[i * j->options->corpus.extras + x];
}

/* With the lock held: a record of the utterance's tokens, whose KEY has what holds for all of
 * them.  Only the neurons at the first lambda are of a token; they come first in a frame's. */
static bool worker_add_tokens(struct worker *w, uint32_t recording, int32_t *key)
{
    struct count_job *j = w->job;
    const struct alignment *a = &w->alignment;
    size_t factors = j->tally.cells.factors, neurons = tokens_per_token(j);
    uint32_t tokens = 0;
    int32_t *level;
    uint16_t *neuron;
    for (size_t i = 0; i < a->count; i++)
        tokens += a->frame[i].middle;
    if (tokens == 0)
        return true;
    if (!tokens_record(j, &j->tally, recording, tokens, &level, &neuron))
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!a->frame[i].middle)
            continue;
        worker_key(w, i, key);
        memcpy(level, key, factors * sizeof *key);
        for (size_t k = 0; k < neurons; k++)
            neuron[k] = (uint16_t)w->neurons[i * w->per_frame + k];
        level += factors;
        neuron += neurons;
    }
    return true;
}

/* With the lock held: adds recording R to the cells. All cells are made before one is counted, so
 * that a failure counts nothing of it. */
static bool worker_add(struct worker *w, size_t r)
{
    struct count_job *j = w->job;
    const struct recording *of = &j->corpus.recordings.recording[r];
    const struct alignment *a = &w->alignment;
    int32_t key[CELLS_MAX_FACTORS];
    if (!find_levels(w, of, key) || !find_extras(w, of->utterance) ||
        !mem_grow(&w->cell, &w->cell_cap, a->count, sizeof *w->cell))
        return false;
    for (size_t i = 0; i < a->count; i++) {
        worker_key(w, i, key);
        if ((w->cell[i] = cells_find(&j->tally.cells, key)) == UINT32_MAX)
            return false;
    }
    if (j->options->tokens && !worker_add_tokens(w, (uint32_t)r, key))
        return false;
    for (size_t i = 0; i < a->count; i++)
        cells_add(&j->tally.cells, w->cell[i], w->neurons + i * w->per_frame);
    return true;
}

/* Labels, gender, audio and pitch of a recording, then their alignment with the model's frames.
 * *KIND is set before each step to what its failure means. What needs no audio is checked before
 * reading it. */
static enum status worker_align(struct worker *w, const struct recording *r,
                                enum count_problem *kind, struct err *err)
{
    struct count_job *j = w->job;
    struct utterance_labels labels = {0};
    struct pitch_track pitch = {0};
    size_t frames;
    double seconds;
    *kind = COUNT_NO_LABELS;
    enum status code = labels_get(j->corpus.labels, r->utterance, &labels, err);
    if (code)
        goto out;
    *kind = COUNT_NO_SPEAKER;
    if (j->corpus.gendered && !speakers_gender(&j->corpus.speakers, r->row, r->speaker,
                                               j->options->frames == COUNTS_FRAMES_AUTHORS)) {
        code = err_set(err, STATUS_NOTFOUND, "%s: no speaker '%s', the speaker of %s",
                       j->options->corpus.speakers, r->speaker, r->path);
        goto out;
    }
    *kind = COUNT_NO_AUDIO;
    if ((code = audio_read(&w->audio, r->path, err)))
        goto out;
    *kind = COUNT_NO_PITCH;
    if ((code = pitches_get(&j->corpus.pitch, r->utterance, &w->audio, &pitch, err)))
        goto out;
    *kind = COUNT_TOO_SHORT;
    frames = model_frames(j->model, w->audio.count);
    if (frames == 0) {
        code = err_set(err, STATUS_FORMAT, "%s: %zu samples are too short for one frame", r->path,
                       w->audio.count);
        goto out;
    }
    *kind = COUNT_UNFIT;
    seconds = (double)w->audio.count / AUDIO_RATE;
    code = timefit_check_labels(j->corpus.labels, &labels, r->utterance, seconds, err);
    if (!code)
        code = timefit_check_factors(&j->corpus, &j->options->corpus, r->utterance, seconds, err);
    if (code)
        goto out;
    *kind = COUNT_NO_PITCH;
    code = align_utterance(&w->alignment, &labels, pitches_any(&j->corpus.pitch) ? &pitch : NULL,
                           frames, &j->align, err);
    if (code)
        err_prefix(err, "%s", r->path);
out:
    utterance_labels_free(&labels);
    pitch_track_free(&pitch);
    return code;
}

/* With the lock held: what was learned of an utterance. */
static void worker_account(struct worker *w, size_t i)
{
    struct count_job *j = w->job;
    const struct alignment *a = &w->alignment;
    struct count_totals *t = &j->tally.totals;
    bitset_put(j->tally.done, i);
    j->tally.digest += corpus_hash(j->corpus.recordings.recording[i].utterance);
    j->fresh = true;
    t->counted++;
    t->samples += w->audio.count;
    t->frames += a->count;
    t->unlabelled += a->unlabelled;
    t->surplus += a->surplus;
    t->unknown += a->unknown;
    t->parted += a->parted;
    t->short_segments += a->short_segments;
}

/* Counts recording I. Audio, alignment and the forward pass run without the lock; only adding to
 * the cells and totals holds it. A recording with a problem is reported and left out; memory for
 * cells that is used up stops the job. */
static void worker_process(struct worker *w, size_t i)
{
    struct count_job *j = w->job;
    const struct recording *r = &j->corpus.recordings.recording[i];
    enum count_problem kind;
    struct err err;
    w->alignment = (struct alignment){0};
    enum status code = worker_align(w, r, &kind, &err);
    if (!code && w->alignment.count > 0) {
        kind = COUNT_NO_RESULT;
        if ((code = worker_forward(w, &err)))
            err_prefix(&err, "%s", r->path);
    }
    pthread_mutex_lock(&j->lock);
    if (!code && !worker_add(w, i)) {
        if (!j->code)
            j->code = err_set(&j->err, STATUS_NOMEM,
                              "out of memory for %u cells of %zu neurons; count by fewer "
                              "factors",
                              j->tally.cells.count, j->tally.cells.offset[j->tally.cells.layers]);
        cancel_set(&j->stop);
    } else if (!code) {
        worker_account(w, i);
    } else if (code == STATUS_NOMEM) {
        /* No fault of this recording's: the others would find no more. */
        if (!j->code) {
            j->code = code;
            j->err = err;
        }
        cancel_set(&j->stop);
    } else if (code != STATUS_CANCELLED) {
        j->tally.totals.problem[kind]++;
        if (j->hooks->problem)
            j->hooks->problem(j->hooks->context, kind, err.msg);
    }
    pthread_mutex_unlock(&j->lock);
    alignment_free(&w->alignment);
}

size_t count_next(struct count_job *j)
{
    while (j->next < j->corpus.recordings.count && bitset_has(j->tally.done, j->next))
        j->next++;
    return j->next < j->corpus.recordings.count ? j->next++ : j->next;
}

/* With the lock held: an utterance for this thread, or the corpus' count. Where another process
 * leads, workers wait until it has sent some, and wake the main thread, which asks for more. */
static size_t worker_next(struct count_job *j)
{
    struct count_feed *f = j->feed;
    while (f && f->count == 0 && !f->ended && !cancelled(&j->stop))
        pthread_cond_wait(&j->filled, &j->lock);
    if (cancelled(&j->stop))
        return j->corpus.recordings.count;
    if (!f)
        return count_next(j);
    pthread_cond_signal(&j->changed);
    return f->count ? f->utterance[--f->count] : j->corpus.recordings.count;
}

void *count_worker(void *job)
{
    struct count_job *j = job;
    struct worker w;
    struct err err;
    enum status code = worker_init(&w, j, &err);
    pthread_mutex_lock(&j->lock);
    /* The first error is kept; it stops all workers. */
    if (code && !j->code) {
        j->code = code;
        j->err = err;
        cancel_set(&j->stop);
    }
    size_t i;
    while (!cancelled(&j->stop) && (i = worker_next(j)) < j->corpus.recordings.count) {
        pthread_mutex_unlock(&j->lock);
        worker_process(&w, i);
        pthread_mutex_lock(&j->lock);
    }
    j->running--;
    pthread_cond_signal(&j->changed);
    pthread_mutex_unlock(&j->lock);
    worker_free(&w);
    return NULL;
}
