/*
 * Folders that checkpoints lie in: Hugging Face's cache, where a model is a revision among others
 * and its files are links, and folders that hold something else than a model.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/folder.h"
#include "formats/jsontext.h"
#include "formats/tensors/checkpoint_parts.h"

#define BLOBS "../../blobs/"

/* FOLDER/NAME as it is; NULL without memory. */
static char *folder_join(const char *folder, const char *name)
{
    struct buf b = BUF_INIT;
    size_t n = strlen(folder);
    buf_printf(&b, "%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", name);
    if (buf_ok(&b))
        return b.data;
    buf_free(&b);
    return NULL;
}

/* The first line of the small file PATH, without blanks at its end; false if there is none. */
static bool folder_first_line(const char *path, char *line, size_t size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool small = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
                 (size_t)st.st_size < size;
    ssize_t n = small ? read(fd, line, size - 1) : 0;
    if (fd >= 0)
        close(fd);
    line[n > 0 ? n : 0] = '\0';
    line[strcspn(line, " \t\r\n")] = '\0';
    return *line != '\0';
}

static bool folder_plain_name(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/*
 * Where a cache was copied by a program that knows no links, a file of a snapshot holds the text of
 * its link; what that leads to is meant.
 */
char *checkpoint_join(const char *folder, const char *name)
{
    char line[256];
    char *path = folder_join(folder, name);
    if (path && strstr(folder, "/snapshots/") && folder_first_line(path, line, sizeof line) &&
        strncmp(line, BLOBS, strlen(BLOBS)) == 0 && folder_plain_name(line + strlen(BLOBS))) {
        free(path);
        path = folder_join(folder, line);
    }
    return path;
}

enum status checkpoint_find(char **out, const char *folder, const char *name, struct err *err)
{
    struct stat st;
    char target[256];
    char *path = checkpoint_join(folder, name);
    *out = NULL;
    if (!path)
        return err_nomem(err);
    if (stat(path, &st) == 0) {
        *out = path;
        return STATUS_OK;
    }
    ssize_t n = readlink(path, target, sizeof target - 1);
    if (n > 0 || strstr(path, "/" BLOBS))
        err_set(err, STATUS_IO, "%s: a link to %.*s, which is missing: fetch the model again", path,
                n > 0 ? (int)n : (int)strlen(BLOBS), n > 0 ? target : BLOBS);
    free(path);
    return n > 0 ? STATUS_IO : STATUS_OK;
}

enum status checkpoint_open_json(json_t **out, const char *folder, const char *name,
                                 struct err *err)
{
    char *path;
    enum status code = checkpoint_find(&path, folder, name, err);
    *out = NULL;
    if (!code && path)
        code = jsontext_open(out, path, err);
    free(path);
    return code;
}

/* The folders in FOLDER whose names begin with BEGIN: how many, and the first of them. */
static size_t folder_count(const char *folder, const char *begin, char first[256])
{
    size_t n = 0;
    DIR *d = opendir(folder);
    struct dirent *e;
    *first = '\0';
    while (d && (e = readdir(d))) {
        char *path = e->d_name[0] == '.' || strncmp(e->d_name, begin, strlen(begin)) != 0
                         ? NULL
                         : folder_join(folder, e->d_name);
        if (path && folder_is(path) && strlen(e->d_name) < 256) {
            if (n++ == 0 || strcmp(e->d_name, first) < 0)
                strcpy(first, e->d_name);
        }
        free(path);
    }
    if (d)
        closedir(d);
    return n;
}

/* True if FOLDER/NAME is a folder. */
static bool folder_has_folder(const char *folder, const char *name)
{
    char *path = folder_join(folder, name);
    bool is = path && folder_is(path);
    free(path);
    return is;
}

/* REPOSITORY is one of Hugging Face's cache: the snapshot that main is, or the only one. */
static enum status cache_snapshot(char **out, const char *repository, struct err *err)
{
    char revision[256], first[256];
    char *snapshots = folder_join(repository, "snapshots");
    char *main = folder_join(repository, "refs/main");
    enum status code = STATUS_OK;
    if (!snapshots || !main) {
        code = err_nomem(err);
        goto out;
    }
    bool named = folder_first_line(main, revision, sizeof revision);
    size_t n = folder_count(snapshots, "", first);
    if (n == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: no snapshot of the model in it: fetch it again",
                       repository);
    else if (named && (!folder_plain_name(revision) || !folder_has_folder(snapshots, revision)))
        code = err_set(err, STATUS_NOTFOUND,
                       "%s: the snapshot %.80s is not there: fetch it again, or give another of "
                       "%s",
                       main, revision, snapshots);
    else if (!named && n > 1)
        code = err_set(err, STATUS_UNSUPPORTED,
                       "%s: %zu snapshots, and no refs/main that says which: give one of them, "
                       "such as snapshots/%s",
                       repository, n, first);
    else if (!(*out = folder_join(snapshots, named ? revision : first)))
        code = err_nomem(err);
out:
    free(snapshots);
    free(main);
    return code;
}

/* PATH without slashes and "/snapshots" at its end, to be freed. */
static char *cache_repository(const char *path)
{
    size_t n = strlen(path), k = strlen("/snapshots");
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n > k && strncmp(path + n - k, "/snapshots", k) == 0)
        n -= k;
    return mem_strndup(path, n);
}

/* True if FOLDER is a repository in the cache. */
static bool cache_is_repository(const char *folder)
{
    return folder_has_folder(folder, "snapshots") &&
           (folder_has_folder(folder, "refs") || folder_has_folder(folder, "blobs"));
}

/* *FOLDER becomes *FOLDER/NAME; false without memory. */
static bool folder_join_to(char **folder, const char *name)
{
    char *path = folder_join(*folder, name);
    if (path) {
        free(*folder);
        *folder = path;
    }
    return path;
}

enum status checkpoint_resolve(char **out, const char *path, struct err *err)
{
    char first[256];
    char *repository = cache_repository(path);
    enum status code = STATUS_OK;
    if (!repository)
        return err_nomem(err);
    *out = NULL;
    size_t models = folder_count(repository, "models--", first);
    if (cache_is_repository(repository))
        code = cache_snapshot(out, repository, err);
    else if (models == 1 && folder_join_to(&repository, first))
        code = cache_snapshot(out, repository, err);
    else if (models > 0)
        code =
            err_set(err, STATUS_UNSUPPORTED,
                    "%s: a cache of %zu models: give one of them, such as %s", path, models, first);
    else if (!(*out = mem_strndup(path, strlen(path))))
        code = err_nomem(err);
    free(repository);
    return code;
}

static bool folder_holds(const char *folder, const char *name)
{
    char *path = folder_join(folder, name);
    bool is = path && access(path, F_OK) == 0;
    free(path);
    return is;
}

bool checkpoint_is_folder(const char *path)
{
    char first[256];
    char *repository = cache_repository(path);
    bool is = repository && (cache_is_repository(repository) || folder_holds(path, "config.json") ||
                             folder_holds(path, "adapter_config.json") ||
                             folder_count(repository, "models--", first) > 0);
    free(repository);
    return is;
}

enum status checkpoint_refuse_adapter(const char *folder, struct err *err)
{
    json_t *config = NULL;
    enum status code;
    if (!folder_holds(folder, "adapter_config.json") ||
        (!folder_holds(folder, "adapter_model.safetensors") &&
         !folder_holds(folder, "adapter_model.bin") && folder_holds(folder, "config.json")))
        return STATUS_OK;
    if ((code = checkpoint_open_json(&config, folder, "adapter_config.json", err)))
        return code;
    const char *type = json_string_value(json_object_get(config, "peft_type"));
    const char *base = json_string_value(json_object_get(config, "base_model_name_or_path"));
    bool lora = !type || strcmp(type, "LORA") == 0;
    code = err_set(err, STATUS_UNSUPPORTED,
                   "%s: %s adapter (PEFT%s%.40s): merge it into its base model%s%.100s first",
                   folder, lora ? "a LoRA" : "an", lora ? "" : ", ", lora ? "" : type,
                   base ? " " : "", base ? base : "");
    json_decref(config);
    return code;
}

/* What people find in a folder instead of weights that we read. */
static const struct {
    const char *end, *what;
} weights_of_others[] = {
    {".h5", "TensorFlow's"},
    {".msgpack", "Flax's"},
    {".onnx", "an ONNX model"},
    {".gguf", "a GGUF model"},
    {".tflite", "TensorFlow's"},
    {".pb", "TensorFlow's"},
    {".incomplete", "unfinished"},
    {".gz", "packed"},
    {".zip", "packed"},
    {".safetensors", NULL},
    {".pt", NULL},
    {".pth", NULL},
    {".ckpt", NULL},
    {".bin", NULL},
};

enum status checkpoint_refuse_folder(const char *folder, struct err *err)
{
    const char *what = NULL;
    char name[256] = "";
    DIR *d = opendir(folder);
    struct dirent *e;
    if (!d)
        return err_errno(err, folder);
    while ((e = readdir(d)))
        for (size_t i = 0; i < sizeof weights_of_others / sizeof *weights_of_others; i++) {
            size_t n = strlen(e->d_name), k = strlen(weights_of_others[i].end);
            if (n > k && n < sizeof name &&
                strcmp(e->d_name + n - k, weights_of_others[i].end) == 0 &&
                (!*name || strcmp(e->d_name, name) < 0)) {
                strcpy(name, e->d_name);
                what = weights_of_others[i].what;
            }
        }
    closedir(d);
    if (*name && what)
        return err_set(err, STATUS_NOTFOUND,
                       "%s: no model.safetensors or pytorch_model.bin in it, only %.100s (%s)",
                       folder, name, what);
    if (*name)
        return err_set(err, STATUS_NOTFOUND,
                       "%s: no model.safetensors or pytorch_model.bin in it; give the file itself, "
                       "such as %.100s",
                       folder, name);
    return err_set(err, STATUS_NOTFOUND, "%s: no model.safetensors or pytorch_model.bin in it",
                   folder);
}
