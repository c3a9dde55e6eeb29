/*
 * propneu erase: a model without what a set of neurons contributes, as a checkpoint of its own; or
 * what is lost with it, measured.
 */
#include "config.h"

#include <stddef.h>

#include "cli/commands.h"
#include "cli/commands/measure.h"
#include "formats/tensors/safetensors.h"
#include "formats/jsontext.h"

enum { OPT_SCALE, OPT_MEAN, OPT_MATRIX };

static const struct cli_option options[] = {
    {"scale", 0, "G", "multiply by G instead of erasing", NULL},
    {"mean", 0, "FILE", "mean ablation with these means (safetensors)", CLI_FILE},
    {"matrix", 0, NULL, "measure the damage for each group, write no model", NULL},
    {"property", 0, "NAME", "--matrix: erase the neurons of each of its groups", NULL},
    {"controls", 0, "N", "--matrix: control sets for each (default: 100)", NULL},
    {"relabel", 0, "[=N|all]", "--matrix: exchange the speakers' labels N times (default: 99)",
     "all"},
    {"strata", 0, "COLUMN", "--relabel: exchange speakers of equal values only, or none", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static const struct cli_group_use groups[] = {
    {&edit_layer_options, 0},
    {&analysis_selection_options, offsetof(struct edit_request, x.analysis)},
    {&analysis_rule_options, offsetof(struct edit_request, x.analysis)},
    {&edit_options, 0},
    {&measure_options, 0},
    {NULL, 0},
};

/* What is done, for the manifest. */
static json_t *erase_describe(const struct experiment_request *r)
{
    if (r->mean)
        return json_pack("{s:s, s:o}", "kind", "mean", "mean", jsontext_string(r->mean));
    if (r->scaled)
        return json_pack("{s:s, s:f}", "kind", "scale", "gain", r->gain);
    return json_pack("{s:s}", "kind", "erase");
}

/* Changes the matrices of the open checkpoint in memory: zero or scaled columns, or mean ablation
 * with the tensors of --mean. */
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

/* Writes the model with the set erased, scaled or replaced by means. An empty set is an error by
 * default: it is usually a misspelt expression. */
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

/* Takes --matrix; the others are fields of the request. */
static bool erase_take(void *request, const struct cli_args *a, int opt)
{
    struct edit_request *r = request;
    if (opt != OPT_MATRIX)
        return edit_take(request, a, opt);
    r->measured = true;
    return true;
}

/* What is missing or contradictory for a model that is to be written, or NULL. */
static const char *erase_complaint(const struct edit_request *r, const struct cli *cli)
{
    if (r->x.scaled && r->x.mean)
        return "--scale and --mean exclude each other";
    if (!r->x.eval.model)
        return "-m MODEL is needed";
    if (!r->x.set)
        return "--set SET is needed";
    return cli->output ? experiment_request_complaint_rule(&r->x) : "-o FOLDER is needed";
}

const struct edit_verbs erase_verbs = {&command_erase, EXPERIMENT_MATRIX, "matrix",
                                       erase_take,     erase_complaint,   erase_write};

static int erase_run(struct cli *cli, int argc, char **argv)
{
    return edit_run(&erase_verbs, cli, argc, argv);
}

const struct cli_command command_erase = {
    .name = "erase",
    .summary = "Write a model with a set of neurons ablated; or measure the effect",
    .synopsis = "-m MODEL [-c COUNTS] --set SET [OPTION...] -o FOLDER\n"
                "       propneu erase --matrix -m MODEL -c COUNTS -a AUDIO --task TASK "
                "(--property NAME | --set SET) [OPTION...] [-o FILE]",
    .details =
        "Zero ablation: column i of the second feed-forward matrix becomes zero for every neuron "
        "i\n"
        "of the set; names, shapes and data types are unchanged, so that software that loads "
        "MODEL\n"
        "loads FOLDER.  SET is an expression as in 'propneu overlap'; names without a layer mean\n"
        "the set of each layer.  Without COUNTS it is @FILE, a list of 'layer neuron' lines, or a\n"
        "list such as {1:3,7-9;4:0}.\n"
        "\n"
        "--mean is mean ablation: it takes a safetensors file of tensors mean.N (layer N, from "
        "1),\n"
        "the average of each neuron's activation, as written by 'propneu activations --mean', and\n"
        "keeps the average contribution of the neurons.\n"
        "\n"
        "FOLDER gets config.json, model.safetensors, manifest.json (description of the edit),\n"
        "neurons.txt (the set, for @FILE), other files needed to run the model, and checkpoint.pt\n"
        "if MODEL is a torch checkpoint (not fairseq's); it must be new or empty.\n"
        "Its table is 'edited' in propneu-tables(5); JSON is the manifest.\n"
        "\n"
        "--matrix writes no model.  The group neurons of a property are erased (scaled, ...), one\n"
        "group at a time, and the change of the error rate is measured for all trials and for\n"
        "each group of --by (default: the same property), as in propneu eval.\n"
        "The same is done for random control sets: the same number of neurons in each layer, none\n"
        "of the property's, each one of the 5 nearest in activation rate and column norm to the "
        "neuron\n"
        "that it replaces.  The interval of 95 % of their changes is shown, and p, the share of\n"
        "control sets with at least the same damage.\n"
        "\n"
        "--relabel asks whether it is the property or any split of the speakers: the labels of\n"
        "the count file's speakers are exchanged, and for each labeling the neurons with the\n"
        "highest score (--select), as many in each layer, are erased.  The row 'relabelled' is\n"
        "the damage to their own group minus that to the other speakers, mean over the groups,\n"
        "against the labelings.  N labelings of G groups take (N + 1) x G evaluations.\n"
        "\n"
        "Results are kept in a journal: an\n"
        "interrupted run is resumed, with the same result.  If --journal is a folder each\n"
        "experiment gets a journal there, which is kept.\n"
        "Its table is 'matrix' in propneu-tables(5).\n",
    .examples = "  propneu erase -m sid.safetensors -c sid.counts --set gender=male -o no-male\n"
                "  propneu erase -m hubert --set @no-male/neurons.txt --scale 0.5 -o half\n"
                "  propneu erase --matrix -m sid.safetensors -c sid.counts --property gender \\\n"
                "    -a test --speakers speakers.tsv --task sid --piece 0.2 -o gender.txt\n",
    .groups = groups,
    .options = options,
    .run = erase_run,
};
