#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "formats/file.h"
#include "formats/tensors/npy.h"

static struct buf file_of(int version, const char *header, const void *data, size_t size)
{
    struct buf b = BUF_INIT;
    uint32_t length = (uint32_t)strlen(header);
    buf_add(&b, "\x93NUMPY", 6);
    buf_add(&b, &(char[2]){(char)version, 0}, 2);
    buf_add(&b, &length, version == 1 ? 2 : 4);
    buf_str(&b, header);
    buf_add(&b, data, size);
    assert_true(buf_ok(&b));
    return b;
}

/* An exact copy on the heap, so that a sanitizer sees every byte read behind the end. */
static enum status parse_exact(const char *bytes, size_t size, struct err *err)
{
    struct tensors t;
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size)
        memcpy(copy, bytes, size);
    enum status code = npy_parse(&t, copy, size, "x.npy", err);
    if (code)
        assert_true(strncmp(err->msg, "x.npy: ", 7) == 0);
    else
        tensors_free(&t);
    free(copy);
    return code;
}

static void arrays_of_all_versions_and_orders_are_read(void **state)
{
    static const char *const headers[] = {
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }     \n",
        "{\"shape\":(2,3),\"descr\":\"<i2\",\"fortran_order\":False}",
        "{'descr': '<i2', 'fortran_order': True, 'shape': (3, 2), }\n",
        "{'descr': '>i2', 'fortran_order': False, 'shape': (2, 3), }\n",
        "{'descr': '>i2', 'fortran_order': True, 'shape': (3, 2,), }\n",
    };
    static const unsigned char little[12] = {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255};
    static const unsigned char big[12] = {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 255, 255};
    static const int64_t rows[6] = {1, 2, 3, 4, 5, -1}, columns[6] = {1, 4, 2, 5, 3, -1};
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        for (int version = 1; version <= 3; version++) {
            struct tensors t;
            int64_t out[6];
            struct buf b = file_of(version, headers[i], i > 2 ? big : little, 12);
            assert_ok(npy_parse(&t, b.data, b.len, "x.npy", &err));
            assert_int_equal(t.count, 1);
            assert_int_equal(t.tensor[0].count, 6);
            assert_ok(tensor_to_i64(tensors_find(&t, ""), out, &err));
            assert_memory_equal(out, i == 2 || i == 4 ? columns : rows, sizeof out);
            tensors_free(&t);
            buf_free(&b);
        }
}

static void scalars_and_empty_arrays_are_read(void **state)
{
    double pi = 3.25;
    struct tensors t;
    struct err err;
    (void)state;
    struct buf b = file_of(1, "{'descr': '<f8', 'fortran_order': False, 'shape': ()}", &pi, 8);
    assert_ok(npy_parse(&t, b.data, b.len, "x.npy", &err));
    assert_int_equal(t.tensor[0].ndim, 0);
    assert_int_equal(t.tensor[0].count, 1);
    tensors_free(&t);
    buf_free(&b);
    b = file_of(1, "{'descr': '>f8', 'fortran_order': True, 'shape': (0, 7)}", "", 0);
    assert_ok(npy_parse(&t, b.data, b.len, "x.npy", &err));
    assert_int_equal(t.tensor[0].count, 0);
    tensors_free(&t);
    buf_free(&b);
}

static void broken_headers_are_refused(void **state)
{
    static const struct {
        const char *header;
        enum status code;
    } cases[] = {
        {"", STATUS_FORMAT},
        {"{}", STATUS_FORMAT},
        {"[]", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,,)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (,)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,2)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
         STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,4294967296,)}",
         STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", STATUS_FORMAT},
        {"{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", STATUS_FORMAT},
        {"{'descr': '<f4', 'fortran_order': False}", STATUS_FORMAT},
        {"{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}", STATUS_UNSUPPORTED},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", STATUS_UNSUPPORTED},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", STATUS_UNSUPPORTED},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", STATUS_UNSUPPORTED},
        {"{'descr': __import__('os'), 'fortran_order': False, 'shape': (2,)}", STATUS_UNSUPPORTED},
    };
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = file_of(1, cases[i].header, "abcdefgh", 8);
        enum status code = parse_exact(b.data, b.len, &err);
        if (code != cases[i].code)
            fail_msg("%s: status %d", cases[i].header, code);
        buf_free(&b);
    }
    struct buf b = file_of(4, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "", 0);
    assert_status(parse_exact(b.data, b.len, &err), STATUS_UNSUPPORTED);
    buf_free(&b);
    b = file_of(2, "", "", 0);
    memset(b.data + 8, 0xff, 4);
    assert_status(parse_exact(b.data, b.len, &err), STATUS_FORMAT);
    buf_free(&b);
}

static void truncated_files_are_refused(void **state)
{
    struct mapped file;
    struct err err;
    (void)state;
    assert_ok(mapped_open(&file, data_path("info/mean-std.npy"), &err));
    for (size_t size = 0; size < file.size; size++)
        assert_status(parse_exact((const char *)file.data, size, &err), STATUS_FORMAT);
    assert_ok(parse_exact((const char *)file.data, file.size, &err));
    mapped_close(&file);
}

static void published_statistics_are_read(void **state)
{
    struct tensors t;
    struct err err;
    float v[80];
    (void)state;
    assert_ok(npy_open(&t, data_path("info/mean-std.npy"), &err));
    assert_int_equal(t.tensor[0].ndim, 2);
    assert_int_equal(t.tensor[0].shape[0], 2);
    assert_int_equal(t.tensor[0].shape[1], 40);
    assert_int_equal(t.tensor[0].dtype, DTYPE_F64);
    tensor_to_f32(&t.tensor[0], v);
    for (int i = 40; i < 80; i++)
        assert_true(v[i] > 0 && v[i] < 10);
    tensors_free(&t);
    assert_status(npy_open(&t, "/nonexistent.npy", &err), STATUS_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_of_all_versions_and_orders_are_read),
        cmocka_unit_test(scalars_and_empty_arrays_are_read),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(published_statistics_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
