/*
 * Tables and their writers.  A cell becomes text in one place, put_cell, so that no writer can
 * print another number than the others.
 */
#include "config.h"

#include "report/table.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"

void table_begin(struct table *t, const struct table_form *form, unsigned options)
{
    *t = (struct table){.form = form, .options = options};
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->cells; i++)
        if (table_column(t, i % table_columns(t))->type == TABLE_TEXT && !t->cell[i].missing)
            free(t->cell[i].value.text);
    free(t->cell);
    *t = (struct table)TABLE_INIT;
}

/* True if all options that column C needs are on. */
static bool column_there(const struct table *t, const struct table_column *c)
{
    return (c->with & t->options) == c->with;
}

size_t table_columns(const struct table *t)
{
    size_t n = 0;
    for (size_t i = 0; t->form && i < t->form->columns; i++)
        n += column_there(t, &t->form->column[i]);
    return n;
}

const struct table_column *table_column(const struct table *t, size_t column)
{
    for (size_t i = 0; t->form && i < t->form->columns; i++)
        if (column_there(t, &t->form->column[i]) && column-- == 0)
            return &t->form->column[i];
    return NULL;
}

size_t table_rows(const struct table *t)
{
    size_t columns = table_columns(t);
    return columns ? t->cells / columns : 0;
}

const struct table_cell *table_at(const struct table *t, size_t row, size_t column)
{
    return &t->cell[row * table_columns(t) + column];
}

/* The place of the next cell; NULL where its column is not there, or without memory. */
static struct table_cell *next_cell(struct table *t, enum table_type type)
{
    const struct table_column *c = &t->form->column[t->next];
    assert(c->type == type);
    (void)type;
    t->next = (t->next + 1) % t->form->columns;
    if (!column_there(t, c))
        return NULL;
    if (t->failed || !mem_grow(&t->cell, &t->cap, t->cells + 1, sizeof *t->cell)) {
        t->failed = true;
        return NULL;
    }
    t->cell[t->cells] = (struct table_cell){.missing = true};
    return &t->cell[t->cells++];
}

void table_words(struct table *t, const char *text)
{
    struct table_cell *cell = next_cell(t, TABLE_TEXT);
    if (!cell || !text)
        return;
    cell->value.text = mem_strndup(text, strlen(text));
    cell->missing = !cell->value.text;
    t->failed |= cell->missing;
}

/* A negative count means unknown. */
void table_count(struct table *t, int64_t n)
{
    struct table_cell *cell = next_cell(t, TABLE_INTEGER);
    if (cell && n >= 0)
        *cell = (struct table_cell){.value.integer = n};
}

/* JSON has no NAN and no infinity: they are missing values in all formats. */
void table_real(struct table *t, double v)
{
    struct table_cell *cell = next_cell(t, TABLE_REAL);
    if (cell && isfinite(v))
        *cell = (struct table_cell){.value.real = v};
}

void table_flag(struct table *t, bool set)
{
    struct table_cell *cell = next_cell(t, TABLE_BOOLEAN);
    if (cell)
        *cell = (struct table_cell){.value.integer = set};
}

/* For whom a cell is written. */
enum writer { WRITE_TSV, WRITE_JSON, WRITE_TEXT };

/* TEXT as a JSON string. */
static void put_string(struct buf *out, const char *text)
{
    struct buf b = BUF_INIT;
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_str(&b, "\\");
        buf_add(&b, text, 1);
    }
    buf_str(out, "\"");
    text_escape_json(out, buf_text(&b));
    buf_str(out, "\"");
    out->failed |= !buf_ok(&b);
    buf_free(&b);
}

/* One cell as text. Reals have TABLE_DIGITS significant digits for programs, and the column's
 * fixed number of decimals for people. */
static void put_cell(struct buf *out, const struct table *t, size_t row, size_t column,
                     enum writer writer)
{
    const struct table_column *c = table_column(t, column);
    const struct table_cell *cell = table_at(t, row, column);
    bool json = writer == WRITE_JSON;
    if (cell->missing)
        buf_str(out, json ? "null" : "-");
    else if (c->type == TABLE_TEXT && json)
        put_string(out, cell->value.text);
    else if (c->type == TABLE_TEXT && writer == WRITE_TSV)
        text_escape_tsv(out, cell->value.text);
    else if (c->type == TABLE_TEXT)
        text_show(out, cell->value.text);
    else if (c->type == TABLE_BOOLEAN && json)
        buf_str(out, cell->value.integer ? "true" : "false");
    else if (c->type != TABLE_REAL)
        buf_printf(out, "%lld", (long long)cell->value.integer);
    else if (writer == WRITE_TEXT)
        buf_str(out, number_fixed(cell->value.real, c->places).text);
    else
        buf_str(out, number_short(cell->value.real, TABLE_DIGITS).text);
}

void table_tsv(const struct table *t, struct buf *out)
{
    size_t columns = table_columns(t), rows = table_rows(t);
    for (size_t i = 0; i < columns; i++)
        buf_printf(out, "%s%s", i ? "\t" : "", table_column(t, i)->name);
    buf_str(out, "\n");
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < columns; i++) {
            put_cell(out, t, r, i, WRITE_TSV);
            buf_str(out, i + 1 < columns ? "\t" : "\n");
        }
}

/* The cells of ROW as members of an object, with BETWEEN after each but the last. */
static void put_members(struct buf *out, const struct table *t, size_t row, const char *between)
{
    size_t columns = table_columns(t);
    for (size_t i = 0; i < columns; i++) {
        buf_str(out, i ? between : "");
        put_string(out, table_column(t, i)->name);
        buf_str(out, ": ");
        put_cell(out, t, row, i, WRITE_JSON);
    }
}

/* All rows as a JSON array, an object a line. */
static void put_rows(struct buf *out, const struct table *t)
{
    size_t rows = table_rows(t);
    buf_str(out, "[");
    for (size_t r = 0; r < rows; r++) {
        buf_str(out, r ? ",\n  {" : "\n  {");
        put_members(out, t, r, ", ");
        buf_str(out, "}");
    }
    buf_str(out, rows ? "\n ]" : "]");
}

void table_json(const struct table *t, struct buf *out)
{
    put_rows(out, t);
    buf_str(out, "\n");
}

/* Key NULL: the fields of the only row belong to the document itself. */
void table_document(const struct table *table, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        buf_str(out, i ? ",\n " : "{\n ");
        if (table[i].form->key) {
            put_string(out, table[i].form->key);
            buf_str(out, ": ");
            put_rows(out, &table[i]);
        } else if (table_rows(&table[i])) {
            put_members(out, &table[i], 0, ",\n ");
        }
    }
    buf_str(out, "\n}\n");
}

/* TEXT in WIDTH cells, numbers at the right; the LAST of a line ends it. */
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

/* What stands in COLUMN: its name in line 0, then its rows. */
static const char *line_text(const struct table *t, size_t line, size_t column, struct buf *b)
{
    buf_clear(b);
    if (line == 0)
        buf_str(b, table_column(t, column)->name);
    else
        put_cell(b, t, line - 1, column, WRITE_TEXT);
    return buf_text(b);
}

/* Two passes: the first measures the columns. */
void table_text(const struct table *t, struct buf *out)
{
    struct buf b = BUF_INIT;
    size_t columns = table_columns(t), lines = table_rows(t) + 1;
    int *width = mem_zeros(columns ? columns : 1, sizeof *width);
    for (size_t k = 0; width && k < lines * columns; k++) {
        int w = text_width(line_text(t, k / columns, k % columns, &b));
        width[k % columns] = w > width[k % columns] ? w : width[k % columns];
    }
    for (size_t k = 0; width && k < lines * columns; k++)
        put_padded(out, line_text(t, k / columns, k % columns, &b), width[k % columns],
                   table_column(t, k % columns)->type == TABLE_TEXT, (k + 1) % columns == 0);
    out->failed |= !width || !buf_ok(&b);
    buf_free(&b);
    free(width);
}

enum status table_ok(const struct table *t, const struct buf *out, struct err *err)
{
    return t->failed || (out && !buf_ok(out)) ? err_nomem(err) : STATUS_OK;
}

const char *table_type_name(enum table_type type)
{
    static const char *const name[] = {[TABLE_TEXT] = "text",
                                       [TABLE_INTEGER] = "integer",
                                       [TABLE_REAL] = "real",
                                       [TABLE_BOOLEAN] = "boolean"};
    return name[type];
}
