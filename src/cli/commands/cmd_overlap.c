#include "config.h"

#include "cli/commands/analysis_options.h"
#include "cli/commands.h"

#include "base/bitset.h"
#include "base/buf.h"
#include "base/mem.h"
#include "analysis/overlap.h"
#include "base/number.h"

struct request {
    struct analysis_options options;
    const char *region; /* NULL: sizes of all */
    char **set;         /* [sets] as typed */
    uint32_t sets;
    uint32_t layer; /* from 0 */
};

/* "gender & pitch - phone": region R as an expression; sets are put in parentheses as needed. */
static void region_name(struct buf *b, const struct request *r, const struct setexpr *expr,
                        uint32_t region)
{
    buf_clear(b);
    for (int inside = 1; inside >= 0; inside--)
        for (uint32_t s = 0; s < r->sets; s++) {
            const char *join = inside ? " & " : " - ";
            if ((int)(region >> s & 1) != inside)
                continue;
            buf_printf(b, expr[s].nodes > 1 ? "%s(%s)" : "%s%s", b->len ? join : "", r->set[s]);
        }
}

static void print_text(FILE *out, const struct request *r, const struct setexpr *expr,
                       const struct overlap *o, struct buf *name)
{
    fprintf(out, "layer %u, %u neurons\n\n", r->layer + 1, o->universe);
    for (uint32_t s = 0; s < r->sets; s++) {
        fprintf(out, "%6u  ", o->size[s]);
        print_name(out, r->set[s], 0);
        fputc('\n', out);
    }
    fputs("\n  size  by chance  only in\n", out);
    for (uint32_t k = 1; k < 1u << r->sets; k++) {
        region_name(name, r, expr, k);
        fprintf(out, "%6u  %9s  ", o->region[k], number_fixed(o->expected[k], 1).text);
        print_name(out, buf_text(name), 0);
        fputc('\n', out);
    }
    fprintf(out, "\n%6u  in any\n%6u  in all\n", o->in_any, o->in_all);
}

static void print_tsv(FILE *out, const struct request *r, const struct setexpr *expr,
                      const struct overlap *o, struct buf *name)
{
    fputs("region\tin\tsize\texpected\n", out);
    for (uint32_t k = 1; k < 1u << r->sets; k++) {
        region_name(name, r, expr, k);
        print_name(out, buf_text(name), 0);
        fputc('\t', out);
        for (uint32_t s = 0, n = 0; s < r->sets; s++)
            if (k >> s & 1)
                fprintf(out, "%s%u", n++ ? "," : "", s + 1);
        fprintf(out, "\t%u\t%s\n", o->region[k], number_fixed(o->expected[k], 4).text);
    }
}

static enum status print_json(FILE *out, const struct analysis_input *in, const struct request *r,
                              const struct setexpr *expr, const struct overlap *o, struct buf *name,
                              struct err *err)
{
    json_t *root = analysis_json(in), *sets = json_array(), *regions = json_array();
    for (uint32_t s = 0; s < r->sets; s++)
        json_array_append_new(
            sets, json_pack("{s:o,s:i}", "set", analysis_text(r->set[s]), "size", (int)o->size[s]));
    for (uint32_t k = 1; k < 1u << r->sets; k++) {
        json_t *region = json_object(), *in_sets = json_array();
        for (uint32_t s = 0; s < r->sets; s++)
            if (k >> s & 1)
                json_array_append_new(in_sets, analysis_text(r->set[s]));
        region_name(name, r, expr, k);
        json_object_set_new(region, "region", analysis_text(buf_text(name)));
        json_object_set_new(region, "in", in_sets);
        json_object_set_new(region, "size", json_integer(o->region[k]));
        json_object_set_new(region, "expected", analysis_real(o->expected[k]));
        json_array_append_new(regions, region);
    }
    json_object_set_new(root, "layer", json_integer(r->layer + 1));
    json_object_set_new(root, "neurons", json_integer(o->universe));
    json_object_set_new(root, "sets", sets);
    json_object_set_new(root, "regions", regions);
    json_object_set_new(root, "union", json_integer(o->in_any));
    json_object_set_new(root, "intersection", json_integer(o->in_all));
    return analysis_dump(out, root, err);
}

static enum status parse(struct setexpr *e, const char *text, const struct analysis *a,
                         struct err *err)
{
    enum status code = setexpr_parse(e, text, a, NULL, err);
    return code ? code : setexpr_load(e, a, err);
}

/* The neurons of one expression, in the layer at hand and the layers it names. */
static enum status print_region(FILE *out, const struct cli *cli, struct analysis_input *in,
                                const struct request *r, struct err *err)
{
    struct setexpr e = {0};
    json_t *list = json_array();
    uint64_t *bits = NULL;
    enum status code = parse(&e, r->region, &in->analysis, err);
    if (!code && cli->format == CLI_TSV)
        fputs("layer\tneuron\n", out);
    for (uint32_t l = 0; l < in->counts.layers && !code; l++) {
        uint32_t width = in->counts.layer[l].width;
        free(bits);
        bits = mem_zeros(bitset_words(width), sizeof *bits);
        code = bits ? setexpr_eval(&e, &in->analysis, r->layer, l, bits, err) : err_nomem(err);
        for (uint32_t i = 0; i < width && !code; i++) {
            if (!bitset_has(bits, i))
                continue;
            if (cli->format == CLI_JSON)
                json_array_append_new(
                    list, json_pack("{s:i,s:i}", "layer", (int)l + 1, "neuron", (int)i));
            else
                fprintf(out, cli->format == CLI_TSV ? "%u\t%u\n" : "%u %u\n", l + 1, i);
        }
    }
    if (!code && cli->format == CLI_JSON) {
        json_t *root = analysis_json(in);
        json_object_set_new(root, "region", analysis_text(r->region));
        json_object_set_new(root, "layer", json_integer(r->layer + 1));
        json_object_set(root, "neurons", list);
        code = analysis_dump(out, root, err);
    }
    json_decref(list);
    free(bits);
    setexpr_free(&e);
    return code;
}

static enum status print_overlap(FILE *out, const struct cli *cli, struct analysis_input *in,
                                 void *context, struct err *err)
{
    const struct request *r = context;
    struct setexpr expr[OVERLAP_MAX_SETS] = {0};
    struct overlap o;
    struct buf name = BUF_INIT;
    enum status code = STATUS_OK;
    for (uint32_t s = 0; s < r->sets && !code; s++)
        code = parse(&expr[s], r->set[s], &in->analysis, err);
    if (!code && r->region) {
        code = print_region(out, cli, in, r, err);
    } else if (!code) {
        code = overlap_make(&o, expr, r->sets, &in->analysis, r->layer, err);
        if (!code && cli->format == CLI_JSON)
            code = print_json(out, in, r, expr, &o, &name, err);
        else if (!code && cli->format == CLI_TSV)
            print_tsv(out, r, expr, &o, &name);
        else if (!code) {
            print_settings(out, in);
            print_text(out, r, expr, &o, &name);
        }
    }
    if (!code && !buf_ok(&name))
        code = err_nomem(err);
    buf_free(&name);
    for (uint32_t s = 0; s < r->sets; s++)
        setexpr_free(&expr[s]);
    return code;
}

static bool take(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    (void)opt; /* there is one */
    r->region = a->value;
    return true;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT};
    struct cli_args a;
    int status = cli_parse(&a, cli, &command_overlap, argc, argv, take, &r);
    if (status != CLI_END)
        return status;
    int sets = argc - a.first - 1;
    if (sets < 0)
        return cli_usage(&command_overlap, "a count FILE and sets are needed");
    if (sets < 1 && !r.region)
        return cli_usage(&command_overlap, "at least one SET, or --region, is needed");
    if (sets > OVERLAP_MAX_SETS)
        return cli_usage(&command_overlap, "at most %d sets can be compared", OVERLAP_MAX_SETS);
    r.set = argv + a.first + 1;
    r.sets = (uint32_t)sets;
    r.layer = r.options.layer ? (uint32_t)r.options.layer - 1 : 0;
    return analysis_run(cli, argv[a.first], &r.options, print_overlap, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    {"region", 0, "EXPR", "list the neurons of EXPR instead", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_overlap = {
    .name = "overlap",
    .summary = "Sizes of every region of several sets of neurons",
    .synopsis = "[OPTION...] FILE SET [SET...]",
    .details =
        "The layer is 1 unless given.  A SET is an expression:\n"
        "  gender, phone, pitch     property neurons\n"
        "  gender=female            group neurons\n"
        "  [AH], [AH,gender=female] an activation pattern, under conditions\n"
        "  @FILE                    a list, one 'layer neuron' a line\n"
        "  NAME@LAYER, NAME@*       the set of that layer; every layer's own\n"
        "joined by & (binds tighter), | and - (both left to right) and parentheses.\n"
        "'by chance' is a region's size were the sets independent of each other.\n"
        "\n"
        "TSV columns: region, in (numbers of the sets), size, expected; with --region: layer,\n"
        "neuron.  JSON: sets[], regions[], union, intersection; with --region: neurons[].\n",
    .examples = "  propneu overlap my.counts --layer 1 phone gender pitch\n"
                "  propneu overlap my.counts --region 'gender & pitch - phone' > both.txt\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = run,
};
