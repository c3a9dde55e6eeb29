/*
 * cluster_rows.h - the frames that are clustered: a hidden state, or the input, of a model on all
 * recordings of a corpus.
 */
#ifndef PROPNEU_TRAIN_CLUSTER_ROWS_H
#define PROPNEU_TRAIN_CLUSTER_ROWS_H

#include "base/cancel.h"
#include "corpus/recordings.h"
#include "model/model.h"
#include "train/kmeans.h"

struct cluster_rows {
    size_t width;
    float **rows;             /* [recordings] of each, [frames][width]; NULL: left out */
    struct kmeans_part *part; /* [parts] of those that were read, in their order */
    size_t *recording;        /* [parts] which recording each is */
    size_t parts, recordings, frames;
};

/* Called one at a time, from any thread; each may be NULL. */
struct cluster_hooks {
    void (*problem)(void *context, const char *message); /* a recording that is left out */
    void (*progress)(void *context, size_t done, size_t all);
    void *context;
    const struct cancel *cancel;
};

/*
 * Runs M on the recordings C and keeps the output of LAYER, from 1, or MODEL_INPUT where LAYER is
 * 0. Problems are told in the order of the recordings.  STATUS_UNSUPPORTED: the model has no such
 * input; STATUS_NOTFOUND: no recording could be read; STATUS_NOMEM, STATUS_CANCELLED.  Free with
 * cluster_rows_free, also after a failure.
 */
enum status cluster_rows_read(struct cluster_rows *out, const struct model *m,
                              const struct recordings *c, uint32_t layer, unsigned threads,
                              const struct cluster_hooks *hooks, struct err *err);
void cluster_rows_free(struct cluster_rows *r);

#endif
