/*
 * Connectionist temporal classification, in logarithms: what is summed over is the target with a
 * blank before, between and behind its symbols, whose states a path goes through one a frame.
 */
#include "config.h"

#include "train/loss.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

/* One utterance.  States s = 0 .. 2 length: even ones are blanks, odd ones symbols. */
struct ctc {
    size_t rows, classes, states;
    const int32_t *target;
    double *log_p; /* [rows][classes] */
    double *ahead; /* [rows][states] ln of the sum of paths up to this frame and state */
    double *after; /* [rows][states] ln of the sum of paths behind this frame from this state */
};

static int32_t ctc_symbol(const struct ctc *c, size_t s)
{
    return s % 2 ? c->target[s / 2] : 0;
}

/* A symbol may follow another without a blank unless they are equal. */
static bool ctc_may_skip(const struct ctc *c, size_t s)
{
    return s % 2 && s >= 2 && ctc_symbol(c, s) != ctc_symbol(c, s - 2);
}

static double log_sum(double a, double b)
{
    if (a < b)
        return log_sum(b, a);
    return isinf(b) ? a : a + log1p(exp(b - a));
}

size_t loss_ctc_frames(const int32_t *target, size_t length)
{
    size_t frames = length;
    for (size_t i = 1; i < length; i++)
        frames += target[i] == target[i - 1];
    return frames;
}

static void ctc_log_softmax(struct ctc *c, const float *logits)
{
    for (size_t t = 0; t < c->rows; t++, logits += c->classes) {
        double largest = -INFINITY, sum = 0;
        for (size_t k = 0; k < c->classes; k++)
            largest = fmax(largest, (double)logits[k]);
        for (size_t k = 0; k < c->classes; k++)
            sum += exp((double)logits[k] - largest);
        for (size_t k = 0; k < c->classes; k++)
            c->log_p[t * c->classes + k] = (double)logits[k] - largest - log(sum);
    }
}

/* Fills ahead, frame by frame; returns ln of the sum of all paths. */
static double ctc_forward(struct ctc *c)
{
    for (size_t t = 0; t < c->rows; t++) {
        const double *p = c->log_p + t * c->classes, *was = c->ahead + (t - 1) * c->states;
        double *now = c->ahead + t * c->states;
        for (size_t s = 0; s < c->states; s++) {
            double sum = t == 0 && s < 2 ? 0 : -INFINITY;
            if (t > 0) {
                sum = was[s];
                if (s >= 1)
                    sum = log_sum(sum, was[s - 1]);
                if (ctc_may_skip(c, s))
                    sum = log_sum(sum, was[s - 2]);
            }
            now[s] = sum + p[ctc_symbol(c, s)];
        }
    }
    const double *last = c->ahead + (c->rows - 1) * c->states + c->states - 1;
    return c->states > 1 ? log_sum(last[0], last[-1]) : last[0];
}

/* Fills after, from the last frame back. */
static void ctc_backward(struct ctc *c)
{
    for (size_t t = c->rows; t-- > 0;) {
        const double *p = c->log_p + (t + 1) * c->classes, *next = c->after + (t + 1) * c->states;
        double *now = c->after + t * c->states;
        for (size_t s = 0; s < c->states; s++) {
            if (t + 1 == c->rows) {
                now[s] = s + 2 >= c->states ? 0 : -INFINITY;
                continue;
            }
            now[s] = next[s] + p[ctc_symbol(c, s)];
            if (s + 1 < c->states)
                now[s] = log_sum(now[s], next[s + 1] + p[ctc_symbol(c, s + 1)]);
            if (s + 2 < c->states && ctc_may_skip(c, s + 2))
                now[s] = log_sum(now[s], next[s + 2] + p[ctc_symbol(c, s + 2)]);
        }
    }
}

/* d(-ln sum) / d logit = softmax - the share of paths that are in the class in this frame. */
static void ctc_gradient(const struct ctc *c, double all, double scale, float *logits)
{
    for (size_t t = 0; t < c->rows; t++, logits += c->classes) {
        const double *p = c->log_p + t * c->classes;
        for (size_t k = 0; k < c->classes; k++)
            logits[k] = (float)(scale * exp(p[k]));
        for (size_t s = 0; s < c->states; s++) {
            size_t at = t * c->states + s;
            logits[ctc_symbol(c, s)] -= (float)(scale * exp(c->ahead[at] + c->after[at] - all));
        }
    }
}

enum status loss_ctc(float *logits, size_t rows, size_t classes, const int32_t *target,
                     size_t length, double scale, double *loss, struct err *err)
{
    struct ctc c = {.rows = rows, .classes = classes, .states = 2 * length + 1, .target = target};
    enum status code = STATUS_OK;
    *loss = INFINITY;
    if (rows == 0 || loss_ctc_frames(target, length) > rows) {
        for (size_t i = 0; i < rows * classes; i++)
            logits[i] = 0;
        return STATUS_OK;
    }
    c.log_p = mem_array(rows * classes, sizeof *c.log_p);
    c.ahead = mem_array(rows * c.states, sizeof *c.ahead);
    c.after = mem_array(rows * c.states, sizeof *c.after);
    if (!c.log_p || !c.ahead || !c.after) {
        code = err_nomem(err);
    } else {
        ctc_log_softmax(&c, logits);
        double all = ctc_forward(&c);
        ctc_backward(&c);
        ctc_gradient(&c, all, scale, logits);
        *loss = -all;
    }
    free(c.log_p);
    free(c.ahead);
    free(c.after);
    return code;
}
