/*
 * The label table of the published program: numbers to phones, and how often each occurs.
 */
#include "config.h"

#include "corpus/published.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/countfile.h"
#include "formats/datadir.h"
#include "formats/file.h"
#include "formats/labels/framejson.h"
#include "formats/jsontext.h"
#include "base/mem.h"

void published_labels_free(struct published_labels *t)
{
    names_free(&t->name);
    free(t->name_of);
    free(t->occurrences);
    *t = (struct published_labels){.count = 0};
}

/* Adds up the occurrences of the labels that have one name; forgets all if one label has none. */
static void published_read_occurrences(struct published_labels *t, const struct label_table *table,
                                       const json_t *json)
{
    bool known = t->occurrences;
    for (size_t i = 0; i < table->count && known; i++) {
        if (!table->label[i])
            continue;
        const json_t *n = json_array_get(json_object_get(json, table->label[i]), 1);
        int64_t *sum = &t->occurrences[t->name_of[i]];
        known = json_is_integer(n) && json_integer_value(n) >= 0 &&
                !__builtin_add_overflow(*sum, json_integer_value(n), sum);
    }
    if (!known) {
        free(t->occurrences);
        t->occurrences = NULL;
    }
}

/* Canonical phone name of each label number, NAMES_NONE where the table has no label. Labels of one
 * canonical name share an entry. */
static enum status published_name_labels(struct published_labels *t,
                                         const struct label_table *table,
                                         const struct phones *phones, struct err *err)
{
    char name[PHONES_NAME_MAX];
    t->count = table->count;
    t->name_of = mem_array(table->count, sizeof *t->name_of);
    t->occurrences = mem_zeros(table->count, sizeof *t->occurrences);
    if (!t->name_of || !t->occurrences)
        return err_nomem(err);
    for (size_t i = 0; i < table->count; i++) {
        t->name_of[i] = NAMES_NONE;
        if (!table->label[i])
            continue;
        phones_canonical(phones, table->label[i], name);
        counts_clean(name);
        if ((t->name_of[i] = names_add(&t->name, name)) == NAMES_NONE)
            return err_nomem(err);
    }
    return STATUS_OK;
}

enum status published_labels_open(struct published_labels *out, const char *path,
                                  const struct phones *phones, struct err *err)
{
    struct published_labels t = {.count = 0};
    struct label_table table = {NULL, 0};
    struct mapped m = {NULL, 0};
    struct buf own = BUF_INIT;
    json_t *json = NULL;
    enum status code;
    if (!path) {
        buf_printf(&own, "%s/phones/published-labels.json", datadir());
        path = buf_text(&own);
    }
    if (!buf_ok(&own)) {
        code = err_nomem(err);
        goto out;
    }
    if ((code = mapped_open(&m, path, err)) ||
        (code = label_table_parse(&table, m.data, m.size, path, err)) ||
        (label_table_is_json(m.data, m.size) &&
         (code = jsontext_parse(&json, m.data, m.size, path, err))) ||
        (code = published_name_labels(&t, &table, phones, err)))
        goto out;
    published_read_occurrences(&t, &table, json);
    *out = t;
    t = (struct published_labels){.count = 0};
out:
    published_labels_free(&t);
    label_table_free(&table);
    json_decref(json);
    mapped_close(&m);
    buf_free(&own);
    return code;
}
