/*
 * utf.h - texts of unknown encoding as UTF-8.
 */
#ifndef PROPNEU_FORMATS_UTF_H
#define PROPNEU_FORMATS_UTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/lines.h"
#include "base/status.h"

/*
 * The SIZE bytes as UTF-8 without byte order mark: UTF-16 where a mark says so, UTF-8 where the
 * bytes are that, else Latin-1.  OUT borrows BYTES, or *OWNED (else NULL; free it).  A NUL
 * character or half a surrogate pair is STATUS_FORMAT; messages begin with NAME.
 */
enum status utf_decode(struct span *out, char **owned, const void *bytes, size_t size,
                       const char *name, struct err *err);

/* True if the SIZE bytes begin with the mark of UTF-16. */
bool utf_is_utf16(const void *bytes, size_t size);

/* Bytes of the UTF-8 character at S [n]; 0 if there is none (RFC 3629). */
size_t utf_char_length(const unsigned char *s, size_t n);

bool utf_is_utf8(const unsigned char *s, size_t n);

/* Code point C as UTF-8 at TO, which takes up to 4 bytes; the result points behind it. */
char *utf_put_char(char *to, uint32_t c);

#endif
