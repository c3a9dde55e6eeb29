/*
 * The two lists of the Pattern view, phones and neurons, and its place as options.
 */
#include "config.h"

#include "explorer/views/pattern/pattern_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct grid_column phone_columns[PHONES_COLUMNS] = {
    [PHONES_PHONE] = {"phone", "phone", true, false},
    [PHONES_FRAMES] = {"frames", "frames", false, true},
    [PHONES_CLASS] = {"class", "class", true, false},
    [PHONES_RARE] = {"rare", "rare", false, true}};

static const struct grid_column neuron_columns[PATTERN_COLUMNS] = {
    [PATTERN_NEURON] = {"neuron", "neuron", false, false},
    [PATTERN_P] = {"p", "p", false, true},
    [PATTERN_LOW] = {"low", "low", false, true},
    [PATTERN_HIGH] = {"high", "high", false, true},
    [PATTERN_LIFT] = {"lift", "lift", false, true},
    [PATTERN_HITS] = {"hits", "hits", false, true},
    [PATTERN_MARGINAL] = {"marginal", "marginal", false, true},
    [PATTERN_IN] = {"in", "in", false, true},
    [PATTERN_MARKED] = {"marked", "marked", false, true}};

/* Both lists as they are at first: all phones as they come, their neurons by p. */
void pattern_reset_lists(struct pattern_state *s)
{
    s->phones.noun = "phones";
    s->neurons.noun = "neurons";
    grid_reset(&s->phones, phone_columns, PHONES_COLUMNS);
    grid_reset(&s->neurons, neuron_columns, PATTERN_COLUMNS);
    s->neurons.sort = PATTERN_P + 1;
    s->phones_stamp = s->neurons_stamp = 0;
    s->on_neurons = false;
}

bool pattern_is_rare(const struct app *app, size_t i)
{
    const struct counts_layer *layer = &app_file(app)->counts.layer[app->at.layer];
    const struct pattern_entry *e = &pattern_state(app)->entry[i];
    return e->frames >= 0 && (double)e->frames * layer->tau < PATTERN_RARE * (double)layer->width;
}

/*
 * Made again when conditions or layer change: whether a phone is rare depends on tau and width of
 * the layer. One number stands for both, as conditions seldom change 65536 times; + 1 keeps 0 for a
 * list never made.
 */
enum status pattern_fill_phones(struct app *app, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    if (s->phones_stamp == app->conditions + app->at.layer * 65536 + 1)
        return STATUS_OK;
    grid_clear(&s->phones);
    for (size_t i = 0; i < s->entries; i++) {
        const char *label = pattern_label(app, i);
        int class = phones_class(&app->phones, label);
        const double frames = s->entry[i].frames < 0 ? NAN : (double)s->entry[i].frames;
        const double number[PHONES_COLUMNS] = {
            [PHONES_FRAMES] = frames, [PHONES_RARE] = pattern_is_rare(app, i)};
        const char *const text[PHONES_COLUMNS] = {
            [PHONES_PHONE] = label,
            [PHONES_CLASS] = class < 0 ? "" : app->phones.classes.name[class]};
        if (!grid_add(&s->phones, i, number, text))
            return err_nomem(err);
    }
    grid_arrange(&s->phones);
    s->phones_stamp = app->conditions + app->at.layer * 65536 + 1;
    return STATUS_OK;
}

/* The list of the neurons of the phone at hand. */
enum status pattern_fill_neurons(struct app *app, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    const struct pattern_curve *k = &s->curve[0];
    if (s->neurons_stamp == k->stamp && s->neurons_level == k->level &&
        s->neurons_layer == k->layer && s->marks_stamp == app->marked.stamp)
        return STATUS_OK;
    grid_clear(&s->neurons);
    for (uint32_t i = 0; k->there && i < k->profile.width; i++) {
        struct profile_stats t = profile_stats(&k->profile, i);
        char name[16];
        snprintf(name, sizeof name, "%u", i);
        const double number[PATTERN_COLUMNS] = {i,
                                                k->profile.p[i],
                                                t.low,
                                                t.high,
                                                t.lift,
                                                t.hits,
                                                t.marginal,
                                                t.in,
                                                marks_has(app, k->layer, i)};
        const char *const text[PATTERN_COLUMNS] = {name, "", "", "", "", "", "", "", ""};
        if (!grid_add(&s->neurons, i, number, text))
            return err_nomem(err);
    }
    grid_arrange(&s->neurons);
    s->neurons_stamp = k->stamp;
    s->neurons_level = k->level;
    s->neurons_layer = k->layer;
    s->marks_stamp = app->marked.stamp;
    return STATUS_OK;
}

/* The pattern as a set expression. */
void pattern_set_text(const struct app *app, char *text, size_t size)
{
    snprintf(text, size, "[\"%s\"]", pattern_label(app, pattern_state(app)->here));
}

static const char *const forms[PATTERN_FORMS] = {
    [PATTERN_BOTH] = "both", [PATTERN_CURVES] = "curves", [PATTERN_TABLE] = "table"};

/*
 * The phones' list, then "--pane neurons" before the options of the neurons' list, if those are not
 * the usual ones; "--pane phones" goes back where keys go to the phones.
 */
void pattern_tell(const struct app *app, struct link *out)
{
    const struct pattern_state *s = pattern_state(app);
    const struct grid *g = &s->neurons;
    bool usual = g->sort == PATTERN_P + 1 && !g->reverse && !g->filter[0] && !g->search[0];
    if (s->form)
        link_add(out, "form", "%s", forms[s->form]);
    if (s->even)
        link_add(out, "scale", "even");
    for (int k = 0; k < PATTERN_OVERLAYS; k++)
        if (s->overlaid[k])
            link_add(out, "overlay", "%s", pattern_label(app, (size_t)s->overlaid[k] - 1));
    link_tell_list(&s->phones, out);
    if (usual && !s->on_neurons)
        return;
    link_add(out, "pane", "neurons");
    if (!usual)
        link_tell_list(g, out);
    if (!s->on_neurons)
        link_add(out, "pane", "phones");
    else if (grid_id(g) != GRID_NONE)
        link_add(out, "select", "%llu", (unsigned long long)grid_id(g));
}

/* The phone in the first free place; the order of options is therefore the order of letters. */
static enum status take_overlay(struct app *app, const char *value, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    int level = analysis_find_phone(app_session(app), value, err);
    if (level < 0)
        return err->code;
    for (size_t i = 0; i < s->entries; i++)
        for (int k = 0; s->entry[i].level == (uint32_t)level && k < PATTERN_OVERLAYS; k++)
            if (!s->overlaid[k]) {
                s->overlaid[k] = (long)i + 1;
                return STATUS_OK;
            }
    return err_set(err, STATUS_USAGE, "at most %d phones can be overlaid", PATTERN_OVERLAYS);
}

/*
 * Takes --form, --scale even, --overlay PHONE, --pane and --select NEURON. NAME NULL restores the
 * view as it opens. --pane says which list the following --sort and --filter are about.
 */
enum status pattern_take(struct app *app, const char *name, const char *value, struct err *err)
{
    struct pattern_state *s = pattern_state(app);
    if (!name) {
        memset(s->overlaid, 0, sizeof s->overlaid);
        s->form = PATTERN_BOTH;
        s->even = false;
        pattern_reset_lists(s);
        return STATUS_OK;
    }
    if (strcmp(name, "pane") == 0 && (!strcmp(value, "neurons") || !strcmp(value, "phones"))) {
        s->on_neurons = strcmp(value, "neurons") == 0;
        return STATUS_OK;
    }
    if (strcmp(name, "form") == 0)
        for (int i = 0; i < PATTERN_FORMS; i++)
            if (strcmp(value, forms[i]) == 0) {
                s->form = (enum pattern_form)i;
                return STATUS_OK;
            }
    if (strcmp(name, "scale") == 0 && (!strcmp(value, "even") || !strcmp(value, "log"))) {
        s->even = strcmp(value, "even") == 0;
        return STATUS_OK;
    }
    if (strcmp(name, "overlay") == 0)
        return take_overlay(app, value, err);
    if (strcmp(name, "select") == 0) {
        s->on_neurons = true;
        return link_take_neuron(app, &s->neurons, value, err);
    }
    return link_unknown(name, value, err);
}

/* The pattern; the neurons listed where some are kept out, and the one under the cursor. */
bool pattern_set(const struct app *app, enum view_set which, struct buf *out)
{
    const struct pattern_state *s = pattern_state(app);
    char text[PHONES_NAME_MAX + 8];
    if (!s->entries || !s->curve[0].there)
        return false;
    if (which == SET_CURSOR && s->on_neurons && grid_id(&s->neurons) != GRID_NONE) {
        buf_printf(out, "{%u:%llu}", app->at.layer + 1, (unsigned long long)grid_id(&s->neurons));
        return true;
    }
    if (s->neurons.filter[0] && s->neurons.count) {
        buf_printf(out, "{%u:", app->at.layer + 1);
        for (size_t i = 0; i < s->neurons.count; i++)
            buf_printf(out, "%s%u", i ? "," : "", s->neurons.shown[i]);
        buf_str(out, "}");
        return true;
    }
    pattern_set_text(app, text, sizeof text);
    buf_str(out, text);
    return true;
}
