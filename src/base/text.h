/*
 * text.h - UTF-8 text as a terminal shows it: code points, what stands for those that must not
 * reach a terminal, and how many cells a text takes.
 */
#ifndef PROPNEU_BASE_TEXT_H
#define PROPNEU_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Next code point of the UTF-8 text *S, which is moved on; 0xFFFD for bytes that are none. */
uint32_t utf8_next(const char **s);

/* UTF-8 of CH into OUT (at most 4 bytes), returns their number. */
int utf8_put(char *out, uint32_t ch);

/* False for control characters, marks that turn the direction of text, separators of lines, and
 * 0xFFFD. */
bool text_printable(uint32_t ch);

/* What is really shown for CH, and in *WIDTH its cells: 0 for a combining mark.  ASCII: nothing
 * above 126. */
uint32_t text_shown(uint32_t ch, bool ascii, int *width);

/* Cells TEXT takes. */
int text_width(const char *text);

#endif
