#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "formats/file.h"
#include "formats/tensors/safetensors.h"

/* A file of HEADER and SIZE bytes 0, 1, 2, ... */
static struct buf file_of(const char *header, size_t size)
{
    struct buf b = BUF_INIT;
    uint64_t length = strlen(header);
    buf_add(&b, &length, sizeof length);
    buf_str(&b, header);
    for (size_t i = 0; i < size; i++)
        buf_add(&b, &(unsigned char){(unsigned char)i}, 1);
    assert_true(buf_ok(&b));
    return b;
}

/* An exact copy on the heap, so that a sanitizer sees every byte read behind the end. */
static enum status parse_exact(struct tensors *t, const char *bytes, size_t size, struct err *err)
{
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size)
        memcpy(copy, bytes, size);
    enum status code = safetensors_parse(t, copy, size, "x.safetensors", err);
    if (code)
        assert_true(strncmp(err->msg, "x.safetensors: ", 15) == 0);
    else
        tensors_free(t);
    free(copy);
    return code;
}

static void tensors_are_borrowed_and_sorted(void **state)
{
    struct buf b = file_of("{\"b\":{\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[4,8]},"
                           "\"__metadata__\":{\"k\":\"v\",\"empty\":\"\"},"
                           "\"a\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[0,4]},"
                           "\"z\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[4,4]}}   ",
                           8);
    struct tensors t;
    struct err err;
    int64_t n;
    (void)state;
    assert_ok(safetensors_parse(&t, b.data, b.len, "x", &err));
    assert_int_equal(t.count, 3);
    assert_string_equal(t.tensor[0].name, "a");
    assert_ok(tensor_to_i64(tensors_find(&t, "a"), &n, &err));
    assert_int_equal(n, 0x03020100);
    assert_int_equal(tensors_find(&t, "b")->stride[0], 2);
    assert_int_equal(tensors_find(&t, "b")->data[3], 7);
    assert_int_equal(tensors_find(&t, "z")->count, 0);
    assert_null(tensors_find(&t, "c"));
    assert_string_equal(tensors_meta(&t, "k"), "v");
    assert_string_equal(tensors_meta(&t, "empty"), "");
    assert_null(tensors_meta(&t, "v"));
    tensors_free(&t);
    buf_free(&b);
}

static void broken_headers_are_refused(void **state)
{
    static const char *const headers[] = {
        "",
        "[]",
        "{",
        "{}}",
        "{\"a\":1}",
        "{\"a\":{}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,5]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0,32]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]}}",
        "{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\\u0000b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"\xff\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[3,7]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"__metadata__\":{\"k\":1}}",
        "{\"__metadata__\":\"k\"}",
    };
    struct tensors t;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct buf b = file_of(headers[i], 16);
        enum status code = parse_exact(&t, b.data, b.len, &err);
        if (code != STATUS_FORMAT)
            fail_msg("case %zu: %s: status %d", i, headers[i], code);
        buf_free(&b);
    }
    struct buf b =
        file_of("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", 16);
    assert_status(parse_exact(&t, b.data, b.len, &err), STATUS_UNSUPPORTED);
    buf_free(&b);
}

static void broken_lengths_are_refused(void **state)
{
    struct tensors t;
    struct err err;
    (void)state;
    for (int shift = 5; shift < 64; shift++) {
        struct buf b = file_of("{}", 20);
        uint64_t length = (uint64_t)1 << shift;
        memcpy(b.data, &length, sizeof length);
        assert_status(parse_exact(&t, b.data, b.len, &err), STATUS_FORMAT);
        buf_free(&b);
    }
}

static void long_names_and_deep_nesting_are_refused(void **state)
{
    struct buf text = BUF_INIT, b;
    struct tensors t;
    struct err err;
    (void)state;
    buf_str(&text, "{\"");
    for (int i = 0; i < 1025; i++)
        buf_str(&text, "n");
    buf_str(&text, "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}");
    b = file_of(text.data, 4);
    assert_status(parse_exact(&t, b.data, b.len, &err), STATUS_FORMAT);
    buf_free(&b);
    buf_clear(&text);
    buf_str(&text, "{\"a\":");
    for (int i = 0; i < 100000; i++)
        buf_str(&text, "[");
    b = file_of(text.data, 4);
    assert_status(parse_exact(&t, b.data, b.len, &err), STATUS_FORMAT);
    buf_free(&b);
    buf_clear(&text);
    /* A header that would take hundreds of megabytes as values. */
    buf_str(&text, "{\"a\":[");
    for (int i = 0; i < 1000000; i++)
        buf_str(&text, "{},");
    buf_str(&text, "0]}");
    b = file_of(text.data, 4);
    assert_status(parse_exact(&t, b.data, b.len, &err), STATUS_UNSUPPORTED);
    buf_free(&b);
    buf_free(&text);
}

static void truncated_files_are_refused(void **state)
{
    struct mapped file;
    struct tensors t;
    struct err err;
    uint64_t header;
    (void)state;
    assert_ok(mapped_open(&file, data_path("models/g_melhubert_20ms/hf/model.safetensors"), &err));
    memcpy(&header, file.data, sizeof header);
    for (size_t size = 0; size < file.size; size += size < header + 128 ? 64 : 4096)
        assert_status(parse_exact(&t, (const char *)file.data, size, &err), STATUS_FORMAT);
    assert_status(parse_exact(&t, (const char *)file.data, file.size - 1, &err), STATUS_FORMAT);
    assert_status(parse_exact(&t, (const char *)file.data, 8 + header, &err), STATUS_FORMAT);
    assert_ok(parse_exact(&t, (const char *)file.data, file.size, &err));
    mapped_close(&file);
}

static void what_is_written_is_read_again(void **state)
{
    static const float f[6] = {1, 2, 3, 4, 5, 6};
    static const uint16_t u[2] = {7, 65535};
    static const char *const meta[] = {"format", "x", "q\"uote", "\303\274\n"};
    struct tensor in[3] = {
        {.name = "z/2", .dtype = DTYPE_F32, .ndim = 2, .shape = {2, 3}, .data = (void *)f},
        {.name = "a \"b\"", .dtype = DTYPE_U16, .ndim = 1, .shape = {2}, .data = (void *)u},
        {.name = "none", .dtype = DTYPE_F64, .ndim = 1, .shape = {0}, .data = NULL},
    };
    char *bytes = NULL;
    size_t size = 0;
    struct tensors t;
    struct err err;
    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(tensor_set_rows(&in[i]));
    FILE *stream = open_memstream(&bytes, &size);
    assert_non_null(stream);
    assert_ok(safetensors_write(stream, in, 3, meta, 2, &err));
    fclose(stream);
    assert_ok(safetensors_parse(&t, bytes, size, "x", &err));
    assert_int_equal(t.count, 3);
    assert_memory_equal(tensors_find(&t, "z/2")->data, f, sizeof f);
    assert_memory_equal(tensors_find(&t, "a \"b\"")->data, u, sizeof u);
    assert_string_equal(tensors_meta(&t, "q\"uote"), "\303\274\n");
    assert_int_equal((tensors_find(&t, "z/2")->data - (unsigned char *)bytes) % 64, 0);
    tensors_free(&t);
    free(bytes);

    stream = fopen("/dev/null", "w");
    assert_non_null(stream);
    in[1].name = in[0].name;
    assert_status(safetensors_write(stream, in, 2, NULL, 0, &err), STATUS_USAGE);
    in[1].name = "\xff";
    assert_status(safetensors_write(stream, in, 2, NULL, 0, &err), STATUS_UNSUPPORTED);
    in[0].stride[0] = 1;
    assert_status(safetensors_write(stream, in, 1, NULL, 0, &err), STATUS_USAGE);
    fclose(stream);
}

static void missing_files_and_folders_are_errors(void **state)
{
    struct tensors t;
    struct err err;
    (void)state;
    assert_status(safetensors_open(&t, "/nonexistent/x.safetensors", &err), STATUS_IO);
    assert_status(safetensors_open(&t, "/", &err), STATUS_IO);
    assert_status(safetensors_open(&t, "/dev/null", &err), STATUS_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_are_borrowed_and_sorted),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(broken_lengths_are_refused),
        cmocka_unit_test(long_names_and_deep_nesting_are_refused),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(missing_files_and_folders_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
