/*
 * explorer.h - the explorer in a pseudo-terminal: what the tests of its behaviour share.
 */
#ifndef PROPNEU_TESTS_EXPLORER_H
#define PROPNEU_TESTS_EXPLORER_H

#include "../unit/unit.h"

#include <sys/wait.h>

#include "screen.h"

#define LEAVE "\033[?1049l" /* xterm leaves the alternate screen */

/* Milliseconds.  Generous: the machine may be busy, and sanitizers are slow. */
enum { PATIENCE = 8000, STILL = 60, SETTLE = 200 };

/*
 * Runs TESTS [n] on a count file made for them: a small one, or (BASE) 12 layers of 3072 neurons in
 * more than 250 cells.  77 where there are no pseudo-terminals or no program to test.
 */
int explorer_run(const struct CMUnitTest *tests, size_t n, bool base);

/* The file, and the program. */
const char *explorer_file(void);
const char *explorer_program(void);

/* Starts the explorer on the file, with OPTIONS (NULL at the end; NULL: none), after --draws 0:
 * what chance gives comes when it comes, and bytes are counted.
 */
void explorer_start(struct pty *p, int cols, int rows, const char *const *env, int flags,
                    const char *const *options);

/* The same; returns when every result of the Layers view is there. */
void explorer_open(struct pty *p, int cols, int rows, const char *const *env, int flags);

/* Waits until nothing on the screen is being computed: sanitizers make it slower than any key. */
void explorer_settled(struct pty *p);

/* What "propneu explore FILE OPTIONS" prints; free with free(). */
char *explorer_dump(const char *options);

/* The screen is what that prints. */
void explorer_shows(struct pty *p, const char *options);

/* Presses KEYS, then waits for TEXT, and until nothing more comes. */
void explorer_press(struct pty *p, const char *keys, const char *text);

/* Quits; the terminal must be as it was. */
void explorer_quit(struct pty *p);

/* The bytes KEYS cost: those until TEXT ("": anything) and, with PANES, those that follow. */
size_t explorer_cost(struct pty *p, const char *keys, bool panes);

/* Runs all tests of an array. */
#define EXPLORER_RUN(tests, base) explorer_run(tests, sizeof tests / sizeof tests[0], base)

#endif
