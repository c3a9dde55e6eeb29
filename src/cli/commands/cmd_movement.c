/*
 * propneu movement: how far training has moved each neuron between two checkpoints, and whether
 * those of a property have moved further than the others.
 */
#include "config.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "analysis/modelset.h"
#include "cli/commands.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"
#include "edit/movement.h"

#define DRAWS 9999

struct movement_request {
    struct analysis_options options;
    const char *before, *after, *counts, *properties;
    struct report_movement_how how;
};

enum { OPT_COUNTS, OPT_PROPERTY, OPT_DRAWS, OPT_SEED };

static const struct cli_option options[] = {
    [OPT_COUNTS] = {"counts", 'c', "COUNTS", "count file whose sets are compared with the rest",
                    CLI_FILE},
    [OPT_PROPERTY] = {"property", 0, "LIST",
                      "with -c: these properties (default: all but each-phone)",
                      ANALYSIS_PROPERTY_WORDS},
    [OPT_DRAWS] = {"draws", 0, "N", "with -c: random sets for each (default: 9999)", NULL},
    [OPT_SEED] = {"seed", 0, "N", "with -c: seed of these (default: 0)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static bool movement_take(void *request, const struct cli_args *a, int opt)
{
    struct movement_request *r = request;
    unsigned long n;
    switch (opt) {
    case OPT_COUNTS: r->counts = a->value; return true;
    case OPT_PROPERTY: r->properties = a->value; return true;
    case OPT_DRAWS:
        if (!cli_unsigned(a->value, 1, 10000000, &n)) {
            cli_usage(a->command, "--draws takes a number from 1 to 10000000");
            return false;
        }
        r->how.draws = (uint32_t)n;
        return true;
    default:
        if (!cli_unsigned(a->value, 0, INT64_MAX, &n)) {
            cli_usage(a->command, "--seed takes a whole number from 0");
            return false;
        }
        r->how.seed = n;
        return true;
    }
}

static enum status movement_open(struct movement *out, const struct movement_request *r,
                                 struct err *err)
{
    struct checkpoint before, after;
    enum status code = checkpoint_open(&before, r->before, err);
    if (code)
        return code;
    code = checkpoint_open(&after, r->after, err);
    if (!code) {
        code = movement_make(out, &before, &after, r->how.stop, err);
        checkpoint_free(&after);
    }
    checkpoint_free(&before);
    return code;
}

/* The properties that are compared: those of the list, which must exist, or all that have groups of
 * several phones. */
static enum status movement_properties(struct names *out, const struct movement_request *r,
                                       struct analysis *a, struct err *err)
{
    if (r->properties)
        return analysis_properties(out, a, r->properties, err);
    for (uint32_t i = 0; i < a->names.count; i++)
        if (strcmp(a->names.name[i], "each-phone") != 0 &&
            names_add(out, a->names.name[i]) == NAMES_NONE)
            return err_nomem(err);
    return STATUS_OK;
}

/* The sets of every property; those that the file cannot answer are noted, unless they were asked
 * for. */
static enum status movement_sets(struct table *t, const struct cli *cli,
                                 const struct movement_request *r, const struct movement *m,
                                 struct analysis *a, struct err *err)
{
    struct names properties = NAMES_INIT;
    struct err why;
    enum status code = movement_properties(&properties, r, a, err);
    for (uint32_t i = 0; i < properties.count && !code; i++) {
        code = report_movement_sets(t, m, a, properties.name[i], &r->how, &why);
        if (code == STATUS_UNSUPPORTED && !r->properties) {
            cli_note(cli, "%s left out: %s", properties.name[i], why.msg);
            code = STATUS_OK;
        } else if (code)
            err_set(err, code, "%s", why.msg);
    }
    names_free(&properties);
    return code;
}

/* Opens the counts, which must be of a model of M's shape, and adds their tables. */
static enum status movement_compare(struct answer *answer, const struct cli *cli,
                                    const struct movement_request *r, const struct movement *m,
                                    struct err *err)
{
    struct analysis_input in;
    struct neuron_set shape = {0};
    enum status code = analysis_open(&in, r->counts, &r->options, err);
    in.analysis.cancel = r->how.stop;
    if (!code)
        code = neuron_set_init(&shape, m->layers, m->width, err);
    if (!code)
        code = modelset_fit(&shape, &in.counts, r->before, err);
    if (!code)
        code = report_settings(answer_add(answer), &in.analysis, err);
    if (!code)
        code = report_movement(answer_add(answer), m, err);
    if (!code)
        code = movement_sets(answer_add(answer), cli, r, m, &in.analysis, err);
    neuron_set_free(&shape);
    analysis_close(&in);
    return code;
}

/* Mean, smallest and largest of those that are known. */
static void movement_print_range(FILE *out, const double *x, uint32_t n)
{
    double low = NAN, high = NAN, sum = 0;
    uint32_t known = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!isnan(x[i])) {
            low = fmin(low, x[i]);
            high = fmax(high, x[i]);
            sum += x[i];
            known++;
        }
    print_real(out, known ? sum / known : NAN, 10, 4);
    print_real(out, low, 8, 4);
    print_real(out, high, 8, 4);
}

/* A line a layer, and the sets below it. */
static enum status movement_print_text(FILE *out, const struct movement *m,
                                       const struct answer *answer, struct err *err)
{
    struct buf text = BUF_INIT;
    fprintf(out, "layer  neurons  row: mean     min     max  column: mean  min     max\n");
    for (uint32_t l = 0; l < m->layers; l++) {
        fprintf(out, "%5u  %7u", l + 1, m->width[l]);
        movement_print_range(out, m->row[l], m->width[l]);
        movement_print_range(out, m->column[l], m->width[l]);
        fputc('\n', out);
    }
    if (answer->tables < 2)
        return STATUS_OK;
    table_text(&answer->table[answer->tables - 1], &text);
    enum status code = table_ok(&answer->table[answer->tables - 1], &text, err);
    if (!code)
        fprintf(out, "\n%s", buf_text(&text));
    buf_free(&text);
    return code;
}

static enum status movement_print(const struct cli *cli, const struct movement *m,
                                  const struct answer *answer, int *result, struct err *err)
{
    struct cli_out out;
    if (!cli_out_open(cli, &out, err))
        return err->code;
    enum status code = cli->format == CLI_TEXT ? movement_print_text(out.stream, m, answer, err)
                                               : answer_print(out.stream, cli->format, answer, err);
    *result = cli_out_close(&out);
    return code;
}

static enum status movement_find(const struct cli *cli, const struct movement_request *r,
                                 int *result, struct err *err)
{
    struct movement m;
    struct answer answer = ANSWER_INIT;
    enum status code = movement_open(&m, r, err);
    if (code)
        return code;
    code = r->counts ? movement_compare(&answer, cli, r, &m, err)
                     : report_movement(answer_add(&answer), &m, err);
    if (!code)
        code = movement_print(cli, &m, &answer, result, err);
    answer_free(&answer);
    movement_free(&m);
    return code;
}

static int movement_run(struct cli *cli, int argc, char **argv)
{
    struct movement_request r = {.options = ANALYSIS_OPTIONS_DEFAULT,
                                 .how = {.draws = DRAWS, .stop = progress_catch_signals()}};
    struct cli_args a;
    struct err err;
    int result = CLI_FAILED;
    int status = cli_parse(&a, cli, &command_movement, argc, argv, movement_take, &r);
    if (status != CLI_END)
        return status;
    if (argc - a.first != 2)
        return cli_usage(&command_movement, "two models are needed: BEFORE and AFTER");
    if (r.properties && !r.counts)
        return cli_usage(&command_movement, "--property goes with -c COUNTS");
    r.before = argv[a.first];
    r.after = argv[a.first + 1];
    return movement_find(cli, &r, &result, &err) ? cli_fail(&err) : result;
}

static const struct cli_group_use groups[] = {
    {&analysis_selection_options, offsetof(struct movement_request, options)},
    {NULL, 0},
};

const struct cli_command command_movement = {
    .name = "movement",
    .summary = "How far training moved each neuron",
    .synopsis = "[-c COUNTS] [OPTION...] BEFORE AFTER",
    .details =
        "The movement of neuron i is the length of the change of row i of the first feed-forward\n"
        "matrix, in units of the row's length before, and the same for column i of the second.\n"
        "BEFORE and AFTER are checkpoints of the same shape, such as a pre-trained model and what\n"
        "was made of it by fine-tuning.\n"
        "\n"
        "With COUNTS the neurons of each group of each property, and of the property as a whole,\n"
        "are compared with the other neurons of their layer.  p is the share of random sets of\n"
        "the same size that moved at least as far, the set itself among them: above .05 nothing\n"
        "is shown, and near 1 the set moved less than others.\n"
        "\n"
        "Its tables are 'movement' and, with COUNTS, 'movement_sets' in propneu-tables(5);\n"
        "JSON has both, under the keys neurons and sets.\n",
    .examples =
        "  propneu movement ssl.safetensors sid.safetensors --format tsv\n"
        "  propneu movement ssl.safetensors sid.safetensors -c ssl.counts --property gender\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = movement_run,
};
