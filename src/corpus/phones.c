/*
 * Phone tables: reading them, and the bundled ones.  How labels are looked up in them is in
 * phone_spelling.c.
 */
#include "config.h"

#include "corpus/phones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "corpus/phone_spelling.h"
#include "formats/datadir.h"
#include "formats/file.h"
#include "formats/nfc.h"
#include "formats/rows.h"
#include "base/mem.h"

/* Remembers phone INDEX under LABEL's upper-case form, or that the form is nobody's alone. */
static bool phones_add_folded(struct phones *p, const char *label, uint32_t index)
{
    char form[PHONES_NAME_MAX];
    snprintf(form, sizeof form, "%s", label);
    phones_fold(form);
    uint32_t known = names_find(&p->folded, form);
    if (known != NAMES_NONE) {
        if (p->folded_phone[known] != index)
            p->folded_phone[known] = NAMES_NONE;
        return true;
    }
    if (!mem_grow(&p->folded_phone, &p->folded_cap, p->folded.count + 1, sizeof *p->folded_phone))
        return false;
    known = names_add(&p->folded, form);
    if (known == NAMES_NONE)
        return false;
    p->folded_phone[known] = index;
    return true;
}

/* False without memory. */
static bool phones_add_phone(struct phones *p, const char *phone, const char *class_name)
{
    if (!mem_grow(&p->phone_class, &p->cap, p->phone.count + 1, sizeof *p->phone_class))
        return false;
    uint32_t class_index = names_add(&p->classes, class_name);
    uint32_t index = class_index == NAMES_NONE ? NAMES_NONE : names_add(&p->phone, phone);
    if (index == NAMES_NONE)
        return false;
    p->phone_class[index] = class_index;
    return phones_add_folded(p, phone, index);
}

static bool phones_add_label(struct phones *p, const char *label, uint32_t phone)
{
    if (!mem_grow(&p->label_phone, &p->label_cap, p->label.count + 1, sizeof *p->label_phone))
        return false;
    uint32_t index = names_add(&p->label, label);
    if (index == NAMES_NONE)
        return false;
    p->label_phone[index] = phone;
    return phones_add_folded(p, label, phone);
}

/* LABEL of CLASS_NAME counts as PHONE, which may be itself. */
static enum status phones_add_entry(struct phones *p, const char *label, const char *class_name,
                                    const char *phone, const char *place, struct err *err)
{
    if (names_find(&p->phone, label) != NAMES_NONE || names_find(&p->label, label) != NAMES_NONE ||
        names_find(&p->silence, label) != NAMES_NONE || names_find(&p->noise, label) != NAMES_NONE)
        return err_set(err, STATUS_FORMAT, "%s: phone %s is listed twice", place, label);
    bool silence = strcasecmp(class_name, "silence") == 0;
    if (silence || strcasecmp(class_name, "noise") == 0) {
        if (strcmp(label, phone) != 0)
            return err_set(err, STATUS_FORMAT, "%s: %s counts as no phone", place, class_name);
        return names_add(silence ? &p->silence : &p->noise, label) != NAMES_NONE ? STATUS_OK
                                                                                 : err_nomem(err);
    }
    uint32_t known = names_find(&p->phone, phone);
    if (known == NAMES_NONE) {
        known = p->phone.count;
        if (!phones_add_phone(p, phone, class_name))
            return err_nomem(err);
    } else if (strcmp(p->classes.name[p->phone_class[known]], class_name) != 0) {
        return err_set(err, STATUS_FORMAT, "%s: phone %s is %s here and %s before", place, phone,
                       class_name, p->classes.name[p->phone_class[known]]);
    }
    if (strcmp(label, phone) != 0 && !phones_add_label(p, label, known))
        return err_nomem(err);
    return STATUS_OK;
}

/* One line of the table, its N fields already apart. */
static enum status phones_add_row(struct phones *p, const struct span *field, size_t n,
                                  const char *name, size_t line, struct err *err)
{
    char place[256], label[PHONES_NAME_MAX], phone[PHONES_NAME_MAX];
    struct span last = n > 2 && field[2].n ? field[2] : field[0];
    snprintf(place, sizeof place, "%s: line %zu", name, line);
    if (field[0].n >= PHONES_NAME_MAX || last.n >= PHONES_NAME_MAX)
        return err_set(err, STATUS_FORMAT, "%s: a phone's name of %zu bytes", place,
                       field[0].n > last.n ? field[0].n : last.n);
    char *class_name = span_copy(field[1]);
    if (!class_name)
        return err_nomem(err);
    nfc_copy(label, sizeof label, field[0].s, field[0].n);
    nfc_copy(phone, sizeof phone, last.s, last.n);
    enum status code = phones_add_entry(p, label, class_name, phone, place, err);
    free(class_name);
    return code;
}

/* "#<TAB>silence" is a row. */
static bool phones_is_comment(struct span line)
{
    return line.n && line.s[0] == '#' &&
           (line.n == 1 || (line.s[1] != '\t' && line.s[1] != LINES_FIELD));
}

enum status phones_parse(struct phones *out, const void *bytes, size_t size, const char *name,
                         struct err *err)
{
    struct phones p = {.phone_class = NULL};
    struct rows rows;
    struct span line, field[4];
    enum status code = rows_begin(&rows, bytes, size, name, err);
    bool first = true;
    while (!code && rows_next(&rows, &line)) {
        if (phones_is_comment(line))
            continue;
        size_t n = span_split(line, span_divider(line), field, 4);
        if (n == 0)
            continue;
        bool header = first && n >= 2 && span_is(field[1], "class");
        first = false;
        if (header)
            continue;
        if (n < 2 || !field[0].n || !field[1].n)
            code = err_set(err, STATUS_FORMAT, "%s: line %zu: not a phone and its class", name,
                           rows.lines.number);
        else
            code = phones_add_row(&p, field, n, name, rows.lines.number, err);
    }
    code = rows_end(&rows, code, err);
    if (!code && p.phone.count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: no phones in this table", name);
    if (code)
        phones_free(&p);
    else
        *out = p;
    return code;
}

/* True if NAME is a word, such as bundled tables have for names, and no file. */
static bool phones_is_bundled(const char *name)
{
    return *name && !strpbrk(name, "/.") && access(name, F_OK) != 0;
}

enum status phones_open(struct phones *p, const char *path, struct err *err)
{
    struct buf bundled = BUF_INIT;
    struct mapped m;
    if (!path || phones_is_bundled(path)) {
        buf_printf(&bundled, "%s/phones/%s.tsv", datadir(), path ? path : "arpabet");
        if (!buf_ok(&bundled))
            return err_nomem(err);
    }
    /* Whoever meant a file is to read its name as typed. */
    if (!path || (bundled.len && access(buf_text(&bundled), F_OK) == 0))
        path = buf_text(&bundled);
    enum status code = mapped_open(&m, path, err);
    if (!code) {
        code = phones_parse(p, m.data, m.size, path, err);
        mapped_close(&m);
    }
    buf_free(&bundled);
    return code;
}

void phones_free(struct phones *p)
{
    names_free(&p->phone);
    names_free(&p->classes);
    names_free(&p->silence);
    names_free(&p->noise);
    names_free(&p->label);
    names_free(&p->folded);
    free(p->label_phone);
    free(p->phone_class);
    free(p->folded_phone);
    for (uint32_t i = 0; i < p->features; i++) {
        free(p->feature[i].name);
        phones_free(&p->feature[i].table);
    }
    free(p->feature);
    *p = (struct phones){.phone_class = NULL};
}

int phones_class(const struct phones *p, const char *name)
{
    uint32_t i = names_find(&p->phone, name);
    return i == NAMES_NONE ? -1 : (int)p->phone_class[i];
}

bool phones_class_pitched(const struct phones *p, uint32_t phone_class)
{
    const char *name = p->classes.name[phone_class];
    return strcasecmp(name, "unvoiced") != 0 && strcasecmp(name, "voiceless") != 0;
}
