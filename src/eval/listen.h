/*
 * listen.h - one recording heard by a model with a head: what it takes each frame for, and who it
 * takes the speaker for, as it is and with activations changed.  eval.h counts errors over many.
 */
#ifndef PROPNEU_EVAL_LISTEN_H
#define PROPNEU_EVAL_LISTEN_H

#include "eval/eval.h"

struct listener;

/* What was heard. */
struct heard {
    uint32_t classes;
    size_t frames;
    uint32_t *best; /* [frames] class of each, or one where the head hears the whole */
    double *share;  /* [frames] of the best class in the sum of all, 0 .. 1 */
};

void heard_free(struct heard *h);

/*
 * Opens the model PATH with its head for TASK: EVAL_SID hears the whole recording (frames 1),
 * EVAL_PHONES each frame.  STATUS_NOTFOUND where there is no such head.  CANCEL (may be NULL) must
 * outlive the listener: opening and hearing end with STATUS_CANCELLED once it is set.
 */
enum status listener_open(struct listener **out, const char *path, enum eval_task task,
                          const struct cancel *cancel, struct err *err);
void listener_free(struct listener *l);

const struct model_info *listener_model(const struct listener *l);

/* The name of a class, as the checkpoint has it. */
const char *listener_label(const struct listener *l, uint32_t class);

/* Listens to SAMPLES [n] with EDIT (NULL: nothing changed).  Free OUT with heard_free. */
enum status listener_hear(struct listener *l, const float *samples, size_t n,
                          const struct model_intervention *edit, struct heard *out,
                          struct err *err);

#endif
