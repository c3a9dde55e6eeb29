/*
 * A null: how often the labelings give each value of a statistic, and where the file's own stands.
 */
#include "config.h"

#include "figure/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "screen/histogram.h"
#include "screen/plot.h"

/* In points: BELOW is the room for ticks and name of the x axis; a row of words. */
enum { MARGIN = 6, BELOW = 26, WIDTH = 252, HEIGHT = 190, ROW = 10, BIN = 4 };

/* A value of ROW's statistic as text: neurons are whole, their means are not. */
static struct number null_number(const struct null_row *row, double v, bool mean)
{
    return number_fixed(v, row->statistic->unit[0] ? mean : 3);
}

/* "overlap with SET" as a title has it. */
static void null_title(char *text, size_t size, const struct null_result *n,
                       const struct null_row *row)
{
    snprintf(text, size, "%.80s, layer %u: %s%s%.80s", n->property, row->layer + 1,
             row->statistic->name, row->set[0] ? " with " : "", row->set);
}

/* The layers whose best p_max is about: the rows of ROW's statistic. */
static uint32_t null_layers(const struct null_result *n, const struct null_row *row)
{
    uint32_t layers = 0;
    for (uint32_t i = 0; i < n->rows; i++)
        layers += n->row[i].statistic == row->statistic && strcmp(n->row[i].set, row->set) == 0;
    return layers;
}

/* Title and caption at the top of AREA: what is exchanged, the observed value, the null's mean and
 * percentiles, p and p_max; where the axes may begin. */
static double null_head(struct figure *f, struct figure_box area, const struct null_result *n,
                        const struct null_row *row)
{
    const struct summary *s = &row->summary;
    char text[300], cut[300], *words = exchange_words(n->kind, n->strata, n->draws, n->enumerated);
    double y = area.y + FIGURE_TEXT;
    null_title(text, sizeof text, n, row);
    figure_cut(cut, sizeof cut, text, FIGURE_TEXT, area.w);
    figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_START, area.x, y, cut)->bold = true;
    figure_cut(cut, sizeof cut, words ? words : "", FIGURE_SMALL, area.w);
    figure_words(f, INK_GREY, FIGURE_SMALL, ANCHOR_START, area.x, y + ROW, cut);
    snprintf(text, sizeof text, "mean %s, 95 %%: %s to %s; p %s, p_max %s (%u layers)",
             null_number(row, s->mean, true).text, null_number(row, s->low, false).text,
             null_number(row, s->high, false).text, number_p(s->p).text, number_p(s->p_max).text,
             null_layers(n, row));
    figure_cut(cut, sizeof cut, text, FIGURE_SMALL, area.w);
    figure_words(f, INK_GREY, FIGURE_SMALL, ANCHOR_START, area.x, y + 2 * ROW, cut);
    f->failed = f->failed || !words;
    free(words);
    return y + 2 * ROW + 6;
}

/* A line at V from the top of the frame, or ROWS lower, with words beside its head: on its right
 * where RIGHT and there is room. */
static void null_mark(struct figure *f, const struct figure_axes *a, double v, int rows, bool right,
                      enum figure_ink ink, const char *words)
{
    double x = figure_x(a, v), y = a->box.y + 3 + ROW * rows;
    double w = figure_text_width(words, FIGURE_SMALL) + 4;
    right = x - w < a->box.x || (right && x + w < a->box.x + a->box.w);
    figure_line(f, ink, 1.2, ink == INK_BLACK ? DASH_LONG : DASH_NONE, x, y, x,
                a->box.y + a->box.h);
    figure_words(f, INK_BLACK, FIGURE_SMALL, right ? ANCHOR_START : ANCHOR_END,
                 right ? x + 3 : x - 3, y + 0.74 * FIGURE_SMALL, words);
}

/* The bars of H, whose values are whole numbers in the middle of bins of one where WHOLE. */
static void null_bars(struct figure *f, const struct figure_axes *a, const struct histogram *h,
                      double before)
{
    for (int i = 0; i < h->bins; i++) {
        double left = figure_x(a, h->first + i * h->step - before);
        double right = figure_x(a, h->first + (i + 1) * h->step - before);
        double top = figure_y(a, (double)h->count[i]);
        struct figure_box box = {left + 0.25, top, right - left - 0.5, figure_y(a, 0) - top};
        if (h->count[i])
            figure_rect(f, INK_GROUP_1 + 1, true, box);
    }
}

/* One null: caption, the washed range of 95 % of the labelings, bars, mean and observed value. */
static void null_panel(struct figure *f, struct figure_box box, const struct null_result *n,
                       const struct null_row *row)
{
    const struct summary *s = &row->summary;
    struct figure_box in = {box.x + MARGIN, box.y + MARGIN, box.w - 2 * MARGIN, box.h - 2 * MARGIN};
    bool whole = row->statistic->unit[0] != '\0';
    struct histogram h;
    double top = null_head(f, in, n, row), before = whole ? 0.5 : 0, low = 0;
    char text[200], cut[200];
    if (!histogram_make(&h, row->value, (size_t)n->draws, s->observed, whole,
                        (int)fmax(in.w / BIN, 8)))
        return;
    double bottom = in.y + in.h - BELOW, rows = fmax(bottom - top, 30);
    double high = (double)h.most * rows / fmax(rows - 2 * ROW - 5, 10); /* words above the bars */
    double step = figure_round(&low, &high, (int)(rows / 24));
    double room = figure_y_room(low, high, step);
    struct figure_axes a = {{in.x + room, top, in.w - room - 2, rows},
                            h.first - h.step - before,
                            h.first + (h.bins + 1) * h.step - before,
                            low,
                            high};
    double x0 = figure_x(&a, s->low - before), x1 = figure_x(&a, s->high + before);
    const double wash[] = {x0, top, x1, top, x1, top + rows, x0, top + rows};
    figure_area(f, INK_GREY, wash, 4);
    null_bars(f, &a, &h, before);
    figure_frame(f, &a);
    figure_y_ticks(f, &a, step, "labelings");
    figure_cut(cut, sizeof cut, row->statistic->summary, FIGURE_TEXT, a.box.w);
    double across = plot_step(a.x1 - a.x0, (int)(a.box.w / 40) + 1);
    figure_x_ticks(f, &a, whole ? fmax(across, 1) : across, cut);
    snprintf(text, sizeof text, "mean %s", null_number(row, s->mean, true).text);
    null_mark(f, &a, s->mean, 1, s->observed < s->mean, INK_BLACK, text);
    snprintf(text, sizeof text, "observed %s", null_number(row, s->observed, false).text);
    if (isfinite(s->observed))
        null_mark(f, &a, s->observed, 0, true, INK_GROUP_1, text);
    histogram_free(&h);
}

/* Layers in rows of two, or of three where there are more than four. */
void figure_null(struct figure *f, const struct null_data *d, double width, double height)
{
    size_t across = d->rows < 2 ? 1 : d->rows < 5 && d->rows != 3 ? 2 : 3;
    size_t down = d->rows ? (d->rows + across - 1) / across : 1;
    double w = width > 0 ? width / (double)across : WIDTH;
    double h = height > 0 ? height / (double)down : HEIGHT;
    figure_init(f, w * (double)across, h * (double)down);
    for (size_t i = 0; i < d->rows; i++)
        null_panel(f, (struct figure_box){w * (double)(i % across), h * (double)(i / across), w, h},
                   d->null, &d->null->row[d->row[i]]);
}
