/*
 * Drawing the Overlap view: its sets, regions, and the Venn diagram of up to three sets.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "explorer/views/overlap/overlap_state.h"
#include "explorer/views/overlap/venn.h"

/* Least columns of the table of regions. */
enum { TABLE_WIDTH = 31 };

static void overlap_draw_pointer(struct canvas *c, int row, int col)
{
    canvas_glyph(c, row, col, STYLE_STRONG, GLYPH_POINTER);
    c->cursor_row = row;
    c->cursor_col = col;
}

/*
 * The sets with letter, expression and size; sizes are left out where any of the sets failed.
 * Returns the rows used.
 */
static int draw_sets(const struct app *app, struct canvas *c, struct rect a)
{
    const struct overlap_state *s = overlap_state(app);
    canvas_textf(c, a.row, 2, a.cols, STYLE_FAINT, "set");
    canvas_right(c, a.row, a.cols - 12, 10, STYLE_FAINT, "neurons");
    for (uint32_t i = 0; i < s->sets && (int)i + 1 < a.rows; i++) {
        int row = a.row + 1 + (int)i;
        if (s->here == i)
            overlap_draw_pointer(c, row, 0);
        canvas_textf(c, row, 2, 2, palette_group(i), "%c", 'A' + (int)i);
        canvas_text(c, row, 5, a.cols - 18, s->here == i ? STYLE_SELECTED : STYLE_NORMAL,
                    s->set[i].text);
        if (!s->why[0])
            canvas_rightf(c, row, a.cols - 12, 10, STYLE_NORMAL, "%u", s->result.size[i]);
    }
    return 1 + (int)s->sets;
}

/* "@ . @   123    45.6   2.70  ====" */
static void draw_region(const struct overlap_state *s, struct canvas *c, int row, struct rect a,
                        uint32_t r, bool here, uint32_t largest)
{
    int col = a.col + 2;
    if (here)
        overlap_draw_pointer(c, row, a.col);
    for (uint32_t i = 0; i < s->sets; i++, col += 2) {
        bool in = r >> i & 1;
        canvas_glyph(c, row, col, in ? palette_group(i) : STYLE_FAINT,
                     in ? GLYPH_MEMBER : GLYPH_NONMEMBER);
    }
    canvas_rightf(c, row, col, 7, here ? STYLE_SELECTED : STYLE_NORMAL, "%u", s->result.region[r]);
    canvas_right(c, row, col + 7, 9, STYLE_FAINT, number_fixed(s->result.expected[r], 1).text);
    if (s->result.expected[r] > 0) {
        double ratio = s->result.region[r] / s->result.expected[r];
        canvas_right(c, row, col + 16, 7, STYLE_NORMAL,
                     number_fixed(ratio, ratio < 100 ? 2 : 0).text);
    }
    if (s->marks_here && s->marked[r])
        canvas_rightf(c, row, col + 24, 5, STYLE_STRONG, "%u", s->marked[r]);
    int bar = col + 25 + (s->marks_here ? 5 : 0), room = a.col + a.cols - bar;
    if (room > 4 && largest)
        canvas_bar(c, row, bar, room, STYLE_BAR, (double)s->result.region[r] / largest);
}

/* What each two of the sets share, with p, where several lines are left at ROW of A. */
static void draw_pairs(const struct overlap_state *s, struct canvas *c, struct rect a, int row)
{
    int col = a.col + 2 + 2 * (int)s->sets, end = a.row + a.rows;
    if (s->sets < 2 || s->result.layers != 1 || row + 2 > end)
        return;
    canvas_right(c, row, col, 8, STYLE_FAINT, "shared");
    canvas_right(c, row, col + 8, 9, STYLE_FAINT, "expected");
    canvas_right(c, row++, col + 17, 7, STYLE_FAINT, "p");
    for (uint32_t i = 0; i < s->sets; i++)
        for (uint32_t k = i + 1; k < s->sets && row < end; k++, row++) {
            struct overlap_pair pair = overlap_of_pair(&s->result, i, k);
            canvas_textf(c, row, a.col + 2, 1, palette_group(i), "%c", 'A' + (int)i);
            canvas_textf(c, row, a.col + 4, 1, palette_group(k), "%c", 'A' + (int)k);
            canvas_rightf(c, row, col, 7, STYLE_NORMAL, "%u", pair.shared);
            canvas_right(c, row, col + 7, 9, STYLE_FAINT, number_fixed(pair.expected, 1).text);
            canvas_right(c, row, col + 17, 7, STYLE_NORMAL, number_p(pair.p).text);
        }
}

/*
 * The page of regions that holds the cursor: a letter for each set across, then size, expected
 * size, ratio and bar. The line below says how many regions follow or, at the end, how many neurons
 * are in no set (region 0, which has no line of its own), and the sets two by two.
 */
static void draw_table(const struct app *app, struct canvas *c, struct rect a)
{
    const struct overlap_state *s = overlap_state(app);
    size_t page = a.rows > 2 ? (size_t)a.rows - 2 : 1;
    size_t at = s->here >= s->sets ? s->here - s->sets : 0, top = at / page * page;
    int col = a.col + 2;
    for (uint32_t i = 0; i < s->sets; i++, col += 2)
        canvas_textf(c, a.row, col, 1, STYLE_STRONG, "%c", 'A' + (int)i);
    for (unsigned k = OVERLAP_NEURONS; k <= OVERLAP_RATIO; k++) {
        static const int from[] = {0, 0, 8, 17}, width[] = {0, 8, 9, 7};
        char text[32];
        canvas_right(c, a.row, col + from[k], width[k],
                     s->grid.sort == (int)k + 1 ? STYLE_STRONG : STYLE_FAINT,
                     grid_title(&s->grid, k, text, sizeof text));
    }
    if (s->marks_here)
        canvas_right(c, a.row, col + 24, 5, STYLE_FAINT, "+");
    size_t i;
    for (i = top; i < s->regions && i < top + page; i++)
        draw_region(s, c, a.row + 1 + (int)(i - top), a, s->order[i], s->here == s->sets + i,
                    s->largest);
    int row = a.row + 1 + (int)(i - top);
    if (i < s->regions)
        canvas_textf(c, row, a.col + 2, a.cols - 2, STYLE_FAINT, "%zu more below", s->regions - i);
    else
        canvas_textf(c, row, a.col + 2, a.cols - 2, STYLE_FAINT, "in none: %u of %u neurons",
                     s->result.region[0], s->result.universe);
    draw_pairs(s, c, a, row + 2);
}

/* The diagram, not larger than 16 by 64 cells; the region under the cursor stands out. */
static void draw_venn(const struct app *app, struct canvas *c, struct rect a)
{
    const struct overlap_state *s = overlap_state(app);
    const char *names[3];
    for (uint32_t i = 0; i < s->sets; i++)
        names[i] = s->set[i].text;
    a.rows = a.rows > 16 ? 16 : a.rows;
    a.cols = a.cols > 64 ? 64 : a.cols;
    venn_draw(c, a, &s->result, names,
              s->here >= s->sets && s->regions ? s->order[s->here - s->sets] : 0);
}

/*
 * Sets at the top; below, the drawing with the table next to it on wide screens, above it on high
 * ones (eleven rows are kept for the table), or the table alone. Only two or three sets can be
 * drawn.
 */
void overlap_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct overlap_state *s = overlap_state(app);
    struct rect rest = area;
    int used = draw_sets(app, c, area) + (area.rows > 12);
    rest.row += used;
    rest.rows -= used;
    if (s->sets == 0 || s->why[0]) {
        canvas_wrap(c, (struct rect){rest.row, 2, rest.rows, rest.cols - 4},
                    s->why[0] ? STYLE_ALERT : STYLE_NORMAL,
                    s->why[0] ? s->why : "no sets: 'a' adds one");
        return;
    }
    bool drawing = !s->table && !c->plain && (s->sets == 2 || s->sets == 3);
    if (drawing && rest.cols >= VENN_MIN_COLS + 2 + TABLE_WIDTH && rest.rows >= VENN_MIN_ROWS) {
        int width = rest.cols - 2 - TABLE_WIDTH - (s->marks_here ? 11 : 5);
        width = width < VENN_MIN_COLS ? VENN_MIN_COLS : width > 64 ? 64 : width;
        draw_venn(app, c, (struct rect){rest.row, 1, rest.rows, width});
        draw_table(app, c, (struct rect){rest.row, width + 3, rest.rows, rest.cols - width - 3});
    } else if (drawing && rest.rows >= VENN_MIN_ROWS + 11) {
        int rows = rest.rows - 11;
        draw_venn(app, c, (struct rect){rest.row, 1, rows, rest.cols - 2});
        draw_table(app, c, (struct rect){rest.row + rest.rows - 10, 0, 10, rest.cols});
    } else
        draw_table(app, c, rest);
}
