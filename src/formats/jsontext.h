/*
 * jsontext.h - JSON text from files that may be damaged or hostile.
 */
#ifndef PROPNEU_FORMATS_JSONTEXT_H
#define PROPNEU_FORMATS_JSONTEXT_H

#include <jansson.h>
#include <stddef.h>

#include "base/status.h"

/*
 * The JSON value in the SIZE bytes, which must be an object; free with json_decref.  Text is UTF-8,
 * or what a byte order mark says.  Refused before
 * anything is built: text that could take more than about 100 MB as values.  Refused while reading:
 * keys that stand twice, nesting deeper than 2048.  NAME stands in messages.
 */
enum status jsontext_parse(json_t **out, const void *bytes, size_t size, const char *name,
                           struct err *err);

/* The same for the file PATH. */
enum status jsontext_open(json_t **out, const char *path, struct err *err);

/* V as text, as json_dumps has it with FLAGS but for what is not printable (base/text.h), which is
 * escaped; to be freed, NULL without memory or without V. */
char *jsontext_dump(const json_t *v, size_t flags);

/* TEXT; where it is no UTF-8, every byte above 127 becomes '?'.  NULL without memory. */
json_t *jsontext_string(const char *text);

/* V as JSON has it: null for what is no number, and never -0. */
json_t *jsontext_real(double v);

#endif
