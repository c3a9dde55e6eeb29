/*
 * countfile_about.h - the metadata of a count file, for its reader.
 */
#ifndef PROPNEU_FORMATS_COUNTFILE_ABOUT_H
#define PROPNEU_FORMATS_COUNTFILE_ABOUT_H

#include "formats/countfile.h"

/* STATUS_FORMAT, with the file's path in front of the message. */
enum status counts_bad(const struct counts *c, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The value of KEY, which must be there. */
enum status counts_meta(const struct counts *c, const char *key, const char **value,
                        struct err *err);

/* "counts@0.5": what WHAT is called at LAMBDA percent, where that is not the file's own. */
#define COUNTS_LAMBDA_NAME 48
void counts_lambda_name(char name[COUNTS_LAMBDA_NAME], const char *what, double lambda);

/* The lambdas into C, by their own metadata; none where the file has only one. */
enum status counts_read_lambdas(struct counts *c, struct err *err);

/* The factors' names and those of their levels, from the metadata; no indices yet. */
enum status counts_read_factor_names(struct counts *c, struct err *err);

/* TEXT, metadata KEY, is N whole numbers divided by commas: into OUT [N]. */
enum status counts_read_list(const struct counts *c, const char *key, const char *text, size_t n,
                             int64_t *out, struct err *err);

/* The columns of the speakers, whose factor is read, and which of them is the default for strata;
 * none in files that have none. */
enum status counts_read_columns(struct counts *c, struct err *err);

/* What stands in the metadata of its own: model, settings, totals.  STATUS_FORMAT unless it is a
 * file of FORMAT, "propneu-counts" or "propneu-tokens". */
enum status counts_read_about(struct counts *c, const char *format, struct err *err);

#endif
