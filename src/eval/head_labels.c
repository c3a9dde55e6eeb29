/*
 * The names of a head's classes, as those who train heads keep them.
 */
#include "config.h"

#include "eval/head_labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/file.h"
#include "formats/jsontext.h"
#include "base/mem.h"

/* Adds the name of the next class. Names must differ: speakers and phones are looked up by them. */
static enum status labels_add(struct head *h, const struct checkpoint *c, const char *label,
                              struct err *err)
{
    uint32_t before = h->label.count;
    if (!label)
        return err_set(err, STATUS_FORMAT, "%s: label %u of the head is not a string", c->path,
                       before);
    if (names_find(&h->label, label) != NAMES_NONE)
        return err_set(err, STATUS_FORMAT, "%s: label '%.60s' of the head is listed twice", c->path,
                       label);
    return names_add(&h->label, label) == before ? STATUS_OK : err_nomem(err);
}

/* The names must be as many as the rows of the head's matrix. */
static enum status wrong_count(const struct head *h, const struct checkpoint *c, size_t count,
                               struct err *err)
{
    return err_set(err, STATUS_FORMAT, "%s: %zu labels for the %u classes of the head", c->path,
                   count, h->classes);
}

/* A list of labels, or Hugging Face's {"0": label, ...}. */
static enum status take_classes(struct head *h, const struct checkpoint *c, const json_t *labels,
                                struct err *err)
{
    bool list = json_is_array(labels);
    size_t count = list ? json_array_size(labels) : json_object_size(labels);
    enum status code = STATUS_OK;
    if (count != h->classes)
        return wrong_count(h, c, count, err);
    for (size_t i = 0; i < count && !code; i++) {
        char key[24];
        snprintf(key, sizeof key, "%zu", i);
        code = labels_add(
            h, c,
            json_string_value(list ? json_array_get(labels, i) : json_object_get(labels, key)),
            err);
    }
    return code;
}

/* NAME in the folder that C is or lies in, to be freed; NULL without memory. */
static char *path_next_to(const struct checkpoint *c, const char *name)
{
    const char *slash = strrchr(c->path, '/');
    struct buf b = BUF_INIT;
    if (c->layout == CHECKPOINT_FOLDER)
        buf_printf(&b, "%s/%s", c->path, name);
    else
        buf_printf(&b, "%.*s%s", slash ? (int)(slash + 1 - c->path) : 0, c->path, name);
    if (buf_ok(&b))
        return b.data;
    buf_free(&b);
    return NULL;
}

enum status head_labels_classes(struct head *h, const struct checkpoint *c, struct err *err)
{
    static const char *const source = "source_config.json";
    const json_t *labels = json_object_get(c->config, "head_labels");
    json_t *other = NULL;
    if (!labels)
        labels = json_object_get(json_object_get(c->config, "Downstream"), "labels");
    if (!labels)
        labels = json_object_get(c->config, "id2label");
    /* Edited folders keep there what a torch file held besides its weights. */
    char *path = labels ? NULL : path_next_to(c, source);
    if (path && jsontext_open(&other, path, NULL) == STATUS_OK)
        labels = json_object_get(json_object_get(other, "Downstream"), "labels");
    enum status code =
        json_is_array(labels) || json_is_object(labels)
            ? take_classes(h, c, labels, err)
            : err_set(err, STATUS_NOTFOUND,
                      "%s: the names of the head's classes are missing (id2label, head_labels)",
                      c->path);
    json_decref(other);
    free(path);
    return code;
}

/* NAME [classes], NULL where a class has none, into the head. */
static enum status take_names(struct head *h, const struct checkpoint *c, const char *const *name,
                              struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < h->classes && !code; i++) {
        char none[24];
        snprintf(none, sizeof none, "<%u>", i);
        code = labels_add(h, c, name[i] ? name[i] : none, err);
    }
    return code;
}

/* Hugging Face's vocab.json, {token: class}: each class has one token at most. NAME [classes], all
 * NULL before, borrows the tokens. */
static enum status take_vocabulary(struct head *h, const struct checkpoint *c, const char *path,
                                   json_t *vocabulary, const char **name, struct err *err)
{
    const char *token;
    json_t *number;
    json_object_foreach(vocabulary, token, number)
    {
        json_int_t i = json_is_integer(number) ? json_integer_value(number) : -1;
        if (i < 0 || i >= h->classes)
            return err_set(err, STATUS_FORMAT,
                           "%s: token '%.60s' is not one of the head's %u classes", path, token,
                           h->classes);
        if (name[i])
            return err_set(err, STATUS_FORMAT, "%s: tokens '%.60s' and '%.60s' have the same class",
                           path, name[i], token);
        name[i] = token;
    }
    return take_names(h, c, name, err);
}

enum status head_labels_vocabulary(struct head *h, const struct checkpoint *c, struct err *err)
{
    const json_t *pad = json_object_get(c->config, "pad_token_id");
    /* In transformers the padding token is the CTC blank, number 0 unless the configuration says
     * so. */
    json_int_t blank = json_is_integer(pad) ? json_integer_value(pad) : 0;
    char *path = path_next_to(c, "vocab.json");
    const char **name = mem_zeros(h->classes, sizeof *name);
    json_t *vocabulary = NULL;
    enum status code = path && name ? jsontext_open(&vocabulary, path, err) : err_nomem(err);
    if (!code && (blank < 0 || blank >= h->classes))
        code = err_set(err, STATUS_FORMAT, "%s: pad_token_id is not one of the head's %u classes",
                       c->path, h->classes);
    if (!code)
        code = take_vocabulary(h, c, path, vocabulary, name, err);
    h->blank = (int)blank;
    json_decref(vocabulary);
    free(name);
    free(path);
    return code;
}

/* A line without what ends it, to be freed; NULL without memory. */
static char *line_at(const struct mapped *m, size_t at, size_t *next)
{
    const char *text = (const char *)m->data, *stop = memchr(text + at, '\n', m->size - at);
    size_t n = stop ? (size_t)(stop - text) - at : m->size - at;
    *next = at + n + 1;
    while (n > 0 && (text[at + n - 1] == '\r' || text[at + n - 1] == ' '))
        n--;
    return mem_strndup(text + at, n);
}

/* Adds the lines of PATH; with COUNTED each is "symbol count". */
static enum status read_lines(struct head *h, const struct checkpoint *c, const char *path,
                              bool counted, struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    for (size_t at = 0; at < m.size && !code;) {
        char *line = line_at(&m, at, &at), *blank = line && counted ? strrchr(line, ' ') : NULL;
        if (blank)
            *blank = '\0';
        if (!line)
            code = err_nomem(err);
        else if (*line && h->label.count >= h->classes)
            code = wrong_count(h, c, h->label.count + 1u, err);
        /* Blank lines are passed over at the end, in dictionaries everywhere. */
        else if (*line || (at < m.size && !counted))
            code = labels_add(h, c, line, err);
        free(line);
    }
    mapped_close(&m);
    return code || h->label.count == h->classes ? code : wrong_count(h, c, h->label.count, err);
}

enum status head_labels_lines(struct head *h, const struct checkpoint *c, const char *path,
                              struct err *err)
{
    return read_lines(h, c, path, false, err);
}

enum status head_labels_token_lines(struct head *h, const struct checkpoint *c, const char *path,
                                    struct err *err)
{
    static const char *const first[] = {"<pad>", "<eos>", "<unk>"};
    enum status code = STATUS_OK;
    h->blank = 0;
    for (size_t i = 0; i < 3 && !code; i++)
        code = labels_add(h, c, first[i], err);
    return code ? code : read_lines(h, c, path, false, err);
}

enum status head_labels_tokens(struct head *h, const struct checkpoint *c, struct err *err)
{
    static const char *const names[] = {"phoneme.txt", "vocab.txt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = path_next_to(c, names[i]);
        struct mapped m;
        bool there = path && mapped_open(&m, path, NULL) == STATUS_OK;
        if (there)
            mapped_close(&m);
        enum status code = !path   ? err_nomem(err)
                           : there ? head_labels_token_lines(h, c, path, err)
                                   : STATUS_OK;
        free(path);
        if (there || code)
            return code;
    }
    return err_set(
        err, STATUS_NOTFOUND,
        "%s: the symbols of the head are neither in it nor in a phoneme.txt or vocab.txt "
        "next to it: --head-labels",
        c->path);
}

enum status head_labels_blank(struct head *h, const struct checkpoint *c, struct err *err)
{
    h->blank = 0;
    return head_labels_classes(h, c, err);
}

enum status head_labels_numbers(struct head *h, const struct checkpoint *c, struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < h->classes && !code; i++) {
        char number[16];
        snprintf(number, sizeof number, "%u", i);
        code = labels_add(h, c, number, err);
    }
    return code;
}

/* Lines "symbol count" behind the four symbols that every dictionary begins with. */
static enum status read_dictionary(struct head *h, const struct checkpoint *c, const char *path,
                                   struct err *err)
{
    /* fairseq's Dictionary numbers these before the symbols of its file. */
    static const char *const first[] = {"<s>", "<pad>", "</s>", "<unk>"};
    enum status code = STATUS_OK;
    for (size_t i = 0; i < 4 && !code; i++)
        code = labels_add(h, c, first[i], err);
    return code ? code : read_lines(h, c, path, true, err);
}

enum status head_labels_dictionary(struct head *h, const struct checkpoint *c, struct err *err)
{
    static const char *const names[] = {"dict.phn.txt", "dict.ltr.txt", "dict.txt"};
    const json_t *task = json_object_get(c->config, "task_state");
    const json_t *symbols = json_object_get(json_object_get(task, "target_dictionary"), "symbols");
    enum status code = STATUS_NOTFOUND;
    h->blank = 0; /* fairseq's CTC loss takes <s> */
    if (json_is_array(symbols))
        return take_classes(h, c, symbols, err);
    for (size_t i = 0; i < sizeof names / sizeof *names && code == STATUS_NOTFOUND; i++) {
        char *path = path_next_to(c, names[i]);
        struct mapped m;
        if (!path)
            return err_nomem(err);
        if (mapped_open(&m, path, NULL) == STATUS_OK) {
            mapped_close(&m);
            code = read_dictionary(h, c, path, err);
        }
        free(path);
    }
    if (code == STATUS_NOTFOUND)
        return err_set(err, code,
                       "%s: the head's dictionary is neither in it nor a dict.phn.txt, "
                       "dict.ltr.txt or dict.txt next to it",
                       c->path);
    return code;
}
