/*
 * Searching folders for files, links followed but each folder only once; and the name of an
 * utterance from the path of its file.
 */
#include "config.h"

#include "formats/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/names.h"
#include "formats/filenames.h"

/* Folders within folders beyond this are not data. */
#define MAX_DEPTH 64

struct search {
    struct folder_files files;
    const char *const *suffix; /* of the files wanted, ended by NULL */
    struct buf path;           /* of the current entry */
    struct names entered; /* "device:inode" of the folders seen: links may lead back or across */
    unsigned depth;       /* folders below the first, at most MAX_DEPTH */
};

/* Adds the current path to the files found. */
static enum status search_add_file(struct search *s, struct err *err)
{
    struct folder_files *f = &s->files;
    if (!mem_grow(&f->path, &f->cap, f->count + 1, sizeof *f->path))
        return err_nomem(err);
    f->path[f->count] = mem_strndup(buf_text(&s->path), s->path.len);
    if (!f->path[f->count])
        return err_nomem(err);
    f->count++;
    return STATUS_OK;
}

/* Adds the current path, which may not be read, to those that are reported. */
static enum status search_pass_over(struct search *s, struct err *err)
{
    struct folder_files *f = &s->files;
    struct err why;
    err_errno(&why, buf_text(&s->path));
    if (!mem_grow(&f->unread, &f->unread_cap, f->unreads + 1, sizeof *f->unread))
        return err_nomem(err);
    f->unread[f->unreads] = mem_strndup(why.msg, strlen(why.msg));
    if (!f->unread[f->unreads])
        return err_nomem(err);
    f->unreads++;
    return STATUS_OK;
}

/* Notes the folder; *AGAIN if it was there before. */
static enum status search_enter(struct search *s, const struct stat *st, bool *again,
                                struct err *err)
{
    char id[48];
    snprintf(id, sizeof id, "%ju:%ju", (uintmax_t)st->st_dev, (uintmax_t)st->st_ino);
    *again = names_find(&s->entered, id) != NAMES_NONE;
    return names_add(&s->entered, id) == NAMES_NONE ? err_nomem(err) : STATUS_OK;
}

static enum status search_list(struct search *s, const struct stat *st, struct err *err);

/* The entry whose path stands in S: a folder is entered, a file that is wanted is noted. */
static enum status search_visit(struct search *s, const char *name, struct err *err)
{
    struct stat st;
    if (!buf_ok(&s->path))
        return err_nomem(err);
    if (stat(buf_text(&s->path), &st) != 0) {
        if (errno == ENOENT || errno == ELOOP) /* a link to nowhere */
            return STATUS_OK;
        return errno == EACCES ? search_pass_over(s, err) : err_errno(err, buf_text(&s->path));
    }
    if (S_ISDIR(st.st_mode))
        return search_list(s, &st, err);
    return S_ISREG(st.st_mode) && filename_ends_in(name, s->suffix) ? search_add_file(s, err)
                                                                    : STATUS_OK;
}

static int entry_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int entries_by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/*
 * The entries of the folder whose path is in S, in order of their names, unless it was entered
 * before.
 */
static enum status search_list(struct search *s, const struct stat *st, struct err *err)
{
    struct dirent **entry = NULL;
    size_t len = s->path.len;
    bool again;
    enum status code = search_enter(s, st, &again, err);
    if (code || again)
        return code;
    if (s->depth == MAX_DEPTH)
        return err_set(err, STATUS_UNSUPPORTED, "%s: more than %d folders within each other",
                       buf_text(&s->path), MAX_DEPTH);
    /* In order of names, so that of several ways to a folder the same is taken everywhere. */
    int entries = scandir(buf_text(&s->path), &entry, entry_visible, entries_by_bytes);
    if (entries < 0)
        return errno == EACCES && s->depth ? search_pass_over(s, err)
                                           : err_errno(err, buf_text(&s->path));
    s->depth++;
    for (int i = 0; i < entries; i++) {
        if (!code) {
            const char *slash = buf_text(&s->path)[len - 1] == '/' ? "" : "/";
            buf_printf(&s->path, "%s%s", slash, entry[i]->d_name);
            code = search_visit(s, entry[i]->d_name, err);
        }
        if (!code) {
            s->path.len = len;
            s->path.data[len] = '\0';
        }
        free(entry[i]);
    }
    free(entry);
    s->depth--;
    return code;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum status folder_find(struct folder_files *out, const char *folder, const char *const *suffix,
                        struct err *err)
{
    struct search s = {.suffix = suffix, .path = BUF_INIT, .entered = NAMES_INIT};
    struct stat st;
    enum status code;
    buf_str(&s.path, folder);
    if (!buf_ok(&s.path))
        code = err_nomem(err);
    else if (stat(folder, &st) != 0)
        code = err_errno(err, folder);
    else if (!S_ISDIR(st.st_mode))
        code = err_set(err, STATUS_IO, "%s: not a folder", folder);
    else
        code = search_list(&s, &st, err);
    buf_free(&s.path);
    names_free(&s.entered);
    if (code) {
        folder_files_free(&s.files);
        return code;
    }
    if (s.files.count)
        qsort(s.files.path, s.files.count, sizeof *s.files.path, by_bytes);
    *out = s.files;
    return STATUS_OK;
}

void folder_files_free(struct folder_files *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->path[i]);
    free(f->path);
    for (size_t i = 0; i < f->unreads; i++)
        free(f->unread[i]);
    free(f->unread);
    *f = (struct folder_files){0};
}

bool folder_is(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Corpora whose file names repeat: by the name, and that of a folder UP levels above the file. */
static const struct {
    const char *name, *folder;
    unsigned up;
} repeating[] = {
    {"[Ss][AaIiXx][0-9]*", "[FfMm][A-Za-z][A-Za-z][A-Za-z][0-9]", 1}, /* TIMIT */
    {"[0-9][0-9][0-9][0-9][0-9]", "id[0-9][0-9][0-9][0-9][0-9]", 2},  /* VoxCeleb */
};

/* Where the name begins of the folder UP levels above what begins at AT; NULL if there is none. */
static const char *folder_above(const char *path, const char *at, unsigned up)
{
    for (; up > 0 && at > path; up--) {
        const char *end = at - 1; /* the slash */
        for (at = end; at > path && at[-1] != '/';)
            at--;
        if (at == end)
            return NULL;
    }
    return up ? NULL : at;
}

static bool is_like(const char *pattern, const char *s, size_t n)
{
    char word[64];
    if (n >= sizeof word)
        return false;
    memcpy(word, s, n);
    word[n] = '\0';
    return fnmatch(pattern, word, 0) == 0;
}

/* The file name of PATH up to the first dot, or without its endings, behind the folders that tell
 * it apart in some corpora, and any of BEFORE. */
static char *folder_name(const char *before, const char *path, bool stem)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *from = name;
    size_t n = stem ? filename_stem(name) : strcspn(name, ".");
    for (size_t i = 0; i < sizeof repeating / sizeof *repeating && from == name; i++) {
        const char *folder = folder_above(path, name, repeating[i].up);
        if (!*before && folder && is_like(repeating[i].name, name, n) &&
            is_like(repeating[i].folder, folder, strcspn(folder, "/")))
            from = folder;
    }
    struct buf b = BUF_INIT;
    buf_str(&b, before);
    size_t folders = b.len;
    buf_add(&b, from, (size_t)(name - from) + n);
    char *utterance = buf_ok(&b) ? mem_strndup(buf_text(&b), b.len) : NULL;
    buf_free(&b);
    for (char *s = utterance ? utterance + folders : NULL; s && *s; s++)
        if (*s == '/')
            *s = '-';
    return utterance;
}

char *folder_utterance(const char *path)
{
    return folder_name("", path, false);
}

char *folder_stem(const char *path)
{
    return folder_name("", path, true);
}

/* The folder of PATH that begins at AT: its length, 0 behind the last. */
static size_t folder_length(const char *at)
{
    const char *slash = strchr(at, '/');
    return slash ? (size_t)(slash - at) : 0;
}

/* True if folder number DEPTH is the same in all N paths. */
static bool folder_is_common(char *const *path, size_t n, size_t depth)
{
    const char *first = NULL;
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        const char *at = path[i];
        for (size_t d = 0; d < depth && folder_length(at) + (*at == '/'); d++)
            at += folder_length(at) + 1;
        size_t k = folder_length(at);
        if (i && (k != length || memcmp(at, first, k) != 0))
            return false;
        first = at;
        length = k;
    }
    return true;
}

enum { MAX_FOLDERS = 64 };

/* The folders of PATH that are not COMMON to all paths, each with '-' behind it. */
static void folder_add_varying(struct buf *b, const char *path, const bool *common)
{
    const char *at = path;
    for (size_t d = 0; d < MAX_FOLDERS && strchr(at, '/'); d++) {
        size_t k = folder_length(at);
        if (!common[d] && k) {
            buf_add(b, at, k);
            buf_str(b, "-");
        }
        at += k + 1;
    }
}

/* The names of the N paths under one NAMING. */
static bool folder_name_by(enum folder_naming naming, char *const *path, size_t n, char **name)
{
    bool common[MAX_FOLDERS], ok = true;
    for (size_t d = 0; d < MAX_FOLDERS && naming == FOLDER_PATHS; d++)
        common[d] = folder_is_common(path, n, d);
    for (size_t i = 0; i < n && ok; i++) {
        struct buf before = BUF_INIT;
        if (naming == FOLDER_PATHS)
            folder_add_varying(&before, path[i], common);
        name[i] = folder_name(buf_text(&before), path[i], naming != FOLDER_FIRST_DOT);
        ok = buf_ok(&before) && name[i];
        buf_free(&before);
    }
    return ok;
}

/* True if no two of the names are equal. */
static bool folder_names_differ(char *const *name, size_t n, bool *differ)
{
    struct names all = NAMES_INIT;
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++)
        ok = names_add(&all, name[i]) != NAMES_NONE;
    *differ = all.count == n;
    names_free(&all);
    return ok;
}

static void folder_names_free(char **name, size_t n)
{
    for (size_t i = 0; name && i < n; i++)
        free(name[i]);
    free(name);
}

enum status folder_utterances(char *const *path, size_t n, enum folder_naming *naming,
                              enum folder_naming most, char ***out, struct err *err)
{
    enum folder_naming tried = *naming, least = *naming;
    for (bool again = false;; again = true) {
        char **name = mem_zeros(n, sizeof *name);
        bool differ;
        if (!name || !folder_name_by(tried, path, n, name) ||
            !folder_names_differ(name, n, &differ)) {
            folder_names_free(name, n);
            return err_nomem(err);
        }
        if (differ || (again && tried == least)) {
            *naming = tried;
            *out = name;
            return STATUS_OK;
        }
        folder_names_free(name, n);
        /* Where nothing helps, messages are of the plain names. */
        tried = tried < most ? tried + 1 : least;
    }
}
