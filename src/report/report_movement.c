/*
 * How far training moved each neuron, and the sets of a count file against the rest of their layer.
 */
#include "config.h"

#include <stdio.h>

#include "base/bitset.h"
#include "base/normal.h"
#include "edit/movement.h"
#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column neuron_columns[] = {
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"neuron", TABLE_INTEGER, NULL, "the neuron, from 0", 0, 0},
    {"row", TABLE_REAL, NULL,
     "length of the change of the neuron's row of the first feed-forward matrix over the row's "
     "length before; missing where that is 0",
     0, 4},
    {"column", TABLE_REAL, NULL, "the same of its column of the second matrix", 0, 4},
};

static const struct table_column set_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"group", TABLE_TEXT, NULL, "the group; missing: the property's neurons together", 0, 0},
    {"size", TABLE_INTEGER, "neurons", "neurons of the set", 0, 0},
    {"row_mean", TABLE_REAL, NULL, "mean movement of their rows", 0, 4},
    {"row_rest", TABLE_REAL, NULL, "that of the layer's other neurons", 0, 4},
    {"row_p", TABLE_REAL, NULL,
     "share of random sets of the layer of that size that moved at least as far, the set among "
     "them; missing for no or all neurons",
     0, 4},
    {"column_mean", TABLE_REAL, NULL, "mean movement of their columns", 0, 4},
    {"column_rest", TABLE_REAL, NULL, "that of the layer's other neurons", 0, 4},
    {"column_p", TABLE_REAL, NULL, "as row_p", 0, 4},
    {"draws", TABLE_INTEGER, "sets", "random sets that were drawn", 0, 0},
};

const struct table_form form_movement =
    TABLE_FORM("movement", "neurons",
               "How far has training moved each neuron? movement; with a count file in JSON alone.",
               neuron_columns);
const struct table_form form_movement_sets =
    TABLE_FORM("movement_sets", "sets",
               "Have the neurons of a property moved further than the others of their layer? "
               "movement with a count file.",
               set_columns);

enum status report_movement(struct table *t, const struct movement *m, struct err *err)
{
    table_extend(t, &form_movement, 0);
    for (uint32_t l = 0; l < m->layers; l++)
        for (uint32_t i = 0; i < m->width[l]; i++) {
            table_count(t, l + 1);
            table_count(t, i);
            table_real(t, m->row[l][i]);
            table_real(t, m->column[l][i]);
        }
    return table_ok(t, NULL, err);
}

/* What one row is made from. */
struct movement_row {
    const struct movement *m;
    const struct report_movement_how *how;
    const char *property, *group; /* GROUP NULL: all of the property's */
    uint32_t layer;
    const uint64_t *set; /* [words] */
    size_t words;
};

/* The draws' key names the set, so that a row does not depend on which others are asked for; row
 * and column of a set are compared with the same random sets. */
static enum status movement_add_row(struct table *t, const struct movement_row *r, struct err *err)
{
    struct movement_test row, column;
    char name[256];
    snprintf(name, sizeof name, "%s/%u/%s", r->property, r->layer + 1, r->group ? r->group : "");
    uint64_t key = stream_key(r->how->seed, name);
    uint32_t width = r->m->width[r->layer];
    enum status code = movement_test(&row, r->m->row[r->layer], width, r->set, r->how->draws, key,
                                     r->how->stop, err);
    if (!code)
        code = movement_test(&column, r->m->column[r->layer], width, r->set, r->how->draws, key,
                             r->how->stop, err);
    if (code)
        return code;
    table_words(t, r->property);
    table_count(t, r->layer + 1);
    table_words(t, r->group ? report_level(r->group) : NULL);
    table_count(t, (int64_t)bitset_count(r->set, r->words));
    table_real(t, row.set);
    table_real(t, row.rest);
    table_real(t, row.p);
    table_real(t, column.set);
    table_real(t, column.rest);
    table_real(t, column.p);
    table_count(t, r->how->draws);
    return STATUS_OK;
}

enum status report_movement_sets(struct table *t, const struct movement *m, struct analysis *a,
                                 const char *property, const struct report_movement_how *how,
                                 struct err *err)
{
    const struct property *p;
    const struct selection *s;
    enum status code = analysis_property(a, property, &p, err);
    table_extend(t, &form_movement_sets, 0);
    for (uint32_t l = 0; l < m->layers && !code; l++) {
        code = analysis_selection(a, property, l, NULL, &s, err);
        for (uint32_t g = 0; !code && g <= p->groups; g++) {
            bool all = g == p->groups;
            struct movement_row r = {m,       how,
                                     p->name, all ? NULL : p->group.name[g],
                                     l,       all ? s->neurons : s->group + g * s->words,
                                     s->words};
            code = movement_add_row(t, &r, err);
        }
    }
    return code ? code : table_ok(t, NULL, err);
}
