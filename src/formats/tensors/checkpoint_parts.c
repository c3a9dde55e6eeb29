/*
 * One file of weights, safetensors or torch.save, added to the tensors of a checkpoint: the kind is
 * seen from its first bytes, whatever its name is.
 */
#include "config.h"

#include "formats/tensors/checkpoint_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/foreign.h"
#include "formats/tensors/safetensors.h"

#define MAX_TENSORS 100000
#define MAX_NAME    1024

/* ONE at the end of T. */
static enum status parts_append(struct tensors *t, size_t *cap, struct tensor *one,
                                const char *path, struct err *err)
{
    if (t->count >= MAX_TENSORS)
        return err_set(err, STATUS_FORMAT, "%s: more than %d tensors", path, MAX_TENSORS);
    if (!mem_grow(&t->tensor, cap, t->count + 1, sizeof *t->tensor))
        return err_nomem(err);
    t->tensor[t->count++] = *one;
    return STATUS_OK;
}

/* The tensors of a safetensors file; its metadata too if they are the first. */
static enum status parts_add_safetensors(struct part *part, struct tensors *t, size_t *cap,
                                         const char *path, struct err *err)
{
    enum status code = safetensors_parse(&part->shard, part->file.data, part->file.size, path, err);
    for (size_t i = 0; !code && i < part->shard.count; i++)
        code = parts_append(t, cap, &part->shard.tensor[i], path, err);
    if (!code && !t->meta) {
        t->meta = part->shard.meta;
        t->metas = part->shard.metas;
        part->shard.meta = NULL;
        part->shard.metas = 0;
    }
    return code;
}

/*
 * The entries of WEIGHTS that are tensors under a name, with PREFIX before it; counters and the
 * like are left out.
 */
static enum status parts_add_weights(struct parts *parts, struct torchzip *z, const char *prefix,
                                     const struct pickle_value *weights, struct tensors *t,
                                     size_t *cap, const char *path, struct err *err)
{
    size_t before = strlen(prefix);
    for (size_t i = 0; i + 1 < weights->items.count; i += 2) {
        const struct pickle_value *key = weights->items.item[i], *v = weights->items.item[i + 1];
        struct tensor one;
        if (key->kind != PICKLE_STR || !torchzip_is_tensor(v))
            continue;
        if (key->text.len > MAX_NAME || memchr(key->text.data, '\0', key->text.len))
            return err_set(err, STATUS_FORMAT, "%s: the name of a tensor is too long or has a NUL",
                           path);
        char *name = arena_zeros(&parts->names, before + key->text.len + 1, 1);
        if (!name)
            return err_nomem(err);
        memcpy(name, prefix, before);
        memcpy(name + before, key->text.data, key->text.len);
        enum status code = torchzip_tensor(z, v, name, &one, err);
        if (!code)
            code = parts_append(t, cap, &one, path, err);
        if (code)
            return code;
    }
    return STATUS_OK;
}

/* What s3prl's trainer saves with the model: the head, and the weights of its sum of layers. */
static enum status parts_add_heads(struct parts *parts, struct torchzip *z, struct tensors *t,
                                   size_t *cap, const char *path, struct err *err)
{
    static const char *const keys[][2] = {{"Downstream", "Downstream."},
                                          {"Featurizer", "Featurizer."}};
    enum status code = STATUS_OK;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !code; i++) {
        const struct pickle_value *head = pickle_get(torchzip_pickle(z)->root, keys[i][0]);
        if (head && head->kind == PICKLE_DICT)
            code = parts_add_weights(parts, z, keys[i][1], head, t, cap, path, err);
    }
    return code;
}

static bool is_safetensors(const struct mapped *file)
{
    return file->size > 8 && file->data[8] == '{';
}

static bool is_torch(const struct mapped *file)
{
    return file->size > 4 && (memcmp(file->data, "PK\3\4", 4) == 0 || file->data[0] == 0x80);
}

enum status parts_add(struct parts *parts, struct tensors *t, size_t *cap, const char *path,
                      struct part **out, struct err *err)
{
    enum checkpoint_layout layout;
    const struct pickle_value *weights;
    if (!mem_grow(&parts->part, &parts->cap, parts->count + 1, sizeof *parts->part))
        return err_nomem(err);
    struct part *part = &parts->part[parts->count];
    *part = (struct part){0};
    enum status code = mapped_open(&part->file, path, err);
    if (code)
        return code;
    parts->count++;
    *out = part;
    if (is_safetensors(&part->file))
        return parts_add_safetensors(part, t, cap, path, err);
    if (!is_torch(&part->file))
        return foreign_refuse(path, part->file.data, part->file.size,
                              "a safetensors or torch.save file", err);
    code = torchzip_parse(&part->zip, part->file.data, part->file.size, path, err);
    if (!code)
        code = torch_layout(part->zip, path, &layout, &weights, err);
    if (!code)
        code = parts_add_weights(parts, part->zip, "", weights, t, cap, path, err);
    return code ? code : parts_add_heads(parts, part->zip, t, cap, path, err);
}
