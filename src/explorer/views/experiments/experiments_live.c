/*
 * Listening to one recording with and without a set: its fields, and asking the listener in
 * src/background.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "explorer/views/experiments/experiments_state.h"
#include "explorer/link.h"

/* The models that decide, with the count files of the same name. */
static void choose_bundled(struct live_options *o, const char *demo)
{
    static const struct {
        const char *name;
        enum eval_task task;
    } with_heads[LIVE_MODELS] = {{"sid", EVAL_SID}, {"pr", EVAL_PHONES}};
    for (; o->models < LIVE_MODELS; o->models++) {
        struct live_model *m = &o->model[o->models];
        m->task = with_heads[o->models].task;
        snprintf(m->model, sizeof m->model, "%s/models/%s.safetensors", demo,
                 with_heads[o->models].name);
        snprintf(m->counts, sizeof m->counts, "%s/counts/%s.counts", demo,
                 with_heads[o->models].name);
    }
    snprintf(o->audio, sizeof o->audio, "%s/audio", demo);
    snprintf(o->labels, sizeof o->labels, "%s/textgrid", demo);
}

/* The model of the form, as far as it has a head for its task. */
static bool choose_own(struct live_options *o, const struct app *app)
{
    const struct experiments_state *s = experiments_state(app);
    struct live_model *m = &o->model[0];
    bool sid = strcmp(s->value[FIELD_TASK], "sid") == 0;
    if (!s->value[FIELD_MODEL][0] || !s->value[FIELD_AUDIO][0] ||
        (!sid && strcmp(s->value[FIELD_TASK], "phones") != 0))
        return false;
    m->task = sid ? EVAL_SID : EVAL_PHONES;
    snprintf(m->model, sizeof m->model, "%s", s->value[FIELD_MODEL]);
    snprintf(m->counts, sizeof m->counts, "%s", app_file(app)->path);
    snprintf(o->audio, sizeof o->audio, "%s", s->value[FIELD_AUDIO]);
    snprintf(o->labels, sizeof o->labels, "%s", s->value[FIELD_LABELS]);
    o->models = 1;
    return true;
}

/* Opens what can be listened with; false, with the reason in the state, if there is nothing. */
static bool experiments_live_begin(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    char demo[PATH_MAX];
    if (s->live)
        return true;
    experiments_form_fill(app);
    memset(&s->live_how, 0, sizeof s->live_how);
    if (experiments_bundled(app, demo, sizeof demo))
        choose_bundled(&s->live_how, demo);
    else if (!choose_own(&s->live_how, app))
        return false;
    s->live_how.thread = app->threads;
    if (!s->wanted.set[0])
        snprintf(s->wanted.set, sizeof s->wanted.set, "%s",
                 experiments_bundled(app, demo, sizeof demo) ? "gender=male"
                                                             : s->value[FIELD_WHAT]);
    s->live = live_new(&s->live_how);
    return s->live != NULL;
}

static bool experiments_live_differs(const struct live_ask *a, const struct live_ask *b)
{
    return a->recording != b->recording || a->erase != b->erase || a->sigma != b->sigma ||
           strcmp(a->set, b->set) != 0 || strcmp(a->where, b->where) != 0;
}

/* The conditions at hand. */
static void tell_conditions(const struct app *app, struct live_ask *ask)
{
    struct link basis = LINK_INIT;
    const char *name, *value;
    size_t at = 0, used = 0;
    link_tell_basis(app, &basis);
    ask->sigma = app->sigma;
    ask->where[0] = '\0';
    while (buf_ok(&basis.text) && used < sizeof ask->where && link_next(&basis, &at, &name, &value))
        if (strcmp(name, "where") == 0)
            used += (size_t)snprintf(ask->where + used, sizeof ask->where - used, "%s\n", value);
    if (!buf_ok(&basis.text) || used >= sizeof ask->where)
        snprintf(ask->where, sizeof ask->where, "?");
    link_free(&basis);
}

bool experiments_live_look(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    if (!experiments_live_begin(app))
        return false;
    const struct live_answer *before = s->answer;
    tell_conditions(app, &s->wanted);
    if (!s->asking || experiments_live_differs(&s->wanted, &s->asked)) {
        s->asked = s->wanted;
        s->asking = true;
        live_ask(s->live, &s->asked);
    }
    s->answer = live_take(s->live);
    return s->answer != before;
}

int experiments_live_due(const struct app *app)
{
    const struct experiments_state *s = experiments_state(app);
    return s->live && live_busy(s->live) ? LIVE_LOOK_MS : -1;
}

void experiments_live_end(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    live_free(s->live);
    s->live = NULL;
    s->answer = NULL;
    s->asking = false;
}

/* One recording on or back, a screenful of time on or back. */
static void experiments_live_move(struct app *app, enum action action)
{
    struct experiments_state *s = experiments_state(app);
    size_t page = app->cols > 20 ? (size_t)(app->cols - 19) : 1;
    size_t frames = s->answer ? s->answer->frames : 0, last = frames > page ? frames - page : 0;
    size_t recordings = s->answer ? s->answer->recordings : 1;
    if (action == ACTION_UP || action == ACTION_DOWN) {
        lists_step(action, &s->wanted.recording, recordings, 2);
        s->first = 0;
    } else if (action == ACTION_PAGE_UP)
        s->first -= s->first < page ? s->first : page;
    else if (action == ACTION_PAGE_DOWN)
        s->first = s->first + page < last ? s->first + page : last;
    else
        s->first = action == ACTION_FIRST ? 0 : last;
}

/*
 * Takes the set and erases it at once. Marks and named sets become a list in a file, which the
 * listener can read.
 */
static enum status live_accept_set(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    char set[sizeof s->wanted.set];
    if (strlen(app->prompt.text) >= sizeof set)
        return err_set(err, STATUS_USAGE, "too long");
    snprintf(set, sizeof set, "%s", app->prompt.text);
    enum status code = experiments_plain_set(app, set, sizeof set, err);
    if (!code)
        memcpy(s->wanted.set, set, sizeof set);
    s->wanted.erase |= !code;
    return code;
}

static const struct prompt_kind set_prompt = {.text = PROMPT_SET, .accept = live_accept_set};

bool experiments_live_apply(struct app *app, enum action action)
{
    struct experiments_state *s = experiments_state(app);
    switch (action) {
    case ACTION_EDIT: prompt_open(app, &set_prompt, 0, "set to erase", s->wanted.set); return true;
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_FIRST:
    case ACTION_LAST: experiments_live_move(app, action); return true;
    default: return false;
    }
}

void experiments_live_status(const struct app *app, struct buf *line)
{
    const struct experiments_state *s = experiments_state(app);
    if (!s->live)
        return;
    buf_printf(line, "Space erases or restores the set; Up/Down: recordings; e: set");
    if (s->answer && !s->answer->why[0] && app->threads)
        buf_printf(line, " (%s ms)", number_fixed(1000 * s->answer->seconds, 0).text);
}

void experiments_live_draw(const struct app *app, struct canvas *c, struct rect area)
{
    const struct experiments_state *s = experiments_state(app);
    if (s->live)
        live_draw(s->answer, &s->live_how, s->first, live_busy(s->live), c, area);
    else
        canvas_wrap(
            c, area, STYLE_NORMAL,
            "Running a recording with and without a set of neurons needs a model with a head for "
            "speakers or phones, and recordings: fill in the form (a) with the task sid "
            "or phones.");
}
