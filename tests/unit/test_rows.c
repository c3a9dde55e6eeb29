/* Rows of tables: quotes as RFC 4180 has them, semicolons, other encodings; and normalization. */
#include "config.h"

#include "unit.h"

#include "formats/nfc.h"
#include "formats/rows.h"

/* TEXT [n] must have the rows WANTED, each followed by '\n', its fields divided by '/'. */
static void assert_rows(const char *text, size_t n, const char *wanted)
{
    struct rows rows;
    struct span row, field[8];
    struct err err;
    char got[400] = "";
    size_t at = 0;
    char divider = '\0';
    assert_ok(rows_begin(&rows, text, n, "t", &err));
    while (rows_next(&rows, &row)) {
        if (!divider)
            divider = span_divider(row);
        size_t fields = span_split(row, divider, field, 8);
        for (size_t i = 0; i < fields; i++)
            at += (size_t)sprintf(got + at, "%s%.*s", i ? "/" : "", (int)field[i].n, field[i].s);
        at += (size_t)sprintf(got + at, "\n");
    }
    assert_ok(rows_end(&rows, STATUS_OK, &err));
    assert_string_equal(got, wanted);
}

static void fields_lose_their_quotes(void **state)
{
    static const char *const cases[][2] = {
        {"a,b\n1,2\n", "a/b\n1/2\n"},
        {"\"a\",\"b\"\r\n\"1\",2\r\n", "a/b\n1/2\n"},
        {"\"a\", \"b\"\n \"1\" ,2", "a/b\n1/2\n"},
        {"a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", "a/b\nx, y/say \"hi\"\n"},
        {"a,b\n\"two\r\nlines\",2\n3,4\n", "a/b\ntwo  lines/2\n3/4\n"},
        {"a\tb\n\"x, y\"\t\"\"\n", "a/b\nx, y/\n"},
        {"a\tb\n\"two\nlines\"\t2\n", "a/b\ntwo lines/2\n"},
        {"\"a\" \"b c\"\n1 2 \n", "a/b c\n1/2\n"},
        {"\xef\xbb\xbf\"a\",b\n", "a/b\n"},
        {"a|b\n", "a|b\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_rows(cases[i][0], strlen(cases[i][0]), cases[i][1]);
}

/* Stress in SAMPA, inches, a name in a comment: text as it stands. */
static void other_quotes_stay(void **state)
{
    static const char *const cases[][2] = {
        {"u\t0.1\t\"a\nu\t0.2\t\"i\n", "u/0.1/\"a\nu/0.2/\"i\n"},
        {"u\t0.1\t\"\nu\t0.2\t\"\n", "u/0.1/\"\nu/0.2/\"\n"},
        {"u\t\"x\"y\tz\n", "u/\"x\"y/z\n"},
        {"CJF0 F 5'4\" WHT\n", "CJF0/F/5'4\"/WHT\n"},
        {"a,b\n# \"x, y\n1,\"2\"\n", "a/b\n# \"x, y\n1/2\n"},
        {"a,b\n1,\"x\" y\n", "a/b\n1/\"x\" y\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_rows(cases[i][0], strlen(cases[i][0]), cases[i][1]);
}

/* Between tabs or blanks it may be a label; in the tables of spreadsheets it takes the rest in. */
static void quotes_that_never_close_are_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"a,b\n1,\"open\n2,3\n", "t: line 2: a quote that is never closed"},
        {"a;b\n1;2\n3;\"open", "t: line 3: a quote that is never closed"},
        {"a,b\n\"1,2\n\"3\",4\n", "t: line 2: a quote that is never closed"},
        {"sep=,\n\"a,b\n", "t: line 2: a quote that is never closed"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rows rows;
        struct span row;
        struct err err;
        assert_ok(rows_begin(&rows, cases[i].text, strlen(cases[i].text), "t", &err));
        while (rows_next(&rows, &row))
            ;
        assert_status(rows_end(&rows, STATUS_OK, &err), STATUS_FORMAT);
        if (!strstr(err.msg, cases[i].says))
            fail_msg("case %zu: %s", i, err.msg);
    }
}

static void semicolons_divide(void **state)
{
    static const char *const cases[][2] = {
        {"a;b\n1;2\n", "a/b\n1/2\n"},
        {"a;\"b;c\"\n0,35;x,y\n-1,5;1,2,3\n", "a/b;c\n0.35/x,y\n-1.5/1,2,3\n"},
        {"0,1;0,2\n", "0.1/0.2\n"},
        {"a,b;c\n1,2;3\n", "a/b;c\n1/2;3\n"},
        {"sep=;\na,b;c\n1,2;3\n", "a,b/c\n1.2/3\n"}, /* Excel's own first line */
        {"\xef\xbb\xbfSEP=,\r\na;b,c\r\n", "a;b/c\n"},
        {"sep=\t\na,b\tc\n", "a,b/c\n"},
        {"\"sep=;\"\na,b;c\n", "a,b/c\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_rows(cases[i][0], strlen(cases[i][0]), cases[i][1]);
}

static void encodings_are_read(void **state)
{
    (void)state;
    assert_rows("\xff\xfe"
                "a\0\t\0\"\0\xe9\0\"\0\n\0",
                14, "a/\xc3\xa9\n");
    assert_rows("a\tcaf\xe9\n", 7, "a/caf\xc3\xa9\n");
}

static void lines_are_counted_through_quotes(void **state)
{
    const char *text = "a,b\n\"1\n\n2\",3\n4,5\n";
    struct rows rows;
    struct span row;
    struct err err;
    (void)state;
    assert_ok(rows_begin(&rows, text, strlen(text), "t", &err));
    for (int i = 0; i < 3; i++)
        assert_true(rows_next(&rows, &row));
    assert_int_equal(rows.lines.number, 5);
    assert_ok(rows_end(&rows, STATUS_OK, &err));
}

/* Wanted values are those of Unicode's own algorithm. */
static void letters_and_marks_are_composed(void **state)
{
    static const char *const cases[][2] = {
        {"c\xcc\xa7", "\xc3\xa7"},                     /* c, cedilla */
        {"a\xcc\x83\xcb\x90", "\xc3\xa3\xcb\x90"},     /* a, tilde, length */
        {"d\xcc\xaa", "d\xcc\xaa"},                    /* d, dental: no letter of its own */
        {"a\xcc\x81\xcc\xa3", "\xe1\xba\xa1\xcc\x81"}, /* acute, dot below */
        {"\xc3\xa1\xcc\xa3", "\xe1\xba\xa1\xcc\x81"},  /* the same from a-acute */
        {"e\xcc\x82\xcc\x81", "\xe1\xba\xbf"},         /* two marks above */
        {"e\xcc\x81\xcc\x82", "\xc3\xa9\xcc\x82"},     /* in the other order */
        {"c\xcd\x87\xcc\xa7", "\xc3\xa7\xcd\x87"},     /* a lower class passes */
        {"AH0", "AH0"},
        {"\xff"
         "a\xcc\x81",
         "\xff"
         "a\xcc\x81"}, /* no UTF-8 */
    };
    char to[40];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nfc_copy(to, sizeof to, cases[i][0], strlen(cases[i][0]));
        assert_string_equal(to, cases[i][1]);
        strcpy(to, cases[i][0]);
        assert_int_equal(nfc_copy(to, sizeof to, to, strlen(to)), strlen(cases[i][1]));
        assert_string_equal(to, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_lose_their_quotes),
        cmocka_unit_test(other_quotes_stay),
        cmocka_unit_test(quotes_that_never_close_are_refused),
        cmocka_unit_test(semicolons_divide),
        cmocka_unit_test(encodings_are_read),
        cmocka_unit_test(lines_are_counted_through_quotes),
        cmocka_unit_test(letters_and_marks_are_composed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
