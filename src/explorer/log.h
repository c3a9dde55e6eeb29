/*
 * log.h - what the explorer has said so far: the status line shows a message until the next key,
 * the log keeps it.
 */
#ifndef PROPNEU_EXPLORER_LOG_H
#define PROPNEU_EXPLORER_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define LOG_KEPT 100

struct log_entry {
    char text[512];
    bool bad;       /* something failed */
    unsigned times; /* said in a row */
};

/* The last LOG_KEPT messages. */
struct log {
    struct log_entry entry[LOG_KEPT];
    size_t said; /* different ones, ever */
};

void log_add(struct log *l, bool bad, const char *text);

/* Messages that are there; message I of them, the oldest first. */
size_t log_count(const struct log *l);
const struct log_entry *log_entry(const struct log *l, size_t i);

/* All of them as a panel, with the cursor on the latest (log_panel.c). */
struct app;
enum status log_open(struct app *app, struct err *err);

#endif
