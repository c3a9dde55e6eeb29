/*
 * Count files, written (propneu-counts(5)): 16-bit counts where they fit, wider elements first so
 * that every tensor is aligned, one row at a time so that no whole tensor need be in memory.
 */
#include "config.h"

#include "formats/countfile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "formats/countfile_about.h"
#include "base/buf.h"
#include "formats/file.h"
#include "base/mem.h"
#include "base/number.h"
#include "formats/tensors/safetensors.h"

/* Metadata as it is put together: keys and values, all of them owned by the struct counts. */
struct meta {
    struct counts memory; /* for counts_alloc only */
    const char **entry;   /* [2 * count] */
    size_t count, cap;
    bool failed;
};

/* Adds one pair; a failure is kept and seen at the end. */
static void meta_put(struct meta *m, const char *key, const char *value)
{
    char *k = counts_text(&m->memory, key), *v = counts_text(&m->memory, value);
    if (!k || !v || !mem_grow(&m->entry, &m->cap, 2 * m->count + 2, sizeof *m->entry)) {
        m->failed = true;
        return;
    }
    counts_clean(v);
    m->entry[2 * m->count] = k;
    m->entry[2 * m->count + 1] = v;
    m->count++;
}

static void meta_print(struct meta *m, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void meta_print(struct meta *m, const char *key, const char *fmt, ...)
{
    char text[64];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    meta_put(m, key, text);
}

/* Seconds are multiples of 1/16000, so seven decimals are exact; zeros at the end go. */
static void meta_seconds(struct meta *m, double seconds)
{
    struct number s = number_fixed(seconds, 7);
    size_t n = strlen(s.text);
    while (n > 0 && s.text[n - 1] == '0')
        s.text[--n] = '\0';
    if (n > 0 && s.text[n - 1] == '.')
        s.text[n - 1] = '\0';
    meta_put(m, "seconds", s.text);
}

/* The texts LIST [N] as a JSON array, under the key PREFIX NAME. */
static void meta_texts(struct meta *m, const char *prefix, const char *name, char *const *list,
                       uint32_t n)
{
    struct buf key = BUF_INIT;
    json_t *a = json_array();
    char *text = NULL;
    for (uint32_t i = 0; a && i < n; i++)
        if (json_array_append_new(a, json_string(list[i])) != 0)
            m->failed = true;
    buf_printf(&key, "%s%s", prefix, name);
    if (a && buf_ok(&key) && (text = json_dumps(a, JSON_COMPACT)))
        meta_put(m, buf_text(&key), text);
    else
        m->failed = true;
    free(text);
    json_decref(a);
    buf_free(&key);
}

/* What is known of the speakers, by whose levels the columns go. */
static void meta_columns(struct meta *m, const struct counts *c)
{
    int speaker = counts_find_factor(c, "speaker");
    for (uint32_t i = 0; i < c->columns && speaker >= 0; i++)
        meta_texts(m, "speaker.", c->column[i].name, c->column[i].value, c->factor[speaker].levels);
    if (c->strata && *c->strata)
        meta_put(m, "speaker_strata", c->strata);
}

/* The names of the factors, their levels, and the occurrences of phones. */
static void meta_factors(struct meta *m, const struct counts *c)
{
    struct buf text = BUF_INIT;
    for (uint32_t f = 0; f < c->factors; f++)
        buf_printf(&text, "%s%s", f ? "," : "", c->factor[f].name);
    meta_put(m, "factors", buf_text(&text));
    for (uint32_t f = 0; f < c->factors; f++)
        meta_texts(m, "levels.", c->factor[f].name, c->factor[f].level, c->factor[f].levels);
    meta_columns(m, c);
    int phone = counts_find_factor(c, "phone");
    if (c->phone_occurrences && phone >= 0) {
        buf_clear(&text);
        for (uint32_t i = 0; i < c->factor[phone].levels; i++)
            buf_printf(&text, "%s%" PRId64, i ? "," : "", c->phone_occurrences[i]);
        meta_put(m, "phone_occurrences", buf_text(&text));
    }
    m->failed |= !buf_ok(&text);
    buf_free(&text);
}

/* tau of each layer at the lambda of block FIRST. */
static void meta_tau(struct meta *m, const struct counts *c, const char *key, uint32_t first)
{
    struct buf tau = BUF_INIT;
    for (uint32_t n = 0; n < c->layers; n++)
        buf_printf(&tau, "%s%" PRIu32, n ? "," : "", counts_block(c, first + n)->tau);
    meta_put(m, key, buf_text(&tau));
    m->failed |= !buf_ok(&tau);
    buf_free(&tau);
}

/* The file's own lambda, and, where it is not alone, all of them. */
static void meta_lambdas(struct meta *m, const struct counts *c)
{
    struct buf list = BUF_INIT;
    char key[COUNTS_LAMBDA_NAME];
    meta_put(m, "lambda_percent",
             number_short(c->lambdas ? c->lambda[0] : c->lambda_percent, 15).text);
    meta_tau(m, c, "tau", 0);
    for (uint32_t k = 0; k < c->lambdas; k++)
        buf_printf(&list, "%s%s", k ? "," : "", number_short(c->lambda[k], 15).text);
    for (uint32_t k = 1; k < c->lambdas; k++) {
        counts_lambda_name(key, "tau", c->lambda[k]);
        meta_tau(m, c, key, k * c->layers);
    }
    if (c->lambdas > 1)
        meta_put(m, "lambdas_percent", buf_text(&list));
    m->failed |= !buf_ok(&list);
    buf_free(&list);
}

/* All metadata, in the order in which propneu-counts(5) lists them. */
static void meta_all(struct meta *m, const struct counts *c)
{
    meta_put(m, "format", "propneu-counts");
    meta_put(m, "version", "1");
    meta_put(m, "model", c->model ? c->model : "");
    meta_put(m, "family", c->family ? c->family : "");
    meta_lambdas(m, c);
    meta_put(m, "frames", counts_frames_name(c->frames_mode));
    meta_factors(m, c);
    meta_put(m, "pitch_edges_hz", c->pitch_edges_hz ? c->pitch_edges_hz : "");
    meta_print(m, "utterances", "%" PRIu64, c->utterances);
    meta_seconds(m, c->seconds);
    if (c->model_fingerprint)
        meta_print(m, "model_fingerprint", "%016" PRIx64, c->model_fingerprint);
    if (c->utterance_digest)
        meta_print(m, "utterance_digest", "%016" PRIx64, c->utterance_digest);
    if (c->shards.of) {
        meta_put(m, "shard", c->shards.held);
        meta_print(m, "shards", "%" PRIu32, c->shards.of);
        meta_print(m, "corpus_utterances", "%" PRIu64, c->shards.corpus_utterances);
        meta_print(m, "recordings_digest", "%016" PRIx64, c->shards.recordings_digest);
    }
    meta_put(m, "created_by", c->created_by ? c->created_by : "");
    meta_put(m, "command", c->command ? c->command : "");
}

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
    struct meta m = {.failed = false};
    struct outfile f = {NULL, NULL, NULL, false};
    enum status code = layout_make(&w, err);
    if (code)
        goto out;
    meta_all(&m, c);
    if (m.failed) {
        code = err_set(err, STATUS_FORMAT, "%s: a name is not UTF-8, or out of memory", path);
        goto out;
    }
    if ((code = outfile_open(&f, path, err)))
        goto out;
    if ((code = safetensors_write_header(f.stream, w.tensor, w.tensors, m.entry, m.count, err)) ||
        (code = counts_write_data(&w, f.stream, err)))
        goto out;
    code = outfile_commit(&f, err);
out:
    outfile_abandon(&f);
    free(m.entry);
    counts_free(&m.memory);
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
