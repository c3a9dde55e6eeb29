/*
 * api_listener.h - private to src/api: the hooks of pn_eval_run and pn_experiment_run in front of
 * those of eval.h; what PROGRESS answers becomes the flag that stops a run.
 */
#ifndef PROPNEU_API_API_LISTENER_H
#define PROPNEU_API_API_LISTENER_H

#include "base/cancel.h"
#include "eval/eval.h"
#include <propneu/eval.h>

struct api_listener {
    const struct pn_eval_hooks *hooks; /* NULL: none */
    struct cancel cancel;
    struct eval_hooks inner;
};

/* L must stay where it is while INNER is used. */
void api_listener_init(struct api_listener *l, const struct pn_eval_hooks *hooks);

#endif
