/*
 * What may be exchanged (exchange.h): Good (2005) and Winkler et al. (2015) on exchangeable units;
 * why tokens stay within their speaker and utterance, Harris (2020).
 */
#include "config.h"

#include "inference/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "inference/strata.h"
#include "inference/tokenunits.h"

const char *exchange_name(enum exchange_kind kind)
{
    static const char *const name[] = {"classes", "speakers", "tokens", "utterances"};
    return name[kind];
}

char *exchange_words(enum exchange_kind kind, const char *strata, uint64_t draws, bool enumerated)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "labels of %s exchanged", exchange_name(kind));
    if (strcmp(strata, "none") != 0)
        buf_printf(&b, " within %s", strata);
    buf_printf(&b, enumerated ? ", all %llu labelings" : ", %llu random labelings",
               (unsigned long long)draws);
    if (buf_ok(&b))
        return b.data;
    buf_free(&b);
    return NULL;
}

static enum status exchange_speakers(struct exchange *x, const struct analysis *a,
                                     const struct exchange_options *o, struct err *err)
{
    const struct units *u = &x->units;
    const char *name = strata_column(a->counts, o->strata, o->speakers);
    uint32_t *of_speaker = mem_zeros(u->owners, sizeof *of_speaker), strata = 1;
    uint32_t *stratum = mem_zeros(u->units, sizeof *stratum);
    enum status code = of_speaker && stratum ? STATUS_OK : err_nomem(err);
    if (!code && name)
        code = strata_of_speakers(a->counts, o->speakers, name, of_speaker, &strata, err);
    for (uint32_t i = 0; i < u->units && !code; i++)
        stratum[i] = of_speaker[u->owner[i]];
    snprintf(x->strata, sizeof x->strata, "%s", name ? name : "none");
    if (!code)
        code = labelings_init(&x->labelings, u->units, u->slot, u->slots, stratum, strata, o->draws,
                              o->seed, err);
    free(of_speaker);
    free(stratum);
    return code;
}

/* The gender of each group of the property speaker, 0 where it is not known, into GENDER [groups];
 * the largest and one into *GENDERS. */
static enum status exchange_genders(const struct analysis *a, const struct property *p,
                                    uint32_t *gender, uint32_t *genders, struct err *err)
{
    const struct counts *c = a->counts;
    uint32_t speaker = (uint32_t)counts_find_factor(c, "speaker");
    uint32_t levels = c->factor[speaker].levels, *of_level = mem_zeros(levels, sizeof *of_level);
    enum status code =
        of_level ? strata_of_levels(a, speaker, "gender", of_level, genders, err) : err_nomem(err);
    for (uint32_t s = 0; s < levels && !code; s++) {
        uint32_t g = names_find(&p->group, c->factor[speaker].level[s]);
        if (g != NAMES_NONE)
            gender[g] = of_level[s];
    }
    free(of_level);
    return code;
}

/* Utterances among the speakers of one gender, where the file knows it. */
static enum status exchange_utterances(struct exchange *x, const struct analysis *a,
                                       const struct exchange_options *o, struct err *err)
{
    const struct units *u = &x->units;
    uint32_t *gender = mem_zeros(u->slots, sizeof *gender), genders = 1;
    uint32_t *stratum = mem_zeros(u->units, sizeof *stratum);
    enum status code = gender && stratum ? exchange_genders(a, u->property, gender, &genders, err)
                                         : err_nomem(err);
    for (uint32_t i = 0; i < u->units && !code; i++)
        stratum[i] = gender[u->slot[i]];
    if (!code) {
        snprintf(x->strata, sizeof x->strata, "%s", genders > 1 ? "gender" : "none");
        code = labelings_init(&x->labelings, u->units, u->slot, u->slots, stratum, genders,
                              o->draws, o->seed, err);
    }
    free(gender);
    free(stratum);
    return code;
}

/* Groups of phones: every assignment that keeps their sizes. */
static enum status exchange_classes(struct exchange *x, const struct property *p,
                                    const struct exchange_options *o, struct err *err)
{
    uint32_t *group = mem_array(p->points, sizeof *group);
    if (!group)
        return err_nomem(err);
    for (uint32_t k = 0; k < p->points; k++)
        group[k] = p->point[k].group;
    snprintf(x->strata, sizeof x->strata, "none");
    x->kind = EXCHANGE_CLASSES;
    enum status code =
        labelings_init(&x->labelings, p->points, group, p->groups, NULL, 1, o->draws, o->seed, err);
    free(group);
    return code;
}

/* True if tokens can be exchanged within the strata that O asks for: their speaker, or utterance; a
 * column of the speaker table, which their speaker has one value of. */
static bool exchange_has_strata(const struct analysis *a, const struct exchange_options *o)
{
    const struct counts *c = a->counts;
    const char *name = strata_column(c, o->strata, o->speakers);
    int speaker = counts_find_factor(c, "speaker");
    struct err err;
    uint32_t strata;
    if (!o->strata || !name || strcmp(name, "speaker") == 0 || strcmp(name, "utterance") == 0)
        return true;
    uint32_t *stratum = speaker < 0 ? NULL : mem_array(c->factor[speaker].levels, sizeof *stratum);
    bool has = stratum && !strata_of_speakers(c, o->speakers, name, stratum, &strata, &err);
    free(stratum);
    return has;
}

/* Tokens within speaker x phone, or utterance x phone. */
static enum status exchange_label_tokens(struct exchange *x, const struct analysis *a,
                                         const struct exchange_options *o, struct err *err)
{
    const struct token_units *t = x->tokens;
    bool utterance = o->strata && strcmp(o->strata, "utterance") == 0;
    uint32_t owners = utterance ? t->utterances : t->owners, *stratum;
    size_t strata;
    if (!exchange_has_strata(a, o))
        return err_set(err, STATUS_USAGE,
                       "tokens are exchanged within speaker or utterance (and phone), not '%.80s', "
                       "which is no column of the speaker table",
                       o->strata);
    if (!mul_size(owners, t->phones, &strata) || strata >= UINT32_MAX)
        return err_nomem(err);
    stratum = mem_array(t->units, sizeof *stratum);
    if (!stratum)
        return err_nomem(err);
    for (uint32_t u = 0; u < t->units; u++)
        stratum[u] = (utterance ? t->utterance[u] : t->owner[u]) * t->phones + t->phone[u];
    snprintf(x->strata, sizeof x->strata, utterance ? "utterance x phone" : "speaker x phone");
    enum status code = labelings_init(&x->labelings, t->units, t->slot, t->slots, stratum,
                                      (uint32_t)strata, o->draws, o->seed, err);
    free(stratum);
    return code;
}

/* The tokens of --tokens or of the file beside the counts. */
static enum status exchange_tokens(struct exchange *x, struct analysis *a, const char *property,
                                   const struct exchange_options *o, struct err *err)
{
    char *beside = o->tokens ? NULL : tokens_path(a->counts->path);
    const char *path = o->tokens ? o->tokens : beside;
    enum status code = STATUS_OK;
    x->kind = EXCHANGE_TOKENS;
    x->tokens = mem_zeros(1, sizeof *x->tokens);
    if (!path || !x->tokens)
        code = err_nomem(err);
    else if (beside && access(beside, F_OK) != 0)
        code = err_set(err, STATUS_UNSUPPORTED,
                       "%s: %s varies within speakers: its null exchanges tokens, which count "
                       "--tokens keeps in %s.tokens",
                       a->counts->path, property, a->counts->path);
    if (!code)
        code = token_units_open(x->tokens, a, property, path, err);
    if (!code)
        code = exchange_label_tokens(x, a, o, err);
    free(beside);
    return code;
}

bool exchange_lacks_tokens(struct units *u, struct analysis *a, const char *property,
                           const struct exchange_options *o)
{
    struct err err;
    int by = counts_find_factor(a->counts, property);
    if (by < 0 || strcmp(property, "phone") == 0 || strcmp(property, "speaker") == 0 || o->tokens)
        return false;
    if (units_make(u, a, property, "speaker", &err))
        return false;
    char *beside = u->constant ? NULL : tokens_path(a->counts->path);
    bool lacks = beside && access(beside, F_OK) != 0;
    free(beside);
    if (!lacks)
        units_free(u);
    return lacks;
}

const char *exchange_further_strata(enum exchange_kind kind, const struct exchange_options *o)
{
    return kind == EXCHANGE_TOKENS && !o->strata ? "utterance" : NULL;
}

/* True if each speaker has one slot only. */
static bool exchange_tokens_constant(const struct token_units *t, uint32_t *of_owner)
{
    memset(of_owner, 0xff, t->owners * sizeof *of_owner);
    for (uint32_t u = 0; u < t->units; u++) {
        uint32_t *of = &of_owner[t->owner[u]];
        if (*of != UINT32_MAX && *of != t->slot[u])
            return false;
        *of = t->slot[u];
    }
    return true;
}

/* Counts that do not tell speakers apart: their token file may, for what varies within speakers.
 * ERR says what the counts lack. */
static enum status exchange_without_speakers(struct exchange *x, struct analysis *a,
                                             const char *property, const struct exchange_options *o,
                                             struct err *err)
{
    const struct err lacking = *err;
    struct err own;
    enum status code = exchange_tokens(x, a, property, o, o->tokens ? err : &own);
    uint32_t *room = code ? NULL : mem_array(x->tokens->owners, sizeof *room);
    if (!code && !room)
        code = err_nomem(err);
    if (code == STATUS_UNSUPPORTED || (!code && exchange_tokens_constant(x->tokens, room))) {
        *err = lacking;
        code = lacking.code;
    } else if (code && !o->tokens) {
        *err = own;
    }
    free(room);
    return code;
}

/* Exchanges units of a factor: of speakers where it is constant within them, else tokens. */
static enum status exchange_by_factor(struct exchange *x, struct analysis *a, const char *property,
                                      const struct exchange_options *o, struct err *err)
{
    bool speaker = strcmp(property, "speaker") == 0;
    enum status code = units_make(&x->units, a, property, speaker ? "utterance" : "speaker", err);
    if (code == STATUS_UNSUPPORTED && !speaker && !counts_is_probability(a->counts))
        return exchange_without_speakers(x, a, property, o, err);
    if (code)
        return code;
    x->kind = speaker ? EXCHANGE_UTTERANCES : EXCHANGE_SPEAKERS;
    if (speaker && !x->units.constant)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: utterances of more than one speaker cannot be exchanged",
                       a->counts->path);
    if (speaker)
        return exchange_utterances(x, a, o, err);
    if (x->units.constant)
        return exchange_speakers(x, a, o, err);
    units_free(&x->units);
    return exchange_tokens(x, a, property, o, err);
}

enum status exchange_make(struct exchange *x, struct analysis *a, const char *property,
                          const struct exchange_options *o, struct err *err)
{
    const struct property *p;
    struct exchange made = {.kind = EXCHANGE_CLASSES};
    int by = counts_find_factor(a->counts, property);
    enum status code = analysis_property(a, property, &p, err);
    if (code)
        return code;
    if (strcmp(property, "each-phone") == 0)
        code = err_set(err, STATUS_UNSUPPORTED,
                       "each-phone: every phone is a group of its own, nothing can be exchanged");
    else if (by < 0 || strcmp(property, "phone") == 0)
        code = exchange_classes(&made, p, o, err);
    else
        code = exchange_by_factor(&made, a, property, o, err);
    if (code)
        exchange_free(&made);
    else
        *x = made;
    return code;
}

void exchange_free(struct exchange *x)
{
    labelings_free(&x->labelings);
    units_free(&x->units);
    if (x->tokens)
        token_units_free(x->tokens);
    free(x->tokens);
    *x = (struct exchange){.kind = EXCHANGE_CLASSES};
}

void exchange_resample(const struct exchange *x, struct analysis *a, const char *property,
                       struct resample *r)
{
    r->analysis = a;
    r->property = property;
    r->units = x->units.units ? &x->units : NULL;
    r->tokens = x->tokens;
    r->draw = resample_labels;
    r->context = &x->labelings;
    r->weighted = false;
}
