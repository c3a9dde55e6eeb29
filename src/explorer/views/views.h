/*
 * views.h - the table of the views, in the order of their tabs.
 *
 * A view is a folder beside this file, which defines one struct view (view.h), and one row here.
 * Tabs, number keys, the names that --view and the settings take, completions and help are all
 * made from the rows.
 */
#ifndef PROPNEU_EXPLORER_VIEWS_VIEWS_H
#define PROPNEU_EXPLORER_VIEWS_VIEWS_H

/* VIEW(ID, name on the command line, title, its struct view). */
#define VIEWS(VIEW)                                                   \
    VIEW(LAYERS, "layers", "Layers", view_layers)                     \
    VIEW(PATTERN, "pattern", "Pattern", view_pattern)                 \
    VIEW(MAP, "map", "Map", view_map)                                 \
    VIEW(OVERLAP, "overlap", "Overlap", view_overlap)                 \
    VIEW(NEURONS, "neurons", "Neurons", view_neurons)                 \
    VIEW(EXPERIMENTS, "experiments", "Experiments", view_experiments) \
    VIEW(COMPARE, "compare", "Compare", view_compare)                 \
    VIEW(STATISTICS, "statistics", "Statistics", view_statistics)

enum view_id {
#define VIEW_ENUM(id, name, title, definition) VIEW_##id,
    VIEWS(VIEW_ENUM)
#undef VIEW_ENUM
        VIEW_COUNT
};

struct view;
#define VIEW_DECLARE(id, name, title, definition) extern const struct view definition;
VIEWS(VIEW_DECLARE)
#undef VIEW_DECLARE

/* The view ID, its name and its title (view.c). */
const struct view *view_of(enum view_id id);
const char *view_name(enum view_id id);
const char *view_title(enum view_id id);

/* The view called NAME; VIEW_COUNT if there is none. */
enum view_id view_find(const char *name);

#endif
