#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "neurons_state.h"
#include "propneu/bitset.h"
#include "propneu/mem.h"
#include "propneu/setexpr.h"

static void forget(struct neurons_state *s)
{
    free(s->row);
    free(s->shown);
    free(s->hits);
    free(s->order);
    free(s->p);
    s->row = NULL;
    s->shown = s->hits = s->order = NULL;
    s->p = NULL;
    s->property = NULL;
    s->rows = s->count = 0;
    s->made = s->have = false;
}

static enum status init(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    (void)err;
    forget(s);
    s->here = 0;
    return STATUS_OK;
}

static void release(struct app *app)
{
    forget(neurons_state(app));
}

static const struct neurons_state *sorting; /* qsort has no argument to spare; one thread only */

static int compare_by(const struct neuron_row *x, const struct neuron_row *y)
{
    const struct property *p = sorting->property;
    switch (sorting->column) {
    case NEURONS_GROUP: return (x->group > y->group) - (x->group < y->group);
    case NEURONS_BEST: {
        int by = strcmp(p->point[x->best].label, p->point[y->best].label);
        return by ? by : (x->best > y->best) - (x->best < y->best);
    }
    case NEURONS_P: return (x->p < y->p) - (x->p > y->p);
    case NEURONS_PATTERNS: return (x->patterns < y->patterns) - (x->patterns > y->patterns);
    case NEURONS_SETS: return (x->sets > y->sets) - (x->sets < y->sets);
    default: return (x->neuron > y->neuron) - (x->neuron < y->neuron);
    }
}

/* Equal ones by number, whichever way the column runs. */
static int by_column(const void *a, const void *b)
{
    const struct neuron_row *x = &sorting->row[*(const uint32_t *)a];
    const struct neuron_row *y = &sorting->row[*(const uint32_t *)b];
    int by = compare_by(x, y);
    if (by)
        return sorting->reverse ? -by : by;
    return (x->neuron > y->neuron) - (x->neuron < y->neuron);
}

/* The rows that pass the filter, sorted; the cursor stays on its neuron where that is shown. */
static void arrange(struct neurons_state *s)
{
    uint32_t at = s->count ? s->row[s->shown[s->here]].neuron : UINT32_MAX;
    s->count = 0;
    for (uint32_t i = 0; i < s->rows; i++)
        if (!s->filter[0] || strstr(s->row[i].text, s->filter))
            s->shown[s->count++] = i;
    sorting = s;
    if (s->count)
        qsort(s->shown, s->count, sizeof *s->shown, by_column);
    s->here = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->row[s->shown[i]].neuron == at)
            s->here = i;
    s->have = false;
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
        code = setexpr_eval(&e, session, app->at.layer + 1, app->at.layer, bits, err);
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

static enum status fill_row(struct app *app, struct neuron_row *r, uint32_t neuron,
                            const struct property_layer *l, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    const struct property *p = s->property;
    char name[128];
    *r = (struct neuron_row){.neuron = neuron, .group = p->groups, .sets = sets_of(app, neuron)};
    enum status code = analysis_neuron(&app->file[app->here].session, app_property(app),
                                       app->at.layer, neuron, s->hits, s->p, err);
    for (uint32_t k = 0; !code && k < p->points; k++) {
        if (s->p[k] > s->p[r->best])
            r->best = k;
        r->patterns += bitset_has(&l->pattern[k * l->words], neuron);
    }
    for (uint32_t g = p->groups; g-- > 0;)
        if (bitset_has(&l->group[g * l->words], neuron))
            r->group = g;
    r->p = s->p[r->best];
    neurons_point_name(p, r->best, name, sizeof name);
    int used = snprintf(r->text, sizeof r->text, "%u %.40s %.60s", neuron,
                        r->group < p->groups ? p->group.name[r->group] : "", name);
    for (uint32_t i = 0; i < app_session(app)->names.count && i < 32; i++)
        if (r->sets >> i & 1 && used > 0 && used < (int)sizeof r->text)
            used += snprintf(r->text + used, sizeof r->text - (size_t)used, " %.30s",
                             app_session(app)->names.name[i]);
    return code;
}

static enum status make_rows(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    struct analysis *session = &app->file[app->here].session;
    const struct property_layer *l;
    uint64_t *bits = NULL;
    forget(s);
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
    s->shown = mem_zeros(n + 1, sizeof *s->shown);
    if (!code && (!s->row || !s->shown))
        code = err_nomem(err);
    for (uint32_t i = 0; !code && i < l->width; i++)
        if (bitset_has(bits, i))
            code = fill_row(app, &s->row[s->rows++], i, l, err);
    free(bits);
    if (code)
        forget(s);
    return code;
}

static int by_p(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (sorting->p[x] != sorting->p[y])
        return sorting->p[x] > sorting->p[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* p by point of the neuron under the cursor. */
static enum status look_closer(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    uint32_t row = s->count ? s->shown[s->here] : 0;
    if (!s->count || (s->have && (s->looked == row || app->lag)))
        return STATUS_OK;
    s->looked = row;
    enum status code = analysis_neuron(&app->file[app->here].session, app_property(app),
                                       app->at.layer, s->row[row].neuron, s->hits, s->p, err);
    for (uint32_t k = 0; k < s->property->points; k++)
        s->order[k] = k;
    sorting = s;
    if (s->property->points)
        qsort(s->order, s->property->points, sizeof *s->order, by_p);
    s->have = !code;
    return code;
}

static enum status prepare(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    enum status code = STATUS_OK;
    if (!s->made || s->stamp != app->conditions || s->of_layer != app->at.layer ||
        s->of_property != app->at.property) {
        uint32_t at = s->count ? s->row[s->shown[s->here]].neuron : UINT32_MAX;
        s->why[0] = '\0';
        code = make_rows(app, err);
        s->made = true;
        s->stamp = app->conditions;
        s->of_layer = app->at.layer;
        s->of_property = app->at.property;
        arrange(s);
        for (size_t i = 0; i < s->count; i++)
            if (s->row[s->shown[i]].neuron == at)
                s->here = i;
    }
    if (!code)
        code = look_closer(app, err);
    if (code)
        snprintf(s->why, sizeof s->why, "%.255s",
                 engine_without_path(&app_file(app)->counts, err->msg));
    return STATUS_OK;
}

enum status neurons_set_text(struct app *app, const char *text, size_t *column, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    struct setexpr e;
    if (!*text) {
        s->set[0] = '\0';
        s->made = false;
        return STATUS_OK;
    }
    enum status code = setexpr_parse(&e, text, app_session(app), column, err);
    if (!code) {
        code = setexpr_load(&e, app_session(app), err);
        setexpr_free(&e);
    }
    if (!code) {
        snprintf(s->set, sizeof s->set, "%s", text);
        s->made = false;
    }
    return code;
}

size_t neurons_matches(const struct app *app, const char *text)
{
    const struct neurons_state *s = neurons_state(app);
    size_t n = 0;
    for (size_t i = 0; i < s->rows; i++)
        n += !*text || strstr(s->row[i].text, text);
    return n;
}

size_t neurons_total(const struct app *app)
{
    return neurons_state(app)->rows;
}

void neurons_filter(struct app *app, const char *text)
{
    struct neurons_state *s = neurons_state(app);
    snprintf(s->filter, sizeof s->filter, "%.79s", text);
    arrange(s);
}

/* The next row that matches, round the end if need be, which is said. */
static enum status find(struct app *app, bool forward, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    if (!s->search[0])
        return err_set(err, STATUS_NOTFOUND, "nothing was searched for: / does");
    for (size_t n = 1; n <= s->count; n++) {
        size_t i = (s->here + (forward ? n : s->count - n)) % s->count;
        if (!strstr(s->row[s->shown[i]].text, s->search))
            continue;
        if (forward ? i <= s->here : i >= s->here)
            app_say(app, false, "search went round: '%s'", s->search);
        s->here = i;
        return STATUS_OK;
    }
    return err_set(err, STATUS_NOTFOUND, "no '%s' among %zu neurons", s->search, s->count);
}

enum status neurons_search(struct app *app, const char *text, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    snprintf(s->search, sizeof s->search, "%.79s", text);
    return s->search[0] ? find(app, true, err) : STATUS_OK;
}

static void next_form(struct neurons_state *s)
{
    bool table = !s->table_only && !s->bars_only, bars = s->table_only;
    s->table_only = table;
    s->bars_only = bars;
}

static bool apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    (void)arg;
    switch (action) {
    case ACTION_FORM: next_form(s); break;
    case ACTION_OPEN: s->bars_only = !s->bars_only, s->table_only = false; break;
    case ACTION_SORT:
        s->column = (s->column + 1) % NEURONS_COLUMNS, s->reverse = false;
        arrange(s);
        break;
    case ACTION_REVERSE: s->reverse = !s->reverse, arrange(s); break;
    case ACTION_SEARCH: prompt_open(app, PROMPT_SEARCH, 0, "search", s->search); break;
    case ACTION_FILTER: prompt_open(app, PROMPT_FILTER, 0, "filter", s->filter); break;
    case ACTION_NEXT_MATCH: err->code = find(app, true, err); break;
    case ACTION_PREV_MATCH: err->code = find(app, false, err); break;
    case ACTION_EDIT: prompt_open(app, PROMPT_NEURONS, 0, "neurons of", neurons_set(app)); break;
    case ACTION_DISMISS: neurons_filter(app, ""); break;
    case ACTION_NEXT_PROPERTY:
    case ACTION_PREV_PROPERTY: s->set[0] = '\0'; return false;
    default: return app_move(action, &s->here, s->count, (size_t)app_view_rows(app) - 2);
    }
    return true;
}

static void status(const struct app *app, struct buf *line)
{
    const struct neurons_state *s = neurons_state(app);
    if (s->why[0] || !s->property)
        return;
    buf_printf(line, "%zu neurons of %s", s->rows, neurons_set(app));
    if (s->filter[0])
        buf_printf(line, ", %zu of them with '%s' (Esc shows all)", s->count, s->filter);
}

const struct view view_neurons = {
    .lesson =
        "NEURONS: the neurons of a set, one by one.\n"
        "\n"
        "At first these are the property neurons of the property at hand (p goes to the next); e "
        "takes any set expression, as in the overlap view. For each neuron: its group (G_g), "
        "the phone, under the condition of the group, to which it responds most, how often "
        "(p(neuron | phone)), in how many of the patterns it is, and among the neurons of which "
        "properties.\n"
        "\n"
        "Beside it the neuron under the cursor: p by group, the frames of a group's phones taken "
        "together, and by phone, with Wilson's interval at 95 percent. What lies above the "
        "baseline is marked with *. Sorting keeps equal neurons in the order of their numbers; "
        "search and filter look at numbers, groups, phones and properties.",
    .state_size = sizeof(struct neurons_state),
    .init = init,
    .free = release,
    .apply = apply,
    .prepare = prepare,
    .render = neurons_render,
    .status = status,
    .alone = true,
};
