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
#include "cli/progress.h"
#include "analysis/modelset.h"

static const struct cli_option layer_table[] = {
    {"layer", 0, "LIST", "layers of the set, such as 1,3-5 (all)", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static bool edit_take_layers(void *request, const struct cli_args *a, int opt)
{
    struct edit_request *r = request;
    (void)opt; /* there is one */
    r->layers = a->value;
    return true;
}

const struct cli_option_group edit_layer_options = {layer_table, edit_take_layers};

enum { EDIT_MODEL, EDIT_COUNTS, EDIT_SET, EDIT_MEAN_STD, EDIT_ALLOW_EMPTY };

static const struct cli_option edit_table[] = {
    [EDIT_MODEL] = {"model", 'm', "MODEL", "checkpoint or Hugging Face folder", CLI_FILE},
    [EDIT_COUNTS] = {"counts", 'c', "COUNTS", "count file that the sets are taken from", CLI_FILE},
    [EDIT_SET] = {"set", 0, "SET", "neurons, a set expression", NULL},
    [EDIT_MEAN_STD] = {"mean-std", 0, "FILE",
                       "mean and deviation of log-mel bins (.npy; MelHuBERT)", CLI_FILE},
    [EDIT_ALLOW_EMPTY] = {"allow-empty", 0, NULL, "an empty set is no mistake", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static bool edit_take(void *request, const struct cli_args *a, int opt)
{
    struct edit_request *r = request;
    switch (opt) {
    case EDIT_MODEL: r->model = a->value; break;
    case EDIT_COUNTS: r->counts = a->value; break;
    case EDIT_SET: r->set = a->value; break;
    case EDIT_MEAN_STD: r->mean_std = a->value; break;
    default: r->allow_empty = true; break;
    }
    return true;
}

const struct cli_option_group edit_options = {edit_table, edit_take};

/* The layer is no part of the analysis here: a set without one is of every layer. */
enum status edit_counts_open(struct analysis_input *c, const char *path,
                             const struct analysis_options *o, struct err *err)
{
    enum status code = counts_open(&c->counts, path, err);
    if (!code)
        code = phones_open(&c->phones, o->phones, err);
    if (!code)
        code = analysis_init(&c->analysis, &c->counts, &c->phones, err);
    for (unsigned i = 0; i < o->wheres && !code; i++)
        code = query_filters_add(&c->analysis.filters, &c->counts, o->where[i], err);
    if (!code)
        analysis_set_params(&c->analysis, &o->params);
    return code;
}

void edit_counts_free(struct analysis_input *c)
{
    analysis_free(&c->analysis);
    phones_free(&c->phones);
    counts_free(&c->counts);
}

enum status edit_input_open(struct edit_input *in, const struct edit_request *r, struct err *err)
{
    const struct model_options how = {.mean_std = r->mean_std};
    *in = (struct edit_input){.has_counts = false};
    enum status code = edit_source_open(&in->source, r->model, &how, err);
    in->has_counts = r->counts != NULL;
    if (!code && in->has_counts)
        code = edit_counts_open(&in->counted, r->counts, &r->analysis, err);
    if (code)
        edit_input_free(in);
    return code;
}

void edit_input_free(struct edit_input *in)
{
    edit_source_free(&in->source);
    edit_counts_free(&in->counted);
}

void edit_note_weights(const struct counts *c, const struct cli *cli, const struct model_info *m,
                       const char *model)
{
    if (c->model_fingerprint && c->model_fingerprint != m->fingerprint)
        cli_note(cli, "%s was counted on other weights than those of %s (%s)", c->path, model,
                 c->model ? c->model : "");
}

enum status edit_input_sets(struct edit_input *in, const struct cli *cli,
                            const struct edit_request *r, const char *text, struct neuron_set *out,
                            struct err *err)
{
    enum status code = neuron_set_init(out, in->source.layers, in->source.width, err);
    if (code)
        return code;
    code = modelset_add(out, text, in->has_counts ? &in->counted.analysis : NULL, r->model, err);
    if (!code && r->layers)
        code = modelset_only(out, r->layers, err);
    if (code)
        neuron_set_free(out);
    else if (in->has_counts)
        edit_note_weights(&in->counted.counts, cli, model_info(in->source.model), r->model);
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

static enum status print_table(FILE *out, const struct neuron_set *s, struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = report_edited(answer_add(&answer), s, err);
    if (!code)
        code = answer_print(out, CLI_TSV, &answer, err);
    answer_free(&answer);
    return code;
}

enum status edit_finish(struct edit_input *in, const struct cli *cli, const struct edit_request *r,
                        const struct neuron_set *sets, json_t *edit, const char *verb,
                        const char *command, struct err *err)
{
    struct edit_record record = {.sets = sets,
                                 .edit = edit,
                                 .set = r->set,
                                 .counts = r->counts,
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
