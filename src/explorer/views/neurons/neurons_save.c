/*
 * neurons_save.c - what the neurons view gives to a file: the rows listed, in their order.
 */
#include "config.h"

#include "explorer/views/neurons/neurons_state.h"

#include "figure/figures.h"

enum status neurons_result(const struct app *app, struct table *out, struct err *err)
{
    static const char *const columns[] = {"layer",      "neuron", "group",    "best_phone",
                                          "best_group", "p",      "patterns", "of_patterns"};
    const struct neurons_state *s = neurons_state(app);
    const struct property *p = s->property;
    if (s->why[0] || !p)
        return err_set(err, STATUS_NOTFOUND, "there are no neurons");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        table_column(out, columns[i]);
    for (size_t i = 0; i < s->grid.count; i++) {
        const struct neuron_row *r = &s->row[s->grid.shown[i]];
        table_count(out, s->of_layer + 1);
        table_count(out, r->neuron);
        table_words(out, r->group < p->groups ? p->group.name[r->group] : NULL);
        table_words(out, level_label(p->point[r->best].label));
        table_words(out, level_label(p->group.name[p->point[r->best].group]));
        table_number(out, r->p, 8);
        table_count(out, r->patterns);
        table_count(out, p->points);
    }
    return STATUS_OK;
}
