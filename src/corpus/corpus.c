/*
 * A corpus as a whole: recordings, labels, phones, speakers, pitch and the user's own factors are
 * opened together, so that files which do not belong together are found out before hours of work.
 */
#include "config.h"

#include "corpus/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
    pitches_free(&c->pitch);
    for (unsigned x = 0; x < CORPUS_MAX_EXTRAS; x++)
        factorfile_free(&c->extra[x]);
    *c = (struct corpus){.labels = NULL};
}

static enum status corpus_open_pitch(struct corpus *c, const struct corpus_options *o,
                                     struct err *err)
{
    enum status code = pitches_open(&c->pitch, o->pitch, err);
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
    }
    return STATUS_OK;
}

static enum status corpus_open_labels(struct corpus *c, const struct corpus_options *o,
                                      struct err *err)
{
    const struct labels_options lo = {.tier = o->tier, .label_table = o->label_table};
    enum status code = labels_open(&c->labels, o->labels, &lo, err);
    return code ? code : corpus_check_labels(c, o, err);
}

/* Counts the speakers of all recordings that have labels. */
static bool corpus_count_voices(struct corpus *c)
{
    struct names seen = NAMES_INIT;
    char speaker[256];
    bool ok = true;
    for (size_t i = 0; i < c->recordings.count && ok; i++) {
        const char *utterance = c->recordings.recording[i].utterance;
        if (c->labels && !labels_has(c->labels, utterance))
            continue;
        speakers_of_utterance(utterance, speaker, sizeof speaker);
        ok = names_add(&seen, speaker) != NAMES_NONE;
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
    if (!code && o->label_table)
        code = published_labels_open(&c->published, o->label_table, &c->phones, err);
    c->gendered = o->by >> CORPUS_GENDER & 1;
    if (!code && o->speakers && (c->gendered || o->by >> CORPUS_SPEAKER & 1))
        code = speakers_open(&c->speakers, o->speakers, err);
    if (!code && o->by >> CORPUS_PITCH & 1)
        code = corpus_open_pitch(c, o, err);
    if (!code)
        code = corpus_open_extras(c, o, err);
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
