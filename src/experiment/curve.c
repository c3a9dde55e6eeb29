/*
 * Planning pruning curves: which rows there are, and which neurons each of their steps prunes.  The
 * protected set against the L1 baseline is the published comparison (figure 6), there with training
 * in between; matched random sets in the protected one's place (controls.h) are propneu's.
 */
#include "config.h"

#include "experiment/curve.h"

#include <stdlib.h>
#include <string.h>

#include "experiment/plan.h"
#include "experiment/relabelled.h"
#include "analysis/modelset.h"
#include "base/mem.h"
#include "base/number.h"

/*
 * Names of the rows, by which steps are known; the row of the criterion has the criterion's name.
 */
static const char row_protected[] = "protected", row_control[] = "control", row_random[] = "random";

void curve_free(struct curve *c)
{
    neuron_set_free(&c->protect);
    controls_free(&c->control);
    relabel_free(&c->relabel);
    experiment_free(&c->x);
    *c = (struct curve){0};
}

/* The set to spare, and the candidates for random ones like it: rows "protected" and "control".
 * Matching needs firing rates, so without a count file there is no control. */
static enum status curve_make_protect(struct curve *c, struct plan *p,
                                      const struct curve_options *o, const struct model_info *info,
                                      struct err *err)
{
    struct neuron_features features = {0};
    enum status code = neuron_set_init(&c->protect, info->layers, info->width, err);
    if (!code)
        code = modelset_add(&c->protect, o->protect, o->analysis, o->checkpoint->path, err);
    if (!code && o->layers)
        code = modelset_only(&c->protect, o->layers, err);
    if (!code && neuron_set_total(&c->protect) == 0)
        code =
            err_set(err, STATUS_NOTFOUND, "the set '%s' is empty: nothing to protect", o->protect);
    if (!code)
        code = plan_row(p, row_protected, &c->protect, err);
    if (code || !o->analysis)
        return code;
    /*
     * Rates of the count file are looked up by layer and neuron, so it must be of the same shape.
     */
    code = modelset_fit(&c->protect, o->analysis->counts, o->checkpoint->path, err);
    if (!code)
        code = neuron_features_make(&features, o->checkpoint, o->analysis->counts, err);
    if (!code)
        code = controls_init(&c->control, &c->protect, NULL, &features, err);
    if (!code)
        code = plan_row(p, row_control, &c->protect, err);
    if (!code)
        code = plan_match(p, &c->control, &features, o->how.seed, o->draws, err);
    neuron_features_free(&features);
    return code;
}

/* How many neurons of each group of P the protected set has, into SIZE [layers][groups]; in all. */
static enum status curve_count_groups(const struct curve *c, const struct curve_options *o,
                                      const struct property *p, uint32_t *size, size_t *all,
                                      struct err *err)
{
    *all = 0;
    for (uint32_t l = 0; l < c->x.layers; l++) {
        const struct selection *s;
        enum status code = analysis_selection(o->analysis, p->name, l, NULL, &s, err);
        if (code)
            return code;
        for (uint32_t g = 0; g < p->groups; g++) {
            uint32_t n = 0;
            for (size_t w = 0; w < s->words; w++)
                n += (uint32_t)__builtin_popcountll(s->group[g * s->words + w] &
                                                    c->protect.row[l][w]);
            size[(size_t)l * p->groups + g] = n;
            *all += n;
        }
    }
    return STATUS_OK;
}

/* What is said of the labelings where the curve is read. */
static enum status curve_note_labelings(struct curve *c, struct err *err)
{
    const struct exchange *x = &c->relabel.exchange;
    struct experiment_relabelled *out = &c->x.relabelled;
    out->draws = (uint32_t)c->relabel.draws;
    out->enumerated = x->labelings.enumerated;
    out->strata = mem_strndup(x->strata, strlen(x->strata));
    return out->strata ? STATUS_OK : err_nomem(err);
}

/* Labelings of the property whose neurons are spared, "gender" or "gender=female": the row
 * "relabelled" spares as many neurons in each layer that other splits of the speakers give. */
static enum status curve_make_relabelled(struct curve *c, struct plan *plan,
                                         const struct curve_options *o, struct err *err)
{
    const struct property *p = NULL;
    size_t sizes, all = 0, n = strcspn(o->protect, "=");
    char *name = mem_strndup(o->protect, n);
    enum status code = name ? analysis_property(o->analysis, name, &p, err) : err_nomem(err);
    bool room = !code && mul_size(c->x.layers, p->groups, &sizes);
    uint32_t *size = room ? mem_array(sizes, sizeof *size) : NULL;
    if (!code && !size)
        code = err_nomem(err);
    if (!code)
        code = curve_count_groups(c, o, p, size, &all, err);
    if (code == STATUS_NOTFOUND || (!code && all != neuron_set_total(&c->protect)))
        code = err_set(err, STATUS_USAGE,
                       "relabelled sets need --protect PROPERTY or PROPERTY=GROUP, not '%s'",
                       o->protect);
    const struct relabel_options how = {.property = name,
                                        .exchange = {.strata = o->strata,
                                                     .speakers = o->speakers,
                                                     .draws = o->relabel,
                                                     .seed = o->how.seed},
                                        .size = size,
                                        .threads = o->threads,
                                        .cancel = o->cancel};
    if (!code)
        code = relabel_open(&c->relabel, o->analysis, &how, err);
    if (!code)
        code = curve_note_labelings(c, err);
    if (!code)
        code = plan_row(plan, experiment_relabelled_name, &c->protect, err);
    free(size);
    free(name);
    return code;
}

/* How many draws a row is measured over. */
static uint32_t curve_row_draws(const struct curve *c, const struct curve_options *o,
                                const char *row)
{
    if (strcmp(row, experiment_relabelled_name) == 0)
        return (uint32_t)c->relabel.draws + 1; /* the observed labeling is number 0 */
    return strcmp(row, row_control) == 0 || strcmp(row, row_random) == 0 ? o->draws : 1;
}

/* Draw by draw, so that a run cut short has whole curves. Rows that do not depend on a draw have
 * draw 0 only. */
static enum status curve_make_steps(const struct curve *c, struct plan *p,
                                    const struct curve_options *o, struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t d = 0; d < o->draws || d <= c->relabel.draws; d++)
        for (uint32_t k = 0; k < o->points; k++)
            for (uint32_t r = 0; r < p->x->rows && !code; r++)
                if (d < curve_row_draws(c, o, p->x->row[r].name))
                    code = plan_step(p, r, k, d, err);
    return code;
}

/* What decides the results goes into the settings, by which a journal is known; the title is for
 * people. */
static void curve_describe(struct plan *p, const struct curve_options *o, const struct eval *e,
                           const struct eval_options *about)
{
    plan_add_analysis(&p->settings, o->analysis);
    buf_printf(&p->settings,
               "--protect: %s\n--layer: %s\n--criterion: %s\n--scope: %s\n--minimum: %u\n"
               "--draws: %u\n--keep: ",
               o->protect ? o->protect : "", o->layers ? o->layers : "", o->how.criterion->name,
               o->how.global ? "global" : "layer", o->how.minimum, o->draws);
    for (uint32_t k = 0; k < o->points; k++)
        buf_printf(&p->settings, "%s%s", k ? "," : "", number_short(o->keep[k], 17).text);
    buf_str(&p->settings, "\n");
    plan_add_relabel(&p->settings, o->relabel, o->strata);
    buf_printf(&p->title, "%s: pruned, %s%s", eval_model(e)->name, o->protect ? o->protect : "",
               o->protect ? " protected, " : "");
    plan_describe(&p->title, about);
}

enum status curve_make(struct curve *c, const struct curve_options *o, const struct eval *e,
                       const struct eval_options *about, struct err *err)
{
    const struct model_info *info = eval_model(e);
    struct plan p;
    *c = (struct curve){.checkpoint = o->checkpoint, .how = o->how, .has_set = o->protect};
    enum status code = plan_begin(&p, &c->x, EXPERIMENT_CURVE, e, about, err);
    curve_describe(&p, o, e, about);
    c->x.point = mem_array(o->points, sizeof *c->x.point);
    if (!code && !c->x.point)
        code = err_nomem(err);
    for (uint32_t k = 0; k < o->points && !code; k++)
        c->x.point[c->x.points++] = o->keep[k];
    if (!code && o->protect)
        code = curve_make_protect(c, &p, o, info, err);
    if (!code && o->relabel)
        code = curve_make_relabelled(c, &p, o, err);
    if (!code)
        code = plan_row(&p, o->how.criterion->name, NULL, err);
    if (!code)
        code = plan_row(&p, row_random, NULL, err);
    if (!code)
        code = curve_make_steps(c, &p, o, err);
    code = plan_end(&p, code, e, o->by, err);
    if (code)
        curve_free(c);
    return code;
}

/* A seed for every draw, the first being the one that was given. */
static uint64_t curve_seed(const struct curve *c, uint32_t draw)
{
    return c->how.seed + draw;
}

enum status curve_sets(void *curve, const struct experiment_step *step, struct neuron_set *out,
                       struct err *err)
{
    struct curve *c = curve;
    struct prune_options how = c->how;
    struct neuron_set spared = {0};
    enum status code = STATUS_OK;
    const char *row = c->x.row[step->row].name;
    how.keep = c->x.point[step->point];
    if (strcmp(row, row_protected) == 0) {
        how.protect = &c->protect;
    } else if (strcmp(row, row_control) == 0) {
        code = neuron_set_init(&spared, out->layers, out->width, err);
        if (!code)
            /* Controls are numbered from 1 (controls_match), draws of a curve from 0. */
            code = controls_draw(&c->control, how.seed, step->draw + (uint64_t)1, &spared, err);
        how.protect = &spared;
    } else if (strcmp(row, experiment_relabelled_name) == 0) {
        code = neuron_set_init(&spared, out->layers, out->width, err);
        for (uint32_t g = 0; g < c->relabel.groups && !code; g++)
            code = relabel_add(&c->relabel, step->draw, g, &spared, err);
        how.protect = &spared;
    } else if (strcmp(row, row_random) == 0) {
        how.criterion = &prune_criterion_random;
        how.seed = curve_seed(c, step->draw);
    }
    if (!code)
        code = prune_choose(out, c->checkpoint, &how, err);
    neuron_set_free(&spared);
    return code;
}
