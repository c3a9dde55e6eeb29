/*
 * Pitch from files: the published JSON of classes or F0, tables for many utterances, or a folder
 * of tables.
 */
#include "config.h"

#include "corpus/pitchfile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/file.h"
#include "formats/filenames.h"
#include "formats/folder.h"
#include "formats/labels/framejson.h"
#include "formats/listed.h"
#include "base/mem.h"
#include "corpus/pitchtable.h"

const char *const pitch_level_names[PITCH_LEVELS] = {"low", "mid", "high"};

/* Exactly one of lists, table and file holds the pitch. */
struct pitchfile {
    char *path;
    enum pitch_kind kind;
    enum folder_naming naming; /* of the recordings */
    struct names utterance;
    uint32_t *order;          /* [utterance.count], by name */
    struct framejson lists;   /* of a JSON file */
    struct pitch_table table; /* of one table */
    char **file;              /* [utterance.count], of a folder of tables */
    size_t cap;               /* of file */
};

/* Classes where every number is one, else F0 in Hz; what is wrong is said of the latter, unless
 * the file is no JSON at all. */
static enum status pitchfile_open_json(struct pitchfile *p, const struct mapped *m, struct err *err)
{
    static const struct framejson_range classes = {PITCH_NONE, PITCH_HIGH, "pitch class"};
    p->kind = PITCH_CLASSES;
    enum status code =
        framejson_parse(&p->lists, FRAMEJSON_INDEX, &classes, m->data, m->size, p->path, NULL);
    if (code == STATUS_FORMAT) {
        p->kind = PITCH_F0_LIST;
        code = framejson_parse(&p->lists, FRAMEJSON_F0, NULL, m->data, m->size, p->path, err);
    } else if (code) {
        return err_nomem(err);
    }
    if (!code)
        code = listed_rename(&p->lists.utterance, p->naming, p->path, err);
    if (!code && !names_add_all(&p->utterance, &p->lists.utterance))
        code = err_nomem(err);
    return code;
}

/* One table, of its own utterance or of those it names. */
static enum status pitchfile_open_table(struct pitchfile *p, const struct mapped *m,
                                        struct err *err)
{
    char *utterance = folder_utterance(p->path);
    if (!utterance)
        return err_nomem(err);
    p->kind = PITCH_F0_TIMED;
    enum status code = pitch_table_parse(&p->table, m->data, m->size, p->path, utterance, err);
    free(utterance);
    if (!code)
        code = listed_rename(&p->table.utterance, p->naming, p->path, err);
    if (!code && !names_add_all(&p->utterance, &p->table.utterance))
        code = err_nomem(err);
    return code;
}

/* Takes *PATH over on success. */
static enum status pitchfile_add_file(struct pitchfile *p, const char *utterance, char **path,
                                      struct err *err)
{
    uint32_t known = names_find(&p->utterance, utterance);
    if (known != NAMES_NONE)
        return err_set(err, STATUS_FORMAT, "%s: utterance %s is in %s too", *path, utterance,
                       p->file[known]);
    if (!mem_grow(&p->file, &p->cap, p->utterance.count + 1, sizeof *p->file) ||
        names_add(&p->utterance, utterance) == NAMES_NONE)
        return err_nomem(err);
    p->file[p->utterance.count - 1] = *path;
    *path = NULL; /* it is ours now */
    return STATUS_OK;
}

static enum status pitchfile_open_folder(struct pitchfile *p, struct err *err)
{
    enum folder_naming naming = p->naming;
    struct folder_files f;
    char **name = NULL;
    enum status code = folder_find(&f, p->path, filename_pitch, err);
    if (code)
        return code;
    p->kind = PITCH_F0_TIMED;
    if (f.count == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: no pitch tables in this folder", p->path);
    else
        code = folder_utterances(f.path, f.count, &naming, folder_naming_most(naming), &name, err);
    for (size_t i = 0; i < f.count && name; i++) {
        if (!code)
            code = pitchfile_add_file(p, name[i], &f.path[i], err);
        free(name[i]);
    }
    free(name);
    folder_files_free(&f);
    return code;
}

/* By content: pitch files have all kinds of names. */
static bool pitchfile_is_json(const struct mapped *m)
{
    size_t i = m->size >= 3 && memcmp(m->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < m->size && m->data[i] && strchr(" \t\r\n", m->data[i]))
        i++;
    return i < m->size && (m->data[i] == '{' || m->data[i] == '[');
}

static enum status pitchfile_open_file(struct pitchfile *p, struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, p->path, err);
    if (code)
        return code;
    code =
        pitchfile_is_json(&m) ? pitchfile_open_json(p, &m, err) : pitchfile_open_table(p, &m, err);
    mapped_close(&m);
    return code;
}

static int pitchfile_by_name(const void *a, const void *b, void *names)
{
    const struct names *t = names;
    return strcmp(t->name[*(const uint32_t *)a], t->name[*(const uint32_t *)b]);
}

enum status pitchfile_open(struct pitchfile **out, const char *path, enum folder_naming naming,
                           struct err *err)
{
    struct pitchfile *p = mem_zeros(1, sizeof *p);
    enum status code;
    if (!p)
        return err_nomem(err);
    p->naming = naming;
    p->path = mem_strndup(path, strlen(path));
    if (!p->path)
        code = err_nomem(err);
    else
        code = folder_is(path) ? pitchfile_open_folder(p, err) : pitchfile_open_file(p, err);
    if (!code && !(p->order = mem_array(p->utterance.count, sizeof *p->order)))
        code = err_nomem(err);
    if (code) {
        pitchfile_free(p);
        return code;
    }
    for (uint32_t i = 0; i < p->utterance.count; i++)
        p->order[i] = i;
    qsort_r(p->order, p->utterance.count, sizeof *p->order, pitchfile_by_name, &p->utterance);
    *out = p;
    return STATUS_OK;
}

void pitchfile_free(struct pitchfile *p)
{
    if (!p)
        return;
    for (uint32_t i = 0; p->file && i < p->utterance.count; i++)
        free(p->file[i]);
    free(p->file);
    names_free(&p->utterance);
    framejson_free(&p->lists);
    pitch_table_free(&p->table);
    free(p->order);
    free(p->path);
    free(p);
}

bool pitchfile_is_classes(const struct pitchfile *p)
{
    return p->kind == PITCH_CLASSES;
}

size_t pitchfile_count(const struct pitchfile *p)
{
    return p->utterance.count;
}

const char *pitchfile_utterance(const struct pitchfile *p, size_t i)
{
    return p->utterance.name[p->order[i]];
}

void pitch_track_free(struct pitch_track *t)
{
    free(t->cls);
    free(t->f0);
    free(t->time);
    *t = (struct pitch_track){.count = 0};
}

/* Pitch of utterance U of a file of lists, one entry for each frame of its grid: classes, or F0 in
 * Hz. */
static enum status pitchfile_get_list(const struct pitchfile *p, uint32_t u,
                                      struct pitch_track *out, struct err *err)
{
    const struct framejson *f = &p->lists;
    size_t from = f->start[u];
    struct pitch_track t = {.kind = p->kind, .count = f->start[u + 1] - from};
    if (p->kind == PITCH_CLASSES) {
        t.cls = mem_array(t.count, sizeof *t.cls);
        for (size_t i = 0; t.cls && i < t.count; i++)
            t.cls[i] = (int8_t)f->index[from + i];
    } else {
        t.f0 = mem_array(t.count, sizeof *t.f0);
        for (size_t i = 0; t.f0 && i < t.count; i++)
            t.f0[i] = f->value[from + i];
    }
    if (!t.cls && !t.f0)
        return err_nomem(err);
    *out = t;
    return STATUS_OK;
}

/* Folders are read one file at a time, when it is asked for. */
static enum status pitchfile_get_file(const struct pitchfile *p, const char *path,
                                      const char *utterance, struct pitch_track *out,
                                      struct err *err)
{
    struct mapped m;
    struct pitch_table table;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    code = pitch_table_parse(&table, m.data, m.size, path, utterance, err);
    mapped_close(&m);
    if (code)
        return code;
    code = listed_rename(&table.utterance, p->naming, path, err);
    if (!code)
        code = pitch_table_get(&table, utterance, out, err);
    if (code == STATUS_NOTFOUND)
        err_prefix(err, "%s", path);
    pitch_table_free(&table);
    return code;
}

enum status pitchfile_get(const struct pitchfile *p, const char *utterance, struct pitch_track *out,
                          struct err *err)
{
    uint32_t u = names_find(&p->utterance, utterance);
    if (u == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "%s: no pitch of %s", p->path, utterance);
    if (p->file)
        return pitchfile_get_file(p, p->file[u], utterance, out, err);
    if (p->kind == PITCH_F0_TIMED)
        return pitch_table_get(&p->table, utterance, out, err);
    return pitchfile_get_list(p, u, out, err);
}

const char *pitchfile_path(const struct pitchfile *p, const char *utterance)
{
    uint32_t u = p->file ? names_find(&p->utterance, utterance) : NAMES_NONE;
    return u == NAMES_NONE ? p->path : p->file[u];
}

bool pitchfile_untimed(const struct pitchfile *p)
{
    struct pitch_track t;
    if (p->utterance.count == 0 || pitchfile_get(p, p->utterance.name[0], &t, NULL))
        return false;
    bool untimed = t.untimed != 0;
    pitch_track_free(&t);
    return untimed;
}

static int pitchfile_by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

bool pitch_tertiles(float *f0, size_t n, double edges[2])
{
    static const double share[2] = {0.33, 0.66};
    size_t from = 0;
    for (size_t i = 0; i < n; i++) /* NaN has no place in an order */
        if (!(f0[i] > 0))
            f0[i] = 0;
    if (n)
        qsort(f0, n, sizeof *f0, pitchfile_by_value);
    while (from < n && f0[from] == 0)
        from++;
    if (from == n)
        return false;
    for (int e = 0; e < 2; e++) {
        double at = share[e] * (double)(n - from - 1);
        size_t low = from + (size_t)at;
        double part = at - floor(at), below = f0[low], above = f0[low + (low + 1 < n)];
        edges[e] = below + part * (above - below);
    }
    return true;
}

int pitch_level(double f0, const double edges[2])
{
    if (!(f0 > 0))
        return PITCH_NONE;
    return f0 < edges[0] ? PITCH_LOW : f0 < edges[1] ? PITCH_MID : PITCH_HIGH;
}
