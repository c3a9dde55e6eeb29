/*
 * An example forward and back.  What the backward pass needs of the encoder is on the tape; the
 * rows that enter the projection are kept beside it.
 */
#include "config.h"

#include "train/pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "train/loss.h"

enum status train_pass_open(struct train_pass *p, const struct train_head *h, struct err *err)
{
    *p = (struct train_pass){
        .scratch = model_scratch_new(), .tape = encoder_tape_new(), .backward = backward_new()};
    if (!p->scratch || !p->tape || !p->backward)
        return err_nomem(err);
    return train_head_room_open(&p->room, h, err);
}

void train_pass_free(struct train_pass *p)
{
    model_scratch_free(p->scratch);
    encoder_tape_free(p->tape);
    backward_free(p->backward);
    train_head_room_free(&p->room);
    free(p->input);
    *p = (struct train_pass){.width = 0};
}

static enum status train_pass_reserve(struct train_pass *p, size_t rows, size_t width,
                                      struct err *err)
{
    size_t need;
    p->width = width;
    return mul_size(rows, width, &need) &&
                   mem_grow(&p->input, &p->input_cap, need, sizeof *p->input)
               ? STATUS_OK
               : err_nomem(err);
}

/* A sink: what enters the projection is kept; the rest makes that the whole encoder is run. */
static enum status train_pass_keep(void *context, const struct model_block *b, struct err *err)
{
    struct train_pass *p = context;
    if (b->stage == MODEL_FINAL)
        return STATUS_OK;
    enum status code = train_pass_reserve(p, b->stage_rows, b->width, err);
    if (!code)
        memcpy(p->input + b->first * b->width, b->data, b->rows * b->width * sizeof *b->data);
    return code;
}

/* The rows of E with what is masked set to 0. */
static enum status train_pass_mask(struct train_pass *p, const struct model *m,
                                   const struct example *e, struct err *err)
{
    size_t width = model_stage_width(m, MODEL_INPUT, 0);
    enum status code = train_pass_reserve(p, e->frames, width, err);
    if (code)
        return code;
    memcpy(p->input, e->rows, e->frames * width * sizeof *p->input);
    for (size_t t = 0; t < e->frames && e->masked; t++)
        if (e->masked[t])
            memset(p->input + t * width, 0, width * sizeof *p->input);
    return STATUS_OK;
}

static enum status train_pass_forward(struct train_pass *p, const struct model *m,
                                      const struct example *e, const struct cancel *cancel,
                                      struct err *err)
{
    struct model_sink sink = {MODEL_WANT(MODEL_INPUT) | MODEL_WANT(MODEL_CONV) |
                                  MODEL_WANT(MODEL_FINAL),
                              train_pass_keep, p};
    struct model_pass pass = {
        .samples = e->samples, .count = e->count, .tape = p->tape, .cancel = cancel};
    if (e->rows) {
        enum status code = train_pass_mask(p, m, e, err);
        if (code)
            return code;
        pass.rows = p->input;
        pass.frames = e->frames;
        pass.stage = MODEL_INPUT;
    }
    return model_run(m, p->scratch, &pass, &sink, err);
}

/* The loss of E from the logits, which become its gradient. */
static enum status train_pass_loss(struct train_head_room *r, const struct train_head *h,
                                   enum train_loss kind, const struct example *e, double scale,
                                   struct train_sums *sums, struct err *err)
{
    double loss = 0;
    size_t right = 0;
    if (kind == LOSS_CTC) {
        enum status code =
            loss_ctc(r->logits, r->rows, h->classes, e->label, e->labels, scale, &loss, err);
        if (code)
            return code;
        sums->infinite += isinf(loss);
        loss = isinf(loss) ? 0 : loss;
    } else if (kind == LOSS_SQUARED) {
        loss = loss_squared(r->logits, r->rows, e->target, scale);
    } else {
        loss = loss_cross_entropy(r->logits, r->rows, h->classes, e->label, scale, &right);
        for (size_t t = 0; t < r->rows; t++)
            sums->trials += e->label[t] >= 0;
        sums->right += right;
    }
    sums->loss += loss * scale;
    return STATUS_OK;
}

enum status train_pass_run(struct train_pass *p, const struct model *m, const struct train_head *h,
                           enum train_loss loss, const struct example *e, double scale,
                           struct gradients *g, float *head_gradient, struct train_sums *sums,
                           const struct cancel *cancel, struct err *err)
{
    struct train_head_room *r = &p->room;
    enum status code = train_pass_forward(p, m, e, cancel, err);
    if (code || (code = train_head_run(r, h, p->tape, err)))
        return code;
    if (h->mean ? 0 : r->frames != e->frames)
        return err_set(err, STATUS_MISMATCH, "%zu frames, but labels of %zu", r->frames, e->frames);
    if ((code = train_pass_loss(r, h, loss, e, scale, sums, err)) || !head_gradient)
        return code;
    if ((code = train_head_back(r, h, p->tape, g == NULL, head_gradient, err)) || !g)
        return code;
    return model_backward(m, p->backward, p->tape, r->to, p->input, g, cancel, err);
}
