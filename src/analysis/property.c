/*
 * Properties: which groups a factor has, and the (phone, group) points whose patterns are
 * compared. None of it depends on the layer (property.h).
 */
#include "config.h"

#include "analysis/property.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/list.h"
#include "analysis/phone_order.h"
#include "base/mem.h"
#include "corpus/phones.h"

#define NO_FACTOR   UINT32_MAX
#define ROWS_A_LOOK 16 /* rows between two looks at a flag */

/* What is known while a property is put together. */
struct making {
    struct property *p;
    const struct counts *c;
    const struct phones *phones;
    uint32_t phone_factor; /* factor "phone" of the count file */
    uint32_t by;           /* factor whose levels are the groups; NO_FACTOR: phone, each-phone */
    bool each;             /* each phone its own group */
    /* Groups are its classes, in place of those of the table; or NULL. */
    const struct phone_feature *feature;
    bool pitched_only; /* unvoiced consonants are left out */
    uint32_t *order;   /* [phones] the order in which they are looked at */
    int32_t *level;    /* [phones] level of each phone of the table in the file, or -1 */
    uint32_t *row;     /* [levels of by, or 1][phones] row, or QUERY_NO_ROW */
    const struct cancel *cancel;
};

const struct phone_feature *property_feature(const struct counts *c, const struct phones *phones,
                                             const char *name, size_t len)
{
    for (uint32_t f = 0; f < c->factors; f++)
        if (strlen(c->factor[f].name) == len && memcmp(c->factor[f].name, name, len) == 0)
            return NULL;
    return counts_find_factor(c, "phone") >= 0 ? phones_feature(phones, name, len) : NULL;
}

enum status property_names(struct names *out, const struct counts *c, const struct phones *phones,
                           struct err *err)
{
    bool there = counts_find_factor(c, "phone") >= 0;
    if (there && names_add(out, "phone") == NAMES_NONE)
        return err_nomem(err);
    for (uint32_t f = 0; f < c->factors && there; f++)
        if (c->factor[f].levels > 0 && names_add(out, c->factor[f].name) == NAMES_NONE)
            return err_nomem(err);
    if (there && names_add(out, "each-phone") == NAMES_NONE)
        return err_nomem(err);
    for (uint32_t i = 0; i < phones->asked && there; i++)
        if (names_add(out, phones->feature[i].name) == NAMES_NONE)
            return err_nomem(err);
    return STATUS_OK;
}

static enum status unknown_property(const struct making *m, const char *name, struct err *err)
{
    struct names known = NAMES_INIT;
    char list[256] = "";
    enum status code = property_names(&known, m->c, m->phones, err);
    for (uint32_t i = 0; i < m->phones->features && !code; i++)
        if (names_add(&known, m->phones->feature[i].name) == NAMES_NONE)
            code = err_nomem(err);
    if (!code) {
        list_names(list, sizeof list, known.name, known.count);
        code = err_set(err, STATUS_NOTFOUND, "%s: no property '%.80s' (there are: %s)", m->c->path,
                       name, list);
    }
    names_free(&known);
    return code;
}

/* Which factor makes the groups. */
static enum status find_kind(struct making *m, const char *name, struct err *err)
{
    int phone = counts_find_factor(m->c, "phone"), by = counts_find_factor(m->c, name);
    if (phone < 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: the file was counted without the factor 'phone', which every property "
                       "needs",
                       m->c->path);
    m->phone_factor = (uint32_t)phone;
    m->each = strcmp(name, "each-phone") == 0;
    m->by = NO_FACTOR;
    m->feature = property_feature(m->c, m->phones, name, strlen(name));
    if (m->each || m->feature || by == phone)
        return STATUS_OK;
    if (by < 0 || m->c->factor[by].levels == 0)
        return unknown_property(m, name, err);
    m->by = (uint32_t)by;
    m->pitched_only = strcmp(name, "pitch") == 0 && !m->p->params.authors;
    return STATUS_OK;
}

/* True if ROW of a file of probabilities was never seen: every frame activates tau neurons, so one
 * that was seen has some above 0. */
static bool row_unseen(const struct making *m, uint32_t row)
{
    for (uint32_t l = 0; l < m->c->layers; l++) {
        const float *p = query_row_probabilities(&m->p->rows, m->c, l, row);
        for (uint32_t i = 0; p && i < m->c->layer[l].width; i++)
            if (p[i] > 0)
                return false;
    }
    return counts_is_probability(m->c);
}

/* Fills m->level and m->row: where each phone of the table stands under each level of m->by. */
static enum status find_rows(struct making *m, const struct query_filters *filters, struct err *err)
{
    struct query_rows *r = &m->p->rows;
    uint32_t phones = m->phones->phone.count, factor[2] = {m->phone_factor, m->by};
    uint32_t groups = m->by == NO_FACTOR ? 1 : 2;
    uint32_t levels = groups == 1 ? 1 : m->c->factor[m->by].levels;
    size_t size;
    m->level = mem_array(phones, sizeof *m->level);
    m->row = mul_size(phones, levels, &size) ? mem_array(size, sizeof *m->row) : NULL;
    if (!m->level || !m->row)
        return err_nomem(err);
    for (uint32_t k = 0; k < phones; k++)
        m->level[k] = counts_find_level(m->c, m->phone_factor, m->phones->phone.name[k]);
    enum status code = query_rows(r, m->c, filters, factor, groups, err);
    if (code)
        return code;
    memset(m->row, 0xff, size * sizeof *m->row); /* QUERY_NO_ROW */
    for (uint32_t row = 0; row < r->rows; row++) {
        const int32_t *key = r->level + (size_t)row * groups;
        const char *label = m->c->factor[m->phone_factor].level[key[0]];
        uint32_t k = names_find(&m->phones->phone, label);
        if (row % ROWS_A_LOOK == 0 && (code = cancel_check(m->cancel, err)))
            return code;
        if (k != NAMES_NONE && phones_class(m->phones, label) >= 0 && !row_unseen(m, row))
            m->row[(groups == 1 ? 0 : (size_t)key[1]) * phones + k] = row;
    }
    return STATUS_OK;
}

/* Adds the point of table phone K at BY_LEVEL to GROUP; false if it is unseen or too rare. */
static bool add_point(struct making *m, uint32_t by_level, uint32_t k, uint32_t group)
{
    struct property *p = m->p;
    uint32_t row = m->row[(size_t)by_level * m->phones->phone.count + k];
    int64_t frames = row == QUERY_NO_ROW ? 0 : p->rows.frames[row];
    bool enough = row != QUERY_NO_ROW && (frames < 0 || (uint64_t)frames >= p->params.min_frames);
    if (!enough && !p->params.authors)
        return false;
    p->point[p->points++] = (struct property_point){.row = row,
                                                    .group = group,
                                                    .phone = m->level[k],
                                                    .frames = frames,
                                                    .label = p->label.name[k]};
    return true;
}

/* The class of table phone K by which it is put into a group; -1: it is in none. */
static int point_class(const struct making *m, uint32_t k)
{
    const char *phone = m->phones->phone.name[k];
    return m->feature ? phones_feature_class(m->feature, phone) : phones_class(m->phones, phone);
}

/* Adds the group NAME with the phones of CLASS_WANTED (-1: all; -2 - k: phone k alone). */
static enum status add_group(struct making *m, const char *name, uint32_t by_level,
                             int class_wanted, struct err *err)
{
    struct property *p = m->p;
    const struct phones *phones = m->phones;
    uint32_t group = names_add(&p->group, name);
    if (group == NAMES_NONE)
        return err_nomem(err);
    p->groups = p->group.count;
    for (uint32_t i = 0; i < phones->phone.count; i++) {
        uint32_t k = m->order[i];
        int phone_class = point_class(m, k);
        if (phone_class < 0 || (class_wanted >= 0 && phone_class != class_wanted) ||
            (class_wanted <= -2 && k != (uint32_t)(-2 - class_wanted)) ||
            (m->pitched_only && !phones_class_pitched(phones, (uint32_t)phone_class)))
            continue;
        if (add_point(m, by_level, k, group))
            p->group_points[group]++;
        else
            p->group_missing[group]++;
    }
    return STATUS_OK;
}

/* True if any phone was seen at level BY_LEVEL. */
static bool level_seen(const struct making *m, uint32_t by_level)
{
    uint32_t phones = m->phones->phone.count;
    for (uint32_t k = 0; k < phones; k++)
        if (m->row[(size_t)by_level * phones + k] != QUERY_NO_ROW)
            return true;
    return false;
}

/* Levels that have an order of their own come first, in it; then the others as in the file. */
static enum status add_levels(struct making *m, const struct query_filters *filters,
                              struct err *err)
{
    static const char *const ordered[] = {"male", "female", "low", "mid", "high"};
    const struct counts_factor *f = &m->c->factor[m->by];
    uint32_t head = sizeof ordered / sizeof *ordered;
    for (uint32_t i = 0; i < head + f->levels; i++) {
        int level = i < head ? counts_find_level(m->c, m->by, ordered[i]) : (int)(i - head);
        if (level < 0 || names_find(&m->p->group, f->level[level]) != NAMES_NONE ||
            !query_filters_allow(filters, m->by, level))
            continue;
        if (!m->p->params.authors && !level_seen(m, (uint32_t)level))
            continue;
        enum status code = add_group(m, f->level[level], (uint32_t)level, -1, err);
        if (code)
            return code;
    }
    return STATUS_OK;
}

static enum status add_groups(struct making *m, const struct query_filters *filters,
                              struct err *err)
{
    const struct phones *phones = m->phones;
    enum status code = STATUS_OK;
    if (m->by != NO_FACTOR)
        return add_levels(m, filters, err);
    const struct names *classes = m->feature ? &m->feature->table.classes : &phones->classes;
    if (!m->each) {
        for (uint32_t k = 0; k < classes->count && !code; k++)
            code = add_group(m, classes->name[k], 0, (int)k, err);
        return code;
    }
    for (uint32_t i = 0; i < phones->phone.count && !code; i++) {
        uint32_t k = m->order[i];
        if (m->row[k] != QUERY_NO_ROW || m->p->params.authors)
            code = add_group(m, phones->phone.name[k], 0, -2 - (int)k, err);
    }
    return code;
}

/* Room for every point and group there can be. */
static enum status make_room(struct making *m, struct err *err)
{
    struct property *p = m->p;
    size_t phones = m->phones->phone.count, points;
    size_t levels = m->by == NO_FACTOR ? 1 : m->c->factor[m->by].levels;
    size_t classes = m->feature ? m->feature->table.classes.count : m->phones->classes.count;
    size_t groups = m->by == NO_FACTOR ? phones + classes : levels;
    if (!mul_size(phones, levels, &points))
        return err_nomem(err);
    p->point = mem_array(points, sizeof *p->point);
    p->group_points = mem_zeros(groups, sizeof *p->group_points);
    p->group_missing = mem_zeros(groups, sizeof *p->group_missing);
    m->order = phone_order(m->phones, m->c, p->params.authors);
    if (!p->point || !p->group_points || !p->group_missing || !m->order)
        return err_nomem(err);
    for (uint32_t k = 0; k < phones; k++) /* the same numbers as in the table */
        if (names_add(&p->label, m->phones->phone.name[k]) == NAMES_NONE)
            return err_nomem(err);
    return STATUS_OK;
}

enum status property_make(struct property *p, const struct counts *c, const struct phones *phones,
                          const struct query_filters *filters, const struct analysis_params *params,
                          const char *name, const struct cancel *cancel, struct err *err)
{
    struct property made = {.params = *params};
    struct making m = {.p = &made, .c = c, .phones = phones, .cancel = cancel};
    enum status code = find_kind(&m, name, err);
    if (code)
        goto out;
    made.partition = m.by == NO_FACTOR;
    made.name = mem_strndup(name, strlen(name));
    code = made.name ? make_room(&m, err) : err_nomem(err);
    if (!code)
        code = find_rows(&m, filters, err);
    if (!code)
        code = add_groups(&m, filters, err);
    if (!code && made.points == 0)
        code = err_set(err, STATUS_UNSUPPORTED,
                       "%s: property %s: no phone with enough frames under these conditions",
                       c->path, name);
    if (!code) {
        *p = made;
        made = (struct property){0};
    }
out:
    property_free(&made);
    free(m.order);
    free(m.level);
    free(m.row);
    return code;
}

void property_free(struct property *p)
{
    free(p->name);
    free(p->point);
    free(p->group_points);
    free(p->group_missing);
    names_free(&p->group);
    names_free(&p->label);
    query_rows_free(&p->rows);
    *p = (struct property){0};
}
