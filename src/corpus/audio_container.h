/*
 * audio_container.h - where a recording's bytes stand in its file, and how many its header
 * promises: what libsndfile does not tell of files that end early or whose header was never
 * finished.
 */
#ifndef PROPNEU_CORPUS_AUDIO_CONTAINER_H
#define PROPNEU_CORPUS_AUDIO_CONTAINER_H

#include <stdbool.h>
#include <sys/types.h>

#include <sndfile.h>

#include "base/status.h"

#define AUDIO_VIEW_HEAD 128

/*
 * A file as it would be with its header finished: HEAD_SIZE bytes, then the file's own from AT on.
 * No view is needed of most files (HEAD_SIZE 0).
 */
struct audio_view {
    int fd;
    unsigned char head[AUDIO_VIEW_HEAD];
    size_t head_size;
    off_t at, length; /* bytes of the file */
    off_t position;   /* in the view */
    bool never;       /* the header promises nothing, but bytes follow: it was never finished */
};

/*
 * Looks at the header of the open file FD of SIZE bytes and sets VIEW.  STATUS_FORMAT, with a
 * message that begins with PATH, where bytes are missing that the header promises.  What is no WAV
 * (RIFF, RF64, BW64), Wave64, AU or AIFF is left to libsndfile.
 */
enum status audio_container_look(struct audio_view *view, int fd, off_t size, const char *path,
                                 struct err *err);

/* For sf_open_virtual, with a struct audio_view. */
extern SF_VIRTUAL_IO audio_view_io;

#endif
