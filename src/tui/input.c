#include "config.h"

#include "terminal.h"

#include <wchar.h>

#include "../view/keys.h"

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

/* The key of a curses code; UINT32_MAX for those without a meaning here (KEY_RESIZE, ...). */
static uint32_t translate(wint_t code)
{
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (special[i].code == code)
            return special[i].key;
    if (code >= KEY_F(1) && code <= KEY_F(63))
        return (uint32_t)KEY_CODE_F0 + (uint32_t)(code - KEY_F0);
    return UINT32_MAX;
}

uint32_t input_key(void)
{
    wint_t code;
    for (;;) {
        int kind = get_wch(&code);
        if (kind == ERR)
            return 0;
        if (kind != KEY_CODE_YES)
            return code == '\n'                  ? KEY_CODE_ENTER
                   : code == 127 || code == '\b' ? KEY_CODE_BACKSPACE
                                                 : (uint32_t)code;
        uint32_t key = translate(code);
        if (key != UINT32_MAX)
            return key;
    }
}
