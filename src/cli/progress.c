/*
 * Progress of long commands: a line that is redrawn where standard error is a terminal, else a
 * plain line now and then, and a summary at the end.
 */
#include "config.h"

#include "cli/progress.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "base/number.h"
#include "base/worker.h"
#include "corpus/audio.h"

#define PLAIN_SECONDS 30  /* between lines where stderr is no terminal */
#define BLINK_SECONDS 0.1 /* between lines that are written over */
#define PROBLEMS_TOLD 20  /* without --verbose */

static struct cancel interrupted;

/* SA_RESETHAND restores the default: the second signal kills. */
static void progress_cancel(int signal)
{
    (void)signal;
    cancel_set(&interrupted);
}

const struct cancel *progress_catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};
    struct sigaction a = {.sa_handler = progress_cancel,
                          .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    sigemptyset(&a.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction old;
        /* nohup and background jobs ignore signals on purpose. */
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &a, NULL);
    }
    return &interrupted;
}

/* Recordings resumed from a journal are noted and kept out of the estimate. */
void progress_start(struct progress *p, const struct cli *cli, const struct count_totals *t)
{
    *p = (struct progress){.cli = cli, .terminal = isatty(STDERR_FILENO), .before = t->resumed};
    p->start = p->last = p->counting = worker_clock();
    if (t->resumed)
        cli_note(cli, "resuming: %" PRIu64 " of %" PRIu64 " recordings were counted before",
                 t->resumed, t->utterances);
}

/* Clears the progress line, so that what follows starts on an empty one. */
void progress_end(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}

void progress_begin(struct progress *p, const struct cli *cli, const char *what)
{
    *p = (struct progress){.cli = cli, .terminal = isatty(STDERR_FILENO), .what = what};
    p->start = p->last = p->counting = worker_clock();
}

/* Progress of work that is not counting, at most four times a second on a terminal. */
void progress_count(void *context, size_t done, size_t all)
{
    struct progress *p = context;
    double at = worker_clock();
    if (p->cli->quiet || at - p->last < (p->terminal ? 0.25 : PLAIN_SECONDS))
        return;
    p->last = at;
    fprintf(stderr, "%s%s: %zu/%zu recordings%s", p->terminal ? "\r" : "propneu: ", p->what, done,
            all, p->terminal ? "\033[K" : "\n");
    fflush(stderr);
    p->shown = p->terminal;
}

void progress_problem(void *context, enum count_problem kind, const char *message)
{
    (void)kind;
    progress_message(context, message);
}

/* A message takes the place of the progress line, which is drawn again below. */
void progress_message(void *context, const char *message)
{
    struct progress *p = context;
    if (p->problems++ >= PROBLEMS_TOLD && !p->cli->verbose)
        return;
    progress_end(p);
    fprintf(stderr, "propneu: %s\n", message);
}

/* Seconds as people say them: "45 s", "12 min", "3 h 05 min". */
static void say_time(double seconds, char *text, size_t size)
{
    double minutes = seconds / 60;
    if (seconds < 90)
        snprintf(text, size, "%s s", number_fixed(seconds, 0).text);
    else if (minutes < 90)
        snprintf(text, size, "%s min", number_fixed(minutes, 0).text);
    else
        snprintf(text, size, "%d h %02d min", (int)(minutes / 60), (int)minutes % 60);
}

/* The rest is estimated from this run alone: recordings resumed from a journal took no time. */
void progress_show(void *context, const struct count_totals *t)
{
    struct progress *p = context;
    char speech[40], left[40] = "?";
    double at = worker_clock(), elapsed = at - p->counting;
    uint64_t done = t->counted + count_left_out(t);
    if (p->cli->quiet || (!p->terminal && at - p->last < PLAIN_SECONDS))
        return;
    p->last = at;
    double heard = (double)(t->samples - t->resumed_samples) / AUDIO_RATE;
    say_time((double)t->samples / AUDIO_RATE, speech, sizeof speech);
    if (done > p->before)
        say_time(elapsed * (double)(t->utterances - done) / (double)(done - p->before), left,
                 sizeof left);
    fprintf(stderr,
            "%s%" PRIu64 "/%" PRIu64 " recordings, %s of sound, %s times real time, %s "
            "left%s",
            p->terminal ? "\r" : "propneu: ", done, t->utterances, speech,
            number_fixed(elapsed > 0 ? heard / elapsed : 0, 1).text, left,
            p->terminal ? "\033[K" : "\n");
    fflush(stderr);
    p->shown = p->terminal;
}

/* DONE may be fractional: a step is a pass over the test set, and takes long. */
void progress_steps(struct progress *p, const char *of, double done, uint64_t all)
{
    char left[40] = "?";
    double at = worker_clock(), before = (double)p->before;
    if (p->cli->quiet || at - p->last < (p->terminal ? BLINK_SECONDS : PLAIN_SECONDS))
        return;
    p->last = at;
    if (done > before)
        say_time((at - p->start) * ((double)all - done) / (done - before), left, sizeof left);
    fprintf(stderr, "%s%s: %s/%" PRIu64 " %s, %s left%s", p->terminal ? "\r" : "propneu: ", p->what,
            number_fixed(floor(done), 0).text, all, of, left, p->terminal ? "\033[K" : "\n");
    fflush(stderr);
    p->shown = p->terminal;
}

void progress_share(void *context, double share)
{
    struct progress *p = context;
    char left[40] = "?";
    double at = worker_clock();
    if (p->cli->quiet || at - p->last < (p->terminal ? 0.25 : PLAIN_SECONDS))
        return;
    p->last = at;
    if (share > 0)
        say_time((at - p->start) * (1 - share) / share, left, sizeof left);
    fprintf(stderr, "%s%s: %s %%, %s left%s", p->terminal ? "\r" : "propneu: ", p->what,
            number_fixed(100 * share, 0).text, left, p->terminal ? "\033[K" : "\n");
    fflush(stderr);
    p->shown = p->terminal;
}

/* Moves the start of counting, so that the estimate does not include tracking pitch. */
void progress_tracking(void *context, uint64_t done, uint64_t all)
{
    struct progress *p = context;
    p->counting = worker_clock();
    if (p->cli->quiet || (!p->terminal && p->counting - p->last < PLAIN_SECONDS))
        return;
    p->last = p->counting;
    fprintf(stderr, "%stracking pitch: %" PRIu64 "/%" PRIu64 " recordings%s",
            p->terminal ? "\r" : "propneu: ", done, all, p->terminal ? "\033[K" : "\n");
    fflush(stderr);
    p->shown = p->terminal;
}

static void say_left_out(const struct progress *p, const struct count_totals *t)
{
    static const char *const why[COUNT_PROBLEMS] = {
        "unreadable",
        "too short",
        "without labels",
        "of unknown speakers",
        "without pitch",
        "with times of labels or factors that do not fit",
        "with NaN or infinity in the model"};
    for (int k = 0; k < COUNT_PROBLEMS; k++)
        if (t->problem[k])
            cli_note(p->cli, "left out: %" PRIu64 " recordings %s%s", t->problem[k], why[k],
                     p->problems > PROBLEMS_TOLD && !p->cli->verbose ? " (-v names all)" : "");
}

void progress_summary(struct progress *p, const struct count_totals *t)
{
    char speech[40];
    double elapsed = worker_clock() - p->start;
    double heard = (double)(t->samples - t->resumed_samples) / AUDIO_RATE;
    say_left_out(p, t);
    say_time((double)t->samples / AUDIO_RATE, speech, sizeof speech);
    cli_note(p->cli,
             "%" PRIu64 " recordings, %s of sound, %" PRIu64 " frames counted in %s s "
             "(RTF %s)",
             t->counted, speech, t->frames, number_fixed(elapsed, 1).text,
             number_fixed(heard > 0 ? elapsed / heard : 0, 3).text);
    if (t->unlabelled || t->surplus || t->short_segments)
        cli_note(p->cli,
                 "not counted: %" PRIu64 " frames without a label, %" PRIu64
                 " labels beyond the frames, %" PRIu64 " segments too short for a frame",
                 t->unlabelled, t->surplus, t->short_segments);
    if (t->parted)
        cli_note(p->cli,
                 "%" PRIu64 " frames have labels in parts, \"A,B,kind\": --label-part N says which "
                 "part is taken (default: 1)",
                 t->parted);
    if (t->unknown)
        cli_note(p->cli,
                 "%" PRIu64 " frames have labels that are in no phone table: counted, but "
                 "not as phones (see --phones)",
                 t->unknown);
}
