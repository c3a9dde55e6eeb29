/*
 * What it costs to count by speaker: an upper bound before anything is counted, by which the factor
 * is left out where nobody asked for it, and afterwards the size of the counts with and without.
 */
#include "config.h"

#include "count/count_internal.h"

double count_speaker_bytes(const struct count_job *j)
{
    const struct count_options *o = j->options;
    /* Silence and noise are counted by, too. */
    double cells = (double)j->corpus.voices * (j->corpus.phones.phone.count + 2), neurons = 0;
    if (o->corpus.by >> CORPUS_PITCH & 1)
        cells *= PITCH_LEVELS;
    for (unsigned x = 0; x < o->corpus.extras; x++)
        cells *= j->corpus.extra[x].level.count;
    for (uint32_t l = 0; l < j->info->layers; l++)
        neurons += j->info->width[l];
    return cells * neurons * (o->lambdas ? o->lambdas : 1) * sizeof(uint16_t);
}

double count_speaker_dropped(const struct count_job *j)
{
    return j->dropped;
}

/* The cells of C that differ in a factor other than SPEAKER and UTTERANCE; UINT32_MAX without
 * memory. */
static uint32_t cost_cells(const struct cells *c, uint32_t speaker, uint32_t utterance,
                           struct err *err)
{
    const uint32_t one = 1;
    struct cells less;
    uint32_t n = UINT32_MAX;
    if (cells_init(&less, c->factor, c->factors, &one, &one, 1, err))
        return n;
    less.bare = true;
    for (uint32_t i = 0; i < c->count; i++) {
        int32_t key[CELLS_MAX_FACTORS];
        for (uint32_t f = 0; f < c->factors; f++)
            key[f] = f == speaker || f == utterance ? -1 : c->key[i][f];
        if (cells_find(&less, key) == UINT32_MAX) {
            err_nomem(err);
            break;
        }
        n = less.count;
    }
    cells_free(&less);
    return n;
}

enum status count_costs(const struct count_job *j, struct count_cost *cost, struct err *err)
{
    const struct cells *c = &j->tally.cells;
    uint32_t speaker = UINT32_MAX, utterance = UINT32_MAX;
    double row = (double)c->offset[c->layers] * sizeof(uint16_t);
    struct count_cost r = {.bytes = c->count * row};
    for (uint32_t f = 0; f < j->built_in; f++)
        if (j->kind[f] == CORPUS_SPEAKER)
            speaker = f;
        else if (j->kind[f] == CORPUS_UTTERANCE)
            utterance = f;
    uint32_t less = cost_cells(c, speaker, utterance, err);
    if (less == UINT32_MAX)
        return STATUS_NOMEM;
    r.without = less * row;
    r.speakers = speaker == UINT32_MAX ? 0 : c->level[speaker].count;
    r.utterances = utterance == UINT32_MAX ? 0 : c->level[utterance].count;
    *cost = r;
    return STATUS_OK;
}
