/*
 * What selectors make of the neurons of a property: scores, ranks and sets, and how far any two of
 * them agree.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/agreement.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column select_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"neuron", TABLE_INTEGER, NULL, "the neuron, from 0", 0, 0},
    {"group", TABLE_TEXT, NULL, "the group that it is scored for", 0, 0},
    {"selector", TABLE_TEXT, NULL, "the rule that scores it", 0, 0},
    {"score", TABLE_REAL, NULL, "its score; only lape's are the better the lower they are", 0, 4},
    {"rank", TABLE_INTEGER, NULL,
     "its place in the layer and group, from 1; missing if it can never be chosen", 0, 0},
    {"chosen", TABLE_BOOLEAN, NULL, "whether it is in the set", 0, 0},
};

static const struct table_column agreement_columns[] = {
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"selector_a", TABLE_TEXT, NULL, "one rule", 0, 0},
    {"selector_b", TABLE_TEXT, NULL, "another", 0, 0},
    {"size_a", TABLE_INTEGER, "neurons", "neurons that the one chooses for any group", 0, 0},
    {"size_b", TABLE_INTEGER, "neurons", "neurons that the other chooses", 0, 0},
    {"shared", TABLE_INTEGER, "neurons", "neurons that both choose", 0, 0},
    {"jaccard", TABLE_REAL, NULL, "shared neurons over those that either chooses", 0, 3},
    {"spearman", TABLE_REAL, NULL,
     "rank correlation of the neurons that are candidates of both, each by its best group", 0, 3},
};

static const struct table_column summary_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"selectors", TABLE_TEXT, NULL, "the rules, with commas between", 0, 0},
    {"kappa", TABLE_REAL, "frames", "weight of the prior of log-odds", 0, 0},
    {"group_entropy", TABLE_REAL, "nats",
     "entropy of the groups' frames: what mi is at most a part of", 0, 4},
};

const struct table_form form_select =
    TABLE_FORM("select", "neurons",
               "Scores, ranks and sets of several rules: select. A row for every rule and each "
               "neuron that one of them chooses for the group; with --all for all neurons.",
               select_columns);
const struct table_form form_agreement = TABLE_FORM(
    "agreement", "pairs", "How far rules agree: select with --agreement.", agreement_columns);
const struct table_form form_select_summary =
    TABLE_FORM("select-summary", NULL, "What the rules are about: select.", summary_columns);

/* One selector in a layer. */
struct select_side {
    struct selection_ranking ranking;
    const struct selection *set;
};

static void select_sides_free(struct select_side *side, size_t count)
{
    for (size_t i = 0; side && i < count; i++)
        selection_ranking_free(&side[i].ranking);
    free(side);
}

/* All SELECTOR [count] in LAYER, to be freed. */
static enum status select_sides_make(struct select_side **out, struct analysis *a,
                                     const struct report_selectors *s, uint32_t layer,
                                     struct err *err)
{
    struct select_side *side = mem_zeros(s->count, sizeof *side);
    enum status code = side ? STATUS_OK : err_nomem(err);
    for (size_t i = 0; i < s->count && !code; i++) {
        code = analysis_ranking(a, s->property, layer, s->selector[i], &side[i].ranking, err);
        if (!code)
            code = analysis_selection(a, s->property, layer, s->selector[i], &side[i].set, err);
    }
    if (code)
        select_sides_free(side, s->count);
    else
        *out = side;
    return code;
}

/* The neurons that any of SIDE [count] chooses for GROUP, or all, into SHOWN [words]. */
static void select_shown(uint64_t *shown, const struct select_side *side,
                         const struct report_selectors *s, uint32_t group)
{
    size_t words = side[0].set->words;
    for (size_t w = 0; w < words; w++) {
        shown[w] = 0;
        for (size_t i = 0; i < s->count; i++)
            shown[w] |= side[i].set->group[group * words + w];
    }
    for (uint32_t i = 0; i < side[0].set->width && s->all; i++)
        bitset_put(shown, i);
}

/* The rows of one selector and GROUP, in the order of its ranks. */
static void select_add(struct table *t, const struct select_side *side, const struct selector *s,
                       const struct property *p, uint32_t layer, uint32_t group,
                       const uint64_t *shown)
{
    const struct selection_ranking *r = &side->ranking;
    for (uint32_t k = 0; k < r->width; k++) {
        uint32_t i = r->order[(size_t)group * r->width + k];
        bool ranked = k < r->candidates[group] || s->candidates != SELECTOR_LARGEST;
        if (!bitset_has(shown, i))
            continue;
        table_words(t, p->name);
        table_count(t, layer + 1);
        table_count(t, i);
        table_words(t, report_level(p->group.name[group]));
        table_words(t, s->name);
        table_real(t, r->score[(size_t)group * r->width + i]);
        table_count(t, ranked ? (int64_t)k + 1 : -1);
        table_flag(t, bitset_has(side->set->group + group * side->set->words, i));
    }
}

enum status report_select(struct table *t, struct analysis *a, const struct report_selectors *s,
                          uint32_t layer, struct err *err)
{
    const struct property *p;
    struct select_side *side = NULL;
    table_extend(t, &form_select, 0);
    enum status code = analysis_property(a, s->property, &p, err);
    if (!code)
        code = select_sides_make(&side, a, s, layer, err);
    if (code)
        return code;
    uint64_t *shown = mem_array(side[0].set->words, sizeof *shown);
    code = shown ? STATUS_OK : err_nomem(err);
    for (size_t i = 0; i < s->count && !code; i++)
        for (uint32_t g = 0; g < p->groups; g++) {
            select_shown(shown, side, s, g);
            select_add(t, &side[i], s->selector[i], p, layer, g, shown);
        }
    free(shown);
    select_sides_free(side, s->count);
    return code ? code : table_ok(t, NULL, err);
}

enum status report_agreement(struct table *t, struct analysis *a, const struct report_selectors *s,
                             uint32_t layer, struct err *err)
{
    struct select_side *side = NULL;
    struct agreement v;
    table_extend(t, &form_agreement, 0);
    enum status code = select_sides_make(&side, a, s, layer, err);
    for (size_t i = 0; i < s->count && !code; i++)
        for (size_t k = i + 1; k < s->count && !code; k++) {
            const struct agreement_side x = {s->selector[i], &side[i].ranking,
                                             side[i].set->neurons};
            const struct agreement_side y = {s->selector[k], &side[k].ranking,
                                             side[k].set->neurons};
            if ((code = agreement_make(&v, &x, &y, err)))
                break;
            table_count(t, layer + 1);
            table_words(t, s->selector[i]->name);
            table_words(t, s->selector[k]->name);
            table_count(t, v.size_a);
            table_count(t, v.size_b);
            table_count(t, v.shared);
            table_real(t, v.jaccard);
            table_real(t, v.spearman);
        }
    if (side)
        select_sides_free(side, s->count);
    return code ? code : table_ok(t, NULL, err);
}

/* Entropy of the groups of P by their frames, in nats; NAN without frames. */
static double select_entropy(const struct property *p)
{
    double total = 0, sum = 0;
    for (uint32_t g = 0, k = 0; g < p->groups; g++) {
        double frames = 0;
        for (; k < p->points && p->point[k].group == g; k++)
            frames += (double)p->point[k].frames;
        total += frames;
        sum += frames > 0 ? frames * log(frames) : 0;
    }
    return total > 0 ? log(total) - sum / total : NAN;
}

enum status report_select_summary(struct table *t, struct analysis *a,
                                  const struct report_selectors *s, struct err *err)
{
    const struct property *p;
    struct buf names = BUF_INIT;
    table_extend(t, &form_select_summary, 0);
    enum status code = analysis_property(a, s->property, &p, err);
    if (code)
        return code;
    for (size_t i = 0; i < s->count; i++)
        buf_printf(&names, "%s%s", i ? "," : "", s->selector[i]->name);
    table_words(t, p->name);
    table_words(t, buf_text(&names));
    table_real(t, SELECTOR_KAPPA);
    table_real(t, select_entropy(p));
    code = table_ok(t, &names, err);
    buf_free(&names);
    return code;
}
