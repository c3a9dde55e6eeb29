/*
 * symmetric_impl.h - the loops of symmetric.c that take the time, as one build of them: it is
 * included for each, with TARGET the attribute of the build and BUILD(name) a function's name in
 * it.
 */

TARGET static double BUILD(dot)(const double *x, const double *y, size_t n)
{
    vdouble sum = {0}, more = {0};
    double rest = 0;
    size_t i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        sum += LOAD(x + i) * LOAD(y + i);
        more += LOAD(x + i + LANES) * LOAD(y + i + LANES);
    }
    for (; i < n; i++)
        rest += x[i] * y[i];
    sum += more;
    return SUM(sum) + rest;
}

TARGET static void BUILD(add)(double *y, double factor, const double *x, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        ADD(y + i, LOAD(x + i) * factor);
    for (; i < n; i++)
        y[i] += x[i] * factor;
}

/* Y += the columns of the ROWS rows at A times X, and SUM [ROWS] = the rows times OTHER: M columns,
 * to the right of the square on the diagonal. */
TARGET static void BUILD(times_rows)(const double *a, size_t lda, size_t m, const double *x,
                                     const double *other, double *y, double *sum)
{
    const double *a1 = a + lda, *a2 = a1 + lda, *a3 = a2 + lda;
    vdouble s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    size_t i = 0;
    for (; i + LANES <= m; i += LANES) {
        vdouble p = LOAD(a + i), q = LOAD(a1 + i), r = LOAD(a2 + i), s = LOAD(a3 + i),
                o = LOAD(other + i);
        STORE(y + i, LOAD(y + i) + ((p * x[0] + q * x[1]) + (r * x[2] + s * x[3])));
        s0 += p * o;
        s1 += q * o;
        s2 += r * o;
        s3 += s * o;
    }
    sum[0] = SUM(s0);
    sum[1] = SUM(s1);
    sum[2] = SUM(s2);
    sum[3] = SUM(s3);
    for (; i < m; i++)
        for (size_t c = 0; c < ROWS; c++) {
            y[i] += a[c * lda + i] * x[c];
            sum[c] += a[c * lda + i] * other[i];
        }
}

/* ROWS rows of M at C, less V' W + W' V: V_AT and W_AT are V and W at the rows' numbers. */
TARGET static void BUILD(less_products)(double *c, size_t lda, size_t m, const double *v,
                                        const double *v_at, size_t ldv, const double *w,
                                        const double *w_at, size_t ldw, size_t count)
{
    for (size_t i = 0; i + LANES <= m; i += LANES) {
        vdouble c0 = LOAD(c + i), c1 = LOAD(c + lda + i), c2 = LOAD(c + 2 * lda + i),
                c3 = LOAD(c + 3 * lda + i);
        for (size_t k = 0; k < count; k++) {
            vdouble x = LOAD(v + k * ldv + i), y = LOAD(w + k * ldw + i);
            const double *p = w_at + k * ldw, *q = v_at + k * ldv;
            c0 -= x * p[0] + y * q[0];
            c1 -= x * p[1] + y * q[1];
            c2 -= x * p[2] + y * q[2];
            c3 -= x * p[3] + y * q[3];
        }
        STORE(c + i, c0);
        STORE(c + lda + i, c1);
        STORE(c + 2 * lda + i, c2);
        STORE(c + 3 * lda + i, c3);
    }
}

/* ROWS rows of M at C, plus X' X: X_AT is X at the rows' numbers; X has COUNT rows LDX apart. */
TARGET static void BUILD(add_squares)(double *c, size_t lda, size_t m, const double *x,
                                      const double *x_at, size_t ldx, size_t count)
{
    for (size_t i = 0; i + 2 * LANES <= m; i += 2 * LANES) {
        vdouble c0 = {0}, c1 = {0}, c2 = {0}, c3 = {0}, d0 = {0}, d1 = {0}, d2 = {0}, d3 = {0};
        for (size_t k = 0; k < count; k++) {
            vdouble y = LOAD(x + k * ldx + i), z = LOAD(x + k * ldx + i + LANES);
            const double *p = x_at + k * ldx;
            c0 += y * p[0];
            c1 += y * p[1];
            c2 += y * p[2];
            c3 += y * p[3];
            d0 += z * p[0];
            d1 += z * p[1];
            d2 += z * p[2];
            d3 += z * p[3];
        }
        ADD(c + i, c0);
        ADD(c + lda + i, c1);
        ADD(c + 2 * lda + i, c2);
        ADD(c + 3 * lda + i, c3);
        ADD(c + i + LANES, d0);
        ADD(c + lda + i + LANES, d1);
        ADD(c + 2 * lda + i + LANES, d2);
        ADD(c + 3 * lda + i + LANES, d3);
    }
}
