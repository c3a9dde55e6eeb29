/*
 * What the commands that analyse a count file share: their groups of options, opening the file
 * under these options, and printing names, numbers and JSON alike.
 */
#include "config.h"

#include "cli/commands/analysis_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"
#include "formats/jsontext.h"

/* Says that the value of the option is WRONG. */
static bool complain_value(const struct cli_args *a, const char *wrong)
{
    cli_usage(a->command, "%s, not '%s'", wrong, a->value);
    return false;
}

static const struct cli_option layer_table[] = {
    {"layer", 0, "N", "layer, from 1", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* Takes --layer; whether the file has so many is checked once it is open. */
static bool layer_take(void *options, const struct cli_args *a, int opt)
{
    struct analysis_options *o = options;
    (void)opt;
    return cli_unsigned(a->value, 1, UINT32_MAX, &o->layer) ||
           complain_value(a, "--layer takes a number from 1");
}

const struct cli_option_group analysis_layer_options = {layer_table, layer_take};

enum { MAP_METHOD, MAP_STARTS, MAP_SEED };

static const struct cli_option map_table[] = {
    [MAP_METHOD] = {"method", 0, "METHOD", "smacof or classical (default: smacof)",
                    "smacof|classical"},
    [MAP_STARTS] = {"starts", 0, "N", "additional random starts (default: 0)", NULL},
    [MAP_SEED] = {"seed", 0, "N", "seed of the random starts (default: 0)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* Takes --method, --starts and --seed of multidimensional scaling; returns false after
 * complaining. */
static bool map_take(void *options, const struct cli_args *a, int opt)
{
    struct analysis_options *o = options;
    unsigned long n = 0;
    switch (opt) {
    case MAP_METHOD:
        o->map.method = strcmp(a->value, "classical") == 0 ? MAP_CLASSICAL : MAP_SMACOF;
        return o->map.method == MAP_CLASSICAL || strcmp(a->value, "smacof") == 0 ||
               complain_value(a, "--method is smacof or classical");
    case MAP_STARTS:
        if (!cli_unsigned(a->value, 0, 1000, &n))
            return complain_value(a, "--starts takes a number up to 1000");
        o->map.starts = (unsigned)n;
        return true;
    default:
        if (!cli_unsigned(a->value, 0, UINT32_MAX, &n))
            return complain_value(a, "--seed takes a number up to 4294967295");
        o->map.seed = n;
        return true;
    }
}

const struct cli_option_group analysis_map_options = {map_table, map_take};

static const struct cli_option method_table[] = {
    {"method", 0, "METHOD", "how maps are made: smacof or classical (default: smacof)",
     "smacof|classical"},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_option_group analysis_method_option = {method_table, map_take};

static const struct cli_option property_table[] = {
    {"property", 0, "NAME",
     "phone, gender, pitch, ..., each-phone, or a phone feature (manner, ...)",
     ANALYSIS_PROPERTY_WORDS},
    {NULL, 0, NULL, NULL, NULL},
};

/* Takes --property. */
static bool property_take(void *property, const struct cli_args *a, int opt)
{
    (void)opt; /* there is one */
    *(const char **)property = a->value;
    return true;
}

const struct cli_option_group analysis_property_options = {property_table, property_take};

static const struct cli_option selection_table[] = {
    [ANALYSIS_SIGMA] = {"sigma", 0, "PERCENT",
                        "share of a group's phones that need the neuron (default: 80)", NULL},
    [ANALYSIS_MIN_FRAMES] = {"min-frames", 0, "N",
                             "leave out phones with fewer frames (default: 1)", NULL},
    [ANALYSIS_LAMBDA] = {"lambda", 0, "PERCENT",
                         "counts at this lambda (default: the file's first)", NULL},
    [ANALYSIS_WHERE] = {"where", 0, "FACTOR=LEVEL[,LEVEL...]",
                        "only frames of these levels; may be repeated", NULL},
    [ANALYSIS_PHONES] =
        {"phones", 0, "TABLE",
         "phone classes, TSV of phone and class (default: ARPABET); others as features",
         "timit|ipa-mfa|" CLI_FILE},
    [ANALYSIS_COMPAT] = {"compat", 0, "authors", "the published program's rule", "authors"},
    {NULL, 0, NULL, NULL, NULL},
};

/* The same table of fields serves requests of experiments (experiment/request.c). */
bool analysis_selection_take(void *options, const struct cli_args *a, int opt)
{
    (void)opt; /* known by its name */
    return cli_take_field(a, field_find(analysis_fields, a->option->name), options);
}

const struct cli_option_group analysis_selection_options = {selection_table,
                                                            analysis_selection_take};
const struct cli_option_group analysis_frames_options = {selection_table + ANALYSIS_WHERE,
                                                         analysis_selection_take};

static const struct cli_option rule_table[] = {
    {"select", 0, "NAME", "rule by which neurons are chosen (default: paper)",
     &SELECTORS(SELECTOR_WORD)[1]},
    {"size", 0, "SIZE", ANALYSIS_SIZE_HELP, ANALYSIS_SIZE_WORDS},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_option_group analysis_rule_options = {rule_table, analysis_selection_take};

/* Nothing is shown of a result that ends in an error: it is put together first. */
static enum status print_whole(const struct cli *cli, struct analysis_input *in,
                               analysis_print *print, void *context, int *result, struct err *err)
{
    char *text = NULL;
    size_t size = 0;
    struct cli_out out;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return err_nomem(err);
    enum status code = print(memory, cli, in, context, err);
    bool bad = ferror(memory) != 0;
    if ((fclose(memory) != 0 || bad) && !code)
        code = err_nomem(err);
    if (!code && !cli_out_open(cli, &out, err))
        code = err->code;
    if (!code) {
        fwrite(text, 1, size, out.stream);
        *result = cli_out_close(&out);
    }
    free(text);
    return code;
}

/* The common form of analysis commands: options, then one count file. */
int analysis_parse(struct cli *cli, const struct cli_command *command, int argc, char **argv,
                   bool (*take)(void *request, const struct cli_args *a, int opt), void *request,
                   const char **file)
{
    struct cli_args a;
    int status = cli_parse(&a, cli, command, argc, argv, take, request);
    if (status != CLI_END)
        return status;
    if (argc - a.first != 1)
        return cli_usage(command, "one count FILE is needed");
    *file = argv[a.first];
    return CLI_END;
}

/* The file is open while PRINT runs, and only then. */
int analysis_run(const struct cli *cli, const char *path, const struct analysis_options *o,
                 analysis_print *print, void *context)
{
    struct analysis_input in;
    struct err err;
    int result = CLI_FAILED;
    enum status code = analysis_open(&in, path, o, &err);
    if (!code)
        code = print_whole(cli, &in, print, context, &result, &err);
    analysis_close(&in);
    return code ? cli_fail(&err) : result;
}

/* A name that is not one of the file's is an error, not an empty table. */
enum status analysis_properties(struct names *out, struct analysis *a, const char *list,
                                struct err *err)
{
    enum status code = STATUS_OK;
    for (const char *at = list; !code; at++) {
        const struct property *p;
        size_t n = strcspn(at, ",");
        char *name = mem_strndup(at, n);
        code = name ? analysis_property(a, name, &p, err) : err_nomem(err);
        if (!code && names_add(out, name) == NAMES_NONE)
            code = err_nomem(err);
        free(name);
        at += n;
        if (!*at)
            break;
    }
    return code;
}

enum status analysis_dump(FILE *out, json_t *root, struct err *err)
{
    if (!root)
        return err_nomem(err);
    char *text = jsontext_dump(root, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
    json_decref(root);
    if (!text)
        return err_nomem(err);
    fprintf(out, "%s\n", text); /* the stream's own faults are said when it is closed */
    free(text);
    return STATUS_OK;
}

int name_width(const char *name)
{
    return text_width(*name ? name : "(sil)");
}

/* Without memory the line would be wrong: the stream fails, which is said when it is closed. */
void print_name(FILE *out, const char *name, int width)
{
    int pad = width - name_width(name);
    struct buf shown = BUF_INIT;
    text_show(&shown, *name ? name : "(sil)");
    fprintf(out, "%s%*s", buf_text(&shown), pad > 0 ? pad : 0, "");
    buf_free(&shown);
}

/* A missing value is shown as "-". */
void print_real(FILE *out, double v, int width, int digits)
{
    if (isnan(v))
        fprintf(out, "%*s", width, "-");
    else
        fprintf(out, "%*s", width, number_fixed(v, digits).text);
}

/* Everything that changes the numbers, so that a saved output can be reproduced. */
void print_settings(FILE *out, const struct analysis_input *in)
{
    const struct analysis *a = &in->analysis;
    char filters[1024];
    struct buf rule = BUF_INIT;
    query_filters_text(&a->filters, a->counts, filters, sizeof filters);
    print_name(out, a->counts->path, 0);
    fprintf(out, ": ");
    if (a->counts->model && *a->counts->model) {
        print_name(out, a->counts->model, 0);
        fprintf(out, ", ");
    }
    fprintf(out, "lambda %s %%, sigma %s %%", number_short(a->counts->lambda_percent, 6).text,
            number_short(100 * a->params.sigma, 6).text);
    if (a->params.min_frames > 1)
        fprintf(out, ", at least %llu frames", (unsigned long long)a->params.min_frames);
    if (*filters) {
        fprintf(out, ", where ");
        print_name(out, filters, 0);
    }
    selection_rule_text(&a->rule, &rule);
    fprintf(out, "%s", buf_text(&rule));
    buf_free(&rule);
    fprintf(out, "%s\n", a->params.authors ? ", published program's rule" : "");
}
