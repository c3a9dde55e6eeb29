/*
 * The published lists by frame, JSON {utterance: [number per 20 ms frame]}: the outer object is
 * walked member by member, so that a corpus of many hours takes two or four bytes a frame and not
 * a tree of JSON values.
 */
#include "config.h"

#include "formats/labels/framejson.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/labels/symboltable.h"

/* A JSON object read one member at a time; only the current member is held as a tree. */
struct walk {
    const char *s;
    size_t size, at;
    const char *name;
    bool begun;    /* a member was read: a comma comes before the next */
    char *key;     /* of the current member */
    json_t *value; /* its value */
};

static void framejson_skip_blanks(struct walk *w)
{
    while (w->at < w->size && w->s[w->at] && strchr(" \t\r\n", w->s[w->at]))
        w->at++;
}

/* Places are bytes: these files are often one line. */
static enum status framejson_bad(const struct walk *w, struct err *err, const char *what)
{
    return err_set(err, STATUS_FORMAT, "%s: byte %zu: %s", w->name, w->at, what);
}

/* True, and past it, if C stands next. */
static bool framejson_take(struct walk *w, char c)
{
    framejson_skip_blanks(w);
    if (w->at == w->size || w->s[w->at] != c)
        return false;
    w->at++;
    return true;
}

/* The JSON value that begins here. */
static enum status framejson_decode(struct walk *w, json_t **out, struct err *err)
{
    json_error_t at;
    framejson_skip_blanks(w);
    json_t *v = json_loadb(w->s + w->at, w->size - w->at,
                           JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &at);
    if (!v) {
        w->at += at.position > 0 ? (size_t)at.position : 0;
        return framejson_bad(w, err, at.text);
    }
    w->at += (size_t)at.position;
    *out = v;
    return STATUS_OK;
}

/* Frees the current member. */
static void walk_end(struct walk *w)
{
    free(w->key);
    json_decref(w->value);
    w->key = NULL;
    w->value = NULL;
}

/* "key": value */
static enum status framejson_decode_member(struct walk *w, struct err *err)
{
    json_t *key = NULL;
    framejson_skip_blanks(w);
    if (w->at == w->size || w->s[w->at] != '"')
        return framejson_bad(w, err, "a name in quotes is expected");
    enum status code = framejson_decode(w, &key, err);
    if (code)
        return code;
    w->key = mem_strndup(json_string_value(key), json_string_length(key));
    json_decref(key);
    if (!w->key)
        return err_nomem(err);
    if (!framejson_take(w, ':'))
        return framejson_bad(w, err, "':' is expected");
    return framejson_decode(w, &w->value, err);
}

/* The next member into W; *MORE false after the last.  The file must end there. */
static enum status walk_next(struct walk *w, bool *more, struct err *err)
{
    enum status code = STATUS_OK;
    bool first = !w->begun;
    walk_end(w);
    if (first && w->size >= 3 && memcmp(w->s, "\xef\xbb\xbf", 3) == 0)
        w->at = 3;
    if (first && !framejson_take(w, '{'))
        return framejson_bad(w, err, "not a JSON object");
    w->begun = true;
    *more = !framejson_take(w, '}');
    if (*more && !first && !framejson_take(w, ','))
        return framejson_bad(w, err, "',' or '}' is expected");
    if (*more)
        code = framejson_decode_member(w, err);
    framejson_skip_blanks(w);
    if (!*more && w->at != w->size)
        code = framejson_bad(w, err, "text after the end of the JSON object");
    return code;
}

/* One number of a list, appended to the values. */
static enum status framejson_add_value(struct framejson *f, size_t at, enum framejson_kind kind,
                                       const struct framejson_range *range, const json_t *v,
                                       const char **why)
{
    if (kind == FRAMEJSON_INDEX) {
        if (!json_is_integer(v)) {
            *why = "is not a whole number";
            return STATUS_FORMAT;
        }
        json_int_t n = json_integer_value(v);
        if (n < range->min || n > range->max) {
            *why = "is out of range";
            return STATUS_FORMAT;
        }
        f->index[at] = (int16_t)n;
        return STATUS_OK;
    }
    /* null and negative values are ways to write that there is no pitch. */
    double hz = json_is_null(v) ? 0 : json_is_number(v) ? json_number_value(v) : INFINITY;
    if (!(hz <= 1e5)) {
        *why = "is not an F0 in Hz";
        return STATUS_FORMAT;
    }
    f->value[at] = hz > 0 ? (float)hz : 0;
    return STATUS_OK;
}

/* Room for one more utterance of MORE values.  Decoded values, not the file's own numbers, say how
 * many: a file cannot make us allocate more than a few times its size. */
static bool framejson_make_room(struct framejson *f, enum framejson_kind kind, size_t more)
{
    size_t need, n = f->utterance.count;
    if (!add_size(f->start[n], more, &need))
        return false;
    bool ok = kind == FRAMEJSON_INDEX ? mem_grow(&f->index, &f->cap, need, sizeof *f->index)
                                      : mem_grow(&f->value, &f->cap, need, sizeof *f->value);
    return ok && mem_grow(&f->start, &f->start_cap, n + 2, sizeof *f->start);
}

/* The current list becomes an utterance. */
static enum status framejson_add_list(struct framejson *f, enum framejson_kind kind,
                                      const struct framejson_range *range, const struct walk *w,
                                      struct err *err)
{
    const char *why = NULL;
    uint32_t utterance = f->utterance.count;
    if (!json_is_array(w->value))
        return err_set(err, STATUS_FORMAT, "%s: %s: not a list of numbers", w->name, w->key);
    if (names_find(&f->utterance, w->key) != NAMES_NONE)
        return err_set(err, STATUS_FORMAT, "%s: utterance %s is listed twice", w->name, w->key);
    size_t n = json_array_size(w->value), from = f->start[utterance];
    if (!framejson_make_room(f, kind, n))
        return err_nomem(err);
    for (size_t i = 0; i < n; i++) {
        enum status code =
            framejson_add_value(f, from + i, kind, range, json_array_get(w->value, i), &why);
        if (code)
            return err_set(err, code, "%s: %s: frame %zu: %s %s", w->name, w->key, i,
                           kind == FRAMEJSON_INDEX ? range->what : "the value", why);
    }
    if (names_add(&f->utterance, w->key) == NAMES_NONE)
        return err_nomem(err);
    f->start[utterance + 1] = from + n;
    return STATUS_OK;
}

enum status framejson_parse(struct framejson *out, enum framejson_kind kind,
                            const struct framejson_range *range, const void *bytes, size_t size,
                            const char *name, struct err *err)
{
    struct framejson f = {.start = NULL};
    struct walk w = {.s = bytes, .size = size, .name = name};
    bool more = true;
    enum status code = STATUS_OK;
    if (!mem_grow(&f.start, &f.start_cap, 1, sizeof *f.start))
        return err_nomem(err);
    f.start[0] = 0;
    while (!code && more) {
        code = walk_next(&w, &more, err);
        if (!code && more)
            code = framejson_add_list(&f, kind, range, &w, err);
    }
    if (!code && f.utterance.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no utterances in this file", name);
    walk_end(&w);
    if (code)
        framejson_free(&f);
    else
        *out = f;
    return code;
}

void framejson_free(struct framejson *f)
{
    names_free(&f->utterance);
    free(f->start);
    free(f->index);
    free(f->value);
    *f = (struct framejson){.start = NULL};
}

/* Label W's key gets the index its value says. */
static enum status framejson_add_label(struct label_table *t, size_t *cap, const struct walk *w,
                                       struct err *err)
{
    const json_t *v = json_is_array(w->value) ? json_array_get(w->value, 0) : w->value;
    json_int_t i = json_is_integer(v) ? json_integer_value(v) : -1;
    if (i < 0 || i > LABEL_TABLE_MAX)
        return err_set(err, STATUS_FORMAT,
                       "%s: label \"%s\": not [index, count] with 0 <= index <= %d", w->name,
                       w->key, LABEL_TABLE_MAX);
    size_t index = (size_t)i;
    if (!mem_grow(&t->label, cap, index + 1, sizeof *t->label))
        return err_nomem(err);
    while (t->count <= index)
        t->label[t->count++] = NULL;
    if (t->label[index])
        return err_set(err, STATUS_FORMAT, "%s: labels \"%s\" and \"%s\" share index %zu", w->name,
                       t->label[index], w->key, index);
    t->label[index] = mem_strndup(w->key, strlen(w->key));
    return t->label[index] ? STATUS_OK : err_nomem(err);
}

bool label_table_is_json(const void *bytes, size_t size)
{
    struct walk w = {.s = bytes, .size = size};
    if (size >= 3 && memcmp(w.s, "\xef\xbb\xbf", 3) == 0)
        w.at = 3;
    framejson_skip_blanks(&w);
    return w.at < size && w.s[w.at] == '{';
}

enum status label_table_parse(struct label_table *out, const void *bytes, size_t size,
                              const char *name, struct err *err)
{
    struct label_table t = {NULL, 0};
    if (!label_table_is_json(bytes, size))
        return symbol_table_parse(out, bytes, size, name, err);
    struct walk w = {.s = bytes, .size = size, .name = name};
    size_t cap = 0;
    bool more = true;
    enum status code = STATUS_OK;
    while (!code && more) {
        code = walk_next(&w, &more, err);
        if (!code && more)
            code = framejson_add_label(&t, &cap, &w, err);
    }
    if (!code && t.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no labels in this table", name);
    walk_end(&w);
    if (code)
        label_table_free(&t);
    else
        *out = t;
    return code;
}

void label_table_free(struct label_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->label[i]);
    free(t->label);
    *t = (struct label_table){NULL, 0};
}
