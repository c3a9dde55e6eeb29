/*
 * setfile.h - lists of neurons: one "layer neuron" a line, layers from 1, neurons from 0; empty
 * lines and what follows '#' do not count.  A table that begins so is such a list too: a first
 * line "layer<TAB>neuron..." and columns after a further tab do not count either.
 */
#ifndef PROPNEU_FORMATS_SETFILE_H
#define PROPNEU_FORMATS_SETFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct setfile_entry {
    uint32_t layer;  /* from 1 */
    uint32_t neuron; /* from 0 */
};

struct setfile {
    struct setfile_entry *entry; /* [count], sorted, no duplicates */
    size_t count;
};

/* Reads PATH; every number must be below LAYERS and WIDTH [layers].  Messages name the line. */
enum status setfile_read(struct setfile *s, const char *path, uint32_t layers,
                         const uint32_t *width, struct err *err);
void setfile_free(struct setfile *s);

/* Writes the entries of S as such a list to PATH, whole or not at all; COMMENT may be NULL. */
enum status setfile_write(const struct setfile *s, const char *path, const char *comment,
                          struct err *err);

#endif
