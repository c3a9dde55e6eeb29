/*
 * Text files of other encodings as UTF-8: UTF-16 by its byte order mark, as Praat writes it, and
 * Latin-1 where the bytes are no UTF-8 (RFC 3629).
 */
#include "config.h"

#include "formats/utf.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

size_t utf_char_length(const unsigned char *s, size_t n)
{
    unsigned char lead = s[0];
    size_t len = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (len == 0 || len > n || lead > 0xf4)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    /* Over-long forms, surrogates and what lies beyond U+10FFFF. */
    if ((lead == 0xe0 && s[1] < 0xa0) || (lead == 0xed && s[1] > 0x9f) ||
        (lead == 0xf0 && s[1] < 0x90) || (lead == 0xf4 && s[1] > 0x8f))
        return 0;
    return len;
}

bool utf_is_utf8(const unsigned char *s, size_t n)
{
    for (size_t i = 0, len; i < n; i += len)
        if (!(len = utf_char_length(s + i, n - i)))
            return false;
    return true;
}

char *utf_put_char(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

/* As Praat writes where a text is not ASCII; the mark is passed over. */
static enum status utf_from_utf16(char **out, size_t *length, const unsigned char *s, size_t size,
                                  bool big, const char *name, struct err *err)
{
    size_t room;
    if (size % 2)
        return err_set(err, STATUS_FORMAT, "%s: UTF-16, but an odd number of bytes", name);
    /* A unit of 2 bytes makes at most 3. */
    char *text = mul_size(size / 2, 3, &room) ? mem_array(room, 1) : NULL, *to = text;
    if (!text)
        return err_nomem(err);
    for (size_t i = 2; i < size; i += 2) {
        uint32_t c = big ? (uint32_t)s[i] << 8 | s[i + 1] : (uint32_t)s[i + 1] << 8 | s[i];
        bool bad = c == 0 || (c >= 0xdc00 && c < 0xe000);
        if (c >= 0xd800 && c < 0xdc00) {
            uint32_t low = 0;
            i += 2;
            if (i < size)
                low = big ? (uint32_t)s[i] << 8 | s[i + 1] : (uint32_t)s[i + 1] << 8 | s[i];
            bad = low < 0xdc00 || low >= 0xe000;
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
        if (bad) {
            free(text);
            return err_set(err, STATUS_FORMAT, "%s: byte %zu: not UTF-16 text", name, i);
        }
        to = utf_put_char(to, c);
    }
    *out = text;
    *length = (size_t)(to - text);
    return STATUS_OK;
}

/* Older files; phone labels are ASCII anyway, so no more can go wrong than the look of a word. */
static enum status utf_from_latin1(char **out, size_t *length, const unsigned char *s, size_t size,
                                   struct err *err)
{
    size_t room;
    char *text = mul_size(size, 2, &room) ? mem_array(room, 1) : NULL, *to = text;
    if (!text)
        return err_nomem(err);
    for (size_t i = 0; i < size; i++)
        to = utf_put_char(to, s[i]);
    *out = text;
    *length = (size_t)(to - text);
    return STATUS_OK;
}

bool utf_is_utf16(const void *bytes, size_t size)
{
    return size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0);
}

enum status utf_decode(struct span *out, char **owned, const void *bytes, size_t size,
                       const char *name, struct err *err)
{
    const unsigned char *s = size ? bytes : (const unsigned char *)"";
    char *text = NULL;
    size_t length = 0;
    enum status code = STATUS_OK;
    if (utf_is_utf16(s, size)) {
        code = utf_from_utf16(&text, &length, s, size, s[0] == 0xfe, name, err);
    } else {
        const unsigned char *nul = size ? memchr(s, 0, size) : NULL;
        if (nul)
            return err_set(err, STATUS_FORMAT, "%s: byte %zu: a NUL byte: not a text", name,
                           (size_t)(nul - s));
        if (size >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
            s += 3;
            size -= 3;
        }
        if (!utf_is_utf8(s, size))
            code = utf_from_latin1(&text, &length, s, size, err);
    }
    if (code)
        return code;
    *out = text ? (struct span){text, length} : (struct span){(const char *)s, size};
    *owned = text;
    return STATUS_OK;
}
