/*
 * How a label is folded to the phone of a table that it stands for: Unicode composition, stress
 * digits, position marks, letter case, and what the IPA writes around a letter.
 */
#include "config.h"

#include "corpus/phone_spelling.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "corpus/phones.h"
#include "formats/labels/silence.h"
#include "formats/nfc.h"
#include "formats/utf.h"

/* How aligners and corpora write what is sound but neither speech nor silence. */
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
void phones_fold(char *s)
{
    for (; *s; s++)
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
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
    nfc_copy(name, PHONES_NAME_MAX, name, n);
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

/* True if PHONE can have lost a stress digit: only vowels have them, where the table has a class
 * "vowel". */
static bool phones_takes_stress(const struct phones *p, uint32_t phone)
{
    uint32_t vowel = names_find(&p->classes, "vowel");
    return vowel == NAMES_NONE || p->phone_class[phone] == vowel;
}

/* The phone of the table whose spelling, or whose label's, is FORM but for marks; UNKNOWN: none. */
static enum phone_kind phones_find_as_spelled(const struct phones *p, const char *spelled,
                                              char name[PHONES_NAME_MAX])
{
    char form[PHONES_NAME_MAX];
    enum mark next = MARK_POSITION;
    snprintf(form, sizeof form, "%s", spelled);
    do {
        uint32_t phone = names_find(&p->phone, form), counts_as = names_find(&p->label, form);
        if (phone == NAMES_NONE && counts_as != NAMES_NONE)
            phone = p->label_phone[counts_as];
        if (phone != NAMES_NONE && next == MARK_NONE && !phones_takes_stress(p, phone))
            return PHONE_UNKNOWN;
        if (phone != NAMES_NONE) {
            snprintf(name, PHONES_NAME_MAX, "%s", p->phone.name[phone]);
            return PHONE_KNOWN;
        }
        if (names_find(&p->silence, form) != NAMES_NONE || label_is_silence(form)) {
            strcpy(name, PHONES_SILENCE);
            return PHONE_SILENCE;
        }
        if (names_find(&p->noise, form) != NAMES_NONE || phones_listed(noise_spellings, form)) {
            strcpy(name, PHONES_NOISE);
            return PHONE_NOISE;
        }
    } while (phones_strip_mark(form, &next));
    return PHONE_UNKNOWN;
}

/* The same in any letter case, where the table has but one phone of that form. */
static enum phone_kind phones_find_folded(const struct phones *p, const char *spelled,
                                          char name[PHONES_NAME_MAX])
{
    char form[PHONES_NAME_MAX];
    enum mark next = MARK_POSITION;
    snprintf(form, sizeof form, "%s", spelled);
    phones_fold(form);
    do {
        uint32_t folded = names_find(&p->folded, form);
        if (folded != NAMES_NONE && p->folded_phone[folded] != NAMES_NONE &&
            (next < MARK_NONE || phones_takes_stress(p, p->folded_phone[folded]))) {
            snprintf(name, PHONES_NAME_MAX, "%s", p->phone.name[p->folded_phone[folded]]);
            return PHONE_KNOWN;
        }
    } while (phones_strip_mark(form, &next));
    return PHONE_UNKNOWN;
}

/* The character at S, whose length goes to *N. */
static uint32_t phones_char(const char *s, size_t *n)
{
    const unsigned char *p = (const unsigned char *)s;
    *n = utf_char_length(p, strlen(s));
    if (*n < 2)
        return *n ? p[0] : (*n = 1, 0xfffd);
    uint32_t c = p[0] & (0x7fu >> *n);
    for (size_t i = 1; i < *n; i++)
        c = c << 6 | (p[i] & 0x3fu);
    return c;
}

/* What the IPA writes beside a letter: marks, modifier letters (aspiration, place, length, stress,
 * tone), superscripts. */
static bool phones_is_modifier(uint32_t c)
{
    static const uint32_t range[][2] = {
        {':', ':'},       {0xb2, 0xb3},     {0xb9, 0xb9},     {0x2b0, 0x36f},   {0x1ab0, 0x1aff},
        {0x1d2c, 0x1d6a}, {0x1d78, 0x1d78}, {0x1d9b, 0x1dff}, {0x2070, 0x2094}, {0xa700, 0xa71f},
    };
    for (size_t i = 0; i < sizeof range / sizeof *range; i++)
        if (c >= range[i][0] && c <= range[i][1])
            return true;
    return false;
}

/* Tones and nasality, which letters may be one with. */
static bool phones_is_tone(uint32_t mark)
{
    static const uint32_t tones[] = {0x300, 0x301, 0x302, 0x303, 0x304, 0x30b, 0x30c, 0x30f};
    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++)
        if (mark == tones[i])
            return true;
    return false;
}

/* Takes tie bars off, and what stands in front of the letters, stress above all; with TONES also
 * those within, as on the first part of a diphthong. */
static void phones_untie(char *form, bool tones)
{
    char *to = form;
    bool begun = false;
    size_t n;
    for (const char *s = form; *s; s += n) {
        uint32_t mark, c = phones_char(s, &n), base = nfc_base(c, &mark);
        begun |= !phones_is_modifier(c);
        if (!begun || c == 0x35c || c == 0x361 || (tones && phones_is_tone(c)))
            continue;
        if (tones && base && phones_is_tone(mark)) {
            to = utf_put_char(to, base);
            continue;
        }
        memmove(to, s, n);
        to += n;
    }
    *to = '\0';
}

/* Takes the last modifier off, or the mark of tone or nasality that is one with its letter; false
 * if there is none.  Other marks of letters stay: c is not what is left of a c with cedilla. */
static bool phones_strip_modifier(char *form)
{
    size_t last = strlen(form), n;
    uint32_t mark;
    while (last > 0 && ((unsigned char)form[--last] & 0xc0) == 0x80)
        ;
    uint32_t c = phones_char(form + last, &n), base = nfc_base(c, &mark);
    if (base && phones_is_tone(mark)) {
        *utf_put_char(form + last, base) = '\0';
        return true;
    }
    if (!last || !phones_is_modifier(c))
        return false;
    form[last] = '\0';
    return true;
}

/* FORM in the table, as it is spelled or else in any letter case. */
static enum phone_kind phones_find(const struct phones *p, const char *form,
                                   char name[PHONES_NAME_MAX])
{
    enum phone_kind kind = phones_find_as_spelled(p, form, name);
    return kind == PHONE_UNKNOWN ? phones_find_folded(p, form, name) : kind;
}

/* A spelling as it stands; then without what phones_untie takes off; then with ever fewer of the
 * marks at its end; then all that again without tones. */
static enum phone_kind phones_find_near(const struct phones *p, const char *spelled,
                                        char name[PHONES_NAME_MAX])
{
    char form[PHONES_NAME_MAX];
    enum phone_kind kind = phones_find(p, spelled, name);
    for (int tones = 0; tones < 2 && kind == PHONE_UNKNOWN; tones++) {
        snprintf(form, sizeof form, "%s", spelled);
        phones_untie(form, tones);
        do
            kind = *form ? phones_find(p, form, name) : PHONE_UNKNOWN;
        while (kind == PHONE_UNKNOWN && phones_strip_modifier(form));
    }
    return kind;
}

/* Part number PART, from 1, of a label that commas divide ("AH0,AO1,s" of L2-ARCTIC: what should
 * have been said, what was, and the kind of error), without the '*' of a phone that is no clear
 * one; false: there is no such part. */
static bool phones_part(const char *label, uint32_t part, char form[PHONES_NAME_MAX])
{
    const char *end;
    if (!strchr(label, ','))
        return false;
    for (; part > 1 && label; part--)
        label = (label = strchr(label, ',')) ? label + 1 : NULL;
    if (!label)
        return false;
    label += strspn(label, " \t");
    end = label + strcspn(label, ",");
    while (end > label && strchr(" \t*`", end[-1]))
        end--;
    snprintf(form, PHONES_NAME_MAX, "%.*s", (int)(end - label), label);
    return true;
}

/* The phone of a label with its context: "l-p+r" of HTK, also without one side, and "..^l-p+r=.."
 * of HTS; false: it is none. */
static bool phones_out_of_context(const char *label, char form[PHONES_NAME_MAX])
{
    const char *far = strpbrk(label, "^~"), *from = far ? far + 1 : label;
    const char *left = strchr(from, '-'), *right = strchr(left ? left : from, '+');
    if (!left && !right)
        return false;
    from = left ? left + 1 : from;
    snprintf(form, PHONES_NAME_MAX, "%.*s", (int)(right ? (size_t)(right - from) : strlen(from)),
             from);
    return *form;
}

enum phone_kind phones_canonical(const struct phones *p, const char *label,
                                 char name[PHONES_NAME_MAX])
{
    char own[PHONES_NAME_MAX], form[PHONES_NAME_MAX];
    phones_trimmed(label, own);
    enum phone_kind kind = phones_find_near(p, own, name);
    if (kind == PHONE_UNKNOWN && phones_part(own, p->part ? p->part : 1, form))
        kind = phones_find_near(p, form, name);
    else if (kind == PHONE_UNKNOWN && phones_out_of_context(own, form))
        kind = phones_find_near(p, form, name);
    if (kind == PHONE_UNKNOWN)
        memcpy(name, own, sizeof own);
    return kind;
}

bool phones_label_is_parted(const struct phones *p, const char *label)
{
    char name[PHONES_NAME_MAX];
    return strchr(label, ',') && phones_find_near(p, label, name) == PHONE_UNKNOWN &&
           phones_canonical(p, label, name) != PHONE_UNKNOWN;
}
