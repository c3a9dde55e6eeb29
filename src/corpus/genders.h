/*
 * genders.h - the words that speaker tables have for genders.
 */
#ifndef PROPNEU_CORPUS_GENDERS_H
#define PROPNEU_CORPUS_GENDERS_H

#include "formats/lines.h"

enum gender {
    GENDER_FEMALE,
    GENDER_MALE,
    GENDER_UNKNOWN, /* nothing, "-", NA and the like */
    GENDER_FURTHER, /* neither: nonbinary, x, ... */
    GENDER_NONE,    /* no word for a gender */
};

/* What WORD is, in any letter case. */
enum gender gender_of(struct span word);

#endif
