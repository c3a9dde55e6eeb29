/*
 * experiments_state.h - what the experiments view keeps: shared by its keys (view_experiments.c),
 * its form (experiments_form.c) and its pictures (experiments_draw.c).
 */
#ifndef PROPNEU_VIEW_EXPERIMENTS_STATE_H
#define PROPNEU_VIEW_EXPERIMENTS_STATE_H

#include "jobs.h"
#include "live.h"
#include "view.h"

/* What an experiment is begun with: FIELD(ID, key in files, label, what it takes). */
#define EXPERIMENT_FIELDS(FIELD)                                                             \
    FIELD(WHAT, "neurons", "neurons", "a property, whose groups go in turn, or a set")       \
    FIELD(LAYERS, "layers", "layers", "all, or a list: 1,3-4")                               \
    FIELD(EDIT, "edit", "what is done", "erase, scale G, mean FILE, or prune [10%,20%,...]") \
    FIELD(TASK, "task", "task", "sid, phones or centroid")                                   \
    FIELD(BY, "by", "measured by", "factors, such as gender,speaker; none: as fits")         \
    FIELD(CONTROLS, "controls", "controls", "matched random sets beside each")               \
    FIELD(PIECE, "piece", "pieces", "seconds, whole: recordings as they are")                \
    FIELD(NOISE, "noise", "noise", "its deviation, 0: none")                                 \
    FIELD(MODEL, "model", "model", "folder or checkpoint")                                   \
    FIELD(AUDIO, "audio", "recordings", "folder or list")                                    \
    FIELD(LABELS, "labels", "labels", "folder or file; none: only for the task sid")         \
    FIELD(SPEAKERS, "speakers", "speakers", "table of genders, or none")

enum experiment_field {
#define FIELD_ENUM(id, key, label, help) FIELD_##id,
    EXPERIMENT_FIELDS(FIELD_ENUM)
#undef FIELD_ENUM
        FIELD_COUNT
};

enum experiments_shape {
    EXPERIMENTS_TABLE,
    EXPERIMENTS_PLOT,
    EXPERIMENTS_LIVE,
    EXPERIMENTS_SHAPES
};

struct experiments_state {
    bool open;
    struct jobs jobs;
    size_t here, top;
    long long now; /* ms, of the last look */
    int shape;     /* enum experiments_shape */
    bool form, filled;
    size_t field; /* FIELD_COUNT: the line that starts */
    char value[FIELD_COUNT][256];
    /* Listening with and without a set (experiments_live.c). */
    struct live *live;
    struct live_options live_how;
    struct live_ask wanted, asked;
    bool asking;
    const struct live_answer *answer; /* live's */
    size_t first;                     /* frame at the left edge */
    bool doomed;                      /* one more key deletes the experiment at hand */
};

static inline struct experiments_state *experiments_state(const struct app *app)
{
    return view_state(app, VIEW_EXPERIMENTS);
}

/* The form (experiments_form.c): opens it, its default values found; starts what it says. */
void experiments_form_open(struct app *app);
enum status experiments_form_start(struct app *app, struct err *err);
const char *experiments_field_label(size_t field);
const char *experiments_field_help(size_t field);

#define LIVE_LOOK_MS 20 /* between two looks for an answer */

/* Fills in what is known; true if the file at hand is one of the demo, whose FOLDER it names. */
void experiments_form_fill(struct app *app);
bool experiments_bundled(const struct app *app, char *folder, size_t size);

/* TEXT of SIZE bytes becomes a set that needs no marks or names. */
enum status experiments_plain_set(struct app *app, char *text, size_t size, struct err *err);

/* Listening: keys, looking for answers, drawing. */
bool experiments_live_apply(struct app *app, enum action action);
bool experiments_live_look(struct app *app);
int experiments_live_due(const struct app *app);
void experiments_live_end(struct app *app);
void experiments_live_status(const struct app *app, struct buf *line);
void experiments_live_draw(const struct app *app, struct canvas *c, struct rect area);
void live_draw(const struct live_answer *a, const struct live_options *o, size_t first, bool busy,
               struct canvas *c, struct rect area);

/* The list above, and what is below it (experiments_draw.c). */
void experiments_draw(const struct app *app, struct canvas *c, struct rect area);

/* One experiment's results in AREA. */
void experiments_draw_results(const struct experiment *x, int shape, struct canvas *c,
                              struct rect area);

/* "0:07", "2:03:11" of SECONDS. */
void experiments_time(double seconds, char *text, size_t size);

#endif
