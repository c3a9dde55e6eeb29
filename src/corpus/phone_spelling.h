/*
 * phone_spelling.h - what tables of phones and labels that are looked up in them have in common.
 */
#ifndef PROPNEU_CORPUS_PHONE_SPELLING_H
#define PROPNEU_CORPUS_PHONE_SPELLING_H

/* ASCII letters to upper case, the same in every locale. */
void phones_fold(char *s);

#endif
