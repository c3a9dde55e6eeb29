#include "config.h"

#include "unit.h"

#include "base/bitset.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/rng.h"
#include "base/shell_quote.h"
#include "base/text.h"

static void products_that_overflow_are_refused(void **state)
{
    size_t out = 7;
    (void)state;
    assert_false(mul_size(SIZE_MAX, 2, &out));
    assert_false(add_size(SIZE_MAX, 1, &out));
    assert_int_equal(out, 7);
    assert_true(mul_size(6, 7, &out));
    assert_int_equal(out, 42);
    assert_null(mem_array(SIZE_MAX, 2));
}

static void messages_hold_no_control_bytes(void **state)
{
    struct err err;
    (void)state;
    assert_int_equal(err_set(&err, STATUS_FORMAT, "a\033[2Jb\n%s", "\302\265"), STATUS_FORMAT);
    assert_string_equal(err.msg, "a?[2Jb?\302\265");
    assert_int_equal(err_prefix(&err, "file %d", 3), STATUS_FORMAT);
    assert_string_equal(err.msg, "file 3: a?[2Jb?\302\265");
    err_set(&err, STATUS_FORMAT, "%s", "\302\233 \342\200\256 \342\200\250 \355\240\200");
    assert_string_equal(err.msg, "? ? ? ???");
}

/* What is wrong with a file is said of the longest path, too; no character is cut in two. */
static void messages_of_long_paths_keep_their_end(void **state)
{
    char path[4096];
    struct err err;
    (void)state;
    for (size_t shift = 0; shift < 2; shift++) {
        memset(path, 'd', shift);
        for (size_t i = shift; i + 2 < sizeof path; i += 2)
            memcpy(path + i, "\303\251", 3);
        err_set(&err, STATUS_IO, "%s: No such file", path);
        assert_non_null(strstr(err.msg, "...\303\251"));
        assert_string_equal(err.msg + strlen(err.msg) - 14, ": No such file");
        assert_null(strchr(err.msg, '?'));
        assert_in_range(strlen(err.msg), sizeof err.msg - 3, sizeof err.msg - 1);
        err_prefix(&err, "%s", path);
        assert_string_equal(err.msg + strlen(err.msg) - 14, ": No such file");
    }
}

/* What is shown and written in place of characters that are not printable. */
static void names_are_shown_and_escaped(void **state)
{
    static const struct {
        const char *text, *shown, *tsv, *json;
    } cases[] = {
        {"s\\ \303\251 \327\220", "s\\ \303\251 \327\220", "s\\ \303\251 \327\220",
         "s\\ \303\251 \327\220"},
        {"a\tb\n\177", "a?b??", "a\\u0009b\\u000A\\u007F", "a\\u0009b\\u000A\\u007F"},
        {"\302\233\342\200\256\342\201\246\342\200\251\342\200\213", "?????",
         "\\u009B\\u202E\\u2066\\u2029\\u200B", "\\u009B\\u202E\\u2066\\u2029\\u200B"},
        {"\363\240\201\201", "?", "\\uDB40\\uDC41", "\\uDB40\\uDC41"},
        {"\377\300\200", "???", "\\xFF\\xC0\\x80", "\\uFFFD\\uFFFD\\uFFFD"},
        {"\357\277\275", "?", "\\uFFFD", "\\uFFFD"},
        {"\\u0041\\x41\\", "\\u0041\\x41\\", "\\u005Cu0041\\u005Cx41\\", "\\u0041\\x41\\"},
        /* A joiner within a Persian word, and in a Latin one. */
        {"\331\205\333\214\342\200\214\330\256", "\331\205\333\214\342\200\214\330\256",
         "\331\205\333\214\342\200\214\330\256", "\331\205\333\214\342\200\214\330\256"},
        {"a\342\200\215b", "a?b", "a\\u200Db", "a\\u200Db"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf shown = BUF_INIT, tsv = BUF_INIT, json = BUF_INIT;
        char text[40];
        snprintf(text, sizeof text, "%s", cases[i].text);
        text_clean(text);
        assert_string_equal(text, cases[i].shown);
        text_show(&shown, cases[i].text);
        assert_string_equal(buf_text(&shown), cases[i].shown);
        text_escape_tsv(&tsv, cases[i].text);
        assert_string_equal(buf_text(&tsv), cases[i].tsv);
        text_escape_json(&json, cases[i].text);
        assert_string_equal(buf_text(&json), cases[i].json);
        buf_free(&shown);
        buf_free(&tsv);
        buf_free(&json);
    }
}

static void text_grows_as_needed(void **state)
{
    struct buf b = BUF_INIT;
    (void)state;
    assert_string_equal(buf_text(&b), "");
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%d,", i % 10);
    assert_true(buf_ok(&b));
    assert_int_equal(b.len, 2000);
    assert_memory_equal(b.data + 1990, "5,6,7,8,9,", 11);
    buf_free(&b);
}

static void names_keep_their_numbers(void **state)
{
    struct names t = NAMES_INIT;
    char name[16];
    (void)state;
    assert_int_equal(names_find(&t, "x"), NAMES_NONE);
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "n%u", i);
        assert_int_equal(names_add(&t, name), i);
    }
    assert_int_equal(names_add(&t, "n77"), 77);
    assert_int_equal(names_find(&t, "n4999"), 4999);
    assert_int_equal(names_find(&t, "n5000"), NAMES_NONE);
    assert_string_equal(t.name[123], "n123");
    names_free(&t);
}

static void random_numbers_are_the_published_sequence(void **state)
{
    struct rng r = rng_seed(1234567);
    (void)state;
    assert_true(rng_next(&r) == 6457827717110365317u);
    assert_true(rng_next(&r) == 3203168211198807973u);
    for (int i = 0; i < 1000; i++) {
        double u = rng_uniform(&r);
        assert_true(u >= 0 && u < 1);
        assert_true(rng_below(&r, 7) < 7);
    }
}

static void bits_are_counted(void **state)
{
    uint64_t set[3] = {0};
    (void)state;
    assert_int_equal(bitset_words(129), 3);
    bitset_put(set, 0);
    bitset_put(set, 64);
    bitset_put(set, 128);
    assert_int_equal(bitset_count(set, 3), 3);
    bitset_drop(set, 64);
    assert_false(bitset_has(set, 64));
    assert_true(bitset_has(set, 128));
}

static void commands_are_taken_apart(void **state)
{
    static const struct {
        const char *command, *words[6];
    } cases[] = {
        {"propneu erase  --set 'a b'", {"propneu", "erase", "--set", "a b"}},
        {"x 'it'\\''s'", {"x", "it's"}},
        {" x '' y", {"x", "", "y"}},
        {"x a\\ b", {"x", "a b"}},
        {"x $'a\\012\\'\\\\b'c", {"x", "a\n'\\bc"}},
        {"x $'open\\'", {NULL}},
        {"x 'open", {NULL}},
        {"", {NULL}},
        {"a b c d e f g", {NULL}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *words[6];
        char text[100];
        snprintf(text, sizeof text, "%s", cases[i].command);
        bool good = shell_words(text, words, 6);
        assert_int_equal(good, cases[i].words[0] != NULL);
        for (size_t k = 0; good && (cases[i].words[k] || words[k]); k++)
            assert_string_equal(words[k], cases[i].words[k]);
    }
}

static void words_are_quoted_so_that_shells_run_nothing(void **state)
{
    static const struct {
        const char *text, *word;
    } cases[] = {
        {"a-1_b=@%+,./:", "a-1_b=@%+,./:"},
        {"", "''"},
        {"it's $(rm) `x`", "'it'\\''s $(rm) `x`'"},
        {"gr\303\274n \343\201\202", "'gr\303\274n \343\201\202'"},
        {"a\nrm", "$'a\\012rm'"},
        {"\033]52;c\\'\a!", "$'\\033]52;c\\134\\047\\007\\041'"},
        {"=ls", "'=ls'"},
        {"a\342\200\213b\315\217", "$'a\\342\\200\\213b\\315\\217'"},
        {"\3038 \302\233", "$'\\3038 \\302\\233'"},
        {"a\342\200\256b", "$'a\\342\\200\\256b'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out = BUF_INIT;
        const char *words[3];
        shell_quote(&out, cases[i].text);
        assert_true(buf_ok(&out));
        assert_string_equal(buf_text(&out), cases[i].word);
        assert_true(shell_words(out.data, words, 3));
        assert_string_equal(words[0], cases[i].text);
        assert_null(words[1]);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_that_overflow_are_refused),
        cmocka_unit_test(messages_hold_no_control_bytes),
        cmocka_unit_test(messages_of_long_paths_keep_their_end),
        cmocka_unit_test(names_are_shown_and_escaped),
        cmocka_unit_test(text_grows_as_needed),
        cmocka_unit_test(names_keep_their_numbers),
        cmocka_unit_test(random_numbers_are_the_published_sequence),
        cmocka_unit_test(bits_are_counted),
        cmocka_unit_test(commands_are_taken_apart),
        cmocka_unit_test(words_are_quoted_so_that_shells_run_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
