/*
 * api_analysis.h - private to src/api: what a pn_analysis is, for the other handles that take one.
 */
#ifndef PROPNEU_API_API_ANALYSIS_H
#define PROPNEU_API_API_ANALYSIS_H

#include "analysis/analysis_input.h"
#include <propneu/analysis.h>

struct pn_analysis {
    struct analysis_input in;
};

#endif
