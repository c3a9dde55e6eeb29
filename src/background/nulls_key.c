/*
 * Keys of nulls (nulls_key.h).  The data's digest is that of the digests of its parts, so that a
 * cancel flag can be looked at between them; it is made of the bytes in memory, since the file at
 * the same path may be another one by now.
 */
#include "config.h"

#include "background/nulls_key.h"

#include <string.h>

#include "base/number.h"
#include "base/sha256.h"
#include "corpus/phones.h"

enum { PART_BYTES = 1 << 20 };

/* Digests so far, 64 digits each. */
struct digest {
    struct buf list;
    const struct cancel *cancel;
};

static void digest_add(struct digest *d, const void *bytes, size_t size)
{
    const char *p = bytes;
    char hex[65];
    for (size_t at = 0; p && at < size && !cancelled(d->cancel); at += PART_BYTES) {
        sha256_hex(p + at, size - at < PART_BYTES ? size - at : PART_BYTES, hex);
        buf_add(&d->list, hex, 64);
    }
}

/* A text and where it ends. */
static void digest_words(struct digest *d, const char *text)
{
    buf_printf(&d->list, "%zu:%s,", strlen(text), text);
}

static void digest_names(struct digest *d, const struct names *names)
{
    buf_printf(&d->list, "%u names ", names->count);
    for (uint32_t i = 0; i < names->count; i++)
        digest_words(d, names->name[i]);
}

static void digest_phones(struct digest *d, const struct phones *p)
{
    digest_names(d, &p->phone);
    digest_names(d, &p->classes);
    digest_names(d, &p->silence);
    digest_names(d, &p->noise);
    digest_names(d, &p->label);
    digest_add(d, p->phone_class, p->phone.count * sizeof *p->phone_class);
    digest_add(d, p->label_phone, p->label.count * sizeof *p->label_phone);
    for (uint32_t i = 0; i < p->features; i++) {
        digest_add(d, p->feature[i].name, strlen(p->feature[i].name) + 1);
        digest_phones(d, &p->feature[i].table);
    }
}

static void digest_factors(struct digest *d, const struct counts *c)
{
    for (uint32_t f = 0; f < c->factors; f++) {
        const struct counts_factor *factor = &c->factor[f];
        digest_words(d, factor->name);
        for (uint32_t i = 0; i < factor->levels; i++)
            digest_words(d, factor->level[i]);
        digest_add(d, factor->index, c->cells * sizeof *factor->index);
    }
    int speaker = counts_find_factor(c, "speaker");
    for (uint32_t k = 0; k < c->columns && speaker >= 0; k++) {
        digest_words(d, c->column[k].name);
        for (uint32_t i = 0; i < c->factor[speaker].levels; i++)
            digest_words(d, c->column[k].value[i]);
    }
    digest_words(d, c->strata ? c->strata : "");
}

static void digest_layers(struct digest *d, const struct counts *c)
{
    for (uint32_t l = 0; l < c->layers; l++) {
        const struct counts_layer *layer = &c->layer[l];
        size_t n = (size_t)c->cells * layer->width;
        buf_printf(&d->list, "%u %u ", layer->width, layer->tau);
        digest_add(d, layer->u16, n * sizeof *layer->u16);
        digest_add(d, layer->u32, n * sizeof *layer->u32);
    }
}

bool nulls_digest(const struct analysis *a, char hex[65])
{
    const struct counts *c = a->counts;
    struct digest d = {BUF_INIT, a->cancel};
    digest_phones(&d, a->phones);
    digest_factors(&d, c);
    digest_add(&d, c->frames, c->cells * sizeof *c->frames);
    if (c->phone_occurrences)
        digest_add(&d, c->phone_occurrences,
                   c->factor[counts_find_factor(c, "phone")].levels * sizeof *c->phone_occurrences);
    digest_layers(&d, c);
    bool whole = buf_ok(&d.list) && !cancelled(a->cancel);
    if (whole)
        sha256_hex(d.list.data, d.list.len, hex);
    buf_free(&d.list);
    return whole;
}

static void key_filters(struct buf *out, const struct analysis *a)
{
    for (uint32_t i = 0; i < a->filters.count; i++) {
        const struct query_filter *f = &a->filters.filter[i];
        buf_printf(out, "where %u ", f->factor);
        for (uint32_t k = 0; k < a->counts->factor[f->factor].levels; k++)
            buf_str(out, f->allow[k] ? "1" : "0");
        buf_str(out, "\n");
    }
}

bool nulls_key(struct buf *out, const char *digest, const struct analysis *a,
               const struct null_run *run, uint64_t seed)
{
    const struct null_result *n = null_plan(run);
    if (n->kind == EXCHANGE_TOKENS)
        return false;
    buf_printf(out, "%s\ndata %s\nlambda %s\nsigma %s\nmin_frames %llu\nauthors %d\n",
               PACKAGE_STRING, digest, number_short(a->counts->lambda_percent, 17).text,
               number_short(a->params.sigma, 17).text, (unsigned long long)a->params.min_frames,
               a->params.authors);
    key_filters(out, a);
    buf_printf(out, "map %d %u %llu\nproperty %s\nexchanged %s within %s\n", (int)a->map.method,
               a->map.starts, (unsigned long long)a->map.seed, n->property, exchange_name(n->kind),
               n->strata);
    buf_printf(out, "draws %llu of %llu, all %d, seed %llu\n", (unsigned long long)n->draws,
               (unsigned long long)n->labelings, n->enumerated, (unsigned long long)seed);
    for (uint32_t i = 0; i < n->rows; i++)
        buf_printf(out, "%s %u\n", n->row[i].statistic->name, n->row[i].layer);
    return buf_ok(out);
}
