/*
 * settext.c - sets of neurons as one word, "{1:3,7-9;4:0}", for command lines, links and journals
 * (setfile.h).
 */
#include "config.h"

#include "formats/setfile.h"

#include <string.h>

/* The last of the neurons in a row that begins with N. */
static uint32_t settext_run_end(const struct neuron_set *s, uint32_t layer, uint32_t n)
{
    while (neuron_set_has(s, layer, n + 1))
        n++;
    return n;
}

void settext_print(const struct neuron_set *s, struct buf *out)
{
    struct neuron at = NEURON_FIRST;
    uint32_t layer = UINT32_MAX;
    buf_str(out, "{");
    while (neuron_set_next(s, &at)) {
        uint32_t last = settext_run_end(s, at.layer, at.number);
        if (at.layer != layer)
            buf_printf(out, "%s%u:", layer == UINT32_MAX ? "" : ";", at.layer + 1);
        else
            buf_str(out, ",");
        layer = at.layer;
        buf_printf(out, last > at.number ? "%u-%u" : "%u", at.number, last);
        at.number = last;
    }
    buf_str(out, "}");
}

/* A number up to LIMIT at *P, which moves on. */
static bool settext_read_number(const char **p, uint32_t limit, uint32_t *out)
{
    uint64_t n = 0;
    const char *at = *p + strspn(*p, " ");
    if (*at < '0' || *at > '9')
        return false;
    for (; *at >= '0' && *at <= '9'; at++)
        if ((n = n * 10 + (uint64_t)(*at - '0')) > limit)
            return false;
    *out = (uint32_t)n;
    *p = at + strspn(at, " ");
    return true;
}

/* "3,7-9": the neurons of LAYER (from 0) at *P, which moves on. */
static enum status settext_read_layer(struct neuron_set *set, uint32_t layer, const char **p,
                                      struct err *err)
{
    uint32_t width = set->width[layer];
    for (bool more = true; more;) {
        uint32_t first, last;
        if (!settext_read_number(p, width - 1, &first))
            return err_set(err, STATUS_USAGE, "a neuron from 0 to %u expected", width - 1);
        last = first;
        if (**p == '-') {
            ++*p;
            if (!settext_read_number(p, width - 1, &last) || last < first)
                return err_set(err, STATUS_USAGE, "a neuron from %u to %u expected", first,
                               width - 1);
        }
        for (uint32_t i = first; i <= last; i++)
            bitset_put(set->row[layer], i);
        more = **p == ',';
        *p += more;
    }
    return STATUS_OK;
}

enum status settext_parse(struct neuron_set *s, const char *text, const char **end, uint32_t layers,
                          const uint32_t *width, struct err *err)
{
    struct neuron_set made;
    const char *p = text + 1;
    enum status code = neuron_set_init(&made, layers, width, err);
    *end = text;
    if (code)
        return code;
    while (*p == ' ')
        p++;
    while (!code && *p != '}') {
        uint32_t layer = 0;
        if (!settext_read_number(&p, layers, &layer) || layer < 1)
            code = err_set(err, STATUS_USAGE, "a layer from 1 to %u, or '}', expected", layers);
        else if (*p != ':')
            code = err_set(err, STATUS_USAGE, "':' expected after the layer");
        else {
            p++;
            code = settext_read_layer(&made, layer - 1, &p, err);
        }
        if (!code && *p == ';')
            p++;
        else if (!code && *p != '}')
            code = err_set(err, STATUS_USAGE, "',' ';' or '}' expected");
    }
    *end = p + !code;
    if (code)
        neuron_set_free(&made);
    else
        *s = made;
    return code;
}
