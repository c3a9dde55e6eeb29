/*
 * What two files have in common (difference_shared.h): a pair is a speaker that both models heard,
 * and a phone that one of them lacks would move its distances alone.
 */
#include "config.h"

#include "inference/difference_shared.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* What one file has. */
struct shared_side {
    struct analysis *a;
    uint32_t owner, phone;             /* factors */
    unsigned char *owners, *phones;    /* [levels] those there are */
    uint32_t owner_count, phone_count; /* how many */
};

static void shared_free(struct shared_side *s)
{
    free(s->owners);
    free(s->phones);
    s->owners = s->phones = NULL;
}

/* Owners that have units, and phones that have frames in a pattern. */
static enum status shared_look(struct shared_side *s, const char *property, struct err *err)
{
    const struct counts *c = s->a->counts;
    struct units u = {0};
    shared_free(s);
    s->owner_count = s->phone_count = 0;
    enum status code = units_make(&u, s->a, property,
                                  strcmp(property, "speaker") == 0 ? "utterance" : "speaker", err);
    if (code)
        return code;
    s->owner = u.owner_factor;
    s->phone = (uint32_t)counts_find_factor(c, "phone");
    s->owners = mem_zeros(c->factor[s->owner].levels, 1);
    s->phones = mem_zeros(c->factor[s->phone].levels, 1);
    if (!s->owners || !s->phones)
        code = err_nomem(err);
    for (uint32_t i = 0; i < u.units && !code; i++)
        s->owners[u.owner[i]] = 1;
    for (uint32_t k = 0; k < u.property->points && !code; k++)
        if (u.property->point[k].phone >= 0 && u.property->point[k].frames > 0)
            s->phones[u.property->point[k].phone] = 1;
    for (uint32_t l = 0; l < c->factor[s->owner].levels && !code; l++)
        s->owner_count += s->owners[l];
    for (uint32_t l = 0; l < c->factor[s->phone].levels && !code; l++)
        s->phone_count += s->phones[l];
    units_free(&u);
    return code;
}

/* Drops from HAVE [levels of FACTOR of S] what OTHER's OTHER_HAVE lacks; how many are left. */
static uint32_t shared_drop(const struct shared_side *s, uint32_t factor, unsigned char *have,
                            const struct shared_side *other, uint32_t other_factor,
                            const unsigned char *other_have)
{
    const struct counts_factor *f = &s->a->counts->factor[factor];
    uint32_t left = 0;
    for (uint32_t l = 0; l < f->levels; l++) {
        int level = have[l] ? counts_find_level(other->a->counts, other_factor, f->level[l]) : -1;
        have[l] = level >= 0 && other_have[level];
        left += have[l];
    }
    return left;
}

/* Lets only what OTHER has through S's filters; *CHANGED where that is less than there was. */
static enum status shared_narrow(struct shared_side *s, const struct shared_side *other,
                                 bool *changed, struct err *err)
{
    struct analysis *a = s->a;
    enum status code = STATUS_OK;
    uint32_t owners = shared_drop(s, s->owner, s->owners, other, other->owner, other->owners);
    uint32_t phones = shared_drop(s, s->phone, s->phones, other, other->phone, other->phones);
    if (owners == 0 || phones == 0)
        return err_set(err, STATUS_MISMATCH,
                       "%s and %s share no %s: models are compared on the same recordings",
                       a->counts->path, other->a->counts->path, owners == 0 ? "speaker" : "phone");
    if (owners < s->owner_count)
        code = query_filters_narrow(&a->filters, a->counts, s->owner, s->owners, err);
    if (!code && phones < s->phone_count)
        code = query_filters_narrow(&a->filters, a->counts, s->phone, s->phones, err);
    if (owners < s->owner_count || phones < s->phone_count) {
        *changed = true;
        analysis_changed(a);
    }
    return code;
}

bool difference_note_recordings(struct names *notes, const struct counts *a, const struct counts *b)
{
    bool same = a->utterances == b->utterances && (!a->utterance_digest || !b->utterance_digest ||
                                                   a->utterance_digest == b->utterance_digest);
    struct buf text = BUF_INIT;
    if (same)
        return true;
    buf_printf(&text,
               "%s and %s are not counted from the same recordings (%llu and %llu): "
               "a difference may be that of the recordings",
               a->path, b->path, (unsigned long long)a->utterances,
               (unsigned long long)b->utterances);
    bool ok = buf_ok(&text) && names_add(notes, buf_text(&text)) != NAMES_NONE;
    buf_free(&text);
    return ok;
}

/* Again until nothing changes: a speaker may have none of the shared phones. */
enum status difference_share(struct difference *d, struct analysis *a, struct analysis *b,
                             const char *property, struct err *err)
{
    struct shared_side side[2] = {{.a = a}, {.a = b}};
    enum status code = STATUS_OK;
    bool changed = true;
    for (bool first = true; changed && !code; first = false) {
        changed = false;
        for (int i = 0; i < 2 && !code; i++) {
            code = shared_look(&side[i], property, err);
            if (!code && first) {
                d->owners[i] = side[i].owner_count;
                d->phones[i] = side[i].phone_count;
            }
        }
        if (!code)
            code = shared_narrow(&side[0], &side[1], &changed, err);
        if (!code)
            code = shared_narrow(&side[1], &side[0], &changed, err);
    }
    d->shared = side[0].phone_count;
    shared_free(&side[0]);
    shared_free(&side[1]);
    return code;
}
