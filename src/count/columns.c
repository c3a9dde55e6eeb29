/*
 * The columns of the speaker table, from files that are added or from the table itself, and as the
 * count file has them: one value for each level of the factor speaker.
 */
#include "config.h"

#include "count/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void columns_free(struct columns *c)
{
    for (size_t i = 0; i < (size_t)c->speaker.count * COUNTS_MAX_COLUMNS; i++)
        free(c->value[i]);
    free(c->value);
    free(c->strata);
    names_free(&c->speaker);
    names_free(&c->column);
    *c = (struct columns){.value = NULL};
}

/* The place of a value, made if SPEAKER or COLUMN is new; NULL without memory or room. */
static char **columns_place(struct columns *c, const char *speaker, const char *column)
{
    uint32_t known = c->speaker.count, s, k;
    size_t need = ((size_t)known + 1) * COUNTS_MAX_COLUMNS;
    if (!mem_grow(&c->value, &c->cap, need, sizeof *c->value))
        return NULL;
    for (size_t i = need - COUNTS_MAX_COLUMNS; i < need; i++)
        c->value[i] = NULL;
    if ((s = names_add(&c->speaker, speaker)) == NAMES_NONE ||
        (k = names_add(&c->column, column)) == NAMES_NONE || k >= COUNTS_MAX_COLUMNS)
        return NULL;
    return &c->value[(size_t)s * COUNTS_MAX_COLUMNS + k];
}

bool columns_put(struct columns *c, const char *speaker, const char *column, const char *value)
{
    char *name = mem_strndup(column, strlen(column));
    if (!name)
        return false;
    counts_clean(name);
    char **place = columns_place(c, speaker, name);
    free(name);
    if (!place || !*value)
        return place;
    free(*place);
    if ((*place = mem_strndup(value, strlen(value))))
        counts_clean(*place);
    return *place;
}

const char *columns_get(const struct columns *c, const char *speaker, uint32_t column)
{
    uint32_t s = names_find(&c->speaker, speaker);
    const char *value = s == NAMES_NONE ? NULL : c->value[(size_t)s * COUNTS_MAX_COLUMNS + column];
    return value ? value : "";
}

/* The first of FILE [N] with a value in the column NAME for SPEAKER: one is known to have it. */
static const struct counts *columns_source(const struct counts *file, const char *name,
                                           const char *speaker)
{
    for (;; file++) {
        int f = counts_find_factor(file, "speaker"), k = counts_find_column(file, name);
        int level = f < 0 ? -1 : counts_find_level(file, (uint32_t)f, speaker);
        if (k >= 0 && level >= 0 && *file->column[k].value[level])
            return file;
    }
}

/* Column K of FILE [N]. */
static enum status columns_add_column(struct columns *out, const struct counts *file, size_t n,
                                      uint32_t k, struct err *err)
{
    const struct counts *c = &file[n];
    const struct counts_column *column = &c->column[k];
    const struct counts_factor *speakers = &c->factor[counts_find_factor(c, "speaker")];
    if (names_add(&out->column, column->name) >= COUNTS_MAX_COLUMNS)
        return err_set(err, STATUS_UNSUPPORTED, "%s: more than %d columns of speakers", c->path,
                       COUNTS_MAX_COLUMNS);
    uint32_t at = names_find(&out->column, column->name);
    for (uint32_t s = 0; s < speakers->levels; s++) {
        const char *speaker = speakers->level[s], *value = column->value[s];
        const char *known = columns_get(out, speaker, at);
        if (*value && *known && strcmp(value, known) != 0)
            return err_set(err, STATUS_MISMATCH,
                           "%s cannot be added to %s: %.60s of speaker %.60s is '%.60s', not "
                           "'%.60s'",
                           c->path, columns_source(file, column->name, speaker)->path, column->name,
                           speaker, value, known);
        if (!columns_put(out, speaker, column->name, value))
            return err_nomem(err);
    }
    return STATUS_OK;
}

enum status columns_unite(struct columns *out, const struct counts *file, size_t n, struct err *err)
{
    struct columns all = {.value = NULL};
    const struct counts *first = NULL; /* that says by what to make strata */
    enum status code = STATUS_OK;
    for (size_t i = 0; i < n && !code; i++) {
        for (uint32_t k = 0; k < file[i].columns && !code; k++)
            code = columns_add_column(&all, file, i, k, err);
        if (code || !file[i].strata || !*file[i].strata)
            continue;
        if (first && strcmp(first->strata, file[i].strata) != 0)
            code = err_set(err, STATUS_MISMATCH,
                           "%s cannot be added to %s: strata are by '%.60s', not '%.60s'",
                           file[i].path, first->path, file[i].strata, first->strata);
        first = first ? first : &file[i];
    }
    if (!code && first && !(all.strata = mem_strndup(first->strata, strlen(first->strata))))
        code = err_nomem(err);
    if (code)
        columns_free(&all);
    else
        *out = all;
    return code;
}

bool columns_describe(const struct columns *c, struct counts *out)
{
    int speaker = counts_find_factor(out, "speaker");
    out->columns = 0;
    out->column = NULL;
    out->strata = NULL;
    if (!c || speaker < 0)
        return true;
    const struct counts_factor *f = &out->factor[speaker];
    if (!(out->column = counts_alloc(out, c->column.count, sizeof *out->column)))
        return false;
    for (uint32_t k = 0; k < c->column.count; k++) {
        struct counts_column *column = &out->column[out->columns++];
        column->name = c->column.name[k];
        if (!(column->value = counts_alloc(out, f->levels, sizeof *column->value)))
            return false;
        for (uint32_t s = 0; s < f->levels; s++)
            column->value[s] = (char *)(uintptr_t)columns_get(c, f->level[s], k);
    }
    out->strata = c->strata;
    return true;
}
