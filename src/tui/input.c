/*
 * Key codes of curses to those of the explorer, and mouse reports.
 */
#include "config.h"

#include "tui/terminal.h"

#include <wchar.h>

#include "screen/keys.h"

enum { PIECE_MS = 25 }; /* waited for the rest of a sequence: lines deliver in pieces */

static const struct {
    wint_t code;
    uint32_t key;
} special[] = {
    {KEY_UP, KEY_CODE_UP},       {KEY_DOWN, KEY_CODE_DOWN},
    {KEY_LEFT, KEY_CODE_LEFT},   {KEY_RIGHT, KEY_CODE_RIGHT},
    {KEY_PPAGE, KEY_CODE_PGUP},  {KEY_NPAGE, KEY_CODE_PGDN},
    {KEY_HOME, KEY_CODE_HOME},   {KEY_END, KEY_CODE_END},
    {KEY_ENTER, KEY_CODE_ENTER}, {KEY_BACKSPACE, KEY_CODE_BACKSPACE},
    {KEY_DC, KEY_CODE_DELETE},   {KEY_BTAB, KEY_CODE_SHIFT_TAB},
};

static MEVENT mouse;

/*
 * A report nobody asked for: another program left the terminal that way.  curses has read its
 * beginning only, "ESC [ <"; the numbers behind it must not be taken for keys.
 */
static void drop_report(void)
{
    wint_t code;
    wtimeout(stdscr, PIECE_MS);
    for (int n = 0; n < 32 && get_wch(&code) == OK && code != 'M' && code != 'm'; n++)
        if ((code < '0' || code > '9') && code != ';') {
            unget_wch((wchar_t)code);
            break;
        }
    nodelay(stdscr, TRUE);
}

/* The wheel turns through lines; other buttons than the first mean nothing. */
static uint32_t mouse_key(void)
{
    if (getmouse(&mouse) != OK) {
        drop_report();
        return UINT32_MAX;
    }
    return mouse.bstate & BUTTON4_PRESSED   ? KEY_CODE_UP
           : mouse.bstate & BUTTON5_PRESSED ? KEY_CODE_DOWN
           : mouse.bstate & BUTTON1_PRESSED ? KEY_CODE_CLICK
                                            : UINT32_MAX;
}

void input_click(int *row, int *col)
{
    *row = mouse.y;
    *col = mouse.x;
}

/* The key of a curses code; UINT32_MAX for those without a meaning here (KEY_RESIZE, ...). */
static uint32_t input_translate(wint_t code)
{
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (special[i].code == code)
            return special[i].key;
    if (code == KEY_MOUSE)
        return mouse_key();
    if (code >= KEY_F(1) && code <= KEY_F(63))
        return (uint32_t)KEY_CODE_F0 + (uint32_t)(code - KEY_F0);
    return UINT32_MAX;
}

/* The keys of sequences "ESC [ n ~", "ESC [ X" and "ESC O X" on all terminals that have them. */
static uint32_t sequence_key(unsigned number, wint_t final)
{
    static const struct {
        unsigned number;
        wint_t final;
        uint32_t key;
    } known[] = {{0, 'A', KEY_CODE_UP},    {0, 'B', KEY_CODE_DOWN},   {0, 'C', KEY_CODE_RIGHT},
                 {0, 'D', KEY_CODE_LEFT},  {0, 'H', KEY_CODE_HOME},   {0, 'F', KEY_CODE_END},
                 {0, 'M', KEY_CODE_ENTER}, {0, 'P', KEY_CODE_F0 + 1}, {0, 'Z', KEY_CODE_SHIFT_TAB},
                 {1, '~', KEY_CODE_HOME},  {7, '~', KEY_CODE_HOME},   {4, '~', KEY_CODE_END},
                 {8, '~', KEY_CODE_END},   {3, '~', KEY_CODE_DELETE}, {5, '~', KEY_CODE_PGUP},
                 {6, '~', KEY_CODE_PGDN},  {11, '~', KEY_CODE_F0 + 1}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].number == number && known[i].final == final)
            return known[i].key;
    return UINT32_MAX;
}

/*
 * What follows an Esc that curses made nothing of.  A key the terminal's description lacks sends a
 * sequence: it must be read as a whole, or its letters would be taken for keys of their own.
 */
static uint32_t after_escape(void)
{
    wint_t code, final = 0;
    unsigned number = 0;
    int kind = get_wch(&code);
    if (kind == KEY_CODE_YES)
        ungetch((int)code);
    else if (kind != ERR && code != '[' && code != 'O')
        unget_wch((wchar_t)code);
    if (kind == KEY_CODE_YES || kind == ERR || (code != '[' && code != 'O'))
        return KEY_CODE_ESC;
    wtimeout(stdscr, PIECE_MS);
    for (int n = 0; n < 32 && get_wch(&final) == OK && final >= 0x20 && final < 0x40; n++)
        number = final >= '0' && final <= '9' && number < 1000 ? number * 10 + (final - '0')
                                                               : 1000; /* modifiers: none known */
    nodelay(stdscr, TRUE);
    return sequence_key(number, final);
}

/* Skips codes without a meaning until a key or nothing is left. */
uint32_t input_key(void)
{
    wint_t code;
    for (;;) {
        int kind = get_wch(&code);
        if (kind == ERR)
            return 0;
        uint32_t key = kind == KEY_CODE_YES   ? input_translate(code)
                       : code == KEY_CODE_ESC ? after_escape()
                                              : 0;
        if (key == 0)
            return code == '\n'                  ? KEY_CODE_ENTER
                   : code == 127 || code == '\b' ? KEY_CODE_BACKSPACE
                                                 : (uint32_t)code;
        if (key != UINT32_MAX)
            return key;
    }
}
