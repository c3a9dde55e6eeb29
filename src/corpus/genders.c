/*
 * Words for genders, in the languages that speaker tables are often written in: English, German,
 * French and Spanish.  Of single letters only those are known that mean the same in all of them: h
 * is a man in H/F of French and H/M of Spanish, but so m is a woman in the latter.
 */
#include "config.h"

#include "corpus/genders.h"

#include <string.h>

#include "formats/nfc.h"

enum { GENDER_WORD_MAX = 32 };

static const struct {
    const char *word;
    enum gender gender;
} gender_words[] = {
    {"f", GENDER_FEMALE},          {"w", GENDER_FEMALE},
    {"female", GENDER_FEMALE},     {"female_feminine", GENDER_FEMALE}, /* Common Voice */
    {"feminine", GENDER_FEMALE},   {"woman", GENDER_FEMALE},
    {"weiblich", GENDER_FEMALE},   {"frau", GENDER_FEMALE},
    {"femme", GENDER_FEMALE},      {"féminin", GENDER_FEMALE},
    {"feminin", GENDER_FEMALE},    {"femenino", GENDER_FEMALE},
    {"mujer", GENDER_FEMALE},      {"m", GENDER_MALE},
    {"male", GENDER_MALE},         {"male_masculine", GENDER_MALE},
    {"masculine", GENDER_MALE},    {"man", GENDER_MALE},
    {"männlich", GENDER_MALE},     {"maennlich", GENDER_MALE},
    {"mann", GENDER_MALE},         {"homme", GENDER_MALE},
    {"masculin", GENDER_MALE},     {"masculino", GENDER_MALE},
    {"hombre", GENDER_MALE},       {"", GENDER_UNKNOWN},
    {"-", GENDER_UNKNOWN},         {"na", GENDER_UNKNOWN},
    {"n/a", GENDER_UNKNOWN},       {"none", GENDER_UNKNOWN},
    {"unknown", GENDER_UNKNOWN},   {"x", GENDER_FURTHER},
    {"d", GENDER_FURTHER},         {"divers", GENDER_FURTHER},
    {"diverse", GENDER_FURTHER},   {"other", GENDER_FURTHER},
    {"intersex", GENDER_FURTHER},  {"transgender", GENDER_FURTHER},
    {"nonbinary", GENDER_FURTHER}, {"non-binary", GENDER_FURTHER},
};

enum gender gender_of(struct span word)
{
    char form[GENDER_WORD_MAX];
    if (word.n >= sizeof form)
        return GENDER_NONE;
    struct span composed = {form, nfc_copy(form, sizeof form, word.s, word.n)};
    for (size_t i = 0; i < sizeof gender_words / sizeof *gender_words; i++)
        if (span_is(composed, gender_words[i].word))
            return gender_words[i].gender;
    return GENDER_NONE;
}
