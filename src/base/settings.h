/*
 * settings.h - what an interrupted run was asked for, as text: lines "what: value", by which the
 * run that goes on with its journal is told from another one.
 */
#ifndef PROPNEU_BASE_SETTINGS_H
#define PROPNEU_BASE_SETTINGS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* Adds a line whose value is the digest of a file or folder, which says nothing to people. */
void settings_add_digest(struct buf *b, const char *what, uint64_t digest);

/*
 * STATUS_MISMATCH with a message about the first line in which the settings OLD of the journal
 * PATH differ from the NEW ones.
 */
enum status settings_difference(const char *path, const char *old, const char *new,
                                struct err *err);

#endif
