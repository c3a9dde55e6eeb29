/*
 * trainset.h - the recordings that a model is trained on: what enters it, and what is to be said
 * of them, as examples by their position in the order of training (order.h).
 */
#ifndef PROPNEU_TRAIN_TRAINSET_H
#define PROPNEU_TRAIN_TRAINSET_H

#include "base/cancel.h"
#include "base/names.h"
#include "corpus/corpus.h"
#include "corpus/frame_labels.h"
#include "formats/tensors/tensors.h"
#include "model/model.h"
#include "train/order.h"
#include "train/pass.h"

/* The tasks: TRAIN_TASK(end of its number, its name). */
#define TRAIN_TASK_TABLE(TASK) \
    TASK(FRAMES, "frames")     \
    TASK(CTC, "ctc")           \
    TASK(SID, "sid")           \
    TASK(F0, "f0")             \
    TASK(SSL, "ssl")

enum train_task {
#define TRAIN_TASK_NUMBER(number, name) TRAIN_##number,
    TRAIN_TASK_TABLE(TRAIN_TASK_NUMBER)
#undef TRAIN_TASK_NUMBER
        TRAIN_TASKS
};

/* "|frames|ctc..." for lists of values. */
#define TRAIN_TASK_WORD(number, name) "|" name

extern const char *const train_task_names[TRAIN_TASKS];
enum train_loss train_task_loss(enum train_task task);

struct trainset_options {
    struct corpus_options corpus;
    enum train_task task;
    const char *clusters; /* SSL: what `propneu cluster` wrote */
    double crop;          /* seconds of a recording that an example has; 0: all of it */
    uint64_t seed;        /* of crops and masks */
    unsigned threads;
    size_t memory; /* bytes of recordings that are kept */
    /* The classes of the head that is to be measured; NULL: those that the recordings have. */
    const struct names *classes;
};

/* A recording. */
struct trainset_entry {
    size_t recording; /* in the corpus */
    size_t frames;
    size_t count;   /* floats of DATA: samples, or rows of input */
    float *data;    /* NULL: read again when it is needed */
    int32_t *label; /* [frames] of FRAMES and SSL, [1] of SID, [spokens] of CTC; or NULL */
    double *target; /* [frames] of F0; or NULL */
    size_t spokens;
    uint32_t *first, *last; /* [spokens] frames of CTC's labels */
};

struct trainset {
    const struct trainset_options *options;
    const struct model *m;
    const struct model_info *info;
    struct corpus corpus;
    struct corpus_options how;
    struct factors factors;
    struct names classes; /* of the head; F0: one without a name */
    struct tensors clusters;
    bool rows; /* entries are rows of input, WIDTH wide; else samples */
    size_t width;
    struct trainset_entry *entry; /* [entries] that can be learnt from */
    size_t entries;
    size_t crop;  /* frames of an example at most; 0: all */
    size_t tried; /* recordings, of which entries are left */
};

/* Called one at a time. */
struct trainset_hooks {
    void (*problem)(void *context, const char *message); /* a recording that is left out */
    void (*progress)(void *context, size_t done, size_t all);
    void *context;
    const struct cancel *cancel;
};

/*
 * Reads all recordings.  STATUS_NOTFOUND, STATUS_MISMATCH where there is nothing to learn: no
 * labels, one class alone, targets of CTC that are all longer than their recordings.
 */
enum status trainset_open(struct trainset *s, const struct model *m,
                          const struct trainset_options *o, const struct trainset_hooks *hooks,
                          struct err *err);
void trainset_free(struct trainset *s);

/* What an example is made in; kept from example to example. */
struct trainset_room {
    struct audio audio;
    float *rows;
    size_t rows_cap;
    int32_t *label;
    size_t label_cap;
    bool *masked;
    size_t masked_cap;
    size_t entry, first; /* of the set, and of its frames */
};

void trainset_room_free(struct trainset_room *r);

/*
 * The example at POSITION is of entry ENTRY.  Labels and masks are in E and ROOM after it, which is
 * cheap; samples or rows after trainset_fetch.  *WEIGHT is what a mean over the batch divides by:
 * frames or recordings with a loss.
 */
enum status trainset_example(const struct trainset *s, uint64_t position, size_t entry,
                             struct trainset_room *room, struct example *e, double *weight,
                             struct err *err);
enum status trainset_fetch(const struct trainset *s, struct trainset_room *room,
                           struct model_scratch *scratch, struct example *e,
                           const struct cancel *cancel, struct err *err);

#endif
