/*
 * palette.h - every style a cell can have, with its look on each kind of terminal.
 *
 * Views name styles, never colours.  Nothing is said by colour alone: a group has its letter, a
 * selection its pointer.  Default foreground and background are the terminal's own, so that light
 * and dark themes both work; the group colours are of middle lightness and stay apart for eyes
 * without red or green receptors (checked by tests/unit/test_canvas.c).
 */
#ifndef PROPNEU_SCREEN_PALETTE_H
#define PROPNEU_SCREEN_PALETTE_H

/* Attributes, as bits. */
enum { ATTR_NONE = 0, ATTR_BOLD = 1, ATTR_UNDERLINE = 2, ATTR_REVERSE = 4, ATTR_DIM = 8 };

/*
 * STYLE(name, letter for tests, colour of 256, colour of 8, attributes in colour, attributes in
 * mono); -1 = the terminal's own foreground.
 */
#define STYLES(STYLE)                                           \
    STYLE(NORMAL, '.', -1, -1, ATTR_NONE, ATTR_NONE)            \
    STYLE(TITLE, 'T', -1, -1, ATTR_BOLD, ATTR_BOLD)             \
    STYLE(HEADING, 'H', -1, -1, ATTR_UNDERLINE, ATTR_UNDERLINE) \
    STYLE(TAB, 't', -1, -1, ATTR_NONE, ATTR_NONE)               \
    STYLE(TAB_HERE, 'r', -1, -1, ATTR_REVERSE, ATTR_REVERSE)    \
    STYLE(FAINT, 'f', 244, -1, ATTR_NONE, ATTR_NONE)            \
    STYLE(STRONG, 'b', -1, -1, ATTR_BOLD, ATTR_BOLD)            \
    STYLE(KEY, 'k', -1, -1, ATTR_BOLD, ATTR_BOLD)               \
    STYLE(SELECTED, 's', -1, -1, ATTR_REVERSE, ATTR_REVERSE)    \
    STYLE(BEST, '*', 29, 2, ATTR_BOLD, ATTR_BOLD)               \
    STYLE(BAR, '=', 32, 6, ATTR_NONE, ATTR_NONE)                \
    STYLE(BAR_LOW, '-', 244, -1, ATTR_NONE, ATTR_NONE)          \
    STYLE(ALERT, '!', 166, 1, ATTR_BOLD, ATTR_BOLD)             \
    STYLE(MIXED, 'x', -1, -1, ATTR_REVERSE, ATTR_REVERSE)       \
    STYLE(GROUP_1, '1', 166, 1, ATTR_NONE, ATTR_BOLD)           \
    STYLE(GROUP_2, '2', 32, 6, ATTR_NONE, ATTR_NONE)            \
    STYLE(GROUP_3, '3', 133, 5, ATTR_NONE, ATTR_UNDERLINE)      \
    STYLE(GROUP_4, '4', 29, 2, ATTR_NONE, ATTR_NONE)            \
    STYLE(GROUP_5, '5', 102, 3, ATTR_NONE, ATTR_NONE)           \
    STYLE(GROUP_OTHER, 'o', -1, -1, ATTR_NONE, ATTR_NONE)

enum style {
#define PALETTE_ENUM(name, letter, c256, c8, attr, mono) STYLE_##name,
    STYLES(PALETTE_ENUM)
#undef PALETTE_ENUM
        STYLE_COUNT
};

#define PALETTE_GROUPS 5 /* groups with a style of their own; the rest share GROUP_OTHER */

struct look {
    const char *name;
    char letter;
    short c256, c8; /* -1 = default foreground */
    unsigned char attr, mono;
};

extern const struct look palette[STYLE_COUNT];

/* Style of group number G, from 0. */
static inline enum style palette_group(unsigned g)
{
    return g < PALETTE_GROUPS ? (enum style)(STYLE_GROUP_1 + g) : STYLE_GROUP_OTHER;
}

#endif
