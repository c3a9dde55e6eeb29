/*
 * player.h - what stands between keys and the app: plays a script, step by step or by itself,
 * records keys as a script, echoes them in a corner.
 *
 * Without any of these it hands on keys and screens as they are.  Time is told by the caller, in
 * milliseconds of any clock that only goes forward.
 */
#ifndef PROPNEU_EXPLORER_PLAYER_H
#define PROPNEU_EXPLORER_PLAYER_H

#include "explorer/app.h"
#include "explorer/script.h"

struct player_options {
    const struct script *script; /* borrowed; NULL: nothing to play */
    size_t first;                /* step to begin with, from 1; 0 = 1 */
    bool automatic;
    double seconds; /* for every step when playing by itself; 0: as the script says */
    bool show_keys, record;
};

struct player {
    struct app *app;
    struct app_options start; /* where the script begins */
    struct player_options asked;
    int cols, rows;   /* of the whole screen */
    int words;        /* lines under the app for what the script says */
    bool touring;     /* a script is on, and keys are for it */
    bool automatic;   /* it goes on by itself */
    size_t step;      /* shown, from 0 */
    long long since;  /* when it came, or the last key */
    char note[80];    /* of the last key, in place of the step's keys */
    uint32_t echo[8]; /* the last keys, the latest first */
    struct buf record;
    uint32_t *pending; /* [pendings] keys not yet in the record */
    size_t pendings, pending_cap;
    bool pending_typed;
};

/*
 * For APP (borrowed), which was opened with START.  With a script, its first steps are pressed.
 * player_free frees what belongs to the player in any case.
 */
enum status player_init(struct player *p, struct app *app, const struct app_options *start,
                        const struct player_options *options, long long now, struct err *err);
void player_free(struct player *p);

/* The screen is there: the time of the first step begins. */
void player_start(struct player *p, long long now);

/* The size of the screen, of which the app gets what the words leave. */
void player_resize(struct player *p, int cols, int rows);

void player_key(struct player *p, uint32_t key, long long now);

/* Milliseconds until player_tick is due, -1 if never. */
int player_due(const struct player *p, long long now);
void player_tick(struct player *p, long long now);

/* Shows the next step; false at the last.  What cannot be done is said on the screen. */
bool player_next(struct player *p, long long now);

/* Draws the screen into C, which has the player's size. */
enum status player_render(const struct player *p, struct canvas *c, struct err *err);

/* The record so far, as a script. */
const struct buf *player_record(struct player *p);

/* Lines for words on a screen of COLS x ROWS, the same for all steps (player_draw.c). */
int player_words(const struct player *p, int cols, int rows);

#endif
