/*
 * Heads by the names that those who train them give to their parts.
 */
#include "config.h"

#include "head.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propneu/mem.h"

#define MAX_CLASSES 100000

/* What a head is called where, and where its labels stand. */
struct form {
    enum eval_task task;
    const char *kind, *weight, *projector;
};

static const struct form forms[] = {
    {EVAL_SID, "Hugging Face classification head", "classifier", "projector"},
    {EVAL_SID, "linear head", "head", NULL},
    {EVAL_PHONES, "linear head", "head", NULL},
};

struct finding {
    struct head *h;
    const struct checkpoint *c;
    const struct model_info *m;
};

/* PREFIX.PART as floats; STATUS_FORMAT unless it is ROWS (0: any) x COLUMNS, or ROWS alone. */
static enum status take(const struct finding *f, const char *prefix, const char *part, size_t *rows,
                        size_t columns, float **out, struct err *err)
{
    char name[128], shape[96];
    snprintf(name, sizeof name, "%s.%s", prefix, part);
    const struct tensor *t = tensors_find(&f->c->tensors, name);
    if (!t)
        return err_set(err, STATUS_NOTFOUND, "%s: tensor %s is missing", f->c->path, name);
    tensor_shape_text(t, shape, sizeof shape);
    bool fits = t->ndim == (columns ? 2 : 1) && t->shape[0] > 0 && t->shape[0] <= MAX_CLASSES &&
                (*rows == 0 || t->shape[0] == *rows) && (!columns || t->shape[1] == columns);
    if (!fits && columns)
        return err_set(err, STATUS_FORMAT, "%s: tensor %s is %s, the head's input has %zu numbers",
                       f->c->path, name, shape, columns);
    if (!fits)
        return err_set(err, STATUS_FORMAT, "%s: tensor %s is %s, not [%zu]", f->c->path, name,
                       shape, *rows);
    float *x = mem_array(t->count, sizeof *x);
    if (!x)
        return err_nomem(err);
    tensor_to_f32(t, x);
    for (size_t i = 0; i < t->count; i++)
        if (!isfinite(x[i])) {
            free(x);
            return err_set(err, STATUS_FORMAT, "%s: tensor %s: not a number", f->c->path, name);
        }
    *rows = t->shape[0];
    *out = x;
    return STATUS_OK;
}

static bool has(const struct checkpoint *c, const char *prefix, const char *part)
{
    char name[128];
    snprintf(name, sizeof name, "%s.%s", prefix, part);
    return tensors_find(&c->tensors, name) != NULL;
}

static enum status take_matrices(const struct finding *f, const struct form *form, struct err *err)
{
    struct head *h = f->h;
    size_t in = 0, classes = 0;
    enum status code;
    if (form->projector && has(f->c, form->projector, "weight")) {
        if ((code = take(f, form->projector, "weight", &in, f->m->embed, &h->projector, err)) ||
            (code = take(f, form->projector, "bias", &in, 0, &h->projector_bias, err)))
            return code;
    }
    h->in = in ? (uint32_t)in : f->m->embed;
    if ((code = take(f, form->weight, "weight", &classes, h->in, &h->weight, err)))
        return code;
    h->classes = (uint32_t)classes;
    return has(f->c, form->weight, "bias")
               ? take(f, form->weight, "bias", &classes, 0, &h->bias, err)
               : STATUS_OK;
}

static enum status add_label(struct finding *f, const char *label, struct err *err)
{
    struct names *n = &f->h->label;
    uint32_t before = n->count;
    if (!label)
        return err_set(err, STATUS_FORMAT, "%s: a label of the head is no text", f->c->path);
    if (names_find(n, label) != NAMES_NONE)
        return err_set(err, STATUS_FORMAT, "%s: label '%.60s' of the head stands twice", f->c->path,
                       label);
    return names_add(n, label) == before ? STATUS_OK : err_nomem(err);
}

/* A list of labels, or Hugging Face's {"0": label, ...}. */
static enum status take_labels(struct finding *f, struct err *err)
{
    const json_t *list = json_object_get(f->c->config, "head_labels");
    const json_t *map = json_object_get(f->c->config, "id2label");
    enum status code = STATUS_OK;
    if (!json_is_array(list) && !json_is_object(map))
        return err_set(err, STATUS_NOTFOUND,
                       "%s: the labels of the head's classes are missing (id2label, head_labels)",
                       f->c->path);
    size_t count = json_is_array(list) ? json_array_size(list) : json_object_size(map);
    if (count != f->h->classes)
        return err_set(err, STATUS_FORMAT, "%s: %zu labels for the %u classes of the head",
                       f->c->path, count, f->h->classes);
    for (size_t i = 0; i < count && !code; i++) {
        char key[24];
        snprintf(key, sizeof key, "%zu", i);
        code = add_label(f,
                         json_string_value(json_is_array(list) ? json_array_get(list, i)
                                                               : json_object_get(map, key)),
                         err);
    }
    return code;
}

enum status head_open(struct head *out, const struct checkpoint *c, enum eval_task task,
                      const char *looked_for, const struct model_info *m, struct err *err)
{
    struct head h = {.label = NAMES_INIT, .blank = -1};
    struct finding f = {&h, c, m};
    const struct form *form = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !form; i++)
        if (forms[i].task == task && has(c, forms[i].weight, "weight"))
            form = &forms[i];
    if (!form)
        return err_set(err, STATUS_NOTFOUND, "%s: no head for %s in it", c->path, looked_for);
    h.kind = form->kind;
    enum status code = take_matrices(&f, form, err);
    if (!code)
        code = take_labels(&f, err);
    if (code)
        head_free(&h);
    else
        *out = h;
    return code;
}
