/*
 * Drawing a recording with its spectrum, labels and predictions, with and without the set.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "explorer/views/experiments/experiments_state.h"
#include "model/frontends/logmel.h"

/* Columns at the left; rows under the spectrum; most rows of the spectrum. */
enum { LABEL_WIDTH = 9, LINES_BELOW = 8, SPECTRUM_MOST = 20 };

/* From quiet to loud, in characters every terminal has. */
static const char ramp[] = " .:-=+*#%@";

/* The range of the spectrum that is drawn: what is quieter than the mean of all is blank. */
static void range_of(const struct live_answer *a, double *low, double *high)
{
    double sum = 0;
    size_t n = a->rows * LOGMEL_BINS;
    *high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        sum += (double)a->mel[i];
        *high = fmax(*high, (double)a->mel[i]);
    }
    *low = n ? sum / (double)n : 0;
}

/* Mean of the bins of line R of LINES (from the top) in frame T of 20 ms. */
static double live_draw_level(const struct live_answer *a, size_t t, int r, int lines)
{
    int from = (lines - 1 - r) * LOGMEL_BINS / lines, to = (lines - r) * LOGMEL_BINS / lines;
    double sum = 0;
    size_t row = 2 * t < a->rows ? 2 * t : a->rows - 1;
    for (int b = from; b < to; b++)
        sum += (double)a->mel[row * LOGMEL_BINS + (size_t)b];
    return to > from ? sum / (to - from) : 0;
}

/*
 * The log-mel spectrum, low frequencies below, in shades from the mean to the maximum of the whole
 * recording, so that shades mean the same on every page.
 */
static void draw_spectrum(const struct live_answer *a, size_t first, struct canvas *c,
                          struct rect area)
{
    double low, high;
    range_of(a, &low, &high);
    canvas_text(c, area.row, 0, LABEL_WIDTH - 1, STYLE_FAINT, "log-mel");
    for (int r = 0; r < area.rows; r++)
        for (int k = 0; k < area.cols && first + (size_t)k < a->frames; k++) {
            double v = (live_draw_level(a, first + (size_t)k, r, area.rows) - low) / (high - low);
            int shade = v > 0 ? (int)(v * 9.99) : 0;
            canvas_put(c, area.row + r, area.col + k, STYLE_NORMAL,
                       (uint32_t)(unsigned char)ramp[shade < 9 ? shade : 9]);
        }
}

/* Labels at the first frame of each run, as far as there is room before the next. */
static void draw_labels(char (*label)[LIVE_NAME], size_t frames, char (*other)[LIVE_NAME],
                        size_t first, struct canvas *c, int row, int width)
{
    for (size_t t = first; t < frames && t < first + (size_t)width;) {
        size_t next = t + 1;
        while (next < frames && strcmp(label[next], label[t]) == 0)
            next++;
        size_t end = next < first + (size_t)width ? next : first + (size_t)width;
        int col = LABEL_WIDTH + (int)(t - first);
        size_t length = strlen(label[t]);
        for (size_t i = t; i < end; i++) {
            bool differs = other && strcmp(other[i], label[i]) != 0;
            char ch = i - t < length ? label[t][i - t] : '-';
            canvas_put(c, row, col + (int)(i - t),
                       differs          ? STYLE_ALERT
                       : i - t < length ? STYLE_NORMAL
                                        : STYLE_FAINT,
                       (uint32_t)(unsigned char)(label[t][0] == '.' ? '.' : ch));
        }
        t = next;
    }
}

/* How many of N labels agree, *OF those with a label in B; frames without one are not counted. */
static size_t live_draw_same(char (*a)[LIVE_NAME], char (*b)[LIVE_NAME], size_t n, size_t *of)
{
    size_t count = 0;
    *of = 0;
    for (size_t t = 0; t < n; t++)
        if (b[t][0]) {
            (*of)++;
            count += strcmp(a[t], b[t]) == 0;
        }
    return count;
}

/* "82.1 % of frames correct" of one row of labels. */
static void draw_share(const struct live_answer *a, char (*label)[LIVE_NAME], size_t frames,
                       const char *what, struct canvas *c, int row, int col)
{
    size_t of, n = frames < a->frames ? frames : a->frames;
    size_t right = live_draw_same(label, a->right, n, &of);
    if (of)
        canvas_textf(c, row, col, c->cols - col, STYLE_NORMAL, "%s: %s %% of frames correct", what,
                     number_fixed(100.0 * (double)right / (double)of, 1).text);
}

/*
 * Labels, predictions of the unmodified model, and predictions with the set erased, where frames
 * that changed stand out; then the share of correct frames of both. A column is one frame.
 */
static int draw_phones(const struct live_answer *a, const struct live_heard *h, size_t first,
                       struct canvas *c, int row)
{
    int width = c->cols - LABEL_WIDTH;
    canvas_text(c, row, 0, LABEL_WIDTH - 1, STYLE_FAINT, "labels");
    draw_labels(a->right, a->frames, NULL, first, c, row++, width);
    canvas_text(c, row, 0, LABEL_WIDTH - 1, STYLE_STRONG, "original");
    draw_labels(h->plain, h->frames, NULL, first, c, row++, width);
    canvas_text(c, row, 0, LABEL_WIDTH - 1, STYLE_STRONG, "erased");
    if (h->erased)
        draw_labels(h->erased, h->frames, h->plain, first, c, row, width);
    else
        canvas_text(c, row, LABEL_WIDTH, width, STYLE_FAINT, "(Space erases the set)");
    row++;
    draw_share(a, h->plain, h->frames, "original", c, row, LABEL_WIDTH);
    if (h->erased)
        draw_share(a, h->erased, h->frames, "erased", c, row, LABEL_WIDTH + 36);
    return row + 1;
}

/*
 * The speaker, and the one predicted with and without the set, each with its share of the
 * prediction; wrong ones stand out.
 */
static int draw_speaker(const struct live_answer *a, const struct live_heard *h, struct canvas *c,
                        int row)
{
    bool wrong = strcmp(h->plain[0], a->speaker) != 0;
    canvas_text(c, row, 0, LABEL_WIDTH - 1, STYLE_FAINT, "speaker");
    int col = LABEL_WIDTH;
    col += canvas_textf(c, row, col, c->cols - col, STYLE_NORMAL, "%s   ", a->speaker);
    col += canvas_textf(c, row, col, c->cols - col, wrong ? STYLE_ALERT : STYLE_NORMAL,
                        "original: %s %s   ", h->plain[0], number_fixed(h->plain_share, 3).text);
    if (h->erased) {
        wrong = strcmp(h->erased[0], a->speaker) != 0;
        canvas_textf(c, row, col, c->cols - col, wrong ? STYLE_ALERT : STYLE_NORMAL,
                     "erased: %s %s", h->erased[0], number_fixed(h->erased_share, 3).text);
    }
    return row + 1;
}

/*
 * Recording and set, and while it is erased the number of its neurons in each model: a set
 * expression gives another set in each.
 */
static void draw_head(const struct live_answer *a, const struct live_options *o, bool busy,
                      struct canvas *c, int row)
{
    int col = canvas_textf(c, row, 0, c->cols, STYLE_STRONG, "%s (%zu of %zu)  ", a->utterance,
                           a->ask.recording + 1, a->recordings);
    col += canvas_textf(c, row, col, c->cols - col, a->ask.erase ? STYLE_ALERT : STYLE_NORMAL,
                        "%.100s %s", a->ask.set, a->ask.erase ? "erased: " : "in place");
    for (size_t m = 0; m < o->models && a->ask.erase; m++)
        col += canvas_textf(c, row, col, c->cols - col, STYLE_NORMAL, "%s%zu (%s)", m ? ", " : "",
                            a->heard[m].neurons, eval_task_names[o->model[m].task]);
    if (busy)
        canvas_right(c, row, c->cols - 12, 12, STYLE_FAINT, "computing");
}

/*
 * Heading, spectrum (LINES_BELOW rows are left for the rest), time at the left edge, then each
 * model's result: one row for a speaker, four for phones. Until there is an answer the area says
 * so.
 */
void live_draw(const struct live_answer *a, const struct live_options *o, size_t first, bool busy,
               struct canvas *c, struct rect area)
{
    int row = area.row, end = area.row + area.rows;
    if (!a || a->why[0]) {
        canvas_text(c, row, 0, c->cols, a ? STYLE_ALERT : STYLE_FAINT, a ? a->why : "opening ...");
        return;
    }
    draw_head(a, o, busy, c, row++);
    int lines = area.rows - LINES_BELOW;
    lines = lines < SPECTRUM_MOST ? lines : SPECTRUM_MOST;
    if (lines > 1) {
        draw_spectrum(a, first, c, (struct rect){row, LABEL_WIDTH, lines, c->cols - LABEL_WIDTH});
        row += lines;
    }
    canvas_textf(c, row++, LABEL_WIDTH, c->cols - LABEL_WIDTH, STYLE_FAINT,
                 "from %s s, a column is 20 ms; PgDn: later",
                 number_fixed(0.02 * (double)first, 2).text);
    for (size_t m = 0; m < o->models && row < end; m++) {
        const struct live_heard *h = &a->heard[m];
        if (h->why[0])
            canvas_text(c, row++, 0, c->cols, STYLE_ALERT, h->why);
        else if (eval_task_about(o->model[m].task)->whole && h->frames)
            row = draw_speaker(a, h, c, row);
        else if (h->frames)
            row = draw_phones(a, h, first, c, row);
    }
}
