/*
 * Whether pitch from a file fits the recordings.  Values without times are taken to be 20 ms apart
 * and times to be in seconds; a file in another step or unit would still give every frame a value,
 * and all that is counted by pitch would be wrong.
 */
#include "config.h"

#include "corpus/pitchfit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "formats/labels/labels.h"

/* Published lists lack up to 21 frames of their labels, most of them one. */
#define LIST_SLACK 25
#define LIST_SHARE 0.1

/* A column is all that is known of its values: it must fit more closely. */
#define COLUMN_SLACK 2

/* Trackers give a value every 1 to 25 ms; milliseconds, frame numbers and samples, read as seconds,
 * are 1 and more apart. */
#define ABSURD_STEP 0.5

/* Voices in Hz: of other numbers (its logarithm, semitones, z-scores) hardly one is among these. */
#define VOICE_LOW  30
#define VOICE_HIGH 1500

/* Recordings looked at before the work begins, and how far beyond their ends times may run. */
enum { SAMPLED = 64 };
#define BEYOND 1.5

static double pitchfit_frames(double seconds)
{
    return seconds / LABELS_LIST_PERIOD;
}

static int pitchfit_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The usual step between rows: the median, as unvoiced rows may be left out.  Negative without
 * memory. */
static double pitchfit_step(const struct pitch_track *t)
{
    size_t steps = t->count > 1 ? t->count - 1 : 0;
    double *step = mem_array(steps, sizeof *step), usual = 0;
    if (!step)
        return -1;
    for (size_t i = 0; i < steps; i++)
        step[i] = t->time[i + 1] - t->time[i];
    if (steps) {
        qsort(step, steps, sizeof *step, pitchfit_compare);
        usual = step[steps / 2];
    }
    free(step);
    return usual;
}

static enum status pitchfit_check_times(const struct pitch_track *t, const char *path,
                                        const char *utterance, double seconds, struct err *err)
{
    double step = pitchfit_step(t), last = t->count ? t->time[t->count - 1] : 0;
    if (step < 0)
        return err_nomem(err);
    if (step < ABSURD_STEP || last <= seconds)
        return STATUS_OK;
    return err_set(
        err, STATUS_FORMAT,
        "%s: %s: times %s apart that run to %s, for a recording of %s s: they must be in "
        "seconds, not in milliseconds or frames",
        path, utterance, number_short(step, 4).text, number_short(last, 6).text,
        number_fixed(seconds, 2).text);
}

enum status pitchfit_check(const struct pitch_track *t, const char *path, const char *utterance,
                           double seconds, struct err *err)
{
    double frames = pitchfit_frames(seconds), off = fabs((double)t->count - frames);
    if (t->untimed)
        return off <= COLUMN_SLACK
                   ? STATUS_OK
                   : err_set(err, STATUS_FORMAT,
                             "%s: line %zu: one column, no time: %zu values for a recording of %s "
                             "frames of 20 ms",
                             path, t->untimed, t->count, number_fixed(floor(frames), 0).text);
    if (t->kind == PITCH_F0_TIMED)
        return pitchfit_check_times(t, path, utterance, seconds, err);
    if (off <= LIST_SLACK || off <= LIST_SHARE * frames)
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT,
                   "%s: %s: %zu values for a recording of %s frames of 20 ms: of another step, or "
                   "another recording",
                   path, utterance, t->count, number_fixed(floor(frames), 0).text);
}

/* What was seen of the recordings looked at. */
struct pitchfit_seen {
    size_t fit, misfit, sparse;
    double seconds, last;  /* of those with times, and the times that these end with */
    size_t voiced, voices; /* values that are pitch, and that are in the range of voices */
    double frames, off;    /* of those with lists, and by how much these are too short or long */
};

static void pitchfit_add(struct pitchfit_seen *s, const struct pitch_track *t, double seconds)
{
    s->fit++;
    for (size_t i = 0; t->f0 && i < t->count; i++) {
        s->voiced += t->f0[i] > 0;
        s->voices += t->f0[i] >= VOICE_LOW && t->f0[i] <= VOICE_HIGH;
    }
    if (t->kind == PITCH_F0_TIMED) {
        s->sparse += pitchfit_step(t) >= ABSURD_STEP;
        s->seconds += seconds;
        s->last += t->count ? t->time[t->count - 1] : 0;
    } else {
        s->frames += pitchfit_frames(seconds);
        s->off += fabs((double)t->count - pitchfit_frames(seconds));
    }
}

static void pitchfit_warn(const struct pitchfit_seen *s, const char *path, char warning[512])
{
    *warning = '\0';
    if (s->voices * 2 < s->voiced)
        snprintf(
            warning, 512,
            "%s: hardly matched: %zu of %zu values looked at are from %d to %d Hz: F0 must be in "
            "Hz, not in semitones, logarithms or deviations",
            path, s->voices, s->voiced, VOICE_LOW, VOICE_HIGH);
    else if (s->off > LIST_SHARE * s->frames && s->off > COLUMN_SLACK * (double)s->fit)
        snprintf(
            warning, 512,
            "%s: hardly matched: lists of pitch and their recordings differ by %s of %s frames "
            "of 20 ms: of another step, or other recordings?",
            path, number_fixed(s->off, 0).text, number_fixed(s->frames, 0).text);
    else if (s->last > BEYOND * s->seconds)
        snprintf(warning, 512,
                 "%s: hardly matched: times run to %s s in recordings of %s s: of another unit, or "
                 "other recordings?",
                 path, number_short(s->last, 5).text, number_short(s->seconds, 5).text);
    else if (s->sparse)
        snprintf(warning, 512,
                 "%s: hardly matched: its times are half a second or more apart (%zu of %zu "
                 "recordings looked at), and a value holds as far as the next",
                 path, s->sparse, s->fit);
}

enum status pitchfit_sample(const struct pitches *p, const struct recordings *c, const char *path,
                            char warning[512], struct err *err)
{
    struct pitchfit_seen seen = {0};
    enum status code = STATUS_OK;
    *warning = '\0';
    size_t looked = c->count < SAMPLED ? c->count : SAMPLED;
    for (size_t i = 0; p->file && i < looked && code != STATUS_NOMEM; i++) {
        /* Evenly over the corpus, which is in the order of names: all of its speakers. */
        const struct recording *r = &c->recording[i * c->count / looked];
        struct pitch_track t;
        struct err why;
        double seconds;
        if (pitchfile_get(p->file, r->utterance, &t, &why))
            continue; /* said when the recording is read */
        if (audio_seconds(&seconds, r->path, &why) == STATUS_OK) {
            const char *file = pitchfile_path(p->file, r->utterance);
            code = pitchfit_check(&t, file, r->utterance, seconds, seen.misfit ? NULL : err);
            if (code)
                seen.misfit++;
            else
                pitchfit_add(&seen, &t, seconds);
        }
        pitch_track_free(&t);
    }
    if (code == STATUS_NOMEM)
        return err_nomem(err);
    if (seen.misfit && !seen.fit)
        return STATUS_FORMAT;
    pitchfit_warn(&seen, path, warning);
    return STATUS_OK;
}
