/*
 * propneu prune: a model with fewer neurons, as a checkpoint of its own; or what is lost by how
 * many are left, measured.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/commands/measure.h"
#include "experiment/curve.h"
#include "base/mem.h"
#include "formats/jsontext.h"

enum {
    OPT_KEEP,
    OPT_PROTECT,
    OPT_CRITERION,
    OPT_SCOPE,
    OPT_MINIMUM,
    OPT_SHAPE,
    OPT_CURVE,
    OPT_DRAWS
};

/* "|l1|l1-bias|random" */
#define CRITERION_WORD(id, name)   "|" name
#define CRITERION_WORDS            PRUNE_CRITERIA(CRITERION_WORD)
#define CRITERION_LISTED(id, name) " " name

/* Shares of a curve. */
#define POINTS_MAX    100
#define DRAWS_DEFAULT 5

static const struct cli_option options[] = {
    {"keep", 0, "SHARE", "share of the neurons that stays, 0.2 or 20%", NULL},
    {"protect", 0, "SET", "never prune these", NULL},
    {"criterion", 0, "NAME", "score by which neurons are pruned, lowest first (l1)",
     1 + CRITERION_WORDS},
    {"scope", 0, "SCOPE", "the share is of each layer, or global (layer)", "layer|global"},
    {"minimum", 0, "N", "neurons that stay in every layer (1)", NULL},
    {"shape", 0, "SHAPE", "masked, equal or uneven (masked)", "masked|equal|uneven"},
    {"curve", 0, NULL, "measure what is lost, by shares --keep 10%,20%,...; write nothing", NULL},
    {"draws", 0, "N", "--curve: random choices measured (5)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static const char *const shapes[] = {"masked", "equal", "uneven"};
enum { SHAPE_MASKED, SHAPE_EQUAL, SHAPE_UNEVEN };

struct request {
    struct edit_request edit;
    struct measure_request measure;
    struct prune_options how;
    const char *protect;
    int shape; /* -1: not one of them */
    bool curve;
    double keep[POINTS_MAX]; /* [points] as given */
    uint32_t points, draws;
    const char *curve_only; /* option given that only --curve has, or NULL */
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
    json_t *v = json_pack("{s:s, s:s, s:s}", "kind", "prune", "criterion", r->how.criterion->name,
                          "shape", shapes[r->shape]);
    if (r->how.criterion->random)
        json_object_set_new(v, "seed", json_integer((json_int_t)r->how.seed));
    if (r->how.keep > 0) {
        json_object_set_new(v, "keep", jsontext_real(r->how.keep));
        json_object_set_new(v, "scope", json_string(r->how.global ? "global" : "layer"));
    }
    if (r->protect)
        json_object_set_new(v, "protect", analysis_text(r->protect));
    json_object_set_new(v, "minimum", json_integer(r->how.minimum));
    return v;
}

/* The set given, less what the minimum wants; or what the scores say. */
static enum status choose(struct edit_input *in, const struct cli *cli, struct request *r,
                          struct neuron_set *out, struct err *err)
{
    struct neuron_set protect = {0};
    size_t spared;
    enum status code;
    if (r->edit.set) {
        code = edit_input_sets(in, cli, &r->edit, r->edit.set, out, err);
        if (!code)
            code = prune_spare(out, &in->source.checkpoint, &r->how, &spared, err);
        if (!code && spared)
            cli_note(cli, "%zu neurons of the set stay: every layer keeps %u", spared,
                     r->how.minimum);
        return code;
    }
    code = neuron_set_init(out, in->source.layers, in->source.width, err);
    if (!code && r->protect)
        code = edit_input_sets(in, cli, &r->edit, r->protect, &protect, err);
    r->how.protect = r->protect ? &protect : NULL;
    if (!code)
        code = prune_choose(out, &in->source.checkpoint, &r->how, err);
    r->how.protect = NULL;
    neuron_set_free(&protect);
    return code;
}

/* Only MelHuBERT's own code reads a list of widths. */
static enum status check_shape(const struct edit_input *in, const struct request *r,
                               struct err *err)
{
    const struct model_info *model = model_info(in->source.model);
    if (r->shape != SHAPE_UNEVEN || model->width_lists)
        return STATUS_OK;
    return err_set(err, STATUS_UNSUPPORTED,
                   "%s: no program reads %s with uneven widths: --shape equal or masked",
                   r->edit.model, model->family);
}

static enum status prune(const struct cli *cli, struct request *r, const char *command,
                         struct err *err)
{
    static const enum edit_kind kinds[] = {EDIT_MASK, EDIT_EQUAL, EDIT_REMOVE};
    struct edit_input in;
    struct neuron_set sets = {0};
    enum status code = edit_input_open(&in, &r->edit, err);
    if (code)
        return code;
    struct edit e = {.kind = kinds[r->shape], .sets = &sets};
    code = check_shape(&in, r, err);
    if (!code)
        code = choose(&in, cli, r, &sets, err);
    if (!code && !r->edit.allow_empty && neuron_set_total(&sets) == 0)
        code = err_set(err, STATUS_NOTFOUND, "no neuron to prune (--allow-empty writes a copy)");
    if (!code)
        code = edit_apply(&in.source.checkpoint, &e, err);
    if (!code)
        code = edit_finish(&in, cli, &r->edit, &sets, describe(r), "pruned", command, err);
    neuron_set_free(&sets);
    edit_input_free(&in);
    return code;
}

/* Place of WORD in LIST [n], -1 if it is not there. */
static int find(const char *const *list, int n, const char *word)
{
    for (int i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return i;
    return -1;
}

/* "0.2" or "20%". */
static bool take_share(const char *text, double *out)
{
    char plain[64];
    size_t n = strlen(text);
    bool percent = n > 0 && text[n - 1] == '%';
    if (n >= sizeof plain)
        return false;
    memcpy(plain, text, n + 1);
    plain[n - percent] = '\0';
    if (!cli_double(plain, 0, percent ? 100 : 1, out))
        return false;
    if (percent)
        *out /= 100;
    return *out > 0;
}

/* Shares parted by commas. */
static bool take_shares(struct request *r, const char *text)
{
    char one[64];
    for (r->points = 0; r->points < POINTS_MAX;) {
        size_t n = strcspn(text, ",");
        if (n >= sizeof one)
            return false;
        memcpy(one, text, n);
        one[n] = '\0';
        if (!take_share(one, &r->keep[r->points]))
            return false;
        r->points++;
        if (!text[n])
            return true;
        text += n + 1;
    }
    return false;
}

static bool take(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    const char *wrong = NULL;
    unsigned long n;
    switch (opt) {
    case OPT_KEEP:
        if (!take_shares(r, a->value))
            wrong = "--keep takes a share up to 1, or up to 100%";
        break;
    case OPT_PROTECT: r->protect = a->value; break;
    case OPT_CRITERION:
        if (!(r->how.criterion = prune_criterion_find(a->value)))
            wrong = "--criterion is one of" PRUNE_CRITERIA(CRITERION_LISTED);
        break;
    case OPT_SCOPE:
        r->how.global = strcmp(a->value, "global") == 0;
        if (!r->how.global && strcmp(a->value, "layer") != 0)
            wrong = "--scope is layer or global";
        break;
    case OPT_MINIMUM:
        if (!cli_unsigned(a->value, 1, UINT32_MAX, &n))
            wrong = "--minimum takes a number from 1";
        else
            r->how.minimum = (uint32_t)n;
        break;
    case OPT_SHAPE:
        r->shape = find(shapes, 3, a->value);
        if (r->shape < 0)
            wrong = "--shape is masked, equal or uneven";
        break;
    case OPT_CURVE: r->curve = true; break;
    default:
        r->curve_only = a->option->name;
        if (!cli_unsigned(a->value, 1, 100000, &n))
            wrong = "--draws takes a number from 1";
        else
            r->draws = (uint32_t)n;
        break;
    }
    if (wrong)
        cli_usage(&command_prune, "%s, not '%s'", wrong, a->value);
    return !wrong;
}

/* What is wrong with a request to measure, or NULL. */
static const char *curve_complaint(const struct request *r)
{
    if (r->edit.set)
        return "--curve takes --protect SET, not --set";
    if (r->how.criterion->random)
        return "--curve measures random pruning anyway: --criterion l1 or l1-bias";
    return measure_complaint(&r->measure, &r->edit);
}

/* What is wrong with the request as a whole, or NULL. */
static const char *complaint(const struct request *r, const struct cli *cli)
{
    if (r->curve)
        return curve_complaint(r);
    if (!r->edit.model)
        return "-m MODEL is needed";
    if (!cli->output)
        return "-o FOLDER is needed";
    if (!r->edit.set == !r->points)
        return "either --set SET or --keep SHARE is needed";
    if (r->points > 1)
        return "more than one --keep SHARE goes with --curve";
    if (r->edit.set && r->protect)
        return "--protect goes with --keep; take it from the set: 'SET - PROTECTED'";
    return NULL;
}

/* --curve: the exit status. */
static int measure(const struct cli *cli, struct request *r, const char *command)
{
    struct err err;
    struct measure m;
    struct curve curve = {.has_set = false};
    int status;
    enum status code = measure_open(&m, cli, &r->measure, &r->edit, &err);
    if (code)
        return cli_fail(&err);
    for (bool given = r->points > 0; !given && r->points < 9; r->points++)
        r->keep[r->points] = (9 - r->points) / 10.0;
    const struct curve_options o = {.checkpoint = &m.checkpoint,
                                    .analysis = measure_analysis(&m),
                                    .protect = r->protect,
                                    .layers = r->edit.layers,
                                    .by = r->measure.by,
                                    .how = r->how,
                                    .keep = r->keep,
                                    .points = r->points,
                                    .draws = r->draws};
    code = curve_make(&curve, &o, m.eval, &r->measure.eval, &err);
    if (code)
        status = cli_fail(&err);
    else
        status = measure_run(&m, cli, &r->measure, &curve.x, curve_sets, &curve, NULL, command);
    curve_free(&curve);
    measure_free(&m);
    return status;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.edit = {.analysis = ANALYSIS_OPTIONS_DEFAULT},
                        .measure = MEASURE_REQUEST_INIT,
                        .how = {.criterion = prune_criteria[0], .minimum = 1},
                        .draws = DRAWS_DEFAULT};
    /* Before the parser moves the operands behind the options. */
    char *command = edit_command(argc, argv);
    struct cli_args a;
    struct err err;
    int status = cli_parse(&a, cli, &command_prune, argc, argv, take, &r);
    if (status != CLI_END)
        goto out;
    const char *only = r.measure.first ? r.measure.first : r.curve_only;
    r.how.seed = r.measure.eval.seed;
    r.how.keep = r.points ? r.keep[0] : 0;
    if (only && !r.curve)
        status = cli_usage(&command_prune, "--%s goes with --curve", only);
    else if (complaint(&r, cli))
        status = cli_usage(&command_prune, "%s", complaint(&r, cli));
    else if (a.first < argc)
        status = cli_usage(&command_prune, "what is '%s'?", argv[a.first]);
    else if (!command)
        status = cli_fail((err_nomem(&err), &err));
    else if (r.curve)
        status = measure(cli, &r, command);
    else if (prune(cli, &r, command, &err))
        status = cli_fail(&err);
    else
        status = CLI_DONE;
out:
    free(command);
    return status;
}

const struct cli_command command_prune = {
    .name = "prune",
    .summary = "Write a model with a part of its neurons pruned; or measure pruning",
    .synopsis = "-m MODEL [-c COUNTS] (--set SET | --keep SHARE [--protect SET]) [OPTION...] "
                "-o FOLDER\n"
                "       propneu prune --curve -m MODEL [-c COUNTS] [--protect SET] -a AUDIO "
                "--task TASK [OPTION...] [-o FILE]",
    .details =
        "Pruning neuron i takes away row i of the first feed-forward matrix with its bias and\n"
        "column i of the second.  --set names what goes; --keep prunes the lowest scores until\n"
        "SHARE of the neurons is left, protected ones never.  A score is the L1 norm of row and\n"
        "column (l1), with the bias (l1-bias, as in the published program), or random.\n"
        "\n"
        "Shapes: masked keeps the size and sets to zero; equal makes all layers as wide as the\n"
        "widest that is left, filled up with zero neurons; uneven gives each layer its own\n"
        "width, a list in config.json, which MelHuBERT's programs read.\n"
        "--layer bounds the sets of --set and --protect.  FOLDER is as in 'propneu erase'.\n"
        "Its table is 'edited' in propneu-tables(5); JSON is the manifest.\n"
        "\n"
        "--curve writes no model: it measures the task, as propneu eval does, with fewer and\n"
        "fewer neurons and no training in between.  The same number is pruned with SET\n"
        "protected, with matched random sets protected in its place (as in 'propneu erase\n"
        "--matrix'), by the criterion alone, and at random.  Journal and formats are as there.\n"
        "Its table is 'curve' in propneu-tables(5).\n",
    .examples =
        "  propneu prune -m hubert -c h.counts --keep 20% --protect phone --shape equal -o small\n"
        "  propneu prune -m mel.ckpt -c mel.counts --set 'gender - phone' --shape uneven -o out\n"
        "  propneu prune --curve -m pr.safetensors -c pr.counts --protect phone -a test \\\n"
        "    -l textgrid --task phones --keep 80%,40%,20% -o curve.tsv --format tsv\n",
    .groups = groups,
    .options = options,
    .run = run,
};
