/*
 * One count file under analysis (analysis.h): every result is computed when it is first asked for
 * and kept until a parameter changes, so that commands and the explorer share one way to ask.
 */
#include "config.h"

#include "analysis/analysis.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "analysis/pattern.h"

/* The sets of one selector, at the session's size. */
struct analysis_chosen {
    const struct selector *selector;
    struct selection_span span;
    struct selection *layer; /* [layers], group NULL = not computed */
};

/* One property with what has been computed of it. */
struct analysis_property {
    struct property property;
    uint32_t layers;
    struct property_layer *layer;   /* [layers], points 0 = not computed */
    struct map *map;                /* [layers], xy NULL = not computed */
    struct analysis_chosen *chosen; /* [choices] of the selectors that were asked for */
    size_t choices, cap;
};

static void slot_forget_choices(struct analysis_property *s)
{
    for (size_t i = 0; i < s->choices; i++) {
        for (uint32_t l = 0; l < s->layers; l++)
            selection_free(&s->chosen[i].layer[l]);
        free(s->chosen[i].layer);
    }
    free(s->chosen);
    s->chosen = NULL;
    s->choices = s->cap = 0;
}

static void slot_free(struct analysis_property *s)
{
    if (!s)
        return;
    slot_forget_choices(s);
    for (uint32_t l = 0; l < s->layers; l++) {
        property_layer_free(&s->layer[l]);
        map_free(&s->map[l]);
    }
    free(s->layer);
    free(s->map);
    property_free(&s->property);
    free(s);
}

enum status analysis_init(struct analysis *a, const struct counts *c, const struct phones *phones,
                          struct err *err)
{
    struct analysis made = {.counts = c,
                            .phones = phones,
                            .params = ANALYSIS_PARAMS_DEFAULT,
                            .map = MAP_PARAMS_DEFAULT,
                            .filters = QUERY_FILTERS_INIT,
                            .names = NAMES_INIT};
    enum status code = property_names(&made.names, c, phones, err);
    if (!code) {
        made.property = mem_zeros(made.names.count, sizeof *made.property);
        made.property_cap = made.names.count;
        code = made.property ? STATUS_OK : err_nomem(err);
    }
    if (code) {
        names_free(&made.names);
        return code;
    }
    *a = made;
    return STATUS_OK;
}

void analysis_changed(struct analysis *a)
{
    for (uint32_t i = 0; i < a->names.count && a->property; i++) {
        slot_free(a->property[i]);
        a->property[i] = NULL;
    }
}

void analysis_free(struct analysis *a)
{
    analysis_changed(a);
    free(a->property);
    query_filters_free(&a->filters);
    names_free(&a->names);
    *a = (struct analysis){0};
}

void analysis_set_params(struct analysis *a, const struct analysis_params *params)
{
    a->params = *params;
    analysis_changed(a);
}

void analysis_set_map(struct analysis *a, const struct map_params *map)
{
    a->map = *map;
    for (uint32_t i = 0; i < a->names.count; i++)
        for (uint32_t l = 0; a->property[i] && l < a->property[i]->layers; l++)
            map_free(&a->property[i]->map[l]);
}

void analysis_set_rule(struct analysis *a, const struct selection_rule *rule)
{
    a->rule = *rule;
    for (uint32_t i = 0; i < a->names.count; i++)
        if (a->property[i])
            slot_forget_choices(a->property[i]);
}

/* A new property, with empty room [layers] for its patterns and maps, which are computed when they
 * are first asked for. */
static enum status make_slot(struct analysis *a, const char *name, struct analysis_property **out,
                             struct err *err)
{
    uint32_t layers = a->counts->layers;
    struct analysis_property *s = mem_zeros(1, sizeof *s);
    if (!s)
        return err_nomem(err);
    s->layer = mem_zeros(layers, sizeof *s->layer);
    s->map = mem_zeros(layers, sizeof *s->map);
    s->layers = s->layer && s->map ? layers : 0;
    enum status code = s->layer && s->map
                           ? property_make(&s->property, a->counts, a->phones, &a->filters,
                                           &a->params, name, a->cancel, err)
                           : err_nomem(err);
    if (code) {
        slot_free(s);
        return code;
    }
    *out = s;
    return STATUS_OK;
}

bool analysis_has(const struct analysis *a, const char *name, size_t len)
{
    for (uint32_t i = 0; i < a->names.count; i++)
        if (strncmp(a->names.name[i], name, len) == 0 && a->names.name[i][len] == '\0')
            return true;
    return property_feature(a->counts, a->phones, name, len) != NULL;
}

uint32_t analysis_find(struct analysis *a, const char *name)
{
    uint32_t i = names_find(&a->names, name);
    if (i != NAMES_NONE || !property_feature(a->counts, a->phones, name, strlen(name)) ||
        !mem_grow(&a->property, &a->property_cap, a->names.count + 1, sizeof *a->property))
        return i;
    i = names_add(&a->names, name);
    if (i != NAMES_NONE)
        a->property[i] = NULL;
    return i;
}

static enum status find_slot(struct analysis *a, const char *name, struct analysis_property **out,
                             struct err *err)
{
    uint32_t i = analysis_find(a, name);
    if (i != NAMES_NONE && a->property[i]) {
        *out = a->property[i];
        return STATUS_OK;
    }
    struct analysis_property *made = NULL;
    enum status code = make_slot(a, name, &made, err); /* says what is wrong with the name */
    if (code)
        return code;
    if (i == NAMES_NONE) {
        slot_free(made);
        return err_set(err, STATUS_NOTFOUND, "no property '%.80s'", name);
    }
    *out = a->property[i] = made;
    return STATUS_OK;
}

enum status analysis_property(struct analysis *a, const char *name, const struct property **out,
                              struct err *err)
{
    struct analysis_property *s;
    enum status code = find_slot(a, name, &s, err);
    if (!code)
        *out = &s->property;
    return code;
}

static enum status check_layer(const struct analysis *a, uint32_t layer, struct err *err)
{
    if (layer < a->counts->layers)
        return STATUS_OK;
    return err_set(err, STATUS_NOTFOUND, "%s: no layer %u (there are: 1 to %u)", a->counts->path,
                   layer + 1, a->counts->layers);
}

enum status analysis_layer(struct analysis *a, const char *name, uint32_t layer,
                           const struct property_layer **out, struct err *err)
{
    struct analysis_property *s;
    enum status code = check_layer(a, layer, err);
    if (!code)
        code = find_slot(a, name, &s, err);
    if (!code && s->layer[layer].points == 0)
        code =
            property_layer_make(&s->layer[layer], &s->property, a->counts, layer, a->cancel, err);
    if (!code)
        *out = &s->layer[layer];
    return code;
}

/* Map of one property in one layer: pairwise distances of its activation patterns [n][n], then MDS.
 * The matrix grows with the square of the points, hence the limit. */
static enum status compute_map(struct map *m, const struct property *p,
                               const struct property_layer *l, const struct map_params *params,
                               const struct cancel *cancel, struct err *err)
{
    size_t n = p->points, size;
    if (n > MAP_MAX_POINTS)
        return err_set(err, STATUS_UNSUPPORTED,
                       "property %s: %zu points are too many for a map (at most %d); narrow the "
                       "condition",
                       p->name, n, MAP_MAX_POINTS);
    double *dist = mul_size(n, n, &size) ? mem_array(size, sizeof *dist) : NULL;
    uint32_t *group = mem_array(n, sizeof *group);
    enum status code = dist && group ? STATUS_OK : err_nomem(err);
    if (!code) {
        for (size_t k = 0; k < n; k++)
            group[k] = p->point[k].group;
        code = mds_distances(dist, l->pattern, n, l->words, cancel, err);
    }
    if (!code)
        code = map_make(m, dist, n, group, p->groups, params, cancel, err);
    free(dist);
    free(group);
    return code;
}

enum status analysis_map(struct analysis *a, const char *name, uint32_t layer,
                         const struct map **out, struct err *err)
{
    const struct property_layer *l;
    struct analysis_property *s;
    enum status code = analysis_layer(a, name, layer, &l, err);
    if (!code)
        code = find_slot(a, name, &s, err);
    if (!code && !s->map[layer].xy)
        code = compute_map(&s->map[layer], &s->property, l, &a->map, a->cancel, err);
    if (!code)
        *out = &s->map[layer];
    return code;
}

/* What is kept of the selector S, with its span over all layers: made when it is first asked for.
 */
static enum status find_choice(struct analysis *a, struct analysis_property *p,
                               const struct selector *s, struct analysis_chosen **out,
                               struct err *err)
{
    const struct selection_rule rule = {s, a->rule.size};
    struct analysis_chosen made = {.selector = s};
    for (size_t i = 0; i < p->choices; i++)
        if (p->chosen[i].selector == s) {
            *out = &p->chosen[i];
            return STATUS_OK;
        }
    enum status code =
        selection_span_make(&made.span, &rule, &p->property, a->counts, a->cancel, err);
    if (code)
        return code;
    made.layer = mem_zeros(p->layers, sizeof *made.layer);
    if (!made.layer || !mem_grow(&p->chosen, &p->cap, p->choices + 1, sizeof *p->chosen)) {
        free(made.layer);
        return err_nomem(err);
    }
    p->chosen[p->choices] = made;
    *out = &p->chosen[p->choices++];
    return STATUS_OK;
}

enum status analysis_selection(struct analysis *a, const char *name, uint32_t layer,
                               const struct selector *s, const struct selection **out,
                               struct err *err)
{
    const struct selection_rule rule = {s ? s : selection_selector(&a->rule), a->rule.size};
    const struct property_layer *l;
    struct analysis_property *p;
    struct analysis_chosen *chosen;
    enum status code = analysis_layer(a, name, layer, &l, err);
    if (!code)
        code = find_slot(a, name, &p, err);
    if (!code)
        code = find_choice(a, p, rule.selector, &chosen, err);
    if (!code && !chosen->layer[layer].group)
        code = selection_make(&chosen->layer[layer], &rule, &chosen->span, &p->property, l,
                              a->counts, a->cancel, err);
    if (!code)
        *out = &chosen->layer[layer];
    return code;
}

enum status analysis_ranking(struct analysis *a, const char *name, uint32_t layer,
                             const struct selector *s, struct selection_ranking *out,
                             struct err *err)
{
    const struct selector *selector = s ? s : selection_selector(&a->rule);
    const struct property_layer *l;
    struct analysis_property *p;
    struct analysis_chosen *chosen;
    enum status code = analysis_layer(a, name, layer, &l, err);
    if (!code)
        code = find_slot(a, name, &p, err);
    if (!code)
        code = find_choice(a, p, selector, &chosen, err);
    return code ? code
                : selection_rank(out, selector, &chosen->span, &p->property, l, a->counts,
                                 a->cancel, err);
}
