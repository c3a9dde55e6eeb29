/*
 * propneu overlap: sizes of every region of several sets (figure 8), or the neurons of one region.
 */
#include "config.h"

#include "cli/commands/analysis_options.h"
#include "cli/commands.h"
#include "cli/commands/print_tables.h"

#include "base/buf.h"
#include "analysis/overlap.h"
#include "base/number.h"

struct request {
    struct analysis_options options;
    const char *region; /* NULL: sizes of all */
    char **set;         /* [sets] as typed */
    uint32_t sets;
    uint32_t layer; /* from 0 */
};

/* What each two of the sets share, and how probable that is. */
static void print_pairs(FILE *out, const struct request *r, const struct overlap *o)
{
    if (r->sets < 2 || o->layers != 1)
        return;
    fputs("\nshared   expected         p  by two sets\n", out);
    for (uint32_t a = 0; a < r->sets; a++)
        for (uint32_t b = a + 1; b < r->sets; b++) {
            struct overlap_pair pair = overlap_of_pair(o, a, b);
            fprintf(out, "%6u  %9s  %8s  ", pair.shared, number_fixed(pair.expected, 1).text,
                    number_p(pair.p).text);
            print_name(out, r->set[a], 0);
            fputs(", ", out);
            print_name(out, r->set[b], 0);
            fputc('\n', out);
        }
    fputs("\np: hypergeometric; sets chosen from the same counts are not independent\n", out);
}

/*
 * Sizes of the sets, then each region with its expected size, the union and the intersection, and
 * the sets two by two.
 */
static void print_text(FILE *out, const struct request *r, const struct setexpr *expr,
                       const struct overlap *o, struct buf *name)
{
    fprintf(out, "layer %u, %u neurons\n\n", r->layer + 1, o->universe);
    for (uint32_t s = 0; s < r->sets; s++) {
        fprintf(out, "%6u  ", o->size[s]);
        print_name(out, r->set[s], 0);
        fputc('\n', out);
    }
    fputs("\n  size   expected  only in\n", out);
    for (uint32_t k = 1; k < 1u << r->sets; k++) {
        buf_clear(name);
        report_region_name(name, expr, r->sets, k);
        fprintf(out, "%6u  %9s  ", o->region[k], number_fixed(o->expected[k], 1).text);
        print_name(out, buf_text(name), 0);
        fputc('\n', out);
    }
    fprintf(out, "\n%6u  in any\n%6u  in all\n", o->in_any, o->in_all);
    print_pairs(out, r, o);
}

/* The same for programs. */
static enum status print_tables(FILE *out, const struct cli *cli, const struct analysis_input *in,
                                const struct request *r, const struct setexpr *expr,
                                const struct overlap *o, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = report_settings(answer_add(&answer), &in->analysis, err);
    if (!code)
        code = report_overlap_summary(answer_add(&answer), o, r->layer, err);
    if (!code)
        code = report_sets(answer_add(&answer), o, expr, err);
    if (!code)
        code = report_overlap(answer_add(&answer), o, expr, r->layer, err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* Parses and computes what the expression refers to. */
static enum status overlap_parse(struct setexpr *e, const char *text, const struct analysis *a,
                                 struct err *err)
{
    enum status code = setexpr_parse(e, text, a, NULL, err);
    return code ? code : setexpr_load(e, a, err);
}

/* "layer neuron" lines, which come back as @FILE. */
static void print_set(FILE *out, const struct table *t)
{
    for (size_t i = 0; i < table_rows(t); i++)
        fprintf(out, "%lld %lld\n", (long long)table_at(t, i, 0)->value.integer,
                (long long)table_at(t, i, 1)->value.integer);
}

/* The neurons of one expression, in the layer asked for and the layers it names. */
static enum status print_region(FILE *out, const struct cli *cli, struct analysis_input *in,
                                const struct request *r, struct err *err)
{
    struct setexpr e = {0};
    struct answer answer = ANSWER_INIT;
    enum status code = overlap_parse(&e, r->region, &in->analysis, err);
    if (!code)
        code = report_settings(answer_add(&answer), &in->analysis, err);
    if (!code)
        code = report_set_summary(answer_add(&answer), &e, r->layer, err);
    if (!code)
        code = report_set(answer_add(&answer), &in->analysis, &e, r->layer, err);
    if (!code && cli->format != CLI_TEXT)
        code = answer_print(out, cli->format, &answer, err);
    else if (!code)
        print_set(out, &answer.table[answer.tables - 1]);
    answer_free(&answer);
    setexpr_free(&e);
    return code;
}

/* The regions of the sets as text or tables, or with --region the neurons of one of them; --region
 * needs no sets, as its expression names them. */
static enum status print_overlap(FILE *out, const struct cli *cli, struct analysis_input *in,
                                 void *context, struct err *err)
{
    const struct request *r = context;
    struct setexpr expr[OVERLAP_MAX_SETS] = {0};
    struct overlap o;
    struct buf name = BUF_INIT;
    enum status code = STATUS_OK;
    for (uint32_t s = 0; s < r->sets && !code; s++)
        code = overlap_parse(&expr[s], r->set[s], &in->analysis, err);
    if (!code && r->region) {
        code = print_region(out, cli, in, r, err);
    } else if (!code) {
        code = overlap_make(&o, expr, r->sets, &in->analysis, r->layer, err);
        if (!code && cli->format != CLI_TEXT)
            code = print_tables(out, cli, in, r, expr, &o, err);
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

static bool overlap_take_option(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    (void)opt; /* there is one */
    r->region = a->value;
    return true;
}

/* The command: operands are the count file, then up to OVERLAP_MAX_SETS expressions. */
static int overlap_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT};
    struct cli_args a;
    int status = cli_parse(&a, cli, &command_overlap, argc, argv, overlap_take_option, &r);
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
    {&analysis_rule_options, offsetof(struct request, options)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    {"region", 0, "EXPR", "list the neurons of EXPR instead", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_overlap = {
    .name = "overlap",
    .summary = "Sizes of all regions of several sets of neurons",
    .synopsis = "[OPTION...] FILE SET [SET...]",
    .details =
        "The default layer is 1.  A SET is an expression:\n"
        "  gender, phone, pitch     property neurons\n"
        "  gender=female            group neurons\n"
        "  [AH], [AH,gender=female] an activation pattern, under conditions\n"
        "  @FILE                    a list, one 'layer neuron' per line\n"
        "  NAME@LAYER, NAME@*       the set of that layer; of each layer\n"
        "  NAME:SELECTOR            chosen by another rule (see 'propneu select --help')\n"
        "combined by & (binds tighter), | and - (both left to right) and parentheses.\n"
        "'expected' is a region's expected size under independence of the sets, p of two sets the\n"
        "hypergeometric probability of sharing so many neurons or more.  Sets chosen from the "
        "same\n"
        "counts are not independent: a small p says that they overlap, not why.\n"
        "\n"
        "Its table is 'overlap' in propneu-tables(5), with --region 'set'; in JSON the keys\n"
        "regions and neurons.\n",
    .examples = "  propneu overlap my.counts --layer 1 phone gender pitch\n"
                "  propneu overlap my.counts --region 'gender & pitch - phone' > both.txt\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = overlap_run,
};
