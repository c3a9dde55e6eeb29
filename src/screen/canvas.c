/*
 * Drawing on a canvas of cells: text cut at its width, wide and combining characters, lines, bars,
 * and printing as text.
 */
#include "config.h"

#include "screen/canvas.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/ties.h"

const struct look palette[STYLE_COUNT] = {
#define PALETTE_LOOK(name, letter, c256, c8, attr, mono) {#name, letter, c256, c8, attr, mono},
    STYLES(PALETTE_LOOK)
#undef PALETTE_LOOK
};

/* Ambiguous-width characters stand only where canvas_init found them one cell wide. */
static const struct {
    uint32_t ch;
    char ascii;
} glyphs[GLYPH_COUNT] = {
    [GLYPH_HLINE] = {0x2500, '-'},       [GLYPH_VLINE] = {0x2502, '|'},
    [GLYPH_TOP_LEFT] = {0x250c, '+'},    [GLYPH_TOP_RIGHT] = {0x2510, '+'},
    [GLYPH_BOTTOM_LEFT] = {0x2514, '+'}, [GLYPH_BOTTOM_RIGHT] = {0x2518, '+'},
    [GLYPH_TEE_UP] = {0x2534, '+'},      [GLYPH_TEE_DOWN] = {0x252c, '+'},
    [GLYPH_CROSS] = {0x253c, '+'},       [GLYPH_MEMBER] = {0x25cf, '@'},
    [GLYPH_NONMEMBER] = {0x00b7, '.'},   [GLYPH_POINTER] = {'>', '>'},
    [GLYPH_CUT] = {0x2026, '~'},
};

static int clamp_side(int n)
{
    return n < 1 ? 1 : n > CANVAS_MAX_SIDE ? CANVAS_MAX_SIDE : n;
}

static struct cell *cell_at(struct canvas *c, int row, int col)
{
    if (row < 0 || col < 0 || row >= c->rows || col >= c->cols)
        return NULL;
    return &c->cell[(size_t)row * (size_t)c->cols + (size_t)col];
}

bool canvas_init(struct canvas *c, int cols, int rows, bool ascii)
{
    struct canvas n = {.cols = clamp_side(cols),
                       .rows = clamp_side(rows),
                       .ascii = ascii || wcwidth(0x2500) != 1,
                       .cursor_row = -1};
    n.cell = mem_array((size_t)n.cols * (size_t)n.rows, sizeof *n.cell);
    if (!n.cell)
        return false;
    canvas_blank(&n, canvas_all(&n));
    *c = n;
    return true;
}

void canvas_free(struct canvas *c)
{
    free(c->cell);
    c->cell = NULL;
}

/* A wide character loses both halves when one of them is written over. */
static void mend_wide(struct canvas *c, int row, int col)
{
    struct cell *here = cell_at(c, row, col), *left = cell_at(c, row, col - 1);
    struct cell *right = cell_at(c, row, col + 1);
    if (here->ch == 0 && left)
        left->ch = ' ';
    if (here->ch != 0 && right && right->ch == 0)
        right->ch = ' ';
}

void canvas_put(struct canvas *c, int row, int col, enum style style, uint32_t ch)
{
    struct cell *p = cell_at(c, row, col);
    if (!p)
        return;
    mend_wide(c, row, col);
    *p = (struct cell){c->ascii && ch > 126 ? '?' : ch, 0, style};
}

void canvas_glyph(struct canvas *c, int row, int col, enum style style, enum glyph g)
{
    uint32_t ch = c->ascii || c->plain ? (uint32_t)glyphs[g].ascii : glyphs[g].ch;
    canvas_put(c, row, col, style, c->plain && g <= GLYPH_CROSS ? ' ' : ch);
}

/*
 * A mark of width 0 joins the character before it (one mark a cell, the last one wins). Cut text
 * keeps one cell for the sign that says so.
 */
int canvas_text(struct canvas *c, int row, int col, int width, enum style style, const char *text)
{
    uint32_t before = 0;
    int used = 0, w;
    bool cut = width < text_width(text);
    int room = cut ? width - 1 : width;
    while (*text) {
        uint32_t ch = text_shown(&text, &before, c->ascii, &w);
        if (used + w > room)
            break;
        if (w == 0) {
            struct cell *base = cell_at(c, row, col + used - 1);
            if (used > 0 && base && base->ch)
                base->mark = ch;
            continue;
        }
        /* A wide character at the edge would be half shown: leave the cell blank. */
        bool whole = col + used + w <= c->cols && col + used >= 0;
        canvas_put(c, row, col + used, style, whole ? ch : ' ');
        if (w == 2 && whole)
            canvas_put(c, row, col + used + 1, style, 0);
        used += w;
    }
    if (cut && width > 0)
        canvas_glyph(c, row, col + used++, style, GLYPH_CUT);
    return used;
}

int canvas_textf(struct canvas *c, int row, int col, int width, enum style style, const char *fmt,
                 ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return canvas_text(c, row, col, width, style, text);
}

void canvas_right(struct canvas *c, int row, int col, int width, enum style style, const char *text)
{
    int w = text_width(text);
    int pad = w < width ? width - w : 0;
    canvas_text(c, row, col + pad, width - pad, style, text);
}

void canvas_rightf(struct canvas *c, int row, int col, int width, enum style style, const char *fmt,
                   ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    canvas_right(c, row, col, width, style, text);
}

/* Bytes of TEXT that fit on one line of WIDTH cells, broken at a space where there is one. */
static size_t line_bytes(const char *text, int width)
{
    const char *p = text, *space = NULL;
    uint32_t before = 0;
    int used = 0, w;
    while (*p && *p != '\n') {
        const char *at = p;
        text_shown(&p, &before, false, &w);
        if (used + w > width)
            return (size_t)((space ? space : at > text ? at : p) - text);
        used += w;
        if (*at == ' ')
            space = at;
    }
    return (size_t)(p - text);
}

int canvas_wrap(struct canvas *c, struct rect area, enum style style, const char *text)
{
    char line[CANVAS_MAX_SIDE * 4 + 1];
    int row = 0;
    for (; *text && row < area.rows; row++) {
        size_t n = line_bytes(text, area.cols);
        n = n < sizeof line ? n : sizeof line - 1;
        memcpy(line, text, n);
        line[n] = '\0';
        canvas_text(c, area.row + row, area.col, area.cols, style, line);
        text += n;
        if (*text == ' ' || *text == '\n')
            text++;
    }
    return row;
}

void canvas_restyle(struct canvas *c, int row, int col, int width, enum style style)
{
    for (int i = 0; i < width; i++) {
        struct cell *p = cell_at(c, row, col + i);
        if (p)
            p->style = style;
    }
}

void canvas_blank(struct canvas *c, struct rect area)
{
    for (int r = 0; r < area.rows; r++)
        for (int i = 0; i < area.cols; i++) {
            struct cell *p = cell_at(c, area.row + r, area.col + i);
            if (p)
                *p = (struct cell){' ', 0, STYLE_NORMAL};
        }
}

void canvas_hline(struct canvas *c, int row, int col, int width, enum style style)
{
    for (int i = 0; i < width; i++)
        canvas_glyph(c, row, col + i, style, GLYPH_HLINE);
}

void canvas_box(struct canvas *c, struct rect a, enum style style)
{
    int bottom = a.row + a.rows - 1, right = a.col + a.cols - 1;
    canvas_hline(c, a.row, a.col, a.cols, style);
    canvas_hline(c, bottom, a.col, a.cols, style);
    for (int r = a.row; r <= bottom; r++) {
        canvas_glyph(c, r, a.col, style, GLYPH_VLINE);
        canvas_glyph(c, r, right, style, GLYPH_VLINE);
    }
    canvas_glyph(c, a.row, a.col, style, GLYPH_TOP_LEFT);
    canvas_glyph(c, a.row, right, style, GLYPH_TOP_RIGHT);
    canvas_glyph(c, bottom, a.col, style, GLYPH_BOTTOM_LEFT);
    canvas_glyph(c, bottom, right, style, GLYPH_BOTTOM_RIGHT);
}

void canvas_bar(struct canvas *c, int row, int col, int width, enum style style, double fraction)
{
    if (!(fraction > 0) || width <= 0 || c->plain)
        return;
    double cells = (fraction < 1 ? fraction : 1) * width;
    if (c->ascii) {
        for (int i = 0; i < (int)ties_round(cells); i++)
            canvas_put(c, row, col + i, style, '=');
        return;
    }
    int eighths = (int)ties_round(cells * 8);
    for (int i = 0; i < eighths / 8; i++)
        canvas_put(c, row, col + i, style, 0x2588);
    /* U+2588 is the full block, U+258F the eighth: one down for each eighth more. */
    if (eighths % 8)
        canvas_put(c, row, col + eighths / 8, style, 0x2590 - (uint32_t)(eighths % 8));
}

static bool empty_cell(const struct cell *p)
{
    return p->ch == ' ' && !p->mark;
}

void canvas_note_dots(struct canvas *c, struct rect area)
{
    if (!c->ascii && c->dotted < CANVAS_MAX_DOTS)
        c->dots[c->dotted++] = area;
}

static bool among_dots(const struct canvas *c, int row, int col)
{
    for (int i = 0; i < c->dotted; i++) {
        const struct rect *a = &c->dots[i];
        if (row >= a->row && row < a->row + a->rows && col >= a->col && col < a->col + a->cols)
            return true;
    }
    return false;
}

/*
 * Rows as UTF-8 with trailing blanks left out. A cell with ch 0 is the right half of a wide
 * character, which its left half has written already. DOTS: empty cells in areas of dots become
 * U+2800.
 */
static void print_cells(const struct canvas *c, struct buf *out, bool dots)
{
    char bytes[8];
    for (int r = 0; r < c->rows; r++) {
        const struct cell *line = &c->cell[(size_t)r * (size_t)c->cols];
        int end = c->cols;
        while (end > 0 && empty_cell(&line[end - 1]))
            end--;
        for (int i = 0; i < end; i++) {
            if (!line[i].ch)
                continue;
            bool unset = dots && empty_cell(&line[i]) && among_dots(c, r, i);
            int n = utf8_put(bytes, unset ? 0x2800 : line[i].ch);
            if (line[i].mark)
                n += utf8_put(bytes + n, line[i].mark);
            buf_add(out, bytes, (size_t)n);
        }
        buf_add(out, "\n", 1);
    }
}

void canvas_print(const struct canvas *c, struct buf *out)
{
    print_cells(c, out, false);
}

void canvas_print_dots(const struct canvas *c, struct buf *out)
{
    print_cells(c, out, true);
}

void canvas_print_styles(const struct canvas *c, struct buf *out)
{
    for (int r = 0; r < c->rows; r++) {
        const struct cell *line = &c->cell[(size_t)r * (size_t)c->cols];
        int end = c->cols;
        while (end > 0 && line[end - 1].style == STYLE_NORMAL)
            end--;
        for (int i = 0; i < end; i++)
            buf_add(out, &palette[line[i].style].letter, 1);
        buf_add(out, "\n", 1);
    }
}
