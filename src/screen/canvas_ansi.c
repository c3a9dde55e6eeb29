/*
 * A canvas as text with SGR sequences for 256 colours.
 */
#include "config.h"

#include "screen/canvas.h"

/* From whatever was there before to STYLE. */
static void put_style(struct buf *out, const struct look *l)
{
    static const struct {
        unsigned attr;
        const char *code;
    } codes[] = {{ATTR_BOLD, ";1"}, {ATTR_DIM, ";2"}, {ATTR_UNDERLINE, ";4"}, {ATTR_REVERSE, ";7"}};
    buf_printf(out, "\033[0");
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (l->attr & codes[i].attr)
            buf_printf(out, "%s", codes[i].code);
    if (l->c256 >= 0)
        buf_printf(out, ";38;5;%d", l->c256);
    buf_printf(out, "m");
}

/*
 * A sequence only where the style changes, and a reset at the end of a line, so that colours do not
 * run on in a terminal or pager.
 */
void canvas_print_ansi(const struct canvas *c, struct buf *out)
{
    char bytes[8];
    for (int r = 0; r < c->rows; r++) {
        const struct cell *line = &c->cell[(size_t)r * (size_t)c->cols];
        uint32_t style = STYLE_NORMAL;
        int end = c->cols;
        while (end > 0 && line[end - 1].ch == ' ' && line[end - 1].style == STYLE_NORMAL)
            end--;
        for (int i = 0; i < end; i++) {
            if (!line[i].ch)
                continue;
            if (line[i].style != style)
                put_style(out, &palette[style = line[i].style]);
            int n = utf8_put(bytes, line[i].ch);
            if (line[i].mark)
                n += utf8_put(bytes + n, line[i].mark);
            buf_add(out, bytes, (size_t)n);
        }
        if (style != STYLE_NORMAL)
            put_style(out, &palette[STYLE_NORMAL]);
        buf_add(out, "\n", 1);
    }
}
