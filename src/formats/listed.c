/*
 * Rows of tables are often of files, "clips/x.wav" (Common Voice), where others have utterances,
 * "x".
 */
#include "config.h"

#include "formats/listed.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/filenames.h"

size_t listed_column(const struct span *field, size_t n)
{
    static const char *const headers[] = {
        "utterance",  "utterance_id", "utterance id", "utt",       "utt_id",
        "file",       "file_id",      "filename",     "file_name", "file name",
        "path",       "file_path",    "filepath",     "file path", "audio",
        "audio_path", "audio_file",   "audiofile",    "wav",       "wav_path",
        "wav_file",   "clip",         "clip_path",    "recording", "recording_id",
        NULL};
    for (const char *const *h = headers; *h; h++)
        for (size_t i = 0; i < n; i++)
            if (span_is(field[i], *h))
                return i;
    return n;
}

static bool listed_is_file(const char *name)
{
    return strpbrk(name, "/\\") || filename_is_input(name);
}

/* The files among UTTERANCE, with slashes, in PATH [utterance.count], and their numbers in WHICH;
 * *COUNT of them. */
static bool listed_find_files(const struct names *utterance, char **path, uint32_t *which,
                              size_t *count)
{
    for (uint32_t i = 0; i < utterance->count; i++) {
        const char *name = utterance->name[i];
        if (!listed_is_file(name))
            continue;
        if (!(path[*count] = mem_strndup(name, strlen(name))))
            return false;
        for (char *p = path[*count]; *p; p++)
            if (*p == '\\')
                *p = '/';
        which[(*count)++] = i;
    }
    return true;
}

/* The names of UTTERANCE with NAME [count] in place of those in WHICH. */
static enum status listed_replace(struct names *utterance, char *const *name, const uint32_t *which,
                                  size_t count, const char *table, struct err *err)
{
    struct names new = NAMES_INIT;
    size_t k = 0;
    for (uint32_t i = 0; i < utterance->count; i++) {
        const char *now = k < count && which[k] == i ? name[k++] : utterance->name[i];
        uint32_t at = names_add(&new, now);
        if (at == i)
            continue;
        enum status code =
            at == NAMES_NONE
                ? err_nomem(err)
                : err_set(err, STATUS_FORMAT, "%s: '%.80s' and '%.80s' are both utterance '%.80s'",
                          table, utterance->name[at], utterance->name[i], now);
        names_free(&new);
        return code;
    }
    names_free(utterance);
    *utterance = new;
    return STATUS_OK;
}

enum status listed_rename(struct names *utterance, enum folder_naming naming, const char *table,
                          struct err *err)
{
    size_t count = 0;
    char **path = mem_zeros(utterance->count, sizeof *path), **name = NULL;
    uint32_t *which = mem_array(utterance->count, sizeof *which);
    enum status code = STATUS_OK;
    if (!path || !which || !listed_find_files(utterance, path, which, &count))
        code = err_nomem(err);
    if (!code && count)
        code = folder_utterances(path, count, &naming, folder_naming_most(naming), &name, err);
    if (!code && count)
        code = listed_replace(utterance, name, which, count, table, err);
    for (size_t i = 0; i < count; i++) {
        free(path[i]);
        if (name)
            free(name[i]);
    }
    free(path);
    free(name);
    free(which);
    return code;
}
