/*
 * One file for each key (cachefile.h), called by the key's digest: a first line, the digest of all
 * that follows, the key with its length, the bytes.
 */
#include "config.h"

#include "formats/cachefile.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "formats/configfile.h"
#include "formats/file.h"

#define CACHE_MAGIC "propneu cache 1\n"

enum { CACHE_HEAD = sizeof CACHE_MAGIC - 1 + 64 }; /* the first line and the digest */

static const char cache_suffix[] = ".cache";

char *cache_folder(const char *name)
{
    return config_path("XDG_CACHE_HOME", ".cache", name);
}

/* The file of KEY in FOLDER, to be freed; NULL without memory. */
static char *cache_path(const char *folder, const char *key)
{
    char digest[65];
    struct buf path = BUF_INIT;
    sha256_hex(key, strlen(key), digest);
    buf_printf(&path, "%s/%s%s", folder, digest, cache_suffix);
    if (buf_ok(&path))
        return path.data;
    buf_free(&path);
    return NULL;
}

/* "LENGTH\nKEY", which the bytes follow. */
static void cache_add_key(struct buf *out, const char *key)
{
    buf_printf(out, "%zu\n%s", strlen(key), key);
}

bool cache_get(const char *folder, const char *key, struct buf *out)
{
    char *path = cache_path(folder, key), digest[65];
    struct buf head = BUF_INIT;
    struct mapped m;
    struct err ignored;
    cache_add_key(&head, key);
    if (!path || !buf_ok(&head) || mapped_open(&m, path, &ignored)) {
        free(path);
        buf_free(&head);
        return false;
    }
    bool good = m.size >= CACHE_HEAD + head.len &&
                memcmp(m.data, CACHE_MAGIC, sizeof CACHE_MAGIC - 1) == 0 &&
                memcmp(m.data + CACHE_HEAD, head.data, head.len) == 0;
    if (good) {
        sha256_hex(m.data + CACHE_HEAD, m.size - CACHE_HEAD, digest);
        good = memcmp(m.data + CACHE_HEAD - 64, digest, 64) == 0;
    }
    if (good) {
        buf_add(out, m.data + CACHE_HEAD + head.len, m.size - CACHE_HEAD - head.len);
        good = buf_ok(out);
    }
    mapped_close(&m);
    buf_free(&head);
    free(path);
    return good;
}

struct cache_entry {
    char *path;
    size_t size;
    time_t time;
    long nanoseconds;
};

struct cache_list {
    struct cache_entry *entry;
    size_t count, cap;
};

static int cache_compare(const void *a, const void *b)
{
    const struct cache_entry *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->nanoseconds < y->nanoseconds ? -1 : x->nanoseconds > y->nanoseconds;
}

/* Adds the file NAME of FOLDER, if it is one of the cache's. */
static void cache_note(struct cache_list *list, const char *folder, const char *name)
{
    size_t n = strlen(name), end = sizeof cache_suffix - 1;
    struct buf path = BUF_INIT;
    struct stat st;
    if (n != 64 + end || strcmp(name + 64, cache_suffix) != 0)
        return;
    buf_printf(&path, "%s/%s", folder, name);
    if (!buf_ok(&path) || lstat(path.data, &st) || !S_ISREG(st.st_mode) ||
        !mem_grow(&list->entry, &list->cap, list->count + 1, sizeof *list->entry)) {
        buf_free(&path);
        return;
    }
    list->entry[list->count++] =
        (struct cache_entry){path.data, (size_t)st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
}

/* Removes the oldest files of FOLDER until the others are at most LIMIT bytes. */
static void cache_shrink(const char *folder, size_t limit)
{
    struct cache_list list = {NULL, 0, 0};
    size_t total = 0;
    bool full = false;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        cache_note(&list, folder, e->d_name);
    if (dir)
        closedir(dir);
    if (list.count)
        qsort(list.entry, list.count, sizeof *list.entry, cache_compare);
    for (size_t i = list.count; i-- > 0;) {
        full = full || list.entry[i].size > limit - total;
        if (full)
            unlink(list.entry[i].path); /* nothing older is kept, either */
        else
            total += list.entry[i].size;
        free(list.entry[i].path);
    }
    free(list.entry);
}

bool cache_put(const char *folder, const char *key, const void *bytes, size_t size, size_t limit)
{
    char *path = cache_path(folder, key), digest[65];
    struct buf body = BUF_INIT;
    struct outfile f;
    struct err ignored;
    cache_add_key(&body, key);
    buf_add(&body, bytes, size);
    bool kept = path && buf_ok(&body) && !config_make_folders(path, &ignored) &&
                !outfile_open(&f, path, &ignored);
    if (kept) {
        sha256_hex(body.data, body.len, digest);
        fwrite(CACHE_MAGIC, 1, sizeof CACHE_MAGIC - 1, f.stream);
        fwrite(digest, 1, 64, f.stream);
        fwrite(body.data, 1, body.len, f.stream);
        kept = !outfile_commit(&f, &ignored);
    }
    if (kept)
        cache_shrink(folder, limit);
    buf_free(&body);
    free(path);
    return kept;
}
