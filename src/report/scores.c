/*
 * What a count file says of its layers, property by property: the sizes and silhouettes that the
 * layers table and figures 4, 5 and 7 are made from.
 */
#include "config.h"

#include "report/scores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/ties.h"
#include "report/report.h"

void scores_free(struct scores *s)
{
    for (uint32_t p = 0; p < s->properties; p++) {
        for (uint32_t l = 0; s->property[p].layer && l < s->layers; l++)
            free(s->property[p].layer[l].group_sizes);
        free(s->property[p].name);
        free(s->property[p].exchanged);
        free(s->property[p].drawn);
        free(s->property[p].layer);
    }
    free(s->property);
    free(s->title);
    *s = (struct scores){0};
}

/* All layers start without data, with statistics NAN. */
enum status scores_init(struct scores *s, const char *title, uint32_t layers,
                        const struct names *names, struct err *err)
{
    const struct summary unknown = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    struct scores made = {.layers = layers};
    made.title = mem_strndup(title, strlen(title));
    made.property = mem_zeros(names->count, sizeof *made.property);
    bool ok = made.title && made.property;
    for (uint32_t p = 0; ok && p < names->count; p++) {
        struct score_property *q = &made.property[made.properties++];
        q->name = mem_strndup(names->name[p], strlen(names->name[p]));
        q->layer = mem_zeros(layers, sizeof *q->layer);
        q->best = -1;
        q->asked = true;
        q->null_best = unknown;
        ok = q->name && q->layer;
        for (uint32_t l = 0; ok && l < layers; l++)
            q->layer[l] = (struct score){.stress = NAN,
                                         .silhouette = NAN,
                                         .silhouette_full = NAN,
                                         .null_neurons = unknown,
                                         .null_silhouette = unknown,
                                         .null_full = unknown,
                                         .drawn_neurons = unknown};
    }
    if (!ok) {
        scores_free(&made);
        return err_nomem(err);
    }
    *s = made;
    return STATUS_OK;
}

/* Values that differ by rounding alone tie, and the first layer wins (ties.h): the best layer must
 * not depend on the processor. */
void scores_rank(struct scores *s)
{
    for (uint32_t p = 0; p < s->properties; p++) {
        struct score_property *q = &s->property[p];
        struct ties t = TIES_NONE;
        for (uint32_t l = 0; l < s->layers; l++)
            ties_offer(&t, l, q->layer[l].there ? q->layer[l].silhouette : NAN);
        q->best = ties_choice(&t);
    }
}

/* A map scores something where a group has two points. */
static bool scores_scorable(const struct property *p)
{
    bool pair = false;
    for (uint32_t g = 0; g < p->groups; g++)
        pair = pair || p->group_points[g] > 1;
    return pair && p->groups > 1 && p->points <= SCORES_MAX_POINTS;
}

/* The silhouettes of the layer, where a map scores anything. */
static enum status scores_fill_map(struct score *out, struct analysis *a, const struct property *p,
                                   uint32_t layer, struct err *err)
{
    const struct map *m;
    if (!scores_scorable(p))
        return STATUS_OK;
    enum status code = analysis_map(a, p->name, layer, &m, err);
    if (code)
        return code;
    out->silhouette = m->silhouette;
    out->silhouette_full = m->silhouette_full;
    out->stress = m->normalised_stress;
    return STATUS_OK;
}

/* Fills in one layer: sizes of the sets, threshold and statistics. `there` is set last, so that a
 * layer with an error never counts as measured. */
static enum status scores_fill_layer(struct score *out, struct analysis *a,
                                     const struct property *p, uint32_t layer, struct err *err)
{
    const struct property_layer *l;
    const struct selection *chosen;
    struct buf sizes = BUF_INIT;
    enum status code = analysis_layer(a, p->name, layer, &l, err);
    if (!code)
        code = analysis_selection(a, p->name, layer, NULL, &chosen, err);
    if (code)
        return code;
    report_group_sizes(&sizes, p, chosen->group, chosen->words);
    out->group_sizes = buf_ok(&sizes) ? mem_strndup(buf_text(&sizes), sizes.len) : NULL;
    buf_free(&sizes);
    if (!out->group_sizes)
        return err_nomem(err);
    out->width = l->width;
    out->tau = l->tau;
    out->points = l->points;
    out->any = (uint32_t)bitset_count(l->any, l->words);
    out->neurons = (uint32_t)bitset_count(chosen->neurons, chosen->words);
    code = scores_fill_map(out, a, p, layer, err);
    out->there = !code;
    return code;
}

/* Fills in all layers, or only layer ONLY (from 1). A property the file has no data for is no
 * failure: the reason is kept in `why`. */
static enum status scores_fill_property(struct score_property *q, struct analysis *a, uint32_t only,
                                        struct err *err)
{
    const struct property *p;
    enum status code = analysis_property(a, q->name, &p, err);
    for (uint32_t l = 0; !code && l < a->counts->layers; l++)
        if (!only || only == l + 1)
            code = scores_fill_layer(&q->layer[l], a, p, l, err);
    if (code != STATUS_UNSUPPORTED)
        return code;
    /* The message begins with the file, which is shown with it already. */
    const char *path = a->counts->path;
    size_t n = strlen(path);
    bool named = n && strncmp(err->msg, path, n) == 0 && strncmp(err->msg + n, ": ", 2) == 0;
    snprintf(q->why, sizeof q->why, "%.255s", named ? err->msg + n + 2 : err->msg);
    for (uint32_t l = 0; l < a->counts->layers; l++)
        q->layer[l].there = false;
    return STATUS_OK;
}

/* Fills in a struct of its own and copies it on success, so that S is never half-made. */
enum status scores_make(struct scores *s, struct analysis *a, const char *title,
                        const struct names *properties, uint32_t layer, struct err *err)
{
    struct scores made;
    enum status code = scores_init(&made, title, a->counts->layers, &a->names, err);
    if (code)
        return code;
    made.only = layer;
    if (!selection_is_published(&a->rule))
        made.select = selection_selector(&a->rule)->name;
    for (uint32_t p = 0; !code && p < made.properties; p++) {
        struct score_property *q = &made.property[p];
        q->asked =
            !properties || !properties->count || names_find(properties, q->name) != NAMES_NONE;
        if (q->asked)
            code = scores_fill_property(q, a, layer, err);
    }
    if (code) {
        scores_free(&made);
        return code;
    }
    scores_rank(&made);
    *s = made;
    return STATUS_OK;
}

long scores_find(const struct scores *s, const char *name)
{
    for (uint32_t p = 0; p < s->properties; p++)
        if (strcmp(s->property[p].name, name) == 0)
            return p;
    return -1;
}

enum status scores_names(const struct scores *scores, size_t files, struct names *out,
                         struct err *err)
{
    for (size_t i = 0; i < files; i++)
        for (uint32_t p = 0; p < scores[i].properties; p++)
            if (scores[i].property[p].asked &&
                names_add(out, scores[i].property[p].name) == NAMES_NONE)
                return err_nomem(err);
    return STATUS_OK;
}

/* PATH's last PARTS parts, without ".counts". */
static char *scores_tail(const char *path, int parts)
{
    const char *start = path + strlen(path);
    for (; start > path; start--)
        if (start[-1] == '/' && start[0] && --parts == 0)
            break;
    size_t n = strlen(start);
    if (n > 7 && strcmp(start + n - 7, ".counts") == 0)
        n -= 7;
    return mem_strndup(start, n);
}

/* True if another title equals the I-th. */
static bool equal_elsewhere(char *const *title, size_t count, size_t i)
{
    for (size_t k = 0; k < count; k++)
        if (k != i && strcmp(title[k], title[i]) == 0)
            return true;
    return false;
}

/* Starts with file names and adds a folder at a time to those that are equal, up to DEEPEST parts;
 * files that are equal even then keep equal titles. */
enum status scores_titles(char **title, const char *const *path, size_t count, struct err *err)
{
    enum { DEEPEST = 6 };
    bool ok = true;
    for (size_t i = 0; i < count; i++)
        ok = (title[i] = scores_tail(path[i], 1)) && ok;
    for (int parts = 2; ok && parts <= DEEPEST; parts++) {
        bool *twice = mem_zeros(count, sizeof *twice);
        ok = twice != NULL;
        for (size_t i = 0; ok && i < count; i++)
            twice[i] = equal_elsewhere(title, count, i);
        for (size_t i = 0; ok && i < count; i++)
            if (twice[i]) {
                free(title[i]);
                ok = (title[i] = scores_tail(path[i], parts)) != NULL;
            }
        free(twice);
    }
    for (size_t i = 0; !ok && i < count; i++) {
        free(title[i]);
        title[i] = NULL;
    }
    return ok ? STATUS_OK : err_nomem(err);
}
