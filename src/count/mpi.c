/*
 * Counting in several processes by MPI (team.h): process 0 hands out utterances and adds up what
 * the others report. Sums of integers do not depend on the order, so that any number of processes
 * writes the same bytes.
 */
#include "config.h"

#include "count/team.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define POLL_SECONDS     0.001
#define BEAT_SECONDS     0.25    /* at most, between two messages of a process */
#define REPORT_SECONDS   0.5     /* at least, between two parts of the result */
#define REPORT_SHARE     50      /* and this many times as long as sending one takes */
#define FAREWELL_SECONDS 0.5     /* for last reports, once the job stops: mpirun kills soon after */
#define MOST_HANDED      64      /* utterances at a time */
#define LARGE_PART       1 << 26 /* counters, which are reported at once */
#define PIECE            1 << 30 /* bytes in one message, whose length is an int */

/*
 * TAG_WORK is process 0's answer to a TAG_REPORT that is not the last; all others go to process 0.
 */
enum tag { TAG_REPORT = 1, TAG_PART, TAG_PROBLEM, TAG_FAILED, TAG_WORK };

/* Messages; all processes run the same program on the same kind of machine. */
struct report {
    uint64_t last;   /* nothing comes after it, and it wants no answer */
    uint64_t wanted; /* utterances */
    uint64_t size;   /* bytes of the part that follows, a journal; 0: none */
};

/* The answer: `count` places in the corpus, and a work_state that says whether more may follow. */
struct work {
    uint64_t state;
    uint64_t count, utterance[MOST_HANDED];
};

enum work_state { WORK_ON, WORK_ENDED, WORK_STOPPED };

struct problem {
    enum count_problem kind;
    char message[sizeof((struct err *)0)->msg];
};

/* A process that does not lead. */
struct member {
    struct count_feed feed; /* the first: a job's feed leads here */
    struct count_hooks hooks;
    struct problem *problem; /* [problems] not yet sent to process 0 */
    size_t problems, cap;
    double beat, reported, pause; /* seconds: last message, last part; least time between parts */
    bool asked, failed;           /* an answer is due; process 0 knows of the error */
};

enum status count_team_start(struct count_team *t, struct err *err)
{
    /* Variables that mpirun and srun set; without one of them MPI is not started. */
    static const char *const told[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMI_RANK", "PMIX_RANK"};
    int rank, size, local, provided;
    MPI_Comm node;
    bool launched = false;
    *t = (struct count_team){.size = 1, .local = 1};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        launched |= getenv(told[i]) != NULL;
    if (!launched)
        return STATUS_OK;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
        return err_set(err, STATUS_IO, "MPI does not start");
    t->started = true;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    /* The processes that share this machine's memory share its cores, too. */
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &node);
    MPI_Comm_size(node, &local);
    MPI_Comm_free(&node);
    t->rank = (unsigned)rank;
    t->size = (unsigned)size;
    t->local = (unsigned)local;
    if (provided < MPI_THREAD_FUNNELED)
        return err_set(err, STATUS_UNSUPPORTED, "this MPI knows no threads");
    return STATUS_OK;
}

void count_team_end(struct count_team *t)
{
    if (!t->started)
        return;
    /* The others wait for a message that will not come: only an abort ends them. */
    if (t->others > 0)
        MPI_Abort(MPI_COMM_WORLD, 1);
    MPI_Finalize();
    t->started = false;
}

static bool mpi_is_alone(const struct count_job *j)
{
    return !j->options->team || j->options->team->size < 2;
}

/* The error of the lowest process that has one, in all of them. */
static enum status share_error(const struct count_team *t, enum status code, struct err *err)
{
    struct err theirs = {.code = STATUS_OK};
    unsigned first = code ? t->rank : t->size;
    MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_UNSIGNED, MPI_MIN, MPI_COMM_WORLD);
    if (first == t->size)
        return STATUS_OK;
    if (first == t->rank)
        theirs = *err;
    MPI_Bcast(&theirs, sizeof theirs, MPI_BYTE, (int)first, MPI_COMM_WORLD);
    if (first != 0 && t->rank == 0) {
        *err = theirs;
        return err_prefix(err, "process %u", first);
    }
    return code ? code : err_set(err, STATUS_CANCELLED, "%s", theirs.msg);
}

enum status team_agree(struct count_job *j, enum status code, struct err *err)
{
    struct count_team *t = j->options->team;
    uint64_t mine, leads;
    if (mpi_is_alone(j) || (code = share_error(t, code, err)))
        return code;
    /* The settings hold digests of all inputs: where they are equal, an utterance's number means
     * the same recording in every process. */
    mine = leads = corpus_hash(buf_text(&j->settings));
    MPI_Bcast(&leads, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
    if (mine != leads)
        code = err_set(err, STATUS_MISMATCH,
                       "its recordings, labels, model or other inputs are not those of process 0");
    if ((code = share_error(t, code, err)))
        return code;
    t->others = t->rank == 0 ? t->size - 1 : 1;
    return STATUS_OK;
}

size_t team_share(const struct count_job *j, size_t *stride)
{
    *stride = mpi_is_alone(j) ? 1 : j->options->team->size;
    return mpi_is_alone(j) ? 0 : j->options->team->rank;
}

enum status team_sum(struct count_job *j, enum status code, uint64_t *number, size_t n,
                     struct err *err)
{
    if (mpi_is_alone(j))
        return code;
    if ((code = share_error(j->options->team, code, err))) {
        /* The error is known to all, none goes on to count: no other process is waited for. */
        j->options->team->others = 0;
        return code;
    }
    MPI_Allreduce(MPI_IN_PLACE, number, (int)n, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    return STATUS_OK;
}

/* With the lock held: the job has to stop. Only the first error is kept; PROCESS (-1: this one) is
 * the one that it came from. */
static void mpi_fail(struct count_job *j, const struct err *err, int process)
{
    if (!j->code) {
        j->err = *err;
        j->code = err->code;
        if (process >= 0)
            err_prefix(&j->err, "process %d", process);
    }
    cancel_set(&j->stop);
}

/* SIZE bytes from SOURCE into a tally. Parts are sent in the form of a journal, so its reader
 * checks them. */
static enum status receive_part(const struct count_job *j, int source, size_t size,
                                struct tally *part, struct err *err)
{
    unsigned char *bytes = mem_array(size, 1);
    if (!bytes)
        return err_nomem(err);
    for (size_t at = 0; at < size;) {
        size_t n = size - at < PIECE ? size - at : PIECE;
        MPI_Recv(bytes + at, (int)n, MPI_BYTE, source, TAG_PART, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        at += n;
    }
    enum status code = tally_init(part, j, err);
    if (!code && !journal_get(j, bytes, size, part)) {
        code = err_set(err, STATUS_FORMAT, "its report is damaged");
        tally_free(part);
    }
    free(bytes);
    return code;
}

/* Without the lock; takes it to add the part up. */
static void take_part(struct count_job *j, int source, size_t size)
{
    struct tally part;
    struct err err;
    enum status code = receive_part(j, source, size, &part, &err);
    pthread_mutex_lock(&j->lock);
    if (!code) {
        code = tally_add(&j->tally, &part, j, &err);
        j->fresh = true;
        tally_free(&part);
    }
    if (code)
        mpi_fail(j, &err, source);
    pthread_mutex_unlock(&j->lock);
}

/* With the lock held: sends process TO up to WANTED utterances, or that there are none any more. */
static void hand_out(struct count_job *j, int to, size_t wanted)
{
    struct work w = {.state = cancelled(&j->stop) ? WORK_STOPPED : WORK_ON};
    size_t i;
    while (w.state == WORK_ON && w.count < wanted && w.count < MOST_HANDED)
        if ((i = count_next(j)) < j->corpus.recordings.count)
            w.utterance[w.count++] = i;
        else
            w.state = WORK_ENDED;
    MPI_Send(&w, sizeof w, MPI_BYTE, to, TAG_WORK, MPI_COMM_WORLD);
}

/* With the lock held, which is given up while a part is received: takes the message that waits from
 * SOURCE and does or answers what it asks for. */
static void mpi_answer(struct count_job *j, int source, int tag)
{
    struct report r;
    struct problem p;
    struct err err;
    switch (tag) {
    case TAG_PROBLEM:
        MPI_Recv(&p, sizeof p, MPI_BYTE, source, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        j->tally.totals.problem[p.kind]++;
        if (j->hooks->problem)
            j->hooks->problem(j->hooks->context, p.kind, p.message);
        break;
    case TAG_FAILED:
        MPI_Recv(&err, sizeof err, MPI_BYTE, source, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        mpi_fail(j, &err, source);
        break;
    default:
        MPI_Recv(&r, sizeof r, MPI_BYTE, source, TAG_REPORT, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (r.size > 0) {
            pthread_mutex_unlock(&j->lock);
            take_part(j, source, r.size);
            pthread_mutex_lock(&j->lock);
        }
        if (r.last)
            j->options->team->others--;
        else
            hand_out(j, source, r.wanted);
    }
}

void team_serve(struct count_job *j)
{
    struct count_team *t = j->options->team;
    int there = 1;
    while (team_busy(j) && there) {
        MPI_Status s;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &s);
        if (there)
            mpi_answer(j, s.MPI_SOURCE, s.MPI_TAG);
    }
    if (!cancelled(&j->stop))
        return;
    /* Processes that do not send their last report in time after a stop are not waited for. */
    if (t && !t->stopped)
        t->stopped = worker_clock();
    else if (t && worker_clock() - t->stopped > FAREWELL_SECONDS)
        t->lost = true;
}

/* A hook of the workers here: keeps the problem for process 0. */
static void note_problem(void *context, enum count_problem kind, const char *message)
{
    struct member *m = context;
    if (!mem_grow(&m->problem, &m->cap, m->problems + 1, sizeof *m->problem))
        return;
    struct problem *p = &m->problem[m->problems++];
    *p = (struct problem){.kind = kind};
    snprintf(p->message, sizeof p->message, "%s", message);
}

/* In the pieces that receive_part expects: an MPI message has at most INT_MAX elements. */
static void send_part(const void *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t n = size - at < PIECE ? size - at : PIECE;
        MPI_Send((const unsigned char *)bytes + at, (int)n, MPI_BYTE, 0, TAG_PART, MPI_COMM_WORLD);
        at += n;
    }
}

/* Without the lock: sends report R with PART, which workers no longer add to. Without memory to
 * write the part, R goes out alone, since process 0 waits for it. */
static enum status report_part(const struct count_job *j, struct report *r,
                               const struct tally *part, struct err *err)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&bytes, &size);
    bool ok = f && journal_put(j, part, f);
    if (f)
        ok = fclose(f) == 0 && ok;
    r->size = ok ? size : 0;
    MPI_Send(r, sizeof *r, MPI_BYTE, 0, TAG_REPORT, MPI_COMM_WORLD);
    send_part(bytes, (size_t)r->size);
    free(bytes);
    return ok ? STATUS_OK : err_nomem(err);
}

/* With the lock held, which is given up while messages are sent. */
static void mpi_report(struct count_job *j, struct member *m, const struct report *what,
                       bool with_part)
{
    struct report r = *what;
    struct tally part = j->tally;
    struct err err;
    for (size_t i = 0; i < m->problems; i++)
        MPI_Send(&m->problem[i], sizeof *m->problem, MPI_BYTE, 0, TAG_PROBLEM, MPI_COMM_WORLD);
    m->problems = 0;
    /*
     * An empty tally takes the place of the old one, so that workers count on while that is sent.
     */
    with_part = with_part && j->fresh;
    if (with_part && tally_init(&j->tally, j, &err)) {
        j->tally = part;
        with_part = false;
        mpi_fail(j, &err, -1);
    }
    if (with_part)
        j->fresh = false;
    /*
     * Messages of one process arrive in order: process 0 knows the error before the report below.
     */
    if (j->code && !m->failed) {
        MPI_Send(&j->err, sizeof j->err, MPI_BYTE, 0, TAG_FAILED, MPI_COMM_WORLD);
        m->failed = true;
    }
    pthread_mutex_unlock(&j->lock);
    double start = worker_clock();
    enum status code = STATUS_OK;
    if (with_part) {
        code = report_part(j, &r, &part, &err);
        tally_free(&part);
        m->reported = worker_clock();
        m->pause = (m->reported - start) * REPORT_SHARE;
    } else {
        MPI_Send(&r, sizeof r, MPI_BYTE, 0, TAG_REPORT, MPI_COMM_WORLD);
    }
    m->beat = worker_clock();
    pthread_mutex_lock(&j->lock);
    if (code)
        mpi_fail(j, &err, -1);
}

/* With the lock held: the answer to the last report, if it is there. */
static void receive_work(struct count_job *j, struct member *m)
{
    struct work w;
    int there = 0;
    if (m->asked)
        MPI_Iprobe(0, TAG_WORK, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE);
    if (!there)
        return;
    MPI_Recv(&w, sizeof w, MPI_BYTE, 0, TAG_WORK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    m->asked = false;
    m->feed.ended |= w.state == WORK_ENDED;
    if (w.state == WORK_STOPPED)
        cancel_set(&j->stop);
    for (size_t i = 0; i < w.count; i++)
        m->feed.utterance[m->feed.count++] = (size_t)w.utterance[i];
}

/* With the lock held: speaks to process 0 until all workers have ended. */
static void mpi_speak(struct count_job *j)
{
    struct member *m = (struct member *)j->feed;
    unsigned threads = j->options->threads < MOST_HANDED ? j->options->threads : MOST_HANDED;
    for (;;) {
        count_wait(j, POLL_SECONDS);
        receive_work(j, m);
        if (m->feed.count || m->feed.ended || cancelled(&j->stop))
            pthread_cond_broadcast(&j->filled);
        if (m->asked)
            continue;
        double t = worker_clock();
        struct report r = {.last = j->running == 0};
        if (!m->feed.ended && !r.last && m->feed.count < threads)
            r.wanted = threads - m->feed.count;
        /* Parts are sent early where they take much memory, which bounds that of every process. */
        bool large = (size_t)j->tally.cells.count * j->tally.cells.offset[j->tally.cells.layers] >
                     (size_t)LARGE_PART;
        bool due =
            r.last || large || (t - m->reported >= REPORT_SECONDS && t - m->reported >= m->pause);
        if (r.last || r.wanted > 0 || (due && j->fresh) || t - m->beat >= BEAT_SECONDS) {
            m->asked = !r.last;
            mpi_report(j, m, &r, due);
        }
        if (r.last)
            return;
    }
}

enum status team_work(struct count_job *j, struct err *err)
{
    struct member m = {.hooks = {.problem = note_problem, .cancel = j->hooks->cancel}};
    enum status code;
    m.hooks.context = &m;
    /* Enough: mpi_speak asks only for what is missing to MOST_HANDED at most. */
    m.feed.utterance = mem_array(2 * MOST_HANDED, sizeof *m.feed.utterance);
    if (!m.feed.utterance)
        return err_nomem(err);
    j->hooks = &m.hooks;
    j->feed = &m.feed;
    code = count_threads(j, j->corpus.recordings.count, count_worker, mpi_speak, err);
    j->options->team->others = 0;
    j->feed = NULL;
    free(m.feed.utterance);
    free(m.problem);
    return code;
}
