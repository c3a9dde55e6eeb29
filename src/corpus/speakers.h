/*
 * speakers.h - what a table says of each speaker: the gender, and whatever its other columns hold.
 *
 * Read from the published JSON {"84": "F"}, LibriSpeech's SPEAKERS.TXT, TIMIT's SPKRINFO.TXT,
 * VoxCeleb's meta file, or any table "speaker gender ..." divided by tabs, commas or blanks.  A
 * header line is recognised by a column named gender or sex; speakers are then in the column named
 * speaker, or else in the first; without a header they are the first two columns.
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
    bool timit; /* no file: the first letter of FCJF0, MABC0, ... tells */
};

/* Reads PATH; the word "timit" stands for the gender letter of TIMIT's folders, without a file.  A
 * speaker twice with different genders is an error.  Free with speakers_free. */
enum status speakers_open(struct speakers *s, const char *path, struct err *err);

/* The same from SIZE bytes in memory; NAME stands in messages. */
enum status speakers_parse(struct speakers *s, const void *bytes, size_t size, const char *name,
                           struct err *err);
void speakers_free(struct speakers *s);

/* The speaker of an utterance, its name up to the first '-' (or all of it), into NAME of SIZE. */
void speakers_of_utterance(const char *utterance, char *name, size_t size);

/* The number of SPEAKER in the table, by name or as TIMIT spells it; NAMES_NONE. */
uint32_t speakers_find(const struct speakers *s, const char *speaker);

/*
 * The gender level of UTTERANCE: of its speaker, else of an entry named as the utterance.  NULL if
 * neither is listed.  "male" and "female" for m, f, male, female in any case; other words stay as
 * they are; an empty field counts as not listed.  AUTHORS: as the published program, "M" is male
 * and anything else female.
 */
const char *speakers_gender(const struct speakers *s, const char *utterance, bool authors);

#endif
