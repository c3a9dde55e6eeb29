/*
 * eval.h - how well a model does its task, in all and by groups of what is spoken, as it is and
 * with its activations changed.
 *
 *     struct eval *e;
 *     struct eval_result plain, erased;
 *     eval_open(&e, &options, &hooks, &err);       opens and checks the model, its head, the corpus
 *     eval_run(e, NULL, &hooks, &plain, &err);     the model as it is
 *     eval_run(e, &edit, &hooks, &erased, &err);   the same trials, some activations changed
 *     eval_error(eval_score(&erased, 0, g)) - eval_error(eval_score(&plain, 0, g))
 *     eval_result_free(&plain), ...; eval_free(e);
 *
 * Results are functions of the files and options alone: the same to the bit for any number of
 * threads, with and without what was kept from runs before.
 *
 * Hidden states of the unmodified model that a run meets before its first changed layer are kept in
 * memory and later runs begin there.  Options bound that memory: where not all states fit, every
 * second, third, ... layer is kept, and where not even one does, the recordings are read again.
 * Beside it a run takes the working memory of `threads` forward passes.
 */
#ifndef PROPNEU_EVAL_EVAL_H
#define PROPNEU_EVAL_EVAL_H

#include "base/cancel.h"
#include "corpus/corpus.h"
#include "eval/lexicon.h"
#include "model/model.h"

/*
 * The tasks, one row for each: TASK(end of its number, of its struct task_..., its name).  To add
 * one, write src/eval/task_NAME.c with a struct task (eval_internal.h) and add its row; options,
 * checks, completion and reports follow from the table.
 */
#define EVAL_TASK_TABLE(TASK)            \
    TASK(SID, sid, "sid")                \
    TASK(PHONES, phones, "phones")       \
    TASK(CENTROID, centroid, "centroid") \
    TASK(F0, f0, "f0")                   \
    TASK(SSL, ssl, "ssl")                \
    TASK(FRAMES, frames, "frames")       \
    TASK(CTC, ctc, "ctc")

enum eval_task {
#define EVAL_TASK_NUMBER(number, id, name) EVAL_##number,
    EVAL_TASK_TABLE(EVAL_TASK_NUMBER)
#undef EVAL_TASK_NUMBER
        EVAL_TASKS
};

/* " sid phones ..." for messages, "|sid|phones|..." for lists of values. */
#define EVAL_TASK_LISTED(number, id, name) " " name
#define EVAL_TASK_WORD(number, id, name)   "|" name

/* What is known of a task before anything is opened. */
struct eval_task_about {
    const char *summary;
    bool labels;  /* cannot do without labels */
    bool pitch;   /* nor without pitch */
    bool head;    /* the checkpoint's head decides: options head and head_labels */
    bool fits;    /* fits its own on the output of one layer: options layer and refit */
    bool runs;    /* compares sequences of labels: option min_run */
    bool whole;   /* decides once for a recording or piece, not for each frame */
    bool squares; /* measures squared errors: there are none to count */
    bool masks;   /* predicts clusters of masked frames: option clusters */
};

const struct eval_task_about *eval_task_about(enum eval_task task);

/* "sid", ... */
extern const char *const eval_task_names[EVAL_TASKS];

/* The task called NAME; EVAL_TASKS: none. */
enum eval_task eval_task_find(const char *name);

#define EVAL_CACHE_DEFAULT ((size_t)1 << 30)

struct eval_options {
    /* SID needs no labels; what is given shows in the groups, whatever BY says. */
    struct corpus_options corpus;
    const char *model, *mean_std;   /* model.h */
    enum model_normalize normalize; /* model.h */
    unsigned threads;               /* 0: one */
    enum eval_task task;
    /* Checkpoint that holds the head; NULL: the model's own.  F0 fits where there is none, or where
     * LAYER or REFIT asks for it. */
    const char *head;
    const char *head_labels; /* file with the names of its classes, one a line; NULL: as it says */
    uint32_t layer;          /* whose output CENTROID and F0 look at, from 1; 0: the last */
    /*
     * Seconds of pieces that recordings are cut into, 0: whole recordings.  Pieces are whole
     * numbers of frames, p, and begin at frames 0.16 s + k p while they end 0.16 s before the
     * recording does.  The model sees each piece alone.
     */
    double piece;
    /*
     * Deviation of Gaussian noise, 0: none.  MelHuBERT: added to the normalised log-mel input.
     * Waveform models: added to the samples, in units of the recording's root mean square.
     * A recording gets the same noise in every run, whatever else is evaluated.
     */
    double noise;
    uint64_t seed;
    /* CENTROID and F0 fit on the model as it is, as a head would have been; true: anew for each
     * run, on the changed model. */
    bool refit;
    /* SSL: what `propneu cluster` wrote; the clusters of the recordings, or centroids of the
     * log-mel input.  Masks are drawn from the seed and the name of the recording. */
    const char *clusters;
    /* CTC: phones of the words that TRANSCRIPTS has (NULL: a file or folder, as AUDIO) by these
     * lexicons; lexicons 0: the aligned phones of the labels. */
    const char *lexicon[LEXICON_FILES], *transcripts;
    size_t lexicons;
    unsigned min_run; /* PHONES and FRAMES of a head on every frame: shorter runs of a label count
                         as none */
    size_t cache;     /* bytes for hidden states; 0: EVAL_CACHE_DEFAULT */
};

/* STATUS_USAGE, naming the options, where those of O do not go together; the option of its layer is
 * called LAYER_OPTION. */
enum status eval_options_check(const struct eval_options *o, const char *layer_option,
                               struct err *err);

/* Called one at a time, from any thread of a run; each may be NULL. */
struct eval_hooks {
    void (*problem)(void *context, const char *message); /* a recording that is left out, once */
    void (*progress)(void *context, size_t done, size_t all); /* recordings of this run */
    void *context;
    const struct cancel *cancel; /* stops a run once it is set; may be NULL */
};

/* A level of a factor: its trials are counted apart.  Borrowed from the evaluation. */
struct eval_group {
    const char *factor; /* "gender", "speaker", "phone", "pitch" or the name of an extra */
    const char *level;  /* "female", "vowel", "low", ... */
};

/* What happened in some trials. */
struct eval_score {
    uint64_t trials; /* the denominator */
    uint64_t errors;
    uint64_t inserted; /* of the errors, phones where there is none */
    double loss; /* sum of -ln p(right one), NAN where it is not known; F0: of squared errors */
    double sum, square; /* F0: of the right values and of their squares */
    /* F0: frames behind a frame with F0, and the sum of the squared differences to that. */
    uint64_t followed;
    double steps;
};

/* Errors in a trial, and loss; NAN without trials. */
double eval_error(const struct eval_score *s);
double eval_loss(const struct eval_score *s);

/* F0: share of the variance that is explained; NAN where there is none. */
double eval_r2(const struct eval_score *s);

/* What a run measures: one or more measures, each in total and in every group. */
struct eval_result {
    uint32_t measures, groups;
    struct eval_score *score; /* [measures][1 + groups], the total first */
};

void eval_result_free(struct eval_result *r);

/* Of GROUP, an index into eval_groups; EVAL_TOTAL: of all trials. */
#define EVAL_TOTAL UINT32_MAX
const struct eval_score *eval_score(const struct eval_result *r, uint32_t measure, uint32_t group);

/* F0: the mean squared error of the mean of the right values, and of the frame before; NAN where
 * there is none. */
double eval_variance(const struct eval_score *s);
double eval_previous(const struct eval_score *s);

struct eval;

/*
 * Opens everything.  STATUS_NOTFOUND: no head for the task; STATUS_FORMAT: one of the wrong shape;
 * STATUS_MISMATCH: a head whose labels are not the recordings' speakers, naming both.  OPTIONS and
 * what it points to must outlive the evaluation.
 */
enum status eval_open(struct eval **out, const struct eval_options *options,
                      const struct eval_hooks *hooks, struct err *err);
void eval_free(struct eval *e);

/*
 * Runs all trials with the activations changed as EDIT says (NULL: not at all).  Free OUT with
 * eval_result_free.  STATUS_CANCELLED; STATUS_NOTFOUND if there was not one trial.  One run at a
 * time.
 */
enum status eval_run(struct eval *e, const struct model_intervention *edit,
                     const struct eval_hooks *hooks, struct eval_result *out, struct err *err);

/* Groups, by factor; some may turn out to have no trials. */
const struct eval_group *eval_groups(const struct eval *e, uint32_t *count);

/* What is measured ("speaker"; "phone", "frame"; ...), in the order of a result's measures. */
const char *const *eval_measures(const struct eval *e, uint32_t *count);

/* False where the task measures squared errors: there are no errors to count. */
bool eval_counts_errors(const struct eval *e);

/* True where a fit on one layer decides, not a head. */
bool eval_fits(const struct eval *e);

/* The number that grows with damage: the share of errors, of F0 the mean squared error. */
double eval_damage(const struct eval *e, const struct eval_score *s);

const struct model_info *eval_model(const struct eval *e);

/* What of the recordings that were read was matched by the inputs. */
void eval_match(const struct eval *e, struct corpus_matches *m);

/* The corpus, with what the user is to be told of how it was read. */
const struct corpus *eval_corpus(const struct eval *e);

/* Recordings, and of them those left out in the last run. */
size_t eval_recordings(const struct eval *e, size_t *left_out);

#endif
