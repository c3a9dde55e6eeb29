/*
 * What may be exchanged (exchange.h): Good (2005) and Winkler et al. (2015) on exchangeable units;
 * why tokens stay within their speaker and utterance, Harris (2020).
 */
#include "config.h"

#include "inference/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/list.h"
#include "base/mem.h"
#include "corpus/speakers.h"
#include "inference/tokenunits.h"

const char *exchange_name(enum exchange_kind kind)
{
    static const char *const name[] = {"classes", "speakers", "tokens", "utterances"};
    return name[kind];
}

/* Column NAME of the count file's speakers, or NULL and ERR. */
static const struct counts_column *exchange_column(const struct counts *c, const char *name,
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
static enum status exchange_table_value(const struct speakers *table, uint32_t column,
                                        const char *speaker, const char *path, const char **value,
                                        struct err *err)
{
    uint32_t s = names_find(&table->speaker, speaker);
    if (s == NAMES_NONE)
        return err_set(err, STATUS_MISMATCH, "%s: speaker '%.80s' of the count file is not listed",
                       path, speaker);
    *value = table->value[(size_t)s * table->column.count + column];
    return STATUS_OK;
}

/* Values of column NAME of the table at PATH, by the levels of the factor F, into VALUES, numbered
 * in STRATUM [levels]. */
static enum status exchange_read_strata(const struct counts_factor *f, const char *path,
                                        const char *name, struct names *values, uint32_t *stratum,
                                        struct err *err)
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
        code = exchange_table_value(&table, column, f->level[s], path, &value, err);
        if (!code && (stratum[s] = names_add(values, value)) == NAMES_NONE)
            code = err_nomem(err);
    }
    speakers_free(&table);
    return code;
}

/* The strata of the speakers, by column NAME, numbered into STRATUM [levels of the factor
 * speaker]; their number into *STRATA. */
static enum status exchange_number_strata(const struct counts *c, const struct exchange_options *o,
                                          const char *name, uint32_t *stratum, uint32_t *strata,
                                          struct err *err)
{
    const struct counts_factor *f = &c->factor[counts_find_factor(c, "speaker")];
    struct names values = NAMES_INIT;
    enum status code = STATUS_OK;
    if (o->speakers) {
        code = exchange_read_strata(f, o->speakers, name, &values, stratum, err);
    } else {
        const struct counts_column *column = exchange_column(c, name, err);
        code = column ? STATUS_OK : STATUS_NOTFOUND;
        for (uint32_t s = 0; s < f->levels && !code; s++)
            if ((stratum[s] = names_add(&values, column->value[s])) == NAMES_NONE)
                code = err_nomem(err);
    }
    *strata = values.count;
    names_free(&values);
    return code;
}

/* What speakers are exchanged within: --strata, else what the file says, else nothing. */
static const char *exchange_strata(const struct counts *c, const struct exchange_options *o)
{
    const char *name = o->strata ? o->strata : o->speakers ? "" : c->strata;
    return name && name[0] && strcmp(name, "none") != 0 ? name : NULL;
}

static enum status exchange_speakers(struct exchange *x, const struct analysis *a,
                                     const struct exchange_options *o, struct err *err)
{
    const struct units *u = &x->units;
    const char *name = exchange_strata(a->counts, o);
    uint32_t *of_speaker = mem_zeros(u->owners, sizeof *of_speaker), strata = 1;
    uint32_t *stratum = mem_zeros(u->units, sizeof *stratum);
    enum status code = of_speaker && stratum ? STATUS_OK : err_nomem(err);
    if (!code && name)
        code = exchange_number_strata(a->counts, o, name, of_speaker, &strata, err);
    for (uint32_t i = 0; i < u->units && !code; i++)
        stratum[i] = of_speaker[u->owner[i]];
    snprintf(x->strata, sizeof x->strata, "%s", name ? name : "none");
    if (!code)
        code = labelings_init(&x->labelings, u->units, u->slot, u->slots, stratum, strata, o->draws,
                              o->seed, err);
    free(of_speaker);
    free(stratum);
    return code;
}

/* The gender of each group of the property speaker, into GENDER [groups]; their number. */
static enum status exchange_genders(const struct analysis *a, const struct property *p,
                                    uint32_t *gender, uint32_t *genders, struct err *err)
{
    const struct counts *c = a->counts;
    int speaker = counts_find_factor(c, "speaker"), by = counts_find_factor(c, "gender");
    struct query_rows rows = {0};
    *genders = 1;
    if (by < 0)
        return STATUS_OK;
    const uint32_t factor[] = {(uint32_t)speaker, (uint32_t)by};
    enum status code = query_rows(&rows, c, &a->filters, factor, 2, err);
    for (uint32_t r = 0; r < rows.rows && !code; r++) {
        const int32_t *key = rows.level + (size_t)r * 2;
        uint32_t g = names_find(&p->group, c->factor[speaker].level[key[0]]);
        if (g != NAMES_NONE)
            gender[g] = (uint32_t)key[1] + 1; /* 0: not known */
    }
    *genders = c->factor[by].levels + 1;
    query_rows_free(&rows);
    return code;
}

/* Utterances among the speakers of one gender, where the file knows it. */
static enum status exchange_utterances(struct exchange *x, const struct analysis *a,
                                       const struct exchange_options *o, struct err *err)
{
    const struct units *u = &x->units;
    uint32_t *gender = mem_zeros(u->slots, sizeof *gender), genders = 1;
    uint32_t *stratum = mem_zeros(u->units, sizeof *stratum);
    enum status code = gender && stratum ? exchange_genders(a, u->property, gender, &genders, err)
                                         : err_nomem(err);
    for (uint32_t i = 0; i < u->units && !code; i++)
        stratum[i] = gender[u->slot[i]];
    if (!code) {
        snprintf(x->strata, sizeof x->strata, "%s", genders > 1 ? "gender" : "none");
        code = labelings_init(&x->labelings, u->units, u->slot, u->slots, stratum, genders,
                              o->draws, o->seed, err);
    }
    free(gender);
    free(stratum);
    return code;
}

/* Groups of phones: every assignment that keeps their sizes. */
static enum status exchange_classes(struct exchange *x, const struct property *p,
                                    const struct exchange_options *o, struct err *err)
{
    uint32_t *group = mem_array(p->points, sizeof *group);
    if (!group)
        return err_nomem(err);
    for (uint32_t k = 0; k < p->points; k++)
        group[k] = p->point[k].group;
    snprintf(x->strata, sizeof x->strata, "none");
    x->kind = EXCHANGE_CLASSES;
    enum status code =
        labelings_init(&x->labelings, p->points, group, p->groups, NULL, 1, o->draws, o->seed, err);
    free(group);
    return code;
}

/* Exchanges units of a factor: of speakers where it is constant within them, else tokens. */
static enum status exchange_by_factor(struct exchange *x, struct analysis *a, const char *property,
                                      const struct exchange_options *o, struct err *err)
{
    bool speaker = strcmp(property, "speaker") == 0;
    enum status code = units_make(&x->units, a, property, speaker ? "utterance" : "speaker", err);
    if (code)
        return code;
    x->kind = speaker ? EXCHANGE_UTTERANCES : EXCHANGE_SPEAKERS;
    if (speaker && !x->units.constant)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: utterances of more than one speaker cannot be exchanged",
                       a->counts->path);
    if (speaker)
        return exchange_utterances(x, a, o, err);
    if (x->units.constant)
        return exchange_speakers(x, a, o, err);
    x->kind = EXCHANGE_TOKENS;
    units_free(&x->units);
    return err_set(err, STATUS_UNSUPPORTED,
                   "%s: %s varies within speakers: its null exchanges tokens, which count "
                   "--tokens keeps",
                   a->counts->path, property);
}

enum status exchange_make(struct exchange *x, struct analysis *a, const char *property,
                          const struct exchange_options *o, struct err *err)
{
    const struct property *p;
    struct exchange made = {.kind = EXCHANGE_CLASSES};
    int by = counts_find_factor(a->counts, property);
    enum status code = analysis_property(a, property, &p, err);
    if (code)
        return code;
    if (strcmp(property, "each-phone") == 0)
        code = err_set(err, STATUS_UNSUPPORTED,
                       "each-phone: every phone is a group of its own, nothing can be exchanged");
    else if (by < 0 || strcmp(property, "phone") == 0)
        code = exchange_classes(&made, p, o, err);
    else
        code = exchange_by_factor(&made, a, property, o, err);
    if (code)
        exchange_free(&made);
    else
        *x = made;
    return code;
}

void exchange_free(struct exchange *x)
{
    labelings_free(&x->labelings);
    units_free(&x->units);
    if (x->tokens)
        token_units_free(x->tokens);
    free(x->tokens);
    *x = (struct exchange){.kind = EXCHANGE_CLASSES};
}

void exchange_resample(const struct exchange *x, struct analysis *a, const char *property,
                       struct resample *r)
{
    r->analysis = a;
    r->property = property;
    r->units = x->units.units ? &x->units : NULL;
    r->tokens = x->tokens;
    r->draw = resample_labels;
    r->context = &x->labelings;
    r->weighted = false;
}
