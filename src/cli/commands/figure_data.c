/*
 * From count files to a figure: opens the files, computes what the figure shows, and lays it out
 * together with its table.
 */
#include "config.h"

#include "cli/commands/figure_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/ties.h"
#include "report/report.h"

void figure_request_free(struct figure_request *r)
{
    names_free(&r->properties);
    names_free(&r->phones);
    names_free(&r->sets);
}

/* The phone as the file spells it. */
static const char *phone_in(const struct analysis_input *in, const char *name, struct err *err)
{
    int level = analysis_find_phone(&in->analysis, name, err);
    if (level < 0)
        return NULL;
    return in->counts.factor[counts_find_factor(&in->counts, "phone")].level[level];
}

/* AH, the phone of the paper's figure; where the file has none, the phone with the most frames. */
static const char *usual_phone(const struct analysis_input *in, struct err *err)
{
    const struct counts *c = &in->counts;
    int f = counts_find_factor(c, "phone"),
        at = f < 0 ? -1 : counts_find_level(c, (uint32_t)f, "AH");
    int64_t most = INT64_MIN;
    for (uint32_t k = 0; f >= 0 && at < 0 && k < c->factor[f].levels; k++) {
        int64_t frames = 0;
        if (phones_class(&in->phones, c->factor[f].level[k]) < 0)
            continue;
        for (uint32_t i = 0; i < c->cells; i++)
            frames += c->factor[f].index[i] == (int32_t)k ? c->frames[i] : 0;
        if (frames > most) {
            most = frames;
            at = (int)k;
        }
    }
    if (at < 0) {
        err_set(err, STATUS_NOTFOUND, "%s: holds no phone", c->path);
        return NULL;
    }
    return c->factor[f].level[at];
}

/* Figure 2: the activation probabilities of each phone in one layer (default: the first), by
 * falling p. ORDER [k][width] and the profiles are only borrowed by the figure and freed here. */
static enum status make_ranks(const struct figure_request *r, struct analysis_input *in,
                              struct figure *f, struct table *t, struct err *err)
{
    struct profile profile[RANKS_MAX_CURVES];
    uint32_t *order[RANKS_MAX_CURVES] = {NULL};
    struct rank_data d = {.layer = r->options.layer ? (uint32_t)r->options.layer - 1 : 0,
                          .logarithmic = r->logarithmic};
    enum status code = STATUS_OK;
    uint32_t phones = r->phones.count ? r->phones.count : 1;
    for (uint32_t k = 0; !code && k < phones; k++) {
        const char *phone =
            r->phones.count ? phone_in(in, r->phones.name[k], err) : usual_phone(in, err);
        code = phone ? analysis_profile(&in->analysis, &profile[k], phone, NULL, d.layer, err)
                     : err->code;
        if (code)
            break;
        d.curves++;
        order[k] = profile_order(&profile[k]);
        if (!order[k])
            code = err_nomem(err);
        d.curve[k] = (struct rank_curve){phone, &profile[k], order[k]};
    }
    if (!code)
        figure_ranks(f, &d, r->width, r->height);
    for (size_t k = 0; !code && k < d.curves; k++)
        code = report_pattern(t, d.curve[k].profile, d.curve[k].order, d.curve[k].profile->width,
                              d.curve[k].phone, d.layer, NULL, err);
    for (size_t k = 0; k < d.curves; k++) {
        free(order[k]);
        profile_free(&profile[k]);
    }
    return code;
}

/* The layer with the largest silhouette of PROPERTY, 0 where none has one. */
static enum status best_layer(struct analysis_input *in, const char *property, uint32_t *layer,
                              struct err *err)
{
    struct ties t = TIES_NONE;
    enum status code = STATUS_OK;
    for (uint32_t l = 0; !code && l < in->counts.layers; l++) {
        const struct map *m;
        code = analysis_map(&in->analysis, property, l, &m, err);
        if (!code)
            ties_offer(&t, l, m->silhouette);
    }
    *layer = t.best < 0 ? 0 : (uint32_t)t.best;
    return code;
}

/* One panel of figure 3. Without --layer the initial layer wraps around and is replaced by the one
 * with the largest silhouette. */
static enum status make_map(const struct figure_request *r, struct analysis_input *in,
                            const char *property, struct map_data *d, struct err *err)
{
    const struct map *m;
    *d = (struct map_data){.layer = (uint32_t)r->options.layer - 1};
    enum status code = analysis_property(&in->analysis, property, &d->property, err);
    if (!code && !r->options.layer)
        code = best_layer(in, property, &d->layer, err);
    if (!code)
        code = analysis_map(&in->analysis, property, d->layer, &m, err);
    if (!code && r->phones.count && !(d->selected = phone_in(in, r->phones.name[0], err)))
        code = err->code;
    if (code)
        return code;
    d->xy = m->xy;
    d->stress = m->normalised_stress;
    d->silhouette = m->silhouette;
    d->silhouette_full = m->silhouette_full;
    return STATUS_OK;
}

/* Those asked for, which must all be there, or the paper's three, as far as they are. */
static enum status make_maps(const struct figure_request *r, struct analysis_input *in,
                             struct figure *f, struct table *t, struct err *err)
{
    static const char *const usual[] = {"phone", "gender", "pitch"};
    uint32_t wanted = r->properties.count ? r->properties.count : 3;
    struct map_data *d = mem_zeros(wanted, sizeof *d);
    size_t maps = 0;
    enum status code = d ? STATUS_OK : err_nomem(err);
    for (uint32_t i = 0; !code && i < wanted; i++) {
        const char *name = r->properties.count ? r->properties.name[i] : usual[i];
        if (!r->properties.count && names_find(&in->analysis.names, name) == NAMES_NONE)
            continue;
        code = make_map(r, in, name, &d[maps], err);
        if (!code)
            maps++;
        else if (code == STATUS_UNSUPPORTED && !r->properties.count)
            code = STATUS_OK;
    }
    if (!code && !maps && err->code != STATUS_UNSUPPORTED)
        err_set(err, STATUS_UNSUPPORTED, "%s: has none of phone, gender and pitch",
                in->counts.path);
    if (!code && !maps)
        code = err->code;
    if (!code)
        figure_maps(f, d, maps, r->width, r->height);
    for (size_t i = 0; !code && i < maps; i++)
        code = report_map(t, d[i].property, d[i].layer, d[i].xy, d[i].hidden, NULL, err);
    free(d);
    return code;
}

/* Adds SET to OUT; the name of a property or group with the selector that --select says. */
static enum status figure_add_set(const struct analysis *a, const char *set, struct names *out,
                                  struct err *err)
{
    struct setexpr e;
    struct buf text = BUF_INIT;
    enum status code = setexpr_parse(&e, set, a, NULL, err);
    if (code)
        return code;
    const struct setexpr_node *n = &e.node[e.nodes - 1];
    bool plain = n->selector || (n->kind != SETEXPR_PROPERTY && n->kind != SETEXPR_GROUP) ||
                 selection_selector(&a->rule) == &selector_paper;
    buf_printf(&text, plain ? "%s" : "%s:%s", set, selection_selector(&a->rule)->name);
    if (!buf_ok(&text) || names_add(out, buf_text(&text)) == NAMES_NONE)
        code = err_nomem(err);
    buf_free(&text);
    setexpr_free(&e);
    return code;
}

/* Figure 8: the overlap of --sets, or of the three properties of the paper as far as the file has
 * them, in one layer (default: the first), with the exact size of each region. */
static enum status make_sets(const struct figure_request *r, struct analysis_input *in,
                             struct figure *f, struct table *t, struct err *err)
{
    static const char *const usual[] = {"phone", "gender", "pitch"};
    struct setexpr expr[OVERLAP_MAX_SETS] = {0};
    struct names name = NAMES_INIT;
    const struct property *p;
    struct overlap o = {0};
    struct sets_data d = {&o, NULL, r->options.layer ? (uint32_t)r->options.layer - 1 : 0};
    enum status code = STATUS_OK;
    for (uint32_t s = 0; s < r->sets.count && !code; s++)
        code = figure_add_set(&in->analysis, r->sets.name[s], &name, err);
    for (int i = 0; i < 3 && !r->sets.count && !code; i++)
        if (names_find(&in->analysis.names, usual[i]) != NAMES_NONE &&
            analysis_property(&in->analysis, usual[i], &p, err) == STATUS_OK)
            code = figure_add_set(&in->analysis, usual[i], &name, err);
    uint32_t n = code ? 0 : name.count;
    if (!code && !n)
        code = err_set(err, STATUS_UNSUPPORTED, "%s: has none of phone, gender and pitch",
                       in->counts.path);
    for (uint32_t s = 0; s < n && !code; s++) {
        code = setexpr_parse(&expr[s], name.name[s], &in->analysis, NULL, err);
        if (!code)
            code = setexpr_load(&expr[s], &in->analysis, err);
    }
    if (!code)
        code = overlap_make(&o, expr, n, &in->analysis, d.layer, err);
    if (!code) {
        d.names = (const char *const *)name.name;
        figure_sets(f, &d, r->width, r->height);
        code = report_overlap(t, &o, expr, d.layer, err);
    }
    for (uint32_t s = 0; s < n; s++)
        setexpr_free(&expr[s]);
    names_free(&name);
    return code;
}

/* Files that cannot answer a property say so; one that is asked for and nowhere is a failure. */
static enum status check_asked(const struct figure_request *r, const struct scores *s,
                               const struct cli *cli, struct err *err)
{
    for (uint32_t p = 0; p < r->properties.count; p++) {
        const char *name = r->properties.name[p], *why = NULL;
        bool answered = false;
        for (size_t i = 0; i < r->files; i++) {
            long k = scores_find(&s[i], name);
            answered = answered || (k >= 0 && !s[i].property[k].why[0]);
            why = k >= 0 && s[i].property[k].why[0] ? s[i].property[k].why : why;
        }
        if (!answered && why)
            return err_set(err, STATUS_UNSUPPORTED, "%s: %s: %.200s", r->path[0], name, why);
        if (!answered)
            return err_set(err, STATUS_NOTFOUND, "%s: no property '%s'", r->path[0], name);
    }
    for (size_t i = 0; i < r->files; i++)
        for (uint32_t p = 0; p < s[i].properties; p++)
            if (s[i].property[p].why[0])
                cli_note(cli, "%s: %s left out: %s", s[i].title, s[i].property[p].name,
                         s[i].property[p].why);
    return STATUS_OK;
}

/* Figures 4 and 5 are of silhouettes: without a single one there is nothing to draw. */
static enum status check_scores(const struct figure_request *r, const struct scores *s,
                                struct err *err)
{
    if (r->number == 7)
        return STATUS_OK;
    for (size_t i = 0; i < r->files; i++)
        for (uint32_t p = 0; p < s[i].properties; p++)
            if (s[i].property[p].asked && s[i].property[p].best >= 0)
                return STATUS_OK;
    return err_set(err, STATUS_UNSUPPORTED,
                   "%s: no silhouette to draw: groups of a single phone have none, and more than "
                   "%d patterns are too many",
                   r->path[0], SCORES_MAX_POINTS);
}

/* Scores of one count file, which is open only meanwhile: several large files need not fit into
 * memory together. */
static enum status score_file(const struct figure_request *r, const struct cli *cli,
                              const char *path, const char *title, struct scores *s,
                              struct err *err)
{
    struct analysis_input in;
    enum status code = analysis_open(&in, path, &r->options, err);
    if (!code && in.analysis.names.count == 0)
        code = err_set(err, STATUS_UNSUPPORTED,
                       "%s: the file was counted without the factor 'phone'", path);
    if (!code)
        code = scores_make(s, &in.analysis, title, &r->properties, 0, err);
    /* A figure of all properties shows those of the paper and the file's own factors. */
    long each = code ? -1 : scores_find(s, "each-phone");
    if (each >= 0 && !r->properties.count)
        s->property[each].asked = false;
    if (!code && (r->null || r->draws))
        code = figure_add_nulls(r, cli, s, &in.analysis, err);
    analysis_close(&in);
    return code;
}

/* Figures 4, 5 and 7: the scores of every file in all layers. A property without data in
 * one file is left out there with a note; it is an error if it was asked for and no file has it. */
static enum status make_layers(const struct figure_request *r, const struct cli *cli,
                               struct figure *f, struct table *t, struct err *err)
{
    struct scores *s = mem_zeros(r->files, sizeof *s);
    char **title = mem_zeros(r->files, sizeof *title);
    enum status code = s && title ? scores_titles(title, r->path, r->files, err) : err_nomem(err);
    for (size_t i = 0; !code && i < r->files; i++)
        code = score_file(r, cli, r->path[i], title[i], &s[i], err);
    if (!code)
        code = check_asked(r, s, cli, err);
    if (!code)
        code = check_scores(r, s, err);
    if (!code && r->number == 5) {
        figure_best(f, s, r->files, r->width, r->height);
        code = report_best(t, s, r->files, r->null ? REPORT_BAND_BEST : 0, err);
    } else if (!code) {
        enum curves_of what = r->number == 7 ? CURVES_NEURONS : CURVES_SILHOUETTES;
        unsigned band = r->number == 7 ? REPORT_BAND_NEURONS : REPORT_BAND_SILHOUETTES;
        bool bands = r->null || r->draws;
        (bands ? figure_bands : figure_curves)(f, s, r->files, what, r->width, r->height);
        band = (r->null ? band : 0) | (r->draws ? REPORT_BAND_DRAWS : 0);
        code = report_layers(t, s, r->files, band, err);
    }
    for (size_t i = 0; i < r->files; i++) {
        if (s)
            scores_free(&s[i]);
        if (title)
            free(title[i]);
    }
    free(s);
    free(title);
    return code;
}

enum status figure_make(const struct figure_request *r, const struct cli *cli, struct figure *f,
                        struct table *t, struct err *err)
{
    struct analysis_input in;
    if (r->number == 4 || r->number == 5 || r->number == 7)
        return make_layers(r, cli, f, t, err);
    if (r->number == 6 || r->number == 9)
        return figure_make_pruned(r, f, t, err);
    if (r->number == FIGURE_TRAINING)
        return figure_make_training(r, f, t, err);
    enum status code = analysis_open(&in, r->path[0], &r->options, err);
    if (!code)
        code = r->number == 2             ? make_ranks(r, &in, f, t, err)
               : r->number == 3           ? make_maps(r, &in, f, t, err)
               : r->number == FIGURE_NULL ? figure_make_null(r, cli, &in, f, t, err)
                                          : make_sets(r, &in, f, t, err);
    analysis_close(&in);
    return code;
}
