/*
 * actions.c - the table of actions, and looking through it together with those of the views.
 */
#include "config.h"

#include "explorer/actions.h"

#include "explorer/view.h"
#include "screen/keys.h"

static const struct action_entry action_table[ACTION_COUNT] = {
    [ACTION_NONE] = {"", "", 0, 0, "", ""},
#define ACTION_ROW(id, name, keys, contexts, priority, footer, help) \
    [ACTION_##id] = {name, keys, contexts, priority, footer, help},
    ACTIONS(ACTION_ROW)
#undef ACTION_ROW
};

/* The view that CONTEXT is; NULL for what lies over it. */
static const struct view *context_view(unsigned context)
{
    for (int v = 0; v < VIEW_COUNT; v++)
        if (context == 1u << v)
            return view_of((enum view_id)v);
    return NULL;
}

static bool view_offers(const struct view *view, enum action a)
{
    for (size_t i = 0; view && i < VIEW_OFFERS && view->offers[i]; i++)
        if (view->offers[i] == a)
            return true;
    return false;
}

const struct action_entry *action_entry(enum action a, unsigned context)
{
    const struct view *view = context_view(context);
    if (a >= ACTION_OWN) {
        for (int i = 0; view && view->own && view->own[i].entry.name; i++)
            if (i == (int)a - ACTION_OWN)
                return &view->own[i].entry;
        return NULL;
    }
    const struct action_entry *e = &action_table[a];
    return e->contexts & context || (e->contexts & CTX_OFFERED && view_offers(view, a)) ? e : NULL;
}

/* The first own action from number I on that stands behind A. */
static enum action own_after(const struct view *view, enum action a, int i)
{
    for (; view && view->own && view->own[i].entry.name; i++)
        if (view->own[i].after == a)
            return (enum action)(ACTION_OWN + i);
    return ACTION_NONE;
}

enum action action_next(enum action a, unsigned context)
{
    const struct view *view = context_view(context);
    bool own = a >= ACTION_OWN;
    enum action after = own ? view->own[a - ACTION_OWN].after : a;
    enum action next = own_after(view, after, own ? (int)a - ACTION_OWN + 1 : 0);
    for (int k = (int)after + 1; !next && k < ACTION_COUNT; k++)
        if (action_entry((enum action)k, context))
            next = (enum action)k;
        else
            next = own_after(view, (enum action)k, 0);
    return next;
}

enum action action_for_key(uint32_t key, unsigned context, long *arg)
{
    *arg = 0;
    for (enum action a = action_next(ACTION_NONE, context); a; a = action_next(a, context)) {
        const char *names = action_entry(a, context)->keys;
        for (uint32_t k = key_next(&names); k; k = key_next(&names))
            if (k == key) {
                *arg = a == ACTION_ANY_DIGIT ? (long)key - '0' : 0;
                return a;
            }
    }
    if (context == CTX_PROMPT && key_types(key)) {
        *arg = (long)key;
        return ACTION_TYPE;
    }
    return ACTION_NONE;
}

void action_key_name(const struct action_entry *e, char *text, size_t size)
{
    const char *names = e->keys;
    key_text(key_next(&names), text, size);
}
