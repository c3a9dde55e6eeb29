/*
 * The published lists by frame: JSON {utterance: [label index per 20 ms]}, with a table of labels
 * next to it.  Indices are held as they are in the file and looked up when an utterance is asked
 * for.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "formats/file.h"
#include "formats/labels/framejson.h"
#include "formats/labels/label_format.h"

struct framelists {
    struct framejson lists;
    struct label_table table;
};

static void framelists_close(void *held)
{
    struct framelists *l = held;
    if (!l)
        return;
    framejson_free(&l->lists);
    label_table_free(&l->table);
    free(l);
}

/* Every index that occurs must have a label. */
static enum status framelists_check(const struct framelists *l, const char *path, const char *table,
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

static enum status framelists_read(struct framelists *l, const char *path, const char *table,
                                   struct err *err)
{
    struct mapped m;
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
    return code ? code : framelists_check(l, path, table, err);
}

static enum status framelists_open(void **held, struct names *utterance, const char *path,
                                   const struct labels_options *options, struct err *err)
{
    const char *table = options ? options->label_table : NULL;
    if (!table)
        return err_set(err, STATUS_USAGE,
                       "%s: lists of label indices need their table (--label-table FILE)", path);
    struct framelists *l = mem_zeros(1, sizeof *l);
    enum status code = l ? framelists_read(l, path, table, err) : err_nomem(err);
    if (!code && !names_add_all(utterance, &l->lists.utterance))
        code = err_nomem(err);
    if (code)
        framelists_close(l);
    else
        *held = l;
    return code;
}

/* Names are numbered anew for each utterance, so that it needs nothing of the source's. */
static enum status framelists_get(const void *held, uint32_t u, struct utterance_labels *out,
                                  struct err *err)
{
    const struct framelists *l = held;
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

const struct label_format label_format_framelists = {.name = "frame JSON",
                                                     .suffix = {".json"},
                                                     .results = true,
                                                     .open = framelists_open,
                                                     .get = framelists_get,
                                                     .close = framelists_close};
