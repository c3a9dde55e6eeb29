/*
 * pitchfile.h - pitch that was computed elsewhere.
 *
 * Read from
 *   - the published JSON {utterance: [class per 20 ms frame]}, classes -1 (none), 0, 1, 2;
 *   - the same with F0 in Hz per 20 ms frame (known by a value that is not whole or is above 2);
 *   - a table "utterance time f0" of many utterances;
 *   - a table "f0" of one utterance, a value for each 20 ms frame of the recording;
 *   - a table "time f0 [confidence]" of one utterance, or a folder of such (.tsv .csv .txt .f0),
 *     utterance = file name up to the first dot.
 * Tables are divided by tabs, commas or blanks and may have a header line.  An F0 of 0 or below,
 * "", nan or --undefined-- means no pitch.
 */
#ifndef PROPNEU_CORPUS_PITCHFILE_H
#define PROPNEU_CORPUS_PITCHFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "formats/folder.h"

enum pitch_kind {
    PITCH_CLASSES,  /* cls: one a frame of LABELS_LIST_PERIOD */
    PITCH_F0_LIST,  /* f0: one a frame of LABELS_LIST_PERIOD */
    PITCH_F0_TIMED, /* f0 at time */
};

enum { PITCH_NONE = -1, PITCH_LOW, PITCH_MID, PITCH_HIGH, PITCH_LEVELS };

/* Level names in count files: "low", "mid", "high". */
extern const char *const pitch_level_names[PITCH_LEVELS];

/* The pitch of one utterance, its own copy. */
struct pitch_track {
    enum pitch_kind kind;
    size_t count;
    int8_t *cls;  /* [count] PITCH_NONE .. PITCH_HIGH; NULL unless PITCH_CLASSES */
    float *f0;    /* [count] Hz, 0 = no pitch; NULL for classes */
    double *time; /* [count] seconds, ascending; NULL unless PITCH_F0_TIMED */
    size_t
        untimed; /* the line of the file where its values without times begin; 0: they have some */
};

void pitch_track_free(struct pitch_track *t);

struct pitchfile; /* a source */

/* Opens PATH; the files of a folder are named by NAMING, or further where that is not enough
 * (folder_utterances).  Free with pitchfile_free. */
enum status pitchfile_open(struct pitchfile **out, const char *path, enum folder_naming naming,
                           struct err *err);
void pitchfile_free(struct pitchfile *p);

/* True if the source holds classes, which are taken as they are (no tertiles). */
bool pitchfile_is_classes(const struct pitchfile *p);

size_t pitchfile_count(const struct pitchfile *p);
const char *pitchfile_utterance(const struct pitchfile *p, size_t i); /* in bytewise order */

/* The pitch of UTTERANCE; STATUS_NOTFOUND where there is none.  Safe from several threads. */
enum status pitchfile_get(const struct pitchfile *p, const char *utterance, struct pitch_track *out,
                          struct err *err);

/* The file that the pitch of UTTERANCE is read from. */
const char *pitchfile_path(const struct pitchfile *p, const char *utterance);

/* True if the first utterance's pitch is a column without times. */
bool pitchfile_untimed(const struct pitchfile *p);

/*
 * EDGES = 33rd and 66th percentiles (as the paper's authors took them; not 33.3 and 66.7) of the
 * N values of F0 [n] in Hz above 0, with linear interpolation between neighbours, like numpy's
 * default.  Sorts F0.  False, EDGES untouched, if no value is above 0.
 */
bool pitch_tertiles(float *f0, size_t n, double edges[2]);

/* The level of an F0 in Hz: none (0, negative, NaN), low below edges[0], mid below edges[1], else
 * high.  (The authors' own tool drops values equal to an edge.) */
int pitch_level(double f0, const double edges[2]);

#endif
