/*
 * Text by lines and fields, without copies; numbers and blanks do not depend on the locale.
 */
#include "config.h"

#include "formats/lines.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* Within a line; not isblank(), which asks the locale. */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

enum status lines_begin(struct lines *l, const void *bytes, size_t size, const char *name,
                        struct err *err)
{
    const char *s = size ? bytes : "", *nul = memchr(s, '\0', size);
    if (nul)
        return err_set(err, STATUS_FORMAT, "%s: byte %zu: a NUL byte: not a text in UTF-8", name,
                       (size_t)(nul - s));
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)s[i] < ' ' && !strchr("\t\n\v\f\r\x1a", s[i]))
            return err_set(err, STATUS_FORMAT, "%s: byte %zu: a control character: not a text",
                           name, i);
    size_t mark = size >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    *l = (struct lines){s + mark, s + size, 0};
    return STATUS_OK;
}

bool lines_next(struct lines *l, struct span *line)
{
    if (l->at == l->end)
        return false;
    const char *p = l->at;
    while (p < l->end && *p != '\n' && *p != '\r')
        p++;
    *line = (struct span){l->at, (size_t)(p - l->at)};
    if (p + 1 < l->end && p[0] == '\r' && p[1] == '\n')
        p++;
    l->at = p < l->end ? p + 1 : p;
    l->number++;
    return true;
}

struct span span_trim(struct span s)
{
    while (s.n && is_blank(s.s[0])) {
        s.s++;
        s.n--;
    }
    while (s.n && is_blank(s.s[s.n - 1]))
        s.n--;
    return s;
}

char span_divider(struct span line)
{
    if (line.n && memchr(line.s, LINES_FIELD, line.n))
        return LINES_FIELD;
    if (line.n && memchr(line.s, '\t', line.n))
        return '\t';
    return line.n && memchr(line.s, ',', line.n) ? ',' : ' ';
}

size_t span_split(struct span line, char divider, struct span *field, size_t max)
{
    size_t n = 0;
    if (!span_trim(line).n)
        return 0;
    if (divider == ' ')
        line = span_trim(line);
    while (n < max) {
        const char *p = line.s, *end = line.s + line.n;
        while (p < end && (divider == ' ' ? !is_blank(*p) : *p != divider))
            p++;
        if (n + 1 == max)
            p = end;
        field[n++] = span_trim((struct span){line.s, (size_t)(p - line.s)});
        if (p == end)
            break;
        line = (struct span){p + 1, (size_t)(end - p - 1)};
        if (divider == ' ')
            line = span_trim(line);
    }
    return n;
}

bool span_is(struct span s, const char *word)
{
    return strlen(word) == s.n && strncasecmp(s.s, word, s.n) == 0;
}

bool span_number(struct span s, double *out)
{
    char text[64], *end;
    if (!s.n || s.n >= sizeof text || strchr(" \t\n\v\f\r", s.s[0]) || memchr(s.s, 'x', s.n) ||
        memchr(s.s, 'X', s.n)) /* strtod would read hexadecimal */
        return false;
    memcpy(text, s.s, s.n);
    text[s.n] = '\0';
    double value = strtod(text, &end);
    if (end != text + s.n)
        return false;
    *out = value;
    return true;
}

char *span_copy(struct span s)
{
    return mem_strndup(s.s, s.n);
}
