/*
 * Sources of labels: a folder of files of one utterance each, which are read when they are asked
 * for, or one file.  How a file is read is its format's affair (label_format.h).
 */
#include "config.h"

#include "formats/labels/labels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/file.h"
#include "formats/folder.h"
#include "formats/labels/label_format.h"
#include "formats/labels/labelstore.h"
#include "formats/listed.h"
#include "formats/utf.h"

struct labels {
    char *path, *tier;
    struct label_table table; /* of labels that are numbers */
    struct names utterance;
    uint32_t *order;           /* [utterance.count], by name */
    enum folder_naming naming; /* of the recordings */
    const struct label_format *format;
    char **file;              /* [utterance.count], one file an utterance; or NULL */
    size_t cap;               /* of file */
    struct label_store store; /* of a file of many */
    void *held;               /* by the format that opened it */
};

bool labels_add_tier(char tiers[LABELS_TIERS_MAX], const char *name)
{
    size_t n = strlen(tiers), k = strlen(name);
    if (k == 0 || n + k + 2 > LABELS_TIERS_MAX)
        return false;
    if (n)
        tiers[n++] = LABELS_TIER_END;
    memcpy(tiers + n, name, k + 1);
    return true;
}

void utterance_labels_free(struct utterance_labels *u)
{
    names_free(&u->name);
    free(u->interval);
    free(u->frame);
    *u = (struct utterance_labels){.name = NAMES_INIT};
}

/* Notes the file of UTTERANCE; it is read when it is asked for. */
static enum status labels_add_file(struct labels *l, const char *path, const char *utterance,
                                   struct err *err)
{
    uint32_t known = names_find(&l->utterance, utterance);
    if (known != NAMES_NONE)
        return err_set(err, STATUS_FORMAT, "%s: utterance %s is in %s too: give one of the two",
                       path, utterance, l->file[known]);
    char *copy = mem_strndup(path, strlen(path));
    if (!copy || !mem_grow(&l->file, &l->cap, l->utterance.count + 1, sizeof *l->file) ||
        names_add(&l->utterance, utterance) == NAMES_NONE) {
        free(copy);
        return err_nomem(err);
    }
    l->file[l->utterance.count - 1] = copy;
    return STATUS_OK;
}

/* Notes files of one utterance each. */
static enum status labels_add_files(struct labels *l, char *const *path, size_t n, struct err *err)
{
    enum folder_naming naming = l->naming;
    char **name = NULL;
    enum status code = folder_utterances(path, n, &naming, folder_naming_most(naming), &name, err);
    for (size_t i = 0; i < n && name; i++) {
        if (!code)
            code = labels_add_file(l, path[i], name[i], err);
        free(name[i]);
    }
    free(name);
    return code;
}

/* Leaves the files whose content is of FORMAT. */
static enum status labels_keep_own(struct folder_files *f, const struct label_format *format,
                                   struct err *err)
{
    size_t kept = 0;
    enum status code = STATUS_OK;
    for (size_t i = 0; i < f->count; i++) {
        struct mapped m;
        bool own = false;
        if (!code && !(code = mapped_open(&m, f->path[i], err))) {
            own = format->is(m.data, m.size);
            mapped_close(&m);
        }
        if (own)
            f->path[kept++] = f->path[i];
        else
            free(f->path[i]);
    }
    f->count = kept;
    return code;
}

/* Notes the files of FORMAT in FOLDER; *COUNT of them. */
static enum status labels_find_files(struct labels *l, const char *folder,
                                     const struct label_format *format, size_t *count,
                                     struct err *err)
{
    struct folder_files f;
    enum status code = folder_find(&f, folder, format->suffix, err);
    if (code)
        return code;
    if (format->is)
        code = labels_keep_own(&f, format, err);
    *count = f.count;
    if (code)
        *count = 0;
    else if (f.count && format->unusable)
        code = err_set(err, STATUS_UNSUPPORTED, "%s: holds %s (%s); %s", folder, format->unusable,
                       f.path[0], format->instead);
    else if (f.count)
        code = labels_add_files(l, f.path, f.count, err);
    folder_files_free(&f);
    return code;
}

/* The files of the first format that there is any of. */
static enum status labels_open_folder(struct labels *l, const char *folder, struct err *err)
{
    for (const struct label_format *const *f = label_formats; *f; f++) {
        size_t count = 0;
        if ((*f)->open) /* needs to be named: a folder may hold many a .json */
            continue;
        enum status code = labels_find_files(l, folder, *f, &count, err);
        l->format = *f;
        if (code || count)
            return code;
    }
    return err_set(err, STATUS_NOTFOUND, "%s: no label files in this folder", folder);
}

/* What label files turn out to be that were renamed. */
static enum status labels_check_kind(const struct labels *l, const struct mapped *m,
                                     const char *path, struct err *err)
{
    static const char elan[] = "<ANNOTATION_DOCUMENT";
    const char *text = (const char *)m->data;
    size_t head = m->size < 2048 ? m->size : 2048;
    if (head && memmem(text, head, elan, sizeof elan - 1))
        return err_set(err, STATUS_UNSUPPORTED, "%s: %s under another name; %s", path,
                       label_format_elan.unusable, label_format_elan.instead);
    if (head > 5 && memcmp(text, "<?xml", 5) == 0)
        return err_set(err, STATUS_FORMAT, "%s: an XML file, not a %s", path, l->format->name);
    return STATUS_OK;
}

/* The text of M into S; UTF-16 is read as UTF-8. */
static enum status labels_store_text(const struct labels *l, struct label_store *s,
                                     const struct mapped *m, const char *path,
                                     const char *utterance, struct err *err)
{
    struct span text = {(const char *)m->data, m->size};
    char *owned = NULL;
    enum status code = labels_check_kind(l, m, path, err);
    if (!code && utf_is_utf16(m->data, m->size))
        code = utf_decode(&text, &owned, m->data, m->size, path, err);
    if (!code)
        code = l->format->store(s, text.s, text.n, path, utterance, err);
    free(owned);
    return code;
}

/* The labels in the file at PATH, sorted. */
static enum status labels_fill_store(const struct labels *l, struct label_store *s,
                                     const char *path, struct err *err)
{
    struct mapped m;
    s->table = &l->table;
    s->tier = l->tier;
    char *utterance = folder_utterance(path);
    if (!utterance)
        return err_nomem(err);
    enum status code = mapped_open(&m, path, err);
    if (!code) {
        code = labels_store_text(l, s, &m, path, utterance, err);
        mapped_close(&m);
    }
    free(utterance);
    if (!code)
        code = listed_rename(&s->utterance, l->naming, path, err);
    return code ? code : label_store_done(s, path, err);
}

static enum status labels_open_many(struct labels *l, const char *path, struct err *err)
{
    enum status code = labels_fill_store(l, &l->store, path, err);
    if (!code && l->store.utterance.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no labels in this file", path);
    if (!code && !names_add_all(&l->utterance, &l->store.utterance))
        code = err_nomem(err);
    return code;
}

/* That a file is of no format known by its name, and which names are. */
static enum status labels_refuse(const char *path, struct err *err)
{
    struct buf known = BUF_INIT;
    label_formats_list(&known);
    err_set(err, STATUS_UNSUPPORTED, "%s: unrecognised type of label file (%s)", path,
            buf_text(&known));
    buf_free(&known);
    return STATUS_UNSUPPORTED;
}

static enum status labels_open_file(struct labels *l, const char *path,
                                    const struct labels_options *options, struct err *err)
{
    struct mapped m; /* what cannot be opened is to be said first, and now */
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    const struct label_format *f = l->format = label_format_of_bytes(path, m.data, m.size);
    mapped_close(&m);
    if (!f)
        return labels_refuse(path, err);
    if (f->unusable)
        return err_set(err, STATUS_UNSUPPORTED, "%s: %s; %s", path, f->unusable, f->instead);
    if (f->open) {
        code = f->open(&l->held, &l->utterance, path, options, err);
        return code ? code : listed_rename(&l->utterance, l->naming, path, err);
    }
    char *one = (char *)path;
    return f->many ? labels_open_many(l, path, err) : labels_add_files(l, &one, 1, err);
}

static int labels_by_name(const void *a, const void *b, void *names)
{
    const struct names *t = names;
    return strcmp(t->name[*(const uint32_t *)a], t->name[*(const uint32_t *)b]);
}

/* Folders give paths in order, which is not the order of names. */
static enum status labels_sort(struct labels *l, struct err *err)
{
    l->order = mem_array(l->utterance.count, sizeof *l->order);
    if (!l->order)
        return err_nomem(err);
    for (uint32_t i = 0; i < l->utterance.count; i++)
        l->order[i] = i;
    qsort_r(l->order, l->utterance.count, sizeof *l->order, labels_by_name, &l->utterance);
    return STATUS_OK;
}

static enum status labels_open_table(struct labels *l, const char *path, struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (!code) {
        code = label_table_parse(&l->table, m.data, m.size, path, err);
        mapped_close(&m);
    }
    return code;
}

enum status labels_open(struct labels **out, const char *path, const struct labels_options *options,
                        struct err *err)
{
    struct labels *l = mem_zeros(1, sizeof *l);
    enum status code = STATUS_OK;
    if (!l)
        return err_nomem(err);
    l->naming = options ? options->naming : FOLDER_FIRST_DOT;
    l->path = mem_strndup(path, strlen(path));
    if (options && options->tier)
        l->tier = mem_strndup(options->tier, strlen(options->tier));
    if (!l->path || (options && options->tier && !l->tier))
        code = err_nomem(err);
    else if (options && options->label_table)
        code = labels_open_table(l, options->label_table, err);
    if (!code)
        code = folder_is(path) ? labels_open_folder(l, path, err)
                               : labels_open_file(l, path, options, err);
    if (!code)
        code = labels_sort(l, err);
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
    if (l->held)
        l->format->close(l->held);
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

const char *labels_path(const struct labels *l, const char *utterance)
{
    uint32_t u = names_find(&l->utterance, utterance);
    return l->file && u != NAMES_NONE ? l->file[u] : l->path;
}

const char *labels_format(const struct labels *l)
{
    return l->format->name;
}

const char *labels_phones(const struct labels *l)
{
    return l->format->phones;
}

static enum status labels_get_grid(const struct labels *l, const char *path,
                                   struct utterance_labels *out, struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    code = labels_check_kind(l, &m, path, err);
    if (!code)
        code = l->format->grid(out, m.data, m.size, path, l->tier, err);
    mapped_close(&m);
    if (!code && out->count == 0) {
        utterance_labels_free(out);
        code = err_set(err, STATUS_FORMAT, "%s: no labels in the tier of phones", path);
    }
    return code;
}

static enum status labels_get_file(const struct labels *l, const char *path, const char *utterance,
                                   struct utterance_labels *out, struct err *err)
{
    struct label_store s = {.utterance = NAMES_INIT};
    if (l->format->grid)
        return labels_get_grid(l, path, out, err);
    enum status code = labels_fill_store(l, &s, path, err);
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

enum status labels_get(const struct labels *l, const char *utterance, struct utterance_labels *out,
                       struct err *err)
{
    uint32_t u = names_find(&l->utterance, utterance);
    if (u == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "%s: no labels of %s", l->path, utterance);
    if (l->file)
        return labels_get_file(l, l->file[u], utterance, out, err);
    return l->held ? l->format->get(l->held, u, out, err) : label_store_get(&l->store, u, out, err);
}
