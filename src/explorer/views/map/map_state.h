/*
 * map_state.h - what the map shows: shared by its state (map_view.c) and its drawing (map_draw.c).
 */
#ifndef PROPNEU_EXPLORER_VIEWS_MAP_MAP_STATE_H
#define PROPNEU_EXPLORER_VIEWS_MAP_MAP_STATE_H

#include "explorer/view.h"

#define MAP_NEAREST 8

/* Columns of the list of points. */
enum { MAP_PHONE, MAP_GROUP, MAP_NEURONS, MAP_FRAMES, MAP_COLUMNS };

extern const struct grid_column map_columns[MAP_COLUMNS];

/*
 * A neighbour of the selected point: distance in full dimension, the root of the neurons in only
 * one of both patterns.
 */
struct map_near {
    uint32_t point;
    double distance;
};

/*
 * What is drawn.  While a new layer is computed the last picture stays: layer, property and sets
 * belong together, `fresh` says whether they are those at hand.
 */
struct map_state {
    bool no_labels, fresh;
    const struct property *property; /* borrowed from the session */
    const struct property_layer *layer;
    double *xy; /* [points][2], aligned to the layer before */
    uint32_t points;
    uint32_t of_property, of_layer; /* what xy belongs to */
    size_t of_file;
    unsigned char *hidden; /* [groups] */
    uint32_t groups;
    long selected;    /* point + 1; 0 = none */
    struct grid grid; /* of the points; ids are their numbers */
    long looked;      /* the point told about beside the map: that selected, or the one before it */
    struct map_near near[MAP_NEAREST]; /* to it */
    size_t nears;
    char why[256]; /* why there is no map */
};

static inline struct map_state *map_state(const struct app *app)
{
    return view_state(app, VIEW_MAP);
}

/* True if every group is one point (each-phone): letters would say nothing. */
static inline bool map_singles(const struct map_state *s)
{
    return s->groups > 1 && s->groups == s->points;
}

/* False where the group is hidden, or the filter leaves the point out. */
bool map_shows(const struct map_state *s, uint32_t i);

/* "AH female": the name of point I. */
void map_point_name(const struct map_state *s, uint32_t i, char *text, size_t size);

/* The point drawn nearest to the cell ROW, COL of a screen like C; -1 where no map is. */
long map_point_at(const struct app *app, const struct canvas *c, int row, int col);
/* Room for the points and groups of a property that was not shown before. */
enum status map_adopt(struct app *app, const struct property *p, struct err *err);

/* The map as options, and its point as a set (map_link.c; view.h). */
void map_tell(const struct app *app, struct link *out);
enum status map_take(struct app *app, const char *name, const char *value, struct err *err);
bool map_set(const struct app *app, enum view_set which, struct buf *out);

/* Shows all groups again. */
void map_show_all(struct app *app);

/* A click as keys (view.h). */
size_t map_click(const struct app *app, const struct canvas *c, int row, int col, uint32_t *key);

/* What the view gives to a file (map_save.c; view.h). */
enum status map_result(const struct app *app, struct table *out, struct err *err);
enum status map_figure(const struct app *app, struct figure *out, struct err *err);

void map_render(const struct app *app, struct canvas *c, struct rect area);

#endif
