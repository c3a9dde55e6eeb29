/*
 * What a training leaves in its folder: the state that it goes on from, the log, and the model.
 *
 * The state is written whole or not at all (outfile), the log line by line: on going on, lines of
 * steps behind the state are dropped, for they will be taken again.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "formats/file.h"
#include "formats/tensors/safetensors.h"
#include "train/training_internal.h"
#include "train/training_log.h"

#define STATE "state.safetensors"

const char training_log_head[] =
    "step\tloss\taccuracy\tlr\tgrad_norm\tskipped\tseconds\tvalid_loss\tvalid_error\n";

char *training_path(const struct training *t, const char *name)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "%s/%s", t->o.folder, name);
    if (buf_ok(&b))
        return b.data;
    buf_free(&b);
    return NULL;
}

/* Everything that the numbers of a training depend on, but how many threads compute them. */
enum status training_key(struct training *t, struct err *err)
{
    const struct training_options *o = &t->o;
    const struct model_info *m = model_info(t->source.model);
    struct buf *b = &t->key;
    buf_printf(b, "model %016" PRIx64 " recordings %016" PRIx64, m->fingerprint,
               recordings_digest(&t->set.corpus.recordings));
    buf_printf(b, " task %s labels %016" PRIx64 " clusters %016" PRIx64 " speakers %016" PRIx64,
               train_task_names[o->data.task], corpus_digest_path(o->data.corpus.labels),
               corpus_digest_path(o->data.clusters), corpus_digest_path(o->data.corpus.speakers));
    buf_printf(b, " head %zu x %zu layers %d %u freeze %d steps %" PRIu64 " batch %u crop %zu",
               t->head.hidden, t->head.classes, t->head.mixed, t->head.layer, o->freeze, o->steps,
               o->batch, t->set.crop);
    buf_printf(b, " rate %s schedule %d warmup %s clip %s decay %s seed %" PRIu64,
               number_short(o->rate, 17).text, o->schedule, number_short(o->warmup, 17).text,
               number_short(o->clip, 17).text, number_short(o->decay, 17).text, o->seed);
    const struct corpus_options *c = &o->data.corpus;
    buf_printf(b, " entries %zu statistics %016" PRIx64 " normalize %d pitch %s %016" PRIx64,
               t->set.entries, corpus_digest_path(o->mean_std), o->normalize,
               c->pitch && strcmp(c->pitch, CORPUS_PITCH_AUTO) == 0 ? "auto" : "file",
               corpus_digest_path(c->pitch));
    buf_printf(b, " phones %016" PRIx64 " table %016" PRIx64 " tier %s part %u valid %016" PRIx64,
               corpus_digest_path(c->phones), corpus_digest_path(c->label_table),
               c->tier ? c->tier : "", c->label_part,
               t->validated ? recordings_digest(&t->valid.corpus.recordings) : 0);
    return buf_ok(b) ? STATUS_OK : err_nomem(err);
}

/* The tensors of the state: three for each parameter.  NAMES keeps theirs. */
static enum status state_tensors(const struct training *t, struct tensor *list, struct buf *names,
                                 struct err *err)
{
    static const char *const kinds[] = {"weight", "mean", "square"};
    for (size_t i = 0; i <= t->weights; i++)
        for (int k = 0; k < 3; k++)
            buf_printf(names, "%s/%s%c", kinds[k], i < t->weights ? t->weight[i].name : "head", 0);
    if (!buf_ok(names))
        return err_nomem(err);
    const char *name = names->data;
    for (size_t i = 0; i < 3 * (t->weights + 1); i++, name += strlen(name) + 1) {
        const struct adam_parameter *p = &t->parameter[i / 3];
        const float *data[] = {p->weight, p->mean, p->square};
        list[i] = (struct tensor){.name = name,
                                  .dtype = DTYPE_F32,
                                  .ndim = 1,
                                  .shape = {p->count},
                                  .data = (const unsigned char *)data[i % 3]};
        tensor_set_rows(&list[i]);
    }
    return STATUS_OK;
}

static enum status state_write(const struct training *t, const struct tensor *list,
                               const char *path, struct err *err)
{
    char step[24], adam[24], skipped[24];
    struct outfile f;
    snprintf(step, sizeof step, "%" PRIu64, t->step);
    snprintf(adam, sizeof adam, "%" PRIu64, t->adam.step);
    snprintf(skipped, sizeof skipped, "%" PRIu64, t->skipped);
    const char *const meta[] = {"created_by", "propneu " PACKAGE_VERSION,
                                "training",   buf_text(&t->key),
                                "step",       step,
                                "adam_step",  adam,
                                "skipped",    skipped};
    enum status code = outfile_open(&f, path, err);
    if (code)
        return code;
    code = safetensors_write(f.stream, list, 3 * (t->weights + 1), meta,
                             sizeof meta / sizeof *meta / 2, err);
    if (code)
        outfile_abandon(&f);
    else
        code = outfile_commit(&f, err);
    return code;
}

enum status training_save(struct training *t, struct err *err)
{
    struct buf names = BUF_INIT;
    struct tensor *list = mem_array(3 * (t->weights + 1), sizeof *list);
    char *path = training_path(t, STATE);
    enum status code = list && path ? state_tensors(t, list, &names, err) : err_nomem(err);
    if (!code)
        code = state_write(t, list, path, err);
    free(path);
    free(list);
    buf_free(&names);
    return code;
}

/* The whole number that KEY says. */
static bool state_number(const struct tensors *s, const char *key, uint64_t *out)
{
    const char *text = tensors_meta(s, key);
    char *end = NULL;
    errno = 0;
    *out = text && *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    return end && *end == '\0' && errno == 0;
}

/* A tensor of S into DATA [count]. */
static enum status state_take(const struct tensors *s, const char *path, const char *kind,
                              const char *name, float *data, size_t count, struct err *err)
{
    struct buf full = BUF_INIT;
    buf_printf(&full, "%s/%s", kind, name);
    const struct tensor *x = buf_ok(&full) ? tensors_find(s, full.data) : NULL;
    bool fits = x && x->dtype == DTYPE_F32 && x->count == count && x->ndim == 1;
    if (fits)
        tensor_to_f32(x, data);
    buf_free(&full);
    return fits ? STATUS_OK : err_set(err, STATUS_FORMAT, "%s: no %s of %s", path, kind, name);
}

static enum status state_read(struct training *t, const struct tensors *s, const char *path,
                              struct err *err)
{
    const char *key = tensors_meta(s, "training");
    if (!key || strcmp(key, buf_text(&t->key)) != 0)
        return err_set(err, STATUS_MISMATCH,
                       "%s: is of another training (other options, model or recordings)", path);
    if (!state_number(s, "step", &t->step) || !state_number(s, "adam_step", &t->adam.step) ||
        !state_number(s, "skipped", &t->skipped) || t->step > t->o.steps)
        return err_set(err, STATUS_FORMAT, "%s: does not say after which step", path);
    for (size_t i = 0; i <= t->weights; i++) {
        const struct adam_parameter *p = &t->parameter[i];
        const char *name = i < t->weights ? t->weight[i].name : "head";
        enum status code = state_take(s, path, "weight", name, p->weight, p->count, err);
        if (!code)
            code = state_take(s, path, "mean", name, p->mean, p->count, err);
        if (!code)
            code = state_take(s, path, "square", name, p->square, p->count, err);
        if (code)
            return code;
    }
    uint32_t layers = model_info(t->source.model)->layers;
    enum status code = STATUS_OK;
    for (uint32_t l = 0; l < layers && t->weights && !code; l++)
        code = model_repack(t->source.model, l, err);
    return code || !t->weights ? code : model_repack(t->source.model, MODEL_NO_LAYER, err);
}

enum status training_load(struct training *t, struct err *err)
{
    struct tensors s;
    char *path = training_path(t, STATE);
    if (!path)
        return err_nomem(err);
    enum status code = STATUS_OK;
    if (access(path, F_OK) == 0 && !(code = safetensors_open(&s, path, err))) {
        code = state_read(t, &s, path, err);
        tensors_free(&s);
    }
    free(path);
    return code;
}

/* The lines of the log at PATH up to the current step, into B. */
static enum status log_read(const struct training *t, const char *path, struct buf *b,
                            struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    const char *at = (const char *)m.data, *end = at + m.size;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        uint64_t step = 0;
        for (const char *p = at; p < end && *p >= '0' && *p <= '9'; p++)
            step = step * 10 + (uint64_t)(*p - '0');
        if (!stop)
            break;
        if (step > 0 && step <= t->step)
            buf_add(b, at, (size_t)(stop - at) + 1);
        at = stop + 1;
    }
    mapped_close(&m);
    return STATUS_OK;
}

enum status training_log_resume(struct training *t, struct err *err)
{
    struct buf b = BUF_INIT;
    struct outfile f;
    char *path = training_path(t, TRAINING_LOG_NAME);
    buf_str(&b, training_log_head);
    enum status code = path ? STATUS_OK : err_nomem(err);
    if (!code && t->step > 0 && access(path, F_OK) == 0)
        code = log_read(t, path, &b, err);
    if (!code && !buf_ok(&b))
        code = err_nomem(err);
    if (!code && !(code = outfile_open(&f, path, err))) {
        fwrite(b.data, 1, b.len, f.stream);
        code = outfile_commit(&f, err);
    }
    buf_free(&b);
    free(path);
    return code;
}

static struct number log_number(double x, int digits)
{
    return isnan(x) ? (struct number){"-"} : number_short(x, digits);
}

enum status training_append(const char *path, const struct buf *text, struct err *err)
{
    FILE *f = fopen(path, "ae");
    if (!f)
        return err_errno(err, path);
    fwrite(text->data, 1, text->len, f);
    bool failed = ferror(f) != 0;
    return fclose(f) != 0 || failed ? err_errno(err, path) : STATUS_OK;
}

void training_log_print(const struct training_row *row, struct buf *out)
{
    buf_printf(out, "%" PRIu64 "\t%s\t%s\t%s\t%s\t%" PRIu64 "\t%s\t%s\t%s", row->step,
               log_number(row->loss, 9).text, log_number(row->accuracy, 6).text,
               log_number(row->rate, 6).text, log_number(row->norm, 6).text, row->skipped,
               number_fixed(row->seconds, 3).text, log_number(row->valid_loss, 9).text,
               log_number(row->valid_error, 6).text);
}

enum status training_log(struct training *t, const struct training_row *row, struct err *err)
{
    struct buf text = BUF_INIT;
    char *path = training_path(t, TRAINING_LOG_NAME);
    training_log_print(row, &text);
    buf_str(&text, "\n");
    enum status code = path && buf_ok(&text) ? training_append(path, &text, err) : err_nomem(err);
    buf_free(&text);
    free(path);
    return code;
}

/* What edit_folder_write made in FOLDER/new becomes FOLDER's, the weights last. */
static enum status finish_move(const struct training *t, const char *from, struct err *err)
{
    DIR *d = opendir(from);
    struct dirent *e;
    enum status code = d ? STATUS_OK : err_errno(err, from);
    for (int last = 0; last < 2 && !code; last++) {
        rewinddir(d);
        while (!code && (e = readdir(d))) {
            bool weights = strcmp(e->d_name, "model.safetensors") == 0;
            char *to = training_path(t, e->d_name);
            if (*e->d_name != '.' && weights == last && to &&
                renameat(dirfd(d), e->d_name, AT_FDCWD, to) != 0)
                code = err_errno(err, to);
            if (!to)
                code = err_nomem(err);
            free(to);
        }
    }
    if (d)
        closedir(d);
    if (!code && rmdir(from) != 0)
        code = err_errno(err, from);
    return code;
}

enum status training_finish(struct training *t, struct err *err)
{
    char *folder = training_path(t, "new");
    json_t *edit = json_pack("{s:s, s:s, s:I}", "kind", "train", "task",
                             train_task_names[t->o.data.task], "steps", (json_int_t)t->step);
    const struct edit_record r = {.edit = edit, .command = t->o.command, .stop = t->hooks.cancel};
    enum status code = folder && edit ? training_fill_checkpoint(t, err) : err_nomem(err);
    if (!code)
        code = edit_folder_write(&t->source, &r, folder, NULL, err);
    if (!code)
        code = finish_move(t, folder, err);
    json_decref(edit);
    free(folder);
    return code;
}
