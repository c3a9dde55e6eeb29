/*
 * What speakers are exchanged and drawn within (strata.h), from the speaker table's columns in a
 * count file or from a table beside it.
 */
#include "config.h"

#include "inference/strata.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/list.h"
#include "base/mem.h"
#include "corpus/speakers.h"

/* Column NAME of the count file's speakers, or NULL and ERR. */
static const struct counts_column *strata_find(const struct counts *c, const char *name,
                                               struct err *err)
{
    char list[256] = "none";
    char *known[QUERY_MAX_FACTORS];
    uint32_t n = 0;
    int column = counts_find_column(c, name);
    if (column >= 0)
        return &c->column[column];
    for (; n < c->columns && n < QUERY_MAX_FACTORS; n++)
        known[n] = c->column[n].name;
    if (n)
        list_names(list, sizeof list, known, n);
    err_set(
        err, STATUS_NOTFOUND,
        "%s: its speakers have no column '%.80s' (there are: %s; --speakers FILE reads a table)",
        c->path, name, list);
    return NULL;
}

/* What TABLE says of SPEAKER in its column number COLUMN. */
static enum status strata_table_value(const struct speakers *table, uint32_t column,
                                      const char *speaker, const char *path, const char **value,
                                      struct err *err)
{
    uint32_t s = speakers_find(table, speaker);
    if (s == NAMES_NONE)
        return err_set(err, STATUS_MISMATCH, "%s: speaker '%.80s' of the count file is not listed",
                       path, speaker);
    *value = table->value[(size_t)s * table->column.count + column];
    return STATUS_OK;
}

/* Values of column NAME of the table at PATH, by the levels of the factor F, into VALUES, numbered
 * in STRATUM [levels]. */
static enum status strata_read(const struct counts_factor *f, const char *path, const char *name,
                               struct names *values, uint32_t *stratum, struct err *err)
{
    struct speakers table = {0};
    char list[256];
    uint32_t column = NAMES_NONE;
    const char *value = "";
    enum status code = speakers_open(&table, path, err);
    if (!code && (column = names_find(&table.column, name)) == NAMES_NONE) {
        list_names(list, sizeof list, table.column.name, table.column.count);
        code = err_set(err, STATUS_NOTFOUND, "%s: no column '%.80s' (there are: %s)", path, name,
                       table.column.count ? list : "none");
    }
    for (uint32_t s = 0; s < f->levels && !code; s++) {
        code = strata_table_value(&table, column, f->level[s], path, &value, err);
        if (!code && (stratum[s] = names_add(values, value)) == NAMES_NONE)
            code = err_nomem(err);
    }
    speakers_free(&table);
    return code;
}

enum status strata_of_speakers(const struct counts *c, const char *speakers, const char *name,
                               uint32_t *stratum, uint32_t *strata, struct err *err)
{
    const struct counts_factor *f = &c->factor[counts_find_factor(c, "speaker")];
    struct names values = NAMES_INIT;
    enum status code = STATUS_OK;
    if (speakers) {
        code = strata_read(f, speakers, name, &values, stratum, err);
    } else {
        const struct counts_column *column = strata_find(c, name, err);
        code = column ? STATUS_OK : STATUS_NOTFOUND;
        for (uint32_t s = 0; s < f->levels && !code; s++)
            if ((stratum[s] = names_add(&values, column->value[s])) == NAMES_NONE)
                code = err_nomem(err);
    }
    *strata = values.count;
    names_free(&values);
    return code;
}

const char *strata_column(const struct counts *c, const char *asked, const char *speakers)
{
    const char *name = asked ? asked : speakers ? "" : c->strata;
    return name && name[0] && strcmp(name, "none") != 0 ? name : NULL;
}

enum status strata_of_levels(const struct analysis *a, uint32_t owner, const char *by,
                             uint32_t *stratum, uint32_t *strata, struct err *err)
{
    const struct counts *c = a->counts;
    int level = counts_find_factor(c, by);
    struct query_rows rows = {0};
    memset(stratum, 0, c->factor[owner].levels * sizeof *stratum);
    *strata = 1;
    if (level < 0)
        return STATUS_OK;
    const uint32_t factor[] = {owner, (uint32_t)level};
    enum status code = query_rows(&rows, c, &a->filters, factor, 2, err);
    for (uint32_t r = 0; r < rows.rows && !code; r++) {
        const int32_t *key = rows.level + (size_t)r * 2;
        stratum[key[0]] = (uint32_t)key[1] + 1;
    }
    *strata = c->factor[level].levels + 1;
    query_rows_free(&rows);
    return code;
}
