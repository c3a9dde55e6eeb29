/*
 * folder.h - the files under a folder.
 */
#ifndef PROPNEU_FORMATS_FOLDER_H
#define PROPNEU_FORMATS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Paths, bytewise sorted. */
struct folder_files {
    char **path; /* [count] */
    size_t count, cap;
    char **unread; /* [unreads]: "path: why" of folders below that could not be searched */
    size_t unreads, unread_cap;
};

/*
 * Every regular file under FOLDER, at any depth, whose name ends in one of SUFFIX (a list that
 * ends with NULL; ASCII case ignored; e.g. ".flac").  Names that begin with a dot are skipped.
 * Links are followed, and a folder that several ways lead to is entered once.  A folder below that
 * may not be read is passed over and noted.
 */
enum status folder_find(struct folder_files *out, const char *folder, const char *const *suffix,
                        struct err *err);
void folder_files_free(struct folder_files *f);

/* True if PATH is a folder. */
bool folder_is(const char *path);

/*
 * The utterance a file belongs to: its name up to the first dot.  In corpora whose names repeat
 * from speaker to speaker the folders that tell them apart stand in front, joined by '-':
 * "FCJF0-SA1" in TIMIT, "id10001-1zcIwhmdeo4-00001" in VoxCeleb.  NULL without memory.
 */
char *folder_utterance(const char *path);

/* The same without the endings of files alone: "ES2002a.Headset-0" of ES2002a.Headset-0.wav. */
char *folder_stem(const char *path);

/* How the utterances of a corpus are named, from the shortest on. */
enum folder_naming {
    FOLDER_FIRST_DOT, /* folder_utterance */
    FOLDER_STEMS,     /* folder_stem */
    FOLDER_PATHS,     /* folder_stem behind the folders that differ among the files */
};

/*
 * The utterances of N files, OUT [n], each and the list to be freed: by the first naming from
 * *NAMING to MOST that gives every file a name of its own, which *NAMING becomes; where none does,
 * as *NAMING says.
 */
enum status folder_utterances(char *const *path, size_t n, enum folder_naming *naming,
                              enum folder_naming most, char ***out, struct err *err);

/* How far to go with files that belong to recordings named by NAMING. */
static inline enum folder_naming folder_naming_most(enum folder_naming naming)
{
    return naming == FOLDER_PATHS ? FOLDER_PATHS : FOLDER_STEMS;
}

#endif
