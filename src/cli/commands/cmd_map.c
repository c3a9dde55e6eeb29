#include "config.h"

#include "base/number.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands.h"

#include <math.h>

struct request {
    struct analysis_options options;
    const char *property;
    unsigned long layer; /* from 1 */
};

static const char *method_name(const struct analysis *a)
{
    return a->map.method == MAP_CLASSICAL ? "classical" : "smacof";
}

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

static void print_tsv(FILE *out, const struct property *p, const struct map *m)
{
    fputs("phone\tgroup\tframes\tx\ty\n", out);
    for (uint32_t k = 0; k < p->points; k++) {
        const struct property_point *point = &p->point[k];
        print_name(out, point->label, 0);
        fputc('\t', out);
        print_name(out, p->group.name[point->group], 0);
        if (point->frames >= 0)
            fprintf(out, "\t%lld", (long long)point->frames);
        else
            fputs("\t-", out);
        fprintf(out, "\t%s\t%s\n", number_short(m->xy[2 * k], 8).text,
                number_short(m->xy[2 * k + 1], 8).text);
    }
}

static enum status print_json(FILE *out, const struct analysis_input *in, const struct request *r,
                              const struct property *p, const struct map *m, struct err *err)
{
    json_t *root = analysis_json(in), *points = json_array();
    for (uint32_t k = 0; k < p->points; k++) {
        const struct property_point *point = &p->point[k];
        json_t *row = json_object();
        json_object_set_new(row, "phone", json_string(point->label));
        json_object_set_new(row, "group", json_string(p->group.name[point->group]));
        json_object_set_new(row, "frames",
                            point->frames < 0 ? json_null() : json_integer(point->frames));
        json_object_set_new(row, "x", analysis_real(m->xy[2 * k]));
        json_object_set_new(row, "y", analysis_real(m->xy[2 * k + 1]));
        json_array_append_new(points, row);
    }
    json_object_set_new(root, "property", json_string(p->name));
    json_object_set_new(root, "layer", json_integer((json_int_t)r->layer));
    json_object_set_new(root, "method", json_string(method_name(&in->analysis)));
    json_object_set_new(root, "starts", json_integer(in->analysis.map.starts));
    json_object_set_new(root, "seed", json_integer((json_int_t)in->analysis.map.seed));
    json_object_set_new(root, "iterations", json_integer(m->iterations));
    json_object_set_new(root, "stress", analysis_real(m->stress));
    json_object_set_new(root, "normalised_stress", analysis_real(m->normalised_stress));
    json_object_set_new(root, "eigenvalues",
                        json_pack("[o,o]", analysis_real(m->eigen[0]), analysis_real(m->eigen[1])));
    json_object_set_new(root, "silhouette", analysis_real(m->silhouette));
    json_object_set_new(root, "silhouette_distances", analysis_real(m->silhouette_full));
    json_object_set_new(root, "points", points);
    return analysis_dump(out, root, err);
}

static enum status print_map(FILE *out, const struct cli *cli, struct analysis_input *in,
                             void *context, struct err *err)
{
    const struct request *r = context;
    const struct property *p;
    const struct map *m;
    enum status code = analysis_property(&in->analysis, r->property, &p, err);
    if (!code)
        code = analysis_map(&in->analysis, r->property, (uint32_t)r->layer - 1, &m, err);
    if (code)
        return code;
    if (cli->format == CLI_JSON)
        return print_json(out, in, r, p, m, err);
    if (cli->format == CLI_TSV)
        print_tsv(out, p, m);
    else
        print_text(out, in, r, p, m);
    return STATUS_OK;
}

static bool take(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    (void)opt; /* there is one */
    r->property = a->value;
    return true;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT};
    struct cli_args a;
    int status = cli_parse(&a, cli, &command_map, argc, argv, take, &r);
    if (status != CLI_END)
        return status;
    if (argc - a.first != 1)
        return cli_usage(&command_map, "one count FILE is needed");
    if (!r.property)
        return cli_usage(&command_map, "--property NAME is needed");
    r.layer = r.options.layer ? r.options.layer : 1;
    return analysis_run(cli, argv[a.first], &r.options, print_map, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {&analysis_map_options, offsetof(struct request, options)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    {"property", 0, "NAME", "phone, gender, pitch, ..., each-phone",
     "phone|gender|pitch|speaker|each-phone"},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_map = {
    .name = "map",
    .summary = "A layer's patterns as points in the plane, with stress and silhouettes",
    .synopsis = "[OPTION...] --property NAME FILE",
    .details =
        "The layer is 1 unless given.  Distances are Euclidean between the 0/1 patterns.  SMACOF\n"
        "starts from classical scaling, so that a map does not depend on chance; --starts tries\n"
        "random starts as well and keeps the best.  Stress is raw (sum over pairs), normalised is\n"
        "the root of its share of the summed squared distances.\n"
        "\n"
        "TSV columns: phone, group, frames, x, y.  JSON: points[] with the same keys, and stress,\n"
        "normalised_stress, iterations, eigenvalues, silhouette, silhouette_distances.\n",
    .examples = "  propneu map my.counts --property gender --layer 1\n"
                "  propneu map my.counts --property phone --layer 8 --method classical\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = run,
};
