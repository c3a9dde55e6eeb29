/*
 * Praat's chronological TextGrid: the tiers are named first, and then come the intervals and points
 * of all of them in the order of their times, each behind the number of its tier.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formats/labels/textgrid_values.h"

/* Class, name and times of one tier. */
static enum status chronological_read_tier(struct textgrid_reader *r, struct textgrid *g,
                                           struct err *err)
{
    double time;
    enum status code = textgrid_expect_text(r, "class of a tier", err);
    if (code)
        return code;
    bool points = strcmp(buf_text(&r->text), "TextTier") == 0;
    if (!points && strcmp(buf_text(&r->text), "IntervalTier") != 0)
        return textgrid_bad(r, err, "a tier that is neither IntervalTier nor TextTier");
    code = textgrid_expect_text(r, "name of a tier", err);
    if (!code && !textgrid_add_tier(g, buf_text(&r->text), points))
        code = err_nomem(err);
    if (!code)
        code = textgrid_read_number(r, "start of a tier", &time, err);
    return code ? code : textgrid_read_number(r, "end of a tier", &time, err);
}

/* What stands behind the number of the tier T. */
static enum status chronological_read_item(struct textgrid_reader *r, struct textgrid *g,
                                           struct textgrid_tier *t, struct err *err)
{
    char place[256];
    double start, end = 0;
    enum status code = textgrid_read_number(
        r, t->points ? "time of a point" : "start of an interval", &start, err);
    snprintf(place, sizeof place, "%s: line %zu", r->name, r->value_line);
    if (!code && !t->points)
        code = textgrid_read_number(r, "end of an interval", &end, err);
    if (!code)
        code = textgrid_expect_text(r, t->points ? "mark of a point" : "text of an interval", err);
    if (code || t->points)
        return code;
    return textgrid_add_interval(g, t, start, end, buf_text(&r->text), place, err);
}

enum status textgrid_read_chronological(struct textgrid_reader *r, struct textgrid *g,
                                        struct err *err)
{
    double tiers = 0;
    enum status code = textgrid_read_count(r, "number of tiers", &tiers, err);
    for (double i = 0; !code && i < tiers; i++)
        code = chronological_read_tier(r, g, err);
    while (!code) {
        textgrid_next(r);
        if (r->kind == VALUE_END)
            break;
        if (r->kind != VALUE_NUMBER || r->number < 1 || r->number > (double)g->tiers ||
            r->number != floor(r->number))
            return textgrid_bad(r, err, "the number of a tier is expected");
        code = chronological_read_item(r, g, &g->tier[(size_t)r->number - 1], err);
    }
    return code;
}
