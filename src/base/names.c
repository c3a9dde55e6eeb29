/*
 * Strings numbered in order of appearance: an array, and a hash table with open addressing over
 * it.
 */
#include "config.h"

#include "base/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* FNV-1a. */
static size_t names_hash(const char *s)
{
    uint64_t h = 14695981039346656037u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return (size_t)(h ^ (h >> 32));
}

/* The slot NAME is in, or the empty one where it would go. */
static size_t names_probe(const struct names *t, const char *name)
{
    size_t i = names_hash(name) & (t->slots - 1);
    while (t->slot[i] != NAMES_NONE && strcmp(t->name[t->slot[i]], name) != 0)
        i = (i + 1) & (t->slots - 1);
    return i;
}

static int names_rehash(struct names *t)
{
    size_t slots = t->slots ? t->slots * 2 : 64;
    uint32_t *slot = mem_array(slots, sizeof *slot);
    if (!slot)
        return 0;
    memset(slot, 0xff, slots * sizeof *slot);
    free(t->slot);
    t->slot = slot;
    t->slots = slots;
    for (uint32_t i = 0; i < t->count; i++)
        t->slot[names_probe(t, t->name[i])] = i;
    return 1;
}

void names_free(struct names *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        free(t->name[i]);
    free(t->name);
    free(t->slot);
    *t = (struct names)NAMES_INIT;
}

bool names_add_all(struct names *t, const struct names *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        if (names_add(t, from->name[i]) == NAMES_NONE)
            return false;
    return true;
}

uint32_t names_find(const struct names *t, const char *name)
{
    return t->slots ? t->slot[names_probe(t, name)] : NAMES_NONE;
}

uint32_t names_add(struct names *t, const char *name)
{
    uint32_t found = names_find(t, name);
    if (found != NAMES_NONE)
        return found;
    if ((t->count + 1) * (size_t)2 > t->slots && !names_rehash(t))
        return NAMES_NONE;
    if (t->count == NAMES_NONE - 1 || !mem_grow(&t->name, &t->cap, t->count + 1, sizeof *t->name))
        return NAMES_NONE;
    char *copy = mem_strndup(name, strlen(name));
    if (!copy)
        return NAMES_NONE;
    t->name[t->count] = copy;
    t->slot[names_probe(t, name)] = t->count;
    return t->count++;
}
