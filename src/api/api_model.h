/*
 * api_model.h - private to src/api: what a pn_model is, for the other handles that take one.
 */
#ifndef PROPNEU_API_API_MODEL_H
#define PROPNEU_API_API_MODEL_H

#include "model/model.h"
#include <propneu/model.h>

struct pn_model {
    struct model *model;
};

/* OPTIONS (NULL: the defaults) in the words of model.h. */
struct model_options api_model_options(const struct pn_model_options *options);

/* M as a handle, which is taken over, also on failure. */
enum status api_model_wrap(pn_model **out, struct model *m, struct err *err);

#endif
