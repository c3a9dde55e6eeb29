/*
 * manifest.h - private to src/edit: the JSON files of an edited model's folder.
 */
#ifndef PROPNEU_EDIT_MANIFEST_H
#define PROPNEU_EDIT_MANIFEST_H

#include "edit/editfolder.h"

/* A new object for config.json. */
enum status manifest_config(const struct edit_source *s, json_t **out, struct err *err);

/* One for preprocessor_config.json; NULL in *OUT where there is nothing to say. */
enum status manifest_preprocessor(const struct edit_source *s, json_t **out, struct err *err);

/* One for manifest.json. */
enum status manifest_make(const struct edit_source *s, const struct edit_record *r, json_t **out,
                          struct err *err);

/* The text of V, to be freed: numbers with as few digits as make them again. */
char *manifest_text(const json_t *v);

/* True for checkpoints whose configuration is not a config.json of its own. */
bool manifest_from_torch(const struct edit_source *s);

#endif
