#include "config.h"

#include "unit.h"

#include <math.h>

#include "corpus/align.h"
#include "formats/file.h"
#include "formats/folder.h"
#include "formats/labels/labels.h"
#include "base/mem.h"
#include "formats/labels/textgrid.h"

#define HEAD "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n"

static const char long_form[] =
    HEAD "xmin = 0 \nxmax = 1.5 \ntiers? <exists> \nsize = 3 \nitem []: \n"
         "    item [1]:\n        class = \"IntervalTier\" \n        name = \"words\" \n"
         "        xmin = 0 \n        xmax = 1.5 \n        intervals: size = 1 \n"
         "        intervals [1]:\n            xmin = 0 \n            xmax = 1.5 \n"
         "            text = \"say \"\"ah\"\"\" \n"
         "    item [2]:\n        class = \"TextTier\" \n        name = \"phones\" \n"
         "        xmin = 0 \n        xmax = 1.5 \n        points: size = 1 \n"
         "        points [1]:\n            number = 0.5 \n            mark = \"x\" \n"
         "    item [3]:\n        class = \"IntervalTier\" \n        name = \"phones\" \n"
         "        xmin = 0 \n        xmax = 1.5 \n        intervals: size = 3 \n"
         "        intervals [1]:\n            xmin = 0 \n            xmax = 0.25 \n"
         "            text = \"\" \n"
         "        intervals [2]:\n            xmin = 0.25 \n            xmax = 1 \n"
         "            text = \"AH1\" ! stressed\n"
         "        intervals [3]:\n            xmin = 1.25 \n            xmax = 1.5 \n"
         "            text = \"\303\244\" \n";

static const char short_form[] =
    HEAD "0\n1.5\n<exists>\n3\n"
         "\"IntervalTier\"\n\"words\"\n0\n1.5\n1\n0\n1.5\n\"say \"\"ah\"\"\"\n"
         "\"TextTier\"\n\"phones\"\n0\n1.5\n1\n0.5\n\"x\"\n"
         "\"IntervalTier\"\n\"phones\"\n0\n1.5\n3\n0\n0.25\n\"\"\n0.25\n1\n\"AH1\"\n1.25\n1.5\n"
         "\"\303\244\"\n";

static enum status read_labels(struct utterance_labels *u, const void *bytes, size_t size,
                               const char *tier, struct err *err)
{
    return textgrid_labels(u, bytes, size, "x.TextGrid", tier, err);
}

static void check_sample(const void *bytes, size_t size)
{
    static const struct {
        double start, end;
        const char *label;
    } wanted[] = {{0, 0.25, ""}, {0.25, 1, "AH1"}, {1.25, 1.5, "\303\244"}};
    struct utterance_labels u;
    struct err err;
    assert_ok(read_labels(&u, bytes, size, NULL, &err));
    assert_int_equal(u.count, 3);
    assert_null(u.frame);
    for (size_t i = 0; i < 3; i++) {
        assert_true(u.interval[i].start == wanted[i].start);
        assert_true(u.interval[i].end == wanted[i].end);
        assert_string_equal(u.name.name[u.interval[i].name], wanted[i].label);
    }
    utterance_labels_free(&u);
}

/* TEXT in UTF-16 with a byte order mark; its characters are those of UTF-8 up to U+07FF. */
static unsigned char *utf16(const char *text, bool big, size_t *size)
{
    unsigned char *out = mem_array(strlen(text) + 1, 2), *to = out;
    unsigned c = 0xfeff;
    for (;; c = (unsigned char)*text++) {
        if (c == 0)
            break;
        if (c >= 0xc0 && c < 0xe0)
            c = (c & 0x1f) << 6 | ((unsigned char)*text++ & 0x3f);
        *to++ = (unsigned char)(big ? c >> 8 : c);
        *to++ = (unsigned char)(big ? c : c >> 8);
    }
    *size = (size_t)(to - out);
    return out;
}

static void both_forms_hold_the_same(void **state)
{
    (void)state;
    check_sample(long_form, strlen(long_form));
    check_sample(short_form, strlen(short_form));
}

static void every_encoding_is_read(void **state)
{
    char *text = mem_array(sizeof long_form * 2, 1), *to = text;
    (void)state;
    for (const char *s = long_form; *s; s++) { /* CR LF */
        if (*s == '\n')
            *to++ = '\r';
        *to++ = *s;
    }
    check_sample(text, (size_t)(to - text));
    memcpy(text, "\357\273\277", 3);
    memcpy(text + 3, short_form, sizeof short_form);
    check_sample(text, 3 + strlen(short_form));
    strcpy(text, short_form); /* Latin-1 */
    strcpy(strstr(text, "\303\244"), "\344\"\n");
    check_sample(text, strlen(text));
    free(text);
    for (int big = 0; big < 2; big++) {
        size_t size;
        unsigned char *wide = utf16(long_form, big, &size);
        check_sample(wide, size);
        free(wide);
    }
}

static void quotes_are_doubled_inside_texts(void **state)
{
    struct utterance_labels u;
    struct err err;
    (void)state;
    assert_ok(read_labels(&u, long_form, strlen(long_form), "words", &err));
    assert_int_equal(u.count, 1);
    assert_string_equal(u.name.name[0], "say \"ah\"");
    utterance_labels_free(&u);
}

/* A grid with empty interval tiers of these names. */
static struct textgrid grid_of(const char *const *name, size_t count)
{
    static struct textgrid_tier tier[8];
    for (size_t i = 0; i < count; i++)
        tier[i] = (struct textgrid_tier){.name = (char *)(uintptr_t)name[i]};
    return (struct textgrid){.tier = tier, .tiers = count};
}

static void tiers_are_found_by_name(void **state)
{
    static const struct {
        const char *name[4], *tier;
        int wanted; /* -1: none, -2: several */
    } cases[] = {
        {{"words", "phones"}, NULL, 1},
        {{"phones", "words"}, NULL, 0},
        {{"words", "Phone"}, NULL, 1},
        {{"sp1 - words", "sp1 - phones"}, NULL, 1},
        {{"words", "PHONES "}, NULL, 1},
        {{"words", "MAU"}, NULL, -1},
        {{"words", "MAU"}, "MAU", 1},
        {{"words", "MAU"}, "mau", 1},
        {{"MAU", "mau"}, "mau", 1},
        {{"MAU", "Mau"}, "mau", -2},
        {{"words", "phones"}, "MAU", -1},
        {{"telephones", "words"}, NULL, -1},
        {{"a - phones", "b - phones"}, NULL, -2},
        {{"a - phones", "b - phones"}, "b - phones", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct textgrid g = grid_of(cases[i].name, 2);
        size_t at = 99;
        struct err err = {STATUS_OK, ""};
        enum status code = textgrid_find(&g, cases[i].tier, "x", &at, &err);
        if (cases[i].wanted >= 0) {
            assert_int_equal(code, STATUS_OK);
            assert_int_equal(at, cases[i].wanted);
        } else {
            assert_int_equal(code, cases[i].wanted == -1 ? STATUS_FORMAT : STATUS_USAGE);
            assert_non_null(strstr(err.msg, cases[i].name[1])); /* the tiers are named */
        }
    }
}

/* A short-form grid with one tier `phones`, whose intervals are ITEMS. */
static const char *with_intervals(int count, const char *items)
{
    static char text[1024];
    snprintf(text, sizeof text,
             HEAD "0\n1\n<exists>\n1\n\"IntervalTier\"\n\"phones\"\n0\n1\n%d\n%s", count, items);
    return text;
}

static void wrong_times_name_the_line(void **state)
{
    static const struct {
        int count, line;
        const char *items;
    } cases[] = {
        {1, 13, "0\n-0.5\n\"A\"\n"},
        {2, 16, "0\n0.5\n\"A\"\n0.4\n1\n\"B\"\n"},
        {2, 16, "0.5\n1\n\"A\"\n0\n0.5\n\"B\"\n"},
        {1, 13, "nan\n1\n\"A\"\n"},
        {1, 14, "0\ninf\n\"A\"\n"},
        {1, 14, "0\n1e999\n\"A\"\n"},
        {1, 13, "0,5\n1\n\"A\"\n"},
        {1, 13, "0x1\n1\n\"A\"\n"},
        {1, 14, "0\n--undefined--\n\"A\"\n"},
        {2, 16, "0\n1\n\"A\"\n"},
        {1, 16, "0\n1\n\"A\"\n1\n2\n\"B\"\n"},
        {1, 15, "0\n1\n\"A"},
        {-1, 12, ""},
        {2000000000, 16, "0\n1\n\"A\"\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance_labels u;
        struct err err;
        char place[64];
        const char *text = with_intervals(cases[i].count, cases[i].items);
        assert_status(read_labels(&u, text, strlen(text), NULL, &err), STATUS_FORMAT);
        snprintf(place, sizeof place, "x.TextGrid: line %d:", cases[i].line);
        if (strncmp(err.msg, place, strlen(place)) != 0)
            fail_msg("case %zu: %s", i, err.msg);
    }
}

static void rounding_overlaps_are_trimmed(void **state)
{
    struct utterance_labels u;
    struct err err;
    const char *text =
        with_intervals(4, "0 0.5 \"A\" 0.4995 0.75 \"B\" 0.75 0.75 \"C\" 0.7499 1 \"D\"");
    (void)state;
    assert_ok(read_labels(&u, text, strlen(text), NULL, &err));
    assert_int_equal(u.count, 3); /* an empty interval is none */
    assert_true(u.interval[1].start == 0.5);
    assert_true(u.interval[2].start == 0.75);
    utterance_labels_free(&u);
}

static void other_files_are_named_for_what_they_are(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        enum status code;
        const char *says;
    } cases[] = {
        {"ooBinaryFile\010TextGrid\0\0\0\0", 25, STATUS_UNSUPPORTED, "binary"},
        {HEAD "0\n1\n<absent>\n", sizeof HEAD - 1 + 13, STATUS_FORMAT, "none"},
        {"", 0, STATUS_FORMAT, "not a Praat"},
        {"{\"a\": [1]}", 10, STATUS_FORMAT, "not a Praat"},
        {"File type = \"ooTextFile\"\n\"PitchTier\"\n", 37, STATUS_FORMAT, "not a TextGrid"},
        {"File\0type", 9, STATUS_FORMAT, "NUL"},
        {"\377\376F\000i", 5, STATUS_FORMAT, "UTF-16"},
        {"\377\376\000\330F\000", 6, STATUS_FORMAT, "UTF-16"},
        {"\377\376\000\334", 4, STATUS_FORMAT, "UTF-16"},
        {"\377\376\000\330", 4, STATUS_FORMAT, "UTF-16"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance_labels u;
        struct err err;
        assert_status(read_labels(&u, cases[i].text, cases[i].size, NULL, &err), cases[i].code);
        if (!strstr(err.msg, cases[i].says))
            fail_msg("case %zu: %s", i, err.msg);
    }
}

/* Every beginning of a file, and every file with a few bytes changed, is read or refused. */
static void damaged_files_are_read_or_refused(void **state)
{
    static const char *const forms[] = {long_form, short_form};
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        size_t size = strlen(forms[f]);
        for (size_t cut = 0; cut <= size; cut += 16) {
            struct utterance_labels u;
            struct err err = {STATUS_OK, ""};
            char *copy = mem_strndup(forms[f], cut); /* so that reading beyond it is seen */
            if (read_labels(&u, copy, cut, NULL, &err) == STATUS_OK)
                utterance_labels_free(&u);
            else
                assert_true(strncmp(err.msg, "x.TextGrid: ", 12) == 0);
            for (size_t i = cut; i-- > 0 && i + 16 > cut;) {
                copy[i] = "\"!<-9\377 \n"[i % 8];
                if (read_labels(&u, copy, cut, NULL, NULL) == STATUS_OK)
                    utterance_labels_free(&u);
            }
            free(copy);
        }
    }
}

static bool boundary_near(const struct utterance_labels *u, double time)
{
    for (size_t i = 0; i < u->count; i++)
        if (fabs(u->interval[i].start - time) < 1e-4)
            return true;
    return false;
}

/* The demo's TextGrids against the lists by frame that were made with them. */
static void demo_grids_agree_with_the_demo_lists(void **state)
{
    const struct labels_options o = {.label_table =
                                         source_path("data/demo/labels/label-merge.json")};
    struct labels *grids, *lists;
    struct phones phones;
    struct err err;
    int rounded = 0;
    (void)state;
    assert_ok(phones_open(&phones, source_path("data/phones/arpabet.tsv"), &err));
    assert_ok(labels_open(&grids, source_path("data/demo/textgrid"), NULL, &err));
    assert_ok(labels_open(&lists, source_path("data/demo/labels/demo-framewise-phone-20ms.json"),
                          &o, &err));
    assert_int_equal(labels_count(grids), 14);
    assert_int_equal(labels_count(lists), 14);
    for (size_t i = 0; i < 14; i++) {
        struct utterance_labels grid, list;
        struct alignment a, b;
        struct align_options how = {
            frame_grid_midpoints(0.02), COUNTS_FRAMES_ALL, ALIGN_PITCH_CENTRED, {0, 0}, &phones};
        const char *name = labels_utterance(grids, i);
        assert_string_equal(labels_utterance(lists, i), name);
        assert_ok(labels_get(grids, name, &grid, &err));
        assert_ok(labels_get(lists, name, &list, &err));
        assert_ok(align_utterance(&a, &grid, NULL, list.count, &how, &err));
        assert_ok(align_utterance(&b, &list, NULL, list.count, &how, &err));
        assert_int_equal(a.count, b.count);
        for (size_t t = 0; t < a.count; t++) {
            const char *x = a.phone.name[a.frame[t].phone], *y = b.phone.name[b.frame[t].phone];
            assert_int_equal(a.frame[t].frame, b.frame[t].frame);
            if (strcmp(x, y) == 0)
                continue;
            /* The grids' times are rounded to 0.1 ms, which can move a boundary past a point. */
            if (!boundary_near(&grid, 0.02 * a.frame[t].frame + 0.01) || ++rounded > 1)
                fail_msg("%s frame %u: \"%s\" and not \"%s\"", name, a.frame[t].frame, x, y);
        }
        alignment_free(&a);
        alignment_free(&b);
        utterance_labels_free(&grid);
        utterance_labels_free(&list);
    }
    phones_free(&phones);
    labels_free(grids);
    labels_free(lists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_hold_the_same),
        cmocka_unit_test(every_encoding_is_read),
        cmocka_unit_test(quotes_are_doubled_inside_texts),
        cmocka_unit_test(tiers_are_found_by_name),
        cmocka_unit_test(wrong_times_name_the_line),
        cmocka_unit_test(rounding_overlaps_are_trimmed),
        cmocka_unit_test(other_files_are_named_for_what_they_are),
        cmocka_unit_test(damaged_files_are_read_or_refused),
        cmocka_unit_test(demo_grids_agree_with_the_demo_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
