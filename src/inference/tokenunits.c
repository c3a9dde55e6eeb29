/*
 * Tokens as units (tokenunits.h): a draw costs as many additions as there are tokens times the
 * neurons that each activates, whatever the width of the layer.
 */
#include "config.h"

#include "inference/tokenunits.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "inference/units.h"

/* What is known while a file's tokens become units. */
struct token_making {
    struct token_units *t;
    const struct analysis *a;
    struct units_phones phones;
    uint32_t phone, speaker, utterance, by; /* factors of the token file */
    uint32_t filter[QUERY_MAX_FACTORS];     /* those of A's filters */
    uint32_t *slot_of;                      /* [levels of by] group, or NAMES_NONE */
};

/* The factors, which a file that fits its counts has. */
static enum status token_units_factors(struct token_making *m, const char *property,
                                       struct err *err)
{
    const struct counts *about = &m->t->file.about;
    const struct query_filters *f = &m->a->filters;
    int by = counts_find_factor(about, property);
    if (by < 0)
        return err_set(err, STATUS_UNSUPPORTED, "%s: no factor '%.80s'", about->path, property);
    m->by = (uint32_t)by;
    m->phone = (uint32_t)counts_find_factor(about, "phone");
    m->speaker = (uint32_t)counts_find_factor(about, "speaker");
    m->utterance = (uint32_t)counts_find_factor(about, "utterance");
    m->t->owners = about->factor[m->speaker].levels;
    m->t->utterances = about->factor[m->utterance].levels;
    for (uint32_t i = 0; i < f->count; i++)
        m->filter[i] =
            (uint32_t)counts_find_factor(about, m->a->counts->factor[f->filter[i].factor].name);
    return STATUS_OK;
}

/* The groups of the levels. */
static enum status token_units_slots(struct token_making *m, const struct property *p,
                                     struct err *err)
{
    const struct counts_factor *by = &m->t->file.about.factor[m->by];
    m->slot_of = mem_array(by->levels, sizeof *m->slot_of);
    if (!m->slot_of)
        return err_nomem(err);
    for (uint32_t l = 0; l < by->levels; l++)
        m->slot_of[l] = names_find(&p->group, by->level[l]);
    return STATUS_OK;
}

/* True if TOKEN has a phone, a level, and passes the filters. */
static bool token_units_take(const struct token_making *m, uint32_t token)
{
    const struct tokens *file = &m->t->file;
    const struct query_filters *f = &m->a->filters;
    int32_t phone = tokens_level(file, m->phone, token), by = tokens_level(file, m->by, token);
    if (phone < 0 || by < 0 || m->phones.of[phone] == UINT32_MAX || m->slot_of[by] == NAMES_NONE ||
        tokens_level(file, m->speaker, token) < 0)
        return false;
    for (uint32_t i = 0; i < f->count; i++) {
        int32_t level = tokens_level(file, m->filter[i], token);
        if (level < 0 || !f->filter[i].allow[level])
            return false;
    }
    return true;
}

static bool token_units_room(struct token_units *t)
{
    size_t n = t->units;
    t->owner = mem_array(n, sizeof *t->owner);
    t->utterance = mem_array(n, sizeof *t->utterance);
    t->slot = mem_array(n, sizeof *t->slot);
    t->phone = mem_array(n, sizeof *t->phone);
    t->token = mem_array(n, sizeof *t->token);
    t->first = mem_zeros((size_t)t->phones + 2, sizeof *t->first);
    return t->owner && t->utterance && t->slot && t->phone && t->token && t->first;
}

/* Counts the tokens that are taken, then places them phone by phone. */
static enum status token_units_place(struct token_making *m, struct err *err)
{
    struct token_units *t = m->t;
    const struct tokens *file = &t->file;
    for (uint32_t k = 0; k < file->count; k++)
        t->units += token_units_take(m, k);
    if (t->units == 0)
        return err_set(err, STATUS_UNSUPPORTED, "%s: no token has a level under these conditions",
                       file->about.path);
    if (!token_units_room(t))
        return err_nomem(err);
    uint32_t *at = t->first + 1; /* where the next of each phone goes; in the end, where it ends */
    for (uint32_t k = 0; k < file->count; k++)
        if (token_units_take(m, k))
            at[m->phones.of[tokens_level(file, m->phone, k)] + 1]++;
    for (uint32_t p = 0; p < t->phones; p++)
        at[p + 1] += at[p];
    for (uint32_t k = 0; k < file->count; k++) {
        if (!token_units_take(m, k))
            continue;
        uint32_t phone = m->phones.of[tokens_level(file, m->phone, k)], u = at[phone]++;
        t->phone[u] = phone;
        t->token[u] = k;
        t->owner[u] = (uint32_t)tokens_level(file, m->speaker, k);
        t->utterance[u] = (uint32_t)tokens_level(file, m->utterance, k);
        t->slot[u] = m->slot_of[tokens_level(file, m->by, k)];
    }
    return STATUS_OK;
}

enum status token_units_open(struct token_units *t, struct analysis *a, const char *property,
                             const char *path, struct err *err)
{
    struct token_units made = {.units = 0};
    struct token_making m = {.t = &made, .a = a};
    const struct property *p;
    enum status code = analysis_property(a, property, &p, err);
    if (!code)
        code = tokens_open(&made.file, path, err);
    if (!code)
        code = tokens_fit(&made.file, a->counts, err);
    if (!code)
        code = token_units_factors(&m, property, err);
    if (!code)
        code = units_phones_make(&m.phones, a, p, err);
    if (!code) {
        units_phones_give(&m.phones, &made.phones, &made.slots, &made.groups, &made.point_group);
        code = token_units_slots(&m, p, err);
    }
    if (!code)
        code = token_units_place(&m, err);
    units_phones_free(&m.phones);
    free(m.slot_of);
    if (code)
        token_units_free(&made);
    else
        *t = made;
    return code;
}

void token_units_free(struct token_units *t)
{
    free(t->owner);
    free(t->utterance);
    free(t->slot);
    free(t->phone);
    free(t->first);
    free(t->point_group);
    free(t->token);
    tokens_free(&t->file);
    *t = (struct token_units){0};
}

void token_units_add(const struct token_units *t, uint32_t layer, uint32_t phone,
                     const uint32_t *slot, const uint32_t *weight, uint32_t *hits, uint32_t *frames)
{
    uint32_t width = t->file.about.layer[layer].width, tau = t->file.about.layer[layer].tau;
    for (uint32_t u = t->first[phone]; u < t->first[phone + 1]; u++) {
        uint32_t times = weight ? weight[u] : 1;
        uint32_t *sum = hits + (size_t)slot[u] * width;
        const uint16_t *active = tokens_row(&t->file, layer, t->token[u]);
        frames[slot[u]] += times;
        for (uint32_t i = 0; i < tau; i++)
            sum[active[i]] += times;
    }
}
