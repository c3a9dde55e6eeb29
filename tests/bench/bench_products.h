/*
 * bench_products.h - matrix products of given shapes, by our kernel and by OpenBLAS.
 */
#ifndef PROPNEU_BENCH_PRODUCTS_H
#define PROPNEU_BENCH_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>

/* What the sides of C [m][n] = A [m][k] B [k][n] are, and with that what has to be packed. */
enum product_kind {
    PRODUCT_WEIGHTS, /* B: a layer's weights [n][k], packed beforehand by us */
    PRODUCT_VALUES,  /* B as it is, packed beforehand by us */
    PRODUCT_BACK,  /* B: weights that change, [k][n], packed each time (A B^T of a backward pass) */
    PRODUCT_TURNED /* A given as [k][m], B [k][n] packed each time (A^T B of one) */
};

struct product {
    size_t m, n, k;
    enum product_kind kind;
    int times;
};

/* Floats that each of the arrays below has. */
#define PRODUCT_FLOATS ((size_t)40 << 20)

/* Operands, results and what is packed. */
struct product_arrays {
    float *a, *b, *c, *packed, *work;
};

/* Random operands; false without memory.  In both cases to be freed. */
bool product_arrays_make(struct product_arrays *x);
void product_arrays_free(struct product_arrays *x);

double product_gflop(const struct product *p);

/* Seconds of processor time of P; by OpenBLAS NaN where it is not installed. */
double product_time(const struct product *p, const struct product_arrays *x);
double product_time_blas(const struct product *p, const struct product_arrays *x);

#endif
