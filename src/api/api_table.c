/* propneu/report.h: what a table holds, cell by cell and as text. */
#include "config.h"

#include "api/api_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)PN_TEXT == (int)TABLE_TEXT && (int)PN_INTEGER == (int)TABLE_INTEGER &&
                   (int)PN_REAL == (int)TABLE_REAL && (int)PN_BOOLEAN == (int)TABLE_BOOLEAN,
               "the same numbers");

pn_table *api_table_new(void)
{
    return calloc(1, sizeof(pn_table));
}

enum status api_table_end(pn_table **out, pn_table *t, enum status code, struct err *err)
{
    if (!t)
        return err_nomem(err);
    if (code)
        pn_table_free(t);
    else
        *out = t;
    return code;
}

void pn_table_free(pn_table *table)
{
    if (table)
        table_free(&table->table);
    free(table);
}

size_t pn_table_rows(const pn_table *table)
{
    return table_rows(&table->table);
}

size_t pn_table_columns(const pn_table *table)
{
    return table_columns(&table->table);
}

const char *pn_table_name(const pn_table *table, size_t column)
{
    return table_column(&table->table, column)->name;
}

const char *pn_table_unit(const pn_table *table, size_t column)
{
    const char *unit = table_column(&table->table, column)->unit;
    return unit ? unit : "";
}

const char *pn_table_meaning(const pn_table *table, size_t column)
{
    return table_column(&table->table, column)->meaning;
}

enum pn_type pn_table_type(const pn_table *table, size_t column)
{
    return (enum pn_type)table_column(&table->table, column)->type;
}

long pn_table_find(const pn_table *table, const char *name)
{
    for (size_t i = 0; i < table_columns(&table->table); i++)
        if (strcmp(table_column(&table->table, i)->name, name) == 0)
            return (long)i;
    return -1;
}

/* The cell if it has a value of one of the TYPES, bits 1 << type; else NULL. */
static const struct table_cell *table_find_cell(const pn_table *table, size_t row, size_t column,
                                                unsigned types)
{
    const struct table *t = &table->table;
    if (row >= table_rows(t) || column >= table_columns(t) ||
        !(types >> table_column(t, column)->type & 1))
        return NULL;
    const struct table_cell *cell = table_at(t, row, column);
    return cell->missing ? NULL : cell;
}

#define WHOLE (1u << TABLE_INTEGER | 1u << TABLE_BOOLEAN)

bool pn_table_has(const pn_table *table, size_t row, size_t column)
{
    return table_find_cell(table, row, column, ~0u) != NULL;
}

const char *pn_table_text(const pn_table *table, size_t row, size_t column)
{
    const struct table_cell *cell = table_find_cell(table, row, column, 1u << TABLE_TEXT);
    return cell ? cell->value.text : "";
}

int64_t pn_table_integer(const pn_table *table, size_t row, size_t column)
{
    const struct table_cell *cell = table_find_cell(table, row, column, WHOLE);
    return cell ? cell->value.integer : 0;
}

double pn_table_real(const pn_table *table, size_t row, size_t column)
{
    const struct table_cell *cell = table_find_cell(table, row, column, 1u << TABLE_REAL);
    if (cell)
        return cell->value.real;
    cell = table_find_cell(table, row, column, WHOLE);
    return cell ? (double)cell->value.integer : NAN;
}

/* What WRITE makes of the table, to be freed; NULL without memory. */
static char *table_print(const pn_table *table, void (*write)(const struct table *, struct buf *))
{
    struct buf b = BUF_INIT;
    write(&table->table, &b);
    buf_str(&b, "");
    if (buf_ok(&b) && b.data)
        return b.data;
    buf_free(&b);
    return NULL;
}

char *pn_table_tsv(const pn_table *table)
{
    return table_print(table, table_tsv);
}

char *pn_table_json(const pn_table *table)
{
    return table_print(table, table_json);
}
