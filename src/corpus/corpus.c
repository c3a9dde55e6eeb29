/*
 * A corpus as a whole: recordings, labels, phones, speakers, pitch and the user's own factors are
 * opened together, so that files which do not belong together are found out before hours of work.
 */
#include "config.h"

#include "corpus/corpus.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "corpus/pitchfit.h"
#include "corpus/timefit.h"
#include "formats/filenames.h"
#include "formats/listed.h"

const char *const corpus_factor_names[CORPUS_FACTORS] = {"phone", "gender", "pitch", "speaker",
                                                         "utterance"};

bool corpus_factors_parse(const char *text, unsigned *by)
{
    *by = 0;
    for (;;) {
        size_t n = strcspn(text, ",");
        int f = 0;
        while (f < CORPUS_FACTORS && (strlen(corpus_factor_names[f]) != n ||
                                      strncmp(corpus_factor_names[f], text, n) != 0))
            f++;
        if (f == CORPUS_FACTORS || *by >> f & 1)
            return false;
        *by |= 1u << f;
        if (!text[n])
            return true;
        text += n + 1;
    }
}

unsigned corpus_known(const struct corpus_options *o)
{
    return 1u << CORPUS_SPEAKER | (o->labels ? 1u << CORPUS_PHONE : 0) |
           (o->speakers ? 1u << CORPUS_GENDER : 0) | (o->pitch ? 1u << CORPUS_PITCH : 0);
}

void corpus_free(struct corpus *c)
{
    recordings_free(&c->recordings);
    free(c->shards.held);
    labels_free(c->labels);
    published_labels_free(&c->published);
    phones_free(&c->phones);
    speakers_free(&c->speakers);
    names_free(&c->notes);
    names_free(&c->warnings);
    pitches_free(&c->pitch);
    for (unsigned x = 0; x < CORPUS_MAX_EXTRAS; x++)
        factorfile_free(&c->extra[x]);
    *c = (struct corpus){.labels = NULL};
}

/* Adds a note; false without memory. */
static __attribute__((format(printf, 2, 3))) bool corpus_note(struct corpus *c, const char *format,
                                                              ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return names_add(&c->notes, text) != NAMES_NONE;
}

/* How many recordings are of speakers whose gender the table does not know: they have no level of
 * gender, and are counted under the other factors. */
static bool corpus_note_genders(struct corpus *c, const struct corpus_options *o)
{
    size_t without = 0;
    for (size_t i = 0; i < c->recordings.count && c->gendered; i++) {
        const struct recording *r = &c->recordings.recording[i];
        const char *gender = speakers_gender(&c->speakers, r->row, r->speaker, false);
        without += gender && !*gender;
    }
    return without == 0 ||
           corpus_note(c,
                       "%s: %zu recordings are of speakers without a gender, which have no level",
                       o->speakers, without);
}

/* Levels of gender that are no words for female or male, which may be another column's values,
 * codes or misspelled. */
static bool corpus_warn_of_genders(struct corpus *c, const char *table)
{
    struct names odd = NAMES_INIT;
    char list[200] = "";
    size_t at = 0, recordings = 0;
    bool ok = true;
    for (size_t i = 0; i < c->recordings.count && c->gendered && table && ok; i++) {
        const struct recording *r = &c->recordings.recording[i];
        const char *gender = speakers_gender(&c->speakers, r->row, r->speaker, false);
        if (!gender || !*gender || strcmp(gender, "male") == 0 || strcmp(gender, "female") == 0)
            continue;
        uint32_t before = odd.count;
        ok = names_add(&odd, gender) != NAMES_NONE;
        recordings++;
        if (odd.count > before && before < 3)
            at += (size_t)snprintf(list + at, sizeof list - at, "%s'%.40s'", before ? ", " : "",
                                   gender);
    }
    if (ok && odd.count) {
        char text[1024];
        snprintf(text, sizeof text, "%s: genders other than female and male: %s%s (%zu %s)", table,
                 list, odd.count > 3 ? ", ..." : "", recordings,
                 recordings == 1 ? "recording" : "recordings");
        ok = names_add(&c->warnings, text) != NAMES_NONE;
    }
    names_free(&odd);
    return ok;
}

/* How files were read that could have been read otherwise. */
static enum status corpus_note_readings(struct corpus *c, const struct corpus_options *o,
                                        struct err *err)
{
    const struct recordings *r = &c->recordings;
    bool ok = true;
    if (r->twins)
        ok = corpus_note(c, "%s: %zu %s; %s is taken, not %s", o->audio, r->twins,
                         r->twins == 1 ? "recording is there in two files"
                                       : "recordings are there in two files each",
                         r->twin[1], r->twin[0]);
    if (ok && c->pitch.file && pitchfile_untimed(c->pitch.file))
        ok = corpus_note(c, "%s: one column, no time: taken as one value every 20 ms", o->pitch);
    return ok ? STATUS_OK : err_nomem(err);
}

static enum status corpus_open_pitch(struct corpus *c, const struct corpus_options *o,
                                     struct err *err)
{
    char warning[512];
    enum status code = pitches_open(&c->pitch, o->pitch, c->recordings.naming, err);
    if (!code)
        code = pitchfit_sample(&c->pitch, &c->recordings, o->pitch, warning, err);
    if (!code && *warning && names_add(&c->warnings, warning) == NAMES_NONE)
        code = err_nomem(err);
    if (code || pitches_classes(&c->pitch))
        return code;
    if (o->edges_given)
        memcpy(c->edges, o->pitch_edges, sizeof c->edges);
    else if (c->pitch.file &&
             (code = pitches_tertiles(&c->recordings, c->pitch.file, c->edges, err)))
        return err_prefix(err, "%s", o->pitch);
    c->edged = o->edges_given || c->pitch.file;
    return STATUS_OK;
}

/* One recording at least must have labels, else the two do not belong together. */
static enum status corpus_check_labels(const struct corpus *c, const struct corpus_options *o,
                                       struct err *err)
{
    const struct recordings *r = &c->recordings;
    size_t a = 0, b = 0, labels = labels_count(c->labels);
    while (a < r->count && b < labels) {
        int order = strcmp(r->recording[a].utterance, labels_utterance(c->labels, b));
        if (order == 0)
            return STATUS_OK;
        order < 0 ? a++ : b++;
    }
    return err_set(err, STATUS_MISMATCH,
                   "%s: no labels of the recordings in %s (recordings are like '%.60s', "
                   "labels like '%.60s')",
                   o->labels, o->audio, r->recording[0].utterance,
                   labels ? labels_utterance(c->labels, 0) : "");
}

/* The user's own factors; one recording at least must have a value of each. */
static enum status corpus_open_extras(struct corpus *c, const struct corpus_options *o,
                                      struct err *err)
{
    const struct recordings *r = &c->recordings;
    const struct factor_span *spans;
    for (unsigned x = 0; x < o->extras; x++) {
        size_t i = 0;
        enum status code = factorfile_open(&c->extra[x], o->extra[x].file, err);
        if (!code)
            code = listed_rename(&c->extra[x].utterance, r->naming, o->extra[x].file, err);
        if (code)
            return code;
        while (i < r->count &&
               factorfile_find(&c->extra[x], r->recording[i].utterance, &spans) == 0)
            i++;
        if (i == r->count)
            return err_set(err, STATUS_MISMATCH,
                           "%s: no values of the recordings in %s (recordings are like "
                           "'%.60s', values of utterances like '%.60s')",
                           o->extra[x].file, o->audio, r->recording[0].utterance,
                           c->extra[x].utterance.name[0]);
        if ((code = timefit_sample_factor(c, o, x, err)))
            return code;
    }
    return STATUS_OK;
}

static enum status corpus_open_labels(struct corpus *c, const struct corpus_options *o,
                                      struct err *err)
{
    const struct labels_options lo = {
        .tier = o->tier, .label_table = o->label_table, .naming = c->recordings.naming};
    enum status code = labels_open(&c->labels, o->labels, &lo, err);
    if (!code)
        code = corpus_check_labels(c, o, err);
    return code ? code : timefit_sample_labels(c, o, err);
}

/* Whose each recording is, where a table tells. */
static enum status corpus_find_speakers(struct corpus *c, struct err *err)
{
    for (size_t i = 0; i < c->recordings.count && c->speakers.speaker.count; i++) {
        struct recording *r = &c->recordings.recording[i];
        char name[SPEAKER_MAX];
        enum status code = speakers_match(&c->speakers, r->utterance, r->path, name, &r->row, err);
        if (code)
            return code;
        free(r->speaker);
        if (!(r->speaker = mem_strndup(name, strlen(name))))
            return err_nomem(err);
    }
    return STATUS_OK;
}

/* A table of recordings in place of speakers makes each a speaker of its own, which takes all that
 * is drawn or tested by speaker for far surer than it is. */
static bool corpus_warn_of_speakers(struct corpus *c, const char *table)
{
    struct names usual = NAMES_INIT; /* speakers as the recordings' names alone have them */
    size_t listed = 0, own = 0;
    bool ok = true;
    for (size_t i = 0; i < c->recordings.count && ok; i++) {
        const struct recording *r = &c->recordings.recording[i];
        char name[SPEAKER_MAX];
        if (r->row == NAMES_NONE)
            continue;
        speakers_of_utterance(r->utterance, name);
        ok = names_add(&usual, name) != NAMES_NONE;
        listed++;
        own += strncmp(r->speaker, r->utterance, filename_stem(r->speaker)) == 0 &&
               strlen(r->utterance) == filename_stem(r->speaker);
    }
    if (ok && own == listed && usual.count < listed) {
        char text[1024];
        snprintf(text, sizeof text,
                 "%s: lists recordings, not speakers: each of %zu is a speaker of its own, where "
                 "their names are of %" PRIu32,
                 table, listed, usual.count);
        ok = names_add(&c->warnings, text) != NAMES_NONE;
    }
    names_free(&usual);
    return ok;
}

void corpus_match_speakers(const struct corpus *c, struct corpus_matches *m)
{
    m->by_speaker = c->speakers.speaker.count > 0;
    m->recordings = c->recordings.count;
    for (size_t i = 0; i < c->recordings.count; i++)
        m->listed += c->recordings.recording[i].row != NAMES_NONE;
}

/* Counts the speakers of all recordings that have labels. */
static bool corpus_count_voices(struct corpus *c)
{
    struct names seen = NAMES_INIT;
    bool ok = true;
    for (size_t i = 0; i < c->recordings.count && ok; i++) {
        const char *utterance = c->recordings.recording[i].utterance;
        if (c->labels && !labels_has(c->labels, utterance))
            continue;
        ok = names_add(&seen, c->recordings.recording[i].speaker) != NAMES_NONE;
    }
    c->voices = seen.count;
    names_free(&seen);
    return ok;
}

/* Cuts the recordings down to the shard; what belongs to the whole of them was found before. */
static enum status corpus_take_shard(struct corpus *c, const struct corpus_options *o,
                                     struct err *err)
{
    struct recordings *r = &c->recordings;
    char number[16];
    if (!o->shards)
        return STATUS_OK;
    if (o->shards > r->count)
        return err_set(err, STATUS_MISMATCH, "%s: %zu recordings do not make %u shards", o->audio,
                       r->count, o->shards);
    c->shards = (struct shards){o->shards, NULL, r->count, recordings_names_digest(r)};
    snprintf(number, sizeof number, "%u", o->shard);
    recordings_shard(r, o->shard, o->shards);
    c->shards.held = mem_strndup(number, strlen(number));
    return c->shards.held ? STATUS_OK : err_nomem(err);
}

/* In the order in which the parts need each other; C is freed by the caller after a failure. */
static enum status corpus_open_parts(struct corpus *c, const struct corpus_options *o,
                                     struct err *err)
{
    enum status code = recordings_open(&c->recordings, o->audio, err);
    if (!code && o->labels)
        code = corpus_open_labels(c, o, err);
    if (code)
        return code;
    const char *table = o->phones ? o->phones : c->labels ? labels_phones(c->labels) : NULL;
    code = phones_open(&c->phones, table, err);
    c->phones.part = o->label_part;
    if (!code && o->label_table)
        code = published_labels_open(&c->published, o->label_table, &c->phones, err);
    c->gendered = o->by >> CORPUS_GENDER & 1;
    if (!code && o->speakers && (c->gendered || o->by >> CORPUS_SPEAKER & 1))
        code = speakers_open(&c->speakers, o->speakers, err);
    if (!code)
        code = corpus_find_speakers(c, err);
    if (!code && o->speakers && !corpus_warn_of_speakers(c, o->speakers))
        code = err_nomem(err);
    if (code && o->speakers && code == STATUS_MISMATCH)
        return err_prefix(err, "%s", o->speakers);
    if (!code && o->by >> CORPUS_PITCH & 1)
        code = corpus_open_pitch(c, o, err);
    if (!code)
        code = corpus_open_extras(c, o, err);
    if (!code)
        code = corpus_note_readings(c, o, err);
    if (!code && (!corpus_note_genders(c, o) || !corpus_warn_of_genders(c, o->speakers)))
        code = err_nomem(err);
    if (!code && !corpus_count_voices(c))
        code = err_nomem(err);
    return code ? code : corpus_take_shard(c, o, err);
}

enum status corpus_open(struct corpus *out, const struct corpus_options *o, struct err *err)
{
    struct corpus c = {.labels = NULL};
    enum status code = corpus_open_parts(&c, o, err);
    if (code)
        corpus_free(&c);
    else
        *out = c;
    return code;
}
