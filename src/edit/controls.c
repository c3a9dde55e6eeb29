/*
 * Random sets that are matched to a set of neurons: for each neuron one of its nearest neighbours
 * in log firing rate and log column norm, outside the set.  Damage by a set means something only
 * against damage by neurons that fire as often and write as much.
 */
#include "config.h"

#include "edit/controls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/ties.h"

void controls_free(struct controls *c)
{
    for (uint32_t l = 0; l < c->layers; l++) {
        if (c->neuron)
            free(c->neuron[l]);
        if (c->candidate)
            free(c->candidate[l]);
        if (c->near)
            free(c->near[l]);
        if (c->rate)
            free(c->rate[l]);
        if (c->norm)
            free(c->norm[l]);
    }
    free(c->width);
    free(c->size);
    free(c->pool);
    free(c->kept);
    free(c->neuron);
    free(c->candidate);
    free(c->near);
    free(c->rate);
    free(c->norm);
    *c = (struct controls){0};
}

static void feature_standardise(double *x, uint32_t n)
{
    double mean = 0, square = 0;
    for (uint32_t i = 0; i < n; i++)
        mean += x[i] / n;
    for (uint32_t i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean) / n;
    for (uint32_t i = 0; i < n; i++)
        x[i] = square > 0 ? (x[i] - mean) / sqrt(square) : 0;
}

/* Logarithms; of zero, that of half the smallest number above it. */
static void feature_logarithms(double *out, const double *x, uint32_t n)
{
    double least = HUGE_VAL;
    for (uint32_t i = 0; i < n; i++)
        if (x[i] > 0 && x[i] < least)
            least = x[i];
    for (uint32_t i = 0; i < n; i++)
        out[i] = x[i] > 0 ? log(x[i]) : isinf(least) ? 0 : log(least / 2);
    feature_standardise(out, n);
}

struct candidate {
    double distance;
    uint32_t neuron;
};

static int by_distance(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->neuron < y->neuron ? -1 : x->neuron > y->neuron;
}

/* As a key: neighbours at one distance are taken by their number. */
static double candidate_distance(const struct controls *c, uint32_t l, uint32_t a, uint32_t b)
{
    double r = c->rate[l][a] - c->rate[l][b], n = c->norm[l][a] - c->norm[l][b];
    return ties_key(sqrt(r * r + n * n));
}

/* Keeps the candidates nearest to each neuron of layer L; LIST has room for the pool. */
static void candidates_order(struct controls *c, uint32_t l, struct candidate *list)
{
    for (uint32_t k = 0; k < c->size[l]; k++) {
        for (uint32_t m = 0; m < c->pool[l]; m++) {
            uint32_t other = c->candidate[l][m];
            list[m] = (struct candidate){candidate_distance(c, l, c->neuron[l][k], other), other};
        }
        qsort(list, c->pool[l], sizeof *list, by_distance);
        for (uint32_t m = 0; m < c->kept[l]; m++)
            c->near[l][(size_t)k * c->kept[l] + m] = list[m].neuron;
    }
}

/* Where the neurons of layer L lie. */
static void neurons_place(struct controls *c, uint32_t l, const struct neuron_features *f)
{
    for (uint32_t i = 0; i < c->width[l]; i++)
        c->rate[l][i] = sqrt(f->rate[l][i]);
    feature_standardise(c->rate[l], c->width[l]);
    feature_logarithms(c->norm[l], f->norm[l], c->width[l]);
}

/* Splits layer L into the neurons of the SET and candidates outside SET and OUT, and keeps for each
 * neuron the candidates nearest to it: draws then only choose among these. */
static enum status init_layer(struct controls *c, uint32_t l, const struct neuron_set *set,
                              const struct neuron_set *out, const struct neuron_features *f,
                              struct err *err)
{
    uint32_t width = c->width[l] = set->width[l];
    size_t room;
    c->neuron[l] = mem_array(width, sizeof **c->neuron);
    c->candidate[l] = mem_array(width, sizeof **c->candidate);
    c->rate[l] = mem_array(width, sizeof **c->rate);
    c->norm[l] = mem_array(width, sizeof **c->norm);
    if (!c->neuron[l] || !c->candidate[l] || !c->rate[l] || !c->norm[l])
        return err_nomem(err);
    for (uint32_t i = 0; i < width; i++)
        if (bitset_has(set->row[l], i))
            c->neuron[l][c->size[l]++] = i;
        else if (!out || !bitset_has(out->row[l], i))
            c->candidate[l][c->pool[l]++] = i;
    if (c->pool[l] < c->size[l])
        return err_set(err, STATUS_NOTFOUND,
                       "layer %u: %u neurons of the set, but only %u outside it to draw controls "
                       "from",
                       l + 1, c->size[l], c->pool[l]);
    c->kept[l] = c->pool[l] < CONTROLS_KEPT ? c->pool[l] : CONTROLS_KEPT;
    struct candidate *list = mem_array(c->pool[l], sizeof *list);
    if (list && mul_size(c->size[l], c->kept[l], &room))
        c->near[l] = mem_array(room, sizeof **c->near);
    if (c->near[l]) {
        neurons_place(c, l, f);
        candidates_order(c, l, list);
    }
    free(list);
    return c->near[l] ? STATUS_OK : err_nomem(err);
}

enum status controls_init(struct controls *out, const struct neuron_set *set,
                          const struct neuron_set *left_out, const struct neuron_features *f,
                          struct err *err)
{
    uint32_t n = set->layers;
    struct controls c = {.layers = n,
                         .width = mem_zeros(n, sizeof *c.width),
                         .size = mem_zeros(n, sizeof *c.size),
                         .pool = mem_zeros(n, sizeof *c.pool),
                         .kept = mem_zeros(n, sizeof *c.kept),
                         .neuron = mem_zeros(n, sizeof *c.neuron),
                         .candidate = mem_zeros(n, sizeof *c.candidate),
                         .near = mem_zeros(n, sizeof *c.near),
                         .rate = mem_zeros(n, sizeof *c.rate),
                         .norm = mem_zeros(n, sizeof *c.norm)};
    bool room = c.width && c.size && c.pool && c.kept && c.neuron && c.candidate && c.near &&
                c.rate && c.norm;
    enum status code = room ? STATUS_OK : err_nomem(err);
    for (uint32_t l = 0; l < n && !code; l++)
        code = init_layer(&c, l, set, left_out, f, err);
    if (code)
        controls_free(&c);
    else
        *out = c;
    return code;
}

/* A generator of its own for every draw and layer, so that neither order nor number matters. */
static struct rng draw_stream(uint64_t seed, uint64_t draw, uint32_t layer)
{
    struct rng r = rng_seed(seed);
    r = rng_seed(rng_next(&r) + draw);
    r = rng_seed(rng_next(&r) + layer);
    rng_next(&r);
    return r;
}

/* The nearest candidates of neuron I that are not TAKEN, by looking at all; how many. */
static uint32_t look_through(const struct controls *c, uint32_t l, uint32_t i,
                             const uint64_t *taken, uint32_t choice[CONTROLS_NEAR])
{
    struct candidate best[CONTROLS_NEAR + 1];
    uint32_t n = 0;
    for (uint32_t m = 0; m < c->pool[l]; m++) {
        uint32_t other = c->candidate[l][m], at = n;
        if (bitset_has(taken, other))
            continue;
        double d = candidate_distance(c, l, i, other);
        for (; at > 0 && best[at - 1].distance > d; at--)
            best[at] = best[at - 1];
        best[at] = (struct candidate){d, other};
        n += n < CONTROLS_NEAR;
    }
    for (uint32_t m = 0; m < n; m++)
        choice[m] = best[m].neuron;
    return n;
}

/* One of the nearest CONTROLS_NEAR candidates of neuron K that are not TAKEN. */
static uint32_t candidate_pick(const struct controls *c, uint32_t l, uint32_t k,
                               const uint64_t *taken, struct rng *r)
{
    const uint32_t *near = c->near[l] + (size_t)k * c->kept[l];
    uint32_t choice[CONTROLS_NEAR], n = 0;
    for (uint32_t m = 0; m < c->kept[l] && n < CONTROLS_NEAR; m++)
        if (!bitset_has(taken, near[m]))
            choice[n++] = near[m];
    if (n < CONTROLS_NEAR && c->kept[l] < c->pool[l])
        n = look_through(c, l, c->neuron[l][k], taken, choice);
    return choice[rng_below(r, n)];
}

/* Draws for layer L; *FAR is how many are no match. */
static enum status draw_layer(const struct controls *c, uint32_t l, struct rng r, uint64_t *out,
                              uint32_t *far, struct err *err)
{
    uint32_t *turn = mem_array(c->size[l], sizeof *turn);
    if (!turn)
        return err_nomem(err);
    *far = 0;
    /* In random order, for the last ones find their neighbours taken. */
    for (uint32_t k = 0; k < c->size[l]; k++) {
        uint32_t other = (uint32_t)rng_below(&r, k + 1);
        turn[k] = turn[other];
        turn[other] = k;
    }
    for (uint32_t k = 0; k < c->size[l]; k++) {
        uint32_t other = candidate_pick(c, l, turn[k], out, &r);
        bitset_put(out, other);
        *far += candidate_distance(c, l, c->neuron[l][turn[k]], other) > CONTROLS_POOR;
    }
    free(turn);
    return STATUS_OK;
}

enum status controls_draw(const struct controls *c, uint64_t seed, uint64_t draw,
                          struct neuron_set *out, struct err *err)
{
    enum status code = STATUS_OK;
    uint32_t far;
    for (uint32_t l = 0; l < c->layers && !code; l++)
        code = draw_layer(c, l, draw_stream(seed, draw, l), out->row[l], &far, err);
    return code;
}

/* Adds the rates and norms of layer L's neurons in SET to those of the controls. */
static void add_control(const struct neuron_features *f, uint32_t l, const uint64_t *set,
                        struct controls_match *m)
{
    for (uint32_t i = 0; i < f->width[l]; i++)
        if (bitset_has(set, i)) {
            m->control_rate += f->rate[l][i];
            m->control_norm += f->norm[l][i];
        }
}

static void add_set(const struct controls *c, const struct neuron_features *f, uint32_t l,
                    struct controls_match *m)
{
    for (uint32_t k = 0; k < c->size[l]; k++) {
        m->neurons++;
        m->set_rate += f->rate[l][c->neuron[l][k]];
        m->set_norm += f->norm[l][c->neuron[l][k]];
    }
}

/* Makes means of sums. */
static void match_divide(struct controls_match *m, uint64_t draws)
{
    double n = m->neurons, all = n * (double)draws;
    m->set_rate = n > 0 ? m->set_rate / n : NAN;
    m->set_norm = n > 0 ? m->set_norm / n : NAN;
    m->control_rate = all > 0 ? m->control_rate / all : NAN;
    m->control_norm = all > 0 ? m->control_norm / all : NAN;
    m->poor = draws > 0 ? m->poor / (double)draws : NAN;
}

enum status controls_match(const struct controls *c, const struct neuron_features *f, uint64_t seed,
                           uint64_t draws, struct controls_match *layer, struct controls_match *all,
                           struct err *err)
{
    *all = (struct controls_match){0};
    for (uint32_t l = 0; l < c->layers; l++) {
        layer[l] = (struct controls_match){0};
        add_set(c, f, l, &layer[l]);
    }
    for (uint64_t d = 1; d <= draws; d++) {
        struct neuron_set drawn;
        enum status code = neuron_set_init(&drawn, c->layers, c->width, err);
        if (code)
            return code;
        for (uint32_t l = 0; l < c->layers && !code; l++) {
            uint32_t far;
            code = draw_layer(c, l, draw_stream(seed, d, l), drawn.row[l], &far, err);
            layer[l].poor += code ? 0 : far;
            add_control(f, l, drawn.row[l], &layer[l]);
        }
        neuron_set_free(&drawn);
        if (code)
            return code;
    }
    for (uint32_t l = 0; l < c->layers; l++) {
        all->neurons += layer[l].neurons;
        all->poor += layer[l].poor;
        all->set_rate += layer[l].set_rate;
        all->set_norm += layer[l].set_norm;
        all->control_rate += layer[l].control_rate;
        all->control_norm += layer[l].control_norm;
        match_divide(&layer[l], draws);
    }
    match_divide(all, draws);
    return STATUS_OK;
}
