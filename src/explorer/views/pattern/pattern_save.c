/*
 * pattern_save.c - what the pattern view gives to a file: its numbers and its figure.
 */
#include "config.h"

#include "explorer/views/pattern/pattern_state.h"

#include "figure/figures.h"
#include "report/report.h"

/* The curves that are drawn: those overlaid, and the phone under the cursor if it is not one. */
static enum status pattern_ranks(const struct app *app, struct rank_data *d, struct err *err)
{
    const struct pattern_state *s = pattern_state(app);
    const struct counts *c = &app_file(app)->counts;
    int factor = counts_find_factor(c, "phone");
    *d = (struct rank_data){.layer = app->at.layer, .logarithmic = !s->even};
    for (int k = 0; k <= PATTERN_OVERLAYS && factor >= 0; k++) {
        const struct pattern_curve *curve = &s->curve[k];
        bool kept = k && s->overlaid[k - 1], here = !k && pattern_overlay_of(s, s->here) < 0;
        if (curve->there && (kept || here))
            d->curve[d->curves++] = (struct rank_curve){c->factor[factor].level[curve->level],
                                                        &curve->profile, curve->order};
    }
    return d->curves ? STATUS_OK : err_set(err, STATUS_NOTFOUND, "there is no pattern");
}

enum status pattern_result(const struct app *app, struct table *out, struct err *err)
{
    struct rank_data d;
    enum status code = pattern_ranks(app, &d, err);
    for (size_t k = 0; !code && k < d.curves; k++)
        code = report_pattern(out, d.curve[k].profile, d.curve[k].order, d.curve[k].profile->width,
                              d.curve[k].phone, d.layer, NULL, err);
    return code;
}

enum status pattern_figure(const struct app *app, struct figure *out, struct err *err)
{
    struct rank_data d;
    enum status code = pattern_ranks(app, &d, err);
    if (!code)
        figure_ranks(out, &d, 0, 0);
    return code;
}
