/*
 * The cluster bootstrap (bootstrap.h): Davison and Hinkley (1997), Bootstrap Methods and their
 * Application, 3.8; Field and Welsh (2007) on drawing clusters whole.
 */
#include "config.h"

#include "inference/bootstrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "inference/strata.h"

#define NOBODY UINT32_MAX

/* What is known while a bootstrap is put together. */
struct bootstrap_making {
    struct bootstrap *b;
    const struct analysis *a;
    const struct counts_factor *owner;
    uint32_t *place;   /* [levels of the owner factor] place among the owners, or NOBODY */
    uint32_t *level;   /* [levels] what owners are drawn within */
    uint32_t *stratum; /* [levels] the same of the speaker table */
    uint32_t levels, strata;
};

/* Owners that have units; those without are in no pattern. */
static enum status bootstrap_room(struct bootstrap_making *m, struct err *err)
{
    struct bootstrap *b = m->b;
    const struct units *u = &b->units;
    m->owner = &m->a->counts->factor[u->owner_factor];
    m->place = mem_array(u->owners, sizeof *m->place);
    m->level = mem_zeros(u->owners, sizeof *m->level);
    m->stratum = mem_zeros(u->owners, sizeof *m->stratum);
    b->level = mem_array(u->owners, sizeof *b->level);
    b->of_unit = mem_array(u->units, sizeof *b->of_unit);
    m->levels = m->strata = 1;
    if (!m->place || !m->level || !m->stratum || !b->level || !b->of_unit)
        return err_nomem(err);
    memset(m->place, 0xff, u->owners * sizeof *m->place);
    for (uint32_t i = 0; i < u->units; i++)
        m->place[u->owner[i]] = 0;
    for (uint32_t o = 0; o < u->owners; o++)
        b->design.owners += m->place[o] != NOBODY;
    return STATUS_OK;
}

/* What owners are drawn within, strata apart. */
static enum status bootstrap_levels(struct bootstrap_making *m, const char *property,
                                    struct err *err)
{
    struct bootstrap *b = m->b;
    const struct counts *c = m->a->counts;
    bool utterances = strcmp(property, "speaker") == 0;
    bool own = b->units.slots > 1 && b->units.constant;
    const char *by = utterances ? "speaker" : own ? property : "gender";
    b->design.drawn = utterances ? "utterances" : "speakers";
    snprintf(b->design.within, sizeof b->design.within, "%s",
             counts_find_factor(c, by) >= 0 ? by : "none");
    return strata_of_levels(m->a, b->units.owner_factor, by, m->level, &m->levels, err);
}

/* The size of the smallest cell that has owners, where strata are kept. */
static enum status bootstrap_smallest(const struct bootstrap_making *m, uint32_t *smallest,
                                      struct err *err)
{
    size_t cells;
    uint32_t *count =
        mul_size(m->levels, m->strata, &cells) ? mem_zeros(cells, sizeof *count) : NULL;
    if (!count)
        return err_nomem(err);
    for (uint32_t o = 0; o < m->b->units.owners; o++)
        if (m->place[o] != NOBODY)
            count[(size_t)m->level[o] * m->strata + m->stratum[o]]++;
    *smallest = UINT32_MAX;
    for (size_t i = 0; i < cells; i++)
        if (count[i] > 0 && count[i] < *smallest)
            *smallest = count[i];
    free(count);
    return STATUS_OK;
}

/* Takes strata in, where speakers are drawn and there are enough in each cell. */
static enum status bootstrap_strata(struct bootstrap_making *m, const struct bootstrap_options *o,
                                    bool small, struct err *err)
{
    struct bootstrap_design *d = &m->b->design;
    const char *name = strata_column(m->a->counts, o->strata, o->speakers);
    uint32_t smallest = 0;
    if (!name || strcmp(d->drawn, "speakers") != 0)
        return STATUS_OK;
    enum status code =
        strata_of_speakers(m->a->counts, o->speakers, name, m->stratum, &m->strata, err);
    if (!code)
        code = bootstrap_smallest(m, &smallest, err);
    if (code)
        return code;
    if (smallest < BOOTSTRAP_CELL && !small) {
        snprintf(d->left_out, sizeof d->left_out, "%s", name);
        memset(m->stratum, 0, m->b->units.owners * sizeof *m->stratum);
        m->strata = 1;
        return STATUS_OK;
    }
    char level[sizeof d->within];
    memcpy(level, d->within, sizeof level);
    if (strcmp(level, "none") == 0)
        snprintf(d->within, sizeof d->within, "%s", name);
    else
        snprintf(d->within, sizeof d->within, "%.38s x %.38s", level, name);
    return STATUS_OK;
}

/* Puts the owners in order, cell by cell. */
static enum status bootstrap_sort(struct bootstrap_making *m, struct err *err)
{
    struct bootstrap *b = m->b;
    uint32_t n = 0;
    b->first = mem_array((size_t)b->design.owners + 1, sizeof *b->first);
    if (!b->first)
        return err_nomem(err);
    for (uint32_t l = 0; l < m->levels; l++)
        for (uint32_t s = 0; s < m->strata; s++) {
            uint32_t before = n;
            for (uint32_t o = 0; o < b->units.owners; o++)
                if (m->place[o] != NOBODY && m->level[o] == l && m->stratum[o] == s) {
                    m->place[o] = n;
                    b->level[n++] = o;
                }
            if (n > before)
                b->first[b->cells++] = before;
        }
    b->first[b->cells] = n;
    for (uint32_t i = 0; i < b->units.units; i++)
        b->of_unit[i] = m->place[b->units.owner[i]];
    return STATUS_OK;
}

/* How many clusters an interval rests on. */
static void bootstrap_count(struct bootstrap *b)
{
    b->design.fewest = b->design.owners;
    if (strcmp(b->design.drawn, "utterances") != 0)
        return;
    for (uint32_t c = 0; c < b->cells; c++)
        if (b->first[c + 1] - b->first[c] < b->design.fewest)
            b->design.fewest = b->first[c + 1] - b->first[c];
}

/* "female", "" as silence is called. */
static const char *bootstrap_level(const char *level)
{
    return level[0] ? level : "(sil)";
}

/*
 * Whether draws vary where it matters.  Groups that are compared need two to draw from each, since
 * one alone is in every draw, as often as it is; where they are not made of what is drawn (phone
 * classes), some cell must have two.
 */
static enum status bootstrap_judge(struct bootstrap_making *m, const char *property,
                                   struct err *err)
{
    struct bootstrap *b = m->b;
    struct bootstrap_design *d = &b->design;
    bool utterances = strcmp(d->drawn, "utterances") == 0;
    /* Groups are made of speakers, or are the speakers. */
    bool compared = utterances || (b->units.slots > 1 && b->units.constant);
    const char *by = utterances ? "speaker" : property;
    int factor = counts_find_factor(m->a->counts, by);
    uint32_t largest = 0, *count = mem_zeros(m->levels, sizeof *count);
    for (uint32_t c = 0; c < b->cells; c++) {
        uint32_t n = b->first[c + 1] - b->first[c];
        largest = n > largest ? n : largest;
        if (count)
            count[m->level[b->level[b->first[c]]]] += n;
    }
    for (uint32_t l = 1; compared && count && factor >= 0 && l < m->levels && !d->fixed[0]; l++)
        if (count[l] > 0 && count[l] < BOOTSTRAP_LEAST)
            snprintf(d->fixed, sizeof d->fixed, "%.40s has only one %s",
                     bootstrap_level(m->a->counts->factor[factor].level[l - 1]),
                     utterances ? "utterance" : "speaker");
    if (!d->fixed[0] && largest < BOOTSTRAP_LEAST)
        snprintf(d->fixed, sizeof d->fixed, "there are no two %s to draw from%s%.40s", d->drawn,
                 strcmp(d->within, "none") == 0 ? "" : " within one ",
                 strcmp(d->within, "none") == 0 ? "" : d->within);
    free(count);
    return count ? STATUS_OK : err_nomem(err);
}

bool bootstrap_notes(struct names *out, const struct bootstrap_design *d, const char *before)
{
    char text[512];
    bool ok = true;
    if (d->left_out[0]) {
        snprintf(text, sizeof text,
                 "%.200sdrawn within %s, not within %s, where some have fewer than %d speakers",
                 before, d->within, d->left_out, BOOTSTRAP_CELL);
        ok = names_add(out, text) != NAMES_NONE;
    }
    if (d->fixed[0]) {
        snprintf(text, sizeof text, "%.200sno interval: %s", before, d->fixed);
        ok = ok && names_add(out, text) != NAMES_NONE;
    }
    if (d->fewest < BOOTSTRAP_FEW) {
        snprintf(text, sizeof text, "%.200s%u %s%s: intervals are too narrow below %d", before,
                 d->fewest, d->drawn, strcmp(d->drawn, "speakers") == 0 ? "" : " of a speaker",
                 BOOTSTRAP_FEW);
        ok = ok && names_add(out, text) != NAMES_NONE;
    }
    return ok;
}

static const char *bootstrap_owner(const char *property)
{
    return strcmp(property, "speaker") == 0 ? "utterance" : "speaker";
}

enum status bootstrap_make(struct bootstrap *b, struct analysis *a, const char *property,
                           const struct bootstrap_options *o, bool small, struct err *err)
{
    struct bootstrap made = {.design.seed = o->seed};
    struct bootstrap_making m = {.b = &made, .a = a};
    made.design.draws = o->draws ? o->draws : BOOTSTRAP_DRAWS;
    enum status code = units_make(&made.units, a, property, bootstrap_owner(property), err);
    if (!code)
        code = bootstrap_room(&m, err);
    if (!code)
        code = bootstrap_levels(&m, property, err);
    if (!code)
        code = bootstrap_strata(&m, o, small, err);
    if (!code)
        code = bootstrap_sort(&m, err);
    if (!code)
        bootstrap_count(&made);
    if (!code)
        code = bootstrap_judge(&m, property, err);
    free(m.place);
    free(m.level);
    free(m.stratum);
    if (code)
        bootstrap_free(&made);
    else
        *b = made;
    return code;
}

/* The place of the owner NAME among LEADER's, or NOBODY. */
static uint32_t bootstrap_find(const struct bootstrap *leader, const char *name)
{
    const struct units *u = &leader->units;
    const struct counts_factor *f = &u->analysis->counts->factor[u->owner_factor];
    for (uint32_t i = 0; i < leader->design.owners; i++)
        if (strcmp(f->level[leader->level[i]], name) == 0)
            return i;
    return NOBODY;
}

enum status bootstrap_follow(struct bootstrap *b, struct analysis *a, const char *property,
                             const struct bootstrap *leader, struct err *err)
{
    struct bootstrap made = {.design = leader->design, .cells = leader->cells};
    uint32_t owners = leader->design.owners;
    enum status code = units_make(&made.units, a, property, bootstrap_owner(property), err);
    if (code)
        return code;
    made.level = mem_array(owners, sizeof *made.level);
    made.first = mem_array((size_t)made.cells + 1, sizeof *made.first);
    made.of_unit = mem_array(made.units.units, sizeof *made.of_unit);
    if (!made.level || !made.first || !made.of_unit)
        code = err_nomem(err);
    for (uint32_t i = 0; i < owners && !code; i++)
        made.level[i] = NOBODY;
    if (!code)
        memcpy(made.first, leader->first, ((size_t)made.cells + 1) * sizeof *made.first);
    for (uint32_t i = 0; i < made.units.units && !code; i++) {
        uint32_t o = made.units.owner[i];
        const char *name = a->counts->factor[made.units.owner_factor].level[o];
        uint32_t place = made.of_unit[i] = bootstrap_find(leader, name);
        if (place == NOBODY)
            code = err_set(err, STATUS_MISMATCH, "%s: '%.80s' is not in %s", a->counts->path, name,
                           leader->units.analysis->counts->path);
        else
            made.level[place] = o;
    }
    if (code)
        bootstrap_free(&made);
    else
        *b = made;
    return code;
}

void bootstrap_free(struct bootstrap *b)
{
    units_free(&b->units);
    free(b->level);
    free(b->first);
    free(b->of_unit);
    *b = (struct bootstrap){0};
}

void bootstrap_times(const struct bootstrap *b, uint64_t draw, uint32_t *times)
{
    struct rng rng = rng_at(b->design.seed, draw);
    memset(times, 0, b->design.owners * sizeof *times);
    for (uint32_t c = 0; c < b->cells; c++) {
        uint32_t first = b->first[c], n = b->first[c + 1] - first;
        for (uint32_t i = 0; i < n; i++)
            times[first + rng_below(&rng, n)]++;
    }
}

/* Slots stay as observed: a speaker keeps the gender. */
static void bootstrap_draw(const void *context, uint64_t draw, uint32_t *slot, uint32_t *weight,
                           uint32_t *room)
{
    const struct bootstrap *b = context;
    memcpy(slot, b->units.slot, b->units.units * sizeof *slot);
    bootstrap_times(b, draw, room); /* owners are at most as many as units */
    for (uint32_t u = 0; u < b->units.units; u++)
        weight[u] = room[b->of_unit[u]];
}

void bootstrap_resample(const struct bootstrap *b, struct analysis *a, const char *property,
                        struct resample *r)
{
    r->analysis = a;
    r->property = property;
    r->units = &b->units;
    r->tokens = NULL;
    r->draw = bootstrap_draw;
    r->context = b;
    r->weighted = true;
}
