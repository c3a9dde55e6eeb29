/*
 * Tensors by our names, whatever the file calls them: heads put a prefix before the model's names,
 * and each kind of file has a spelling of its own, which the family's row lists.
 */
#include "config.h"

#include "model/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Length of the digits that NAME begins with. */
static size_t name_digits(const char *name)
{
    return strspn(name, "0123456789");
}

/* If NAME fits PATTERN: where its number stands and the rest behind the pattern. */
static bool name_fits(const char *name, const char *pattern, const char **number, const char **rest)
{
    *number = "";
    for (; *pattern; pattern++)
        if (*pattern == '#') {
            *number = name;
            name += name_digits(name);
            if (name == *number)
                return false;
        } else if (*name++ != *pattern) {
            return false;
        }
    *rest = name;
    return *name == '\0' || pattern[-1] == '.';
}

bool tensor_name_fits(const char *name, const char *pattern)
{
    const char *number, *rest;
    return name_fits(name, pattern, &number, &rest);
}

/* What the file calls NAME, without the prefix. */
static void name_spell(const struct spelling *pair, const char *name, char out[MAX_TENSOR_NAME])
{
    const char *number, *rest;
    for (; pair->ours; pair++) {
        if (!name_fits(name, pair->ours, &number, &rest))
            continue;
        const char *form = pair->theirs;
        int before = (int)strcspn(form, "#");
        const char *after = form[before] ? form + before + 1 : "";
        snprintf(out, MAX_TENSOR_NAME, "%.*s%.*s%s%s", before, form,
                 *after ? (int)name_digits(number) : 0, number, after, rest);
        return;
    }
    snprintf(out, MAX_TENSOR_NAME, "%s", name);
}

/* True if NAME ends in END, as a whole or behind a dot. */
static bool name_ends_in(const char *name, const char *end, size_t *before)
{
    size_t n = strlen(name), k = strlen(end);
    *before = n - k;
    return n >= k && strcmp(name + n - k, end) == 0 && (n == k || name[n - k - 1] == '.');
}

/* The prefix of a file with this spelling, "" if its anchor is missing; there may be only one. */
static enum status binder_find_prefix(struct binder *b, const char *anchor, struct err *err)
{
    const char *mark = NULL;
    size_t length = 0;
    for (size_t i = 0; i < b->tensors->count; i++) {
        const char *here = b->tensors->tensor[i].name;
        size_t before;
        if (!name_ends_in(here, anchor, &before) || before >= sizeof b->prefix)
            continue;
        if (mark)
            return err_set(err, STATUS_UNSUPPORTED, "%s: two encoders in one file: %s and %s",
                           b->path, mark, here);
        mark = here;
        length = before;
    }
    if (mark)
        memcpy(b->prefix, mark, length);
    b->prefix[length] = '\0';
    return STATUS_OK;
}

enum status binder_spell(struct binder *b, const struct tensor_names *names, struct err *err)
{
    char name[sizeof b->prefix + MAX_TENSOR_NAME];
    enum status code;
    b->names = names;
    b->used = arena_zeros(&b->model->memory, b->tensors->count, sizeof *b->used);
    if (b->tensors->count && !b->used)
        return err_nomem(err);
    for (size_t i = 0; i < names->kinds; i++) {
        b->spelling = &names->kind[i];
        if ((code = binder_find_prefix(b, b->spelling->anchor, err)) || !b->spelling->sign)
            return code;
        snprintf(name, sizeof name, "%s%s", b->prefix, b->spelling->sign);
        if (tensors_find(b->tensors, name))
            return STATUS_OK;
    }
    return STATUS_OK;
}

/* Third N of T along its first axis, in the model's memory; NULL if it cannot be divided. */
static const struct tensor *binder_third(struct binder *b, const struct tensor *t, unsigned n)
{
    struct tensor *part =
        t->ndim && t->shape[0] % 3 == 0 ? arena_zeros(&b->model->memory, 1, sizeof *part) : NULL;
    if (!part)
        return NULL;
    *part = *t;
    part->shape[0] /= 3;
    part->count /= 3;
    part->data += n * part->shape[0] * part->stride[0] * dtype_size(t->dtype);
    return part;
}

const struct tensor *binder_find(struct binder *b, const char *name, char spelled[MAX_TENSOR_NAME])
{
    char theirs[MAX_TENSOR_NAME];
    name_spell(b->spelling->pairs, name, theirs);
    char *third = strchr(theirs, '@');
    if (third)
        *third++ = '\0';
    int n = snprintf(spelled, MAX_TENSOR_NAME, "%s%s", b->prefix, theirs);
    const struct tensor *t = n < MAX_TENSOR_NAME ? tensors_find(b->tensors, spelled) : NULL;
    if (t)
        b->used[t - b->tensors->tensor] = true;
    return t && third ? binder_third(b, t, (unsigned)(*third - '0')) : t;
}

/* True if NAME begins with one of LIST, which ends in NULL. */
static bool name_begins_with_any(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strncmp(name, *list, strlen(*list)) == 0)
            return true;
    return false;
}

/* True if a tensor of that name, behind the prefix, is of layer *LAYER (from 0). */
static bool binder_layer(const struct binder *b, const char *name, unsigned long *layer)
{
    const char *layers = b->spelling->layers;
    size_t n = strlen(layers);
    if (strncmp(name, layers, n) != 0 || name_digits(name + n) == 0)
        return false;
    *layer = strtoul(name + n, NULL, 10);
    return true;
}

/* True if a tensor of that name, behind the prefix, would take part in the computation; layers
 * that the configuration leaves out are not computed by anybody, and counted. */
static bool binder_takes_part(struct binder *b, const char *name)
{
    struct model_info *info = &b->model->info;
    unsigned long layer;
    if (binder_layer(b, name, &layer) && layer >= b->model->encoder.layers) {
        if (layer >= info->layers_stored && layer < UINT32_MAX)
            info->layers_stored = (uint32_t)layer + 1;
        return false;
    }
    return !name_begins_with_any(name, b->names->ignored) &&
           name_begins_with_any(name, b->names->computed);
}

enum status binder_finish(struct binder *b, struct err *err)
{
    struct model *m = b->model;
    size_t prefix = strlen(b->prefix), count = 0;
    for (size_t i = 0; i < b->tensors->count; i++)
        count += !b->used[i];
    const char **unused = arena_zeros(&m->memory, count + 1, sizeof *unused);
    if (!unused)
        return err_nomem(err);
    m->info.unused = unused;
    for (size_t i = 0; i < b->tensors->count; i++) {
        const char *name = b->tensors->tensor[i].name;
        if (b->used[i])
            continue;
        if (strncmp(name, b->prefix, prefix) == 0 && binder_takes_part(b, name + prefix))
            return err_set(err, STATUS_UNSUPPORTED,
                           "%s: tensor %s is not part of the model in the "
                           "configuration",
                           b->path, name);
        char *kept = arena_zeros(&m->memory, strlen(name) + 1, 1);
        if (!kept)
            return err_nomem(err);
        unused[m->info.unused_count++] = strcpy(kept, name);
    }
    return STATUS_OK;
}
