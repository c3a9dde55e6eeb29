/*
 * The order in which phones are judged and printed: by class, within a class by falling number of
 * frames; for the published program's output by a fixed rank, which stands for the occurrences in
 * dev-clean that its label table was made from.
 */
#include "config.h"

#include "analysis/phone_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct ranked {
    uint32_t phone;
    int phone_class;
    int64_t occurrences;
};

static int phone_order_compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->phone_class != y->phone_class)
        return x->phone_class < y->phone_class ? -1 : 1;
    if (x->occurrences != y->occurrences)
        return x->occurrences > y->occurrences ? -1 : 1;
    return x->phone < y->phone ? -1 : x->phone > y->phone;
}

/* Stands in for the occurrences in dev-clean: phones by falling frequency within their class. */
static int64_t published_rank(const char *phone)
{
    static const char order[] = "AH IH IY EH ER AE AY EY AO AA OW UW AW UH OY "
                                "N D R L DH M Z W V B NG G Y JH ZH T S K HH F P SH TH CH ";
    size_t len = strlen(phone);
    for (const char *p = order; *p && len > 0; p += strcspn(p, " ") + 1)
        if (strncmp(p, phone, len) == 0 && p[len] == ' ')
            return order - p;
    return -(int64_t)sizeof order;
}

static int64_t phone_order_occurrences(const struct counts *c, const char *phone)
{
    int factor = counts_find_factor(c, "phone");
    if (!c->phone_occurrences || factor < 0)
        return published_rank(phone);
    int level = counts_find_level(c, (uint32_t)factor, phone);
    return level < 0 ? 0 : c->phone_occurrences[level];
}

uint32_t *phone_order(const struct phones *phones, const struct counts *c, bool authors)
{
    uint32_t n = phones->phone.count;
    uint32_t *order = mem_array(n, sizeof *order);
    struct ranked *ranked = mem_array(n, sizeof *ranked);
    if (!order || !ranked) {
        free(order);
        free(ranked);
        return NULL;
    }
    for (uint32_t k = 0; k < n; k++) {
        const char *name = phones->phone.name[k];
        ranked[k] = (struct ranked){k, 0, 0};
        if (authors)
            ranked[k] =
                (struct ranked){k, phones_class(phones, name), phone_order_occurrences(c, name)};
    }
    qsort(ranked, n, sizeof *ranked, phone_order_compare);
    for (uint32_t k = 0; k < n; k++)
        order[k] = ranked[k].phone;
    free(ranked);
    return order;
}
