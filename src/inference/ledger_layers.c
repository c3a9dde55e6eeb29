/*
 * Claims of order and absence (ledger.h), which are contrasts of layers (contrast.h).
 */
#include "config.h"

#include "inference/ledger_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "inference/contrast.h"

#define LEDGER_LAYERS 3 /* the fewest that have one between the first and the last */

/* The layer of LAYERS that is as deep as layer TWELFTH (from 1) of 12; from 0. */
static uint32_t ledger_layer(unsigned twelfth, uint32_t layers)
{
    uint32_t l = (uint32_t)((twelfth * (double)layers + 11) / 12);
    return l < 1 ? 0 : l > layers ? layers - 1 : l - 1;
}

/* What the claim compares, as the side of each layer [layers]: those of the first range, and those
 * of the second that are not in the first.  False where none is left, or where so few layers make a
 * layer between the first and the last of 12 one of these: the middle of two is neither. */
static bool ledger_sides(const struct ledger_claim *c, uint32_t layers, signed char *side)
{
    uint32_t a = ledger_layer(c->from, layers), b = ledger_layer(c->to, layers);
    uint32_t x = c->against_from ? ledger_layer(c->against_from, layers) : 0;
    uint32_t y = c->against_to ? ledger_layer(c->against_to, layers) : layers - 1;
    bool other = false, inner = c->from > 1 && c->to < 12;
    if (layers < LEDGER_LAYERS && (inner || c->against_from > 1))
        return false;
    for (uint32_t l = 0; l < layers; l++) {
        side[l] = l >= a && l <= b ? 1 : l >= x && l <= y ? -1 : 0;
        other = other || side[l] < 0;
    }
    return other;
}

/* " --contrast 1:2-12 ..." */
static void ledger_contrast_options(struct buf *options, const char *property,
                                    const struct contrast_sides *s)
{
    buf_printf(options, " --property %s --contrast ", property);
    contrast_layers(options, s, NULL, 1);
    buf_str(options, ":");
    contrast_layers(options, s, NULL, -1);
    buf_printf(options, " --statistic full-dim%s", s->best ? " --best" : "");
}

/* The contrast S of the layers of the claim's file, whose null is N. */
static enum status ledger_contrast(struct ledger_work *w, const struct ledger_claim *c,
                                   const struct contrast_sides *s, const struct null_result *n,
                                   struct ledger_row *row, double *against_p, struct err *err)
{
    const struct ledger_draws *drawn;
    struct contrast_row r = {.observed = NAN};
    enum status code = ledger_drawn(w, c->role, c->property, &drawn, err);
    if (ledger_excused(row, code, err))
        return STATUS_OK;
    if (!code)
        code = contrast_judge(&r, s, ledger_null_row(n, 1, 0), drawn->value, &drawn->design, err);
    if (code)
        return code;
    row->ours = r.difference;
    row->null = r.expected;
    row->low = r.low;
    row->high = r.high;
    row->p = r.p;
    *against_p = r.against_p;
    if (ledger_interval_tells(row, &drawn->design, r.why))
        ledger_judge_above(row);
    return STATUS_OK;
}

/* The claim's contrast of layers, against the BEST of the others or their mean; into *AGAINST_P how
 * little these others differ from chance. */
static enum status ledger_layers_differ(struct ledger_work *w, const struct ledger_claim *c,
                                        bool best, struct ledger_row *row, double *against_p,
                                        struct err *err)
{
    const struct null_result *n = NULL;
    struct analysis *a = w->r->file[c->role];
    uint32_t layers = a ? a->counts->layers : 0;
    struct buf options = BUF_INIT;
    enum status code = STATUS_OK;
    *against_p = NAN;
    if (!a)
        return ledger_null(w, c->role, c->property, row, &n, err);
    signed char *side = mem_array(layers, sizeof *side);
    const struct contrast_sides s = {side, layers, best};
    if (!side)
        return err_nomem(err);
    if (!ledger_sides(c, layers, side)) {
        snprintf(row->why, sizeof row->why, "%.200s: %u layer%s too few to compare",
                 a->counts->path, layers, layers == 1 ? " is" : "s are");
    } else {
        ledger_contrast_options(&options, c->property, &s);
        code = ledger_command(w, row, "stability", a, NULL, &options, true, err);
        if (!code)
            code = ledger_null(w, c->role, c->property, row, &n, err);
        if (!code && n)
            code = ledger_contrast(w, c, &s, n, row, against_p, err);
    }
    free(side);
    return code;
}

enum status ledger_judge_contrast(struct ledger_work *w, const struct ledger_claim *c,
                                  struct ledger_row *row, struct err *err)
{
    double against_p;
    return ledger_layers_differ(w, c, false, row, &against_p, err);
}

/* A layer is the best if it is above the best of the others. */
enum status ledger_judge_best(struct ledger_work *w, const struct ledger_claim *c,
                              struct ledger_row *row, struct err *err)
{
    double against_p;
    return ledger_layers_differ(w, c, true, row, &against_p, err);
}

/* Layers that have less of a property than others do not lack it while chance does not explain what
 * they have. */
enum status ledger_judge_lacks(struct ledger_work *w, const struct ledger_claim *c,
                               struct ledger_row *row, struct err *err)
{
    double against_p;
    enum status code = ledger_layers_differ(w, c, false, row, &against_p, err);
    if (!code && row->verdict == LEDGER_HOLDS && against_p < LEDGER_LEVEL) {
        row->verdict = LEDGER_CANNOT_TELL;
        snprintf(row->why, sizeof row->why,
                 "these layers have less, but more than chance gives (against_p %s)",
                 number_short(against_p, 4).text);
    }
    return code;
}
