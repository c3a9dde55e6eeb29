/*
 * Unicode's normalization form C (Standard Annex 15) by utf8proc: labels and names of files come
 * composed from one program and decomposed from another (macOS).
 */
#include "config.h"

#include "formats/nfc.h"

#include <string.h>

#include <utf8proc.h>

enum { NFC_MAX = 512 }; /* longer texts are no names */

static const utf8proc_option_t nfc_form = (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE);

uint32_t nfc_base(uint32_t c, uint32_t *mark)
{
    static const utf8proc_option_t parts =
        (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    utf8proc_int32_t part[8];
    utf8proc_ssize_t n = 0;
    int last = 0;
    *mark = 0;
    if (utf8proc_codepoint_valid((utf8proc_int32_t)c))
        n = utf8proc_decompose_char((utf8proc_int32_t)c, part, 8, parts, &last);
    /* All marks but the last go back to the letter. */
    if (n < 2 || n > 8 || utf8proc_normalize_utf32(part, n - 1, nfc_form) != 1)
        return 0;
    *mark = (uint32_t)part[n - 1];
    return (uint32_t)part[0];
}

/* The bytes of the N at S composed, which come to stand in TEXT; -1: no UTF-8, or too long. */
static utf8proc_ssize_t nfc_compose(utf8proc_int32_t *text, const char *s, size_t n)
{
    if (n > NFC_MAX)
        return -1;
    utf8proc_ssize_t count = utf8proc_decompose((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n,
                                                text, NFC_MAX, nfc_form);
    return count < 0 || count > NFC_MAX ? -1 : utf8proc_reencode(text, count, nfc_form);
}

size_t nfc_copy(char *to, size_t room, const char *s, size_t n)
{
    utf8proc_int32_t text[NFC_MAX + 1];
    utf8proc_ssize_t composed = -1;
    size_t ascii = 0;
    while (ascii < n && !((unsigned char)s[ascii] & 0x80))
        ascii++;
    if (ascii < n)
        composed = nfc_compose(text, s, n);
    if (composed >= 0) {
        s = (const char *)text;
        n = (size_t)composed;
        /* Cut between characters. */
        while (n >= room || (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80))
            n--;
    }
    n = n < room ? n : room - 1;
    memmove(to, s, n);
    to[n] = '\0';
    return n;
}
