/*
 * Axes: round tick values, their text, and frames.
 */
#include "config.h"

#include "base/number.h"
#include "figure/figure.h"

#include <math.h>
#include <stdio.h>

#include "screen/plot.h"

/* Points: length of a tick, and space between its number and the axis' name. */
enum { TICK = 3, NAME_GAP = 4 };

double figure_x(const struct figure_axes *a, double v)
{
    return a->box.x + (v - a->x0) / (a->x1 - a->x0) * a->box.w;
}

double figure_y(const struct figure_axes *a, double v)
{
    return a->box.y + (a->y1 - v) / (a->y1 - a->y0) * a->box.h;
}

/* 1e-9 keeps a limit that is a multiple of the step up to rounding from moving by a whole step. */
double figure_round(double *low, double *high, int steps)
{
    double step = plot_step(*high - *low, steps);
    *low = floor(*low / step + 1e-9) * step;
    *high = ceil(*high / step - 1e-9) * step;
    if (!(*high > *low))
        *high = *low + step;
    return step;
}

/* V with the digits its step asks for. */
static void figure_tick_text(char *text, size_t size, double v, double step)
{
    int digits = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
    snprintf(text, size, "%s", number_fixed(v, digits).text);
}

/* As wide as the wider of the lowest and highest number, with ticks and the upright name. */
double figure_y_room(double low, double high, double step)
{
    char text[2][40];
    figure_tick_text(text[0], sizeof text[0], low, step);
    figure_tick_text(text[1], sizeof text[1], high, step);
    double w =
        fmax(figure_text_width(text[0], FIGURE_SMALL), figure_text_width(text[1], FIGURE_SMALL));
    return w + TICK + 2 + NAME_GAP + FIGURE_TEXT;
}

void figure_frame(struct figure *f, const struct figure_axes *a)
{
    figure_rect(f, INK_BLACK, false, a->box);
}

/* Ticks are multiples of the step, computed as k * step so that errors do not add up. */
void figure_y_ticks(struct figure *f, const struct figure_axes *a, double step, const char *name)
{
    char text[40];
    const struct figure_box *b = &a->box;
    for (double k = ceil(a->y0 / step - 1e-9); k * step <= a->y1 + 1e-9 * step; k++) {
        double y = figure_y(a, k * step);
        figure_tick_text(text, sizeof text, k * step, step);
        figure_line(f, INK_BLACK, 0.6, DASH_NONE, b->x - TICK, y, b->x, y);
        figure_words(f, INK_BLACK, FIGURE_SMALL, ANCHOR_END, b->x - TICK - 2,
                     y + 0.35 * FIGURE_SMALL, text);
    }
    double room = figure_y_room(a->y0, a->y1, step);
    char cut[100];
    figure_cut(cut, sizeof cut, name, FIGURE_TEXT, fmax(b->h, 20));
    figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_MIDDLE, b->x - room + 0.8 * FIGURE_TEXT,
                 b->y + b->h / 2, cut)
        ->upwards = true;
}

static void x_name(struct figure *f, const struct figure_box *b, const char *name)
{
    figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_MIDDLE, b->x + b->w / 2,
                 b->y + b->h + TICK + 2 * FIGURE_SMALL + NAME_GAP, name);
}

/* One tick below the frame; TEXT NULL: without a number. */
static void x_tick(struct figure *f, const struct figure_axes *a, double v, const char *text)
{
    const struct figure_box *b = &a->box;
    double x = figure_x(a, v), bottom = b->y + b->h;
    figure_line(f, INK_BLACK, 0.6, DASH_NONE, x, bottom, x, bottom + TICK);
    if (text)
        figure_words(f, INK_BLACK, FIGURE_SMALL, ANCHOR_MIDDLE, x, bottom + TICK + FIGURE_SMALL,
                     text);
}

void figure_x_ticks(struct figure *f, const struct figure_axes *a, double step, const char *name)
{
    char text[40];
    for (double k = ceil(a->x0 / step - 1e-9); k * step <= a->x1 + 1e-9 * step; k++) {
        figure_tick_text(text, sizeof text, k * step, step);
        x_tick(f, a, k * step, text);
    }
    x_name(f, &a->box, name);
}

/* Numbers every layer, every 2nd, 5th, 10th, ..., whatever has room; all layers have ticks. */
void figure_x_layers(struct figure *f, const struct figure_axes *a, size_t n, const char *name)
{
    char text[40];
    double slot = a->box.w / (double)(n > 1 ? n : 1);
    snprintf(text, sizeof text, "%zu", n);
    double need = figure_text_width(text, FIGURE_SMALL) + 3;
    size_t every = 1;
    while (slot * (double)every < need && every < n)
        every = every == 1 ? 2 : every == 2 ? 5 : every * 2;
    for (size_t l = 1; l <= n; l++) {
        /* 1, then the multiples, so that the first and round numbers are there. */
        bool named = l % every == 0 || (l == 1 && every > 2) || every == 1;
        snprintf(text, sizeof text, "%zu", l);
        x_tick(f, a, (double)l, named ? text : NULL);
    }
    x_name(f, &a->box, name);
}

/* Lines across BOX at 45 degrees, cut at its sides. */
static void figure_diagonals(struct figure *f, enum figure_ink ink, struct figure_box b,
                             double step)
{
    for (double t = step; t < b.w + b.h; t += step) {
        double x0 = t < b.h ? 0 : t - b.h, y0 = t < b.h ? t : b.h;
        double x1 = t < b.w ? t : b.w, y1 = t < b.w ? 0 : t - b.w;
        figure_line(f, ink, 0.7, DASH_NONE, b.x + x0, b.y + y0, b.x + x1, b.y + y1);
    }
}

/* Filled, hatched, striped or empty, with an outline. */
void figure_bar(struct figure *f, enum figure_ink ink, unsigned pattern, struct figure_box b)
{
    switch (pattern % 4) {
    case 0: figure_rect(f, ink, true, b); break;
    case 1: figure_diagonals(f, ink, b, 3); break;
    case 2:
        for (double y = 2; y < b.h; y += 2)
            figure_line(f, ink, 0.7, DASH_NONE, b.x, b.y + y, b.x + b.w, b.y + y);
        break;
    default: break;
    }
    figure_rect(f, ink, false, b);
}
