/*
 * propneu sweep: a property's size, silhouette and p under many settings, and under how many of
 * them it is more than chance.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/commands.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"

/* A list of numbers as typed, "60,80,100". */
struct sweep_list {
    double value[SWEEP_VALUES];
    uint32_t count;
};

struct sweep_command {
    struct analysis_options options;
    const char *property;
    const char *layers;
    struct sweep_list sigma, lambda, frames;
    struct exchange_options exchange;
};

static int sweep_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Sorts the values of L and drops those that are there twice. */
static void sweep_sort(struct sweep_list *l)
{
    uint32_t n = 0;
    qsort(l->value, l->count, sizeof *l->value, sweep_compare);
    for (uint32_t i = 0; i < l->count; i++)
        if (n == 0 || l->value[i] > l->value[n - 1])
            l->value[n++] = l->value[i];
    l->count = n;
}

/* The sigmas, lambdas and numbers of frames of C, those left out by default, into R. */
static void sweep_grid(struct sweep_request *r, struct sweep_command *c,
                       const struct counts *counts)
{
    static const double plain_frames[] = {1, 10, 50};
    if (c->sigma.count == 0)
        for (int percent = 60; percent <= 100; percent += 5)
            c->sigma.value[c->sigma.count++] = percent / 100.0;
    if (c->lambda.count == 0)
        do
            c->lambda.value[c->lambda.count] =
                counts->lambdas ? counts->lambda[c->lambda.count] : counts->lambda_percent;
        while (++c->lambda.count < counts->lambdas);
    if (c->frames.count == 0)
        for (size_t i = 0; i < sizeof plain_frames / sizeof *plain_frames; i++)
            c->frames.value[c->frames.count++] = plain_frames[i];
    sweep_sort(&c->sigma);
    sweep_sort(&c->lambda);
    sweep_sort(&c->frames);
    r->sigmas = c->sigma.count;
    r->lambdas = c->lambda.count;
    r->frames = c->frames.count;
    memcpy(r->sigma, c->sigma.value, sizeof r->sigma);
    memcpy(r->lambda, c->lambda.value, sizeof r->lambda);
    for (uint32_t i = 0; i < r->frames; i++)
        r->min_frames[i] = (uint64_t)c->frames.value[i];
}

static void sweep_print_head(FILE *out, const struct analysis_input *in,
                             const struct sweep_result *s)
{
    print_settings(out, in);
    print_name(out, s->property, 0);
    fprintf(out, " under %u setting%s", s->settings, s->settings == 1 ? "" : "s");
    if (s->exchanged) {
        fprintf(out, ": labels of %s exchanged", exchange_name(s->kind));
        if (strcmp(s->strata, "none") != 0) {
            fputs(" within ", out);
            print_name(out, s->strata, 0);
        }
        fprintf(out, s->enumerated ? ", all %llu labelings" : ", %llu random labelings",
                (unsigned long long)s->draws);
    }
    fputs("\n\n", out);
}

/* "layer 2: p < .05 in 20 of 27 settings (74 %), size 14 to 71". */
static void sweep_print_share(FILE *out, const struct sweep_share *share, bool best)
{
    if (best)
        fputs("best of the layers (p_max)", out);
    else
        fprintf(out, "layer %u", share->layer + 1);
    if (share->settings)
        fprintf(out, ": p < .05 in %u of %u setting%s (%s %%)", share->holds, share->settings,
                share->settings == 1 ? "" : "s",
                number_fixed(100.0 * share->holds / share->settings, 0).text);
    else
        fputs(": no p", out);
    if (!isnan(share->low))
        fprintf(out, ", size %s to %s", number_fixed(share->low, 0).text,
                number_fixed(share->high, 0).text);
    fputc('\n', out);
}

static void sweep_print_text(FILE *out, const struct analysis_input *in,
                             const struct sweep_result *s)
{
    sweep_print_head(out, in, s);
    fputs("layer   sigma  lambda  min-frames    size  silhouette        p  jaccard\n", out);
    for (size_t i = 0; i < (size_t)s->settings * s->layers; i++) {
        const struct sweep_row *row = &s->row[i];
        fprintf(out, "%5u  %6s  %6s  %10llu", row->layer + 1,
                number_short(100 * row->setting.sigma, 6).text,
                number_short(row->setting.lambda, 6).text,
                (unsigned long long)row->setting.min_frames);
        print_real(out, row->size, 8, 0);
        print_real(out, row->silhouette, 12, 3);
        print_real(out, row->p, 9, 4);
        print_real(out, row->jaccard, 9, 3);
        fputc('\n', out);
    }
    fputc('\n', out);
    for (uint32_t l = 0; l <= s->layers; l++)
        sweep_print_share(out, &s->share[l], l == s->layers);
}

static enum status sweep_answer(FILE *out, const struct cli *cli, struct analysis_input *in,
                                const struct sweep_result *s, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = report_settings(answer_add(&answer), &in->analysis, err);
    if (!code)
        code = report_sweep_shares(answer_add(&answer), s, err);
    if (!code)
        code = report_sweep(answer_add(&answer), s, err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

static enum status sweep_print(FILE *out, const struct cli *cli, struct analysis_input *in,
                               void *context, struct err *err)
{
    struct sweep_command *c = context;
    struct sweep_request r = {
        .property = c->property, .exchange = c->exchange, .threads = cli->threads};
    struct sweep_result result = {0};
    struct progress progress;
    uint32_t *layer = NULL;
    in->analysis.cancel = progress_catch_signals();
    enum status code = layer_list_parse(c->layers, &in->analysis, &layer, &r.layers, err);
    r.layer = layer;
    sweep_grid(&r, c, &in->counts);
    progress_begin(&progress, cli, "exchanging labels");
    r.progress = progress_share;
    r.progress_context = &progress;
    if (!code)
        code = sweep_make(&result, in, &r, err);
    progress_end(&progress);
    if (!code && result.why[0])
        cli_note(cli, "%s", result.why);
    if (!code && cli->format == CLI_TEXT)
        sweep_print_text(out, in, &result);
    else if (!code)
        code = sweep_answer(out, cli, in, &result, err);
    sweep_free(&result);
    free(layer);
    return code;
}

enum { SWEEP_SIGMA, SWEEP_LAMBDA, SWEEP_MIN_FRAMES, SWEEP_REFERENCE };

static const struct cli_option sweep_options[] = {
    [SWEEP_SIGMA] = {"sigma", 0, "LIST",
                     "shares of a group's phones that need the neuron, in percent (default: "
                     "60,65,...,100)",
                     NULL},
    [SWEEP_LAMBDA] = {"lambda", 0, "LIST", "counts at these lambdas (default: all of the file)",
                      NULL},
    [SWEEP_MIN_FRAMES] = {"min-frames", 0, "LIST",
                          "leave out phones with fewer frames (default: 1,10,50)", NULL},
    [SWEEP_REFERENCE] = {"reference", 0, "SIGMA[,LAMBDA[,N]]",
                         "what jaccard compares with (default: 80, the file's first lambda, 1)",
                         NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* The number at *AT, up to a comma, which *AT is moved beyond or NULL at the end, as the option
 * NAME takes it, into O. */
static bool sweep_take_one(const char **at, const char *name, struct analysis_options *o)
{
    char text[32];
    size_t n = strcspn(*at, ",");
    if (n >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)n, *at);
    *at = (*at)[n] ? *at + n + 1 : NULL;
    return field_set(field_find(analysis_fields, name), o, text, NULL) == STATUS_OK;
}

/* The number that option number OPT has set in O. */
static double sweep_number(const struct analysis_options *o, int opt)
{
    return opt == SWEEP_SIGMA    ? o->params.sigma
           : opt == SWEEP_LAMBDA ? o->lambda
                                 : (double)o->params.min_frames;
}

/* Takes a list of numbers, or the up to three that make a setting. */
static bool sweep_take(void *request, const struct cli_args *a, int opt)
{
    static const char *const takes[] = {
        [SWEEP_SIGMA] = "percentages above 0 and up to 100, as 70,80,90",
        [SWEEP_LAMBDA] = "percentages above 0 and up to 100, as 0.5,1,2",
        [SWEEP_MIN_FRAMES] = "numbers from 1, as 1,10,50",
        [SWEEP_REFERENCE] = "a setting, as 80,1,10",
    };
    struct sweep_command *c = request;
    struct sweep_list *const list[] = {&c->sigma, &c->lambda, &c->frames};
    const char *at = a->value;
    uint32_t most = opt == SWEEP_REFERENCE ? 3 : SWEEP_VALUES, n = 0;
    bool good = true;
    for (; at && good && n < most; n++) {
        struct analysis_options one = ANALYSIS_OPTIONS_DEFAULT;
        if (opt == SWEEP_REFERENCE) {
            good = sweep_take_one(&at, sweep_options[n].name, &c->options);
        } else {
            good = sweep_take_one(&at, sweep_options[opt].name, &one);
            list[opt]->value[n] = sweep_number(&one, opt);
            list[opt]->count = n + 1;
        }
    }
    if (good && !at)
        return true;
    cli_usage(a->command, "--%s takes %s, not '%s'", a->option->name, takes[opt], a->value);
    return false;
}

static int sweep_run(struct cli *cli, int argc, char **argv)
{
    struct sweep_command c = {.options = ANALYSIS_OPTIONS_DEFAULT};
    const char *file;
    int status = analysis_parse(cli, &command_sweep, argc, argv, sweep_take, &c, &file);
    if (status != CLI_END)
        return status;
    if (!c.property)
        return cli_usage(&command_sweep, "--property NAME is needed");
    return analysis_run(cli, file, &c.options, sweep_print, &c);
}

static const struct cli_group_use sweep_groups[] = {
    {&analysis_property_options, offsetof(struct sweep_command, property)},
    {&layer_list_option, offsetof(struct sweep_command, layers)},
    {&analysis_frames_options, offsetof(struct sweep_command, options)},
    {&exchange_option_group, offsetof(struct sweep_command, exchange)},
    {NULL, 0},
};

const struct cli_command command_sweep = {
    .name = "sweep",
    .summary = "A property under many settings: sizes, silhouettes and p at each",
    .synopsis = "[OPTION...] --property NAME FILE",
    .details =
        "Every combination of the sigmas, lambdas and smallest numbers of frames is a setting,\n"
        "with its own null as propneu null makes it.  The text ends with the share of settings\n"
        "in which p is below .05, for each layer and for the best of them.  A claim that holds at\n"
        "one setting alone was found by choosing it.\n"
        "\n"
        "Its tables are 'sweep' and 'sweep_shares' in propneu-tables(5).\n",
    .examples = "  propneu sweep my.counts --property gender\n"
                "  propneu sweep my.counts --property phone --sigma 70,80,90 --draws 999\n",
    .groups = sweep_groups,
    .options = sweep_options,
    .files = CLI_FILE,
    .run = sweep_run,
};
