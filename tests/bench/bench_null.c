/*
 * What chance costs: 1,000 exchanges of the genders of 40 speakers in a model of 12 layers x 3072
 * neurons counted by 39 phones, with sizes and silhouettes; and 999 exchanges of phone classes.
 * "adds" is the work that no way of doing it avoids: adding up half of the speakers' counts.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/sums.h"
#include "base/worker.h"
#include "bench.h"
#include "corpus/phones.h"
#include "inference/null.h"

enum { LAYERS = 12, WIDTH = 3072, TAU = 31, SPEAKERS = 40, FRAMES = 60, DRAWS = 200 };

static struct phones phones;
static volatile uint32_t sink; /* keeps results alive */

static void null_factor(struct counts *c, uint32_t f, const char *name, uint32_t levels,
                        int32_t *index)
{
    static const char *const gender[] = {"female", "male"};
    c->factor[f] = (struct counts_factor){counts_text(c, name),
                                          counts_alloc(c, levels, sizeof(char *)), levels, index};
    for (uint32_t i = 0; i < levels; i++) {
        char text[16];
        snprintf(text, sizeof text, "%u", 1000 + i);
        c->factor[f].level[i] = counts_text(c, f == 0   ? phones.phone.name[i]
                                               : f == 1 ? gender[i]
                                                        : text);
    }
}

/* Counts around chance, as most are: what a pattern is then depends on every label. */
static int null_counts(struct counts *c)
{
    uint32_t count = phones.phone.count, cells = count * SPEAKERS;
    int32_t *key[3];
    *c = (struct counts){.cells = cells, .factors = 3, .layers = LAYERS};
    int64_t *frames = counts_alloc(c, cells, sizeof *frames);
    c->factor = counts_alloc(c, 3, sizeof *c->factor);
    c->layer = counts_alloc(c, LAYERS, sizeof *c->layer);
    c->path = counts_text(c, "bench");
    c->strata = counts_text(c, "");
    for (int f = 0; f < 3; f++)
        if (!(key[f] = counts_alloc(c, cells, sizeof *key[f])))
            return 1;
    if (!frames || !c->factor || !c->layer)
        return 1;
    c->frames = frames;
    for (uint32_t i = 0; i < cells; i++) {
        key[0][i] = (int32_t)(i / SPEAKERS);
        key[1][i] = (int32_t)(i % 2);
        key[2][i] = (int32_t)(i % SPEAKERS);
        frames[i] = FRAMES;
    }
    null_factor(c, 0, "phone", count, key[0]);
    null_factor(c, 1, "gender", 2, key[1]);
    null_factor(c, 2, "speaker", SPEAKERS, key[2]);
    for (uint32_t l = 0; l < LAYERS; l++) {
        uint16_t *hits = counts_alloc(c, (size_t)cells * WIDTH, sizeof *hits);
        struct rng r = rng_at(1, l);
        if (!hits)
            return 1;
        for (size_t i = 0; i < (size_t)cells * WIDTH; i++) {
            uint64_t u = rng_next(&r);
            hits[i] = (uint16_t)((u & 1) + (u >> 1 & u >> 2 & 1) + (u >> 3 & u >> 4 & u >> 5 & 1));
        }
        c->layer[l] = (struct counts_layer){.width = WIDTH, .tau = TAU, .u16 = hits};
    }
    return 0;
}

/* Seconds of DRAWS exchanges for PROPERTY; negative after saying what failed. */
static double null_seconds(struct analysis *a, const char *property, uint64_t draws,
                           unsigned threads)
{
    struct null_request r = {
        .property = property, .threads = threads, .exchange = {.draws = draws}};
    struct null_result n;
    struct err err;
    double start = worker_clock();
    enum status code = null_add_statistic(&r, "size", a, NULL, &err);
    if (!code)
        code = null_add_statistic(&r, "full-dim", a, NULL, &err);
    if (!code)
        code = null_make(&n, a, &r, &err);
    if (code) {
        fprintf(stderr, "bench null: %s\n", err.msg);
        return -1;
    }
    null_free(&n);
    return worker_clock() - start;
}

/* Processor time of adding up half of the speakers of every phone and layer once, in blocks that
 * stay in the nearest cache. */
static double null_adds(const struct counts *c)
{
    enum { BLOCK = 512 };
    uint32_t sum[BLOCK] = {0}, *table = mem_zeros((size_t)SPEAKERS * BLOCK, sizeof *table);
    double start = bench_cpu();
    if (!table)
        return -1;
    for (uint32_t i = 0; i < LAYERS * phones.phone.count * (WIDTH / BLOCK); i++)
        for (uint32_t s = 0; s < SPEAKERS / 2; s++)
            sums_add(sum, table + (size_t)s * BLOCK, BLOCK);
    sink = sum[c->cells % BLOCK];
    free(table);
    return bench_cpu() - start;
}

static int null_bench(void)
{
    struct counts c;
    struct analysis a;
    struct err err;
    unsigned cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    if (phones_open(&phones, NULL, &err) || null_counts(&c) ||
        analysis_init(&a, &c, &phones, &err)) {
        fprintf(stderr, "bench null: no data\n");
        return 1;
    }
    double before = bench_peak_mib(), adds = null_adds(&c);
    double one = null_seconds(&a, "gender", DRAWS, 1);
    double all = null_seconds(&a, "gender", DRAWS, cores);
    double classes = null_seconds(&a, "phone", 999, cores);
    if (adds < 0 || one < 0 || all < 0 || classes < 0)
        return 1;
    printf("  1000 exchanges of genders: %.1f s on one thread, %.1f s on %u (limit 60 on two)\n",
           one * 1000 / DRAWS, all * 1000 / DRAWS, cores);
    printf("  of which adding alone: %.1f s, ratio %.1f\n", adds * 1000, one / DRAWS / adds);
    printf("  999 exchanges of phone classes: %.2f s on %u (limit 2)\n", classes, cores);
    printf("  memory beside the counts: %.0f MiB (limit 512)\n", bench_peak_mib() - before);
    analysis_free(&a);
    counts_free(&c);
    phones_free(&phones);
    return 0;
}

const struct bench_section bench_null = {
    "null", "exchanging labels, 12 layers x 3072 neurons x 39 phones x 40 speakers", null_bench,
    false};
