/*
 * The values of Praat's text files: numbers, texts and flags between what is there for people.
 */
#include "config.h"

#include "formats/labels/textgrid_values.h"

#include <math.h>
#include <string.h>

#include "formats/lines.h"

static bool textgrid_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Lines are those of the current value, where an editor finds it. */
enum status textgrid_bad(const struct textgrid_reader *r, struct err *err, const char *what)
{
    return err_set(err, STATUS_FORMAT, "%s: line %zu: %s", r->name, r->value_line, what);
}

/* Past blanks and comments, counting lines. */
static void textgrid_skip(struct textgrid_reader *r)
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
static void textgrid_read_text(struct textgrid_reader *r)
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
static bool textgrid_read_word(struct textgrid_reader *r, struct span word)
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
void textgrid_next(struct textgrid_reader *r)
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
enum status textgrid_read_number(struct textgrid_reader *r, const char *what, double *out,
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

enum status textgrid_expect_text(struct textgrid_reader *r, const char *what, struct err *err)
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
enum status textgrid_read_count(struct textgrid_reader *r, const char *what, double *out,
                                struct err *err)
{
    enum status code = textgrid_read_number(r, what, out, err);
    if (!code && (*out < 0 || *out != floor(*out)))
        code = textgrid_bad(r, err, "a count is expected");
    return code;
}
