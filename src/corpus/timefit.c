/*
 * Whether times fit the recordings.  They are taken to be in seconds: of a table in milliseconds,
 * samples, frame numbers or units of 100 ns the first label would hold for the whole recording, and
 * all counts would be wrong.
 */
#include "config.h"

#include "corpus/timefit.h"

#include <math.h>
#include <stdio.h>

#include "base/number.h"

/* Aligners pad by up to half a second; of another unit times are ten and more times as long. */
#define BEYOND  1.5
#define PADDING 0.5

/* All labels together: recordings of one corpus are hardly padded by a quarter of their length. */
#define TOGETHER 1.25

enum { SAMPLED = 64 };

static bool timefit_is_beyond(double time, double seconds)
{
    return time > BEYOND * seconds && time > seconds + PADDING;
}

enum status timefit_check_labels(const struct labels *l, const struct utterance_labels *u,
                                 const char *utterance, double seconds, struct err *err)
{
    size_t behind = 0;
    if (!u->interval || u->count == 0)
        return STATUS_OK;
    for (size_t i = 0; i < u->count; i++)
        behind += u->interval[i].start >= seconds;
    double end = u->interval[u->count - 1].end;
    if (!timefit_is_beyond(end, seconds) && behind * 2 <= u->count)
        return STATUS_OK;
    return err_set(
        err, STATUS_FORMAT,
        "%s: %s: labels that run to %s s, for a recording of %s s: times must be in seconds "
        "(HTK: 100 ns, TIMIT: samples at 16 kHz), or these are another recording's",
        labels_path(l, utterance), utterance, number_short(end, 8).text,
        number_fixed(seconds, 2).text);
}

/* The end of a last value may stand for that of the recording, whatever it is: only where values
 * begin can tell. */
static enum status timefit_check_factor(const struct factorfile *f, const char *path,
                                        const char *utterance, double seconds, struct err *err)
{
    const struct factor_span *span = NULL;
    size_t n = factorfile_find(f, utterance, &span);
    if (n == 0 || !timefit_is_beyond(span[n - 1].start, seconds))
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT,
                   "%s: line %zu: a value of %s from %s on, for a recording of %s s: times must be "
                   "in seconds",
                   path, span[n - 1].line, utterance, number_short(span[n - 1].start, 8).text,
                   number_fixed(seconds, 2).text);
}

enum status timefit_check_factors(const struct corpus *c, const struct corpus_options *o,
                                  const char *utterance, double seconds, struct err *err)
{
    enum status code = STATUS_OK;
    for (unsigned x = 0; x < o->extras && !code; x++)
        code = timefit_check_factor(&c->extra[x], o->extra[x].file, utterance, seconds, err);
    return code;
}

/* What was seen of the recordings looked at. */
struct timefit_seen {
    size_t fit, misfit, open; /* open: values begin within the recording and end far behind it */
    double seconds, last;     /* of those that are no misfits, and where their times end */
    double end;               /* of the open ones */
    bool differ;              /* these ends do */
};

static void timefit_add(struct timefit_seen *s, double last, double seconds)
{
    s->seconds += seconds;
    s->last += last;
    if (!timefit_is_beyond(last, seconds)) {
        s->fit++;
        return;
    }
    s->differ |= s->open++ > 0 && s->end != last;
    s->end = last;
}

/* The labels, or the values of factor X >= 0, of one recording of SECONDS: *LAST becomes where they
 * end, negative where there are none in time. */
static enum status timefit_look(const struct corpus *c, const struct corpus_options *o, int x,
                                const char *utterance, double seconds, double *last,
                                struct err *err)
{
    enum status code;
    *last = -1;
    if (x >= 0) {
        const struct factor_span *span = NULL;
        size_t n = factorfile_find(&c->extra[x], utterance, &span);
        if (n && isfinite(span[n - 1].end))
            *last = span[n - 1].end;
        return timefit_check_factor(&c->extra[x], o->extra[x].file, utterance, seconds, err);
    }
    struct utterance_labels u = {0};
    struct err why;
    if ((code = labels_get(c->labels, utterance, &u, &why)))
        return code == STATUS_NOMEM ? err_nomem(err) : STATUS_OK; /* said when it is read */
    if (u.interval && u.count)
        *last = u.interval[u.count - 1].end;
    code = timefit_check_labels(c->labels, &u, utterance, seconds, err);
    utterance_labels_free(&u);
    return code;
}

static enum status timefit_warn(struct corpus *c, const struct timefit_seen *s, const char *path,
                                const char *what, struct err *err)
{
    char text[1024];
    snprintf(text, sizeof text,
             "%s: hardly matched: %s run to %s s in recordings of %s s: of another unit, or other "
             "recordings?",
             path, what, number_short(s->last, 5).text, number_short(s->seconds, 5).text);
    return names_add(&c->warnings, text) == NAMES_NONE ? err_nomem(err) : STATUS_OK;
}

/* Looks at recordings evenly over the corpus, which is in the order of names: all of its
 * speakers. */
static enum status timefit_sample(struct corpus *c, const struct corpus_options *o, int x,
                                  struct timefit_seen *s, struct err *err)
{
    const struct recordings *r = &c->recordings;
    size_t looked = r->count < SAMPLED ? r->count : SAMPLED;
    *s = (struct timefit_seen){0};
    for (size_t i = 0; i < looked; i++) {
        const struct recording *of = &r->recording[i * r->count / looked];
        double seconds, last;
        struct err why;
        if (audio_seconds(&seconds, of->path, &why) || seconds <= 0)
            continue; /* said when the recording is read */
        enum status code = timefit_look(c, o, x, of->utterance, seconds, &last, &why);
        if (code == STATUS_NOMEM)
            return err_nomem(err);
        if (code && s->misfit++ == 0)
            *err = why;
        else if (!code && last >= 0)
            timefit_add(s, last, seconds);
    }
    return s->misfit && !s->fit ? STATUS_FORMAT : STATUS_OK;
}

enum status timefit_sample_labels(struct corpus *c, const struct corpus_options *o, struct err *err)
{
    struct timefit_seen s;
    enum status code = timefit_sample(c, o, -1, &s, err);
    if (code || s.last <= TOGETHER * s.seconds)
        return code;
    return timefit_warn(c, &s, o->labels, "labels", err);
}

/* One end of all stands for "to the end". */
enum status timefit_sample_factor(struct corpus *c, const struct corpus_options *o, unsigned x,
                                  struct err *err)
{
    struct timefit_seen s;
    enum status code = timefit_sample(c, o, (int)x, &s, err);
    if (code || s.last <= BEYOND * s.seconds || (s.open > 1 && !s.differ))
        return code;
    return timefit_warn(c, &s, o->extra[x].file, "values", err);
}
