/*
 * Token files, read (propneu-counts(5)): safetensors with one row for each token.  Whoever uses
 * them relies on levels within their lists, on utterances that stand together, and on neurons that
 * are there and differ: all of it is checked here.
 */
#include "config.h"

#include "formats/tokenfile.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/numeral.h"
#include "formats/countfile_about.h"
#include "formats/tensors/safetensors.h"

void tokens_free(struct tokens *t)
{
    counts_free(&t->about);
    *t = (struct tokens){.count = 0};
}

char *tokens_path(const char *counts)
{
    struct buf name = BUF_INIT;
    buf_printf(&name, "%s.tokens", counts);
    char *path = buf_ok(&name) ? mem_strndup(buf_text(&name), name.len) : NULL;
    buf_free(&name);
    return path;
}

/* The data of T where it lies aligned, else a copy; NULL without memory. */
static const void *tokens_data(struct tokens *t, const struct tensor *tensor)
{
    size_t size = dtype_size(tensor->dtype);
    if ((uintptr_t)tensor->data % size == 0)
        return tensor->data;
    void *copy = counts_alloc(&t->about, tensor->count, size);
    return copy ? memcpy(copy, tensor->data, tensor->count * size) : NULL;
}

/* The tensor NAME, which has a row for each token; the first one says how many there are. */
static enum status tokens_find(struct tokens *t, const char *name, const struct tensor **out,
                               struct err *err)
{
    const struct tensor *x = tensors_find(&t->about.file, name);
    if (!x)
        return counts_bad(&t->about, err, "tensor '%s' is missing", name);
    if (x->ndim < 1 || x->shape[0] < 1 || x->shape[0] > INT32_MAX)
        return counts_bad(&t->about, err, "tensor '%s' is not a list of tokens", name);
    if (t->count && x->shape[0] != t->count)
        return counts_bad(&t->about, err, "tensor '%s' is of %zu tokens, not %u", name, x->shape[0],
                          t->count);
    t->count = (uint32_t)x->shape[0];
    *out = x;
    return STATUS_OK;
}

/* The levels of all tokens under factor F, of 8, 16 or 32 bits. */
static enum status tokens_read_factor(struct tokens *t, uint32_t f, struct err *err)
{
    char name[300];
    const struct tensor *x = NULL;
    const struct counts_factor *factor = &t->about.factor[f];
    struct tokens_index *index = &t->index[f];
    snprintf(name, sizeof name, "token.%s", factor->name);
    enum status code = tokens_find(t, name, &x, err);
    if (code)
        return code;
    if (x->ndim != 1 || (x->dtype != DTYPE_I8 && x->dtype != DTYPE_I16 && x->dtype != DTYPE_I32))
        return counts_bad(&t->about, err, "tensor '%s' is not a list of I8, I16 or I32", name);
    const void *data = tokens_data(t, x);
    if (!data)
        return err_nomem(err);
    if (x->dtype == DTYPE_I8)
        index->i8 = data;
    else if (x->dtype == DTYPE_I16)
        index->i16 = data;
    else
        index->i32 = data;
    for (uint32_t i = 0; i < t->count; i++) {
        int32_t level = tokens_level(t, f, i);
        if (level < -1 || level >= (int64_t)factor->levels)
            return counts_bad(&t->about, err, "%s of token %u: level %d, but there are %u", name, i,
                              level, factor->levels);
    }
    return STATUS_OK;
}

/* The factors that every token file has; tokens by utterance, each of one speaker. */
static enum status tokens_check_order(const struct tokens *t, struct err *err)
{
    static const char *const needed[] = {"utterance", "speaker", "phone"};
    int factor[3];
    for (int k = 0; k < 3; k++)
        if ((factor[k] = counts_find_factor(&t->about, needed[k])) < 0)
            return counts_bad(&t->about, err, "lacks the factor %s", needed[k]);
    int32_t before = 0, speaker = -1;
    for (uint32_t i = 0; i < t->count; i++) {
        int32_t u = tokens_level(t, (uint32_t)factor[0], i);
        int32_t s = tokens_level(t, (uint32_t)factor[1], i);
        if (u < before || s < 0 || tokens_level(t, (uint32_t)factor[2], i) < 0)
            return counts_bad(&t->about, err,
                              "token %u: no utterance, speaker or phone, or not in the order of "
                              "utterances",
                              i);
        if (i > 0 && u == before && s != speaker)
            return counts_bad(&t->about, err, "token %u: its utterance has two speakers", i);
        before = u;
        speaker = s;
    }
    return STATUS_OK;
}

/* The neurons of layer L, whose width and tau are known. */
static enum status tokens_read_layer(struct tokens *t, uint32_t l, struct err *err)
{
    char name[32];
    const struct tensor *x = NULL;
    const struct counts_layer *layer = &t->about.layer[l];
    snprintf(name, sizeof name, "neurons.%u", l + 1);
    enum status code = tokens_find(t, name, &x, err);
    if (code)
        return code;
    if (x->dtype != DTYPE_U16 || x->ndim != 2 || x->shape[1] != layer->tau)
        return counts_bad(&t->about, err, "tensor '%s' is not U16 with %u neurons a token", name,
                          layer->tau);
    if (!(t->neuron[l] = tokens_data(t, x)))
        return err_nomem(err);
    for (uint32_t i = 0; i < t->count; i++) {
        const uint16_t *row = tokens_row(t, l, i);
        for (uint32_t k = 0; k < layer->tau; k++)
            if (row[k] >= layer->width || (k > 0 && row[k] <= row[k - 1]))
                return counts_bad(&t->about, err,
                                  "%s: the neurons of token %u do not rise, or not below %u", name,
                                  i, layer->width);
    }
    return STATUS_OK;
}

/* Widths and tau of the layers, from the metadata. */
static enum status tokens_read_widths(struct tokens *t, struct err *err)
{
    static const char *const key[] = {"widths", "tau"};
    struct counts *c = &t->about;
    const char *text;
    int64_t *number = mem_array(c->layers, sizeof *number);
    enum status code = number ? STATUS_OK : err_nomem(err);
    for (int k = 0; k < 2 && !code; k++) {
        if ((code = counts_meta(c, key[k], &text, err)) ||
            (code = counts_read_list(c, key[k], text, c->layers, number, err)))
            break;
        for (uint32_t l = 0; l < c->layers && !code; l++) {
            uint32_t most = k == 0 ? TOKENS_MAX_WIDTH : c->layer[l].width;
            if (number[l] < 1 || number[l] > most)
                code = counts_bad(c, err, "metadata '%s' is not from 1 to %u in layer %u", key[k],
                                  most, l + 1);
            else if (k == 0)
                c->layer[l].width = (uint32_t)number[l];
            else
                c->layer[l].tau = (uint32_t)number[l];
        }
    }
    free(number);
    return code;
}

/* All layers: as many as there are tensors neurons.N. */
static enum status tokens_read_layers(struct tokens *t, struct err *err)
{
    struct counts *c = &t->about;
    for (size_t i = 0; i < c->file.count; i++)
        c->layers += strncmp(c->file.tensor[i].name, "neurons.", 8) == 0;
    if (c->layers == 0)
        return counts_bad(c, err, "holds no tensor neurons.1");
    c->layer = counts_alloc(c, c->layers, sizeof *c->layer);
    t->neuron = counts_alloc(c, c->layers, sizeof *t->neuron);
    if (!c->layer || !t->neuron)
        return err_nomem(err);
    enum status code = tokens_read_widths(t, err);
    for (uint32_t l = 0; l < c->layers && !code; l++)
        code = tokens_read_layer(t, l, err);
    return code;
}

/* As many tokens as were written; files of earlier versions do not say how many. */
static enum status tokens_check_number(const struct tokens *t, struct err *err)
{
    const char *text = tensors_meta(&t->about.file, "tokens");
    unsigned long number;
    if (!text)
        return STATUS_OK;
    if (!numeral_unsigned(text, 1, INT32_MAX, &number) || number != t->count)
        return counts_bad(&t->about, err, "holds %u tokens, but its metadata 'tokens' is %.20s",
                          t->count, text);
    return STATUS_OK;
}

/* What the tensors say, which are taken over and freed on failure. */
static enum status tokens_read_all(struct tokens *out, const struct tensors *file, const char *path,
                                   struct err *err)
{
    struct tokens t = {.about.file = *file};
    struct counts *c = &t.about;
    enum status code = STATUS_OK;
    if (!(c->path = counts_text(c, path)))
        code = err_nomem(err);
    if (!code)
        code = counts_read_about(c, "propneu-tokens", err);
    if (!code)
        code = counts_read_factor_names(c, err);
    if (!code && !(t.index = counts_alloc(c, c->factors, sizeof *t.index)))
        code = err_nomem(err);
    for (uint32_t f = 0; f < c->factors && !code; f++)
        code = tokens_read_factor(&t, f, err);
    if (!code)
        code = tokens_check_order(&t, err);
    if (!code)
        code = tokens_check_number(&t, err);
    if (!code)
        code = tokens_read_layers(&t, err);
    if (!code && !(c->strata = counts_text(c, "")))
        code = err_nomem(err);
    if (code)
        tokens_free(&t);
    else
        *out = t;
    return code;
}

enum status tokens_open(struct tokens *t, const char *path, struct err *err)
{
    struct tensors file;
    enum status code = safetensors_open(&file, path, err);
    return code ? code : tokens_read_all(t, &file, path, err);
}

enum status tokens_parse(struct tokens *t, const void *bytes, size_t size, const char *name,
                         struct err *err)
{
    struct tensors file;
    enum status code = safetensors_parse(&file, bytes, size, name, err);
    return code ? code : tokens_read_all(t, &file, name, err);
}
