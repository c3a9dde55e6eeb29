/*
 * Blocks of memory that are freed together, within a bound (arena.h).
 */
#include "config.h"

#include "base/arena.h"

#include <stdlib.h>

#include "base/mem.h"

#define BLOCK_BYTES 65536

struct arena_block {
    struct arena_block *older;
    size_t used, size;
    max_align_t data[];
};

/* A block with room for BYTES; large ones get a block of their own. */
static struct arena_block *add_block(struct arena *a, size_t bytes)
{
    size_t size = bytes > BLOCK_BYTES / 4 ? bytes : BLOCK_BYTES, whole;
    if (!add_size(size, sizeof(struct arena_block), &whole))
        return NULL;
    /* calloc leaves pages that are never used to the operating system. */
    struct arena_block *b = mem_zeros(whole, 1);
    if (!b)
        return NULL;
    mem_large_pages(b, whole);
    b->size = size;
    if (a->last && size == bytes) { /* keep filling the block begun before */
        b->older = a->last->older;
        a->last->older = b;
    } else {
        b->older = a->last;
        a->last = b;
    }
    return b;
}

void *arena_zeros(struct arena *a, size_t n, size_t size)
{
    const size_t align = _Alignof(max_align_t) - 1;
    size_t bytes;
    if (!mul_size(n, size, &bytes) || !add_size(bytes, align, &bytes))
        return NULL;
    bytes &= ~align;
    if (bytes > a->limit - a->used)
        return NULL;
    struct arena_block *b = a->last;
    if (!b || b->size - b->used < bytes)
        b = add_block(a, bytes);
    if (!b)
        return NULL;
    void *p = (unsigned char *)b->data + b->used;
    b->used += bytes;
    a->used += bytes;
    return p;
}

void arena_free(struct arena *a)
{
    while (a->last) {
        struct arena_block *b = a->last;
        a->last = b->older;
        free(b);
    }
    *a = arena_make(a->limit);
}
