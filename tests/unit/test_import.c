#include "config.h"

#include "unit.h"

#include <unistd.h>

#include "formats/countfile.h"
#include "formats/file.h"
#include "count/import.h"
#include "formats/jsontext.h"
#include "formats/tensors/pickle.h"

#define OUT "test_import.tmp"
#define PKL "test_import_pkl.tmp"

static struct import_options options(const char *path, enum import_condition condition)
{
    return (struct import_options){.path = path,
                                   .condition = condition,
                                   .lambda_percent = 1,
                                   .created_by = "test",
                                   .command = "",
                                   .output = OUT};
}

static const char *const groups[IMPORT_CONDITIONS][3] = {
    {NULL}, {"male", "female"}, {"low", "mid", "high"}};

/* The cell of a row of the published file, or -1. */
static int cell_of(const struct counts *c, const char *phone, const char *group)
{
    for (uint32_t i = 0; i < c->cells; i++)
        if (strcmp(c->factor[0].level[c->factor[0].index[i]], phone) == 0 &&
            (!group || strcmp(c->factor[1].level[c->factor[1].index[i]], group) == 0))
            return (int)i;
    return -1;
}

/* Every row of every layer must be found again under its phone and group, or be all zero. */
static void check(const struct counts *c, const char *path, const json_t *table,
                  enum import_condition condition)
{
    struct mapped m;
    struct pickle p;
    struct err err;
    const char *phone;
    const json_t *entry;
    uint32_t found = 0;
    assert_ok(mapped_open(&m, path, &err));
    assert_ok(pickle_parse(&p, m.data, m.size, path, &err));
    assert_int_equal(c->layers, p.root->items.count);
    for (uint32_t n = 0; n < c->layers; n++) {
        struct tensor t;
        assert_ok(pickle_array(&p, pickle_item(p.root, n), "", &t, &err));
        float *want = malloc(t.count * sizeof *want);
        tensor_to_f32(&t, want);
        size_t width = t.shape[1];
        assert_int_equal(c->layer[n].width, width);
        for (int g = 0; g <= (int)condition; g++)
            json_object_foreach((json_t *)(uintptr_t)table, phone, entry)
            {
                size_t row = (size_t)g * 41 + (size_t)json_integer_value(json_array_get(entry, 0));
                int cell = cell_of(c, phone, groups[condition][g]);
                if (cell >= 0)
                    assert_memory_equal(c->layer[n].probability + (size_t)cell * width,
                                        want + row * width, width * sizeof *want);
                else
                    for (size_t i = 0; i < width; i++)
                        assert_true(want[row * width + i] == 0);
                found += cell >= 0;
            }
        free(want);
    }
    assert_int_equal(found, c->cells * c->layers);
    pickle_free(&p);
    mapped_close(&m);
}

static void published_probabilities_keep_every_bit(void **state)
{
    (void)state;
    for (int k = 0; k < IMPORT_CONDITIONS; k++) {
        char name[128], path[1024];
        struct counts c;
        struct err err;
        json_t *table;
        snprintf(name, sizeof name, "analysis_d256/%s/prob.pkl", import_condition_names[k]);
        snprintf(path, sizeof path, "%s", data_path(name));
        struct import_options o = options(path, (enum import_condition)k);
        o.label_table = data_path("info/label-merge.json");
        assert_ok(import_pickle(&o, &err));
        assert_ok(counts_open(&c, OUT, &err));
        assert_true(counts_is_probability(&c));
        assert_string_equal(c.model, "prob");
        assert_int_equal(c.factors, k ? 2 : 1);
        assert_int_equal(c.layer[0].tau, 3);
        assert_ok(jsontext_open(&table, o.label_table, &err));
        check(&c, path, table, (enum import_condition)k);
        int64_t ah = json_integer_value(json_array_get(json_object_get(table, "AH"), 1));
        assert_int_equal(c.phone_occurrences[counts_find_level(&c, 0, "AH")], ah);
        json_decref(table);
        counts_free(&c);
    }
}

/* A pickle of LAYERS arrays [rows][3] of floats: the first one in full, the others references. */
static void write_pickle(uint8_t rows, const float *values, int layers, bool shared)
{
    static const char head[] = "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\205C\1b"
                               "\207R(K\1K";
    static const char type[] = "K\3\206cnumpy\ndtype\nX\2\0\0\0f4\211\210\207R(K\3X\1\0\0\0<NNNJ"
                               "\377\377\377\377J\377\377\377\377K\0tb\211B";
    FILE *f = fopen(PKL, "wb");
    uint32_t size = rows * 3u * 4;
    assert_non_null(f);
    fwrite("\200\3]", 1, 3, f);
    for (int i = 0; i < layers; i++) {
        if (i > 0 && shared) {
            fwrite("h\1a", 1, 3, f);
            continue;
        }
        fwrite(head, 1, sizeof head - 1, f);
        fwrite(&rows, 1, 1, f);
        fwrite(type, 1, sizeof type - 1, f);
        fwrite(&size, sizeof size, 1, f);
        fwrite(values, 1, size, f);
        fwrite("tbq\1a", 1, 5, f);
    }
    fwrite(".", 1, 1, f);
    assert_int_equal(fclose(f), 0);
}

static void rows_never_seen_make_no_cells(void **state)
{
    static float p[41 * 3];
    struct import_options o = options(PKL, IMPORT_PHONE_TYPE);
    struct counts c;
    struct err err;
    (void)state;
    memset(p, 0, sizeof p);
    p[1 * 3 + 2] = 0.5f;  /* DH by the published numbering */
    p[40 * 3 + 0] = 1.0f; /* OY */
    p[0] = 0.25f;         /* silence */
    write_pickle(41, p, 2, false);
    assert_ok(import_pickle(&o, &err));
    assert_ok(counts_open(&c, OUT, &err));
    assert_int_equal(c.cells, 3);
    assert_int_equal(c.layers, 2);
    assert_null(c.phone_occurrences);
    assert_string_equal(c.factor[0].level[c.factor[0].index[0]], "");
    assert_string_equal(c.factor[0].level[c.factor[0].index[1]], "DH");
    assert_string_equal(c.factor[0].level[c.factor[0].index[2]], "OY");
    assert_true(c.layer[1].probability[1 * 3 + 2] == 0.5f);
    counts_free(&c);
    o.condition = IMPORT_GENDER;
    assert_status(import_pickle(&o, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "41 rows"));
}

static void what_is_no_probability_is_refused(void **state)
{
    static float p[41 * 3];
    struct import_options o = options(PKL, IMPORT_PHONE_TYPE);
    struct err err;
    (void)state;
    unlink(OUT);
    memset(p, 0, sizeof p);
    write_pickle(41, p, 1, false); /* all zero */
    assert_status(import_pickle(&o, &err), STATUS_FORMAT);
    p[4] = 1.5f;
    write_pickle(41, p, 1, false);
    assert_status(import_pickle(&o, &err), STATUS_FORMAT);
    assert_string_equal(err.msg, PKL ": layer 1, row 1, neuron 1: 1.5 is not a probability");
    p[4] = -0.1f;
    write_pickle(41, p, 1, false);
    assert_status(import_pickle(&o, &err), STATUS_FORMAT);
    p[4] = 0.1f;
    write_pickle(41, p, 200, true);
    assert_status(import_pickle(&o, &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "shares"));
    write_pickle(41, p, 0, false);
    assert_status(import_pickle(&o, &err), STATUS_FORMAT);
    FILE *f = fopen(PKL, "wb");
    fputs("\200\2]K\1a.", f);
    fclose(f);
    assert_status(import_pickle(&o, &err), STATUS_FORMAT);
    assert_string_equal(err.msg, PKL ": layer 1: is no array");
    assert_int_not_equal(access(OUT, F_OK), 0);
}

static int remove_files(void **state)
{
    (void)state;
    unlink(OUT);
    unlink(PKL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_probabilities_keep_every_bit),
        cmocka_unit_test(rows_never_seen_make_no_cells),
        cmocka_unit_test(what_is_no_probability_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
