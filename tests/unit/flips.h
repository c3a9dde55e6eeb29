/*
 * flips.h - neurons that the arithmetic selects and exact activations would not, and how near
 * they were.
 */
#ifndef PROPNEU_TEST_FLIPS_H
#define PROPNEU_TEST_FLIPS_H

#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "model/kernels/select.h"

struct flips {
    size_t selected, wrong;
    double margin; /* largest distance of a wrong one from the last right one, to the row's top */
};

static int flips_descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x > y ? -1 : x < y;
}

/* Adds a row of GOT whose exact values are WANT [n], with the 1 % that counting selects. */
static void flips_add(struct flips *f, const float *got, const double *want, size_t n)
{
    struct selector s;
    struct err err;
    uint32_t tau = select_tau((uint32_t)n, 1);
    double *order = mem_array(n, sizeof *order);
    assert_ok(selector_init(&s, (uint32_t)n, tau, &err));
    for (size_t i = 0; i < n; i++)
        order[i] = fabs(want[i]);
    qsort(order, n, sizeof *order, flips_descending);
    const uint32_t *index = selector_run(&s, got);
    for (uint32_t i = 0; i < tau; i++) {
        double short_of = order[tau - 1] - fabs(want[index[i]]);
        f->wrong += short_of > 0;
        if (short_of > 0)
            f->margin = fmax(f->margin, short_of / order[0]);
    }
    f->selected += tau;
    /* What nobody could tell apart in single precision. */
    assert_true(f->margin <= 1e-5);
    selector_free(&s);
    free(order);
}

static void flips_print(const struct flips *f)
{
    printf("  of %zu activated neurons %zu are others than by exact values", f->selected, f->wrong);
    if (f->wrong)
        printf(", and at most %.1e of a frame's largest apart", f->margin);
    printf("\n");
}

#endif
