/*
 * A linear layer and its backward pass, by the products that the model's own layers use.
 */
#include "config.h"

#include "train/output.h"

#include <stdlib.h>

#include "base/mem.h"

enum status output_open(struct output *o, size_t in, size_t out, struct err *err)
{
    *o = (struct output){.in = in, .out = out};
    o->work = mem_aligned(KERNELS_TURNED_ROWS * KERNELS_TURNED_DEPTH, sizeof *o->work);
    if (o->work)
        return STATUS_OK;
    output_free(o);
    return err_nomem(err);
}

void output_free(struct output *o)
{
    free(o->packed);
    free(o->work);
    *o = (struct output){.in = 0};
}

/* Room for a packed right side of N columns and K rows. */
static enum status output_reserve(struct output *o, const struct kernels *kn, size_t n, size_t k,
                                  struct err *err)
{
    size_t size = kernels_packed_size(kn, n, k);
    if (size <= o->size)
        return STATUS_OK;
    free(o->packed);
    o->packed = mem_aligned(size, sizeof *o->packed);
    o->size = o->packed ? size : 0;
    return o->packed ? STATUS_OK : err_nomem(err);
}

enum status output_run(struct output *o, const struct kernels *kn, const float *x, size_t rows,
                       float *y, struct err *err)
{
    enum status code = output_reserve(o, kn, o->out, o->in, err);
    if (code)
        return code;
    kn->pack_transposed(o->out, o->in, o->weight, o->in, o->packed);
    kn->gemm(rows, o->out, o->in, x, o->in, o->packed, y, o->out, o->bias, false);
    return STATUS_OK;
}

enum status output_back(struct output *o, const struct kernels *kn, const float *x, size_t rows,
                        const float *dy, float *dx, struct err *err)
{
    enum status code = output_reserve(o, kn, o->in, rows > o->out ? rows : o->out, err);
    if (code)
        return code;
    kn->pack(o->in, rows, x, o->in, o->packed);
    kn->gemm_turned(o->out, o->in, rows, dy, o->out, o->packed, o->dweight, o->in, true, o->work);
    for (size_t r = 0; r < rows; r++)
        kn->add(o->dbias, dy + r * o->out, o->out);
    if (!dx)
        return STATUS_OK;
    kn->pack(o->in, o->out, o->weight, o->in, o->packed);
    kn->gemm(rows, o->in, o->out, dy, o->out, o->packed, dx, o->in, NULL, false);
    return STATUS_OK;
}
