/*
 * api.h - private to src/api: how the installed interface (include/propneu) is put in front of the
 * rooms below.  A function of the interface calls one below with an error of its own and passes
 * both on by api_result; layers are counted from 1 on the outside and from 0 inside.
 */
#ifndef PROPNEU_API_API_H
#define PROPNEU_API_API_H

#include <stdint.h>

#include "base/status.h"
#include <propneu/status.h>

/* CODE, with its reason E copied to ERROR (may be NULL) where it is a failure. */
enum pn_status api_result(enum status code, const struct err *e, struct pn_error *error);

/* STATUS_NOTFOUND where LAYER is not in 1 .. LAYERS. */
enum status api_layer(uint32_t layer, uint32_t layers, struct err *err);

#endif
