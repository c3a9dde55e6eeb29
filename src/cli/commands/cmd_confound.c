/*
 * propneu confound: a property within each level of another, without the other's neurons, and what
 * it says of activity once the other is known.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/commands/exchange_options.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"

struct confound_command {
    struct analysis_options options;
    const char *property, *given;
    const char *layers;
    struct exchange_options exchange;
};

/* "pitch=low: labels of speakers exchanged within engine, all 630 labelings". */
static void confound_print_level(FILE *out, const struct confound_result *c,
                                 const struct confound_level *level)
{
    print_name(out, c->given, 0);
    fputc('=', out);
    print_name(out, level->name ? level->name : "(all)", 0);
    if (level->exchanged) {
        fprintf(out, ": labels of %s exchanged", exchange_name(level->kind));
        if (strcmp(level->strata, "none") != 0) {
            fputs(" within ", out);
            print_name(out, level->strata, 0);
        }
        fprintf(out, level->enumerated ? ", all %llu labelings" : ", %llu random labelings",
                (unsigned long long)level->draws);
    }
    if (level->why[0]) {
        /* A reason that names the level, as notes need it, does so twice here. */
        size_t n = strlen(c->given), m = level->name ? strlen(level->name) : 0;
        bool named = m && strncmp(level->why, c->given, n) == 0 && level->why[n] == '=' &&
                     strncmp(level->why + n + 1, level->name, m) == 0 &&
                     strncmp(level->why + n + 1 + m, ": ", 2) == 0;
        fputs(level->exchanged ? "; " : ": ", out);
        print_name(out, named ? level->why + n + m + 3 : level->why, 0);
    }
    fputc('\n', out);
}

static void confound_print_text(FILE *out, const struct analysis_input *in,
                                const struct confound_result *c)
{
    print_settings(out, in);
    print_name(out, c->property, 0);
    fputs(" given ", out);
    print_name(out, c->given, 0);
    fputs("; (all): without the neurons of ", out);
    print_name(out, c->given, 0);
    fputs("\n", out);
    for (uint32_t q = 0; q <= c->levels; q++) {
        const struct confound_level *level = &c->level[q];
        fputc('\n', out);
        confound_print_level(out, c, level);
        fputs("layer    size  silhouette        p  shared  jaccard  cmi/mnat  by chance    cmi p\n",
              out);
        for (uint32_t l = 0; l < c->layers; l++) {
            const struct confound_row *row = &level->row[l];
            fprintf(out, "%5u", row->layer + 1);
            print_real(out, row->size, 8, 0);
            print_real(out, row->silhouette, 12, 3);
            print_real(out, row->p, 9, 4);
            print_real(out, row->shared, 8, 0);
            print_real(out, row->jaccard, 9, 3);
            print_real(out, 1000 * row->cmi, 10, 3);
            print_real(out, 1000 * row->cmi_expected, 11, 3);
            print_real(out, row->cmi_p, 9, 4);
            fputc('\n', out);
        }
    }
}

static enum status confound_answer(FILE *out, const struct cli *cli, struct analysis_input *in,
                                   const struct confound_result *c, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = report_settings(answer_add(&answer), &in->analysis, err);
    if (!code)
        code = report_confound_levels(answer_add(&answer), c, err);
    if (!code)
        code = report_confound(answer_add(&answer), c, err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* What is missing, once for each reason. */
static void confound_note(const struct cli *cli, const struct confound_result *c)
{
    for (uint32_t q = 0; q <= c->levels; q++)
        if (c->level[q].why[0] && (q == 0 || strcmp(c->level[q].why, c->level[q - 1].why) != 0))
            cli_note(cli, "%s", c->level[q].why);
    for (uint32_t q = 0; q <= c->levels; q++)
        if (c->level[q].exchanged && c->level[q].enumerated && c->level[q].draws == 1) {
            exchange_note_only(cli, c->property, c->level[q].kind, 1, true);
            break;
        }
}

static enum status confound_print(FILE *out, const struct cli *cli, struct analysis_input *in,
                                  void *context, struct err *err)
{
    const struct confound_command *c = context;
    struct confound_request r = {.property = c->property,
                                 .given = c->given,
                                 .exchange = c->exchange,
                                 .threads = cli->threads,
                                 .progress = progress_share};
    struct confound_result result = {0};
    struct progress progress;
    uint32_t *layer = NULL;
    in->analysis.cancel = progress_catch_signals();
    enum status code = layer_list_parse(c->layers, &in->analysis, &layer, &r.layers, err);
    r.layer = layer;
    progress_begin(&progress, cli, "exchanging labels");
    r.progress_context = &progress;
    if (!code)
        code = confound_make(&result, &in->analysis, &r, err);
    progress_end(&progress);
    if (!code && cli->format == CLI_TEXT) {
        confound_print_text(out, in, &result);
    } else if (!code) {
        confound_note(cli, &result);
        code = confound_answer(out, cli, in, &result, err);
    }
    confound_free(&result);
    free(layer);
    return code;
}

static bool confound_take(void *request, const struct cli_args *a, int opt)
{
    struct confound_command *c = request;
    (void)opt; /* there is one */
    c->given = a->value;
    return true;
}

static int confound_run_command(struct cli *cli, int argc, char **argv)
{
    struct confound_command c = {.options = ANALYSIS_OPTIONS_DEFAULT};
    const char *file;
    int status = analysis_parse(cli, &command_confound, argc, argv, confound_take, &c, &file);
    if (status != CLI_END)
        return status;
    if (!c.property || !c.given)
        return cli_usage(&command_confound, "--property NAME and --given NAME are needed");
    return analysis_run(cli, file, &c.options, confound_print, &c);
}

static const struct cli_group_use confound_groups[] = {
    {&analysis_property_options, offsetof(struct confound_command, property)},
    {&layer_list_option, offsetof(struct confound_command, layers)},
    {&analysis_selection_options, offsetof(struct confound_command, options)},
    {&exchange_option_group, offsetof(struct confound_command, exchange)},
    {NULL, 0},
};

static const struct cli_option confound_options[] = {
    {"given", 0, "NAME", "the other property: pitch, speaker, gender, phone, ...",
     "phone|gender|pitch|speaker"},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_confound = {
    .name = "confound",
    .summary = "A property within the levels of another, and without its neurons",
    .synopsis = "[OPTION...] --property NAME --given NAME FILE",
    .details =
        "Is it gender, or the pitch that goes with it?  In each level of the other property: size\n"
        "and silhouette of the property in these frames alone, with p by labels exchanged.  In\n"
        "'(all)': the property's neurons that are not the other's.  cmi is the information that\n"
        "the property gives on the activity of its neurons once the other is known, in nats.\n"
        "Its table is 'confound' in propneu-tables(5).\n",
    .examples = "  propneu confound my.counts --property gender --given pitch\n"
                "  propneu confound my.counts --property pitch --given speaker\n",
    .groups = confound_groups,
    .options = confound_options,
    .files = CLI_FILE,
    .run = confound_run_command,
};
