/*
 * Playing and recording scripts (player.h): tours advance by Space, recorded keys are written with
 * their pauses.
 */
#include "config.h"

#include "explorer/player.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/keys.h"
#include "base/mem.h"

enum {
    PATIENCE_MS = 5000, /* waited, before a key of a script, for what it may be about */
    UNTOLD_SECONDS = 8, /* a step stays, where the script does not say */
    THINKING_MS = 500   /* a pause from which on a record keeps it */
};

static void flush_pending(struct player *p)
{
    if (p->pendings)
        script_write_keys(&p->record, p->pending, p->pendings, p->pending_typed);
    p->pendings = 0;
}

/*
 * Keys are collected as long as they are of one kind (typed or pressed) without a pause, so that
 * the record has one line for a word that was typed. Pauses from THINKING_MS on become "wait"
 * lines.
 */
static void record_key(struct player *p, uint32_t key, bool typed, long long now)
{
    long long pause = now - p->since;
    if (p->pendings && (typed != p->pending_typed || pause >= THINKING_MS))
        flush_pending(p);
    if (p->record.len && pause >= THINKING_MS)
        script_write_wait(&p->record, (double)pause / 1000);
    p->pending_typed = typed;
    if (mem_grow(&p->pending, &p->pending_cap, p->pendings + 1, sizeof *p->pending))
        p->pending[p->pendings++] = key;
}

static void echo_key(struct player *p, uint32_t key)
{
    memmove(p->echo + 1, p->echo, sizeof p->echo - sizeof p->echo[0]);
    p->echo[0] = key;
}

/* A key for the app. */
static void player_give(struct player *p, uint32_t key, long long now)
{
    if (p->asked.show_keys)
        echo_key(p, key);
    bool typed = app_context(p->app) == CTX_PROMPT && key_types(key);
    app_key(p->app, key);
    /* The end of the session is no part of what is to be shown again. */
    if (p->asked.record && !p->app->quit)
        record_key(p, key, typed, now);
    p->since = now;
}

/* Does what the keys of a step do, each with what it is about computed. */
static void press_step(struct player *p, long long now)
{
    const struct script_step *s = &p->asked.script->step[p->step];
    for (size_t i = 0; i < s->keys; i++) {
        app_settle(p->app, false, PATIENCE_MS);
        app_prepare(p->app);
        player_give(p, s->key[i], now);
        p->app->quit = false; /* the audience decides when it is over */
    }
    p->note[0] = '\0';
    p->since = now;
}

/* From the beginning through step STEP: the way back. */
static enum status player_replay(struct player *p, size_t step, long long now, struct err *err)
{
    enum status code = app_restart(p->app, &p->start, err);
    for (size_t i = 0; !code && i <= step; i++) {
        p->step = i;
        press_step(p, now);
    }
    if (code) {
        snprintf(p->note, sizeof p->note, "%.79s", err->msg);
        p->app->quit = true; /* nothing is left to show */
    }
    return code;
}

/*
 * Plays the steps up to the first one to show. Their keys are pressed rather than the place being
 * set, so that a tour in the middle looks as it does when it is followed from the start.
 */
enum status player_init(struct player *p, struct app *app, const struct app_options *start,
                        const struct player_options *options, long long now, struct err *err)
{
    *p = (struct player){.app = app,
                         .start = *start,
                         .asked = *options,
                         .touring = options->script != NULL,
                         .automatic = options->script && options->automatic,
                         .record = BUF_INIT};
    p->since = now;
    player_resize(p, start->cols, start->rows);
    size_t first = options->first ? options->first - 1 : 0;
    if (options->script && first >= options->script->count)
        return err_set(err, STATUS_NOTFOUND, "there is no step %zu, the last is %zu", first + 1,
                       options->script->count);
    for (p->step = 0; p->touring; p->step++) {
        press_step(p, now);
        if (p->step == first)
            break;
    }
    return STATUS_OK;
}

void player_free(struct player *p)
{
    buf_free(&p->record);
    free(p->pending);
    p->pending = NULL;
    p->pendings = p->pending_cap = 0;
}

void player_start(struct player *p, long long now)
{
    p->since = now;
}

void player_resize(struct player *p, int cols, int rows)
{
    if (p->touring && (cols != p->cols || rows != p->rows))
        p->words = player_words(p, cols, rows);
    p->cols = p->app->cols = cols;
    p->rows = p->app->rows = rows;
    if (p->touring)
        p->app->rows -= p->words + 1;
}

bool player_next(struct player *p, long long now)
{
    if (p->step + 1 >= p->asked.script->count) {
        snprintf(p->note, sizeof p->note, "This is the last step");
        p->automatic = false;
        return false;
    }
    p->step++;
    press_step(p, now);
    return true;
}

/* The explorer, at the place reached. */
static void player_leave(struct player *p)
{
    p->touring = p->automatic = false;
    player_resize(p, p->cols, p->rows);
    app_say(p->app, false, "Tour ended; all keys work now, ? lists them");
}

/*
 * During a tour keys control the tour, not the app. The way back replays from the beginning:
 * actions have no inverse. Every key starts the time of the step anew.
 */
static void tour_key(struct player *p, uint32_t key, long long now)
{
    struct err err;
    long arg;
    p->note[0] = '\0';
    switch (action_for_key(key, CTX_TOUR, &arg)) {
    case ACTION_TOUR_NEXT: player_next(p, now); break;
    case ACTION_TOUR_BACK:
        if (p->step > 0)
            player_replay(p, p->step - 1, now, &err);
        break;
    case ACTION_TOUR_AUTO: p->automatic = !p->automatic; break;
    case ACTION_TOUR_LEAVE: player_leave(p); break;
    case ACTION_TOUR_QUIT: p->app->quit = true; break;
    case ACTION_REDRAW: p->app->redraw = true; break;
    default: snprintf(p->note, sizeof p->note, "Esc ends the tour, then all keys work");
    }
    p->since = now;
}

void player_key(struct player *p, uint32_t key, long long now)
{
    if (p->touring)
        tour_key(p, key, now);
    else
        player_give(p, key, now);
}

int player_due(const struct player *p, long long now)
{
    if (!p->automatic)
        return -1;
    double told = p->asked.script->step[p->step].wait;
    double wait = p->asked.seconds > 0 ? p->asked.seconds : told >= 0 ? told : UNTOLD_SECONDS;
    long long left = p->since + (long long)(1000 * wait) - now;
    return left < 0 ? 0 : (int)left;
}

void player_tick(struct player *p, long long now)
{
    if (player_due(p, now) == 0)
        player_next(p, now);
}

const struct buf *player_record(struct player *p)
{
    flush_pending(p);
    return &p->record;
}
