/*
 * A checkpoint from its files: the weights of a Hugging Face folder, in one file or in the shards
 * that an index lists, or of a single file; and the JSON texts that describe them.  All files stay
 * mapped as long as the checkpoint is open.
 */
#include "config.h"

#include "formats/tensors/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "formats/tensors/checkpoint_parts.h"
#include "base/buf.h"
#include "formats/jsontext.h"
#include "base/mem.h"
#include "base/names.h"

#define MAX_SHARDS      1000
#define MAX_NAMES_BYTES ((size_t)64 << 20)

/* Lets the system have the pages behind N bytes at P, whichever file they are of. */
static void checkpoint_forget(void *owner, const void *p, size_t n)
{
    const struct parts *parts = owner;
    for (size_t i = 0; i < parts->count; i++)
        mapped_forget(&parts->part[i].file, p, n);
}

/* Ends all mappings that the tensors are borrowed from. */
static void checkpoint_release(void *owner)
{
    struct parts *parts = owner;
    if (!parts)
        return;
    for (size_t i = 0; i < parts->count; i++) {
        tensors_free(&parts->part[i].shard);
        torchzip_free(parts->part[i].zip);
        mapped_close(&parts->part[i].file);
    }
    free(parts->part);
    arena_free(&parts->names);
    free(parts);
}

/* What is being put together. */
struct building {
    struct checkpoint *c;
    struct parts *parts; /* owner of c->tensors */
    size_t cap;          /* of c->tensors.tensor */
};

/* The object in FOLDER/NAME into *OUT, if there is such a file and *OUT is still NULL. */
static enum status checkpoint_read_json(json_t **out, const char *folder, const char *name,
                                        struct err *err)
{
    return *out ? STATUS_OK : checkpoint_open_json(out, folder, name, err);
}

/* The weights of FOLDER/NAME. */
static enum status checkpoint_add_file(struct building *b, const char *folder, const char *name,
                                       struct err *err)
{
    struct part *part;
    char *path = checkpoint_join(folder, name);
    if (!path)
        return err_nomem(err);
    enum status code = parts_add(b->parts, &b->c->tensors, &b->cap, path, &part, err);
    free(path);
    return code;
}

/* A file of the same folder, nothing else. */
static bool shard_is_plain_name(const char *name)
{
    return name && *name && strlen(name) < 256 && !strchr(name, '/') && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

/* All shards that MAP, from tensor to file name, names. */
static enum status checkpoint_add_shards(struct building *b, const char *folder, const char *path,
                                         const json_t *map, struct names *files, struct err *err)
{
    const char *key;
    json_t *value;
    if (!json_is_object(map))
        return err_set(err, STATUS_FORMAT, "%s: no weight_map", path);
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        if (!shard_is_plain_name(json_string_value(value)))
            return err_set(err, STATUS_FORMAT,
                           "%s: tensor %.200s: not the name of a file in the same folder", path,
                           key);
        if (names_add(files, json_string_value(value)) == NAMES_NONE)
            return err_nomem(err);
        if (files->count > MAX_SHARDS)
            return err_set(err, STATUS_FORMAT, "%s: more than %d files", path, MAX_SHARDS);
    }
    for (uint32_t i = 0; i < files->count; i++) {
        enum status code = checkpoint_add_file(b, folder, files->name[i], err);
        if (code)
            return code;
    }
    enum status code = tensors_sort(&b->c->tensors, path, err);
    if (code)
        return code;
    json_object_foreach(
        (json_t *)(uintptr_t)map, key,
        value) if (!tensors_find(&b->c->tensors,
                                 key)) return err_set(err, STATUS_FORMAT,
                                                      "%s: tensor %.200s is not in %.200s", path,
                                                      key, json_string_value(value));
    return STATUS_OK;
}

/* The shards of FOLDER/NAME, an index as transformers writes it. */
static enum status checkpoint_add_index(struct building *b, const char *folder, const char *name,
                                        struct err *err)
{
    json_t *index = NULL;
    struct names files = NAMES_INIT;
    char *path = checkpoint_join(folder, name);
    if (!path)
        return err_nomem(err);
    enum status code = jsontext_open(&index, path, err);
    if (!code)
        code = checkpoint_add_shards(b, folder, path, json_object_get(index, "weight_map"), &files,
                                     err);
    names_free(&files);
    json_decref(index);
    free(path);
    return code;
}

/* The names transformers writes, newest form first. */
static enum status checkpoint_open_folder(struct building *b, const char *folder, struct err *err)
{
    static const struct {
        const char *name;
        bool index;
    } files[] = {{"model.safetensors", false},
                 {"model.safetensors.index.json", true},
                 {"pytorch_model.bin", false},
                 {"pytorch_model.bin.index.json", true}};
    enum status code = checkpoint_refuse_adapter(folder, err), broken = STATUS_OK;
    struct err why;
    b->c->layout = CHECKPOINT_FOLDER;
    if (!code)
        code = checkpoint_read_json(&b->c->config, folder, "config.json", err);
    if (!code)
        code = checkpoint_read_extractor(b->c, folder, err);
    if (code)
        return code;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *path;
        code = checkpoint_find(&path, folder, files[i].name, &why);
        free(path);
        if (!code && path)
            return files[i].index ? checkpoint_add_index(b, folder, files[i].name, err)
                                  : checkpoint_add_file(b, folder, files[i].name, err);
        if (code && !broken)
            broken = err_set(err, code, "%s", why.msg);
    }
    return broken ? broken : checkpoint_refuse_folder(folder, err);
}

/* STEM.json or config.json in the folder of PATH, and what is said of recordings. */
static enum status checkpoint_read_beside(struct checkpoint *c, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    struct buf stem = BUF_INIT;
    char *folder = slash ? mem_strndup(path, (size_t)(slash + 1 - path)) : mem_strndup(".", 1);
    enum status code;
    buf_add(&stem, name, dot ? (size_t)(dot - name) : strlen(name));
    buf_str(&stem, ".json");
    if (!folder || !buf_ok(&stem)) {
        code = err_nomem(err);
        goto out;
    }
    code = checkpoint_read_json(&c->config, folder, stem.data, err);
    if (!code)
        code = checkpoint_read_json(&c->config, folder, "config.json", err);
    if (!code)
        code = checkpoint_read_extractor(c, folder, err);
out:
    free(folder);
    buf_free(&stem);
    return code;
}

/* A single file: its layout, weights and configuration. */
static enum status checkpoint_open_file(struct building *b, const char *path, struct err *err)
{
    struct part *part;
    const struct pickle_value *weights;
    struct checkpoint *c = b->c;
    enum status code = parts_add(b->parts, &c->tensors, &b->cap, path, &part, err);
    if (code)
        return code;
    c->layout = CHECKPOINT_SAFETENSORS;
    if (part->zip)
        code = torch_layout(part->zip, path, &c->layout, &weights, err);
    if (code)
        return code;
    if (c->layout == CHECKPOINT_SAFETENSORS || c->layout == CHECKPOINT_BARE)
        code = checkpoint_read_beside(c, path, err);
    if (!code && !c->config && part->zip)
        code = torch_config(part->zip, weights, &c->config, err);
    return code;
}

enum status checkpoint_open(struct checkpoint *out, const char *path, struct err *err)
{
    struct stat st;
    struct checkpoint c = {0};
    struct building b = {&c, mem_zeros(1, sizeof *b.parts), 0};
    enum status code = b.parts ? checkpoint_resolve(&c.path, path, err) : err_nomem(err);
    if (code) {
        free(b.parts);
        return code;
    }
    path = c.path;
    b.parts->names = arena_make(MAX_NAMES_BYTES);
    c.tensors.owner = b.parts;
    c.tensors.release = checkpoint_release;
    c.tensors.forget = checkpoint_forget;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        code = checkpoint_open_folder(&b, path, err);
    else
        code = checkpoint_open_file(&b, path, err);
    if (!code)
        code = tensors_sort(&c.tensors, path, err);
    if (!code && !c.config && !(c.config = json_object()))
        code = err_nomem(err);
    if (!code)
        code = checkpoint_describe_torchaudio(&c, err);
    if (code)
        checkpoint_free(&c);
    else
        *out = c;
    return code;
}

void checkpoint_free(struct checkpoint *c)
{
    tensors_free(&c->tensors);
    json_decref(c->config);
    json_decref(c->preprocessor);
    free(c->path);
    *c = (struct checkpoint){0};
}

const char *checkpoint_layout_name(enum checkpoint_layout layout)
{
    static const char *const names[] = {
        [CHECKPOINT_FOLDER] = "Hugging Face folder",
        [CHECKPOINT_SAFETENSORS] = "safetensors file",
        [CHECKPOINT_FAIRSEQ] = "fairseq checkpoint",
        [CHECKPOINT_S3PRL] = "s3prl checkpoint",
        [CHECKPOINT_WAVLM] = "WavLM checkpoint",
        [CHECKPOINT_MELHUBERT] = "MelHuBERT checkpoint",
        [CHECKPOINT_DISTILLER] = "s3prl distiller checkpoint",
        [CHECKPOINT_TORCHAUDIO] = "torchaudio state dictionary",
        [CHECKPOINT_BARE] = "torch state dictionary",
    };
    return names[layout];
}
