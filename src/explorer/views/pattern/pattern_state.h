/*
 * pattern_state.h - what the pattern view shows: shared by its state (pattern_view.c) and its
 * drawing (pattern_draw.c).
 */
#ifndef PROPNEU_EXPLORER_VIEWS_PATTERN_PATTERN_STATE_H
#define PROPNEU_EXPLORER_VIEWS_PATTERN_PATTERN_STATE_H

#include "explorer/view.h"

/* Curves overlaid on that of the current phone. */
#define PATTERN_OVERLAYS 4

/* A rare phone: fewer activations than these are to be expected of a neuron at the baseline. */
#define PATTERN_RARE 10

/* A phone or other label of the file: its level in the factor phone. */
struct pattern_entry {
    uint32_t level;
    int64_t frames; /* under the conditions; -1 where only probabilities are known */
};

/* One phone's profile in the layer it was made for, under the conditions of its stamp. */
struct pattern_curve {
    bool there; /* the profile is made */
    size_t entry;
    uint32_t level, layer;
    unsigned stamp; /* app->conditions at that time */
    struct profile profile;
    uint32_t *order; /* [profile.width] neurons by falling p */
    char why[256];   /* why there is none */
};

/* Columns of the neurons' list. */
enum pattern_column {
    PATTERN_NEURON,
    PATTERN_P,
    PATTERN_LOW,
    PATTERN_HIGH,
    PATTERN_LIFT,
    PATTERN_HITS,
    PATTERN_MARGINAL,
    PATTERN_IN,
    PATTERN_MARKED,
    PATTERN_COLUMNS
};

/* Columns of the phones' list. */
enum { PHONES_PHONE, PHONES_FRAMES, PHONES_CLASS, PHONES_RARE, PHONES_COLUMNS };

enum pattern_form { PATTERN_BOTH, PATTERN_CURVES, PATTERN_TABLE, PATTERN_FORMS };

struct pattern_state {
    struct pattern_entry *entry; /* [entries] phones in the table's order, then other labels */
    size_t entries, here;        /* here: the phone at hand */
    struct grid phones, neurons; /* ids: entries; neurons of the phone at hand */
    bool on_neurons;             /* keys go to them */
    /* What the lists were made for. */
    unsigned phones_stamp, neurons_stamp, marks_stamp;
    uint32_t neurons_level, neurons_layer;
    unsigned stamp;                                   /* of the entries' frames */
    long overlaid[PATTERN_OVERLAYS];                  /* entry + 1; 0 = free */
    struct pattern_curve curve[1 + PATTERN_OVERLAYS]; /* [0]: the phone at hand */
    enum pattern_form form;
    bool even; /* ranks on an even scale, not a logarithmic one */
};

static inline struct pattern_state *pattern_state(const struct app *app)
{
    return view_state(app, VIEW_PATTERN);
}

/* Name of entry I as shown. */
static inline const char *pattern_label(const struct app *app, size_t i)
{
    const struct counts *c = &app_file(app)->counts;
    uint32_t level = pattern_state(app)->entry[i].level;
    return level_label(c->factor[counts_find_factor(c, "phone")].level[level]);
}

/* The overlay that holds entry I, or -1. */
static inline int pattern_overlay_of(const struct pattern_state *s, size_t i)
{
    for (int k = 0; k < PATTERN_OVERLAYS; k++)
        if (s->overlaid[k] == (long)i + 1)
            return k;
    return -1;
}

/* True if entry I has too few frames to be trusted. */
bool pattern_is_rare(const struct app *app, size_t i);

/* Its lists (pattern_lists.c): as they are at first; filled in where they are out of date. */
void pattern_reset_lists(struct pattern_state *s);
enum status pattern_fill_phones(struct app *app, struct err *err);
enum status pattern_fill_neurons(struct app *app, struct err *err);

/* The pattern as a set expression; the view as options, and its cursor as a set (view.h). */
void pattern_set_text(const struct app *app, char *text, size_t size);
void pattern_tell(const struct app *app, struct link *out);
enum status pattern_take(struct app *app, const char *name, const char *value, struct err *err);
bool pattern_set(const struct app *app, enum view_set which, struct buf *out);

/* Lines of the neurons' list on the screen. */
size_t pattern_page(const struct app *app);

/* What the view gives to a file (pattern_save.c; view.h). */
enum status pattern_result(const struct app *app, struct table *out, struct err *err);
enum status pattern_figure(const struct app *app, struct figure *out, struct err *err);

void pattern_render(const struct app *app, struct canvas *c, struct rect area);

#endif
