#include "config.h"

#include "explorer.h"

#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "../unit/synth_counts.h"

static char file_name[64];

const char *explorer_file(void)
{
    return file_name;
}

const char *explorer_program(void)
{
    return getenv("PROPNEU");
}

void explorer_start(struct pty *p, int cols, int rows, const char *const *env, int flags,
                    const char *const *options)
{
    char *argv[18] = {(char *)(uintptr_t)explorer_program(), (char *)(uintptr_t) "explore",
                      (char *)(uintptr_t) "--draws",
                      (char *)(uintptr_t) "0", /* later ones are heard */
                      file_name};
    for (size_t i = 0; options && options[i] && i < 12; i++)
        argv[5 + i] = (char *)(uintptr_t)options[i];
    screen_start(p, cols, rows, env, argv, flags);
}

void explorer_settled(struct pty *p)
{
    assert_true(screen_wait(p, "computing", true, 20 * PATIENCE));
}

void explorer_open(struct pty *p, int cols, int rows, const char *const *env, int flags)
{
    explorer_start(p, cols, rows, env, flags, NULL);
    assert_true(screen_wait(p, "? help", false, PATIENCE));
    explorer_settled(p);
    pty_rest(p, STILL);
}

char *explorer_dump(const char *options)
{
    struct buf b = BUF_INIT;
    char command[1000], bytes[4096];
    size_t n;
    snprintf(command, sizeof command, "LC_ALL=C.UTF-8 '%s' explore %s %s", explorer_program(),
             file_name, options);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        buf_add(&b, bytes, n);
    assert_int_equal(pclose(f), 0);
    return b.data;
}

void explorer_shows(struct pty *p, const char *options)
{
    char *screen = screen_text(p), *dump = explorer_dump(options);
    assert_string_equal(screen, dump);
    free(screen);
    free(dump);
}

void explorer_press(struct pty *p, const char *keys, const char *text)
{
    pty_send(p, keys);
    if (!screen_wait(p, text, false, PATIENCE)) {
        char *screen = screen_text(p);
        fail_msg("after '%s' no '%s' on the screen:\n%s", keys, text, screen);
    }
    pty_quiet(p, SETTLE);
}

void explorer_quit(struct pty *p)
{
    size_t from = p->sent.len;
    pty_send(p, "q");
    int status = pty_status(p, PATIENCE);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(pty_wait_bytes(p, from, LEAVE, PATIENCE));
    assert_true(pty_modes_restored(p));
    pty_end(p);
}

size_t explorer_cost(struct pty *p, const char *keys, bool panes)
{
    size_t before = p->sent.len;
    pty_send(p, keys);
    if (!pty_take(p, PATIENCE / 20)) /* a key may cost nothing, or wait for its turn */
        pty_rest(p, 15);
    if (panes)
        pty_rest(p, SETTLE);
    else
        pty_quiet(p, 15);
    size_t n = p->sent.len - before;
    if (!panes)
        pty_rest(p, SETTLE);
    if (getenv("PROPNEU_VERBOSE"))
        printf("%s: %zu bytes, with panes %zu\n", keys, n, p->sent.len - before);
    return n;
}

static bool base_file;

static int make_file(void **state)
{
    struct synth base = {
        .layers = 12, .width = 3072, .tau = 31, .phones = 39, .frames = 3000, .wide = true};
    struct err err;
    (void)state;
    return base_file ? synth_write(&base, file_name, &err) : synth_small(file_name, &err);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(file_name);
    return 0;
}

int explorer_run(const struct CMUnitTest *tests, size_t n, bool base)
{
    if (!explorer_program() || !setlocale(LC_CTYPE, "C.UTF-8"))
        return 77;
    /* Containers without /dev/pts have no pseudo-terminals. */
    int pty = posix_openpt(O_RDWR | O_NOCTTY);
    if (pty < 0)
        return 77;
    close(pty);
    base_file = base;
    snprintf(file_name, sizeof file_name, "explorer-%ld.counts", (long)getpid());
    return _cmocka_run_group_tests("explorer", tests, n, make_file, remove_file);
}
