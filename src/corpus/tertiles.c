/*
 * Exact tertiles of the F0 of a file in two passes over it, without a list of all values.
 */
#include "config.h"

#include "corpus/pitches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/*
 * The bits of positive floats are ordered as the floats are.  The first pass counts values by
 * their upper 16 bits, the second those of interest by their lower 16: order statistics are exact.
 */
#define BINS 65536

struct ranks {
    uint64_t *bin;     /* [BINS] values by upper bits */
    uint64_t *lower;   /* [4][BINS] values by lower bits, of the bin of each rank */
    uint32_t upper[4]; /* bin that each rank falls into */
    uint64_t count;    /* values */
};

static uint32_t tertiles_bits(float v)
{
    uint32_t b;
    memcpy(&b, &v, sizeof b);
    return b;
}

static void tertiles_add_value(struct ranks *r, float v, bool second)
{
    if (!(v > 0))
        return;
    uint32_t b = tertiles_bits(v);
    if (!second) {
        r->bin[b >> 16]++;
        r->count++;
        return;
    }
    for (int k = 0; k < 4; k++)
        if (r->upper[k] == b >> 16)
            r->lower[k * BINS + (b & 0xffff)]++;
}

/* WHY gets the first error of a file, if it has none. */
static enum status tertiles_pass(struct ranks *r, const struct recordings *c,
                                 const struct pitchfile *p, bool second, struct err *why,
                                 struct err *err)
{
    struct err last;
    for (size_t i = 0; i < c->count; i++) {
        struct pitch_track track;
        enum status code = pitchfile_get(p, c->recording[i].utterance, &track, &last);
        if (code == STATUS_NOMEM)
            return err_nomem(err);
        if (code) { /* reported when the utterance is counted */
            if (!why->code && code != STATUS_NOTFOUND)
                *why = last;
            continue;
        }
        for (size_t t = 0; track.f0 && t < track.count; t++)
            tertiles_add_value(r, track.f0[t], second);
        pitch_track_free(&track);
    }
    return STATUS_OK;
}

/* Index of the bin that holds value number *RANK, which becomes its number within the bin. */
static uint32_t tertiles_find(const uint64_t *bin, uint64_t *rank)
{
    uint32_t b = 0;
    while (b < BINS - 1 && *rank >= bin[b])
        *rank -= bin[b++];
    return b;
}

static float tertiles_value_at(const struct ranks *r, int k, uint64_t rank)
{
    uint32_t b = r->upper[k] << 16 | tertiles_find(r->lower + (size_t)k * BINS, &rank);
    float v;
    memcpy(&v, &b, sizeof v);
    return v;
}

enum status pitches_tertiles(const struct recordings *c, const struct pitchfile *p, double edges[2],
                             struct err *err)
{
    static const double share[2] = {0.33, 0.66}; /* as pitch_tertiles */
    struct ranks r = {.count = 0};
    uint64_t rank[4];
    double part[2];
    struct err why = {STATUS_OK, ""}; /* what is wrong with the first file that is broken */
    r.bin = mem_zeros(BINS, sizeof *r.bin);
    r.lower = mem_zeros((size_t)4 * BINS, sizeof *r.lower);
    enum status code =
        r.bin && r.lower ? tertiles_pass(&r, c, p, false, &why, err) : err_nomem(err);
    if (!code && r.count == 0)
        code = err_set(err, STATUS_NOTFOUND, "no recording has pitch%s%s", why.code ? "; " : "",
                       why.code ? why.msg : "");
    if (code)
        goto out;
    for (int e = 0; e < 2; e++) {
        double at = share[e] * (double)(r.count - 1);
        part[e] = at - floor(at);
        rank[2 * e] = (uint64_t)at;
        rank[2 * e + 1] = rank[2 * e] + (rank[2 * e] + 1 < r.count);
    }
    for (int k = 0; k < 4; k++)
        r.upper[k] = tertiles_find(r.bin, &rank[k]);
    if ((code = tertiles_pass(&r, c, p, true, &why, err)))
        goto out;
    for (int e = 0; e < 2; e++) {
        double below = tertiles_value_at(&r, 2 * e, rank[2 * e]);
        double above = tertiles_value_at(&r, 2 * e + 1, rank[2 * e + 1]);
        edges[e] = below + part[e] * (above - below);
    }
out:
    free(r.bin);
    free(r.lower);
    return code;
}
