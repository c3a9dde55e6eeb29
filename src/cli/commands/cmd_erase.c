/*
 * propneu erase: a model without what a set of neurons contributes, as a checkpoint of its own; or
 * what is lost with it, measured.
 */
#include "config.h"

#include <stddef.h>

#include "cli/commands.h"
#include "cli/commands/measure.h"
#include "formats/tensors/safetensors.h"

enum { OPT_SCALE, OPT_MEAN, OPT_MATRIX };

static const struct cli_option options[] = {
    {"scale", 0, "G", "multiply by G instead of erasing", NULL},
    {"mean", 0, "FILE", "put the neurons' means in their place (safetensors)", CLI_FILE},
    {"matrix", 0, NULL, "measure the damage to every group, write nothing", NULL},
    {"property", 0, "NAME", "--matrix: erase each of its groups in turn", NULL},
    {"controls", 0, "N", "--matrix: random sets beside each (100)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static const struct cli_group_use groups[] = {
    {&edit_layer_options, 0},
    {&analysis_selection_options, offsetof(struct edit_request, x.analysis)},
    {&edit_options, 0},
    {&measure_options, 0},
    {NULL, 0},
};

/* What is done, for the manifest. */
static json_t *erase_describe(const struct experiment_request *r)
{
    if (r->mean)
        return json_pack("{s:s, s:o}", "kind", "mean", "mean", analysis_text(r->mean));
    if (r->scaled)
        return json_pack("{s:s, s:f}", "kind", "scale", "gain", r->gain);
    return json_pack("{s:s}", "kind", "erase");
}

static enum status erase_apply(struct edit_input *in, const struct experiment_request *r,
                               const struct neuron_set *sets, struct err *err)
{
    struct tensors means = {0};
    const struct edit e = {.kind = r->mean ? EDIT_MEAN : EDIT_SCALE,
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

static enum status erase_write(const struct cli *cli, struct edit_request *request,
                               const char *command, struct err *err)
{
    const struct experiment_request *r = &request->x;
    struct edit_input in;
    struct neuron_set sets = {0};
    const char *verb = r->mean ? "ablated" : r->scaled ? "scaled" : "erased";
    enum status code = edit_input_open(&in, r, err);
    if (code)
        return code;
    code = edit_input_sets(&in, cli, r, r->set, &sets, err);
    if (!code && !request->allow_empty && neuron_set_total(&sets) == 0)
        code =
            err_set(err, STATUS_NOTFOUND,
                    "the set '%s' is empty: nothing to edit (--allow-empty writes a copy)", r->set);
    if (!code)
        code = erase_apply(&in, r, &sets, err);
    if (!code)
        code = edit_finish(&in, cli, r, &sets, erase_describe(r), verb, command, err);
    neuron_set_free(&sets);
    edit_input_free(&in);
    return code;
}

static bool erase_take(void *request, const struct cli_args *a, int opt)
{
    struct edit_request *r = request;
    if (opt != OPT_MATRIX)
        return edit_take(request, a, opt);
    r->measured = true;
    return true;
}

static const char *erase_complaint(const struct edit_request *r, const struct cli *cli)
{
    if (r->x.scaled && r->x.mean)
        return "--scale and --mean exclude each other";
    if (!r->x.eval.model)
        return "-m MODEL is needed";
    if (!r->x.set)
        return "--set SET is needed";
    return cli->output ? NULL : "-o FOLDER is needed";
}

const struct edit_verbs erase_verbs = {&command_erase, EXPERIMENT_MATRIX, "matrix",
                                       erase_take,     erase_complaint,   erase_write};

static int erase_run(struct cli *cli, int argc, char **argv)
{
    return edit_run(&erase_verbs, cli, argc, argv);
}

const struct cli_command command_erase = {
    .name = "erase",
    .summary = "Write a model in which a set of neurons contributes nothing; or measure it",
    .synopsis = "-m MODEL [-c COUNTS] --set SET [OPTION...] -o FOLDER\n"
                "       propneu erase --matrix -m MODEL -c COUNTS -a AUDIO --task TASK "
                "(--property NAME | --set SET) [OPTION...] [-o FILE]",
    .details =
        "Column i of the second feed-forward matrix becomes zero for every neuron i of the set;\n"
        "names, shapes and number formats stay, so that what loaded MODEL loads FOLDER.\n"
        "SET is an expression as in 'propneu overlap'; names without a layer mean every layer's\n"
        "own set.  Without COUNTS it is @FILE, a list of 'layer neuron' lines, or a list\n"
        "as {1:3,7-9;4:0}.\n"
        "\n"
        "--mean takes a safetensors file of tensors mean.N (layer N, from 1), the average of\n"
        "each neuron's activation, as 'propneu activations --mean' writes it: what the neurons\n"
        "contribute stays what it is on average.\n"
        "\n"
        "FOLDER gets config.json, model.safetensors, manifest.json (what was done), neurons.txt\n"
        "(the set, for @FILE) and what else of MODEL is needed to run it, and checkpoint.pt where\n"
        "MODEL is a torch checkpoint (not fairseq's); it must be new or empty.\n"
        "Its table is 'edited' in propneu-tables(5); JSON is the manifest.\n"
        "\n"
        "--matrix writes no model.  The group neurons of a property are erased (scaled, ...), one\n"
        "group after the other, and the change of the error is measured for all trials and for\n"
        "every group of --by (the same property, unless given), as propneu eval measures it.\n"
        "Beside it the same is done to random sets: as many neurons in every layer, none of the\n"
        "property's, each one of the 5 nearest in firing rate and column norm to the neuron it\n"
        "stands for.  95 % of their changes are shown as an interval, and p, the share\n"
        "of them that do as much damage.  A journal keeps what was measured: an interrupted run\n"
        "goes on, and ends with the same result.  A folder as --journal gets one for each\n"
        "experiment, which stays.\n"
        "Its table is 'matrix' in propneu-tables(5).\n",
    .examples = "  propneu erase -m sid.safetensors -c sid.counts --set gender=male -o no-male\n"
                "  propneu erase -m hubert --set @no-male/neurons.txt --scale 0.5 -o half\n"
                "  propneu erase --matrix -m sid.safetensors -c sid.counts --property gender \\\n"
                "    -a test --speakers speakers.tsv --task sid --piece 0.2 -o gender.txt\n",
    .groups = groups,
    .options = options,
    .run = erase_run,
};
