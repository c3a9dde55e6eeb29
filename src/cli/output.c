/*
 * How commands report: failures and notes on standard error, results on standard output or into a
 * file that replaces another atomically.
 */
#include "config.h"

#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "formats/file.h"
#include "base/mem.h"

int cli_fail(const struct err *err)
{
    fprintf(stderr, "propneu: %s\n", err->msg);
    return err->code == STATUS_USAGE ? CLI_USAGE : CLI_FAILED;
}

int cli_usage(const struct cli_command *command, const char *fmt, ...)
{
    struct err said, err;
    va_list ap;
    va_start(ap, fmt);
    err_vset(&said, STATUS_USAGE, fmt, ap);
    va_end(ap);
    err_set(&err, STATUS_USAGE, "%s (see 'propneu %s%s--help')", said.msg,
            command ? command->name : "", command ? " " : "");
    return cli_fail(&err);
}

void cli_warn(const char *fmt, ...)
{
    struct err err;
    va_list ap;
    va_start(ap, fmt);
    err_vset(&err, STATUS_OK, fmt, ap);
    va_end(ap);
    fprintf(stderr, "propneu: %s\n", err.msg);
}

void cli_note(const struct cli *cli, const char *fmt, ...)
{
    struct err err;
    if (cli->quiet)
        return;
    va_list ap;
    va_start(ap, fmt);
    err_vset(&err, STATUS_OK, fmt, ap);
    va_end(ap);
    fprintf(stderr, "propneu: %s\n", err.msg);
}

/* A file gets its name only in cli_out_close: until then it cannot be seen half-written. */
FILE *cli_out_open(const struct cli *cli, struct cli_out *o, struct err *err)
{
    *o = (struct cli_out){stdout, NULL};
    if (!cli->output || strcmp(cli->output, "-") == 0)
        return stdout;
    struct outfile *f = mem_zeros(1, sizeof *f);
    if (!f) {
        err_nomem(err);
        return o->stream = NULL;
    }
    if (outfile_open(f, cli->output, err)) {
        free(f);
        return o->stream = NULL;
    }
    o->file = f;
    return o->stream = f->stream;
}

/* Asked for only here: a write to a full disk or a closed pipe shows when flushed. */
static enum status flush_stdout(struct err *err)
{
    bool bad = fflush(stdout) != 0 || ferror(stdout);
    return bad ? err_errno(err, "standard output") : STATUS_OK;
}

int cli_finish(const struct cli *cli, int status)
{
    struct err err = {STATUS_OK, ""};
    if (status != CLI_DONE)
        return status;
    if (!flush_stdout(&err) && !cli->live && err_lacked_memory())
        err_nomem(&err);
    return err.code ? cli_fail(&err) : CLI_DONE;
}

int cli_out_close(struct cli_out *o)
{
    struct err err = {STATUS_OK, ""};
    enum status code;
    if (o->file && err_lacked_memory()) {
        code = err_nomem(&err);
        cli_out_abandon(o);
    } else if (o->file) {
        code = outfile_commit(o->file, &err);
        free(o->file);
    } else if (!(code = flush_stdout(&err))) {
        code = mapped_unchanged(&err);
    }
    *o = (struct cli_out){NULL, NULL};
    return code ? cli_fail(&err) : CLI_DONE;
}

void cli_out_abandon(struct cli_out *o)
{
    if (o->file) {
        outfile_abandon(o->file);
        free(o->file);
    }
    *o = (struct cli_out){NULL, NULL};
}
