/*
 * torchzip_parts.h - what the sources of the torch file reader share.
 */
#ifndef PROPNEU_FORMATS_TENSORS_TORCHZIP_PARTS_H
#define PROPNEU_FORMATS_TENSORS_TORCHZIP_PARTS_H

#include "base/names.h"
#include "formats/tensors/torchzip.h"
#include "formats/tensors/zipbox.h"

/* The bytes of one storage, once they have been asked for. */
struct storage {
    const unsigned char *data; /* [size] */
    size_t size;
};

struct torchzip {
    char *name;
    struct zipbox *zip; /* NULL: the older format */
    char *folder;       /* "archive": what the members' names begin with */
    struct pickle pickle;
    struct names keys;       /* of the storages, torch's numbers */
    struct storage *storage; /* [keys.count] */
    size_t storage_cap;
};

/* A storage as its persistent id names it: ('storage', type, KEY, device, elements[, view]). */
struct storage_id {
    char key[256];
    size_t elements;
    bool typed; /* else its elements are bytes and the tensor says its dtype */
    enum dtype dtype;
};

/* NAME is the tensor's, for messages. */
enum status storage_id_parse(struct storage_id *id, const struct pickle_value *v, const char *name,
                             struct err *err);

/* Enters the storage KEY; it must not be there yet. */
enum status torchzip_add(struct torchzip *z, const char *key, struct storage s, struct err *err);

/* The storage KEY, read from its member the first time. */
enum status torchzip_storage(struct torchzip *z, const char *key, struct storage *out,
                             struct err *err);

/* True if the bytes begin as the older format does. */
bool torchlegacy_is(const unsigned char *bytes, size_t size);

/* Fills Z->pickle and all storages. */
enum status torchlegacy_parse(struct torchzip *z, const unsigned char *bytes, size_t size,
                              struct err *err);

#endif
