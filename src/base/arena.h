/*
 * arena.h - many small allocations with one bound and one end.
 */
#ifndef PROPNEU_BASE_ARENA_H
#define PROPNEU_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *last; /* newest block first */
    size_t used, limit;       /* bytes handed out so far, and at most */
};

/* An empty arena that hands out at most LIMIT bytes. */
static inline struct arena arena_make(size_t limit)
{
    return (struct arena){NULL, 0, limit};
}

/*
 * N elements of SIZE bytes, all zero, aligned for any type; NULL where the limit is reached or
 * memory is used up.  They live until arena_free.
 */
void *arena_zeros(struct arena *a, size_t n, size_t size);

void arena_free(struct arena *a);

#endif
