/*
 * propneu activations: every stage of the forward pass as tensors, to compare with other software.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/commands/input_options.h"
#include "cli/commands/mean_activations.h"
#include "corpus/audio.h"
#include "base/buf.h"
#include "formats/countfile.h"
#include "formats/file.h"
#include "base/mem.h"
#include "model/model.h"
#include "base/names.h"
#include "formats/tensors/safetensors.h"

enum { OPT_MODEL, OPT_MEAN_STD, OPT_NORMALIZE, OPT_MEAN };

static const struct cli_option options[] = {
    {"model", 'm', "MODEL", "checkpoint or Hugging Face folder", CLI_FILE},
    {"mean-std", 0, "FILE", "mean and deviation of log-mel bins (.npy; MelHuBERT)", CLI_FILE},
    {"normalize", 0, "WHETHER", "normalise to mean 0, variance 1 (default: as trained)", "yes|no"},
    {"mean", 0, NULL, "only the mean of each neuron over all frames, for erase --mean", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/*
 * The header of the output needs every shape before the first value is written, so recordings are
 * read twice: for their lengths, then for the model.  Nothing but one of them is held at a time.
 */
struct job {
    struct model *model;
    struct model_scratch *scratch;
    struct audio audio;
    char **path; /* [files], borrowed */
    size_t files;
    size_t *samples; /* [files] */
    struct names utterances;
    struct tensor *tensor; /* [count], names owned */
    size_t count, cap;
    const char *output;
    FILE *out;
};

static void job_free(struct job *j)
{
    for (size_t i = 0; i < j->count; i++)
        free((char *)(uintptr_t)j->tensor[i].name);
    free(j->tensor);
    free(j->samples);
    names_free(&j->utterances);
    audio_free(&j->audio);
    model_scratch_free(j->scratch);
    model_free(j->model);
}

/* The utterance's name: the file's up to its first dot, as one that JSON takes. */
static char *utterance_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    char *name = mem_strndup(base, strcspn(base, "."));
    if (name)
        counts_clean(name);
    return name;
}

/* Adds UTTERANCE/STAGE, F32 [rows][width], to the header; INDEX joins its name where NUMBERED. The
 * tensor has no data: write_block streams it in the order of the plan. */
static enum status add_tensor(struct job *j, const char *utterance, enum model_stage stage,
                              uint32_t index, bool numbered, size_t rows, struct err *err)
{
    struct buf name = BUF_INIT;
    size_t width = model_stage_width(j->model, stage, index);
    buf_printf(&name, "%s/%s", utterance, model_stage_name(stage));
    if (numbered)
        buf_printf(&name, ".%u", index);
    if (!buf_ok(&name) || !mem_grow(&j->tensor, &j->cap, j->count + 1, sizeof *j->tensor)) {
        buf_free(&name);
        return err_nomem(err);
    }
    j->tensor[j->count++] = (struct tensor){.name = name.data,
                                            .dtype = DTYPE_F32,
                                            .ndim = 2,
                                            .shape = {rows, width},
                                            .stride = {width, 1},
                                            .count = rows * width};
    return STATUS_OK;
}

/* Plans the tensors of file I in the order in which the forward pass hands them out. */
static enum status plan_file(struct job *j, size_t i, struct err *err)
{
    char *name = utterance_name(j->path[i]);
    uint32_t before = j->utterances.count, layers = model_info(j->model)->layers;
    if (!name || names_add(&j->utterances, name) == NAMES_NONE) {
        free(name);
        return err_nomem(err);
    }
    enum status code = STATUS_OK;
    if (j->utterances.count == before)
        code = err_set(err, STATUS_USAGE, "%s: another file is called '%s' up to the first dot",
                       j->path[i], name);
    for (int s = 0; !code && s < MODEL_STAGES; s++) {
        uint32_t count;
        size_t rows;
        model_stage_shape(j->model, (enum model_stage)s, j->samples[i], &count, &rows);
        /* hidden.0, then fc1 and hidden of each layer in turn. */
        if (s == MODEL_HIDDEN)
            count = 1;
        if (s == MODEL_FC1)
            for (uint32_t n = 0; !code && n < layers; n++) {
                code = add_tensor(j, name, MODEL_FC1, n, true, rows, err);
                if (!code)
                    code = add_tensor(j, name, MODEL_HIDDEN, n + 1, true, rows, err);
            }
        else if (count > 0)
            code = add_tensor(j, name, (enum model_stage)s, 0, s == MODEL_HIDDEN, rows, err);
    }
    free(name);
    return code;
}

/* First pass over the recordings: their lengths give every shape. A recording too short for one
 * frame is an error here, before the output exists. */
static enum status activations_plan(struct job *j, struct err *err)
{
    enum status code = STATUS_OK;
    j->samples = mem_zeros(j->files, sizeof *j->samples);
    j->scratch = model_scratch_new();
    if (!j->samples || !j->scratch)
        return err_nomem(err);
    for (size_t i = 0; !code && i < j->files; i++) {
        code = audio_read(&j->audio, j->path[i], err);
        if (code)
            break;
        j->samples[i] = j->audio.count;
        if (model_frames(j->model, j->audio.count) == 0)
            code = err_set(err, STATUS_FORMAT, "%s: %zu samples are too short for a frame",
                           j->path[i], j->audio.count);
        else
            code = plan_file(j, i, err);
    }
    return code;
}

/* Writes the rows of a block. Blocks arrive in the order of the plan, so the file is written from
 * front to end. */
static enum status write_block(void *context, const struct model_block *b, struct err *err)
{
    const struct job *j = context;
    size_t n = b->rows * b->width;
    return fwrite(b->data, sizeof *b->data, n, j->out) == n ? STATUS_OK : err_errno(err, j->output);
}

/* A recording that changed since the first pass would not fit its planned shape. */
static enum status run_files(struct job *j, struct err *err)
{
    const struct model_sink sink = {MODEL_WANT_ALL, write_block, j};
    for (size_t i = 0; i < j->files; i++) {
        enum status code = audio_read(&j->audio, j->path[i], err);
        if (code)
            return code;
        if (j->audio.count != j->samples[i])
            return err_set(err, STATUS_MISMATCH, "%s: changed while it was read", j->path[i]);
        code = model_forward(j->model, j->scratch, j->audio.samples, j->audio.count, &sink, err);
        if (code) {
            if (code != STATUS_IO) /* that one is the output's, and names it */
                err_prefix(err, "%s", j->path[i]);
            return code;
        }
    }
    return STATUS_OK;
}

/* Second pass: the header, then each block as the forward pass yields it. The file appears only
 * when complete, so a failed run leaves no half-written tensors. */
static enum status write_all(struct job *j, const char *path, struct err *err)
{
    struct outfile file;
    const struct model_info *info = model_info(j->model);
    const char *const meta[] = {
        "created_by", "propneu " PACKAGE_VERSION, "model", info->name, "family", info->family};
    enum status code = outfile_open(&file, path, err);
    if (code)
        return code;
    j->out = file.stream;
    j->output = path;
    code = safetensors_write_header(file.stream, j->tensor, j->count, meta, 3, err);
    if (!code)
        code = run_files(j, err);
    if (code)
        outfile_abandon(&file);
    else
        code = outfile_commit(&file, err);
    return code;
}

/* The command: all stages by default, or with --mean the mean of each neuron alone. The note on
 * normalisation comes last, once the model is known to have run. */
static int activations_run(struct cli *cli, int argc, char **argv)
{
    struct cli_args a;
    struct err err;
    struct job j = {.audio = AUDIO_INIT, .utterances = NAMES_INIT};
    struct model_options how = {.mean_std = NULL};
    const char *model = NULL, *wrong = NULL;
    bool mean = false;
    int opt;
    cli_args_init(&a, cli, &command_activations, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        switch (opt) {
        case OPT_MODEL: model = a.value; break;
        case OPT_MEAN_STD: how.mean_std = a.value; break;
        case OPT_MEAN: mean = true; break;
        case OPT_NORMALIZE:
            if (!model_normalize_parse(a.value, &how.normalize))
                wrong = "--normalize needs yes or no";
            break;
        }
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (wrong)
        return cli_usage(&command_activations, "%s", wrong);
    if (!model)
        return cli_usage(&command_activations, "-m MODEL is needed");
    if (argc == a.first)
        return cli_usage(&command_activations, "AUDIO is needed");
    if (!cli->output)
        return cli_usage(&command_activations, "-o OUT.safetensors is needed");
    j.path = argv + a.first;
    j.files = (size_t)(argc - a.first);
    enum status code = model_open(&j.model, model, &how, &err);
    if (!code && mean)
        code = mean_activations_write(j.model, j.path, j.files, cli->output, cli, &err);
    if (!code && !mean)
        code = activations_plan(&j, &err);
    if (!code && !mean)
        code = write_all(&j, cli->output, &err);
    if (!code)
        input_note_model(model, cli, model_info(j.model));
    job_free(&j);
    return code ? cli_fail(&err) : CLI_DONE;
}

const struct cli_command command_activations = {
    .name = "activations",
    .summary = "Write every stage of a model's forward pass to a safetensors file",
    .synopsis = "-m MODEL AUDIO... -o OUT.safetensors",
    .details =
        "Tensors are float32, [frames, width], for comparison with other software: U/fbank,\n"
        "U/fbank_norm and U/input (MelHuBERT) or U/conv (others), U/feat, U/pos, U/hidden.0\n"
        "(input of the first layer) to U/hidden.L, U/fc1.0 to U/fc1.(L-1) (activations),\n"
        "U/final; U is the file's name up to its first dot.\n"
        "With --mean AUDIO may also be a folder or a list (see 'propneu count'), and OUT gets\n"
        "only mean.1 to mean.L, the means that 'propneu erase --mean' reads.\n",
    .examples =
        "  propneu activations -m melhubert.ckpt --mean-std mean-std.npy a.flac -o a.safetensors\n"
        "  propneu activations --mean -m hubert LibriSpeech/dev-clean -o means.safetensors\n",
    .options = options,
    .files = CLI_FILE,
    .run = activations_run,
};
