/*
 * The spellings of silence, which phone tables need not list.
 */
#include "config.h"

#include "formats/labels/silence.h"

#include <stddef.h>
#include <strings.h>

static const char *const silence_spellings[] = {
    "",   "sil", "<sil>", "sp",      "<sp>", "sp1",  "<eps>", "<s>", "</s>", "pau",
    "h#", "#h",  "epi",   "silence", "#",    "<p:>", "_",     "<p>", "ssil", NULL,
};

bool label_is_silence(const char *label)
{
    for (const char *const *s = silence_spellings; *s; s++)
        if (strcasecmp(*s, label) == 0)
            return true;
    return false;
}
