/*
 * How well a model does its task, in total and by group, as it is and with neurons changed.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "report/report.h"
#include "report/report_forms.h"

/* Columns that depend on the task, and those of the unmodified model. */
enum { ERRORS = 1, F0 = 2, BEFORE = 4 };

static const struct table_column eval_columns[] = {
    {"measure", TABLE_TEXT, NULL,
     "what is measured: speaker, phone, frame, recording (CTC), masked-frame, gender, log-f0", 0,
     0},
    {"factor", TABLE_TEXT, NULL, "factor of the group; missing: in total", 0, 0},
    {"level", TABLE_TEXT, NULL, "the group; missing: in total", 0, 0},
    {"trials", TABLE_INTEGER, "trials", "the denominator of error and loss", 0, 0},
    {"errors", TABLE_INTEGER, "errors", "wrong predictions", ERRORS, 0},
    {"inserted", TABLE_INTEGER, "errors", "of them, phones inserted by the prediction", ERRORS, 0},
    {"error", TABLE_REAL, "errors per trial", "errors over trials", ERRORS, 4},
    {"loss", TABLE_REAL, "nats", "mean -ln p of the reference", ERRORS, 4},
    {"mse", TABLE_REAL, NULL, "mean squared error of the natural logarithm of F0 in Hz", F0, 5},
    {"r2", TABLE_REAL, NULL, "share of the variance of log F0 that is explained", F0, 3},
    {"errors_before", TABLE_INTEGER, "errors", "errors of the unmodified model", ERRORS | BEFORE,
     0},
    {"inserted_before", TABLE_INTEGER, "errors", "inserted of the unmodified model",
     ERRORS | BEFORE, 0},
    {"error_before", TABLE_REAL, "errors per trial", "error of the unmodified model",
     ERRORS | BEFORE, 4},
    {"loss_before", TABLE_REAL, "nats", "loss of the unmodified model", ERRORS | BEFORE, 4},
    {"mse_before", TABLE_REAL, NULL, "mse of the unmodified model", F0 | BEFORE, 5},
    {"r2_before", TABLE_REAL, NULL, "r2 of the unmodified model", F0 | BEFORE, 3},
    {"variance", TABLE_REAL, NULL, "mse of the mean of the trials' log F0", F0, 5},
    {"variance_speaker", TABLE_REAL, NULL, "in total: mse of the mean of each speaker", F0, 5},
    {"mse_previous", TABLE_REAL, NULL, "mse of the frame before, where that has F0", F0, 5},
};

static const struct table_column summary_columns[] = {
    {"model", TABLE_TEXT, NULL, "the model", 0, 0},
    {"task", TABLE_TEXT, NULL, "the task: sid, phones, frames, ctc, ssl, centroid or f0", 0, 0},
    {"recordings", TABLE_INTEGER, "recordings", "evaluated", 0, 0},
    {"left_out", TABLE_INTEGER, "recordings", "recordings skipped", 0, 0},
    {"piece", TABLE_REAL, "seconds", "length of the pieces; 0: whole recordings", 0, 3},
    {"noise", TABLE_REAL, NULL, "standard deviation of the added noise", 0, 3},
    {"seed", TABLE_INTEGER, NULL, "seed of noise and masks", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "layer used by centroid and f0, from 1", 0, 0},
    {"edit", TABLE_TEXT, NULL, "the edit of the model", BEFORE, 0},
};

const struct table_form form_eval = TABLE_FORM(
    "eval", "results",
    "Error rates of a model in total and by group, the total of each measure first: eval. "
    "It has errors to loss, or for the task f0 mse and r2; with --erase also the "
    "columns that end in _before.",
    eval_columns);
const struct table_form form_eval_summary =
    TABLE_FORM("eval-summary", NULL, "An evaluation as a whole: eval. edit only with --erase.",
               summary_columns);

/* The four columns on errors and the two on F0, of which a table has one kind. */
static void add_score(struct table *t, const struct eval_score *s)
{
    table_count(t, (int64_t)s->errors);
    table_count(t, (int64_t)s->inserted);
    table_real(t, eval_error(s));
    table_real(t, eval_loss(s));
    table_real(t, eval_loss(s));
    table_real(t, eval_r2(s));
}

/* One row. GROUP NULL is the total, whose factor and level are missing. */
static void add_line(struct table *t, const char *measure, const struct eval_group *group,
                     const struct eval_score *score, const struct eval_score *before,
                     double by_speaker)
{
    table_words(t, measure);
    table_words(t, group ? group->factor : NULL);
    table_words(t, group ? report_level(group->level) : NULL);
    table_count(t, (int64_t)score->trials);
    add_score(t, score);
    add_score(t, before ? before : score); /* dropped without one before */
    table_real(t, eval_variance(score));
    table_real(t, by_speaker);
    table_real(t, eval_previous(score));
}

double report_speaker_variance(const struct eval *e, const struct eval_result *r, uint32_t measure)
{
    uint32_t n;
    const struct eval_group *group = eval_groups(e, &n);
    double sum = 0, trials = 0;
    for (uint32_t g = 0; g < r->groups; g++) {
        const struct eval_score *s = eval_score(r, measure, g);
        if (strcmp(group[g].factor, "speaker") != 0 || s->trials == 0)
            continue;
        sum += eval_variance(s) * (double)s->trials;
        trials += (double)s->trials;
    }
    return trials > 0 ? sum / trials : NAN;
}

/* Groups without trials get no row: an error rate over nothing is no number. */
enum status report_eval(struct table *t, const struct eval *e, const struct eval_options *options,
                        const struct eval_result *result, const struct eval_result *before,
                        struct err *err)
{
    uint32_t n;
    const struct eval_group *group = eval_groups(e, &n);
    const char *const *measure = eval_measures(e, &n);
    unsigned kind = eval_task_about(options->task)->squares ? F0 : ERRORS;
    table_extend(t, &form_eval, kind | (before ? BEFORE : 0));
    for (uint32_t m = 0; m < result->measures; m++) {
        add_line(t, measure[m], NULL, eval_score(result, m, EVAL_TOTAL),
                 before ? eval_score(before, m, EVAL_TOTAL) : NULL,
                 report_speaker_variance(e, result, m));
        for (uint32_t g = 0; g < result->groups; g++)
            if (eval_score(result, m, g)->trials > 0)
                add_line(t, measure[m], &group[g], eval_score(result, m, g),
                         before ? eval_score(before, m, g) : NULL, NAN);
    }
    return table_ok(t, NULL, err);
}

/* Layer 0 of the options means the last; the table has its number. */
enum status report_eval_summary(struct table *t, const struct eval *e,
                                const struct eval_options *options, const char *edit,
                                struct err *err)
{
    size_t left, all = eval_recordings(e, &left);
    table_extend(t, &form_eval_summary, edit ? BEFORE : 0);
    table_words(t, eval_model(e)->name);
    table_words(t, eval_task_names[options->task]);
    table_count(t, (int64_t)(all - left));
    table_count(t, (int64_t)left);
    table_real(t, options->piece);
    table_real(t, options->noise);
    table_count(t, (int64_t)options->seed);
    table_count(t, options->layer ? options->layer : eval_model(e)->layers);
    table_words(t, edit);
    return table_ok(t, NULL, err);
}
