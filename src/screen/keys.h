/*
 * keys.h - keys as numbers and as names ("Left", "^D", "F1", "Space", "?").
 *
 * A key is the Unicode character it types, or one of these.  The terminal translates into them,
 * the action table is written in their names.
 */
#ifndef PROPNEU_SCREEN_KEYS_H
#define PROPNEU_SCREEN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key {
    KEY_CODE_ENTER = 13,
    KEY_CODE_ESC = 27,
    KEY_CODE_TAB = 9,
    KEY_CODE_SPACE = 32,
    KEY_CODE_FIRST = 0x110000, /* beyond Unicode */
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PGUP,
    KEY_CODE_PGDN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_SHIFT_TAB,
    KEY_CODE_CLICK,        /* of the mouse: never one of an action */
    KEY_CODE_F0 = 0x110100 /* + n for Fn */
};

/* The key whose name stands at *NAMES, a list separated by blanks, which is moved past it; 0 at
 * the end and for a word that names none. */
uint32_t key_next(const char **names);

/* The name of KEY into TEXT of SIZE bytes. */
void key_text(uint32_t key, char *text, size_t size);

/* True if KEY types a character (in a prompt). */
bool key_types(uint32_t key);

#endif
