/*
 * propneu info: what a file or folder is and holds.
 */
#include "config.h"

#include "cli/commands/analysis_options.h"
#include "cli/commands.h"
#include "cli/commands/info.h"
#include "formats/file.h"
#include "formats/folder.h"
#include "formats/labels/label_format.h"
#include "formats/jsontext.h"

/* What PATH holds, as an object whose first keys are file and kind; NULL with ERR set. */
static json_t *info_look(const char *path, const char *mean_std, struct err *err)
{
    const char *kind = NULL;
    enum status code = STATUS_OK;
    struct mapped m = {NULL, 0};
    struct info_file f = {.path = path, .mean_std = mean_std};
    json_t *out = json_object(), *body = json_object();
    if (!out || !body) {
        code = err_nomem(err);
    } else if (folder_is(path)) {
        code = info_folder(body, &kind, &f, err);
    } else if (!(code = mapped_open(&m, path, err))) {
        f.bytes = m.data;
        f.size = m.size;
        const struct info_kind *k = info_kinds;
        while (k->is && !k->is(&f))
            k++;
        kind = k->name;
        code = k->read(body, &f, err);
    }
    mapped_close(&m);
    if (!code) {
        /* A reader that knows better than its table says so. */
        json_t *better = json_object_get(body, "kind");
        json_object_set_new(out, "file", jsontext_string(path));
        json_object_set_new(out, "kind", better ? json_incref(better) : json_string(kind));
        json_object_update_missing(out, body);
    } else {
        json_decref(out);
        out = NULL;
    }
    json_decref(body);
    return out;
}

/* Every format of label files with its suffixes. */
static void info_print_label_formats(FILE *out)
{
    fputs("Label files:\n", out);
    for (const struct label_format *const *f = label_formats; *f; f++) {
        if ((*f)->unusable)
            continue;
        fprintf(out, "  %-17s  %s", (*f)->name, (*f)->suffix[0]);
        for (const char *const *s = (*f)->suffix + 1; *s; s++)
            fprintf(out, ", %s", *s);
        fputc('\n', out);
    }
}

static const struct cli_option options[] = {
    {"mean-std", 0, "FILE.npy", "mean and deviation of log-mel bins for a MelHuBERT model",
     CLI_FILE},
    {NULL, 0, NULL, NULL, NULL},
};

/* The command. The output is opened only after the file was read, so that -o is not touched on
 * failure. */
static int info_run(struct cli *cli, int argc, char **argv)
{
    struct cli_args a;
    struct cli_out out;
    struct err err;
    const char *mean_std = NULL;
    int opt;
    cli_args_init(&a, cli, &command_info, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        mean_std = a.value;
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (argc - a.first != 1)
        return cli_usage(&command_info, "one FILE is needed");
    json_t *object = info_look(argv[a.first], mean_std, &err);
    struct buf text = BUF_INIT;
    if (!object)
        return cli_fail(&err);
    if (cli->format == CLI_JSON)
        info_print_json(object, &text);
    else if (cli->format == CLI_TSV)
        info_print_tsv(object, &text);
    else
        info_print_text(object, cli->verbose, &text);
    json_decref(object);
    bool whole = buf_ok(&text) && !err_lacked_memory();
    bool open = whole ? cli_out_open(cli, &out, &err) != NULL : (err_nomem(&err), false);
    if (open)
        fwrite(buf_text(&text), 1, text.len, out.stream);
    buf_free(&text);
    return open ? cli_out_close(&out) : cli_fail(&err);
}

const struct cli_command command_info = {
    .name = "info",
    .summary = "Show what a model, count file, label file or checkpoint contains",
    .synopsis = "[OPTION...] FILE",
    .details =
        "FILE is a model (a folder or a checkpoint file), a count file, published activation\n"
        "probabilities, phone labels (a TextGrid, a frame-level list, a label table, a folder),\n"
        "speakers, pitch, a list of neurons, a phone table, a recording, or any .npy or\n"
        ".safetensors.  The type is detected from the contents; only for plain-text label files\n"
        "from the name.  --verbose lists the tensors of a model one by one.\n",
    .lists = info_print_label_formats,
    .examples = "  propneu info hubert_base_ls960.pt\n"
                "  propneu info --format json my.counts\n",
    .options = options,
    .files = CLI_FILE,
    .run = info_run,
};
