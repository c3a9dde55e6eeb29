/*
 * The tier of a TextGrid that holds the phones, found by its name, as the labels of an utterance.
 */
#include "config.h"

#include "formats/labels/label_format.h"
#include "formats/labels/textgrid.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

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

enum status textgrid_labels(struct utterance_labels *out, const void *bytes, size_t size,
                            const char *name, const char *tier, struct err *err)
{
    struct textgrid g;
    struct utterance_labels u = {.name = NAMES_INIT};
    size_t at;
    enum status code = textgrid_parse(&g, bytes, size, name, err);
    if (code)
        return code;
    code = textgrid_find(&g, tier, name, &at, err);
    if (!code) {
        struct textgrid_tier *t = &g.tier[at];
        for (size_t i = 0; i < t->count && !code; i++) {
            uint32_t label = names_add(&u.name, g.text.name[t->interval[i].name]);
            t->interval[i].name = label;
            if (label == NAMES_NONE)
                code = err_nomem(err);
        }
        u.interval = t->interval;
        u.count = t->count;
        t->interval = NULL;
    }
    textgrid_free(&g);
    if (code)
        utterance_labels_free(&u);
    else
        *out = u;
    return code;
}

const struct label_format label_format_textgrid = {
    .name = "TextGrid", .suffix = {".TextGrid"}, .grid = textgrid_labels};
