/*
 * UTF-8, and what a terminal may be sent: control characters, and those that turn the direction of
 * the text, become '?'.
 */
#include "config.h"

#include "base/text.h"

#include <wchar.h>

uint32_t utf8_next(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    int more = *p < 0x80 ? 0 : (*p & 0xe0) == 0xc0 ? 1 : (*p & 0xf0) == 0xe0 ? 2 : 3;
    uint32_t ch = more == 0 ? *p : *p & (0x3fu >> more);
    *s += 1;
    if (more == 3 && (*p & 0xf8) != 0xf0)
        return 0xfffd;
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0xfffd;
        ch = ch << 6 | (p[i] & 0x3f);
    }
    if (ch < least[more] || ch > 0x10ffff || (ch >= 0xd800 && ch < 0xe000))
        return 0xfffd;
    *s += more;
    return ch;
}

int utf8_put(char *out, uint32_t ch)
{
    if (ch < 0x80) {
        out[0] = (char)ch;
        return 1;
    }
    int more = ch < 0x800 ? 1 : ch < 0x10000 ? 2 : 3;
    static const unsigned char lead[4] = {0, 0xc0, 0xe0, 0xf0};
    for (int i = more; i > 0; i--, ch >>= 6)
        out[i] = (char)(0x80 | (ch & 0x3f));
    out[0] = (char)(lead[more] | ch);
    return more + 1;
}

/* Turns the direction of the text after it, on all of the line: marks, embeddings, isolates. */
static bool turns_text(uint32_t ch)
{
    return ch == 0x61c || ch == 0x200e || ch == 0x200f || (ch >= 0x202a && ch <= 0x202e) ||
           (ch >= 0x2066 && ch <= 0x2069);
}

bool text_printable(uint32_t ch)
{
    bool control = ch < 0x20 || (ch >= 0x7f && ch < 0xa0);
    return !control && !turns_text(ch) && ch != 0x2028 && ch != 0x2029 && ch != 0xfffd;
}

uint32_t text_shown(uint32_t ch, bool ascii, int *width)
{
    *width = 1;
    if (ch < 0x20 || ch == 0x7f || turns_text(ch))
        return '?';
    if (ch < 0x7f)
        return ch;
    int w = wcwidth((wchar_t)ch);
    if (w == 0 && !ascii)
        *width = 0;
    else if (ascii || ch == 0xfffd || w < 0)
        return '?';
    else
        *width = w;
    return ch;
}

int text_width(const char *text)
{
    int total = 0, w;
    while (*text) {
        text_shown(utf8_next(&text), false, &w);
        total += w;
    }
    return total;
}
