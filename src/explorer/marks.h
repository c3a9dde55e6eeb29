/*
 * marks.h - neurons that were marked, carried from view to view, and sets with a name.
 *
 * The marks are the named set "marks": an expression says "$marks".
 */
#ifndef PROPNEU_EXPLORER_MARKS_H
#define PROPNEU_EXPLORER_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/namedsets.h"
#include "base/buf.h"

#define MARKS_NAME "marks"

struct marks {
    struct named_sets sets;   /* [0]: the marks */
    struct neuron_set before; /* the marks as they were before many changed at once */
    unsigned stamp;           /* rises with every change */
};

struct app;

enum status marks_init(struct marks *m, struct err *err);
void marks_free(struct marks *m);

/* The neurons marked; in LAYER (from 0) one of them, how many. */
const struct neuron_set *marks_set(const struct app *app);
bool marks_has(const struct app *app, uint32_t layer, uint32_t neuron);
size_t marks_in_layer(const struct app *app, uint32_t layer);

enum status marks_toggle(struct app *app, uint32_t layer, uint32_t neuron, struct err *err);

/*
 * The set expression TEXT as a set.  CURRENT as in setexpr_eval, *COLUMN as in setexpr_parse.
 */
enum status marks_evaluate(struct app *app, const char *text, uint32_t current,
                           struct neuron_set *out, size_t *column, struct err *err);

/* The marks become: with OP '|' also, '-' no longer, '&' only those of the set, '=' the set. */
enum status marks_change(struct app *app, char op, const char *text, uint32_t current,
                         size_t *column, struct err *err);

/* Marks the set, or unmarks it where all of it is marked. */
enum status marks_flip(struct app *app, const char *text, struct err *err);

/* "NAME=EXPRESSION": gives the set a name. */
enum status marks_define(struct app *app, const char *text, struct err *err);

/* The list of the set NAME to PATH, and the neurons of PATH to the marks. */
enum status marks_save(struct app *app, const char *name, const char *path, bool replace,
                       struct err *err);
enum status marks_load(struct app *app, const char *path, struct err *err);

/* The neurons marked, or else those listed, "layer neuron" a line. */
enum status marks_lines(struct app *app, struct buf *out, size_t *count, struct err *err);

/* The panels of M and * (marks_panel.c). */
enum status marks_open_many(struct app *app, struct err *err);
enum status marks_open_sets(struct app *app, struct err *err);

#endif
