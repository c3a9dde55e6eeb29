#include "config.h"

#include "analysis/namedsets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"

enum { MAX_ENTRIES = 1 << 22 }; /* of a list that is typed */

void named_sets_free(struct named_sets *s)
{
    for (size_t i = 0; i < s->count; i++)
        setfile_free(&s->set[i].list);
    free(s->set);
    *s = (struct named_sets){0};
}

static size_t find(const struct named_sets *s, const char *name)
{
    size_t i = 0;
    while (i < s->count && strcmp(s->set[i].name, name) != 0)
        i++;
    return i;
}

const struct named_set *named_sets_find(const struct named_sets *s, const char *name)
{
    size_t i = s ? find(s, name) : 0;
    return s && i < s->count ? &s->set[i] : NULL;
}

bool named_set_is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char all[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    size_t len = strlen(name);
    return len > 0 && len < NAMED_SET_NAME && strchr(letters, name[0]) && strspn(name, all) == len;
}

enum status named_sets_put(struct named_sets *s, const char *name, struct setfile *list,
                           struct err *err)
{
    size_t i = find(s, name);
    if (!named_set_is_name(name))
        return err_set(err, STATUS_USAGE,
                       "'%.40s' is no name: letters, digits, _ and ., a letter first, at most %d",
                       name, NAMED_SET_NAME - 1);
    if (i == s->count) {
        if (!mem_grow(&s->set, &s->cap, s->count + 1, sizeof *s->set))
            return err_nomem(err);
        s->set[s->count] = (struct named_set){.list = {0}};
        snprintf(s->set[s->count++].name, NAMED_SET_NAME, "%s", name);
    }
    setfile_free(&s->set[i].list);
    s->set[i].list = *list;
    *list = (struct setfile){0};
    return STATUS_OK;
}

void named_sets_drop(struct named_sets *s, const char *name)
{
    size_t i = find(s, name);
    if (i == s->count)
        return;
    setfile_free(&s->set[i].list);
    memmove(&s->set[i], &s->set[i + 1], (s->count - i - 1) * sizeof *s->set);
    s->count--;
}

static int compare(const struct setfile_entry *a, const struct setfile_entry *b)
{
    if (a->layer != b->layer)
        return a->layer < b->layer ? -1 : 1;
    return (a->neuron > b->neuron) - (a->neuron < b->neuron);
}

/* The first entry that is not before LAYER (from 1) and NEURON. */
static size_t first_from(const struct setfile *list, uint32_t layer, uint32_t neuron)
{
    struct setfile_entry e = {layer, neuron};
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&list->entry[middle], &e) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool neuron_list_has(const struct setfile *list, uint32_t layer, uint32_t neuron)
{
    size_t i = first_from(list, layer + 1, neuron);
    return i < list->count && list->entry[i].layer == layer + 1 && list->entry[i].neuron == neuron;
}

size_t neuron_list_in_layer(const struct setfile *list, uint32_t layer)
{
    return first_from(list, layer + 2, 0) - first_from(list, layer + 1, 0);
}

enum status neuron_list_combine(struct setfile *out, const struct setfile *a, char op,
                                const struct setfile *b, struct err *err)
{
    struct setfile made = {mem_array(a->count + b->count, sizeof *made.entry), 0};
    size_t i = 0, k = 0;
    if (!made.entry)
        return err_nomem(err);
    while (i < a->count || k < b->count) {
        int by = i == a->count ? 1 : k == b->count ? -1 : compare(&a->entry[i], &b->entry[k]);
        const struct setfile_entry *e = by <= 0 ? &a->entry[i] : &b->entry[k];
        if (op == '|' || (op == '&' && by == 0) || (op == '-' && by < 0))
            made.entry[made.count++] = *e;
        i += by <= 0;
        k += by >= 0;
    }
    *out = made;
    return STATUS_OK;
}

enum status neuron_list_add(struct setfile *out, size_t *cap, uint32_t layer, const uint64_t *bits,
                            uint32_t width, struct err *err)
{
    size_t n = bitset_count(bits, bitset_words(width));
    if (n && !mem_grow(&out->entry, cap, out->count + n, sizeof *out->entry))
        return err_nomem(err);
    for (uint32_t i = 0; n && i < width; i++)
        if (bitset_has(bits, i))
            out->entry[out->count++] = (struct setfile_entry){layer + 1, i};
    return STATUS_OK;
}

void neuron_list_text(const struct setfile *list, struct buf *out)
{
    uint32_t layer = 0;
    buf_str(out, "{");
    for (size_t i = 0; i < list->count;) {
        const struct setfile_entry *e = &list->entry[i];
        size_t n = 1;
        while (i + n < list->count && e[n].layer == e->layer && e[n].neuron == e->neuron + n)
            n++;
        if (e->layer != layer)
            buf_printf(out, "%s%u:", layer ? ";" : "", e->layer);
        else
            buf_str(out, ",");
        layer = e->layer;
        buf_printf(out, n > 1 ? "%u-%u" : "%u", e->neuron, e->neuron + (uint32_t)n - 1);
        i += n;
    }
    buf_str(out, "}");
}

/* A number up to LIMIT at *P, which moves on. */
static bool take_number(const char **p, uint32_t limit, uint32_t *out)
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

static enum status take_neurons(struct setfile *out, size_t *cap, uint32_t layer, const char **p,
                                uint32_t width, struct err *err)
{
    for (bool more = true; more;) {
        uint32_t first, last;
        if (!take_number(p, width - 1, &first))
            return err_set(err, STATUS_USAGE, "a neuron from 0 to %u expected", width - 1);
        last = first;
        if (**p == '-') {
            ++*p;
            if (!take_number(p, width - 1, &last) || last < first)
                return err_set(err, STATUS_USAGE, "a neuron from %u to %u expected", first,
                               width - 1);
        }
        size_t n = (size_t)(last - first) + 1;
        if (out->count + n > MAX_ENTRIES)
            return err_set(err, STATUS_UNSUPPORTED, "more than %d neurons", MAX_ENTRIES);
        if (!mem_grow(&out->entry, cap, out->count + n, sizeof *out->entry))
            return err_nomem(err);
        for (size_t i = 0; i < n; i++)
            out->entry[out->count++] = (struct setfile_entry){layer, first + (uint32_t)i};
        more = **p == ',';
        *p += more;
    }
    return STATUS_OK;
}

static int by_place(const void *a, const void *b)
{
    return compare(a, b);
}

enum status neuron_list_parse(struct setfile *out, const char *text, const char **end,
                              uint32_t layers, const uint32_t *width, struct err *err)
{
    struct setfile made = {NULL, 0};
    size_t cap = 0, kept = 0;
    const char *p = text + 1 + strspn(text + 1, " ");
    enum status code = STATUS_OK;
    while (!code && *p != '}') {
        uint32_t layer = 0;
        if (!take_number(&p, layers, &layer) || layer < 1)
            code = err_set(err, STATUS_USAGE, "a layer from 1 to %u, or '}', expected", layers);
        else if (*p != ':')
            code = err_set(err, STATUS_USAGE, "':' expected behind the layer");
        else {
            p++;
            code = take_neurons(&made, &cap, layer, &p, width[layer - 1], err);
        }
        if (!code && *p == ';')
            p++;
        else if (!code && *p != '}')
            code = err_set(err, STATUS_USAGE, "',' ';' or '}' expected");
    }
    *end = p + !code;
    if (code) {
        setfile_free(&made);
        return code;
    }
    if (made.count)
        qsort(made.entry, made.count, sizeof *made.entry, by_place);
    for (size_t i = 0; i < made.count; i++)
        if (kept == 0 || compare(&made.entry[kept - 1], &made.entry[i]) != 0)
            made.entry[kept++] = made.entry[i];
    made.count = kept;
    *out = made;
    return STATUS_OK;
}
