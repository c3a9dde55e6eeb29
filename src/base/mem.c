/*
 * Allocation by element count, with the multiplication checked; growing arrays; aligned and large-
 * page memory for matrices.
 */
#include "config.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>
#include <unistd.h>

void *mem_array(size_t n, size_t size)
{
    size_t bytes;
    if (!mul_size(n, size, &bytes))
        return NULL;
    return malloc(bytes ? bytes : 1);
}

void *mem_zeros(size_t n, size_t size)
{
    return calloc(n ? n : 1, size ? size : 1);
}

void mem_large_pages(void *p, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    const size_t fewest = (size_t)1 << 20; /* below, hardly a large page fits */
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = ((uintptr_t)p + page - 1) & -page;
    /* A wish: it does not matter whether it is granted. */
    if (p && bytes >= fewest)
        (void)madvise((void *)first, ((uintptr_t)p + bytes - first) & -page, MADV_HUGEPAGE);
#else
    (void)p;
    (void)bytes;
#endif
}

void *mem_aligned(size_t n, size_t size)
{
    size_t bytes;
    if (!mul_size(n, size, &bytes) || !add_size(bytes, 63, &bytes))
        return NULL;
    bytes &= ~(size_t)63;
    void *p = aligned_alloc(64, bytes ? bytes : 64);
    mem_large_pages(p, bytes);
    return p;
}

bool mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return true;
    size_t want = *cap + *cap / 2 + 8, bytes;
    if (want < need)
        want = need;
    if (!mul_size(want, size, &bytes))
        return false;
    void *old, *grown;
    memcpy(&old, p, sizeof old);
    grown = realloc(old, bytes);
    if (!grown)
        return false;
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return true;
}

bool mem_short(void)
{
    /* More than those libraries take in one piece. */
    volatile size_t probe = (size_t)1 << 20;
    if (errno == ENOMEM)
        return true;
    void *p = malloc(probe);
    free(p);
    return !p;
}

char *mem_strndup(const char *s, size_t n)
{
    char *copy = mem_array(n + 1, 1);
    if (!copy)
        return NULL;
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}
