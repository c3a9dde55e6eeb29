#include "config.h"

#include "figure/figures.h"

#include <math.h>

#include "base/bitset.h"

/* Numbers have the digits that `propneu pattern`, `layers`, `map` and `overlap` print. */

static const char *shown(const char *level)
{
    return level[0] ? level : "(sil)";
}

static void columns(struct table *t, const char *const *names)
{
    for (; *names; names++)
        table_column(t, *names);
}

void table_ranks(struct table *t, const struct rank_data *d)
{
    static const char *const names[] = {"phone",    "layer", "rank",       "neuron", "p",
                                        "baseline", "lift",  "in_pattern", NULL};
    columns(t, names);
    for (size_t k = 0; k < d->curves; k++) {
        const struct profile *p = d->curve[k].profile;
        for (uint32_t i = 0; i < p->width; i++) {
            uint32_t neuron = d->curve[k].order[i];
            struct profile_stats v = profile_stats(p, neuron);
            table_words(t, shown(d->curve[k].phone));
            table_count(t, d->layer + 1);
            table_count(t, i + 1);
            table_count(t, neuron);
            table_number(t, p->p[neuron], 8);
            table_number(t, p->baseline, 8);
            table_number(t, v.lift, 6);
            table_count(t, v.in);
        }
    }
}

void table_maps(struct table *t, const struct map_data *d, size_t maps)
{
    static const char *const names[] = {"property", "layer", "phone", "group",
                                        "frames",   "x",     "y",     NULL};
    columns(t, names);
    for (size_t m = 0; m < maps; m++)
        for (uint32_t i = 0; i < d[m].property->points; i++) {
            const struct property_point *p = &d[m].property->point[i];
            if (d[m].hidden && d[m].hidden[p->group])
                continue;
            table_words(t, d[m].property->name);
            table_count(t, d[m].layer + 1);
            table_words(t, shown(p->label));
            table_words(t, shown(d[m].property->group.name[p->group]));
            table_count(t, p->frames);
            table_number(t, d[m].xy[2 * i], 8);
            table_number(t, d[m].xy[2 * i + 1], 8);
        }
}

void table_layers(struct table *t, const struct scores *s, size_t files)
{
    static const char *const names[] = {"file",
                                        "property",
                                        "layer",
                                        "width",
                                        "patterns",
                                        "pattern_union",
                                        "property_neurons",
                                        "silhouette",
                                        "silhouette_distances",
                                        "best",
                                        NULL};
    columns(t, names);
    for (size_t i = 0; i < files; i++)
        for (uint32_t p = 0; p < s[i].properties; p++)
            for (uint32_t l = 0; s[i].property[p].asked && l < s[i].layers; l++) {
                const struct score_property *q = &s[i].property[p];
                const struct score *v = &q->layer[l];
                table_words(t, s[i].title);
                table_words(t, q->name);
                table_count(t, l + 1);
                table_count(t, v->there ? (int64_t)v->width : -1);
                table_count(t, v->there ? (int64_t)v->points : -1);
                table_count(t, v->there ? (int64_t)v->any : -1);
                table_count(t, v->there ? (int64_t)v->neurons : -1);
                table_real(t, v->silhouette, 6);
                table_real(t, v->silhouette_full, 6);
                table_count(t, q->best == (long)l);
            }
}

void table_best(struct table *t, const struct scores *s, size_t files)
{
    static const char *const names[] = {"file",   "property",   "best_layer",
                                        "layers", "silhouette", "silhouette_distances",
                                        "note",   NULL};
    columns(t, names);
    for (size_t i = 0; i < files; i++)
        for (uint32_t p = 0; p < s[i].properties; p++) {
            const struct score_property *q = &s[i].property[p];
            const struct score *v = q->best >= 0 ? &q->layer[q->best] : NULL;
            if (!q->asked)
                continue;
            table_words(t, s[i].title);
            table_words(t, q->name);
            table_count(t, v ? q->best + 1 : -1);
            table_count(t, s[i].layers);
            table_real(t, v ? v->silhouette : NAN, 6);
            table_real(t, v ? v->silhouette_full : NAN, 6);
            table_words(t, q->why[0] ? q->why : NULL);
        }
}

void table_sets(struct table *t, const struct sets_data *d)
{
    const struct overlap *o = d->overlap;
    struct buf in = BUF_INIT;
    table_column(t, "layer");
    table_column(t, "in");
    for (uint32_t s = 0; s < o->sets; s++)
        table_column(t, d->names[s]);
    table_column(t, "size");
    table_column(t, "expected");
    for (uint32_t r = 1; r < 1u << o->sets; r++) {
        buf_clear(&in);
        for (uint32_t s = 0; s < o->sets; s++)
            if (r >> s & 1)
                buf_printf(&in, "%s%u", in.len ? "," : "", s + 1);
        table_count(t, d->layer + 1);
        table_words(t, buf_text(&in));
        for (uint32_t s = 0; s < o->sets; s++)
            table_count(t, r >> s & 1);
        table_count(t, o->region[r]);
        table_real(t, o->expected[r], 4);
    }
    t->failed = t->failed || !buf_ok(&in);
    buf_free(&in);
}
