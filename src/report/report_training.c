/*
 * Runs of training as they wrote them: each step, and each run as a whole.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "report/report.h"
#include "report/report_forms.h"

enum { CUTS = 1 };

static const struct table_column training_columns[] = {
    {"run", TABLE_TEXT, NULL, "the run: the name of its folder", 0, 0},
    {"step", TABLE_INTEGER, "steps", "number of the step, from 1", 0, 0},
    {"loss", TABLE_REAL, NULL, "of the step's batch, in nats, or squared error of log F0", 0, 4},
    {"accuracy", TABLE_REAL, NULL, "share of the batch's predictions that were right", 0, 4},
    {"lr", TABLE_REAL, NULL, "learning rate", 0, 6},
    {"grad_norm", TABLE_REAL, NULL, "norm of the gradient before clipping", 0, 4},
    {"skipped", TABLE_INTEGER, "steps", "steps without an update so far, their norm no number", 0,
     0},
    {"seconds", TABLE_REAL, "s", "time that was spent since the last row", 0, 3},
    {"valid_loss", TABLE_REAL, NULL, "loss on the recordings of --valid", 0, 4},
    {"valid_error", TABLE_REAL, NULL, "error on them", 0, 4},
    {"cut", TABLE_INTEGER, "cuts", "cuts of feed-forward rows so far", CUTS, 0},
    {"kept", TABLE_INTEGER, "neurons", "neurons that the model has", CUTS, 0},
};

static const struct table_column run_columns[] = {
    {"run", TABLE_TEXT, NULL, "the run: the name of its folder", 0, 0},
    {"step", TABLE_INTEGER, "steps", "the last step", 0, 0},
    {"loss", TABLE_REAL, NULL, "mean loss of the last hundred steps at most", 0, 4},
    {"accuracy", TABLE_REAL, NULL, "their accuracy", 0, 4},
    {"lr", TABLE_REAL, NULL, "learning rate of the last step", 0, 6},
    {"skipped", TABLE_INTEGER, "steps", "steps without an update", 0, 0},
    {"speed", TABLE_REAL, "steps/s", "steps in a second, over the last hundred rows at most", 0, 3},
    {"valid_loss", TABLE_REAL, NULL, "the last loss on the recordings of --valid", 0, 4},
    {"valid_error", TABLE_REAL, NULL, "the last error on them", 0, 4},
    {"cut", TABLE_INTEGER, "cuts", "cuts of feed-forward rows", 0, 0},
    {"kept", TABLE_INTEGER, "neurons", "neurons that the model has", 0, 0},
};

const struct table_form form_training = TABLE_FORM(
    "training", "",
    "What did each step of a run of training give? figure training, Experiments in the explorer. "
    "The log that train writes has the same columns but run; cut and kept are there where one of "
    "the runs prunes.",
    training_columns);
const struct table_form form_training_run = TABLE_FORM(
    "training-run", "", "How far is a run of training? Experiments in the explorer.", run_columns);

static int64_t training_whole(double v)
{
    return v >= 0 && v <= 0x1p53 ? (int64_t)v : -1;
}

enum status report_training(struct table *t, const struct training_log *log, char *const *title,
                            size_t logs, struct err *err)
{
    bool cuts = false;
    for (size_t i = 0; i < logs; i++)
        cuts = cuts || log[i].cuts;
    table_extend(t, &form_training, cuts ? CUTS : 0);
    for (size_t i = 0; i < logs; i++)
        for (size_t k = 0; k < log[i].count; k++) {
            const struct training_step *s = &log[i].step[k];
            table_words(t, title[i]);
            table_count(t, (int64_t)s->step);
            table_real(t, s->loss);
            table_real(t, s->accuracy);
            table_real(t, s->rate);
            table_real(t, s->norm);
            table_count(t, training_whole(s->skipped));
            table_real(t, s->seconds);
            table_real(t, s->valid_loss);
            table_real(t, s->valid_error);
            table_count(t, training_whole(s->cut));
            table_count(t, training_whole(s->kept));
        }
    return table_ok(t, NULL, err);
}

/* The last VALUE of a step that is a number, of those at OFFSET. */
static double training_last(const struct training_log *log, size_t offset)
{
    for (size_t i = log->count; i-- > 0;) {
        double v;
        memcpy(&v, (const char *)&log->step[i] + offset, sizeof v);
        if (isfinite(v))
            return v;
    }
    return NAN;
}

/* Their mean over the last hundred rows at most. */
static double training_mean(const struct training_log *log, size_t offset)
{
    double sum = 0, n = 0;
    for (size_t i = log->count > 100 ? log->count - 100 : 0; i < log->count; i++) {
        double v;
        memcpy(&v, (const char *)&log->step[i] + offset, sizeof v);
        if (isfinite(v)) {
            sum += v;
            n++;
        }
    }
    return n > 0 ? sum / n : NAN;
}

#define LAST(log, member) training_last(log, offsetof(struct training_step, member))
#define MEAN(log, member) training_mean(log, offsetof(struct training_step, member))

enum status report_training_run(struct table *t, const struct training_log *log, const char *title,
                                struct err *err)
{
    table_extend(t, &form_training_run, 0);
    table_words(t, title);
    table_count(t, log->count ? (int64_t)log->step[log->count - 1].step : 0);
    table_real(t, MEAN(log, loss));
    table_real(t, MEAN(log, accuracy));
    table_real(t, LAST(log, rate));
    table_count(t, training_whole(LAST(log, skipped)));
    table_real(t, training_log_speed(log));
    table_real(t, LAST(log, valid_loss));
    table_real(t, LAST(log, valid_error));
    table_count(t, training_whole(LAST(log, cut)));
    table_count(t, training_whole(LAST(log, kept)));
    return table_ok(t, NULL, err);
}
