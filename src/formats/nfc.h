/*
 * nfc.h - one spelling for letters with marks: Unicode's normalization form C.
 */
#ifndef PROPNEU_FORMATS_NFC_H
#define PROPNEU_FORMATS_NFC_H

#include <stddef.h>
#include <stdint.h>

/*
 * The N bytes of UTF-8 at S in normalization form C to TO, ROOM bytes with the NUL; returns the
 * length.  What does not fit is cut; what is no UTF-8, or longer than any name, is copied as it is.
 * TO may be S.
 */
size_t nfc_copy(char *to, size_t room, const char *s, size_t n);

/* The letter that C is with *MARK; 0: C is not composed. */
uint32_t nfc_base(uint32_t c, uint32_t *mark);

#endif
