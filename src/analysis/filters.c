/*
 * Conditions "factor=level,level": parsed against the levels of a count file, kept, compared and
 * written back as text.
 */
#include "config.h"

#include "analysis/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/list.h"
#include "base/mem.h"

void query_filters_free(struct query_filters *f)
{
    for (uint32_t i = 0; i < f->count; i++)
        free(f->filter[i].allow);
    *f = (struct query_filters)QUERY_FILTERS_INIT;
}

enum status query_filters_copy(struct query_filters *to, const struct query_filters *from,
                               struct err *err)
{
    struct query_filters copy = QUERY_FILTERS_INIT;
    for (uint32_t i = 0; i < from->count; i++) {
        const struct query_filter *old = &from->filter[i];
        unsigned char *allow = mem_array(old->levels, 1);
        if (!allow) {
            query_filters_free(&copy);
            return err_nomem(err);
        }
        memcpy(allow, old->allow, old->levels);
        copy.filter[copy.count++] = (struct query_filter){old->factor, old->levels, allow};
    }
    *to = copy;
    return STATUS_OK;
}

static struct query_filter *filters_find(struct query_filters *f, uint32_t factor)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (f->filter[i].factor == factor)
            return &f->filter[i];
    return NULL;
}

/* The filter of FACTOR, made (letting all through) where there is none. */
static enum status find_or_make(struct query_filters *f, const struct counts *c, uint32_t factor,
                                struct query_filter **out, struct err *err)
{
    uint32_t levels = c->factor[factor].levels;
    *out = filters_find(f, factor);
    if (*out)
        return STATUS_OK;
    if (f->count == QUERY_MAX_FACTORS)
        return err_set(err, STATUS_UNSUPPORTED, "more than %d factors in conditions",
                       QUERY_MAX_FACTORS);
    unsigned char *allow = mem_array(levels, 1);
    if (!allow)
        return err_nomem(err);
    memset(allow, 1, levels);
    f->filter[f->count] = (struct query_filter){factor, levels, allow};
    *out = &f->filter[f->count++];
    return STATUS_OK;
}

static void filters_drop(struct query_filters *f, struct query_filter *filter)
{
    free(filter->allow);
    *filter = f->filter[--f->count];
}

static enum status unknown_factor(const struct counts *c, const char *text, size_t len,
                                  struct err *err)
{
    char list[256];
    char *name[QUERY_MAX_FACTORS];
    uint32_t n = 0;
    for (; n < c->factors && n < QUERY_MAX_FACTORS; n++)
        name[n] = c->factor[n].name;
    list_names(list, sizeof list, name, n);
    return err_set(err, STATUS_NOTFOUND, "%s: no factor '%.*s' (there are: %s)", c->path,
                   (int)(len < 80 ? len : 80), text, list);
}

static enum status unknown_level(const struct counts *c, uint32_t factor, const char *level,
                                 struct err *err)
{
    char list[300];
    const struct counts_factor *f = &c->factor[factor];
    list_names(list, sizeof list, f->level, f->levels);
    return err_set(err, STATUS_NOTFOUND, "%s: no %s '%.80s' (there are: %s)", c->path, f->name,
                   level, list);
}

/* Index of the factor named by the LEN bytes at TEXT, or -1. */
static int factor_of(const struct counts *c, const char *text, size_t len)
{
    for (uint32_t i = 0; i < c->factors; i++)
        if (strlen(c->factor[i].name) == len && memcmp(c->factor[i].name, text, len) == 0)
            return (int)i;
    return -1;
}

/* Marks in ALLOW the levels named in LIST ("low,mid"). */
static enum status mark_levels(unsigned char *allow, const struct counts *c, uint32_t factor,
                               const char *list, struct err *err)
{
    for (const char *p = list;;) {
        size_t len = strcspn(p, ",");
        char *word = mem_strndup(p, len);
        if (!word)
            return err_nomem(err);
        int level = counts_find_level(c, factor, strcmp(word, "(sil)") == 0 ? "" : word);
        enum status code = level < 0 ? unknown_level(c, factor, word, err) : STATUS_OK;
        free(word);
        if (code)
            return code;
        allow[level] = 1;
        if (!p[len])
            return STATUS_OK;
        p += len + 1;
    }
}

enum status query_filters_narrow(struct query_filters *f, const struct counts *c, uint32_t factor,
                                 const unsigned char *allow, struct err *err)
{
    struct query_filter *filter;
    enum status code = find_or_make(f, c, factor, &filter, err);
    for (uint32_t i = 0; !code && i < filter->levels; i++)
        filter->allow[i] = filter->allow[i] && allow[i];
    return code;
}

enum status query_filters_add(struct query_filters *f, const struct counts *c, const char *text,
                              struct err *err)
{
    const char *equals = strchr(text, '=');
    if (!equals)
        return err_set(err, STATUS_USAGE, "condition '%.80s': factor=level[,level...] expected",
                       text);
    int factor = factor_of(c, text, (size_t)(equals - text));
    if (factor < 0)
        return unknown_factor(c, text, (size_t)(equals - text), err);
    unsigned char *allow = mem_zeros(c->factor[factor].levels, 1);
    if (!allow)
        return err_nomem(err);
    enum status code = mark_levels(allow, c, (uint32_t)factor, equals + 1, err);
    if (!code)
        code = query_filters_narrow(f, c, (uint32_t)factor, allow, err);
    free(allow);
    return code;
}

enum status query_filters_toggle(struct query_filters *f, const struct counts *c, uint32_t factor,
                                 uint32_t level, struct err *err)
{
    struct query_filter *filter;
    enum status code = find_or_make(f, c, factor, &filter, err);
    if (code)
        return code;
    filter->allow[level] ^= 1;
    for (uint32_t i = 0; i < filter->levels; i++)
        if (!filter->allow[i])
            return STATUS_OK;
    filters_drop(f, filter);
    return STATUS_OK;
}

bool query_filters_allow(const struct query_filters *f, uint32_t factor, int32_t level)
{
    for (uint32_t i = 0; f && i < f->count; i++)
        if (f->filter[i].factor == factor)
            return level >= 0 && f->filter[i].allow[level];
    return true;
}

void query_filters_text(const struct query_filters *f, const struct counts *c, char *text,
                        size_t size)
{
    size_t used = 0;
    if (size)
        text[0] = '\0';
    for (uint32_t i = 0; i < f->count; i++) {
        const struct counts_factor *factor = &c->factor[f->filter[i].factor];
        const char *before = "=";
        if (used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", factor->name);
        for (uint32_t k = 0; k < factor->levels; k++) {
            if (!f->filter[i].allow[k])
                continue;
            if (used < size)
                used += (size_t)snprintf(text + used, size - used, "%s%s", before,
                                         factor->level[k][0] ? factor->level[k] : "(sil)");
            before = "|";
        }
        if (*before == '=' && used < size)
            used += (size_t)snprintf(text + used, size - used, "=(none)");
    }
}
