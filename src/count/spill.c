/*
 * The file beside the journal in which a job's tokens lie until it is done (tokens.h).  It only
 * grows, and what stands behind the length that the journal knows is written over, so that a kill
 * at any moment leaves a journal and a file that fit.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "count/count_internal.h"
#include "count/team.h"
#include "formats/file.h"

enum status spill_name(struct count_job *j, struct err *err)
{
    struct buf name = BUF_INIT;
    j->spill = (struct token_spill){.fd = -1, .crc = (uint32_t)crc32(0, NULL, 0)};
    if (!j->options->tokens || !team_leads(j->options->team))
        return STATUS_OK;
    if (!j->journal)
        return err_set(err, STATUS_USAGE, "%s: --tokens needs an output that is a regular file",
                       j->options->output);
    buf_printf(&name, "%s.tokens.journal", j->options->output);
    if (buf_ok(&name))
        j->spill.path = mem_strndup(buf_text(&name), name.len);
    buf_free(&name);
    return j->spill.path ? STATUS_OK : err_nomem(err);
}

enum status spill_check(struct count_job *j, struct err *err)
{
    struct token_spill *s = &j->spill;
    struct mapped m;
    if (!s->path || s->length == 0)
        return STATUS_OK;
    enum status code = mapped_open(&m, s->path, err);
    if (code)
        return err_prefix(err, "%s: --no-resume starts over", j->journal);
    if (m.size < s->length || crc32_z(crc32(0, NULL, 0), m.data, (size_t)s->length) != s->crc ||
        !tokens_check(j, &j->tally, m.data, (size_t)s->length))
        code = err_set(err, STATUS_FORMAT, "%s: damaged; use --no-resume to start over", s->path);
    mapped_close(&m);
    return code;
}

enum status spill_open(struct count_job *j, struct err *err)
{
    struct token_spill *s = &j->spill;
    if (!s->path)
        return STATUS_OK;
    s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (s->fd < 0 || ftruncate(s->fd, (off_t)s->length) != 0)
        return err_errno(err, s->path);
    return STATUS_OK;
}

enum status spill_write(struct count_job *j, struct err *err)
{
    struct token_spill *s = &j->spill;
    struct token_records *r = &j->tally.tokens;
    if (s->fd < 0)
        return STATUS_OK;
    for (size_t at = 0; at < r->len;) {
        ssize_t n = pwrite(s->fd, r->data + at, r->len - at, (off_t)(s->length + at));
        if (n < 0 && errno != EINTR)
            return err_errno(err, s->path);
        at += n > 0 ? (size_t)n : 0;
    }
    s->crc = (uint32_t)crc32_z(s->crc, r->data, r->len);
    s->length += r->len;
    r->len = 0;
    return STATUS_OK;
}

bool spill_sync(const struct count_job *j)
{
    return j->spill.fd < 0 || fsync(j->spill.fd) == 0;
}

void spill_close(struct count_job *j)
{
    if (j->spill.path && j->spill.fd >= 0)
        close(j->spill.fd);
    free(j->spill.path);
    j->spill = (struct token_spill){.fd = -1};
}

void spill_remove(const struct count_job *j)
{
    if (j->spill.path)
        unlink(j->spill.path);
}
