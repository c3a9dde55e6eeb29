/*
 * factorfile.h - a factor of the user's own (accent, emotion, k-means unit, ...) as a table.
 *
 * Two columns, "utterance value", say what holds for whole utterances; four, "utterance start end
 * value" in seconds, what holds for a time.  Columns are divided by tabs, commas or blanks; a
 * first line "utterance ..." is a heading ("duration" in place of "end" says so), empty lines and
 * lines that begin with '#' are left out. An empty value is none.
 */
#ifndef PROPNEU_CORPUS_FACTORFILE_H
#define PROPNEU_CORPUS_FACTORFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "base/status.h"

#define FACTOR_NAME_MAX   64 /* with the NUL */
#define FACTOR_MAX_LEVELS 65536
#define FACTOR_MAX_LENGTH 255 /* bytes of a level's name */

/* One value: of an utterance from START to END, all of it (-inf to inf) without times. */
struct factor_span {
    uint32_t utterance, level;
    size_t line;
    double start, end;
};

struct factorfile {
    struct names utterance, level; /* levels fit for count files (counts_clean) */
    struct factor_span *span;      /* [count] by utterance and start, not overlapping */
    size_t count, cap;
};

/*
 * Reads PATH.  STATUS_FORMAT, with the line, for other columns, spans of one utterance that
 * overlap, and an utterance with two values.  Free with factorfile_free.
 */
enum status factorfile_open(struct factorfile *f, const char *path, struct err *err);

/* The same from SIZE bytes in memory; NAME stands in messages. */
enum status factorfile_parse(struct factorfile *f, const void *bytes, size_t size, const char *name,
                             struct err *err);
void factorfile_free(struct factorfile *f);

/* The spans of UTTERANCE in order of time, borrowed; returns their number, 0 if it has none. */
size_t factorfile_find(const struct factorfile *f, const char *utterance,
                       const struct factor_span **spans);

/* True for what can name a factor: letters, digits, '_' and '-', a letter first, at most 63, and
 * no name that means something else already. */
bool factor_name_ok(const char *name);

#endif
