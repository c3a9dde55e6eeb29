/*
 * propneu experiment: runs an experiment that is described by a file instead of options.  The
 * explorer starts its experiments so, as processes of their own; a journal that holds a request is
 * continued the same way.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/commands/measure.h"
#include "formats/file.h"

#define REQUEST_MAX ((size_t)1 << 20) /* bytes of a request on standard input */

enum { OPT_KEEP_GOING, OPT_NO_RESUME };

static const struct cli_option options[] = {
    {"keep-going", 0, NULL, "exit 0 even if recordings were skipped", NULL},
    {"no-resume", 0, NULL, "ignore what the journal holds and start over", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* Reads the request from standard input, at most about REQUEST_MAX bytes. */
static enum status experiment_read_input(struct buf *text, struct err *err)
{
    char block[4096];
    ssize_t n;
    while ((n = read(STDIN_FILENO, block, sizeof block)) > 0 && text->len < REQUEST_MAX)
        buf_add(text, block, (size_t)n);
    if (n < 0)
        return err_errno(err, "standard input");
    return buf_ok(text) ? STATUS_OK : err_nomem(err);
}

static enum status experiment_read_file(struct buf *text, const char *path, struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    buf_add(text, m.data, m.size);
    mapped_close(&m);
    return buf_ok(text) ? STATUS_OK : err_nomem(err);
}

/* The request that the journal at PATH was started with; it is the journal to be continued. */
static enum status experiment_read_journal(struct experiment_request *r, const char *path,
                                           struct err *err)
{
    struct experiment x = {0};
    enum status code = experiment_read(&x, path, err);
    if (code)
        return code;
    if (!*x.request)
        code = err_set(err, STATUS_UNSUPPORTED, "%s: of an earlier version; continue it with: %s",
                       path, x.command);
    else
        code = experiment_request_read(r, x.request, strlen(x.request), path, err);
    experiment_free(&x);
    if (!code)
        r->journal = path;
    return code;
}

/* Reads PATH, a request or a journal; "-": standard input. */
static enum status experiment_read_request(struct experiment_request *r, const char *path,
                                           struct err *err)
{
    struct buf text = BUF_INIT;
    bool input = strcmp(path, "-") == 0;
    enum status code =
        input ? experiment_read_input(&text, err) : experiment_read_file(&text, path, err);
    if (!code && !input && text.len && text.data[0] == '{')
        code = experiment_read_journal(r, path, err);
    else if (!code)
        code = experiment_request_read(r, buf_text(&text), text.len, input ? "request" : path, err);
    buf_free(&text);
    return code;
}

static bool experiment_take(void *request, const struct cli_args *a, int opt)
{
    struct measure_how *how = request;
    (void)a;
    if (opt == OPT_KEEP_GOING)
        how->keep_going = true;
    else
        how->no_resume = true;
    return true;
}

/* The command: runs a request that the explorer or a user wrote to a file. */
static int experiment_command(struct cli *cli, int argc, char **argv)
{
    struct measure_how how = {false, false};
    struct experiment_request r;
    struct cli_args a;
    struct err err;
    int status = cli_parse(&a, cli, &command_experiment, argc, argv, experiment_take, &how);
    if (status != CLI_END)
        return status;
    if (argc - a.first != 1)
        return cli_usage(&command_experiment, "one FILE is needed");
    if (experiment_read_request(&r, argv[a.first], &err))
        return cli_fail(&err);
    status = measure_run(cli, &r, &how);
    experiment_request_free(&r);
    return status;
}

const struct cli_command command_experiment = {
    .name = "experiment",
    .summary = "Run an experiment that a request file or a journal describes",
    .synopsis = "[OPTION...] FILE",
    .details =
        "FILE is a request, lines of 'name: value' with the names of the options of\n"
        "'propneu erase --matrix' and 'propneu prune --curve' ('-': standard input), or the\n"
        "journal of an experiment, which is continued and printed.  The explorer runs its\n"
        "experiments so.  A request begins with the lines\n"
        "\n"
        "  propneu experiment request 1\n"
        "  kind: matrix\n"
        "\n"
        "or kind: curve.  Results are printed as those commands print them.\n",
    .examples = "  propneu experiment gender.journal\n"
                "  propneu experiment gender.request --format tsv -o gender.tsv\n",
    .options = options,
    .files = CLI_FILE,
    .run = experiment_command,
    .in_place = true,
};
