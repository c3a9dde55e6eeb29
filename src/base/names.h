/*
 * names.h - a table of distinct strings, numbered in order of first appearance.
 *
 * Used wherever names become indices: phones, speakers, utterances, factor levels.
 */
#ifndef PROPNEU_BASE_NAMES_H
#define PROPNEU_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAMES_NONE UINT32_MAX

struct names {
    char **name; /* [count], each NUL-terminated and owned */
    uint32_t count;
    size_t cap;
    uint32_t *slot; /* open-addressing hash of indices, NAMES_NONE = empty */
    size_t slots;   /* power of two, or 0 */
};

#define NAMES_INIT          \
    {                       \
        NULL, 0, 0, NULL, 0 \
    }

void names_free(struct names *t);

/* Index of NAME, added if new; NAMES_NONE without memory. */
uint32_t names_add(struct names *t, const char *name);

/* Adds every name of FROM; false without memory. */
bool names_add_all(struct names *t, const struct names *from);

/* Index of NAME, or NAMES_NONE. */
uint32_t names_find(const struct names *t, const char *name);

#endif
