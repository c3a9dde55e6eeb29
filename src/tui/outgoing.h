/*
 * outgoing.h - bytes on their way to the terminal, a frame at a time.
 *
 * curses writes a frame line by line, and over SSH each piece may become a packet of its own.  Here
 * a frame is collected in a file without name and then sent in one write, or as much of it as the
 * terminal takes at once.  While the rest waits, keys are handled and nothing is drawn: what the
 * screen would have shown in between is never sent.
 */
#ifndef PROPNEU_TUI_OUTGOING_H
#define PROPNEU_TUI_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

/* *CURSES: the stream to be given to newterm; the terminal of standard output until
 * outgoing_collect. */
enum status outgoing_open(FILE **curses, struct err *err);
void outgoing_close(void);

/* What curses writes from now on is collected, until outgoing_send sends it. */
void outgoing_collect(void);
void outgoing_send(void);

/* Sends N bytes behind what waits. */
void outgoing_put(const char *bytes, size_t n);

/* True if bytes wait until outgoing_fd can be written; outgoing_more then sends them. */
bool outgoing_waiting(void);
int outgoing_fd(void);
void outgoing_more(void);

/* Gives up what waits, so that the terminal understands what comes next.  A signal handler may. */
void outgoing_drop(void);

#endif
