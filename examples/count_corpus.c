/*
 * Counts the activations of a model on a corpus, by phone and gender:
 *
 *     count_corpus MODEL AUDIO LABELS SPEAKERS OUTPUT
 *
 * as `propneu count -m MODEL -a AUDIO -l LABELS --speakers SPEAKERS -o OUTPUT` does.  Ctrl-C stops
 * it after the recordings that are being counted, and the same command continues.  It is both C and
 * C++.
 */
#include <signal.h>
#include <stdio.h>

#include <propneu/propneu.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* Called from the threads that count, one at a time: an answer other than 0 stops them. */
static int progress(void *context, const struct pn_count_totals *totals)
{
    (void)context;
    fprintf(stderr, "\r%lu of %lu recordings", (unsigned long)totals->counted,
            (unsigned long)totals->utterances);
    return interrupted;
}

static void problem(void *context, const char *message)
{
    fprintf(stderr, "\n%s: left out: %s\n", (const char *)context, message);
}

int main(int argc, char **argv)
{
    struct pn_error error;
    struct pn_count_options options;
    struct pn_count_totals totals;
    struct pn_count_hooks hooks;
    if (argc != 6) {
        fputs("usage: count_corpus MODEL AUDIO LABELS SPEAKERS OUTPUT\n", stderr);
        return 2;
    }

    /* Initialise options by their function, so that what is new in a later version has its default.
     * Their strings are borrowed until pn_count_run returns. */
    pn_count_options_init(&options);
    options.model = argv[1];
    options.corpus.audio = argv[2];
    options.corpus.labels = argv[3];
    options.corpus.speakers = argv[4];
    options.output = argv[5];

    hooks.problem = problem;
    hooks.progress = progress;
    hooks.context = argv[0];
    signal(SIGINT, interrupt);

    enum pn_status code = pn_count_run(&options, &hooks, &totals, &error);
    fputc('\n', stderr);
    if (code != PN_OK) {
        fprintf(stderr, "count_corpus: %s\n", error.message);
        return 1;
    }
    printf("%lu recordings, %lu frames, %.1f s; %lu left out\n", (unsigned long)totals.counted,
           (unsigned long)totals.frames, (double)totals.samples / 16000,
           (unsigned long)totals.left_out);
    return totals.left_out ? 1 : 0;
}
