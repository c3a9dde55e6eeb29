/*
 * text.h - UTF-8 text: code points, what stands for those that must not reach a terminal, a table
 * or a page, and how many cells a text takes on a terminal.
 */
#ifndef PROPNEU_BASE_TEXT_H
#define PROPNEU_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Next code point of the UTF-8 text *S, which is moved on; 0xFFFD for bytes that are none. */
uint32_t utf8_next(const char **s);

/* UTF-8 of CH into OUT (at most 4 bytes), returns their number. */
int utf8_put(char *out, uint32_t ch);

/* False for what must not reach a terminal, or is not seen there: control characters, marks that
 * turn the direction of text, separators of lines, characters without a shape, 0xFFFD. */
bool text_printable(uint32_t ch);

/* As utf8_next, with TEXT_UNPRINTABLE for what is not printable.  BEFORE, 0 at first, keeps the
 * character before: joiners are printable within words of the scripts that need them. */
#define TEXT_UNPRINTABLE 0u
uint32_t text_next(const char **s, uint32_t *before);

bool text_is_printable(const char *text);

/* TEXT for people: '?' for each character that is not printable. */
void text_clean(char *text);
void text_show(struct buf *out, const char *text);

/* TEXT for programs: what is not printable as \uXXXX, two of them above U+FFFF.  JSON: a text
 * whose quotes and backslashes are escaped; bytes that are no UTF-8
 * become \uFFFD.  TSV: such bytes become \xXX, and a backslash in front of u or x \u005C. */
void text_escape_json(struct buf *out, const char *text);
void text_escape_tsv(struct buf *out, const char *text);

/* What a terminal shows for the next character of *S, and in *WIDTH its cells: 0 for a combining
 * mark.  ASCII: nothing above 126. */
uint32_t text_shown(const char **s, uint32_t *before, bool ascii, int *width);

/* Cells TEXT takes. */
int text_width(const char *text);

#endif
