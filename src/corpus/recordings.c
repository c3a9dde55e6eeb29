/*
 * The recordings of a corpus, in the order of their names, and numbers that stand for them.
 */
#include "config.h"

#include "corpus/recordings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "corpus/speakers.h"
#include "formats/file.h"
#include "formats/filenames.h"
#include "formats/folder.h"
#include "formats/lines.h"
#include "formats/utf.h"
#include "base/mem.h"
#include "corpus/twins.h"

#define HASH_START 14695981039346656037u

/* FNV-1a over N bytes, going on from H. */
static uint64_t hash_bytes(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 1099511628211u;
    return h;
}

static uint64_t hash_number(uint64_t h, uint64_t v)
{
    unsigned char b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (unsigned char)(v >> 8 * i);
    return hash_bytes(h, b, sizeof b);
}

uint64_t corpus_hash(const char *name)
{
    uint64_t h = hash_bytes(HASH_START, name, strlen(name));
    /* Mixed by SplitMix64's last steps, so that sums of similar names do not meet. */
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    h ^= h >> 31;
    return h ? h : 1;
}

static void recording_free(struct recording *r)
{
    free(r->path);
    free(r->utterance);
    free(r->speaker);
}

void recordings_free(struct recordings *c)
{
    for (size_t i = 0; i < c->count; i++)
        recording_free(&c->recording[i]);
    free(c->recording);
    for (size_t i = 0; i < c->unreads; i++)
        free(c->unread[i]);
    free(c->unread);
    free(c->twin[0]);
    free(c->twin[1]);
    *c = (struct recordings){0};
}

static enum status recordings_add(struct recordings *c, const char *path, struct err *err)
{
    struct recording r = {.path = mem_strndup(path, strlen(path)), .row = NAMES_NONE};
    if (!r.path || !mem_grow(&c->recording, &c->cap, c->count + 1, sizeof *c->recording)) {
        recording_free(&r);
        return err_nomem(err);
    }
    c->recording[c->count++] = r;
    return STATUS_OK;
}

static enum status recordings_open_folder(struct recordings *c, const char *path, struct err *err)
{
    struct folder_files files = {0};
    enum status code = folder_find(&files, path, filename_recordings, err);
    if (code)
        return code;
    for (size_t i = 0; i < files.count && !code; i++)
        code = recordings_add(c, files.path[i], err);
    c->unread = files.unread;
    c->unreads = files.unreads;
    files.unread = NULL;
    files.unreads = 0;
    folder_files_free(&files);
    return code;
}

/* A list that was written on Windows: where the path is nothing here, but is with slashes. */
static void recordings_turn_slashes(struct buf *path)
{
    if (!buf_ok(path) || !strchr(buf_text(path), '\\') || access(buf_text(path), F_OK) == 0)
        return;
    for (char *p = path->data; *p; p++)
        if (*p == '\\')
            *p = '/';
}

/* One line of the list PATH, LINE [n]; it may stand in quotes. */
static enum status recordings_add_line(struct recordings *c, const char *path, const char *line,
                                       size_t n, struct err *err)
{
    const char *slash = strrchr(path, '/');
    struct buf full = BUF_INIT;
    struct span quoted;
    while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t' || line[n - 1] == '\r'))
        n--;
    while (n > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        n--;
    }
    if (n == 0 || *line == '#')
        return STATUS_OK;
    quoted = (struct span){line, n};
    if (n > 2 && *line == '"' && line[n - 1] == '"')
        quoted = (struct span){line + 1, n - 2};
    if (*quoted.s != '/' && slash)
        buf_add(&full, path, (size_t)(slash - path) + 1);
    buf_add(&full, quoted.s, quoted.n);
    recordings_turn_slashes(&full);
    enum status code = buf_ok(&full) ? recordings_add(c, buf_text(&full), err) : err_nomem(err);
    buf_free(&full);
    return code;
}

/* Reads a text of one path a line. Very long lines and zero bytes mean that some other file was
 * given. */
static enum status recordings_read_list(struct recordings *c, const char *path, const char *text,
                                        size_t size, struct err *err)
{
    size_t line = 1, n;
    enum status code = STATUS_OK;
    size_t at = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* a UTF-8 mark */
    for (; at < size && !code; at += n + 1, line++) {
        const char *stop = memchr(text + at, '\n', size - at);
        n = stop ? (size_t)(stop - text) - at : size - at;
        if (n > 16384 || memchr(text + at, '\0', n))
            code =
                err_set(err, STATUS_FORMAT,
                        "%s: line %zu: neither a recording nor a list of recordings", path, line);
        else
            code = recordings_add_line(c, path, text + at, n, err);
    }
    return code;
}

/* The shells of Windows write lists in UTF-16; names in another encoding are bytes. */
static enum status recordings_open_list(struct recordings *c, const char *path, struct err *err)
{
    struct mapped m;
    char *owned = NULL;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    struct span text = {(const char *)m.data, m.size};
    if (utf_is_utf16(m.data, m.size))
        code = utf_decode(&text, &owned, m.data, m.size, path, err);
    if (!code)
        code = recordings_read_list(c, path, text.s, text.n, err);
    free(owned);
    mapped_close(&m);
    return code;
}

static int recordings_compare(const void *a, const void *b)
{
    const struct recording *x = a, *y = b;
    int order = strcmp(x->utterance, y->utterance);
    return order ? order : strcmp(x->path, y->path);
}

/* Names the recordings, and their speakers as far as the names tell. */
static enum status recordings_name(struct recordings *c, struct err *err)
{
    char **path = mem_array(c->count, sizeof *path), **name = NULL;
    if (!path)
        return err_nomem(err);
    for (size_t i = 0; i < c->count; i++)
        path[i] = c->recording[i].path;
    c->naming = FOLDER_FIRST_DOT;
    enum status code = folder_utterances(path, c->count, &c->naming, FOLDER_PATHS, &name, err);
    for (size_t i = 0; i < c->count && !code; i++) {
        char speaker[SPEAKER_MAX];
        c->recording[i].utterance = name[i];
        speakers_of_utterance(name[i], speaker);
        c->recording[i].speaker = mem_strndup(speaker, strlen(speaker));
    }
    for (size_t i = 0; i < c->count && !code; i++)
        if (!c->recording[i].speaker)
            code = err_nomem(err);
    free(name);
    free(path);
    return code;
}

enum status recordings_open(struct recordings *out, const char *path, struct err *err)
{
    struct recordings c = {0};
    enum status code;
    if (folder_is(path))
        code = recordings_open_folder(&c, path, err);
    else if (filename_ends_in(path, filename_recordings))
        code = recordings_add(&c, path, err);
    else
        code = recordings_open_list(&c, path, err);
    if (!code && c.count == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: holds no recordings", path);
    if (!code)
        code = recordings_drop_twins(&c, err);
    if (!code)
        code = recordings_name(&c, err);
    if (!code)
        qsort(c.recording, c.count, sizeof *c.recording, recordings_compare);
    for (size_t i = 1; i < c.count && !code; i++)
        if (strcmp(c.recording[i - 1].utterance, c.recording[i].utterance) == 0)
            code = err_set(err, STATUS_MISMATCH, "%s and %s are both utterance '%s'",
                           c.recording[i - 1].path, c.recording[i].path, c.recording[i].utterance);
    if (code)
        recordings_free(&c);
    else
        *out = c;
    return code;
}

void recordings_shard(struct recordings *c, uint32_t k, uint32_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++)
        if (i % n == k - 1)
            c->recording[kept++] = c->recording[i];
        else
            recording_free(&c->recording[i]);
    c->count = kept;
}

uint64_t recordings_names_digest(const struct recordings *c)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < c->count; i++)
        sum += corpus_hash(c->recording[i].utterance);
    return sum;
}

uint64_t recordings_digest(const struct recordings *c)
{
    uint64_t h = HASH_START;
    struct stat st;
    for (size_t i = 0; i < c->count; i++) {
        const struct recording *r = &c->recording[i];
        h = hash_bytes(h, r->utterance, strlen(r->utterance) + 1);
        h = hash_number(h, stat(r->path, &st) == 0 ? (uint64_t)st.st_size : UINT64_MAX);
    }
    return h;
}

static uint64_t digest_folder(const char *path)
{
    static const char *const any[] = {"", NULL};
    struct folder_files files = {0};
    struct stat st;
    uint64_t h = HASH_START;
    if (folder_find(&files, path, any, NULL))
        return 0;
    for (size_t i = 0; i < files.count; i++)
        if (stat(files.path[i], &st) == 0) {
            h = hash_bytes(h, files.path[i], strlen(files.path[i]) + 1);
            h = hash_number(h, (uint64_t)st.st_size);
            h = hash_number(h, (uint64_t)st.st_mtim.tv_sec);
            h = hash_number(h, (uint64_t)st.st_mtim.tv_nsec);
        }
    folder_files_free(&files);
    return h;
}

uint64_t corpus_digest_path(const char *path)
{
    struct mapped m;
    if (!path)
        return 0;
    if (folder_is(path))
        return digest_folder(path);
    if (mapped_open(&m, path, NULL))
        return 0;
    uint64_t h = hash_bytes(HASH_START, m.data, m.size);
    mapped_close(&m);
    return h;
}
