/*
 * compare_state.h - what the compare view shows: shared by its state (compare_view.c) and its
 * drawing (compare_draw.c).
 */
#ifndef PROPNEU_EXPLORER_VIEWS_COMPARE_COMPARE_STATE_H
#define PROPNEU_EXPLORER_VIEWS_COMPARE_COMPARE_STATE_H

#include "report/scores.h"
#include "explorer/view.h"

enum compare_form { COMPARE_BEST, COMPARE_COUNTS, COMPARE_CURVES, COMPARE_FORMS };

struct compare_state {
    enum compare_form form;
    bool differences;      /* to the file at hand */
    char **title;          /* [files] */
    struct scores *scores; /* [files]; of files that could not be opened all zero */
    struct names names;    /* properties of any file */
    unsigned char *hidden; /* [files] curves */
    size_t files, top;     /* first file or column on the screen */
};

static inline struct compare_state *compare_state(const struct app *app)
{
    return view_state(app, VIEW_COMPARE);
}

/* The scores of property NAME in file I, or NULL; and why they are not there, or "". */
const struct score_property *compare_scores(const struct compare_state *s, size_t i,
                                            const char *name);
const char *compare_reason(const struct app *app, size_t i, const char *name);

/* The letter of file I's curve. */
static inline char compare_letter(size_t i)
{
    return i < 26 ? (char)('a' + i) : i < 52 ? (char)('A' + i - 26) : '+';
}

/* What the view gives to a file (compare_save.c; view.h). */
enum status compare_result(const struct app *app, struct table *out, struct err *err);
enum status compare_figure(const struct app *app, struct figure *out, struct err *err);

void compare_render(const struct app *app, struct canvas *c, struct rect area);

#endif
