/*
 * Partitions of the phones beside their classes: the bundled tables, and the properties they make.
 */
#include "config.h"

#include "unit.h"

#include "analysis/analysis_input.h"
#include "analysis/setexpr.h"
#include "base/bitset.h"
#include "background/engine.h"

#define COUNTS "tests/data/statistics/ssl.counts"

/* How many of the 39 phones a feature gives a value to, and the phones of one of its classes. */
static void tables_cover_the_phones(void **state)
{
    static const struct {
        const char *name;
        unsigned phones, classes;
        const char *group, *members;
    } want[] = {{"manner", 39, 6, "nasal", "M N NG"},
                {"place", 24, 6, "palatal", "ZH JH Y SH CH"},
                {"voicing", 39, 2, "voiceless", "P T K CH TH S SH F HH"},
                {"height", 12, 3, "low", "AE AA"},
                {"backness", 12, 3, "central", "AH ER"},
                {"rounding", 13, 2, "rounded", "AO UH OW UW"},
                {"nasality", 39, 2, "nasal", "M N NG"}};
    struct phones p;
    struct err err;
    size_t bundled;
    (void)state;
    assert_ok(phones_open_list(&p, NULL, &err));
    const char *const *names = phones_feature_names(&bundled);
    assert_int_equal(bundled, sizeof want / sizeof *want);
    assert_int_equal(p.features, bundled);
    assert_int_equal(p.asked, 0);
    for (size_t i = 0; i < bundled; i++) {
        const struct phone_feature *f = phones_feature(&p, want[i].name, strlen(want[i].name));
        unsigned valued = 0, members = 0;
        assert_non_null(f);
        assert_string_equal(names[i], want[i].name);
        assert_int_equal(f->table.classes.count, want[i].classes);
        for (uint32_t k = 0; k < p.phone.count; k++) {
            int class = phones_feature_class(f, p.phone.name[k]);
            char word[16];
            valued += class >= 0;
            snprintf(word, sizeof word, " %s ", p.phone.name[k]);
            char list[64];
            snprintf(list, sizeof list, " %s ", want[i].members);
            bool listed = strstr(list, word) != NULL;
            members += listed;
            assert_int_equal(class >= 0 && strcmp(f->table.classes.name[class], want[i].group) == 0,
                             listed);
        }
        assert_int_equal(valued, want[i].phones);
        assert_true(members > 0);
    }
    assert_null(phones_feature(&p, "man", 3));
    phones_free(&p);
}

/* Sizes of S, P and each group, by a program of its own. */
static void features_are_properties(void **state)
{
    static const struct {
        const char *name;
        uint32_t layer, points, any, neurons, group[6];
    } want[] = {{"manner", 3, 39, 293, 55, {10, 16, 14, 0, 13, 2}},
                {"manner", 4, 39, 317, 56, {8, 15, 17, 1, 13, 2}},
                {"place", 1, 24, 287, 61, {2, 7, 2, 3, 7, 40}},
                {"voicing", 2, 39, 296, 40, {18, 22}},
                {"height", 4, 12, 261, 40, {17, 2, 21}},
                {"backness", 1, 12, 279, 67, {22, 20, 25}},
                {"rounding", 3, 13, 253, 44, {20, 24}},
                {"nasality", 2, 39, 296, 62, {52, 10}}};
    const struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    struct analysis_input in;
    struct err err;
    (void)state;
    assert_ok(analysis_open(&in, source_path(COUNTS), &o, &err));
    uint32_t names = in.analysis.names.count;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const struct property_layer *l;
        assert_ok(analysis_layer(&in.analysis, want[i].name, want[i].layer - 1, &l, &err));
        assert_int_equal(l->points, want[i].points);
        assert_int_equal(bitset_count(l->any, l->words), want[i].any);
        assert_int_equal(bitset_count(l->neurons, l->words), want[i].neurons);
        for (uint32_t g = 0; g < l->groups; g++)
            assert_int_equal(bitset_count(l->group + g * l->words, l->words), want[i].group[g]);
    }
    assert_int_equal(in.analysis.names.count, names + 7);
    analysis_close(&in);
}

/* What nobody asked for is in no list of all properties; asking for it adds it once. */
static void features_are_there_when_they_are_asked_for(void **state)
{
    const struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    struct analysis_input in;
    struct err err;
    (void)state;
    assert_ok(analysis_open(&in, source_path(COUNTS), &o, &err));
    uint32_t n = in.analysis.names.count;
    assert_int_equal(names_find(&in.analysis.names, "manner"), NAMES_NONE);
    assert_true(analysis_has(&in.analysis, "manner", 6));
    assert_false(analysis_has(&in.analysis, "colour", 6));
    assert_int_equal(analysis_find(&in.analysis, "colour"), NAMES_NONE);
    assert_int_equal(analysis_find(&in.analysis, "manner"), n);
    assert_int_equal(analysis_find(&in.analysis, "manner"), n);
    assert_int_equal(in.analysis.names.count, n + 1);
    analysis_close(&in);
}

/* Neurons of an expression in LAYER. */
static size_t members(struct analysis *a, const char *text, uint32_t layer)
{
    struct setexpr e;
    struct err err;
    uint64_t bits[8] = {0};
    assert_ok(setexpr_parse(&e, text, a, NULL, &err));
    assert_ok(setexpr_load(&e, a, &err));
    assert_ok(setexpr_eval(&e, a, layer, layer, bits, &err));
    setexpr_free(&e);
    return bitset_count(bits, 8);
}

/* What the screen asks for, the background computes, too. */
static void engines_follow(void **state)
{
    const struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    struct analysis_input in;
    struct err err;
    (void)state;
    assert_ok(analysis_open(&in, source_path(COUNTS), &o, &err));
    struct engine *e = engine_new(&in.counts, &in.phones, &err);
    assert_non_null(e);
    engine_finish(e, false, 0);
    uint32_t n = analysis_find(&in.analysis, "voicing");
    assert_null(engine_get(e, n, 1));
    engine_follow(e, &in.analysis.names);
    engine_follow(e, &in.analysis.names);
    assert_int_equal(engine_missing(e), in.counts.layers);
    assert_null(engine_get(e, n, 1));
    engine_finish(e, false, 0);
    assert_int_equal(engine_missing(e), 0);
    const struct engine_result *r = engine_get(e, n, 1);
    assert_non_null(r);
    assert_int_equal(r->neurons, 40);
    assert_string_equal(r->group_sizes, "voiced=18,voiceless=22");
    engine_free(e);
    analysis_close(&in);
}

static void expressions_know_features(void **state)
{
    const struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    struct analysis_input in;
    struct setexpr e;
    struct err err;
    (void)state;
    assert_ok(analysis_open(&in, source_path(COUNTS), &o, &err));
    assert_int_equal(members(&in.analysis, "place=labial", 0), 2);
    assert_int_equal(members(&in.analysis, "place", 0), 61);
    assert_int_equal(members(&in.analysis, "manner=nasal & nasality=nasal", 0) +
                         members(&in.analysis, "nasality=nasal - manner=nasal", 0),
                     41);
    assert_status(setexpr_parse(&e, "place=lip", &in.analysis, NULL, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "labial, dental, alveolar, palatal, velar, glottal"));
    assert_status(setexpr_parse(&e, "colour", &in.analysis, NULL, &err), STATUS_NOTFOUND);
    analysis_close(&in);
}

/* The first table has the classes, the others are properties of their files' names. */
static void tables_of_ones_own_stand_beside(void **state)
{
    char folder[] = "/tmp/propneu-XXXXXX", path[64], list[160];
    struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    struct analysis_input in;
    const struct property *p;
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/tense.tsv", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("iy\ttense\nih\tlax\nUW\ttense\nuh\tlax\n", f);
    fclose(f);
    snprintf(list, sizeof list, "arpabet,%s", path);
    o.phones = list;
    assert_ok(analysis_open(&in, source_path(COUNTS), &o, &err));
    assert_true(names_find(&in.analysis.names, "tense") != NAMES_NONE);
    assert_ok(analysis_property(&in.analysis, "tense", &p, &err));
    assert_int_equal(p->points, 4);
    assert_string_equal(p->group.name[0], "tense");
    assert_string_equal(p->group.name[1], "lax");
    assert_ok(analysis_property(&in.analysis, "phone", &p, &err));
    assert_int_equal(p->groups, 3);
    analysis_close(&in);
    o.phones = "arpabet,none.tsv";
    assert_status(analysis_open(&in, source_path(COUNTS), &o, &err), STATUS_IO);
    analysis_close(&in);
    o.phones = "place"; /* a bundled one in the first place */
    assert_ok(analysis_open(&in, source_path(COUNTS), &o, &err));
    assert_ok(analysis_property(&in.analysis, "phone", &p, &err));
    assert_int_equal(p->groups, 6);
    assert_int_equal(p->points, 24);
    analysis_close(&in);
    remove(path);
    remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_cover_the_phones),
        cmocka_unit_test(features_are_properties),
        cmocka_unit_test(features_are_there_when_they_are_asked_for),
        cmocka_unit_test(engines_follow),
        cmocka_unit_test(expressions_know_features),
        cmocka_unit_test(tables_of_ones_own_stand_beside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
