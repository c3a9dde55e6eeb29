/*
 * Files of torch.save since version 1.6: a zip archive with FOLDER/data.pkl, and each storage as
 * the member FOLDER/data/KEY.
 */
#include "config.h"

#include "formats/tensors/torchzip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/tensors/torchzip_parts.h"

static bool torchzip_ends(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);
    return n >= k && strcmp(name + n - k, end) == 0;
}

/* A zip archive of something else: of what, as its members tell. */
static enum status torchzip_refuse(const struct torchzip *z, struct err *err)
{
    static const char *const ends[][2] = {{".safetensors", "to be unpacked first"},
                                          {".bin", "to be unpacked first"},
                                          {".pt", "to be unpacked first"},
                                          {".pth", "to be unpacked first"},
                                          {".ckpt", "to be unpacked first"},
                                          {".npy", "of NumPy"},
                                          {".h5", "of Keras"}};
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
        for (size_t i = 0; i < zipbox_count(z->zip); i++)
            if (torchzip_ends(zipbox_name(z->zip, i), ends[k][0]))
                return err_set(err, STATUS_FORMAT,
                               "%s: a zip archive %s (it holds %.100s), not a torch.save file",
                               z->name, ends[k][1], zipbox_name(z->zip, i));
    return err_set(err, STATUS_FORMAT, "%s: a zip archive, but not of torch.save: no data.pkl",
                   z->name);
}

/* The name of the top folder: of the only member FOLDER/data.pkl. */
static enum status torchzip_find_folder(struct torchzip *z, struct err *err)
{
    const char *found = NULL, *slash;
    for (size_t i = 0; i < zipbox_count(z->zip); i++) {
        const char *name = zipbox_name(z->zip, i);
        slash = strchr(name, '/');
        if (!slash || strcmp(slash, "/data.pkl") != 0)
            continue;
        if (found)
            return err_set(err, STATUS_FORMAT, "%s: more than one data.pkl", z->name);
        found = name;
    }
    if (!found)
        return torchzip_refuse(z, err);
    z->folder = mem_strndup(found, (size_t)(strchr(found, '/') - found));
    return z->folder ? STATUS_OK : err_nomem(err);
}

/* FOLDER/NAME. */
static enum status torchzip_read_member(struct torchzip *z, const char *name,
                                        const unsigned char **data, size_t *size, struct err *err)
{
    char path[1024];
    int n = snprintf(path, sizeof path, "%s/%s", z->folder, name);
    int64_t member = n > 0 && (size_t)n < sizeof path ? zipbox_find(z->zip, path) : -1;
    if (member < 0)
        return err_set(err, STATUS_NOTFOUND, "%s: no member %.60s/%.300s", z->name, z->folder,
                       name);
    return zipbox_read(z->zip, (size_t)member, data, size, err);
}

/* torch.jit.save's archives have a data.pkl, too, of objects whose code lies beside it. */
static bool torchzip_is_script(const struct torchzip *z)
{
    for (size_t i = 0; i < zipbox_count(z->zip); i++)
        if (strstr(zipbox_name(z->zip, i), "/code/__torch__"))
            return true;
    return false;
}

/* The byte order, which older files do not state, and the pickle. */
static enum status torchzip_parse_zip(struct torchzip *z, struct err *err)
{
    const unsigned char *data;
    size_t size;
    char where[1200];
    enum status code = torchzip_find_folder(z, err);
    if (code)
        return code;
    if (torchzip_is_script(z))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: a TorchScript archive (torch.jit.save): torch.save its state_dict()",
                       z->name);
    code = torchzip_read_member(z, "byteorder", &data, &size, err);
    if (code && code != STATUS_NOTFOUND)
        return code;
    if (!code && (size != 6 || memcmp(data, "little", 6) != 0))
        return err_set(err, STATUS_UNSUPPORTED, "%s: byte order is not little-endian", z->name);
    code = torchzip_read_member(z, "data.pkl", &data, &size, err);
    if (code)
        return code;
    snprintf(where, sizeof where, "%s: %.60s/data.pkl", z->name, z->folder);
    return pickle_parse(&z->pickle, data, size, where, err);
}

enum status torchzip_parse(struct torchzip **out, const void *bytes, size_t size, const char *name,
                           struct err *err)
{
    enum status code;
    struct torchzip *z = mem_zeros(1, sizeof *z);
    if (!z || !(z->name = mem_strndup(name, strlen(name)))) {
        free(z);
        return err_nomem(err);
    }
    if (size >= 4 && memcmp(bytes, "PK\3\4", 4) == 0) {
        code = zipbox_open(&z->zip, bytes, size, z->name, err);
        if (!code)
            code = torchzip_parse_zip(z, err);
    } else if (torchlegacy_is(bytes, size)) {
        code = torchlegacy_parse(z, bytes, size, err);
    } else {
        code = err_set(err, STATUS_FORMAT, "%s: a pickle, but not of torch.save", name);
    }
    if (code)
        torchzip_free(z);
    else
        *out = z;
    return code;
}

void torchzip_free(struct torchzip *z)
{
    if (!z)
        return;
    pickle_free(&z->pickle);
    zipbox_free(z->zip);
    names_free(&z->keys);
    free(z->storage);
    free(z->folder);
    free(z->name);
    free(z);
}

struct pickle *torchzip_pickle(struct torchzip *z)
{
    return &z->pickle;
}

enum status torchzip_add(struct torchzip *z, const char *key, struct storage s, struct err *err)
{
    if (!mem_grow(&z->storage, &z->storage_cap, z->keys.count + 1, sizeof *z->storage))
        return err_nomem(err);
    uint32_t i = names_add(&z->keys, key);
    if (i == NAMES_NONE)
        return err_nomem(err);
    z->storage[i] = s;
    return STATUS_OK;
}

enum status torchzip_storage(struct torchzip *z, const char *key, struct storage *out,
                             struct err *err)
{
    char member[300];
    uint32_t known = names_find(&z->keys, key);
    if (known != NAMES_NONE) {
        *out = z->storage[known];
        return STATUS_OK;
    }
    if (!z->zip)
        return err_set(err, STATUS_FORMAT, "%s: no storage %s", z->name, key);
    struct storage s = {NULL, 0};
    snprintf(member, sizeof member, "data/%s", key);
    enum status code = torchzip_read_member(z, member, &s.data, &s.size, err);
    if (code == STATUS_NOTFOUND)
        code = err_set(err, STATUS_FORMAT, "%s: storage %s is missing", z->name, key);
    if (!code)
        code = torchzip_add(z, key, s, err);
    if (!code)
        *out = s;
    return code;
}
