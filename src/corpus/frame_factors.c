/*
 * The factors that trials are told apart by, their levels, and the level that most frames of a
 * trial have.
 */
#include "config.h"

#include "corpus/frame_labels.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void factors_free(struct factors *f)
{
    for (uint32_t i = 0; i < f->count; i++)
        names_free(&f->factor[i].level);
    *f = (struct factors){.count = 0};
}

static int factors_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Speakers of the corpus, or their genders, in bytewise order. */
static bool factors_add_speakers(struct names *to, const struct corpus *in, bool gender)
{
    struct names found = NAMES_INIT;
    bool ok = true;
    for (size_t i = 0; i < in->recordings.count && ok; i++) {
        const struct recording *r = &in->recordings.recording[i];
        const char *name =
            gender ? speakers_gender(&in->speakers, r->row, r->speaker, false) : r->speaker;
        ok = !name || !*name || names_add(&found, name) != NAMES_NONE;
    }
    const char **sorted = mem_array(found.count, sizeof *sorted);
    ok = ok && sorted;
    for (uint32_t i = 0; i < found.count && ok; i++)
        sorted[i] = found.name[i];
    if (ok)
        qsort(sorted, found.count, sizeof *sorted, factors_compare);
    for (uint32_t i = 0; i < found.count && ok; i++)
        ok = names_add(to, sorted[i]) != NAMES_NONE;
    free(sorted);
    names_free(&found);
    return ok;
}

static bool factors_add_levels(struct factor *f, const struct corpus *in)
{
    bool ok = true;
    switch (f->kind) {
    case CORPUS_PHONE: return names_add_all(&f->level, &in->phones.classes);
    case CORPUS_GENDER: return factors_add_speakers(&f->level, in, true);
    case CORPUS_SPEAKER: return factors_add_speakers(&f->level, in, false);
    case CORPUS_PITCH:
        for (int l = 0; l < PITCH_LEVELS && ok; l++)
            ok = names_add(&f->level, pitch_level_names[l]) != NAMES_NONE;
        return ok;
    default: return names_add_all(&f->level, &in->extra[f->kind - CORPUS_FACTORS].level);
    }
}

enum status factors_init(struct factors *out, const struct corpus *in,
                         const struct corpus_options *o, unsigned by, struct err *err)
{
    struct factors all = {.count = 0};
    for (unsigned kind = 0; kind < CORPUS_FACTORS + o->extras; kind++) {
        bool own = kind >= CORPUS_FACTORS;
        if (!own && !(by >> kind & 1))
            continue;
        struct factor *f = &all.factor[all.count++];
        *f = (struct factor){.kind = kind,
                             .name = own ? o->extra[kind - CORPUS_FACTORS].name
                                         : corpus_factor_names[kind],
                             .level = NAMES_INIT,
                             .base = all.groups};
        if (!factors_add_levels(f, in)) {
            factors_free(&all);
            return err_nomem(err);
        }
        all.groups += f->level.count;
    }
    *out = all;
    return STATUS_OK;
}

/* Level of frame T under F; -1: none. */
static int32_t factors_level_at(const struct frame_labels *x, const struct factor *f,
                                const struct corpus *in, uint32_t extras, size_t t)
{
    switch (f->kind) {
    case CORPUS_PHONE:
        return x->phone && x->phone[t] >= 0 ? (int32_t)in->phones.phone_class[x->phone[t]] : -1;
    case CORPUS_PITCH:
        if (x->pitch)
            return x->pitch[t];
        return x->f0 ? pitch_level((double)x->f0[t], in->edges) : -1;
    case CORPUS_GENDER: return x->gender;
    case CORPUS_SPEAKER: return x->speaker;
    default: return x->extra[t * extras + f->kind - CORPUS_FACTORS];
    }
}

void frame_labels_levels(const struct frame_labels *x, const struct factors *f,
                         const struct corpus *in, size_t first, size_t frames, uint32_t *seen,
                         int32_t level[CORPUS_MAX_FACTORS])
{
    uint32_t extras = 0;
    for (uint32_t i = 0; i < f->count; i++)
        extras += f->factor[i].kind >= CORPUS_FACTORS;
    for (uint32_t i = 0; i < f->count; i++) {
        const struct factor *one = &f->factor[i];
        bool constant = one->kind == CORPUS_GENDER || one->kind == CORPUS_SPEAKER;
        size_t n = constant ? 1 : frames;
        int32_t best = -1;
        for (size_t t = first; t < first + n; t++) {
            int32_t l = factors_level_at(x, one, in, extras, t);
            if (l >= 0)
                seen[l]++;
        }
        for (size_t t = first; t < first + n; t++) {
            int32_t l = factors_level_at(x, one, in, extras, t);
            bool more = l >= 0 && (best < 0 || seen[l] > seen[best]);
            if (more || (l >= 0 && seen[l] == seen[best] && l < best))
                best = l;
        }
        for (size_t t = first; t < first + n; t++) {
            int32_t l = factors_level_at(x, one, in, extras, t);
            if (l >= 0)
                seen[l] = 0;
        }
        level[i] = best;
    }
}
