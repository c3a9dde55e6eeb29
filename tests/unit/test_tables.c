/*
 * Tables: what each writer makes of a cell, and that the manual lists the columns there are.
 */
#include "config.h"

#include "unit.h"

#include <locale.h>
#include <math.h>

#include "formats/file.h"
#include "report/report.h"

enum { EXTRA = 1 };

static const struct table_column columns[] = {{"name", TABLE_TEXT, NULL, "", 0, 0},
                                              {"count", TABLE_INTEGER, NULL, "", 0, 0},
                                              {"value", TABLE_REAL, NULL, "", 0, 2},
                                              {"more", TABLE_REAL, NULL, "", EXTRA, 3},
                                              {"set", TABLE_BOOLEAN, NULL, "", 0, 0}};

static const struct table_form form = TABLE_FORM("test", "tests", "", columns);

static const struct table_column single_columns[] = {{"model", TABLE_TEXT, NULL, "", 0, 0},
                                                     {"lambda", TABLE_REAL, NULL, "", 0, 1}};

static const struct table_form single = TABLE_FORM("single", NULL, "", single_columns);

static void add_row(struct table *t, const char *name, int64_t count, double value, bool set)
{
    table_words(t, name);
    table_count(t, count);
    table_real(t, value);
    table_real(t, value);
    table_flag(t, set);
}

static void make(struct table *t, unsigned options)
{
    table_begin(t, &form, options);
    add_row(t, "a\t\"b\\\xff", 3, -1e-3, true);
    add_row(t, NULL, -1, NAN, false);
    add_row(t, "\xc3\xa9", 0, -0.0, false);
    add_row(t, "", INT64_C(1) << 40, 1.0 / 3, true);
}

/* WRITE's bytes of T are WANT. */
static void check(const struct table *t, void (*write)(const struct table *, struct buf *),
                  const char *want)
{
    struct buf b = BUF_INIT;
    struct err err;
    write(t, &b);
    assert_ok(table_ok(t, &b, &err));
    assert_string_equal(buf_text(&b), want);
    buf_free(&b);
}

static void every_writer_shows_the_same_values(void **state)
{
    struct table t;
    (void)state;
    make(&t, 0);
    assert_int_equal(table_columns(&t), 4);
    assert_int_equal(table_rows(&t), 4);
    check(&t, table_tsv,
          "name\tcount\tvalue\tset\n"
          "a\\u0009\"b\\\\xFF\t3\t-0.001\t1\n"
          "-\t-\t-\t0\n"
          "\xc3\xa9\t0\t0\t0\n"
          "\t1099511627776\t0.3333333333\t1\n");
    check(&t, table_json,
          "[\n"
          "  {\"name\": \"a\\u0009\\\"b\\\\\\uFFFD\", \"count\": 3, \"value\": -0.001, \"set\": "
          "true},\n"
          "  {\"name\": null, \"count\": null, \"value\": null, \"set\": false},\n"
          "  {\"name\": \"\xc3\xa9\", \"count\": 0, \"value\": 0, \"set\": false},\n"
          "  {\"name\": \"\", \"count\": 1099511627776, \"value\": 0.3333333333, \"set\": true}\n"
          " ]\n");
    check(&t, table_text,
          "name            count  value  set\n"
          "a?\"b\\?              3   0.00    1\n"
          "-                   -      -    0\n"
          "\xc3\xa9                   0   0.00    0\n"
          "        1099511627776   0.33    1\n");
    table_free(&t);
}

static void columns_come_with_their_option(void **state)
{
    struct table t;
    (void)state;
    make(&t, EXTRA);
    assert_int_equal(table_columns(&t), 5);
    assert_int_equal(table_rows(&t), 4);
    assert_string_equal(table_column(&t, 3)->name, "more");
    assert_true(table_at(&t, 1, 3)->missing);
    assert_float_equal(table_at(&t, 3, 3)->value.real, 1.0 / 3, 0);
    table_free(&t);
}

static void documents_hold_fields_and_tables(void **state)
{
    struct table t[3];
    struct buf b = BUF_INIT;
    (void)state;
    table_begin(&t[0], &single, 0);
    table_words(&t[0], "m");
    table_real(&t[0], -0.0);
    make(&t[1], 0);
    table_begin(&t[2], &form, 0);
    t[1].cells -= 12; /* the first row */
    table_document(t, 3, &b);
    t[1].cells += 12;
    assert_string_equal(buf_text(&b), "{\n \"model\": \"m\",\n \"lambda\": 0,\n \"tests\": [\n"
                                      "  {\"name\": \"a\\u0009\\\"b\\\\\\uFFFD\", \"count\": 3, "
                                      "\"value\": -0.001, \"set\": true}\n ],\n"
                                      " \"tests\": []\n}\n");
    buf_free(&b);
    for (int i = 0; i < 3; i++)
        table_free(&t[i]);
}

/* TEXT, each sentence on a line of its own as manuals have it. */
static void put_sentences(struct buf *b, const char *text)
{
    for (; *text; text++) {
        buf_add(b, text, 1);
        if (text[0] == '.' && text[1] == ' ') {
            buf_str(b, "\n");
            text++;
        }
    }
    buf_str(b, "\n");
}

/* The section of the manual on F. */
static void put_section(struct buf *b, const struct table_form *f)
{
    buf_printf(b, ".Ss %s\n", f->name);
    put_sentences(b, f->about);
    if (f->key && f->key[0])
        buf_printf(b, "In JSON under the key\n.Li %s .\n", f->key);
    else if (!f->key)
        buf_str(b, "One row, in JSON the fields of the object itself; not in TSV.\n");
    buf_str(b, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < f->columns; i++) {
        const struct table_column *c = &f->column[i];
        buf_printf(b, ".It Va %s Pq %s%s%s\n%c%s.\n", c->name, table_type_name(c->type),
                   c->unit ? ", " : "", c->unit ? c->unit : "",
                   c->meaning[0] >= 'a' && c->meaning[0] <= 'z' && c->meaning[1] != ' '
                       ? c->meaning[0] - 'a' + 'A'
                       : c->meaning[0],
                   c->meaning + 1);
    }
    buf_str(b, ".El\n");
}

static void the_manual_lists_the_columns(void **state)
{
    static const char begin[] = "writes it anew.\n", end[] = ".\\\" end\n";
    const char *path = source_path("man/propneu-tables.5"), *update = getenv("UPDATE_GOLDEN");
    struct buf page = BUF_INIT, want = BUF_INIT;
    struct mapped m;
    struct err err;
    (void)state;
    assert_ok(mapped_open(&m, path, &err));
    buf_add(&page, m.data, m.size);
    mapped_close(&m);
    const char *first = strstr(buf_text(&page), begin), *last = strstr(buf_text(&page), end);
    assert_true(first && last);
    buf_add(&want, buf_text(&page), (size_t)(first - buf_text(&page)) + sizeof begin - 1);
    for (size_t i = 0; i < report_form_count; i++)
        put_section(&want, report_forms[i]);
    buf_str(&want, last);
    if (update && *update) {
        struct outfile f;
        assert_ok(outfile_open(&f, path, &err));
        fputs(buf_text(&want), f.stream);
        assert_ok(outfile_commit(&f, &err));
    } else if (strcmp(buf_text(&page), buf_text(&want)) != 0)
        fail_msg("%s does not list the columns; UPDATE_GOLDEN=1 writes it:\n%s", path,
                 buf_text(&want));
    buf_free(&page);
    buf_free(&want);
}

/* Names are words of scripts, and no table has one twice. */
static void names_are_words_and_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < report_form_count; i++)
        for (size_t k = 0; k < report_forms[i]->columns; k++) {
            const char *name = report_forms[i]->column[k].name;
            assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(name));
            for (size_t j = 0; j < k; j++)
                assert_string_not_equal(name, report_forms[i]->column[j].name);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_writer_shows_the_same_values),
        cmocka_unit_test(columns_come_with_their_option),
        cmocka_unit_test(documents_hold_fields_and_tables),
        cmocka_unit_test(the_manual_lists_the_columns),
        cmocka_unit_test(names_are_words_and_differ),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
