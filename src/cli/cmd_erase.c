/*
 * propneu erase: a model without what a set of neurons contributes, as a checkpoint of its own.
 */
#include "config.h"

#include <stdlib.h>

#include "commands.h"
#include "edit_options.h"
#include "propneu/safetensors.h"

enum { OPT_SCALE = EDIT_END, OPT_MEAN };

static const struct cli_option options[] = {
    EDIT_OPTIONS,
    {"scale", 0, "G", "multiply by G instead of erasing", NULL},
    {"mean", 0, "FILE", "put the neurons' means in their place (safetensors)", CLI_FILE},
    {NULL, 0, NULL, NULL, NULL},
};

struct request {
    struct edit_request edit;
    double gain;
    bool scaled;
    const char *mean; /* file, or NULL */
};

static json_t *describe(const struct request *r)
{
    if (r->mean)
        return json_pack("{s:s, s:o}", "kind", "mean", "mean", analysis_text(r->mean));
    if (r->scaled)
        return json_pack("{s:s, s:f}", "kind", "scale", "gain", r->gain);
    return json_pack("{s:s}", "kind", "erase");
}

static enum status apply(struct edit_input *in, const struct request *r,
                         const struct neuron_sets *sets, struct err *err)
{
    struct tensors means = {0};
    struct edit e = {.kind = r->mean ? EDIT_MEAN : EDIT_SCALE,
                     .sets = sets,
                     .gain = r->gain,
                     .means = &means,
                     .means_path = r->mean};
    enum status code = r->mean ? safetensors_open(&means, r->mean, err) : STATUS_OK;
    if (!code)
        code = edit_apply(&in->source.checkpoint, &e, err);
    tensors_free(&means);
    return code;
}

static enum status erase(const struct cli *cli, const struct request *r, const char *command,
                         struct err *err)
{
    struct edit_input in;
    struct neuron_sets sets = {0};
    const char *verb = r->mean ? "ablated" : r->scaled ? "scaled" : "erased";
    enum status code = edit_input_open(&in, &r->edit, err);
    if (code)
        return code;
    code = edit_input_sets(&in, cli, &r->edit, r->edit.set, &sets, err);
    if (!code && !r->edit.allow_empty && neuron_sets_total(&sets) == 0)
        code = err_set(err, STATUS_NOTFOUND,
                       "the set '%s' is empty: nothing to edit (--allow-empty writes a copy)",
                       r->edit.set);
    if (!code)
        code = apply(&in, r, &sets, err);
    if (!code)
        code = edit_finish(&in, cli, &r->edit, &sets, describe(r), verb, command, err);
    neuron_sets_free(&sets);
    edit_input_free(&in);
    return code;
}

static bool take(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    switch (opt) {
    case OPT_SCALE:
        r->scaled = cli_double(a->value, -1e6, 1e6, &r->gain);
        if (!r->scaled)
            cli_usage(&command_erase, "--scale takes a number, not '%s'", a->value);
        return r->scaled;
    case OPT_MEAN: r->mean = a->value; return true;
    default: return edit_options_take(&r->edit, a, opt);
    }
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.edit = {.analysis = ANALYSIS_OPTIONS_DEFAULT}};
    /* Before the parser moves the operands behind the options. */
    char *command = edit_command(argc, argv);
    struct cli_args a;
    struct err err;
    int status = cli_parse(&a, cli, &command_erase, argc, argv, take, &r);
    if (status != CLI_END)
        goto out;
    if (!r.edit.model)
        status = cli_usage(&command_erase, "-m MODEL is needed");
    else if (!r.edit.set)
        status = cli_usage(&command_erase, "--set SET is needed");
    else if (!cli->output)
        status = cli_usage(&command_erase, "-o FOLDER is needed");
    else if (r.scaled && r.mean)
        status = cli_usage(&command_erase, "--scale and --mean exclude each other");
    else if (a.first < argc)
        status = cli_usage(&command_erase, "what is '%s'?", argv[a.first]);
    else if (command ? erase(cli, &r, command, &err) : err_nomem(&err))
        status = cli_fail(&err);
    else
        status = CLI_DONE;
out:
    free(command);
    return status;
}

const struct cli_command command_erase = {
    .name = "erase",
    .summary = "Write a model in which a set of neurons contributes nothing",
    .synopsis = "-m MODEL [-c COUNTS] --set SET [OPTION...] -o FOLDER",
    .details =
        "Column i of the second feed-forward matrix becomes zero for every neuron i of the set;\n"
        "names, shapes and number formats stay, so that what loaded MODEL loads FOLDER.\n"
        "SET is an expression as in 'propneu overlap'; names without a layer mean every layer's\n"
        "own set.  Without COUNTS it is @FILE, a list of 'layer neuron' lines.\n"
        "\n"
        "--mean takes a safetensors file of tensors mean.N (layer N, from 1), the average of\n"
        "each neuron's activation: its contribution stays what it is on average.\n"
        "\n"
        "FOLDER gets config.json, model.safetensors, manifest.json (what was done), neurons.txt\n"
        "(the set, for @FILE) and what else of MODEL is needed to run it; it must be new or\n"
        "empty.  TSV columns: layer, neurons, edited.  JSON: the manifest.\n",
    .examples = "  propneu erase -m sid.safetensors -c sid.counts --set gender=male -o no-male\n"
                "  propneu erase -m hubert --set @no-male/neurons.txt --scale 0.5 -o half\n",
    .options = options,
    .run = run,
};
