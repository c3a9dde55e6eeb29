/*
 * The Pattern view: p(neuron | phone) of the selected phone and of those kept over it, and keys.
 */
#include "config.h"

#include "explorer/views/pattern/pattern_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/number.h"

static void curve_free(struct pattern_curve *k)
{
    if (k->there)
        profile_free(&k->profile);
    free(k->order);
    *k = (struct pattern_curve){0};
}

static void pattern_release(struct app *app)
{
    struct pattern_state *s = pattern_state(app);
    for (int k = 0; k <= PATTERN_OVERLAYS; k++)
        curve_free(&s->curve[k]);
    memset(s->overlaid, 0, sizeof s->overlaid);
    free(s->entry);
    s->entry = NULL;
    s->entries = s->here = 0;
    grid_free(&s->phones);
    grid_free(&s->neurons);
}

static int phone_factor(const struct app *app)
{
    return counts_find_factor(&app_file(app)->counts, "phone");
}

/* The phones that occur, in the table's order; then silence, noise and unknown labels. */
static enum status pattern_init(struct app *app, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    const struct counts *c = &app_file(app)->counts;
    int factor = phone_factor(app);
    pattern_release(app);
    if (factor < 0)
        return STATUS_OK;
    const struct counts_factor *f = &c->factor[factor];
    s->entry = mem_zeros(f->levels, sizeof *s->entry);
    if (!s->entry && f->levels)
        return err_nomem(err);
    for (uint32_t p = 0; p < app->phones.phone.count; p++) {
        int level = counts_find_level(c, (uint32_t)factor, app->phones.phone.name[p]);
        if (level >= 0)
            s->entry[s->entries++].level = (uint32_t)level;
    }
    for (uint32_t l = 0; l < f->levels; l++)
        if (phones_class(&app->phones, f->level[l]) < 0)
            s->entry[s->entries++].level = l;
    s->stamp = app->conditions - 1;
    pattern_reset_lists(s);
    return STATUS_OK;
}

static bool cell_passes(const struct query_filters *f, const struct counts *c, uint32_t cell)
{
    for (uint32_t k = 0; k < c->factors; k++)
        if (!query_filters_allow(f, k, c->factor[k].index[cell]))
            return false;
    return true;
}

/*
 * Frames of each phone under the conditions, added over the cells that pass; -1 in files of
 * probabilities, which have no frames.
 */
static void count_frames(struct app *app)
{
    struct pattern_state *s = pattern_state(app);
    const struct counts *c = &app_file(app)->counts;
    const struct counts_factor *f = &c->factor[phone_factor(app)];
    for (size_t i = 0; i < s->entries; i++) {
        s->entry[i].frames = counts_is_probability(c) ? -1 : 0;
        for (uint32_t cell = 0; cell < c->cells && !counts_is_probability(c); cell++)
            if (f->index[cell] == (int32_t)s->entry[i].level &&
                cell_passes(&app_session(app)->filters, c, cell))
                s->entry[i].frames += c->frames[cell];
    }
    s->stamp = app->conditions;
}

/* The curve of entry I, made anew where layer or conditions have changed. */
static void make_curve(struct app *app, struct pattern_curve *k, size_t i)
{
    struct analysis *session = &app->file[app->here].session;
    uint32_t level = pattern_state(app)->entry[i].level;
    const char *name = session->counts->factor[phone_factor(app)].level[level];
    struct err err;
    if ((k->there || k->why[0]) && k->level == level && k->layer == app->at.layer &&
        k->stamp == app->conditions)
        return;
    curve_free(k);
    k->entry = i;
    k->level = level;
    k->layer = app->at.layer;
    k->stamp = app->conditions;
    enum status code = analysis_profile(session, &k->profile, name, NULL, app->at.layer, &err);
    k->there = !code;
    if (!code && !(k->order = profile_order(&k->profile)))
        code = err_nomem(&err);
    if (code)
        snprintf(k->why, sizeof k->why, "%.255s", engine_without_path(session->counts, err.msg));
}

/* The phone chosen in another view, or by --phone. */
static void find_chosen(struct app *app)
{
    struct pattern_state *s = pattern_state(app);
    const struct counts_factor *f = &app_file(app)->counts.factor[phone_factor(app)];
    for (size_t i = 0; app->phone[0] && i < s->entries; i++)
        if (strcmp(f->level[s->entry[i].level], app->phone) == 0 && i != s->here) {
            s->here = i;
            grid_select(&s->phones, i);
        }
}

/* The phone under the cursor is the one at hand. */
static void pattern_moved(struct app *app)
{
    struct pattern_state *s = pattern_state(app);
    size_t row = grid_row(&s->phones);
    if (s->on_neurons || row >= s->entries)
        return;
    s->here = row;
    snprintf(app->phone, sizeof app->phone, "%s",
             app_file(app)->counts.factor[phone_factor(app)].level[s->entry[row].level]);
}

/*
 * Profiles are made anew where layer or conditions changed; while keys are still coming in (lag)
 * the current phone's curve stays that of the phone before, as long as it is of this layer and
 * these conditions.
 */
static enum status pattern_prepare(struct app *app, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    if (!s->entries)
        return STATUS_OK;
    if (s->stamp != app->conditions)
        count_frames(app);
    find_chosen(app);
    enum status code = pattern_fill_phones(app, err);
    if (!app->lag || !s->curve[0].there || s->curve[0].layer != app->at.layer ||
        s->curve[0].stamp != app->conditions)
        make_curve(app, &s->curve[0], s->here);
    for (int k = 0; k < PATTERN_OVERLAYS; k++)
        if (s->overlaid[k])
            make_curve(app, &s->curve[1 + k], (size_t)s->overlaid[k] - 1);
    return code ? code : pattern_fill_neurons(app, err);
}

/*
 * Keeps the phone's curve in the first free place, whose number is its letter and colour; removing
 * one does not renumber the others.
 */
static enum status pattern_toggle_overlay(struct pattern_state *s, struct err *err)
{
    int k = pattern_overlay_of(s, s->here);
    if (k >= 0) {
        s->overlaid[k] = 0;
        return STATUS_OK;
    }
    for (k = 0; k < PATTERN_OVERLAYS; k++)
        if (!s->overlaid[k]) {
            s->overlaid[k] = (long)s->here + 1;
            return STATUS_OK;
        }
    return err_set(err, STATUS_NOTFOUND, "%d phones are overlaid: Space on one of them removes it",
                   PATTERN_OVERLAYS);
}

/* All neurons of the pattern, as a list. */
static enum status list_neurons(struct app *app, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    struct pattern_curve *k = &s->curve[0];
    enum status code = STATUS_OK;
    make_curve(app, k, s->here);
    if (!k->there)
        return err_set(err, STATUS_NOTFOUND, "there is no pattern");
    char title[80];
    snprintf(title, sizeof title, "Pattern of %.20s, layer %u", pattern_label(app, k->entry),
             k->layer + 1);
    panel_begin(app, &panel_text, title);
    pattern_set_text(app, app->panel.subject, sizeof app->panel.subject);
    for (uint32_t i = 0; !code && i < k->profile.width; i++) {
        struct profile_stats t = profile_stats(&k->profile, k->order[i]);
        char text[160], range[72] = "";
        if (!t.in)
            continue;
        if (!isnan(t.low))
            snprintf(range, sizeof range, "  %s-%s", number_fixed(t.low, 5).text,
                     number_fixed(t.high, 5).text);
        snprintf(text, sizeof text, "%6u  %s%s  lift %s", k->order[i],
                 number_fixed(k->profile.p[k->order[i]], 5).text, range,
                 number_fixed(t.lift, 2).text);
        code = panel_add(&app->panel, -1, 0, 0, text, err);
    }
    if (!code && !app->panel.count)
        code = err_set(err, STATUS_NOTFOUND, "no neuron is above the baseline");
    return panel_done(app, code);
}

/* The neuron under the cursor, among those of the pattern. */
static enum status look_at_neuron(struct app *app, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    uint64_t neuron = grid_id(&s->neurons);
    char set[PHONES_NAME_MAX + 40];
    pattern_set_text(app, set, sizeof set);
    if (neuron != GRID_NONE && !bitset_has(s->curve[0].profile.pattern, neuron))
        snprintf(set + strlen(set), sizeof set - strlen(set), " | {%u:%llu}", app->at.layer + 1,
                 (unsigned long long)neuron);
    enum status code = view_show(app, ROLE_SET, set, err);
    if (!code && neuron != GRID_NONE)
        grid_select(lists_of_view(app), neuron);
    return code;
}

static void pattern_step_scale(struct app *app, struct err *err)
{
    (void)err;
    if (pattern_state(app)->entries)
        pattern_state(app)->even = !pattern_state(app)->even;
}

/* On the neurons' list the same key marks a neuron. */
static void pattern_overlay(struct app *app, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    if (!s->entries)
        return;
    if (!s->on_neurons)
        err->code = pattern_toggle_overlay(s, err);
    else if (grid_id(&s->neurons) == GRID_NONE)
        err_set(err, STATUS_NOTFOUND, "there is no neuron");
    else
        err->code = marks_toggle(app, app->at.layer, (uint32_t)grid_id(&s->neurons), err);
}

static void pattern_other_list(struct app *app, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    (void)err;
    if (s->entries)
        s->on_neurons = !s->on_neurons && s->form != PATTERN_CURVES;
}

static const struct view_action own[] = {
    {{"overlay", "Space", 0, 4, "overlay",
      "keep the phone's curve for comparison (up to four), or remove it"},
     ACTION_GROUPS,
     pattern_overlay},
    {{"scale", "x", 0, 6, "scale", "ranks on a logarithmic or even scale"},
     ACTION_GROUPS,
     pattern_step_scale},
    {{"other-list", "o", 0, 5, "other list", "switch between the lists of phones and neurons"},
     ACTION_REVERSE,
     pattern_other_list},
    {{NULL, NULL, 0, 0, NULL, NULL}, ACTION_NONE, NULL}};

/*
 * Keys go to the list of phones or, after `o`, to that of neurons, which the form of curves alone
 * does not show. Escape removes the overlaid curves and the filter. False without phones: nothing
 * to do.
 */
static bool pattern_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    (void)arg;
    if (!s->entries)
        return false;
    switch (action) {
    case ACTION_FORM:
        s->form = (s->form + 1) % PATTERN_FORMS;
        s->on_neurons = s->on_neurons && s->form != PATTERN_CURVES;
        break;
    case ACTION_OPEN:
        err->code = s->on_neurons ? look_at_neuron(app, err) : list_neurons(app, err);
        break;
    case ACTION_DISMISS:
        memset(s->overlaid, 0, sizeof s->overlaid);
        grid_filter(s->on_neurons ? &s->neurons : &s->phones, "", NULL, err);
        break;
    default:
        if (s->on_neurons)
            return lists_move(&s->neurons, action, pattern_page(app));
        if (!lists_move(&s->phones, action, (size_t)app_view_rows(app) - 1))
            return false;
        pattern_moved(app);
    }
    return true;
}

/*
 * Size of the pattern and the baseline tau/D, or, if neurons of the layer are marked, how many of
 * those are in the pattern: there is no room for both.
 */
static void pattern_status(const struct app *app, struct buf *line)
{
    const struct pattern_state *s = pattern_state(app);
    const struct pattern_curve *k = &s->curve[0];
    if (!s->entries || !k->there)
        return;
    size_t words = bitset_words(k->profile.width), both = 0;
    size_t marked = marks_in_layer(app, app->at.layer);
    buf_printf(line, "%s: %zu of %u neurons above the baseline ", pattern_label(app, k->entry),
               bitset_count(k->profile.pattern, words), k->profile.width);
    for (uint32_t i = 0; marked && i < k->profile.width; i++)
        both += bitset_has(k->profile.pattern, i) && marks_has(app, app->at.layer, i);
    if (marked) /* no room for all that is said otherwise */
        buf_printf(line, "(*), %zu marked", both);
    else
        buf_printf(line, "%u/%u = %s (*)", k->profile.tau, k->profile.width,
                   number_fixed(k->profile.baseline, 5).text);
    if (s->neurons.filter[0])
        buf_printf(line, "; %zu of %zu with '%s'", s->neurons.count, s->neurons.rows,
                   s->neurons.filter);
}

static struct grid *pattern_grid(struct app *app)
{
    struct pattern_state *s = pattern_state(app);
    return s->on_neurons ? &s->neurons : &s->phones;
}

const struct view view_pattern = {
    .lesson = "PATTERN: which neurons respond to a phone, and how often, as in figure 2 of the "
              "paper.\n"
              "\n"
              "The activation probability p(neuron | phone) is the share of the phone's frames in "
              "which the neuron is activated. The baseline is tau/D: of the D neurons of a layer, "
              "tau are activated in each frame. The curve shows p of all neurons in descending "
              "order; those above the baseline (*) are the phone's activation pattern S_k. A steep "
              "curve means that few neurons respond to the phone, and do so consistently.\n"
              "\n"
              "The interval is Wilson's at 95 percent, lift is p over the baseline. A rare phone "
              "(!) has so few frames that a neuron at the baseline would be activated fewer than "
              "ten times in them: its pattern contains neurons by chance. Conditions (c) apply: "
              "for example, a phone in female speech only. Space keeps a phone's curve, shown as a "
              "letter, for comparison with others.",
    .role = ROLE_PHONE,
    .needs = NEEDS_NOTHING,
    .offers = {ACTION_SORT, ACTION_REVERSE, ACTION_GLYPHS},
    .own = own,
    .named_by = NAMED_FILE | NAMED_PHONE | NAMED_LAYER,
    .state_size = sizeof(struct pattern_state),
    .init = pattern_init,
    .free = pattern_release,
    .apply = pattern_apply,
    .prepare = pattern_prepare,
    .render = pattern_render,
    .result = pattern_result,
    .figure = pattern_figure,
    .status = pattern_status,
    .grid = pattern_grid,
    .moved = pattern_moved,
    .tell = pattern_tell,
    .take = pattern_take,
    .set = pattern_set,
};
