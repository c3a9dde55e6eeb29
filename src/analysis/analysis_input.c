/*
 * Opening a count file for analysis, and the fields of its options.
 */
#include "config.h"

#include "analysis/analysis_input.h"

#include <string.h>

#define AT(member) offsetof(struct analysis_options, member)

static bool analysis_set_where(void *to, const char *value, const char **wrong)
{
    struct analysis_options *o = to;
    *wrong = "cannot be given more than 16 times";
    if (o->wheres == ANALYSIS_MAX_WHERE)
        return false;
    o->where[o->wheres++] = value;
    return true;
}

static void analysis_get_where(const void *from, const struct field *f, field_each *each,
                               void *context)
{
    const struct analysis_options *o = from;
    for (unsigned i = 0; i < o->wheres; i++)
        each(context, f->name, o->where[i]);
}

static bool analysis_set_compat(void *to, const char *value, const char **wrong)
{
    struct analysis_options *o = to;
    (void)wrong;
    o->params.authors = strcmp(value, "authors") == 0;
    return o->params.authors;
}

static void analysis_get_compat(const void *from, const struct field *f, field_each *each,
                                void *context)
{
    const struct analysis_options *o = from;
    if (o->params.authors)
        each(context, f->name, "authors");
}

static bool analysis_set_select(void *to, const char *value, const char **wrong)
{
    struct analysis_options *o = to;
    (void)wrong;
    o->rule.selector = selector_find(value);
    return o->rule.selector != NULL;
}

static void analysis_get_select(const void *from, const struct field *f, field_each *each,
                                void *context)
{
    const struct analysis_options *o = from;
    const struct selector *s = selection_selector(&o->rule);
    if (s != &selector_paper)
        each(context, f->name, s->name);
}

static bool analysis_set_size(void *to, const char *value, const char **wrong)
{
    struct analysis_options *o = to;
    (void)wrong;
    return selection_size_parse(value, &o->rule.size);
}

static void analysis_get_size(const void *from, const struct field *f, field_each *each,
                              void *context)
{
    const struct analysis_options *o = from;
    char text[SELECTION_SIZE_TEXT];
    selection_size_text(&o->rule.size, text);
    if (o->rule.size.kind != SELECTION_PAPER)
        each(context, f->name, text);
}

const struct field analysis_fields[] = {
    {"sigma", FIELD_SHARE, AT(params.sigma), .takes = "takes a percentage above 0 and up to 100"},
    {"min-frames", FIELD_U64, AT(params.min_frames), "takes a number from 1", 1, UINT32_MAX, NULL,
     NULL},
    {"lambda", FIELD_REAL, AT(lambda), "takes a percentage above 0 and up to 100", 1e-6, 100, NULL,
     NULL},
    {"where", FIELD_OWN, 0, "", 0, 0, analysis_set_where, analysis_get_where},
    {"phones", FIELD_TEXT, AT(phones), .takes = ""},
    {"compat", FIELD_OWN, 0, "takes 'authors'", 0, 0, analysis_set_compat, analysis_get_compat},
    {"select", FIELD_OWN, 0, "is one of" SELECTORS(SELECTOR_LISTED), 0, 0, analysis_set_select,
     analysis_get_select},
    {"size", FIELD_OWN, 0, "is paper, own or a number from 1", 0, 0, analysis_set_size,
     analysis_get_size},
    {.name = NULL},
};

static enum status analysis_set_up(struct analysis *a, const struct analysis_options *o,
                                   struct err *err)
{
    enum status code = STATUS_OK;
    for (unsigned i = 0; i < o->wheres && !code; i++)
        code = query_filters_add(&a->filters, a->counts, o->where[i], err);
    if (!code && o->layer > a->counts->layers)
        code = err_set(err, STATUS_NOTFOUND, "%s: no layer %lu (there are: 1 to %u)",
                       a->counts->path, o->layer, a->counts->layers);
    if (!code && o->params.authors && !selection_is_published(&o->rule))
        code = err_set(err, STATUS_USAGE,
                       "--compat authors and --select exclude each other: the published program "
                       "has one rule");
    analysis_set_params(a, &o->params);
    analysis_set_map(a, &o->map);
    analysis_set_rule(a, &o->rule);
    return code;
}

enum status analysis_open(struct analysis_input *in, const char *path,
                          const struct analysis_options *o, struct err *err)
{
    *in = (struct analysis_input){0};
    enum status code = counts_open(&in->counts, path, err);
    if (!code && o->lambda > 0)
        code = counts_choose(&in->counts, o->lambda, err);
    if (!code)
        code = phones_open_list(&in->phones, o->phones, err);
    if (!code)
        code = analysis_init(&in->analysis, &in->counts, &in->phones, err);
    if (!code)
        code = analysis_set_up(&in->analysis, o, err);
    return code;
}

void analysis_close(struct analysis_input *in)
{
    analysis_free(&in->analysis);
    phones_free(&in->phones);
    counts_free(&in->counts);
}
