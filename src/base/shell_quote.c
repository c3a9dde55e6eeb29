/*
 * Quoting for shells.  Inside '...' nothing is special, but a terminal would act on control bytes
 * when such a word is shown or pasted (a newline ends the command that is being pasted, ESC begins
 * a sequence); $'...' of bash, ksh, zsh and POSIX.1-2024 spells them out.
 */
#include "config.h"

#include "base/shell_quote.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* $'...'.  Quotes, backslashes and what recalls a command are spelled out, too: so the word stays
 * one word in shells that do not know $'...', and where history is looked up before quotes are. */
static void shell_quote_bytes(struct buf *out, const char *text)
{
    uint32_t before = 0;
    buf_str(out, "$'");
    while (*text) {
        const char *start = text;
        uint32_t ch = text_next(&text, &before);
        if (ch != TEXT_UNPRINTABLE && ch != '\'' && ch != '\\' && ch != '!')
            buf_add(out, start, (size_t)(text - start));
        else
            for (; start < text; start++)
                buf_printf(out, "\\%03o", (unsigned)(unsigned char)*start);
    }
    buf_str(out, "'");
}

void shell_quote(struct buf *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./:=@%+,";
    /* "=" is a command's path in zsh where a word begins with it. */
    if (*text && *text != '=' && text[strspn(text, plain)] == '\0') {
        buf_str(out, text);
        return;
    }
    if (!text_is_printable(text)) {
        shell_quote_bytes(out, text);
        return;
    }
    buf_str(out, "'");
    for (; *text; text++)
        if (*text == '\'')
            buf_str(out, "'\\''");
        else
            buf_add(out, text, 1);
    buf_str(out, "'");
}

void shell_add_option(void *out, const char *name, const char *value)
{
    buf_printf(out, " --%s", name);
    if (!value)
        return;
    buf_str(out, " ");
    shell_quote(out, value);
}

/* The byte of up to three octal digits at *P, which is moved behind them. */
static char shell_octal(char **p)
{
    unsigned value = 0;
    for (int i = 0; i < 3 && **p >= '0' && **p <= '7'; i++)
        value = value * 8 + (unsigned)(*(*p)++ - '0');
    return (char)value;
}

/* Goes to the end of the word at P, its characters moved to *OUT; NULL: a quote is open. */
static char *shell_word_end(char *p, char **out)
{
    char quote = '\0'; /* ', or $ within $'...' */
    while (*p && (quote || *p != ' ')) {
        if (!quote && p[0] == '$' && p[1] == '\'') {
            quote = '$';
            p += 2;
        } else if (*p == '\'') {
            quote = quote ? '\0' : '\'';
            p++;
        } else if (*p == '\\' && quote == '$' && p[1] >= '0' && p[1] <= '7') {
            p++;
            *(*out)++ = shell_octal(&p);
        } else if (*p == '\\' && quote != '\'' && p[1]) {
            *(*out)++ = p[1];
            p += 2;
        } else {
            *(*out)++ = *p++;
        }
    }
    return quote ? NULL : p;
}

bool shell_words(char *text, const char **words, size_t most)
{
    size_t n = 0;
    for (char *p = text; *p;) {
        while (*p == ' ')
            p++;
        if (!*p)
            break;
        char *out = p, *word = p, *end = shell_word_end(p, &out);
        if (!end || n + 1 >= most)
            return false;
        p = *end ? end + 1 : end;
        *out = '\0';
        words[n++] = word;
    }
    words[n] = NULL;
    return n > 0;
}
