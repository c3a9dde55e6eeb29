/*
 * listed.h - how tables name the recordings that their rows are of: by utterance, or by file.
 */
#ifndef PROPNEU_FORMATS_LISTED_H
#define PROPNEU_FORMATS_LISTED_H

#include <stddef.h>

#include "base/names.h"
#include "base/status.h"
#include "formats/folder.h"
#include "formats/lines.h"

/* The first of the headers FIELD [N] that is usual for utterances or their files; N: none.  "name"
 * and "id" are not among them: speakers and factors have such, too. */
size_t listed_column(const struct span *field, size_t n);

/* What a header says of times. */
enum time_column { TIME_NONE, TIME_START, TIME_END, TIME_DURATION };

/* What FIELD is the header of, "start_s", "Duration (ms)", "offset", and *UNIT, its seconds. */
enum time_column listed_time(struct span field, double *unit);

/*
 * Those of UTTERANCE that are files (they have folders, or the ending of a recording or of labels)
 * become the utterances of these files, as NAMING or further names them (folder_utterances); the
 * others stay, and so do their numbers.  STATUS_FORMAT, beginning with the file TABLE, where two
 * become one.
 */
enum status listed_rename(struct names *utterance, enum folder_naming naming, const char *table,
                          struct err *err);

#endif
