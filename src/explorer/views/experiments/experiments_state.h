/*
 * experiments_state.h - what the experiments view keeps: shared by its keys (experiments_view.c),
 * its form (experiments_form.c) and its pictures (experiments_draw.c).
 */
#ifndef PROPNEU_EXPLORER_VIEWS_EXPERIMENTS_EXPERIMENTS_STATE_H
#define PROPNEU_EXPLORER_VIEWS_EXPERIMENTS_EXPERIMENTS_STATE_H

#include "background/experiment_processes.h"
#include "background/live.h"
#include "background/training_runs.h"
#include "explorer/view.h"

#define EXPERIMENTS_BESIDE 4 /* compared at a time */

/* What an experiment is begun with: FIELD(ID, key in files, label, what it takes). */
#define EXPERIMENT_FIELDS(FIELD)                                                     \
    FIELD(WHAT, "neurons", "neurons",                                                \
          "a property (each of its groups; gender:lape: by that rule), or a set")    \
    FIELD(LAYERS, "layers", "layers", "all, or a list: 1,3-4")                       \
    FIELD(EDIT, "edit", "edit", "erase, scale G, mean FILE, or prune [10%,20%,...]") \
    FIELD(TASK, "task", "task", "sid, phones or centroid")                           \
    FIELD(BY, "by", "groups by", "factors, such as gender,speaker; none: default")   \
    FIELD(CONTROLS, "controls", "controls", "matched random sets for each")          \
    FIELD(PIECE, "piece", "pieces", "seconds; whole: whole recordings")              \
    FIELD(NOISE, "noise", "noise", "standard deviation, 0: none")                    \
    FIELD(MODEL, "model", "model", "folder or checkpoint")                           \
    FIELD(AUDIO, "audio", "recordings", "folder or list")                            \
    FIELD(LABELS, "labels", "labels", "folder or file; none: only for the task sid") \
    FIELD(SPEAKERS, "speakers", "speakers", "table of genders, or none")

enum experiment_field {
#define FIELD_ENUM(id, key, label, help) FIELD_##id,
    EXPERIMENT_FIELDS(FIELD_ENUM)
#undef FIELD_ENUM
        FIELD_COUNT
};

/*
 * The forms of the view: results of the selected experiment as numbers or as a plot, or one
 * recording with and without a set.
 */
enum experiments_shape {
    EXPERIMENTS_TABLE,
    EXPERIMENTS_PLOT,
    EXPERIMENTS_LIVE,
    EXPERIMENTS_SHAPES
};

struct experiments_state {
    bool open; /* jobs_init was called */
    struct jobs jobs;
    struct training_runs runs; /* listed behind the experiments */
    size_t here, top;
    long long now;     /* ms, of the last look at the journals */
    long long looked;  /* ms, when the loop last looked for an answer */
    int shape;         /* enum experiments_shape */
    bool form, filled; /* the form is open; it has its default values */
    size_t field;      /* FIELD_COUNT: the line that starts */
    char value[FIELD_COUNT][256];
    /* Listening with and without a set (experiments_live.c). */
    struct live *live;
    struct live_options live_how;
    struct live_ask wanted, asked;    /* asked: what the next answer is to */
    bool asking;                      /* asked holds a question */
    const struct live_answer *answer; /* live's */
    size_t first;                     /* frame at the left edge */
    bool doomed;                      /* one more key deletes the experiment at hand */
};

static inline struct experiments_state *experiments_state(const struct app *app)
{
    return view_state(app, VIEW_EXPERIMENTS);
}

/* The form (experiments_form.c): opens it, its default values found; starts what it says, and tells
 * the number of the experiment that it is the SAME as (jobs_begun). */
void experiments_form_open(struct app *app);
enum status experiments_form_start(struct app *app, size_t *same, struct err *err);
const char *experiments_field_label(size_t field);
const char *experiments_field_help(size_t field);

/* Looks at the journals; true if one has changed. */
bool experiments_look(struct app *app);

/* Experiments begun from here that run; asks what becomes of them (experiments_quit.c; view.h). */
size_t experiments_own(struct app *app);
bool experiments_leave(struct app *app, bool print, struct err *err);

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

/* The numbers of the experiment under the cursor (experiments_save.c). */
enum status experiments_result(const struct app *app, struct table *out, struct err *err);

/* Runs of training (experiments_training.c): the one under the cursor, NULL: that is an experiment
 * or nothing; its line, its numbers and plot, and what the keys do with it. */
const struct training_watch *experiments_run(const struct app *app);
void experiments_draw_run(const struct app *app, struct canvas *c, int row, size_t i);
void experiments_draw_training(const struct training_watch *w, struct canvas *c, struct rect area);
void experiments_training_status(const struct app *app, struct buf *line);
enum status experiments_training_result(const struct app *app, struct table *out, struct err *err);
void experiments_training_begin(struct app *app, struct err *err);
void experiments_training_pause(struct app *app, struct err *err);
void experiments_training_resume(struct app *app, struct err *err);
void experiments_training_forget(struct app *app, struct err *err);

/* Lines of the list. */
static inline size_t experiments_lines(const struct experiments_state *s)
{
    return s->jobs.count + s->runs.count;
}

/* The list above, and what is below it (experiments_draw.c). */
void experiments_draw(const struct app *app, struct canvas *c, struct rect area);

/* Experiments of one kind, beside each other or one alone (experiments_beside.c). */
struct beside {
    const struct experiment *x[EXPERIMENTS_BESIDE]; /* [count] */
    char letter[EXPERIMENTS_BESIDE];                /* '*': one alone */
    size_t count;
};

/* Those that stand beside number HERE of J, itself one of them; false if there is no other. */
bool experiments_beside(const struct jobs *j, size_t here, struct beside *b);

/* Puts HERE beside the others, or takes it away; false: there are too many. */
bool experiments_put_beside(struct jobs *j, size_t here);

/* What any of them has: set erased and group measured, curves, shares kept; in their order. */
struct beside_line {
    const char *row, *column;
};
bool beside_line(const struct beside *b, size_t n, struct beside_line *l);
const char *beside_row_name(const struct beside *b, size_t n);
size_t beside_points(const struct beside *b, double *share, size_t most);

/* EXPERIMENT_NOTHING where X has none such. */
uint32_t beside_row(const struct experiment *x, const char *name);
uint32_t beside_column(const struct experiment *x, const char *name);
uint32_t beside_point(const struct experiment *x, double share);

/* Their plot (experiments_plot.c); which is which, and table or plot. */
void experiments_plot(const struct beside *b, struct canvas *c, struct rect area);
void experiments_draw_beside(const struct beside *b, int shape, struct canvas *c, struct rect area);

/* Numbers of a quantity as they are shown: their factor and decimals; a column without "gender=".
 */
double experiments_scale(enum experiment_quantity q);
int experiments_digits(enum experiment_quantity q);
const char *experiments_column(const char *column);

/* One experiment's results in AREA. */
void experiments_draw_results(const struct experiment *x, int shape, struct canvas *c,
                              struct rect area);

/* "0:07", "2:03:11" of SECONDS. */
void experiments_time(double seconds, char *text, size_t size);

#endif
