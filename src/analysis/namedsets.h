/*
 * namedsets.h - sets of neurons that have a name ("$name" in set expressions).
 */
#ifndef PROPNEU_ANALYSIS_NAMEDSETS_H
#define PROPNEU_ANALYSIS_NAMEDSETS_H

#include <stdbool.h>

#include "base/neuron_set.h"

#define NAMED_SET_NAME 32

struct named_set {
    char name[NAMED_SET_NAME];
    struct neuron_set neurons;
};

struct named_sets {
    struct named_set *set; /* [count], in the order in which they were named */
    size_t count, cap;
};

void named_sets_free(struct named_sets *s);

/* The set NAME, or NULL. */
const struct named_set *named_sets_find(const struct named_sets *s, const char *name);

/* True for letters, digits, '_' and '.', beginning with a letter. */
bool named_set_is_name(const char *name);

/* Gives SET, which is taken over (and left empty), the name NAME; one of that name is replaced. */
enum status named_sets_put(struct named_sets *s, const char *name, struct neuron_set *set,
                           struct err *err);

/* Forgets NAME; harmless where there is none. */
void named_sets_drop(struct named_sets *s, const char *name);

#endif
