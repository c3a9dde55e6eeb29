/*
 * Any keys, actions, clicks and sizes leave the explorer in a state it can draw: libFuzzer target.
 *
 * Bytes: columns, rows, flags; then keys, most as they are.  Those from 0xf0 on are followed by
 * what they are about: an action with its argument, a click, another size.
 */
#include "config.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explorer/app.h"
#include "screen/keys.h"
#include "explorer/mouse.h"
#include "fuzz.h"
#include "formats/datadir.h"

enum {
    OP_ACTION = 0xf0, /* number, argument */
    OP_CLICK,         /* row, column */
    OP_SIZE,          /* columns, rows */
    OP_LAG,           /* what follows the cursor may stay behind, or no longer */
    OP_SETTLE,        /* the results at hand are computed */
    FLAG_ASCII = 1,
    FLAG_PLAIN = 2,
    FLAG_A11Y = 4
};

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("\x50\x18\x00"
               "1jjlv2j jj vx\x0d\x1b"
               "3\xf4jjt1\x1b"
               "bv\x0d"),
    FUZZ_BYTES("\x28\x0a\x01"
               "4jae[AA]|gender\x0d"
               "G\x0d\x1b"
               "d&/ss%50\x0d"),
    FUZZ_BYTES("\x78\x28\x02"
               "5e\x15phone|pitch\x0d/12\x0dnN&fem\x0dsSjjG"),
    FUZZ_BYTES("\xc8\x3c\x04"
               "cj  r\x1b?\x04\x04\x1b+-=\xf2\x01\x01jk\xf2\x50\x18"),
    FUZZ_BYTES("\x50\x18\x00"
               "\xf0\x20\x03\xf0\x30\x01\xf0\x11\x07\xf1\x05\x08\xf1\x01\x12\xf3jjkE\x1bm6jj7jj"),
    FUZZ_BYTES("\x3c\x14\x00"
               "2jjGg\x15\x04hlhl<>[]{}()*!@#$^_|\\:;'\",.`~ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    FUZZ_END,
};

static char folder[] = "/tmp/fuzz-keys-XXXXXX";

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* What a session may write goes to a folder of its own. */
static void go_aside(void)
{
    static bool done;
    const char *path = datadir();
    char full[PATH_MAX];
    if (done)
        return;
    done = true;
    if (!realpath(path, full) || !mkdtemp(folder) || chdir(folder) != 0)
        abort();
    atexit(remove_folder);
    setenv("PROPNEU_DATA", full, 1);
    setenv("HOME", folder, 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("XDG_STATE_HOME", folder, 1);
}

static void draw(struct app *app, bool plain)
{
    struct canvas c;
    struct buf text = BUF_INIT;
    struct err err;
    app_prepare(app);
    if (!canvas_init(&c, app->cols, app->rows, app->ascii))
        return;
    c.plain = plain;
    if (app_render(app, &c, &err))
        abort();
    if (c.cursor_row >= c.rows ||
        (c.cursor_row >= 0 && (c.cursor_col < 0 || c.cursor_col > c.cols)))
        abort();
    canvas_print(&c, &text);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < ' ' ? text.data[i] != '\n'
                                              : app->ascii && text.data[i] & 0x80)
            abort();
    buf_free(&text);
    canvas_free(&c);
}

static void click(struct app *app, int row, int col)
{
    static uint32_t key[MOUSE_MAX_KEYS];
    struct canvas c;
    struct err err;
    if (!canvas_init(&c, app->cols, app->rows, app->ascii) || app_render(app, &c, &err))
        abort();
    size_t n = mouse_keys(app, &c, row, col, key);
    for (size_t i = 0; i < n; i++)
        app_key(app, key[i]);
    canvas_free(&c);
}

/* The key of a byte: itself, or one of those beyond characters. */
static uint32_t key_of(uint8_t byte)
{
    return byte < 0x80   ? byte == 0x7f ? (uint32_t)KEY_CODE_BACKSPACE : byte
           : byte < 0xa0 ? (uint32_t)KEY_CODE_FIRST + 1u + (byte & 0x1fu)
                         : 0xa0u + byte;
}

/* Nothing outside the folder can be named in a prompt. */
static void press(struct app *app, uint32_t key)
{
    if (app_context(app) == CTX_PROMPT && (key == '/' || key == '~'))
        return;
    app_key(app, key);
}

/* Does what the bytes at P say, END being the end; returns the next ones. */
static const uint8_t *step(struct app *app, const uint8_t *p, const uint8_t *end)
{
    uint8_t op = *p++, a = p < end ? *p : 0, b = p + 1 < end ? p[1] : 0;
    switch (op) {
    case OP_ACTION:
        if (a != ACTION_TYPE)
            app_apply(app, (enum action)(a % (ACTION_COUNT + 1)), (signed char)b);
        return p + 2;
    case OP_CLICK: click(app, a, b); return p + 2;
    case OP_SIZE:
        app->cols = 1 + a;
        app->rows = 1 + b % 100;
        return p + 2;
    case OP_LAG: app->lag = !app->lag; return p;
    case OP_SETTLE: app_settle(app, false, 0); return p;
    default: press(app, key_of(op)); return p;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[PATH_MAX + 40];
    const char *file = path;
    struct app app;
    struct err err;
    if (size < 3)
        return 0;
    go_aside();
    snprintf(path, sizeof path, "%s/demo/counts/ssl.counts", datadir());
    struct app_options o = {.cols = 1 + data[0],
                            .rows = 1 + data[1] % 100,
                            .ascii = data[2] & FLAG_ASCII,
                            .a11y = data[2] & FLAG_A11Y};
    if (app_init(&app, &file, 1, &o, &err))
        abort();
    const uint8_t *end = data + (size < 400 ? size : 400);
    for (const uint8_t *p = data + 3; p < end && !app.quit;) {
        p = step(&app, p, end);
        draw(&app, data[2] & FLAG_PLAIN);
        if (app.at.layer >= app.file[app.here].counts.layers ||
            !(app.sigma > 0 && app.sigma <= 100))
            abort();
    }
    app_free(&app);
    return 0;
}
