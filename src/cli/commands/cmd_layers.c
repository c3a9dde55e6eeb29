/*
 * propneu layers: sizes of the sets and silhouettes of every property, layer by layer (figures 4
 * and 7).
 */
#include "config.h"

#include "cli/commands.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/null_beside.h"
#include "cli/commands/print_tables.h"

#include <stdlib.h>

#include "base/bitset.h"

/* Text shows the groups' columns only where they fit a line. */
#define MANY_GROUPS 5

enum { LAYERS_PROPERTY, LAYERS_FEATURES, LAYERS_NULL };

struct request {
    struct analysis_options options;
    const char *properties; /* a list; NULL: all */
    bool features;          /* those of the phones, too */
    unsigned long layer;    /* 0: all */
    bool null;              /* what chance gives, too */
    struct exchange_options exchange;
};

/* True if the nulls of Q compare other patterns than the file's own: those of tokens. */
static bool layers_of_tokens(const struct score_property *q)
{
    return q->how.draws && q->how.kind == EXCHANGE_TOKENS;
}

/* The heading of one property: its groups with the phones they have data for, then the columns.
 * Group columns are omitted where too many to fit a line. */
static void print_text_head(FILE *out, const struct property *p, const struct score_property *q,
                            bool null)
{
    bool tokens = null && layers_of_tokens(q);
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
    fputc('\n', out);
    if (null && q->how.draws) {
        print_exchange(out, p->name, q->how.kind, q->how.strata, q->how.draws, q->how.enumerated);
        fputs(tokens ? "\n'observed', which is compared, is of the tokens' middle frames\n" : "\n",
              out);
    }
    fprintf(out, "layer      S  property%s%s", tokens ? "  observed" : "",
            null ? "  expected       p   p_max" : "");
    for (uint32_t g = 0; g < p->groups && p->groups <= MANY_GROUPS; g++) {
        fprintf(out, "  ");
        print_name(out, p->group.name[g], 8);
    }
    fprintf(out, "  silhouette  (distances)%s%s\n", tokens ? "  observed" : "",
            null ? "  expected       p" : "");
}

/* One property in the layers asked for. */
static enum status print_text(FILE *out, struct analysis *a, const struct scores *s,
                              const struct score_property *q, bool null, struct err *err)
{
    const struct property *p;
    const struct property_layer *l;
    enum status code = analysis_property(a, q->name, &p, err);
    if (!code)
        print_text_head(out, p, q, null);
    for (uint32_t i = 0; !code && i < s->layers; i++) {
        const struct score *v = &q->layer[i];
        if (!v->there)
            continue;
        code = analysis_layer(a, q->name, i, &l, err);
        if (code)
            break;
        fprintf(out, "%5u  %5u  %8u", i + 1, v->any, v->neurons);
        if (null && layers_of_tokens(q))
            print_real(out, v->null_neurons.observed, 10, 0);
        if (null) {
            print_real(out, v->null_neurons.mean, 10, 1);
            print_real(out, v->null_neurons.p, 8, 4);
            print_real(out, v->null_neurons.p_max, 8, 4);
        }
        for (uint32_t g = 0; g < p->groups && p->groups <= MANY_GROUPS; g++) {
            int width = name_width(p->group.name[g]);
            fprintf(out, "  %*zu", width > 8 ? width : 8,
                    bitset_count(l->group + g * l->words, l->words));
        }
        fprintf(out, "  ");
        print_real(out, v->silhouette, 10, 3);
        fputc(q->best == (long)i && !s->only ? '*' : ' ', out);
        print_real(out, v->silhouette_full, 12, 3);
        if (null && layers_of_tokens(q))
            print_real(out, v->null_full.observed, 10, 3);
        if (null) {
            print_real(out, v->null_full.mean, 10, 3);
            print_real(out, v->null_full.p, 8, 4);
        }
        fputc('\n', out);
    }
    return code;
}

/* The settings, then a block for each property that the file has data for. */
static enum status print_all_text(FILE *out, struct analysis_input *in, const struct scores *s,
                                  bool null, struct err *err)
{
    enum status code = STATUS_OK;
    print_settings(out, in);
    for (uint32_t p = 0; !code && p < s->properties; p++)
        if (s->property[p].asked && !s->property[p].why[0])
            code = print_text(out, &in->analysis, s, &s->property[p], null, err);
    return code;
}

/* The same for programs. */
static enum status print_tables(FILE *out, const struct cli *cli, struct analysis_input *in,
                                const struct scores *s, const struct names *only, bool null,
                                struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = report_settings(answer_add(&answer), &in->analysis, err);
    if (!code)
        code = report_properties(answer_add(&answer), s, err);
    struct table *groups = answer_add(&answer);
    if (!code && !only->count)
        code = report_groups(groups, &in->analysis, NULL, err);
    for (uint32_t i = 0; i < only->count && !code; i++)
        code = report_groups(groups, &in->analysis, only->name[i], err);
    if (!code)
        code = report_layers(answer_add(&answer), s, 1, null ? REPORT_BAND_NULL : 0, err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* What a table leaves out, noted once one property could be shown; the last reason if none was. */
static enum status note_left_out(const struct cli *cli, const struct scores *s, struct analysis *a,
                                 struct err *err)
{
    const struct property *property;
    const char *why = NULL;
    bool shown = false;
    for (uint32_t p = 0; p < s->properties; p++) {
        const struct score_property *q = &s->property[p];
        why = q->why[0] ? q->why : why;
        shown = shown || (q->asked && !q->why[0]);
    }
    if (!shown)
        return err_set(err, STATUS_UNSUPPORTED, "%s: %s", a->counts->path, why ? why : "");
    for (uint32_t p = 0; p < s->properties; p++) {
        const struct score_property *q = &s->property[p];
        if (q->why[0])
            cli_note(cli, "%s left out: %s", q->name, q->why);
        else if (q->asked && !analysis_property(a, q->name, &property, err) &&
                 property->points > SCORES_MAX_POINTS)
            cli_note(cli, "%s: %u patterns, silhouettes left out (see 'propneu map')", q->name,
                     property->points);
    }
    return STATUS_OK;
}

/* The properties of --property, which must exist, and those of --features; none: all there are. */
static enum status layers_properties(struct names *only, struct analysis *a,
                                     const struct request *r, struct err *err)
{
    enum status code = STATUS_OK;
    if (r->properties)
        code = analysis_properties(only, a, r->properties, err);
    for (uint32_t i = 0; r->features && !code && i < a->phones->features; i++) {
        const char *name = a->phones->feature[i].name;
        if (analysis_find(a, name) == NAMES_NONE ||
            (r->properties && names_add(only, name) == NAMES_NONE))
            code = err_nomem(err);
    }
    return code;
}

static enum status make_scores(struct scores *s, struct analysis *a, const struct names *only,
                               const struct request *r, struct err *err)
{
    char *title = NULL;
    enum status code = scores_titles(&title, (const char *const[]){a->counts->path}, 1, err);
    if (!code)
        code = scores_make(s, a, title, only, (uint32_t)r->layer, err);
    free(title);
    return code;
}

/* The nulls of size and full-dimensional silhouette of the property Q; without them, their columns
 * stay without numbers. */
static enum status layers_add_null(struct scores *s, struct analysis *a,
                                   const struct score_property *q, const struct request *r,
                                   const struct cli *cli, struct err *err)
{
    struct null_result n;
    uint32_t layer = r->layer ? (uint32_t)r->layer - 1 : 0;
    struct null_beside beside = {.property = q->name,
                                 .statistic = {"size", "full-dim"},
                                 .layer = r->layer ? &layer : NULL,
                                 .exchange = r->exchange};
    beside.exchange.seed = r->options.map.seed;
    enum status code = null_beside_make(&n, a, &beside, cli, err);
    if (!code)
        code = scores_add_null(s, &n, err);
    null_free(&n);
    return code;
}

static enum status layers_add_nulls(struct scores *s, struct analysis *a, const struct request *r,
                                    const struct cli *cli, struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t p = 0; p < s->properties && !code; p++)
        if (s->property[p].asked && !s->property[p].why[0])
            code = layers_add_null(s, a, &s->property[p], r, cli, err);
    return code;
}

/* Text or tables of all properties; those without data are noted and left out. */
static enum status print_layers(FILE *out, const struct cli *cli, struct analysis_input *in,
                                void *context, struct err *err)
{
    const struct request *r = context;
    struct analysis *a = &in->analysis;
    struct names only = NAMES_INIT;
    struct scores s = {0};
    if (a->names.count == 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: the file was counted without the factor 'phone'", in->counts.path);
    enum status code = layers_properties(&only, a, r, err);
    if (!code)
        code = make_scores(&s, a, &only, r, err);
    if (!code)
        code = note_left_out(cli, &s, a, err);
    if (!code && r->null)
        code = layers_add_nulls(&s, a, r, cli, err);
    if (!code)
        code = cli->format == CLI_TEXT ? print_all_text(out, in, &s, r->null, err)
                                       : print_tables(out, cli, in, &s, &only, r->null, err);
    scores_free(&s);
    names_free(&only);
    return code;
}

static bool layers_do_take_option(void *context, const struct cli_args *a, int opt)
{
    struct request *r = context;
    if (opt == LAYERS_NULL)
        r->null = true;
    else if (opt == LAYERS_FEATURES)
        r->features = true;
    else
        r->properties = a->value;
    return true;
}

static int layers_run(struct cli *cli, int argc, char **argv)
{
    struct request r = {.options = ANALYSIS_OPTIONS_DEFAULT};
    const char *file;
    int status = analysis_parse(cli, &command_layers, argc, argv, layers_do_take_option, &r, &file);
    if (status != CLI_END)
        return status;
    if (!r.null && (exchange_given(&r.exchange) || r.exchange.tokens))
        return cli_usage(&command_layers,
                         "--draws, --strata, --speakers and --tokens are for --null");
    r.layer = r.options.layer;
    return analysis_run(cli, file, &r.options, print_layers, &r);
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct request, options)},
    {&analysis_selection_options, offsetof(struct request, options)},
    {&analysis_map_options, offsetof(struct request, options)},
    {&exchange_but_seed_group, offsetof(struct request, exchange)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    [LAYERS_PROPERTY] = {"property", 0, "LIST", "only these properties (default: all in the file)",
                         ANALYSIS_PROPERTY_WORDS},
    [LAYERS_FEATURES] = {"features", 0, NULL, "phone features (manner, place, ...), too", NULL},
    [LAYERS_NULL] = {"null", 0, NULL, "what chance gives beside each number (see null)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_layers = {
    .name = "layers",
    .summary = "Per layer: size of S, property and group neurons, silhouettes",
    .synopsis = "[OPTION...] FILE",
    .details =
        "S is the union of the activation patterns.  'silhouette' is computed on the layer's\n"
        "two-dimensional map, as published; 'distances' on the full-dimensional distances between\n"
        "patterns.  The best layer is marked *.  Phones without frames, or with fewer than\n"
        "--min-frames, are left out; the number of phones used is reported.\n"
        "Features of the phones (manner, place, voicing, height, backness, rounding, nasality) "
        "are\n"
        "properties that are shown where they are named, or all of them with --features.\n"
        "\n"
        "Its table is 'layers' in propneu-tables(5); JSON has it under the key layers,\n"
        "with 'properties' and 'groups'.\n",
    .examples = "  propneu layers my.counts\n"
                "  propneu layers my.counts --property gender --null\n"
                "  propneu layers my.counts --property manner,place,voicing\n"
                "  propneu layers my.counts --property gender --where phone=AA,IY --format tsv\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = layers_run,
};
