/*
 * The pickle is written by the handful of opcodes that torch.save itself uses for such files,
 * protocol 2; the archive by libzip, stored, with tensors borrowed until it is closed.
 */
#include "config.h"

#include "formats/tensors/torchzip_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "formats/mapped.h"

/* The archive's one folder; any name will do. */
#define FOLDER "checkpoint/"

struct writer {
    const struct checkpoint *c;
    struct buf pickle; /* data.pkl so far */
    size_t *stored;    /* [storages]: the tensor of each, by place in C's */
    size_t storages;
};

static void put_op(struct writer *w, const char *bytes)
{
    buf_str(&w->pickle, bytes);
}

/* Numbers of the format are little-endian, whatever the machine is. */
static void put_little(struct writer *w, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        unsigned char b = (unsigned char)(v >> 8 * i);
        buf_add(&w->pickle, &b, 1);
    }
}

static void put_text(struct writer *w, const char *text, size_t len)
{
    put_op(w, "X");
    put_little(w, len, 4);
    buf_add(&w->pickle, text, len);
}

static void put_string(struct writer *w, const char *text)
{
    put_text(w, text, strlen(text));
}

/* BININT where the number fits 32 bits, else LONG1 of 8 bytes. */
static void put_int(struct writer *w, int64_t v)
{
    if (v >= INT32_MIN && v <= INT32_MAX) {
        put_op(w, "J");
        put_little(w, (uint64_t)v, 4);
    } else {
        put_op(w, "\x8a\x08");
        put_little(w, (uint64_t)v, 8);
    }
}

/* The one number that is big-endian. */
static void put_real(struct writer *w, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put_op(w, "G");
    for (int i = 7; i >= 0; i--) {
        unsigned char b = (unsigned char)(bits >> 8 * i);
        buf_add(&w->pickle, &b, 1);
    }
}

/* torch's name of the storages of D, or NULL. */
static const char *storage_class(enum dtype d)
{
    static const char *const names[DTYPE_COUNT] = {
        [DTYPE_F64] = "DoubleStorage",    [DTYPE_F32] = "FloatStorage", [DTYPE_F16] = "HalfStorage",
        [DTYPE_BF16] = "BFloat16Storage", [DTYPE_I64] = "LongStorage",  [DTYPE_I32] = "IntStorage",
        [DTYPE_I16] = "ShortStorage",     [DTYPE_I8] = "CharStorage",   [DTYPE_U8] = "ByteStorage",
        [DTYPE_BOOL] = "BoolStorage"};
    return d < DTYPE_COUNT ? names[d] : NULL;
}

/* Each tensor has a storage of its own, row-major. */
static enum status put_tensor(struct writer *w, const struct tensor *t, struct err *err)
{
    const char *class = storage_class(t->dtype);
    char key[24];
    size_t stride = t->count;
    if (!class)
        return err_set(err, STATUS_UNSUPPORTED, "%s: tensor %s: torch has no %s", w->c->path,
                       t->name, dtype_name(t->dtype));
    snprintf(key, sizeof key, "%zu", w->storages);
    w->stored[w->storages++] = (size_t)(t - w->c->tensors.tensor);
    put_op(w, "ctorch._utils\n_rebuild_tensor_v2\n((");
    put_string(w, "storage");
    buf_printf(&w->pickle, "ctorch\n%s\n", class);
    put_string(w, key);
    put_string(w, "cpu");
    put_int(w, (int64_t)t->count);
    put_op(w, "tQ");
    put_int(w, 0);
    put_op(w, "(");
    for (uint32_t d = 0; d < t->ndim; d++)
        put_int(w, (int64_t)t->shape[d]);
    put_op(w, "t(");
    for (uint32_t d = 0; d < t->ndim; d++) {
        stride = t->shape[d] ? stride / t->shape[d] : stride;
        put_int(w, (int64_t)stride);
    }
    put_op(w, "t\x89"
              "ccollections\nOrderedDict\n)RtR");
    return STATUS_OK;
}

/* True for a tensor of s3prl's other dictionaries, not of the weights (checkpoint.h). */
static bool is_beside_weights(const char *tensor)
{
    return strncmp(tensor, "Downstream.", 11) == 0 || strncmp(tensor, "Featurizer.", 11) == 0;
}

/* The tensor that V, under KEY of the other dictionary NAME, stands for; or NULL. */
static const struct tensor *tensor_behind(const struct writer *w, const char *name, const char *key,
                                          const json_t *v)
{
    struct buf full = BUF_INIT;
    const struct tensor *t = NULL;
    if (!name || strchr(name, '.') || !json_object_get(v, "__tensor__"))
        return NULL;
    buf_printf(&full, "%s.%s", name, key);
    if (buf_ok(&full) && is_beside_weights(full.data))
        t = tensors_find(&w->c->tensors, full.data);
    buf_free(&full);
    return t;
}

static enum status put_value(struct writer *w, const char *name, const json_t *v, struct err *err);

/* Keys and values of OBJECT, which is called NAME if it stands at the top. */
static enum status put_items(struct writer *w, const char *name, const json_t *object,
                             struct err *err)
{
    const char *key;
    json_t *v;
    enum status code = STATUS_OK;
    put_op(w, "}(");
    json_object_foreach((json_t *)(uintptr_t)object, key, v)
    {
        const struct tensor *t = tensor_behind(w, name, key, v);
        put_string(w, key);
        if (!t && json_object_get(v, "__tensor__"))
            v = json_null(); /* of which only the shape was read */
        code = t ? put_tensor(w, t, err) : put_value(w, NULL, v, err);
        if (code)
            return code;
    }
    put_op(w, "u");
    return code;
}

/* The trainers' options are attributes to their programs, not items. */
static enum status put_object(struct writer *w, const char *name, const json_t *v, struct err *err)
{
    bool options = name && (strcmp(name, "Args") == 0 || strcmp(name, "args") == 0);
    put_op(w, options ? "cargparse\nNamespace\n)\x81" : "");
    enum status code = put_items(w, options ? NULL : name, v, err);
    put_op(w, options ? "b" : "");
    return code;
}

/* V, which is called NAME if it stands at the top; its depth was bounded when it was read. */
static enum status put_value(struct writer *w, const char *name, const json_t *v, struct err *err)
{
    enum status code = STATUS_OK;
    switch (json_typeof(v)) {
    case JSON_OBJECT: return put_object(w, name, v, err);
    case JSON_ARRAY:
        put_op(w, "](");
        for (size_t i = 0; i < json_array_size(v) && !code; i++)
            code = put_value(w, NULL, json_array_get(v, i), err);
        put_op(w, "e");
        return code;
    case JSON_STRING: put_text(w, json_string_value(v), json_string_length(v)); break;
    case JSON_INTEGER: put_int(w, json_integer_value(v)); break;
    case JSON_REAL: put_real(w, json_real_value(v)); break;
    case JSON_TRUE: put_op(w, "\x88"); break;
    case JSON_FALSE: put_op(w, "\x89"); break;
    default: put_op(w, "N"); break;
    }
    return code;
}

static const char *weights_key(enum checkpoint_layout l)
{
    return l == CHECKPOINT_S3PRL       ? "model_weight"
           : l == CHECKPOINT_DISTILLER ? "Distiller"
                                       : "model";
}

static enum status put_weights(struct writer *w, struct err *err)
{
    const struct tensors *t = &w->c->tensors;
    enum status code = STATUS_OK;
    put_op(w, "ccollections\nOrderedDict\n)R(");
    for (size_t i = 0; i < t->count && !code; i++)
        if (!is_beside_weights(t->tensor[i].name)) {
            put_string(w, t->tensor[i].name);
            code = put_tensor(w, &t->tensor[i], err);
        }
    put_op(w, "u");
    return code;
}

/*
 * The pickle of the whole checkpoint: the configuration's keys, then the weights under the key that
 * the layout's reader looks for; torchaudio's has the weights alone.
 */
static enum status put_checkpoint(struct writer *w, struct err *err)
{
    const char *key;
    json_t *v;
    bool alone = w->c->layout == CHECKPOINT_TORCHAUDIO;
    enum status code = STATUS_OK;
    put_op(w, alone ? "\x80\x02" : "\x80\x02}(");
    json_object_foreach(w->c->config, key, v)
    {
        if (alone)
            break;
        put_string(w, key);
        if ((code = put_value(w, key, v, err)))
            return code;
    }
    if (!alone)
        put_string(w, weights_key(w->c->layout));
    code = put_weights(w, err);
    put_op(w, alone ? "." : "u.");
    return code || buf_ok(&w->pickle) ? code : err_nomem(err);
}

/* N bytes at DATA, borrowed until Z is closed, as member NAME; always of the same time. */
static bool archive_add_member(zip_t *z, const char *name, const void *data, size_t n)
{
    zip_source_t *source = zip_source_buffer(z, data, n, 0);
    zip_int64_t at = source ? zip_file_add(z, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        zip_source_free(source);
        return false;
    }
    return zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(z, (zip_uint64_t)at, 0, 0x21, 0) == 0;
}

/* Row-major elements of T: its own, or a copy in MEMORY. */
static const void *tensor_rows(const struct tensor *t, struct arena *memory)
{
    if (t->count == 0)
        return "";
    if (tensor_contiguous(t))
        return t->data;
    void *copy = arena_zeros(memory, t->count, dtype_size(t->dtype));
    if (copy)
        tensor_copy(t, copy);
    return copy;
}

/* Members as torch.save names them, the pickle first. */
static bool archive_add_members(zip_t *z, const struct writer *w, struct arena *memory)
{
    char name[64];
    bool good = archive_add_member(z, FOLDER "data.pkl", w->pickle.data, w->pickle.len);
    for (size_t i = 0; i < w->storages && good; i++) {
        const struct tensor *t = &w->c->tensors.tensor[w->stored[i]];
        const void *data = tensor_rows(t, memory);
        snprintf(name, sizeof name, FOLDER "data/%zu", i);
        good = data && archive_add_member(z, name, data, t->count * dtype_size(t->dtype));
    }
    return good && archive_add_member(z, FOLDER "version", "3\n", 2) &&
           archive_add_member(z, FOLDER "byteorder", "little", 6);
}

static int archive_stopped(zip_t *z, void *stop)
{
    (void)z;
    return cancelled(stop);
}

/*
 * The archive at PATH, which must not exist yet.  libzip writes it when it is closed, and asks
 * meanwhile whether to stop.
 */
static enum status archive_write(const struct writer *w, const char *path,
                                 const struct cancel *stop, struct err *err)
{
    int why = 0;
    errno = 0;
    struct arena memory = arena_make(SIZE_MAX);
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_EXCL, &why);
    zip_error_t e;
    enum status code = STATUS_OK;
    if (!z) {
        zip_error_init_with_code(&e, why);
        code = err_blame(err, STATUS_IO, path, "%s", zip_error_strerror(&e));
        zip_error_fini(&e);
        goto out;
    }
    zip_register_cancel_callback_with_state(z, archive_stopped, NULL, (void *)(uintptr_t)stop);
    if (!archive_add_members(z, w, &memory))
        code = err_nomem(err);
    else if (zip_close(z) == 0)
        z = NULL;
    else if (archive_stopped(z, (void *)(uintptr_t)stop))
        code = err_set(err, STATUS_CANCELLED, "%s: interrupted", path);
    else if (!(code = mapped_unchanged(err)))
        code = err_blame(err, STATUS_IO, path, "%s", zip_strerror(z));
    if (z)
        zip_discard(z);
out:
    arena_free(&memory);
    return code;
}

/* Onto the disk, where libzip leaves it to the system. */
static enum status archive_sync(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum status code = fd >= 0 && fsync(fd) == 0 ? STATUS_OK : err_errno(err, path);
    if (fd >= 0)
        close(fd);
    return code;
}

enum status torchzip_write(const struct checkpoint *c, const char *path, const struct cancel *stop,
                           struct err *err)
{
    struct writer w = {.c = c, .stored = mem_array(c->tensors.count, sizeof *w.stored)};
    enum status code = w.stored ? put_checkpoint(&w, err) : err_nomem(err);
    if (!code)
        code = archive_write(&w, path, stop, err);
    if (!code && (code = archive_sync(path, err)))
        unlink(path);
    buf_free(&w.pickle);
    free(w.stored);
    return code;
}
