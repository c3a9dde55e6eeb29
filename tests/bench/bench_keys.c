/*
 * The program in a terminal of 120x40 on a file of base size: from its start to the first screen,
 * and what keys cost in bytes and in time, from the key to the last byte it brings.
 */
#include "config.h"

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../tui/pty.h"
#include "../unit/synth_counts.h"

#define FILE_NAME "bench_keys.counts"

enum { KEYS = 60, STILL_MS = 20, COMPUTED_MS = 1500, PATIENCE = 20000 };

static double milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void start(struct pty *p)
{
    static char program[] = PROPNEU_BUILD_DIR "/propneu", file[] = FILE_NAME;
    static char explore[] = "explore";
    char *argv[] = {program, explore, file, NULL};
    pty_start(p, 120, 40, NULL, argv, 0);
}

/* Takes what comes until nothing has for a while; when the last of it came. */
static double last_byte(struct pty *p)
{
    double last = milliseconds();
    for (int ms = 500; pty_take(p, ms); ms = STILL_MS)
        last = milliseconds();
    return last;
}

/* One key after the other, each when the one before is done with. */
static void press(struct pty *p, const char *name, const char *there, const char *back)
{
    double ms[KEYS], bytes[KEYS];
    for (int i = 0; i < KEYS; i++) {
        const char *key = i / 3 % 2 ? back : there;
        size_t before = p->sent.len;
        double from = milliseconds();
        pty_send(p, key);
        ms[i] = last_byte(p) - from;
        bytes[i] = (double)(p->sent.len - before);
        pty_quiet(p, 200); /* what follows the cursor */
    }
    double middle = bench_median(ms, KEYS), usual = bench_median(bytes, KEYS);
    printf("  %-36s %6.1f %8.1f %8.1f %8.0f %8.0f\n", name, middle, ms[KEYS * 95 / 100],
           ms[KEYS - 1], usual, bytes[KEYS - 1]);
}

static void views(void)
{
    static const struct {
        const char *view, *list, *layers;
    } all[] = {{"1", "Layers: next line", NULL},
               {"2", "Pattern: next phone", "Pattern: next layer"},
               {"3", "Map: next point", "Map: next layer"},
               {"4", "Overlap: next line", "Overlap: next layer"},
               {"5", "Neurons: next line", "Neurons: next layer"}};
    struct pty p;
    start(&p);
    pty_wait_bytes(&p, 0, "quit", PATIENCE);
    pty_quiet(&p, COMPUTED_MS);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (i)
            pty_send(&p, all[i].view);
        pty_quiet(&p, 500);
        press(&p, all[i].list, "j", "k");
        if (all[i].layers)
            press(&p, all[i].layers, "l", "h");
    }
    press(&p, "help and back", "?", "q");
    pty_end(&p);
}

static int run(void)
{
    struct synth s = {
        .layers = 12, .width = 3072, .tau = 31, .phones = 39, .frames = 3000, .wide = true};
    double first[BENCH_MAX_ROUNDS];
    struct err err;
    int rounds = bench_rounds();
    if (synth_write(&s, FILE_NAME, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    for (int r = 0; r < rounds; r++) {
        struct pty p;
        double from = milliseconds();
        start(&p);
        bool there = pty_wait_bytes(&p, 0, "quit", PATIENCE); /* in the last line */
        first[r] = milliseconds() - from;
        pty_end(&p);
        if (!there) {
            fprintf(stderr, "no screen: is there a propneu in %s?\n", PROPNEU_BUILD_DIR);
            unlink(FILE_NAME);
            return 1;
        }
    }
    double middle = bench_median(first, rounds);
    printf("  start to first screen: %.1f ms (slowest of %d: %.1f)\n", middle, rounds,
           first[rounds - 1]);
    printf("  %-36s %6s %8s %8s %8s %8s\n", "key to last byte, 120x40", "ms", "p95", "most",
           "bytes", "most");
    views();
    unlink(FILE_NAME);
    return 0;
}

const struct bench_section bench_keys = {
    .name = "keys",
    .what = "the explorer in a terminal: time and bytes a key costs",
    .run = run,
};
