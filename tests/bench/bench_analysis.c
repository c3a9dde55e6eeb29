/*
 * What one change of condition or parameter costs: a model of 12 layers x 3072 neurons counted by
 * phone, gender and pitch (328 cells), analysed as 123 patterns (41 phones x 3).  "pass" is one
 * plain pass over all counts, as a measure of the machine's memory.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "analysis/analysis.h"
#include "base/mem.h"
#include "corpus/phones.h"
#include "base/rng.h"

enum { LAYERS = 12, WIDTH = 3072, TAU = 31, PHONES = 41, GENDERS = 2, PITCHES = 4 };
enum { CELLS = PHONES * GENDERS * PITCHES };

struct data {
    struct counts counts;
    struct phones phones;
    struct property pitch;
    struct property_layer layer[LAYERS];
    double *dist[LAYERS];
    uint32_t *group;
};

static struct data d;
static volatile uint64_t sink; /* keeps results alive */

/* A neuron's taste: each one likes some phones, genders and pitches more than others. */
static double taste(uint32_t neuron, uint32_t kind, uint32_t level)
{
    struct rng r = rng_seed((uint64_t)neuron * 1000 + kind * 100 + level);
    rng_next(&r);
    double u = rng_uniform(&r);
    return 0.3 + 2 * u * u * u * u;
}

static void fill_layer(uint16_t *hits, const int64_t *frames, int32_t *const *key, struct rng *r)
{
    static double like[3][PHONES][WIDTH];
    uint32_t shift = (uint32_t)rng_below(r, 1000000);
    for (uint32_t kind = 0; kind < 3; kind++)
        for (uint32_t level = 0; level < PHONES; level++)
            for (uint32_t i = 0; i < WIDTH; i++)
                like[kind][level][i] = taste(i + shift, kind, level);
    for (uint32_t cell = 0; cell < CELLS; cell++)
        for (uint32_t i = 0; i < WIDTH; i++) {
            double p = like[0][key[0][cell]][i] * like[1][key[1][cell]][i];
            p *= key[2][cell] < 0 ? 1 : like[2][key[2][cell]][i];
            p *= (0.7 + 0.6 * rng_uniform(r)) * TAU / WIDTH;
            hits[(size_t)cell * WIDTH + i] = (uint16_t)(p * (double)frames[cell] + 0.5);
        }
}

static bool make_factor(struct counts *c, uint32_t f, const char *name, const char *const *level,
                        uint32_t levels, int32_t *index)
{
    c->factor[f] = (struct counts_factor){counts_text(c, name),
                                          counts_alloc(c, levels, sizeof(char *)), levels, index};
    for (uint32_t i = 0; i < levels; i++)
        c->factor[f].level[i] = counts_text(c, level[i]);
    return true;
}

static int make_counts(struct counts *c)
{
    static const char *const gender[] = {"female", "male"};
    static const char *const pitch[] = {"high", "low", "mid"};
    const char *phone[PHONES];
    int32_t *key[3];
    struct rng r = rng_seed(1);
    *c = (struct counts){.cells = CELLS, .factors = 3, .layers = LAYERS};
    int64_t *frames = counts_alloc(c, CELLS, sizeof *frames);
    c->factor = counts_alloc(c, 3, sizeof *c->factor);
    c->layer = counts_alloc(c, LAYERS, sizeof *c->layer);
    for (int f = 0; f < 3; f++)
        if (!(key[f] = counts_alloc(c, CELLS, sizeof *key[f])))
            return 1;
    if (!frames || !c->factor || !c->layer)
        return 1;
    for (int32_t i = 0; i < CELLS; i++) {
        key[0][i] = i / (GENDERS * PITCHES);
        key[1][i] = i / PITCHES % GENDERS;
        key[2][i] = i % PITCHES - 1;
        frames[i] = 100 + (int64_t)rng_below(&r, 2000);
    }
    c->path = counts_text(c, "bench");
    c->frames = frames;
    for (uint32_t i = 0; i < PHONES; i++)
        phone[i] = d.phones.phone.name[i];
    make_factor(c, 0, "phone", phone, PHONES, key[0]);
    make_factor(c, 1, "gender", gender, GENDERS, key[1]);
    make_factor(c, 2, "pitch", pitch, PITCHES - 1, key[2]);
    for (uint32_t l = 0; l < LAYERS; l++) {
        uint16_t *hits = counts_alloc(c, (size_t)CELLS * WIDTH, sizeof *hits);
        if (!hits)
            return 1;
        fill_layer(hits, frames, key, &r);
        c->layer[l] = (struct counts_layer){.width = WIDTH, .tau = TAU, .u16 = hits};
    }
    return 0;
}

/* 41 phones, all of a pitched class, so that pitch has 123 patterns. */
static enum status make_phones(struct err *err)
{
    char table[PHONES * 16];
    size_t used = 0;
    for (int i = 0; i < PHONES; i++)
        used += (size_t)snprintf(table + used, sizeof table - used, "P%02d\t%s\n", i,
                                 i % 2 ? "vowel" : "voiced");
    return phones_parse(&d.phones, table, used, "bench", err);
}

static int set_up(void)
{
    struct err err = {0, ""};
    struct analysis_params params = ANALYSIS_PARAMS_DEFAULT;
    if (make_phones(&err) || make_counts(&d.counts) ||
        property_make(&d.pitch, &d.counts, &d.phones, NULL, &params, "pitch", NULL, &err)) {
        fprintf(stderr, "bench analysis: %s\n", err.msg);
        return 1;
    }
    size_t n = d.pitch.points;
    d.group = mem_array(n, sizeof *d.group);
    for (size_t k = 0; d.group && k < n; k++)
        d.group[k] = d.pitch.point[k].group;
    for (int l = 0; l < LAYERS; l++) {
        d.dist[l] = mem_array(n * n, sizeof *d.dist[l]);
        if (!d.group || !d.dist[l])
            return 1;
    }
    return 0;
}

static void one_pass(void)
{
    for (int l = 0; l < LAYERS; l++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < (size_t)CELLS * WIDTH; i++)
            sum += d.counts.layer[l].u16[i];
        sink += sum;
    }
}

static void aggregate(void)
{
    uint32_t hits[WIDTH];
    for (uint32_t l = 0; l < LAYERS; l++)
        for (uint32_t row = 0; row < d.pitch.rows.rows; row++) {
            query_row_hits(&d.pitch.rows, &d.counts, l, row, hits, NULL, NULL);
            sink += hits[0];
        }
}

static void sets(void)
{
    struct err err;
    for (uint32_t l = 0; l < LAYERS; l++) {
        property_layer_free(&d.layer[l]);
        if (property_layer_make(&d.layer[l], &d.pitch, &d.counts, l, NULL, &err))
            return;
    }
}

static void distances(void)
{
    for (int l = 0; l < LAYERS; l++)
        mds_distances(d.dist[l], d.layer[l].pattern, d.pitch.points, d.layer[l].words, NULL, NULL);
}

static void maps(enum map_method method)
{
    struct map_params params = {.method = method};
    struct err err;
    for (int l = 0; l < LAYERS; l++) {
        struct map m;
        if (map_make(&m, d.dist[l], d.pitch.points, d.group, d.pitch.groups, &params, NULL, &err))
            return;
        sink += m.iterations;
        map_free(&m);
    }
}

static void classical(void)
{
    maps(MAP_CLASSICAL);
}

static void smacof(void)
{
    maps(MAP_SMACOF);
}

/* As scikit-learn's default of version 1.2: four random starts, at most 300 updates, 1e-3. */
static void smacof_like_sklearn(void)
{
    size_t n = d.pitch.points;
    struct rng r = rng_seed(0);
    struct err err;
    double *xy = mem_array(2 * n, sizeof *xy), stress;
    for (int run = 0; xy && run < 4 * LAYERS; run++) {
        unsigned iterations;
        for (size_t i = 0; i < 2 * n; i++)
            xy[i] = rng_uniform(&r);
        if (mds_smacof(xy, d.dist[run / 4], n, 300, 1e-3, &stress, &iterations, NULL, &err))
            break;
        sink += iterations;
    }
    free(xy);
}

static int run(void)
{
    static const struct {
        const char *what;
        void (*step)(void);
    } steps[] = {{"pass over the counts", one_pass},
                 {"aggregate to 123 rows", aggregate},
                 {"patterns and groups", sets},
                 {"distances", distances},
                 {"classical maps, silhouettes", classical},
                 {"SMACOF maps, silhouettes", smacof},
                 {"SMACOF, 4 random starts", smacof_like_sklearn}};
    enum { STEPS = sizeof steps / sizeof *steps };
    static double took[STEPS][BENCH_MAX_ROUNDS];
    double median[STEPS];
    int rounds = bench_rounds();
    if (set_up())
        return 1;
    for (int r = 0; r < rounds; r++)
        for (size_t s = 0; s < STEPS; s++) {
            double start = bench_cpu();
            steps[s].step();
            took[s][r] = bench_cpu() - start;
        }
    printf("12 layers x 3072 neurons, 328 cells, 123 patterns\n");
    for (size_t s = 0; s < STEPS; s++)
        median[s] = bench_median(took[s], rounds);
    for (size_t s = 0; s < STEPS; s++)
        printf("  %-28s %8.2f ms  %6.2f passes\n", steps[s].what, 1e3 * median[s],
               median[s] / median[0]);
    for (int l = 0; l < LAYERS; l++) {
        property_layer_free(&d.layer[l]);
        free(d.dist[l]);
    }
    free(d.group);
    property_free(&d.pitch);
    phones_free(&d.phones);
    counts_free(&d.counts);
    return 0;
}

const struct bench_section bench_analysis = {
    .name = "analysis",
    .what = "conditions, patterns, groups, maps and silhouettes of all layers",
    .run = run,
};
