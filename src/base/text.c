/*
 * UTF-8, and the one filter between names that files and arguments have and whoever reads them:
 * what could drive a terminal, end a line, turn its direction or hide becomes '?' where people read
 * it, and an escape where programs do.
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

/*
 * What no terminal may get or nobody sees: control characters; Unicode's default ignorable code
 * points (DerivedCoreProperties.txt), among them all that turn the direction of the text after
 * them, zero-width spaces and tags; separators of lines; annotations; noncharacters within planes.
 */
static const struct {
    uint32_t first, last;
} unprintable[] = {
    {0, 0x1f},          {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},     {0x61c, 0x61c},
    {0x115f, 0x1160},   {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f},   {0x3164, 0x3164}, {0xfdd0, 0xfdef}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},   {0xfff0, 0xfffb}, {0xfffd, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
};

bool text_printable(uint32_t ch)
{
    for (size_t i = 0; i < sizeof unprintable / sizeof *unprintable; i++)
        if (ch >= unprintable[i].first && ch <= unprintable[i].last)
            return false;
    return (ch & 0xfffe) != 0xfffe;
}

/* Persian, the scripts of India and emoji need these within words, Latin letters do not, where they
 * would make two names look alike. */
static bool text_joins(uint32_t before, uint32_t ch)
{
    return before >= 0x600 && (ch == 0x200c || ch == 0x200d || ch == 0xfe0e || ch == 0xfe0f);
}

uint32_t text_next(const char **s, uint32_t *before)
{
    uint32_t ch = utf8_next(s);
    if (!text_printable(ch) && !text_joins(*before, ch))
        return *before = TEXT_UNPRINTABLE;
    if (text_printable(ch))
        *before = ch;
    return ch;
}

bool text_is_printable(const char *text)
{
    uint32_t before = 0;
    while (*text)
        if (text_next(&text, &before) == TEXT_UNPRINTABLE)
            return false;
    return true;
}

/* '?' takes no more bytes than what it stands for. */
void text_clean(char *text)
{
    const char *from = text;
    uint32_t before = 0;
    while (*from) {
        const char *start = from;
        if (text_next(&from, &before) == TEXT_UNPRINTABLE)
            *text++ = '?';
        else
            for (; start < from; start++)
                *text++ = *start;
    }
    *text = '\0';
}

void text_show(struct buf *out, const char *text)
{
    uint32_t before = 0;
    while (*text) {
        const char *start = text;
        if (text_next(&text, &before) == TEXT_UNPRINTABLE)
            buf_str(out, "?");
        else
            buf_add(out, start, (size_t)(text - start));
    }
}

/* JSON spells code points above 65535 as two surrogates. */
static void text_escape_code(struct buf *out, uint32_t ch)
{
    if (ch >= 0x10000) {
        buf_printf(out, "\\u%04X", (unsigned)(0xd800 + ((ch - 0x10000) >> 10)));
        ch = 0xdc00 + (ch & 0x3ff);
    }
    buf_printf(out, "\\u%04X", (unsigned)ch);
}

void text_escape_json(struct buf *out, const char *text)
{
    uint32_t before = 0;
    while (*text) {
        const char *start = text, *at = text;
        if (text_next(&text, &before) == TEXT_UNPRINTABLE)
            text_escape_code(out, utf8_next(&at));
        else
            buf_add(out, start, (size_t)(text - start));
    }
}

void text_escape_tsv(struct buf *out, const char *text)
{
    uint32_t before = 0;
    while (*text) {
        const char *start = text, *at = text;
        uint32_t ch = text_next(&text, &before);
        bool escapes = ch == '\\' && (*text == 'u' || *text == 'x');
        if (ch == TEXT_UNPRINTABLE)
            ch = utf8_next(&at);
        else if (!escapes) {
            buf_add(out, start, (size_t)(text - start));
            continue;
        }
        if (ch == 0xfffd && text - start == 1)
            buf_printf(out, "\\x%02X", (unsigned)(unsigned char)*start);
        else
            text_escape_code(out, ch);
    }
}

uint32_t text_shown(const char **s, uint32_t *before, bool ascii, int *width)
{
    uint32_t ch = text_next(s, before);
    *width = 1;
    if (ch == TEXT_UNPRINTABLE)
        return '?';
    if (ch < 0x7f)
        return ch;
    int w = wcwidth((wchar_t)ch);
    if (w == 0 && !ascii)
        *width = 0;
    else if (ascii || w < 0)
        return '?';
    else
        *width = w;
    return ch;
}

int text_width(const char *text)
{
    uint32_t before = 0;
    int total = 0, w;
    while (*text) {
        text_shown(&text, &before, false, &w);
        total += w;
    }
    return total;
}
