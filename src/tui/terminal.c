/*
 * Taking the terminal and giving it back whatever happens, crashes included; standard error is
 * kept in a file meanwhile (terminal.h).
 */
#include "config.h"

#include "tui/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <term.h>
#include <unistd.h>

#include "base/text.h"
#include "tui/outgoing.h"

static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTRAP};
enum { FATAL = sizeof fatal / sizeof fatal[0] };

/* One terminal a process: what the crash handler needs must be reachable without arguments. */
static struct {
    bool open, away;
    SCREEN *screen;
    FILE *in, *opened; /* opened: /dev/tty, where standard input is something else */
    struct termios modes;
    bool have_modes;
    char restore[256]; /* bytes that bring the screen back */
    size_t restore_len;
    int stderr_copy, stderr_file;
    off_t heard; /* bytes of the file that were asked for */
    bool mouse;
    int colors; /* 0 = mono */
    struct sigaction before[FATAL];
} term = {.stderr_copy = -1, .stderr_file = -1};

/* Copies what was written to standard error meanwhile; only calls that a handler may make. */
static void release_stderr(void)
{
    char bytes[1024];
    ssize_t n;
    if (term.stderr_copy < 0)
        return;
    dup2(term.stderr_copy, STDERR_FILENO);
    close(term.stderr_copy);
    term.stderr_copy = -1;
    lseek(term.stderr_file, 0, SEEK_SET);
    while ((n = read(term.stderr_file, bytes, sizeof bytes)) > 0)
        if (write(STDERR_FILENO, bytes, (size_t)n) != n)
            break;
    close(term.stderr_file);
    term.stderr_file = -1;
}

/* Redirects standard error to an unnamed file, as messages of libraries would garble the screen. */
static void capture_stderr(void)
{
    char name[] = "/tmp/propneu-XXXXXX";
    if (!isatty(STDERR_FILENO))
        return;
    term.stderr_file = mkstemp(name);
    if (term.stderr_file < 0)
        return;
    unlink(name);
    fflush(stderr);
    term.heard = 0;
    term.stderr_copy = dup(STDERR_FILENO);
    dup2(term.stderr_file, STDERR_FILENO);
}

bool terminal_heard(char *line, size_t size)
{
    ssize_t n = -1;
    if (term.stderr_file >= 0)
        n = pread(term.stderr_file, line, size - 1, term.heard);
    char *end = n > 0 ? memchr(line, '\n', (size_t)n) : NULL;
    if (n <= 0 || (!end && (size_t)n < size - 1)) /* half a line: the rest is to come */
        return false;
    term.heard += end ? end - line + 1 : n;
    *(end ? end : line + n) = '\0';
    return true;
}

void terminal_mouse(bool on)
{
    if (on == term.mouse)
        return;
    mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
    mouseinterval(0);
    term.mouse = on;
}

/*
 * Signal handler of faults: gives the terminal back with async-signal-safe calls alone, restores
 * the former handler and returns, so that the faulting instruction repeats. A signal that was sent
 * (si_code <= 0) does not repeat by itself and is raised again.
 */
static void on_crash(int number, siginfo_t *info, void *context)
{
    static const char mouse_off[] = "\033[?1006;1000l";
    (void)context;
    if (term.open && !term.away) {
        outgoing_drop();
        if (term.mouse && write(STDOUT_FILENO, mouse_off, sizeof mouse_off - 1) < 0)
            term.away = true;
        if (write(STDOUT_FILENO, term.restore, term.restore_len) < 0)
            term.away = true;
        if (term.have_modes)
            tcsetattr(fileno(term.in), TCSANOW, &term.modes);
    }
    release_stderr();
    /* What was to happen without a terminal happens now: the fault comes again. */
    for (int i = 0; i < FATAL; i++)
        if (fatal[i] == number)
            sigaction(number, &term.before[i], NULL);
    if (info->si_code <= 0)
        raise(number);
}

/* A sanitizer keeps its faults for itself; SIGBUS has its handler from main.c. */
static bool is_watched(int i)
{
    return term.before[i].sa_handler == SIG_DFL || fatal[i] == SIGBUS;
}

/* SA_RESETHAND and SA_NODEFER: a fault inside the handler ends the process and does not loop. */
static void watch_crashes(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_crash;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < FATAL; i++) {
        sigaction(fatal[i], NULL, &term.before[i]);
        if (is_watched(i))
            sigaction(fatal[i], &action, NULL);
    }
}

/* Adds bytes to those on_crash writes; capabilities the terminal lacks are NULL or -1. */
static void add_restore(const char *bytes)
{
    if (!bytes || bytes == (char *)-1)
        return;
    size_t n = strlen(bytes);
    if (n < sizeof term.restore - term.restore_len) {
        memcpy(term.restore + term.restore_len, bytes, n);
        term.restore_len += n;
    }
}

/*
 * Whether curses can have the memory that a screen of this size takes: three windows and the
 * terminal's description.  It does not look whether it was given what it asks for: its tables of
 * names are read where they are not, other lacks end the program.
 */
static bool curses_affords(int cols, int rows)
{
    size_t cells = (size_t)cols * (size_t)rows;
    void *p = malloc(4 * cells * sizeof(cchar_t) + ((size_t)256 << 10));
    free(p);
    return p != NULL;
}

/* The same for the terminal as it is. */
static bool curses_affords_terminal(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_col || !size.ws_row)
        return curses_affords(80, 24);
    return curses_affords(size.ws_col < CANVAS_MAX_SIDE ? size.ws_col : CANVAS_MAX_SIDE,
                          size.ws_row < CANVAS_MAX_SIDE ? size.ws_row : CANVAS_MAX_SIDE);
}

/*
 * The terminal's name as curses shall know it: one that is not in the database becomes the nearest
 * that is.  NULL: nothing can be placed on it.
 */
static const char *choose_term(char *note, size_t size)
{
    static const char *const fallback[] = {"xterm", "vt100"};
    const char *name = getenv("TERM");
    int found;
    note[0] = '\0';
    if (!name || !*name || strcmp(name, "dumb") == 0)
        return NULL;
    if (setupterm(name, STDOUT_FILENO, &found) == OK)
        return cursor_address ? name : NULL;
    for (int i = strncmp(name, "xterm", 5) == 0 ? 0 : 1; i < 2; i++)
        if (setupterm(fallback[i], STDOUT_FILENO, &found) == OK) {
            snprintf(note, size, "propneu: unknown TERM '%.60s', using %s", name, fallback[i]);
            text_clean(note);
            return fallback[i];
        }
    return NULL;
}

/* Why curses knows no terminal WHAT: it says the same where it cannot open its database. */
static enum status term_unknown(const char *what, struct err *err)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return err_errno(err, "terminal");
    close(fd);
    return err_set(err, STATUS_UNSUPPORTED, "%s", what);
}

/* 0 = no colours wanted or to be had. */
static int start_colors(enum tui_color color)
{
    const char *off = getenv("NO_COLOR");
    if (color == TUI_COLOR_NEVER || (color == TUI_COLOR_AUTO && off && *off) || !has_colors())
        return 0;
    start_color();
    short back = use_default_colors() == OK ? -1 : COLOR_BLACK;
    for (int s = 0; s < STYLE_COUNT; s++) {
        short fore = COLORS >= 256 ? palette[s].c256 : palette[s].c8;
        if (fore >= 0)
            init_pair((short)(s + 1), fore, back);
    }
    return COLORS >= 256 ? 256 : COLORS >= 8 ? 8 : 0;
}

attr_t terminal_attr(uint32_t style, short *pair)
{
    const struct look *l = &palette[style < STYLE_COUNT ? style : STYLE_NORMAL];
    unsigned bits = term.colors ? l->attr : l->mono;
    *pair = term.colors && (term.colors == 256 ? l->c256 : l->c8) >= 0 ? (short)(style + 1) : 0;
    return (bits & ATTR_BOLD ? A_BOLD : 0) | (bits & ATTR_UNDERLINE ? A_UNDERLINE : 0) |
           (bits & ATTR_REVERSE ? A_REVERSE : 0) | (bits & ATTR_DIM ? A_DIM : 0);
}

/* Modes of input, which endwin undoes and terminal_return sets again. */
static void set_modes(void)
{
    cbreak(); /* Ctrl-C and Ctrl-Z stay signals, so that kill -TSTP and the key are one thing */
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    typeahead(-1); /* a frame is sent whole */
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    curs_set(0);
}

/* The restoring bytes are collected now, as terminfo may not be used in a signal handler. */
enum status terminal_open(enum tui_color color, struct err *err)
{
    char note[160];
    const char *name = NULL;
    FILE *stream = NULL;
    if (!curses_affords_terminal())
        return err_nomem(err);
    name = choose_term(note, sizeof note);
    if (!name)
        return term_unknown("this terminal cannot position text", err);
    term.in = stdin;
    if (!isatty(STDIN_FILENO)) {
        term.in = term.opened = fopen("/dev/tty", "r");
        if (!term.in)
            return err_set(err, STATUS_USAGE,
                           "standard input is not a terminal (--dump prints without one)");
    }
    term.have_modes = tcgetattr(fileno(term.in), &term.modes) == 0;
    if (!getenv("ESCDELAY"))
        set_escdelay(25);
    del_curterm(cur_term); /* newterm makes its own */
    enum status code = outgoing_open(&stream, err);
    term.screen = code ? NULL : newterm(name, stream, term.in);
    if (!term.screen) {
        snprintf(note, sizeof note, "cannot use a terminal of type %.60s", name);
        code = code ? code : term_unknown(note, err);
        outgoing_close();
        if (term.opened)
            fclose(term.opened);
        return code;
    }
    add_restore(exit_attribute_mode);
    add_restore(cursor_normal);
    add_restore(keypad_local);
    add_restore(exit_ca_mode);
    term.open = true;
    term.away = false;
    term.colors = start_colors(color);
    watch_crashes();
    capture_stderr();
    if (note[0])
        fprintf(stderr, "%s\n", note);
    fflush(stderr);
    set_modes();
    return STATUS_OK;
}

void terminal_leave(void)
{
    outgoing_drop();
    endwin();
    term.away = true;
    release_stderr();
}

void terminal_return(void)
{
    capture_stderr();
    term.away = false;
    refresh();
    set_modes();
}

/* Order matters: the terminal is restored before the messages in the file are copied to it. */
void terminal_close(void)
{
    if (!term.open)
        return;
    outgoing_drop();
    endwin();
    if (term.have_modes)
        tcsetattr(fileno(term.in), TCSANOW, &term.modes);
    for (int i = 0; i < FATAL; i++)
        if (is_watched(i))
            sigaction(fatal[i], &term.before[i], NULL);
    delscreen(term.screen);
    outgoing_close();
    term.mouse = false;
    if (term.opened)
        fclose(term.opened);
    release_stderr();
    term.opened = NULL;
    term.restore_len = 0;
    term.open = false;
}

/* Asked for each time: SIGWINCH may come late or not at all (serial lines, containers). */
void terminal_size(int *cols, int *rows)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *cols = size.ws_col < CANVAS_MAX_SIDE ? size.ws_col : CANVAS_MAX_SIDE;
        *rows = size.ws_row < CANVAS_MAX_SIDE ? size.ws_row : CANVAS_MAX_SIDE;
        /* Without memory the screen keeps its size, and shows what of the canvas is within. */
        if ((*cols != COLS || *rows != LINES) && curses_affords(*cols, *rows))
            resizeterm(*rows, *cols);
    } else {
        *cols = COLS;
        *rows = LINES;
    }
}

int terminal_input(void)
{
    return fileno(term.in);
}
