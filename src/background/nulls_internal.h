/*
 * nulls_internal.h - private to nulls*.c: what the worker of nulls.h has.
 */
#ifndef PROPNEU_BACKGROUND_NULLS_INTERNAL_H
#define PROPNEU_BACKGROUND_NULLS_INTERNAL_H

#include "base/worker.h"
#include "background/nulls.h"

/* What the worker has of one property. */
struct nulls_work {
    struct null_run *run[NULLS_PARTS]; /* NULL: not begun, or finished */
    bool finished[NULLS_PARTS];        /* all that there is has been handed over */
    bool shown[NULLS_PARTS];           /* the first draws have been */
    uint64_t draws[NULLS_PARTS];       /* of a part; 0: not begun, or no labels are exchanged */
    enum exchange_kind kind;           /* of the first part, once that has begun */
    bool expected;                     /* it has no draws */
};

/* What was handed over and not yet taken. */
struct nulls_news {
    bool any; /* the rest holds something: an error, or the parts that have rows */
    struct nulls_answer answer;
};

/*
 * The thread's lock guards what was asked for and what was made; the session, `work`, the digest
 * and `computed_for` belong to whoever computes, the answers in `got` to the owner.
 */
struct nulls {
    /* Borrowed arrays in a struct of its own: another lambda may be chosen than on the screen. */
    struct counts counts;
    struct analysis session;
    struct engine *tell;
    struct nulls_options options;
    unsigned threads;
    uint32_t properties;     /* that there can be: phone features are added when asked for */
    struct nulls_work *work; /* [properties] */
    char digest[65];         /* of the data at the session's lambda; "": not made yet */
    unsigned computed_for;
    double told;           /* time of the last news of progress */
    unsigned char *stages; /* [properties][layers] bits: what has been done of the neurons */
    double before, step;   /* share of the property's draws before this step, and of the step */

    /* Under the lock. */
    enum nulls_want want;
    uint32_t property, layer;
    unsigned generation;
    struct analysis_params params;
    double lambda;
    struct query_filters filters;
    struct names names;      /* asked for; the session may not know the last yet */
    struct nulls_news *news; /* [properties] */
    double *kept;            /* [properties] share of the draws that are there */
    bool *complete;          /* [properties] nothing more is to come */
    double share;
    struct nulls_neurons *neurons_news; /* [properties][layers] not yet taken; width 0: none */
    bool *neurons_complete;             /* [properties][layers] */

    struct nulls_answer **got;         /* [properties] */
    struct nulls_neurons *neurons_got; /* [properties][layers] width 0: none */
    struct background thread;
};

void nulls_answer_free(struct nulls_answer *a);

/*
 * Some draws more of PROPERTY, without the lock: what is to be shown of them goes into NEWS,
 * *COMPLETE says that nothing is left to do.  nulls_compute.c.
 */
enum status nulls_compute(struct nulls *n, uint32_t property, struct nulls_news *news,
                          bool *complete, struct err *err);

/* The next stage of the tests of the neurons of LAYER; nulls_neurons.c. */
enum status nulls_compute_neurons(struct nulls *n, uint32_t property, uint32_t layer,
                                  struct nulls_neurons *news, bool *complete, struct err *err);
void nulls_neurons_merge(struct nulls_neurons *to, struct nulls_neurons *from);
void nulls_neurons_free(struct nulls_neurons *n);

/* Forgets what has been drawn. */
void nulls_forget(struct nulls *n);

/* Says that SHARE of the property's draws are there. */
void nulls_progress(struct nulls *n, double share);

#endif
