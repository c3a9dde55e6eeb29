/*
 * propneu explore: opens the explorer on count files, in a terminal, line by line, or as text
 * where there is no terminal.
 */
#include "config.h"

#include "cli/explore.h"
#include "cli/plain.h"
#include "cli/explore_settings.h"
#include "cli/commands/analysis_options.h"

#include <glob.h>
#include <langinfo.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/datadir.h"
#include "formats/file.h"

/* Up to OPT_SELECT: options that say where to go, as link.h has them. */
enum {
    OPT_VIEW,
    OPT_LAYER,
    OPT_PROPERTY,
    OPT_PHONE,
    OPT_WHERE,
    OPT_SIGMA,
    OPT_LAMBDA,
    OPT_FILE,
    OPT_FORM,
    OPT_MARKS,
    OPT_SCALE,
    OPT_OVERLAY,
    OPT_HIDE,
    OPT_SET,
    OPT_PANE,
    OPT_SORT,
    OPT_FILTER,
    OPT_SEARCH,
    OPT_SELECT,
    OPT_MARK,
    OPT_DEFINE,
    OPT_DRAWS,
    OPT_SEED,
    OPT_LAST,
    OPT_NO_CONFIG,
    OPT_DUMP,
    OPT_ASCII,
    OPT_COLOR,
    OPT_MOUSE,
    OPT_A11Y,
    OPT_PLAIN,
    OPT_DEMO,
    OPT_AUTO,
    OPT_STEP,
    OPT_RECORD,
    OPT_SHOW_KEYS
};

/* " layers pattern ..." and "|layers|pattern|..." */
#define VIEW_LISTED(id, name, title, definition)  " " name
#define VIEW_OFFERED(id, name, title, definition) "|" name

static const struct cli_option options[] = {
    {"view", 0, "NAME", "start with this view:" VIEWS(VIEW_LISTED), &VIEWS(VIEW_OFFERED)[1]},
    {"layer", 'l', "N", "start in this layer, from 1", NULL},
    {"property", 'p', "NAME", "start with this property", ANALYSIS_PROPERTY_WORDS},
    {"phone", 0, "K", "start with this phone", NULL},
    {"where", 0, "FACTOR=LEVEL,...", "count only frames of these levels; may be repeated", NULL},
    {"sigma", 0, "PERCENT", "share of a group's phones (default: 80)", NULL},
    {"lambda", 0, "PERCENT", "counts at this lambda (default: the file's first)", NULL},
    {"file", 0, "N", "start with the N-th file", NULL},
    {"form", 0, "NAME",
     "display form: table, curves, both, bars, drawing, labels, bare, best, counts, ...",
     "table|curves|both|bars|drawing|labels|bare|best|counts|silhouettes|neurons|histogram"},
    {"marks", 0, "NAME", "glyphs of the map: letters, braille or blocks", "letters|braille|blocks"},
    {"scale", 0, "NAME", "log or even scale of ranks, or differences between files",
     "log|even|differences"},
    {"overlay", 0, "K", "add the curve of this phone; may be repeated", NULL},
    {"hide", 0, "GROUP", "hide this group of the map; may be repeated", NULL},
    {"set", 0, "SET", "set to show (neurons) or to compare (overlap: may be repeated)", NULL},
    {"pane", 0, "NAME", "list for keys and the next four options: phones or neurons",
     "phones|neurons"},
    {"sort", 0, "COLUMN[-]", "sort by this column, with - in reverse order", NULL},
    {"filter", 0, "TERMS", "show only lines that match, such as 'p>0.05 group=female'", NULL},
    {"search", 0, "TERMS", "search terms of n", NULL},
    {"select", 0, "ROW", "select a neuron, a region (AC), a point (AH female), a statistic", NULL},
    {"mark", 0, "SET", "mark these neurons in each layer; may be repeated", NULL},
    {"define", 0, "NAME=SET", "define a named set, $NAME in expressions; may be repeated", NULL},
    {"draws", 0, "N", "labelings of what chance gives; 0: nothing is computed (default: 9999)",
     NULL},
    {"seed", 0, "N", "seed of these labelings (default: 0)", NULL},
    {"last", 0, NULL, "restore the last session with this file", NULL},
    {"no-config", 0, NULL, "neither read settings nor save state", NULL},
    {"dump", 0, "[=COLSxROWS]", "print the screen and exit (default: 80x24)", NULL},
    {"ascii", 0, NULL, "draw with ASCII characters only", NULL},
    {"color", 0, "WHEN", "auto (not if NO_COLOR is set), always or never (default: auto)",
     "auto|always|never"},
    {"mouse", 0, NULL, "enable the mouse (m switches it)", NULL},
    {"a11y", 0, NULL, "place the cursor for screen readers and braille displays", NULL},
    {"plain", 0, NULL, "line mode: commands and views as plain text", NULL},
    {"demo", 0, "FILE", "play this script", CLI_FILE},
    {"auto", 0, "[=SECONDS]", "play it without waiting for keys (default: its own times)", NULL},
    {"step", 0, "N", "start it at this step", NULL},
    {"record", 0, "FILE", "record the keys to a new file, as a script", CLI_FILE},
    {"show-keys", 0, NULL, "show pressed keys in a corner of the screen", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* "80x24"; false if it is none or out of range. */
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

int explore_dump(struct explore *e, const char *value)
{
    e->dump = true;
    if (!value || parse_size(value, &e->app))
        return CLI_END;
    return cli_usage(e->command, "--dump takes COLSxROWS as in 80x24, not '%s'", value);
}

int explore_auto(struct explore *e, const char *value)
{
    e->play.automatic = true;
    if (!value || cli_double(value, 0.1, SCRIPT_MAX_WAIT, &e->play.seconds))
        return CLI_END;
    return cli_usage(e->command, "--auto takes seconds from 0.1 to 3600, not '%s'", value);
}

int explore_step(struct explore *e, const char *value)
{
    unsigned long n;
    if (!cli_unsigned(value, 1, 1000000, &n))
        return cli_usage(e->command, "--step takes a number from 1, not '%s'", value);
    e->play.first = n;
    return CLI_END;
}

/* Notes a --mark or --define, which the explorer reads once the files are open. */
static int add_set(struct explore *e, bool mark, const char *value)
{
    size_t *n = mark ? &e->app.marks : &e->app.defines;
    if (*n == EXPLORE_SETS)
        return cli_usage(e->command, "--%s is given more than %d times", mark ? "mark" : "define",
                         EXPLORE_SETS);
    (mark ? e->mark : e->define)[(*n)++] = value;
    e->app.mark = e->mark;
    e->app.define = e->define;
    return CLI_END;
}

/* CLI_END where the option was understood. */
static int explore_take_option(struct explore *e, int opt, const char *value)
{
    unsigned long n;
    double v;
    if (opt <= OPT_SELECT)
        link_add(&e->link, options[opt].name, "%s", value);
    switch (opt) {
    case OPT_MARK:
    case OPT_DEFINE: return add_set(e, opt == OPT_MARK, value);
    case OPT_DRAWS:
        if (!cli_unsigned(value, 0, 1000000, &n))
            return cli_usage(e->command, "--draws takes a number up to 1000000, not '%s'", value);
        e->app.nulls.draws = n;
        e->app.nulls.none = n == 0;
        break;
    case OPT_SEED:
        if (!cli_unsigned(value, 0, UINT32_MAX, &n))
            return cli_usage(e->command, "--seed takes a number up to 4294967295, not '%s'", value);
        e->app.nulls.seed = n;
        break;
    case OPT_LAST: e->last = true; break;
    case OPT_NO_CONFIG: e->no_config = true; break;
    case OPT_ASCII: e->app.ascii = true; break;
    case OPT_FILE:
    case OPT_LAYER:
        if (!cli_unsigned(value, 1, 100000, &n))
            return cli_usage(e->command, "--%s takes a number from 1, not '%s'", options[opt].name,
                             value);
        break;
    case OPT_SIGMA:
        if (!cli_double(value, 0, 100, &v) || v <= 0)
            return cli_usage(e->command, "--sigma takes a percentage above 0, up to 100, not '%s'",
                             value);
        break;
    case OPT_LAMBDA:
        if (!cli_double(value, 0, 100, &v) || v <= 0)
            return cli_usage(e->command, "--lambda takes a percentage above 0, up to 100, not '%s'",
                             value);
        break;
    case OPT_COLOR: return explore_color(e, value);
    case OPT_MOUSE: e->app.mouse = true; break;
    case OPT_A11Y: e->app.a11y = true; break;
    case OPT_PLAIN: e->plain = true; break;
    case OPT_DEMO: e->script = value; break;
    case OPT_AUTO: return explore_auto(e, value);
    case OPT_STEP: return explore_step(e, value);
    case OPT_RECORD: e->record = value; break;
    case OPT_SHOW_KEYS: e->play.show_keys = true; break;
    case OPT_DUMP: return explore_dump(e, value);
    default: break;
    }
    return CLI_END;
}

/* A record never replaces a file; that it cannot be written is reported before the session. */
static enum status open_record(struct outfile *f, const char *path, struct err *err)
{
    if (access(path, F_OK) == 0)
        return err_set(err, STATUS_USAGE, "%s: exists already; a record needs a new file", path);
    enum status code = outfile_open(f, path, err);
    if (!code)
        fprintf(f->stream, "# Keys recorded by propneu; play them with --demo.\n");
    return code;
}

/* Writes the keys of the session and gives the file its name. */
static enum status close_record(struct outfile *f, struct player *p, struct err *err)
{
    const struct buf *text = player_record(p);
    fwrite(buf_text(text), 1, text->len, f->stream);
    return buf_ok(text) ? outfile_commit(f, err) : err_nomem(err);
}

/* What failed while the screen was in the way; the rest was seen. */
static void tell_failures(const struct app *app)
{
    struct err err;
    for (size_t i = 0; i < log_count(&app->log); i++)
        if (log_entry(&app->log, i)->bad) {
            err_set(&err, STATUS_IO, "%s", log_entry(&app->log, i)->text);
            cli_fail(&err);
        }
}

/* In the terminal, or line by line where that can or shall not be; the exit status. */
static int show_live(struct cli *cli, struct explore *e, struct player *player, int *by_signal,
                     bool *print)
{
    struct err err;
    enum status code = STATUS_OK;
    cli->live = true;
    if (!e->plain) {
        code = tui_run(player, e->color, by_signal, &err);
        tell_failures(player->app);
        if (code == STATUS_UNSUPPORTED && player->touring) {
            cli_note(cli, "%s; printing the screens instead", err.msg);
            *print = true;
            return CLI_DONE;
        }
        if (code == STATUS_UNSUPPORTED)
            cli_note(cli, "%s; using line mode", err.msg);
    }
    if (e->plain || code == STATUS_UNSUPPORTED)
        code = plain_run(player, stdin, stdout, &err);
    return code ? cli_fail(&err) : CLI_DONE;
}

/* Plays in the terminal or prints; the record is written when the session has ended well. */
static int explore_play(struct cli *cli, struct explore *e, struct app *app, struct outfile *record,
                        int *by_signal)
{
    struct player player;
    struct err err;
    enum status code = player_init(&player, app, &e->app, &e->play, 0, &err);
    int result = code ? cli_fail(&err) : CLI_DONE;
    bool print = e->dump;
    if (!code && !e->dump)
        result = show_live(cli, e, &player, by_signal, &print);
    if (!result && print)
        result = explore_print(cli, &player);
    else if (!result && record->stream && close_record(record, &player, &err))
        result = cli_fail(&err);
    player_free(&player);
    return result;
}

/* One session with APP, which is closed again; a signal that ended it goes to *BY_SIGNAL. */
static int show_with(struct cli *cli, struct explore *e, struct app *app, char **files,
                     size_t count, int *by_signal)
{
    struct err err;
    struct outfile record = {NULL, NULL, NULL, false};
    struct script script = {NULL, 0, 0};
    int result = CLI_FAILED;
    if (e->script && script_open(&script, e->script, &err))
        return cli_fail(&err);
    e->play.script = e->script ? &script : NULL;
    e->app.threads = !e->dump;
    if (settings_begin(e, cli, files[0], &err)) {
        script_free(&script);
        return cli_fail(&err);
    }
    e->app.link = &e->link;
    if (e->record && open_record(&record, e->record, &err))
        result = cli_fail(&err);
    else if (app_init(app, (const char *const *)files, count, &e->app, &err))
        result = cli_fail(&err);
    else {
        if (e->unread.code && e->dump)
            cli_note(cli, "%s", e->unread.msg);
        else if (e->unread.code)
            app_say(app, true, "%s", e->unread.msg);
        result = explore_play(cli, e, app, &record, by_signal);
        if (!result && app->print)
            result = explore_print_neurons(app);
        if (!e->dump)
            settings_end(e, app);
        app_free(app);
    }
    settings_free(e);
    outfile_abandon(&record);
    script_free(&script);
    return result;
}

/* A signal that ended the session is raised again after cleaning up, so that the shell sees how
 * the program died. */
static int explore_show(struct cli *cli, struct explore *e, char **files, size_t count)
{
    struct app *app = mem_zeros(1, sizeof *app); /* too large for the stack */
    struct err err;
    int by_signal = 0, result;
    if (!app) {
        err_nomem(&err);
        return cli_fail(&err);
    }
    result = show_with(cli, e, app, files, count, &by_signal);
    free(app);
    if (by_signal) {
        signal(by_signal, SIG_DFL);
        raise(by_signal);
    }
    return result;
}

/* Without FILE: the count files of the bundled data. */
static int show_bundled(struct cli *cli, struct explore *e)
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
        e->app.unnamed = true;
        int code = explore_show(cli, e, found.gl_pathv, found.gl_pathc);
        globfree(&found);
        return code;
    }
    err_set(&err, STATUS_IO,
            "%s/demo/counts: no count files of the demo there; give a FILE, or set PROPNEU_DATA",
            datadir());
    return cli_fail(&err);
}

void explore_begin(struct explore *e, const struct cli_command *command)
{
    *e = (struct explore){.command = command, .app = {.cols = 80, .rows = 24}};
}

/* Output that is no terminal, or -o, makes it a dump, so that pipes get text. */
int explore_run(struct cli *cli, struct explore *e, char **files, size_t count)
{
    struct err err;
    e->app.ascii = e->app.ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    e->dump = e->dump || cli->output || (!e->plain && !isatty(STDOUT_FILENO));
    e->play.record = e->record != NULL;
    if ((e->play.automatic || e->play.first) && !e->script)
        return cli_usage(e->command, "--auto and --step need a script, --demo FILE");
    if (e->record && (e->script || e->dump))
        return cli_usage(e->command, "--record needs a terminal, and no script that is played");
    if (count == 0)
        return show_bundled(cli, e);
    for (size_t i = 0; i < count; i++)
        if (access(files[i], R_OK) != 0) {
            err_errno(&err, files[i]);
            return cli_fail(&err);
        }
    return explore_show(cli, e, files, count);
}

/* The command; also what `propneu FILE...` runs. */
static int explore_do_run(struct cli *cli, int argc, char **argv)
{
    struct explore e;
    struct cli_args a;
    int opt, code = CLI_END;
    explore_begin(&e, &command_explore);
    cli_args_init(&a, cli, &command_explore, argc, argv);
    while (code == CLI_END && (opt = cli_next(&a)) >= 0)
        code = explore_take_option(&e, opt, a.value);
    if (code == CLI_END && opt != CLI_END)
        code = opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (code == CLI_END)
        code = explore_run(cli, &e, argv + a.first, (size_t)(argc - a.first));
    link_free(&e.link);
    return code;
}

const struct cli_command command_explore = {
    .name = "explore",
    .summary = "Explore count files; without FILE the bundled demo",
    .synopsis = "[OPTION...] [FILE...]",
    .details =
        "In the explorer '?' lists the keys and explains the view, 'q' quits.  If standard output\n"
        "is not a terminal, and with --dump, the screen is printed as text.\n"
        "'yl' copies the command that opens the explorer in the current state.\n"
        "\n"
        "Settings (view, sigma, marks, ascii, mouse, color) are in\n"
        "$XDG_CONFIG_HOME/propneu/config,\n"
        "one 'key = value' per line; they are written only by O in the explorer.\n"
        "\n"
        "A script has one action per line: 'press 3 p Right' (keys by name), 'type TEXT', 'say\n"
        "TEXT' (shown under the screen), 'wait SECONDS'.  --record writes one.\n",
    .examples = "  propneu my.counts\n"
                "  propneu my.counts --view map --layer 8 --property gender\n"
                "  propneu my.counts --view overlap --layer 1 --dump=120x40\n"
                "  propneu explore my.counts --record lesson.txt\n"
                "  propneu explore my.counts --demo lesson.txt\n",
    .options = options,
    .files = CLI_FILE,
    .run = explore_do_run,
};
