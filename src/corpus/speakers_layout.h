/*
 * speakers_layout.h - where the columns of a speaker table are.
 */
#ifndef PROPNEU_CORPUS_SPEAKERS_LAYOUT_H
#define PROPNEU_CORPUS_SPEAKERS_LAYOUT_H

#include "corpus/speakers.h"
#include "formats/lines.h"

struct speakers_layout {
    char divider;
    size_t fields; /* split into at most so many; the last takes the rest */
    size_t speaker, gender;
    size_t utterance;                    /* names of files, in tables with a line each; or none */
    size_t column[SPEAKERS_MAX_COLUMNS]; /* field of each column of the speakers */
    bool varies[SPEAKERS_MAX_COLUMNS];   /* it has several values for one speaker */
    struct span comment;                 /* the last one in front, which may hold the header */
};

/* The table as a whole, for messages and for what its values tell of its columns. */
struct speakers_table {
    const void *bytes;
    size_t size;
    const char *name;
};

/* Takes the COMMENT in front of the table for its header if it has the gender's name. */
void speakers_take_comment(struct speakers_layout *t, struct span comment, char divider);

/*
 * How the table is laid out, by LINE, number NUMBER and its first that is no comment; *HEADER: that
 * is a header.  The gender's column is the one that a header calls so, or else one of whose values
 * half at least are words for genders, the second column before others; if no column is, the table
 * is refused.  Adds the columns that have names to S.
 */
enum status speakers_find_layout(struct speakers *s, struct speakers_layout *t,
                                 const struct speakers_table *table, struct span line,
                                 size_t number, bool *header, struct err *err);

#endif
