/*
 * A layer's map: the patterns of a property as points in the plane (figure 3 of the paper).
 */
#include "config.h"

#include <math.h>

#include "report/report.h"
#include "report/report_forms.h"

enum { MAP_NULL = 1 };

/* What --null adds, to the points for TSV, and to the map as a whole for JSON. */
#define MAP_CHANCE(name, meaning)                                    \
    {                                                                \
        name, TABLE_REAL, NULL, "with --null: " meaning, MAP_NULL, 4 \
    }

#define MAP_CHANCES                                                                           \
    MAP_CHANCE("observed",                                                                    \
               "the silhouette on the map that is compared: where tokens are exchanged, "     \
               "that of their middle frames"),                                                \
        MAP_CHANCE("expected", "its mean when labels are exchanged (see null)"),              \
        MAP_CHANCE("p", "p of observed"),                                                     \
        MAP_CHANCE("distances_observed", "the silhouette on the distances that is compared"), \
        MAP_CHANCE("distances_expected", "its mean when labels are exchanged"),               \
        MAP_CHANCE("distances_p", "p of distances_observed")

static const struct table_column map_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"phone", TABLE_TEXT, NULL, "the pattern's phone", 0, 0},
    {"group", TABLE_TEXT, NULL, "its group", 0, 0},
    {"frames", TABLE_INTEGER, "frames", "frames that the pattern was computed from", 0, 0},
    {"x", TABLE_REAL, NULL, "first coordinate, in units of the distance between patterns", 0, 4},
    {"y", TABLE_REAL, NULL, "second coordinate", 0, 4},
    MAP_CHANCES,
};

static const struct table_column summary_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"method", TABLE_TEXT, NULL, "how it was made: smacof or classical", 0, 0},
    {"starts", TABLE_INTEGER, NULL, "random starts tried besides the classical solution", 0, 0},
    {"seed", TABLE_INTEGER, NULL, "seed of these", 0, 0},
    {"iterations", TABLE_INTEGER, NULL, "iterations of the start that was kept", 0, 0},
    {"stress", TABLE_REAL, NULL, "raw stress: squared errors of the distances, over all pairs", 0,
     4},
    {"normalised_stress", TABLE_REAL, NULL,
     "root of the raw stress over the summed squared distances", 0, 4},
    {"eigenvalue_1", TABLE_REAL, NULL, "largest eigenvalue of the classical solution", 0, 4},
    {"eigenvalue_2", TABLE_REAL, NULL, "the second one", 0, 4},
    {"silhouette", TABLE_REAL, NULL, "of the groups on the map, from -1 to 1", 0, 4},
    {"silhouette_distances", TABLE_REAL, NULL,
     "the same on the full-dimensional distances between patterns", 0, 4},
    MAP_CHANCES,
};

const struct table_form form_map =
    TABLE_FORM("map", "points",
               "A layer's patterns as points in the plane: map, figure 3, Map in the explorer, "
               "which leaves hidden groups out.",
               map_columns);
const struct table_form form_map_summary =
    TABLE_FORM("map-summary", NULL, "A map as a whole: map.", summary_columns);

static void map_add_null(struct table *t, const struct report_map_null *n)
{
    const struct summary *s[2] = {n ? n->map : NULL, n ? n->distances : NULL};
    for (int i = 0; i < 2; i++) {
        table_real(t, s[i] ? s[i]->observed : NAN);
        table_real(t, s[i] ? s[i]->mean : NAN);
        table_real(t, s[i] ? s[i]->p : NAN);
    }
}

enum status report_map(struct table *t, const struct property *p, uint32_t layer, const double *xy,
                       const unsigned char *hidden, const struct report_map_null *chance,
                       struct err *err)
{
    table_extend(t, &form_map, chance ? MAP_NULL : 0);
    for (uint32_t i = 0; i < p->points; i++) {
        const struct property_point *point = &p->point[i];
        if (hidden && hidden[point->group])
            continue;
        table_words(t, p->name);
        table_count(t, layer + 1);
        table_words(t, report_level(point->label));
        table_words(t, report_level(p->group.name[point->group]));
        table_count(t, point->frames);
        table_real(t, xy[2 * i]);
        table_real(t, xy[2 * i + 1]);
        map_add_null(t, chance);
    }
    return table_ok(t, NULL, err);
}

enum status report_map_summary(struct table *t, const struct property *p, uint32_t layer,
                               const struct map *m, const struct map_params *params,
                               const struct report_map_null *chance, struct err *err)
{
    table_extend(t, &form_map_summary, chance ? MAP_NULL : 0);
    table_words(t, p->name);
    table_count(t, layer + 1);
    table_words(t, params->method == MAP_CLASSICAL ? "classical" : "smacof");
    table_count(t, params->starts);
    table_count(t, (int64_t)params->seed);
    table_count(t, m->iterations);
    table_real(t, m->stress);
    table_real(t, m->normalised_stress);
    table_real(t, m->eigen[0]);
    table_real(t, m->eigen[1]);
    table_real(t, m->silhouette);
    table_real(t, m->silhouette_full);
    map_add_null(t, chance);
    return table_ok(t, NULL, err);
}
