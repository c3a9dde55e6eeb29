/*
 * namedsets.h - sets of neurons that have a name ("$name" in set expressions), and what can be
 * done with lists of neurons.
 */
#ifndef PROPNEU_ANALYSIS_NAMEDSETS_H
#define PROPNEU_ANALYSIS_NAMEDSETS_H

#include <stdbool.h>

#include "base/buf.h"
#include "formats/setfile.h"

#define NAMED_SET_NAME 32

struct named_set {
    char name[NAMED_SET_NAME];
    struct setfile list;
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

/* Gives LIST, which is taken over (and left empty), the name NAME; one of that name is replaced. */
enum status named_sets_put(struct named_sets *s, const char *name, struct setfile *list,
                           struct err *err);

/* Forgets NAME; harmless where there is none. */
void named_sets_drop(struct named_sets *s, const char *name);

/* Layers from 0 here, as everywhere but in files. */
bool neuron_list_has(const struct setfile *list, uint32_t layer, uint32_t neuron);
size_t neuron_list_in_layer(const struct setfile *list, uint32_t layer);

/* Entries of A, of B, of both: what OP ('|', '&', '-') says, into OUT, which may be none of them.
 */
enum status neuron_list_combine(struct setfile *out, const struct setfile *a, char op,
                                const struct setfile *b, struct err *err);

/* The neurons of LAYER (from 0) in BITS [bitset_words(width)], behind those of OUT, whose layers
 * are lower. */
enum status neuron_list_add(struct setfile *out, size_t *cap, uint32_t layer, const uint64_t *bits,
                            uint32_t width, struct err *err);

/* "{1:3,7-9;4:0}": the list as a set expression. */
void neuron_list_text(const struct setfile *list, struct buf *out);

/*
 * Reads such a text, from the brace on; *END is behind the closing one, or where it is wrong.
 * Numbers must be below LAYERS and WIDTH [layers].
 */
enum status neuron_list_parse(struct setfile *out, const char *text, const char **end,
                              uint32_t layers, const uint32_t *width, struct err *err);

#endif
