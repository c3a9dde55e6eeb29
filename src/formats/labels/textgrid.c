/*
 * Praat's TextGrid: the long and the short text form are one sequence of values, with or without
 * their names. Numbers of tiers and intervals that a file announces are never trusted for
 * allocation.
 */
#include "config.h"

#include "formats/labels/textgrid_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/lines.h"
#include "base/mem.h"
#include "formats/utf.h"

struct textgrid_tier *textgrid_add_tier(struct textgrid *g, const char *name, bool points)
{
    if (!mem_grow(&g->tier, &g->cap, g->tiers + 1, sizeof *g->tier))
        return NULL;
    struct textgrid_tier *t = &g->tier[g->tiers];
    *t = (struct textgrid_tier){.name = mem_strndup(name, strlen(name)), .points = points};
    if (!t->name)
        return NULL;
    g->tiers++;
    return t;
}

enum status textgrid_add_interval(struct textgrid *g, struct textgrid_tier *t, double start,
                                  double end, const char *text, const char *place, struct err *err)
{
    if (start > end)
        return err_set(err, STATUS_FORMAT, "%s: an interval that ends before it begins", place);
    double last = t->count ? t->interval[t->count - 1].end : start;
    if (start < last - LABELS_OVERLAP)
        return err_set(err, STATUS_FORMAT,
                       "%s: an interval that begins before the one before it ends", place);
    if (start < last)
        start = last;
    if (start >= end) /* nothing of it is left, or nothing ever was */
        return STATUS_OK;
    if (!mem_grow(&t->interval, &t->cap, t->count + 1, sizeof *t->interval))
        return err_nomem(err);
    uint32_t name = names_add(&g->text, text);
    if (name == NAMES_NONE)
        return err_nomem(err);
    t->interval[t->count++] = (struct label_interval){start, end, name};
    return STATUS_OK;
}

/* One interval. */
static enum status textgrid_read_interval(struct textgrid_reader *r, struct textgrid *g,
                                          struct textgrid_tier *t, struct err *err)
{
    char place[256];
    double start = 0, end = 0;
    enum status code = textgrid_read_number(r, "start of an interval", &start, err);
    snprintf(place, sizeof place, "%s: line %zu", r->name, r->value_line);
    if (!code)
        code = textgrid_read_number(r, "end of an interval", &end, err);
    if (!code)
        code = textgrid_expect_text(r, "text of an interval", err);
    return code ? code : textgrid_add_interval(g, t, start, end, buf_text(&r->text), place, err);
}

/* Points label nothing; they are passed over. */
static enum status textgrid_read_point(struct textgrid_reader *r, struct err *err)
{
    double time;
    enum status code = textgrid_read_number(r, "time of a point", &time, err);
    return code ? code : textgrid_expect_text(r, "mark of a point", err);
}

/* The inside of a tier, behind its class and name. */
static enum status textgrid_read_items(struct textgrid_reader *r, struct textgrid *g,
                                       struct textgrid_tier *t, struct err *err)
{
    double start, end, count = 0;
    enum status code = textgrid_read_number(r, "start of a tier", &start, err);
    if (!code)
        code = textgrid_read_number(r, "end of a tier", &end, err);
    if (!code)
        code = textgrid_read_count(r, "size of a tier", &count, err);
    for (double i = 0; !code && i < count; i++)
        code = t->points ? textgrid_read_point(r, err) : textgrid_read_interval(r, g, t, err);
    return code;
}

/* One tier: class, name and items. Point tiers keep their name, so that a message can list them,
 * but no items. */
static enum status textgrid_read_tier(struct textgrid_reader *r, struct textgrid *g,
                                      struct err *err)
{
    enum status code = textgrid_expect_text(r, "class of a tier", err);
    if (code)
        return code;
    bool points = strcmp(buf_text(&r->text), "TextTier") == 0;
    if (!points && strcmp(buf_text(&r->text), "IntervalTier") != 0)
        return textgrid_bad(r, err, "a tier that is neither IntervalTier nor TextTier");
    code = textgrid_expect_text(r, "name of a tier", err);
    if (code)
        return code;
    struct textgrid_tier *t = textgrid_add_tier(g, buf_text(&r->text), points);
    if (!t)
        return err_nomem(err);
    return textgrid_read_items(r, g, t, err);
}

/* "ooTextFile" (older: "ooTextFile short") and "TextGrid"; *CHRONOLOGICAL: the third form. */
static enum status textgrid_read_head(struct textgrid_reader *r, bool *chronological,
                                      struct err *err)
{
    textgrid_next(r);
    *chronological = r->kind == VALUE_TEXT &&
                     strncmp(buf_text(&r->text), "Praat chronological TextGrid", 28) == 0;
    if (*chronological)
        return STATUS_OK;
    if (r->kind != VALUE_TEXT || strncmp(buf_text(&r->text), "ooTextFile", 10) != 0)
        return textgrid_bad(r, err, "not a Praat text file (no \"ooTextFile\" at its beginning)");
    textgrid_next(r);
    if (r->kind != VALUE_TEXT || strcmp(buf_text(&r->text), "TextGrid") != 0)
        return textgrid_bad(r, err, "not a TextGrid");
    return STATUS_OK;
}

/* The whole file: heading, times of the grid, "<exists>" and the tiers. Values after the last
 * announced one are an error, since a wrong size would otherwise drop labels. */
static enum status textgrid_read_grid(struct textgrid_reader *r, struct textgrid *g,
                                      struct err *err)
{
    double count = 0;
    bool chronological = false;
    enum status code = textgrid_read_head(r, &chronological, err);
    if (!code)
        code = textgrid_read_number(r, "start of the grid", &g->start, err);
    if (!code)
        code = textgrid_read_number(r, "end of the grid", &g->end, err);
    if (code || chronological)
        return code ? code : textgrid_read_chronological(r, g, err);
    textgrid_next(r);
    if (r->kind != VALUE_FLAG)
        return textgrid_bad(r, err, "<exists> is expected");
    if (strcmp(buf_text(&r->text), "<exists>") == 0)
        code = textgrid_read_count(r, "number of tiers", &count, err);
    for (double i = 0; !code && i < count; i++)
        code = textgrid_read_tier(r, g, err);
    if (code)
        return code;
    textgrid_next(r);
    return r->kind == VALUE_END ? STATUS_OK
                                : textgrid_bad(r, err, "more values than the sizes announced");
}

enum status textgrid_parse(struct textgrid *out, const void *bytes, size_t size, const char *name,
                           struct err *err)
{
    struct textgrid g = {.text = NAMES_INIT};
    struct span text = {NULL, 0};
    char *owned = NULL;
    static const char binary[] = "ooBinaryFile";
    /* Said before the zeros of a binary file are. */
    if (size >= sizeof binary - 1 && memcmp(bytes, binary, sizeof binary - 1) == 0)
        return err_set(err, STATUS_UNSUPPORTED, "%s: a binary Praat file: save it as text in Praat",
                       name);
    enum status code = utf_decode(&text, &owned, bytes, size, name, err);
    if (code)
        return code;
    struct textgrid_reader r = {.at = text.s, .end = text.s + text.n, .line = 1, .name = name};
    code = textgrid_read_grid(&r, &g, err);
    buf_free(&r.text);
    free(owned);
    if (code)
        textgrid_free(&g);
    else
        *out = g;
    return code;
}

void textgrid_free(struct textgrid *g)
{
    for (size_t i = 0; i < g->tiers; i++) {
        free(g->tier[i].name);
        free(g->tier[i].interval);
    }
    free(g->tier);
    names_free(&g->text);
    *g = (struct textgrid){.text = NAMES_INIT};
}
