/*
 * propneu erase: a model without what a set of neurons contributes, as a checkpoint of its own; or
 * what is lost with it, measured.
 */
#include "config.h"

#include <stdlib.h>

#include "cli/commands.h"
#include "cli/commands/measure.h"
#include "experiment/matrix.h"
#include "formats/tensors/safetensors.h"

#define CONTROLS_DEFAULT 100

enum { OPT_SCALE, OPT_MEAN, OPT_MATRIX, OPT_PROPERTY, OPT_CONTROLS };

static const struct cli_option options[] = {
    {"scale", 0, "G", "multiply by G instead of erasing", NULL},
    {"mean", 0, "FILE", "put the neurons' means in their place (safetensors)", CLI_FILE},
    {"matrix", 0, NULL, "measure the damage to every group, write nothing", NULL},
    {"property", 0, "NAME", "--matrix: erase each of its groups in turn", NULL},
    {"controls", 0, "N", "--matrix: random sets beside each (100)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

struct request {
    struct edit_request edit;
    struct measure_request measure;
    double gain;
    bool scaled;
    const char *mean; /* file, or NULL */
    bool matrix;
    const char *property;
    uint32_t controls;
    const char *matrix_only; /* option given that only --matrix has, or NULL */
};

static const struct cli_group_use groups[] = {
    {&edit_layer_options, offsetof(struct request, edit)},
    {&analysis_selection_options, offsetof(struct request, edit.analysis)},
    {&edit_options, offsetof(struct request, edit)},
    {&measure_options, offsetof(struct request, measure)},
    {NULL, 0},
};

static json_t *describe(const struct request *r)
{
    if (r->mean)
        return json_pack("{s:s, s:o}", "kind", "mean", "mean", analysis_text(r->mean));
    if (r->scaled)
        return json_pack("{s:s, s:f}", "kind", "scale", "gain", r->gain);
    return json_pack("{s:s}", "kind", "erase");
}

/* The edit that was asked for; MEANS are its own. */
static enum status open_edit(struct edit *e, const struct request *r, struct tensors *means,
                             struct err *err)
{
    *e = (struct edit){.kind = r->mean ? EDIT_MEAN : EDIT_SCALE,
                       .gain = r->gain,
                       .means = means,
                       .means_path = r->mean};
    return r->mean ? safetensors_open(means, r->mean, err) : STATUS_OK;
}

static enum status apply(struct edit_input *in, const struct request *r,
                         const struct neuron_set *sets, struct err *err)
{
    struct tensors means = {0};
    struct edit e;
    enum status code = open_edit(&e, r, &means, err);
    e.sets = sets;
    if (!code)
        code = edit_apply(&in->source.checkpoint, &e, err);
    tensors_free(&means);
    return code;
}

static enum status erase(const struct cli *cli, const struct request *r, const char *command,
                         struct err *err)
{
    struct edit_input in;
    struct neuron_set sets = {0};
    const char *verb = r->mean ? "ablated" : r->scaled ? "scaled" : "erased";
    enum status code = edit_input_open(&in, &r->edit, err);
    if (code)
        return code;
    code = edit_input_sets(&in, cli, &r->edit, r->edit.set, &sets, err);
    if (!code && !r->edit.allow_empty && neuron_set_total(&sets) == 0)
        code = err_set(err, STATUS_NOTFOUND,
                       "the set '%s' is empty: nothing to edit (--allow-empty writes a copy)",
                       r->edit.set);
    if (!code)
        code = apply(&in, r, &sets, err);
    if (!code)
        code = edit_finish(&in, cli, &r->edit, &sets, describe(r), verb, command, err);
    neuron_set_free(&sets);
    edit_input_free(&in);
    return code;
}

/* --matrix: the exit status. */
static int measure(const struct cli *cli, struct request *r, const char *command)
{
    struct err err;
    struct measure m;
    struct matrix matrix = {.set = NULL};
    struct tensors means = {0};
    struct edit edit;
    int status = CLI_FAILED;
    enum status code = measure_open(&m, cli, &r->measure, &r->edit, &err);
    if (code)
        return cli_fail(&err);
    code = open_edit(&edit, r, &means, &err);
    const struct matrix_options o = {.analysis = measure_analysis(&m),
                                     .checkpoint = &m.checkpoint,
                                     .property = r->property,
                                     .set = r->edit.set,
                                     .layers = r->edit.layers,
                                     .by = r->measure.by,
                                     .edit = &edit,
                                     .controls = r->controls,
                                     .seed = r->measure.eval.seed};
    if (!code)
        code = matrix_make(&matrix, &o, m.eval, &r->measure.eval, &err);
    if (code)
        status = cli_fail(&err);
    else
        status = measure_run(&m, cli, &r->measure, &matrix.x, matrix_sets, &matrix, &edit, command);
    matrix_free(&matrix);
    tensors_free(&means);
    measure_free(&m);
    return status;
}

static bool take(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    unsigned long n;
    if (opt > OPT_MATRIX)
        r->matrix_only = a->option->name;
    switch (opt) {
    case OPT_SCALE:
        r->scaled = cli_double(a->value, -1e6, 1e6, &r->gain);
        if (!r->scaled)
            cli_usage(&command_erase, "--scale takes a number, not '%s'", a->value);
        return r->scaled;
    case OPT_MEAN: r->mean = a->value; return true;
    case OPT_MATRIX: r->matrix = true; return true;
    case OPT_PROPERTY: r->property = a->value; return true;
    default:
        if (!cli_unsigned(a->value, 0, 1000000, &n)) {
            cli_usage(&command_erase, "--controls takes a number from 0, not '%s'", a->value);
            return false;
        }
        r->controls = (uint32_t)n;
        return true;
    }
}

/* What is wrong with the request as a whole, or NULL. */
static const char *complaint(const struct request *r, const struct cli *cli)
{
    if (r->scaled && r->mean)
        return "--scale and --mean exclude each other";
    if (r->matrix && !r->property == !r->edit.set)
        return "either --property NAME or --set SET is needed with --matrix";
    if (r->matrix)
        return measure_complaint(&r->measure, &r->edit);
    if (!r->edit.model)
        return "-m MODEL is needed";
    if (!r->edit.set)
        return "--set SET is needed";
    return cli->output ? NULL : "-o FOLDER is needed";
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.edit = {.analysis = ANALYSIS_OPTIONS_DEFAULT},
                        .measure = MEASURE_REQUEST_INIT,
                        .controls = CONTROLS_DEFAULT};
    /* Before the parser moves the operands behind the options. */
    char *command = edit_command(argc, argv);
    struct cli_args a;
    struct err err;
    int status = cli_parse(&a, cli, &command_erase, argc, argv, take, &r);
    if (status != CLI_END)
        goto out;
    const char *only = r.measure.first ? r.measure.first : r.matrix_only;
    if (only && !r.matrix)
        status = cli_usage(&command_erase, "--%s goes with --matrix", only);
    else if (complaint(&r, cli))
        status = cli_usage(&command_erase, "%s", complaint(&r, cli));
    else if (a.first < argc)
        status = cli_usage(&command_erase, "what is '%s'?", argv[a.first]);
    else if (!command)
        status = cli_fail((err_nomem(&err), &err));
    else if (r.matrix)
        status = measure(cli, &r, command);
    else if (erase(cli, &r, command, &err))
        status = cli_fail(&err);
    else
        status = CLI_DONE;
out:
    free(command);
    return status;
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
    .run = run,
};
