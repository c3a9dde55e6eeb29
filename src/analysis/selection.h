/*
 * selection.h - the sets that a selector (selector.h) chooses: how many neurons, and which.
 *
 * What is known of all layers together (selection_span: from which rate on a neuron is a candidate,
 * and where a set of the selector's own size ends) is found once; then every layer's ranking and
 * sets can be made by themselves.
 */
#ifndef PROPNEU_ANALYSIS_SELECTION_H
#define PROPNEU_ANALYSIS_SELECTION_H

#include "analysis/selector.h"
#include "base/buf.h"

enum selection_size_kind {
    SELECTION_PAPER, /* as many in each layer and group as the published rule takes */
    SELECTION_COUNT, /* a number in each layer and group */
    SELECTION_OWN    /* what the selector's authors take: sigma, or a share of all neurons */
};

struct selection_size {
    enum selection_size_kind kind;
    uint32_t count;
};

/* How sets are chosen; zeroed: by the published rule. */
struct selection_rule {
    const struct selector *selector; /* NULL: paper */
    struct selection_size size;
};

static inline const struct selector *selection_selector(const struct selection_rule *r)
{
    return r->selector ? r->selector : &selector_paper;
}

/* True for the rule of a session that nothing was said to. */
bool selection_is_default(const struct selection_rule *r);

/* True for rules that take the group neurons of struct property_layer. */
bool selection_is_published(const struct selection_rule *r);

/* "paper", "own" or a number from 1; false for anything else. */
bool selection_size_parse(const char *text, struct selection_size *out);

#define SELECTION_SIZE_TEXT 16
void selection_size_text(const struct selection_size *size, char text[SELECTION_SIZE_TEXT]);

/* Adds ", selected by lape (size own)" to OUT; of the default nothing, or ", size 20". */
void selection_rule_text(const struct selection_rule *r, struct buf *out);

/* A score of S as a number to compare by, the first the largest (base/ties.h). */
double selection_key(const struct selector *s, double score);

/* Of a property in all layers. */
struct selection_span {
    double active; /* a candidate's rate is above it; -INFINITY: any */
    /* The last neuron of a set of its own size: the key of its best score, its layer and number;
     * a key of -INFINITY: there is no last one. */
    double last;
    uint32_t last_layer, last_neuron;
};

/* STATUS_USAGE where the rule is a size of its own and the selector has none. */
enum status selection_span_make(struct selection_span *out, const struct selection_rule *r,
                                const struct property *p, const struct counts *c,
                                const struct cancel *cancel, struct err *err);

/* The neurons of a layer in the order of a selector, group by group. */
struct selection_ranking {
    uint32_t groups, width;
    double *score;        /* [groups][width] by neuron */
    uint32_t *order;      /* [groups][width] neurons, the first first */
    uint32_t *candidates; /* [groups] how many of them are; the others follow */
};

enum status selection_rank(struct selection_ranking *out, const struct selector *s,
                           const struct selection_span *span, const struct property *p,
                           const struct property_layer *l, const struct counts *c,
                           const struct cancel *cancel, struct err *err);
void selection_ranking_free(struct selection_ranking *r);

/* The chosen neurons of a layer. */
struct selection {
    uint32_t groups, width;
    size_t words;
    const uint64_t *group;   /* [groups][words]; only the published rule's never overlap */
    const uint64_t *neurons; /* [words] their union */
    uint64_t *made;          /* private: what is not the layer's own */
};

/* L must stay as long as OUT: the published rule's sets are its. */
enum status selection_make(struct selection *out, const struct selection_rule *r,
                           const struct selection_span *span, const struct property *p,
                           const struct property_layer *l, const struct counts *c,
                           const struct cancel *cancel, struct err *err);
void selection_free(struct selection *s);

#endif
