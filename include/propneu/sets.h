/*
 * propneu/sets.h - sets of neurons: made of expressions and lists, combined, written down.
 *
 * A set has a shape, the layers and neurons of a model or of a count file, and lies within it.
 */
#ifndef PROPNEU_SETS_H
#define PROPNEU_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <propneu/analysis.h>
#include <propneu/model.h>
#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pn_set pn_set;

/* Empty sets, to be freed with pn_set_free: of LAYERS layers of WIDTHS [layers] neurons, or of the
 * shape of a model or of a count file. */
PN_API enum pn_status pn_set_new(pn_set **out, uint32_t layers, const uint32_t *widths,
                                 struct pn_error *error);
PN_API enum pn_status pn_set_for_model(pn_set **out, const pn_model *model, struct pn_error *error);
PN_API enum pn_status pn_set_for_analysis(pn_set **out, const pn_analysis *analysis,
                                          struct pn_error *error);
PN_API void pn_set_free(pn_set *set);

/*
 * Adds what EXPRESSION holds, as in `propneu erase --set`: "gender", "phone=vowel & gender",
 * "gender=female@4:lape", "[AH,gender=female]", "@FILE", "{1:3,7-9}", ...; names without a layer
 * mean each layer's own. ANALYSIS, which names speak of, must be of the set's shape (PN_MISMATCH);
 * it may be NULL for lists.
 */
PN_API enum pn_status pn_set_add(pn_set *set, const char *expression, pn_analysis *analysis,
                                 struct pn_error *error);

/* Adds or takes out one neuron; PN_NOTFOUND: LAYER (from 1) or NEURON (from 0) is outside the
 * shape. */
PN_API enum pn_status pn_set_put(pn_set *set, uint32_t layer, uint32_t neuron,
                                 struct pn_error *error);
PN_API enum pn_status pn_set_drop(pn_set *set, uint32_t layer, uint32_t neuron,
                                  struct pn_error *error);

/* Leaves only the layers of LIST, "1,3,5-7". */
PN_API enum pn_status pn_set_only_layers(pn_set *set, const char *list, struct pn_error *error);

/* Of equal shape: their union ('|'), intersection ('&') or difference ('-'), a new set of it. */
PN_API enum pn_status pn_set_combine(pn_set **out, const pn_set *a, char op, const pn_set *b,
                                     struct pn_error *error);

PN_API uint32_t pn_set_layers(const pn_set *set);
/* Neurons there are in LAYER; 0: no such layer. */
PN_API uint32_t pn_set_width(const pn_set *set, uint32_t layer);
/* Neurons of the set in LAYER; LAYER 0: in all. */
PN_API size_t pn_set_size(const pn_set *set, uint32_t layer);
PN_API bool pn_set_has(const pn_set *set, uint32_t layer, uint32_t neuron);
/* The numbers of those in LAYER, ascending, into NEURONS [pn_set_size(set, layer)]. */
PN_API void pn_set_neurons(const pn_set *set, uint32_t layer, uint32_t *neurons);

/* "{1:3,7-9;4:0}", to be freed with pn_free; NULL without memory. */
PN_API char *pn_set_text(const pn_set *set);
/* Writes a list, one "layer neuron" a line, atomically; "@PATH" in expressions reads it.  COMMENT
 * may be NULL. */
PN_API enum pn_status pn_set_write(const pn_set *set, const char *path, const char *comment,
                                   struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
