/*
 * propneu figure: a figure of the paper, of a null or of training, as SVG, PDF or PNG, and its
 * numbers as TSV next to it.
 */
#include "config.h"

#include "cli/commands/analysis_options.h"
#include "cli/commands.h"
#include "cli/commands/figure_data.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "formats/file.h"
#include "base/mem.h"
#include "report/table.h"

enum {
    OPT_PROPERTY,
    OPT_PHONE,
    OPT_SETS,
    OPT_LOG,
    OPT_WIDTH,
    OPT_HEIGHT,
    OPT_NULL,
    OPT_STATISTIC,
    OPT_BOOTSTRAP,
};

/* What is behind the name of a figure. */
static const struct {
    const char *name;
    int number;
    const char *property; /* the panel's; NULL: what --property says */
    bool several;         /* files */
    const char *input;    /* NULL: count files */
} known[] = {
    {"2", 2, NULL, false, NULL},
    {"3", 3, NULL, false, NULL},
    {"3a", 3, "phone", false, NULL},
    {"3b", 3, "gender", false, NULL},
    {"3c", 3, "pitch", false, NULL},
    {"4", 4, NULL, true, NULL},
    {"5", 5, NULL, true, NULL},
    {"6", 6, NULL, true, "a table of pruned models"},
    {"7", 7, NULL, true, NULL},
    {"8", 8, NULL, false, NULL},
    {"9", 9, NULL, true, "a table of pruned models"},
    {"null", FIGURE_NULL, NULL, false, NULL},
    {"training", FIGURE_TRAINING, NULL, true, "the FOLDER or log of a run"},
};

enum { KNOWN = sizeof known / sizeof known[0] };

/* TEXT as a length: points, or with a unit. */
static bool take_length(const struct cli_args *a, const char *option, double *out)
{
    static const struct {
        const char *unit;
        double points;
    } units[] = {{"pt", 1}, {"in", 72}, {"cm", 72 / 2.54}, {"mm", 72 / 25.4}};
    char text[32];
    double per = 1;
    size_t n = strlen(a->value);
    snprintf(text, sizeof text, "%s", a->value);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (n > 2 && n < sizeof text && strcmp(a->value + n - 2, units[i].unit) == 0) {
            text[n - 2] = '\0';
            per = units[i].points;
        }
    if (n < sizeof text && cli_double(text, FIGURE_MIN_SIDE / per, FIGURE_MAX_SIDE / per, out)) {
        *out *= per;
        return true;
    }
    cli_usage(a->command,
              "--%s takes a length from 1in to 100in, as in 252pt, 3.5in or 9cm, not '%s'", option,
              a->value);
    return false;
}

/* Adds the N bytes at TEXT as a name; complains about an empty one. */
static bool add_word(const struct cli_args *a, struct names *to, const char *text, size_t n)
{
    char *word = mem_strndup(text, n);
    bool ok = word && names_add(to, word) != NAMES_NONE;
    free(word);
    if (ok && *text)
        return true;
    cli_usage(a->command, "no name between commas in '%s'", a->value);
    return false;
}

/* Splits at commas, those in the brackets of [AH,gender=female] left alone. */
static bool add_list(const struct cli_args *a, struct names *to)
{
    const char *start = a->value;
    int depth = 0;
    for (const char *p = start;; p++) {
        depth += *p == '[' || *p == '(' ? 1 : *p == ']' || *p == ')' ? -1 : 0;
        if ((*p == ',' && depth <= 0) || !*p) {
            if (p == start || !add_word(a, to, start, (size_t)(p - start)))
                return p != start
                           ? false
                           : (cli_usage(a->command, "an empty name in '%s'", a->value), false);
            start = p + 1;
        }
        if (!*p)
            return true;
    }
}

/* Takes one of figure's own options. */
static bool figure_take_option(void *context, const struct cli_args *a, int opt)
{
    struct figure_request *r = context;
    switch (opt) {
    case OPT_PROPERTY: return add_list(a, &r->properties);
    case OPT_PHONE: return add_list(a, &r->phones);
    case OPT_SETS: return add_list(a, &r->sets);
    case OPT_LOG: r->logarithmic = true; return true;
    case OPT_NULL: r->null = true; return true;
    case OPT_BOOTSTRAP: r->draws = true; return true;
    case OPT_STATISTIC: r->statistic = a->value; return true;
    case OPT_WIDTH: return take_length(a, "width", &r->width);
    default: return take_length(a, "height", &r->height);
    }
}

/* CLI_END where what chance gives is asked for as the figure can give it. */
static int figure_check_null(const struct figure_request *r)
{
    bool layers = r->number == 4 || r->number == 5 || r->number == 7;
    if (r->null && !layers)
        return cli_usage(&command_figure, "--null is for figures 4, 5 and 7");
    if (r->draws && r->number != 7)
        return cli_usage(&command_figure, "--bootstrap is for figure 7");
    if (!r->null && !r->draws && r->number != FIGURE_NULL && exchange_given(&r->exchange))
        return cli_usage(&command_figure, "--draws, --strata, --speakers and --tokens are for "
                                          "--null and the figure null");
    if ((r->null || r->draws) && !selection_is_default(&r->options.rule))
        return cli_usage(
            &command_figure,
            "--null and --bootstrap are of the published sets: no --select, no --size");
    if (r->statistic && r->number != FIGURE_NULL)
        return cli_usage(&command_figure, "--statistic is for the figure null");
    if (r->number == FIGURE_NULL && r->properties.count != 1)
        return cli_usage(&command_figure, "the figure null needs one --property");
    return CLI_END;
}

/* True if nothing is asked for that is about counts. */
static bool figure_plain(const struct figure_request *r)
{
    return !r->properties.count && !r->phones.count && !r->sets.count && !r->logarithmic &&
           !r->null && !r->draws && !r->statistic && !r->options.layer;
}

/* CLI_END where NAME is a figure's and the rest fits it. */
static int figure_choose(struct figure_request *r, const char *name, int files)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (strcasecmp(known[i].name, name) != 0)
            continue;
        r->number = known[i].number;
        if (known[i].property && !r->properties.count &&
            names_add(&r->properties, known[i].property) == NAMES_NONE)
            return cli_usage(&command_figure, "out of memory");
        if (files < 1)
            return cli_usage(&command_figure, "figure %s needs %s", name,
                             known[i].input ? known[i].input : "a count FILE");
        if (files > 1 && !known[i].several)
            return cli_usage(&command_figure, "figure %s is drawn from one count FILE, not %d",
                             name, files);
        if (r->phones.count > RANKS_MAX_CURVES)
            return cli_usage(&command_figure, "at most %d phones fit a figure", RANKS_MAX_CURVES);
        if (r->sets.count > OVERLAP_MAX_SETS)
            return cli_usage(&command_figure, "at most %d sets can be compared", OVERLAP_MAX_SETS);
        if (r->phones.count && r->number != 2 && r->number != 3)
            return cli_usage(&command_figure, "--phone is for figures 2 and 3");
        if (r->sets.count && r->number != 8)
            return cli_usage(&command_figure, "--sets is for figure 8");
        if (!selection_is_default(&r->options.rule) && r->number != 7 && r->number != 8)
            return cli_usage(&command_figure, "--select and --size are for figures 7 and 8");
        if (r->options.layer && (r->number == 4 || r->number == 5 || r->number == 7))
            return cli_usage(&command_figure, "figure %s shows all layers: no --layer", name);
        if (known[i].input && !figure_plain(r))
            return cli_usage(&command_figure, "figure %s takes --width and --height alone", name);
        return figure_check_null(r);
    }
    return cli_usage(&command_figure,
                     "no figure '%s'; there are 2, 3 (3a, 3b, 3c), 4, 5, 6, 7, 8, 9, "
                     "null and training",
                     name);
}

/* What -o asks for. */
struct target {
    enum figure_format format; /* FORMAT_NONE: numbers only */
    enum cli_format numbers;
    char *beside; /* the table's path; NULL: none of its own */
};

/* Decides by the suffix of -o what is written: a drawing with its table next to it, or numbers
 * alone. All suffixes of drawings have three letters, so .tsv replaces one in place. */
static int choose_target(struct target *t, const struct cli *cli)
{
    const char *dot = cli->output ? strrchr(cli->output, '.') : NULL;
    *t = (struct target){.format = FORMAT_NONE, .numbers = cli->format};
    if (!cli->output)
        return CLI_END;
    t->format = figure_format_of(cli->output);
    if (t->format == FORMAT_NONE && dot && strcasecmp(dot, ".tsv") == 0)
        t->numbers = CLI_TSV;
    else if (t->format == FORMAT_NONE && dot && strcasecmp(dot, ".json") == 0)
        t->numbers = CLI_JSON;
    else if (t->format == FORMAT_NONE)
        return cli_usage(&command_figure,
                         "-o '%s': the name must end in .svg, .pdf or .png (or .tsv or .json, for "
                         "the numbers alone)",
                         cli->output);
    if (t->format == FORMAT_NONE)
        return CLI_END;
    if (!figure_can_write(t->format)) {
        struct err err;
        err_set(&err, STATUS_UNSUPPORTED, "%s: PDF and PNG need a build with cairo; .svg works",
                cli->output);
        return cli_fail(&err);
    }
    t->beside = mem_strndup(cli->output, strlen(cli->output));
    if (t->beside)
        memcpy(t->beside + (dot - cli->output), ".tsv", 4);
    return CLI_END;
}

/* True if the table would replace one of the files the figure is drawn from. */
static bool replaces_input(const struct target *t, char *const *file, int files)
{
    struct stat to, from;
    if (!t->beside || stat(t->beside, &to) != 0)
        return false;
    for (int i = 0; i < files; i++)
        if (stat(file[i], &from) == 0 && from.st_dev == to.st_dev && from.st_ino == to.st_ino)
            return true;
    return false;
}

/* Writes the bytes under a temporary name; errors of the disk show when it is committed. */
static enum status figure_put(struct outfile *file, const char *path, const struct buf *bytes,
                              struct err *err)
{
    enum status code = outfile_open(file, path, err);
    if (!code)
        fwrite(buf_text(bytes), 1, bytes->len, file->stream);
    return code;
}

/* Both files appear, or neither. */
static enum status write_both(const char *path, const struct buf *drawing, const char *beside,
                              const struct buf *numbers, struct err *err)
{
    struct outfile first = {0}, second = {0};
    enum status code = figure_put(&first, path, drawing, err);
    if (!code)
        code = figure_put(&second, beside, numbers, err);
    if (!code)
        return outfile_commit_both(&second, &first, err);
    outfile_abandon(&first);
    outfile_abandon(&second);
    return code;
}

/* Writes the drawing and its numbers, or only the numbers (stdout, or -o with .tsv or .json). The
 * number of omitted labels is noted, since a missing label could pass for missing data. */
static int figure_deliver(const struct cli *cli, const struct target *t, const struct figure *f,
                          const struct table *table)
{
    struct buf drawing = BUF_INIT, numbers = BUF_INIT;
    struct err err = {STATUS_OK, ""};
    int result = CLI_FAILED;
    enum cli_format format = t->format != FORMAT_NONE ? CLI_TSV : t->numbers;
    if (format == CLI_JSON)
        table_json(table, &numbers);
    else if (format == CLI_TSV)
        table_tsv(table, &numbers);
    else
        table_text(table, &numbers);
    enum status code = table_ok(table, &numbers, &err);
    if (!code && t->format == FORMAT_NONE) {
        struct cli_out out;
        if (cli_out_open(cli, &out, &err)) {
            fwrite(buf_text(&numbers), 1, numbers.len, out.stream);
            result = cli_out_close(&out);
        } else
            code = err.code;
    } else if (!code) {
        code = t->beside ? figure_write(f, t->format, &drawing, &err) : err_nomem(&err);
        if (!code)
            code = write_both(cli->output, &drawing, t->beside, &numbers, &err);
        result = CLI_DONE;
        if (!code && f->dropped)
            cli_note(cli, "%zu labels omitted (no space) (larger --width and --height may help)",
                     f->dropped);
    }
    buf_free(&drawing);
    buf_free(&numbers);
    return code ? cli_fail(&err) : result;
}

/* The command: operands are the figure's number, then count files. Everything is checked before
 * the figure is computed, which can take minutes for many layers. */
static int figure_run(struct cli *cli, int argc, char **argv)
{
    struct figure_request r = FIGURE_REQUEST_INIT;
    struct target t = {.format = FORMAT_NONE};
    struct figure f = {0};
    struct table table = TABLE_INIT;
    struct cli_args a;
    struct err err;
    int status = cli_parse(&a, cli, &command_figure, argc, argv, figure_take_option, &r);
    if (status == CLI_END && a.first == argc)
        status = cli_usage(&command_figure, "the number of a figure and a count FILE are needed");
    if (status == CLI_END)
        status = figure_choose(&r, argv[a.first], argc - a.first - 1);
    if (status == CLI_END)
        status = choose_target(&t, cli);
    if (status == CLI_END && replaces_input(&t, argv + a.first + 1, argc - a.first - 1))
        status = cli_usage(&command_figure, "%s, the numbers of the figure, would replace an input",
                           t.beside);
    if (status == CLI_END) {
        r.path = (const char *const *)argv + a.first + 1;
        r.files = (size_t)(argc - a.first - 1);
        status = figure_make(&r, cli, &f, &table, &err) ? cli_fail(&err)
                                                        : figure_deliver(cli, &t, &f, &table);
    }
    figure_free(&f);
    table_free(&table);
    free(t.beside);
    figure_request_free(&r);
    return status;
}

static const struct cli_group_use groups[] = {
    {&analysis_layer_options, offsetof(struct figure_request, options)},
    {&analysis_selection_options, offsetof(struct figure_request, options)},
    {&analysis_rule_options, offsetof(struct figure_request, options)},
    {&analysis_map_options, offsetof(struct figure_request, options)},
    {&exchange_but_seed_group, offsetof(struct figure_request, exchange)},
    {NULL, 0},
};

static const struct cli_option options[] = {
    {"property", 0, "NAME[,NAME...]", "figures 3, 4, 5, 7, null: these properties", NULL},
    {"phone", 0, "NAME[,NAME...]", "figure 2: these phones (default: AH); figure 3: mark it", NULL},
    {"sets", 0, "SET[,SET...]", "figure 8: these sets (default: phone,gender,pitch)", NULL},
    {"log", 0, NULL, "figure 2: ranks on a logarithmic scale", NULL},
    {"width", 0, "LENGTH", "width of the figure: 252pt, 3.5in, 9cm, 90mm", NULL},
    {"height", 0, "LENGTH", "height of the figure", NULL},
    {"null", 0, NULL, "figures 4, 5, 7: what chance gives, as bands (see propneu null)", NULL},
    {"statistic", 0, "NAME", "figure null: of this statistic (default: size)",
     "size|silhouette|full-dim|anosim|permanova-f|permanova-r2|permdisp|overlap:"},
    {"bootstrap", 0, NULL, "figure 7: sizes with speakers drawn again (see propneu stability)",
     NULL},
    {NULL, 0, NULL, NULL, NULL},
};

const struct cli_command command_figure = {
    .name = "figure",
    .summary =
        "Draw a figure of the paper, of a null or of training, as SVG, PDF or PNG, and write its "
        "numbers as TSV",
    .synopsis = "[OPTION...] N FILE... [-o OUT.svg|pdf|png]",
    .details =
        "N is the figure's number in the paper, null or training:\n"
        "  2   p(neuron | phone) of a layer, sorted, with the baseline (default phone: AH)\n"
        "  3   maps: 3a phone, 3b gender, 3c pitch, 3 all of them or those of --property;\n"
        "      default layer: the one with the best silhouette for each\n"
        "  4   silhouette by layer; several FILEs: one panel each\n"
        "  5   best silhouette of each property; several FILEs side by side\n"
        "  6   error by share of neurons kept of models pruned with training in between, from\n"
        "      FILEs as propneu-tables(5) has them (pruning): a panel for each task\n"
        "  7   property neurons by layer; several FILEs: one panel each\n"
        "  8   overlap of sets in a layer (default: 1), with the exact size of each region\n"
        "  9   the same as 6, of models that were trained whole\n"
        "  null  how often exchanged labels give each value of a --statistic of a --property,\n"
        "      and the observed one; default: all layers\n"
        "  training  loss, accuracy, error and learning rate over the steps of runs of train;\n"
        "      FILEs are their folders or logs\n"
        "The numbers are written to OUT.tsv next to OUT.svg; without -o they are printed in\n"
        "--format.\n",
    .examples = "  propneu figure 4 my.counts -o silhouettes.pdf\n"
                "  propneu figure 3b my.counts --width 9cm -o gender.svg\n"
                "  propneu figure 2 my.counts --phone AH --layer 8 -o pattern.png\n"
                "  propneu figure 5 hubert.counts wavlm.counts -o models.pdf\n"
                "  propneu figure 7 my.counts --null --draws 999 -o sizes.pdf\n"
                "  propneu figure null my.counts --property gender --layer 1 -o null.pdf\n"
                "  propneu figure training runs/ssl runs/pr -o training.svg\n",
    .groups = groups,
    .options = options,
    .files = CLI_FILE,
    .run = figure_run,
};
