/*
 * analysis_input.h - a count file opened for analysis under given options: which frames and phones
 * are looked at, and by what rule.
 */
#ifndef PROPNEU_ANALYSIS_ANALYSIS_INPUT_H
#define PROPNEU_ANALYSIS_ANALYSIS_INPUT_H

#include "analysis/analysis.h"
#include "base/fields.h"
#include "corpus/phones.h"

#define ANALYSIS_MAX_WHERE 16

struct analysis_options {
    const char *where[ANALYSIS_MAX_WHERE];
    unsigned wheres;
    const char *phones;  /* NULL: ARPABET */
    unsigned long layer; /* 0: not given */
    double lambda;       /* percent; 0: the file's own */
    struct analysis_params params;
    struct selection_rule rule; /* how the neurons of a property are chosen */
    struct map_params map;
};

#define ANALYSIS_OPTIONS_DEFAULT                                     \
    {                                                                \
        .params = ANALYSIS_PARAMS_DEFAULT, .map = MAP_PARAMS_DEFAULT \
    }

/* sigma, min-frames, lambda, where, phones, compat, select and size, by the names of the options.
 */
extern const struct field analysis_fields[];

/* A count file under analysis with what it needs. */
struct analysis_input {
    struct counts counts;
    struct phones phones;
    struct analysis analysis;
};

/* Opens PATH with the options O; to be closed on failure, too.  IN must stay where it is. */
enum status analysis_open(struct analysis_input *in, const char *path,
                          const struct analysis_options *o, struct err *err);
void analysis_close(struct analysis_input *in);

#endif
