/*
 * filenames.h - what files are, by the ends of their names: the one list of suffixes.
 *
 * Searching folders, `propneu info` and the guard that keeps outputs from replacing inputs go by
 * it.  Label files have theirs in the table of label formats (label_format.h).
 */
#ifndef PROPNEU_FORMATS_FILENAMES_H
#define PROPNEU_FORMATS_FILENAMES_H

#include <stdbool.h>
#include <stddef.h>

/* ".flac", ...: what libsndfile reads that recordings are kept in; ends with NULL. */
extern const char *const filename_recordings[];

/* ".tsv", ...: tables of pitch; ends with NULL. */
extern const char *const filename_pitch[];

/* Bytes of the file name NAME before its endings, "utt" of utt.WAV.wav and of utt.TextGrid: those
 * of recordings, labels and pitch, as many as there are, else whatever is behind the last dot. */
size_t filename_stem(const char *name);

/* True if PATH ends in one of SUFFIX (ends with NULL), ASCII case ignored, and is not only that. */
bool filename_ends_in(const char *path, const char *const *suffix);

/* True if PATH is called as files of models, recordings or labels are, but not as propneu's own
 * results: those may well lie in the folders that they were made from. */
bool filename_is_input(const char *path);

#endif
