/*
 * The explorer without a terminal: the screen as plain text or in colours, or the neurons that
 * were marked.
 */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "cli/explore.h"

/* The current screen as text, or with ANSI colours for --color=always. The results it shows are
 * waited for, so that equal input prints equal text. */
static int print_screen(struct player *p, FILE *out)
{
    struct canvas c;
    struct buf text = BUF_INIT;
    struct err err;
    player_resize(p, p->cols, p->rows);
    /* A thread is at work where the terminal turned out to be dumb only now. */
    app_settle(p->app, true, INT_MAX);
    app_prepare(p->app);
    if (!canvas_init(&c, p->cols, p->rows, p->app->ascii)) {
        err_nomem(&err);
        return cli_fail(&err);
    }
    enum status failed = player_render(p, &c, &err);
    if (!failed) {
        if (p->start.color && strcmp(p->start.color, "always") == 0)
            canvas_print_ansi(&c, &text);
        else
            canvas_print(&c, &text);
        /* A screen shows what it has; who reads a file does not see that something is missing. */
        if (!buf_ok(&text) || err_lacked_memory())
            failed = err_nomem(&err);
        else
            fwrite(buf_text(&text), 1, text.len, out);
    }
    buf_free(&text);
    canvas_free(&c);
    return failed ? cli_fail(&err) : CLI_DONE;
}

int explore_print(struct cli *cli, struct player *p)
{
    struct cli_out out;
    struct err err;
    if (!cli_out_open(cli, &out, &err))
        return cli_fail(&err);
    int code = print_screen(p, out.stream);
    while (code == CLI_DONE && p->touring && player_next(p, 0)) {
        fputc('\n', out.stream);
        code = print_screen(p, out.stream);
    }
    if (code == CLI_DONE)
        return cli_out_close(&out);
    cli_out_abandon(&out);
    return code;
}

int explore_print_neurons(struct app *app)
{
    struct buf lines = BUF_INIT;
    struct err err;
    size_t count;
    enum status code = marks_lines(app, &lines, &count, &err);
    if (!code)
        fwrite(buf_text(&lines), 1, lines.len, stdout);
    buf_free(&lines);
    return code ? cli_fail(&err) : CLI_DONE;
}
