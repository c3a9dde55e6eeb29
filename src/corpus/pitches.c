/*
 * The pitch of recordings, from a file or tracked, and the exact tertiles of tracked F0, which is
 * counted in steps.
 */
#include "config.h"

#include "corpus/pitches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "corpus/pitchfit.h"

enum status pitches_open(struct pitches *p, const char *path, enum folder_naming naming,
                         struct err *err)
{
    *p = (struct pitches){.tracked = strcmp(path, CORPUS_PITCH_AUTO) == 0};
    return p->tracked ? STATUS_OK : pitchfile_open(&p->file, path, naming, err);
}

void pitches_free(struct pitches *p)
{
    pitchfile_free(p->file);
    *p = (struct pitches){.file = NULL};
}

static enum status pitches_track(const struct audio *a, struct pitch_track *out, struct err *err)
{
    struct pitch_track t = {.kind = PITCH_F0_TIMED, .count = pitchtrack_frames(a->count)};
    t.f0 = mem_array(t.count, sizeof *t.f0);
    t.time = mem_array(t.count, sizeof *t.time);
    enum status code = t.f0 && t.time
                           ? pitchtrack_run(a->samples, a->count, NULL, t.f0, a->cancel, err)
                           : err_nomem(err);
    if (code) {
        pitch_track_free(&t);
        return code;
    }
    for (size_t i = 0; i < t.count; i++)
        t.time[i] = PITCHTRACK_PERIOD * ((double)i + 0.5);
    *out = t;
    return STATUS_OK;
}

enum status pitches_get(const struct pitches *p, const char *utterance, const struct audio *a,
                        struct pitch_track *out, struct err *err)
{
    if (p->tracked)
        return pitches_track(a, out, err);
    if (!p->file)
        return STATUS_OK;
    struct pitch_track t;
    enum status code = pitchfile_get(p->file, utterance, &t, err);
    if (code)
        return code;
    code = pitchfit_check(&t, pitchfile_path(p->file, utterance), utterance,
                          (double)a->count / AUDIO_RATE, err);
    if (code)
        pitch_track_free(&t);
    else
        *out = t;
    return code;
}

void pitch_bins_add(struct pitch_bins *b, const struct pitch_track *t)
{
    for (size_t i = 0; i < t->count; i++) {
        size_t bin = (size_t)(t->f0[i] * PITCHTRACK_STEPS);
        if (bin > 0 && bin < PITCH_BINS) {
            b->bin[bin]++;
            b->count++;
        }
    }
}

/* Value number RANK of those added, in order. */
static double pitches_value_at(const struct pitch_bins *b, uint64_t rank)
{
    size_t bin = 0;
    while (rank >= b->bin[bin])
        rank -= b->bin[bin++];
    return (double)bin / PITCHTRACK_STEPS;
}

bool pitch_bins_tertiles(const struct pitch_bins *b, double edges[2])
{
    static const double share[2] = {0.33, 0.66}; /* as pitch_tertiles */
    if (b->count == 0)
        return false;
    for (int e = 0; e < 2; e++) {
        double at = share[e] * (double)(b->count - 1);
        uint64_t rank = (uint64_t)at;
        double below = pitches_value_at(b, rank),
               above = pitches_value_at(b, rank + (rank + 1 < b->count));
        edges[e] = below + (at - floor(at)) * (above - below);
    }
    return true;
}
