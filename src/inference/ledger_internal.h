/*
 * ledger_internal.h - private to ledger*.c: what the claims are computed from.
 */
#ifndef PROPNEU_INFERENCE_LEDGER_INTERNAL_H
#define PROPNEU_INFERENCE_LEDGER_INTERNAL_H

#include "inference/ledger.h"
#include "inference/null.h"

/* A run over the claims; nulls are made once for each file and property. */
struct ledger_work {
    const struct ledger_request *r;
    struct null_result null[LEDGER_ROLES][3]; /* of phone, gender, pitch: sizes, then full-dim */
    bool made[LEDGER_ROLES][3];
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

/*
 * The full-dimensional silhouettes of A's PROPERTY in every layer, under DRAWS bootstrap draws of
 * B, into VALUE [layers][draws].
 */
struct bootstrap;
enum status ledger_draws(struct ledger_work *w, struct analysis *a, const char *property,
                         const struct bootstrap *b, double *value, struct err *err);

/* One for each kind of claim. */
enum status ledger_judge_exceeds(struct ledger_work *w, const struct ledger_claim *c,
                                 struct ledger_row *row, struct err *err);
enum status ledger_judge_contrast(struct ledger_work *w, const struct ledger_claim *c,
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
