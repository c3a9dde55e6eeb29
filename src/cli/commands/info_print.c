/*
 * Printing what info found: a JSON object as indented text with its arrays as tables, or as TSV.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands/info.h"
#include "base/buf.h"
#include "base/number.h"
#include "base/text.h"
#include "formats/jsontext.h"

/* Lists of words are broken here, as most terminals are this wide. */
#define TEXT_WIDTH 79

/* A key as people read it: blanks for underscores. */
static void add_key(struct buf *b, const char *key)
{
    struct buf name = BUF_INIT;
    text_show(&name, key);
    for (size_t i = 0; i < name.len; i++)
        buf_add(b, name.data[i] == '_' ? " " : &name.data[i], 1);
    b->failed |= !buf_ok(&name);
    buf_free(&name);
}

/* A value for people: six digits, yes or no, and "-" for null. */
static void add_scalar(struct buf *b, const json_t *v)
{
    if (json_is_string(v))
        text_show(b, json_string_value(v));
    else if (json_is_integer(v))
        buf_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    else if (json_is_real(v))
        buf_str(b, number_short(json_real_value(v), 6).text);
    else if (json_is_boolean(v))
        buf_str(b, json_is_true(v) ? "yes" : "no");
    else
        buf_str(b, "-");
}

static void info_print_pad(struct buf *b, size_t from, size_t to)
{
    for (; from < to; from++)
        buf_str(b, " ");
}

static bool is_table(const json_t *v)
{
    return json_is_array(v) && json_is_object(json_array_get(v, 0));
}

/* Words of the array V from column COLUMN on, broken at TEXT_WIDTH. */
static void add_words(struct buf *b, const json_t *v, size_t column)
{
    size_t i, at = column;
    const json_t *item;
    struct buf word = BUF_INIT;
    json_array_foreach(v, i, item)
    {
        buf_clear(&word);
        if (json_is_array(item)) /* a shape */
            add_words(&word, item, 0);
        else
            add_scalar(&word, item);
        size_t n = (size_t)text_width(buf_text(&word));
        if (i && at + 1 + n > TEXT_WIDTH) {
            buf_str(b, "\n");
            info_print_pad(b, 0, column);
            at = column;
        } else if (i) {
            buf_str(b, " ");
            at++;
        }
        buf_add(b, buf_text(&word), word.len);
        at += n;
    }
    buf_free(&word);
}

static void add_cell(struct buf *b, const json_t *v)
{
    if (json_is_array(v))
        add_words(b, v, 0);
    else
        add_scalar(b, v);
}

/* An array of objects with the same keys, under a line of headings. */
static void add_table(struct buf *b, const json_t *rows)
{
    size_t i, column = 0, width[16] = {0}, columns = json_object_size(json_array_get(rows, 0));
    const char *key;
    json_t *row, *v;
    struct buf cell = BUF_INIT;
    if (columns > 16)
        columns = 16;
    /* Row -1 is the headings; the first pass measures, the second writes. */
    for (int pass = 0; pass < 2; pass++)
        for (i = 0; i <= json_array_size(rows); i++) {
            row = json_array_get(rows, i ? i - 1 : 0);
            column = 0;
            json_object_foreach(row, key, v)
            {
                if (column == columns)
                    break;
                buf_clear(&cell);
                if (i)
                    add_cell(&cell, v);
                else
                    add_key(&cell, key);
                size_t n = (size_t)text_width(buf_text(&cell));
                if (!pass) {
                    width[column] = n > width[column] ? n : width[column];
                } else {
                    bool number = json_is_number(v), last = column + 1 == columns;
                    buf_str(b, "  ");
                    info_print_pad(b, n, number ? width[column] : n);
                    buf_add(b, buf_text(&cell), cell.len);
                    info_print_pad(b, n, number || last ? n : width[column]);
                }
                column++;
            }
            if (pass)
                buf_str(b, "\n");
        }
    buf_free(&cell);
}

/* OBJECT as "key  value" lines with the values in one column; arrays of objects become tables
 * under their key. The table of tensors is long (hundreds of rows) and printed only if ALL. */
static void add_object(struct buf *b, const json_t *object, bool all)
{
    size_t widest = 0;
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)object, key, v)
    {
        size_t n = (size_t)text_width(key);
        widest = !is_table(v) && n > widest ? n : widest;
    }
    json_object_foreach((json_t *)object, key, v)
    {
        if (is_table(v)) {
            if (!all && strcmp(key, "tensors") == 0)
                continue;
            add_key(b, key);
            buf_str(b, "\n");
            add_table(b, v);
            continue;
        }
        add_key(b, key);
        info_print_pad(b, (size_t)text_width(key), widest + 2);
        if (json_is_array(v))
            add_words(b, v, widest + 2);
        else
            add_scalar(b, v);
        buf_str(b, "\n");
    }
}

void info_print_text(const json_t *object, bool all, struct buf *out)
{
    add_object(out, object, all);
}

void info_print_json(const json_t *object, struct buf *out)
{
    char *text = jsontext_dump(object, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    if (text)
        buf_printf(out, "%s\n", text);
    out->failed |= !text;
    free(text);
}

/* Lines of V, called PATH. */
static void add_lines(struct buf *b, const char *path, const json_t *v)
{
    struct buf name = BUF_INIT;
    const char *key;
    json_t *item;
    size_t i;
    if (json_is_object(v)) {
        json_object_foreach((json_t *)v, key, item)
        {
            buf_clear(&name);
            buf_printf(&name, "%s%s%s", path, *path ? "." : "", key);
            add_lines(b, buf_text(&name), item);
        }
    } else if (json_is_array(v)) {
        json_array_foreach(v, i, item)
        {
            buf_clear(&name);
            buf_printf(&name, "%s.%zu", path, i + 1);
            add_lines(b, buf_text(&name), item);
        }
    } else {
        text_escape_tsv(b, path);
        buf_str(b, "\t");
        if (json_is_string(v))
            text_escape_tsv(b, json_string_value(v));
        else
            add_scalar(b, v);
        buf_str(b, "\n");
    }
    buf_free(&name);
}

void info_print_tsv(const json_t *object, struct buf *out)
{
    add_lines(out, "", object);
}
