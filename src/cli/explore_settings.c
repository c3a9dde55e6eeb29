/*
 * The user's settings and the places where sessions ended, read at the start of the explorer and
 * written at its end.
 */
#include "config.h"

#include "cli/explore_settings.h"

#include <stdlib.h>
#include <string.h>

#include "formats/configfile.h"
#include "formats/file.h"
#include "formats/lines.h"
#include "base/mem.h"

static bool settings_color(const char *word, enum tui_color *color)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++)
        if (strcmp(word, names[i]) == 0) {
            *color = (enum tui_color)i;
            return true;
        }
    return false;
}

int explore_color(struct explore *e, const char *value)
{
    e->color_told = true;
    snprintf(e->color_name, sizeof e->color_name, "%.15s", value);
    e->app.color = e->color_name;
    if (settings_color(value, &e->color))
        return CLI_END;
    return cli_usage(e->command, "--color is auto, always or never, not '%s'", value);
}

enum { PLACES = 100, MAX_BYTES = 1 << 22 }; /* files whose places are remembered */

static bool has_option(const struct explore *e, const char *wanted)
{
    const char *name, *value;
    for (size_t at = 0; link_next(&e->link, &at, &name, &value);)
        if (strcmp(name, wanted) == 0)
            return true;
    return false;
}

/* True if WORD is in the list WORDS, which NULL ends. */
static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* Takes one setting in; false where its value means nothing. */
static bool explore_settings_take(struct explore *e, struct link *place, const char *key,
                                  const char *value)
{
    static const char *const marks[] = {"letters", "braille", "blocks", NULL};
    static const char *const yes_no[] = {"yes", "no", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    double v;
    if (strcmp(key, "view") == 0) {
        if (!has_option(e, "view"))
            link_add(place, "view", "%s", value);
        return view_find(value) != VIEW_COUNT;
    }
    if (strcmp(key, "sigma") == 0) {
        bool good = cli_double(value, 0, 100, &v) && v > 0;
        e->app.sigma = good ? v : 0;
        return good;
    }
    if (strcmp(key, "marks") == 0) {
        for (int i = 0; marks[i]; i++)
            if (strcmp(marks[i], value) == 0)
                e->app.glyphs = (enum plot_glyphs)i;
        return is_one_of(value, marks);
    }
    if (strcmp(key, "ascii") == 0) {
        e->app.ascii = e->app.ascii || strcmp(value, "yes") == 0;
        return is_one_of(value, yes_no);
    }
    if (strcmp(key, "mouse") == 0) {
        e->app.mouse = e->app.mouse || strcmp(value, "yes") == 0;
        return is_one_of(value, yes_no);
    }
    if (!is_one_of(value, colors))
        return false;
    const char *off = getenv("NO_COLOR");
    if (!e->color_told && !(off && *off)) {
        explore_color(e, value);
        e->color_told = false;
    }
    return true;
}

/* Applies the user's configuration file to E and PLACE. Unknown or invalid lines are noted and
 * skipped: a typing error must not keep the explorer from starting. */
static enum status read_settings(struct explore *e, const struct cli *cli, struct link *place,
                                 struct err *err)
{
    static const char *const known[] = {"view", "sigma", "marks", "ascii", "mouse", "color", NULL};
    struct config c;
    enum status code = config_read(&c, e->config, err);
    if (code)
        return code;
    for (size_t i = 0; i < c.count; i++) {
        const struct config_entry *s = &c.entry[i];
        if (!is_one_of(s->key, known))
            cli_note(cli, "%s: line %zu: unknown setting '%.60s'", e->config, s->line, s->key);
        else {
            size_t before = place->text.len;
            if (!explore_settings_take(e, place, s->key, s->value)) {
                place->text.len = before;
                cli_note(cli, "%s: line %zu: '%.60s' is not a value of %s", e->config, s->line,
                         s->value, s->key);
            }
        }
    }
    config_free(&c);
    return STATUS_OK;
}

/* The line of the file KEY ends with a tab among those of M; its end in *END. */
static const char *find_line(const struct mapped *m, const char *key, const char **end)
{
    const char *at = (const char *)m->data, *stop = at ? at + m->size : NULL;
    size_t len = strlen(key);
    for (; at < stop; at = *end + (*end < stop)) {
        const char *newline = memchr(at, '\n', (size_t)(stop - at));
        *end = newline ? newline : stop;
        if ((size_t)(*end - at) > len && memcmp(at, key, len) == 0 && at[len] == '\t')
            return at;
    }
    return NULL;
}

/* Where the last session with PATH ended, into PLACE. */
static enum status explore_settings_recall(const struct explore *e, const char *path,
                                           struct link *place, struct err *err)
{
    char *full = realpath(path, NULL);
    struct mapped m = {NULL, 0};
    struct err ignored;
    const char *end = NULL, *line = NULL;
    if (full && e->state && mapped_open(&m, e->state, &ignored) == STATUS_OK)
        line = find_line(&m, full, &end);
    if (line)
        for (const char *p = line + strlen(full); p < end;) {
            const char *tab = memchr(p + 1, '\t', (size_t)(end - p - 1));
            const char *stop = tab ? tab : end;
            buf_add(&place->text, p + 1, (size_t)(stop - p - 1));
            buf_add(&place->text, "", 1);
            p = stop;
        }
    mapped_close(&m);
    free(full);
    return line ? STATUS_OK
                : err_set(err, STATUS_NOTFOUND, "%s: no saved session of this file", path);
}

/* The file of settings, the last session and the command line are applied in this order, so that
 * the command line has the last word. */
enum status settings_begin(struct explore *e, const struct cli *cli, const char *path,
                           struct err *err)
{
    struct link place = LINK_INIT;
    enum status code = STATUS_OK;
    if (!e->no_config) {
        e->config = config_path("XDG_CONFIG_HOME", ".config", "config");
        e->state = config_path("XDG_STATE_HOME", ".local/state", "places");
    }
    e->unread.code = STATUS_OK;
    if (e->config && (code = read_settings(e, cli, &place, err)) && code != STATUS_NOMEM) {
        err_set(&e->unread, code, "%s; the defaults are used", err->msg);
        code = STATUS_OK;
    }
    if (!code && e->last)
        code = explore_settings_recall(e, path, &place, err);
    e->app.config_path = e->config;
    if (!code) {
        buf_add(&place.text, buf_text(&e->link.text), e->link.text.len);
        link_free(&e->link);
        e->link = place;
    } else
        link_free(&place);
    if (code)
        settings_free(e);
    return code;
}

/* The file's new line first, then the others but its old one. */
static void put_places(struct buf *out, const char *full, const struct app *app,
                       const struct mapped *old)
{
    struct link l = LINK_INIT;
    const char *name, *value, *at = (const char *)old->data, *stop = at ? at + old->size : NULL;
    size_t len = strlen(full);
    link_tell(app, &l);
    buf_str(out, full);
    for (size_t i = 0; link_next(&l, &i, &name, &value);)
        if (!strpbrk(value, "\t\n")) /* which labels of hostile files may have */
            buf_printf(out, "\t%s\t%s", name, value);
    buf_str(out, "\n");
    link_free(&l);
    for (int n = 1; at < stop && n < PLACES; n++) {
        const char *newline = memchr(at, '\n', (size_t)(stop - at));
        const char *end = newline ? newline + 1 : stop;
        if ((size_t)(end - at) <= len || memcmp(at, full, len) != 0 || at[len] != '\t')
            buf_add(out, at, (size_t)(end - at));
        at = end;
    }
}

/* Errors are ignored: a full disk must not make leaving the explorer fail. */
void settings_end(const struct explore *e, const struct app *app)
{
    char *full = realpath(app->file[0].path, NULL);
    struct mapped old = {NULL, 0};
    struct buf text = BUF_INIT;
    struct outfile f;
    struct err ignored;
    if (!full || !e->state || strpbrk(full, "\t\n"))
        goto out;
    if (mapped_open(&old, e->state, &ignored) == STATUS_OK && old.size > MAX_BYTES) {
        mapped_close(&old);
        old = (struct mapped){NULL, 0};
    }
    put_places(&text, full, app, &old);
    mapped_close(&old);
    if (buf_ok(&text) && config_make_folders(e->state, &ignored) == STATUS_OK &&
        outfile_open(&f, e->state, &ignored) == STATUS_OK) {
        fwrite(buf_text(&text), 1, text.len, f.stream);
        outfile_commit(&f, &ignored);
    }
out:
    buf_free(&text);
    free(full);
}

void settings_free(struct explore *e)
{
    free(e->config);
    free(e->state);
    e->config = e->state = NULL;
}
