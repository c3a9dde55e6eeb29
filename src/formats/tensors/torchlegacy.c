/*
 * Files of torch.save before version 1.6, or with _use_new_zipfile_serialization=False: five
 * pickles and then the bytes of all storages (torch/serialization.py, _legacy_load).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/tensors/torchzip_parts.h"

/* The number 0x1950a86a20f9469cfc6c as a pickle of protocol 2. */
static const unsigned char magic[] = {0x80, 2,    0x8a, 10,   0x6c, 0xfc, 0x9c, 0x46,
                                      0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};

bool torchlegacy_is(const unsigned char *bytes, size_t size)
{
    return size >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

/* What is still to be read of the file. */
struct reading {
    const unsigned char *at, *end;
    const char *name;
};

static enum status legacy_next_pickle(struct reading *r, struct pickle *p, struct err *err)
{
    enum status code = pickle_parse(p, r->at, (size_t)(r->end - r->at), r->name, err);
    if (!code)
        r->at += p->used;
    return code;
}

/* The persistent ids by storage: only they tell how long a storage's elements are. */
struct ids {
    struct names keys;
    size_t *persid; /* [keys.count]: index of one that names the key */
};

/* A text without NUL as C string; false for other values. */
static bool legacy_key_text(const struct pickle_value *v, char *text, size_t size)
{
    if (!v || v->kind != PICKLE_STR || v->text.len >= size ||
        memchr(v->text.data, '\0', v->text.len))
        return false;
    memcpy(text, v->text.data, v->text.len);
    text[v->text.len] = '\0';
    return true;
}

/* The persistent ids of P by the key of their storage. */
static enum status legacy_collect_ids(struct ids *ids, const struct pickle *p, struct err *err)
{
    char key[256];
    ids->persid = mem_array(p->persids.count, sizeof *ids->persid);
    if (!ids->persid)
        return err_nomem(err);
    for (size_t i = 0; i < p->persids.count; i++) {
        if (!legacy_key_text(pickle_item(p->persids.item[i]->id, 2), key, sizeof key))
            continue;
        uint32_t known = names_add(&ids->keys, key);
        if (known == NAMES_NONE)
            return err_nomem(err);
        ids->persid[known] = i;
    }
    return STATUS_OK;
}

/* The storage behind KEY: its number of elements as 64 bits, then the elements. */
static enum status legacy_read_storage(struct torchzip *z, struct reading *r, const struct ids *ids,
                                       const char *key, struct err *err)
{
    struct storage_id id;
    uint64_t elements;
    uint32_t known = names_find(&ids->keys, key);
    if (known == NAMES_NONE)
        return err_set(err, STATUS_FORMAT, "%s: storage %s belongs to no tensor", r->name, key);
    enum status code =
        storage_id_parse(&id, z->pickle.persids.item[ids->persid[known]], "(storage)", err);
    if (code)
        return err_prefix(err, "%s", r->name);
    size_t unit = dtype_size(id.dtype), left = (size_t)(r->end - r->at);
    if (left < sizeof elements)
        return err_set(err, STATUS_FORMAT, "%s: ends before storage %s", r->name, key);
    memcpy(&elements, r->at, sizeof elements);
    left -= sizeof elements;
    if (elements != id.elements || elements > left / unit)
        return err_set(err, STATUS_FORMAT, "%s: storage %s: %llu elements, %zu bytes left", r->name,
                       key, (unsigned long long)elements, left);
    if (names_find(&z->keys, key) != NAMES_NONE)
        return err_set(err, STATUS_FORMAT, "%s: storage %s appears twice", r->name, key);
    struct storage s = {r->at + sizeof elements, elements * unit};
    r->at = s.data + s.size;
    return torchzip_add(z, key, s, err);
}

/* Storages follow in the order of the list KEYS. */
static enum status legacy_read_storages(struct torchzip *z, struct reading *r,
                                        const struct pickle_value *keys, struct err *err)
{
    char key[256];
    struct ids ids = {NAMES_INIT, NULL};
    enum status code = legacy_collect_ids(&ids, &z->pickle, err);
    if (!code && keys->kind != PICKLE_LIST)
        code = err_set(err, STATUS_FORMAT, "%s: no list of storages", r->name);
    for (size_t i = 0; !code && i < keys->items.count; i++) {
        if (legacy_key_text(keys->items.item[i], key, sizeof key))
            code = legacy_read_storage(z, r, &ids, key, err);
        else
            code = err_set(err, STATUS_FORMAT, "%s: no list of storages", r->name);
    }
    names_free(&ids.keys);
    free(ids.persid);
    return code;
}

/*
 * Five pickles in a row (magic number, version, machine, the value, keys of the storages), then the
 * storages.
 */
enum status torchlegacy_parse(struct torchzip *z, const unsigned char *bytes, size_t size,
                              struct err *err)
{
    struct reading r = {bytes + sizeof magic, bytes + size, z->name};
    struct pickle version = {0}, machine = {0}, keys = {0};
    int64_t number, little = 0;
    enum status code = legacy_next_pickle(&r, &version, err);
    if (code)
        goto out;
    if (!pickle_int(version.root, &number) || number != 1001) {
        code = err_set(err, STATUS_UNSUPPORTED, "%s: unknown version of torch.save", z->name);
        goto out;
    }
    code = legacy_next_pickle(&r, &machine, err);
    if (code)
        goto out;
    if (!pickle_int(pickle_get(machine.root, "little_endian"), &little) || !little) {
        code = err_set(err, STATUS_UNSUPPORTED, "%s: byte order is not little-endian", z->name);
        goto out;
    }
    code = legacy_next_pickle(&r, &z->pickle, err);
    if (!code)
        code = legacy_next_pickle(&r, &keys, err);
    if (!code)
        code = legacy_read_storages(z, &r, keys.root, err);
out:
    pickle_free(&version);
    pickle_free(&machine);
    pickle_free(&keys);
    return code;
}
