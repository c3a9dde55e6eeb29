/*
 * Rows of tables are often of files, "clips/x.wav" (Common Voice), where others have utterances,
 * "x".
 */
#include "config.h"

#include "formats/listed.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* The end of S without the unit END, "_s" or "(ms)", and what divides them; false: it has none. */
static bool listed_drop_unit(struct span *s, const char *end)
{
    size_t n = strlen(end);
    if (s->n <= n || strncasecmp(s->s + s->n - n, end, n) != 0)
        return false;
    s->n -= n;
    while (s->n > 1 && strchr(" _-.", s->s[s->n - 1]))
        s->n--;
    return true;
}

enum time_column listed_time(struct span field, double *unit)
{
    static const struct {
        const char *name;
        double unit;
    } units[] = {{"(ms)", 1e-3},  {"[ms]", 1e-3}, {"_ms", 1e-3},  {"_msec", 1e-3},
                 {"(s)", 1},      {"[s]", 1},     {"_s", 1},      {"(sec)", 1},
                 {"[sec]", 1},    {"_sec", 1},    {"_secs", 1},   {"(seconds)", 1},
                 {"_seconds", 1}, {" ms", 1e-3},  {" seconds", 1}};
    static const struct {
        const char *name;
        enum time_column is;
    } names[] = {{"start", TIME_START},
                 {"begin", TIME_START},
                 {"start_time", TIME_START},
                 {"start time", TIME_START},
                 {"begin_time", TIME_START},
                 {"begin time", TIME_START},
                 {"onset", TIME_START},
                 {"xmin", TIME_START},
                 {"tmin", TIME_START},
                 {"from", TIME_START},
                 {"end", TIME_END},
                 {"stop", TIME_END},
                 {"end_time", TIME_END},
                 {"end time", TIME_END},
                 {"stop_time", TIME_END},
                 {"offset", TIME_END},
                 {"xmax", TIME_END},
                 {"tmax", TIME_END},
                 {"to", TIME_END},
                 {"finish", TIME_END},
                 {"duration", TIME_DURATION},
                 {"dur", TIME_DURATION},
                 {"length", TIME_DURATION},
                 {"len", TIME_DURATION},
                 {"segment_duration", TIME_DURATION}};
    *unit = 1;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (listed_drop_unit(&field, units[i].name)) {
            *unit = units[i].unit;
            break;
        }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (span_is(field, names[i].name))
            return names[i].is;
    return TIME_NONE;
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
