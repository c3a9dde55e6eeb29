/*
 * Names of keys and their numbers, both ways.
 */
#include "config.h"

#include "screen/keys.h"

#include <stdio.h>
#include <string.h>

#include "screen/canvas.h"

static const struct {
    const char *name;
    uint32_t key;
} named[] = {
    {"Up", KEY_CODE_UP},       {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},   {"Right", KEY_CODE_RIGHT},
    {"PgUp", KEY_CODE_PGUP},   {"PgDn", KEY_CODE_PGDN},
    {"Home", KEY_CODE_HOME},   {"End", KEY_CODE_END},
    {"Enter", KEY_CODE_ENTER}, {"Esc", KEY_CODE_ESC},
    {"Tab", KEY_CODE_TAB},     {"S-Tab", KEY_CODE_SHIFT_TAB},
    {"Space", KEY_CODE_SPACE}, {"Backspace", KEY_CODE_BACKSPACE},
    {"Del", KEY_CODE_DELETE},
};

enum { KEY_F_MAX = 63 };

/*
 * A name of the table, "^X" (control), "Fn" or a single character, in this order; 0 for a word that
 * is none of them.
 */
static uint32_t key_of(const char *word, size_t n)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strlen(named[i].name) == n && memcmp(named[i].name, word, n) == 0)
            return named[i].key;
    if (n == 2 && word[0] == '^' && word[1] >= 'A' && word[1] <= 'Z')
        return (uint32_t)(word[1] - '@');
    if (word[0] == 'F' && (n == 2 || n == 3)) {
        uint32_t number = 0;
        for (size_t i = 1; i < n && number < 100; i++)
            number =
                word[i] >= '0' && word[i] <= '9' ? number * 10 + (uint32_t)(word[i] - '0') : 100;
        if (number > 0 && number <= KEY_F_MAX)
            return (uint32_t)KEY_CODE_F0 + number;
    }
    const char *end = word;
    uint32_t ch = *word ? utf8_next(&end) : 0;
    return (size_t)(end - word) == n && key_types(ch) && ch != 0xfffd ? ch : 0;
}

uint32_t key_next(const char **names)
{
    const char *word = *names + strspn(*names, " ");
    size_t n = strcspn(word, " ");
    *names = word + n;
    return n ? key_of(word, n) : 0;
}

void key_text(uint32_t key, char *text, size_t size)
{
    char utf8[8] = "";
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i].key == key) {
            snprintf(text, size, "%s", named[i].name);
            return;
        }
    if (key > KEY_CODE_F0)
        snprintf(text, size, "F%u", (unsigned)(key - KEY_CODE_F0));
    else if (key < 32)
        snprintf(text, size, "^%c", (int)key + '@');
    else if (key < KEY_CODE_FIRST) {
        utf8[utf8_put(utf8, key)] = '\0';
        snprintf(text, size, "%s", utf8);
    } else
        snprintf(text, size, "?");
}

bool key_types(uint32_t key)
{
    return key >= 32 && key != 127 && key < KEY_CODE_FIRST;
}
