/*
 * One recording through the model: read, cut into items, each run from the latest state that is
 * kept and not changed, what is worth keeping kept.
 */
#include "config.h"

#include "eval/eval_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/noise.h"
#include "base/mem.h"

#define MARGIN_SECONDS 0.16 /* at both ends, where pieces are cut */

void recording_run_free(struct recording_run *t, uint32_t layers)
{
    for (uint32_t n = 0; t->rows && n <= layers; n++)
        free(t->rows[n]);
    free(t->rows);
    free(t->means);
    frame_labels_free(&t->labels);
    *t = (struct recording_run){.failed = false};
}

/* Seconds as frames, rounded to the nearest number. */
static size_t to_frames(const struct eval *e, double seconds)
{
    return (size_t)lrint(seconds * 1000 / e->info->frame_ms);
}

/* Item number N of a recording of FRAMES frames; false behind the last. Pieces follow each other
 * without overlap, MARGIN_SECONDS away from both ends of the recording. */
static bool item_at(const struct eval *e, size_t frames, size_t n, struct item *it)
{
    if (e->options->piece <= 0) {
        *it = (struct item){.frames = frames};
        return n == 0;
    }
    size_t length = to_frames(e, e->options->piece), margin = to_frames(e, MARGIN_SECONDS);
    length = length ? length : 1;
    *it = (struct item){margin + n * length, length, n, n * length};
    return it->first + length + margin < frames;
}

/* The rows of input, which come in one block. */
static enum status take_input(void *context, const struct model_block *b, struct err *err)
{
    struct worker *w = context;
    size_t need;
    if (!mul_size(b->stage_rows, b->width, &need) ||
        !mem_grow(&w->input, &w->input_cap, need, sizeof *w->input))
        return err_nomem(err);
    memcpy(w->input + b->first * b->width, b->data, b->rows * b->width * sizeof *b->data);
    w->input_width = b->width;
    return STATUS_OK;
}

/* What enters the model: noise on the samples, or on the rows of input that they become. */
static enum status read_input(struct worker *w, const struct recording *r, struct err *err)
{
    struct eval *e = w->e;
    const struct eval_options *o = e->options;
    /* Seeded by name: the same noise in every run, whichever thread reads the recording. */
    struct noise noise = noise_begin(o->seed, corpus_hash(r->utterance));
    struct audio *a = &w->audio;
    if (!e->input) {
        if (o->noise > 0)
            noise_add(&noise, a->samples, a->count, o->noise * noise_rms(a->samples, a->count));
        return STATUS_OK;
    }
    struct model_sink sink = {MODEL_WANT(MODEL_INPUT), take_input, w};
    const struct model_pass pass = {.samples = a->samples, .count = a->count, .cancel = &e->stop};
    enum status code = model_run(e->model, w->scratch, &pass, &sink, err);
    if (!code && o->noise > 0)
        noise_add(&noise, w->input, model_frames(e->model, a->count) * w->input_width, o->noise);
    return code ? err_prefix(err, "%s", r->path) : STATUS_OK;
}

/* Samples, labels and input of recording I. */
static enum status read_recording(struct worker *w, size_t i, struct err *err)
{
    struct eval *e = w->e;
    const struct recording *r = &e->corpus.recordings.recording[i];
    enum status code = audio_read(&w->audio, r->path, err);
    if (code)
        return code;
    size_t frames = model_frames(e->model, w->audio.count);
    if (frames == 0)
        return err_set(err, STATUS_FORMAT, "%s: %zu samples are too short for one frame", r->path,
                       w->audio.count);
    /* Labels are kept from run to run, samples and rows of input are not. */
    if (e->run[i].labels.frames == 0)
        code = frame_labels_read(&e->run[i].labels, &e->corpus, &e->how, &e->factors, r, &w->audio,
                                 frames, e->info->frame_ms / 1000, err);
    return code || e->pass == PASS_SCAN ? code : read_input(w, r, err);
}

/* The latest state kept of T from which everything wanted can be computed; -1: none. */
static int begin_at(const struct eval *e, const struct recording_run *t)
{
    /* State n is what layer n (from 0) takes in. The edit changes nothing up to state `first`, and
     * the task needs the output of layer `layer` - 1. */
    uint32_t last = e->first < e->layer - 1 ? e->first : e->layer - 1;
    for (int n = (int)last; t->rows && n >= 0; n--)
        if (t->rows[n])
            return n;
    return -1;
}

/* True if the head takes hidden state N, 0 .. layers. */
static bool head_takes(const struct eval *e, uint32_t n)
{
    return e->head.layer ? e->head.layer[n] != 0 : n == e->info->layers;
}

/* Adds the rows of a block to sums over frames [E], in double precision. */
static void add_rows(double *sum, const struct model_block *b)
{
    for (size_t r = 0; r < b->rows; r++)
        for (size_t x = 0; x < b->width; x++)
            sum[x] += (double)b->data[r * b->width + x];
}

/* Adds a state to the weighted sum that a head on frames is given; they come in their order. */
static void state_mix(float *sum, const struct model_block *b, double weight)
{
    for (size_t i = 0; i < b->rows * b->width; i++)
        sum[i] += (float)(weight * (double)b->data[i]);
}

/* A hidden state of the current item: kept, averaged, or handed to the task. */
static enum status state_take(void *context, const struct model_block *b, struct err *err)
{
    struct worker *w = context;
    const struct eval *e = w->e;
    uint32_t n = b->stage == MODEL_FINAL ? e->info->layers : b->index;
    (void)err;
    size_t bytes = b->rows * b->width * sizeof *b->data;
    if (b->stage == MODEL_HIDDEN && w->rows[n])
        memcpy(w->rows[n] + (w->item->row + b->first) * b->width, b->data, bytes);
    /* The last hidden state is taken from MODEL_FINAL, behind the final layer norm of models with
     * one. */
    if (b->stage == MODEL_HIDDEN && n == e->info->layers)
        return STATUS_OK;
    if (e->task->about.whole && head_takes(e, n))
        add_rows(w->means + (size_t)n * b->width, b);
    if (e->task->hidden && e->head.layer)
        state_mix(w->hidden + b->first * b->width, b, e->head.layer[n]);
    else if (e->task->hidden && n == e->layer)
        memcpy(w->hidden + b->first * b->width, b->data, bytes);
    return STATUS_OK;
}

/* Makes room for N bytes more of what is kept; false if they are too many. Workers ask without the
 * lock: the sum is atomic and may exceed the budget only until it is taken back. */
static bool cache_reserve(struct eval *e, size_t n)
{
    size_t before = atomic_fetch_add(&e->kept, n);
    if (before <= e->budget && n <= e->budget - before)
        return true;
    atomic_fetch_sub(&e->kept, n);
    return false;
}

/* Room for the states of recording I that are worth keeping and not kept, ROWS rows each. */
static void prepare_rows(struct worker *w, const struct recording_run *t, int begun, size_t items,
                         size_t rows)
{
    struct eval *e = w->e;
    size_t state, means, layers = e->info->layers;
    bool any = false;
    if (!e->step || !mul_size(rows, e->info->embed * sizeof(float), &state) ||
        !mul_size(items, (layers + 1) * e->info->embed * sizeof(double), &means))
        return;
    /* Only states that the edit leaves unchanged: they are those of every later run. */
    for (uint32_t n = 0; n < e->layer && n <= e->first; n += e->step)
        if ((int)n > begun && cache_reserve(e, state)) {
            w->rows[n] = mem_array(state, 1);
            any = any || w->rows[n];
        }
    if (any && e->head.layer && !t->means && cache_reserve(e, means))
        w->kept_means = mem_zeros(means, 1);
}

/* What was prepared becomes part of T. */
static void keep_rows(struct worker *w, struct recording_run *t)
{
    uint32_t layers = w->e->info->layers;
    if (!t->means && w->kept_means) {
        t->means = w->kept_means;
        w->kept_means = NULL;
    }
    /* Without the means of those before it a state is no beginning. */
    bool usable = !w->e->head.layer || t->means;
    if (!t->rows && usable)
        t->rows = mem_zeros(layers + 1, sizeof *t->rows);
    for (uint32_t n = 0; t->rows && usable && n <= layers; n++)
        if (w->rows[n]) {
            t->rows[n] = w->rows[n];
            w->rows[n] = NULL;
        }
}

/* The means of IT: those of states before BEGUN from what is kept, sums into averages behind. */
static void finish_means(struct worker *w, const struct recording_run *t, const struct item *it,
                         int begun)
{
    const struct eval *e = w->e;
    size_t width = e->info->embed, all = (e->info->layers + 1) * width;
    size_t known = begun < 0 ? 0 : ((size_t)begun + 1) * width;
    double *kept = w->kept_means ? w->kept_means : t->means;
    for (size_t x = known; x < all; x++)
        w->means[x] /= (double)it->frames;
    if (known && t->means)
        memcpy(w->means, t->means + it->index * all, known * sizeof *w->means);
    /* Means of states behind `first` depend on the edit and are not kept. */
    size_t until = ((size_t)e->first + 1) * width;
    if (kept)
        memcpy(kept + it->index * all, w->means, (until < all ? until : all) * sizeof *kept);
}

/* The forward pass of IT: from the hidden state BEGUN that was kept, or (BEGUN < 0) from the input
 * rows or the samples; no further than the layer that is looked at. */
static struct model_pass make_pass(const struct worker *w, const struct recording_run *t,
                                   const struct item *it, int begun)
{
    const struct eval *e = w->e;
    const struct model_info *m = e->info;
    struct model_pass p = {.frames = it->frames, .intervention = e->edit, .cancel = &e->stop};
    p.layers = e->layer < m->layers ? e->layer : 0;
    if (begun >= 0) {
        p.rows = t->rows[begun] + it->row * m->embed;
        p.stage = MODEL_HIDDEN;
        p.index = (uint32_t)begun;
    } else if (e->input) {
        p.rows = w->input + it->first * w->input_width;
        p.stage = MODEL_INPUT;
    } else if (e->options->piece > 0) {
        /* (frames - 1) hop + window samples make exactly that many frames. */
        p.samples = w->audio.samples + it->first * m->hop;
        p.count = (it->frames - 1) * m->hop + m->window;
    } else {
        p.samples = w->audio.samples;
        p.count = w->audio.count;
    }
    return p;
}

/* IT through the model and to the task. */
static enum status run_item(struct worker *w, const struct recording_run *t, const struct item *it,
                            int begun, struct err *err)
{
    const struct eval *e = w->e;
    size_t need, width = e->info->embed;
    enum status code = STATUS_OK;
    struct model_sink sink = {MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FINAL), state_take, w};
    struct model_pass pass = make_pass(w, t, it, begun);
    if (!mul_size(it->frames, width, &need) ||
        !mem_grow(&w->hidden, &w->hidden_cap, e->task->hidden ? need : 0, sizeof *w->hidden))
        return err_nomem(err);
    w->item = it;
    memset(w->means, 0, (e->info->layers + 1) * width * sizeof *w->means);
    if (e->task->hidden && e->head.layer)
        memset(w->hidden, 0, need * sizeof *w->hidden);
    if (e->task->input && (code = e->task->input(w, it, err)))
        return code;
    if ((code = model_run(e->model, w->scratch, &pass, &sink, err)))
        return code;
    if (e->task->about.whole)
        finish_means(w, t, it, begun);
    return e->task->item(w, it, err);
}

/* All items of recording I, which then keeps the hidden states that there is room for. */
static enum status run_items(struct worker *w, size_t i, int begun, struct err *err)
{
    struct eval *e = w->e;
    struct recording_run *t = &e->run[i];
    struct item it;
    size_t items = 0, rows = 0;
    enum status code = STATUS_OK;
    while (item_at(e, t->labels.frames, items, &it)) {
        items++;
        rows += it.frames;
    }
    prepare_rows(w, t, begun, items, rows);
    for (size_t n = 0; n < items && !code; n++) {
        item_at(e, t->labels.frames, n, &it);
        code = run_item(w, t, &it, begun, err);
    }
    if (code)
        return err_prefix(err, "%s", e->corpus.recordings.recording[i].path);
    keep_rows(w, t);
    return STATUS_OK;
}

enum status recording_run_do(struct worker *w, size_t i, struct err *err)
{
    struct eval *e = w->e;
    /* A state that was kept takes the place of the recording, which need not be read again. */
    int begun = begin_at(e, &e->run[i]);
    enum status code = begun < 0 ? read_recording(w, i, err) : STATUS_OK;
    w->recording = i;
    if (!code && e->task->begin)
        e->task->begin(w);
    if (!code && e->pass != PASS_SCAN)
        code = run_items(w, i, begun, err);
    for (uint32_t n = 0; n <= e->info->layers; n++) {
        free(w->rows[n]);
        w->rows[n] = NULL;
    }
    free(w->kept_means);
    w->kept_means = NULL;
    return code;
}
