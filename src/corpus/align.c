/*
 * Aligning labels and pitch with a model's frames (align.h): labels by time or by index, runs of
 * equal labels as segments, and the published program's own rules where asked for.
 */
#include "config.h"

#include "corpus/align.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

/* Labels of the model's frames, before any are chosen. */
struct grid_labels {
    int32_t *label;    /* [count] index into the utterance's names, -1 = none */
    uint32_t *segment; /* [count] number of the interval or run; neighbours differ */
    size_t count;      /* frames of the model, or in AUTHORS the labelled ones if those are more */
};

void alignment_free(struct alignment *a)
{
    free(a->frame);
    names_free(&a->phone);
    *a = (struct alignment){.phone = NAMES_INIT};
}

/* Where frame T is matched, in seconds. */
static double align_point(const struct frame_grid *g, size_t t)
{
    return g->first + (double)t * g->period;
}

/* Index of the list entry frame T falls on; COUNT if on none of the COUNT there are. */
static size_t align_list_index(const struct frame_grid *g, size_t t, size_t count)
{
    double i = floor((align_point(g, t) + ALIGN_SAME_TIME) / LABELS_LIST_PERIOD);
    return i >= 0 && i < (double)count ? (size_t)i : count;
}

/* Frames of the model that a list of COUNT entries covers. */
static size_t align_list_frames(const struct frame_grid *g, size_t count)
{
    double t = ((double)count * LABELS_LIST_PERIOD - ALIGN_SAME_TIME - g->first) / g->period;
    return t > 0 ? (size_t)ceil(t) : 0;
}

/* Runs of equal labels are the segments. */
static void align_number_runs(struct grid_labels *f)
{
    for (size_t t = 0; t < f->count; t++)
        f->segment[t] = t == 0 ? 0 : f->segment[t - 1] + (f->label[t] != f->label[t - 1]);
}

static void align_label_by_list(struct grid_labels *f, const struct utterance_labels *u,
                                const struct frame_grid *g)
{
    for (size_t t = 0; t < f->count; t++) {
        size_t i = align_list_index(g, t, u->count);
        f->label[t] = i < u->count ? u->frame[i] : -1;
    }
    align_number_runs(f);
}

/* Each frame's label is that of the interval with start <= point < end. */
static void align_label_by_time(struct grid_labels *f, const struct utterance_labels *u,
                                const struct frame_grid *g)
{
    size_t i = 0;
    for (size_t t = 0; t < f->count; t++) {
        double now = align_point(g, t) + ALIGN_SAME_TIME;
        while (i < u->count && u->interval[i].end <= now)
            i++;
        bool inside = i < u->count && u->interval[i].start <= now;
        f->label[t] = inside ? (int32_t)u->interval[i].name : -1;
        f->segment[t] =
            (uint32_t)(2 * i + inside); /* a hole is no part of the interval behind it */
    }
}

/* Intervals without a frame's point: too short for one, or behind the last. */
static void align_count_lost_intervals(struct alignment *a, const struct utterance_labels *u,
                                       const struct frame_grid *g, size_t frames)
{
    size_t t = 0;
    for (size_t i = 0; i < u->count; i++) {
        while (t < frames && align_point(g, t) + ALIGN_SAME_TIME < u->interval[i].start)
            t++;
        if (t == frames)
            a->surplus++;
        else if (align_point(g, t) + ALIGN_SAME_TIME >= u->interval[i].end)
            a->short_segments++;
    }
}

/* The published program's label lists know no stress: labels of one canonical name are one label,
 * the first of them. */
static enum status align_unify_labels(struct grid_labels *f, const struct utterance_labels *u,
                                      const struct phones *phones, struct err *err)
{
    struct names canonical = NAMES_INIT;
    int32_t *first = mem_array(u->name.count, sizeof *first); /* [canonical names] */
    int32_t *same = mem_array(u->name.count, sizeof *same);   /* [names] */
    bool ok = first && same;
    for (uint32_t i = 0; i < u->name.count && ok; i++) {
        char name[PHONES_NAME_MAX];
        uint32_t before = canonical.count;
        phones_canonical(phones, u->name.name[i], name);
        uint32_t c = names_add(&canonical, name);
        ok = c != NAMES_NONE;
        if (ok && c == before)
            first[c] = (int32_t)i;
        if (ok)
            same[i] = first[c];
    }
    for (size_t t = 0; t < f->count && ok; t++)
        if (f->label[t] >= 0)
            f->label[t] = same[f->label[t]];
    names_free(&canonical);
    free(first);
    free(same);
    return ok ? STATUS_OK : err_nomem(err);
}

/* Leaves only runs that end: one ends where the next begins, the last of an utterance never. */
static void align_drop_last_run(struct grid_labels *f)
{
    while (f->count && f->label[f->count - 1] < 0) /* frames behind the last label */
        f->count--;
    size_t last = f->count;
    while (last && f->segment[last - 1] == f->segment[f->count - 1])
        last--;
    f->count = last;
}

/* Label (-1: none) and segment number of each frame. In the published program's mode a label list
 * may be longer than the model's output, labels are unified by canonical name and the last run is
 * dropped. */
static enum status align_label_frames(struct grid_labels *f, const struct utterance_labels *u,
                                      size_t frames, const struct align_options *o,
                                      size_t *unlabelled, struct err *err)
{
    /* The published program's runs know nothing of the model's length. */
    size_t listed = u->frame ? align_list_frames(&o->grid, u->count) : 0;
    f->count = o->frames == COUNTS_FRAMES_AUTHORS && listed > frames ? listed : frames;
    f->label = mem_array(f->count, sizeof *f->label);
    f->segment = mem_array(f->count, sizeof *f->segment);
    if (!f->label || !f->segment)
        return err_nomem(err);
    if (u->frame)
        align_label_by_list(f, u, &o->grid);
    else
        align_label_by_time(f, u, &o->grid);
    for (size_t t = 0; t < frames; t++)
        *unlabelled += f->label[t] < 0;
    if (o->frames == COUNTS_FRAMES_AUTHORS) {
        enum status code = align_unify_labels(f, u, o->phones, err);
        if (code)
            return code;
        align_number_runs(f);
        align_drop_last_run(f);
    }
    return STATUS_OK;
}

/* What the pitch is at each frame. */
struct pitch_source {
    const struct pitch_track *track; /* NULL: none */
    const struct align_options *options;
    long front;     /* entries missing in front of a list */
    double reach;   /* seconds a timed value holds to either side */
    size_t nearest; /* where the last search ended; times ascend */
};

/* Half of the usual step between values, but at least half a frame. */
static double align_reach_of(const struct pitch_track *p, double period)
{
    double step = p->count > 1 ? (p->time[p->count - 1] - p->time[0]) / (double)(p->count - 1) : 0;
    return fmax(step, period) / 2 + ALIGN_SAME_TIME;
}

/* Length of the label list a pitch list is compared with: as long as the labels, in its steps, but
 * not shorter than FRAMES of the model where intervals leave the end out, as CTM does. */
static size_t align_labels_length(const struct utterance_labels *u, const struct align_options *o,
                                  size_t frames)
{
    if (u->frame)
        return u->count;
    double end = u->count ? u->interval[u->count - 1].end : 0;
    if (o->pitch == ALIGN_PITCH_CENTRED)
        end = fmax(end, (double)frames * o->grid.period);
    double n = floor((end + ALIGN_SAME_TIME) / LABELS_LIST_PERIOD);
    return n > 0 && n < 1e9 ? (size_t)n : 0;
}

/* What is known before the first frame; *GAP stays 0 for values with times. */
static enum status align_pitch_begin(struct pitch_source *s, const struct pitch_track *p,
                                     const struct utterance_labels *u,
                                     const struct align_options *o, size_t frames, long *gap,
                                     struct err *err)
{
    *s = (struct pitch_source){.track = p, .options = o};
    if (!p)
        return STATUS_OK;
    if (p->kind == PITCH_F0_TIMED) {
        s->reach = align_reach_of(p, o->grid.period);
        return STATUS_OK;
    }
    size_t length = align_labels_length(u, o, frames);
    *gap = (long)length - (long)p->count;
    if (*gap < 0 && o->pitch == ALIGN_PITCH_FRONT)
        return err_set(
            err, STATUS_MISMATCH,
            "pitch list of %zu frames for %zu labels: the published program fails in this case",
            p->count, length);
    s->front = o->pitch == ALIGN_PITCH_FRONT ? *gap : *gap / 2;
    return STATUS_OK;
}

/* The value nearest in time to NOW, if one is near enough. */
static float align_timed_f0(struct pitch_source *s, double now)
{
    const struct pitch_track *p = s->track;
    size_t i = s->nearest;
    while (i + 1 < p->count && fabs(p->time[i + 1] - now) <= fabs(p->time[i] - now))
        i++;
    s->nearest = i;
    return i < p->count && fabs(p->time[i] - now) <= s->reach ? p->f0[i] : 0;
}

/* The pitch at F->frame; frames must not fall from call to call. */
static void align_set_pitch(struct pitch_source *s, struct aligned_frame *f)
{
    const struct frame_grid *g = &s->options->grid;
    const struct pitch_track *p = s->track;
    f->pitch = PITCH_NONE;
    f->f0 = 0;
    if (!p)
        return;
    if (p->kind == PITCH_F0_TIMED) {
        f->f0 = align_timed_f0(s, align_point(g, f->frame));
    } else {
        size_t all = SIZE_MAX / 2, i = align_list_index(g, f->frame, all);
        long at = (long)i - s->front;
        if (i == all || at < 0 || (size_t)at >= p->count)
            return;
        if (p->cls) {
            f->pitch = p->cls[at];
            return;
        }
        f->f0 = p->f0[at];
    }
    f->pitch = pitch_level(f->f0, s->options->pitch_edges);
}

/* Level of each of the utterance's names, made when it is first met. */
struct levels {
    uint32_t *level; /* [names] index into the alignment's names, NAMES_NONE = not yet */
    bool *unknown;   /* [names] */
    bool *parted;    /* [names] */
};

static enum status align_add_frame(struct alignment *a, struct levels *v,
                                   struct pitch_source *pitch, const struct utterance_labels *u,
                                   int32_t label, size_t t, bool middle, struct err *err)
{
    if (v->level[label] == NAMES_NONE) {
        char name[PHONES_NAME_MAX];
        enum phone_kind kind = phones_canonical(pitch->options->phones, u->name.name[label], name);
        v->unknown[label] = kind == PHONE_UNKNOWN;
        v->parted[label] = phones_label_is_parted(pitch->options->phones, u->name.name[label]);
        v->level[label] = names_add(&a->phone, name);
        if (v->level[label] == NAMES_NONE)
            return err_nomem(err);
    }
    a->unknown += v->unknown[label];
    a->parted += v->parted[label];
    struct aligned_frame *f = &a->frame[a->count++];
    *f = (struct aligned_frame){.frame = (uint32_t)t, .phone = v->level[label], .middle = middle};
    align_set_pitch(pitch, f);
    return STATUS_OK;
}

/* The frames of F that are counted, in order. */
static enum status align_choose(struct alignment *a, const struct grid_labels *f,
                                struct pitch_source *pitch, const struct utterance_labels *u,
                                size_t frames, struct err *err)
{
    struct levels v = {mem_array(u->name.count, sizeof *v.level),
                       mem_zeros(u->name.count, sizeof *v.unknown),
                       mem_zeros(u->name.count, sizeof *v.parted)};
    bool all = pitch->options->frames == COUNTS_FRAMES_ALL;
    enum status code = STATUS_OK;
    a->frame = mem_array(f->count, sizeof *a->frame);
    if (!v.level || !v.unknown || !v.parted || !a->frame)
        code = err_nomem(err);
    for (uint32_t i = 0; i < u->name.count && !code; i++)
        v.level[i] = NAMES_NONE;
    for (size_t first = 0, next; first < f->count && !code; first = next) {
        next = first + 1;
        while (next < f->count && f->segment[next] == f->segment[first])
            next++;
        size_t middle = (first + next - 1) / 2, end = all ? next : middle + 1;
        for (size_t t = all ? first : middle; t < end && t < frames && !code; t++)
            if (f->label[first] >= 0)
                code = align_add_frame(a, &v, pitch, u, f->label[first], t, t == middle, err);
    }
    free(v.level);
    free(v.unknown);
    free(v.parted);
    return code;
}

/* What did not find its way into the counts. */
static void align_count_losses(struct alignment *a, const struct utterance_labels *u, size_t frames,
                               const struct frame_grid *g)
{
    if (u->interval) {
        align_count_lost_intervals(a, u, g, frames);
        return;
    }
    size_t used = frames ? align_list_index(g, frames - 1, u->count) + 1 : 0;
    a->surplus = used < u->count ? u->count - used : 0;
}

enum status align_utterance(struct alignment *out, const struct utterance_labels *labels,
                            const struct pitch_track *pitch, size_t frames,
                            const struct align_options *options, struct err *err)
{
    struct alignment a = {.phone = NAMES_INIT};
    struct grid_labels f = {NULL, NULL, 0};
    struct pitch_source p;
    enum status code;
    if (frames > UINT32_MAX / 4)
        return err_set(err, STATUS_UNSUPPORTED, "an utterance of %zu frames", frames);
    code = align_pitch_begin(&p, pitch, labels, options, frames, &a.pitch_gap, err);
    if (!code)
        code = align_label_frames(&f, labels, frames, options, &a.unlabelled, err);
    if (!code)
        code = align_choose(&a, &f, &p, labels, frames, err);
    if (!code)
        align_count_losses(&a, labels, frames, &options->grid);
    free(f.label);
    free(f.segment);
    if (code)
        alignment_free(&a);
    else
        *out = a;
    return code;
}
