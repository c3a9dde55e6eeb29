/*
 * save.c - what is shown as a file: asked for by a prompt, its kind taken from the end of its name.
 */
#include "config.h"

#include "explorer/save.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "formats/file.h"
#include "report/table.h"

enum { WAIT_MS = 200 }; /* for results that are on their way */

static const char *save_suffix(const char *path)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    return dot && (!slash || dot > slash) ? dot : "";
}

/* The screen without what lies over the view. */
static enum status save_draw(const struct app *app, struct canvas *c, struct err *err)
{
    struct app bare = *app;
    bare.prompt.kind = NULL;
    bare.panel.kind = NULL;
    bare.help.open = false;
    if (!canvas_init(c, app->cols, app->rows, app->ascii))
        return err_nomem(err);
    enum status code = app_render(&bare, c, err);
    if (code)
        canvas_free(c);
    return code;
}

static enum status save_text(const struct app *app, struct buf *out, struct err *err)
{
    struct canvas c;
    enum status code = save_draw(app, &c, err);
    if (code)
        return code;
    canvas_print_dots(&c, out);
    canvas_free(&c);
    return buf_ok(out) ? STATUS_OK : err_nomem(err);
}

static enum status save_need_settled(const struct app *app, struct err *err)
{
    if (app_settled(app))
        return STATUS_OK;
    return err_set(err, STATUS_NOTFOUND, "not everything is computed yet: save later");
}

enum status save_table(const struct app *app, struct table *t, struct err *err)
{
    const struct view *view = view_current(app);
    enum status code = save_need_settled(app, err);
    if (code)
        return code;
    if (!view->result)
        return err_set(err, STATUS_UNSUPPORTED, "this view has no table: save it as .txt or .svg");
    return view->result(app, t, err);
}

enum status save_figure(const struct app *app, struct figure *f, struct err *err)
{
    const struct view *view = view_current(app);
    enum status code = save_need_settled(app, err);
    if (code)
        return code;
    if (!view->figure)
        return err_set(err, STATUS_UNSUPPORTED, "this view has no figure of its own");
    return view->figure(app, f, err);
}

static enum status save_table_bytes(const struct app *app, bool json, struct buf *out,
                                    struct err *err)
{
    struct table t = TABLE_INIT;
    enum status code = save_table(app, &t, err);
    if (!code) {
        if (json)
            table_json(&t, out);
        else
            table_tsv(&t, out);
        code = table_ok(&t, out, err);
    }
    table_free(&t);
    return code;
}

/*
 * Views without a figure of their own are saved as the cells of their screen, drawn as vector
 * graphics. DROPPED counts labels for which the figure had no room.
 */
static enum status save_figure_bytes(const struct app *app, enum figure_format format,
                                     struct buf *out, size_t *dropped, struct err *err)
{
    struct figure f = {0};
    struct canvas c;
    enum status code = save_figure(app, &f, err);
    if (code == STATUS_UNSUPPORTED) {
        code = save_draw(app, &c, err);
        if (!code) {
            canvas_figure(&c, &f);
            canvas_free(&c);
        }
    }
    if (!code)
        code = figure_write(&f, format, out, err);
    *dropped = f.dropped;
    figure_free(&f);
    return code;
}

/*
 * The end of the name decides: .txt the screen, .tsv and .json the numbers, .svg, .pdf and .png the
 * figure.
 */
static enum status save_bytes(const struct app *app, const char *path, struct buf *out,
                              size_t *dropped, struct err *err)
{
    const char *end = save_suffix(path);
    enum figure_format format = figure_format_of(path);
    if (strcasecmp(end, ".txt") == 0)
        return save_text(app, out, err);
    if (strcasecmp(end, ".tsv") == 0 || strcasecmp(end, ".json") == 0)
        return save_table_bytes(app, strcasecmp(end, ".json") == 0, out, err);
    if (format == FORMAT_NONE)
        return err_set(err, STATUS_USAGE,
                       "the name must end in .svg, .pdf, .png, .tsv, .json or .txt");
    return save_figure_bytes(app, format, out, dropped, err);
}

/* "~/x" as the shell has it. */
static void save_expand(char *out, size_t size, const char *path)
{
    const char *home = path[0] == '~' && path[1] == '/' ? getenv("HOME") : NULL;
    snprintf(out, size, "%s%s", home ? home : "", home ? path + 1 : path);
}

/*
 * Nothing is written over without a second Enter, and never an open count file, whatever path leads
 * to it (compared by device and inode). Results still missing are waited for, but at most WAIT_MS,
 * as keys are not read meanwhile. The bytes are complete before the file is opened.
 */
enum status save_shown(struct app *app, const char *name, bool replace, struct err *err)
{
    char path[1024];
    struct buf bytes = BUF_INIT;
    size_t dropped = 0;
    struct outfile file;
    struct stat st;
    save_expand(path, sizeof path, name);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(err, STATUS_IO, "%s is a folder", name);
    if (!replace && stat(path, &st) == 0)
        return err_set(err, STATUS_MISMATCH, "%s exists: Enter again replaces it", name);
    for (size_t i = 0; i < app->files; i++) {
        struct stat in;
        if (stat(path, &st) == 0 && stat(app->file[i].path, &in) == 0 && st.st_dev == in.st_dev &&
            st.st_ino == in.st_ino)
            return err_set(err, STATUS_USAGE, "%s is the current file", name);
    }
    app_settle(app, true, WAIT_MS);
    app_prepare(app);
    enum status code = save_bytes(app, path, &bytes, &dropped, err);
    if (!code)
        code = outfile_open(&file, path, err);
    if (!code) {
        fwrite(buf_text(&bytes), 1, bytes.len, file.stream);
        code = outfile_commit(&file, err);
    }
    if (!code && dropped)
        app_say(app, false, "saved %s; %zu labels omitted (no space)", path, dropped);
    else if (!code)
        app_say(app, false, "saved %s", path);
    buf_free(&bytes);
    return code;
}

/* Letters that need no quotes in a shell; others become '-'. */
static void save_add_part(char *text, size_t size, const char *part)
{
    size_t n = strlen(text);
    if (!*part)
        return;
    if (n && n + 1 < size)
        text[n++] = '-';
    for (; *part && n + 1 < size; part++)
        text[n++] = isalnum((unsigned char)*part) || strchr("._+", *part) ? *part : '-';
    text[n] = '\0';
}

/*
 * File, view, property, phone and layer, as far as they determine what is shown (named_by). The
 * last five bytes are reserved for the suffix: .tsv for views that have numbers but no figure.
 */
void save_name(const struct app *app, char *text, size_t size)
{
    const struct view *view = view_current(app);
    char part[160], *title = NULL;
    const char *path = app_file(app)->path;
    struct err ignored;
    text[0] = '\0';
    size -= 5; /* of ".svg" */
    if (view->named_by & NAMED_FILE && !scores_titles(&title, &path, 1, &ignored))
        save_add_part(text, size, title);
    free(title);
    save_add_part(text, size, view_name(app->at.view));
    if (view->named_by & NAMED_PROPERTY)
        save_add_part(text, size, app_property(app));
    if (view->named_by & NAMED_PHONE)
        save_add_part(text, size, app->phone);
    snprintf(part, sizeof part, "layer%u", app->at.layer + 1);
    if (view->named_by & NAMED_LAYER)
        save_add_part(text, size, part);
    snprintf(text + strlen(text), 5, "%s", view->result && !view->figure ? ".tsv" : ".svg");
}

/* Enter on the name of a file that is there asks once more. */
static enum status save_accept(struct app *app, struct err *err)
{
    struct prompt *p = &app->prompt;
    enum status code = save_shown(app, p->text, p->replace, err);
    p->replace = code == STATUS_MISMATCH;
    return code;
}

const struct prompt_kind save_prompt = {.accept = save_accept};

void save_open(struct app *app)
{
    char name[sizeof app->prompt.text];
    save_name(app, name, sizeof name);
    prompt_open(app, &save_prompt, 0, "save as", name);
    snprintf(app->prompt.error, sizeof app->prompt.error,
             ".svg .pdf .png the figure, .tsv .json its numbers, .txt the screen");
}
