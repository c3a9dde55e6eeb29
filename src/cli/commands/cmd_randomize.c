/*
 * propneu randomize: the same architecture before any training, as a checkpoint of its own.
 */
#include "config.h"

#include <inttypes.h>
#include <stddef.h>

#include "analysis/list.h"
#include "cli/commands.h"
#include "cli/commands/edit_options.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"
#include "edit/randomize.h"

struct randomize_request {
    const char *model, *mean_std;
    uint64_t seed;
};

enum { OPT_MODEL, OPT_SEED, OPT_MEAN_STD };

static const struct cli_option options[] = {
    [OPT_MODEL] = {"model", 'm', "MODEL", "checkpoint or Hugging Face folder", CLI_FILE},
    [OPT_SEED] = {"seed", 0, "N", "seed of the weights (default: 0)", NULL},
    [OPT_MEAN_STD] = {"mean-std", 0, "FILE", "mean and deviation of log-mel bins (.npy; MelHuBERT)",
                      CLI_FILE},
    {NULL, 0, NULL, NULL, NULL},
};

static bool randomize_take(void *request, const struct cli_args *a, int opt)
{
    struct randomize_request *r = request;
    unsigned long n;
    if (opt == OPT_MODEL)
        r->model = a->value;
    else if (opt == OPT_MEAN_STD)
        r->mean_std = a->value;
    else if (cli_unsigned(a->value, 0, INT64_MAX, &n))
        r->seed = n;
    else {
        cli_usage(a->command, "--seed takes a whole number from 0");
        return false;
    }
    return true;
}

/* Names of the tensors of kind KIND, as JSON. */
static json_t *randomize_names(const struct randomized *r, enum init_kind kind)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->tensors->count; i++)
        if (r->initial[i].kind == kind)
            json_array_append_new(list, json_string(r->tensors->tensor[i].name));
    return list;
}

/* What is done, for the manifest. */
static json_t *randomize_describe(const struct randomized *r)
{
    size_t kept = randomized_count(r, INITIAL_UNKNOWN) + randomized_count(r, INITIAL_KEPT);
    return json_pack(
        "{s:s, s:I, s:s, s:I, s:o, s:o}", "kind", "randomize", "seed", (json_int_t)r->seed,
        "software", r->software, "tensors", (json_int_t)(r->tensors->count - kept), "kept",
        randomize_names(r, INITIAL_KEPT), "unknown", randomize_names(r, INITIAL_UNKNOWN));
}

/* Weights that nothing is known of stay trained ones: whoever measures must know. */
static void randomize_note_unknown(const struct cli *cli, const struct randomized *r,
                                   const char *model)
{
    const char *first[3] = {"", "", ""};
    size_t n = 0;
    for (size_t i = 0; i < r->tensors->count; i++)
        if (r->initial[i].kind == INITIAL_UNKNOWN && n++ < 3)
            first[n - 1] = r->tensors->tensor[i].name;
    if (n)
        cli_note(cli, "%s: %zu tensors are kept, how they begin is not known: %s%s%s%s%s%s", model,
                 n, first[0], n > 1 ? ", " : "", first[1], n > 2 ? ", " : "", first[2],
                 n > 3 ? ", ..." : "");
}

static enum status randomize_print(const struct cli *cli, const struct randomized *r,
                                   json_t *manifest, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = STATUS_OK;
    if (cli->format == CLI_JSON)
        return analysis_dump(stdout, json_incref(manifest), err);
    if (cli->format == CLI_TSV) {
        code = report_randomized(answer_add(&answer), r, err);
        if (!code)
            code = answer_print(stdout, CLI_TSV, &answer, err);
        answer_free(&answer);
        return code;
    }
    if (cli->quiet)
        return STATUS_OK;
    size_t kept = randomized_count(r, INITIAL_UNKNOWN) + randomized_count(r, INITIAL_KEPT);
    printf("initialised as %s does: %zu tensors, %zu kept, seed %" PRIu64 "\nwritten to ",
           r->software, r->tensors->count - kept, kept, r->seed);
    print_name(stdout, cli->output, 0);
    putchar('\n');
    return STATUS_OK;
}

static enum status randomize_write(const struct cli *cli, const struct randomize_request *q,
                                   const char *command, struct err *err)
{
    const struct model_options how = {.mean_std = q->mean_std};
    struct edit_record record = {.command = command, .stop = progress_catch_signals()};
    struct edit_source source = {0};
    struct randomized r = {.initial = NULL};
    json_t *edit = NULL, *manifest = NULL;
    enum status code = edit_source_open(&source, q->model, &how, err);
    if (!code)
        code = randomize_apply(&r, &source.checkpoint, q->seed, record.stop, err);
    if (!code && !(record.edit = edit = randomize_describe(&r)))
        code = err_nomem(err);
    if (!code)
        code = edit_folder_write(&source, &record, cli->output, &manifest, err);
    if (!code) {
        randomize_note_unknown(cli, &r, q->model);
        code = randomize_print(cli, &r, manifest, err);
    }
    json_decref(edit);
    json_decref(manifest);
    randomized_free(&r);
    edit_source_free(&source);
    return code;
}

static int randomize_run(struct cli *cli, int argc, char **argv)
{
    struct randomize_request r = {.model = NULL};
    struct cli_args a;
    struct err err;
    char *command = edit_command(argc, argv);
    int status = cli_parse(&a, cli, &command_randomize, argc, argv, randomize_take, &r);
    if (status == CLI_END && a.first < argc)
        status = cli_usage(&command_randomize, "what is '%s'?", argv[a.first]);
    else if (status == CLI_END && (!r.model || !cli->output))
        status =
            cli_usage(&command_randomize, r.model ? "-o FOLDER is needed" : "-m MODEL is needed");
    else if (status == CLI_END)
        status = !command                                  ? cli_fail((err_nomem(&err), &err))
                 : randomize_write(cli, &r, command, &err) ? cli_fail(&err)
                                                           : CLI_DONE;
    free(command);
    return status;
}

const struct cli_command command_randomize = {
    .name = "randomize",
    .summary = "Write the same architecture with untrained weights",
    .synopsis = "-m MODEL [--seed N] [OPTION...] -o FOLDER",
    .details =
        "Every tensor is drawn anew from the distribution that the family's own software starts\n"
        "training from: transformers' where tensors have its names, fairseq's where they have\n"
        "those (WavLM's release, s3prl and MelHuBERT's trainer do the same).  Names, shapes, data\n"
        "types and configuration stay, so that FOLDER can be counted like MODEL: what is found in\n"
        "it, nobody has learnt.\n"
        "\n"
        "Heads are drawn as well, as far as their software is known.  Statistics of recordings\n"
        "(input.mean, mean-std.npy) are kept, and tensors that no rule speaks of, with a note.\n"
        "The same seed gives the same numbers on every machine.  FOLDER is as in 'propneu erase'.\n"
        "Its table is 'randomized' in propneu-tables(5); JSON is the manifest.\n",
    .examples = "  propneu randomize -m hubert --seed 1 -o hubert-untrained\n"
                "  propneu count -m hubert-untrained -a wavs -l align -o untrained.counts\n",
    .options = options,
    .run = randomize_run,
};
