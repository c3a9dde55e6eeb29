/*
 * Counts by unit (units.h), from cells of phone x owner x level: which cell belongs to which unit
 * does not depend on the layer and is found once.
 */
#include "config.h"

#include "inference/units.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/phone_order.h"
#include "base/mem.h"
#include "corpus/phones.h"

/* What is known while units are put together. */
struct units_making {
    struct units *u;
    const struct analysis *a;
    const struct counts *c;
    uint32_t factor[3]; /* phone, owner, level; the last only where `by` */
    bool by;            /* a factor makes the groups */
    struct units_phones phones;
    uint32_t *unit_of; /* [owners][slots] unit, or UINT32_MAX */
    uint32_t *slot_of; /* [levels of the property's factor] group, or UINT32_MAX */
};

/* Finds the factors; says which of them the file lacks. */
static enum status units_find_factors(struct units_making *m, const char *property,
                                      const char *owner, struct err *err)
{
    const struct counts *c = m->c;
    int phone = counts_find_factor(c, "phone"), own = counts_find_factor(c, owner);
    int by = counts_find_factor(c, property);
    if (counts_is_probability(c))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: holds probabilities, not counts: its speakers cannot be told apart",
                       c->path);
    if (own < 0 || phone < 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: counted without the factor '%s' (count --by phone,...,%s keeps it)",
                       c->path, own < 0 ? owner : "phone", owner);
    m->by = by >= 0 && by != phone;
    m->factor[0] = (uint32_t)phone;
    m->factor[1] = m->u->owner_factor = (uint32_t)own;
    m->factor[2] = m->by ? (uint32_t)by : 0;
    m->u->owners = c->factor[own].levels;
    return STATUS_OK;
}

/* True if the phone table's phone K has patterns in the property P, whose groups a factor makes. */
static bool units_take_phone(const struct phones *phones, const struct property *p, uint32_t k)
{
    int phone_class = phones_class(phones, phones->phone.name[k]);
    bool pitched_only = strcmp(p->name, "pitch") == 0 && !p->params.authors;
    return phone_class >= 0 &&
           (!pitched_only || phones_class_pitched(phones, (uint32_t)phone_class));
}

/* Phones in the order of the table; groups are those of the levels. */
static enum status units_phones_of_factor(struct units_phones *n, const struct analysis *a,
                                          const struct property *p, uint32_t phone, struct err *err)
{
    uint32_t *order = phone_order(a->phones, a->counts, p->params.authors);
    if (!order)
        return err_nomem(err);
    for (uint32_t i = 0; i < a->phones->phone.count; i++) {
        int level = counts_find_level(a->counts, phone, a->phones->phone.name[order[i]]);
        if (level >= 0 && units_take_phone(a->phones, p, order[i]))
            n->of[level] = n->phones++;
    }
    for (size_t i = 0; i < (size_t)n->phones * n->slots; i++)
        n->group[i] = (uint32_t)(i / n->phones);
    free(order);
    return STATUS_OK;
}

/* Phones in the order of the points; the group of each is that of its one point. */
static void units_phones_of_points(struct units_phones *n, const struct property *p)
{
    for (uint32_t k = 0; k < p->points; k++)
        if (p->point[k].phone >= 0 && n->of[p->point[k].phone] == UINT32_MAX) {
            n->group[n->phones] = p->point[k].group;
            n->of[p->point[k].phone] = n->phones++;
        }
}

enum status units_phones_make(struct units_phones *n, const struct analysis *a,
                              const struct property *p, struct err *err)
{
    int phone = counts_find_factor(a->counts, "phone"), by = counts_find_factor(a->counts, p->name);
    uint32_t levels = a->counts->factor[phone].levels;
    struct units_phones made = {.by = by >= 0 && by != phone, .groups = p->groups};
    size_t points;
    enum status code = STATUS_OK;
    made.slots = made.by ? p->groups : 1;
    made.of = mem_array(levels, sizeof *made.of);
    made.group =
        mul_size(levels, made.slots, &points) ? mem_array(points, sizeof *made.group) : NULL;
    if (!made.of || !made.group) {
        units_phones_free(&made);
        return err_nomem(err);
    }
    memset(made.of, 0xff, levels * sizeof *made.of);
    if (made.by)
        code = units_phones_of_factor(&made, a, p, (uint32_t)phone, err);
    else
        units_phones_of_points(&made, p);
    if (code)
        units_phones_free(&made);
    else
        *n = made;
    return code;
}

void units_phones_free(struct units_phones *n)
{
    free(n->of);
    free(n->group);
    *n = (struct units_phones){0};
}

/* The unit of ROW, numbered when it first comes up; UINT32_MAX for a level without a group. */
static uint32_t units_unit_of(struct units_making *m, uint32_t row)
{
    struct units *u = m->u;
    const int32_t *key = u->rows.level + (size_t)row * u->rows.groups;
    uint32_t slot = m->by ? m->slot_of[key[2]] : 0;
    if (slot == UINT32_MAX)
        return UINT32_MAX;
    uint32_t *unit = &m->unit_of[(size_t)key[1] * u->slots + slot];
    if (*unit == UINT32_MAX) {
        u->owner[u->units] = (uint32_t)key[1];
        u->slot[u->units] = slot;
        *unit = u->units++;
    }
    return *unit;
}

/* Room for the units, and the levels' groups. */
static enum status units_make_room(struct units_making *m, const struct property *p,
                                   struct err *err)
{
    struct units *u = m->u;
    const struct counts_factor *by = &m->c->factor[m->factor[2]];
    size_t pairs;
    if (!mul_size(u->owners, u->slots, &pairs))
        return err_nomem(err);
    u->owner = mem_array(pairs, sizeof *u->owner);
    u->slot = mem_array(pairs, sizeof *u->slot);
    m->unit_of = mem_array(pairs, sizeof *m->unit_of);
    m->slot_of = mem_array(by->levels, sizeof *m->slot_of);
    if (!u->owner || !u->slot || !m->unit_of || !m->slot_of)
        return err_nomem(err);
    memset(m->unit_of, 0xff, pairs * sizeof *m->unit_of);
    for (uint32_t l = 0; l < by->levels; l++)
        m->slot_of[l] = m->by ? names_find(&p->group, by->level[l]) : 0;
    return STATUS_OK;
}

/* Which row of the query each phone of each unit is. */
static enum status units_place_rows(struct units_making *m, struct err *err)
{
    struct units *u = m->u;
    size_t size, cells;
    uint32_t *unit = mem_array(u->rows.rows, sizeof *unit);
    if (!unit)
        return err_nomem(err);
    for (uint32_t r = 0; r < u->rows.rows; r++)
        unit[r] = m->phones.of[u->rows.level[(size_t)r * u->rows.groups]] == UINT32_MAX
                      ? UINT32_MAX
                      : units_unit_of(m, r);
    bool fits = mul_size(u->phones, u->units, &cells) && add_size(cells, 1, &size);
    u->frames = fits ? mem_zeros(size, sizeof *u->frames) : NULL;
    u->row = fits ? mem_array(size, sizeof *u->row) : NULL;
    if (!u->frames || !u->row) {
        free(unit);
        return err_nomem(err);
    }
    memset(u->row, 0xff, size * sizeof *u->row);
    for (uint32_t r = 0; r < u->rows.rows; r++) {
        if (unit[r] == UINT32_MAX)
            continue;
        size_t at = (size_t)m->phones.of[u->rows.level[(size_t)r * u->rows.groups]] * u->units;
        u->row[at + unit[r]] = r;
        u->frames[at + unit[r]] = (uint32_t)u->rows.frames[r];
    }
    free(unit);
    return STATUS_OK;
}

/*
 * Whether the owners have one level each, and how many have none.  Frames without a level are in no
 * pattern, so that a level that only some of an owner's frames have is that of its unit; an owner
 * without any (a speaker whose accent is not known) is in no pattern and has nothing to exchange.
 */
static enum status units_look_constant(struct units_making *m, struct err *err)
{
    struct units *u = m->u;
    struct query_rows all = {0};
    uint32_t *seen = mem_zeros(u->owners, sizeof *seen);
    enum status code =
        seen ? query_rows(&all, m->c, &m->a->filters, m->factor, 2, err) : err_nomem(err);
    u->constant = !code;
    for (uint32_t i = 0; i < u->units && !code; i++)
        u->constant = u->constant && seen[u->owner[i]]++ == 0;
    for (uint32_t r = 0; r < all.rows && !code; r++) {
        const int32_t *key = all.level + (size_t)r * all.groups;
        if (m->phones.of[key[0]] != UINT32_MAX && seen[key[1]]++ == 0)
            u->left_out++;
    }
    query_rows_free(&all);
    free(seen);
    return code;
}

enum status units_make(struct units *u, struct analysis *a, const char *property, const char *owner,
                       struct err *err)
{
    struct units made = {.analysis = a};
    struct units_making m = {.u = &made, .a = a, .c = a->counts};
    enum status code = analysis_property(a, property, &made.property, err);
    if (!code)
        code = units_find_factors(&m, property, owner, err);
    if (!code)
        code = units_phones_make(&m.phones, a, made.property, err);
    if (!code)
        units_phones_give(&m.phones, &made.phones, &made.slots, &made.groups, &made.point_group);
    if (!code)
        code = units_make_room(&m, made.property, err);
    if (!code)
        code = query_rows(&made.rows, m.c, &a->filters, m.factor, m.by ? 3 : 2, err);
    if (!code)
        code = units_place_rows(&m, err);
    if (!code)
        code = units_look_constant(&m, err);
    units_phones_free(&m.phones);
    free(m.unit_of);
    free(m.slot_of);
    if (code)
        units_free(&made);
    else
        *u = made;
    return code;
}

void units_free(struct units *u)
{
    free(u->owner);
    free(u->slot);
    free(u->point_group);
    free(u->frames);
    free(u->row);
    query_rows_free(&u->rows);
    *u = (struct units){0};
}

enum status units_table(const struct units *u, uint32_t layer, uint32_t phone, uint32_t *table,
                        const struct cancel *cancel, struct err *err)
{
    size_t width = u->analysis->counts->layer[layer].width;
    const uint32_t *row = u->row + (size_t)phone * u->units;
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < u->units && !code; i++)
        if (row[i] != QUERY_NO_ROW)
            code = query_row_hits(&u->rows, u->analysis->counts, layer, row[i], table + i * width,
                                  cancel, err);
    return code;
}
