/*
 * propneu map: the patterns of a layer as points in the plane (figure 3).
 */
#include "config.h"

#include "base/number.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands.h"
#include "cli/commands/print_tables.h"

struct request {
    struct analysis_options options;
    const char *property;
    unsigned long layer; /* from 1 */
};

static const char *method_name(const struct analysis *a)
{
    return a->map.method == MAP_CLASSICAL ? "classical" : "smacof";
}

/* The quality of the map, then a line for each point. Coordinates have no unit; only distances
 * between points matter. */
static void print_text(FILE *out, const struct analysis_input *in, const struct request *r,
                       const struct property *p, const struct map *m)
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
    fputs(" on the distances\n\nphone   group               x         y\n", out);
    for (uint32_t k = 0; k < p->points; k++) {
        const struct property_point *point = &p->point[k];
        print_name(out, point->label, 6);
        fputs("  ", out);
        print_name(out, p->group.name[point->group], 10);
        fprintf(out, "  %9s %9s\n", number_fixed(m->xy[2 * k], 4).text,
                number_fixed(m->xy[2 * k + 1], 4).text);
    }
}

/* A map to every property of the list, in the layer asked for. */
static enum status map_each(const struct names *list, struct analysis_input *in,
                            const struct request *r, FILE *text, struct table *summary,
                            struct table *points, struct err *err)
{
    uint32_t layer = (uint32_t)r->layer - 1;
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < list->count && !code; i++) {
        const struct property *p;
        const struct map *m;
        code = analysis_property(&in->analysis, list->name[i], &p, err);
        if (!code)
            code = analysis_map(&in->analysis, list->name[i], layer, &m, err);
        if (!code && text) {
            fputs(i ? "\n" : "", text);
            print_text(text, in, r, p, m);
        } else if (!code) {
            code = report_map_summary(summary, p, layer, m, &in->analysis.map, err);
            if (!code)
                code = report_map(points, p, layer, m->xy, NULL, err);
        }
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
    struct table *summary = answer_add(&answer), *points = answer_add(&answer);
    if (!code)
        code = map_each(list, in, r, NULL, summary, points, err);
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
        code = cli->format == CLI_TEXT ? map_each(&list, in, r, out, NULL, NULL, err)
                                       : print_tables(out, cli, in, r, &list, err);
    names_free(&list);
    return code;
}

static int map_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT};
    const char *file;
    int status = analysis_parse(cli, &command_map, argc, argv, NULL, &r, &file);
    if (status != CLI_END)
        return status;
    if (!r.property)
        return cli_usage(&command_map, "--property LIST is needed");
    r.layer = r.options.layer ? r.options.layer : 1;
    return analysis_run(cli, file, &r.options, print_map, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {&analysis_map_options, offsetof(struct request, options)},
    {&analysis_property_options, offsetof(struct request, property)},
    {NULL, 0},
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
        "distances.\n"
        "\n"
        "Its table is 'map' in propneu-tables(5); in JSON the key points, after the fields of\n"
        "'map-summary'.\n",
    .examples = "  propneu map my.counts --property gender --layer 1\n"
                "  propneu map my.counts --property manner,place --layer 8 --method classical\n",
    .groups = groups,
    .files = CLI_FILE,
    .run = map_run,
};
