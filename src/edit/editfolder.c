/*
 * Everything is written into a folder of another name next to the one asked for, which is renamed
 * at the end: what stands under that name is whole.  Weights come last, as the largest, so that
 * what else can go wrong does so early.
 */
#include "config.h"

#include "edit/editfolder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edit/manifest.h"
#include "base/buf.h"
#include "formats/file.h"
#include "formats/folder.h"
#include "formats/setfile.h"
#include "formats/tempnames.h"
#include "base/mem.h"
#include "model/load/model_parts.h"
#include "formats/tensors/safetensors.h"
#include "formats/tensors/torchzip_write.h"

enum status edit_source_open(struct edit_source *s, const char *path, const struct model_options *o,
                             struct err *err)
{
    struct edit_source new = {0};
    enum status code = model_open(&new.model, path, o, err);
    if (code)
        return code;
    code = checkpoint_open(&new.checkpoint, path, err);
    if (!code) {
        const struct model_info *m = model_info(new.model);
        code = model_stats_file(&new.checkpoint, o, &new.stats, err);
        new.layers = m->layers;
        new.width = mem_array(m->layers, sizeof *new.width);
        if (!code && !new.width)
            code = err_nomem(err);
        if (!code)
            memcpy(new.width, m->width, m->layers * sizeof *new.width);
    }
    if (code)
        edit_source_free(&new);
    else
        *s = new;
    return code;
}

void edit_source_free(struct edit_source *s)
{
    checkpoint_free(&s->checkpoint);
    model_free(s->model);
    free(s->stats);
    free(s->width);
    *s = (struct edit_source){0};
}

/* A folder being written under a name of its own. */
struct writing {
    char *out;  /* without slashes at its end */
    char *temp; /* next to it */
};

/* FOLDER/NAME, to be freed; NULL without memory. */
static char *path_inside(const char *folder, const char *name)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "%s/%s", folder, name);
    if (buf_ok(&b))
        return b.data;
    buf_free(&b);
    return NULL;
}

/* TEXT, NULL without memory, and a newline. */
static enum status write_text(const struct writing *w, const char *name, const char *text,
                              struct err *err)
{
    struct outfile f;
    char *path = path_inside(w->temp, name);
    enum status code = path && text ? outfile_open(&f, path, err) : err_nomem(err);
    free(path);
    if (code)
        return code;
    fputs(text, f.stream);
    fputc('\n', f.stream);
    return outfile_commit(&f, err);
}

/* Releases V, which may be NULL without memory. */
static enum status write_json(const struct writing *w, const char *name, json_t *v, struct err *err)
{
    char *text = v ? manifest_text(v) : NULL;
    enum status code = write_text(w, name, text, err);
    free(text);
    json_decref(v);
    return code;
}

/* The bytes of FROM, whatever they are. */
static enum status copy_file(const struct writing *w, const char *name, const char *from,
                             struct err *err)
{
    struct mapped m;
    struct outfile f;
    char *path = path_inside(w->temp, name);
    enum status code = path ? mapped_open(&m, from, err) : err_nomem(err);
    if (code)
        goto out;
    code = outfile_open(&f, path, err);
    if (!code) {
        if (m.size)
            fwrite(m.data, 1, m.size, f.stream);
        code = outfile_commit(&f, err);
    }
    mapped_close(&m);
out:
    free(path);
    return code;
}

/* Row by row, so that errno can be read: the stream alone would not know that the disk is full. */
static enum status write_tensor(FILE *out, const struct tensor *t, const char *path,
                                struct err *err)
{
    size_t size = dtype_size(t->dtype), written = 0;
    void *rows = NULL;
    if (t->count && !tensor_contiguous(t)) {
        rows = mem_array(t->count, size);
        if (!rows)
            return err_nomem(err);
        tensor_copy(t, rows);
    }
    enum status code = STATUS_OK;
    if (t->count)
        written = fwrite(rows ? rows : t->data, size, t->count, out);
    if (written < t->count) {
        int why = errno;
        code = mapped_unchanged(err); /* the system refuses bytes that are gone */
        errno = why;
        if (!code)
            code = err_errno(err, path);
    }
    free(rows);
    return code;
}

/* All tensors and the metadata; transformers wants to read there who wrote the file. */
static enum status write_weights(const struct writing *w, const struct checkpoint *source,
                                 const struct cancel *stop, struct err *err)
{
    const struct tensors *t = &source->tensors;
    struct outfile f;
    bool named = tensors_meta(t, "format") != NULL;
    char *path = path_inside(w->temp, "model.safetensors");
    const char **meta = mem_array(2 * (t->metas + 1), sizeof *meta);
    enum status code = path && meta ? outfile_open(&f, path, err) : err_nomem(err);
    if (code)
        goto out;
    for (size_t i = 0; i < 2 * t->metas; i++)
        meta[i] = t->meta[i];
    meta[2 * t->metas] = "format";
    meta[2 * t->metas + 1] = "pt";
    code = safetensors_write_header(f.stream, t->tensor, t->count, meta, t->metas + !named, err);
    if (code == STATUS_UNSUPPORTED)
        err_prefix(err, "%s", source->path);
    for (size_t i = 0; i < t->count && !code; i++)
        code = cancelled(stop) ? err_set(err, STATUS_CANCELLED, "%s: interrupted", path)
                               : write_tensor(f.stream, &t->tensor[i], path, err);
    if (code)
        outfile_abandon(&f);
    else
        code = outfile_commit(&f, err);
out:
    free(path);
    free(meta);
    return code;
}

/* For the programs that the source was made for, which read nothing but files of torch.save. */
static enum status write_torch(const struct writing *w, const struct edit_source *s,
                               const struct cancel *stop, struct err *err)
{
    if (!manifest_from_torch(s) || s->checkpoint.layout == CHECKPOINT_FAIRSEQ)
        return STATUS_OK;
    char *path = path_inside(w->temp, "checkpoint.pt");
    enum status code = path ? torchzip_write(&s->checkpoint, path, stop, err) : err_nomem(err);
    free(path);
    return code;
}

/* What else of a Hugging Face folder its user needs: how the head's outputs are spelled. */
static enum status copy_companions(const struct writing *w, const struct checkpoint *c,
                                   struct err *err)
{
    static const char *const names[] = {"vocab.json", "tokenizer_config.json", "tokenizer.json",
                                        "special_tokens_map.json", "added_tokens.json"};
    enum status code = STATUS_OK;
    for (size_t i = 0; c->layout == CHECKPOINT_FOLDER && i < sizeof names / sizeof *names && !code;
         i++) {
        char *from = path_inside(c->path, names[i]);
        if (!from)
            return err_nomem(err);
        if (access(from, F_OK) == 0)
            code = copy_file(w, names[i], from, err);
        free(from);
    }
    return code;
}

/* As a set file, so that the same neurons can be edited again, or in another model. */
static enum status write_neurons(const struct writing *w, const struct edit_record *r,
                                 struct err *err)
{
    char *path = path_inside(w->temp, "neurons.txt");
    enum status code = path ? STATUS_OK : err_nomem(err);
    if (!code)
        code = setfile_write(r->sets, path, "layer (from 1), neuron (from 0) of the source", err);
    free(path);
    return code;
}

static enum status write_files(const struct writing *w, const struct edit_source *s,
                               const struct edit_record *r, json_t *manifest, struct err *err)
{
    json_t *config = NULL, *preprocessor = NULL;
    enum status code = manifest_config(s, &config, err);
    if (code || (code = write_json(w, "config.json", config, err)) ||
        (code = manifest_preprocessor(s, &preprocessor, err)) ||
        (preprocessor && (code = write_json(w, "preprocessor_config.json", preprocessor, err))) ||
        (manifest_from_torch(s) &&
         (code = write_json(w, "source_config.json", json_incref(s->checkpoint.config), err))) ||
        (s->stats && (code = copy_file(w, "mean-std.npy", s->stats, err))) ||
        (code = copy_companions(w, &s->checkpoint, err)) ||
        (r->sets && (code = write_neurons(w, r, err))) ||
        (code = write_json(w, "manifest.json", json_incref(manifest), err)))
        return code;
    code = write_weights(w, &s->checkpoint, r->stop, err);
    return code ? code : write_torch(w, s, r->stop, err);
}

/* Removes the temporary folder with its files, if it is still there. */
static void writing_abandon(struct writing *w)
{
    DIR *d = w->temp ? opendir(w->temp) : NULL;
    struct dirent *e;
    while (d && (e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            unlinkat(dirfd(d), e->d_name, 0);
    if (d) {
        closedir(d);
        rmdir(w->temp);
    }
    if (w->temp)
        tempnames_drop(w->temp);
    free(w->temp);
    free(w->out);
}

/* Free, or a folder without a file in it. */
static enum status check_target(const char *out, struct err *err)
{
    struct stat st;
    struct dirent *e;
    bool full = false;
    if (lstat(out, &st) != 0)
        return errno == ENOENT ? STATUS_OK : err_errno(err, out);
    DIR *d = S_ISDIR(st.st_mode) ? opendir(out) : NULL;
    if (!d)
        return err_set(err, STATUS_IO, "%s: exists and is not a folder", out);
    while ((e = readdir(d)))
        full = full || (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0);
    closedir(d);
    return full ? err_set(err, STATUS_IO, "%s: exists and is not empty", out) : STATUS_OK;
}

/* mkdtemp makes a folder for its owner alone; this one is a result like any other. */
static enum status writing_begin(struct writing *w, const char *folder, struct err *err)
{
    size_t n = strlen(folder);
    struct buf name = BUF_INIT;
    while (n > 1 && folder[n - 1] == '/')
        n--;
    char *plain = mem_strndup(folder, n);
    w->out = plain ? file_follow_links(plain, err) : NULL;
    free(plain);
    if (!w->out)
        return plain ? STATUS_IO : err_nomem(err);
    enum status code = check_target(w->out, err);
    if (code)
        return code;
    buf_printf(&name, "%s.XXXXXX", w->out);
    if (!buf_ok(&name))
        return err_nomem(err);
    mode_t mask = umask(0);
    umask(mask);
    if (!mkdtemp(name.data)) {
        code = err_errno(err, w->out);
        buf_free(&name);
        return code;
    }
    w->temp = name.data;
    tempnames_add(w->temp);
    return chmod(w->temp, 0777 & ~mask) == 0 ? STATUS_OK : err_errno(err, w->out);
}

/* So that the files' names survive a crash; where it cannot be done there is nothing to say. */
static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

/* Is what was written a model again?  Then it gets its name. */
static enum status writing_finish(struct writing *w, struct err *err)
{
    struct model *m = NULL;
    enum status code = model_open(&m, w->temp, NULL, err);
    model_free(m);
    if (code)
        return code;
    sync_folder(w->temp);
    if (rename(w->temp, w->out) != 0)
        return err_errno(err, w->out);
    tempnames_drop(w->temp);
    free(w->temp);
    w->temp = NULL;
    char *parent = mem_strndup(w->out, strlen(w->out));
    if (parent)
        sync_folder(dirname(parent));
    free(parent);
    return STATUS_OK;
}

/* A message about the temporary folder speaks of the one that was asked for. */
static void name_target(const struct writing *w, struct err *err)
{
    size_t n = w->temp ? strlen(w->temp) : 0;
    char rest[sizeof err->msg];
    if (n == 0 || strncmp(err->msg, w->temp, n) != 0)
        return;
    memcpy(rest, err->msg + n, strlen(err->msg + n) + 1);
    err_set(err, err->code, "%s%s", w->out, rest);
}

enum status edit_folder_write(struct edit_source *s, const struct edit_record *r,
                              const char *folder, json_t **manifest, struct err *err)
{
    struct writing w = {NULL, NULL};
    json_t *v = NULL;
    struct err local;
    enum status code = writing_begin(&w, folder, &local);
    if (!code)
        code = manifest_make(s, r, &v, &local);
    if (!code)
        code = write_files(&w, s, r, v, &local);
    /* Not two models in memory at a time. */
    model_free(s->model);
    s->model = NULL;
    if (!code)
        code = writing_finish(&w, &local);
    if (code) {
        name_target(&w, &local);
        err_set(err, code, "%s", local.msg);
    }
    if (!code && manifest)
        *manifest = json_incref(v);
    json_decref(v);
    writing_abandon(&w);
    return code;
}
