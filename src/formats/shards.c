/*
 * Numbers of the parts of a corpus that is counted in several runs: "2/5" and "1-3,5".
 */
#include "config.h"

#include "formats/shards.h"

#include "base/bitset.h"

/* Digits at *TEXT, which moves behind them; 0 where there are none or the number is too large. */
static uint32_t shards_digits(const char **text)
{
    uint32_t v = 0;
    while (**text >= '0' && **text <= '9' && v <= SHARDS_MAX)
        v = 10 * v + (uint32_t)(*(*text)++ - '0');
    return v <= SHARDS_MAX ? v : 0;
}

bool shards_number(const char *text, uint32_t *k, uint32_t *n)
{
    uint32_t a = shards_digits(&text);
    if (*text++ != '/')
        return false;
    uint32_t b = shards_digits(&text);
    if (*text || a < 1 || a > b)
        return false;
    *k = a;
    *n = b;
    return true;
}

bool shards_parse(const char *held, uint32_t of, uint64_t *set)
{
    for (uint32_t after = 0;;) {
        uint32_t first = shards_digits(&held), last = first;
        if (*held == '-') {
            held++;
            last = shards_digits(&held);
        }
        if (first <= after || last < first || last > of)
            return false;
        for (uint32_t k = first; k <= last; k++)
            bitset_put(set, k - 1);
        if (!*held)
            return true;
        if (*held++ != ',')
            return false;
        after = last;
    }
}

void shards_print(struct buf *out, const uint64_t *set, uint32_t of)
{
    const char *comma = "";
    for (uint32_t k = 0; k < of; k++) {
        uint32_t last = k;
        if (!bitset_has(set, k))
            continue;
        while (last + 1 < of && bitset_has(set, last + 1))
            last++;
        buf_printf(out, "%s%u", comma, k + 1);
        if (last > k)
            buf_printf(out, "-%u", last + 1);
        comma = ",";
        k = last;
    }
}
