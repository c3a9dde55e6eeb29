#include "config.h"

#include "formats/setfile.h"

#include <stdlib.h>
#include <string.h>

#include "formats/file.h"
#include "base/mem.h"

/* A list is read line by line; P .. END is what is left of one. */
struct reading {
    const char *path;
    size_t line;
    const char *p, *end;
    uint32_t layers;
    const uint32_t *width;
    struct setfile list;
    size_t cap;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct reading *r)
{
    while (r->p < r->end && is_blank(*r->p))
        r->p++;
}

/* A table's first line, as `neurons --format tsv` writes it. */
static bool is_heading(const struct reading *r)
{
    static const char heading[] = "layer\tneuron";
    size_t len = sizeof heading - 1;
    return r->line == 1 && (size_t)(r->end - r->p) >= len && memcmp(r->p, heading, len) == 0;
}

/* A whole number that ends at a blank or the line's end. */
static bool take_number(struct reading *r, uint32_t *out)
{
    uint64_t n = 0;
    const char *first = r->p;
    for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++)
        if ((n = n * 10 + (uint64_t)(*r->p - '0')) > UINT32_MAX)
            return false;
    if (r->p == first || (r->p < r->end && !is_blank(*r->p)))
        return false;
    skip_blanks(r);
    *out = (uint32_t)n;
    return true;
}

static enum status read_line(struct reading *r, struct err *err)
{
    struct setfile_entry e;
    const char *comment = memchr(r->p, '#', (size_t)(r->end - r->p));
    if (comment)
        r->end = comment;
    skip_blanks(r);
    if (r->p == r->end || is_heading(r))
        return STATUS_OK;
    bool numbers = take_number(r, &e.layer) && take_number(r, &e.neuron);
    if (!numbers || (r->p != r->end && r->p[-1] != '\t')) /* further columns may follow */
        return err_set(err, STATUS_FORMAT,
                       "%s: line %zu: two numbers expected, a layer (from 1) and a neuron (from 0)",
                       r->path, r->line);
    if (e.layer < 1 || e.layer > r->layers)
        return err_set(err, STATUS_FORMAT, "%s: line %zu: no layer %u (there are: 1 to %u)",
                       r->path, r->line, e.layer, r->layers);
    if (e.neuron >= r->width[e.layer - 1])
        return err_set(err, STATUS_FORMAT,
                       "%s: line %zu: no neuron %u in layer %u (there are: 0 to %u)", r->path,
                       r->line, e.neuron, e.layer, r->width[e.layer - 1] - 1);
    if (!mem_grow(&r->list.entry, &r->cap, r->list.count + 1, sizeof e))
        return err_nomem(err);
    r->list.entry[r->list.count++] = e;
    return STATUS_OK;
}

static int compare(const void *a, const void *b)
{
    const struct setfile_entry *x = a, *y = b;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    return x->neuron < y->neuron ? -1 : x->neuron > y->neuron;
}

static void sort_out(struct setfile *s)
{
    size_t kept = 0;
    if (s->count)
        qsort(s->entry, s->count, sizeof *s->entry, compare);
    for (size_t i = 0; i < s->count; i++)
        if (kept == 0 || compare(&s->entry[kept - 1], &s->entry[i]) != 0)
            s->entry[kept++] = s->entry[i];
    s->count = kept;
}

enum status setfile_read(struct setfile *s, const char *path, uint32_t layers,
                         const uint32_t *width, struct err *err)
{
    struct reading r = {.path = path, .layers = layers, .width = width};
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    const char *at = (const char *)m.data, *stop = at ? at + m.size : NULL;
    while (at < stop && !code) {
        const char *newline = memchr(at, '\n', (size_t)(stop - at));
        r.line++;
        r.p = at;
        r.end = newline ? newline : stop;
        at = newline ? newline + 1 : stop;
        code = read_line(&r, err);
    }
    mapped_close(&m);
    if (code) {
        setfile_free(&r.list);
        return code;
    }
    sort_out(&r.list);
    *s = r.list;
    return STATUS_OK;
}

void setfile_free(struct setfile *s)
{
    free(s->entry);
    *s = (struct setfile){0};
}

enum status setfile_write(const struct setfile *s, const char *path, const char *comment,
                          struct err *err)
{
    struct outfile f;
    enum status code = outfile_open(&f, path, err);
    if (code)
        return code;
    if (comment)
        fprintf(f.stream, "# %s\n", comment);
    for (size_t i = 0; i < s->count; i++)
        fprintf(f.stream, "%u %u\n", s->entry[i].layer, s->entry[i].neuron);
    return outfile_commit(&f, err);
}
