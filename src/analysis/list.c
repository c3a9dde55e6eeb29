/*
 * Names in a row for messages that say what there is to choose from, cut where the message ends.
 */
#include "config.h"

#include "analysis/list.h"

#include <stdio.h>
#include <string.h>

void list_names(char *text, size_t size, char *const *name, uint32_t count)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        const char *word = name[i][0] ? name[i] : "(sil)";
        size_t need = strlen(word) + (i ? 2 : 0);
        if (used + need + sizeof ", ..." > size) {
            snprintf(text + used, size - used, "%s...", i ? ", " : "");
            return;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", word);
    }
    if (count == 0)
        snprintf(text, size, "none");
}
