/*
 * The rows of the Neurons view: what is said of each neuron of the set, in the list.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer/views/neurons/neurons_state.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "analysis/setexpr.h"
#include "report/report.h"

void neurons_forget(struct neurons_state *s)
{
    free(s->row);
    free(s->hits);
    free(s->order);
    free(s->p);
    s->row = NULL;
    s->hits = s->order = NULL;
    s->p = NULL;
    s->property = NULL;
    s->rows = 0;
    s->made = s->have = false;
    grid_clear(&s->grid);
}

double neurons_q(const struct app *app, const struct neuron_row *r)
{
    const struct nulls_neurons *t = app_null_neurons(app);
    return t && t->q && r->neuron < t->width ? t->q[r->neuron] : NAN;
}

double neurons_stable(const struct app *app, const struct neuron_row *r)
{
    const struct nulls_neurons *t = app_null_neurons(app);
    const struct property *p = neurons_state(app)->property;
    return t && t->stable && r->group < p->groups && r->neuron < t->width
               ? t->stable[(size_t)r->group * t->width + r->neuron]
               : NAN;
}

/* Neurons of the set in the layer at hand, into BITS [words]. */
static enum status eval_set(struct app *app, uint64_t *bits, struct err *err)
{
    struct analysis *session = &app->file[app->here].session;
    struct setexpr e;
    enum status code = setexpr_parse(&e, neurons_set(app), session, NULL, err);
    if (code)
        return code;
    code = setexpr_load(&e, session, err);
    if (!code)
        code = setexpr_eval(&e, session, app->at.layer, app->at.layer, bits, err);
    setexpr_free(&e);
    return code;
}

/* Bit i: neuron of property i.  Properties the file cannot answer for have no neurons. */
static unsigned sets_of(struct app *app, uint32_t neuron)
{
    struct analysis *session = &app->file[app->here].session;
    const struct property_layer *l;
    struct err ignored;
    unsigned sets = 0;
    for (uint32_t i = 0; i < session->names.count && i < 32; i++)
        if (!analysis_layer(session, session->names.name[i], app->at.layer, &l, &ignored) &&
            bitset_has(l->neurons, neuron))
            sets |= 1u << i;
    return sets;
}

/*
 * Statistics of one neuron. A property without points under the conditions has no best point; p is
 * 0 then.
 */
static enum status fill_row(struct app *app, struct neuron_row *r, uint32_t neuron, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    struct report_neuron found;
    enum status code = report_neuron(&found, &app->file[app->here].session, app_property(app),
                                     app->at.layer, neuron, s->hits, s->p, err);
    if (!code)
        *r = (struct neuron_row){.neuron = neuron,
                                 .group = found.group,
                                 .best = found.best,
                                 .in_phones = found.in_phones,
                                 .patterns = found.patterns,
                                 .sets = sets_of(app, neuron),
                                 .p = s->property->points ? found.p : 0};
    return code;
}

/* What the list shows of a row, for sorting and looking for it. */
static bool add_to_grid(struct app *app, const struct neuron_row *r)
{
    struct neurons_state *s = neurons_state(app);
    const struct property *p = s->property;
    const struct names *names = &app_session(app)->names;
    char number[16], name[128] = "", patterns[32], sets[200] = "", low[2] = "";
    size_t used = 0;
    if (p->points)
        neurons_point_name(p, r->best, name, sizeof name);
    snprintf(number, sizeof number, "%u", r->neuron);
    snprintf(patterns, sizeof patterns, "%u/%u", r->patterns, p->points);
    for (uint32_t i = 0; i < names->count && i < 32; i++)
        if (r->sets >> i & 1 && used < sizeof sets)
            used += (size_t)snprintf(sets + used, sizeof sets - used, "%s%s", used ? " " : "",
                                     names->name[i]);
    const double values[NEURONS_COLUMNS] = {[NEURONS_NUMBER] = r->neuron,
                                            [NEURONS_GROUP] = r->group,
                                            [NEURONS_BEST] = r->best,
                                            [NEURONS_P] = r->p,
                                            [NEURONS_PATTERNS] = r->patterns,
                                            [NEURONS_SETS] = r->sets,
                                            [NEURONS_LIFT] = r->p / s->baseline,
                                            [NEURONS_MARKED] =
                                                marks_has(app, app->at.layer, r->neuron),
                                            [NEURONS_Q] = neurons_q(app, r),
                                            [NEURONS_STABLE] = neurons_stable(app, r)};
    const char *const texts[NEURONS_COLUMNS] = {
        [NEURONS_NUMBER] = number,
        [NEURONS_GROUP] = r->group < p->groups ? p->group.name[r->group] : "",
        [NEURONS_BEST] = name,
        [NEURONS_P] = low,
        [NEURONS_PATTERNS] = patterns,
        [NEURONS_SETS] = sets,
        [NEURONS_LIFT] = low,
        [NEURONS_MARKED] = low,
        [NEURONS_Q] = low,
        [NEURONS_STABLE] = low};
    return grid_add(&s->grid, r->neuron, values, texts);
}

/* All rows anew in the list: they or the marks are others. */
enum status neurons_fill_grid(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    enum status code = STATUS_OK;
    grid_clear(&s->grid);
    for (size_t i = 0; !code && i < s->rows; i++)
        if (!add_to_grid(app, &s->row[i]))
            code = err_nomem(err);
    grid_arrange(&s->grid);
    s->marks_stamp = app->marked.stamp;
    s->nulls_stamp = app->nulls_stamp;
    return code;
}

/*
 * Evaluates the set in the current layer and computes the statistics of each of its neurons. The
 * arrays hits, order and p are scratch of one neuron, [points]; they have at least one element,
 * since a property may have no point under the conditions. On failure there are no rows.
 */
enum status neurons_make_rows(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    struct analysis *session = &app->file[app->here].session;
    const struct property_layer *l;
    uint64_t *bits = NULL;
    neurons_forget(s);
    enum status code = analysis_property(session, app_property(app), &s->property, err);
    if (!code)
        code = analysis_layer(session, app_property(app), app->at.layer, &l, err);
    if (code) {
        s->property = NULL;
        return code;
    }
    uint32_t points = s->property->points;
    s->baseline = (double)l->tau / l->width;
    bits = mem_zeros(l->words, sizeof *bits);
    s->hits = mem_zeros(points ? points : 1, sizeof *s->hits);
    s->order = mem_zeros(points ? points : 1, sizeof *s->order);
    s->p = mem_zeros(points ? points : 1, sizeof *s->p);
    code = bits && s->hits && s->order && s->p ? eval_set(app, bits, err) : err_nomem(err);
    size_t n = code ? 0 : bitset_count(bits, l->words);
    s->row = mem_zeros(n + 1, sizeof *s->row);
    if (!code && !s->row)
        code = err_nomem(err);
    for (uint32_t i = 0; !code && i < l->width; i++)
        if (bitset_has(bits, i))
            code = fill_row(app, &s->row[s->rows++], i, err);
    free(bits);
    if (code)
        neurons_forget(s);
    return code;
}
