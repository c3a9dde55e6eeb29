/* A build without MPI: every process is alone. */
#include "config.h"

#include "count/team.h"

enum status count_team_start(struct count_team *t, struct err *err)
{
    (void)err;
    *t = (struct count_team){.size = 1, .local = 1};
    return STATUS_OK;
}

void count_team_end(struct count_team *t)
{
    (void)t;
}

enum status team_agree(struct count_job *j, enum status code, struct err *err)
{
    (void)j;
    (void)err;
    return code;
}

size_t team_share(const struct count_job *j, size_t *stride)
{
    (void)j;
    *stride = 1;
    return 0;
}

enum status team_sum(struct count_job *j, enum status code, uint64_t *number, size_t n,
                     struct err *err)
{
    (void)j;
    (void)number;
    (void)n;
    (void)err;
    return code;
}

void team_serve(struct count_job *j)
{
    (void)j;
}

enum status team_work(struct count_job *j, struct err *err)
{
    (void)j;
    return err_set(err, STATUS_UNSUPPORTED, "this propneu was built without MPI");
}
