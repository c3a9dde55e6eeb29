#include "config.h"

#include "report/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->columns; i++)
        free(t->column[i]);
    for (size_t i = 0; i < t->cells; i++)
        free(t->cell[i].text);
    free(t->cell);
    *t = (struct table)TABLE_INIT;
}

void table_column(struct table *t, const char *name)
{
    if (t->columns == TABLE_MAX_COLUMNS ||
        !(t->column[t->columns] = mem_strndup(name, strlen(name))))
        t->failed = true;
    else
        t->columns++;
}

/* TEXT may be NULL, for a cell without a value. */
static void add(struct table *t, const char *text, bool words)
{
    if (t->failed || !mem_grow(&t->cell, &t->cap, t->cells + 1, sizeof *t->cell)) {
        t->failed = true;
        return;
    }
    char *copy = text ? mem_strndup(text, strlen(text)) : NULL;
    t->failed = text && !copy;
    t->cell[t->cells++] = (struct table_cell){copy, words};
}

/* Control characters would end a line or a column, bytes that are no UTF-8 are none of JSON's. */
void table_words(struct table *t, const char *text)
{
    struct buf b = BUF_INIT;
    bool there = text != NULL;
    buf_str(&b, "");
    while (there && *text) {
        char bytes[4];
        uint32_t ch = utf8_next(&text);
        ch = ch < 0x20 || ch == 0x7f || ch == 0xfffd ? '?' : ch;
        buf_add(&b, bytes, (size_t)utf8_put(bytes, ch));
    }
    if (!buf_ok(&b))
        t->failed = true;
    add(t, there ? buf_text(&b) : NULL, true);
    buf_free(&b);
}

void table_count(struct table *t, int64_t n)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)n);
    add(t, n < 0 ? NULL : text, false);
}

void table_real(struct table *t, double v, int digits)
{
    add(t, isfinite(v) ? number_fixed(v, digits).text : NULL, false);
}

void table_number(struct table *t, double v, int digits)
{
    add(t, isfinite(v) ? number_short(v, digits).text : NULL, false);
}

static size_t rows_of(const struct table *t)
{
    return t->columns ? t->cells / t->columns : 0;
}

static const char *shown(const struct table_cell *c)
{
    return c->text ? c->text : "-";
}

void table_tsv(const struct table *t, struct buf *out)
{
    for (size_t i = 0; i < t->columns; i++)
        buf_printf(out, "%s%s", i ? "\t" : "", t->column[i]);
    buf_str(out, "\n");
    for (size_t r = 0; r < rows_of(t); r++)
        for (size_t i = 0; i < t->columns; i++)
            buf_printf(out, "%s%s", shown(&t->cell[r * t->columns + i]),
                       i + 1 < t->columns ? "\t" : "\n");
}

static void put_string(struct buf *out, const char *text)
{
    buf_str(out, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_str(out, "\\");
        buf_add(out, text, 1);
    }
    buf_str(out, "\"");
}

void table_json(const struct table *t, struct buf *out)
{
    buf_str(out, "[");
    for (size_t r = 0; r < rows_of(t); r++) {
        buf_str(out, r ? ",\n {" : "\n {");
        for (size_t i = 0; i < t->columns; i++) {
            const struct table_cell *c = &t->cell[r * t->columns + i];
            buf_str(out, i ? ", " : "");
            put_string(out, t->column[i]);
            buf_str(out, ": ");
            if (!c->text)
                buf_str(out, "null");
            else if (c->words)
                put_string(out, c->text);
            else
                buf_str(out, c->text);
        }
        buf_str(out, "}");
    }
    buf_str(out, "\n]\n");
}

static void put_padded(struct buf *out, const char *text, int width, bool left, bool last)
{
    int pad = width - text_width(text);
    pad = pad > 0 ? pad : 0;
    if (left)
        buf_printf(out, "%s%*s", text, last ? 0 : pad, "");
    else
        buf_printf(out, "%*s%s", pad, "", text);
    buf_str(out, last ? "\n" : "  ");
}

void table_text(const struct table *t, struct buf *out)
{
    int width[TABLE_MAX_COLUMNS];
    size_t rows = rows_of(t);
    for (size_t i = 0; i < t->columns; i++) {
        width[i] = text_width(t->column[i]);
        for (size_t r = 0; r < rows; r++) {
            int w = text_width(shown(&t->cell[r * t->columns + i]));
            width[i] = w > width[i] ? w : width[i];
        }
    }
    for (size_t i = 0; i < t->columns; i++)
        put_padded(out, t->column[i], width[i], rows && t->cell[i].words, i + 1 == t->columns);
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < t->columns; i++) {
            const struct table_cell *c = &t->cell[r * t->columns + i];
            put_padded(out, shown(c), width[i], c->words, i + 1 == t->columns);
        }
}

enum status table_ok(const struct table *t, const struct buf *out, struct err *err)
{
    return t->failed || !buf_ok(out) ? err_nomem(err) : STATUS_OK;
}
