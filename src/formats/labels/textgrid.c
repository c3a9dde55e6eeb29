/*
 * Praat's TextGrid: the long and the short text form are one sequence of values, with or without
 * their names. Numbers of tiers and intervals that a file announces are never trusted for
 * allocation.
 */
#include "config.h"

#include "formats/labels/textgrid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "formats/lines.h"
#include "base/mem.h"
#include "formats/utf.h"

/*
 * Praat reads its text files as a stream of free-standing values, i.e. between blanks: numbers,
 * "texts" (a quote inside is doubled) and <flags>; all else ("xmin =", "intervals [3]:") and
 * comments from '!' to the end of the line are for people.  So the long and the short form hold
 * the same stream, and one reader serves both.
 */
enum kind { VALUE_END, VALUE_NUMBER, VALUE_TEXT, VALUE_FLAG, VALUE_BAD };

struct reader {
    const char *at, *end;
    size_t line; /* of `at` */
    const char *name;
    enum kind kind;    /* of the current value */
    size_t value_line; /* where it begins */
    double number;     /* the value, where it is a number */
    struct buf text;
};

static bool textgrid_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Lines are those of the current value, where an editor finds it. */
static enum status textgrid_bad(const struct reader *r, struct err *err, const char *what)
{
    return err_set(err, STATUS_FORMAT, "%s: line %zu: %s", r->name, r->value_line, what);
}

/* Past blanks and comments, counting lines. */
static void textgrid_skip(struct reader *r)
{
    bool comment = false;
    for (; r->at < r->end && (comment || textgrid_is_blank(*r->at) || *r->at == '!'); r->at++) {
        if (*r->at == '\n' || (*r->at == '\r' && (r->at + 1 == r->end || r->at[1] != '\n'))) {
            r->line++;
            comment = false;
        } else if (*r->at == '!') {
            comment = true;
        }
    }
}

/* A text in quotes into R; it may go over several lines. */
static void textgrid_read_text(struct reader *r)
{
    buf_clear(&r->text);
    r->kind = VALUE_BAD;
    for (r->at++; r->at < r->end; r->at++) {
        if (*r->at == '"') {
            if (r->at + 1 == r->end || r->at[1] != '"') {
                r->at++;
                r->kind = VALUE_TEXT;
                return;
            }
            r->at++;
        } else if (*r->at == '\n') {
            r->line++;
        }
        buf_add(&r->text, r->at, 1);
    }
}

/* What a word without quotes is; words that are neither number nor flag are for people. */
static bool textgrid_read_word(struct reader *r, struct span word)
{
    char c = word.s[0];
    struct span bare = c == '-' || c == '+' ? (struct span){word.s + 1, word.n - 1} : word;
    bool odd = span_is(bare, "nan") || span_is(bare, "inf") || span_is(bare, "infinity") ||
               span_is(word, "--undefined--");
    if (c == '<') {
        r->kind = VALUE_FLAG;
        buf_clear(&r->text);
        buf_add(&r->text, word.s, word.n);
        return true;
    }
    if (!odd && (!bare.n || !((bare.s[0] >= '0' && bare.s[0] <= '9') || bare.s[0] == '.')))
        return false;
    bool good = !odd && span_number(word, &r->number) && isfinite(r->number);
    r->kind = good ? VALUE_NUMBER : VALUE_BAD;
    return true;
}

/* The next value into R. */
static void textgrid_next(struct reader *r)
{
    for (;;) {
        textgrid_skip(r);
        r->value_line = r->line;
        if (r->at == r->end) {
            r->kind = VALUE_END;
            return;
        }
        if (*r->at == '"') {
            textgrid_read_text(r);
            return;
        }
        const char *from = r->at;
        while (r->at < r->end && !textgrid_is_blank(*r->at) && *r->at != '!' && *r->at != '"')
            r->at++;
        if (textgrid_read_word(r, (struct span){from, (size_t)(r->at - from)}))
            return;
    }
}

/* The next value, which must be a number; WHAT it is stands in the message. */
static enum status textgrid_read_number(struct reader *r, const char *what, double *out,
                                        struct err *err)
{
    textgrid_next(r);
    if (r->kind == VALUE_NUMBER) {
        *out = r->number;
        return STATUS_OK;
    }
    return err_set(err, STATUS_FORMAT, "%s: line %zu: %s: %s", r->name, r->value_line, what,
                   r->kind == VALUE_END   ? "the file ends here"
                   : r->kind == VALUE_BAD ? "not a finite number"
                                          : "a number is expected");
}

static enum status textgrid_expect_text(struct reader *r, const char *what, struct err *err)
{
    textgrid_next(r);
    if (!buf_ok(&r->text))
        return err_nomem(err);
    if (r->kind == VALUE_TEXT)
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT, "%s: line %zu: %s: %s", r->name, r->value_line, what,
                   r->kind == VALUE_END   ? "the file ends here"
                   : r->kind == VALUE_BAD ? "an unclosed quote, or not a number"
                                          : "a text in quotes is expected");
}

/* Numbers of tiers or intervals are only ever compared with what is there. */
static enum status textgrid_read_count(struct reader *r, const char *what, double *out,
                                       struct err *err)
{
    enum status code = textgrid_read_number(r, what, out, err);
    if (!code && (*out < 0 || *out != floor(*out)))
        code = textgrid_bad(r, err, "a count is expected");
    return code;
}

/* One interval; empty ones are dropped, as they can hold no frame. */
static enum status textgrid_read_interval(struct reader *r, struct textgrid *g,
                                          struct textgrid_tier *t, struct err *err)
{
    double start = 0, end = 0;
    enum status code = textgrid_read_number(r, "start of an interval", &start, err);
    size_t line = r->value_line;
    if (!code)
        code = textgrid_read_number(r, "end of an interval", &end, err);
    if (!code && start > end)
        return err_set(err, STATUS_FORMAT, "%s: line %zu: an interval that ends before it begins",
                       r->name, line);
    if (!code)
        code = textgrid_expect_text(r, "text of an interval", err);
    if (code)
        return code;
    double last = t->count ? t->interval[t->count - 1].end : start;
    if (start < last - LABELS_OVERLAP)
        return err_set(err, STATUS_FORMAT,
                       "%s: line %zu: an interval that begins before the one before it ends",
                       r->name, line);
    if (start < last)
        start = last;
    if (start >= end) /* nothing of it is left, or nothing ever was */
        return STATUS_OK;
    if (!mem_grow(&t->interval, &t->cap, t->count + 1, sizeof *t->interval))
        return err_nomem(err);
    uint32_t text = names_add(&g->text, buf_text(&r->text));
    if (text == NAMES_NONE)
        return err_nomem(err);
    t->interval[t->count++] = (struct label_interval){start, end, text};
    return STATUS_OK;
}

/* Points label nothing; they are passed over. */
static enum status textgrid_read_point(struct reader *r, struct err *err)
{
    double time;
    enum status code = textgrid_read_number(r, "time of a point", &time, err);
    return code ? code : textgrid_expect_text(r, "mark of a point", err);
}

/* The inside of a tier, behind its class and name. */
static enum status textgrid_read_items(struct reader *r, struct textgrid *g,
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
static enum status textgrid_read_tier(struct reader *r, struct textgrid *g, struct err *err)
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
    if (!mem_grow(&g->tier, &g->cap, g->tiers + 1, sizeof *g->tier))
        return err_nomem(err);
    struct textgrid_tier *t = &g->tier[g->tiers];
    *t = (struct textgrid_tier){.name = mem_strndup(buf_text(&r->text), r->text.len)};
    if (!t->name)
        return err_nomem(err);
    t->points = points;
    g->tiers++;
    return textgrid_read_items(r, g, t, err);
}

/* "ooTextFile" (older: "ooTextFile short") and "TextGrid". */
static enum status textgrid_read_head(struct reader *r, struct err *err)
{
    textgrid_next(r);
    if (r->kind != VALUE_TEXT || strncmp(buf_text(&r->text), "ooTextFile", 10) != 0)
        return textgrid_bad(r, err, "not a Praat text file (no \"ooTextFile\" at its beginning)");
    textgrid_next(r);
    if (r->kind != VALUE_TEXT || strcmp(buf_text(&r->text), "TextGrid") != 0)
        return textgrid_bad(r, err, "not a TextGrid");
    return STATUS_OK;
}

/* The whole file: heading, times of the grid, "<exists>" and the tiers. Values after the last
 * announced one are an error, since a wrong size would otherwise drop labels. */
static enum status textgrid_read_grid(struct reader *r, struct textgrid *g, struct err *err)
{
    double count = 0;
    enum status code = textgrid_read_head(r, err);
    if (!code)
        code = textgrid_read_number(r, "start of the grid", &g->start, err);
    if (!code)
        code = textgrid_read_number(r, "end of the grid", &g->end, err);
    if (code)
        return code;
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
    struct reader r = {.at = text.s, .end = text.s + text.n, .line = 1, .name = name};
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
