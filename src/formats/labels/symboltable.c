/*
 * Symbol tables: the numbers that Kaldi's alignments are written in, and what they mean.
 */
#include "config.h"

#include "formats/labels/symboltable.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/numeral.h"
#include "formats/lines.h"

/* Gives number INDEX its label. */
static enum status symbol_table_add(struct label_table *t, size_t *cap, size_t index,
                                    struct span label, const char *name, size_t line,
                                    struct err *err)
{
    if (!mem_grow(&t->label, cap, index + 1, sizeof *t->label))
        return err_nomem(err);
    while (t->count <= index)
        t->label[t->count++] = NULL;
    if (t->label[index])
        return err_set(err, STATUS_FORMAT, "%s: line %zu: number %zu is '%.60s' already", name,
                       line, index, t->label[index]);
    t->label[index] = span_copy(label);
    return t->label[index] ? STATUS_OK : err_nomem(err);
}

enum status symbol_table_parse(struct label_table *out, const void *bytes, size_t size,
                               const char *name, struct err *err)
{
    struct label_table t = {NULL, 0};
    struct lines lines;
    struct span line, field[3];
    size_t cap = 0;
    enum status code = lines_begin(&lines, bytes, size, name, err);
    while (!code && lines_next(&lines, &line)) {
        size_t n = span_split(line, span_divider(line), field, 3);
        double index = -1;
        if (n == 0)
            continue;
        if (n != 2 || !span_number(field[1], &index) || !(index >= 0) || index > LABEL_TABLE_MAX ||
            index != (double)(size_t)index)
            code = err_set(err, STATUS_FORMAT,
                           "%s: line %zu: not a label and its number (up to %d); a label table is "
                           "that, as Kaldi's phones.txt, or JSON",
                           name, lines.number, LABEL_TABLE_MAX);
        else
            code = symbol_table_add(&t, &cap, (size_t)index, field[0], name, lines.number, err);
    }
    if (!code && t.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no labels in this table", name);
    if (code)
        label_table_free(&t);
    else
        *out = t;
    return code;
}

bool label_table_name(const struct label_table *t, const char *label, const char **out)
{
    unsigned long index;
    *out = label;
    if (!t->count || !*label || strspn(label, "0123456789") != strlen(label))
        return true;
    if (!numeral_unsigned(label, 0, LABEL_TABLE_MAX, &index) || index >= t->count ||
        !t->label[index])
        return false;
    *out = t->label[index];
    return true;
}
