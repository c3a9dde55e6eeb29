/*
 * The event loop: keys, signals, results of background work and running experiments, in one poll;
 * what follows the cursor is drawn once no more keys are waiting.
 */
#include "config.h"

#include "tui/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "screen/keys.h"
#include "explorer/changed.h"
#include "explorer/mouse.h"
#include "tui/outgoing.h"

enum {
    PATIENCE_MS = 25,  /* waited for a result before the screen is drawn without it */
    FIRST_MS = 10,     /* the same for the first screen: people wait for a sign of life */
    PROGRESS_MS = 250, /* between two drawings of progress */
    SETTLE_MS = 130,   /* without a key before what follows the cursor is drawn */
    BURST = 64         /* keys handled before the screen is drawn */
};

struct loop {
    struct player *player;
    struct app *app; /* the player's */
    struct canvas canvas;
    bool have_canvas;
    bool dirty, anew; /* draw; draw everything */
    bool progress;    /* results came that the screen may show */
    bool waiting;     /* the last drawing lacked something the view is about */
    bool moved;       /* since the last drawing, keys have only moved the cursor */
    bool gone;        /* the terminal is */
    int signal;
    long long drawn, key; /* ms: the last drawing, the last key */
};

static long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What a library printed must not be lost under the screen. */
static void take_messages(struct app *app)
{
    char line[200];
    while (terminal_heard(line, sizeof line))
        app_heard(app, line);
}

/* Draws the screen in its current size. Waits shortly for results first, so that quick ones appear
 * at once and do not flicker in; what follows the cursor is left out while keys repeat. */
static enum status loop_draw(struct loop *l, struct err *err)
{
    struct app *app = l->app;
    int cols, rows;
    terminal_size(&cols, &rows);
    player_resize(l->player, cols, rows);
    if (!l->have_canvas || l->canvas.cols != cols || l->canvas.rows != rows) {
        if (l->have_canvas) {
            canvas_free(&l->canvas);
            l->anew = true; /* terminals crop or wrap what stood there, each in its own way */
        }
        l->have_canvas = canvas_init(&l->canvas, cols, rows, app->ascii);
        if (!l->have_canvas)
            return err_nomem(err);
    }
    app->lag = l->moved && now_ms() < l->key + SETTLE_MS;
    app_settle(app, false, l->drawn ? PATIENCE_MS : FIRST_MS);
    take_messages(app);
    app_prepare(app);
    if (changed_notice(app))
        app_prepare(app);
    l->waiting = !app_settled(app);
    enum status code = player_render(l->player, &l->canvas, err);
    outgoing_collect();
    terminal_mouse(app->mouse);
    draw_canvas(&l->canvas, l->anew || app->redraw);
    outgoing_send();
    if (app->clip.ready) {
        clipboard_put(buf_text(&app->clip.text), app->clip.text.len);
        app->clip.ready = false;
    }
    app->redraw = l->anew = l->dirty = l->progress = false;
    l->moved = app->lag;
    l->drawn = now_ms();
    return code;
}

/* The shell gets its terminal back, and the process stops; continues here when it is resumed. */
static void loop_stop(struct loop *l)
{
    terminal_leave();
    signals_default_stop();
    terminal_return();
    l->dirty = l->anew = true;
}

/* Handles all signals that came; those that end the program are kept in `signal` for the caller. */
static void take_signals(struct loop *l)
{
    int number;
    while ((number = signals_next())) {
        if (number == SIGTSTP)
            loop_stop(l);
        else if (number == SIGWINCH)
            l->dirty = true;
        else if (number == SIGCONT)
            l->dirty = l->anew = true;
        else
            l->signal = number;
    }
}

/* True if the terminal says it can be read, yet there is nothing and never will be. */
static bool at_end(int fd)
{
    struct pollfd p = {fd, POLLIN, 0};
    int waiting = 0;
    if (poll(&p, 1, 0) <= 0)
        return false;
    if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
        return true;
    return (p.revents & POLLIN) && ioctl(fd, FIONREAD, &waiting) == 0 && waiting == 0;
}

/*
 * Handles one key. `moved` stays true only while all keys since the last drawing moved the cursor.
 */
static void take_key(struct loop *l, uint32_t key)
{
    bool touring = l->player->touring;
    player_key(l->player, key, now_ms());
    l->moved = l->app->moved && !touring && (l->moved || !l->dirty);
    l->dirty = true;
}

/* A click is about the screen as it was drawn: keys before it may have changed what is there. */
static void take_click(struct loop *l)
{
    static uint32_t key[MOUSE_MAX_KEYS];
    int row, col;
    input_click(&row, &col);
    if (l->dirty || l->player->touring || !l->have_canvas)
        return;
    size_t n = mouse_keys(l->app, &l->canvas, row, col, key);
    for (size_t i = 0; i < n; i++)
        take_key(l, key[i]);
}

/* Handles the waiting keys, at most BURST, so that the screen keeps up with pasted text. */
static void take_keys(struct loop *l)
{
    int n = 0;
    uint32_t key;
    while (n < BURST && !l->app->quit && (key = input_key())) {
        if (key == KEY_CODE_CLICK)
            take_click(l);
        else
            take_key(l, key);
        n++;
    }
    if (n)
        l->key = now_ms();
    if (n == 0 && at_end(terminal_input()))
        l->gone = true;
}

static int left_ms(long long until)
{
    long long left = until - now_ms();
    return left > 0 ? (int)left : 0;
}

/* Milliseconds until results that have come may be shown; -1 if there are none. */
static int progress_ms(const struct loop *l)
{
    return l->progress ? left_ms(l->drawn + PROGRESS_MS) : -1;
}

/* Milliseconds until what follows the cursor catches up; -1 if it has. */
static int settle_ms(const struct loop *l)
{
    return l->app->lag ? left_ms(l->key + SETTLE_MS) : -1;
}

/* The sooner of two times; -1 is never. */
static int loop_sooner(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* How long to sleep: for ever, unless something is due. Nothing is drawn before the terminal has
 * taken the last frame. */
static int pause_ms(const struct loop *l)
{
    int drawing = outgoing_waiting() ? -1 : loop_sooner(progress_ms(l), settle_ms(l));
    return loop_sooner(loop_sooner(player_due(l->player, now_ms()), app_due(l->app)), drawing);
}

/* Decides whether results of the worker thread cause a drawing now. */
static void take_results(struct loop *l, const struct pollfd *p)
{
    if (p->revents & POLLIN) {
        engine_drain(app_file(l->app)->engine);
        l->progress = true;
    }
    /* What the user waits for is shown at once, the rest a few times a second. */
    if (l->progress && ((l->waiting && app_settled(l->app)) || progress_ms(l) == 0))
        l->dirty = true;
    if (settle_ms(l) == 0)
        l->dirty = true;
}

/* One turn: draw if needed, sleep until a key, a signal, a result or a deadline, and handle all
 * that came. */
static enum status loop_step(struct loop *l, struct err *err)
{
    struct pollfd p[4] = {{terminal_input(), POLLIN, 0},
                          {signals_fd(), POLLIN, 0},
                          {engine_fd(app_file(l->app)->engine), POLLIN, 0}};
    if (l->dirty && !outgoing_waiting()) {
        enum status code = loop_draw(l, err);
        if (code)
            return code;
    }
    p[3] = (struct pollfd){outgoing_waiting() ? outgoing_fd() : -1, POLLOUT, 0};
    if (poll(p, 4, pause_ms(l)) < 0 && errno != EINTR)
        return err_errno(err, "poll");
    if (p[3].revents)
        outgoing_more();
    if (p[1].revents)
        take_signals(l);
    if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL))
        l->gone = true;
    else if (p[0].revents)
        take_keys(l);
    take_results(l, &p[2]);
    if (app_due(l->app) == 0)
        l->dirty |= app_look(l->app);
    if (player_due(l->player, now_ms()) == 0) {
        player_tick(l->player, now_ms());
        l->dirty = true;
    }
    return STATUS_OK;
}

enum status tui_run(struct player *player, enum tui_color color, int *signal, struct err *err)
{
    struct loop l = {.player = player, .app = player->app, .dirty = true};
    enum status code = signals_open(err);
    *signal = 0;
    if (code)
        return code;
    code = terminal_open(color, err);
    if (!code) {
        player_start(player, now_ms());
        while (!code && !l.app->quit && !l.gone && !l.signal)
            code = loop_step(&l, err);
        terminal_close();
        if (l.have_canvas)
            canvas_free(&l.canvas);
    }
    signals_close();
    *signal = l.signal;
    return code;
}
