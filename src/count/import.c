/*
 * Count files from the pickles of activation probabilities that the published program writes; they
 * hold probabilities without numbers of frames.
 */
#include "config.h"

#include "count/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/countfile.h"
#include "formats/file.h"
#include "base/mem.h"
#include "base/number.h"
#include "corpus/phones.h"
#include "formats/tensors/pickle.h"
#include "corpus/pitchfile.h"
#include "corpus/published.h"
#include "model/kernels/select.h"

const char *const import_condition_names[IMPORT_CONDITIONS] = {"phone-type", "gender", "pitch"};

/* A row of the file that becomes a cell. */
struct row {
    const char *phone, *group; /* group: "" without groups */
    uint32_t index;            /* of the row in the pickle */
};

struct import {
    const struct import_options *options;
    struct mapped file;
    struct pickle pickle;
    struct phones phones;
    struct published_labels labels;
    size_t rows;              /* of the pickle: one for each group and label, labels fastest */
    struct tensor *layer;     /* [counts.layers], each [rows][width] */
    struct row *row;          /* [counts.cells], sorted */
    const char *const *group; /* [groups] names */
    uint32_t groups;
    struct counts counts;
};

static const char *const no_group[] = {""};
static const char *const genders[] = {"male", "female"};

/* An error about a layer, which messages count from 1. */
static enum status import_bad(const struct import *m, struct err *err, enum status code,
                              const char *what, size_t layer)
{
    return err_set(err, code, "%s: layer %zu: %s", m->options->path, layer + 1, what);
}

/* The arrays of the layers, all of equally many rows. */
static enum status find_layers(struct import *m, struct err *err)
{
    const struct pickle_value *root = m->pickle.root;
    if (root->kind != PICKLE_LIST && root->kind != PICKLE_TUPLE)
        return err_set(err, STATUS_FORMAT, "%s: holds no list of layers", m->options->path);
    size_t n = root->items.count;
    if (n == 0 || n > UINT16_MAX)
        return err_set(err, STATUS_FORMAT, "%s: holds no layers", m->options->path);
    m->counts.layers = (uint32_t)n;
    m->layer = mem_zeros(n, sizeof *m->layer);
    m->counts.layer = counts_alloc(&m->counts, n, sizeof *m->counts.layer);
    if (!m->layer || !m->counts.layer)
        return err_nomem(err);
    size_t left = m->file.size;
    for (size_t l = 0; l < n; l++) {
        struct tensor *t = &m->layer[l];
        enum status code = pickle_array(&m->pickle, pickle_item(root, l), "layer", t, err);
        if (code == STATUS_NOTFOUND)
            return import_bad(m, err, STATUS_FORMAT, "is no array", l);
        if (code)
            return err_prefix(err, "%s: layer %zu", m->options->path, l + 1);
        if (t->ndim != 2 || t->count == 0 || t->shape[1] > INT32_MAX ||
            (l > 0 && t->shape[0] != m->layer[0].shape[0]))
            return import_bad(m, err, STATUS_FORMAT,
                              "is not a table with the same rows as the others", l);
        /* A pickle may refer to one array many times: the floats would then take far more memory
         * than the file's size shows. */
        if (t->count > left / dtype_size(t->dtype))
            return import_bad(m, err, STATUS_FORMAT, "shares its values with another", l);
        left -= t->count * dtype_size(t->dtype);
        struct counts_layer *out = &m->counts.layer[l];
        out->width = (uint32_t)t->shape[1];
        /* The file does not say it; the published program takes this share of the layer's width. */
        out->tau = select_tau(out->width, m->options->lambda_percent);
    }
    m->rows = m->layer[0].shape[0];
    if (m->rows != m->labels.count * m->groups)
        return err_set(err, STATUS_MISMATCH,
                       "%s: %zu rows, but --condition %s with %zu labels makes %zu",
                       m->options->path, m->rows, import_condition_names[m->options->condition],
                       m->labels.count, m->labels.count * m->groups);
    return STATUS_OK;
}

/* Checks layer L's values, given as floats, and notes the rows that are not all zero. */
static enum status check_values(struct import *m, size_t l, const float *p, bool *seen,
                                struct err *err)
{
    size_t width = m->layer[l].shape[1];
    for (size_t i = 0; i < m->layer[l].count; i++) {
        if (!(p[i] >= 0 && p[i] <= 1))
            return err_set(
                err, STATUS_FORMAT, "%s: layer %zu, row %zu, neuron %zu: %s is not a probability",
                m->options->path, l + 1, i / width, i % width, number_short((double)p[i], 6).text);
        seen[i / width] |= p[i] > 0;
    }
    return STATUS_OK;
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* By phone, then group, bytewise: the order of cells in every count file. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = strcmp(x->phone, y->phone);
    return order ? order : strcmp(x->group, y->group);
}

/* The cells: rows seen in any layer, sorted by the names of their levels. */
static enum status list_rows(struct import *m, const bool *seen, struct err *err)
{
    uint32_t n = 0;
    if (!(m->row = mem_array(m->rows, sizeof *m->row)))
        return err_nomem(err);
    for (size_t r = 0; r < m->rows; r++) {
        uint32_t name = m->labels.name_of[r % m->labels.count];
        if (!seen[r])
            continue;
        if (name == NAMES_NONE)
            return err_set(err, STATUS_MISMATCH, "%s: row %zu: label index %zu has no name",
                           m->options->path, r, r % m->labels.count);
        m->row[n++] =
            (struct row){m->labels.name.name[name], m->group[r / m->labels.count], (uint32_t)r};
    }
    if (n == 0)
        return err_set(err, STATUS_FORMAT, "%s: every probability is zero", m->options->path);
    m->counts.cells = n;
    qsort(m->row, n, sizeof *m->row, compare_rows);
    /* Without frame numbers the probabilities of two rows cannot be averaged into one cell. */
    for (uint32_t i = 1; i < n; i++)
        if (compare_rows(&m->row[i - 1], &m->row[i]) == 0)
            return err_set(err, STATUS_MISMATCH, "%s: rows %u and %u are both of phone '%s'",
                           m->options->path, m->row[i - 1].index, m->row[i].index, m->row[i].phone);
    return STATUS_OK;
}

/* A factor with the N names LEVEL; the cells' names are found by OFFSET in their struct row. */
static bool add_factor(struct import *m, const char *name, char *const *level, uint32_t n,
                       size_t offset)
{
    struct counts *c = &m->counts;
    struct counts_factor *f = &c->factor[c->factors++];
    int32_t *index = counts_alloc(c, c->cells, sizeof *index);
    f->name = counts_text(c, name);
    f->level = counts_alloc(c, n, sizeof *f->level);
    f->levels = n;
    f->index = index;
    if (!index || !f->name || !f->level)
        return false;
    memcpy(f->level, level, n * sizeof *level);
    qsort(f->level, n, sizeof *f->level, compare_text);
    for (uint32_t i = 0; i < c->cells; i++) {
        const char *text;
        memcpy(&text, (const char *)&m->row[i] + offset, sizeof text);
        index[i] = counts_find_level(c, c->factors - 1, text);
    }
    return true;
}

/* Factors, occurrences and frame numbers of the result. Frames are -1, not known: the pickle holds
 * probabilities only. */
static enum status import_describe(struct import *m, struct err *err)
{
    struct counts *c = &m->counts;
    char *group[PITCH_LEVELS];
    int64_t *frames = counts_alloc(c, c->cells, sizeof *frames), *occurrences;
    c->factor = counts_alloc(c, 2, sizeof *c->factor);
    if (!frames || !c->factor ||
        !add_factor(m, "phone", m->labels.name.name, m->labels.name.count,
                    offsetof(struct row, phone)))
        return err_nomem(err);
    memset(frames, 0xff, c->cells * sizeof *frames); /* -1: not known */
    c->frames = frames;
    for (uint32_t g = 0; g < m->groups; g++)
        group[g] = (char *)(uintptr_t)m->group[g];
    if (m->groups > 1 && !add_factor(m, import_condition_names[m->options->condition], group,
                                     m->groups, offsetof(struct row, group)))
        return err_nomem(err);
    if (!m->labels.occurrences)
        return STATUS_OK;
    if (!(occurrences = counts_alloc(c, c->factor[0].levels, sizeof *occurrences)))
        return err_nomem(err);
    for (uint32_t i = 0; i < c->factor[0].levels; i++)
        occurrences[i] = m->labels.occurrences[names_find(&m->labels.name, c->factor[0].level[i])];
    c->phone_occurrences = occurrences;
    return STATUS_OK;
}

/* Probabilities of layer L in the order of the cells. */
static enum status import_gather(struct import *m, size_t l, const float *p, struct err *err)
{
    size_t width = m->layer[l].shape[1];
    float *out = counts_alloc(&m->counts, m->counts.cells, width * sizeof *out);
    if (!out)
        return err_nomem(err);
    for (uint32_t i = 0; i < m->counts.cells; i++)
        memcpy(out + i * width, p + m->row[i].index * width, width * sizeof *out);
    m->counts.layer[l].probability = out;
    return STATUS_OK;
}

/* Goes over the layers as floats twice: to see which rows there are, then to take them. */
static enum status take_values(struct import *m, struct err *err)
{
    enum status code = STATUS_OK;
    float *p = NULL;
    bool *seen = mem_zeros(m->rows, sizeof *seen);
    size_t most = 0;
    for (size_t l = 0; l < m->counts.layers; l++)
        most = m->layer[l].count > most ? m->layer[l].count : most;
    if (!seen || !(p = mem_array(most, sizeof *p))) {
        code = err_nomem(err);
        goto out;
    }
    for (size_t l = 0; l < m->counts.layers && !code; l++) {
        tensor_to_f32(&m->layer[l], p);
        code = check_values(m, l, p, seen, err);
    }
    if (!code)
        code = list_rows(m, seen, err);
    for (size_t l = 0; l < m->counts.layers && !code; l++) {
        tensor_to_f32(&m->layer[l], p);
        code = import_gather(m, l, p, err);
    }
out:
    free(seen);
    free(p);
    return code;
}

/* The file's name without folder and extension stands for the model, which it does not name. */
static enum status name_model(struct import *m, struct err *err)
{
    const struct import_options *o = m->options;
    const char *slash = strrchr(o->path, '/'), *name = slash ? slash + 1 : o->path;
    struct counts *c = &m->counts;
    c->model = counts_text(c, name);
    c->family = counts_text(c, "");
    c->pitch_edges_hz = counts_text(c, "");
    c->created_by = counts_text(c, o->created_by);
    c->command = counts_text(c, o->command);
    if (!c->model || !c->family || !c->pitch_edges_hz || !c->created_by || !c->command)
        return err_nomem(err);
    char *dot = strrchr(c->model, '.');
    if (dot && dot > c->model)
        *dot = '\0';
    c->lambda_percent = o->lambda_percent;
    /* Written by the published program, so its frames are chosen in its way. */
    c->frames_mode = COUNTS_FRAMES_AUTHORS;
    return STATUS_OK;
}

enum status import_pickle(const struct import_options *options, struct err *err)
{
    struct import m = {.options = options};
    enum status code;
    m.group = options->condition == IMPORT_GENDER  ? genders
              : options->condition == IMPORT_PITCH ? pitch_level_names
                                                   : no_group;
    /* The conditions stand in the order of their numbers of groups: 1, 2 and 3. */
    m.groups = (uint32_t)options->condition + 1;
    if ((code = phones_open(&m.phones, NULL, err)))
        return code;
    if ((code = published_labels_open(&m.labels, options->label_table, &m.phones, err)) ||
        (code = mapped_open(&m.file, options->path, err)))
        goto out;
    if ((code = pickle_parse(&m.pickle, m.file.data, m.file.size, options->path, err)))
        goto out_file;
    if (!(code = find_layers(&m, err)) && !(code = take_values(&m, err)) &&
        !(code = import_describe(&m, err)) && !(code = name_model(&m, err)))
        code = counts_write(&m.counts, options->output, err);
    pickle_free(&m.pickle);
out_file:
    mapped_close(&m.file);
out:
    counts_free(&m.counts);
    free(m.layer);
    free(m.row);
    published_labels_free(&m.labels);
    phones_free(&m.phones);
    return code;
}
