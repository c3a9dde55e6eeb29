/*
 * propneu/report.h - results as tables: the answer to each question under columns that have a name,
 * a type and a unit, as the commands print them; propneu-tables(5) says what each column means.
 *
 * Layers count from 1 in arguments and in tables.  A table is independent of what it was made from.
 */
#ifndef PROPNEU_REPORT_H
#define PROPNEU_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <propneu/analysis.h>
#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pn_table pn_table;

enum pn_type { PN_TEXT, PN_INTEGER, PN_REAL, PN_BOOLEAN };

PN_API void pn_table_free(pn_table *table);

PN_API size_t pn_table_rows(const pn_table *table);
PN_API size_t pn_table_columns(const pn_table *table);
/* Of COLUMN, from 0; the unit is "" for pure numbers and text. */
PN_API const char *pn_table_name(const pn_table *table, size_t column);
PN_API const char *pn_table_unit(const pn_table *table, size_t column);
PN_API const char *pn_table_meaning(const pn_table *table, size_t column);
PN_API enum pn_type pn_table_type(const pn_table *table, size_t column);
/* The column called NAME; -1: none. */
PN_API long pn_table_find(const pn_table *table, const char *name);

/* False: there is no value (not known, or not defined), "-" in TSV and null in JSON. */
PN_API bool pn_table_has(const pn_table *table, size_t row, size_t column);
/* The value of a cell of PN_TEXT; of PN_INTEGER or PN_BOOLEAN; of any kind of number.  Without a
 * value, or of another type: "", 0, NaN.  Text has the bytes that names in files have, escapes of a
 * terminal among them. */
PN_API const char *pn_table_text(const pn_table *table, size_t row, size_t column);
PN_API int64_t pn_table_integer(const pn_table *table, size_t row, size_t column);
PN_API double pn_table_real(const pn_table *table, size_t row, size_t column);

/* The whole table as TSV under the columns' names, or as a JSON array of objects; to be freed with
 * pn_free, NULL without memory. */
PN_API char *pn_table_tsv(const pn_table *table);
PN_API char *pn_table_json(const pn_table *table);

/*
 * Questions on a count file; tables go into *OUT, to be freed with pn_table_free.  PN_NOTFOUND
 * lists what there is where a property, phone or layer is not there.
 *
 * pn_report_layers: patterns, property neurons and silhouette of PROPERTY (NULL: of every property)
 * in LAYER (0: in all).
 * pn_report_neurons: the property neurons of PROPERTY, group by group, in LAYER (0: all).
 * pn_report_groups: the groups of PROPERTY and how many phones each has.
 * pn_report_pattern: the COUNT neurons of LAYER (0: all of them) that PHONE activates most.
 * pn_report_map: the points of PROPERTY's patterns in the plane.
 * pn_report_overlap: the regions of the sets EXPRESSIONS [count], up to 8, in LAYER.
 */
PN_API enum pn_status pn_report_layers(pn_table **out, pn_analysis *analysis, const char *property,
                                       uint32_t layer, struct pn_error *error);
PN_API enum pn_status pn_report_neurons(pn_table **out, pn_analysis *analysis, const char *property,
                                        uint32_t layer, struct pn_error *error);
PN_API enum pn_status pn_report_groups(pn_table **out, pn_analysis *analysis, const char *property,
                                       struct pn_error *error);
PN_API enum pn_status pn_report_pattern(pn_table **out, pn_analysis *analysis, const char *phone,
                                        uint32_t layer, size_t count, struct pn_error *error);
PN_API enum pn_status pn_report_map(pn_table **out, pn_analysis *analysis, const char *property,
                                    uint32_t layer, struct pn_error *error);
PN_API enum pn_status pn_report_overlap(pn_table **out, pn_analysis *analysis,
                                        const char *const *expressions, size_t count,
                                        uint32_t layer, struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
