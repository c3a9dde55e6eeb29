/*
 * Reading the speaker tables of the common corpora.  Whose a recording is: speakers_match.c.
 */
#include "config.h"

#include "corpus/speakers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "corpus/speakers_layout.h"
#include "formats/nfc.h"
#include "formats/file.h"
#include "formats/folder.h"
#include "formats/rows.h"
#include "base/mem.h"

/* The same twice is no error, nor is a gender that not every line gives: some tables have a line an
 * utterance. */
static enum status speakers_add(struct speakers *s, const char *speaker, const char *gender,
                                const char *place, struct err *err)
{
    uint32_t known = names_find(&s->speaker, speaker);
    if (known != NAMES_NONE) {
        if (strcmp(s->gender[known], gender) == 0 || !*gender)
            return STATUS_OK;
        if (!*s->gender[known]) {
            char *first = mem_strndup(gender, strlen(gender));
            if (!first)
                return err_nomem(err);
            free(s->gender[known]);
            s->gender[known] = first;
            return STATUS_OK;
        }
        return err_set(err, STATUS_FORMAT, "%s: speaker %s is %s here and %s before", place,
                       speaker, gender, s->gender[known]);
    }
    if (!mem_grow(&s->gender, &s->cap, s->speaker.count + 1, sizeof *s->gender))
        return err_nomem(err);
    char *copy = mem_strndup(gender, strlen(gender));
    if (!copy || names_add(&s->speaker, speaker) == NAMES_NONE) {
        free(copy);
        return err_nomem(err);
    }
    s->gender[s->speaker.count - 1] = copy;
    return STATUS_OK;
}

/* {"84": "F"}; small files, read in whole. */
static enum status speakers_parse_json(struct speakers *s, const void *bytes, size_t size,
                                       const char *name, struct err *err)
{
    json_error_t at;
    const char *speaker;
    json_t *gender, *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &at);
    enum status code = STATUS_OK;
    if (!root)
        return err_set(err, STATUS_FORMAT, "%s: line %d: %s", name, at.line, at.text);
    if (!json_is_object(root))
        code = err_set(err, STATUS_FORMAT, "%s: not {\"speaker\": \"gender\"}", name);
    json_object_foreach(root, speaker, gender)
    {
        if (code)
            break;
        if (json_is_string(gender))
            code = speakers_add(s, speaker, json_string_value(gender), name, err);
        else
            code = err_set(err, STATUS_FORMAT, "%s: speaker %s: its gender is not a string", name,
                           speaker);
    }
    json_decref(root);
    return code;
}

/* Room for the values of one more speaker: NULL. */
static bool speakers_make_room(struct speakers *s)
{
    size_t columns = s->column.count, at = s->speaker.count * columns;
    if (!mem_grow(&s->value, &s->value_cap, at + columns, sizeof *s->value))
        return false;
    for (size_t k = 0; k < columns; k++)
        s->value[at + k] = NULL;
    return true;
}

/* V as one spelling of it, to be freed; no normal form takes more than three times as many bytes.
 */
static char *speakers_value(struct span v)
{
    char *value = v.n < SIZE_MAX / 4 ? mem_array(3 * v.n + 1, 1) : NULL;
    if (value)
        nfc_copy(value, 3 * v.n + 1, v.s, v.n);
    return value;
}

/* What the FIELDs [N] of a line say of SPEAKER, who is NEW or has been in a line before. */
static bool speakers_add_values(struct speakers *s, struct speakers_layout *t, uint32_t speaker,
                                bool new, const struct span *field, size_t n)
{
    for (uint32_t k = 0; k < s->column.count; k++) {
        struct span v = t->column[k] < n ? field[t->column[k]] : (struct span){"", 0};
        char **place = &s->value[(size_t)speaker * s->column.count + k];
        char *value = speakers_value(v);
        if (!value)
            return false;
        if (new)
            *place = value;
        t->varies[k] |= strcmp(*place, value) != 0;
        if (!new)
            free(value);
    }
    return true;
}

/* In a table with a line an utterance: that FILE, a name or a path, is of SPEAKER. */
static bool speakers_add_utterance(struct speakers *s, struct span file, uint32_t speaker)
{
    char *path = span_copy(file);
    for (char *p = path; p && *p; p++)
        if (*p == '\\')
            *p = '/';
    char *stem = path ? folder_stem(path) : NULL;
    uint32_t before = s->utterance.count, at = stem ? names_add(&s->utterance, stem) : NAMES_NONE;
    bool ok = at != NAMES_NONE &&
              mem_grow(&s->of_utterance, &s->of_cap, s->utterance.count, sizeof *s->of_utterance);
    if (ok && at == before)
        s->of_utterance[at] = speaker;
    else if (ok && s->of_utterance[at] != speaker)
        s->of_utterance[at] = NAMES_NONE; /* names of files repeat: they say nothing */
    free(stem);
    free(path);
    return ok;
}

/* One line behind the header. */
static enum status speakers_add_line(struct speakers *s, struct speakers_layout *t,
                                     struct span line, const char *name, size_t number,
                                     struct err *err)
{
    struct span field[SPEAKERS_MAX_COLUMNS];
    char place[256];
    size_t n = span_split(line, t->divider, field, t->fields);
    uint32_t before = s->speaker.count;
    snprintf(place, sizeof place, "%s: line %zu", name, number);
    if (n <= t->gender || n <= t->speaker || !field[t->speaker].n)
        return err_set(err, STATUS_FORMAT, "%s: not a speaker and a gender", place);
    char *speaker = span_copy(field[t->speaker]), *gender = span_copy(field[t->gender]);
    enum status code = STATUS_NOMEM;
    if (speaker && gender && speakers_make_room(s))
        code = speakers_add(s, speaker, gender, place, err);
    else
        err_nomem(err);
    uint32_t row = code ? NAMES_NONE : names_find(&s->speaker, speaker);
    if (!code && (!speakers_add_values(s, t, row, s->speaker.count > before, field, n) ||
                  (t->utterance < n && field[t->utterance].n && t->utterance != t->speaker &&
                   !speakers_add_utterance(s, field[t->utterance], row))))
        code = err_nomem(err);
    free(speaker);
    free(gender);
    return code;
}

/* Takes out the columns that vary within a speaker; the others keep their order. */
static enum status speakers_drop_columns(struct speakers *s, const struct speakers_layout *t,
                                         struct err *err)
{
    struct names kept = NAMES_INIT;
    uint32_t columns = s->column.count;
    size_t to = 0;
    for (uint32_t k = 0; k < columns; k++)
        if (!t->varies[k] && names_add(&kept, s->column.name[k]) == NAMES_NONE) {
            names_free(&kept);
            return err_nomem(err);
        }
    for (size_t i = 0; i < (size_t)s->speaker.count * columns; i++)
        if (t->varies[i % columns])
            free(s->value[i]);
        else
            s->value[to++] = s->value[i];
    names_free(&s->column);
    s->column = kept;
    return STATUS_OK;
}

static enum status speakers_parse_table(struct speakers *s, const void *bytes, size_t size,
                                        const char *name, struct err *err)
{
    struct rows rows;
    struct speakers_layout t = {.fields = 0};
    const struct speakers_table table = {bytes, size, name};
    struct span line;
    enum status code = rows_begin(&rows, bytes, size, name, err);
    while (!code && rows_next(&rows, &line)) {
        bool header = false;
        if (!span_trim(line).n)
            continue;
        if (line.s[0] == '#' || line.s[0] == ';') {
            struct span comment = {line.s + 1, line.n - 1};
            if (t.fields == 0)
                speakers_take_comment(&t, comment,
                                      memchr(line.s, '|', line.n) ? '|' : span_divider(comment));
            continue;
        }
        if (t.fields == 0)
            code = speakers_find_layout(s, &t, &table, line, rows.lines.number, &header, err);
        if (!code && !header)
            code = speakers_add_line(s, &t, line, name, rows.lines.number, err);
    }
    code = rows_end(&rows, code, err);
    return code ? code : speakers_drop_columns(s, &t, err);
}

enum status speakers_parse(struct speakers *out, const void *bytes, size_t size, const char *name,
                           struct err *err)
{
    struct speakers s = {.speaker = NAMES_INIT};
    const char *text = bytes;
    size_t i = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < size && strchr(" \t\r\n", text[i]) && text[i])
        i++;
    bool json = i < size && (text[i] == '{' || text[i] == '[');
    enum status code = json ? speakers_parse_json(&s, text + i, size - i, name, err)
                            : speakers_parse_table(&s, bytes, size, name, err);
    if (!code && s.speaker.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no speakers in this file", name);
    if (!code && !speakers_fold(&s))
        code = err_nomem(err);
    if (code)
        speakers_free(&s);
    else
        *out = s;
    return code;
}

enum status speakers_open(struct speakers *s, const char *path, struct err *err)
{
    struct mapped m;
    if (strcmp(path, "timit") == 0) {
        *s = (struct speakers){.speaker = NAMES_INIT, .timit = true};
        return STATUS_OK;
    }
    enum status code = mapped_open(&m, path, err);
    if (!code) {
        code = speakers_parse(s, m.data, m.size, path, err);
        mapped_close(&m);
    }
    return code;
}

void speakers_free(struct speakers *s)
{
    for (size_t i = 0; s->value && i < (size_t)s->speaker.count * s->column.count; i++)
        free(s->value[i]);
    for (uint32_t i = 0; i < s->speaker.count; i++)
        free(s->gender[i]);
    free(s->gender);
    free(s->value);
    free(s->of_utterance);
    free(s->of_folded);
    names_free(&s->utterance);
    names_free(&s->folded);
    names_free(&s->column);
    names_free(&s->speaker);
    *s = (struct speakers){.speaker = NAMES_INIT};
}
