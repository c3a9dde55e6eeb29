/*
 * api_analysis.h - private to src/api: what a pn_analysis is, for the other handles that take one.
 */
#ifndef PROPNEU_API_API_ANALYSIS_H
#define PROPNEU_API_API_ANALYSIS_H

#include "analysis/analysis.h"
#include "corpus/phones.h"
#include <propneu/analysis.h>

/* A count file with what its analysis borrows. */
struct api_input {
    struct counts counts;
    struct phones phones;
    struct analysis analysis;
};

struct pn_analysis {
    struct api_input in;
};

#endif
