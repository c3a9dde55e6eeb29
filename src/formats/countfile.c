/*
 * A struct counts in memory: its own allocations, search in it and the choice of one of its
 * lambdas.
 */
#include "config.h"

#include "formats/countfile.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "formats/utf.h"

/* Memory of a struct counts: a list of these, each in front of what counts_alloc gave out. */
union block {
    union block *next;
    max_align_t align;
};

void *counts_alloc(struct counts *c, size_t n, size_t size)
{
    size_t bytes;
    if (!mul_size(n, size, &bytes) || !add_size(bytes, sizeof(union block), &bytes))
        return NULL;
    union block *b = calloc(1, bytes);
    if (!b)
        return NULL;
    b->next = c->blocks;
    c->blocks = b;
    return b + 1;
}

char *counts_text(struct counts *c, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = counts_alloc(c, n, 1);
    return copy ? memcpy(copy, text, n) : NULL;
}

void counts_free(struct counts *c)
{
    for (union block *b = c->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    tensors_free(&c->file);
    *c = (struct counts){0};
}

int counts_find_factor(const struct counts *c, const char *name)
{
    for (uint32_t f = 0; f < c->factors; f++)
        if (strcmp(c->factor[f].name, name) == 0)
            return (int)f;
    return -1;
}

int counts_find_level(const struct counts *c, uint32_t f, const char *level)
{
    for (uint32_t i = 0; i < c->factor[f].levels; i++)
        if (strcmp(c->factor[f].level[i], level) == 0)
            return (int)i;
    return -1;
}

int counts_find_column(const struct counts *c, const char *name)
{
    for (uint32_t i = 0; i < c->columns; i++)
        if (strcmp(c->column[i].name, name) == 0)
            return (int)i;
    return -1;
}

enum status counts_choose(struct counts *c, double percent, struct err *err)
{
    struct buf list = BUF_INIT;
    if (c->lambda_percent == percent)
        return STATUS_OK;
    for (uint32_t k = 0; k < c->lambdas; k++)
        if (c->lambda[k] == percent) {
            c->layer = c->block + (size_t)k * c->layers;
            c->lambda_percent = percent;
            buf_free(&list);
            return STATUS_OK;
        } else {
            buf_printf(&list, "%s%s", k ? ", " : "", number_short(c->lambda[k], 6).text);
        }
    if (!c->lambdas)
        buf_str(&list, number_short(c->lambda_percent, 6).text);
    err_set(err, STATUS_NOTFOUND, "%s: no counts at lambda %s %% (there are: %s)", c->path,
            number_short(percent, 6).text, buf_text(&list));
    buf_free(&list);
    return STATUS_NOTFOUND;
}

const char *counts_frames_name(enum counts_frames mode)
{
    static const char *const name[] = {"all", "mid", "authors"};
    return name[mode];
}

void counts_clean(char *text)
{
    for (unsigned char *s = (unsigned char *)text; *s;) {
        size_t n = utf_char_length(s, 4); /* a NUL ends every sequence */
        if (n == 0 || *s < 0x20 || *s == 0x7f)
            *s = '?';
        s += n ? n : 1;
    }
}

uint32_t *counts_widths(const struct counts *c, struct err *err)
{
    uint32_t *width = mem_array(c->layers, sizeof *width);
    if (!width)
        err_nomem(err);
    for (uint32_t l = 0; width && l < c->layers; l++)
        width[l] = c->layer[l].width;
    return width;
}
