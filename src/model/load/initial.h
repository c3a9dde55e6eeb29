/*
 * initial.h - what the tensors of a model are before it is trained: for each tensor of a checkpoint
 * the distribution that the family's own software draws it from.
 *
 * A family's row (families.h) has a list of rules for each way in which its files spell tensors,
 * since that says which software they are of: transformers and fairseq start the same model
 * differently.  A rule says what kind of module the tensors of a name belong to; sizes come from
 * the tensors.
 */
#ifndef PROPNEU_MODEL_LOAD_INITIAL_H
#define PROPNEU_MODEL_LOAD_INITIAL_H

#include "formats/tensors/checkpoint.h"

/* What a module's weight and bias begin as.  n: what one output sees, the product of all sizes of
 * the weight but the first. */
enum init_module {
    INIT_LINEAR,      /* N(0, range), 0; range: initializer_range of transformers, else .02 */
    INIT_TORCH,       /* torch's own for linear maps and convolutions: U(+-1/sqrt n), both */
    INIT_XAVIER,      /* U(+-sqrt(6 / (n + outputs))), 0 */
    INIT_STANDARD,    /* N(0, 1), 0 */
    INIT_KAIMING,     /* N(0, sqrt(2 / n)), U(+-1/sqrt n) */
    INIT_KAIMING_0,   /* N(0, sqrt(2 / n)), 0 */
    INIT_POSITIONS,   /* N(0, 2 / sqrt(kernel channels)), lengths of that, 0 */
    INIT_POSITIONS_T, /* U(+-1/sqrt n), lengths of that, 0: see wave_initial.c */
    INIT_NORM,        /* 1, 0; running mean 0, variance 1, no batches */
    INIT_UNIT,        /* U(0, 1) */
    INIT_ZERO,
    INIT_ONE,
    INIT_SHARE, /* 1 / elements */
    INIT_KEPT,  /* no weight: it is measured, not learnt */
};

struct init_rule {
    const char *name; /* as in a spelling (families.h): # is a number, an end in a dot goes on */
    enum init_module module;
};

/* Those of one software; the first rule that fits counts.  No software: not known. */
struct init_rules {
    const char *software;
    const struct init_rule *own, *common; /* each ends in a NULL name; own before common, or NULL */
};

enum init_kind {
    INITIAL_UNKNOWN,  /* no rule speaks of it */
    INITIAL_KEPT,     /* a rule says that it stays */
    INITIAL_CONSTANT, /* all elements LOW */
    INITIAL_UNIFORM,  /* in LOW .. HIGH */
    INITIAL_NORMAL,   /* mean 0, DEVIATION */
    INITIAL_LENGTHS,  /* of tensor OF over its first two axes, for each place of the third */
};

struct initial {
    enum init_kind kind;
    double low, high, deviation;
    size_t of;
    const char *name; /* without what a head puts before the model's names; the tensor's own */
};

/*
 * The distribution of every tensor of C into OUT [c->tensors.count], and the name of the software
 * that starts such a model so.  STATUS_UNSUPPORTED for a model that is not known, or whose family
 * has no rules.
 */
enum status model_initial(const struct checkpoint *c, struct initial *out, const char **software,
                          struct err *err);

#endif
