#include "config.h"

#include "count/inputs.h"

#include <string.h>

void inputs_free(struct inputs *in)
{
    corpus_free(&in->corpus);
    labels_free(in->labels);
    published_labels_free(&in->published);
    phones_free(&in->phones);
    speakers_free(&in->speakers);
    pitches_free(&in->pitch);
    for (unsigned x = 0; x < COUNT_MAX_EXTRAS; x++)
        factorfile_free(&in->extra[x]);
    *in = (struct inputs){.labels = NULL};
}

static enum status open_pitch(struct inputs *in, const struct count_options *o, struct err *err)
{
    enum status code = pitches_open(&in->pitch, o->pitch, err);
    if (code || pitches_classes(&in->pitch))
        return code;
    if (o->edges_given)
        memcpy(in->edges, o->pitch_edges, sizeof in->edges);
    else if (in->pitch.file &&
             (code = pitches_tertiles(&in->corpus, in->pitch.file, in->edges, err)))
        return err_prefix(err, "%s", o->pitch);
    in->edged = o->edges_given || in->pitch.file;
    return STATUS_OK;
}

/* One recording at least must have labels, else the two do not belong together. */
static enum status check_labels(const struct inputs *in, const struct count_options *o,
                                struct err *err)
{
    size_t a = 0, b = 0, labels = labels_count(in->labels);
    while (a < in->corpus.count && b < labels) {
        int order = strcmp(in->corpus.recording[a].utterance, labels_utterance(in->labels, b));
        if (order == 0)
            return STATUS_OK;
        order < 0 ? a++ : b++;
    }
    return err_set(err, STATUS_MISMATCH,
                   "%s: labels of none of the recordings in %s (there are recordings like '%.60s', "
                   "labels like '%.60s')",
                   o->labels, o->audio, in->corpus.recording[0].utterance,
                   labels ? labels_utterance(in->labels, 0) : "");
}

/* The user's own factors; one recording at least must have a value of each. */
static enum status open_extras(struct inputs *in, const struct count_options *o, struct err *err)
{
    const struct factor_span *spans;
    for (unsigned x = 0; x < o->extras; x++) {
        size_t i = 0;
        enum status code = factorfile_open(&in->extra[x], o->extra[x].file, err);
        if (code)
            return code;
        while (i < in->corpus.count &&
               factorfile_find(&in->extra[x], in->corpus.recording[i].utterance, &spans) == 0)
            i++;
        if (i == in->corpus.count)
            return err_set(err, STATUS_MISMATCH,
                           "%s: values of none of the recordings in %s (there are recordings like "
                           "'%.60s', values of utterances like '%.60s')",
                           o->extra[x].file, o->audio, in->corpus.recording[0].utterance,
                           in->extra[x].utterance.name[0]);
    }
    return STATUS_OK;
}

static enum status open_labels(struct inputs *in, const struct count_options *o, struct err *err)
{
    const struct labels_options lo = {.tier = o->tier, .label_table = o->label_table};
    enum status code = labels_open(&in->labels, o->labels, &lo, err);
    return code ? code : check_labels(in, o, err);
}

static enum status open_all(struct inputs *in, const struct count_options *o, struct err *err)
{
    enum status code = corpus_open(&in->corpus, o->audio, err);
    if (!code && o->labels)
        code = open_labels(in, o, err);
    if (code)
        return code;
    const char *table = o->phones ? o->phones : in->labels ? labels_phones(in->labels) : NULL;
    if ((code = phones_open(&in->phones, table, err)))
        return code;
    if (o->label_table &&
        (code = published_labels_open(&in->published, o->label_table, &in->phones, err)))
        return code;
    in->gendered = o->by >> COUNT_GENDER & 1;
    if (in->gendered && (code = speakers_open(&in->speakers, o->speakers, err)))
        return code;
    if (o->by >> COUNT_PITCH & 1 && (code = open_pitch(in, o, err)))
        return code;
    return open_extras(in, o, err);
}

enum status inputs_open(struct inputs *out, const struct count_options *o, struct err *err)
{
    struct inputs in = {.labels = NULL};
    enum status code = open_all(&in, o, err);
    if (code)
        inputs_free(&in);
    else
        *out = in;
    return code;
}
