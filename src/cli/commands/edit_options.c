/*
 * What the commands that edit a model share: their groups of options, opening the model and the
 * count file that sets are taken from, and the summary of what was written.
 */
#include "config.h"

#include "cli/commands/edit_options.h"
#include "cli/commands/print_tables.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/shell_quote.h"
#include "cli/commands/measure.h"
#include "cli/progress.h"
#include "analysis/modelset.h"

/* How an option of this name is kept that is no field of a request, or NULL. */
static bool *edit_flag(struct edit_request *r, const char *name)
{
    if (strcmp(name, "allow-empty") == 0)
        return &r->allow_empty;
    if (strcmp(name, "keep-going") == 0)
        return &r->how.keep_going;
    return strcmp(name, "no-resume") == 0 ? &r->how.no_resume : NULL;
}

/* Options are known by their names, which are those of the request's fields. */
bool edit_take(void *request, const struct cli_args *a, int opt)
{
    struct edit_request *r = request;
    const char *name = a->option->name, *value = a->value;
    bool *flag = edit_flag(r, name), only = flag && flag != &r->allow_empty;
    struct err err;
    (void)opt;
    if (!flag)
        experiment_request_has(&r->x, name, &only);
    if (only && !r->only)
        r->only = name;
    if (strcmp(name, "tier") == 0) {
        if (!labels_add_tier(r->tiers, value)) {
            cli_usage(a->command, "--tier " LABELS_TIER_TAKES);
            return false;
        }
        value = r->tiers;
    }
    if (flag)
        *flag = true;
    else if (experiment_request_set(&r->x, name, value, &err)) {
        cli_usage(a->command, "%s", err.msg);
        return false;
    }
    return true;
}

static const struct cli_option layer_table[] = {
    {"layer", 0, "LIST", "layers of the set, such as 1,3-5 (default: all)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_option_group edit_layer_options = {layer_table, edit_take};

static const struct cli_option edit_table[] = {
    {"model", 'm', "MODEL", "checkpoint or Hugging Face folder", CLI_FILE},
    {"counts", 'c', "COUNTS", "count file that defines the sets", CLI_FILE},
    {"set", 0, "SET", "neurons, a set expression", NULL},
    {"mean-std", 0, "FILE", "mean and deviation of log-mel bins (.npy; MelHuBERT)", CLI_FILE},
    {"allow-empty", 0, NULL, "accept an empty set", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_option_group edit_options = {edit_table, edit_take};

/* Model and count file; on failure nothing stays open. */
enum status edit_input_open(struct edit_input *in, const struct experiment_request *r,
                            struct err *err)
{
    const struct model_options how = {.mean_std = r->eval.mean_std};
    *in = (struct edit_input){.has_counts = false};
    enum status code = edit_source_open(&in->source, r->eval.model, &how, err);
    in->has_counts = r->counts != NULL;
    if (!code && in->has_counts)
        code = analysis_open(&in->counted, r->counts, &r->analysis, err);
    if (code)
        edit_input_free(in);
    return code;
}

void edit_input_free(struct edit_input *in)
{
    edit_source_free(&in->source);
    analysis_close(&in->counted);
}

void edit_note_weights(const struct counts *c, const struct cli *cli, const struct model_info *m,
                       const char *model)
{
    if (c->model_fingerprint && c->model_fingerprint != m->fingerprint)
        cli_note(cli, "%s was counted with other weights than those of %s (%s)", c->path, model,
                 c->model ? c->model : "");
}

/* Evaluates TEXT, keeps only --layer, and notes counts of other weights. */
enum status edit_input_sets(struct edit_input *in, const struct cli *cli,
                            const struct experiment_request *r, const char *text,
                            struct neuron_set *out, struct err *err)
{
    enum status code = neuron_set_init(out, in->source.layers, in->source.width, err);
    if (code)
        return code;
    code =
        modelset_add(out, text, in->has_counts ? &in->counted.analysis : NULL, r->eval.model, err);
    if (!code && r->layers)
        code = modelset_only(out, r->layers, err);
    if (code)
        neuron_set_free(out);
    else if (in->has_counts)
        edit_note_weights(&in->counted.counts, cli, model_info(in->source.model), r->eval.model);
    return code;
}

char *edit_command(int argc, char **argv)
{
    struct buf b = BUF_INIT;
    buf_str(&b, "propneu");
    for (int i = 0; i < argc; i++) {
        buf_str(&b, " ");
        shell_quote(&b, argv[i]);
    }
    if (buf_ok(&b))
        return b.data;
    buf_free(&b);
    return NULL;
}

/* Sizes before the edit; what is left is their difference. */
static void print_text(FILE *out, const char *folder, const struct neuron_set *s, const char *verb)
{
    size_t all = 0, total = neuron_set_total(s);
    fprintf(out, "layer  neurons  %s\n", verb);
    for (uint32_t l = 0; l < s->layers; l++) {
        all += s->width[l];
        fprintf(out, "%5u  %7u  %*u\n", l + 1, s->width[l], (int)strlen(verb),
                neuron_set_size(s, l));
    }
    fprintf(out, "%5s  %7zu  %*zu\n\nwritten to ", "all", all, (int)strlen(verb), total);
    print_name(out, folder, 0);
    fputc('\n', out);
}

/* The table 'edited' as TSV. */
static enum status print_table(FILE *out, const struct neuron_set *s, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = report_edited(answer_add(&answer), s, err);
    if (!code)
        code = answer_print(out, CLI_TSV, &answer, err);
    answer_free(&answer);
    return code;
}

/* Results go to stdout, as -o is the folder. */
enum status edit_finish(struct edit_input *in, const struct cli *cli,
                        const struct experiment_request *r, const struct neuron_set *sets,
                        json_t *edit, const char *verb, const char *command, struct err *err)
{
    const struct selection_rule *rule = &r->analysis.rule;
    bool plain = !r->counts || selection_is_default(rule);
    char size[SELECTION_SIZE_TEXT];
    selection_size_text(&rule->size, size);
    struct edit_record record = {.sets = sets,
                                 .edit = edit,
                                 .set = r->set,
                                 .counts = r->counts,
                                 .select = plain ? NULL : selection_selector(rule)->name,
                                 .size = plain ? NULL : size,
                                 .command = command,
                                 .stop = progress_catch_signals()};
    json_t *manifest = NULL;
    enum status code = edit ? edit_folder_write(&in->source, &record, cli->output, &manifest, err)
                            : err_nomem(err);
    json_decref(edit);
    if (code)
        return code;
    if (cli->format == CLI_JSON)
        return analysis_dump(stdout, manifest, err);
    json_decref(manifest);
    if (cli->format == CLI_TSV)
        return print_table(stdout, sets, err);
    if (!cli->quiet)
        print_text(stdout, cli->output, sets, verb);
    return STATUS_OK;
}

/* Checks differ: a model that is written needs -o, a measurement needs a complete request; options
 * for measuring alone are refused without --matrix or --curve. */
int edit_parse(const struct edit_verbs *v, struct edit_request *r, struct cli *cli, int argc,
               char **argv)
{
    struct cli_args a;
    struct err err;
    *r = (struct edit_request){.measured = false};
    experiment_request_init(&r->x, v->kind);
    int status = cli_parse(&a, cli, v->command, argc, argv, v->take, r);
    if (status != CLI_END)
        return status;
    const char *wrong = r->measured ? NULL : v->complaint(r, cli);
    if (r->only && !r->measured)
        return cli_usage(v->command, "--%s goes with --%s", r->only, v->measure);
    if (wrong)
        return cli_usage(v->command, "%s", wrong);
    if (r->measured && experiment_request_check(&r->x, &err))
        return cli_usage(v->command, "%s", err.msg);
    if (a.first < argc)
        return cli_usage(v->command, "what is '%s'?", argv[a.first]);
    return CLI_END;
}

int edit_run(const struct edit_verbs *v, struct cli *cli, int argc, char **argv)
{
    struct edit_request r;
    struct err err;
    /* Before the parser moves the operands behind the options. */
    char *command = edit_command(argc, argv);
    int status = edit_parse(v, &r, cli, argc, argv);
    if (status == CLI_END && r.measured)
        status = measure_run(cli, &r.x, &r.how);
    else if (status == CLI_END)
        status = !command                           ? cli_fail((err_nomem(&err), &err))
                 : v->write(cli, &r, command, &err) ? cli_fail(&err)
                                                    : CLI_DONE;
    free(command);
    return status;
}
