/*
 * Token files, written (propneu-counts(5)): levels in as few bytes as their number needs, wider
 * elements first so that every tensor is aligned, one row at a time so that no whole tensor need be
 * in memory.
 */
#include "config.h"

#include "formats/tokenfile.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "formats/countfile_meta.h"
#include "formats/file.h"
#include "formats/tensors/safetensors.h"

/* A file that is being written: its tensors in order, and which factor or layer each is of. */
struct token_writer {
    const struct counts *about;
    uint32_t count;
    const struct tokens_source *source;
    struct tensor *tensor; /* [tensors] */
    uint32_t *number;      /* [tensors] factor, or layer of a table of two dimensions */
    size_t tensors;
    struct counts memory; /* for counts_alloc only */
};

/* The narrowest type for the levels of F and -1. */
static enum dtype token_writer_dtype(const struct counts_factor *f)
{
    return f->levels <= INT8_MAX + 1    ? DTYPE_I8
           : f->levels <= INT16_MAX + 1 ? DTYPE_I16
                                        : DTYPE_I32;
}

/* The next tensor: of factor NUMBER where COLUMNS is 0, else of a layer. */
static bool token_writer_add(struct token_writer *w, const char *name, enum dtype dtype,
                             size_t columns, uint32_t number)
{
    struct tensor *t = &w->tensor[w->tensors];
    *t = (struct tensor){.dtype = dtype, .ndim = columns ? 2 : 1, .shape = {w->count, columns}};
    t->name = counts_text(&w->memory, name);
    w->number[w->tensors++] = number;
    return t->name && tensor_set_rows(t);
}

/* All tensors, those of elements of SIZE bytes. */
static bool token_writer_lay(struct token_writer *w, size_t size)
{
    const struct counts *c = w->about;
    bool ok = true;
    for (uint32_t f = 0; f < c->factors && ok; f++) {
        struct buf name = BUF_INIT;
        enum dtype dtype = token_writer_dtype(&c->factor[f]);
        buf_printf(&name, "token.%s", c->factor[f].name);
        if (dtype_size(dtype) == size)
            ok = buf_ok(&name) && token_writer_add(w, buf_text(&name), dtype, 0, f);
        buf_free(&name);
    }
    for (uint32_t l = 0; l < c->layers && ok && size == sizeof(uint16_t); l++) {
        char name[32];
        snprintf(name, sizeof name, "neurons.%" PRIu32, l + 1);
        ok = token_writer_add(w, name, DTYPE_U16, c->layer[l].tau, l);
    }
    return ok;
}

/* The levels of all tokens under one factor, or their neurons in one layer. */
static void token_writer_data(const struct token_writer *w, size_t i, FILE *out)
{
    const struct tokens_source *s = w->source;
    const struct tensor *t = &w->tensor[i];
    for (uint32_t k = 0; k < w->count; k++) {
        if (t->ndim == 2) {
            fwrite(s->row(s->context, w->number[i], k), sizeof(uint16_t), t->shape[1], out);
            continue;
        }
        int32_t level = s->level(s->context, w->number[i], k);
        int16_t half = (int16_t)level;
        int8_t byte = (int8_t)level;
        if (t->dtype == DTYPE_I8)
            fwrite(&byte, sizeof byte, 1, out);
        else if (t->dtype == DTYPE_I16)
            fwrite(&half, sizeof half, 1, out);
        else
            fwrite(&level, sizeof level, 1, out);
    }
}

/* What a count file says, at one lambda and without what is of cells, and the layers' widths. */
static void token_writer_meta(struct meta *m, const struct counts *about, uint32_t count)
{
    struct counts c = *about;
    struct buf widths = BUF_INIT;
    char tokens[16];
    c.lambdas = 0;
    c.phone_occurrences = NULL;
    c.columns = 0;
    c.strata = NULL;
    if (c.frames_mode == COUNTS_FRAMES_ALL)
        c.frames_mode = COUNTS_FRAMES_MID;
    meta_put_counts(m, &c, "propneu-tokens");
    for (uint32_t l = 0; l < c.layers; l++)
        buf_printf(&widths, "%s%" PRIu32, l ? "," : "", c.layer[l].width);
    meta_put(m, "widths", buf_text(&widths));
    snprintf(tokens, sizeof tokens, "%" PRIu32, count);
    meta_put(m, "tokens", tokens);
    m->failed |= !buf_ok(&widths);
    buf_free(&widths);
}

enum status tokens_write(const struct counts *about, uint32_t count,
                         const struct tokens_source *source, const char *path, struct err *err)
{
    struct token_writer w = {.about = about, .count = count, .source = source};
    struct meta m = META_INIT;
    struct outfile f = {NULL, NULL, NULL, false};
    size_t n = (size_t)about->factors + about->layers;
    enum status code = STATUS_OK;
    w.tensor = counts_alloc(&w.memory, n, sizeof *w.tensor);
    w.number = counts_alloc(&w.memory, n, sizeof *w.number);
    if (!w.tensor || !w.number || !token_writer_lay(&w, 4) || !token_writer_lay(&w, 2) ||
        !token_writer_lay(&w, 1)) {
        code = err_nomem(err);
        goto out;
    }
    token_writer_meta(&m, about, count);
    if ((code = meta_check(&m, path, err)) || (code = outfile_open(&f, path, err)) ||
        (code = safetensors_write_header(f.stream, w.tensor, w.tensors, m.entry, m.count, err)))
        goto out;
    for (size_t i = 0; i < w.tensors; i++)
        token_writer_data(&w, i, f.stream);
    code = outfile_commit(&f, err);
out:
    outfile_abandon(&f);
    meta_free(&m);
    counts_free(&w.memory);
    return code;
}
