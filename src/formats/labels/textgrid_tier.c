/*
 * The tier of a TextGrid that holds the phones, found by its name, as the labels of an utterance;
 * or several tiers, as aligners write one for each speaker.
 */
#include "config.h"

#include "formats/labels/label_format.h"
#include "formats/labels/textgrid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/labels/silence.h"

/* "phones" or "phone" in any case, alone or behind "SPEAKER - ". */
static bool textgrid_names_phones(const char *tier)
{
    size_t n = strlen(tier);
    while (n && tier[n - 1] == ' ')
        n--;
    if (n && (tier[n - 1] == 's' || tier[n - 1] == 'S'))
        n--;
    if (n < 5 || strncasecmp(tier + n - 5, "phone", 5) != 0)
        return false;
    n -= 5;
    while (n && tier[n - 1] == ' ')
        n--;
    return n == 0 || tier[n - 1] == '-';
}

/* The message names the tiers, so that the next call can be right. */
static enum status textgrid_tier_error(const struct textgrid *g, const char *name, const char *what,
                                       enum status code, struct err *err)
{
    struct buf list = BUF_INIT;
    for (size_t i = 0; i < g->tiers && list.len < 200; i++)
        buf_printf(&list, "%s\"%s\"%s", i ? ", " : "", g->tier[i].name,
                   g->tier[i].points ? " (points)" : "");
    err_set(err, code, "%s: %s; its tiers are: %s", name, what,
            g->tiers ? buf_text(&list) : "none");
    buf_free(&list);
    return code;
}

enum status textgrid_find(const struct textgrid *g, const char *tier, const char *name, size_t *out,
                          struct err *err)
{
    size_t found = 0, at = 0, exact = 0;
    for (size_t i = 0; i < g->tiers; i++) {
        const struct textgrid_tier *t = &g->tier[i];
        if (t->points || !(tier ? strcasecmp(t->name, tier) == 0 : textgrid_names_phones(t->name)))
            continue;
        bool is_exact = tier && strcmp(t->name, tier) == 0;
        if (is_exact ? exact++ == 0 : exact == 0)
            at = i;
        found++;
    }
    if (exact == 1 || (exact == 0 && found == 1)) {
        *out = at;
        return STATUS_OK;
    }
    return textgrid_tier_error(g, name,
                               found  ? "several tiers could be the phones (choose one with --tier)"
                               : tier ? "no interval tier of the name asked for"
                                      : "no interval tier named phones (choose one with --tier)",
                               found ? STATUS_USAGE : STATUS_FORMAT, err);
}

/* The tiers of G called by the TIERS (labels.h) into AT [g->tiers], *N of them. */
static enum status textgrid_find_all(const struct textgrid *g, const char *tiers, const char *name,
                                     size_t *at, size_t *n, struct err *err)
{
    *n = 0;
    if (!tiers || !strchr(tiers, LABELS_TIER_END)) {
        *n = 1;
        return textgrid_find(g, tiers, name, at, err);
    }
    for (size_t k; *tiers; tiers += k + (tiers[k] != '\0')) {
        k = strcspn(tiers, (char[]){LABELS_TIER_END, '\0'});
        for (size_t i = 0; i < g->tiers; i++) {
            const struct textgrid_tier *t = &g->tier[i];
            bool taken = t->points || strlen(t->name) != k || strncasecmp(t->name, tiers, k) != 0;
            for (size_t j = 0; j < *n; j++)
                taken |= at[j] == i;
            if (!taken)
                at[(*n)++] = i;
        }
    }
    return *n ? STATUS_OK
              : textgrid_tier_error(g, name, "no interval tier of the names asked for",
                                    STATUS_FORMAT, err);
}

/* Several tiers as they are read at one time. */
struct tier_mix {
    const struct textgrid *g;
    const size_t *at; /* [tiers] */
    size_t *next;     /* [tiers] the first interval that does not end before now */
    size_t tiers;
    struct utterance_labels u; /* names are those of the grid until they are copied */
    size_t cap;
    const struct label_interval *from; /* what the last interval of U is a piece of */
};

/* What is said from NOW to the next boundary, *UNTIL: the one interval of speech, or else one of
 * silence; NULL where there is none, or two tiers have speech at once. */
static const struct label_interval *mix_find(struct tier_mix *m, double now, double *until)
{
    const struct label_interval *found = NULL;
    bool speech = false, both = false;
    for (size_t i = 0; i < m->tiers; i++) {
        const struct textgrid_tier *t = &m->g->tier[m->at[i]];
        while (m->next[i] < t->count && t->interval[m->next[i]].end <= now)
            m->next[i]++;
        if (m->next[i] == t->count)
            continue;
        const struct label_interval *v = &t->interval[m->next[i]];
        double boundary = v->start > now ? v->start : v->end;
        if (boundary < *until)
            *until = boundary;
        if (v->start > now)
            continue;
        bool silent = label_is_silence(m->g->text.name[v->name]);
        both |= speech && !silent && v->name != found->name;
        if (!found || (!speech && !silent))
            found = v;
        speech |= !silent;
    }
    return both ? NULL : found;
}

/* One piece behind the others; pieces of one interval are put together. */
static bool mix_add(struct tier_mix *m, const struct label_interval *v, double start, double end)
{
    struct utterance_labels *u = &m->u;
    if (v && v == m->from) {
        u->interval[u->count - 1].end = end;
        return true;
    }
    m->from = v;
    if (!v)
        return true;
    if (!mem_grow(&u->interval, &m->cap, u->count + 1, sizeof *u->interval))
        return false;
    u->interval[u->count++] = (struct label_interval){start, end, v->name};
    return true;
}

/* The intervals of all tiers in one. */
static bool mix_run(struct tier_mix *m)
{
    bool ok = true;
    for (double now = -INFINITY, until;; now = until) {
        until = INFINITY;
        const struct label_interval *v = mix_find(m, now, &until);
        if (isinf(until))
            return ok;
        if (now > -INFINITY)
            ok = ok && mix_add(m, v, now, until);
    }
}

/* Gives each label of U, an index into the grid's texts, a name of U's own. */
static enum status textgrid_name_labels(const struct textgrid *g, struct utterance_labels *u,
                                        struct err *err)
{
    for (size_t i = 0; i < u->count; i++) {
        uint32_t label = names_add(&u->name, g->text.name[u->interval[i].name]);
        u->interval[i].name = label;
        if (label == NAMES_NONE)
            return err_nomem(err);
    }
    return STATUS_OK;
}

enum status textgrid_take_labels(struct utterance_labels *out, const struct textgrid *g,
                                 const char *name, const char *tiers, struct err *err)
{
    struct tier_mix m = {.g = g, .u.name = NAMES_INIT};
    size_t *at = mem_array(g->tiers, sizeof *at);
    m.at = at;
    m.next = mem_zeros(g->tiers, sizeof *m.next);
    enum status code =
        at && m.next ? textgrid_find_all(g, tiers, name, at, &m.tiers, err) : err_nomem(err);
    if (!code && !mix_run(&m))
        code = err_nomem(err);
    if (!code && !m.u.interval && !(m.u.interval = mem_array(1, sizeof *m.u.interval)))
        code = err_nomem(err);
    if (!code)
        code = textgrid_name_labels(g, &m.u, err);
    free(at);
    free(m.next);
    if (code)
        utterance_labels_free(&m.u);
    else
        *out = m.u;
    return code;
}

enum status textgrid_labels(struct utterance_labels *out, const void *bytes, size_t size,
                            const char *name, const char *tier, struct err *err)
{
    struct textgrid g;
    enum status code = textgrid_parse(&g, bytes, size, name, err);
    if (code)
        return code;
    code = textgrid_take_labels(out, &g, name, tier, err);
    textgrid_free(&g);
    return code;
}

const struct label_format label_format_textgrid = {
    .name = "TextGrid", .suffix = {".TextGrid"}, .grid = textgrid_labels};
