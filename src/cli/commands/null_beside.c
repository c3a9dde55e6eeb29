/*
 * What chance gives, for commands whose answer is something else: a file that cannot give a null
 * still has the answer.
 */
#include "config.h"

#include "cli/commands/null_beside.h"

#include "cli/commands/exchange_options.h"
#include "cli/progress.h"

enum status null_beside_make(struct null_result *out, struct analysis *a,
                             const struct null_beside *b, const struct cli *cli, struct err *err)
{
    struct progress progress;
    struct null_request request = {.property = b->property,
                                   .layer = b->layer,
                                   .layers = 1,
                                   .exchange = b->exchange,
                                   .threads = cli->threads,
                                   .progress = progress_share,
                                   .progress_context = &progress};
    enum status code = STATUS_OK;
    *out = (struct null_result){.rows = 0};
    for (int i = 0; i < NULL_BESIDE_STATISTICS && b->statistic[i] && !code; i++)
        code = null_add_statistic(&request, b->statistic[i], a, NULL, err);
    if (code)
        return code;
    a->cancel = progress_catch_signals();
    progress_begin(&progress, cli, b->property);
    code = null_make(out, a, &request, err);
    progress_end(&progress);
    if (code == STATUS_UNSUPPORTED) {
        cli_note(cli, "%s: no null: %s", b->property, err->msg);
        return STATUS_OK;
    }
    if (!code && out->why[0])
        cli_note(cli, "%s: no p: %s", b->property, out->why);
    if (!code) {
        exchange_note(cli, b->property, out->kind, out->left_out);
        exchange_note_only(cli, b->property, out->kind, out->draws, out->enumerated);
    }
    return code;
}

const struct null_row *null_beside_row(const struct null_result *n,
                                       const struct statistic *statistic, uint32_t layer)
{
    for (uint32_t i = 0; i < n->rows; i++)
        if (n->row[i].statistic == statistic && n->row[i].layer == layer)
            return &n->row[i];
    return NULL;
}
