/*
 * propneu prune: a model with fewer neurons, as a checkpoint of its own.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "edit_options.h"
#include "propneu/prune.h"

enum {
    OPT_KEEP = EDIT_END,
    OPT_PROTECT,
    OPT_CRITERION,
    OPT_SEED,
    OPT_SCOPE,
    OPT_MINIMUM,
    OPT_SHAPE
};

static const struct cli_option options[] = {
    EDIT_OPTIONS,
    {"keep", 0, "SHARE", "share of the neurons that stays, 0.2 or 20%", NULL},
    {"protect", 0, "SET", "never prune these", NULL},
    {"criterion", 0, "NAME", "what goes first: l1, l1-bias or random (l1)", "l1|l1-bias|random"},
    {"seed", 0, "N", "seed of --criterion random (0)", NULL},
    {"scope", 0, "SCOPE", "the share is of each layer, or global (layer)", "layer|global"},
    {"minimum", 0, "N", "neurons that stay in every layer (1)", NULL},
    {"shape", 0, "SHAPE", "masked, equal or uneven (masked)", "masked|equal|uneven"},
    {NULL, 0, NULL, NULL, NULL},
};

static const char *const criteria[] = {"l1", "l1-bias", "random"};
static const char *const shapes[] = {"masked", "equal", "uneven"};
enum { SHAPE_MASKED, SHAPE_EQUAL, SHAPE_UNEVEN };

struct request {
    struct edit_request edit;
    struct prune_options how;
    const char *protect;
    int criterion, shape; /* -1: not one of them */
};

static json_t *describe(const struct request *r)
{
    json_t *v = json_pack("{s:s, s:s, s:s}", "kind", "prune", "criterion", criteria[r->criterion],
                          "shape", shapes[r->shape]);
    if (r->how.criterion == PRUNE_RANDOM)
        json_object_set_new(v, "seed", json_integer((json_int_t)r->how.seed));
    if (r->how.keep > 0) {
        json_object_set_new(v, "keep", json_real(r->how.keep));
        json_object_set_new(v, "scope", json_string(r->how.global ? "global" : "layer"));
    }
    if (r->protect)
        json_object_set_new(v, "protect", analysis_text(r->protect));
    json_object_set_new(v, "minimum", json_integer(r->how.minimum));
    return v;
}

/* The set given, less what the minimum wants; or what the scores say. */
static enum status choose(struct edit_input *in, const struct cli *cli, struct request *r,
                          struct neuron_sets *out, struct err *err)
{
    struct neuron_sets protect = {0};
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
    code = neuron_sets_init(out, in->source.layers, in->source.width, err);
    if (!code && r->protect)
        code = edit_input_sets(in, cli, &r->edit, r->protect, &protect, err);
    r->how.protect = r->protect ? &protect : NULL;
    if (!code)
        code = prune_choose(out, &in->source.checkpoint, &r->how, err);
    r->how.protect = NULL;
    neuron_sets_free(&protect);
    return code;
}

/* Only MelHuBERT's own code reads a list of widths. */
static enum status check_shape(const struct edit_input *in, const struct request *r,
                               struct err *err)
{
    const char *family = model_info(in->source.model)->family;
    if (r->shape != SHAPE_UNEVEN || strcmp(family, "melhubert") == 0)
        return STATUS_OK;
    return err_set(err, STATUS_UNSUPPORTED,
                   "%s: no program reads %s with uneven widths: --shape equal or masked",
                   r->edit.model, family);
}

static enum status prune(const struct cli *cli, struct request *r, const char *command,
                         struct err *err)
{
    static const enum edit_kind kinds[] = {EDIT_MASK, EDIT_EQUAL, EDIT_REMOVE};
    struct edit_input in;
    struct neuron_sets sets = {0};
    enum status code = edit_input_open(&in, &r->edit, err);
    if (code)
        return code;
    struct edit e = {.kind = kinds[r->shape], .sets = &sets};
    code = check_shape(&in, r, err);
    if (!code)
        code = choose(&in, cli, r, &sets, err);
    if (!code && !r->edit.allow_empty && neuron_sets_total(&sets) == 0)
        code = err_set(err, STATUS_NOTFOUND, "no neuron to prune (--allow-empty writes a copy)");
    if (!code)
        code = edit_apply(&in.source.checkpoint, &e, err);
    if (!code)
        code = edit_finish(&in, cli, &r->edit, &sets, describe(r), "pruned", command, err);
    neuron_sets_free(&sets);
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

static bool take(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    const char *wrong = NULL;
    unsigned long n;
    switch (opt) {
    case OPT_KEEP:
        if (!take_share(a->value, &r->how.keep))
            wrong = "--keep takes a share up to 1, or up to 100%";
        break;
    case OPT_PROTECT: r->protect = a->value; break;
    case OPT_CRITERION:
        r->criterion = find(criteria, 3, a->value);
        r->how.criterion = (enum prune_criterion)r->criterion;
        if (r->criterion < 0)
            wrong = "--criterion is l1, l1-bias or random";
        break;
    case OPT_SEED:
        if (!cli_unsigned(a->value, 0, INT64_MAX, &n))
            wrong = "--seed takes a number";
        else
            r->how.seed = n;
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
    default: return edit_options_take(&r->edit, a, opt);
    }
    if (wrong)
        cli_usage(&command_prune, "%s, not '%s'", wrong, a->value);
    return !wrong;
}

/* What is wrong with the request as a whole, or NULL. */
static const char *complaint(const struct request *r, const struct cli *cli)
{
    if (!r->edit.model)
        return "-m MODEL is needed";
    if (!cli->output)
        return "-o FOLDER is needed";
    if (!r->edit.set == !(r->how.keep > 0))
        return "either --set SET or --keep SHARE is needed";
    if (r->edit.set && r->protect)
        return "--protect goes with --keep; take it from the set: 'SET - PROTECTED'";
    return NULL;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.edit = {.analysis = ANALYSIS_OPTIONS_DEFAULT}, .how = {.minimum = 1}};
    /* Before the parser moves the operands behind the options. */
    char *command = edit_command(argc, argv);
    struct cli_args a;
    struct err err;
    int status = cli_parse(&a, cli, &command_prune, argc, argv, take, &r);
    if (status != CLI_END)
        goto out;
    if (complaint(&r, cli))
        status = cli_usage(&command_prune, "%s", complaint(&r, cli));
    else if (a.first < argc)
        status = cli_usage(&command_prune, "what is '%s'?", argv[a.first]);
    else if (command ? prune(cli, &r, command, &err) : err_nomem(&err))
        status = cli_fail(&err);
    else
        status = CLI_DONE;
out:
    free(command);
    return status;
}

const struct cli_command command_prune = {
    .name = "prune",
    .summary = "Write a model with a part of its neurons pruned",
    .synopsis = "-m MODEL [-c COUNTS] (--set SET | --keep SHARE [--protect SET]) [OPTION...] "
                "-o FOLDER",
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
        "TSV columns: layer, neurons, edited.  JSON: the manifest.\n",
    .examples =
        "  propneu prune -m hubert -c h.counts --keep 20% --protect phone --shape equal -o small\n"
        "  propneu prune -m mel.ckpt -c mel.counts --set 'gender - phone' --shape uneven -o out\n",
    .options = options,
    .run = run,
};
