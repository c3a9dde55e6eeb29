/*
 * TSV with a heading, row by row.
 */
#include "config.h"

#include "formats/columns_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Without what follows the last end of a line, where the file is still being written. */
static size_t columns_text_size(const struct columns_text *c)
{
    size_t n = c->file.size;
    while (c->grows && n > 0 && c->file.data[n - 1] != '\n')
        n--;
    return n;
}

enum status columns_text_open(struct columns_text *c, const char *path, bool grows, struct err *err)
{
    struct span heading;
    *c = (struct columns_text){.path = path, .name = NAMES_INIT, .grows = grows};
    enum status code = mapped_open(&c->file, path, err);
    if (code)
        return code;
    if (grows)
        mapped_may_change(&c->file);
    code = lines_begin(&c->lines, c->file.data, columns_text_size(c), path, err);
    if (code)
        return code;
    if (!lines_next(&c->lines, &heading))
        return err_set(err, STATUS_FORMAT, "%s: is empty", path);
    size_t n = span_split(heading, '\t', c->field, COLUMNS_TEXT_MAX + 1);
    if (n > COLUMNS_TEXT_MAX)
        return err_set(err, STATUS_FORMAT, "%s:1: more than %d columns", path, COLUMNS_TEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        char *name = span_copy(c->field[i]);
        uint32_t at = name ? names_add(&c->name, name) : NAMES_NONE;
        code = at == NAMES_NONE ? err_nomem(err)
               : at < i ? err_set(err, STATUS_FORMAT, "%s:1: two columns '%.40s'", path, name)
                        : STATUS_OK;
        free(name);
        if (code)
            return code;
    }
    return STATUS_OK;
}

void columns_text_close(struct columns_text *c)
{
    names_free(&c->name);
    mapped_close(&c->file);
    c->file = (struct mapped){NULL, 0};
}

int columns_text_find(const struct columns_text *c, const char *name)
{
    uint32_t i = names_find(&c->name, name);
    return i == NAMES_NONE ? -1 : (int)i;
}

enum status columns_text_need(const struct columns_text *c, const char *name, int *column,
                              struct err *err)
{
    *column = columns_text_find(c, name);
    if (*column >= 0)
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT, "%s:1: no column '%s' (the first is '%.40s')", c->path, name,
                   c->name.count ? c->name.name[0] : "");
}

enum status columns_text_next(struct columns_text *c, bool *there, struct err *err)
{
    struct span line;
    *there = false;
    while (!*there && lines_next(&c->lines, &line)) {
        size_t n = span_split(line, '\t', c->field, COLUMNS_TEXT_MAX + 1);
        if (n > 0 && n != c->name.count)
            return err_set(err, STATUS_FORMAT, "%s:%zu: %zu fields, the heading has %u", c->path,
                           c->lines.number, n, c->name.count);
        *there = n > 0;
    }
    return STATUS_OK;
}

static bool columns_text_missing(struct span s)
{
    return s.n == 0 || (s.n == 1 && s.s[0] == '-');
}

enum status columns_text_real(const struct columns_text *c, int column, double *out,
                              struct err *err)
{
    *out = NAN;
    if (column < 0 || columns_text_missing(c->field[column]) || span_number(c->field[column], out))
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT, "%s:%zu: %s is not a number: '%.*s'", c->path,
                   c->lines.number, c->name.name[column],
                   c->field[column].n < 40 ? (int)c->field[column].n : 40, c->field[column].s);
}

enum status columns_text_words(const struct columns_text *c, int column, char **out,
                               struct err *err)
{
    *out = NULL;
    if (column < 0 || columns_text_missing(c->field[column]))
        return STATUS_OK;
    *out = span_copy(c->field[column]);
    return *out ? STATUS_OK : err_nomem(err);
}
