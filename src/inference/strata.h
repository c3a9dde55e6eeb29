/*
 * strata.h - what units are exchanged or drawn within: values of a column of the speaker table, or
 * levels of another factor.
 */
#ifndef PROPNEU_INFERENCE_STRATA_H
#define PROPNEU_INFERENCE_STRATA_H

#include "analysis/analysis.h"

/*
 * The column ASKED for or, where that and the table SPEAKERS are NULL, the one that the file C
 * names; NULL: none.
 */
const char *strata_column(const struct counts *c, const char *asked, const char *speakers);

/*
 * The values of column NAME, of the speaker table at SPEAKERS or (NULL) of the file C, numbered
 * into STRATUM [levels of the factor speaker, which there is]; how many into *STRATA.
 * STATUS_NOTFOUND, listing the columns there are, for an unknown one.
 */
enum status strata_of_speakers(const struct counts *c, const char *speakers, const char *name,
                               uint32_t *stratum, uint32_t *strata, struct err *err);

/*
 * The level of factor BY that goes with each level of OWNER, from 1; 0: none, or the file has no
 * such factor; into STRATUM [levels of OWNER].  *STRATA: one more than the largest there can be.
 */
enum status strata_of_levels(const struct analysis *a, uint32_t owner, const char *by,
                             uint32_t *stratum, uint32_t *strata, struct err *err);

#endif
