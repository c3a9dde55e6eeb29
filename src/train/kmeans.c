/*
 * k-means over rows that lie in parts: rows are shared out to threads part by part, sums of
 * centres column by column, so that each sum is made in the order of the rows.
 */
#include "config.h"

#include "train/kmeans.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/worker.h"
#include "model/kernels/kernels.h"

/* Rows whose scores are computed at once, and columns of a centre that a thread sums. */
enum { BLOCK = 256, COLUMNS = 16 };

struct kmeans_work {
    struct kmeans *c;
    const struct kernels *kn;
    float *packed;    /* the centres, as gemm takes them */
    float *square;    /* [k] half their squared lengths */
    float *scores;    /* [threads][BLOCK][k] */
    double **nearest; /* [parts][rows] squared distance to the nearest centre */
    double *sum;      /* [k][width] */
    size_t *count;    /* [k] rows */
    size_t *changed;  /* [parts] */
    size_t newest;    /* centre that k-means++ has just chosen */
};

static double kmeans_distance(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double off = (double)a[i] - (double)b[i];
        sum += off * off;
    }
    return sum;
}

static enum status kmeans_open(struct kmeans_work *w, struct kmeans *c, struct err *err)
{
    *w = (struct kmeans_work){.c = c, .kn = kernels_get()};
    w->packed = mem_aligned(kernels_packed_size(w->kn, c->k, c->width), sizeof *w->packed);
    w->square = mem_array(c->k, sizeof *w->square);
    w->scores = mem_aligned(c->threads * BLOCK * c->k, sizeof *w->scores);
    w->nearest = mem_zeros(c->parts, sizeof *w->nearest);
    w->sum = mem_array(c->k * c->width, sizeof *w->sum);
    w->count = mem_array(c->k, sizeof *w->count);
    w->changed = mem_zeros(c->parts, sizeof *w->changed);
    bool made =
        w->packed && w->square && w->scores && w->nearest && w->sum && w->count && w->changed;
    for (size_t p = 0; made && p < c->parts; p++)
        made = (w->nearest[p] = mem_array(c->part[p].rows, sizeof **w->nearest)) != NULL;
    return made ? STATUS_OK : err_nomem(err);
}

static void kmeans_close(struct kmeans_work *w)
{
    for (size_t p = 0; w->nearest && p < w->c->parts; p++)
        free(w->nearest[p]);
    free(w->packed);
    free(w->square);
    free(w->scores);
    free(w->nearest);
    free(w->sum);
    free(w->count);
    free(w->changed);
}

/* A task of k-means++: the rows of part P are compared with the newest centre. */
static enum status kmeans_look(void *context, unsigned worker, size_t p, struct err *err)
{
    struct kmeans_work *w = context;
    const struct kmeans_part *part = &w->c->part[p];
    const float *centre = w->c->centre + w->newest * w->c->width;
    (void)worker;
    for (size_t r = 0; r < part->rows; r++) {
        double d = kmeans_distance(part->x + r * w->c->width, centre, w->c->width);
        if (w->newest == 0 || d < w->nearest[p][r])
            w->nearest[p][r] = d;
    }
    return cancel_check(w->c->cancel, err);
}

/* A row, the likelier the farther it is from all centres so far; NULL: all rows are centres. */
static const float *kmeans_draw(const struct kmeans_work *w, struct rng *r)
{
    const struct kmeans *c = w->c;
    const float *last = NULL;
    double all = 0;
    for (size_t p = 0; p < c->parts; p++)
        for (size_t i = 0; i < c->part[p].rows; i++)
            all += w->nearest[p][i];
    double left = rng_uniform(r) * all;
    for (size_t p = 0; p < c->parts; p++)
        for (size_t i = 0; i < c->part[p].rows; i++) {
            if (w->nearest[p][i] <= 0)
                continue;
            last = c->part[p].x + i * c->width;
            left -= w->nearest[p][i];
            if (left < 0)
                return last;
        }
    return last; /* where rounding left something */
}

/* Row N of all. */
static const float *kmeans_row(const struct kmeans *c, size_t n)
{
    size_t p = 0;
    for (; n >= c->part[p].rows; p++)
        n -= c->part[p].rows;
    return c->part[p].x + n * c->width;
}

/* The first centre is any of ROWS rows, each further one a row by its distance to the nearest. */
static enum status kmeans_choose(struct kmeans_work *w, size_t rows, struct err *err)
{
    struct kmeans *c = w->c;
    struct rng r = rng_seed(c->seed);
    enum status code = STATUS_OK;
    for (w->newest = 0; w->newest < c->k && !code; w->newest++) {
        const float *row = NULL;
        if (rows && w->newest == 0)
            row = kmeans_row(c, rng_below(&r, rows));
        else if (rows)
            row = kmeans_draw(w, &r);
        if (!row)
            return err_set(err, STATUS_MISMATCH,
                           "%zu clusters need as many different frames, there are %zu", c->k,
                           w->newest);
        memcpy(c->centre + w->newest * c->width, row, c->width * sizeof *row);
        code = workers_each(c->threads, c->parts, kmeans_look, w, err);
    }
    return code;
}

/* A task of a round: each row of part P goes to the centre c with the least |c|^2 / 2 - c x. */
static enum status kmeans_assign(void *context, unsigned worker, size_t p, struct err *err)
{
    struct kmeans_work *w = context;
    const struct kmeans *c = w->c;
    const struct kmeans_part *part = &c->part[p];
    float *scores = w->scores + (size_t)worker * BLOCK * c->k;
    w->changed[p] = 0;
    for (size_t i = 0; i < part->rows; i += BLOCK) {
        size_t rows = part->rows - i < BLOCK ? part->rows - i : BLOCK;
        enum status code = cancel_check(c->cancel, err);
        if (code)
            return code;
        w->kn->gemm(rows, c->k, c->width, part->x + i * c->width, c->width, w->packed, scores, c->k,
                    NULL, false);
        for (size_t r = 0; r < rows; r++) {
            const float *s = scores + r * c->k;
            size_t best = 0;
            for (size_t k = 1; k < c->k; k++)
                best = w->square[k] - s[k] < w->square[best] - s[best] ? k : best;
            w->changed[p] += part->label[i + r] != (int32_t)best;
            part->label[i + r] = (int32_t)best;
            w->nearest[p][i + r] = kmeans_distance(part->x + (i + r) * c->width,
                                                   c->centre + best * c->width, c->width);
        }
    }
    return STATUS_OK;
}

/* A task behind it: COLUMNS columns of all centres' sums. */
static enum status kmeans_sum(void *context, unsigned worker, size_t task, struct err *err)
{
    struct kmeans_work *w = context;
    const struct kmeans *c = w->c;
    size_t first = task * COLUMNS, end = first + COLUMNS < c->width ? first + COLUMNS : c->width;
    (void)worker;
    for (size_t k = 0; k < c->k; k++)
        for (size_t i = first; i < end; i++)
            w->sum[k * c->width + i] = 0;
    for (size_t p = 0; p < c->parts; p++)
        for (size_t r = 0; r < c->part[p].rows; r++) {
            double *sum = w->sum + (size_t)c->part[p].label[r] * c->width;
            const float *x = c->part[p].x + r * c->width;
            for (size_t i = first; i < end; i++)
                sum[i] += (double)x[i];
        }
    return cancel_check(c->cancel, err);
}

/* Centres become the means of their rows; one without any stays where it is. */
static enum status kmeans_move(struct kmeans_work *w, struct err *err)
{
    const struct kmeans *c = w->c;
    enum status code =
        workers_each(c->threads, (c->width + COLUMNS - 1) / COLUMNS, kmeans_sum, w, err);
    memset(w->count, 0, c->k * sizeof *w->count);
    for (size_t p = 0; p < c->parts; p++)
        for (size_t r = 0; r < c->part[p].rows; r++)
            w->count[c->part[p].label[r]]++;
    for (size_t k = 0; k < c->k && !code; k++)
        for (size_t i = 0; w->count[k] && i < c->width; i++)
            c->centre[k * c->width + i] = (float)(w->sum[k * c->width + i] / (double)w->count[k]);
    return code;
}

/* Assigns all rows to the centres as they are. */
static enum status kmeans_round(struct kmeans_work *w, struct err *err)
{
    struct kmeans *c = w->c;
    for (size_t k = 0; k < c->k; k++) {
        double square = 0;
        for (size_t i = 0; i < c->width; i++)
            square += (double)c->centre[k * c->width + i] * (double)c->centre[k * c->width + i];
        w->square[k] = (float)(square / 2);
    }
    w->kn->pack_transposed(c->k, c->width, c->centre, c->width, w->packed);
    enum status code = workers_each(c->threads, c->parts, kmeans_assign, w, err);
    c->changed = 0;
    c->distance = 0;
    for (size_t p = 0; p < c->parts && !code; p++) {
        c->changed += w->changed[p];
        for (size_t r = 0; r < c->part[p].rows; r++)
            c->distance += w->nearest[p][r];
    }
    return code;
}

enum status kmeans_run(struct kmeans *c, struct err *err)
{
    struct kmeans_work w;
    size_t rows = 0;
    for (size_t p = 0; p < c->parts; p++)
        for (size_t r = 0; r < c->part[p].rows; r++, rows++)
            c->part[p].label[r] = -1;
    c->threads = c->threads ? c->threads : 1;
    enum status code = kmeans_open(&w, c, err);
    if (!code)
        code = kmeans_choose(&w, rows, err);
    for (c->rounds = 0; !code;) {
        code = kmeans_round(&w, err);
        c->rounds++;
        if (!code && c->round)
            c->round(c->context, c->rounds, c->changed);
        if (code || c->changed == 0 || c->rounds == c->most_rounds)
            break;
        code = kmeans_move(&w, err);
    }
    kmeans_close(&w);
    return code;
}
