/*
 * prompt.c - one line of typing: editing it, completing sets and names of files, drawing it.
 */
#include "config.h"

#include "explorer/view.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/setexpr.h"

void prompt_open(struct app *app, const struct prompt_kind *kind, long subject, const char *title,
                 const char *text)
{
    struct prompt *p = &app->prompt;
    *p = (struct prompt){.kind = kind, .subject = subject};
    snprintf(p->title, sizeof p->title, "%s", title);
    snprintf(p->text, sizeof p->text, "%s", text);
    p->cursor = strlen(p->text);
}

static bool prompt_continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t prompt_char_before(const struct prompt *p)
{
    size_t at = p->cursor;
    while (at > 0 && prompt_continues(p->text[--at]))
        ;
    return at;
}

static size_t prompt_char_after(const struct prompt *p)
{
    size_t at = p->cursor;
    if (p->text[at])
        at++;
    while (prompt_continues(p->text[at]))
        at++;
    return at;
}

static void prompt_cut(struct prompt *p, size_t from, size_t to)
{
    memmove(p->text + from, p->text + to, strlen(p->text + to) + 1);
    p->cursor = from;
}

static void prompt_insert(struct prompt *p, const char *bytes, size_t n)
{
    size_t len = strlen(p->text);
    if (len + n >= sizeof p->text)
        return;
    memmove(p->text + p->cursor + n, p->text + p->cursor, len - p->cursor + 1);
    memcpy(p->text + p->cursor, bytes, n);
    p->cursor += n;
}

/* True where a set expression is typed. */
static bool prompt_takes_set(const struct prompt *p)
{
    return p->kind->text == PROMPT_SET || p->kind->text == PROMPT_LAYERS_SET;
}

static bool prompt_takes_path(const struct prompt *p)
{
    return p->kind->text == PROMPT_PATH;
}

/* Files whose name begins as what stands before the cursor, from *START on. */
static void prompt_offer_files(const struct prompt *p, struct names *words, size_t *start)
{
    char pattern[sizeof p->text + 2];
    glob_t found;
    if (prompt_takes_path(p))
        *start = 0;
    else
        for (*start = p->cursor; *start > 0 && p->text[*start - 1] != '@'; --*start)
            ;
    snprintf(pattern, sizeof pattern, "%.*s*", (int)(p->cursor - *start), p->text + *start);
    if (glob(pattern, GLOB_MARK, NULL, &found))
        return;
    for (size_t i = 0; i < found.gl_pathc && i < 100; i++)
        if (names_add(words, found.gl_pathv[i]) == NAMES_NONE)
            break;
    globfree(&found);
}

/* True if the cursor stands in an "@FILE". */
static bool prompt_in_file_name(const struct prompt *p)
{
    size_t at = p->cursor;
    while (at > 0 && !strchr(" \t&|()[]\"", p->text[at - 1]))
        at--;
    return p->text[at] == '@' && at < p->cursor;
}

/* The longest beginning all words share; what they are goes to the error line. */
static void prompt_complete(struct app *app)
{
    struct prompt *p = &app->prompt;
    struct names words = NAMES_INIT;
    struct err err;
    size_t start = 0, used = 0;
    enum status code = STATUS_OK;
    if (prompt_takes_path(p) || (prompt_takes_set(p) && prompt_in_file_name(p)))
        prompt_offer_files(p, &words, &start);
    else if (prompt_takes_set(p))
        code = setexpr_complete(p->text, p->cursor, &app->file[app->here].session, &words, &start,
                                &err);
    if (code || words.count == 0 || start > p->cursor)
        goto out;
    size_t same = strlen(words.name[0]);
    for (uint32_t i = 1; i < words.count; i++)
        for (size_t k = 0; k < same; k++)
            if (words.name[i][k] != words.name[0][k])
                same = k;
    if (same > p->cursor - start) {
        prompt_cut(p, start, p->cursor);
        prompt_insert(p, words.name[0], same);
    }
    for (uint32_t i = 0; words.count > 1 && i < words.count && used < sizeof p->error; i++)
        used += (size_t)snprintf(p->error + used, sizeof p->error - used, "%s ", words.name[i]);
out:
    names_free(&words);
}

/* The prompt stays open with the message where ACCEPT fails, for the text to be corrected. */
static enum status prompt_accept(struct app *app, struct err *err)
{
    struct prompt *p = &app->prompt;
    enum status code = p->kind->accept(app, err);
    if (code)
        snprintf(p->error, sizeof p->error, "%.255s", err->msg);
    else
        p->kind = NULL;
    return code;
}

/* While a set is typed: how many neurons it has, as soon as it is one. */
static void prompt_count_set(struct app *app)
{
    struct prompt *p = &app->prompt;
    struct neuron_set set;
    struct err ignored;
    uint32_t current = p->kind->text == PROMPT_LAYERS_SET ? SETEXPR_EVERY : app->at.layer;
    if (p->error[0] || !p->text[0] || marks_evaluate(app, p->text, current, &set, NULL, &ignored))
        return;
    snprintf(p->error, sizeof p->error, "%zu neurons%s", neuron_set_total(&set),
             current != SETEXPR_EVERY ? "" : "; a name without a layer: the set of each layer");
    neuron_set_free(&set);
}

/*
 * One key while typing. The message of the last try goes with the next key, and so does the
 * permission to replace a file, except by Enter or redrawing. TYPE's argument is the character;
 * control characters are not inserted.
 */
enum status prompt_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct prompt *p = &app->prompt;
    char bytes[4];
    p->error[0] = '\0';
    p->column = 0;
    if (action != ACTION_ACCEPT && action != ACTION_REDRAW)
        p->replace = false;
    switch (action) {
    case ACTION_ACCEPT: return prompt_accept(app, err);
    case ACTION_CANCEL:
        if (p->kind->cancel)
            p->kind->cancel(app);
        p->kind = NULL;
        return STATUS_OK;
    case ACTION_COMPLETE: prompt_complete(app); break;
    case ACTION_CURSOR_LEFT: p->cursor = prompt_char_before(p); break;
    case ACTION_CURSOR_RIGHT: p->cursor = prompt_char_after(p); break;
    case ACTION_CURSOR_START: p->cursor = 0; break;
    case ACTION_CURSOR_END: p->cursor = strlen(p->text); break;
    case ACTION_RUBOUT: prompt_cut(p, prompt_char_before(p), p->cursor); break;
    case ACTION_DELETE: prompt_cut(p, p->cursor, prompt_char_after(p)); break;
    case ACTION_WIPE: prompt_cut(p, 0, strlen(p->text)); break;
    case ACTION_REDRAW: app->redraw = true; break;
    case ACTION_TYPE:
        if (arg >= 32 && arg < 0x110000)
            prompt_insert(p, bytes, (size_t)utf8_put(bytes, (uint32_t)arg));
        break;
    default: break;
    }
    if (p->kind->typed)
        p->kind->typed(app);
    else if (prompt_takes_set(p))
        prompt_count_set(app);
    return STATUS_OK;
}

/* Cells before byte AT of TEXT. */
static int prompt_cells_before(const char *text, size_t at)
{
    char part[sizeof((struct prompt *)0)->text];
    snprintf(part, sizeof part, "%.*s", (int)at, text);
    return text_width(part);
}

/* Three lines over the bottom of the view: where the error is, the text, what the error is. */
void prompt_render(const struct app *app, struct canvas *c)
{
    const struct prompt *p = &app->prompt;
    int row = c->rows - 2, at = text_width(p->title) + 2, room = c->cols - at - 1;
    int cursor = prompt_cells_before(p->text, p->cursor), shift = 0;
    const char *text = p->text;
    /* Long text moves left until the cursor is in sight. */
    while (cursor - shift > room && *text) {
        const char *before = text;
        utf8_next(&text);
        shift += prompt_cells_before(before, (size_t)(text - before));
    }
    canvas_blank(c, (struct rect){row - 1, 0, 2, c->cols});
    canvas_hline(c, row - 1, 0, c->cols, STYLE_FAINT);
    canvas_textf(c, row, 0, at, STYLE_STRONG, "%s: ", p->title);
    canvas_text(c, row, at, room + 1, STYLE_NORMAL, text);
    if (p->error[0]) {
        canvas_blank(c, (struct rect){row + 1, 0, 1, c->cols});
        canvas_text(c, row + 1, 0, c->cols, p->column ? STYLE_ALERT : STYLE_NORMAL, p->error);
        if (p->column)
            canvas_put(c, row - 1, at + prompt_cells_before(p->text, p->column - 1) - shift,
                       STYLE_ALERT, 'v');
    }
    c->cursor_row = row;
    c->cursor_col = at + cursor - shift;
    c->cursor_shown = true;
}
