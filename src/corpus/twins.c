/*
 * Recordings that lie in a folder twice: TIMIT's SPHERE files beside their conversions (X.WAV and
 * X.WAV.wav), FLAC beside MP3.  Both count as one utterance; which is taken is told.
 */
#include "config.h"

#include "corpus/twins.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/names.h"
#include "corpus/audio.h"
#include "formats/filenames.h"

/* Conversions may pad: MP3 by up to two of its frames. */
#define TWIN_SECONDS 0.1

/* PATH without the endings of its file; NULL without memory. */
static char *twins_key(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return mem_strndup(path, (size_t)(name - path) + filename_stem(name));
}

/* Formats in the order of filename_recordings, which has lossless ones first. */
static size_t twins_rank(const char *path)
{
    size_t i = 0, n = strlen(path);
    for (; filename_recordings[i]; i++) {
        size_t k = strlen(filename_recordings[i]);
        if (n > k && strcasecmp(path + n - k, filename_recordings[i]) == 0)
            break;
    }
    return i;
}

/* True if A and B are as long, as far as their headers tell. */
static bool twins_are_alike(const char *a, const char *b)
{
    double x, y;
    return audio_seconds(&x, a, NULL) == STATUS_OK && audio_seconds(&y, b, NULL) == STATUS_OK &&
           fabs(x - y) <= TWIN_SECONDS;
}

/* Of A and B the one to be taken goes to A. */
static void twins_choose(struct recording *a, struct recording *b)
{
    size_t x = twins_rank(a->path), y = twins_rank(b->path);
    size_t m = strlen(a->path), n = strlen(b->path);
    bool other = x != y ? y < x : n != m ? n < m : strcmp(b->path, a->path) < 0;
    if (other) {
        char *path = a->path;
        a->path = b->path;
        b->path = path;
    }
}

/* B is left out for A. */
static bool twins_note(struct recordings *c, struct recording *a, struct recording *b)
{
    twins_choose(a, b);
    if (c->twins++ == 0) {
        c->twin[0] = mem_strndup(b->path, strlen(b->path));
        c->twin[1] = mem_strndup(a->path, strlen(a->path));
    }
    free(b->path);
    b->path = NULL;
    return c->twin[0] && c->twin[1];
}

enum status recordings_drop_twins(struct recordings *c, struct err *err)
{
    struct names seen = NAMES_INIT;
    uint32_t *first = mem_array(c->count, sizeof *first); /* [seen.count] */
    size_t kept = 0;
    bool ok = first != NULL;
    for (size_t i = 0; i < c->count && ok; i++) {
        char *key = twins_key(c->recording[i].path);
        uint32_t before = seen.count, at = key ? names_add(&seen, key) : NAMES_NONE;
        free(key);
        ok = at != NAMES_NONE;
        if (ok && at == before)
            first[at] = (uint32_t)i;
        else if (ok && strcmp(c->recording[first[at]].path, c->recording[i].path) != 0 &&
                 twins_are_alike(c->recording[first[at]].path, c->recording[i].path))
            ok = twins_note(c, &c->recording[first[at]], &c->recording[i]);
    }
    for (size_t i = 0; i < c->count; i++)
        if (c->recording[i].path)
            c->recording[kept++] = c->recording[i];
    c->count = kept;
    names_free(&seen);
    free(first);
    return ok ? STATUS_OK : err_nomem(err);
}
