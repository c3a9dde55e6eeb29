/*
 * Confounds (confound.h): the levels one after the other, each under filters of its own.
 */
#include "config.h"

#include "inference/confound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "inference/confound_internal.h"

/* The neurons of the property NAME in every layer, with nothing given. */
static enum status confound_neurons(struct confound_work *w, const char *name, uint64_t **set,
                                    struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t l = 0; l < w->r->layers && !code; l++) {
        const struct property_layer *layer;
        code = analysis_layer(w->a, name, w->r->layer[l], &layer, err);
        if (code)
            break;
        set[l] = mem_array(layer->words, sizeof **set);
        if (!set[l])
            return err_nomem(err);
        memcpy(set[l], layer->neurons, layer->words * sizeof **set);
    }
    return code;
}

/* Room for the result, whose rows have no values yet. */
static enum status confound_begin(struct confound_work *w, struct err *err)
{
    const struct confound_request *r = w->r;
    struct confound_result *out = w->out;
    uint32_t levels = w->given.level.count;
    out->property = mem_strndup(r->property, strlen(r->property));
    out->given = mem_strndup(r->given, strlen(r->given));
    out->layers = r->layers;
    out->level = mem_zeros((size_t)levels + 1, sizeof *out->level);
    if (!out->property || !out->given || !out->level)
        return err_nomem(err);
    out->levels = levels;
    for (uint32_t q = 0; q <= levels; q++) {
        struct confound_level *level = &out->level[q];
        level->row = mem_array(r->layers, sizeof *level->row);
        if (q < levels)
            level->name = mem_strndup(w->given.level.name[q], strlen(w->given.level.name[q]));
        if (!level->row || (q < levels && !level->name))
            return err_nomem(err);
        for (uint32_t l = 0; l < r->layers; l++)
            level->row[l] =
                (struct confound_row){r->layer[l], NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    }
    return STATUS_OK;
}

/* All levels together, then each. */
static enum status confound_run(struct confound_work *w, struct err *err)
{
    struct query_filters filters = QUERY_FILTERS_INIT;
    enum status code = confound_neurons(w, w->r->property, w->own, err);
    if (!code)
        code = confound_neurons(w, w->r->given, w->other, err);
    if (!code)
        code = confound_level(w, w->out->levels, err);
    for (uint32_t q = 0; q < w->out->levels && !code; q++) {
        code = query_filters_copy(&filters, &w->a->filters, err);
        if (code)
            break;
        code = given_narrow(&w->given, w->a, q, err);
        if (!code)
            code = confound_level(w, q, err);
        query_filters_free(&w->a->filters);
        w->a->filters = filters;
        analysis_changed(w->a);
    }
    return code;
}

static void confound_free_work(struct confound_work *w)
{
    for (uint32_t l = 0; l < w->r->layers; l++) {
        if (w->own)
            free(w->own[l]);
        if (w->other)
            free(w->other[l]);
    }
    free(w->own);
    free(w->other);
    free(w->label);
    free(w->room);
    given_free(&w->given);
}

enum status confound_make(struct confound_result *out, struct analysis *a,
                          const struct confound_request *r, struct err *err)
{
    struct confound_result made = {0};
    struct confound_work w = {.out = &made, .a = a, .r = r};
    if (strcmp(r->property, r->given) == 0)
        return err_set(err, STATUS_USAGE, "%s given itself says nothing", r->property);
    w.own = mem_zeros(r->layers, sizeof *w.own);
    w.other = mem_zeros(r->layers, sizeof *w.other);
    w.label = mem_zeros(r->threads, sizeof *w.label);
    w.room = mem_zeros(r->threads, sizeof *w.room);
    enum status code = w.own && w.other && w.label && w.room ? STATUS_OK : err_nomem(err);
    if (!code)
        code = given_make(&w.given, a, r->given, err);
    if (!code)
        code = confound_begin(&w, err);
    if (!code)
        code = confound_run(&w, err);
    confound_free_work(&w);
    if (code)
        confound_free(&made);
    else
        *out = made;
    return code;
}

void confound_free(struct confound_result *c)
{
    for (uint32_t q = 0; c->level && q <= c->levels; q++) {
        free(c->level[q].name);
        free(c->level[q].row);
    }
    free(c->property);
    free(c->given);
    free(c->level);
    *c = (struct confound_result){0};
}
