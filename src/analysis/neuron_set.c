#include "config.h"

#include "analysis/neuron_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "analysis/namedsets.h"
#include "analysis/setexpr.h"

enum status neuron_sets_init(struct neuron_sets *s, uint32_t layers, const uint32_t *width,
                             struct err *err)
{
    struct neuron_sets new = {.layers = layers,
                              .width = mem_array(layers, sizeof *new.width),
                              .set = mem_zeros(layers, sizeof *new.set)};
    bool good = new.width &&new.set;
    for (uint32_t n = 0; good && n < layers; n++) {
        new.width[n] = width[n];
        new.set[n] = mem_zeros(bitset_words(width[n]), sizeof **new.set);
        good = new.set[n] != NULL;
    }
    if (good)
        *s = new;
    else
        neuron_sets_free(&new);
    return good ? STATUS_OK : err_nomem(err);
}

void neuron_sets_free(struct neuron_sets *s)
{
    for (uint32_t n = 0; s->set && n < s->layers; n++)
        free(s->set[n]);
    free(s->set);
    free(s->width);
    *s = (struct neuron_sets){0};
}

uint32_t neuron_sets_size(const struct neuron_sets *s, uint32_t layer)
{
    return (uint32_t)bitset_count(s->set[layer], bitset_words(s->width[layer]));
}

size_t neuron_sets_total(const struct neuron_sets *s)
{
    size_t n = 0;
    for (uint32_t l = 0; l < s->layers; l++)
        n += neuron_sets_size(s, l);
    return n;
}

/* Neurons have no names but their numbers: only of the same shape can they be the same. */
enum status neuron_sets_fit(const struct neuron_sets *s, const struct counts *c, const char *model,
                            struct err *err)
{
    if (c->layers != s->layers)
        return err_set(err, STATUS_MISMATCH, "%s: counts of %u layers, but %s has %u", c->path,
                       c->layers, model, s->layers);
    for (uint32_t l = 0; l < s->layers; l++)
        if (c->layer[l].width != s->width[l])
            return err_set(err, STATUS_MISMATCH,
                           "%s: layer %u has counts of %u neurons, but %s has %u there", c->path,
                           l + 1, c->layer[l].width, model, s->width[l]);
    return STATUS_OK;
}

static enum status needs_counts(const char *text, struct err *err)
{
    return err_set(err, STATUS_USAGE,
                   "the set '%s' needs a count file: -c COUNTS (only @FILE and {LAYER:NEURON,...} "
                   "do without)",
                   text);
}

/* The forms that need no count file: "@FILE" and "{1:3,7-9;4:0}".  Layers and neurons are checked
 * on reading. */
static enum status add_list(struct neuron_sets *s, const char *text, struct err *err)
{
    struct setfile list;
    const char *end = "";
    struct err why;
    enum status code = text[0] == '@'
                           ? setfile_read(&list, text + 1, s->layers, s->width, &why)
                           : neuron_list_parse(&list, text, &end, s->layers, s->width, &why);
    if (code && text[0] == '@')
        return err_set(err, code, "%s", why.msg);
    if (code)
        return err_set(err, code, "set '%.60s' column %zu: %s", text, (size_t)(end - text) + 1,
                       why.msg);
    if (end[strspn(end, " \t")]) {
        setfile_free(&list);
        return needs_counts(text, err);
    }
    for (size_t i = 0; i < list.count; i++)
        bitset_put(s->set[list.entry[i].layer - 1], list.entry[i].neuron);
    setfile_free(&list);
    return STATUS_OK;
}

/* Layer 0 at hand means each layer its own (setexpr.h). */
static enum status add_expression(struct neuron_sets *s, const char *text, struct analysis *a,
                                  struct err *err)
{
    struct setexpr e = {0};
    uint64_t *bits = NULL;
    enum status code = setexpr_parse(&e, text, a, NULL, err);
    if (!code)
        code = setexpr_load(&e, a, err);
    for (uint32_t l = 0; l < s->layers && !code; l++) {
        size_t words = bitset_words(s->width[l]);
        free(bits);
        bits = mem_zeros(words, sizeof *bits);
        code = bits ? setexpr_eval(&e, a, 0, l, bits, err) : err_nomem(err);
        for (size_t w = 0; w < words && !code; w++)
            s->set[l][w] |= bits[w];
    }
    free(bits);
    setexpr_free(&e);
    return code;
}

enum status neuron_sets_add(struct neuron_sets *s, const char *text, struct analysis *a,
                            const char *model, struct err *err)
{
    enum status code;
    if (!a && text[0] != '@' && text[0] != '{')
        return needs_counts(text, err);
    if (!a)
        return add_list(s, text, err);
    code = neuron_sets_fit(s, a->counts, model, err);
    return code ? code : add_expression(s, text, a, err);
}

uint64_t neuron_sets_digest(const struct neuron_sets *s)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a over the words */
    for (uint32_t l = 0; l < s->layers; l++)
        for (size_t w = 0; w < bitset_words(s->width[l]); w++)
            for (unsigned b = 0; b < 64; b += 8)
                hash = (hash ^ (s->set[l][w] >> b & 0xff)) * 0x100000001b3u;
    return hash;
}

/* A layer's number at *AT, which moves on; 0 if there is none. */
static uint32_t take_layer(const char **at, uint32_t layers)
{
    char *end;
    if (**at < '0' || **at > '9')
        return 0;
    unsigned long n = strtoul(*at, &end, 10);
    *at = end;
    return n <= layers ? (uint32_t)n : 0;
}

enum status neuron_sets_only(struct neuron_sets *s, const char *list, struct err *err)
{
    enum status code = STATUS_OK;
    const char *at = list;
    bool *wanted = mem_zeros(s->layers, sizeof *wanted);
    if (!wanted)
        return err_nomem(err);
    do {
        uint32_t first = take_layer(&at, s->layers), last = first;
        if (first && *at == '-') {
            at++;
            last = take_layer(&at, s->layers);
        }
        if (!first || last < first || (*at && *at != ','))
            code = err_set(err, STATUS_USAGE,
                           "--layer takes layers from 1 to %u such as 1,3-5, not '%s'", s->layers,
                           list);
        for (uint32_t n = first; n && n <= last; n++)
            wanted[n - 1] = true;
    } while (!code && *at++ == ',');
    for (uint32_t l = 0; l < s->layers && !code; l++)
        if (!wanted[l])
            memset(s->set[l], 0, bitset_words(s->width[l]) * sizeof **s->set);
    free(wanted);
    return code;
}

enum status neuron_sets_list(const struct neuron_sets *s, struct setfile *out, struct err *err)
{
    struct setfile list = {mem_array(neuron_sets_total(s), sizeof *list.entry), 0};
    if (!list.entry)
        return err_nomem(err);
    for (uint32_t l = 0; l < s->layers; l++)
        for (uint32_t i = 0; i < s->width[l]; i++)
            if (bitset_has(s->set[l], i))
                list.entry[list.count++] = (struct setfile_entry){l + 1, i};
    *out = list;
    return STATUS_OK;
}
