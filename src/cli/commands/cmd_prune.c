/*
 * propneu prune: a model with fewer neurons, as a checkpoint of its own; or what is lost by how
 * many are left, measured.
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/commands/measure.h"
#include "formats/jsontext.h"

enum { OPT_KEEP, OPT_PROTECT, OPT_CRITERION, OPT_SCOPE, OPT_MINIMUM, OPT_SHAPE, OPT_CURVE };

static const struct cli_option options[] = {
    {"keep", 0, "SHARE", "share of the neurons to keep, 0.2 or 20%", NULL},
    {"protect", 0, "SET", "never prune these", NULL},
    {"criterion", 0, "NAME", "importance score, lowest pruned first (default: l1)",
     &PRUNE_CRITERIA(PRUNE_CRITERION_WORD)[1]},
    {"scope", 0, "SCOPE", "share of each layer, or global (default: layer)", "layer|global"},
    {"minimum", 0, "N", "neurons to keep in each layer (default: 1)", NULL},
    {"shape", 0, "SHAPE", "masked, equal or uneven (default: masked)", "masked|equal|uneven"},
    {"curve", 0, NULL, "measure the task at shares --keep 10%,20%,...; write no model", NULL},
    {"draws", 0, "N", "--curve: random selections to measure (default: 5)", NULL},
    {"relabel", 0, "[=N|all]", "--curve: protect N relabelled sets, too (default: 99)", "all"},
    {"strata", 0, "COLUMN", "--relabel: exchange speakers of equal values only, or none", NULL},
    {"retrain", 0, NULL, "cut by cut with training in between: prune --retrain --help", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static const char *const shapes[] = {"masked", "equal", "uneven"};
/*
 * Indices into `shapes`: neurons zeroed in place; removed, all layers staying as wide as the
 * widest; or removed, each layer as wide as what stays.
 */
enum { SHAPE_MASKED, SHAPE_EQUAL, SHAPE_UNEVEN };

static const struct cli_group_use groups[] = {
    {&edit_layer_options, 0},
    {&analysis_selection_options, offsetof(struct edit_request, x.analysis)},
    {&analysis_rule_options, offsetof(struct edit_request, x.analysis)},
    {&edit_options, 0},
    {&measure_options, 0},
    {NULL, 0},
};

/* What is done, for the manifest. */
static json_t *prune_describe(const struct edit_request *r, const struct prune_options *how)
{
    json_t *v = json_pack("{s:s, s:s, s:s}", "kind", "prune", "criterion", how->criterion->name,
                          "shape", shapes[r->shape]);
    if (how->criterion->random)
        json_object_set_new(v, "seed", json_integer((json_int_t)how->seed));
    if (how->keep > 0) {
        json_object_set_new(v, "keep", jsontext_real(how->keep));
        json_object_set_new(v, "scope", json_string(how->global ? "global" : "layer"));
    }
    if (r->x.protect)
        json_object_set_new(v, "protect", jsontext_string(r->x.protect));
    json_object_set_new(v, "minimum", json_integer(how->minimum));
    return v;
}

/* The set given, less what the minimum wants; or what the scores say. */
static enum status prune_choose_sets(struct edit_input *in, const struct cli *cli,
                                     const struct experiment_request *r, struct prune_options *how,
                                     struct neuron_set *out, struct err *err)
{
    struct neuron_set protect = {0};
    size_t spared;
    enum status code;
    if (r->set) {
        code = edit_input_sets(in, cli, r, r->set, out, err);
        if (!code)
            code = prune_spare(out, &in->source.checkpoint, how, &spared, err);
        if (!code && spared)
            cli_note(cli, "%zu neurons of the set are kept: every layer keeps at least %u", spared,
                     how->minimum);
        return code;
    }
    code = neuron_set_init(out, in->source.layers, in->source.width, err);
    if (!code && r->protect)
        code = edit_input_sets(in, cli, r, r->protect, &protect, err);
    how->protect = r->protect ? &protect : NULL;
    if (!code)
        code = prune_choose(out, &in->source.checkpoint, how, err);
    how->protect = NULL;
    neuron_set_free(&protect);
    return code;
}

/* Only MelHuBERT's own code reads a list of widths. */
static enum status prune_check_shape(const struct edit_input *in, const struct edit_request *r,
                                     struct err *err)
{
    const struct model_info *model = model_info(in->source.model);
    if (r->shape != SHAPE_UNEVEN || model->width_lists)
        return STATUS_OK;
    return err_set(err, STATUS_UNSUPPORTED,
                   "%s: uneven widths are not supported for %s: use --shape equal or masked",
                   r->x.eval.model, model->family);
}

/* Writes the pruned model: neurons masked, or removed with equal or uneven widths. Uneven widths
 * are refused for models whose own code reads a single width. */
static enum status prune_write(const struct cli *cli, struct edit_request *r, const char *command,
                               struct err *err)
{
    static const enum edit_kind kinds[] = {EDIT_MASK, EDIT_EQUAL, EDIT_REMOVE};
    struct edit_input in;
    struct neuron_set sets = {0};
    struct prune_options how = r->x.how;
    how.seed = r->x.eval.seed;
    how.keep = r->x.points ? r->x.keep[0] : 0;
    enum status code = edit_input_open(&in, &r->x, err);
    if (code)
        return code;
    struct edit e = {.kind = kinds[r->shape], .sets = &sets};
    code = prune_check_shape(&in, r, err);
    if (!code)
        code = prune_choose_sets(&in, cli, &r->x, &how, &sets, err);
    if (!code && !r->allow_empty && neuron_set_total(&sets) == 0)
        code = err_set(err, STATUS_NOTFOUND, "no neuron to prune (--allow-empty writes a copy)");
    if (!code)
        code = edit_apply(&in.source.checkpoint, &e, err);
    if (!code)
        code = edit_finish(&in, cli, &r->x, &sets, prune_describe(r, &how), "pruned", command, err);
    neuron_set_free(&sets);
    edit_input_free(&in);
    return code;
}

/* Takes --shape and --curve; the others are fields of the request. */
static bool prune_take(void *request, const struct cli_args *a, int opt)
{
    struct edit_request *r = request;
    if (opt == OPT_CURVE)
        r->measured = true;
    if (opt != OPT_SHAPE)
        return opt == OPT_CURVE || edit_take(request, a, opt);
    for (r->shape = SHAPE_MASKED; r->shape <= SHAPE_UNEVEN; r->shape++)
        if (strcmp(a->value, shapes[r->shape]) == 0)
            return true;
    cli_usage(&command_prune, "--shape is masked, equal or uneven, not '%s'", a->value);
    return false;
}

/* What is missing or contradictory for a model that is to be written, or NULL. */
static const char *prune_complaint(const struct edit_request *r, const struct cli *cli)
{
    if (!r->x.eval.model)
        return "-m MODEL is needed";
    if (!cli->output)
        return "-o FOLDER is needed";
    if (!r->x.set == !r->x.points)
        return "either --set SET or --keep SHARE is needed";
    if (r->x.points > 1)
        return "more than one --keep SHARE goes with --curve";
    if (r->x.set && r->x.protect)
        return "--protect goes with --keep; take it from the set: 'SET - PROTECTED'";
    return experiment_request_complaint_rule(&r->x);
}

const struct edit_verbs prune_verbs = {&command_prune, EXPERIMENT_CURVE, "curve",
                                       prune_take,     prune_complaint,  prune_write};

/* True if one of the words is --retrain, which is a command of its own. */
static bool prune_retrains(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--retrain") == 0)
            return true;
    return false;
}

static int prune_run(struct cli *cli, int argc, char **argv)
{
    if (prune_retrains(argc, argv))
        return command_prune_retrain.run(cli, argc, argv);
    return edit_run(&prune_verbs, cli, argc, argv);
}

const struct cli_command command_prune = {
    .name = "prune",
    .summary = "Write a model with some of its neurons pruned; or measure the effect",
    .synopsis = "-m MODEL [-c COUNTS] (--set SET | --keep SHARE [--protect SET]) [OPTION...] "
                "-o FOLDER\n"
                "       propneu prune --curve -m MODEL [-c COUNTS] [--protect SET] -a AUDIO "
                "--task TASK [OPTION...] [-o FILE]",
    .details =
        "Pruning neuron i removes row i of the first feed-forward matrix with its bias and\n"
        "column i of the second.  --set gives the neurons to prune; --keep prunes the lowest\n"
        "scores until SHARE of the neurons is left, except protected ones.  A score is the L1\n"
        "norm of row and column (l1), with the bias (l1-bias, as in the published program), or\n"
        "random.\n"
        "\n"
        "Shapes: masked keeps the size and sets to zero; equal gives all layers the width of the\n"
        "widest pruned layer, padded with zero neurons; uneven gives each layer its own width, a\n"
        "list in config.json, which MelHuBERT's programs read.\n"
        "--layer restricts the sets of --set and --protect.  FOLDER is as in 'propneu erase'.\n"
        "Its table is 'edited' in propneu-tables(5); JSON is the manifest.\n"
        "\n"
        "--curve writes no model: it measures the task, as propneu eval does, at decreasing\n"
        "numbers of neurons without retraining.  The same number is pruned with SET protected,\n"
        "with matched random control sets protected instead (as in 'propneu erase --matrix'), by\n"
        "the criterion alone, and at random.  With --relabel, also with what the property of\n"
        "--protect would have if its labels stood on other speakers (as in 'propneu erase\n"
        "--matrix'): N evaluations for each share.  Journal and formats are as for --matrix.\n"
        "Its table is 'curve' in propneu-tables(5).\n",
    .examples =
        "  propneu prune -m hubert -c h.counts --keep 20% --protect phone --shape equal -o small\n"
        "  propneu prune -m mel.ckpt -c mel.counts --set 'gender - phone' --shape uneven -o out\n"
        "  propneu prune --curve -m pr.safetensors -c pr.counts --protect phone -a test \\\n"
        "    -l textgrid --task phones --keep 80%,40%,20% -o curve.tsv --format tsv\n",
    .groups = groups,
    .options = options,
    .run = prune_run,
};
