/*
 * What the commands print for programs: the tables that src/report fills, nothing else.
 */
#include "config.h"

#include "cli/commands/print_tables.h"

#include <assert.h>

struct table *answer_add(struct answer *a)
{
    assert(a->tables < ANSWER_TABLES);
    a->table[a->tables] = (struct table)TABLE_INIT;
    return &a->table[a->tables++];
}

void answer_free(struct answer *a)
{
    for (size_t i = 0; i < a->tables; i++)
        table_free(&a->table[i]);
    a->tables = 0;
}

/* TSV has one table, so only the answer is printed; JSON has all. */
enum status answer_print(FILE *out, enum cli_format format, const struct answer *a, struct err *err)
{
    struct buf bytes = BUF_INIT;
    if (format == CLI_JSON)
        table_document(a->table, a->tables, &bytes);
    else
        table_tsv(&a->table[a->tables - 1], &bytes);
    if (buf_ok(&bytes))
        fwrite(buf_text(&bytes), 1, bytes.len, out);
    enum status code = buf_ok(&bytes) ? STATUS_OK : err_nomem(err);
    buf_free(&bytes);
    return code;
}
