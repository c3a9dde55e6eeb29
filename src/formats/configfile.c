/*
 * Settings of the user: lines "key = value", comments and all, of which one line is replaced when a
 * setting changes.
 */
#include "config.h"

#include "formats/configfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "formats/file.h"
#include "formats/lines.h"
#include "base/mem.h"

enum { MAX_BYTES = 1 << 20 };

void config_free(struct config *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->entry[i].key);
        free(c->entry[i].value);
    }
    free(c->entry);
    free(c->path);
    *c = (struct config){0};
}

/* Divides LINE into key and value; false for a line without a setting.  *BAD: not even a comment.
 */
static bool config_divide(struct span line, struct span *key, struct span *value, bool *bad)
{
    struct span s = span_trim(line);
    const char *equals = s.n ? memchr(s.s, '=', s.n) : NULL;
    *bad = false;
    if (s.n == 0 || s.s[0] == '#')
        return false;
    *bad = !equals || equals == s.s;
    if (*bad)
        return false;
    *key = span_trim((struct span){s.s, (size_t)(equals - s.s)});
    *value = span_trim((struct span){equals + 1, s.n - (size_t)(equals - s.s) - 1});
    return true;
}

/* One more setting, of line LINE. */
static enum status config_add(struct config *c, struct span key, struct span value, size_t line,
                              struct err *err)
{
    struct config_entry e = {span_copy(key), span_copy(value), line};
    if (e.key && e.value && mem_grow(&c->entry, &c->cap, c->count + 1, sizeof e)) {
        c->entry[c->count++] = e;
        return STATUS_OK;
    }
    free(e.key);
    free(e.value);
    return err_nomem(err);
}

/* Maps PATH; one that is not there is empty. */
static enum status config_map(struct mapped *m, const char *path, struct err *err)
{
    struct stat s;
    *m = (struct mapped){NULL, 0};
    if (stat(path, &s) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return STATUS_OK;
    enum status code = mapped_open(m, path, err);
    if (!code && m->size > MAX_BYTES) {
        mapped_close(m);
        code = err_set(err, STATUS_FORMAT, "%s: more than %d bytes of settings", path, MAX_BYTES);
    }
    return code;
}

enum status config_read(struct config *c, const char *path, struct err *err)
{
    struct config made = {.path = mem_strndup(path, strlen(path))};
    struct mapped m;
    struct lines lines;
    struct span line, key, value;
    bool bad = false;
    enum status code = made.path ? config_map(&m, path, err) : err_nomem(err);
    if (code) {
        config_free(&made);
        return code;
    }
    code = lines_begin(&lines, m.data ? (const void *)m.data : "", m.size, path, err);
    while (!code && lines_next(&lines, &line)) {
        if (config_divide(line, &key, &value, &bad))
            code = config_add(&made, key, value, lines.number, err);
        else if (bad)
            code = err_set(err, STATUS_FORMAT, "%s: line %zu: 'key = value' expected", path,
                           lines.number);
    }
    mapped_close(&m);
    if (code)
        config_free(&made);
    else
        *c = made;
    return code;
}

/* The file's bytes with the last line of KEY replaced, or one more line. */
static enum status config_change(const char *path, const char *name, const char *to,
                                 struct buf *out, struct err *err)
{
    struct mapped m;
    struct lines lines;
    struct span line, key, value, found = {NULL, 0};
    bool bad;
    enum status code = config_map(&m, path, err);
    if (code)
        return code;
    const char *all = m.data ? (const char *)m.data : "";
    code = lines_begin(&lines, all, m.size, path, err);
    while (!code && lines_next(&lines, &line))
        if (config_divide(line, &key, &value, &bad) && span_is(key, name))
            found = line;
    if (!code && found.s) {
        buf_add(out, all, (size_t)(found.s - all));
        buf_printf(out, "%s = %s", name, to);
        buf_add(out, found.s + found.n, m.size - (size_t)(found.s - all) - found.n);
    } else if (!code) {
        buf_add(out, all, m.size);
        buf_printf(out, "%s%s = %s\n", m.size && all[m.size - 1] != '\n' ? "\n" : "", name, to);
    }
    mapped_close(&m);
    return code || buf_ok(out) ? code : err_nomem(err);
}

enum status config_make_folders(const char *path, struct err *err)
{
    char *copy = mem_strndup(path, strlen(path));
    enum status code = copy ? STATUS_OK : err_nomem(err);
    for (char *p = copy ? strchr(copy + 1, '/') : NULL; p && !code; p = strchr(p + 1, '/')) {
        *p = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST)
            code = err_errno(err, copy);
        *p = '/';
    }
    free(copy);
    return code;
}

enum status config_write(const char *path, const char *key, const char *value, struct err *err)
{
    struct buf text = BUF_INIT;
    struct outfile f;
    enum status code = config_change(path, key, value, &text, err);
    if (!code)
        code = config_make_folders(path, err);
    if (!code)
        code = outfile_open(&f, path, err);
    if (!code) {
        fwrite(buf_text(&text), 1, text.len, f.stream);
        code = outfile_commit(&f, err);
    }
    buf_free(&text);
    return code;
}

char *config_path(const char *variable, const char *fallback, const char *name)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    struct buf b = BUF_INIT;
    if (base && base[0] == '/')
        buf_printf(&b, "%s/propneu/%s", base, name);
    else if (home && home[0] == '/')
        buf_printf(&b, "%s/%s/propneu/%s", home, fallback, name);
    else
        return NULL;
    return b.data;
}
