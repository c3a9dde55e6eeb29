/*
 * What is known of a recording at each frame of a model: labels and pitch are aligned to its frames
 * (align.h), the user's own factors looked up at each frame's point in time.
 */
#include "config.h"

#include "corpus/frame_labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/align.h"
#include "corpus/timefit.h"
#include "base/mem.h"

void frame_labels_free(struct frame_labels *f)
{
    free(f->phone);
    free(f->silent);
    free(f->pitch);
    free(f->f0);
    free(f->extra);
    free(f->spoken);
    *f = (struct frame_labels){.frames = 0};
}

/* A recording and what its labels are made from. */
struct reading {
    struct frame_labels x; /* the result */
    const struct corpus *in;
    const struct corpus_options *o;
    const struct recording *r;
    struct frame_grid grid; /* of the model's frames */
};

/* Labels and pitch of the aligned frames. */
static enum status frame_labels_take_frames(struct reading *g, const struct alignment *a,
                                            struct err *err)
{
    struct frame_labels *x = &g->x;
    bool classes = pitches_classes(&g->in->pitch), pitched = pitches_any(&g->in->pitch);
    x->phone = mem_array(x->frames, sizeof *x->phone);
    x->silent = mem_zeros(x->frames, sizeof *x->silent);
    x->pitch = pitched && classes ? mem_array(x->frames, sizeof *x->pitch) : NULL;
    x->f0 = pitched && !classes ? mem_zeros(x->frames, sizeof *x->f0) : NULL;
    if (!x->phone || !x->silent || (pitched && !x->pitch && !x->f0))
        return err_nomem(err);
    for (size_t t = 0; t < x->frames; t++)
        x->phone[t] = FRAME_NO_LABEL;
    if (x->pitch)
        memset(x->pitch, PITCH_NONE, x->frames);
    for (size_t i = 0; i < a->count; i++) {
        const struct aligned_frame *f = &a->frame[i];
        const char *name = a->phone.name[f->phone];
        uint32_t phone = names_find(&g->in->phones.phone, name);
        x->phone[f->frame] = phone == NAMES_NONE ? FRAME_NO_PHONE : (int32_t)phone;
        x->silent[f->frame] = strcmp(name, PHONES_SILENCE) == 0;
        if (x->pitch)
            x->pitch[f->frame] = (int8_t)f->pitch;
        if (x->f0)
            x->f0[f->frame] = f->f0;
    }
    return STATUS_OK;
}

/* Number T of a frame, brought into the recording. */
static uint32_t frame_labels_within(const struct reading *g, double t)
{
    double last = (double)g->x.frames - 1;
    return t > 0 ? (uint32_t)(t < last ? t : last) : 0;
}

/* A phone's frames are those whose points it holds; where it is too short for one, the frame
 * it lies in. */
static void frame_labels_add_spoken(struct reading *g, const char *label, double start, double end)
{
    char name[PHONES_NAME_MAX];
    if (phones_canonical(&g->in->phones, label, name) != PHONE_KNOWN)
        return;
    double first = ceil((start - ALIGN_SAME_TIME - g->grid.first) / g->grid.period);
    double last = ceil((end - ALIGN_SAME_TIME - g->grid.first) / g->grid.period) - 1;
    if (last < first)
        first = last = floor((start + end) / 2 / g->grid.period);
    g->x.spoken[g->x.spokens++] =
        (struct spoken){names_find(&g->in->phones.phone, name), frame_labels_within(g, first),
                        frame_labels_within(g, last)};
}

/* Every interval, or every run of a list, that is a phone: also those too short for a frame. */
static enum status frame_labels_take_spoken(struct reading *g, const struct utterance_labels *u,
                                            struct err *err)
{
    g->x.spoken = mem_array(u->count, sizeof *g->x.spoken);
    if (!g->x.spoken)
        return err_nomem(err);
    for (size_t i = 0, next; i < u->count; i = next) {
        next = i + 1;
        if (u->interval) {
            const struct label_interval *v = &u->interval[i];
            frame_labels_add_spoken(g, u->name.name[v->name], v->start, v->end);
            continue;
        }
        while (next < u->count && u->frame[next] == u->frame[i])
            next++;
        if (u->frame[i] >= 0)
            frame_labels_add_spoken(g, u->name.name[u->frame[i]], (double)i * LABELS_LIST_PERIOD,
                                    (double)next * LABELS_LIST_PERIOD);
    }
    return STATUS_OK;
}

/* Labels and pitch of all frames of the recording, aligned without the published
 * program's special cases, and the list of its phones. */
static enum status frame_labels_take_labels(struct reading *g, const struct audio *audio,
                                            struct err *err)
{
    struct utterance_labels u = {0};
    struct pitch_track pitch = {0};
    struct alignment a = {.phone = NAMES_INIT};
    struct align_options ao = {.grid = g->grid,
                               .frames = COUNTS_FRAMES_ALL,
                               .pitch = ALIGN_PITCH_CENTRED,
                               .phones = &g->in->phones};
    enum status code = labels_get(g->in->labels, g->r->utterance, &u, err);
    if (!code)
        code = timefit_check_labels(g->in->labels, &u, g->r->utterance,
                                    (double)audio->count / AUDIO_RATE, err);
    if (!code)
        code = pitches_get(&g->in->pitch, g->r->utterance, audio, &pitch, err);
    if (!code)
        code = align_utterance(&a, &u, pitches_any(&g->in->pitch) ? &pitch : NULL, g->x.frames, &ao,
                               err);
    if (!code)
        code = frame_labels_take_frames(g, &a, err);
    if (!code)
        code = frame_labels_take_spoken(g, &u, err);
    alignment_free(&a);
    pitch_track_free(&pitch);
    utterance_labels_free(&u);
    return code;
}

/* Levels of the user's own factors: at each frame, that of the span that holds its point. */
static enum status frame_labels_take_extras(struct reading *g, struct err *err)
{
    unsigned extras = g->o->extras;
    size_t need;
    if (!mul_size(g->x.frames, extras, &need) ||
        !(g->x.extra = mem_array(need, sizeof *g->x.extra)))
        return err_nomem(err);
    for (unsigned x = 0; x < extras; x++) {
        const struct factor_span *span = NULL;
        size_t s = 0, spans = factorfile_find(&g->in->extra[x], g->r->utterance, &span);
        for (size_t t = 0; t < g->x.frames; t++) {
            double now = g->grid.first + (double)t * g->grid.period + ALIGN_SAME_TIME;
            while (s < spans && span[s].end <= now)
                s++;
            bool inside = s < spans && span[s].start <= now;
            g->x.extra[t * extras + x] = inside ? (int32_t)span[s].level : -1;
        }
    }
    return STATUS_OK;
}

/* Speaker and gender; every speaker must be listed where there is a list. */
static enum status frame_labels_take_speaker(struct reading *g, const struct factors *f,
                                             struct err *err)
{
    const char *speaker = g->r->speaker;
    g->x.gender = g->x.speaker = -1;
    for (uint32_t i = 0; i < f->count; i++)
        if (f->factor[i].kind == CORPUS_SPEAKER) {
            g->x.speaker = (int32_t)names_find(&f->factor[i].level, speaker);
        } else if (f->factor[i].kind == CORPUS_GENDER) {
            const char *gender = speakers_gender(&g->in->speakers, g->r->row, speaker, false);
            if (!gender)
                return err_set(err, STATUS_NOTFOUND, "%s: no speaker '%s', the speaker of %s",
                               g->o->speakers, speaker, g->r->path);
            g->x.gender = (int32_t)names_find(&f->factor[i].level, gender);
        }
    return STATUS_OK;
}

enum status frame_labels_read(struct frame_labels *out, const struct corpus *in,
                              const struct corpus_options *o, const struct factors *f,
                              const struct recording *r, const struct audio *audio, size_t frames,
                              double period, struct err *err)
{
    struct reading g = {
        .x.frames = frames, .in = in, .o = o, .r = r, .grid = frame_grid_midpoints(period)};
    enum status code = frame_labels_take_speaker(&g, f, err);
    if (!code && in->labels)
        code = frame_labels_take_labels(&g, audio, err);
    if (!code)
        code = timefit_check_factors(in, o, r->utterance, (double)audio->count / AUDIO_RATE, err);
    if (!code && o->extras)
        code = frame_labels_take_extras(&g, err);
    if (code)
        frame_labels_free(&g.x);
    else
        *out = g.x;
    return code;
}
