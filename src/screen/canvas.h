/*
 * canvas.h - a rectangle of character cells: what every screen is drawn on.
 *
 * Views draw on a canvas; the terminal shows it, --dump prints it, tests compare it.  Nothing here
 * knows of curses or files.  Positions outside are clipped, never an error.  An ASCII canvas never
 * holds a character above 126: lines, bars and dots have ASCII twins, other text shows '?'.  On a
 * plain canvas lines and bars are left out.
 */
#ifndef PROPNEU_SCREEN_CANVAS_H
#define PROPNEU_SCREEN_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "screen/palette.h"
#include "base/buf.h"
#include "base/text.h"

#define CANVAS_MAX_SIDE 2000

/* One cell; CH 0 is the right half of the wide character to its left. */
struct cell {
    uint32_t ch;    /* Unicode code point */
    uint32_t mark;  /* one combining mark, or 0 */
    uint32_t style; /* enum style */
};

/* An area of a canvas. */
struct rect {
    int row, col, rows, cols;
};

#define CANVAS_MAX_DOTS 8

struct canvas {
    int cols, rows;
    bool ascii;
    bool plain;                 /* to be read out: no lines, boxes, bars, nothing beside the text */
    int cursor_row, cursor_col; /* where the terminal's cursor belongs; row -1 = nowhere */
    bool cursor_shown;          /* it is for typing */
    struct cell *cell;          /* [rows][cols] */
    struct rect dots[CANVAS_MAX_DOTS]; /* areas drawn in dots */
    int dotted;
};

/* Characters that have an ASCII twin. */
enum glyph {
    GLYPH_HLINE,
    GLYPH_VLINE,
    GLYPH_TOP_LEFT,
    GLYPH_TOP_RIGHT,
    GLYPH_BOTTOM_LEFT,
    GLYPH_BOTTOM_RIGHT,
    GLYPH_TEE_UP,
    GLYPH_TEE_DOWN,
    GLYPH_CROSS,
    GLYPH_MEMBER,    /* a set takes part (UpSet table) */
    GLYPH_NONMEMBER, /* it does not */
    GLYPH_POINTER,   /* the line the cursor is on */
    GLYPH_CUT,       /* text goes on */
    GLYPH_COUNT
};

/*
 * A blank canvas; sides are brought into 1 .. CANVAS_MAX_SIDE.  False without memory.
 * Where the locale shows line characters two cells wide, an ASCII canvas is made instead.
 */
bool canvas_init(struct canvas *c, int cols, int rows, bool ascii);
void canvas_free(struct canvas *c);

static inline struct rect canvas_all(const struct canvas *c)
{
    return (struct rect){0, 0, c->rows, c->cols};
}

/* One character that is one cell wide. */
void canvas_put(struct canvas *c, int row, int col, enum style style, uint32_t ch);
void canvas_glyph(struct canvas *c, int row, int col, enum style style, enum glyph g);

/*
 * UTF-8 text, cut at WIDTH cells (the last of them then shows that text is missing); returns the
 * cells used.  Bytes that are no UTF-8, and control characters, show as '?'.
 */
int canvas_text(struct canvas *c, int row, int col, int width, enum style style, const char *text);
int canvas_textf(struct canvas *c, int row, int col, int width, enum style style, const char *fmt,
                 ...) __attribute__((format(printf, 6, 7)));

/* The same, ending at the right end of the WIDTH cells; too long text is cut as above. */
void canvas_right(struct canvas *c, int row, int col, int width, enum style style,
                  const char *text);
void canvas_rightf(struct canvas *c, int row, int col, int width, enum style style, const char *fmt,
                   ...) __attribute__((format(printf, 6, 7)));

/* Paragraphs broken at spaces, newlines kept; returns the rows used, at most AREA's. */
int canvas_wrap(struct canvas *c, struct rect area, enum style style, const char *text);

/* Changes the style of cells that are there, keeping their characters. */
void canvas_restyle(struct canvas *c, int row, int col, int width, enum style style);

void canvas_blank(struct canvas *c, struct rect area);
void canvas_hline(struct canvas *c, int row, int col, int width, enum style style);
void canvas_box(struct canvas *c, struct rect area, enum style style);

/* A horizontal bar of FRACTION (0..1, clipped) of WIDTH cells, to an eighth of a cell. */
void canvas_bar(struct canvas *c, int row, int col, int width, enum style style, double fraction);

/* Rows of text, UTF-8 (7-bit for an ASCII canvas), trailing blanks left out, each with '\n'. */
void canvas_print(const struct canvas *c, struct buf *out);

/* Remembers that AREA is a plot in dots: its empty cells are dots, too, that are not set. */
void canvas_note_dots(struct canvas *c, struct rect area);

/*
 * As canvas_print, for a file: empty cells among dots are U+2800, which is as wide as the dots in
 * every font, so that a plot does not shear where blanks are narrower.
 */
void canvas_print_dots(const struct canvas *c, struct buf *out);

/* The same in colours and attributes, as SGR sequences for 256 colours; no colour of the ground. */
void canvas_print_ansi(const struct canvas *c, struct buf *out);

/* One letter a cell for its style, same shape: what tests compare beside the text. */
void canvas_print_styles(const struct canvas *c, struct buf *out);

#endif
