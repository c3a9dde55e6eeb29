/*
 * bench [SECTION...]: runs the sections named, or "all", or by itself a minute of what matters
 * most: the products' rates and counting with HuBERT.
 */
#include "config.h"

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const struct bench_section *const sections[] = {
    &bench_products, &bench_count, &bench_hubert,   &bench_wavlm, &bench_screen,
    &bench_keys,     &bench_leave, &bench_analysis, &bench_null};

bool bench_all;

int bench_rounds(void)
{
    const char *set = getenv("BENCH_ROUNDS");
    int n = set ? atoi(set) : bench_all ? 7 : 3;
    return n < 1 ? 1 : n > BENCH_MAX_ROUNDS ? BENCH_MAX_ROUNDS : n;
}

double bench_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double bench_median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, ascending);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

double bench_peak_mib(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)r.ru_maxrss / 1024;
}

int main(int argc, char **argv)
{
    int failed = 0, ran = 0;
    bench_all = argc > 1;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        bool wanted = argc == 1 && sections[i]->quick;
        for (int a = 1; a < argc; a++)
            wanted |= strcmp(argv[a], sections[i]->name) == 0 || strcmp(argv[a], "all") == 0;
        if (!wanted)
            continue;
        printf("%s: %s\n", sections[i]->name, sections[i]->what);
        failed |= sections[i]->run();
        ran++;
    }
    if (!ran)
        fprintf(stderr, "bench: no section of that name\n");
    return failed || !ran;
}
