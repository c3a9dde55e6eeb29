/*
 * Sets of neurons as text, a line "layer neuron" each: read, written and printed.
 */
#include "config.h"

#include "formats/setfile.h"

#include <stdlib.h>
#include <string.h>

#include "formats/file.h"
#include "base/mem.h"

/* A list is read line by line; P .. END is what is left of one. */
struct setfile_reader {
    const char *path;
    size_t line;
    const char *p, *end;
    uint32_t layers;
    const uint32_t *width;
    size_t skipped; /* columns of a table before the layer; the neuron's follows */
    struct neuron_set set;
};

static bool setfile_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void setfile_skip_blanks(struct setfile_reader *r)
{
    while (r->p < r->end && setfile_is_blank(*r->p))
        r->p++;
}

/* Goes behind the next tab; false where there is none. */
static bool setfile_skip_column(struct setfile_reader *r)
{
    const char *tab = memchr(r->p, '\t', (size_t)(r->end - r->p));
    r->p = tab ? tab + 1 : r->end;
    return tab != NULL;
}

/* A table's first line, as `neurons --format tsv` writes it: says where the layer stands. */
static bool setfile_is_heading(struct setfile_reader *r)
{
    static const char heading[] = "layer\tneuron";
    const size_t len = sizeof heading - 1;
    const char *start = r->p;
    size_t column = 0;
    bool found = false;
    if (r->line != 1)
        return false;
    do {
        const char *end = r->p + len;
        found = (size_t)(r->end - r->p) >= len && memcmp(r->p, heading, len) == 0 &&
                (end == r->end || *end == '\t' || *end == '\r');
    } while (!found && setfile_skip_column(r) && ++column);
    r->p = start;
    if (found)
        r->skipped = column;
    return found;
}

/* A whole number that ends at a blank or the line's end. */
static bool setfile_read_number(struct setfile_reader *r, uint32_t *out)
{
    uint64_t n = 0;
    const char *first = r->p;
    for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++)
        if ((n = n * 10 + (uint64_t)(*r->p - '0')) > UINT32_MAX)
            return false;
    if (r->p == first || (r->p < r->end && !setfile_is_blank(*r->p)))
        return false;
    setfile_skip_blanks(r);
    *out = (uint32_t)n;
    return true;
}

/*
 * A line "layer neuron": blank lines, comments behind # and a heading are passed over, columns
 * behind a tab too.
 */
static enum status setfile_read_line(struct setfile_reader *r, struct err *err)
{
    uint32_t layer, neuron;
    const char *comment = memchr(r->p, '#', (size_t)(r->end - r->p));
    if (comment)
        r->end = comment;
    setfile_skip_blanks(r);
    if (r->p == r->end || setfile_is_heading(r))
        return STATUS_OK;
    for (size_t i = 0; i < r->skipped; i++)
        setfile_skip_column(r);
    bool numbers = setfile_read_number(r, &layer) && setfile_read_number(r, &neuron);
    if (!numbers || (r->p != r->end && r->p[-1] != '\t')) /* further columns may follow */
        return err_set(err, STATUS_FORMAT,
                       "%s: line %zu: two numbers expected, a layer (from 1) and a neuron (from 0)",
                       r->path, r->line);
    if (layer < 1 || layer > r->layers)
        return err_set(err, STATUS_FORMAT, "%s: line %zu: no layer %u (there are: 1 to %u)",
                       r->path, r->line, layer, r->layers);
    if (neuron >= r->width[layer - 1])
        return err_set(err, STATUS_FORMAT,
                       "%s: line %zu: no neuron %u in layer %u (there are: 0 to %u)", r->path,
                       r->line, neuron, layer, r->width[layer - 1] - 1);
    bitset_put(r->set.row[layer - 1], neuron);
    return STATUS_OK;
}

enum status setfile_read(struct neuron_set *s, const char *path, uint32_t layers,
                         const uint32_t *width, struct err *err)
{
    struct setfile_reader r = {.path = path, .layers = layers, .width = width};
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    code = neuron_set_init(&r.set, layers, width, err);
    const char *at = (const char *)m.data, *stop = at ? at + m.size : NULL;
    while (at < stop && !code) {
        const char *newline = memchr(at, '\n', (size_t)(stop - at));
        r.line++;
        r.p = at;
        r.end = newline ? newline : stop;
        at = newline ? newline + 1 : stop;
        code = setfile_read_line(&r, err);
    }
    mapped_close(&m);
    if (code)
        neuron_set_free(&r.set);
    else
        *s = r.set;
    return code;
}

void setfile_lines(const struct neuron_set *s, struct buf *out)
{
    struct neuron at = NEURON_FIRST;
    while (neuron_set_next(s, &at))
        buf_printf(out, "%u %u\n", at.layer + 1, at.number);
}

enum status setfile_write(const struct neuron_set *s, const char *path, const char *comment,
                          struct err *err)
{
    struct outfile f;
    struct buf lines = BUF_INIT;
    if (comment)
        buf_printf(&lines, "# %s\n", comment);
    setfile_lines(s, &lines);
    enum status code = buf_ok(&lines) ? outfile_open(&f, path, err) : err_nomem(err);
    if (!code) {
        fwrite(buf_text(&lines), 1, lines.len, f.stream);
        code = outfile_commit(&f, err);
    }
    buf_free(&lines);
    return code;
}
