/*
 * A schematic Venn diagram of two or three sets in character cells (venn.h).
 */
#include "config.h"

#include "explorer/views/overlap/venn.h"

#include <stdio.h>

#include "base/number.h"

/* Columns as shares of the width, in hundredths. */
static int venn_share(const struct rect *a, int hundredths)
{
    return a->col + (a->cols - 1) * hundredths / 100;
}

static struct rect venn_span(int row, int col, int last_row, int last_col)
{
    return (struct rect){row, col, last_row - row + 1, last_col - col + 1};
}

/* Where the frames stand: A left above, B right above, C below in the middle. */
static void venn_place(struct rect a, uint32_t sets, struct rect *box)
{
    int last = a.row + a.rows - 1;
    int middle = sets == 2 ? last - 1 : a.row + a.rows * 62 / 100;
    box[0] = venn_span(a.row, venn_share(&a, 0), middle, venn_share(&a, 58));
    box[1] = venn_span(a.row + 1, venn_share(&a, 40), middle + 1, venn_share(&a, 100));
    box[2] = venn_span(a.row + a.rows * 38 / 100 + 1, venn_share(&a, 18), last, venn_share(&a, 80));
}

static int venn_bottom(const struct rect *b)
{
    return b->row + b->rows - 1;
}

static int venn_right(const struct rect *b)
{
    return b->col + b->cols - 1;
}

/* Where a frame's upright crosses another's level line. */
static void draw_crossings(struct canvas *c, const struct rect *box, uint32_t sets)
{
    for (uint32_t i = 0; i < sets; i++)
        for (uint32_t k = 0; k < sets; k++) {
            const int cols[2] = {box[i].col, venn_right(&box[i])};
            const int rows[2] = {box[k].row, venn_bottom(&box[k])};
            for (int n = 0; n < 4; n++) {
                int col = cols[n % 2], row = rows[n / 2];
                if (i != k && row > box[i].row && row < venn_bottom(&box[i]) && col > box[k].col &&
                    col < venn_right(&box[k]))
                    canvas_glyph(c, row, col, STYLE_FAINT, GLYPH_CROSS);
            }
        }
}

/* The open rectangle that belongs to REGION, without the frames around it. */
static struct rect venn_inside(const struct rect *b, uint32_t sets, uint32_t region)
{
    const struct rect *A = &b[0], *B = &b[1], *C = &b[2];
    int upper = sets == 3 ? C->row : venn_bottom(A); /* where C begins */
    switch (region) {
    case 1: return venn_span(A->row + 1, A->col + 1, upper - 1, B->col - 1);
    case 2: return venn_span(B->row + 1, venn_right(A) + 1, upper - 1, venn_right(B) - 1);
    case 3: return venn_span(B->row + 1, B->col + 1, upper - 1, venn_right(A) - 1);
    case 4: return venn_span(venn_bottom(B) + 1, C->col + 1, venn_bottom(C) - 1, venn_right(C) - 1);
    case 5: return venn_span(C->row + 1, C->col + 1, venn_bottom(A) - 1, B->col - 1);
    case 6: return venn_span(C->row + 1, venn_right(A) + 1, venn_bottom(A) - 1, venn_right(C) - 1);
    default: return venn_span(C->row + 1, B->col + 1, venn_bottom(A) - 1, venn_right(A) - 1);
    }
}

static void venn_centre(struct canvas *c, int row, struct rect in, enum style style,
                        const char *text)
{
    int w = text_width(text), pad = w < in.cols ? (in.cols - w) / 2 : 0;
    canvas_text(c, row, in.col + pad, in.cols - pad, style, text);
}

/*
 * Frames, titles, and in every region its size with the expected size in parentheses below where
 * there are two rows. Titles stand on the part of the frame that no other frame covers.
 */
void venn_draw(struct canvas *c, struct rect area, const struct overlap *o,
               const char *const *names, uint32_t here)
{
    struct rect box[3];
    char text[40];
    venn_place(area, o->sets, box);
    for (uint32_t s = 0; s < o->sets; s++)
        canvas_box(c, box[s], palette_group(s));
    draw_crossings(c, box, o->sets);
    for (uint32_t s = 0; s < o->sets; s++)
        canvas_textf(c, s == 2 ? venn_bottom(&box[s]) : box[s].row,
                     s == 1 ? venn_right(&box[0]) + 2 : box[s].col + 2,
                     s == 1   ? venn_right(&box[1]) - venn_right(&box[0]) - 3
                     : s == 0 ? box[1].col - box[0].col - 2
                              : box[s].cols - 4,
                     palette_group(s), " %c %s ", 'A' + (int)s, names[s]);
    for (uint32_t r = 1; r < 1u << o->sets; r++) {
        struct rect in = venn_inside(box, o->sets, r);
        bool two = in.rows >= 2;
        int row = in.row + (in.rows - (two ? 2 : 1)) / 2;
        snprintf(text, sizeof text, "%u", o->region[r]);
        venn_centre(c, row, in, r == here ? STYLE_SELECTED : STYLE_STRONG, text);
        if (!two)
            continue;
        snprintf(text, sizeof text, "(%s)", number_fixed(o->expected[r], 1).text);
        venn_centre(c, row + 1, in, STYLE_FAINT, text);
    }
}
