/*
 * setexpr.h - set expressions: "gender & phone - [AH,gender=female]".
 *
 *     expr = term { ("|" | "-") term }      left to right
 *     term = item { "&" item }              binds tighter
 *     item = "(" expr ")" | name [ "@" LAYER | "@*" ] [ ":" SELECTOR ]
 *     name = PROPERTY                       property neurons P
 *          | PROPERTY "=" GROUP             group neurons G (phone=vowel, gender=female)
 *          | "[" PHONE { "," FACTOR "=" LEVEL } "]"   the pattern of a phone under conditions
 *          | "@" FILE                       a list, "layer neuron" a line
 *          | "{" LAYER ":" N {"," N} {";" LAYER ":" ...} "}"   a list; N may be FIRST "-" LAST
 *          | "$" NAME                       a set of the session that has a name
 *
 * A set is one of (layer, neuron) pairs.  A name with "@LAYER" is that layer's set, with "@*"
 * every layer's own; without one it is that of the current layer, or in an edit of every layer.
 * Behind a property or a group, with its layer or without, ":SELECTOR" says by which rule the
 * neurons are chosen (selector.h; gender=female@4:lape), at the session's size; without one it is
 * the session's.  A "-" or ":" within a word belongs to it where that makes a known name
 * (each-phone), otherwise it is the operator.  Names with other characters stand in double quotes.
 */
#ifndef PROPNEU_ANALYSIS_SETEXPR_H
#define PROPNEU_ANALYSIS_SETEXPR_H

#include "analysis/analysis.h"
#include "base/neuron_set.h"

#define SETEXPR_MAX_DEPTH 64
#define SETEXPR_MAX_NODES 256

/* In place of a layer (from 0). */
#define SETEXPR_EVERY   UINT32_MAX       /* "@*": each layer its own */
#define SETEXPR_CURRENT (UINT32_MAX - 1) /* none was named */

enum setexpr_kind {
    SETEXPR_PROPERTY,
    SETEXPR_GROUP,
    SETEXPR_PATTERN,
    SETEXPR_FILE,
    SETEXPR_LIST,
    SETEXPR_NAMED,
    SETEXPR_AND,
    SETEXPR_OR,
    SETEXPR_MINUS
};

struct setexpr_node {
    enum setexpr_kind kind;
    uint32_t left, right; /* operators: node numbers */
    uint32_t layer;       /* names: from 0, or one of the two above */
    /* SETEXPR_PROPERTY, SETEXPR_GROUP; NULL: the session's */
    const struct selector *selector;
    char *name;                 /* property, phone, file or named set */
    char *group;                /* SETEXPR_GROUP */
    struct query_filters where; /* SETEXPR_PATTERN */
    struct neuron_set neurons;  /* SETEXPR_LIST; SETEXPR_FILE, after setexpr_load */
    size_t column;              /* from 1 */
};

struct setexpr {
    char *text;
    struct setexpr_node *node; /* [nodes], operands before operators; the last is the whole */
    uint32_t nodes;
};

/*
 * Parses TEXT; properties, groups, phones, levels and layers are checked against A (groups later,
 * on evaluation, where they are not known yet).  Messages say the column and what was expected;
 * *COLUMN (may be NULL) is the column, from 1.
 */
enum status setexpr_parse(struct setexpr *e, const char *text, const struct analysis *a,
                          size_t *column, struct err *err);
void setexpr_free(struct setexpr *e);

/* Reads the lists an expression names; needed once before evaluation where there are any. */
enum status setexpr_load(struct setexpr *e, const struct analysis *a, struct err *err);

/*
 * The part of E that lies in LAYER into BITS [bitset_words(width)].  CURRENT is the layer that
 * names without one mean; SETEXPR_EVERY: each layer its own.
 */
enum status setexpr_eval(const struct setexpr *e, struct analysis *a, uint32_t current,
                         uint32_t layer, uint64_t *bits, struct err *err);

/* All of E, in the shape of A's count file; to be freed with neuron_set_free. */
enum status setexpr_set(const struct setexpr *e, struct analysis *a, uint32_t current,
                        struct neuron_set *out, struct err *err);

/*
 * Words that could stand at CURSOR (bytes into TEXT): adds them to OUT, *START is where the word
 * begun there starts.
 */
enum status setexpr_complete(const char *text, size_t cursor, struct analysis *a, struct names *out,
                             size_t *start, struct err *err);

#endif
