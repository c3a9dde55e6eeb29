/*
 * propneu/countfile.h - activation counts on disk (propneu-counts(5)), read, added and made of
 * published probabilities.
 *
 * A count file holds cells, one for each combination of factor levels (phone, gender, ...) that
 * occurred, and for every layer and neuron the number of frames of each cell in which the neuron
 * was activated.  Files made of published probabilities hold probabilities and no frame numbers.
 * A pn_counts is read-only but for pn_counts_choose_lambda.
 */
#ifndef PROPNEU_COUNTFILE_H
#define PROPNEU_COUNTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pn_counts pn_counts;

/* Opens PATH into *OUT, mapped; everything in it is checked.  To be freed with pn_counts_free. */
PN_API enum pn_status pn_counts_open(pn_counts **out, const char *path, struct pn_error *error);
PN_API void pn_counts_free(pn_counts *counts);

/* Name and family of the model that was counted, "" where the file does not say. */
PN_API const char *pn_counts_model(const pn_counts *counts);
PN_API const char *pn_counts_family(const pn_counts *counts);
/* pn_model_fingerprint of that model; 0: not known. */
PN_API uint64_t pn_counts_fingerprint(const pn_counts *counts);
PN_API uint64_t pn_counts_utterances(const pn_counts *counts);
/* Of sound that was counted. */
PN_API double pn_counts_seconds(const pn_counts *counts);
/* True: the file holds probabilities, no counts. */
PN_API bool pn_counts_is_probability(const pn_counts *counts);

PN_API uint32_t pn_counts_layers(const pn_counts *counts);
/* Neurons of LAYER, from 1, and how many of them are activated in a frame; 0: no such layer. */
PN_API uint32_t pn_counts_width(const pn_counts *counts, uint32_t layer);
PN_API uint32_t pn_counts_tau(const pn_counts *counts, uint32_t layer);

/* Percentage of neurons that count as activated in a frame; a file may hold counts at several. */
PN_API double pn_counts_lambda(const pn_counts *counts);
PN_API uint32_t pn_counts_lambdas(const pn_counts *counts);
/* Number INDEX, from 0, of pn_counts_lambdas(); 0: there is none such. */
PN_API double pn_counts_lambda_at(const pn_counts *counts, uint32_t index);
/* The counts are those at lambda PERCENT from now on.  PN_NOTFOUND lists what there is. */
PN_API enum pn_status pn_counts_choose_lambda(pn_counts *counts, double percent,
                                              struct pn_error *error);

/* Factors and their levels, from 0.  NULL: there is no such factor or level.  Silence is the level
 * "" of the factor "phone". */
PN_API uint32_t pn_counts_factors(const pn_counts *counts);
PN_API const char *pn_counts_factor_name(const pn_counts *counts, uint32_t factor);
PN_API uint32_t pn_counts_levels(const pn_counts *counts, uint32_t factor);
PN_API const char *pn_counts_level_name(const pn_counts *counts, uint32_t factor, uint32_t level);

/* Cells, from 0: the level that each has in a factor (-1: none), its frames (-1: not known, also
 * for a cell that there is not). */
PN_API uint32_t pn_counts_cells(const pn_counts *counts);
PN_API int32_t pn_counts_cell_level(const pn_counts *counts, uint32_t cell, uint32_t factor);
PN_API int64_t pn_counts_cell_frames(const pn_counts *counts, uint32_t cell);

/*
 * Frames of CELL in which each neuron of LAYER was activated, into HITS [width].  PN_UNSUPPORTED
 * for a file of probabilities; PN_NOTFOUND: no such layer or cell.
 */
PN_API enum pn_status pn_counts_hits(const pn_counts *counts, uint32_t layer, uint32_t cell,
                                     uint32_t *hits, struct pn_error *error);

/* p(neuron | cell) of both kinds of file, into P [width]. */
PN_API enum pn_status pn_counts_probabilities(const pn_counts *counts, uint32_t layer,
                                              uint32_t cell, double *p, struct pn_error *error);

/*
 * Adds the COUNT count files PATHS into OUT, written atomically.  They must come from one model
 * with the same settings (PN_MISMATCH); shards of a corpus must all be there unless PARTIAL.
 * *REPEATED (may be NULL) becomes true if two files are of the very same utterances.
 */
PN_API enum pn_status pn_counts_merge(const char *const *paths, size_t count, bool partial,
                                      const char *out, bool *repeated, struct pn_error *error);

/*
 * Writes the activation probabilities PICKLE, as the published program saves them, as a count file
 * OUT.  CONDITION says what its rows stand for: "phone-type", "gender" or "pitch"; LABEL_TABLE is
 * the program's label-merge.json (NULL: the published numbering); LAMBDA is in percent.
 */
PN_API enum pn_status pn_counts_import(const char *pickle, const char *condition,
                                       const char *label_table, double lambda, const char *out,
                                       struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
