/*
 * The cells of a counting job: a hash table from factor levels to rows of counters, with open
 * addressing. Rows are 32 bits wide and are written as 16 where every count fits.
 */
#include "config.h"

#include "count/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NO_CELL UINT32_MAX

enum status cells_init(struct cells *c, const char *const *factor, uint32_t factors,
                       const uint32_t *width, const uint32_t *tau, uint32_t layers, struct err *err)
{
    struct cells r = {.factors = factors, .layers = layers};
    r.width = mem_array(layers, sizeof *r.width);
    r.tau = mem_array(layers, sizeof *r.tau);
    r.offset = mem_array((size_t)layers + 1, sizeof *r.offset);
    if (!r.width || !r.tau || !r.offset) {
        cells_free(&r);
        return err_nomem(err);
    }
    for (uint32_t f = 0; f < factors; f++)
        r.factor[f] = factor[f];
    /* The counters of a cell are one row, block after block; width[n] of them from offset[n] on. */
    r.offset[0] = 0;
    for (uint32_t n = 0; n < layers; n++) {
        r.width[n] = width[n];
        r.tau[n] = tau[n];
        r.offset[n + 1] = r.offset[n] + width[n];
    }
    *c = r;
    return STATUS_OK;
}

void cells_free(struct cells *c)
{
    for (uint32_t f = 0; f < c->factors; f++)
        names_free(&c->level[f]);
    for (uint32_t i = 0; i < c->count; i++)
        free(c->row[i]);
    free(c->width);
    free(c->tau);
    free(c->offset);
    free(c->key);
    free(c->frames);
    free(c->row);
    free(c->slot);
    *c = (struct cells){0};
}

size_t cells_per_frame(const struct cells *c)
{
    size_t n = 0;
    for (uint32_t l = 0; l < c->layers; l++)
        n += c->tau[l];
    return n;
}

static size_t cells_hash(const struct cells *c, const int32_t *key)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a over the indices */
    for (uint32_t f = 0; f < c->factors; f++)
        h = (h ^ (uint32_t)key[f]) * 1099511628211u;
    return (size_t)(h ^ (h >> 29));
}

/* The slot KEY is in, or the empty one where it would go. */
static size_t cells_probe(const struct cells *c, const int32_t *key)
{
    size_t i = cells_hash(c, key) & (c->slots - 1);
    while (c->slot[i] != NO_CELL && memcmp(c->key[c->slot[i]], key, c->factors * sizeof *key) != 0)
        i = (i + 1) & (c->slots - 1);
    return i;
}

/* Doubles the hash table. The number of slots stays a power of two, so that a mask serves as the
 * modulus. */
static bool cells_rehash(struct cells *c)
{
    size_t slots = c->slots ? 2 * c->slots : 64;
    uint32_t *slot = mem_array(slots, sizeof *slot);
    if (!slot)
        return false;
    memset(slot, 0xff, slots * sizeof *slot);
    free(c->slot);
    c->slot = slot;
    c->slots = slots;
    for (uint32_t i = 0; i < c->count; i++)
        c->slot[cells_probe(c, c->key[i])] = i;
    return true;
}

/* Room for one more cell in the three arrays, which grow alike. */
static bool cells_grow(struct cells *c)
{
    size_t cap_key = c->cap, cap_frames = c->cap, cap_row = c->cap, need = (size_t)c->count + 1;
    if (!mem_grow(&c->key, &cap_key, need, sizeof *c->key) ||
        !mem_grow(&c->frames, &cap_frames, need, sizeof *c->frames) ||
        !mem_grow(&c->row, &cap_row, need, sizeof *c->row))
        return false;
    c->cap = cap_row;
    return true;
}

uint32_t cells_find(struct cells *c, const int32_t *key)
{
    /* At most half of the slots are in use: probes stay short and always meet an empty slot. */
    if (((size_t)c->count + 1) * 2 > c->slots && !cells_rehash(c))
        return NO_CELL;
    size_t at = cells_probe(c, key);
    if (c->slot[at] != NO_CELL)
        return c->slot[at];
    if (c->count == INT32_MAX || !cells_grow(c))
        return NO_CELL;
    uint32_t *row = c->bare ? NULL : mem_zeros(c->offset[c->layers], sizeof *row);
    if (!row && !c->bare)
        return NO_CELL;
    /* Places beyond the factors are -1. */
    memset(c->key[c->count], 0xff, sizeof c->key[c->count]);
    memcpy(c->key[c->count], key, c->factors * sizeof *key);
    c->frames[c->count] = 0;
    c->row[c->count] = row;
    c->slot[at] = c->count;
    return c->count++;
}

void cells_add(struct cells *c, uint32_t cell, const uint32_t *neurons)
{
    uint32_t *row = c->row[cell];
    /* The neurons of a layer differ, so no count ever exceeds the cell's frames. */
    c->frames[cell]++;
    for (uint32_t n = 0; n < c->layers; n++)
        for (uint32_t k = c->tau[n]; k > 0; k--)
            row[c->offset[n] + *neurons++]++;
}

/* Cells as they are written: levels sorted bytewise, cells by their levels' new numbers. */
struct sorted {
    const struct cells *c;
    uint32_t *cell;                     /* [count] */
    int32_t *rank[CELLS_MAX_FACTORS];   /* [levels] place of a level in its sorted list */
    uint32_t *level[CELLS_MAX_FACTORS]; /* [levels] levels in sorted order */
    counts_row *row;                    /* where the counts are */
    void *context;
};

static int compare_levels(const void *a, const void *b, void *names)
{
    const struct names *t = names;
    return strcmp(t->name[*(const uint32_t *)a], t->name[*(const uint32_t *)b]);
}

/* Place of the cell's level among the sorted levels of factor F; -1, no level, comes first. */
static int32_t rank_of(const struct sorted *s, uint32_t cell, uint32_t f)
{
    int32_t k = s->c->key[cell][f];
    return k < 0 ? -1 : s->rank[f][k];
}

/* By the first factor, then the second, ... Keys are unique, so two cells are never equal. */
static int compare_cells(const void *a, const void *b, void *context)
{
    const struct sorted *s = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    for (uint32_t f = 0; f < s->c->factors; f++) {
        int32_t p = rank_of(s, x, f), q = rank_of(s, y, f);
        if (p != q)
            return p < q ? -1 : 1;
    }
    return 0;
}

/* Fills S, whose memory belongs to OUT. Names and cells came in the order in which threads met
 * them, which differs from run to run; sorting makes the file the same for every run. */
static bool cells_sort(struct sorted *s, struct counts *out)
{
    const struct cells *c = s->c;
    if (!(s->cell = counts_alloc(out, c->count, sizeof *s->cell)))
        return false;
    for (uint32_t f = 0; f < c->factors; f++) {
        uint32_t levels = c->level[f].count;
        s->rank[f] = counts_alloc(out, levels, sizeof *s->rank[f]);
        s->level[f] = counts_alloc(out, levels, sizeof *s->level[f]);
        if (!s->rank[f] || !s->level[f])
            return false;
        for (uint32_t i = 0; i < levels; i++)
            s->level[f][i] = i;
        struct names names = c->level[f];
        qsort_r(s->level[f], levels, sizeof *s->level[f], compare_levels, &names);
        for (uint32_t i = 0; i < levels; i++)
            s->rank[f][s->level[f][i]] = (int32_t)i;
    }
    for (uint32_t i = 0; i < c->count; i++)
        s->cell[i] = i;
    qsort_r(s->cell, c->count, sizeof *s->cell, compare_cells, s);
    return true;
}

/* Factor F of the file: its name, sorted levels, and the level [count] of every cell. */
static bool describe_factor(const struct sorted *s, uint32_t f, struct counts *out)
{
    const struct cells *c = s->c;
    struct counts_factor *o = &out->factor[f];
    int32_t *index = counts_alloc(out, c->count, sizeof *index);
    o->levels = c->level[f].count;
    o->level = counts_alloc(out, o->levels, sizeof *o->level);
    o->name = counts_text(out, c->factor[f]);
    o->index = index;
    if (!index || !o->level || !o->name)
        return false;
    for (uint32_t i = 0; i < o->levels; i++)
        o->level[i] = c->level[f].name[s->level[f][i]];
    for (uint32_t i = 0; i < c->count; i++)
        index[i] = rank_of(s, s->cell[i], f);
    return true;
}

/* The label table's occurrences in the order of the sorted levels of factor F. */
static bool describe_occurrences(const struct sorted *s, uint32_t f, struct counts *out)
{
    const struct cells *c = s->c;
    int64_t *n = counts_alloc(out, out->factor[f].levels, sizeof *n);
    if (!n)
        return false;
    for (uint32_t i = 0; i < out->factor[f].levels; i++) {
        uint32_t at = names_find(c->table, out->factor[f].level[i]);
        n[i] = at == NAMES_NONE ? 0 : c->occurrences[at];
    }
    out->phone_occurrences = n;
    return true;
}

/* Factors, frames and layers of OUT in sorted order, but for the counts themselves. `layers` of C
 * counts blocks, lambdas x layers; that of a file counts the model's layers. */
static bool cells_describe(const struct sorted *s, struct counts *out)
{
    const struct cells *c = s->c;
    int64_t *frames = counts_alloc(out, c->count, sizeof *frames);
    out->layers = c->layers / (out->lambdas ? out->lambdas : 1);
    out->factor = counts_alloc(out, c->factors, sizeof *out->factor);
    out->layer = counts_alloc(out, c->layers, sizeof *out->layer);
    if (!frames || !out->factor || !out->layer)
        return false;
    for (uint32_t i = 0; i < c->count; i++)
        frames[i] = c->frames[s->cell[i]];
    for (uint32_t f = 0; f < c->factors; f++)
        if (!describe_factor(s, f, out) ||
            (c->table && strcmp(c->factor[f], "phone") == 0 && !describe_occurrences(s, f, out)))
            return false;
    out->factors = c->factors;
    if (!columns_describe(c->columns, out))
        return false;
    for (uint32_t n = 0; n < c->layers; n++)
        out->layer[n] = (struct counts_layer){.width = c->width[n], .tau = c->tau[n]};
    out->block = out->layer;
    out->cells = c->count;
    out->frames = frames;
    return true;
}

/* A counts_row in the order of the file. */
static const uint32_t *sorted_row(void *context, uint32_t layer, uint32_t cell)
{
    const struct sorted *s = context;
    return s->row(s->context, layer, s->cell[cell]);
}

/* Sorts C into S and describes it in OUT, which is freed on failure. */
static enum status cells_prepare(struct sorted *s, const struct counts *about, struct counts *out,
                                 struct err *err)
{
    struct counts r = *about;
    /* ABOUT may be an opened file, as in a merge: its counts and its file are not those of OUT. */
    r.blocks = NULL;
    r.file = (struct tensors){0};
    r.phone_occurrences = NULL;
    if (!cells_sort(s, &r) || !cells_describe(s, &r)) {
        counts_free(&r);
        return err_nomem(err);
    }
    *out = r;
    return STATUS_OK;
}

enum status cells_about(const struct cells *c, const struct counts *about, struct counts *out,
                        struct err *err)
{
    struct sorted s = {.c = c};
    return cells_prepare(&s, about, out, err);
}

enum status cells_write_rows(const struct cells *c, const struct counts *about, counts_row *row,
                             void *context, const char *path, struct err *err)
{
    struct sorted s = {.c = c, .row = row, .context = context};
    struct counts out;
    if (c->count == 0)
        return err_set(err, STATUS_NOTFOUND, "%s: no frame was counted", path);
    enum status code = cells_prepare(&s, about, &out, err);
    if (code)
        return code;
    code = counts_write_rows(&out, sorted_row, &s, path, err);
    counts_free(&out);
    return code;
}

/* A counts_row of the cells' own counters. */
static const uint32_t *own_row(void *context, uint32_t layer, uint32_t cell)
{
    const struct cells *c = context;
    return c->row[cell] + c->offset[layer];
}

enum status cells_write(const struct cells *c, const struct counts *about, const char *path,
                        struct err *err)
{
    return cells_write_rows(c, about, own_row, (void *)(uintptr_t)c, path, err);
}
