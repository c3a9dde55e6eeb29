/*
 * The explorer on a file of base size (12 layers of 3072 neurons, 41 phones x 2 genders x pitch,
 * 48 MB of counts): from opening to the first screen, and what keys cost.
 */
#include "config.h"

#include "bench.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "explorer/app.h"
#include "../unit/synth_counts.h"

#define FILE_NAME "bench_screen.counts"

enum { OPENED, FIRST_FRAME, ALL_THERE, MAP_STEP, FRAME, TIMES };

static const char *const names[TIMES] = {
    [OPENED] = "open and check the file",
    [FIRST_FRAME] = "first screen, from nothing",
    [ALL_THERE] = "all layers and properties there",
    [MAP_STEP] = "next layer on the map, not seen before",
    [FRAME] = "draw a map that is there",
};

/* Wall clock: a thread computes beside. */
static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void draw(struct app *app, struct canvas *c, int patience)
{
    struct err err;
    app_settle(app, false, patience);
    app_prepare(app);
    app_render(app, c, &err);
}

static int one_round(double *t)
{
    const char *path = FILE_NAME;
    struct app_options o = {.cols = 120, .rows = 40, .threads = true};
    struct app app;
    struct canvas c;
    struct err err;
    double start = seconds();
    if (app_init(&app, &path, 1, &o, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    t[OPENED] = seconds() - start;
    if (!canvas_init(&c, 120, 40, false))
        return 1;
    draw(&app, &c, 25);
    t[FIRST_FRAME] = seconds() - start;
    while (!app_settled(&app))
        engine_finish(app.file[0].engine, false, 1000);
    t[ALL_THERE] = seconds() - start;
    app_apply(&app, ACTION_ANY_DIGIT, 2);
    draw(&app, &c, 10000);
    app_conditions_changed(&app, &err);
    start = seconds();
    app_apply(&app, ACTION_NEXT_LAYER, 0);
    draw(&app, &c, 10000);
    t[MAP_STEP] = seconds() - start;
    start = seconds();
    draw(&app, &c, 0);
    t[FRAME] = seconds() - start;
    canvas_free(&c);
    app_free(&app);
    return 0;
}

static int run(void)
{
    static double t[TIMES][BENCH_MAX_ROUNDS];
    struct synth s = {
        .layers = 12, .width = 3072, .tau = 31, .phones = 39, .frames = 3000, .wide = true};
    struct err err;
    int rounds = bench_rounds(), failed = 0;
    setlocale(LC_CTYPE, "");
    if (synth_write(&s, FILE_NAME, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    for (int r = 0; r < rounds && !failed; r++) {
        double one[TIMES];
        failed = one_round(one);
        for (int i = 0; i < TIMES && !failed; i++)
            t[i][r] = one[i];
    }
    unlink(FILE_NAME);
    for (int i = 0; i < TIMES && !failed; i++)
        printf("  %-42s %8.1f ms\n", names[i], 1000 * bench_median(t[i], rounds));
    return failed;
}

const struct bench_section bench_screen = {
    .name = "screen",
    .what = "the explorer's first screen on 48 MB of counts, and its keys",
    .run = run,
};
