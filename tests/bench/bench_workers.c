/*
 * Two threads with an utterance each against one, and the memory they take.
 */
#include "config.h"

#include "bench.h"
#include "bench_model.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

struct job {
    const struct model *model;
    const float *samples;
    size_t count;
    struct model_scratch *scratch;
    struct bench_counter counter;
    enum status code;
};

static void *work(void *context)
{
    struct job *j = context;
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), bench_count_rows, &j->counter};
    struct err err;
    j->code = model_forward(j->model, j->scratch, j->samples, j->count, &sink, &err);
    return NULL;
}

/* Seconds that WORKERS take for one utterance each. */
static double run(struct job *job, int workers)
{
    struct timespec a, b;
    pthread_t thread[2];
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 1; i < workers; i++)
        if (pthread_create(&thread[i], NULL, work, &job[i]))
            return 0;
    work(&job[0]);
    for (int i = 1; i < workers; i++)
        pthread_join(thread[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    return (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
}

/* The largest resident size since the last call, in MiB; 0 where nothing tells. */
static double peak(void)
{
    char line[128];
    double kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtod(line + 6, NULL);
    if (f)
        fclose(f);
    if ((f = fopen("/proc/self/clear_refs", "w"))) {
        fputs("5", f);
        fclose(f);
    }
    return kib / 1024;
}

int bench_workers(const struct model *m, const float *samples, size_t n, double seconds)
{
    static struct job job[2];
    double gain[BENCH_MAX_ROUNDS], best = 0;
    int failed = 0;
    struct err err;
    peak();
    for (int i = 0; i < 2; i++) {
        job[i] = (struct job){.model = m, .samples = samples, .count = n};
        job[i].scratch = model_scratch_new();
        failed |= !job[i].scratch || selector_init(&job[i].counter.selector, FFN, 31, &err);
    }
    if (!failed)
        run(job, 2);
    for (int k = 0; k < bench_rounds() && !failed; k++) {
        double one = run(job, 1), two = run(job, 2);
        gain[k] = 2 * one / two;
        best = best == 0 || two < best ? two : best;
        failed = job[0].code || job[1].code || two == 0;
    }
    if (!failed)
        printf("    two workers: %.2f x one; %.4f a second of audio at best; %.0f MiB resident\n",
               bench_median(gain, bench_rounds()), best / 2 / seconds, peak());
    for (int i = 0; i < 2; i++) {
        model_scratch_free(job[i].scratch);
        selector_free(&job[i].counter.selector);
    }
    return failed;
}
