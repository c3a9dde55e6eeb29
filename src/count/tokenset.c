/*
 * Tokens put in the order of their utterances' names, with the levels of utterances and speakers
 * sorted as all levels are: the same file whatever came first.
 */
#include "config.h"

#include "count/tokenset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void token_set_free(struct token_set *s)
{
    names_free(&s->utterance);
    names_free(&s->speaker);
    free(s->run);
    *s = (struct token_set){.runs = 0};
}

bool token_set_add(struct token_set *s, const char *utterance, const char *speaker, uint32_t source,
                   size_t offset, uint32_t tokens)
{
    if (tokens == 0)
        return true;
    if (!mem_grow(&s->run, &s->cap, s->runs + 1, sizeof *s->run))
        return false;
    struct token_run r = {names_add(&s->utterance, utterance), names_add(&s->speaker, speaker),
                          source, tokens, offset};
    if (r.utterance == NAMES_NONE || r.speaker == NAMES_NONE)
        return false;
    s->run[s->runs++] = r;
    s->tokens += tokens;
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Factor NAME of ABOUT, appended with the sorted NAMES as levels if it is not there: its number. */
static enum status token_set_factor(struct counts *about, const char *name,
                                    const struct names *names, uint32_t *number, struct err *err)
{
    int at = counts_find_factor(about, name);
    if (at >= 0) {
        *number = (uint32_t)at;
        return STATUS_OK;
    }
    struct counts_factor f = {.name = counts_text(about, name), .levels = names->count};
    f.level = counts_alloc(about, names->count, sizeof *f.level);
    if (!f.name || !f.level)
        return err_nomem(err);
    memcpy(f.level, names->name, names->count * sizeof *f.level);
    qsort(f.level, names->count, sizeof *f.level, compare_texts);
    *number = about->factors++;
    about->factor[*number] = f;
    return STATUS_OK;
}

/* The level of factor F for each of NAMES, into RANK [names]. */
static enum status token_set_rank(const struct counts_factor *f, const struct names *names,
                                  uint32_t *rank, struct err *err)
{
    struct names level = NAMES_INIT;
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < f->levels && !code; i++)
        if (names_add(&level, f->level[i]) == NAMES_NONE)
            code = err_nomem(err);
    for (uint32_t i = 0; i < names->count && !code; i++)
        if ((rank[i] = names_find(&level, names->name[i])) == NAMES_NONE)
            code = err_set(err, STATUS_MISMATCH, "tokens of the %s '%.100s', which is not counted",
                           f->name, names->name[i]);
    names_free(&level);
    return code;
}

/* By utterance; of one utterance in several places, in the order of these. */
static int compare_runs(const void *a, const void *b)
{
    const struct token_run *x = a, *y = b;
    if (x->utterance != y->utterance)
        return x->utterance < y->utterance ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Gives the runs the numbers of sorted levels, which ABOUT then has, and puts them in order. */
static enum status token_set_sort(struct token_set *s, struct counts *about, struct err *err)
{
    uint32_t *utterance = mem_array(s->utterance.count, sizeof *utterance);
    uint32_t *speaker = mem_array(s->speaker.count, sizeof *speaker);
    enum status code = utterance && speaker ? STATUS_OK : err_nomem(err);
    if (!code)
        code = token_set_factor(about, "speaker", &s->speaker, &s->speaker_factor, err);
    if (!code)
        code = token_set_factor(about, "utterance", &s->utterance, &s->utterance_factor, err);
    if (!code)
        code = token_set_rank(&about->factor[s->speaker_factor], &s->speaker, speaker, err);
    if (!code)
        code = token_set_rank(&about->factor[s->utterance_factor], &s->utterance, utterance, err);
    for (size_t i = 0; i < s->runs && !code; i++) {
        s->run[i].utterance = utterance[s->run[i].utterance];
        s->run[i].speaker = speaker[s->run[i].speaker];
    }
    if (!code)
        qsort(s->run, s->runs, sizeof *s->run, compare_runs);
    free(utterance);
    free(speaker);
    return code;
}

/* The run that TOKEN is in; tokens come in order, from 0 on for each tensor. */
static const struct token_run *token_set_find(struct token_set *s, uint32_t token)
{
    if (token == 0)
        s->at = s->first = 0;
    while (token - s->first >= s->run[s->at].tokens)
        s->first += s->run[s->at++].tokens;
    return &s->run[s->at];
}

static int32_t token_set_level(void *context, uint32_t factor, uint32_t token)
{
    struct token_set *s = context;
    const struct token_run *r = token_set_find(s, token);
    if (factor == s->utterance_factor)
        return (int32_t)r->utterance;
    if (factor == s->speaker_factor)
        return (int32_t)r->speaker;
    return s->level(s->context, r, factor, token - s->first);
}

static const uint16_t *token_set_row(void *context, uint32_t layer, uint32_t token)
{
    struct token_set *s = context;
    const struct token_run *r = token_set_find(s, token);
    return s->row(s->context, r, layer, token - s->first);
}

enum status token_set_write(struct token_set *s, const struct counts *about, const char *path,
                            struct err *err)
{
    const struct tokens_source source = {token_set_level, token_set_row, s};
    struct counts all = *about;
    enum status code = STATUS_OK;
    all.blocks = NULL;
    all.file = (struct tensors){0};
    if (s->tokens == 0 || s->tokens > INT32_MAX)
        code = err_set(err, STATUS_UNSUPPORTED, "%s: there are no tokens, or more than 2^31", path);
    else if (!(all.factor = counts_alloc(&all, COUNTS_MAX_FACTORS + 2, sizeof *all.factor)))
        code = err_nomem(err);
    if (!code) {
        memcpy(all.factor, about->factor, about->factors * sizeof *all.factor);
        code = token_set_sort(s, &all, err);
    }
    if (!code)
        code = tokens_write(&all, (uint32_t)s->tokens, &source, path, err);
    counts_free(&all);
    return code;
}
