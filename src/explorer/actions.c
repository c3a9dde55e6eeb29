#include "config.h"

#include "explorer/actions.h"

#include "screen/keys.h"

const struct action_entry action_table[ACTION_COUNT] = {[ACTION_NONE] = {"", "", 0, 0, "", ""},
#define ACTION_ROW(id, name, keys, contexts, priority, footer, help) \
    [ACTION_##id] = {name, keys, contexts, priority, footer, help},
                                                        ACTIONS(ACTION_ROW)
#undef ACTION_ROW
};

enum action action_for_key(uint32_t key, unsigned context, long *arg)
{
    *arg = 0;
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const char *names = action_table[a].keys;
        if (!(action_table[a].contexts & context))
            continue;
        for (uint32_t k = key_next(&names); k; k = key_next(&names))
            if (k == key) {
                *arg = a == ACTION_ANY_DIGIT ? (long)key - '0' : 0;
                return (enum action)a;
            }
    }
    if (context == CTX_PROMPT && key_types(key)) {
        *arg = (long)key;
        return ACTION_TYPE;
    }
    return ACTION_NONE;
}

void action_key_name(enum action a, char *text, size_t size)
{
    const char *names = action_table[a].keys;
    key_text(key_next(&names), text, size);
}
