/*
 * conditions.c - what the numbers are computed under: sigma, lambda, and the panel of factors and
 * levels that says which frames count and which property divides them.
 */
#include "config.h"

#include "explorer/conditions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "explorer/view.h"

/* Sigma is the same for all files; each takes it over when it is shown. */
enum status conditions_set_sigma(struct app *app, double percent, struct err *err)
{
    double before = app->sigma;
    app->sigma = percent < 5 ? 5 : percent > 100 ? 100 : percent;
    if (app->sigma == before)
        return STATUS_OK;
    return app_conditions_changed(app, err);
}

/* The counts at the next of the file's lambdas; each file keeps its own. */
enum status conditions_next_lambda(struct app *app, struct err *err)
{
    struct counts *c = &app->file[app->here].counts;
    uint32_t k = 0;
    if (c->lambdas < 2)
        return err_set(err, STATUS_NOTFOUND, "the file holds counts at lambda %s%% only",
                       number_short(c->lambda_percent, 6).text);
    while (c->lambda[k] != c->lambda_percent)
        k++;
    enum status code = counts_choose(c, c->lambda[(k + 1) % c->lambdas], err);
    return code ? code : app_conditions_changed(app, err);
}

/* The prompt takes any percentage above 0; the keys + and - stay between 5 and 100. */
static enum status conditions_accept_sigma(struct app *app, struct err *err)
{
    const struct prompt *p = &app->prompt;
    char *end;
    double v = strtod(p->text, &end);
    if (end == p->text || *end || !(v > 0 && v <= 100))
        return err_set(err, STATUS_USAGE, "a number above 0, up to 100");
    app->sigma = v;
    return app_conditions_changed(app, err);
}

static const struct prompt_kind sigma_prompt = {.accept = conditions_accept_sigma};

void conditions_ask_sigma(struct app *app)
{
    char text[32];
    snprintf(text, sizeof text, "%s", number_short(app->sigma, 6).text);
    prompt_open(app, &sigma_prompt, 0, "sigma, percent of a group's phones", text);
}

/* Frames of one level, whatever the filters; -1 where the file knows none. */
static int64_t conditions_level_frames(const struct counts *c, uint32_t factor, uint32_t level)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < c->cells; i++)
        if (c->factor[factor].index[i] == (int32_t)level) {
            if (c->frames[i] < 0)
                return -1;
            n += c->frames[i];
        }
    return n;
}

/* Of a heading: -1 that no property goes by it, else whether the one at hand does. */
static int conditions_heading_check(const struct app *app, uint32_t property)
{
    return property == NAMES_NONE ? -1 : property == app->at.property;
}

/*
 * One factor as a heading, then a line for each of its levels with the frames counted there. The
 * line's major is the factor, its minor the level. Without frame counts (probabilities) the number
 * is left out, and NAN fails comparisons such as frames>1000 in a filter.
 */
static enum status conditions_add_factor(struct app *app, uint32_t f, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    const struct query_filters *filters = &app_session(app)->filters;
    char text[160];
    uint32_t property = names_find(&app_session(app)->names, c->factor[f].name);
    snprintf(text, sizeof text, "%.100s", c->factor[f].name);
    enum status code = panel_add(&app->panel, conditions_heading_check(app, property), f,
                                 PANEL_HEADING, text, err);
    for (uint32_t l = 0; !code && l < c->factor[f].levels; l++) {
        int64_t n = conditions_level_frames(c, f, l);
        const char *label = level_label(c->factor[f].level[l]);
        int pad = text_width(label) < 16 ? 16 - text_width(label) : 0;
        if (n < 0)
            snprintf(text, sizeof text, "%.100s", label);
        else
            snprintf(text, sizeof text, "%.100s%*s%10lld frames", label, pad, "", (long long)n);
        code = panel_add_frames(&app->panel, query_filters_allow(filters, f, (int32_t)l), f, l,
                                text, n < 0 ? NAN : (double)n, err);
    }
    return code;
}

/* Phone features that nobody has asked for yet: choosing one is asking. */
static enum status conditions_add_features(struct app *app, struct err *err)
{
    const struct analysis *a = app_session(app);
    enum status code = STATUS_OK;
    for (uint32_t i = 0; !code && i < a->phones->features; i++) {
        const char *name = a->phones->feature[i].name;
        if (names_find(&a->names, name) == NAMES_NONE && analysis_has(a, name, strlen(name)))
            code = panel_add(&app->panel, 0, a->counts->factors + a->names.count + i, PANEL_HEADING,
                             name, err);
    }
    return code;
}

/* Properties that are no factor of the file (each-phone) can be chosen, too. */
static enum status conditions_add_properties(struct app *app, struct err *err)
{
    const struct names *names = &app_session(app)->names;
    const struct counts *c = &app_file(app)->counts;
    enum status code = STATUS_OK;
    for (uint32_t p = 0; !code && p < names->count; p++)
        if (counts_find_factor(c, names->name[p]) < 0)
            code = panel_add(&app->panel, conditions_heading_check(app, p), c->factors + p,
                             PANEL_HEADING, names->name[p], err);
    return code;
}

/* Factors by falling use: few levels are the ones that are switched, long lists come last. */
static int conditions_by_levels(const void *a, const void *b)
{
    const struct counts_factor *x = *(const struct counts_factor *const *)a;
    const struct counts_factor *y = *(const struct counts_factor *const *)b;
    return x->levels != y->levels ? (x->levels > y->levels) - (x->levels < y->levels)
                                  : (x > y) - (x < y);
}

/* The factors sorted by number of levels; the lines keep the file's own factor numbers. */
static enum status conditions_add_factors(struct app *app, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    const struct counts_factor **order = mem_array(c->factors, sizeof *order);
    enum status code = order ? STATUS_OK : err_nomem(err);
    for (uint32_t f = 0; order && f < c->factors; f++)
        order[f] = &c->factor[f];
    if (order && c->factors)
        qsort(order, c->factors, sizeof *order, conditions_by_levels);
    for (uint32_t f = 0; !code && f < c->factors; f++)
        code = conditions_add_factor(app, (uint32_t)(order[f] - c->factor), err);
    free(order);
    return code;
}

uint32_t app_find_property(struct app *app, const char *name)
{
    for (size_t i = 0; i < app->files; i++)
        if (app->file[i].open)
            analysis_find(&app->file[i].session, name);
    return names_find(&app_session(app)->names, name);
}

static enum status conditions_group_by(struct app *app, const struct panel_line *l, struct err *err)
{
    uint32_t property = app_find_property(app, l->text);
    if (property == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "no property of the factor %.100s", l->text);
    app->at.property = property;
    return conditions_open(app, err);
}

/* Switches one level on or off; the panel is made again to show it. */
static enum status conditions_toggle_level(struct app *app, const struct panel_line *l,
                                           struct err *err)
{
    struct app_file *f = &app->file[app->here];
    enum status code =
        query_filters_toggle(&f->session.filters, &f->counts, l->major, l->minor, err);
    if (!code)
        code = app_conditions_changed(app, err);
    return code ? code : conditions_open(app, err);
}

/* On a factor's heading: all of its levels, or none but the first to go on from. */
static enum status conditions_toggle_factor(struct app *app, uint32_t factor, struct err *err)
{
    struct app_file *f = &app->file[app->here];
    enum status code = STATUS_OK;
    uint32_t on = 0, levels = f->counts.factor[factor].levels;
    for (uint32_t l = 0; l < levels; l++)
        on += query_filters_allow(&f->session.filters, factor, (int32_t)l);
    for (uint32_t l = 0; !code && l < levels; l++)
        if (query_filters_allow(&f->session.filters, factor, (int32_t)l) == (on == levels) &&
            !(on == levels && l == 0))
            code = query_filters_toggle(&f->session.filters, &f->counts, factor, l, err);
    if (!code)
        code = app_conditions_changed(app, err);
    return code ? code : conditions_open(app, err);
}

/* Space on a heading: its levels; on a property that is no factor there are none to switch. */
static enum status conditions_toggle(struct app *app, const struct panel_line *line,
                                     struct err *err)
{
    if (line->minor != PANEL_HEADING)
        return conditions_toggle_level(app, line, err);
    return line->major < app_file(app)->counts.factors
               ? conditions_toggle_factor(app, line->major, err)
               : conditions_group_by(app, line, err);
}

static enum status conditions_choose(struct app *app, const struct panel_line *line,
                                     struct err *err)
{
    return line->minor == PANEL_HEADING ? conditions_group_by(app, line, err)
                                        : conditions_toggle_level(app, line, err);
}

static enum status conditions_reset(struct app *app, struct err *err)
{
    query_filters_free(&app->file[app->here].session.filters);
    enum status code = app_conditions_changed(app, err);
    return code ? code : conditions_open(app, err);
}

static const struct panel_kind conditions_panel = {.look = PANEL_TREE,
                                                   .choose = conditions_choose,
                                                   .toggle = conditions_toggle,
                                                   .reset = conditions_reset};

enum status conditions_open(struct app *app, struct err *err)
{
    bool first = app->panel.kind != &conditions_panel;
    panel_begin(app, &conditions_panel, "Conditions: group by (*), count frames of [x]");
    enum status code = conditions_add_factors(app, err);
    if (!code)
        code = conditions_add_properties(app, err);
    if (!code)
        code = conditions_add_features(app, err);
    code = panel_done(app, code);
    if (!code && first)
        app->panel.grid.here = app->panel.count > 1;
    return code;
}
