/*
 * Reading tables of pruned models, and their means over seeds.
 */
#include "config.h"

#include "report/pruned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "formats/columns_text.h"

static const struct {
    const char *name;
    size_t offset;
    bool needed;
} pruned_columns[] = {
    {"seed", offsetof(struct pruned_model, seed), true},
    {"share", offsetof(struct pruned_model, share), true},
    {"kept", offsetof(struct pruned_model, kept), false},
    {"error", offsetof(struct pruned_model, error), true},
    {"parameters", offsetof(struct pruned_model, parameters), false},
    {"multiply_adds", offsetof(struct pruned_model, multiply_adds), false},
    {"real_time", offsetof(struct pruned_model, real_time), false},
};

enum { COLUMNS = sizeof pruned_columns / sizeof *pruned_columns };

/* Where the columns are. */
struct pruned_heading {
    int task, method, column[COLUMNS];
};

void pruned_free(struct pruned *p)
{
    names_free(&p->task);
    names_free(&p->method);
    free(p->model);
    *p = (struct pruned)PRUNED_INIT;
}

/* The number in NAMES of the word in COLUMN, which must be there. */
static enum status pruned_word(const struct columns_text *c, int column, struct names *names,
                               uint32_t *out, struct err *err)
{
    char *text;
    enum status code = columns_text_words(c, column, &text, err);
    if (!code && !text)
        return err_set(err, STATUS_FORMAT, "%s:%zu: no %s", c->path, c->lines.number,
                       c->name.name[column]);
    if (!code && (*out = names_add(names, text)) == NAMES_NONE)
        code = err_nomem(err);
    free(text);
    return code;
}

static enum status pruned_row(struct pruned *p, const struct columns_text *c,
                              const struct pruned_heading *h, struct err *err)
{
    struct pruned_model m = {.task = 0};
    enum status code = pruned_word(c, h->task, &p->task, &m.task, err);
    if (!code)
        code = pruned_word(c, h->method, &p->method, &m.method, err);
    for (int i = 0; i < COLUMNS && !code; i++) {
        double v;
        code = columns_text_real(c, h->column[i], &v, err);
        memcpy((char *)&m + pruned_columns[i].offset, &v, sizeof v);
    }
    if (!code && !(m.share > 0 && m.share <= 1))
        code = err_set(err, STATUS_FORMAT, "%s:%zu: share is not above 0 and up to 1", c->path,
                       c->lines.number);
    if (!code && !isfinite(m.error))
        code = err_set(err, STATUS_FORMAT, "%s:%zu: no error", c->path, c->lines.number);
    if (code)
        return code;
    if (!mem_grow(&p->model, &p->cap, p->count + 1, sizeof *p->model))
        return err_nomem(err);
    p->model[p->count++] = m;
    return STATUS_OK;
}

enum status pruned_read(struct pruned *p, const char *path, struct err *err)
{
    struct columns_text c;
    struct pruned_heading h;
    bool there = true;
    size_t before = p->count;
    enum status code = columns_text_open(&c, path, false, err);
    if (!code)
        code = columns_text_need(&c, "task", &h.task, err);
    if (!code)
        code = columns_text_need(&c, "method", &h.method, err);
    for (int i = 0; i < COLUMNS && !code; i++) {
        h.column[i] = columns_text_find(&c, pruned_columns[i].name);
        if (pruned_columns[i].needed)
            code = columns_text_need(&c, pruned_columns[i].name, &h.column[i], err);
    }
    while (!code && there && !(code = columns_text_next(&c, &there, err)))
        if (there)
            code = pruned_row(p, &c, &h, err);
    if (!code && p->count == before)
        code = err_set(err, STATUS_NOTFOUND, "%s: no row below the heading", path);
    columns_text_close(&c);
    return code;
}

/* By task, method, falling share and rising seed. */
static int pruned_compare(const void *a, const void *b)
{
    const struct pruned_model *x = a, *y = b;
    if (x->task != y->task)
        return x->task < y->task ? -1 : 1;
    if (x->method != y->method)
        return x->method < y->method ? -1 : 1;
    if (x->share < y->share || x->share > y->share)
        return x->share > y->share ? -1 : 1;
    return (x->seed > y->seed) - (x->seed < y->seed);
}

/* True if A and B are of one point. */
static bool pruned_same(const struct pruned_model *a, const struct pruned_model *b)
{
    return a->task == b->task && a->method == b->method && !(a->share < b->share) &&
           !(a->share > b->share);
}

/* The point of the models M [n]. */
static struct pruned_point pruned_mean(const struct pruned_model *m, size_t n)
{
    struct pruned_point p = {.task = m->task,
                             .method = m->method,
                             .share = m->share,
                             .low = INFINITY,
                             .high = -INFINITY,
                             .seeds = n};
    for (size_t i = 0; i < n; i++) {
        p.error += m[i].error / (double)n;
        p.low = fmin(p.low, m[i].error);
        p.high = fmax(p.high, m[i].error);
        p.kept += m[i].kept / (double)n;
        p.parameters += m[i].parameters / (double)n;
        p.multiply_adds += m[i].multiply_adds / (double)n;
        p.real_time += m[i].real_time / (double)n;
    }
    return p;
}

enum status pruned_points(const struct pruned *p, struct pruned_point **out, size_t *count,
                          struct err *err)
{
    struct pruned_model *m = mem_array(p->count, sizeof *m);
    enum status code = STATUS_OK;
    *out = mem_array(p->count, sizeof **out);
    *count = 0;
    if (!m || !*out) {
        code = err_nomem(err);
    } else {
        memcpy(m, p->model, p->count * sizeof *m);
        qsort(m, p->count, sizeof *m, pruned_compare);
    }
    for (size_t i = 0, n; !code && i < p->count; i += n) {
        for (n = 1; i + n < p->count && pruned_same(&m[i], &m[i + n]); n++)
            if (m[i + n].seed == m[i + n - 1].seed)
                code = err_set(
                    err, STATUS_MISMATCH, "%s, %s: seed %s has two models with a share of %s",
                    p->task.name[m[i].task], p->method.name[m[i].method],
                    number_short(m[i + n].seed, 6).text, number_short(m[i].share, 6).text);
        (*out)[(*count)++] = pruned_mean(&m[i], n);
    }
    free(m);
    if (code) {
        free(*out);
        *out = NULL;
    }
    return code;
}
