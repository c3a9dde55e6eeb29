/*
 * The last messages, in a ring.
 */
#include "config.h"

#include "explorer/log.h"

#include <stdio.h>
#include <string.h>

void log_add(struct log *l, bool bad, const char *text)
{
    struct log_entry *last = l->said ? &l->entry[(l->said - 1) % LOG_KEPT] : NULL;
    if (last && last->bad == bad && strcmp(last->text, text) == 0) {
        last->times++;
        return;
    }
    struct log_entry *e = &l->entry[l->said++ % LOG_KEPT];
    snprintf(e->text, sizeof e->text, "%s", text);
    e->bad = bad;
    e->times = 1;
}

size_t log_count(const struct log *l)
{
    return l->said < LOG_KEPT ? l->said : LOG_KEPT;
}

const struct log_entry *log_entry(const struct log *l, size_t i)
{
    return &l->entry[(l->said - log_count(l) + i) % LOG_KEPT];
}
