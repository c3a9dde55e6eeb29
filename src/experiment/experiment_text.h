/*
 * experiment_text.h - the lines of an experiment's journal: JSON, a tabulator, the CRC-32 of the
 * JSON as eight hexadecimal digits, a newline.
 * Lists of a step are [measures][columns] in one.
 *
 *     {"propneu":"experiment","version":1,"kind":...,"started":...}    the first one
 *     {"step":7,"neurons":64,"at":...,"left_out":0,"errors":[...],"trials":[...],"loss":[...]}
 *
 * With relabelled controls the first line has "relabelled", the speakers and their labels in every
 * labeling, and a step has the same three lists by speaker under "speakers", [measures][units].
 */
#ifndef PROPNEU_EXPERIMENT_EXPERIMENT_TEXT_H
#define PROPNEU_EXPERIMENT_EXPERIMENT_TEXT_H

#include "base/buf.h"
#include "experiment/experiment.h"

/* The first line, and that of a step that is done, into B; STATUS_NOMEM. */
enum status experiment_put_head(struct buf *b, const struct experiment *x, struct err *err);
enum status experiment_put_step(struct buf *b, const struct experiment *x, uint32_t step,
                                int64_t at, struct err *err);

/* What there is in a journal. */
enum experiment_found {
    EXPERIMENT_WHOLE,   /* the first line, and *GOOD bytes of whole lines in all */
    EXPERIMENT_BEGUN,   /* not even the first line was written to its end */
    EXPERIMENT_DAMAGED, /* changed since, or memory did not suffice */
    EXPERIMENT_OTHER    /* no journal of an experiment */
};

/*
 * Reads a journal's SIZE bytes into X, which is empty and stays so unless they are whole.  What
 * stands behind the last whole line is passed over.
 */
enum experiment_found experiment_get(struct experiment *x, const char *bytes, size_t size,
                                     size_t *good);

#endif
