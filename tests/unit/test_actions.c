#include "config.h"

#include "unit.h"

#include "explorer/app.h"
#include "screen/keys.h"
#include "formats/file.h"

static unsigned contexts[] = {
#define VIEW_BIT(id, name, title) CTX_##id,
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
        for (int a = 1; a < ACTION_COUNT; a++) {
            const char *keys = action_table[a].keys;
            uint32_t key;
            if (!(action_table[a].contexts & contexts[x]))
                continue;
            while ((key = key_next(&keys))) {
                long arg;
                enum action found = action_for_key(key, contexts[x], &arg);
                if ((int)found != a)
                    fail_msg("key %u means %s and %s", key, action_table[a].name,
                             action_table[found].name);
            }
            assert_string_equal(keys + strspn(keys, " "), ""); /* every name is a key */
        }
}

static void every_action_can_be_reached_and_is_explained(void **state)
{
    (void)state;
    for (int a = 1; a < ACTION_COUNT; a++) {
        assert_true(action_table[a].contexts != 0);
        assert_true(action_table[a].help[0] != '\0');
        if (a != ACTION_TYPE)
            assert_true(action_table[a].keys[0] != '\0');
        for (int b = 1; b < a; b++)
            assert_string_not_equal(action_table[a].name, action_table[b].name);
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
    static const char *const titles[] = {
#define VIEW_WORD(id, name, title) title,
        VIEWS(VIEW_WORD)
#undef VIEW_WORD
    };
    const char *glue = "";
    if ((x & CTX_VIEWS) == CTX_VIEWS)
        return;
    for (int v = 0; v < VIEW_COUNT; v++)
        if (x >> v & 1) {
            buf_printf(b, "%s%s", glue, titles[v]);
            glue = ", ";
        }
    buf_printf(b, "%s: ", *glue ? "" : x & CTX_TOUR ? "Tour" : x == CTX_COPY ? "Copy" : "Lists");
}

static void the_manual_lists_every_key(void **state)
{
    struct buf b = BUF_INIT;
    struct mapped m;
    struct err err;
    (void)state;
    buf_printf(&b, ".Bl -tag -width \"Backspace\"\n");
    for (int a = 1; a < ACTION_COUNT; a++) {
        const struct action_entry *e = &action_table[a];
        if (!(e->contexts & (CTX_VIEWS | CTX_PANEL | CTX_TOUR | CTX_COPY)))
            continue;
        buf_printf(&b, ".It Sy ");
        add_words(&b, e->keys);
        buf_printf(&b, "\n");
        add_places(&b, e->contexts);
        add_words(&b, e->help);
        buf_printf(&b, "\n");
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
        cmocka_unit_test(reserved_keys_keep_their_meaning),
        cmocka_unit_test(the_manual_lists_every_key),
        cmocka_unit_test(letters_type_in_prompts),
        cmocka_unit_test(footers_fit_and_always_show_the_way_to_help),
        cmocka_unit_test(keys_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
