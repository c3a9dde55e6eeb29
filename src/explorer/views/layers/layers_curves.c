/*
 * The Layers view as curves.
 */
#include "config.h"

#include "explorer/views/layers/layers_state.h"

#include <math.h>
#include <string.h>

enum { MAX_CURVES = 8, MAX_LAYERS = 512 };

/* The curves of one plot, and the range of their values. */
struct curves {
    double value[MAX_CURVES][MAX_LAYERS];
    struct plot_series series[MAX_CURVES];
    size_t count, layers;
    double low, high;
};

char layers_letter(const struct app *app, uint32_t p)
{
    bool used[128] = {false};
    char letter = '+';
    for (uint32_t i = 0; i <= p; i++) {
        letter = '+';
        for (const char *s = app_session(app)->names.name[i]; *s; s++)
            if (*s >= 'a' && *s <= 'z' && !used[(unsigned char)*s]) {
                letter = *s;
                used[(unsigned char)*s] = true;
                break;
            }
    }
    return letter;
}

static bool curve_shown(const struct app *app, uint32_t p, bool silhouettes)
{
    const struct layers_state *s = view_state(app, VIEW_LAYERS);
    return !(p < MAX_PROPERTIES && s->hidden[p]) && (!silhouettes || layers_scored(app, p));
}

/*
 * Values of the properties shown, at most MAX_CURVES and MAX_LAYERS, and their range, which always
 * includes 0. Missing results are NAN: the curve has a gap there.
 */
static void fill_curves(const struct app *app, struct curves *k, bool silhouettes)
{
    k->layers =
        app_file(app)->counts.layers < MAX_LAYERS ? app_file(app)->counts.layers : MAX_LAYERS;
    for (uint32_t p = 0; p < app_session(app)->names.count && k->count < MAX_CURVES; p++) {
        if (!curve_shown(app, p, silhouettes))
            continue;
        double *value = k->value[k->count];
        for (uint32_t l = 0; l < k->layers; l++) {
            const struct engine_result *r = app_result(app, p, l);
            value[l] = !r || r->code ? NAN : silhouettes ? r->silhouette : r->neurons;
            k->low = value[l] < k->low ? value[l] : k->low;
            k->high = value[l] > k->high ? value[l] : k->high;
        }
        k->series[k->count++] =
            (struct plot_series){value, layers_letter(app, p), palette_group(p)};
    }
}

/*
 * Legend and curves on an axis between round numbers. The 1e-9 keeps a maximum that is itself a
 * round number from adding a step.
 */
static void render_curves_of(const struct app *app, struct canvas *c, struct rect area,
                             bool silhouettes)
{
    struct curves k;
    memset(&k, 0, sizeof k);
    k.high = silhouettes ? 0.1 : 1;
    fill_curves(app, &k, silhouettes);
    double step = plot_step(k.high - k.low, 8);
    k.high = ceil(k.high / step - 1e-9) * step;
    k.low = floor(k.low / step + 1e-9) * step;
    int col = area.col + canvas_text(c, area.row, area.col, area.cols, STYLE_STRONG,
                                     silhouettes ? "Silhouette on the map" : "Property neurons");
    for (uint32_t p = 0; p < app_session(app)->names.count; p++)
        if (curve_shown(app, p, silhouettes))
            col += canvas_textf(c, area.row, col, area.col + area.cols - col, palette_group(p),
                                "  %c %s", layers_letter(app, p), app_session(app)->names.name[p]);
    plot_curves(c, (struct rect){area.row + 1, area.col, area.rows - 1, area.cols}, k.series,
                k.count, k.layers, k.low, k.high, app->looked, app->glyphs.curves);
}

void layers_curves(const struct app *app, struct canvas *c, struct rect a, enum layers_form form)
{
    if (form != LAYERS_CURVES) {
        render_curves_of(app, c, a, form == LAYERS_SILHOUETTES);
    } else if (a.cols >= 110) {
        int half = a.cols / 2 - 1;
        render_curves_of(app, c, (struct rect){a.row, a.col, a.rows, half}, true);
        render_curves_of(app, c, (struct rect){a.row, a.col + a.cols - half, a.rows, half}, false);
    } else if (a.rows >= 16) {
        int half = a.rows / 2;
        render_curves_of(app, c, (struct rect){a.row, a.col, half, a.cols}, true);
        render_curves_of(app, c, (struct rect){a.row + half, a.col, a.rows - half, a.cols}, false);
    } else
        render_curves_of(app, c, a, true);
}
