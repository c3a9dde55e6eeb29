#include "config.h"

#include "formats/labels/labels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "formats/file.h"
#include "formats/folder.h"
#include "formats/labels/framejson.h"
#include "formats/labels/labelreaders.h"
#include "formats/labels/labelstore.h"
#include "base/mem.h"
#include "formats/labels/textgrid.h"

/* A format by the ends of its files' names. */
struct file_reader {
    const char *format;
    const char *suffix[3]; /* ends with NULL; ASCII case ignored */
    const char *phones;    /* bundled table of its labels, NULL for ARPABET */
    bool many;             /* one file may hold many utterances; in a folder each holds its own */
    /* How to read it: TextGrids, which have tiers, or into a store. */
    enum status (*grid)(struct utterance_labels *out, const void *bytes, size_t size,
                        const char *name, const char *tier, struct err *err);
    enum status (*store)(struct label_store *s, const void *bytes, size_t size, const char *name,
                         const char *utterance, struct err *err);
};

/* In order of preference where a folder holds files of several. */
static const struct file_reader file_readers[] = {
    {"TextGrid", {".TextGrid", NULL}, NULL, false, textgrid_labels, NULL},
    {"TIMIT phones", {".phn", NULL}, "timit", false, NULL, phn_read},
    {"label file", {".lab", ".phones", NULL}, NULL, false, NULL, lab_read},
    {"CTM", {".ctm", NULL}, NULL, true, NULL, ctm_read},
    {"master label file", {".mlf", NULL}, NULL, true, NULL, mlf_read},
    {"label table", {".tsv", ".csv", NULL}, NULL, true, NULL, labeltable_read},
};
#define FILE_READERS (sizeof file_readers / sizeof *file_readers)

struct labels {
    char *path, *tier;
    struct names utterance;
    uint32_t *order;                  /* [utterance.count], by name */
    const struct file_reader *reader; /* NULL for lists by frame */
    char **file;                      /* [utterance.count], one file an utterance; or NULL */
    size_t cap;
    struct label_store store; /* of a reader of many */
    struct framejson lists;
    struct label_table table;
};

void utterance_labels_free(struct utterance_labels *u)
{
    names_free(&u->name);
    free(u->interval);
    free(u->frame);
    *u = (struct utterance_labels){.name = NAMES_INIT};
}

static bool ends_in(const char *path, const char *suffix)
{
    size_t n = strlen(path), k = strlen(suffix);
    return n >= k && strcasecmp(path + n - k, suffix) == 0;
}

/* By name and not by content: two of the formats are nothing but numbers and words. */
static const struct file_reader *reader_for(const char *path)
{
    for (size_t i = 0; i < FILE_READERS; i++)
        for (const char *const *s = file_readers[i].suffix; *s; s++)
            if (ends_in(path, *s))
                return &file_readers[i];
    return NULL;
}

/* Notes a file of one utterance; it is read when it is asked for. */
static enum status add_file(struct labels *l, const char *path, struct err *err)
{
    char *utterance = folder_utterance(path);
    char *copy = mem_strndup(path, strlen(path));
    enum status code = STATUS_OK;
    uint32_t known = utterance ? names_find(&l->utterance, utterance) : NAMES_NONE;
    if (!utterance || !copy)
        code = err_nomem(err);
    else if (known != NAMES_NONE)
        code = err_set(err, STATUS_FORMAT, "%s: utterance %s is in %s too", path, utterance,
                       l->file[known]);
    else if (!mem_grow(&l->file, &l->cap, l->utterance.count + 1, sizeof *l->file) ||
             names_add(&l->utterance, utterance) == NAMES_NONE)
        code = err_nomem(err);
    else
        l->file[l->utterance.count - 1] = copy;
    if (code)
        free(copy);
    free(utterance);
    return code;
}

/* Why a folder without label files may be the wrong one. */
static enum status nothing_found(const char *folder, struct err *err)
{
    static const char *const words_only[] = {".alignment.txt", NULL};
    struct folder_files f;
    enum status code = folder_find(&f, folder, words_only, err);
    if (code)
        return code;
    if (f.count)
        code = err_set(err, STATUS_UNSUPPORTED,
                       "%s: holds alignments of words without phones (%s); the TextGrid form of "
                       "the same alignments has phones",
                       folder, f.path[0]);
    else
        code = err_set(err, STATUS_NOTFOUND, "%s: no label files in this folder", folder);
    folder_files_free(&f);
    return code;
}

/* The files of the first format there is any of. */
static enum status open_folder(struct labels *l, const char *folder, struct err *err)
{
    for (size_t r = 0; r < FILE_READERS; r++) {
        struct folder_files f;
        enum status code = folder_find(&f, folder, file_readers[r].suffix, err);
        if (code)
            return code;
        for (size_t i = 0; i < f.count && !code; i++)
            code = add_file(l, f.path[i], err);
        size_t count = f.count;
        folder_files_free(&f);
        if (code || count) {
            l->reader = &file_readers[r];
            return code;
        }
    }
    return nothing_found(folder, err);
}

static enum status copy_names(struct names *to, const struct names *from, struct err *err)
{
    for (uint32_t i = 0; i < from->count; i++)
        if (names_add(to, from->name[i]) == NAMES_NONE)
            return err_nomem(err);
    return STATUS_OK;
}

/* Every index that occurs must have a label. */
static enum status check_indices(const struct labels *l, const char *path, const char *table,
                                 struct err *err)
{
    const struct framejson *f = &l->lists;
    for (uint32_t u = 0; u < f->utterance.count; u++)
        for (size_t i = f->start[u]; i < f->start[u + 1]; i++)
            if (!l->table.label[f->index[i]])
                return err_set(err, STATUS_MISMATCH,
                               "%s: %s: frame %zu: label index %d is not in %s", path,
                               f->utterance.name[u], i - f->start[u], f->index[i], table);
    return STATUS_OK;
}

/* Indices are stored as they are; labels_get looks them up. */
static enum status open_lists(struct labels *l, const char *path, const char *table,
                              struct err *err)
{
    struct mapped m;
    if (!table)
        return err_set(err, STATUS_USAGE,
                       "%s: lists of label indices need their table (--label-table FILE)", path);
    enum status code = mapped_open(&m, table, err);
    if (code)
        return code;
    code = label_table_parse(&l->table, m.data, m.size, table, err);
    mapped_close(&m);
    if (!code)
        code = mapped_open(&m, path, err);
    if (code)
        return code;
    struct framejson_range range = {0, (int32_t)l->table.count - 1, "label index"};
    code = framejson_parse(&l->lists, FRAMEJSON_INDEX, &range, m.data, m.size, path, err);
    mapped_close(&m);
    if (!code)
        code = check_indices(l, path, table, err);
    return code ? code : copy_names(&l->utterance, &l->lists.utterance, err);
}

/* The labels in the file at PATH, sorted. */
static enum status fill_store(struct label_store *s, const struct file_reader *reader,
                              const char *path, struct err *err)
{
    struct mapped m;
    char *utterance = folder_utterance(path);
    if (!utterance)
        return err_nomem(err);
    enum status code = mapped_open(&m, path, err);
    if (!code) {
        code = reader->store(s, m.data, m.size, path, utterance, err);
        mapped_close(&m);
    }
    free(utterance);
    return code ? code : label_store_done(s, path, err);
}

static enum status open_many(struct labels *l, const char *path, struct err *err)
{
    enum status code = fill_store(&l->store, l->reader, path, err);
    if (!code && l->store.utterance.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no labels in this file", path);
    return code ? code : copy_names(&l->utterance, &l->store.utterance, err);
}

static enum status open_file(struct labels *l, const char *path,
                             const struct labels_options *options, struct err *err)
{
    struct mapped m; /* what cannot be opened is to be said first, and now */
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    mapped_close(&m);
    l->reader = reader_for(path);
    if (l->reader)
        return l->reader->many ? open_many(l, path, err) : add_file(l, path, err);
    if (ends_in(path, ".json"))
        return open_lists(l, path, options ? options->label_table : NULL, err);
    if (ends_in(path, ".alignment.txt"))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: alignments of words without phones; the TextGrid form has phones",
                       path);
    return err_set(err, STATUS_UNSUPPORTED, "%s: not a kind of label file known by its name", path);
}

static int by_name(const void *a, const void *b, void *names)
{
    const struct names *t = names;
    return strcmp(t->name[*(const uint32_t *)a], t->name[*(const uint32_t *)b]);
}

/* Folders give paths in order, which is not the order of names. */
static enum status sort_utterances(struct labels *l, struct err *err)
{
    l->order = mem_array(l->utterance.count, sizeof *l->order);
    if (!l->order)
        return err_nomem(err);
    for (uint32_t i = 0; i < l->utterance.count; i++)
        l->order[i] = i;
    qsort_r(l->order, l->utterance.count, sizeof *l->order, by_name, &l->utterance);
    return STATUS_OK;
}

enum status labels_open(struct labels **out, const char *path, const struct labels_options *options,
                        struct err *err)
{
    struct labels *l = mem_zeros(1, sizeof *l);
    enum status code = STATUS_OK;
    if (!l)
        return err_nomem(err);
    l->path = mem_strndup(path, strlen(path));
    if (options && options->tier)
        l->tier = mem_strndup(options->tier, strlen(options->tier));
    if (!l->path || (options && options->tier && !l->tier))
        code = err_nomem(err);
    else
        code = folder_is(path) ? open_folder(l, path, err) : open_file(l, path, options, err);
    if (!code)
        code = sort_utterances(l, err);
    if (code)
        labels_free(l);
    else
        *out = l;
    return code;
}

void labels_free(struct labels *l)
{
    if (!l)
        return;
    for (uint32_t i = 0; l->file && i < l->utterance.count; i++)
        free(l->file[i]);
    free(l->file);
    names_free(&l->utterance);
    label_store_free(&l->store);
    framejson_free(&l->lists);
    label_table_free(&l->table);
    free(l->order);
    free(l->path);
    free(l->tier);
    free(l);
}

size_t labels_count(const struct labels *l)
{
    return l->utterance.count;
}

const char *labels_utterance(const struct labels *l, size_t i)
{
    return l->utterance.name[l->order[i]];
}

bool labels_has(const struct labels *l, const char *utterance)
{
    return names_find(&l->utterance, utterance) != NAMES_NONE;
}

const char *labels_format(const struct labels *l)
{
    return l->reader ? l->reader->format : "frame JSON";
}

const char *labels_phones(const struct labels *l)
{
    return l->reader ? l->reader->phones : NULL;
}

static enum status get_grid(const struct labels *l, const char *path, struct utterance_labels *out,
                            struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    code = l->reader->grid(out, m.data, m.size, path, l->tier, err);
    mapped_close(&m);
    return code;
}

static enum status get_file(const struct labels *l, const char *path, const char *utterance,
                            struct utterance_labels *out, struct err *err)
{
    struct label_store s = {.utterance = NAMES_INIT};
    if (l->reader->grid)
        return get_grid(l, path, out, err);
    enum status code = fill_store(&s, l->reader, path, err);
    if (!code && s.utterance.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no labels in this file", path);
    else if (!code && (s.utterance.count > 1 || strcmp(s.utterance.name[0], utterance) != 0))
        code = err_set(err, STATUS_FORMAT,
                       "%s: holds labels of %s%s, in a folder where each file's "
                       "are of the utterance it is named after",
                       path, s.utterance.name[0], s.utterance.count > 1 ? " and others" : "");
    if (!code)
        code = label_store_get(&s, 0, out, err);
    label_store_free(&s);
    return code;
}

/* Names are numbered anew for each utterance, so that it needs nothing of the source's. */
static enum status get_list(const struct labels *l, uint32_t u, struct utterance_labels *out,
                            struct err *err)
{
    const struct framejson *f = &l->lists;
    size_t from = f->start[u], count = f->start[u + 1] - from;
    struct utterance_labels r = {.name = NAMES_INIT, .count = count};
    r.frame = mem_array(count, sizeof *r.frame);
    bool ok = r.frame != NULL;
    for (size_t i = 0; i < count && ok; i++) {
        int16_t index = f->index[from + i];
        uint32_t name = i && index == f->index[from + i - 1]
                            ? (uint32_t)r.frame[i - 1]
                            : names_add(&r.name, l->table.label[index]);
        ok = name != NAMES_NONE;
        r.frame[i] = (int32_t)name;
    }
    if (!ok) {
        utterance_labels_free(&r);
        return err_nomem(err);
    }
    *out = r;
    return STATUS_OK;
}

enum status labels_get(const struct labels *l, const char *utterance, struct utterance_labels *out,
                       struct err *err)
{
    uint32_t u = names_find(&l->utterance, utterance);
    if (u == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "%s: no labels of %s", l->path, utterance);
    if (l->file)
        return get_file(l, l->file[u], utterance, out, err);
    return l->reader ? label_store_get(&l->store, u, out, err) : get_list(l, u, out, err);
}
