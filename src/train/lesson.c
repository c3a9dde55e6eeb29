/*
 * One lesson at a time, through the encoder with its tape, the head, the loss, and back.
 */
#include "config.h"

#include "train/lesson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/tape.h"
#include "train/loss.h"

#define TRAIN_TASK_NAME(name, NAME) #name,
const char *const train_task_names[TRAIN_TASK_COUNT] = {TRAIN_TASKS(TRAIN_TASK_NAME)};
#undef TRAIN_TASK_NAME

enum status desk_open(struct desk *d, const struct model *m, struct err *err)
{
    size_t states = model_info(m)->layers + 1u;
    *d = (struct desk){.layers = model_info(m)->layers,
                       .scratch = model_scratch_new(),
                       .tape = encoder_tape_new(),
                       .backward = backward_new(),
                       .d = mem_zeros(states, sizeof *d->d),
                       .hidden = mem_zeros(states, sizeof *d->hidden)};
    return d->scratch && d->tape && d->backward && d->d && d->hidden ? STATUS_OK : err_nomem(err);
}

void desk_free(struct desk *d)
{
    model_scratch_free(d->scratch);
    encoder_tape_free(d->tape);
    backward_free(d->backward);
    free(d->input);
    free(d->logits);
    free(d->d);
    free(d->held);
    free(d->hidden);
    *d = (struct desk){.layers = 0};
}

enum status learner_open(struct learner *l, const struct model *m,
                         const struct train_head_shape *shape, bool whole, struct err *err)
{
    *l = (struct learner){.model = m};
    enum status code = train_head_open(&l->head, shape, err);
    return !code && whole ? gradients_new(&l->gradients, m, err) : code;
}

void learner_free(struct learner *l)
{
    gradients_free(l->gradients);
    train_head_free(&l->head);
    *l = (struct learner){.model = NULL};
}

void learner_begin(struct learner *l)
{
    if (l->gradients)
        gradients_clear(l->gradients);
    train_head_clear(&l->head);
    l->loss = 0;
    l->correct = l->tried = l->hopeless = 0;
}

void learner_add(struct learner *to, const struct learner *from)
{
    if (to->gradients)
        gradients_add(to->gradients, from->gradients);
    train_head_add(&to->head, &from->head);
    to->loss += from->loss;
    to->correct += from->correct;
    to->tried += from->tried;
    to->hopeless += from->hopeless;
}

/* The rows of MODEL_CONV, which the backward pass of the projection needs. */
static enum status lesson_keep(void *context, const struct model_block *b, struct err *err)
{
    struct desk *d = context;
    if (!mem_grow(&d->input, &d->input_cap, b->stage_rows * b->width, sizeof *d->input))
        return err_nomem(err);
    memcpy(d->input + b->first * b->width, b->data, b->rows * b->width * sizeof *b->data);
    return STATUS_OK;
}

/* The rows of X, those that are masked 0, as the desk's own. */
static enum status lesson_mask(struct desk *d, const struct model *m, const struct lesson *x,
                               struct err *err)
{
    size_t width = model_stage_width(m, MODEL_INPUT, 0);
    if (!mem_grow(&d->input, &d->input_cap, x->frames * width, sizeof *d->input))
        return err_nomem(err);
    memcpy(d->input, x->rows, x->frames * width * sizeof *d->input);
    for (size_t t = 0; x->masked && t < x->frames; t++)
        if (x->masked[t])
            memset(d->input + t * width, 0, width * sizeof *d->input);
    return STATUS_OK;
}

/* Where the hidden states of the pass lie. */
static void lesson_states(struct desk *d)
{
    const struct encoder_tape *tape = d->tape;
    const struct tape_layer *last = &tape->layer[d->layers - 1];
    for (uint32_t n = 0; n < d->layers; n++)
        d->hidden[n] = tape->layer[n].input;
    d->hidden[d->layers] = tape->final.out ? tape->final.out : last->ffn_norm.out;
}

/* Room for the logits and for the gradients of the hidden states that H looks at. */
static enum status lesson_room(struct desk *d, const struct train_head *h, struct err *err)
{
    size_t frames = d->tape->frames, used = 0, size = frames * h->shape.embed;
    size_t states = h->shape.weighted ? d->layers + 1u : 1;
    if (!mem_grow(&d->logits, &d->logits_cap, train_head_rows(h, frames) * h->shape.classes,
                  sizeof *d->logits) ||
        !mem_grow(&d->held, &d->held_cap, states * size, sizeof *d->held))
        return err_nomem(err);
    for (uint32_t n = 0; n <= d->layers; n++)
        d->d[n] = train_head_uses(h, n) ? d->held + size * used++ : NULL;
    return STATUS_OK;
}

/* From X to the logits on the desk. */
static enum status lesson_forward(struct learner *l, struct desk *d, const struct lesson *x,
                                  const struct cancel *cancel, struct err *err)
{
    struct model_sink sink = {x->rows ? 0 : MODEL_WANT(MODEL_CONV), lesson_keep, d};
    struct model_pass pass = {
        .samples = x->samples, .count = x->count, .tape = d->tape, .cancel = cancel};
    enum status code = x->rows ? lesson_mask(d, l->model, x, err) : STATUS_OK;
    if (x->rows) {
        pass.rows = d->input;
        pass.frames = x->frames;
        pass.stage = MODEL_INPUT;
    }
    if (code || (code = model_run(l->model, d->scratch, &pass, &sink, err)))
        return code;
    lesson_states(d);
    if ((code = lesson_room(d, &l->head, err)))
        return code;
    return train_head_run(&l->head, kernels_get(), d->hidden, d->tape->frames, d->logits, err);
}

/* The loss, whose gradient the logits become. */
static enum status lesson_loss(struct learner *l, struct desk *d, const struct lesson *x,
                               struct err *err)
{
    size_t classes = l->head.shape.classes, rows = train_head_rows(&l->head, d->tape->frames);
    double loss = 0;
    switch (x->task) {
    case TRAIN_F0: loss = loss_squared(d->logits, rows, x->target, x->scale); break;
    case TRAIN_CTC: {
        enum status code =
            loss_ctc(d->logits, rows, classes, x->label, x->length, x->scale, &loss, err);
        if (code)
            return code;
        break;
    }
    default:
        loss = loss_cross_entropy(d->logits, rows, classes, x->label, x->scale, &l->correct);
        for (size_t t = 0; t < rows; t++)
            l->tried += x->label[t] >= 0;
    }
    l->hopeless += isinf(loss) != 0;
    l->loss += isinf(loss) ? 0 : x->scale * loss;
    return STATUS_OK;
}

/* Labels must be as many as the model makes frames. */
static enum status lesson_check(const struct learner *l, const struct desk *d,
                                const struct lesson *x, struct err *err)
{
    bool one_each = !l->head.shape.mean && x->task != TRAIN_CTC;
    if (!one_each || x->frames == d->tape->frames)
        return STATUS_OK;
    return err_set(err, STATUS_MISMATCH, "%zu labels for %zu frames", x->frames, d->tape->frames);
}

enum status learner_test(struct learner *l, struct desk *d, const struct lesson *x,
                         const struct cancel *cancel, struct err *err)
{
    enum status code = lesson_forward(l, d, x, cancel, err);
    if (!code)
        code = lesson_check(l, d, x, err);
    return code ? code : lesson_loss(l, d, x, err);
}

enum status learner_learn(struct learner *l, struct desk *d, const struct lesson *x,
                          const struct cancel *cancel, struct err *err)
{
    enum status code = learner_test(l, d, x, cancel, err);
    if (code)
        return code;
    if ((code = train_head_back(&l->head, kernels_get(), d->hidden, d->tape->frames, d->logits,
                                l->gradients ? d->d : NULL, err)))
        return code;
    if (!l->gradients)
        return STATUS_OK;
    return model_backward(l->model, d->backward, d->tape, (const float *const *)d->d, d->input,
                          l->gradients, cancel, err);
}
