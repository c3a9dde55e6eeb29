/*
 * Relabelled controls of a damage matrix: the labelings of the count file's speakers, and which of
 * the speakers the recordings have, so that the damage to each side of a labeling is known.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "experiment/matrix.h"

/* Marks in TESTED [levels of SPEAKER] those that the recordings have; their number. */
static uint32_t matrix_mark_tested(const struct counts_factor *speaker, const struct eval *e,
                                   bool *tested)
{
    uint32_t groups, n = 0;
    const struct eval_group *g = eval_groups(e, &groups);
    for (uint32_t s = 0; s < speaker->levels; s++) {
        for (uint32_t i = 0; i < groups && !tested[s]; i++)
            tested[s] =
                strcmp(g[i].factor, "speaker") == 0 && strcmp(g[i].level, speaker->level[s]) == 0;
        n += tested[s];
    }
    return n;
}

/* How many neurons the sets have in every layer, into SIZE [layers][rows]. */
static void matrix_relabel_sizes(const struct neuron_set *set, uint32_t rows, uint32_t layers,
                                 uint32_t *size)
{
    for (uint32_t l = 0; l < layers; l++)
        for (uint32_t r = 0; r < rows; r++)
            size[(size_t)l * rows + r] = neuron_set_size(&set[r], l);
}

/* The names of the speakers that are TESTED, and their labels in every labeling. */
static enum status matrix_note_labels(struct matrix *m, const struct counts_factor *speaker,
                                      const bool *tested, struct err *err)
{
    struct experiment_relabelled *out = &m->x.relabelled;
    const struct units *u = &m->relabel.exchange.units;
    size_t labels, draws = (size_t)m->relabel.draws;
    uint32_t *label = mem_array((size_t)2 * u->units + u->groups, sizeof *label);
    out->unit = mem_zeros(u->units, sizeof *out->unit);
    out->strata = mem_strndup(m->relabel.exchange.strata, strlen(m->relabel.exchange.strata));
    out->draws = (uint32_t)draws;
    out->enumerated = m->relabel.exchange.labelings.enumerated;
    out->label = mul_size(draws + 1, u->units, &labels) ? mem_array(labels, sizeof *label) : NULL;
    bool good = label && out->unit && out->strata && out->label;
    for (uint32_t i = 0; good && i < u->units; i++) {
        const char *name = speaker->level[u->owner[i]];
        if (tested[u->owner[i]])
            good = (out->unit[out->units++] = mem_strndup(name, strlen(name))) != NULL;
    }
    for (size_t d = 0, at = 0; good && d <= draws; d++) {
        relabel_labels(&m->relabel, d, label, label + u->units);
        for (uint32_t i = 0; i < u->units; i++)
            if (tested[u->owner[i]])
                out->label[at++] = label[i];
    }
    free(label);
    return good ? STATUS_OK : err_nomem(err);
}

/* Every group with neurons needs speakers in the recordings, and others beside them. */
static enum status matrix_relabel_check(const struct matrix *m, const struct neuron_set *set,
                                        const char *audio, struct err *err)
{
    const struct experiment_relabelled *r = &m->x.relabelled;
    for (uint32_t g = 0; g < m->x.rows; g++) {
        uint32_t own = 0;
        for (uint32_t u = 0; u < r->units; u++)
            own += r->label[u] == g;
        if (neuron_set_total(&set[g]) && (own == 0 || own == r->units))
            return err_set(err, STATUS_MISMATCH,
                           "%s: %s of the count file's speakers that are %s speaks here: "
                           "relabelled controls need some of every group",
                           audio, own ? "nobody but" : "none", m->x.row[g].name);
    }
    return STATUS_OK;
}

/* Opens the labelings with the speakers that are TESTED. */
static enum status matrix_open_labelings(struct matrix *m, const struct neuron_set *set,
                                         const struct matrix_options *o, const bool *tested,
                                         struct err *err)
{
    size_t sizes;
    uint32_t *size =
        mul_size(m->x.layers, m->x.rows, &sizes) ? mem_array(sizes, sizeof *size) : NULL;
    const struct relabel_options how = {.property = o->property,
                                        .exchange = {.strata = o->strata,
                                                     .speakers = o->speakers,
                                                     .draws = o->relabel,
                                                     .seed = o->seed},
                                        .tested = tested,
                                        .size = size,
                                        .threads = o->threads,
                                        .cancel = o->cancel};
    if (!size)
        return err_nomem(err);
    matrix_relabel_sizes(set, m->x.rows, m->x.layers, size);
    enum status code = relabel_open(&m->relabel, o->analysis, &how, err);
    free(size);
    return code;
}

enum status matrix_relabel(struct matrix *m, const struct neuron_set *set,
                           const struct matrix_options *o, const struct eval *e, struct err *err)
{
    const struct counts *c = o->analysis->counts;
    int factor = counts_find_factor(c, "speaker");
    const struct counts_factor *speaker = factor >= 0 ? &c->factor[factor] : NULL;
    bool *tested = mem_zeros(speaker ? speaker->levels : 0, sizeof *tested);
    if (!tested)
        return err_nomem(err);
    enum status code = STATUS_OK;
    if (speaker && matrix_mark_tested(speaker, e, tested) == 0)
        code = err_set(err, STATUS_MISMATCH,
                       "%s: none of the recordings' speakers is among those of %s: relabelled "
                       "controls need speakers that both have",
                       o->audio, c->path);
    /* Without the factor speaker the exchange says why it cannot be made. */
    if (!code)
        code = matrix_open_labelings(m, set, o, tested, err);
    if (!code)
        code = matrix_note_labels(m, speaker, tested, err);
    if (!code)
        code = matrix_relabel_check(m, set, o->audio, err);
    free(tested);
    return code;
}
