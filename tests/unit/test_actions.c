#include "config.h"

#include "unit.h"

#include "explorer/view.h"
#include "screen/keys.h"
#include "formats/file.h"

static unsigned contexts[] = {
#define VIEW_BIT(id, name, title, definition) 1u << VIEW_##id,
    VIEWS(VIEW_BIT)
#undef VIEW_BIT
        CTX_PANEL,
    CTX_TEXT,
    CTX_PROMPT,
    CTX_HELP,
    CTX_TOUR,
    CTX_COPY};

#define CONTEXTS (sizeof contexts / sizeof contexts[0])

static void no_key_means_two_things(void **state)
{
    (void)state;
    for (size_t x = 0; x < CONTEXTS; x++)
        for (enum action a = action_next(ACTION_NONE, contexts[x]); a;
             a = action_next(a, contexts[x])) {
            const struct action_entry *e = action_entry(a, contexts[x]);
            const char *keys = e->keys;
            uint32_t key;
            while ((key = key_next(&keys))) {
                long arg;
                enum action found = action_for_key(key, contexts[x], &arg);
                if (found != a)
                    fail_msg("key %u means %s and %s", key, e->name,
                             action_entry(found, contexts[x])->name);
            }
            assert_string_equal(keys + strspn(keys, " "), ""); /* every name is a key */
        }
}

/* The contexts in which A is there. */
static unsigned places_of(enum action a)
{
    unsigned places = 0;
    for (size_t x = 0; x < CONTEXTS; x++)
        if (action_entry(a, contexts[x]))
            places |= contexts[x];
    return places;
}

static void every_action_can_be_reached_and_is_explained(void **state)
{
    const struct action_entry *seen[ACTION_COUNT + VIEW_COUNT * VIEW_OWN];
    size_t n = 0;
    (void)state;
    for (int a = 1; a < ACTION_COUNT; a++)
        assert_true(places_of((enum action)a) != 0);
    for (size_t x = 0; x < CONTEXTS; x++)
        for (enum action a = action_next(ACTION_NONE, contexts[x]); a;
             a = action_next(a, contexts[x])) {
            const struct action_entry *e = action_entry(a, contexts[x]);
            assert_true(e->help[0] != '\0');
            if (a != ACTION_TYPE)
                assert_true(e->keys[0] != '\0');
            size_t i = 0;
            while (i < n && seen[i] != e)
                assert_string_not_equal(seen[i++]->name, e->name);
            if (i == n)
                seen[n++] = e;
        }
}

/* Every action of a view comes once, its own among the others. */
static void views_list_their_own_actions(void **state)
{
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++) {
        const struct view *view = view_of((enum view_id)v);
        size_t own = 0, listed = 0;
        while (view->own && view->own[own].entry.name)
            own++;
        assert_true(own <= VIEW_OWN);
        for (enum action a = action_next(ACTION_NONE, 1u << v); a; a = action_next(a, 1u << v))
            listed += a >= ACTION_OWN;
        assert_int_equal(listed, own);
        for (size_t i = 0; i < VIEW_OFFERS && view->offers[i]; i++)
            assert_non_null(action_entry(view->offers[i], 1u << v));
    }
}

static void reserved_keys_keep_their_meaning(void **state)
{
    static const struct {
        uint32_t key;
        enum action action;
    } fixed[] = {
        {'h', ACTION_PREV_LAYER},
        {'l', ACTION_NEXT_LAYER},
        {'k', ACTION_UP},
        {'j', ACTION_DOWN},
        {'g', ACTION_FIRST},
        {'G', ACTION_LAST},
        {4, ACTION_PAGE_DOWN},
        {21, ACTION_PAGE_UP},
        {'q', ACTION_QUIT},
        {'?', ACTION_HELP},
        {KEY_CODE_UP, ACTION_UP},
        {KEY_CODE_DOWN, ACTION_DOWN},
        {KEY_CODE_LEFT, ACTION_PREV_LAYER},
        {KEY_CODE_PGUP, ACTION_PAGE_UP},
        {KEY_CODE_RIGHT, ACTION_NEXT_LAYER},
        {KEY_CODE_HOME, ACTION_FIRST},
        {KEY_CODE_PGDN, ACTION_PAGE_DOWN},
        {KEY_CODE_END, ACTION_LAST},
    };
    long arg;
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++)
        for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
            assert_int_equal(action_for_key(fixed[i].key, 1u << v, &arg), fixed[i].action);
    /* For searching, or for nothing. */
    for (int v = 0; v < VIEW_COUNT; v++) {
        enum action search = action_for_key('/', 1u << v, &arg);
        assert_true(search == ACTION_NONE || search == ACTION_SEARCH);
        assert_int_equal(action_for_key('n', 1u << v, &arg), search ? ACTION_NEXT_MATCH : 0);
        assert_int_equal(action_for_key('N', 1u << v, &arg), search ? ACTION_PREV_MATCH : 0);
    }
}

/* Text that troff takes as it stands: no control characters or escapes in it. */
static void add_words(struct buf *b, const char *text)
{
    for (const char *s = text; *s; s++) {
        bool start = s == text || s[-1] == ' ', end = !s[1] || s[1] == ' ';
        if (start && end && !(*s >= 'a' && *s <= 'z') && !(*s >= 'A' && *s <= 'Z') && *s != ' ')
            buf_add(b, "\\&", 2);
        if (*s == '^')
            buf_add(b, "\\(ha", 4);
        else if (*s == '-' && start && end)
            buf_add(b, "\\-", 2);
        else
            buf_add(b, s, 1);
    }
}

/* Where an action is there, unless everywhere: "Layers, Map: ". */
static void add_places(struct buf *b, unsigned x)
{
    const char *glue = "";
    if ((x & CTX_VIEWS) == CTX_VIEWS)
        return;
    for (int v = 0; v < VIEW_COUNT; v++)
        if (x >> v & 1) {
            buf_printf(b, "%s%s", glue, view_title((enum view_id)v));
            glue = ", ";
        }
    buf_printf(b, "%s: ", *glue ? "" : x & CTX_TOUR ? "Tour" : x == CTX_COPY ? "Copy" : "Lists");
}

static void add_entry(struct buf *b, const struct action_entry *e, unsigned places)
{
    buf_printf(b, ".It Sy ");
    add_words(b, e->keys);
    buf_printf(b, "\n");
    add_places(b, places);
    add_words(b, e->help);
    buf_printf(b, "\n");
}

static const struct action_entry *entry_somewhere(enum action a, unsigned places)
{
    for (size_t x = 0; x < CONTEXTS; x++)
        if (places & contexts[x])
            return action_entry(a, contexts[x]);
    return NULL;
}

static void the_manual_lists_every_key(void **state)
{
    struct buf b = BUF_INIT;
    struct mapped m;
    struct err err;
    (void)state;
    buf_printf(&b, ".Bl -tag -width \"Backspace\"\n");
    for (int a = 1; a < ACTION_COUNT; a++) {
        unsigned places = places_of((enum action)a);
        if (places & (CTX_VIEWS | CTX_PANEL | CTX_TOUR | CTX_COPY))
            add_entry(&b, entry_somewhere((enum action)a, places), places);
        for (int v = 0; v < VIEW_COUNT; v++)
            for (const struct view_action *own = view_of((enum view_id)v)->own;
                 own && own->entry.name; own++)
                if ((int)own->after == a)
                    add_entry(&b, &own->entry, 1u << v);
    }
    buf_printf(&b, ".El\n");
    assert_ok(mapped_open(&m, source_path("man/propneu-explore.1"), &err));
    if (!memmem(m.data, m.size, buf_text(&b), b.len)) {
        printf("%s", buf_text(&b));
        fail_msg("man/propneu-explore.1 lists other keys; they are those above");
    }
    mapped_close(&m);
    buf_free(&b);
}

static void letters_type_in_prompts(void **state)
{
    long arg;
    (void)state;
    for (uint32_t key = 32; key < 127; key++) {
        assert_int_equal(action_for_key(key, CTX_PROMPT, &arg), ACTION_TYPE);
        assert_int_equal(arg, key);
    }
}

static void footers_fit_and_always_show_the_way_to_help(void **state)
{
    (void)state;
    for (int width = 40; width <= 80; width += 40)
        for (size_t x = 0; x < CONTEXTS; x++) {
            struct canvas c;
            struct buf b = BUF_INIT;
            assert_true(canvas_init(&c, width, 1, true));
            footer_render(&c, 0, width, contexts[x]);
            canvas_print(&c, &b);
            assert_true(b.len > 5 && b.len <= (size_t)width + 1);
            if (contexts[x] & CTX_VIEWS)
                assert_memory_equal(buf_text(&b), "? help  q quit", 14);
            assert_null(strchr(buf_text(&b), '~')); /* whole entries only */
            buf_free(&b);
            canvas_free(&c);
        }
}

static void keys_have_names(void **state)
{
    const char *names = "Left ^D F12 ? Space S-Tab Nokey";
    char text[16];
    (void)state;
    assert_int_equal(key_next(&names), KEY_CODE_LEFT);
    assert_int_equal(key_next(&names), 4);
    uint32_t f12 = key_next(&names);
    key_text(f12, text, sizeof text);
    assert_string_equal(text, "F12");
    assert_int_equal(key_next(&names), '?');
    assert_int_equal(key_next(&names), ' ');
    key_text(key_next(&names), text, sizeof text);
    assert_string_equal(text, "S-Tab");
    assert_int_equal(key_next(&names), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_means_two_things),
        cmocka_unit_test(every_action_can_be_reached_and_is_explained),
        cmocka_unit_test(views_list_their_own_actions),
        cmocka_unit_test(reserved_keys_keep_their_meaning),
        cmocka_unit_test(the_manual_lists_every_key),
        cmocka_unit_test(letters_type_in_prompts),
        cmocka_unit_test(footers_fit_and_always_show_the_way_to_help),
        cmocka_unit_test(keys_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
