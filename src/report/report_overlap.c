/*
 * How sets of neurons overlap: the size of every exclusive region (figure 8 of the paper) next to
 * the size expected if membership in each set were independent of the others; and the neurons of
 * one set.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column overlap_columns[] = {
    {"layer", TABLE_INTEGER, NULL, "layer of names without one, from 1", 0, 0},
    {"region", TABLE_TEXT, NULL, "the region as a set expression", 0, 0},
    {"in", TABLE_TEXT, NULL, "numbers of the sets that it is in, from 1, with commas between", 0,
     0},
    {"size", TABLE_INTEGER, "neurons", "neurons in exactly these sets", 0, 0},
    {"expected", TABLE_REAL, "neurons", "size expected under independence of the sets", 0, 1},
    {"p", TABLE_REAL, NULL,
     "of the region that two sets share, where there are no others: the hypergeometric probability "
     "of so many neurons or more; sets chosen from the same counts are not independent",
     0, 4},
};

static const struct table_column sets_columns[] = {
    {"set", TABLE_TEXT, NULL, "the set, as it was written", 0, 0},
    {"size", TABLE_INTEGER, "neurons", "its neurons", 0, 0},
};

static const struct table_column overlap_summary_columns[] = {
    {"layer", TABLE_INTEGER, NULL, "layer of names without one, from 1", 0, 0},
    {"neurons", TABLE_INTEGER, "neurons", "neurons of these layers", 0, 0},
    {"union", TABLE_INTEGER, "neurons", "neurons in any of the sets", 0, 0},
    {"intersection", TABLE_INTEGER, "neurons", "neurons in all of them", 0, 0},
};

static const struct table_column set_columns[] = {
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"neuron", TABLE_INTEGER, NULL, "the neuron, from 0", 0, 0},
};

static const struct table_column set_summary_columns[] = {
    {"region", TABLE_TEXT, NULL, "the set expression", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "layer of names without one, from 1", 0, 0},
};

const struct table_form form_overlap = TABLE_FORM(
    "overlap", "regions",
    "All regions of several sets of neurons: overlap, figure 8, Overlap in the explorer.",
    overlap_columns);
const struct table_form form_sets =
    TABLE_FORM("sets", "sets", "The sets that are compared: overlap.", sets_columns);
const struct table_form form_overlap_summary = TABLE_FORM(
    "overlap-summary", NULL, "The regions taken together: overlap.", overlap_summary_columns);
const struct table_form form_set =
    TABLE_FORM("set", "neurons", "The neurons of one set: overlap with --region.", set_columns);
const struct table_form form_set_summary = TABLE_FORM(
    "set-summary", NULL, "Settings of that list: overlap with --region.", set_summary_columns);

/* Bit S of REGION: inside set S. All sets inside come first, since an expression cannot begin with
 * a minus. */
void report_region_name(struct buf *out, const struct setexpr *set, uint32_t sets, uint32_t region)
{
    bool first = true;
    for (int inside = 1; inside >= 0; inside--)
        for (uint32_t s = 0; s < sets; s++) {
            if ((int)(region >> s & 1) != inside)
                continue;
            buf_str(out, first ? "" : inside ? " & " : " - ");
            buf_printf(out, set[s].nodes > 1 ? "(%s)" : "%s", set[s].text);
            first = false;
        }
}

/* Region 0, outside of all sets, is left out. `in` lists the numbers of the sets, from 1. */
enum status report_overlap(struct table *t, const struct overlap *o, const struct setexpr *set,
                           uint32_t layer, struct err *err)
{
    struct buf name = BUF_INIT, in = BUF_INIT;
    table_extend(t, &form_overlap, 0);
    for (uint32_t r = 1; r < 1u << o->sets; r++) {
        buf_clear(&name);
        buf_clear(&in);
        report_region_name(&name, set, o->sets, r);
        for (uint32_t s = 0; s < o->sets; s++)
            if (r >> s & 1)
                buf_printf(&in, "%s%u", in.len ? "," : "", s + 1);
        table_count(t, layer + 1);
        table_words(t, buf_text(&name));
        table_words(t, buf_text(&in));
        table_count(t, o->region[r]);
        table_real(t, o->expected[r]);
        table_real(t, o->sets == 2 && r == 3 ? overlap_of_pair(o, 0, 1).p : NAN);
    }
    enum status code = buf_ok(&name) ? table_ok(t, &in, err) : err_nomem(err);
    buf_free(&name);
    buf_free(&in);
    return code;
}

enum status report_sets(struct table *t, const struct overlap *o, const struct setexpr *set,
                        struct err *err)
{
    table_extend(t, &form_sets, 0);
    for (uint32_t s = 0; s < o->sets; s++) {
        table_words(t, set[s].text);
        table_count(t, o->size[s]);
    }
    return table_ok(t, NULL, err);
}

enum status report_overlap_summary(struct table *t, const struct overlap *o, uint32_t layer,
                                   struct err *err)
{
    table_extend(t, &form_overlap_summary, 0);
    table_count(t, layer + 1);
    table_count(t, o->universe);
    table_count(t, o->in_any);
    table_count(t, o->in_all);
    return table_ok(t, NULL, err);
}

/* Expressions may name other layers, so every layer is evaluated. */
enum status report_set(struct table *t, struct analysis *a, const struct setexpr *set,
                       uint32_t layer, struct err *err)
{
    enum status code = STATUS_OK;
    table_extend(t, &form_set, 0);
    for (uint32_t l = 0; l < a->counts->layers && !code; l++) {
        uint32_t width = a->counts->layer[l].width;
        uint64_t *bits = mem_zeros(bitset_words(width), sizeof *bits);
        code = bits ? setexpr_eval(set, a, layer, l, bits, err) : err_nomem(err);
        for (uint32_t i = 0; i < width && !code; i++)
            if (bitset_has(bits, i)) {
                table_count(t, l + 1);
                table_count(t, i);
            }
        free(bits);
    }
    return code ? code : table_ok(t, NULL, err);
}

enum status report_set_summary(struct table *t, const struct setexpr *set, uint32_t layer,
                               struct err *err)
{
    table_extend(t, &form_set_summary, 0);
    table_words(t, set->text);
    table_count(t, layer + 1);
    return table_ok(t, NULL, err);
}
