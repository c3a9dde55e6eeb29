#include "config.h"

#include "unit.h"

#include <math.h>
#include <unistd.h>

#include "base/names.h"
#include "corpus/pitchfile.h"
#include "corpus/pitchtable.h"

static void tertiles_are_numpys_percentiles(void **state)
{
    /* numpy.percentile([100, 110, ..., 190], [33, 66]) */
    float f0[14] = {130, 0, 100, 110, -5, 120, 150, 140, NAN, 160, 170, 180, 190, 0};
    float one[1] = {120}, none[2] = {0, NAN};
    double edges[2];
    (void)state;
    assert_true(pitch_tertiles(f0, 14, edges));
    assert_float_equal(edges[0], 129.7, 1e-9);
    assert_float_equal(edges[1], 159.4, 1e-9);
    assert_true(pitch_tertiles(one, 1, edges));
    assert_true(edges[0] == 120 && edges[1] == 120);
    assert_false(pitch_tertiles(none, 2, edges));
    assert_false(pitch_tertiles(NULL, 0, edges));
    assert_true(edges[0] == 120);
}

static void levels_begin_at_their_edge(void **state)
{
    const double edges[2] = {129.03, 179.78};
    (void)state;
    assert_int_equal(pitch_level(0, edges), PITCH_NONE);
    assert_int_equal(pitch_level(-1, edges), PITCH_NONE);
    assert_int_equal(pitch_level(NAN, edges), PITCH_NONE);
    assert_int_equal(pitch_level(129.02, edges), PITCH_LOW);
    assert_int_equal(pitch_level(129.03, edges), PITCH_MID);
    assert_int_equal(pitch_level(179.78, edges), PITCH_HIGH);
}

/* The values of U in TEXT as "time=f0 ...". */
static const char *values(const char *text, const char *utterance)
{
    static char shown[256];
    struct pitch_table t;
    struct pitch_track p;
    struct err err;
    size_t at = 0;
    assert_ok(pitch_table_parse(&t, text, strlen(text), "p.tsv", "own", &err));
    assert_ok(pitch_table_get(&t, utterance, &p, &err));
    assert_int_equal(p.kind, PITCH_F0_TIMED);
    for (size_t i = 0; i < p.count; i++)
        at += (size_t)snprintf(shown + at, sizeof shown - at, "%g=%g ", p.time[i], p.f0[i]);
    pitch_track_free(&p);
    pitch_table_free(&t);
    return shown;
}

static void tables_of_every_shape_are_read(void **state)
{
    (void)state;
    assert_string_equal(values("0.01\t100\n0.02\t0\n", "own"), "0.01=100 0.02=0 ");
    assert_string_equal(values("time,f0\r\n0.01,100\r\n0.02,\r\n0.03,nan\r\n", "own"),
                        "0.01=100 0.02=0 0.03=0 ");
    assert_string_equal(values("time,frequency,confidence\n0.00,100,0.9\n0.01,200,0.2\n", "own"),
                        "0=100 0.01=0 ");
    assert_string_equal(values("# made by hand\n0.02  --undefined--\n0.01  99.5\n", "own"),
                        "0.01=99.5 0.02=0 ");
    assert_string_equal(values("b 0 1\na 0.02 120\na 0.01 110\nb 1 2\n", "a"),
                        "0.01=110 0.02=120 ");
    assert_string_equal(values("utterance\ttime\tf0\n84\t0.5\t90\n", "84"), "0.5=90 ");
    assert_string_equal(values("f0\tt\n90\t1\n", "own"), "1=90 ");
    assert_string_equal(values("0.01 90\n0.01 90\n", "own"), "0.01=90 0.01=90 ");
    /* Decimal commas, where they divide nothing. */
    assert_string_equal(values("0,01\t90,5\n", "own"), "0.01=90.5 ");
    assert_string_equal(values("90,5\n91\n92,5\n", "own"), "0.01=90.5 0.03=91 0.05=92.5 ");
    assert_string_equal(values("90,5\n91,5\n91,25\n", "own"), "0.01=90.5 0.03=91.5 0.05=91.25 ");
    assert_string_equal(values("f0\n90,5\n", "own"), "0.01=90.5 ");
    assert_string_equal(values("0,90\n1,91\n", "own"), "0=90 1=91 ");
}

static void broken_tables_name_the_line(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "no pitch"},
        {"time,f0\n", "no pitch"},
        {"0.1 100\nx 100\n", "line 2: no time"},
        {"0.1 100\nnan 100\n", "line 2: no time"},
        {"0.1 100\n0.2 high\n", "line 2: \"high\""},
        {"0.1 100\n0.2 inf\n", "line 2: \"inf\""},
        {"a 0.1 100\n\"b\"\n", "line 2: no time"},
        {"utterance,time,f0\n,0.1,100\n", "line 2: no utterance"},
        {"0.5 100\n0.25 1\n0.5 110\n", "u: two values, 100 and 110 Hz, at the same time 0.5"},
        /* Of Snack: F0, voicing, energy. */
        {"0 0 12\n0 0 12\n110 1 90\n112 1 91\n111 1 90\n109 1 88\n0 0 12\n0 0 9\n",
         "does not rise"},
        {"time,f0\n0.1,\"100\n", "line 2: a quote that is never closed"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pitch_table t;
        struct err err;
        const char *text = cases[i].text;
        assert_status(pitch_table_parse(&t, text, strlen(text), "p.tsv", "u", &err), STATUS_FORMAT);
        if (strncmp(err.msg, "p.tsv: ", 7) != 0 || !strstr(err.msg, cases[i].says))
            fail_msg("case %zu: %s", i, err.msg);
    }
}

/* The demo's classes are its F0 cut at these edges (data/demo/README.md). */
static void demo_f0_gives_the_demo_classes(void **state)
{
    const double edges[2] = {114.55445228044454, 190.34328924320508};
    struct pitchfile *hz, *classes;
    struct err err;
    (void)state;
    assert_ok(pitchfile_open(&hz, source_path("data/demo/labels/demo-f0-hz.json"), FOLDER_FIRST_DOT,
                             &err));
    assert_ok(pitchfile_open(&classes, source_path("data/demo/labels/demo-pitch-discrete.json"),
                             FOLDER_FIRST_DOT, &err));
    assert_false(pitchfile_is_classes(hz));
    assert_true(pitchfile_is_classes(classes));
    assert_int_equal(pitchfile_count(hz), 14);
    for (size_t i = 0; i < pitchfile_count(hz); i++) {
        struct pitch_track a, b;
        const char *name = pitchfile_utterance(hz, i);
        assert_ok(pitchfile_get(hz, name, &a, &err));
        assert_ok(pitchfile_get(classes, name, &b, &err));
        assert_int_equal(a.kind, PITCH_F0_LIST);
        assert_int_equal(b.kind, PITCH_CLASSES);
        assert_int_equal(a.count, b.count);
        for (size_t t = 0; t < a.count; t++)
            assert_int_equal(pitch_level(a.f0[t], edges), b.cls[t]);
        pitch_track_free(&a);
        pitch_track_free(&b);
    }
    pitchfile_free(hz);
    pitchfile_free(classes);
}

static void folders_hold_one_table_an_utterance(void **state)
{
    char folder[] = "/tmp/propneu-pitch-XXXXXX", path[64];
    struct pitchfile *p;
    struct pitch_track t;
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_status(pitchfile_open(&p, folder, FOLDER_FIRST_DOT, &err), STATUS_NOTFOUND);
    snprintf(path, sizeof path, "%s/u-1.f0.csv", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("time,f0\n0.5,123\n", f);
    fclose(f);
    assert_ok(pitchfile_open(&p, folder, FOLDER_FIRST_DOT, &err));
    assert_int_equal(pitchfile_count(p), 1);
    assert_string_equal(pitchfile_utterance(p, 0), "u-1");
    assert_ok(pitchfile_get(p, "u-1", &t, &err));
    assert_int_equal(t.count, 1);
    assert_true(t.f0[0] == 123);
    pitch_track_free(&t);
    assert_status(pitchfile_get(p, "u-2", &t, &err), STATUS_NOTFOUND);
    pitchfile_free(p);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tertiles_are_numpys_percentiles),
        cmocka_unit_test(levels_begin_at_their_edge),
        cmocka_unit_test(tables_of_every_shape_are_read),
        cmocka_unit_test(broken_tables_name_the_line),
        cmocka_unit_test(demo_f0_gives_the_demo_classes),
        cmocka_unit_test(folders_hold_one_table_an_utterance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
