/*
 * phones.h - phone sets as data: which label is a phone, of which class, and how it is spelled.
 *
 * A phone table is a TSV file, "phone<TAB>class" a line, or "label<TAB>class<TAB>phone" where a
 * label counts as a phone of another name (TIMIT's ix as IH; phones with a line of their own stand
 * before the labels that count as them); empty lines and lines that begin with
 * '#' (and no tab behind it) are comments.  The classes, in order of first appearance, are the
 * groups of the property `phone`.  Two class names mean something else: `silence` and `noise` add
 * spellings of those to the ones known anyway ("", sil, sp, SIL, <eps>, pau, h#, ...; spn, nsn,
 * <unk>, ...).  Every class may carry pitch but `unvoiced` (also `voiceless`).
 *
 * Labels are brought to one spelling, the name of a phone level in count files:
 *   - silence is "", noise "spn";
 *   - labels and tables are compared in Unicode's normalization form C (nfc.h);
 *   - a label in the table as it stands is itself, or the phone it counts as, so that tables may
 *     tell case, stress and tones apart;
 *   - otherwise blanks around it, a Kaldi position mark (_B _I _E _S) and one stress digit 0-2
 *     (of vowels, where a class is called so) are taken off, and case is ignored where the table
 * has but one phone of that name;
 *   - then tie bars and what the IPA writes in front of a letter (stress) are taken off, and then,
 *     from the end on, its marks and modifiers (length, tone, aspiration, nasality, ...);
 *   - of a label that commas divide, "AH0,AO1,s", one part is taken; of a phone with its context,
 *     "l-p+r" of HTK or "..^l-p+r=.." of HTS, the phone;
 *   - what then is in no table is unknown: it keeps its own trimmed text and is never a phone.
 */
#ifndef PROPNEU_CORPUS_PHONES_H
#define PROPNEU_CORPUS_PHONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "base/status.h"

#define PHONES_SILENCE  ""    /* canonical name of silence */
#define PHONES_NOISE    "spn" /* canonical name of noise, laughter, unknown words */
#define PHONES_NAME_MAX 64    /* bytes of a canonical name with its NUL */

enum phone_kind { PHONE_KNOWN, PHONE_SILENCE, PHONE_NOISE, PHONE_UNKNOWN };

struct phone_feature;

struct phones {
    struct names phone;     /* in the table's order */
    uint32_t *phone_class;  /* [phone.count] index into classes */
    struct names classes;   /* in order of first appearance: the groups */
    struct names silence;   /* spellings beyond the built-in ones */
    struct names noise;     /* the same */
    struct names label;     /* that count as phones of other names */
    uint32_t *label_phone;  /* [label.count] */
    struct names folded;    /* upper-case forms of phones and labels */
    uint32_t *folded_phone; /* [folded.count] phone, NAMES_NONE where two share the form */
    size_t cap, label_cap, folded_cap;
    struct phone_feature *feature; /* [features] partitions beside the classes: phone_features.c */
    uint32_t features;
    uint32_t asked; /* the first of them were named by the user */
    uint32_t part;  /* of labels in parts, from 1; 0: the first */
};

/*
 * A partition of phones beside the classes, a property of its name: a table of its own, whose
 * classes are the groups.  Phones that are not in it have no value and belong to no group.
 */
struct phone_feature {
    char *name;
    struct phones table;
};

/*
 * Reads the table at PATH; NULL means the bundled ARPABET (15 vowels, 15 voiced, 9 unvoiced
 * consonants).  A plain word ("timit") where no file of that name lies is a bundled table,
 * datadir()/phones/WORD.tsv.  Free with phones_free.
 */
enum status phones_open(struct phones *p, const char *path, struct err *err);

/* The same from SIZE bytes in memory; NAME stands in messages. */
enum status phones_parse(struct phones *p, const void *bytes, size_t size, const char *name,
                         struct err *err);
void phones_free(struct phones *p);

/*
 * The same from a list of tables, with commas between: the first has the classes, each other is a
 * feature called as its file; a file whose name has commas is one table.  The bundled features
 * (manner, place, ...) are there in any case, behind these.
 */
enum status phones_open_list(struct phones *p, const char *list, struct err *err);

/* Adds the table at PATH, or the bundled ones.  One of a name that is there already is left out. */
enum status phones_add_feature(struct phones *p, const char *path, struct err *err);
enum status phones_add_features(struct phones *p, struct err *err);

/* The names of the bundled ones [*COUNT]. */
const char *const *phones_feature_names(size_t *count);

/* The feature that the LEN bytes at NAME are the name of, or NULL; the class in it of a phone of
 * P by its canonical name, -1 for one without a value. */
const struct phone_feature *phones_feature(const struct phones *p, const char *name, size_t len);
int phones_feature_class(const struct phone_feature *f, const char *phone);

/*
 * The level name of LABEL into NAME, and what it is.  Names longer than the room are cut at a
 * character's end, and control bytes become '?'.
 */
enum phone_kind phones_canonical(const struct phones *p, const char *label,
                                 char name[PHONES_NAME_MAX]);

/* True if one part of LABEL is what is taken of it. */
bool phones_label_is_parted(const struct phones *p, const char *label);

/* Class (index into classes) of a phone by its canonical name; -1 for silence, noise and unknown
 * names, which are never phones. */
int phones_class(const struct phones *p, const char *name);

/* True if frames of the class may carry pitch: all but `unvoiced` and `voiceless`. */
bool phones_class_pitched(const struct phones *p, uint32_t phone_class);

#endif
