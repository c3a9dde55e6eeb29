/*
 * api_table.h - private to src/api: what a pn_table is, for those that make one.
 */
#ifndef PROPNEU_API_API_TABLE_H
#define PROPNEU_API_API_TABLE_H

#include "report/table.h"
#include <propneu/report.h>

struct pn_table {
    struct table table;
};

/*
 * A table that is being made: T is NULL without memory.  api_table_end passes it on to *OUT where
 * CODE, what became of it, is 0, and frees it otherwise.
 */
pn_table *api_table_new(void);
enum status api_table_end(pn_table **out, pn_table *t, enum status code, struct err *err);

#endif
