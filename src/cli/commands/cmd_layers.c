#include "config.h"

#include "cli/commands/analysis_options.h"
#include "cli/commands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/buf.h"
#include "base/mem.h"

/* Above this many points a layer's map takes seconds, and `map` still makes it. */
#define MANY_POINTS 600
/* Text shows the groups' columns only where they fit a line. */
#define MANY_GROUPS 5

struct request {
    struct analysis_options options;
    const char *property; /* NULL: all */
    unsigned long layer;  /* 0: all */
};

/* One property in one layer. */
struct line {
    uint32_t any, neurons;
    uint32_t *group; /* [groups]: borrowed from the table */
    double silhouette, silhouette_full, stress;
};

/* One property in all layers. */
struct table {
    const struct property *property;
    uint32_t first, lines; /* layer of the first line, from 0 */
    struct line *line;     /* [lines] */
    uint32_t *group;       /* [lines][groups] */
    uint32_t best;         /* line with the largest silhouette; lines = none */
};

static void table_free(struct table *t)
{
    free(t->line);
    free(t->group);
    *t = (struct table){0};
}

/* True if a map can score anything, and does so in reasonable time. */
static bool map_wanted(const struct property *p)
{
    if (p->points > MANY_POINTS || p->groups < 2)
        return false;
    for (uint32_t g = 0; g < p->groups; g++)
        if (p->group_points[g] > 1)
            return true;
    return false;
}

static enum status fill_line(struct line *line, struct analysis *a, const struct property *p,
                             uint32_t layer, struct err *err)
{
    const struct property_layer *l;
    const struct map *m;
    enum status code = analysis_layer(a, p->name, layer, &l, err);
    if (code)
        return code;
    line->any = (uint32_t)bitset_count(l->any, l->words);
    line->neurons = (uint32_t)bitset_count(l->neurons, l->words);
    for (uint32_t g = 0; g < l->groups; g++)
        line->group[g] = (uint32_t)bitset_count(l->group + g * l->words, l->words);
    line->silhouette = line->silhouette_full = line->stress = NAN;
    if (!map_wanted(p))
        return STATUS_OK;
    code = analysis_map(a, p->name, layer, &m, err);
    if (!code) {
        line->silhouette = m->silhouette;
        line->silhouette_full = m->silhouette_full;
        line->stress = m->normalised_stress;
    }
    return code;
}

static enum status make_table(struct table *t, struct analysis *a, const char *name,
                              unsigned long layer, struct err *err)
{
    struct table made = {.first = layer ? (uint32_t)layer - 1 : 0};
    enum status code = analysis_property(a, name, &made.property, err);
    if (code)
        return code;
    made.lines = layer ? 1 : a->counts->layers;
    made.best = made.lines;
    made.line = mem_zeros(made.lines, sizeof *made.line);
    made.group = mem_zeros((size_t)made.lines * made.property->groups, sizeof *made.group);
    code = made.line && made.group ? STATUS_OK : err_nomem(err);
    for (uint32_t i = 0; i < made.lines && !code; i++) {
        made.line[i].group = made.group + (size_t)i * made.property->groups;
        code = fill_line(&made.line[i], a, made.property, made.first + i, err);
        if (!code && !isnan(made.line[i].silhouette) &&
            (made.best == made.lines || made.line[i].silhouette > made.line[made.best].silhouette))
            made.best = i;
    }
    if (code)
        table_free(&made);
    else
        *t = made;
    return code;
}

static void print_text_head(FILE *out, const struct property *p)
{
    fprintf(out, "\n");
    print_name(out, p->name, 0);
    fprintf(out, " (%u patterns)", p->points);
    for (uint32_t g = 0; g < p->groups && p->groups <= MANY_GROUPS; g++) {
        fprintf(out, "%s ", g ? "," : ":");
        print_name(out, p->group.name[g], 0);
        fprintf(out, " %u of %u phones", p->group_points[g],
                p->group_points[g] + p->group_missing[g]);
    }
    if (p->groups > MANY_GROUPS)
        fprintf(out, ": %u groups", p->groups);
    fprintf(out, "\nlayer      S  property");
    for (uint32_t g = 0; g < p->groups && p->groups <= MANY_GROUPS; g++) {
        fprintf(out, "  ");
        print_name(out, p->group.name[g], 8);
    }
    fprintf(out, "  silhouette  (distances)\n");
}

static void print_text(FILE *out, const struct table *t, const struct analysis *a)
{
    const struct property *p = t->property;
    (void)a;
    print_text_head(out, p);
    for (uint32_t i = 0; i < t->lines; i++) {
        const struct line *l = &t->line[i];
        fprintf(out, "%5u  %5u  %8u", t->first + i + 1, l->any, l->neurons);
        for (uint32_t g = 0; g < p->groups && p->groups <= MANY_GROUPS; g++) {
            int width = name_width(p->group.name[g]);
            fprintf(out, "  %*u", width > 8 ? width : 8, l->group[g]);
        }
        fprintf(out, "  ");
        print_real(out, l->silhouette, 10, 3);
        fputc(i == t->best && t->lines > 1 ? '*' : ' ', out);
        print_real(out, l->silhouette_full, 12, 3);
        fputc('\n', out);
    }
}

static void print_tsv(FILE *out, const struct table *t, const struct analysis *a)
{
    const struct property *p = t->property;
    for (uint32_t i = 0; i < t->lines; i++) {
        const struct line *l = &t->line[i];
        const struct counts_layer *layer = &a->counts->layer[t->first + i];
        print_name(out, p->name, 0);
        fprintf(out, "\t%u\t%u\t%u\t%u\t%u\t%u\t", t->first + i + 1, layer->width, layer->tau,
                p->points, l->any, l->neurons);
        print_real(out, l->silhouette, 0, 6);
        fputc('\t', out);
        print_real(out, l->silhouette_full, 0, 6);
        fprintf(out, "\t%d\t", i == t->best);
        for (uint32_t g = 0; g < p->groups; g++) {
            fputs(g ? "," : "", out);
            print_name(out, p->group.name[g], 0);
            fprintf(out, "=%u", l->group[g]);
        }
        fputc('\n', out);
    }
}

static json_t *table_json(const struct table *t, const struct analysis *a)
{
    const struct property *p = t->property;
    json_t *property = json_object(), *groups = json_object(), *layers = json_array();
    for (uint32_t g = 0; g < p->groups; g++)
        json_object_set_new(groups, p->group.name[g],
                            json_pack("{s:i,s:i}", "phones", (int)p->group_points[g], "missing",
                                      (int)p->group_missing[g]));
    for (uint32_t i = 0; i < t->lines; i++) {
        const struct line *l = &t->line[i];
        const struct counts_layer *c = &a->counts->layer[t->first + i];
        json_t *line = json_object(), *sizes = json_object();
        for (uint32_t g = 0; g < p->groups; g++)
            json_object_set_new(sizes, p->group.name[g], json_integer(l->group[g]));
        json_object_set_new(line, "layer", json_integer(t->first + i + 1));
        json_object_set_new(line, "width", json_integer(c->width));
        json_object_set_new(line, "tau", json_integer(c->tau));
        json_object_set_new(line, "pattern_union", json_integer(l->any));
        json_object_set_new(line, "property_neurons", json_integer(l->neurons));
        json_object_set_new(line, "group_neurons", sizes);
        json_object_set_new(line, "silhouette", analysis_real(l->silhouette));
        json_object_set_new(line, "silhouette_distances", analysis_real(l->silhouette_full));
        json_object_set_new(line, "normalised_stress", analysis_real(l->stress));
        json_array_append_new(layers, line);
    }
    json_object_set_new(property, "name", json_string(p->name));
    json_object_set_new(property, "patterns", json_integer(p->points));
    json_object_set_new(property, "groups", groups);
    json_object_set_new(property, "best_layer",
                        t->best < t->lines ? json_integer(t->first + t->best + 1) : json_null());
    json_object_set_new(property, "layers", layers);
    return property;
}

static void print_table(FILE *out, const struct cli *cli, const struct table *t,
                        const struct analysis *a, json_t *list)
{
    if (cli->format == CLI_JSON)
        json_array_append_new(list, table_json(t, a));
    else if (cli->format == CLI_TSV)
        print_tsv(out, t, a);
    else
        print_text(out, t, a);
}

/* What stands above the tables. */
static void print_head(FILE *out, const struct cli *cli, struct analysis_input *in)
{
    if (cli->format == CLI_TSV)
        fputs("property\tlayer\twidth\ttau\tpatterns\tpattern_union\tproperty_neurons\tsilhouette"
              "\tsilhouette_distances\tbest\tgroup_neurons\n",
              out);
    else if (cli->format == CLI_TEXT)
        print_settings(out, in);
}

/* Prints PROPERTY, or where it is NULL every property the file has enough for. */
static enum status print_all(FILE *out, const struct cli *cli, struct analysis_input *in,
                             const char *property, unsigned long layer, json_t *list,
                             struct err *err)
{
    struct analysis *a = &in->analysis;
    enum status none = STATUS_UNSUPPORTED; /* until one could be shown */
    struct buf left_out = BUF_INIT;        /* noted only beside something shown */
    for (uint32_t i = 0; i < a->names.count || property; i++) {
        struct table t;
        const char *name = property ? property : a->names.name[i];
        enum status code = make_table(&t, a, name, layer, err);
        if (code == STATUS_UNSUPPORTED && !property) {
            buf_printf(&left_out, "%s left out: %s\n", name, err->msg);
            continue;
        }
        if (code) {
            buf_free(&left_out);
            return code;
        }
        none = STATUS_OK;
        if (t.property->points > MANY_POINTS)
            cli_note(cli, "%s: %u patterns, silhouettes left out (see 'propneu map')", name,
                     t.property->points);
        print_table(out, cli, &t, a, list);
        table_free(&t);
        if (property)
            break;
    }
    char *line = none ? NULL : left_out.data;
    for (char *end; line && (end = strchr(line, '\n')); line = end + 1)
        cli_note(cli, "%.*s", (int)(end - line), line);
    buf_free(&left_out);
    return none; /* the reason is that of the last */
}

static enum status print_layers(FILE *out, const struct cli *cli, struct analysis_input *in,
                                void *context, struct err *err)
{
    const struct request *r = context;
    if (in->analysis.names.count == 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: the file was counted without the factor 'phone'", in->counts.path);
    print_head(out, cli, in);
    json_t *list = json_array();
    enum status code = print_all(out, cli, in, r->property, r->layer, list, err);
    if (!code && cli->format == CLI_JSON) {
        json_t *root = analysis_json(in);
        json_object_set(root, "properties", list);
        code = analysis_dump(out, root, err);
    }
    json_decref(list);
    return code;
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
    int status = cli_parse(&a, cli, &command_layers, argc, argv, take, &r);
    if (status != CLI_END)
        return status;
    if (argc - a.first != 1)
        return cli_usage(&command_layers, "one count FILE is needed");
    r.layer = r.options.layer;
    return analysis_run(cli, argv[a.first], &r.options, print_layers, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {&analysis_map_options, offsetof(struct request, options)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    {"property", 0, "NAME", "only this property (default: all the file has)",
     "phone|gender|pitch|speaker|each-phone"},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_layers = {
    .name = "layers",
    .summary = "Per layer: size of S, property and group neurons, silhouettes",
    .synopsis = "[OPTION...] FILE",
    .details = "S is the union of the activation patterns.  'silhouette' is that of the groups on\n"
               "the layer's map, as published; 'distances' that on the patterns' own distances.\n"
               "The best layer is marked *.  Phones never seen, or in fewer frames than asked\n"
               "for, are left out, and how many were judged is said.\n"
               "\n"
               "TSV columns: property, layer, width, tau, patterns, pattern_union,\n"
               "property_neurons, silhouette, silhouette_distances, best (1 = best layer),\n"
               "group_neurons (GROUP=NUMBER, comma-separated).  JSON: properties[].layers[].\n",
    .examples = "  propneu layers my.counts\n"
                "  propneu layers my.counts --property gender --where phone=AA,IY --format tsv\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = run,
};
