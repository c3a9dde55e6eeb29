/*
 * mem.h - sizes that cannot overflow, and memory by element count.
 *
 * Numbers read from files are multiplied and added only through these.
 */
#ifndef PROPNEU_BASE_MEM_H
#define PROPNEU_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *OUT = a * b, a + b; false, with *OUT untouched, where the result does not fit. */
static inline bool mul_size(size_t a, size_t b, size_t *out)
{
    size_t r;
    if (__builtin_mul_overflow(a, b, &r))
        return false;
    *out = r;
    return true;
}

static inline bool add_size(size_t a, size_t b, size_t *out)
{
    size_t r;
    if (__builtin_add_overflow(a, b, &r))
        return false;
    *out = r;
    return true;
}

/* N elements of SIZE bytes, uninitialised; NULL if that overflows or there is no memory.
 * N = 0 gives a pointer that can be freed.  Free with free(). */
void *mem_array(size_t n, size_t size);

/* The same, all bytes zero. */
void *mem_zeros(size_t n, size_t size);

/* As mem_array, aligned to 64 bytes and in large pages, for the arithmetic kernels.  Free with
 * free(). */
void *mem_aligned(size_t n, size_t size);

/* Asks the system for large pages behind BYTES that were just allocated and not yet touched:
 * weights that are gone through again and again then miss the TLB less.  Where there are none,
 * nothing. */
void mem_large_pages(void *p, size_t bytes);

/*
 * Makes room for at least NEED elements in the array *P of *CAP elements of SIZE bytes, growing
 * by half.  False, with everything unchanged, if there is no memory.
 */
bool mem_grow(void *p, size_t *cap, size_t need, size_t size);

/* True where memory is used up, or, by errno, was in the last call that failed: see err_blame. */
bool mem_short(void);

/* A copy of the N bytes at S with a NUL behind; NULL without memory. */
char *mem_strndup(const char *s, size_t n);

#endif
