/*
 * Partitions of the phones beside their classes: the bundled ones of articulation, and tables of
 * the user's own.
 */
#include "config.h"

#include "corpus/phones.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/datadir.h"

static const char *const bundled[] = {"manner",   "place",    "voicing", "height",
                                      "backness", "rounding", "nasality"};

const char *const *phones_feature_names(size_t *count)
{
    *count = sizeof bundled / sizeof *bundled;
    return bundled;
}

const struct phone_feature *phones_feature(const struct phones *p, const char *name, size_t len)
{
    for (uint32_t i = 0; i < p->features; i++)
        if (strlen(p->feature[i].name) == len && memcmp(p->feature[i].name, name, len) == 0)
            return &p->feature[i];
    return NULL;
}

int phones_feature_class(const struct phone_feature *f, const char *phone)
{
    char form[PHONES_NAME_MAX];
    if (phones_canonical(&f->table, phone, form) != PHONE_KNOWN)
        return -1;
    return phones_class(&f->table, form);
}

/* The last part of PATH up to its first dot: "my/clusters.tsv" is the property clusters. */
static char *phones_stem(const char *path)
{
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    return mem_strndup(name, strcspn(name, "."));
}

static enum status phones_take_feature(struct phones *p, const char *name, const char *path,
                                       struct err *err)
{
    struct phone_feature f = {.name = mem_strndup(name, strlen(name))};
    enum status code = f.name ? phones_open(&f.table, path, err) : err_nomem(err);
    size_t cap = p->features;
    if (!code && !mem_grow(&p->feature, &cap, p->features + 1, sizeof *p->feature))
        code = err_nomem(err);
    if (code) {
        free(f.name);
        phones_free(&f.table);
        return code;
    }
    p->feature[p->features++] = f;
    return STATUS_OK;
}

enum status phones_add_feature(struct phones *p, const char *path, struct err *err)
{
    char *name = phones_stem(path);
    enum status code = STATUS_OK;
    if (!name)
        return err_nomem(err);
    if (!*name || strcmp(name, "phone") == 0 || strcmp(name, "each-phone") == 0)
        code = err_set(err, STATUS_USAGE,
                       "%s: a table beside another needs a name of its own, as "
                       "the property that it makes",
                       path);
    else if (!phones_feature(p, name, strlen(name)))
        code = phones_take_feature(p, name, path, err);
    free(name);
    return code;
}

/* A folder of data without one of them has no such property. */
enum status phones_add_features(struct phones *p, struct err *err)
{
    enum status code = STATUS_OK;
    for (size_t i = 0; i < sizeof bundled / sizeof *bundled && !code; i++) {
        struct buf path = BUF_INIT;
        buf_printf(&path, "%s/phones/%s.tsv", datadir(), bundled[i]);
        if (!buf_ok(&path))
            code = err_nomem(err);
        else if (access(path.data, F_OK) == 0 && !phones_feature(p, bundled[i], strlen(bundled[i])))
            code = phones_take_feature(p, bundled[i], path.data, err);
        buf_free(&path);
    }
    return code;
}

/* The text up to the first comma; all of it where a file is called so. */
static size_t phones_list_first(const char *list)
{
    return access(list, F_OK) == 0 ? strlen(list) : strcspn(list, ",");
}

enum status phones_open_list(struct phones *p, const char *list, struct err *err)
{
    struct phones made;
    size_t n = list ? phones_list_first(list) : 0;
    char *first = list ? mem_strndup(list, n) : NULL;
    enum status code = list && !first ? err_nomem(err) : phones_open(&made, first, err);
    free(first);
    if (code)
        return code;
    for (const char *at = list ? list + n : ""; *at && !code; at += n) {
        at++;
        n = strcspn(at, ",");
        char *path = mem_strndup(at, n);
        code = path ? phones_add_feature(&made, path, err) : err_nomem(err);
        free(path);
    }
    made.asked = made.features;
    if (!code)
        code = phones_add_features(&made, err);
    if (code)
        phones_free(&made);
    else
        *p = made;
    return code;
}
