#include "config.h"

#include "unit.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/filenames.h"
#include "formats/folder.h"
#include "formats/labels/framejson.h"
#include "formats/labels/label_format.h"
#include "formats/labels/labels.h"
#include "base/mem.h"

static const struct framejson_range small = {0, 3, "label index"};

static enum status parse_index(struct framejson *f, const char *text, size_t size, struct err *err)
{
    return framejson_parse(f, FRAMEJSON_INDEX, &small, text, size, "f.json", err);
}

static void lists_are_read_in_whole(void **state)
{
    const char *text = "\357\273\277 {\"a-1\" : [0, 1,2], \"\\u00e4\":[],\n\"b\":[3]} \n";
    struct framejson f;
    struct err err;
    (void)state;
    assert_ok(parse_index(&f, text, strlen(text), &err));
    assert_int_equal(f.utterance.count, 3);
    assert_string_equal(f.utterance.name[1], "\303\244");
    assert_int_equal(f.start[1], 3);
    assert_int_equal(f.start[2], 3);
    assert_int_equal(f.start[3], 4);
    assert_int_equal(f.index[2], 2);
    assert_int_equal(f.index[3], 3);
    framejson_free(&f);
}

static void broken_lists_name_their_place(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "not a JSON object"},
        {"[1]", "not a JSON object"},
        {"{}", "no utterances"},
        {"{\"a\": [0, 4]}", "a: frame 1: label index is out of range"},
        {"{\"a\": [-1]}", "frame 0"},
        {"{\"a\": [0, 1.0]}", "frame 1: label index is not a whole number"},
        {"{\"a\": [99999999999999999999]}", "byte"},
        {"{\"a\": {\"b\": 1}}", "a: not a list"},
        {"{\"a\": [0], \"a\": [1]}", "utterance a is listed twice"},
        {"{\"a\": [0]", "byte 9: ',' or '}'"},
        {"{\"a\": [0]} x", "byte 11: text after"},
        {"{\"a\": [0],}", "a name in quotes"},
        {"{\"a\" [0]}", "':'"},
        {"{\"a\\u0000b\": [0]}", "byte"},
        {"{\"a\": [0, \"\377\"]}", "byte"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct framejson f;
        struct err err;
        assert_status(parse_index(&f, cases[i].text, strlen(cases[i].text), &err), STATUS_FORMAT);
        if (strncmp(err.msg, "f.json: ", 8) != 0 || !strstr(err.msg, cases[i].says))
            fail_msg("case %zu: %s", i, err.msg);
    }
}

static void deep_nesting_is_refused(void **state)
{
    size_t depth = 1000000;
    char *text = mem_array(depth, 1);
    struct framejson f;
    struct err err;
    (void)state;
    memset(text, '[', depth);
    memcpy(text, "{\"a\":", 5);
    assert_status(parse_index(&f, text, depth, &err), STATUS_FORMAT);
    free(text);
}

static void damaged_lists_are_read_or_refused(void **state)
{
    const char *text = "{\"a-1\" : [0, 1,2], \"\\u00e4\":[],\n\"b\":[3, 1, 0, 0, 0, 0]} \n";
    (void)state;
    for (size_t cut = 0; cut <= strlen(text); cut++) {
        char *copy = mem_strndup(text, cut);
        struct framejson f;
        struct err err;
        for (size_t i = 0; i <= cut; i++) {
            if (i < cut)
                copy[i] = "\"[{-9\377 ,"[i % 8];
            if (parse_index(&f, copy, cut, &err) == STATUS_OK)
                framejson_free(&f);
            if (i < cut)
                copy[i] = text[i];
        }
        free(copy);
    }
}

static void label_tables_number_labels(void **state)
{
    const char *text = "{\"\": [0, 12], \"AH\": [2, 7], \"B\": 1}";
    static const char *const broken[] = {
        "",
        "{}",
        "[]",
        "{\"a\": []}",
        "{\"a\": [-1, 2]}",
        "{\"a\": 32768}",
        "{\"a\": \"0\"}",
        "{\"a\": 1, \"b\": 1}",
    };
    struct label_table t;
    struct err err;
    (void)state;
    assert_ok(label_table_parse(&t, text, strlen(text), "t", &err));
    assert_int_equal(t.count, 3);
    assert_string_equal(t.label[0], "");
    assert_string_equal(t.label[1], "B");
    assert_string_equal(t.label[2], "AH");
    label_table_free(&t);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_status(label_table_parse(&t, broken[i], strlen(broken[i]), "t", &err),
                      STATUS_FORMAT);
}

/* A folder of its own for each test, and files in it. */
static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/propneu-labels-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char path[8][256];
    static unsigned next;
    char *p = path[next++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static const char *put(const char *name, const char *text)
{
    const char *path = in_folder(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    return path;
}

#define GRID                                                                                   \
    "\"ooTextFile\"\n\"TextGrid\"\n0\n1\n<exists>\n1\n\"IntervalTier\"\n\"phones\"\n0\n1\n1\n" \
    "0\n1\n\"AH0\"\n"

static void folders_are_searched_to_any_depth(void **state)
{
    struct labels *l;
    struct utterance_labels u;
    struct err err;
    (void)state;
    mkdir(in_folder("84"), 0777);
    mkdir(in_folder("84/121"), 0777);
    put("84/121/84-121-0001.TextGrid", GRID);
    put("84/121/84-121-0000.v2.textgrid", GRID);
    put("12-1-1.TextGrid", GRID);
    put(".hidden.TextGrid", "x");
    put("12-1-1.txt", "x");
    assert_int_equal(symlink("..", in_folder("84/up")), 0);
    assert_int_equal(symlink("/nowhere", in_folder("84/gone")), 0);
    mkfifo(in_folder("pipe.TextGrid"), 0666);
    assert_ok(labels_open(&l, folder, NULL, &err));
    assert_string_equal(labels_format(l), "TextGrid");
    assert_int_equal(labels_count(l), 3);
    assert_string_equal(labels_utterance(l, 0), "12-1-1");
    assert_string_equal(labels_utterance(l, 1), "84-121-0000");
    assert_string_equal(labels_utterance(l, 2), "84-121-0001");
    assert_ok(labels_get(l, "84-121-0000", &u, &err));
    assert_int_equal(u.count, 1);
    utterance_labels_free(&u);
    assert_status(labels_get(l, "84-121-0002", &u, &err), STATUS_NOTFOUND);
    labels_free(l);
}

static void utterances_are_named_as_their_files(void **state)
{
    static const char *const cases[][2] = {
        {"a/b/84-121-0000.v2.TextGrid", "84-121-0000"},
        {"SA1.WAV", "SA1"},
        {"x/SA1.WAV", "SA1"},
        {"TRAIN/DR1/FCJF0/SA1.WAV.wav", "FCJF0-SA1"},
        {"fcjf0/sx127.phn", "fcjf0-sx127"},
        {"/FCJF0/SA1", "FCJF0-SA1"},
        {"FCJF0//SA1.PHN", "SA1"},
        {"FCJF0/words.txt", "words"},
        {"wav/id10001/1zcI-hm.eo4/00001.wav", "id10001-1zcI-hm.eo4-00001"},
        {"id10001/x/00001.wav", "id10001-x-00001"},
        {"x/00001.wav", "00001"},
        {"id10001/00001.wav", "00001"},
        {"id10001/x/y/00001.wav", "00001"},
        {"", ""},
        {"/", ""},
        {"a/.b", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *name = folder_utterance(cases[i][0]);
        assert_string_equal(name, cases[i][1]);
        free(name);
    }
}

static void folders_that_cannot_serve_say_why(void **state)
{
    struct labels *l;
    struct err err;
    (void)state;
    assert_status(labels_open(&l, folder, NULL, &err), STATUS_NOTFOUND);
    put("84-121.alignment.txt", "84-121-0000 \",GO\" \"0.1,0.5\"\n");
    assert_status(labels_open(&l, folder, NULL, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "words"));
    mkdir(in_folder("b"), 0777);
    put("u.TextGrid", GRID);
    put("b/u.TextGrid", GRID);
    assert_status(labels_open(&l, folder, NULL, &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "b/u.TextGrid too: give one of the two"));
    assert_non_null(strstr(err.msg, "/u.TextGrid: "));
}

static void single_files_are_taken_by_their_kind(void **state)
{
    struct labels *l;
    struct utterance_labels u;
    struct err err;
    const char *table = put("table.json", "{\"\": [0, 3], \"AH\": [1, 4], \"B\": [3, 1]}");
    const char *lists = put("lists.json", "{\"v\": [0, 1, 1, 3], \"u\": [1]}");
    const struct labels_options o = {.label_table = table};
    (void)state;
    assert_ok(labels_open(&l, put("x-1.TextGrid", GRID), NULL, &err));
    assert_string_equal(labels_utterance(l, 0), "x-1");
    labels_free(l);
    assert_ok(labels_open(&l, lists, &o, &err));
    assert_string_equal(labels_format(l), "frame JSON");
    assert_string_equal(labels_utterance(l, 0), "u");
    assert_ok(labels_get(l, "v", &u, &err));
    assert_int_equal(u.count, 4);
    assert_null(u.interval);
    assert_string_equal(u.name.name[u.frame[0]], "");
    assert_string_equal(u.name.name[u.frame[3]], "B");
    assert_int_equal(u.frame[1], u.frame[2]);
    utterance_labels_free(&u);
    labels_free(l);
    assert_status(labels_open(&l, lists, NULL, &err), STATUS_USAGE);
    put("lists.json", "{\"v\": [0, 2]}");
    assert_status(labels_open(&l, lists, &o, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "v: frame 1: label index 2"));
    assert_status(labels_open(&l, put("x.wav", "RIFF"), NULL, &err), STATUS_UNSUPPORTED);
    assert_status(labels_open(&l, "/no/such.TextGridd", NULL, &err), STATUS_IO);
}

/* Whether a file called so in a folder that is read is kept from being replaced. */
static bool guarded(const char *suffix)
{
    char name[64];
    snprintf(name, sizeof name, "in/u%s", suffix);
    return filename_is_input(name);
}

static void every_suffix_is_that_of_an_input(void **state)
{
    static const char *const some[] = {".wav",    ".oga",      ".caf", ".w64", ".TextGrid",
                                       ".phones", ".TEXTGRID", ".PHN", ".mlf", ".ckpt"};
    (void)state;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        assert_true(guarded(some[i]));
    for (const char *const *s = filename_recordings; *s; s++)
        assert_true(guarded(*s));
    for (const struct label_format *const *f = label_formats; *f; f++)
        for (const char *const *s = (*f)->suffix; *s && !(*f)->unusable; s++)
            assert_int_equal(guarded(*s), !(*f)->results);
    assert_false(guarded(".counts") || guarded(".tsv") || guarded(".txt"));
}

/* Where a row were forgotten, or stood twice, files would be read as another format's. */
static void formats_are_found_by_their_suffixes(void **state)
{
    struct buf list = BUF_INIT;
    (void)state;
    label_formats_list(&list);
    for (const struct label_format *const *f = label_formats; *f; f++)
        for (const char *const *s = (*f)->suffix; *s && !(*f)->is; s++) {
            assert_ptr_equal(label_format_of(*s), *f);
            assert_int_equal(strstr(buf_text(&list), *s) != NULL, !(*f)->unusable);
        }
    static const char *const json[] = {"{\"start\": 0, \"tiers\": {}}", "{\"tiers\": [1]}",
                                       "{\"u\": [1]}", "{\"u\": [1], \"tiers\": []}", ""};
    for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
        const struct label_format *f = label_format_of_bytes("x.json", json[i], strlen(json[i]));
        assert_ptr_equal(f, i < 2 ? &label_format_jsongrid : &label_format_framelists);
    }
    assert_ptr_equal(strstr(buf_text(&list), ".TextGrid, "), buf_text(&list));
    buf_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read_in_whole),
        cmocka_unit_test(broken_lists_name_their_place),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(damaged_lists_are_read_or_refused),
        cmocka_unit_test(label_tables_number_labels),
        cmocka_unit_test(utterances_are_named_as_their_files),
        cmocka_unit_test_setup_teardown(folders_are_searched_to_any_depth, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(folders_that_cannot_serve_say_why, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(single_files_are_taken_by_their_kind, make_folder,
                                        remove_folder),
        cmocka_unit_test(every_suffix_is_that_of_an_input),
        cmocka_unit_test(formats_are_found_by_their_suffixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
