/*
 * Phone tables: reading them, the bundled ones, and how a label is folded to the phone it stands
 * for (stress digits, position marks, letter case).
 */
#include "config.h"

#include "corpus/phones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "formats/datadir.h"
#include "formats/file.h"
#include "formats/lines.h"
#include "base/mem.h"

/* How aligners and corpora write silence and everything that is sound but not speech. */
static const char *const silence_spellings[] = {
    "",   "sil", "<sil>", "sp",      "<sp>", "sp1",  "<eps>", "<s>", "</s>", "pau",
    "h#", "#h",  "epi",   "silence", "#",    "<p:>", "_",     "<p>", "ssil", NULL,
};
static const char *const noise_spellings[] = {
    "spn", "<spn>", "nsn",      "<nsn>", "unk",     "<unk>",    "[unk]",
    "oov", "<oov>", "noise",    "lau",   "<noise>", "laughter", "[laughter]",
    "ns",  "brth",  "{breath}", "<usb>", "[noise]", NULL,
};

/* Case is ignored in these spellings, whatever a table says of its phones. */
static bool phones_listed(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcasecmp(*list, name) == 0)
            return true;
    return false;
}

/* ASCII only: the same in every locale. */
static void phones_fold(char *s)
{
    for (; *s; s++)
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
}

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
    char place[256];
    struct span last = n > 2 && field[2].n ? field[2] : field[0];
    char *label = span_copy(field[0]), *class_name = span_copy(field[1]), *phone = span_copy(last);
    enum status code = STATUS_OK;
    snprintf(place, sizeof place, "%s: line %zu", name, line);
    if (!label || !class_name || !phone)
        code = err_nomem(err);
    else if (field[0].n >= PHONES_NAME_MAX || last.n >= PHONES_NAME_MAX)
        code = err_set(err, STATUS_FORMAT, "%s: a phone's name of %zu bytes", place,
                       field[0].n > last.n ? field[0].n : last.n);
    else
        code = phones_add_entry(p, label, class_name, phone, place, err);
    free(label);
    free(class_name);
    free(phone);
    return code;
}

/* "#<TAB>silence" is a row. */
static bool phones_is_comment(struct span line)
{
    return line.n && line.s[0] == '#' && (line.n == 1 || line.s[1] != '\t');
}

enum status phones_parse(struct phones *out, const void *bytes, size_t size, const char *name,
                         struct err *err)
{
    struct phones p = {.phone_class = NULL};
    struct lines l;
    struct span line, field[4];
    enum status code = lines_begin(&l, bytes, size, name, err);
    bool first = true;
    while (!code && lines_next(&l, &line)) {
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
                           l.number);
        else
            code = phones_add_row(&p, field, n, name, l.number, err);
    }
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

/* LABEL without blanks at its ends, cut to the room at a character's end, printable. */
static void phones_trimmed(const char *label, char name[PHONES_NAME_MAX])
{
    const char *blanks = " \t\r\n";
    label += strspn(label, blanks);
    size_t n = strlen(label);
    while (n && strchr(blanks, label[n - 1]))
        n--;
    if (n >= PHONES_NAME_MAX) {
        n = PHONES_NAME_MAX - 1;
        while (n && ((unsigned char)label[n] & 0xc0) == 0x80) /* within a UTF-8 character */
            n--;
    }
    for (size_t i = 0; i < n; i++)
        name[i] = (unsigned char)label[i] < 0x20 || label[i] == 0x7f ? '?' : label[i];
    name[n] = '\0';
}

/* What a label can carry behind its phone, from the outside in; each once: "T10" is no T. */
enum mark { MARK_POSITION, MARK_STRESS, MARK_NONE };

/* Takes a Kaldi position mark off, then a stress digit, from *NEXT on; false if there is neither.
 */
static bool phones_strip_mark(char *name, enum mark *next)
{
    size_t n = strlen(name);
    if (*next <= MARK_POSITION && n > 2 && name[n - 2] == '_' && strchr("BIES", name[n - 1])) {
        name[n - 2] = '\0';
        *next = MARK_STRESS;
        return true;
    }
    if (*next <= MARK_STRESS && n > 1 && name[n - 1] >= '0' && name[n - 1] <= '2') {
        name[n - 1] = '\0';
        *next = MARK_NONE;
        return true;
    }
    return false;
}

enum phone_kind phones_canonical(const struct phones *p, const char *label,
                                 char name[PHONES_NAME_MAX])
{
    char form[PHONES_NAME_MAX];
    enum mark next = MARK_POSITION;
    phones_trimmed(label, name);
    memcpy(form, name, PHONES_NAME_MAX);
    do {
        if (names_find(&p->phone, form) != NAMES_NONE) {
            memcpy(name, form, PHONES_NAME_MAX);
            return PHONE_KNOWN;
        }
        uint32_t counts_as = names_find(&p->label, form);
        if (counts_as != NAMES_NONE) {
            snprintf(name, PHONES_NAME_MAX, "%s", p->phone.name[p->label_phone[counts_as]]);
            return PHONE_KNOWN;
        }
        if (names_find(&p->silence, form) != NAMES_NONE || phones_listed(silence_spellings, form)) {
            strcpy(name, PHONES_SILENCE);
            return PHONE_SILENCE;
        }
        if (names_find(&p->noise, form) != NAMES_NONE || phones_listed(noise_spellings, form)) {
            strcpy(name, PHONES_NOISE);
            return PHONE_NOISE;
        }
    } while (phones_strip_mark(form, &next));
    memcpy(form, name, PHONES_NAME_MAX);
    phones_fold(form);
    next = MARK_POSITION;
    do {
        uint32_t folded = names_find(&p->folded, form);
        if (folded != NAMES_NONE && p->folded_phone[folded] != NAMES_NONE) {
            snprintf(name, PHONES_NAME_MAX, "%s", p->phone.name[p->folded_phone[folded]]);
            return PHONE_KNOWN;
        }
    } while (phones_strip_mark(form, &next));
    return PHONE_UNKNOWN;
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
