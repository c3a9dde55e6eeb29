/*
 * Conditional mutual information (cmi.h): hits are added up once by unit and level, so that a draw
 * only adds the units of each group.
 */
#include "config.h"

#include "inference/cmi.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "inference/tokenunits.h"

/* What is known while pieces are put together. */
struct cmi_making {
    struct cmi *c;
    const struct counts *counts;
    const struct property *p;
    const struct given *g;
    const struct exchange *x;
    uint32_t factor[4], factors;    /* of the rows: the phone first */
    uint32_t owner, by, given;      /* columns among them; GIVEN_NONE: not there */
    uint32_t *point_of;             /* [levels of phone] a point of the property, or GIVEN_NONE */
    uint32_t *slot_of;              /* [levels of by] group, or GIVEN_NONE */
    uint32_t *unit_of;              /* [owners][slots], or GIVEN_NONE */
    uint32_t *row_unit, *row_level; /* [rows] or GIVEN_NONE */
};

/* The column of FACTOR, which is added if it is new. */
static uint32_t cmi_column(struct cmi_making *m, int factor)
{
    uint32_t i = 0;
    while (i < m->factors && m->factor[i] != (uint32_t)factor)
        i++;
    if (i == m->factors)
        m->factor[m->factors++] = (uint32_t)factor;
    return i;
}

static void cmi_find_columns(struct cmi_making *m)
{
    int phone = counts_find_factor(m->counts, "phone");
    int by = counts_find_factor(m->counts, m->p->name);
    cmi_column(m, phone);
    m->by = by >= 0 && by != phone ? cmi_column(m, by) : GIVEN_NONE;
    m->owner =
        m->x && m->x->units.units ? cmi_column(m, (int)m->x->units.owner_factor) : GIVEN_NONE;
    m->given = m->g ? cmi_column(m, (int)m->g->factor) : GIVEN_NONE;
}

/* The phones' points, the groups of the levels, the units of the owners. */
static enum status cmi_find_units(struct cmi_making *m, struct err *err)
{
    const struct property *p = m->p;
    const struct units *u = m->x ? &m->x->units : NULL;
    const struct counts_factor *phone = &m->counts->factor[m->factor[0]];
    const struct counts_factor *by =
        m->by == GIVEN_NONE ? NULL : &m->counts->factor[m->factor[m->by]];
    size_t pairs = 0;
    if (m->owner != GIVEN_NONE && !mul_size(u->owners, u->slots, &pairs))
        return err_nomem(err);
    m->point_of = mem_array(phone->levels, sizeof *m->point_of);
    m->slot_of = mem_array(by ? by->levels : 1, sizeof *m->slot_of);
    m->unit_of = mem_array(pairs, sizeof *m->unit_of);
    if (!m->point_of || !m->slot_of || !m->unit_of)
        return err_nomem(err);
    memset(m->point_of, 0xff, phone->levels * sizeof *m->point_of);
    memset(m->unit_of, 0xff, pairs * sizeof *m->unit_of);
    for (uint32_t k = 0; k < p->points; k++)
        if (p->point[k].phone >= 0)
            m->point_of[p->point[k].phone] = k;
    for (uint32_t l = 0; by && l < by->levels; l++)
        m->slot_of[l] = names_find(&p->group, by->level[l]);
    for (uint32_t i = 0; m->owner != GIVEN_NONE && i < u->units; i++)
        m->unit_of[(size_t)u->owner[i] * u->slots + u->slot[i]] = i;
    return STATUS_OK;
}

/* Observed groups of the units. */
static enum status cmi_label(struct cmi_making *m, struct err *err)
{
    struct cmi *c = m->c;
    c->units = m->x ? m->x->labelings.units : c->groups;
    c->label = mem_array(c->units, sizeof *c->label);
    if (!c->label)
        return err_nomem(err);
    for (uint32_t u = 0; u < c->units; u++)
        c->label[u] = m->x ? m->x->labelings.label[u] : u;
    return STATUS_OK;
}

/* The unit of a row, or GIVEN_NONE. */
static uint32_t cmi_unit_of(const struct cmi_making *m, const int32_t *key)
{
    uint32_t point = m->point_of[key[0]];
    if (point == GIVEN_NONE)
        return GIVEN_NONE;
    uint32_t slot = m->by == GIVEN_NONE ? m->p->point[point].group : m->slot_of[key[m->by]];
    if (slot == NAMES_NONE)
        return GIVEN_NONE;
    if (m->owner != GIVEN_NONE) {
        size_t owner = (size_t)key[m->owner];
        return m->unit_of[owner * m->x->units.slots + slot];
    }
    return m->x ? point : slot;
}

/* Unit and level of every row. */
static enum status cmi_place_rows(struct cmi_making *m, struct err *err)
{
    const struct query_rows *r = &m->c->rows;
    m->row_unit = mem_array(r->rows, sizeof *m->row_unit);
    m->row_level = mem_array(r->rows, sizeof *m->row_level);
    if (!m->row_unit || !m->row_level)
        return err_nomem(err);
    for (uint32_t i = 0; i < r->rows; i++) {
        const int32_t *key = r->level + (size_t)i * r->groups;
        m->row_level[i] = m->g ? m->g->of[key[m->given]] : 0;
        m->row_unit[i] = m->row_level[i] == GIVEN_NONE ? GIVEN_NONE : cmi_unit_of(m, key);
    }
    return STATUS_OK;
}

/* Numbers the pieces that have rows, by level and unit. */
static enum status cmi_number_pieces(struct cmi_making *m, struct err *err)
{
    struct cmi *c = m->c;
    size_t all;
    uint32_t *number = mul_size(c->levels, c->units, &all) ? mem_zeros(all, sizeof *number) : NULL;
    c->piece = mem_array(c->rows.rows, sizeof *c->piece);
    if (!number || !c->piece) {
        free(number);
        return err_nomem(err);
    }
    for (uint32_t i = 0; i < c->rows.rows; i++)
        if (m->row_unit[i] != GIVEN_NONE)
            number[(size_t)m->row_level[i] * c->units + m->row_unit[i]] = 1;
    for (size_t k = 0; k < all; k++)
        c->pieces += number[k];
    c->unit = mem_array(c->pieces, sizeof *c->unit);
    c->level = mem_array(c->pieces, sizeof *c->level);
    c->frames = mem_zeros(c->pieces, sizeof *c->frames);
    uint32_t n = 0;
    for (size_t k = 0; k < all && c->unit && c->level; k++)
        if (number[k]) {
            c->unit[n] = (uint32_t)(k % c->units);
            c->level[n] = (uint32_t)(k / c->units);
            number[k] = n++;
        }
    for (uint32_t i = 0; i < c->rows.rows && c->frames; i++) {
        bool there = m->row_unit[i] != GIVEN_NONE;
        c->piece[i] =
            there ? number[(size_t)m->row_level[i] * c->units + m->row_unit[i]] : GIVEN_NONE;
        if (there)
            c->frames[c->piece[i]] += (uint64_t)c->rows.frames[i];
    }
    free(number);
    return c->unit && c->level && c->frames ? STATUS_OK : err_nomem(err);
}

/* Tokens are pieces, in their order; those without a level of the other property are not. */
static enum status cmi_take_tokens(struct cmi_making *m, const struct token_units *t,
                                   struct err *err)
{
    struct cmi *c = m->c;
    const struct counts *about = &t->file.about;
    int factor = m->g ? counts_find_factor(about, m->counts->factor[m->g->factor].name) : -1;
    c->tokens = t;
    c->unit = mem_array(t->units, sizeof *c->unit);
    c->level = mem_array(t->units, sizeof *c->level);
    c->frames = mem_array(t->units, sizeof *c->frames);
    if (!c->unit || !c->level || !c->frames)
        return err_nomem(err);
    for (uint32_t u = 0; u < t->units; u++) {
        int32_t level = m->g ? tokens_level(&t->file, (uint32_t)factor, t->token[u]) : 0;
        uint32_t group = !m->g ? 0 : level < 0 ? GIVEN_NONE : m->g->of[level];
        if (group == GIVEN_NONE)
            continue;
        c->unit[c->pieces] = u;
        c->level[c->pieces] = group;
        c->frames[c->pieces++] = 1;
    }
    return STATUS_OK;
}

/* Frames of the file's cells. */
static enum status cmi_take_cells(struct cmi_making *m, const struct query_filters *filters,
                                  struct err *err)
{
    cmi_find_columns(m);
    enum status code = cmi_find_units(m, err);
    if (!code)
        code = query_rows(&m->c->rows, m->counts, filters, m->factor, m->factors, err);
    if (!code)
        code = cmi_place_rows(m, err);
    return code ? code : cmi_number_pieces(m, err);
}

enum status cmi_make(struct cmi *c, struct analysis *a, const char *property, const struct given *g,
                     const struct exchange *x, struct err *err)
{
    struct cmi made = {.analysis = a, .levels = g ? g->level.count : 1};
    struct cmi_making m = {.c = &made, .counts = a->counts, .g = g, .x = x};
    enum status code = analysis_property(a, property, &m.p, err);
    if (code)
        return code;
    if (counts_is_probability(a->counts))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: holds probabilities, not counts: they give no information in nats",
                       a->counts->path);
    made.groups = m.p->groups;
    code = cmi_label(&m, err);
    if (!code)
        code = x && x->tokens ? cmi_take_tokens(&m, x->tokens, err)
                              : cmi_take_cells(&m, &a->filters, err);
    free(m.point_of);
    free(m.slot_of);
    free(m.unit_of);
    free(m.row_unit);
    free(m.row_level);
    if (code)
        cmi_free(&made);
    else
        *c = made;
    return code;
}

void cmi_free(struct cmi *c)
{
    free(c->label);
    free(c->unit);
    free(c->level);
    free(c->frames);
    free(c->piece);
    free(c->hits);
    query_rows_free(&c->rows);
    *c = (struct cmi){0};
}

enum status cmi_load(struct cmi *c, uint32_t layer, const struct cancel *cancel, struct err *err)
{
    if (c->pieces == 0)
        return STATUS_OK;
    const struct counts *counts = c->analysis->counts;
    size_t width = counts->layer[layer].width, size;
    c->layer = layer;
    c->width = (uint32_t)width;
    if (c->tokens)
        return STATUS_OK;
    uint32_t *row = mem_array(width, sizeof *row);
    uint32_t *hits = mul_size(width, c->pieces, &size) ? mem_zeros(size, sizeof *hits) : NULL;
    enum status code = row && hits ? STATUS_OK : err_nomem(err);
    for (uint32_t k = 0; k < c->pieces && !code; k++)
        if (c->frames[k] > UINT32_MAX)
            code = err_set(err, STATUS_UNSUPPORTED, "%s: more than 2^32 frames of one level",
                           counts->path);
    for (uint32_t i = 0; i < c->rows.rows && !code; i++) {
        if (c->piece[i] == GIVEN_NONE)
            continue;
        code = query_row_hits(&c->rows, counts, layer, i, row, cancel, err);
        for (size_t n = 0; n < width && !code; n++)
            hits[n * c->pieces + c->piece[i]] += row[n];
    }
    free(row);
    if (code) {
        free(hits);
        return code;
    }
    free(c->hits);
    c->hits = hits;
    return STATUS_OK;
}

bool cmi_unit_levels(const struct cmi *c, uint32_t *level)
{
    for (uint32_t u = 0; u < c->units; u++)
        level[u] = c->levels;
    for (uint32_t k = 0; k < c->pieces; k++) {
        if (level[c->unit[k]] != c->levels)
            return false;
        level[c->unit[k]] = c->level[k];
    }
    return true;
}
