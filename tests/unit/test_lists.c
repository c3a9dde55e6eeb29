/* Lists: terms, sorting, filtering (grid.h); sets with a name; settings; digests. */
#include "config.h"

#include "unit.h"

#include <math.h>
#include <time.h>
#include <unistd.h>

#include "screen/grid.h"
#include "base/bitset.h"
#include "formats/configfile.h"
#include "formats/setfile.h"
#include "base/rng.h"
#include "base/sha256.h"

static const struct grid_column columns[] = {
    {"neuron", "neuron", false, false}, {"group", "group", true, false}, {"p", "p", false, true}};

static void fill(struct grid *g, size_t rows)
{
    static const char *const groups[] = {"female", "male", "Unvoiced"};
    grid_reset(g, columns, 3);
    for (size_t i = 0; i < rows; i++) {
        char name[16];
        const double number[] = {(double)i, NAN, i % 7 ? (double)(i % 7) / 10 : NAN};
        const char *const text[] = {name, groups[i % 3], ""};
        snprintf(name, sizeof name, "%zu", i);
        assert_true(grid_add(g, i, number, text));
    }
    grid_arrange(g);
}

static void terms_keep_what_they_say(void **state)
{
    static const struct {
        const char *terms;
        size_t kept;
    } cases[] = {{"", 42},
                 {"p>0.5", 6},
                 {"p>=0.5", 12},
                 {"p<0.2", 6},
                 {"p<=0.2", 12},
                 {"p!=0.1", 36},
                 {"neuron=7", 1},
                 {"neuron==7", 1},
                 {"group=male", 14},
                 {"group=MALE", 14},
                 {"male", 28},
                 {"^male$", 14},
                 {"!male", 14},
                 {"group~^un", 14},
                 {"GROUP!=male", 28},
                 {"^1. male", 7},
                 {"^4[01]$ !fem", 2},
                 {"^7$|^9$", 2},
                 {"  male   p>0.5 ", 4},
                 {"!p>0.5", 36},
                 {"7", 4}};
    struct grid g = {.rows = 0};
    struct err err;
    (void)state;
    fill(&g, 42);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_ok(grid_filter(&g, cases[i].terms, NULL, &err));
        if (g.count != cases[i].kept)
            fail_msg("'%s' keeps %zu rows, not %zu", cases[i].terms, g.count, cases[i].kept);
    }
    grid_free(&g);
}

static void wrong_terms_are_explained_and_change_nothing(void **state)
{
    static const struct {
        const char *terms, *words;
        size_t at;
    } cases[] = {{"q>1", "no column 'q'; there are neuron, group, p", 1},
                 {"male p>", "a number expected after 'p'", 8},
                 {"p>x", "a number expected", 3},
                 {"p>0x1", "a number expected", 3},
                 {"p>inf", "a number expected", 3},
                 {"group>3", "has no numbers", 7},
                 {"p><1", "one of > >=", 2},
                 {"(", "in the regular expression", 1},
                 {"a[", "in the regular expression", 1},
                 {"a{1,99}{1,99}", "no more than one {n}", 1},
                 {"a{255}", "no more than one {n}", 1},
                 {"(a)\\1", "and no \\1", 1},
                 {"a b c d e f g h i", "more than 8 terms", 17}};
    struct grid g = {.rows = 0};
    struct err err;
    (void)state;
    fill(&g, 42);
    assert_ok(grid_filter(&g, "group=male", NULL, &err));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t at = 0;
        assert_int_not_equal(grid_filter(&g, cases[i].terms, &at, &err), STATUS_OK);
        if (!strstr(err.msg, cases[i].words) || at != cases[i].at)
            fail_msg("'%s': column %zu: %s", cases[i].terms, at, err.msg);
        assert_int_equal(g.count, 14);
        assert_string_equal(g.filter, "group=male");
    }
    grid_free(&g);
}

static void any_terms_are_survived(void **state)
{
    static const char bytes[] = "ap0.1<>=!~^$()[]{}|*+?\\- \xc3\xa9,:";
    struct rng rng = rng_seed(11);
    struct grid g = {.rows = 0};
    struct err err;
    (void)state;
    fill(&g, 20);
    for (int n = 0; n < 20000; n++) {
        char text[24];
        size_t len = rng_below(&rng, sizeof text - 1);
        for (size_t i = 0; i < len; i++)
            text[i] = bytes[rng_below(&rng, sizeof bytes - 1)];
        text[len] = '\0';
        grid_filter(&g, text, NULL, &err);
        assert_true(g.count <= g.rows);
    }
    grid_free(&g);
}

/* Equal rows keep the natural order both ways; what has no number comes last both ways. */
static void sorting_is_stable(void **state)
{
    struct grid g = {.rows = 0};
    struct err err;
    (void)state;
    fill(&g, 42);
    for (int turn = 0; turn < 2; turn++) {
        grid_sort(&g, 2);
        assert_int_equal(g.reverse, turn);
        for (size_t i = 1; i < g.count; i++) {
            double a = g.number[g.shown[i - 1] * 3 + 2], b = g.number[g.shown[i] * 3 + 2];
            if (a == b || (isnan(a) && isnan(b)))
                assert_true(g.shown[i - 1] < g.shown[i]);
            else
                assert_true(isnan(b) || (turn ? a < b : a > b));
        }
    }
    char text[32], title[32];
    grid_sort_text(&g, text, sizeof text);
    assert_string_equal(text, "p-");
    assert_string_equal(grid_title(&g, 2, title, sizeof title), "p^");
    assert_ok(grid_sort_by(&g, "group", &err));
    assert_string_equal(grid_title(&g, 1, title, sizeof title), "group^");
    assert_int_equal(grid_sort_by(&g, "x", &err), STATUS_NOTFOUND);
    grid_free(&g);
}

/* The cursor stays on its row, whatever happens around it. */
static void the_cursor_keeps_its_row(void **state)
{
    struct grid g = {.rows = 0};
    struct err err;
    bool wrapped;
    (void)state;
    fill(&g, 42);
    grid_select(&g, 30);
    grid_sort(&g, 2);
    assert_int_equal(grid_id(&g), 30);
    assert_ok(grid_filter(&g, "female", NULL, &err));
    assert_int_equal(grid_id(&g), 30);
    grid_select(&g, 1); /* left out: it comes back with its row */
    assert_ok(grid_filter(&g, "", NULL, &err));
    assert_int_equal(grid_id(&g), 1);
    grid_sort(&g, -1);
    assert_ok(grid_find(&g, "^4", 40, true, &wrapped, NULL, &err));
    assert_int_equal(grid_id(&g), 40);
    assert_false(wrapped);
    assert_ok(grid_find(&g, "^4$", 41, true, &wrapped, NULL, &err));
    assert_true(wrapped);
    assert_int_equal(grid_find(&g, "nothing", 0, true, &wrapped, NULL, &err), STATUS_NOTFOUND);
    assert_int_equal(grid_id(&g), 4);
    grid_free(&g);
}

/* A hundred thousand rows; PROPNEU_VERBOSE says how long a key takes. */
static void long_lists_are_filtered(void **state)
{
    static const char *const terms[] = {"male", "p>0.3 group=male", "^9.*9$", "9", "fe.*e p<0.2"};
    struct grid g = {.rows = 0};
    struct err err;
    (void)state;
    fill(&g, 100000);
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        assert_ok(grid_filter(&g, terms[i], NULL, &err));
        clock_gettime(CLOCK_MONOTONIC, &b);
        if (getenv("PROPNEU_VERBOSE"))
            printf("'%s': %zu rows, %.1f ms\n", terms[i], g.count,
                   (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6);
        assert_true(g.count > 0 && g.count < g.rows);
    }
    grid_free(&g);
}

static void lists_of_neurons_are_written_and_read(void **state)
{
    static const uint32_t width[] = {100, 50};
    static const struct {
        const char *text, *same; /* NULL: refused */
        size_t count;
    } cases[] = {{"{}", "{}", 0},
                 {"{1:3}", "{1:3}", 1},
                 {"{ 1 : 3 , 5-7 ; 2 : 0 }", "{1:3,5-7;2:0}", 5},
                 {"{2:4;1:9,8,8}", "{1:8-9;2:4}", 3},
                 {"{1:0-99}", "{1:0-99}", 100},
                 {"{1:100}", NULL, 0},
                 {"{2:50}", NULL, 0},
                 {"{3:1}", NULL, 0},
                 {"{0:1}", NULL, 0},
                 {"{1:5-4}", NULL, 0},
                 {"{1}", NULL, 0},
                 {"{1:}", NULL, 0},
                 {"{1:3", NULL, 0},
                 {"{", NULL, 0},
                 {"{1:99999999999999999999}", NULL, 0}};
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct neuron_set set;
        struct buf text = BUF_INIT;
        const char *end;
        enum status code = settext_parse(&set, cases[i].text, &end, 2, width, &err);
        assert_int_equal(code == STATUS_OK, cases[i].same != NULL);
        if (code)
            continue;
        assert_int_equal(*end, '\0');
        assert_int_equal(neuron_set_total(&set), cases[i].count);
        settext_print(&set, &text);
        assert_string_equal(buf_text(&text), cases[i].same);
        buf_free(&text);
        neuron_set_free(&set);
    }
}

/* Against bits. */
static void lists_of_neurons_are_combined(void **state)
{
    struct rng rng = rng_seed(4);
    struct err err;
    (void)state;
    for (int round = 0; round < 50; round++) {
        uint64_t bits[2][2] = {{0}};
        struct neuron_set set[2] = {NEURON_SET_INIT, NEURON_SET_INIT};
        for (int k = 0; k < 2; k++) {
            for (int i = 0; i < 30; i++)
                bitset_put(bits[k], rng_below(&rng, 100));
            assert_ok(neuron_set_put_row(&set[k], 3, bits[k], 100, &err));
        }
        for (const char *op = "|&-"; *op; op++) {
            struct neuron_set out;
            size_t n = 0;
            assert_ok(neuron_set_combine(&out, &set[0], *op, &set[1], &err));
            for (uint32_t i = 0; i < 100; i++) {
                bool a = bitset_has(bits[0], i), b = bitset_has(bits[1], i);
                bool in = *op == '|' ? a || b : *op == '&' ? a && b : a && !b;
                assert_int_equal(neuron_set_has(&out, 3, i), in);
                n += in;
            }
            assert_int_equal(neuron_set_total(&out), n);
            assert_int_equal(neuron_set_size(&out, 3), n);
            assert_int_equal(neuron_set_size(&out, 2), 0);
            neuron_set_free(&out);
        }
        neuron_set_free(&set[0]);
        neuron_set_free(&set[1]);
    }
}

static void settings_keep_what_is_not_theirs(void **state)
{
    static const char path[] = "test-folder/sub/config";
    struct config c;
    struct err err;
    char bytes[200];
    (void)state;
    assert_ok(config_read(&c, path, &err));
    assert_int_equal(c.count, 0);
    config_free(&c);
    assert_ok(config_write(path, "sigma", "70", &err));
    FILE *f = fopen(path, "w");
    fputs("# sigma = 1\n\n  sigma=70 \r\nview = map # no comment", f);
    fclose(f);
    assert_ok(config_read(&c, path, &err));
    assert_int_equal(c.count, 2);
    assert_int_equal(c.entry[0].line, 3);
    assert_string_equal(c.entry[1].value, "map # no comment");
    config_free(&c);
    assert_ok(config_write(path, "sigma", "75", &err));
    assert_ok(config_write(path, "marks", "braille", &err));
    f = fopen(path, "r");
    bytes[fread(bytes, 1, sizeof bytes - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(bytes, "# sigma = 1\n\nsigma = 75\r\nview = map # no comment\n"
                               "marks = braille\n");
    f = fopen(path, "w");
    fputs("ok = 1\nnonsense\n", f);
    fclose(f);
    assert_status(config_read(&c, path, &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "line 2"));
    unlink(path);
    rmdir("test-folder/sub");
    rmdir("test-folder");
}

/* FIPS 180-4's examples, and lengths around a block. */
static void digests_are_those_of_the_standard(void **state)
{
    char hex[65], million[1000];
    (void)state;
    sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(million, 'a', sizeof million);
    sha256_hex(million, sizeof million, hex);
    assert_string_equal(hex, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_keep_what_they_say),
        cmocka_unit_test(wrong_terms_are_explained_and_change_nothing),
        cmocka_unit_test(any_terms_are_survived),
        cmocka_unit_test(sorting_is_stable),
        cmocka_unit_test(the_cursor_keeps_its_row),
        cmocka_unit_test(long_lists_are_filtered),
        cmocka_unit_test(lists_of_neurons_are_written_and_read),
        cmocka_unit_test(lists_of_neurons_are_combined),
        cmocka_unit_test(settings_keep_what_is_not_theirs),
        cmocka_unit_test(digests_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
