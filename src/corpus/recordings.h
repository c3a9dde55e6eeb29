/*
 * recordings.h - the recordings that are counted.
 */
#ifndef PROPNEU_CORPUS_RECORDINGS_H
#define PROPNEU_CORPUS_RECORDINGS_H

#include <stddef.h>
#include <stdint.h>
#include <stdint.h>

#include "base/names.h"
#include "base/status.h"
#include "formats/folder.h"

struct recording {
    char *path;
    char *utterance; /* folder_utterances: file name up to the first dot, where that tells apart */
    char *speaker;   /* by the name alone, or as the corpus' table has it */
    uint32_t row;    /* of the speaker in that table; NAMES_NONE */
};

struct recordings {
    struct recording *recording; /* [count], by utterance, bytewise */
    size_t count, cap;
    enum folder_naming naming; /* of the utterances: labels and pitch are to be named alike */
    size_t twins;              /* files left out: another one beside them is the same recording */
    char *twin[2];             /* the first of them, and what was taken for it */
    char **unread;             /* [unreads]: "path: why" of folders that could not be searched */
    size_t unreads;
};

/*
 * The recordings of PATH: a folder, searched with its subfolders for names libsndfile reads
 * (.flac, .wav, .ogg, ...); a recording; or a list, one path a line, relative to the list's own
 * folder, empty lines and lines that begin with '#' left out.  Whether the files of a list are
 * there shows only when they are read.  Of files of one
 * name and length in one folder (X.WAV and X.WAV.wav, x.flac and x.mp3) the one whose format stands
 * first in filename_recordings is taken; two other files of one utterance are an error naming both;
 * STATUS_NOTFOUND if there is none at all.  Free with recordings_free.
 */
enum status recordings_open(struct recordings *c, const char *path, struct err *err);
void recordings_free(struct recordings *c);

/* Keeps every N-th recording from number K on, K from 1 (shards.h). */
void recordings_shard(struct recordings *c, uint32_t k, uint32_t n);

/* Sum of corpus_hash over all utterances: stands for the set of their names. */
uint64_t recordings_names_digest(const struct recordings *c);

/* A number that tells corpora apart: of all utterances' names and file sizes. */
uint64_t recordings_digest(const struct recordings *c);

/*
 * The same for a file (its bytes) or a folder (names, sizes and times of its files); 0 for NULL
 * or what is not there.
 */
uint64_t corpus_digest_path(const char *path);

/* 64-bit FNV-1a hash of a name, never 0: summed over utterances it stands for their set. */
uint64_t corpus_hash(const char *name);

#endif
