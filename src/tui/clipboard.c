/*
 * Copying to the clipboard of the terminal's own machine by the escape sequence OSC 52, also
 * through tmux and screen.
 */
#include "config.h"

#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

#include "explorer/copy.h"
#include "base/buf.h"
#include "tui/outgoing.h"

enum { SCREEN_PIECE = 240 }; /* screen takes no longer strings in one piece */

/* Standard base64 (RFC 4648) with padding, as OSC 52 requires. */
static void clipboard_base64(struct buf *out, const char *text, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)text;
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) |
                     (i + 2 < n ? p[i + 2] : 0u);
        char four[4] = {digits[v >> 18], digits[v >> 12 & 63],
                        i + 1 < n ? digits[v >> 6 & 63] : '=', i + 2 < n ? digits[v & 63] : '='};
        buf_add(out, four, sizeof four);
    }
}

/* For the terminal around tmux: an escape within its envelope is doubled. */
static void wrap_for_tmux(struct buf *out, const struct buf *sequence)
{
    buf_str(out, "\033Ptmux;\033");
    buf_add(out, sequence->data, sequence->len);
    buf_str(out, "\033\\");
}

/* screen passes envelopes on, in pieces. */
static void wrap_for_screen(struct buf *out, const struct buf *sequence)
{
    for (size_t i = 0; i < sequence->len; i += SCREEN_PIECE) {
        size_t left = sequence->len - i;
        buf_str(out, "\033P");
        buf_add(out, sequence->data + i, left < SCREEN_PIECE ? left : SCREEN_PIECE);
        buf_str(out, "\033\\");
    }
}

void clipboard_put(const char *text, size_t n)
{
    const char *tmux = getenv("TMUX"), *session = getenv("STY");
    struct buf sequence = BUF_INIT, out = BUF_INIT;
    if (n > COPY_MAX)
        return;
    buf_str(&sequence, "\033]52;c;");
    clipboard_base64(&sequence, text, n);
    buf_str(&sequence, "\007");
    if (!buf_ok(&sequence)) {
        buf_free(&sequence);
        return;
    }
    if (tmux && *tmux) {
        /* As its user has it: set-clipboard takes the first, allow-passthrough the second. */
        buf_add(&out, sequence.data, sequence.len);
        wrap_for_tmux(&out, &sequence);
    } else if (session && *session)
        wrap_for_screen(&out, &sequence);
    else
        buf_add(&out, sequence.data, sequence.len);
    if (buf_ok(&out))
        outgoing_put(out.data, out.len);
    buf_free(&sequence);
    buf_free(&out);
}
