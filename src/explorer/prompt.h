/*
 * prompt.h - one line of typing, over the bottom of the view.
 *
 * Whoever opens a prompt says by its struct prompt_kind what is typed and what becomes of it.
 */
#ifndef PROPNEU_EXPLORER_PROMPT_H
#define PROPNEU_EXPLORER_PROMPT_H

#include "explorer/actions.h"
#include "screen/canvas.h"
#include "screen/grid.h"

struct app;

/* What is typed: what Tab completes, and what is said of it meanwhile. */
enum prompt_text {
    PROMPT_WORDS,
    PROMPT_PATH,
    PROMPT_SET,       /* a set expression; names without a layer mean the current one */
    PROMPT_LAYERS_SET /* the same, names meaning each layer's own */
};

struct prompt_kind {
    enum prompt_text text;
    /* Enter: takes prompt.text in; on failure the prompt stays, with the message, which is about
     * prompt.column where that is not 0. */
    enum status (*accept)(struct app *app, struct err *err);
    void (*typed)(struct app *app);  /* after every other key; may be NULL */
    void (*cancel)(struct app *app); /* Esc; may be NULL */
};

struct prompt {
    const struct prompt_kind *kind; /* NULL: nothing is typed */
    char title[64];
    char text[512];
    size_t cursor;   /* byte in text */
    char error[256]; /* of the last try */
    size_t column;   /* of the error, from 1; 0 = none */
    long subject;    /* what it is about, by whoever opened it */
    char what[64];   /* the same, a name */
    bool replace;    /* the file that is there may be replaced */
    /* Search and filter: how the list was before. */
    char filter[GRID_TEXT];
    size_t here;
    uint64_t id;
};

void prompt_open(struct app *app, const struct prompt_kind *kind, long subject, const char *title,
                 const char *text);
enum status prompt_apply(struct app *app, enum action action, long arg, struct err *err);
void prompt_render(const struct app *app, struct canvas *c);

#endif
