/*
 * A canvas of cells as a figure. Dots, blocks and lines are drawn as shapes, since fonts differ in
 * them or lack them.
 */
#include "config.h"

#include "figure/canvas_figure.h"

#include <string.h>

/*
 * A cell is 6 x 12 points, words are 10 high: the shape of a typewriter's font.  Dots, blocks and
 * lines are drawn, not written: fonts differ in them, or lack them.
 */
enum { CELL_W = 6, CELL_H = 12, TEXT = 10, EDGE = 6 };

/* How a screen style looks on paper. */
struct look_of {
    enum figure_ink ink;
    bool bold, reverse;
};

/* Ink and weight of a screen style, with the inks that figures use for the same groups. */
static struct look_of canvas_look(uint32_t style)
{
    const struct look *l = &palette[style < STYLE_COUNT ? style : 0];
    struct look_of out = {INK_BLACK, (l->attr & ATTR_BOLD) != 0, (l->attr & ATTR_REVERSE) != 0};
    if (style >= STYLE_GROUP_1 && style < STYLE_GROUP_1 + PALETTE_GROUPS)
        out.ink = figure_group_ink(style - STYLE_GROUP_1);
    else if (style == STYLE_FAINT || style == STYLE_BAR_LOW)
        out.ink = INK_GREY;
    else if (style == STYLE_BAR)
        out.ink = figure_group_ink(1);
    else if (style == STYLE_BEST)
        out.ink = figure_group_ink(3);
    else if (style == STYLE_ALERT)
        out.ink = figure_group_ink(0);
    return out;
}

/* A braille character, U+2800 + BITS, as up to eight dots in 2 columns and 4 rows. */
static void put_braille(struct figure *f, enum figure_ink ink, double x, double y, unsigned bits)
{
    static const unsigned char col[8] = {0, 0, 0, 1, 1, 1, 0, 1}, row[8] = {0, 1, 2, 0, 1, 2, 3, 3};
    for (int i = 0; i < 8; i++)
        if (bits >> i & 1)
            figure_put_mark(f, ink, MARK_CIRCLE, 2, x + 1.5 + 3 * col[i], y + 1.5 + 3 * row[i]);
}

/* Blocks that fill part of a cell from below, from above or from the left. */
static bool put_block(struct figure *f, enum figure_ink ink, double x, double y, uint32_t ch)
{
    struct figure_box b = {x, y, CELL_W, CELL_H};
    if (ch == 0x2580)
        b.h /= 2;
    else if (ch == 0x2584) {
        b.y += b.h / 2;
        b.h /= 2;
    } else if (ch >= 0x2588 && ch <= 0x258f)
        b.w *= (0x2590 - ch) / 8.0;
    else
        return false;
    figure_rect(f, ink, true, b);
    return true;
}

/* Lines by the sides of the cell they reach: left 1, right 2, up 4, down 8. */
static bool put_lines(struct figure *f, enum figure_ink ink, double x, double y, uint32_t ch)
{
    static const struct {
        uint32_t ch;
        unsigned sides;
    } lines[] = {{0x2500, 3}, {0x2502, 12}, {0x250c, 10}, {0x2510, 9}, {0x2514, 6},
                 {0x2518, 5}, {0x2534, 7},  {0x252c, 11}, {0x253c, 15}};
    double mx = x + CELL_W / 2.0, my = y + CELL_H / 2.0;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        unsigned s = lines[i].sides;
        if (lines[i].ch != ch)
            continue;
        if (s & 3)
            figure_line(f, ink, 0.7, DASH_NONE, s & 1 ? x : mx, my, s & 2 ? x + CELL_W : mx, my);
        if (s & 12)
            figure_line(f, ink, 0.7, DASH_NONE, mx, s & 4 ? y : my, mx, s & 8 ? y + CELL_H : my);
        return true;
    }
    return false;
}

/* Draws CH if it is a braille character, a block or a line; false for any other, which is text. */
static bool canvas_draw_symbol(struct figure *f, enum figure_ink ink, double x, double y,
                               uint32_t ch)
{
    if (ch >= 0x2800 && ch < 0x2900) {
        put_braille(f, ink, x, y, ch - 0x2800);
        return true;
    }
    return put_block(f, ink, x, y, ch) || put_lines(f, ink, x, y, ch);
}

/* A run of cells of one style: one piece of text for each word, so that places stay true. */
struct run {
    char text[256];
    size_t len;
    int col; /* of its first cell */
};

/* Adds the collected characters as one item and empties the run. */
static void canvas_flush_run(struct figure *f, struct run *r, int row, struct look_of l)
{
    if (!r->len)
        return;
    r->text[r->len] = '\0';
    struct figure_item *item =
        figure_words(f, l.reverse ? INK_WHITE : l.ink, TEXT, ANCHOR_START, EDGE + CELL_W * r->col,
                     EDGE + CELL_H * row + 0.78 * CELL_H, r->text);
    item->mono = true;
    item->bold = l.bold;
    r->len = 0;
}

/* Draws one row of cells. Text is collected into runs of one style; symbols are drawn as shapes
 * and end a run, as does a blank, so that the fonts' widths cannot shift columns. */
static void put_row(struct figure *f, const struct canvas *c, int row)
{
    const struct cell *cell = &c->cell[(size_t)row * (size_t)c->cols];
    double y = EDGE + CELL_H * row;
    struct run run = {.len = 0};
    struct look_of l = canvas_look(STYLE_NORMAL);
    for (int i = 0; i < c->cols; i++) {
        double x = EDGE + CELL_W * i;
        if (i == 0 || cell[i].style != cell[i - 1].style) {
            canvas_flush_run(f, &run, row, l);
            l = canvas_look(cell[i].style);
        }
        if (l.reverse)
            figure_rect(f, l.ink, true, (struct figure_box){x, y, CELL_W, CELL_H});
        if (!cell[i].ch)
            continue;
        bool full = run.len + 9 > sizeof run.text;
        if (cell[i].ch == ' ' || full ||
            canvas_draw_symbol(f, l.reverse ? INK_WHITE : l.ink, x, y, cell[i].ch)) {
            canvas_flush_run(f, &run, row, l);
            if (!full)
                continue;
        }
        if (!run.len)
            run.col = i;
        run.len += (size_t)utf8_put(run.text + run.len, cell[i].ch);
        if (cell[i].mark)
            run.len += (size_t)utf8_put(run.text + run.len, cell[i].mark);
    }
    canvas_flush_run(f, &run, row, l);
}

/* One cell after another; the figure has the canvas' proportions. */
void canvas_figure(const struct canvas *c, struct figure *f)
{
    figure_init(f, 2 * EDGE + CELL_W * c->cols, 2 * EDGE + CELL_H * c->rows);
    for (int row = 0; row < c->rows; row++)
        put_row(f, c, row);
}
