/* propneu/corpus.h: corpus options, checked and translated, and recordings read as models do. */
#include "config.h"

#include "api/api_corpus.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "corpus/audio.h"

_Static_assert(PN_MAX_FACTORS == CORPUS_MAX_EXTRAS, "as many factors inside");

void pn_corpus_options_init(struct pn_corpus_options *options)
{
    *options = (struct pn_corpus_options){.audio = NULL};
}

/* What the options ask for that cannot be, as a message; NULL: nothing. */
static const char *corpus_complaint(const struct pn_corpus_options *o, unsigned by)
{
    if (!o->audio)
        return "recordings (audio) are needed";
    if (by >> CORPUS_GENDER & 1 && !o->speakers)
        return "gender needs speakers";
    if (by >> CORPUS_PITCH & 1 && !o->pitch)
        return "the factor pitch needs a file of pitch, or \"auto\"";
    if (o->factors > PN_MAX_FACTORS)
        return "there are too many factors";
    if (o->shards && (o->shard < 1 || o->shard > o->shards))
        return "shards count from 1 to their number";
    return NULL;
}

/* Further factors and their files into MEMORY; a name must be one that --where can address. */
static enum status corpus_take_factors(struct corpus_options *out, struct api_corpus *memory,
                                       const struct pn_corpus_options *o, struct err *err)
{
    for (uint32_t i = 0; i < o->factors; i++) {
        if (!factor_name_ok(o->factor[i].name))
            return err_set(err, STATUS_USAGE, "'%s' cannot be the name of a factor",
                           o->factor[i].name);
        snprintf(memory->extra[i].name, sizeof memory->extra[i].name, "%s", o->factor[i].name);
        memory->extra[i].file = o->factor[i].file;
    }
    out->extra = memory->extra;
    out->extras = o->factors;
    return STATUS_OK;
}

/* Without BY the factors are those that have an input; speakers as a factor only on request, since
 * they make very many cells. */
enum status api_corpus_options(struct corpus_options *out, struct api_corpus *memory,
                               const struct pn_corpus_options *o, struct err *err)
{
    *out = (struct corpus_options){.audio = o->audio,
                                   .labels = o->labels,
                                   .label_table = o->label_table,
                                   .tier = o->tier,
                                   .phones = o->phones,
                                   .speakers = o->speakers,
                                   .pitch = o->pitch,
                                   .edges_given = o->edges_given,
                                   .pitch_edges = {o->pitch_edges[0], o->pitch_edges[1]},
                                   .shard = o->shard,
                                   .shards = o->shards};
    enum status code = STATUS_OK;
    if (o->by && !corpus_factors_parse(o->by, &out->by))
        code = err_set(err, STATUS_USAGE,
                       "by: some of phone,gender,pitch,speaker,utterance, not '%s'", o->by);
    else if (!o->by)
        out->by = (o->labels ? 1u << CORPUS_PHONE : 0) | (o->speakers ? 1u << CORPUS_GENDER : 0) |
                  (o->pitch ? 1u << CORPUS_PITCH : 0);
    const char *wrong = code ? NULL : corpus_complaint(o, out->by);
    if (wrong)
        code = err_set(err, STATUS_USAGE, "%s", wrong);
    return code ? code : corpus_take_factors(out, memory, o, err);
}

unsigned api_threads(unsigned threads)
{
    long n = threads ? (long)threads : sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

/* Samples at 16 kHz, mono; the caller frees them with pn_free. */
enum pn_status pn_audio_read(float **samples, size_t *count, const char *path,
                             struct pn_error *error)
{
    struct err e;
    struct audio audio = AUDIO_INIT;
    enum status code = audio_read(&audio, path, &e);
    if (code) {
        audio_free(&audio);
        return api_result(code, &e, error);
    }
    *samples = audio.samples;
    *count = audio.count;
    return PN_OK;
}
