/*
 * How long the explorer takes to end while it computes: from the key to the end of the process, at
 * several moments of a map of 1599 points in layers of 3072 neurons, and while models listen.
 */
#include "config.h"

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../tui/pty.h"
#include "../unit/big_counts.h"

#define FILE_NAME "bench_leave.counts"

enum { PATIENCE = 60000 };

static double milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void pause_for(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Milliseconds from q until the process that ARGV starts has ended, AFTER ms after its first screen
 * and KEYS; negative if it does not. */
static double leave(char *const *argv, const char *keys, long after)
{
    struct pty p;
    pty_start(&p, 120, 40, NULL, argv, 0);
    bool there = pty_wait_bytes(&p, 0, "quit", PATIENCE);
    pty_send(&p, keys);
    pause_for(after);
    pty_take(&p, 0);
    double from = milliseconds();
    pty_send(&p, "q");
    bool ended = there && pty_status(&p, PATIENCE) == 0;
    double taken = milliseconds() - from;
    pty_end(&p);
    return ended ? taken : -1;
}

/* At all moments, and prints their median and the longest. */
static int moments(const char *what, char *const *argv, const char *keys)
{
    static const long after[] = {0,   5,   10,  20,   40,   80,   120,  200,  300,
                                 500, 700, 900, 1200, 1600, 2000, 3000, 4000, 6000};
    enum { MOMENTS = sizeof after / sizeof *after };
    double ms[MOMENTS];
    for (int i = 0; i < MOMENTS; i++)
        if ((ms[i] = leave(argv, keys, after[i])) < 0) {
            fprintf(stderr, "it does not end: is there a propneu in %s?\n", PROPNEU_BUILD_DIR);
            return 1;
        }
    double middle = bench_median(ms, MOMENTS);
    printf("  %-40s %.1f ms (longest of %d moments: %.1f)\n", what, middle, MOMENTS,
           ms[MOMENTS - 1]);
    return 0;
}

static int run(void)
{
    static char program[] = PROPNEU_BUILD_DIR "/propneu", file[] = FILE_NAME, explore[] = "explore",
                property[] = "--property", speaker[] = "speaker", view[] = "--view", map[] = "map",
                demo[] = PROPNEU_SOURCE_DATA "/demo/counts/sid.counts",
                experiments[] = "experiments";
    char *large[] = {program, explore, file, property, speaker, view, map, NULL};
    char *listening[] = {program, explore, demo, view, experiments, NULL};
    struct big b = {.speakers = 41, .layers = 8, .width = 3072, .tau = 31};
    struct err err;
    if (big_write(&b, FILE_NAME, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    int failed = moments("quit while computing:", large, "") |
                 moments("quit while listening:", listening, "v");
    unlink(FILE_NAME);
    return failed;
}

const struct bench_section bench_leave = {
    .name = "leave",
    .what = "the explorer in a terminal: time from q to the end of the process",
    .run = run,
};
