/*
 * propneu cluster: k-means of a model's frames, whose clusters self-supervised training predicts.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/worker.h"
#include "cli/commands.h"
#include "cli/commands/input_options.h"
#include "cli/progress.h"
#include "formats/file.h"
#include "formats/tensors/safetensors.h"
#include "train/cluster_rows.h"

#define MOST_ROUNDS   100
#define MOST_CLUSTERS 1000000

struct cluster_options {
    const char *model, *audio, *mean_std;
    enum model_normalize normalize;
    bool layer_given, input, assign;
    uint32_t layer; /* from 1, where not the input */
    unsigned long k;
    uint64_t seed;
};

enum { OPT_MODEL, OPT_AUDIO, OPT_LAYER, OPT_K, OPT_SEED, OPT_ASSIGN, OPT_MEAN_STD, OPT_NORMALIZE };

static const struct cli_option options[] = {
    [OPT_MODEL] = {"model", 'm', "MODEL", "checkpoint or Hugging Face folder", CLI_FILE},
    [OPT_AUDIO] = {"audio", 'a', "AUDIO", "folder searched for recordings, or a list of them",
                   CLI_FILE},
    [OPT_LAYER] = {"layer", 0, "N|fbank", "layer whose output is clustered, or the log-mel input",
                   "fbank"},
    [OPT_K] = {"k", 0, "K", "number of clusters", NULL},
    [OPT_SEED] = {"seed", 0, "N", "seed of the first centres (default: 0)", NULL},
    [OPT_ASSIGN] = {"assign", 0, NULL, "write the cluster of every frame, too", NULL},
    [OPT_MEAN_STD] = {"mean-std", 0, "FILE", "mean and deviation of log-mel bins (.npy; MelHuBERT)",
                      CLI_FILE},
    [OPT_NORMALIZE] = {"normalize", 0, "WHETHER",
                       "normalise to mean 0, variance 1 (default: as trained)", "yes|no"},
    {NULL, 0, NULL, NULL, NULL},
};

/* Takes an option in; what is wrong with it, or NULL. */
static const char *cluster_option(struct cluster_options *o, const struct cli_args *a, int opt)
{
    unsigned long n;
    switch (opt) {
    case OPT_MODEL: o->model = a->value; break;
    case OPT_AUDIO: o->audio = a->value; break;
    case OPT_MEAN_STD: o->mean_std = a->value; break;
    case OPT_ASSIGN: o->assign = true; break;
    case OPT_LAYER:
        o->layer_given = true;
        o->input = strcmp(a->value, "fbank") == 0;
        if (!o->input && !cli_unsigned(a->value, 1, UINT32_MAX, &n))
            return "--layer takes a number from 1, or fbank";
        o->layer = o->input ? 0 : (uint32_t)n;
        break;
    case OPT_K:
        if (!cli_unsigned(a->value, 1, MOST_CLUSTERS, &o->k))
            return "--k takes a number from 1 to 1000000";
        break;
    case OPT_SEED:
        if (!cli_unsigned(a->value, 0, INT64_MAX, &n))
            return "--seed takes a whole number from 0";
        o->seed = n;
        break;
    case OPT_NORMALIZE:
        if (!model_normalize_parse(a->value, &o->normalize))
            return "--normalize needs yes or no";
        break;
    }
    return NULL;
}

static bool cluster_take(void *request, const struct cli_args *a, int opt)
{
    const char *wrong = cluster_option(request, a, opt);
    if (wrong)
        cli_usage(a->command, "%s", wrong);
    return !wrong;
}

/* Everything of one run. */
struct cluster_run {
    const struct cluster_options *o;
    const struct cli *cli;
    struct model *model;
    struct recordings recordings;
    struct cluster_rows rows;
    struct kmeans means;
    struct progress shown;
    size_t problems;
};

static void cluster_problem(void *context, const char *message)
{
    struct cluster_run *r = context;
    r->problems++;
    progress_message(&r->shown, message);
}

static void cluster_progress(void *context, size_t done, size_t all)
{
    struct cluster_run *r = context;
    progress_count(&r->shown, done, all);
}

static void cluster_round(void *context, unsigned round, size_t changed)
{
    struct cluster_run *r = context;
    if (r->cli->verbose)
        cli_note(r->cli, "round %u: %zu of %zu frames changed their cluster", round, changed,
                 r->rows.frames);
}

/* Opens what the options name and reads all frames. */
static enum status cluster_read(struct cluster_run *r, const struct cancel *stop, struct err *err)
{
    const struct cluster_options *o = r->o;
    const struct model_options how = {
        .mean_std = o->mean_std, .normalize = o->normalize, .cancel = stop};
    const struct cluster_hooks hooks = {cluster_problem, cluster_progress, r, stop};
    enum status code = recordings_open(&r->recordings, o->audio, err);
    if (!code)
        code = model_open(&r->model, o->model, &how, err);
    if (!code && o->layer > model_info(r->model)->layers)
        code = err_set(err, STATUS_USAGE, "%s: there is no layer %u, the last is %u", o->model,
                       o->layer, model_info(r->model)->layers);
    if (code)
        return code;
    progress_begin(&r->shown, r->cli, "read");
    code = cluster_rows_read(&r->rows, r->model, &r->recordings, o->layer, r->cli->threads, &hooks,
                             err);
    progress_end(&r->shown);
    return code;
}

static enum status cluster_compute(struct cluster_run *r, const struct cancel *stop,
                                   struct err *err)
{
    struct kmeans *c = &r->means;
    *c = (struct kmeans){.part = r->rows.part,
                         .parts = r->rows.parts,
                         .width = r->rows.width,
                         .k = r->o->k,
                         .seed = r->o->seed,
                         .most_rounds = MOST_ROUNDS,
                         .threads = r->cli->threads,
                         .cancel = stop,
                         .round = cluster_round,
                         .context = r};
    /* More clusters than frames would ask for memory first. */
    if (c->k > r->rows.frames)
        return err_set(err, STATUS_MISMATCH, "%s: %zu clusters need as many frames, there are %zu",
                       r->o->audio, c->k, r->rows.frames);
    c->centre = mem_array(c->k * c->width, sizeof *c->centre);
    if (!c->centre)
        return err_nomem(err);
    enum status code = kmeans_run(c, err);
    return code ? err_prefix(err, "%s", r->o->audio) : STATUS_OK;
}

/* The tensors of the output: centroids, and U/labels of each recording that was read. */
static enum status cluster_tensors(const struct cluster_run *r, struct tensor *t, size_t *count,
                                   struct err *err)
{
    const struct kmeans *c = &r->means;
    t[0] = (struct tensor){.name = "centroids",
                           .dtype = DTYPE_F32,
                           .ndim = 2,
                           .shape = {c->k, c->width},
                           .data = (const unsigned char *)c->centre};
    *count = 1;
    for (size_t p = 0; r->o->assign && p < c->parts; p++) {
        struct buf name = BUF_INIT;
        buf_printf(&name, "%s/labels", r->recordings.recording[r->rows.recording[p]].utterance);
        if (!buf_ok(&name))
            return err_nomem(err);
        t[(*count)++] = (struct tensor){.name = name.data,
                                        .dtype = DTYPE_I32,
                                        .ndim = 1,
                                        .shape = {c->part[p].rows},
                                        .data = (const unsigned char *)c->part[p].label};
    }
    for (size_t i = 0; i < *count; i++)
        tensor_set_rows(&t[i]);
    return STATUS_OK;
}

static enum status cluster_write_file(const struct cluster_run *r, const struct tensor *t,
                                      size_t count, struct err *err)
{
    const struct model_info *info = model_info(r->model);
    char layer[16], seed[24], rounds[16], frames[24];
    struct outfile out;
    snprintf(layer, sizeof layer, r->o->input ? "fbank" : "%u", r->o->layer);
    snprintf(seed, sizeof seed, "%" PRIu64, r->o->seed);
    snprintf(rounds, sizeof rounds, "%u", r->means.rounds);
    snprintf(frames, sizeof frames, "%zu", r->rows.frames);
    const char *const meta[] = {"created_by", "propneu " PACKAGE_VERSION,
                                "model",      info->name,
                                "family",     info->family,
                                "layer",      layer,
                                "seed",       seed,
                                "rounds",     rounds,
                                "frames",     frames};
    enum status code = outfile_open(&out, r->cli->output, err);
    if (code)
        return code;
    code = safetensors_write(out.stream, t, count, meta, sizeof meta / sizeof *meta / 2, err);
    if (code)
        outfile_abandon(&out);
    else
        code = outfile_commit(&out, err);
    return code;
}

static enum status cluster_write(const struct cluster_run *r, struct err *err)
{
    struct tensor *t = mem_zeros(r->rows.parts + 1, sizeof *t);
    size_t count = 0;
    enum status code = t ? cluster_tensors(r, t, &count, err) : err_nomem(err);
    if (!code)
        code = cluster_write_file(r, t, count, err);
    for (size_t i = 1; i < count; i++)
        free((char *)(uintptr_t)t[i].name);
    free(t);
    return code;
}

static void cluster_say(const struct cluster_run *r)
{
    const struct kmeans *c = &r->means;
    input_note_model(r->o->model, r->cli, model_info(r->model));
    cli_note(r->cli,
             "%zu clusters of %zu frames from %zu recordings: mean squared distance %s, %u rounds",
             c->k, r->rows.frames, c->parts,
             number_short(c->distance / (double)r->rows.frames, 4).text, c->rounds);
    if (c->changed)
        cli_note(r->cli, "after %u rounds %zu frames still changed their cluster", c->rounds,
                 c->changed);
}

static enum status cluster_do(struct cluster_run *r, struct err *err)
{
    const struct cancel *stop = progress_catch_signals();
    enum status code = cluster_read(r, stop, err);
    if (!code)
        code = cluster_compute(r, stop, err);
    if (!code)
        code = cluster_write(r, err);
    workers_advise(r->cli->threads, err);
    if (!code)
        cluster_say(r);
    free(r->means.centre);
    cluster_rows_free(&r->rows);
    recordings_free(&r->recordings);
    model_free(r->model);
    return code;
}

static int cluster_main(struct cli *cli, int argc, char **argv)
{
    struct cluster_options o = {.model = NULL};
    struct cli_args a;
    struct err err = {.code = STATUS_OK};
    int status = cli_parse(&a, cli, &command_cluster, argc, argv, cluster_take, &o);
    if (status != CLI_END)
        return status;
    if (a.first < argc)
        return cli_usage(&command_cluster, "what is '%s'?", argv[a.first]);
    const char *missing = !o.model         ? "-m MODEL"
                          : !o.audio       ? "-a AUDIO"
                          : !o.layer_given ? "--layer N or --layer fbank"
                          : !o.k           ? "--k K"
                          : !cli->output   ? "-o CLUSTERS.safetensors"
                                           : NULL;
    if (missing)
        return cli_usage(&command_cluster, "%s is needed", missing);
    struct cluster_run r = {.o = &o, .cli = cli};
    if (cluster_do(&r, &err))
        return cli_fail(&err);
    return r.problems ? CLI_FAILED : CLI_DONE;
}

const struct cli_command command_cluster = {
    .name = "cluster",
    .summary = "Cluster the frames of a model or its input by k-means",
    .synopsis = "-m MODEL -a AUDIO --layer N|fbank --k K [OPTION...] -o CLUSTERS.safetensors",
    .details =
        "The clusters are what self-supervised training predicts (HuBERT: of MFCC or of a layer,\n"
        "MelHuBERT: of log-mel).  Centres begin as k-means++ chooses them and move until no frame\n"
        "changes its cluster, or 100 times.  CLUSTERS.safetensors holds centroids, float32\n"
        "[K, width], and with --assign U/labels, int32 [frames], of every recording U.\n"
        "\n"
        "All frames are in memory at once: 4 bytes x width for each.  The result is the same on\n"
        "any number of threads.  Recordings that cannot be read are named and left out, and the\n"
        "exit status is 1.\n",
    .examples =
        "  propneu cluster -m melhubert -a train --layer fbank --k 100 -o clusters.safetensors\n"
        "  propneu cluster -m hubert -a train --layer 6 --k 500 --assign -o six.safetensors\n",
    .options = options,
    .run = cluster_main,
};
