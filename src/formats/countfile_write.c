/*
 * Count files, written (propneu-counts(5)): 16-bit counts where they fit, wider elements first so
 * that every tensor is aligned, one row at a time so that no whole tensor need be in memory.
 */
#include "config.h"

#include "formats/countfile.h"

#include <stdlib.h>
#include <string.h>

#include "formats/countfile_about.h"
#include "formats/countfile_meta.h"
#include "base/buf.h"
#include "formats/file.h"
#include "base/mem.h"
#include "formats/tensors/safetensors.h"

/* A file that is being written: its tensors, in the order in which they stand in it. */
struct writer {
    const struct counts *c;
    counts_row *row; /* where the counts come from; NULL: C holds probabilities */
    void *context;
    struct tensor *tensor; /* [tensors] */
    size_t tensors;
    uint32_t *order;      /* [blocks] as their tensors follow one another */
    bool *wide;           /* [blocks] counts do not fit 16 bits */
    struct counts memory; /* for counts_alloc only */
};

/* The next tensor of the file: one number for each cell, or COLUMNS of them. */
static void layout_add_tensor(struct writer *w, const char *prefix, const char *suffix,
                              enum dtype dtype, size_t columns)
{
    struct tensor *t = &w->tensor[w->tensors++];
    struct buf name = BUF_INIT;
    buf_printf(&name, "%s%s", prefix, suffix);
    *t = (struct tensor){.dtype = dtype, .ndim = columns ? 2 : 1, .count = w->c->cells};
    t->name = buf_ok(&name) ? counts_text(&w->memory, buf_text(&name)) : NULL;
    t->shape[0] = w->c->cells;
    t->stride[0] = 1;
    if (columns) {
        t->shape[1] = t->stride[0] = columns;
        t->stride[1] = 1;
        t->count *= columns;
    }
    buf_free(&name);
}

/* The tensor of block B, a layer at one lambda. */
static void layout_add_block(struct writer *w, uint32_t b, enum dtype dtype)
{
    const struct counts *c = w->c;
    uint32_t k = b / c->layers;
    char name[COUNTS_LAMBDA_NAME], number[16];
    snprintf(number, sizeof number, ".%u", b % c->layers + 1);
    w->order[w->tensors - 1 - c->factors] = b;
    if (k)
        counts_lambda_name(name, "counts", c->lambda[k]);
    else
        snprintf(name, sizeof name, "%s", dtype == DTYPE_F32 ? "probability" : "counts");
    layout_add_tensor(w, name, number, dtype, counts_block(c, b)->width);
}

/* Elements of more bytes go first, so that each tensor lies at a multiple of its element. */
static enum status layout_make(struct writer *w, struct err *err)
{
    const struct counts *c = w->c;
    uint32_t blocks = counts_blocks(c);
    size_t n = 1 + (size_t)c->factors + blocks;
    w->tensor = counts_alloc(&w->memory, n, sizeof *w->tensor);
    w->order = counts_alloc(&w->memory, blocks, sizeof *w->order);
    w->wide = counts_alloc(&w->memory, blocks, sizeof *w->wide);
    if (!w->tensor || !w->order || !w->wide)
        return err_nomem(err);
    for (uint32_t b = 0; b < blocks && w->row; b++)
        for (uint32_t i = 0; i < c->cells && !w->wide[b]; i++) {
            const uint32_t *row = w->row(w->context, b, i);
            for (uint32_t d = 0; d < counts_block(c, b)->width; d++)
                w->wide[b] |= row[d] > UINT16_MAX;
        }
    layout_add_tensor(w, "frames", "", DTYPE_I64, 0);
    for (uint32_t f = 0; f < c->factors; f++)
        layout_add_tensor(w, "factor.", c->factor[f].name, DTYPE_I32, 0);
    for (uint32_t b = 0; b < blocks; b++)
        if (!w->row || w->wide[b])
            layout_add_block(w, b, w->row ? DTYPE_U32 : DTYPE_F32);
    for (uint32_t b = 0; b < blocks; b++)
        if (w->row && !w->wide[b])
            layout_add_block(w, b, DTYPE_U16);
    for (size_t i = 0; i < w->tensors; i++)
        if (!w->tensor[i].name)
            return err_nomem(err);
    return STATUS_OK;
}

/* The rows of block B, cell by cell, in the element type that the layout gave it. */
static enum status counts_write_block(struct writer *w, FILE *out, uint32_t b, struct err *err)
{
    const struct counts_layer *layer = counts_block(w->c, b);
    uint16_t *narrow = mem_array(layer->width, sizeof *narrow);
    if (!narrow)
        return err_nomem(err);
    for (uint32_t i = 0; i < w->c->cells; i++) {
        if (!w->row) {
            fwrite(layer->probability + (size_t)i * layer->width, sizeof(float), layer->width, out);
            continue;
        }
        const uint32_t *row = w->row(w->context, b, i);
        if (w->wide[b]) {
            fwrite(row, sizeof *row, layer->width, out);
            continue;
        }
        for (uint32_t d = 0; d < layer->width; d++)
            narrow[d] = (uint16_t)row[d];
        fwrite(narrow, sizeof *narrow, layer->width, out);
    }
    free(narrow);
    return STATUS_OK;
}

/* The data of all tensors, in the order of the header. */
static enum status counts_write_data(struct writer *w, FILE *out, struct err *err)
{
    const struct counts *c = w->c;
    enum status code = STATUS_OK;
    fwrite(c->frames, sizeof *c->frames, c->cells, out);
    for (uint32_t f = 0; f < c->factors; f++)
        fwrite(c->factor[f].index, sizeof *c->factor[f].index, c->cells, out);
    for (uint32_t i = 0; i < counts_blocks(c) && !code; i++)
        code = counts_write_block(w, out, w->order[i], err);
    return code;
}

/* The whole file, atomically: layout, metadata, header, data. */
static enum status counts_write_file(const struct counts *c, counts_row *row, void *context,
                                     const char *path, struct err *err)
{
    struct writer w = {.c = c, .row = row, .context = context};
    struct meta m = META_INIT;
    struct outfile f = {NULL, NULL, NULL, false};
    enum status code = layout_make(&w, err);
    if (code)
        goto out;
    meta_put_counts(&m, c, "propneu-counts");
    if ((code = meta_check(&m, path, err)) || (code = outfile_open(&f, path, err)))
        goto out;
    if ((code = safetensors_write_header(f.stream, w.tensor, w.tensors, m.entry, m.count, err)) ||
        (code = counts_write_data(&w, f.stream, err)))
        goto out;
    code = outfile_commit(&f, err);
out:
    outfile_abandon(&f);
    meta_free(&m);
    counts_free(&w.memory);
    return code;
}

enum status counts_write_rows(const struct counts *c, counts_row *row, void *context,
                              const char *path, struct err *err)
{
    return counts_write_file(c, row, context, path, err);
}

/* The counts of a struct counts as rows; 16-bit ones are widened into WIDE. */
struct own_rows {
    const struct counts *c;
    uint32_t *wide;
};

/* A counts_row of a struct counts. */
static const uint32_t *own_row(void *context, uint32_t block, uint32_t cell)
{
    struct own_rows *o = context;
    const struct counts_layer *l = counts_block(o->c, block);
    size_t at = (size_t)cell * l->width;
    if (l->u32)
        return l->u32 + at;
    for (uint32_t d = 0; d < l->width; d++)
        o->wide[d] = l->u16[at + d];
    return o->wide;
}

enum status counts_write(const struct counts *c, const char *path, struct err *err)
{
    uint32_t widest = 0;
    if (counts_is_probability(c))
        return counts_write_file(c, NULL, NULL, path, err);
    for (uint32_t n = 0; n < c->layers; n++)
        widest = c->layer[n].width > widest ? c->layer[n].width : widest;
    struct own_rows o = {c, mem_array(widest, sizeof *o.wide)};
    if (!o.wide)
        return err_nomem(err);
    enum status code = counts_write_file(c, own_row, &o, path, err);
    free(o.wide);
    return code;
}
