/*
 * Gradients as tensors.
 */
#include "config.h"

#include "train/gradients_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/file.h"
#include "formats/tensors/safetensors.h"
#include "model/weights.h"

/* "grad/" and what BEFORE and NAME are together, to be freed; NULL without memory. */
static char *gradient_name(const char *before, const char *name)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "grad/%s%s", before, name);
    if (buf_ok(&b))
        return b.data;
    buf_free(&b);
    return NULL;
}

/*
 * The name that a plain model of today's transformers has for the weight NAME, whose own name in
 * every family OURS is, to be freed: without the prefix before "encoder." or
 * "feature_projection.", and with the normalised weights' newer names.
 */
static char *gradient_plain_name(const char *name)
{
    static const char *const begins[] = {"encoder.", "feature_projection."};
    static const char *const older[] = {"conv.weight_g", "conv.weight_v"};
    for (int i = 0; i < 2; i++) {
        const char *at = strstr(name, begins[i]);
        if (at && (at == name || at[-1] == '.')) {
            name = at;
            break;
        }
    }
    size_t n = strlen(name);
    for (int i = 0; i < 2; i++) {
        size_t m = strlen(older[i]);
        if (n > m && strcmp(name + n - m, older[i]) == 0) {
            struct buf b = BUF_INIT;
            buf_printf(&b, "grad/%.*sconv.parametrizations.weight.original%d", (int)(n - m), name,
                       i);
            if (buf_ok(&b))
                return b.data;
            buf_free(&b);
            return NULL;
        }
    }
    return gradient_name("", name);
}

/* Adds DATA called NAME, which is taken over. */
static bool gradient_add(struct tensor *t, size_t *count, char *name, const float *data,
                         uint32_t ndim, const size_t *shape)
{
    if (!name)
        return false;
    t[*count] = (struct tensor){
        .name = name, .dtype = DTYPE_F32, .ndim = ndim, .data = (const unsigned char *)data};
    memcpy(t[*count].shape, shape, ndim * sizeof *shape);
    tensor_set_rows(&t[(*count)++]);
    return true;
}

/* The parts of the head's gradient; false without memory. */
static bool gradients_list_head(const struct gradients_found *f, bool pretrains, struct tensor *t,
                                size_t *count)
{
    const struct train_head *h = f->head;
    const char *before = pretrains ? "final_proj." : "head.";
    size_t states = h->layers + 1u, weight[2] = {h->classes, h->embed};
    const float *w = f->head_gradient + h->at_weight;
    return (!h->mixed ||
            gradient_add(t, count, gradient_name("", "mix"), f->head_gradient, 1, &states)) &&
           gradient_add(t, count, gradient_name(before, "weight"), w, 2, weight) &&
           gradient_add(t, count, gradient_name(before, "bias"), w + h->classes * h->embed, 1,
                        &h->classes);
}

/* All tensors but the loss; false without memory. */
static bool gradients_list(const struct gradients_found *f, bool pretrains, struct tensor *t,
                           size_t *count)
{
    const struct model_weight *w;
    size_t n = model_weights(f->model, &w);
    bool ok = true, plain = strcmp(model_info(f->model)->family, "melhubert") != 0;
    for (size_t i = 0; ok && i < n; i++) {
        const float *data = gradients_data(f->gradients, i);
        char *name = gradient_name("", w[i].name);
        char *other = plain ? gradient_plain_name(w[i].name) : NULL;
        bool same = name && other && strcmp(name, other) == 0;
        ok = gradient_add(t, count, name, data, w[i].ndim, w[i].shape);
        if (ok && plain && !same)
            ok = gradient_add(t, count, other, data, w[i].ndim, w[i].shape);
        else
            free(other);
    }
    return ok && gradients_list_head(f, pretrains, t, count);
}

enum status gradients_write(const struct gradients_found *f, bool pretrains, const char *out,
                            struct err *err)
{
    static const char *const meta[] = {"created_by", "propneu " PACKAGE_VERSION};
    const struct model_weight *w;
    struct outfile file;
    size_t count = 1, room = 2 * model_weights(f->model, &w) + 4;
    struct tensor *t = mem_zeros(room, sizeof *t);
    if (!t)
        return err_nomem(err);
    t[0] = (struct tensor){.name = "loss",
                           .dtype = DTYPE_F64,
                           .ndim = 1,
                           .shape = {1},
                           .data = (const unsigned char *)&f->loss};
    tensor_set_rows(&t[0]);
    enum status code =
        gradients_list(f, pretrains, t, &count) ? outfile_open(&file, out, err) : err_nomem(err);
    if (!code && (code = safetensors_write(file.stream, t, count, meta, 1, err)))
        outfile_abandon(&file);
    else if (!code)
        code = outfile_commit(&file, err);
    for (size_t i = 1; i < count; i++)
        free((char *)(uintptr_t)t[i].name);
    free(t);
    return code;
}
