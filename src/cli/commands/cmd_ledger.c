/*
 * propneu ledger: the claims of the paper, each with the published figure, the same of the files
 * given, its interval, what chance gives, a verdict, and the command that prints the numbers.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/shell_quote.h"
#include "cli/commands.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands/bootstrap_options.h"
#include "cli/commands/print_tables.h"
#include "cli/progress.h"
#include "inference/ledger.h"

struct ledger_command {
    struct analysis_options options;
    struct bootstrap_options bootstrap;
    const char *file[LEDGER_ROLES], *model[LEDGER_ROLES];
    const char *given[LEDGER_ROLES]; /* [models] as typed, until the files are known */
    int models;
};

/* The role in "ssl=FILE", and FILE into *PATH; without a role the first that has none. */
static int ledger_role_of(const char *text, const char *const *taken, const char **path)
{
    for (int i = 0; i < LEDGER_ROLES; i++) {
        size_t n = strlen(ledger_roles[i]);
        *path = text + n + 1;
        if (strncmp(text, ledger_roles[i], n) == 0 && text[n] == '=')
            return i;
    }
    *path = text;
    for (int i = 0; i < LEDGER_ROLES; i++)
        if (!taken[i])
            return i;
    return -1;
}

/* Takes "ssl=FILE" into PATHS; or says what is wrong with it and returns false. */
static bool ledger_take_path(const char **paths, const char *text, const char *what)
{
    const char *path;
    int role = ledger_role_of(text, paths, &path);
    if (role < 0 || paths[role] || !path[0]) {
        cli_usage(&command_ledger, "'%s': one %s each for ssl=, sid= and pr= at most", text, what);
        return false;
    }
    paths[role] = path;
    return true;
}

/* The role of the model NAME=FILE or FILE of C, whose count files are known: without a name that of
 * sid=, the only one whose model claims are about, else the first that has counts but no model. */
static bool ledger_take_model(struct ledger_command *c, const char *text)
{
    const char *none[LEDGER_ROLES] = {NULL}, *path;
    int role = ledger_role_of(text, none, &path);
    bool named = path != text;
    if (!named)
        for (role = c->file[LEDGER_SID] && !c->model[LEDGER_SID] ? LEDGER_SID : 0;
             role < LEDGER_ROLES && (!c->file[role] || c->model[role]);)
            role++;
    if (role >= LEDGER_ROLES || c->model[role] || !c->file[role] || !path[0])
        cli_usage(&command_ledger, "--model %s: %s", text,
                  named && c->file[role] ? "one model each for ssl=, sid= and pr= at most"
                                         : "no count FILE is given for it");
    else if (access(path, F_OK) != 0)
        cli_usage(&command_ledger, "--model %s: there is no such file", text);
    else
        return (c->model[role] = path);
    return false;
}

/* All models, those with a name first; false if one cannot be taken, which is said. */
static bool ledger_take_models(struct ledger_command *c, const struct cli *cli)
{
    const char *none[LEDGER_ROLES] = {NULL}, *path;
    for (int named = 1; named >= 0; named--)
        for (int i = 0; i < c->models; i++) {
            ledger_role_of(c->given[i], none, &path);
            if ((path != c->given[i]) == named && !ledger_take_model(c, c->given[i]))
                return false;
        }
    for (int i = 0; i < LEDGER_ROLES; i++)
        if (c->model[i] && i != LEDGER_SID)
            cli_note(cli, "--model %s is not used: only claims on sid=FILE edit a model",
                     c->model[i]);
    return true;
}

/* TEXT where bars would end the cell of a table. */
static void ledger_print_cell(FILE *out, const char *text)
{
    for (; *text; text++)
        fputs(*text == '|' ? "\\|" : (char[]){*text, '\0'}, out);
}

static void ledger_print_text(FILE *out, const char *text)
{
    fputs(" ", out);
    ledger_print_cell(out, text);
    fputs(" |", out);
}

/* A command as code, between more backticks than it has in a row; bars are escaped there, too. */
static void ledger_print_command(FILE *out, const char *text)
{
    size_t most = 0, run = 0;
    for (const char *at = text; *at; at++) {
        run = *at == '`' ? run + 1 : 0;
        most = run > most ? run : most;
    }
    const char *blank = most ? " " : "";
    fputs(" ", out);
    for (size_t i = 0; i <= most; i++)
        fputc('`', out);
    fputs(blank, out);
    ledger_print_cell(out, text);
    fputs(blank, out);
    for (size_t i = 0; i <= most; i++)
        fputc('`', out);
    fputs(" |\n", out);
}

/* A number of neurons, whole where it was counted, or a silhouette. */
static void ledger_print_number(FILE *out, double v, int digits)
{
    fprintf(out, " %s |", v != v ? "-" : number_fixed(v, digits).text);
}

static void ledger_print_markdown(FILE *out, const struct ledger *l)
{
    fputs("| claim | source | published | ours | low | high | null | p | verdict | command |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
          out);
    for (uint32_t i = 0; i < l->rows; i++) {
        const struct ledger_row *row = &l->row[i];
        fputs("|", out);
        ledger_print_text(out, row->claim);
        ledger_print_text(out, row->source);
        ledger_print_text(out, row->published);
        ledger_print_number(out, row->ours, row->counted ? 0 : 3);
        ledger_print_number(out, row->low, 3);
        ledger_print_number(out, row->high, 3);
        ledger_print_number(out, row->null, row->counted ? 1 : 3);
        ledger_print_number(out, row->p, 4);
        ledger_print_text(out, ledger_verdict_name(row->verdict));
        if (row->command)
            ledger_print_command(out, row->command);
        else
            fputs(" - |\n", out);
    }
}

/* What the intervals rest on, and what cannot be told and why: never silent. */
static void ledger_note(const struct cli *cli, const struct ledger *l)
{
    for (uint32_t i = 0; i < l->notes.count; i++)
        cli_note(cli, "%s", l->notes.name[i]);
}

static enum status ledger_print(FILE *out, const struct cli *cli, const struct ledger *l,
                                struct err *err)
{
    struct answer answer = ANSWER_INIT;
    if (cli->format == CLI_TEXT) {
        ledger_print_markdown(out, l);
        return STATUS_OK;
    }
    enum status code = report_notes(answer_add(&answer), &l->notes, err);
    if (!code)
        code = report_ledger(answer_add(&answer), l, err);
    if (!code)
        code = answer_print(out, cli->format, &answer, err);
    answer_free(&answer);
    return code;
}

/* Opens the files, and fills the ledger. */
static enum status ledger_compute(struct ledger *l, struct analysis_input *in,
                                  const struct ledger_command *c, const struct cli *cli,
                                  struct err *err)
{
    static const struct analysis_options plain = ANALYSIS_OPTIONS_DEFAULT;
    struct ledger_request r = {.bootstrap = c->bootstrap, .threads = cli->threads};
    struct buf options = BUF_INIT;
    struct progress progress;
    enum status code = STATUS_OK;
    for (int i = 0; i < LEDGER_ROLES && !code; i++) {
        r.model[i] = c->model[i];
        if (!c->file[i])
            continue;
        code = analysis_open(&in[i], c->file[i], &c->options, err);
        in[i].analysis.cancel = progress_catch_signals();
        r.file[i] = &in[i].analysis;
    }
    progress_begin(&progress, cli, "judging claims");
    r.progress = progress_share;
    r.progress_context = &progress;
    fields_each(analysis_fields, &c->options, &plain, shell_add_option, &options);
    r.options = buf_ok(&options) ? buf_text(&options) : NULL;
    if (!code)
        code = buf_ok(&options) ? ledger_make(l, &r, err) : err_nomem(err);
    buf_free(&options);
    progress_end(&progress);
    return code;
}

/* The files are open while the ledger is made; it borrows nothing from them. */
static int ledger_run_files(struct cli *cli, const struct ledger_command *c)
{
    struct analysis_input in[LEDGER_ROLES] = {{.phones = {.cap = 0}}};
    struct ledger l = {0};
    struct cli_out out;
    struct err err;
    int result = CLI_FAILED;
    enum status code = ledger_compute(&l, in, c, cli, &err);
    if (!code)
        ledger_note(cli, &l);
    if (!code && !cli_out_open(cli, &out, &err))
        code = err.code;
    else if (!code) {
        code = ledger_print(out.stream, cli, &l, &err);
        if (code)
            cli_out_abandon(&out);
        else
            result = cli_out_close(&out);
    }
    for (int i = 0; i < LEDGER_ROLES; i++)
        analysis_close(&in[i]);
    ledger_free(&l);
    return code ? cli_fail(&err) : result;
}

enum { LEDGER_MODEL, LEDGER_TOKENS };

static bool ledger_take(void *request, const struct cli_args *a, int opt)
{
    struct ledger_command *c = request;
    if (opt == LEDGER_TOKENS) {
        c->bootstrap.tokens = a->value;
        return true;
    }
    if (c->models == LEDGER_ROLES) {
        cli_usage(a->command, "--model '%s': three at most, for ssl=, sid= and pr=", a->value);
        return false;
    }
    c->given[c->models++] = a->value;
    return true;
}

static int ledger_run(struct cli *cli, int argc, char **argv)
{
    struct ledger_command c = {.options = ANALYSIS_OPTIONS_DEFAULT};
    struct cli_args a;
    int status = cli_parse(&a, cli, &command_ledger, argc, argv, ledger_take, &c);
    if (status != CLI_END)
        return status;
    if (argc == a.first)
        return cli_usage(&command_ledger, "a count FILE is needed");
    for (int i = a.first; i < argc; i++)
        if (!ledger_take_path(c.file, argv[i], "file"))
            return CLI_USAGE;
    if (c.bootstrap.tokens && argc - a.first > 1)
        return cli_usage(
            &command_ledger,
            "--tokens is of one count FILE: of several, each has FILE.tokens beside it");
    if (!ledger_take_models(&c, cli))
        return CLI_USAGE;
    return ledger_run_files(cli, &c);
}

static const struct cli_group_use ledger_groups[] = {
    {&analysis_selection_options, offsetof(struct ledger_command, options)},
    {&bootstrap_labels_group, offsetof(struct ledger_command, bootstrap)},
    {NULL, 0},
};

static const struct cli_option ledger_options[] = {
    [LEDGER_MODEL] = {"model", 'm', "[NAME=]FILE",
                      "the model, for the commands of claims on edited models", CLI_FILE},
    [LEDGER_TOKENS] = {"tokens", 0, "FILE",
                       "token file of the only count FILE (default: FILE.tokens)", CLI_FILE},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_ledger = {
    .name = "ledger",
    .summary = "The paper's claims held to count files: holds, fails, or cannot tell",
    .synopsis = "[OPTION...] [NAME=]FILE...",
    .details =
        "NAME is ssl (a self-supervised model), sid (fine-tuned for speaker identification) or pr\n"
        "(for phone recognition); files without a NAME are taken in this order.  Each claim has\n"
        "the published figure, ours, its interval over speakers, what chance gives, p, a verdict\n"
        "and the command that prints the numbers behind it.  Silhouettes are full-dimensional.\n"
        "Text is a Markdown table (--format markdown).\n"
        "\n"
        "Its table is 'ledger' in propneu-tables(5).\n",
    .examples = "  propneu ledger ssl=ssl.counts sid=sid.counts pr=pr.counts > LEDGER.md\n"
                "  propneu ledger my.counts --draws 999 --format tsv\n",
    .groups = ledger_groups,
    .options = ledger_options,
    .files = CLI_FILE,
    .run = ledger_run,
    .markdown = true,
};
