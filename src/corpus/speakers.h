/*
 * speakers.h - what a table says of each speaker: the gender, and whatever its other columns hold.
 *
 * Read from the published JSON {"84": "F"}, LibriSpeech's SPEAKERS.TXT, TIMIT's SPKRINFO.TXT,
 * VoxCeleb's meta file, or any table "speaker gender ..." divided by tabs, commas or blanks.  A
 * header line is recognised by a column named gender or sex, or by the genders below it; speakers
 * are then in the column named speaker, or else in the first, as they are without a header. Without
 * a column of that name genders are the second column, or else another, that holds words for them.
 *
 * The other columns are known by the header's names, which may stand in a comment ("; ID |SEX|
 * ..."). Those that differ within a speaker, in tables with a line an utterance, say nothing of a
 * speaker and are passed over.
 */
#ifndef PROPNEU_CORPUS_SPEAKERS_H
#define PROPNEU_CORPUS_SPEAKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "base/status.h"

#define SPEAKERS_MAX_COLUMNS 32

struct speakers {
    struct names speaker;
    char **gender; /* [speaker.count] as it stands in the file */
    size_t cap;
    struct names column; /* the others, up to SPEAKERS_MAX_COLUMNS */
    char **value;        /* [speaker.count][column.count] */
    size_t value_cap;
    struct names utterance; /* of a table with a line each */
    uint32_t *of_utterance; /* [utterance.count] speaker, NAMES_NONE: several */
    size_t of_cap;
    struct names folded;      /* speakers in lower case and one form of Unicode */
    uint32_t (*of_folded)[2]; /* [folded.count] speakers: one, and another or NAMES_NONE */
    bool timit;               /* no file: the first letter of FCJF0, MABC0, ... tells */
};

/* Reads PATH; the word "timit" stands for the gender letter of TIMIT's folders, without a file.  A
 * speaker twice with different genders is an error.  Free with speakers_free. */
enum status speakers_open(struct speakers *s, const char *path, struct err *err);

/* The same from SIZE bytes in memory; NAME stands in messages. */
enum status speakers_parse(struct speakers *s, const void *bytes, size_t size, const char *name,
                           struct err *err);
void speakers_free(struct speakers *s);

/* Fills `folded`, for reading; false without memory. */
bool speakers_fold(struct speakers *s);

#define SPEAKER_MAX 256 /* bytes of a speaker's name with its NUL */

/*
 * The speaker of an utterance where no table tells, into NAME: its name up to the first '-' (or all
 * of it); for the headsets of a meeting all of it.
 */
void speakers_of_utterance(const char *utterance, char name[SPEAKER_MAX]);

/*
 * The speaker of the recording PATH, the utterance UTTERANCE, in the table: the one a line of the
 * table gives for it, else the longest name that begins the file's and ends there at '-', '_', '.'
 * or the end, else the name of one of its folders, the inmost first; in any letter case where no
 * name is spelled the same, and as TIMIT and VCTK spell their folders.  *ROW is NAMES_NONE where
 * there is none.  NAME gets the speaker's, as it is in the table (of TIMIT: as in the path), or as
 * speakers_of_utterance.  STATUS_MISMATCH names two speakers that fit equally.
 */
enum status speakers_match(const struct speakers *s, const char *utterance, const char *path,
                           char name[SPEAKER_MAX], uint32_t *row, struct err *err);

/* The number of SPEAKER in the table, by name or as TIMIT spells it; NAMES_NONE. */
uint32_t speakers_find(const struct speakers *s, const char *speaker);

/*
 * The gender level of SPEAKER, entry ROW of the table.  NULL if it is not listed (NAMES_NONE).
 * "male" and "female" for their words (genders.h); others stay as they are; "" for an empty field,
 * "-", "NA", "unknown" and the like.  AUTHORS: as the published program, "M" is male and anything
 * else female.
 */
const char *speakers_gender(const struct speakers *s, uint32_t row, const char *speaker,
                            bool authors);

#endif
