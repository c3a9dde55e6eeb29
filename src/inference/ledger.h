/*
 * ledger.h - the claims of the paper, each held to count files: the published figure, the same of
 * these files with its interval and what chance gives, and a verdict.
 *
 * holds: beyond the null, p < .05; fails: the interval excludes the claim; else: cannot tell, which
 * is also the verdict where a file or what it needs is missing.  Claims of order or absence, of
 * layers or of models, are differences with the null's means subtracted: an interval above 0 holds,
 * one below fails.  An interval of fewer than LEDGER_DRAWS draws, of a property of which a group
 * has only one speaker, or of draws that are all alike tells nothing (difference.h).  Silhouettes
 * are full-dimensional here: the published ones are of maps in the plane.
 */
#ifndef PROPNEU_INFERENCE_LEDGER_H
#define PROPNEU_INFERENCE_LEDGER_H

#include "analysis/analysis.h"
#include "inference/bootstrap.h"

#define LEDGER_DRAWS 99 /* the fewest that an interval's verdict may rest on */

/* What a file is in the paper's comparisons. */
enum ledger_role { LEDGER_SSL, LEDGER_SID, LEDGER_PR, LEDGER_ROLES };

extern const char *const ledger_roles[LEDGER_ROLES]; /* "ssl", "sid", "pr" */

enum ledger_verdict { LEDGER_HOLDS, LEDGER_FAILS, LEDGER_CANNOT_TELL };

/* "holds", "fails", "cannot tell". */
const char *ledger_verdict_name(enum ledger_verdict v);

struct ledger_row {
    const char *claim, *source, *published;
    double ours, low, high, null, p; /* NAN where there is none */
    bool counted;                    /* ours is a number of neurons */
    enum ledger_verdict verdict;
    char *command; /* that prints the numbers behind it; NULL where a file is missing */
    char why[256]; /* why it cannot be told; "" */
};

struct ledger_request {
    struct analysis *file[LEDGER_ROLES]; /* NULL where there is none */
    const char *model[LEDGER_ROLES];     /* for the commands of claims on edits; NULL */
    const char *options;                 /* for all commands: how the files were opened; NULL */
    struct bootstrap_options bootstrap;  /* strata, draws and seed, of nulls, too */
    unsigned threads;                    /* at least 1 */
    void (*progress)(void *context, double share);
    void *progress_context;
};

struct ledger {
    uint32_t rows;
    struct ledger_row *row; /* [rows] */
    struct names notes;     /* how speakers were drawn, and what makes comparisons doubtful; why
                             * a claim cannot be told */
};

/* Under the cancel flag of the first file there is. */
enum status ledger_make(struct ledger *out, const struct ledger_request *r, struct err *err);
void ledger_free(struct ledger *l);

#endif
