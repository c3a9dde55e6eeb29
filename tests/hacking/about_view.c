/*
 * The About view: what the counts on the screen were made of.
 */
#include "config.h"

#include "base/number.h"
#include "explorer/view.h"

extern const struct view view_about; /* in the program: views.h */

static void about_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct counts *counts = app_session(app)->counts;
    canvas_textf(c, area.row, area.col, area.cols, STYLE_NORMAL, "%u layers, lambda %s %%",
                 counts->layers, number_short(counts->lambda_percent, 6).text);
    for (uint32_t f = 0; f < counts->factors && (int)f + 2 < area.rows; f++)
        canvas_textf(c, area.row + 2 + (int)f, area.col, area.cols, STYLE_NORMAL, "%-10s %u levels",
                     counts->factor[f].name, counts->factor[f].levels);
}

const struct view view_about = {
    .lesson = "ABOUT: what the counts were made of: layers, lambda, and the factors that cells are "
              "kept by.",
    .role = ROLE_NONE,
    .needs = NEEDS_NOTHING,
    .render = about_render,
};
