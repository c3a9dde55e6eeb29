/*
 * Heads by the names that those who train them give to their parts.
 */
#include "config.h"

#include "eval/head.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/head_labels.h"
#include "base/mem.h"

/* Above any list of speakers or vocabulary; bounds the memory that a damaged file can ask for. */
#define MAX_CLASSES 100000

/* What the parts of a head are called somewhere; NULL: it has no such part. */
struct form {
    enum eval_task task;
    const char *weight, *projector, *layers;
    enum status (*labels)(struct head *h, const struct checkpoint *c, struct err *err);
};

static const struct form forms[] = {
    /* transformers: ...ForSequenceClassification, ...ForCTC */
    {EVAL_SID, "classifier", "projector", "layer_weights", head_labels_classes},
    {EVAL_CTC, "lm_head", NULL, NULL, head_labels_vocabulary},
    /* fairseq: a wav2vec 2.0 or HuBERT fine-tuned with CTC */
    {EVAL_CTC, "w2v_encoder.proj", NULL, NULL, head_labels_dictionary},
    /* s3prl's trainer: a linear head behind a featurizer, or the simple one of MelHuBERT's */
    {EVAL_SID, "Downstream.model.post_net.linear", "Downstream.projector", "Featurizer.weights",
     head_labels_classes},
    {EVAL_CTC, "Downstream.model.linear", "Downstream.projector", "Featurizer.weights",
     head_labels_tokens},
    {EVAL_SID, "Downstream", NULL, NULL, head_labels_classes},
    {EVAL_FRAMES, "Downstream", NULL, NULL, head_labels_classes},
    /* propneu's own, and its demo's */
    {EVAL_SID, "head.sid", "head.projector", "head.mix", head_labels_classes},
    {EVAL_CTC, "head.ctc", "head.projector", "head.mix", head_labels_blank},
    {EVAL_FRAMES, "head.frames", "head.projector", "head.mix", head_labels_classes},
    {EVAL_F0, "head.f0", "head.projector", "head.mix", head_labels_numbers},
    {EVAL_SID, "head", NULL, NULL, head_labels_classes},
    {EVAL_FRAMES, "head", NULL, NULL, head_labels_classes},
    /* MelHuBERT's of masked prediction, whose classes are clusters */
    {EVAL_SSL, "final_proj", NULL, NULL, head_labels_numbers},
};

/* The head H, to be found in checkpoint C for the task of O, behind model M. */
struct finding {
    struct head *h;
    const struct checkpoint *c;
    const struct model_info *m;
    const struct eval_options *o;
};

static enum status check_numbers(const struct finding *f, const char *name, const float *x,
                                 size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return err_set(err, STATUS_FORMAT, "%s: tensor %s: NaN or infinity", f->c->path, name);
    return STATUS_OK;
}

/*
 * Tensor NAME as floats into *OUT: *ROWS (0: any number, which it becomes) x COLUMNS, or *ROWS
 * alone where COLUMNS is 0.
 */
static enum status head_take_tensor(const struct finding *f, const char *name, size_t *rows,
                                    size_t columns, float **out, struct err *err)
{
    char shape[96];
    const struct tensor *t = tensors_find(&f->c->tensors, name);
    if (!t)
        return err_set(err, STATUS_NOTFOUND, "%s: tensor %s is missing", f->c->path, name);
    tensor_shape_text(t, shape, sizeof shape);
    bool fits = t->ndim == (columns ? 2 : 1) && t->shape[0] > 0 && t->shape[0] <= MAX_CLASSES &&
                (*rows == 0 || t->shape[0] == *rows) && (!columns || t->shape[1] == columns);
    if (!fits && columns)
        return err_set(err, STATUS_FORMAT, "%s: tensor %s is %s, but %zu numbers go into it",
                       f->c->path, name, shape, columns);
    if (!fits)
        return err_set(err, STATUS_FORMAT, "%s: tensor %s is %s, not [%zu]", f->c->path, name,
                       shape, *rows);
    float *x = mem_array(t->count, sizeof *x);
    if (!x)
        return err_nomem(err);
    tensor_to_f32(t, x);
    enum status code = check_numbers(f, name, x, t->count, err);
    if (code) {
        free(x);
        return code;
    }
    *rows = t->shape[0];
    *out = x;
    return STATUS_OK;
}

/* PREFIX.weight and, where there is one, PREFIX.bias. */
static enum status head_take_linear(const struct finding *f, const char *prefix, size_t *rows,
                                    size_t columns, float **weight, float **bias, struct err *err)
{
    char name[128];
    snprintf(name, sizeof name, "%s.weight", prefix);
    enum status code = head_take_tensor(f, name, rows, columns, weight, err);
    snprintf(name, sizeof name, "%s.bias", prefix);
    if (code || !tensors_find(&f->c->tensors, name))
        return code;
    return head_take_tensor(f, name, rows, 0, bias, err);
}

static bool checkpoint_has(const struct checkpoint *c, const char *prefix)
{
    char name[128];
    snprintf(name, sizeof name, "%s.weight", prefix);
    return tensors_find(&c->tensors, name) != NULL;
}

/* The layer, from 1, that a head of propneu's looks at where the configuration says so: the sum has
 * that one alone. */
static enum status head_take_layer(const struct finding *f, struct err *err)
{
    const json_t *layer = json_object_get(f->c->config, "head_layer");
    json_int_t n = json_integer_value(layer);
    if (!layer || json_is_null(layer))
        return STATUS_OK;
    if (n < 1 || n > (json_int_t)f->m->layers)
        return err_set(err, STATUS_FORMAT, "%s: head_layer is none of the layers 1 to %u",
                       f->c->path, f->m->layers);
    f->h->layer = mem_zeros(f->m->layers + 1u, sizeof *f->h->layer);
    if (!f->h->layer)
        return err_nomem(err);
    f->h->layer[n] = 1;
    return STATUS_OK;
}

/* Softmax of the weights that the layers have in the sum the head is given. */
static enum status head_take_layers(const struct finding *f, const char *name, struct err *err)
{
    size_t states = f->m->layers + 1u;
    float *x = NULL;
    double sum = 0;
    /* Hugging Face's configuration says whether the sum is used; without such a word the weights
     * are used where there are any. */
    const json_t *summed = json_object_get(f->c->config, "use_weighted_layer_sum");
    bool there = tensors_find(&f->c->tensors, name) != NULL;
    if (summed ? !json_is_true(summed) : !there)
        return STATUS_OK;
    enum status code = head_take_tensor(f, name, &states, 0, &x, err);
    if (code)
        return code;
    f->h->layer = mem_array(states, sizeof *f->h->layer);
    for (size_t n = 0; n < states && f->h->layer; n++)
        sum += f->h->layer[n] = exp((double)x[n]);
    for (size_t n = 0; n < states && f->h->layer; n++)
        f->h->layer[n] /= sum;
    free(x);
    if (!f->h->layer)
        return err_nomem(err);
    return isfinite(sum) && sum > 0
               ? STATUS_OK
               : err_set(err, STATUS_FORMAT, "%s: tensor %s: no weights", f->c->path, name);
}

/* Parts of s3prl's heads that are more than a linear map of the mean. */
static enum status check_linear(const struct finding *f, struct err *err)
{
    static const char *const more[] = {"Downstream.model.pooling.", "Downstream.model.pre_net.",
                                       "Downstream.model.post_net.hiddens."};
    for (size_t i = 0; i < f->c->tensors.count; i++)
        for (size_t k = 0; k < sizeof more / sizeof *more; k++)
            if (strncmp(f->c->tensors.tensor[i].name, more[k], strlen(more[k])) == 0)
                return err_set(err, STATUS_UNSUPPORTED,
                               "%s: tensor %s: its head is not a linear one on the mean",
                               f->c->path, f->c->tensors.tensor[i].name);
    return STATUS_OK;
}

/* Reads the parts of a head of FORM: layer weights and projector where it has them, then the linear
 * map and the names of its classes. --head-labels replaces names of classifiers only. */
static enum status head_take_form(const struct finding *f, const struct form *form, struct err *err)
{
    struct head *h = f->h;
    size_t in = 0, classes = 0;
    bool own = form->layers && strcmp(form->layers, "head.mix") == 0;
    enum status code = form->layers ? head_take_layers(f, form->layers, err) : STATUS_OK;
    if (!code && own && !h->layer)
        code = head_take_layer(f, err);
    if (!code && form->projector && checkpoint_has(f->c, form->projector))
        code = head_take_linear(f, form->projector, &in, f->m->embed, &h->projector,
                                &h->projector_bias, err);
    if (code || (code = check_linear(f, err)))
        return code;
    h->in = in ? (uint32_t)in : f->m->embed;
    code = head_take_linear(f, form->weight, &classes, h->in, &h->weight, &h->bias, err);
    h->classes = (uint32_t)classes;
    if (code)
        return code;
    if (f->o->head_labels && form->labels == head_labels_tokens)
        return head_labels_token_lines(h, f->c, f->o->head_labels, err);
    bool named = f->o->head_labels && form->labels == head_labels_classes;
    return named ? head_labels_lines(h, f->c, f->o->head_labels, err) : form->labels(h, f->c, err);
}

/* PHONES takes what head there is. */
static bool form_serves(const struct form *form, enum eval_task task)
{
    return form->task == task ||
           (task == EVAL_PHONES && (form->task == EVAL_CTC || form->task == EVAL_FRAMES));
}

enum status head_open(struct head *out, const struct checkpoint *c, const struct eval_options *o,
                      const char *looked_for, const struct model_info *m, struct err *err)
{
    struct head h = {.label = NAMES_INIT, .blank = -1};
    struct finding f = {&h, c, m, o};
    const struct form *form = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !form; i++)
        if (form_serves(&forms[i], o->task) && checkpoint_has(c, forms[i].weight))
            form = &forms[i];
    if (!form)
        return err_set(err, STATUS_NOTFOUND, "%s: no head for %s", c->path, looked_for);
    enum status code = head_take_form(&f, form, err);
    if (code)
        head_free(&h);
    else
        *out = h;
    return code;
}
