/*
 * Tests of the neurons of one layer, and how firmly they belong to their sets (nulls.h): some draws
 * of each first, then all.
 */
#include "config.h"

#include "background/nulls_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "inference/neurontest.h"
#include "inference/stability.h"

/* What comes after what for one layer. */
enum { FIRST_TESTS, FIRST_DRAWS, ALL_TESTS, ALL_DRAWS, STAGES };

void nulls_neurons_free(struct nulls_neurons *n)
{
    free(n->p);
    free(n->q);
    free(n->stable);
    *n = (struct nulls_neurons){.width = 0};
}

/* Moves what FROM holds to TO. */
void nulls_neurons_merge(struct nulls_neurons *to, struct nulls_neurons *from)
{
    if (from->p) {
        free(to->p);
        free(to->q);
        to->p = from->p;
        to->q = from->q;
        to->tests_final = from->tests_final;
    }
    if (from->stable) {
        free(to->stable);
        to->stable = from->stable;
        to->stable_final = from->stable_final;
    }
    if (from->width)
        to->width = from->width;
    if (from->why[0])
        memcpy(to->why, from->why, sizeof to->why);
    *from = (struct nulls_neurons){.width = 0};
}

static uint64_t neurons_draws(const struct nulls *n, bool all, uint64_t usual)
{
    uint64_t draws = n->options.draws ? n->options.draws : usual;
    return all || draws < NULLS_FIRST ? draws : NULLS_FIRST;
}

static double *neurons_copy(const double *value, size_t n)
{
    double *copy = mem_array(n, sizeof *copy);
    if (copy)
        memcpy(copy, value, n * sizeof *copy);
    return copy;
}

/* p and q of every neuron of LAYER. */
static enum status neurons_test(struct nulls *n, const char *property, uint32_t layer, bool all,
                                struct nulls_neurons *out, struct err *err)
{
    struct neuron_tests_request r = {.property = property,
                                     .layer = &layer,
                                     .layers = 1,
                                     .threads = n->threads,
                                     .exchange = {.seed = n->options.seed}};
    struct neuron_tests tests;
    r.exchange.draws = all ? n->options.draws : neurons_draws(n, false, LABELINGS_DRAWS);
    enum status code = neuron_tests_make(&tests, &n->session, &r, err);
    if (code)
        return code;
    out->width = tests.layer[0].width;
    out->p = neurons_copy(tests.layer[0].p, out->width);
    out->q = neurons_copy(tests.layer[0].q, out->width);
    out->tests_final = all || tests.enumerated || tests.draws < NULLS_FIRST;
    neuron_tests_free(&tests);
    return out->p && out->q ? STATUS_OK : err_nomem(err);
}

/* The share of draws of speakers in which each neuron of LAYER is in its set. */
static enum status neurons_draw(struct nulls *n, const char *property, uint32_t layer, bool all,
                                struct nulls_neurons *out, struct err *err)
{
    struct stability_request r = {
        .property = property, .layer = &layer, .layers = 1, .threads = n->threads};
    struct stability s;
    r.bootstrap.draws = neurons_draws(n, all, BOOTSTRAP_DRAWS);
    r.bootstrap.seed = n->options.seed;
    enum status code = stability_make(&s, &n->session, &r, err);
    if (code)
        return code;
    uint32_t groups = s.property->groups;
    out->width = s.layer[0].width;
    out->stable = mem_array((size_t)groups * out->width, sizeof *out->stable);
    for (uint32_t g = 0; out->stable && g < groups; g++)
        for (uint32_t i = 0; i < out->width; i++)
            out->stable[(size_t)g * out->width + i] = stability_share(&s, &s.layer[0], g, i);
    out->stable_final = r.bootstrap.draws != NULLS_FIRST || all;
    stability_free(&s);
    return out->stable ? STATUS_OK : err_nomem(err);
}

/* One stage; what the file cannot give is left out with its second stage, and says why. */
enum status nulls_compute_neurons(struct nulls *n, uint32_t property, uint32_t layer,
                                  struct nulls_neurons *news, bool *complete, struct err *err)
{
    unsigned char *left = &n->stages[(size_t)property * n->counts.layers + layer];
    const char *name = n->session.names.name[property];
    int stage = 0;
    while (stage < STAGES && *left >> stage & 1)
        stage++;
    enum status code = STATUS_OK;
    bool tests = stage == FIRST_TESTS || stage == ALL_TESTS, all = stage >= ALL_TESTS;
    if (stage < STAGES)
        code = tests ? neurons_test(n, name, layer, all, news, err)
                     : neurons_draw(n, name, layer, all, news, err);
    if (code == STATUS_CANCELLED || code == STATUS_NOMEM)
        return code;
    bool whole = code || (tests ? news->tests_final : news->stable_final);
    if (code && tests)
        snprintf(news->why, sizeof news->why, "%.255s", engine_without_path(&n->counts, err->msg));
    if (stage < STAGES)
        *left |= (unsigned char)(1 << stage | (whole && !all ? 1 << (stage + 2) : 0));
    *complete = *left == (1 << STAGES) - 1;
    return STATUS_OK;
}
