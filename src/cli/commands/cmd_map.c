/*
 * propneu map: the patterns of a layer as points in the plane (figure 3).
 */
#include "config.h"

#include "analysis/statistic.h"
#include "base/number.h"
#include "base/ties.h"
#include "cli/commands.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/null_beside.h"
#include "cli/commands/print_tables.h"

struct request {
    struct analysis_options options;
    const char *property;
    unsigned long layer; /* from 1 */
    bool null;           /* what chance gives, too */
    struct exchange_options exchange;
};

static const char *method_name(const struct analysis *a)
{
    return a->map.method == MAP_CLASSICAL ? "classical" : "smacof";
}

/* "by chance 0.070 (p 0.0206)": what is expected where SUMMARY is, and how often it is reached. */
static void map_print_chance(FILE *out, const char *before, const struct summary *s,
                             const char *after)
{
    fputs(before, out);
    print_real(out, s->mean, 0, 4);
    fputs(" (p ", out);
    print_real(out, s->p, 0, 4);
    fprintf(out, ") %s", after);
}

/* What chance gives of both silhouettes, and of what: tokens are compared by their own middle
 * frames, whatever the file's counts are of. */
static void map_print_null(FILE *out, const struct null_result *n, const struct map *m,
                           const struct report_map_null *chance)
{
    if (!chance->map || !chance->distances)
        return;
    if (n->kind == EXCHANGE_TOKENS && ties_difference(chance->map->observed, m->silhouette) != 0) {
        fputs("of the middle frames of tokens ", out);
        print_real(out, chance->map->observed, 0, 4);
        fputs(" on the map, ", out);
        print_real(out, chance->distances->observed, 0, 4);
        fputs(" on the distances\n", out);
    }
    map_print_chance(out, "by chance ", chance->map, "on the map, ");
    map_print_chance(out, "", chance->distances, "on the distances\n");
    if (!n->why[0]) {
        print_exchange(out, n->property, n->kind, n->strata, n->draws, n->enumerated);
        fputc('\n', out);
    }
}

/* The quality of the map, then a line for each point. Coordinates have no unit; only distances
 * between points matter. */
static void print_text(FILE *out, const struct analysis_input *in, const struct request *r,
                       const struct property *p, const struct map *m, const struct null_result *n,
                       const struct report_map_null *chance)
{
    print_settings(out, in);
    print_name(out, p->name, 0);
    fprintf(out, ", layer %lu: %u patterns, %s scaling", r->layer, p->points,
            method_name(&in->analysis));
    if (m->iterations)
        fprintf(out, ", %u iterations", m->iterations);
    fprintf(out, "\nstress %s (normalised %s), silhouette ", number_fixed(m->stress, 4).text,
            number_fixed(m->normalised_stress, 4).text);
    print_real(out, m->silhouette, 0, 4);
    fputs(" on the map, ", out);
    print_real(out, m->silhouette_full, 0, 4);
    fputs(" on the distances\n", out);
    if (n)
        map_print_null(out, n, m, chance);
    fputs("\nphone   group               x         y\n", out);
    for (uint32_t k = 0; k < p->points; k++) {
        const struct property_point *point = &p->point[k];
        print_name(out, point->label, 6);
        fputs("  ", out);
        print_name(out, p->group.name[point->group], 10);
        fprintf(out, "  %9s %9s\n", number_fixed(m->xy[2 * k], 4).text,
                number_fixed(m->xy[2 * k + 1], 4).text);
    }
}

/* Where the answer goes: text, or the tables of it. */
struct map_sink {
    FILE *text; /* or NULL */
    struct table *summary, *points;
};

/* The map of one property, with its null if that was asked for. */
static enum status map_one(const char *property, const struct cli *cli, struct analysis_input *in,
                           const struct request *r, const struct map_sink *to, struct err *err)
{
    struct analysis *a = &in->analysis;
    uint32_t layer = (uint32_t)r->layer - 1;
    const struct property *p;
    const struct map *m;
    struct null_result n = {.rows = 0};
    struct report_map_null chance = {NULL, NULL}, *asked = r->null ? &chance : NULL;
    struct null_beside beside = {.property = property,
                                 .statistic = {"silhouette", "full-dim"},
                                 .layer = &layer,
                                 .exchange = r->exchange};
    beside.exchange.seed = r->options.map.seed;
    enum status code = analysis_map(a, property, layer, &m, err);
    if (!code && r->null)
        code = null_beside_make(&n, a, &beside, cli, err);
    if (!code && n.rows) {
        chance.map = &null_beside_row(&n, &statistic_silhouette, layer)->summary;
        chance.distances = &null_beside_row(&n, &statistic_full_dim, layer)->summary;
    }
    if (!code)
        code = analysis_property(a, property, &p, err);
    if (!code)
        code = analysis_map(a, property, layer, &m, err); /* the null may have asked for others */
    if (!code && to->text)
        print_text(to->text, in, r, p, m, r->null ? &n : NULL, &chance);
    else if (!code) {
        code = report_map_summary(to->summary, p, layer, m, &a->map, asked, err);
        if (!code)
            code = report_map(to->points, p, layer, m->xy, NULL, asked, err);
    }
    null_free(&n);
    return code;
}

/* A map to every property of the list, in the layer asked for. */
static enum status map_each(const struct names *list, const struct cli *cli,
                            struct analysis_input *in, const struct request *r,
                            const struct map_sink *to, struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < list->count && !code; i++) {
        if (to->text && i)
            fputc('\n', to->text);
        code = map_one(list->name[i], cli, in, r, to, err);
    }
    return code;
}

/* The same for programs; in JSON the summary's fields are those of the document, and of one map. */
static enum status print_tables(FILE *out, const struct cli *cli, struct analysis_input *in,
                                const struct request *r, const struct names *list, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    if (cli->format == CLI_JSON && list->count > 1)
        return err_set(err, STATUS_USAGE, "map: --format json has one --property");
    enum status code = report_settings(answer_add(&answer), &in->analysis, err);
    struct map_sink to = {.summary = answer_add(&answer), .points = answer_add(&answer)};
    if (!code)
        code = map_each(list, cli, in, r, &to, err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* The maps of one layer (default: the first) as text or tables. */
static enum status print_map(FILE *out, const struct cli *cli, struct analysis_input *in,
                             void *context, struct err *err)
{
    const struct request *r = context;
    struct names list = NAMES_INIT;
    enum status code = analysis_properties(&list, &in->analysis, r->property, err);
    if (!code)
        code = cli->format == CLI_TEXT
                   ? map_each(&list, cli, in, r, &(struct map_sink){.text = out}, err)
                   : print_tables(out, cli, in, r, &list, err);
    names_free(&list);
    return code;
}

static bool map_take_option(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    (void)a;
    (void)opt; /* there is one */
    r->null = true;
    return true;
}

static int map_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT};
    const char *file;
    int status = analysis_parse(cli, &command_map, argc, argv, map_take_option, &r, &file);
    if (status != CLI_END)
        return status;
    if (!r.property)
        return cli_usage(&command_map, "--property LIST is needed");
    if (!r.null && exchange_given(&r.exchange))
        return cli_usage(&command_map, "--draws, --strata, --speakers and --tokens are for --null");
    r.layer = r.options.layer ? r.options.layer : 1;
    return analysis_run(cli, file, &r.options, print_map, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {&analysis_map_options, offsetof(struct request, options)},
    {&analysis_property_options, offsetof(struct request, property)},
    {&exchange_but_seed_group, offsetof(struct request, exchange)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    {"null", 0, NULL, "what chance gives of the silhouettes (see null)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_map = {
    .name = "map",
    .summary = "A layer's activation patterns as points in the plane, with stress and silhouettes",
    .synopsis = "[OPTION...] --property LIST FILE",
    .details =
        "The default layer is 1.  Distances are Euclidean between binary pattern vectors.  SMACOF\n"
        "is initialised with classical scaling, so that maps are deterministic; --starts adds\n"
        "random initialisations and keeps the best.  Raw stress is the sum of squared errors over\n"
        "pairs; normalised stress is the square root of raw stress over the sum of squared\n"
        "distances.  --null lays out a map for each labeling, by the same --method.\n"
        "\n"
        "Its table is 'map' in propneu-tables(5); in JSON the key points, after the fields of\n"
        "'map-summary'.\n",
    .examples = "  propneu map my.counts --property gender --layer 1\n"
                "  propneu map my.counts --property manner,place --layer 8 --method classical\n"
                "  propneu map my.counts --property gender --layer 8 --null --draws 999\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = map_run,
};
