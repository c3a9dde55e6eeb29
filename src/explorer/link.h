/*
 * link.h - where one is, as options of the program: what takes one there from a command line, back
 * with Backspace, and on with --last.
 *
 * A view tells of itself in options and takes them (struct view); all other ways are made of that.
 */
#ifndef PROPNEU_EXPLORER_LINK_H
#define PROPNEU_EXPLORER_LINK_H

#include "base/buf.h"
#include "base/status.h"

struct app;
struct grid;

/* Options in their order, "--NAME", a NUL, the value, a NUL each. */
struct link {
    struct buf text;
};

#define LINK_INIT \
    {             \
        BUF_INIT  \
    }

void link_free(struct link *l);

/* "letters", "braille", "blocks": by enum plot_glyphs. */
extern const char *const link_glyphs[];

/* Adds an option; VALUE as printf makes it. */
void link_add(struct link *l, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The option at *AT (0 at first), which moves on; false at the end. */
bool link_next(const struct link *l, size_t *at, const char **name, const char **value);

/* True if A and B differ in more than where a cursor stands. */
bool link_differs(const struct link *a, const struct link *b);

/* The name of the first option in which A and B differ, "" if none. */
const char *link_first_difference(const struct link *a, const struct link *b);

/* What brings APP to where it is: its view, and what that view shows. */
void link_tell(const struct app *app, struct link *out);

/* Only what its results depend on: sigma, lambda, conditions. */
void link_tell_basis(const struct app *app, struct link *out);

/* What sorts, filters and searches G, for a view's own part of that. */
void link_tell_list(const struct grid *g, struct link *out);

/* Only the file and what its results depend on. */
enum status link_follow_basis(struct app *app, const struct link *l, struct err *err);

/* Goes there; on failure APP may be on the way. */
enum status link_follow(struct app *app, const struct link *l, struct err *err);

/* "412" or "7/412": the neuron, in layer 7, becomes the row of G under the cursor. */
enum status link_take_neuron(struct app *app, struct grid *g, const char *value, struct err *err);

/* STATUS_USAGE: the view knows no option NAME, or not VALUE for it. */
enum status link_unknown(const char *name, const char *value, struct err *err);

/* The command that opens the explorer so, for a shell. */
void link_command(const struct app *app, struct buf *out);

#endif
