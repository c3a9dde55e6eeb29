/*
 * neuron_set.c - sets of neurons as rows of bits (see the header).
 *
 * Rows cost an eighth of a byte a neuron, 30 KB for the largest models there are, and make union,
 * membership and counting trivial; lists sorted by place, which files hold, do not.
 */
#include "config.h"

#include "base/neuron_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum status neuron_set_init(struct neuron_set *s, uint32_t layers, const uint32_t *width,
                            struct err *err)
{
    struct neuron_set new = {.layers = layers,
                             .width = mem_array(layers, sizeof *new.width),
                             .row = mem_zeros(layers, sizeof *new.row)};
    bool good = new.width &&new.row;
    for (uint32_t n = 0; good && n < layers; n++) {
        new.width[n] = width[n];
        new.row[n] = mem_zeros(bitset_words(width[n]), sizeof **new.row);
        good = new.row[n] != NULL;
    }
    if (good)
        *s = new;
    else
        neuron_set_free(&new);
    return good ? STATUS_OK : err_nomem(err);
}

void neuron_set_free(struct neuron_set *s)
{
    for (uint32_t n = 0; s->row && n < s->layers; n++)
        free(s->row[n]);
    free(s->row);
    free(s->width);
    *s = (struct neuron_set)NEURON_SET_INIT;
}

enum status neuron_set_copy(struct neuron_set *out, const struct neuron_set *s, struct err *err)
{
    struct neuron_set none = NEURON_SET_INIT;
    return neuron_set_combine(out, s, '|', &none, err);
}

bool neuron_set_has(const struct neuron_set *s, uint32_t layer, uint32_t neuron)
{
    return layer < s->layers && neuron < s->width[layer] && bitset_has(s->row[layer], neuron);
}

uint32_t neuron_set_size(const struct neuron_set *s, uint32_t layer)
{
    return layer < s->layers ? (uint32_t)bitset_count(s->row[layer], bitset_words(s->width[layer]))
                             : 0;
}

size_t neuron_set_total(const struct neuron_set *s)
{
    size_t n = 0;
    for (uint32_t l = 0; l < s->layers; l++)
        n += neuron_set_size(s, l);
    return n;
}

/* Room for LAYER. */
static bool neuron_set_add_layers(struct neuron_set *s, uint32_t layer)
{
    if (layer < s->layers)
        return true;
    size_t layers = (size_t)layer + 1;
    uint32_t *width = realloc(s->width, layers * sizeof *width);
    s->width = width ? width : s->width;
    uint64_t **row = width ? realloc(s->row, layers * sizeof *row) : NULL;
    s->row = row ? row : s->row;
    if (!row)
        return false;
    memset(width + s->layers, 0, (layers - s->layers) * sizeof *width);
    memset(row + s->layers, 0, (layers - s->layers) * sizeof *row);
    s->layers = layer + 1;
    return true;
}

/* Room for WIDTH neurons in LAYER. */
static enum status neuron_set_grow(struct neuron_set *s, uint32_t layer, uint32_t width,
                                   struct err *err)
{
    if (!neuron_set_add_layers(s, layer))
        return err_nomem(err);
    size_t had = bitset_words(s->width[layer]), words = bitset_words(width);
    if (width <= s->width[layer])
        return STATUS_OK;
    if (words > had) {
        uint64_t *row = realloc(s->row[layer], words * sizeof *row);
        if (!row)
            return err_nomem(err);
        memset(row + had, 0, (words - had) * sizeof *row);
        s->row[layer] = row;
    }
    s->width[layer] = width;
    return STATUS_OK;
}

enum status neuron_set_put(struct neuron_set *s, uint32_t layer, uint32_t neuron, struct err *err)
{
    enum status code = neuron_set_grow(s, layer, neuron + 1, err);
    if (!code)
        bitset_put(s->row[layer], neuron);
    return code;
}

void neuron_set_drop(struct neuron_set *s, uint32_t layer, uint32_t neuron)
{
    if (neuron_set_has(s, layer, neuron))
        bitset_drop(s->row[layer], neuron);
}

enum status neuron_set_put_row(struct neuron_set *s, uint32_t layer, const uint64_t *bits,
                               uint32_t width, struct err *err)
{
    enum status code = neuron_set_grow(s, layer, width, err);
    for (size_t w = 0; !code && w < bitset_words(width); w++)
        s->row[layer][w] |= bits[w];
    return code;
}

void neuron_set_into_row(const struct neuron_set *s, uint32_t layer, uint64_t *bits, uint32_t width)
{
    uint32_t have = layer < s->layers ? s->width[layer] : 0;
    size_t words = bitset_words(have < width ? have : width);
    for (size_t w = 0; w < words; w++)
        bits[w] |= s->row[layer][w];
    if (have > width && width % 64) /* bits from the width on stay 0 */
        bits[words - 1] &= ((uint64_t)1 << width % 64) - 1;
}

void neuron_set_clear(struct neuron_set *s, uint32_t layer)
{
    memset(s->row[layer], 0, bitset_words(s->width[layer]) * sizeof **s->row);
}

static uint64_t neuron_set_word(const struct neuron_set *s, uint32_t layer, size_t w)
{
    return layer < s->layers && w < bitset_words(s->width[layer]) ? s->row[layer][w] : 0;
}

/* The result has room for both: what is not in it now may be added later. */
enum status neuron_set_combine(struct neuron_set *out, const struct neuron_set *a, char op,
                               const struct neuron_set *b, struct err *err)
{
    struct neuron_set made = NEURON_SET_INIT;
    const struct neuron_set *both[2] = {a, b};
    enum status code = STATUS_OK;
    for (int i = 0; i < 2; i++)
        for (uint32_t l = 0; l < both[i]->layers && !code; l++)
            code = neuron_set_grow(&made, l, both[i]->width[l], err);
    for (uint32_t l = 0; l < made.layers && !code; l++)
        for (size_t w = 0; w < bitset_words(made.width[l]); w++) {
            uint64_t x = neuron_set_word(a, l, w), y = neuron_set_word(b, l, w);
            made.row[l][w] = op == '|' ? x | y : op == '&' ? x & y : x & ~y;
        }
    if (code)
        neuron_set_free(&made);
    else
        *out = made;
    return code;
}

bool neuron_set_next(const struct neuron_set *s, struct neuron *at)
{
    uint32_t n = at->number + 1; /* 0 at the start */
    for (uint32_t l = at->layer; l < s->layers; l++, n = 0)
        for (; n < s->width[l]; n++)
            if (s->row[l][n / 64] >> n % 64 == 0) {
                n |= 63; /* nothing more in this word */
            } else if (bitset_has(s->row[l], n)) {
                *at = (struct neuron){l, n};
                return true;
            }
    return false;
}

/* FNV-1a over the words' bytes, lowest first. */
uint64_t neuron_set_digest(const struct neuron_set *s)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (uint32_t l = 0; l < s->layers; l++)
        for (size_t w = 0; w < bitset_words(s->width[l]); w++)
            for (unsigned b = 0; b < 64; b += 8)
                hash = (hash ^ (s->row[l][w] >> b & 0xff)) * 0x100000001b3u;
    return hash;
}
