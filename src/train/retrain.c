/*
 * Cut by cut (retrain.h).  What was done is seen by the folders that are there.
 */
#include "config.h"

#include "train/retrain.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/modelset.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/rng.h"
#include "count/count.h"
#include "edit/editfolder.h"
#include "formats/jsontext.h"
#include "formats/setfile.h"
#include "train/retrain_log.h"

/* A run, at one of its cuts. */
struct retrain {
    const struct retrain_options *o;
    const struct retrain_hooks *hooks;
    struct buf source; /* the model that is cut */
    struct buf counts, pruned, folder;
    struct retrain_cut now;
};

static bool retrain_is_there(const struct buf *folder, const char *file)
{
    struct buf path = BUF_INIT;
    buf_printf(&path, "%s%s", buf_text(folder), file);
    bool there = buf_ok(&path) && access(path.data, F_OK) == 0;
    buf_free(&path);
    return there;
}

/* The names of cut N; its source is what the one before became. */
static enum status retrain_name(struct retrain *r, uint32_t n, struct err *err)
{
    const char *top = r->o->training.folder;
    struct buf *all[] = {&r->source, &r->counts, &r->pruned, &r->folder};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_clear(all[i]);
    if (n > 1)
        buf_printf(&r->source, "%s/cut.%u", top, n - 1);
    else
        buf_str(&r->source, r->o->training.model);
    buf_printf(&r->counts, "%s/cut.%u.counts", top, r->o->once ? 1 : n);
    buf_printf(&r->pruned, "%s/cut.%u.pruned", top, n);
    buf_printf(&r->folder, "%s/cut.%u", top, n);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!buf_ok(all[i]))
            return err_nomem(err);
    r->now = (struct retrain_cut){.cut = n};
    return STATUS_OK;
}

/* Counts with the model that is cut, unless that was done. */
static enum status retrain_count(const struct retrain *r, struct err *err)
{
    const struct training_options *t = &r->o->training;
    const struct count_hooks hooks = {.cancel = r->hooks->data.cancel};
    struct count_options c = {.corpus = t->data.corpus,
                              .model = buf_text(&r->source),
                              .mean_std = t->mean_std,
                              .normalize = t->normalize,
                              .lambda_percent = 1,
                              .frames = COUNTS_FRAMES_ALL,
                              .threads = t->threads,
                              .output = buf_text(&r->counts),
                              .resume = true,
                              .speaker_if_small = true,
                              .created_by = "propneu " PACKAGE_VERSION,
                              .command = t->command};
    struct count_job *job;
    if (retrain_is_there(&r->counts, ""))
        return STATUS_OK;
    c.corpus.by = corpus_known(&c.corpus);
    enum status code = count_open(&job, &c, err);
    if (code)
        return code;
    code = count_run(job, &hooks, err);
    count_free(job);
    return code;
}

/* S, of the model before cut N, in the numbers that are left behind it. */
static enum status retrain_renumber(const struct retrain *r, uint32_t n, struct neuron_set *s,
                                    struct err *err)
{
    struct neuron_set gone = NEURON_SET_INIT, left = NEURON_SET_INIT;
    struct buf path = BUF_INIT;
    uint32_t *width = mem_array(s->layers, sizeof *width);
    buf_printf(&path, "%s/cut.%u.pruned/neurons.txt", r->o->training.folder, n);
    enum status code = buf_ok(&path) && width
                           ? setfile_read(&gone, path.data, s->layers, s->width, err)
                           : err_nomem(err);
    for (uint32_t l = 0; l < s->layers && !code; l++)
        width[l] = s->width[l] - neuron_set_size(&gone, l);
    if (!code)
        code = neuron_set_init(&left, s->layers, width, err);
    for (uint32_t l = 0; l < s->layers && !code; l++)
        for (uint32_t i = 0, at = 0; i < s->width[l]; i++) {
            if (neuron_set_has(&gone, l, i))
                continue;
            if (neuron_set_has(s, l, i))
                bitset_put(left.row[l], at);
            at++;
        }
    free(width);
    buf_free(&path);
    neuron_set_free(&gone);
    if (code) {
        neuron_set_free(&left);
        return code;
    }
    neuron_set_free(s);
    *s = left;
    return STATUS_OK;
}

/* As many neurons of each layer as S has, any. */
static void retrain_randomize(const struct retrain *r, struct neuron_set *s)
{
    for (uint32_t l = 0; l < s->layers; l++) {
        uint32_t wanted = neuron_set_size(s, l), width = s->width[l];
        struct rng g = rng_at(r->o->how.seed, (uint64_t)r->now.cut << 32 | l);
        neuron_set_clear(s, l);
        for (uint32_t i = 0; i < width && wanted; i++)
            if (rng_below(&g, width - i) < wanted) {
                bitset_put(s->row[l], i);
                wanted--;
            }
    }
}

/* The neurons to protect: of the counts' model, which is the first one where they are of it. */
static enum status retrain_protect(const struct retrain *r, const struct edit_source *source,
                                   struct neuron_set *out, struct err *err)
{
    struct analysis_input in = {0};
    enum status code = retrain_count(r, err);
    if (code)
        return code;
    code = analysis_open(&in, buf_text(&r->counts), &r->o->analysis, err);
    if (!code) {
        uint32_t *width = mem_array(in.counts.layers, sizeof *width);
        for (uint32_t l = 0; l < in.counts.layers && width; l++)
            width[l] = in.counts.layer[l].width;
        code = width ? neuron_set_init(out, in.counts.layers, width, err) : err_nomem(err);
        free(width);
    }
    if (!code)
        code = modelset_add(out, r->o->protect, &in.analysis, buf_text(&r->counts), err);
    for (uint32_t n = 1; n < r->now.cut && r->o->once && !code; n++)
        code = retrain_renumber(r, n, out, err);
    analysis_close(&in);
    if (!code && out->layers != source->layers)
        code = err_set(err, STATUS_MISMATCH, "%s: not of this model", buf_text(&r->counts));
    if (!code && r->o->random)
        retrain_randomize(r, out);
    return code;
}

/* Which neurons go, from the scores of the model as it is. */
static enum status retrain_choose(struct retrain *r, struct edit_source *source,
                                  struct neuron_set *out, struct err *err)
{
    struct neuron_set protect = NEURON_SET_INIT;
    struct prune_options how = r->o->how;
    uint32_t least = UINT32_MAX;
    for (uint32_t l = 0; l < source->layers; l++)
        least = source->width[l] < least ? source->width[l] : least;
    if (least <= r->o->rows)
        return err_set(err, STATUS_USAGE, "%s: a layer has %u neurons: %u cannot be cut",
                       buf_text(&r->source), least, r->o->rows);
    enum status code = r->o->protect ? retrain_protect(r, source, &protect, err) : STATUS_OK;
    how.keep = 1 - (double)r->o->rows / least;
    how.minimum = 1;
    how.protect = r->o->protect ? &protect : NULL;
    if (!code)
        code = neuron_set_init(out, source->layers, source->width, err);
    if (!code)
        code = prune_choose(out, &source->checkpoint, &how, err);
    for (uint32_t l = 0; l < source->layers && !code; l++) {
        r->now.kept += source->width[l] - neuron_set_size(out, l);
        for (uint32_t i = 0; i < source->width[l] && r->o->protect; i++)
            if (neuron_set_has(&protect, l, i)) {
                r->now.protected_++;
                r->now.protected_kept += !neuron_set_has(out, l, i);
            }
    }
    neuron_set_free(&protect);
    return code;
}

/* The model cut, unless it is there. */
static enum status retrain_prune(struct retrain *r, struct err *err)
{
    const struct training_options *t = &r->o->training;
    const struct model_options mo = {
        .mean_std = t->mean_std, .normalize = t->normalize, .cancel = r->hooks->data.cancel};
    struct edit_source source = {0};
    struct neuron_set sets = NEURON_SET_INIT;
    enum status code = edit_source_open(&source, buf_text(&r->source), &mo, err);
    if (!code)
        code = retrain_choose(r, &source, &sets, err);
    bool even = !code && (r->o->how.exact || !model_info(source.model)->width_lists);
    if (!code)
        code =
            edit_apply(&source.checkpoint,
                       &(struct edit){.kind = even ? EDIT_EQUAL : EDIT_REMOVE, .sets = &sets}, err);
    json_t *edit = json_pack("{s:s, s:s, s:i}", "kind", "prune", "criterion",
                             r->o->how.criterion->name, "cut", (int)r->now.cut);
    const struct edit_record record = {.sets = &sets,
                                       .edit = edit,
                                       .set = r->o->protect,
                                       .counts = r->o->protect ? buf_text(&r->counts) : NULL,
                                       .command = t->command,
                                       .stop = r->hooks->data.cancel};
    if (!code && !edit)
        code = err_nomem(err);
    /* Before the model, so that what is there is told of, too. */
    if (!code)
        code = retrain_log_cut(t->folder, &r->now, err);
    if (!code)
        code = edit_folder_write(&source, &record, buf_text(&r->pruned), NULL, err);
    json_decref(edit);
    neuron_set_free(&sets);
    edit_source_free(&source);
    return code;
}

static enum status retrain_train(struct retrain *r, struct err *err)
{
    struct training_options o = r->o->training;
    struct training *t;
    struct training_row row;
    o.model = buf_text(&r->pruned);
    o.folder = buf_text(&r->folder);
    o.seed += r->now.cut;
    enum status code = training_open(&t, &o, &r->hooks->data, err);
    if (code)
        return code;
    while (!code && !training_done(t)) {
        code = training_step(t, &row, err);
        if (code)
            break;
        row.step += (r->now.cut - 1) * o.steps;
        code = retrain_log_step(r->o->training.folder, &row, &r->now, err);
        if (!code && r->hooks->step)
            r->hooks->step(r->hooks->context, &row);
    }
    if (!code)
        code = training_finish(t, err);
    training_close(t);
    return code;
}

static enum status retrain_do(struct retrain *r, struct err *err)
{
    const char *top = r->o->training.folder;
    enum status code = STATUS_OK;
    for (uint32_t n = 1; n <= r->o->cuts && !code; n++) {
        if ((code = retrain_name(r, n, err)))
            break;
        if (!retrain_is_there(&r->pruned, "/model.safetensors"))
            code = retrain_prune(r, err);
        else
            code = retrain_log_find(top, &r->now, err);
        if (code)
            break;
        if (r->hooks->cut)
            r->hooks->cut(r->hooks->context, &r->now);
        if (!code)
            code = retrain_log_begin(top, &r->now, r->o->training.steps, err);
        if (!retrain_is_there(&r->folder, "/model.safetensors") && !code)
            code = retrain_train(r, err);
    }
    return code;
}

/* The model behind the last cut as FOLDER's own: the same files, the weights last. */
static enum status retrain_finish(const struct retrain *r, struct err *err)
{
    static const char *const own[] = {"log.tsv", "state.safetensors", "run.json"};
    DIR *d = opendir(buf_text(&r->folder));
    struct dirent *e;
    enum status code = d ? STATUS_OK : err_errno(err, buf_text(&r->folder));
    for (int last = 0; last < 2 && !code; last++) {
        rewinddir(d);
        while (!code && (e = readdir(d))) {
            bool weights = strcmp(e->d_name, "model.safetensors") == 0, take = e->d_name[0] != '.';
            struct buf to = BUF_INIT;
            for (size_t i = 0; i < sizeof own / sizeof *own; i++)
                take = take && strcmp(e->d_name, own[i]) != 0;
            buf_printf(&to, "%s/%s", r->o->training.folder, e->d_name);
            if (!buf_ok(&to))
                code = err_nomem(err);
            else if (take && weights == last) {
                unlink(to.data);
                if (linkat(dirfd(d), e->d_name, AT_FDCWD, to.data, 0) != 0)
                    code = err_errno(err, to.data);
            }
            buf_free(&to);
        }
    }
    if (d)
        closedir(d);
    return code;
}

/* What the cuts depend on, besides what each training looks at itself. */
static enum status retrain_check_key(const struct retrain_options *o, struct err *err)
{
    const struct analysis_options *a = &o->analysis;
    struct buf b = BUF_INIT;
    buf_printf(&b, "rows %u criterion %s exact %d seed %" PRIu64 "\n", o->rows,
               o->how.criterion->name, o->how.exact, o->how.seed);
    buf_printf(&b, "protect %s\nrandom %d once %d sigma %s frames %s\n",
               o->protect ? o->protect : "-", o->random, o->once,
               number_short(a->params.sigma, 17).text,
               number_short((double)a->params.min_frames, 17).text);
    enum status code = retrain_log_key(o->training.folder, &b, err);
    buf_free(&b);
    return code;
}

/* A model in a folder in which nothing was cut is somebody's. */
static enum status retrain_spare(const char *folder, struct err *err)
{
    struct buf top = BUF_INIT;
    buf_str(&top, folder);
    bool own = retrain_is_there(&top, "/cuts.tsv"),
         model =
             retrain_is_there(&top, "/config.json") || retrain_is_there(&top, "/model.safetensors");
    buf_free(&top);
    return own || !model
               ? STATUS_OK
               : err_set(err, STATUS_USAGE, "%s: holds a model, which would be replaced", folder);
}

enum status retrain_run(const struct retrain_options *o, const struct retrain_hooks *hooks,
                        struct err *err)
{
    struct retrain r = {.o = o,
                        .hooks = hooks,
                        .source = BUF_INIT,
                        .counts = BUF_INIT,
                        .pruned = BUF_INIT,
                        .folder = BUF_INIT};
    if (mkdir(o->training.folder, 0777) != 0 && access(o->training.folder, W_OK) != 0)
        return err_errno(err, o->training.folder);
    enum status code = retrain_spare(o->training.folder, err);
    if (!code)
        code = retrain_check_key(o, err);
    if (!code)
        code = retrain_do(&r, err);
    if (!code)
        code = retrain_finish(&r, err);
    struct buf *all[] = {&r.source, &r.counts, &r.pruned, &r.folder};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_free(all[i]);
    return code;
}
