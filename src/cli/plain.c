/*
 * The explorer line by line (plain.h): every answer is the view as text, every question one line
 * of input.
 */
#include "config.h"

#include "cli/plain.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "explorer/changed.h"

/* One session of lines: where they come from, where answers go. */
struct plain {
    struct player *player;
    struct app *app;
    FILE *in, *out;
    char *line;
    size_t size;
};

/* TEXT, which may hold names, between BEFORE and AFTER. */
static void plain_say(struct plain *p, const char *before, const char *text, const char *after)
{
    struct buf shown = BUF_INIT;
    text_show(&shown, text);
    fprintf(p->out, "%s%s%s", before, buf_text(&shown), after);
    buf_free(&shown);
}

/* The next line without its end; NULL at the end of the input. */
static char *plain_ask(struct plain *p, const char *prompt)
{
    plain_say(p, "", prompt, "");
    fflush(p->out);
    ssize_t n = getline(&p->line, &p->size, p->in);
    if (n < 0)
        return NULL;
    while (n > 0 && (p->line[n - 1] == '\n' || p->line[n - 1] == '\r'))
        p->line[--n] = '\0';
    return p->line;
}

/* Prints the canvas, of several empty lines only one. */
static void print_lines(struct plain *p, const struct canvas *c)
{
    struct buf text = BUF_INIT;
    bool empty = true;
    canvas_print(c, &text);
    for (const char *s = buf_text(&text); *s;) {
        const char *end = strchr(s, '\n') + 1;
        if (*s != '\n' || !empty)
            fwrite(s, 1, (size_t)(end - s), p->out);
        empty = *s == '\n';
        s = end;
    }
    buf_free(&text);
}

/* Prints the current view. Waits for everything it shows, since a line printed is not redrawn. */
static enum status plain_show(struct plain *p, struct err *err)
{
    struct canvas c;
    app_settle(p->app, true, INT_MAX);
    app_prepare(p->app);
    if (changed_notice(p->app))
        app_prepare(p->app);
    if (!canvas_init(&c, p->player->cols, p->player->rows, p->app->ascii))
        return err_nomem(err);
    c.plain = true;
    enum status code = app_render(p->app, &c, err);
    if (!code)
        print_lines(p, &c);
    canvas_free(&c);
    return code;
}

/* Types TEXT in the prompt that is open, in place of what stands there. */
static enum status plain_answer(struct plain *p, const char *text)
{
    app_apply(p->app, ACTION_WIPE, 0);
    while (*text)
        app_apply(p->app, ACTION_TYPE, (long)utf8_next(&text));
    return app_apply(p->app, ACTION_ACCEPT, 0);
}

/* Asks for what the explorer wants typed, until it is understood or an empty line gives up. */
static void ask_prompt(struct plain *p, const char *first)
{
    const struct prompt *q = &p->app->prompt;
    char title[sizeof q->title + 4];
    if (*first)
        plain_answer(p, first);
    while (q->kind) {
        if (q->error[0])
            plain_say(p, "", q->error, "\n");
        if (q->text[0])
            plain_say(p, "Now: ", q->text, "\n");
        snprintf(title, sizeof title, "%s: ", q->title);
        const char *text = plain_ask(p, title);
        if (!text || !*text)
            app_apply(p->app, ACTION_CANCEL, 0);
        else
            plain_answer(p, text);
    }
}

/* False for actions without meaning on a line: typing itself, redrawing, the mouse, and the keys'
 * help, which plain_help replaces. */
static bool plain_typed(enum action a)
{
    return a != ACTION_TYPE && a != ACTION_REDRAW && a != ACTION_HELP && a != ACTION_MOUSE;
}

/* The action WORD names or is the only beginning of, in the current context; else ACTION_NONE. */
static enum action find_action(const struct plain *p, const char *word)
{
    enum action found = ACTION_NONE;
    size_t n = strlen(word), several = 0;
    unsigned context = app_context(p->app);
    for (enum action a = action_next(ACTION_NONE, context); a; a = action_next(a, context)) {
        const char *name = action_entry(a, context)->name;
        if (!plain_typed(a) || strncmp(name, word, n) != 0)
            continue;
        if (!name[n])
            return a;
        found = a;
        several++;
    }
    return several == 1 ? found : ACTION_NONE;
}

/* All actions of the current context, then the words of plain_obey. */
static void plain_help(struct plain *p)
{
    fprintf(p->out,
            "Commands (unambiguous prefixes are accepted; a number after a command repeats it, "
            "text after it answers its prompt):\n");
    unsigned context = app_context(p->app);
    for (enum action a = action_next(ACTION_NONE, context); a; a = action_next(a, context))
        if (plain_typed(a))
            fprintf(p->out, "%s: %s\n", action_entry(a, context)->name,
                    action_entry(a, context)->help);
    for (int v = 0; v < VIEW_COUNT; v++)
        fprintf(p->out, "%s: go to this view\n", view_name((enum view_id)v));
    fprintf(p->out,
            "layer N: go to that layer\nproperty NAME: go to that property\nhelp: this list\n");
}

/* Goes layer by layer, so that the same rules apply as for keys; false if a view refuses. */
static bool to_layer(struct plain *p, const char *text)
{
    char *end;
    long n = strtol(text, &end, 10), layers = (long)app_file(p->app)->counts.layers;
    if (end == text || *end || n < 1 || n > layers)
        return false;
    for (long i = 0; i < layers && (long)p->app->at.layer != n - 1; i++)
        app_apply(p->app, (long)p->app->at.layer < n - 1 ? ACTION_NEXT_LAYER : ACTION_PREV_LAYER,
                  0);
    return (long)p->app->at.layer == n - 1;
}

/* Goes through the properties in their cycle, which NAME becomes one of as a phone feature, until
 * NAME is reached; false if there is none. */
static bool to_property(struct plain *p, const char *name)
{
    app_find_property(p->app, name);
    uint32_t n = app_session(p->app)->names.count;
    for (uint32_t i = 0; i < n && strcmp(app_property(p->app), name) != 0; i++)
        if (app_apply(p->app, ACTION_NEXT_PROPERTY, 0))
            return false;
    return strcmp(app_property(p->app), name) == 0;
}

static bool to_view(struct plain *p, const char *word)
{
    enum view_id v = view_find(word);
    return v != VIEW_COUNT && app_apply(p->app, ACTION_ANY_DIGIT, v + 1) == STATUS_OK;
}

/* Does ACTION, TEXT being a count or what it asks for. */
static void plain_act(struct plain *p, enum action action, const char *text)
{
    char *end, rest[sizeof p->app->prompt.text];
    snprintf(rest, sizeof rest, "%s", text); /* the next question needs the line */
    long n = strtol(rest, &end, 10);
    if (action == ACTION_ANY_DIGIT) {
        app_apply(p->app, action, n);
        return;
    }
    bool count = end != rest && !*end && n > 0;
    for (long i = 0; i < (count && n < 10000 ? n : 1); i++) {
        if (app_apply(p->app, action, 0))
            break;
        if (p->app->prompt.kind) {
            ask_prompt(p, rest);
            break;
        }
    }
}

/* False for a line without a meaning. */
static bool plain_obey(struct plain *p, char *line)
{
    char *word = line + strspn(line, " \t"), *rest = word + strcspn(word, " \t");
    if (*rest)
        *rest++ = '\0';
    rest += strspn(rest, " \t");
    if (!*word)
        return true;
    if (to_view(p, word) || (strcmp(word, "layer") == 0 && to_layer(p, rest)) ||
        (strcmp(word, "property") == 0 && to_property(p, rest)))
        return true;
    if (isdigit((unsigned char)*word) && !word[1] && app_context(p->app) & (CTX_VIEWS | CTX_PANEL))
        return app_apply(p->app, ACTION_ANY_DIGIT, *word - '0') == STATUS_OK;
    enum action action = find_action(p, word);
    if (action)
        plain_act(p, action, rest);
    return action != ACTION_NONE;
}

/* Shows the view after every line that was understood, until quit or the end of input. */
enum status plain_run(struct player *player, FILE *in, FILE *out, struct err *err)
{
    struct plain p = {player, player->app, in, out, NULL, 0};
    enum status code = plain_show(&p, err);
    while (!code && !p.app->quit) {
        char *line = plain_ask(&p, "propneu> ");
        if (!line)
            break;
        if (strcmp(line, "help") == 0 || strcmp(line, "?") == 0) {
            plain_help(&p);
            continue;
        }
        if (!plain_obey(&p, line)) {
            plain_say(&p, "unknown command '", p.line, "', 'help' lists the commands\n");
            continue;
        }
        if (!p.app->quit)
            code = plain_show(&p, err);
    }
    free(p.line);
    if (!code && (fflush(out) != 0 || ferror(out)))
        code = err_errno(err, "standard output");
    return code;
}
