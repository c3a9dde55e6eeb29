/*
 * Tests of single patterns (patterntest.h).  The variance of a rate of whole clusters is that of
 * Liang and Zeger (1986) for a ratio, var(r) = S / (S - 1) sum_s (h_s - r n_s)^2 / n^2, taken with
 * t and S - 1 degrees of freedom.  Differences that decide whether there is any variance are made
 * of whole numbers, or of quotients that are equal where they are on paper.
 */
#include "config.h"

#include "inference/patterntest_internal.h"

#include <math.h>
#include <stdlib.h>

#include "base/distributions.h"
#include "base/mem.h"
#include "corpus/phones.h"

const char *pattern_test_name(enum pattern_test_kind kind)
{
    return kind == PATTERN_SPEAKERS ? "speakers" : "tokens";
}

static uint32_t pattern_hits(const struct pattern_work *w, const struct pattern_counts *c,
                             uint32_t speaker, size_t i)
{
    return c->hits[(size_t)speaker * w->r->count + i];
}

/* p of the rate of neuron I against the baseline tau / D: one cluster a speaker. */
static double pattern_against_baseline(const struct pattern_work *w, size_t i)
{
    double hits = 0, frames = 0, squares = 0, clusters = 0;
    for (uint32_t s = 0; s < w->speakers; s++) {
        hits += pattern_hits(w, &w->here, s, i);
        frames += (double)w->here.frames[s];
        clusters += w->here.frames[s] > 0;
    }
    for (uint32_t s = 0; s < w->speakers; s++) {
        double off = pattern_hits(w, &w->here, s, i) * frames - hits * (double)w->here.frames[s];
        squares += off * off;
    }
    if (clusters < 2 || squares == 0)
        return NAN;
    double deviation = sqrt(clusters / (clusters - 1) * squares) / (frames * frames);
    return student_upper((hits / frames - (double)w->tau / w->width) / deviation, clusters - 1);
}

/* A speaker's rate here less that elsewhere; false where there are no frames of either. */
static bool pattern_difference(const struct pattern_work *w, uint32_t speaker, size_t i, double *d)
{
    int64_t n = w->here.frames[speaker];
    int64_t m = w->all.frames[speaker] - (w->known ? n : 0);
    double here = pattern_hits(w, &w->here, speaker, i);
    double elsewhere = pattern_hits(w, &w->all, speaker, i) - (w->known ? here : 0);
    if (n <= 0 || m <= 0)
        return false;
    *d = here / (double)n - elsewhere / (double)m;
    return true;
}

/* p of the speakers' differences of neuron I, paired. */
static double pattern_against_elsewhere(const struct pattern_work *w, size_t i)
{
    double sum = 0, squares = 0, pairs = 0, first = 0, d;
    bool apart = false;
    for (uint32_t s = 0; s < w->speakers; s++) {
        if (!pattern_difference(w, s, i, &d))
            continue;
        first = pairs > 0 ? first : d;
        apart = apart || d != first;
        sum += d;
        pairs++;
    }
    if (pairs < 2 || !apart)
        return NAN;
    for (uint32_t s = 0; s < w->speakers; s++)
        if (pattern_difference(w, s, i, &d))
            squares += (d - sum / pairs) * (d - sum / pairs);
    return student_upper(sum / pairs / sqrt(squares / (pairs - 1) / pairs), pairs - 1);
}

/* The same as if tokens were independent: all of them are one speaker's. */
static struct pattern_test pattern_of_tokens(const struct pattern_work *w, size_t i)
{
    struct pattern_test t = {NAN, NAN, NAN, NAN};
    uint64_t n = (uint64_t)w->here.frames[0], hits = w->here.hits[i];
    uint64_t all = (uint64_t)w->all.frames[0] + (w->known ? 0 : n);
    uint64_t marked = w->all.hits[i] + (w->known ? 0 : hits);
    if (n == 0)
        return t;
    t.p_baseline = binomial_upper(hits, n, (double)w->tau / w->width);
    if (all > n)
        t.p_elsewhere = hypergeometric_upper(hits, n, marked, all);
    return t;
}

/* Counts of PHONE (NULL: of all known phones) by the factor SPEAKER, or together where it is -1. */
static enum status pattern_read(struct pattern_counts *out, const struct pattern_work *w,
                                const char *phone, int speaker, struct err *err)
{
    struct query_rows rows = {0};
    const uint32_t factor = speaker < 0 ? 0 : (uint32_t)speaker;
    size_t cells;
    out->frames = mem_zeros(w->speakers, sizeof *out->frames);
    out->hits = mul_size(w->speakers, w->r->count, &cells)
                    ? mem_zeros(cells ? cells : 1, sizeof *out->hits)
                    : NULL;
    uint32_t *hits = mem_array(w->width, sizeof *hits);
    enum status code = out->frames && out->hits && hits ? STATUS_OK : err_nomem(err);
    if (!code)
        code = analysis_rows_of_phone(&rows, w->a, phone, &factor, speaker >= 0, err);
    for (uint32_t r = 0; r < rows.rows && !code; r++) {
        uint32_t s = speaker < 0 ? 0 : (uint32_t)rows.level[r];
        out->frames[s] = rows.frames[r];
        code = query_row_hits(&rows, w->a->counts, w->r->layer, r, hits, w->a->cancel, err);
        for (size_t i = 0; i < w->r->count && !code; i++)
            out->hits[(size_t)s * w->r->count + i] = hits[w->r->neuron[i]];
    }
    query_rows_free(&rows);
    free(hits);
    return code;
}

static uint32_t pattern_speakers(const struct pattern_work *w, const struct pattern_counts *c)
{
    uint32_t n = 0;
    for (uint32_t s = 0; s < w->speakers; s++)
        n += c->frames[s] > 0;
    return n;
}

static void pattern_free_counts(struct pattern_work *w)
{
    free(w->here.frames);
    free(w->here.hits);
    free(w->all.frames);
    free(w->all.hits);
    w->here = w->all = (struct pattern_counts){0};
}

/* Both conditions, by SPEAKER (-1: together). */
static enum status pattern_read_both(struct pattern_work *w, int speaker, struct err *err)
{
    pattern_free_counts(w);
    w->speakers = speaker < 0 ? 1 : w->a->counts->factor[speaker].levels;
    enum status code = pattern_read(&w->here, w, w->r->phone, speaker, err);
    return code ? code : pattern_read(&w->all, w, NULL, speaker, err);
}

static enum status pattern_test_speakers(struct pattern_tests *t, struct pattern_work *w,
                                         struct err *err)
{
    struct bootstrap b = {0};
    t->kind = PATTERN_SPEAKERS;
    t->speakers = pattern_speakers(w, &w->here);
    for (size_t i = 0; i < t->count; i++)
        t->neuron[i] = (struct pattern_test){pattern_against_baseline(w, i),
                                             pattern_against_elsewhere(w, i), NAN, NAN};
    enum status code = bootstrap_make(&b, w->a, "phone", &w->r->bootstrap, false, err);
    if (code)
        return code;
    t->design = b.design;
    w->bootstrap = &b;
    code = t->speakers < 2 || b.design.fixed[0] ? STATUS_OK : pattern_draw(w, err);
    bootstrap_free(&b);
    return code;
}

static enum status pattern_test_tokens(struct pattern_tests *t, struct pattern_work *w,
                                       struct err *err)
{
    enum status code = pattern_read_both(w, -1, err);
    t->kind = PATTERN_TOKENS;
    for (size_t i = 0; i < t->count && !code; i++)
        t->neuron[i] = pattern_of_tokens(w, i);
    return code;
}

/* By speakers where there are two with frames, else by tokens where these are what was counted. */
static enum status pattern_test_all(struct pattern_tests *t, struct pattern_work *w,
                                    struct err *err)
{
    const struct counts *c = w->a->counts;
    int speaker = counts_find_factor(c, "speaker");
    enum status code = STATUS_OK;
    if (counts_is_probability(c))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: holds probabilities, not counts: nothing can be tested", c->path);
    if (speaker >= 0)
        code = pattern_read_both(w, speaker, err);
    if (code)
        return code;
    if (speaker >= 0 && pattern_speakers(w, &w->all) >= 2)
        return pattern_test_speakers(t, w, err);
    if (c->frames_mode == COUNTS_FRAMES_ALL)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: every frame was counted, %s: frames of one token are not independent "
                       "(count --by phone,...,speaker or --frames mid)",
                       c->path, speaker < 0 ? "without the factor 'speaker'" : "of one speaker");
    return pattern_test_tokens(t, w, err);
}

enum status pattern_tests_make(struct pattern_tests *out, struct analysis *a,
                               const struct pattern_tests_request *r, struct err *err)
{
    const struct counts_layer *layer = &a->counts->layer[r->layer];
    struct pattern_tests made = {.count = r->count};
    struct pattern_work w = {.r = r, .a = a, .width = layer->width, .tau = layer->tau};
    made.neuron = w.out = mem_array(r->count, sizeof *made.neuron);
    w.known = phones_class(a->phones, r->phone) >= 0;
    enum status code = made.neuron ? pattern_test_all(&made, &w, err) : err_nomem(err);
    pattern_free_counts(&w);
    if (code)
        pattern_tests_free(&made);
    else
        *out = made;
    return code;
}

void pattern_tests_free(struct pattern_tests *t)
{
    free(t->neuron);
    *t = (struct pattern_tests){.count = 0};
}
