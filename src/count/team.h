/*
 * team.h - one counting job in several processes.
 *
 * Process 0 leads: it hands out utterances, adds up what the others report, keeps the journal and
 * writes the result; it counts, too.  The others report what they have counted every second or so
 * and take more as they need it.  Utterances are known by their place in the corpus, which is the
 * same everywhere; team_agree sees to that.  Only the main thread of a process speaks to others.
 */
#ifndef PROPNEU_COUNT_TEAM_H
#define PROPNEU_COUNT_TEAM_H

#include "count/count_internal.h"

/* True for the process that leads, and for one that is alone (NULL). */
static inline bool team_leads(const struct count_team *t)
{
    return !t || t->rank == 0;
}

/* True while others are at work for this process. */
static inline bool team_busy(const struct count_job *j)
{
    const struct count_team *t = j->options->team;
    return t && t->rank == 0 && t->others > 0 && !t->lost;
}

/*
 * All processes, once the job is open or opening it failed with CODE: STATUS_OK where it is open
 * in all of them, with equal inputs and settings.  Otherwise process 0 gets the first error, which
 * names its process, the others theirs or STATUS_CANCELLED.
 */
enum status team_agree(struct count_job *j, enum status code, struct err *err);

/* Which recordings a process looks at where all share them: every STRIDE-th from FIRST on. */
size_t team_share(const struct count_job *j, size_t *stride);

/* All processes: the sum of NUMBER [n] over all, unless CODE is an error in one of them. */
enum status team_sum(struct count_job *j, enum status code, uint64_t *number, size_t n,
                     struct err *err);

/* Process 0, with the lock held: answers the others' messages and adds up what they report. */
void team_serve(struct count_job *j);

/* The others: works until process 0 says that all is done. */
enum status team_work(struct count_job *j, struct err *err);

#endif
