/*
 * ledger_internal.h - private to ledger*.c: what the claims are computed from.
 */
#ifndef PROPNEU_INFERENCE_LEDGER_INTERNAL_H
#define PROPNEU_INFERENCE_LEDGER_INTERNAL_H

#include "base/buf.h"
#include "inference/ledger.h"
#include "inference/null.h"

#define LEDGER_LEVEL 0.05 /* of p */

/* Full-dimensional silhouettes of every layer under bootstrap draws. */
struct ledger_draws {
    double *value; /* [layers][draws] */
    struct bootstrap_design design;
};

/* A run over the claims; nulls and draws are made once for each file and property. */
struct ledger_work {
    const struct ledger_request *r;
    struct null_result null[LEDGER_ROLES][3]; /* of phone, gender, pitch: sizes, then full-dim */
    bool made[LEDGER_ROLES][3];
    struct ledger_draws drawn[LEDGER_ROLES][3];
    struct names *notes; /* of the ledger */
};

struct ledger_claim {
    const char *claim, *source, *published;
    enum ledger_role role;
    const char *property;
    /* Fills ROW; what cannot be told is no failure: row->why says so. */
    enum status (*judge)(struct ledger_work *w, const struct ledger_claim *c,
                         struct ledger_row *row, struct err *err);
    /* For contrasts: the first minus the second, as layers of 12. */
    unsigned from, to, against_from, against_to; /* 0: all others */
};

/* Statistics of a property in every layer against their null; NULL and row->why where the file or
 * what it needs is missing. */
enum status ledger_null(struct ledger_work *w, enum ledger_role role, const char *property,
                        struct ledger_row *row, const struct null_result **out, struct err *err);

/* Row of STATISTIC (0: size, 1: full-dim) in LAYER (from 0). */
const struct null_row *ledger_null_row(const struct null_result *n, uint32_t statistic,
                                       uint32_t layer);

/* The draws of a property of a file that there is.  STATUS_UNSUPPORTED where it does not tell
 * speakers apart. */
enum status ledger_drawn(struct ledger_work *w, enum ledger_role role, const char *property,
                         const struct ledger_draws **out, struct err *err);

/* The first LAYERS layers, to be freed; NULL without memory. */
uint32_t *ledger_layers(uint32_t layers);

/* How the labels of nulls are exchanged. */
struct exchange_options ledger_exchange(const struct ledger_request *r);

/* "propneu COMMAND FILE FILE2 OPTIONS" into the row, with the options that all have in common;
 * FILE2 may be NULL.  OPTIONS is released. */
enum status ledger_command(struct ledger_work *w, struct ledger_row *row, const char *command,
                           const struct analysis *file, const struct analysis *file2,
                           struct buf *options, bool draws, struct err *err);

/* Notes how the speakers of FILE were drawn; false without memory. */
bool ledger_note_drawn(struct ledger_work *w, const struct analysis *file,
                       const struct bootstrap_design *d);

/* Whether the row's interval, of the draws of D, tells anything; else row->why has the reason, WHY
 * where there is no interval. */
bool ledger_interval_tells(struct ledger_row *row, const struct bootstrap_design *d,
                           const char *why);

/* Verdict of a claim that something is above 0, from the row's interval. */
void ledger_judge_above(struct ledger_row *row);

/* True where CODE is a reason why something cannot be told; ROW then says it. */
bool ledger_excused(struct ledger_row *row, enum status code, const struct err *err);

/* One for each kind of claim. */
enum status ledger_judge_exceeds(struct ledger_work *w, const struct ledger_claim *c,
                                 struct ledger_row *row, struct err *err);
enum status ledger_judge_contrast(struct ledger_work *w, const struct ledger_claim *c,
                                  struct ledger_row *row, struct err *err);
enum status ledger_judge_best(struct ledger_work *w, const struct ledger_claim *c,
                              struct ledger_row *row, struct err *err);
enum status ledger_judge_lacks(struct ledger_work *w, const struct ledger_claim *c,
                               struct ledger_row *row, struct err *err);
enum status ledger_judge_raises(struct ledger_work *w, const struct ledger_claim *c,
                                struct ledger_row *row, struct err *err);
enum status ledger_judge_leaves(struct ledger_work *w, const struct ledger_claim *c,
                                struct ledger_row *row, struct err *err);
enum status ledger_judge_overlap(struct ledger_work *w, const struct ledger_claim *c,
                                 struct ledger_row *row, struct err *err);
enum status ledger_judge_edit(struct ledger_work *w, const struct ledger_claim *c,
                              struct ledger_row *row, struct err *err);

#endif
