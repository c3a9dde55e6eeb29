/*
 * Planning the damage matrix: rows of neurons to change, candidates for their controls, steps.
 */
#include "config.h"

#include "experiment/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "experiment/plan.h"
#include "corpus/recordings.h"
#include "analysis/modelset.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/settings.h"

void matrix_free(struct matrix *m)
{
    for (uint32_t r = 0; r < m->x.rows; r++) {
        if (m->set)
            neuron_set_free(&m->set[r]);
        if (m->control)
            controls_free(&m->control[r]);
    }
    free(m->set);
    free(m->control);
    relabel_free(&m->relabel);
    experiment_free(&m->x);
    *m = (struct matrix){0};
}

/* A row to be: its name and its neurons. */
struct rows {
    const char **name;
    struct neuron_set *set;
    uint32_t count;
};

static void rows_free(struct rows *r)
{
    for (uint32_t i = 0; r->set && i < r->count; i++)
        neuron_set_free(&r->set[i]);
    free(r->set);
    free(r->name);
}

/* COUNT rows without names and neurons, of the model's layers and widths. */
static enum status rows_init(struct rows *r, uint32_t count, const struct model_info *info,
                             struct err *err)
{
    enum status code = STATUS_OK;
    *r = (struct rows){mem_zeros(count, sizeof *r->name), mem_zeros(count, sizeof *r->set), count};
    if (!r->name || !r->set)
        code = err_nomem(err);
    for (uint32_t i = 0; i < count && !code; i++)
        code = neuron_set_init(&r->set[i], info->layers, info->width, err);
    return code;
}

/* The group neurons of the property, a row for each group. They come from the count file, whose
 * layers and widths must be the model's. */
static enum status rows_of_groups(struct rows *r, const struct matrix_options *o,
                                  const struct model_info *info, struct err *err)
{
    const struct property *p;
    if (!o->analysis)
        return err_set(err, STATUS_USAGE, "groups to erase need a count file: -c COUNTS");
    enum status code = analysis_property(o->analysis, o->property, &p, err);
    if (!code)
        code = rows_init(r, p->groups, info, err);
    /* All rows have the same widths: one is compared with the count file's. */
    if (!code && p->groups)
        code = modelset_fit(&r->set[0], o->analysis->counts, o->checkpoint->path, err);
    for (uint32_t l = 0; l < info->layers && !code; l++) {
        const struct selection *layer;
        if ((code = analysis_selection(o->analysis, o->property, l, NULL, &layer, err)))
            break;
        for (uint32_t g = 0; g < p->groups; g++) {
            r->name[g] = p->group.name[g];
            /* Group neurons of the layer are bits, [groups][words]. */
            memcpy(r->set[g].row[l], layer->group + g * layer->words,
                   layer->words * sizeof *layer->group);
        }
    }
    return code;
}

/* A row for each group, or the one of the set, cut down to the layers asked for. */
static enum status rows_make(struct rows *r, const struct matrix_options *o,
                             const struct model_info *info, struct err *err)
{
    enum status code;
    size_t total = 0;
    if (o->property) {
        code = rows_of_groups(r, o, info, err);
    } else {
        code = rows_init(r, 1, info, err);
        r->name[0] = code ? NULL : o->set;
        if (!code)
            code = modelset_add(&r->set[0], o->set, o->analysis, o->checkpoint->path, err);
    }
    for (uint32_t i = 0; i < r->count && !code; i++) {
        if (o->layers)
            code = modelset_only(&r->set[i], o->layers, err);
        total += code ? 0 : neuron_set_total(&r->set[i]);
    }
    if (!code && total == 0)
        code = o->property ? err_set(err, STATUS_NOTFOUND,
                                     "%s: no group of %s has a neuron: nothing to "
                                     "erase",
                                     o->analysis->counts->path, o->property)
                           : err_set(err, STATUS_NOTFOUND,
                                     "the set '%s' is empty: nothing to erase", o->set);
    return code;
}

/* The union of all rows, which controls stay outside of. */
static enum status rows_unite(struct neuron_set *all, const struct rows *r,
                              const struct model_info *info, struct err *err)
{
    enum status code = neuron_set_init(all, info->layers, info->width, err);
    for (uint32_t i = 0; i < r->count && !code; i++)
        for (uint32_t l = 0; l < info->layers; l++)
            for (size_t w = 0; w < bitset_words(info->width[l]); w++)
                all->row[l][w] |= r->set[i].row[l][w];
    return code;
}

/* Finds the candidates for the controls of every row. They lie outside the neurons of all rows: a
 * control that erased another group's neurons would do that group's damage. */
static enum status matrix_make_controls(struct matrix *m, struct plan *p, const struct rows *r,
                                        const struct matrix_options *o,
                                        const struct model_info *info, struct err *err)
{
    struct neuron_features features = {0};
    struct neuron_set all = {0};
    enum status code = STATUS_OK;
    if (!o->analysis)
        return err_set(err, STATUS_USAGE,
                       "matched controls need activation rates: -c COUNTS, or --controls 0");
    m->control = mem_zeros(r->count, sizeof *m->control);
    if (!m->control)
        return err_nomem(err);
    if (!(code = rows_unite(&all, r, info, err)))
        code = modelset_fit(&all, o->analysis->counts, o->checkpoint->path, err);
    if (!code)
        code = neuron_features_make(&features, o->checkpoint, o->analysis->counts, err);
    for (uint32_t i = 0; i < r->count && !code; i++) {
        code = controls_init(&m->control[i], &r->set[i], &all, &features, err);
        if (code)
            err_prefix(err, "controls for '%s'", r->name[i]);
        else
            code = plan_row(p, r->name[i], &r->set[i], err);
        if (!code)
            code = plan_match(p, &m->control[i], &features, o->seed, o->controls, err);
    }
    neuron_features_free(&features);
    neuron_set_free(&all);
    return code;
}

/* Sets first, then the controls, each draw for all rows: a run cut short has some of all. */
static enum status matrix_make_steps(struct plan *p, const struct rows *r, uint32_t controls,
                                     struct err *err)
{
    enum status code = STATUS_OK;
    bool relabelled = p->x->relabelled.units > 0;
    uint32_t labelings = relabelled ? p->x->relabelled.draws : 0;
    for (uint32_t d = 0; d <= controls || d <= labelings; d++)
        for (uint32_t i = 0; i < r->count && !code; i++) {
            if (neuron_set_total(&r->set[i]) == 0)
                continue;
            if (d <= controls)
                code = plan_step(p, i, 0, d, err);
            if (!code && relabelled && d <= labelings)
                code = plan_step(p, i, EXPERIMENT_RELABELLED, d, err);
        }
    return code;
}

/* The settings by which a journal is known, and the title. */
static void matrix_describe(struct plan *p, const struct matrix_options *o, const struct eval *e,
                            const struct eval_options *how)
{
    plan_add_analysis(&p->settings, o->analysis);
    buf_printf(&p->settings, "--property: %s\n--set: %s\n--layer: %s\n--controls: %u\n",
               o->property ? o->property : "", o->set ? o->set : "", o->layers ? o->layers : "",
               o->controls);
    plan_add_relabel(&p->settings, o->relabel, o->strata);
    if (o->edit && o->edit->kind == EDIT_MEAN)
        settings_add_digest(&p->settings, "--mean", corpus_digest_path(o->edit->means_path));
    else
        buf_printf(&p->settings, "--scale: %s\n",
                   number_short(o->edit ? o->edit->gain : 0, 17).text);
    buf_printf(&p->title, "%s: %s", eval_model(e)->name, o->property ? o->property : o->set);
    if (o->analysis)
        selection_rule_text(&o->analysis->rule, &p->title);
    buf_str(&p->title, o->analysis && !selection_is_default(&o->analysis->rule) ? ", " : " ");
    if (o->edit && o->edit->kind == EDIT_MEAN)
        buf_str(&p->title, "replaced by means, ");
    else if (o->edit && o->edit->gain != 0)
        buf_printf(&p->title, "times %s, ", number_short(o->edit->gain, 6).text);
    else
        buf_str(&p->title, "erased, ");
    plan_describe(&p->title, how);
}

/* True if E has groups of FACTOR. */
static bool matrix_has_factor(const struct eval *e, const char *factor)
{
    uint32_t groups;
    const struct eval_group *g = eval_groups(e, &groups);
    for (uint32_t i = 0; i < groups; i++)
        if (strcmp(g[i].factor, factor) == 0)
            return true;
    return false;
}

/* What is measured where nothing was asked for: what is erased. */
static const char *matrix_default_by(const struct eval *e, const char *property)
{
    if (property && strcmp(property, "each-phone") == 0 && matrix_has_factor(e, "phone"))
        return "phone";
    return property;
}

enum status matrix_make(struct matrix *m, const struct matrix_options *o, const struct eval *e,
                        const struct eval_options *how, struct err *err)
{
    const struct model_info *info = eval_model(e);
    struct plan p;
    struct rows rows = {0};
    *m = (struct matrix){.seed = o->seed};
    enum status code = plan_begin(&p, &m->x, EXPERIMENT_MATRIX, e, how, err);
    matrix_describe(&p, o, e, how);
    /* A matrix has one point, which steps count from 0, and one for relabelled controls. */
    m->x.points = o->relabel ? EXPERIMENT_RELABELLED + 1 : 1;
    if (!code && !(m->x.point = mem_zeros(m->x.points, sizeof *m->x.point)))
        code = err_nomem(err);
    if (!code)
        code = rows_make(&rows, o, info, err);
    if (!code && o->controls)
        code = matrix_make_controls(m, &p, &rows, o, info, err);
    for (uint32_t i = 0; i < rows.count && !code && !o->controls; i++)
        code = plan_row(&p, rows.name[i], &rows.set[i], err);
    if (!code && o->relabel)
        code = matrix_relabel(m, rows.set, o, e, err);
    if (!code)
        code = matrix_make_steps(&p, &rows, o->controls, err);
    code = plan_end(&p, code, e, o->by ? o->by : matrix_default_by(e, o->property), err);
    if (!code) {
        m->set = rows.set;
        rows.set = NULL;
    } else {
        if (m->control) /* some rows may not be there yet */
            for (uint32_t i = m->x.rows; i < rows.count; i++)
                controls_free(&m->control[i]);
        matrix_free(m);
    }
    rows_free(&rows);
    return code;
}

enum status matrix_sets(void *matrix, const struct experiment_step *step, struct neuron_set *out,
                        struct err *err)
{
    struct matrix *m = matrix;
    const struct neuron_set *set = &m->set[step->row];
    if (step->point == EXPERIMENT_RELABELLED)
        return relabel_add(&m->relabel, step->draw, step->row, out, err);
    /* Draw 0 is the set itself, the others are its matched controls. */
    if (step->draw)
        return controls_draw(&m->control[step->row], m->seed, step->draw, out, err);
    for (uint32_t l = 0; l < set->layers; l++)
        memcpy(out->row[l], set->row[l], bitset_words(set->width[l]) * sizeof **set->row);
    return STATUS_OK;
}
