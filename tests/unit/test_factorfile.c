#include "config.h"

#include "unit.h"

#include "corpus/factorfile.h"

static enum status parse(struct factorfile *f, const char *text, struct err *err)
{
    return factorfile_parse(f, text, strlen(text), "table", err);
}

/* Value of UTTERANCE at NOW seconds, "" for none. */
static const char *value_at(const struct factorfile *f, const char *utterance, double now)
{
    const struct factor_span *s = NULL;
    size_t n = factorfile_find(f, utterance, &s);
    for (size_t i = 0; i < n; i++)
        if (s[i].start <= now && now < s[i].end)
            return f->level.name[s[i].level];
    return "";
}

static void values_hold_for_whole_utterances(void **state)
{
    static const char *const texts[] = {
        "utterance\taccent\nb-1\tscots\na-1\tnew york\nc-1\t\n",
        "b-1\tscots\r\n# comment\r\n\r\na-1\tnew york\r\nb-1\tscots",
        "b-1 scots\na-1  new york \nc-1\n",
        "\357\273\277file,accent\nb-1,scots\na-1,new york\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct factorfile f;
        struct err err;
        assert_ok(parse(&f, texts[i], &err));
        assert_int_equal(f.count, 2);
        assert_int_equal(f.level.count, 2);
        assert_string_equal(value_at(&f, "a-1", 7), "new york");
        assert_string_equal(value_at(&f, "b-1", 0), "scots");
        assert_string_equal(value_at(&f, "c-1", 0), "");
        assert_string_equal(value_at(&f, "d-1", 0), "");
        factorfile_free(&f);
    }
}

static void values_hold_from_start_to_end(void **state)
{
    static const char *const texts[] = {
        "utt start end value\na 0.5 1.0 very sad\nb 0 1 17\na 0 0.5 happy\na 2 3\n",
        "a\t0\t0.5\thappy\na\t0.5\t1\tvery sad\nb\t0\t1\t17\nb\t0\t1\t17\n",
        "utt,onset,duration (s),value\na,0,0.5,happy\na,0.5,0.5,very sad\nb,0,1,17\n",
        "utt onset_s len value\na 0 0.5 happy\na 0.5 0.5 very sad\nb 0 1 17\n",
        "utt,start_ms,dur_ms,value\na,0,500,happy\na,500,500,very sad\nb,0,1000,17\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct factorfile f;
        struct err err;
        assert_ok(parse(&f, texts[i], &err));
        assert_int_equal(f.count, 3);
        assert_string_equal(value_at(&f, "a", 0.49), "happy");
        assert_string_equal(value_at(&f, "a", 0.5), "very sad");
        assert_string_equal(value_at(&f, "a", 1.0), "");
        assert_string_equal(value_at(&f, "b", 0.9), "17");
        factorfile_free(&f);
    }
}

static void what_is_no_factor_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *word;
    } table[] = {
        {"", "no values"},
        {"utterance\taccent\n", "no values"},
        {"a\tx\nb\tx\tmore\n", "line 2"},
        {"a\tx\n\tx\n", "line 2: no utterance"},
        {"a\tx\nb\ty\na\tz\n", "line 3: another value of 'a' in line 1"},
        {"a 0 1 x\na 0.5 2 y\n", "line 2: another value of 'a' in line 1"},
        {"a 0 1 x\na 1 0.5 y\n", "line 2: no start and end"},
        {"a 0 1 x\na 1 inf y\n", "line 2: no start and end"},
        {"a 0 1 x\na one 2 y\n", "line 2: no start and end"},
        {"utt at it value\na 0 1 x\na 1 1 y\n", "line 3: a span that ends where it starts"},
        {"a 0 1 x\na 1\n", "line 2: not"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct factorfile f;
        struct err err;
        assert_status(parse(&f, table[i].text, &err), STATUS_FORMAT);
        if (!strstr(err.msg, table[i].word))
            fail_msg("no '%s' in: %s", table[i].word, err.msg);
    }
}

static void levels_are_bounded_and_clean(void **state)
{
    struct factorfile f;
    struct err err;
    char text[300] = "a\t";
    (void)state;
    memset(text + 2, 'x', FACTOR_MAX_LENGTH);
    assert_ok(parse(&f, text, &err));
    factorfile_free(&f);
    text[2 + FACTOR_MAX_LENGTH] = 'x';
    assert_status(parse(&f, text, &err), STATUS_FORMAT);
    assert_ok(parse(&f, "a\tcaf\351\n", &err));
    assert_string_equal(f.level.name[0], "caf\303\251");
    factorfile_free(&f);
    /* A letter and its mark apart, and both as one. */
    assert_ok(parse(&f, "a\tcafe\314\201\nb\tcaf\303\251\n", &err));
    assert_int_equal(f.level.count, 1);
    assert_string_equal(f.level.name[0], "caf\303\251");
    factorfile_free(&f);
    size_t size = 0;
    char *many = malloc((FACTOR_MAX_LEVELS + 1) * 24);
    for (int i = 0; i <= FACTOR_MAX_LEVELS; i++)
        size += (size_t)sprintf(many + size, "u%d\t%d\n", i, i);
    assert_status(factorfile_parse(&f, many, size, "table", &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "line 65537: more than 65536"));
    free(many);
}

static void names_of_factors_mean_nothing_else(void **state)
{
    static const char *const good[] = {"accent", "k-means_100", "E"};
    static const char *const bad[] = {"",    "phone", "each-phone", "1st",
                                      "a b", "a,b",   "a=b",        "\303\244"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(factor_name_ok(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(factor_name_ok(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_hold_for_whole_utterances),
        cmocka_unit_test(values_hold_from_start_to_end),
        cmocka_unit_test(what_is_no_factor_is_refused_with_its_line),
        cmocka_unit_test(levels_are_bounded_and_clean),
        cmocka_unit_test(names_of_factors_mean_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
