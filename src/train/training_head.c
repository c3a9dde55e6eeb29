/*
 * The head of a training: begun, or taken from the checkpoint where that has it, and its place in
 * the checkpoint that is written.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/jsontext.h"
#include "train/training_internal.h"

/* The parts of T's head; how many. */
static size_t head_parts(const struct training *t, struct head_part part[HEAD_PARTS])
{
    const struct train_head *h = &t->head;
    size_t in = h->hidden ? h->hidden : h->embed, n = 0;
    if (h->mixed)
        part[n++] = (struct head_part){"head.mix", 1, {h->layers + 1u}, 0};
    if (h->hidden) {
        part[n++] =
            (struct head_part){"head.projector.weight", 2, {h->hidden, h->embed}, h->at_projector};
        part[n++] = (struct head_part){
            "head.projector.bias", 1, {h->hidden}, h->at_projector + h->hidden * h->embed};
    }
    part[n] = (struct head_part){"", 2, {h->classes, in}, h->at_weight};
    snprintf(part[n++].name, sizeof part[0].name, "%s.weight", t->head_name);
    part[n] = (struct head_part){"", 1, {h->classes}, h->at_weight + h->classes * in};
    snprintf(part[n++].name, sizeof part[0].name, "%s.bias", t->head_name);
    return n;
}

/* True if the checkpoint's head tells the same classes apart; clusters have no names. */
static bool head_labels_equal(const struct training *t)
{
    const json_t *labels = json_object_get(t->source.checkpoint.config, "head_labels");
    const struct names *n = &t->set.classes;
    bool same = json_array_size(labels) == n->count;
    for (uint32_t i = 0; i < n->count && same; i++) {
        const char *label = json_string_value(json_array_get(labels, i));
        same = label && strcmp(label, n->name[i]) == 0;
    }
    return t->o.data.task == TRAIN_SSL || t->o.data.task == TRAIN_F0 || same;
}

/* The layer that the head is to be known to sit on: none where that is the last, or a sum of all.
 */
static uint32_t head_layer(const struct training *t)
{
    return t->head.mixed || t->head.layer == t->head.layers ? 0 : t->head.layer;
}

/* Takes the head from the checkpoint where all parts of it are there in their shapes. */
static void head_take(struct training *t)
{
    struct head_part part[HEAD_PARTS];
    size_t n = head_parts(t, part);
    const struct tensors *all = &t->source.checkpoint.tensors;
    const json_t *layer = json_object_get(t->source.checkpoint.config, "head_layer");
    if (json_integer_value(layer) != (json_int_t)head_layer(t))
        return;
    for (size_t i = 0; i < n; i++) {
        const struct tensor *x = tensors_find(all, part[i].name);
        if (!x || x->ndim != part[i].ndim || !tensor_is_sound(x))
            return;
        for (uint32_t d = 0; d < x->ndim; d++)
            if (x->shape[d] != part[i].shape[d])
                return;
    }
    for (size_t i = 0; i < n; i++)
        tensor_to_f32(tensors_find(all, part[i].name), t->head.weights + part[i].at);
    t->head_kept = true;
}

enum status training_open_head(struct training *t, struct err *err)
{
    const struct model_info *m = model_info(t->source.model);
    enum train_task task = t->o.data.task;
    t->head = (struct train_head){.layers = m->layers,
                                  .layer = t->o.layer ? t->o.layer : m->layers,
                                  .mixed = t->o.mixed,
                                  .mean = task == TRAIN_SID,
                                  .embed = m->embed,
                                  .hidden = t->o.mlp ? TRAIN_HEAD_HIDDEN : 0,
                                  .classes = task == TRAIN_F0 ? 1 : t->set.classes.count};
    if (task == TRAIN_SSL)
        snprintf(t->head_name, sizeof t->head_name, "final_proj");
    else
        snprintf(t->head_name, sizeof t->head_name, "head.%s", train_task_names[task]);
    enum status code = train_head_open(&t->head, err);
    if (code)
        return code;
    train_head_start(&t->head, t->o.seed);
    if (!t->o.fresh && head_labels_equal(t))
        head_take(t);
    return STATUS_OK;
}

/* Tensors of other heads' layers: their labels are not kept, so that they would be read wrong. */
static bool head_is_old(const struct training *t, const char *name)
{
    return t->o.data.task != TRAIN_SSL && strncmp(name, "head.", 5) == 0;
}

/* The weights as they are now, and the head, as the checkpoint's tensors. */
static enum status head_fill(struct training *t, struct err *err)
{
    struct checkpoint *c = &t->source.checkpoint;
    struct head_part *part = t->part;
    size_t parts = head_parts(t, part), n = 0;
    struct tensor *list = mem_array(c->tensors.count + parts, sizeof *list);
    if (!list)
        return err_nomem(err);
    for (size_t i = 0; i < c->tensors.count; i++) {
        bool again = head_is_old(t, c->tensors.tensor[i].name);
        for (size_t k = 0; k < parts; k++)
            again = again || strcmp(part[k].name, c->tensors.tensor[i].name) == 0;
        if (!again)
            list[n++] = c->tensors.tensor[i];
    }
    for (size_t k = 0; k < parts; k++) {
        list[n] = (struct tensor){.name = part[k].name,
                                  .dtype = DTYPE_F32,
                                  .ndim = part[k].ndim,
                                  .shape = {part[k].shape[0], part[k].shape[1]},
                                  .data = (const unsigned char *)(t->head.weights + part[k].at)};
        tensor_set_rows(&list[n++]);
    }
    free(c->tensors.tensor);
    c->tensors.tensor = list;
    c->tensors.count = n;
    return tensors_sort(&c->tensors, c->path, err);
}

static enum status head_name_classes(struct training *t, struct err *err)
{
    const struct names *n = &t->set.classes;
    json_t *labels = json_array();
    bool ok = labels != NULL;
    for (uint32_t i = 0; i < n->count && ok; i++)
        ok = json_array_append_new(labels, jsontext_string(n->name[i])) == 0;
    ok = ok && json_object_set(t->source.checkpoint.config, "head_labels", labels) == 0;
    json_decref(labels);
    return ok ? STATUS_OK : err_nomem(err);
}

/* Where the head is not on the last layer, whoever reads it is told by the configuration. */
static enum status head_tell_layer(struct training *t, struct err *err)
{
    json_t *config = t->source.checkpoint.config;
    if (!head_layer(t)) {
        json_object_del(config, "head_layer");
        return STATUS_OK;
    }
    return json_object_set_new(config, "head_layer", json_integer((json_int_t)head_layer(t))) == 0
               ? STATUS_OK
               : err_nomem(err);
}

enum status training_fill_checkpoint(struct training *t, struct err *err)
{
    struct checkpoint *c = &t->source.checkpoint;
    enum train_task task = t->o.data.task;
    for (size_t i = 0; i < t->weights; i++)
        for (size_t k = 0; k < c->tensors.count; k++) {
            struct tensor *x = &c->tensors.tensor[k];
            if (strcmp(x->name, t->weight[i].name) != 0)
                continue;
            x->dtype = DTYPE_F32;
            x->data = (const unsigned char *)t->weight[i].data;
            tensor_set_rows(x);
        }
    enum status code = head_fill(t, err);
    if (!code && task != TRAIN_SSL)
        code = head_tell_layer(t, err);
    return code || task == TRAIN_SSL || task == TRAIN_F0 ? code : head_name_classes(t, err);
}
