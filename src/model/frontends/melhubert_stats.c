/*
 * The mean and standard deviation of MelHuBERT's log-mel bins over its training recordings, by
 * which frames are normalised: from the checkpoint, from a file of numpy's next to it as the
 * authors publish it, or from the file that the user names.
 */
#include "config.h"

#include "model/frontends/melhubert.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "formats/tensors/npy.h"

/* Mean and standard deviation, rounded to float as the reference does; no bin may be constant. */
static enum status stats_set(struct melhubert *f, const float *mean, const float *std,
                             const char *path, struct err *err)
{
    for (uint32_t b = 0; b < LOGMEL_BINS; b++)
        if (!isfinite(mean[b]) || !isfinite(std[b]) || std[b] <= 0)
            return err_set(err, STATUS_FORMAT, "%s: mean %s, standard deviation %s of bin %u", path,
                           number_short((double)mean[b], 6).text,
                           number_short((double)std[b], 6).text, b);
    memcpy(f->mean, mean, sizeof f->mean);
    memcpy(f->std, std, sizeof f->std);
    return STATUS_OK;
}

/* A file of numpy, [2][bins]: means, then standard deviations. */
static enum status stats_read_file(struct melhubert *f, const char *path, struct err *err)
{
    struct tensors file;
    float both[2 * LOGMEL_BINS];
    enum status code = npy_open(&file, path, err);
    if (code)
        return code;
    const struct tensor *t = &file.tensor[0];
    if (t->ndim != 2 || t->shape[0] != 2 || t->shape[1] != LOGMEL_BINS) {
        char have[96];
        tensor_shape_text(t, have, sizeof have);
        code = err_set(err, STATUS_FORMAT,
                       "%s: %s, not the mean and standard deviation of log-mel bins [2, %d]", path,
                       have, LOGMEL_BINS);
    } else {
        tensor_to_f32(t, both);
        code = stats_set(f, both, both + LOGMEL_BINS, path, err);
    }
    tensors_free(&file);
    return code;
}

static int stats_is_name(const struct dirent *d)
{
    const char *end = "mean-std.npy";
    size_t n = strlen(d->d_name), k = strlen(end);
    return n >= k && strcmp(d->d_name + n - k, end) == 0;
}

/*
 * The one file *mean-std.npy next to the checkpoint into PATH; none, or several of which none is
 * called mean-std.npy itself, leave it empty.
 */
static enum status stats_find_file(const struct checkpoint *c, struct buf *path, struct err *err)
{
    struct dirent **found = NULL;
    const char *slash = strrchr(c->path, '/');
    int n = -1;
    buf_str(path, c->path);
    if (c->layout == CHECKPOINT_FOLDER)
        n = scandir(buf_text(path), &found, stats_is_name, alphasort);
    else {
        buf_clear(path);
        buf_printf(path, "%.*s", slash ? (int)(slash - c->path + 1) : 2, slash ? c->path : "./");
        n = scandir(buf_text(path), &found, stats_is_name, alphasort);
    }
    int chosen = n == 1 ? 0 : -1;
    for (int i = 0; i < n; i++)
        if (strcmp(found[i]->d_name, "mean-std.npy") == 0)
            chosen = i;
    if (chosen >= 0)
        buf_printf(path, "/%s", found[chosen]->d_name);
    else
        buf_clear(path);
    for (int i = 0; i < n; i++)
        free(found[i]);
    free(found);
    return buf_ok(path) ? STATUS_OK : err_nomem(err);
}

enum status melhubert_stats_file(const struct checkpoint *c, const struct model_options *o,
                                 char **path, struct err *err)
{
    struct buf found = BUF_INIT;
    enum status code = STATUS_OK;
    *path = NULL;
    if (o && o->mean_std)
        buf_str(&found, o->mean_std);
    else if (!tensors_find(&c->tensors, "input.mean"))
        code = stats_find_file(c, &found, err);
    if (!code && !buf_ok(&found))
        code = err_nomem(err);
    if (code || found.len == 0)
        buf_free(&found);
    else
        *path = found.data;
    return code;
}

enum status melhubert_bind_stats(struct model *m, struct binder *b, const struct checkpoint *c,
                                 const struct model_options *o, struct err *err)
{
    struct melhubert *f = m->front;
    struct buf path = BUF_INIT;
    char name[MAX_TENSOR_NAME];
    enum status code;
    if (o && o->mean_std)
        return stats_read_file(f, o->mean_std, err);
    if (binder_find(b, "input.mean", name) && binder_find(b, "input.std", name)) {
        const float *mean, *std;
        /* They may come from a file as well and are no part of what tells models apart. */
        const uint64_t hash = b->hash;
        const bool keep = b->keep;
        b->keep = false;
        if ((code = bind_vector(b, &mean, "input.mean", LOGMEL_BINS, err)) ||
            (code = bind_vector(b, &std, "input.std", LOGMEL_BINS, err)))
            return code;
        b->hash = hash;
        b->keep = keep;
        return stats_set(f, mean, std, b->path, err);
    }
    code = stats_find_file(c, &path, err);
    if (!code && *buf_text(&path))
        code = stats_read_file(f, buf_text(&path), err);
    else if (!code)
        code = err_set(err, STATUS_NOTFOUND,
                       "%s: the mean and standard deviation of its log-mel bins are neither in "
                       "the checkpoint nor in a file *mean-std.npy next to it: use --mean-std FILE",
                       b->path);
    buf_free(&path);
    return code;
}
