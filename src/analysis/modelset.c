/*
 * modelset.c - what a person types as the neurons of a model: a set expression over a count file
 * that fits the model, or a list that needs none; and the layers it is limited to.
 */
#include "config.h"

#include "analysis/modelset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "analysis/setexpr.h"
#include "formats/setfile.h"

/* Neurons have no names but their numbers: only of the same shape can they be the same. */
enum status modelset_fit(const struct neuron_set *s, const struct counts *c, const char *model,
                         struct err *err)
{
    if (c->layers != s->layers)
        return err_set(err, STATUS_MISMATCH, "%s: counts of %u layers, but %s has %u", c->path,
                       c->layers, model, s->layers);
    for (uint32_t l = 0; l < s->layers; l++)
        if (c->layer[l].width != s->width[l])
            return err_set(err, STATUS_MISMATCH,
                           "%s: layer %u has counts of %u neurons, but %s has %u there", c->path,
                           l + 1, c->layer[l].width, model, s->width[l]);
    return STATUS_OK;
}

static enum status modelset_needs_counts(const char *text, struct err *err)
{
    return err_set(err, STATUS_USAGE,
                   "the set '%s' needs a count file: -c COUNTS (all except @FILE and "
                   "{LAYER:NEURON,...} do)",
                   text);
}

/* The forms that need no count file: "@FILE" and "{1:3,7-9;4:0}".  Layers and neurons are checked
 * on reading. */
static enum status modelset_add_list(struct neuron_set *s, const char *text, struct err *err)
{
    struct neuron_set list;
    const char *end = "";
    struct err why;
    enum status code = text[0] == '@' ? setfile_read(&list, text + 1, s->layers, s->width, &why)
                                      : settext_parse(&list, text, &end, s->layers, s->width, &why);
    if (code && text[0] == '@')
        return err_set(err, code, "%s", why.msg);
    if (code)
        return err_set(err, code, "set '%.60s' column %zu: %s", text, (size_t)(end - text) + 1,
                       why.msg);
    if (end[strspn(end, " \t")]) {
        neuron_set_free(&list);
        return modelset_needs_counts(text, err);
    }
    for (uint32_t l = 0; l < s->layers; l++)
        neuron_set_into_row(&list, l, s->row[l], s->width[l]);
    neuron_set_free(&list);
    return STATUS_OK;
}

static enum status modelset_add_expression(struct neuron_set *s, const char *text,
                                           struct analysis *a, struct err *err)
{
    struct setexpr e = {0};
    struct neuron_set made;
    enum status code = setexpr_parse(&e, text, a, NULL, err);
    if (!code)
        code = setexpr_load(&e, a, err);
    if (!code)
        code = setexpr_set(&e, a, SETEXPR_EVERY, &made, err);
    for (uint32_t l = 0; l < s->layers && !code; l++)
        neuron_set_into_row(&made, l, s->row[l], s->width[l]);
    if (!code)
        neuron_set_free(&made);
    setexpr_free(&e);
    return code;
}

enum status modelset_add(struct neuron_set *s, const char *text, struct analysis *a,
                         const char *model, struct err *err)
{
    enum status code;
    if (!a && text[0] != '@' && text[0] != '{')
        return modelset_needs_counts(text, err);
    if (!a)
        return modelset_add_list(s, text, err);
    code = modelset_fit(s, a->counts, model, err);
    return code ? code : modelset_add_expression(s, text, a, err);
}

/* A layer's number at *AT, which moves on; 0 if there is none. */
static uint32_t modelset_read_layer(const char **at, uint32_t layers)
{
    char *end;
    if (**at < '0' || **at > '9')
        return 0;
    unsigned long n = strtoul(*at, &end, 10);
    *at = end;
    return n <= layers ? (uint32_t)n : 0;
}

enum status modelset_only(struct neuron_set *s, const char *list, struct err *err)
{
    enum status code = STATUS_OK;
    const char *at = list;
    bool *wanted = mem_zeros(s->layers, sizeof *wanted);
    if (!wanted)
        return err_nomem(err);
    do {
        uint32_t first = modelset_read_layer(&at, s->layers), last = first;
        if (first && *at == '-') {
            at++;
            last = modelset_read_layer(&at, s->layers);
        }
        if (!first || last < first || (*at && *at != ','))
            code = err_set(err, STATUS_USAGE,
                           "--layer takes layers from 1 to %u such as 1,3-5, not '%s'", s->layers,
                           list);
        for (uint32_t n = first; n && n <= last; n++)
            wanted[n - 1] = true;
    } while (!code && *at++ == ',');
    for (uint32_t l = 0; l < s->layers && !code; l++)
        if (!wanted[l])
            neuron_set_clear(s, l);
    free(wanted);
    return code;
}
