/*
 * Rows of tables with quoted fields, written anew so that they can be split like any other.
 */
#include "config.h"

#include "formats/rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/utf.h"

static bool rows_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Comments are no rows: they may hold a single quote or any divider. */
static bool rows_is_comment(struct span line, char divider)
{
    return line.n && (line.s[0] == '#' || (line.s[0] == ';' && divider != ';'));
}

/* The end of the quoted field that begins at S, behind its closing quote; NULL if it is none: not
 * closed, or with more than blanks between the quote and what DIVIDER ends it.  It may go over
 * lines but where blanks or bars divide, or, between tabs, where that would take whole rows in.
 * *OPEN: no quote closes it in its line. */
static const char *rows_quoted_end(const char *s, const char *end, char divider, bool *open)
{
    bool lines = divider != ' ' && divider != '|', over = false;
    const char *p = s + 1;
    for (; p < end; p++) {
        over |= *p == '\n' || *p == '\r';
        *open = over;
        if (over && (!lines || *p == '\t'))
            return NULL;
        if (*p != '"')
            continue;
        if (p + 1 < end && p[1] == '"')
            p++;
        else
            break;
    }
    *open |= p == end;
    if (p == end)
        return NULL;
    const char *behind = p + 1;
    while (divider != ' ' && behind < end && rows_is_blank(*behind) && *behind != divider)
        behind++;
    bool divided = behind == end || *behind == divider || *behind == '\n' || *behind == '\r' ||
                   (divider == ' ' && rows_is_blank(*behind));
    return divided ? p + 1 : NULL;
}

/* Numbers of each divider in LINE that stand in no quotes; commas within numbers apart. */
struct rows_dividers {
    size_t tabs, commas, decimal, semicolons, bars;
};

static bool rows_is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

static struct rows_dividers rows_count_dividers(struct span line)
{
    struct rows_dividers d = {0};
    const char *end = line.s + line.n;
    bool begins = true; /* of a field, whatever may divide them */
    for (const char *p = line.s; p < end; p++) {
        const char *close = begins && *p == '"' ? memchr(p + 1, '"', (size_t)(end - p - 1)) : NULL;
        if (close)
            p = close;
        else if (*p == '\t')
            d.tabs++;
        else if (*p == ',' && p > line.s && rows_is_digit(p - 1, end) && rows_is_digit(p + 1, end))
            d.decimal++;
        else if (*p == ',')
            d.commas++;
        else if (*p == ';')
            d.semicolons++;
        else if (*p == '|' && p > line.s && p[-1] == ' ')
            d.bars++;
        begins = !close && strchr("\t,;| ", *p) != NULL;
    }
    return d;
}

/* A tab if there is one, else a comma, else blanks, as span_divider; semicolons where no comma is
 * but within numbers, and bars where there are several. */
static char rows_divider(struct span line)
{
    struct rows_dividers d = rows_count_dividers(line);
    if (d.bars > 1)
        return '|';
    if (d.tabs)
        return '\t';
    if (d.semicolons && !d.commas)
        return ';';
    return d.commas || d.decimal ? ',' : ' ';
}

/* What divides the first row. L is a copy: the rows are still to be read. */
static char rows_find_divider(struct lines l)
{
    struct span line;
    while (lines_next(&l, &line))
        if (span_trim(line).n && !rows_is_comment(line, ' '))
            return rows_divider(line);
    return ' ';
}

/* True if a quote stands where a field may begin: 5'11" is none. */
static bool rows_has_quotes(struct span text, char divider)
{
    const char *end = text.s + text.n, *p = text.s;
    for (; p < end && (p = memchr(p, '"', (size_t)(end - p))); p++)
        if (p == text.s || p[-1] == divider || strchr(" \t\r\n", p[-1]))
            return true;
    return false;
}

/* Past a first line "sep=;", which tells Excel what divides and is no row; false if there is none.
 */
static bool rows_take_excel(struct rows *r)
{
    struct lines l = r->lines;
    struct span line;
    if (!lines_next(&l, &line))
        return false;
    if (line.n == 7 && line.s[0] == '"' && line.s[6] == '"')
        line = (struct span){line.s + 1, 5};
    if (line.n != 5 || strncasecmp(line.s, "sep=", 4) != 0 || !strchr("\t,;|", line.s[4]))
        return false;
    r->divider = line.s[4];
    r->lines = l;
    return true;
}

enum status rows_begin(struct rows *r, const void *bytes, size_t size, const char *name,
                       struct err *err)
{
    struct span text;
    *r = (struct rows){.text = BUF_INIT};
    enum status code = utf_decode(&text, &r->owned, bytes, size, name, err);
    if (!code)
        code = lines_begin(&r->lines, text.s, text.n, name, err);
    if (code)
        return code;
    r->name = name;
    r->rewritten = rows_take_excel(r);
    if (!r->rewritten)
        r->divider = rows_find_divider(r->lines);
    r->rewritten |= r->divider == ';' || rows_has_quotes(text, r->divider);
    return STATUS_OK;
}

/* The inside of a quoted field; line ends, which no name has, become blanks. */
static void rows_add_quoted(struct rows *r, const char *s, const char *end)
{
    for (const char *p = s + 1; p < end - 1; p++) {
        p += *p == '"';
        if (*p == '\n' || *p == '\r')
            r->lines.number += *p == '\n';
        buf_add(&r->text, *p == '\n' || *p == '\r' ? " " : p, 1);
    }
}

/* A field without quotes; where semicolons divide, "0,35" is a number. */
static void rows_add_plain(struct rows *r, const char *s, const char *end)
{
    size_t at = r->text.len, n = (size_t)(end - s);
    const char *comma = r->divider == ';' && n ? memchr(s, ',', n) : NULL;
    buf_add(&r->text, s, n);
    if (!comma || !buf_ok(&r->text))
        return;
    struct span field = {r->text.data + at, n};
    double number;
    r->text.data[at + (size_t)(comma - s)] = '.';
    if (!span_number(span_trim(field), &number))
        r->text.data[at + (size_t)(comma - s)] = ',';
}

/* Writes the field that begins at S anew; returns its end. */
static const char *rows_add_field(struct rows *r, const char *s)
{
    const char *end = r->lines.end, *p = s;
    while (p < end && rows_is_blank(*p) && *p != r->divider)
        p++;
    bool open = false;
    const char *quoted = p < end && *p == '"' ? rows_quoted_end(p, end, r->divider, &open) : NULL;
    /* Where tabs or blanks divide it may be a label: "a in SAMPA. */
    if (!quoted && open && strchr(",;", r->divider))
        r->open = true;
    if (quoted) {
        rows_add_quoted(r, p, quoted);
        while (quoted < end && rows_is_blank(*quoted) && *quoted != r->divider)
            quoted++;
        return quoted;
    }
    while (p < end && *p != '\n' && *p != '\r' &&
           (r->divider == ' ' ? !rows_is_blank(*p) : *p != r->divider))
        p++;
    rows_add_plain(r, s, p);
    return p;
}

/* The row that begins at AT, which may go over several lines. */
static void rows_rewrite(struct rows *r, const char *at)
{
    const char *end = r->lines.end;
    char between = r->divider == '|' ? '|' : LINES_FIELD;
    buf_clear(&r->text);
    for (;;) {
        at = rows_add_field(r, at);
        while (r->divider == ' ' && at < end && rows_is_blank(*at))
            at++;
        if (at == end || *at == '\n' || *at == '\r')
            break;
        at += r->divider != ' ';
        buf_add(&r->text, &between, 1);
    }
    if (at + 1 < end && at[0] == '\r' && at[1] == '\n')
        at++;
    r->lines.at = at < end ? at + 1 : at;
}

bool rows_next(struct rows *r, struct span *row)
{
    const char *at = r->lines.at;
    if (!lines_next(&r->lines, row))
        return false;
    if (!r->rewritten || !span_trim(*row).n || rows_is_comment(*row, r->divider))
        return true;
    rows_rewrite(r, at);
    r->failed = !buf_ok(&r->text);
    *row = (struct span){buf_text(&r->text), r->text.len};
    return !r->failed && !r->open;
}

enum status rows_end(struct rows *r, enum status code, struct err *err)
{
    bool failed = r->failed && !code, open = r->open && !code;
    size_t line = r->lines.number;
    const char *name = r->name;
    buf_free(&r->text);
    free(r->owned);
    *r = (struct rows){.text = BUF_INIT};
    if (failed)
        return err_nomem(err);
    return open
               ? err_set(err, STATUS_FORMAT,
                         "%s: line %zu: a quote that is never closed: close it, or double it if it "
                         "is part of the value",
                         name, line)
               : code;
}
