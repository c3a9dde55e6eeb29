/* propneu/analysis.h: a count file under analysis as a handle. */
#include "config.h"

#include "api/api_analysis.h"

#include <stdlib.h>
#include <string.h>

#include "api/api.h"

void pn_analysis_options_init(struct pn_analysis_options *options)
{
    const struct analysis_params params = ANALYSIS_PARAMS_DEFAULT;
    *options = (struct pn_analysis_options){.sigma = params.sigma, .min_frames = params.min_frames};
}

/* OPTIONS in the words of analysis_input.h. */
static enum status analysis_translate(struct analysis_options *out,
                                      const struct pn_analysis_options *o, struct err *err)
{
    if (!(o->sigma > 0 && o->sigma <= 1))
        return err_set(err, STATUS_USAGE, "sigma is a share above 0 and up to 1");
    if (o->min_frames < 1)
        return err_set(err, STATUS_USAGE, "at least 1 frame is needed");
    if (o->wheres > ANALYSIS_MAX_WHERE)
        return err_set(err, STATUS_USAGE, "more than %d conditions", ANALYSIS_MAX_WHERE);
    *out = (struct analysis_options){
        .phones = o->phones,
        .lambda = o->lambda,
        .params = {.sigma = o->sigma, .min_frames = o->min_frames, .authors = o->authors},
        .map = {.method = o->classical ? MAP_CLASSICAL : MAP_SMACOF,
                .starts = o->starts,
                .seed = o->seed}};
    if (o->select && !(out->rule.selector = selector_find(o->select)))
        return err_set(err, STATUS_USAGE, "no selector '%.40s' (there are:%s)", o->select,
                       SELECTORS(SELECTOR_LISTED));
    if (o->size && !selection_size_parse(o->size, &out->rule.size))
        return err_set(err, STATUS_USAGE, "the size is paper, own or a number from 1");
    for (size_t i = 0; i < o->wheres; i++)
        out->where[out->wheres++] = o->where[i];
    return STATUS_OK;
}

/* On failure the half-open handle is freed and *OUT left alone, as in all functions that make a
 * handle. */
enum pn_status pn_analysis_open(pn_analysis **out, const char *path,
                                const struct pn_analysis_options *options, struct pn_error *error)
{
    struct err e;
    struct pn_analysis_options plain;
    struct analysis_options o;
    pn_analysis *handle = NULL;
    pn_analysis_options_init(&plain);
    enum status code = analysis_translate(&o, options ? options : &plain, &e);
    if (!code && !(handle = calloc(1, sizeof *handle)))
        code = err_nomem(&e);
    if (!code)
        code = analysis_open(&handle->in, path, &o, &e);
    if (code)
        pn_analysis_free(handle);
    else
        *out = handle;
    return api_result(code, &e, error);
}

void pn_analysis_free(pn_analysis *analysis)
{
    if (analysis)
        analysis_close(&analysis->in);
    free(analysis);
}

uint32_t pn_analysis_layers(const pn_analysis *analysis)
{
    return analysis->in.counts.layers;
}

/* 0 where there is no such layer, so that a loop over a wrong layer does nothing. */
uint32_t pn_analysis_width(const pn_analysis *analysis, uint32_t layer)
{
    const struct counts *c = &analysis->in.counts;
    return layer >= 1 && layer <= c->layers ? c->layer[layer - 1].width : 0;
}

uint32_t pn_analysis_properties(const pn_analysis *analysis)
{
    return analysis->in.analysis.names.count;
}

const char *pn_analysis_property(const pn_analysis *analysis, uint32_t index)
{
    const struct names *names = &analysis->in.analysis.names;
    return index < names->count ? names->name[index] : NULL;
}

enum pn_status pn_analysis_groups(pn_analysis *analysis, const char *property, uint32_t *count,
                                  struct pn_error *error)
{
    struct err e;
    const struct property *p;
    enum status code = analysis_property(&analysis->in.analysis, property, &p, &e);
    if (!code)
        *count = p->groups;
    return api_result(code, &e, error);
}

const char *pn_analysis_group(pn_analysis *analysis, const char *property, uint32_t index)
{
    const struct property *p;
    if (analysis_property(&analysis->in.analysis, property, &p, NULL) || index >= p->groups)
        return NULL;
    return p->group.name[index];
}

/* P has room for the layer's width; FRAMES is -1 for files of probabilities. */
enum pn_status pn_analysis_probabilities(pn_analysis *analysis, const char *phone, uint32_t layer,
                                         double *p, int64_t *frames, struct pn_error *error)
{
    struct err e;
    struct profile profile;
    enum status code = api_layer(layer, analysis->in.counts.layers, &e);
    if (!code)
        code = analysis_profile(&analysis->in.analysis, &profile, phone, NULL, layer - 1, &e);
    if (code)
        return api_result(code, &e, error);
    memcpy(p, profile.p, profile.width * sizeof *p);
    if (frames)
        *frames = profile.frames;
    profile_free(&profile);
    return PN_OK;
}
