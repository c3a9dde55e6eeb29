/*
 * Points in the plane in character cells, as letters, Braille dots or blocks, with labels where
 * there is room.
 */
#include "config.h"

#include "screen/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/ties.h"

enum {
    CROWD = 150,       /* points that make a crowd on any screen */
    CELLS_A_LABEL = 16 /* fewer for each point: a crowd, too */
};

/* Where the points of one plot fall: a chain of points for every cell of the area. */
struct field {
    int rows, cols;
    int sub_cols, sub_rows;    /* dots in a cell, across and down */
    double left, top, per_col; /* coordinates of the area's upper left corner */
    long *first;               /* [rows][cols] first point in the cell, -1 = none */
    long *next;                /* [points] next in the same cell */
    int *row, *col;            /* [points] in the area; row -1 = not drawn */
    unsigned char *bits;       /* [rows][cols] dots set, numbered row by row */
    unsigned char *taken;      /* [rows][cols] no room for a label */
};

/* Arrays by cell and by point; on failure what was allocated stays for field_free. */
static bool field_alloc(struct field *f, struct rect area, size_t points)
{
    size_t cells = (size_t)area.rows * (size_t)area.cols;
    f->rows = area.rows;
    f->cols = area.cols;
    f->first = mem_array(cells, sizeof *f->first);
    f->next = mem_array(points, sizeof *f->next);
    f->row = mem_array(points, sizeof *f->row);
    f->col = mem_array(points, sizeof *f->col);
    f->bits = mem_zeros(cells, 1);
    f->taken = mem_zeros(cells, 1);
    if (!f->first || !f->next || !f->row || !f->col || !f->bits || !f->taken)
        return false;
    for (size_t i = 0; i < cells; i++)
        f->first[i] = -1;
    return true;
}

static void field_free(struct field *f)
{
    free(f->first);
    free(f->next);
    free(f->row);
    free(f->col);
    free(f->bits);
    free(f->taken);
}

static bool plot_is_drawn(const struct plot_point *p)
{
    return isfinite(p->x) && isfinite(p->y);
}

/* The scale at which all points fit with LABEL columns to spare on the right, centred. */
static void plot_fit_label(struct field *f, const struct plot *p, int label)
{
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
    for (size_t i = 0; i < p->points; i++) {
        if (!plot_is_drawn(&p->point[i]))
            continue;
        x0 = fmin(x0, p->point[i].x);
        x1 = fmax(x1, p->point[i].x);
        y0 = fmin(y0, p->point[i].y);
        y1 = fmax(y1, p->point[i].y);
    }
    if (!(x0 <= x1))
        x0 = x1 = y0 = y1 = 0;
    double across = f->cols - 1 - label, down = f->rows - 1;
    f->per_col = fmax((x1 - x0) / fmax(across, 1), (y1 - y0) / fmax(2 * down, 1));
    if (!(f->per_col > 0))
        f->per_col = 1;
    f->left = (x0 + x1) / 2 - f->per_col * (across + 1) / 2;
    f->top = (y0 + y1) / 2 + f->per_col * (down + 1);
}

static int plot_clamp(int v, int max)
{
    return v < 0 ? 0 : v > max ? max : v;
}

/*
 * Assigns each point its cell and dot. From the last to the first, so that each cell's chain begins
 * with its lowest index. Rounding can put a point one cell outside: it is moved in.
 */
static void put_points(struct field *f, const struct plot *p)
{
    for (size_t i = p->points; i-- > 0;) {
        const struct plot_point *q = &p->point[i];
        f->row[i] = -1;
        if (!plot_is_drawn(q))
            continue;
        double across = (q->x - f->left) / f->per_col, down = (f->top - q->y) / f->per_col / 2;
        int sx = plot_clamp((int)ties_floor(across * f->sub_cols), f->cols * f->sub_cols - 1);
        int sy = plot_clamp((int)ties_floor(down * f->sub_rows), f->rows * f->sub_rows - 1);
        f->row[i] = sy / f->sub_rows;
        f->col[i] = sx / f->sub_cols;
        size_t cell = (size_t)f->row[i] * (size_t)f->cols + (size_t)f->col[i];
        f->bits[cell] |= (unsigned char)(1u << (sy % f->sub_rows * f->sub_cols + sx % f->sub_cols));
        f->taken[cell] = 1;
        f->next[i] = f->first[cell];
        f->first[cell] = (long)i;
    }
}

/* The group most points of the cell belong to; *MIXED if there are others. */
static unsigned plot_majority(const struct field *f, const struct plot *p, size_t cell, bool *mixed)
{
    unsigned best = p->point[f->first[cell]].group;
    size_t best_n = 0;
    *mixed = false;
    for (long i = f->first[cell]; i >= 0; i = f->next[i]) {
        size_t n = 0;
        for (long k = f->first[cell]; k >= 0; k = f->next[k])
            n += p->point[k].group == p->point[i].group;
        *mixed = *mixed || p->point[i].group != p->point[f->first[cell]].group;
        if (n > best_n) {
            best_n = n;
            best = p->point[i].group;
        }
    }
    return best;
}

/* Braille dots are numbered down the left column, down the right one, then the lowest pair. */
static uint32_t plot_dots_character(unsigned bits, enum plot_glyphs glyphs)
{
    static const unsigned char braille[8] = {0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80};
    static const uint32_t block[4] = {' ', 0x2580, 0x2584, 0x2588};
    uint32_t ch = 0x2800;
    if (glyphs == PLOT_BLOCKS)
        return block[bits & 3];
    for (int i = 0; i < 8; i++)
        if (bits >> i & 1)
            ch |= braille[i];
    return ch;
}

/*
 * One character a cell: the group's letter or its dots, in the group's style. Where groups meet the
 * cell is drawn as mixed and counted.
 */
static void draw_points(struct canvas *c, struct rect area, const struct field *f,
                        const struct plot *p, enum plot_glyphs glyphs, struct plot_report *report)
{
    for (int r = 0; r < f->rows; r++)
        for (int k = 0; k < f->cols; k++) {
            size_t cell = (size_t)r * (size_t)f->cols + (size_t)k;
            bool mixed;
            if (f->first[cell] < 0)
                continue;
            unsigned g = plot_majority(f, p, cell, &mixed);
            const struct plot_group *group = &p->group[g < p->groups ? g : 0];
            report->mixed += mixed;
            uint32_t ch = glyphs != PLOT_LETTERS ? plot_dots_character(f->bits[cell], glyphs)
                          : mixed                ? '*'
                                                 : (uint32_t)(unsigned char)group->letter;
            canvas_put(c, area.row + r, area.col + k, mixed ? STYLE_MIXED : group->style, ch);
        }
}

static bool plot_label_room(const struct field *f, int row, int col, int width)
{
    if (row < 0 || row >= f->rows || col < 0 || col + width > f->cols)
        return false;
    for (int i = 0; i < width; i++)
        if (f->taken[(size_t)row * (size_t)f->cols + (size_t)(col + i)])
            return false;
    return true;
}

/* True if the cells beside a label at COL are free or I's own mark: it can be told from others. */
static bool plot_label_apart(const struct field *f, size_t i, int row, int col, int width)
{
    for (int side = 0; side < 2; side++) {
        int at = side ? col + width : col - 1;
        bool own = row == f->row[i] && at == f->col[i];
        if (at >= 0 && at < f->cols && !own && f->taken[(size_t)row * (size_t)f->cols + (size_t)at])
            return false;
    }
    return true;
}

/*
 * Tries the eight places around point I, first for one with space around (in a crowd only such:
 * labels in one row of letters cannot be read); false: all are taken.
 */
static bool put_label(struct canvas *c, struct rect area, struct field *f, const struct plot *p,
                      size_t i)
{
    const struct plot_point *q = &p->point[i];
    int w = text_width(q->label);
    const int place[8][2] = {{0, 1}, {0, -w},  {-1, -w / 2}, {1, -w / 2}, {-1, 1},
                             {1, 1}, {-1, -w}, {1, -w}}; /* rows down, columns right */
    bool crowd = p->points > CROWD || p->points * CELLS_A_LABEL > (size_t)f->rows * (size_t)f->cols;
    int tries = crowd ? 8 : 16;
    for (int k = 0; k < tries; k++) {
        int row = f->row[i] + place[k % 8][0], col = f->col[i] + place[k % 8][1];
        if (!plot_label_room(f, row, col, w) || (k < 8 && !plot_label_apart(f, i, row, col, w)))
            continue;
        enum style style = (long)i == p->selected ? STYLE_SELECTED
                           : q->group < p->groups ? p->group[q->group].style
                                                  : STYLE_NORMAL;
        canvas_text(c, area.row + row, area.col + col, w, style, q->label);
        memset(&f->taken[(size_t)row * (size_t)f->cols + (size_t)col], 1, (size_t)w);
        return true;
    }
    return false;
}

struct rank {
    size_t index;
    int priority;
};

static int by_priority(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/*
 * By falling priority, the selected point's first; ties keep the order of the points. Labels
 * without room are counted.
 */
static void put_labels(struct canvas *c, struct rect area, struct field *f, const struct plot *p,
                       struct plot_report *report)
{
    struct rank *order = mem_array(p->points, sizeof *order);
    size_t n = 0;
    for (size_t i = 0; order && i < p->points; i++)
        if (f->row[i] >= 0 && p->point[i].label && p->point[i].label[0])
            order[n++] = (struct rank){i, (long)i == p->selected ? 1 << 30 : p->point[i].priority};
    if (n)
        qsort(order, n, sizeof *order, by_priority);
    for (size_t i = 0; i < n; i++)
        report->dropped += !put_label(c, area, f, p, order[i].index);
    free(order);
}

/*
 * The drawn point nearest to the asked cell; a row counts twice, as cells are twice as high as
 * wide.
 */
static long plot_nearest(const struct field *f, const struct plot *p)
{
    long best = -1, least = 0;
    for (size_t i = 0; i < p->points; i++) {
        long down = 2L * (f->row[i] - p->row), across = f->col[i] - p->col;
        if (f->row[i] >= 0 && (best < 0 || down * down + across * across < least)) {
            best = (long)i;
            least = down * down + across * across;
        }
    }
    return best;
}

/*
 * The widest label, up to a quarter of the area, decides the margin at the right. Order matters:
 * points reserve their cells before labels look for room, and the selected point is styled last.
 */
void plot_scatter(struct canvas *c, struct rect area, const struct plot *p,
                  struct plot_report *report)
{
    struct field f = {0};
    int label = 0;
    enum plot_glyphs glyphs = c->ascii ? PLOT_LETTERS : p->glyphs;
    *report = (struct plot_report){.row = -1, .nearest = -1};
    if (area.rows < 1 || area.cols < 1 || p->points == 0 || p->groups == 0)
        return;
    f.sub_cols = glyphs == PLOT_BRAILLE ? 2 : 1;
    f.sub_rows = glyphs == PLOT_BRAILLE ? 4 : glyphs == PLOT_BLOCKS ? 2 : 1;
    if (field_alloc(&f, area, p->points)) {
        for (size_t i = 0; i < p->points; i++)
            if (p->point[i].label && text_width(p->point[i].label) > label)
                label = text_width(p->point[i].label);
        plot_fit_label(&f, p, label < area.cols / 4 ? label : area.cols / 4);
        put_points(&f, p);
        if (glyphs == PLOT_BRAILLE)
            canvas_note_dots(c, area);
        draw_points(c, area, &f, p, glyphs, report);
        put_labels(c, area, &f, p, report);
        if (p->selected >= 0 && (size_t)p->selected < p->points && f.row[p->selected] >= 0) {
            report->row = f.row[p->selected];
            report->col = f.col[p->selected];
            canvas_restyle(c, area.row + report->row, area.col + report->col, 1, STYLE_SELECTED);
        }
        report->nearest = plot_nearest(&f, p);
        report->per_col = f.per_col;
    }
    field_free(&f);
}
