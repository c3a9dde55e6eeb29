/*
 * neurons_save.c - what the neurons view gives to a file: the rows listed, in their order.
 */
#include "config.h"

#include "explorer/views/neurons/neurons_state.h"

#include "report/report.h"

enum status neurons_result(const struct app *app, struct table *out, struct err *err)
{
    const struct neurons_state *s = neurons_state(app);
    if (s->why[0] || !s->property)
        return err_set(err, STATUS_NOTFOUND, "there are no neurons");
    report_neurons_begin(out);
    for (size_t i = 0; i < s->grid.count; i++) {
        const struct neuron_row *r = &s->row[s->grid.shown[i]];
        report_neuron_row(out, s->property, s->of_layer, r->neuron,
                          &(struct report_neuron){.group = r->group,
                                                  .in_phones = r->in_phones,
                                                  .patterns = r->patterns,
                                                  .best = r->best,
                                                  .p = r->p});
    }
    return table_ok(out, NULL, err);
}
