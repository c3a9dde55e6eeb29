/*
 * match.h - what one types to find rows of a list or to keep only some of them.
 *
 *     text = term { blank term }               all hold
 *     term = ["!"] ( COLUMN op value | pattern )
 *     op   = ">" | ">=" | "<" | "<=" | "=" | "!=" | "~"
 *
 * A pattern is a POSIX extended regular expression, looked for in every column by itself: ^ and $
 * are the ends of a column's text.  "~" looks in one column only; "=" compares a whole text, or a
 * number.  Capitals are small letters.
 */
#ifndef PROPNEU_SCREEN_MATCH_H
#define PROPNEU_SCREEN_MATCH_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define MATCH_TERMS 8
#define MATCH_WORD  80

enum match_op {
    MATCH_PATTERN,
    MATCH_LESS,
    MATCH_LESS_EQUAL,
    MATCH_GREATER,
    MATCH_GREATER_EQUAL,
    MATCH_EQUAL,
    MATCH_UNEQUAL
};

struct match_term {
    enum match_op op;
    bool not, regular, numeric; /* regular: a regex, else plain text; numeric: NUMBER counts */
    int column;                 /* -1 = any */
    double number;
    char word[MATCH_WORD]; /* in small letters */
    regex_t regex;
};

struct match {
    struct match_term term[MATCH_TERMS];
    size_t terms; /* 0: everything matches */
};

/* A column by the name one types; TEXT: no numbers in it. */
struct grid_column {
    const char *name, *title;
    bool text;
    bool falling; /* the largest first when sorted by it */
};

/*
 * Reads TEXT for rows of COLUMNS columns; free with match_free.  Messages say what was expected;
 * *AT (may be NULL) is the column of TEXT, from 1, where it was not met.
 */
enum status match_make(struct match *m, const char *text, const struct grid_column *column,
                       unsigned columns, size_t *at, struct err *err);
void match_free(struct match *m);

/* True for a row of these NUMBER [columns] and TEXT: the columns' texts in small letters, each
 * with a newline behind. */
bool match_row(const struct match *m, const double *number, const char *text);

#endif
