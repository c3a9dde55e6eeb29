/*
 * setfile.h - sets of neurons as text.  In files one "layer neuron" a line, layers from 1, neurons
 * from 0; empty lines and what follows '#' do not count.  A table with such columns is a list, too:
 * its first line has "layer<TAB>neuron" among the names, its other columns do not count either.
 */
#ifndef PROPNEU_FORMATS_SETFILE_H
#define PROPNEU_FORMATS_SETFILE_H

#include "base/buf.h"
#include "base/neuron_set.h"

/*
 * Reads PATH into S, with the shape LAYERS and WIDTH [layers]: every number must lie in it.
 * Messages name the line.
 */
enum status setfile_read(struct neuron_set *s, const char *path, uint32_t layers,
                         const uint32_t *width, struct err *err);

/* Writes S as such a list to PATH, atomically; COMMENT may be NULL. */
enum status setfile_write(const struct neuron_set *s, const char *path, const char *comment,
                          struct err *err);

/* The same as lines into OUT. */
void setfile_lines(const struct neuron_set *s, struct buf *out);

/* "{1:3,7-9;4:0}": S as a set expression, layers from 1. */
void settext_print(const struct neuron_set *s, struct buf *out);

/*
 * Reads such a text, from the brace on; *END is behind the closing one, or where it is wrong.
 * Numbers must lie in the shape LAYERS and WIDTH [layers], which S gets.
 */
enum status settext_parse(struct neuron_set *s, const char *text, const char **end, uint32_t layers,
                          const uint32_t *width, struct err *err);

#endif
