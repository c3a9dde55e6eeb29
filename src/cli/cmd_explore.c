#include "config.h"

#include "commands.h"

#include <glob.h>
#include <langinfo.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tui/tui.h"
#include "propneu/datadir.h"

enum {
    OPT_VIEW,
    OPT_LAYER,
    OPT_PROPERTY,
    OPT_PHONE,
    OPT_WHERE,
    OPT_SIGMA,
    OPT_DUMP,
    OPT_ASCII,
    OPT_COLOR
};

static const struct cli_option options[] = {
    {"view", 0, "NAME", "open this view: layers, pattern, map, overlap or neurons",
     "layers|pattern|map|overlap|neurons"},
    {"layer", 'l', "N", "at this layer, from 1", NULL},
    {"property", 'p', "NAME", "with this property", "phone|gender|pitch|speaker|each-phone"},
    {"phone", 0, "K", "with this phone chosen", NULL},
    {"where", 0, "FACTOR=LEVEL,...", "count only frames of these levels; may be repeated", NULL},
    {"sigma", 0, "PERCENT", "share of a group's phones (default 80)", NULL},
    {"dump", 0, "[=COLSxROWS]", "print the screen and exit (default 80x24)", NULL},
    {"ascii", 0, NULL, "draw with ASCII characters only", NULL},
    {"color", 0, "WHEN", "auto, always or never (default auto: not if NO_COLOR is set)",
     "auto|always|never"},
    {NULL, 0, NULL, NULL, NULL},
};

enum { MAX_WHERES = 16 };

struct explore {
    struct app_options app;
    const char *where[MAX_WHERES];
    enum tui_color color;
    bool dump;
};

static bool parse_size(const char *text, struct app_options *o)
{
    char *end;
    long cols = strtol(text, &end, 10);
    if (end == text || *end != 'x')
        return false;
    const char *second = end + 1;
    long rows = strtol(second, &end, 10);
    if (end == second || *end || cols < 1 || rows < 1 || cols > CANVAS_MAX_SIDE ||
        rows > CANVAS_MAX_SIDE)
        return false;
    o->cols = (int)cols;
    o->rows = (int)rows;
    return true;
}

static bool parse_color(const char *word, enum tui_color *color)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++)
        if (strcmp(word, names[i]) == 0) {
            *color = (enum tui_color)i;
            return true;
        }
    return false;
}

/* CLI_END where the option was understood. */
static int take(struct explore *e, int opt, const char *value)
{
    switch (opt) {
    case OPT_VIEW: e->app.view = value; break;
    case OPT_PROPERTY: e->app.property = value; break;
    case OPT_PHONE: e->app.phone = value; break;
    case OPT_WHERE:
        if (e->app.wheres == MAX_WHERES)
            return cli_usage(&command_explore, "--where is given more than %d times", MAX_WHERES);
        e->where[e->app.wheres++] = value;
        e->app.where = e->where;
        break;
    case OPT_ASCII: e->app.ascii = true; break;
    case OPT_LAYER:
        if (!cli_unsigned(value, 1, 100000, &e->app.layer))
            return cli_usage(&command_explore, "--layer takes a number from 1, not '%s'", value);
        break;
    case OPT_SIGMA:
        if (!cli_double(value, 0, 100, &e->app.sigma) || e->app.sigma <= 0)
            return cli_usage(&command_explore,
                             "--sigma takes a percentage above 0, up to 100, not '%s'", value);
        break;
    case OPT_COLOR:
        if (!parse_color(value, &e->color))
            return cli_usage(&command_explore, "--color is auto, always or never, not '%s'", value);
        break;
    default:
        e->dump = true;
        if (value && !parse_size(value, &e->app))
            return cli_usage(&command_explore, "--dump takes COLSxROWS as in 80x24, not '%s'",
                             value);
    }
    return CLI_END;
}

static int print_screen(struct cli *cli, struct app *app)
{
    struct cli_out out;
    struct canvas c;
    struct buf text = BUF_INIT;
    struct err err;
    /* A thread is at work where the terminal turned out to be dumb only now. */
    app_settle(app, true, INT_MAX);
    app_prepare(app);
    if (!canvas_init(&c, app->cols, app->rows, app->ascii)) {
        err_nomem(&err);
        return cli_fail(&err);
    }
    int code = app_render(app, &c, &err) || !cli_out_open(cli, &out, &err) ? cli_fail(&err) : 0;
    if (code == CLI_DONE) {
        canvas_print(&c, &text);
        fwrite(buf_text(&text), 1, text.len, out.stream);
        code = cli_out_close(&out);
    }
    buf_free(&text);
    canvas_free(&c);
    return code;
}

static int show(struct cli *cli, struct explore *e, char **files, size_t count)
{
    struct app app;
    struct err err;
    int by_signal = 0;
    e->app.threads = !e->dump;
    if (app_init(&app, (const char *const *)files, count, &e->app, &err))
        return cli_fail(&err);
    enum status code = STATUS_OK;
    if (!e->dump)
        code = tui_run(&app, e->color, &by_signal, &err);
    bool plain = e->dump || code == STATUS_UNSUPPORTED;
    if (plain && !e->dump)
        cli_note(cli, "%s; printing the screen instead", err.msg);
    int result = plain ? print_screen(cli, &app) : code ? cli_fail(&err) : CLI_DONE;
    app_free(&app);
    if (by_signal) {
        signal(by_signal, SIG_DFL);
        raise(by_signal);
    }
    return result;
}

/* Without FILE: the count files of the bundled data. */
static int show_demo(struct cli *cli, struct explore *e)
{
    char pattern[PATH_MAX];
    struct err err;
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/demo/counts/*.counts", datadir());
    int failed = glob(pattern, 0, NULL, &found);
    if (failed == 0) {
        /* Backwards: "ssl", the pretrained model, comes before those fine-tuned from it. */
        for (size_t i = 0; i < found.gl_pathc / 2; i++) {
            char *other = found.gl_pathv[found.gl_pathc - 1 - i];
            found.gl_pathv[found.gl_pathc - 1 - i] = found.gl_pathv[i];
            found.gl_pathv[i] = other;
        }
        int code = show(cli, e, found.gl_pathv, found.gl_pathc);
        globfree(&found);
        return code;
    }
    err_set(&err, STATUS_IO,
            "%s/demo/counts: no count files of the demo there; give a FILE, or set PROPNEU_DATA",
            datadir());
    return cli_fail(&err);
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct explore e = {.app = {.cols = 80, .rows = 24}};
    struct cli_args a;
    struct err err;
    int opt, code;
    cli_args_init(&a, cli, &command_explore, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        if ((code = take(&e, opt, a.value)) != CLI_END)
            return code;
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    e.app.ascii = e.app.ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    e.dump = e.dump || cli->output || !isatty(STDOUT_FILENO);
    if (a.first == argc)
        return show_demo(cli, &e);
    for (int i = a.first; i < argc; i++)
        if (access(argv[i], R_OK) != 0) {
            err_errno(&err, argv[i]);
            return cli_fail(&err);
        }
    return show(cli, &e, argv + a.first, (size_t)(argc - a.first));
}

const struct cli_command command_explore = {
    .name = "explore",
    .summary = "The explorer on count files; without FILE on the bundled demo",
    .synopsis = "[OPTION...] [FILE...]",
    .details = "In the explorer '?' lists the keys and explains what is shown, 'q' quits.  Where\n"
               "standard output is no terminal, and with --dump, the screen is printed as text.\n",
    .examples = "  propneu my.counts\n"
                "  propneu my.counts --view map --layer 8 --property gender\n"
                "  propneu my.counts --view overlap --layer 1 --dump=120x40\n",
    .options = options,
    .files = CLI_FILE,
    .run = run,
};
