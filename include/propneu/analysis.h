/*
 * propneu/analysis.h - one count file under analysis: properties, their groups, and activation
 * probabilities.  What sets of neurons they give is asked by propneu/sets.h, tables of results by
 * propneu/report.h.
 *
 * Results are computed when they are asked for and kept, so that one pn_analysis serves one thread
 * at a time; several may be opened on one file.
 */
#ifndef PROPNEU_ANALYSIS_H
#define PROPNEU_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pn_analysis pn_analysis;

struct pn_analysis_options {
    const char *phones;       /* phone table: file, or "timit", "ipa-mfa"; NULL: ARPABET */
    double lambda;            /* percent, where the file holds several; 0: the file's own */
    double sigma;             /* share of a group's phones a neuron must serve, 0 < sigma <= 1 */
    uint64_t min_frames;      /* phones with fewer frames are left out; at least 1 */
    bool authors;             /* the published program's rule in every detail */
    const char *const *where; /* [wheres] conditions "factor=level[,level...]" on frames */
    size_t wheres;            /* up to 16 */
    bool classical;           /* maps by classical scaling, else by stress majorisation (SMACOF) */
    unsigned starts;          /* SMACOF: random starts tried besides the classical one */
    uint64_t seed;            /* of those */
    const char *select;       /* rule by which a property's neurons are chosen; NULL: "paper" */
    const char *size;         /* neurons per layer and group, "paper", "own", "20"; NULL: "paper" */
};

/* ARPABET, the file's own lambda, sigma 0.8, at least 1 frame, no conditions, SMACOF, the published
 * rule at its own size. */
PN_API void pn_analysis_options_init(struct pn_analysis_options *options);

/* Opens the count file PATH into *OUT, to be freed with pn_analysis_free.  OPTIONS (NULL: the
 * defaults) is not needed afterwards. */
PN_API enum pn_status pn_analysis_open(pn_analysis **out, const char *path,
                                       const struct pn_analysis_options *options,
                                       struct pn_error *error);
PN_API void pn_analysis_free(pn_analysis *analysis);

PN_API uint32_t pn_analysis_layers(const pn_analysis *analysis);
/* Neurons of LAYER, from 1; 0: no such layer. */
PN_API uint32_t pn_analysis_width(const pn_analysis *analysis, uint32_t layer);

/* Properties that the file can be asked for, from 0: "phone", "gender", ..., "each-phone".  NULL:
 * there is no such number. */
PN_API uint32_t pn_analysis_properties(const pn_analysis *analysis);
PN_API const char *pn_analysis_property(const pn_analysis *analysis, uint32_t index);

/* *COUNT, how many groups PROPERTY has; the name of group INDEX, from 0, NULL: none such. */
PN_API enum pn_status pn_analysis_groups(pn_analysis *analysis, const char *property,
                                         uint32_t *count, struct pn_error *error);
PN_API const char *pn_analysis_group(pn_analysis *analysis, const char *property, uint32_t index);

/*
 * p(neuron | PHONE) of every neuron of LAYER into P [width], under the conditions of the options;
 * PHONE NULL: over all phones.  *FRAMES (may be NULL) is the number of frames, -1 where the file
 * holds probabilities alone.  PN_NOTFOUND lists the phones there are.
 */
PN_API enum pn_status pn_analysis_probabilities(pn_analysis *analysis, const char *phone,
                                                uint32_t layer, double *p, int64_t *frames,
                                                struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
