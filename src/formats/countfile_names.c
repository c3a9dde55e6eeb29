/*
 * Lists of names in the metadata of a count file (propneu-counts(5)), JSON arrays: the levels of a
 * factor, and what the table of speakers says of each level of the factor speaker.
 */
#include "config.h"

#include "formats/countfile_about.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/names.h"

#define COLUMN_PREFIX "speaker."

/* The texts of the JSON array JSON, metadata KEY, as *LIST [*COUNT]. */
static enum status counts_read_texts(struct counts *c, const char *key, const char *json,
                                     char ***list, uint32_t *count, struct err *err)
{
    enum status code = STATUS_OK;
    json_error_t where;
    char **text = NULL;
    json_t *a = json_loads(json, 0, &where);
    size_t n = json_array_size(a);
    if (!json_is_array(a) || n > INT32_MAX)
        code = counts_bad(c, err, "metadata '%.200s' is not a JSON list of names", key);
    else if (!(text = counts_alloc(c, n, sizeof *text)))
        code = err_nomem(err);
    for (size_t i = 0; i < n && !code; i++) {
        const char *name = json_string_value(json_array_get(a, i));
        if (!name)
            code = counts_bad(c, err, "metadata '%.200s': entry %zu is not a name", key, i);
        else if (!(text[i] = counts_text(c, name)))
            code = err_nomem(err);
    }
    json_decref(a);
    if (!code) {
        *list = text;
        *count = (uint32_t)n;
    }
    return code;
}

/* The level names of factor F: distinct ones. */
static enum status counts_read_levels(struct counts *c, struct counts_factor *f, struct err *err)
{
    struct names seen = NAMES_INIT;
    char key[300];
    const char *json;
    snprintf(key, sizeof key, "levels.%s", f->name);
    enum status code = counts_meta(c, key, &json, err);
    if (!code)
        code = counts_read_texts(c, key, json, &f->level, &f->levels, err);
    for (uint32_t i = 0; !code && i < f->levels; i++)
        if (names_add(&seen, f->level[i]) == NAMES_NONE)
            code = err_nomem(err);
        else if (seen.count != i + 1)
            code =
                counts_bad(c, err, "metadata '%.200s': '%.200s' appears twice", key, f->level[i]);
    names_free(&seen);
    return code;
}

enum status counts_read_factor_names(struct counts *c, struct err *err)
{
    const char *names;
    enum status code = counts_meta(c, "factors", &names, err);
    if (code)
        return code;
    if (!(c->factor = counts_alloc(c, COUNTS_MAX_FACTORS, sizeof *c->factor)))
        return err_nomem(err);
    while (*names) {
        size_t n = strcspn(names, ",");
        if (n == 0 || n > 200 || c->factors == COUNTS_MAX_FACTORS)
            return counts_bad(c, err, "metadata 'factors' is not a list of up to %d names",
                              COUNTS_MAX_FACTORS);
        struct counts_factor *f = &c->factor[c->factors];
        if (!(f->name = counts_alloc(c, n + 1, 1)))
            return err_nomem(err);
        memcpy(f->name, names, n);
        if (counts_find_factor(c, f->name) >= 0)
            return counts_bad(c, err, "factor '%s' appears twice", f->name);
        if ((code = counts_read_levels(c, f, err)))
            return code;
        c->factors++;
        names += n + (names[n] == ',');
    }
    return STATUS_OK;
}

/* One column, metadata KEY: as many values as there are SPEAKERS. */
static enum status counts_read_column(struct counts *c, const char *key, const char *json,
                                      uint32_t speakers, struct err *err)
{
    struct counts_column *column = &c->column[c->columns];
    uint32_t values;
    enum status code = counts_read_texts(c, key, json, &column->value, &values, err);
    if (code)
        return code;
    if (values != speakers)
        return counts_bad(c, err, "metadata '%.200s' has %u values for %u speakers", key, values,
                          speakers);
    column->name = counts_text(c, key + strlen(COLUMN_PREFIX));
    if (!column->name)
        return err_nomem(err);
    c->columns++;
    return STATUS_OK;
}

enum status counts_read_columns(struct counts *c, struct err *err)
{
    const char *strata = tensors_meta(&c->file, "speaker_strata");
    int speaker = counts_find_factor(c, "speaker");
    enum status code = STATUS_OK;
    c->column = counts_alloc(c, COUNTS_MAX_COLUMNS, sizeof *c->column);
    c->strata = counts_text(c, strata ? strata : "");
    if (!c->column || !c->strata)
        return err_nomem(err);
    for (size_t i = 0; i < c->file.metas && !code; i++) {
        const char *key = c->file.meta[2 * i];
        if (strncmp(key, COLUMN_PREFIX, strlen(COLUMN_PREFIX)) != 0)
            continue;
        if (speaker < 0)
            code = counts_bad(c, err, "metadata '%.200s', but there is no factor speaker", key);
        else if (!key[strlen(COLUMN_PREFIX)] || c->columns == COUNTS_MAX_COLUMNS)
            code = counts_bad(c, err, "metadata 'speaker.COLUMN' are not up to %d names",
                              COUNTS_MAX_COLUMNS);
        else
            code =
                counts_read_column(c, key, c->file.meta[2 * i + 1], c->factor[speaker].levels, err);
    }
    if (!code && *c->strata && counts_find_column(c, c->strata) < 0)
        code = counts_bad(c, err,
                          "metadata 'speaker_strata' is '%.200s', but there is no "
                          "'speaker.%.200s'",
                          c->strata, c->strata);
    return code;
}
