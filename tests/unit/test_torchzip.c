#include "config.h"

#include "unit.h"

#include <unistd.h>

#include "makezip.h"
#include "formats/tensors/checkpoint.h"
#include "formats/file.h"
#include "formats/tensors/torchzip.h"

/* The 12 elements 0 .. 11 that the tests' tensors show. */
static const float twelve[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

/* An archive of the pickle PKL and storage 0. */
static struct buf archive_of(const struct buf *pkl, int method)
{
    struct makezip z = MAKEZIP_INIT;
    makezip_add(&z, "m/data.pkl", pkl->data, pkl->len, method);
    makezip_add(&z, "m/byteorder", "little", 6, 0);
    makezip_add(&z, "m/data/0", twelve, sizeof twelve, method);
    return makezip_end(&z);
}

/* Reads the only value of an archive as tensor and gives its floats. */
static enum status read_tensor(const struct buf *zip, struct tensor *t, float *out, struct err *err)
{
    struct torchzip *z;
    char *copy = malloc(zip->len);
    assert_non_null(copy);
    memcpy(copy, zip->data, zip->len);
    enum status code = torchzip_parse(&z, copy, zip->len, "x.pt", err);
    if (!code) {
        code = torchzip_tensor(z, torchzip_pickle(z)->root, "w", t, err);
        if (!code && t->count <= 16)
            tensor_to_f32(t, out);
        torchzip_free(z);
    }
    if (code)
        assert_true(strncmp(err->msg, "x.pt: ", 6) == 0);
    free(copy);
    return code;
}

static void views_are_checked_against_their_storage(void **state)
{
    static const struct {
        int64_t elements, offset, shape[3], stride[3];
        int axes;
        enum status code;
    } cases[] = {
        {12, 0, {3, 4}, {4, 1}, 2, STATUS_OK},
        {12, 0, {4, 3}, {1, 4}, 2, STATUS_OK},
        {12, 7, {5}, {1}, 1, STATUS_OK},
        {12, 11, {0}, {0}, 0, STATUS_OK},
        {12, 1, {2, 1, 2}, {5, 1000, 2}, 3, STATUS_OK},
        {12, 12, {0, 5}, {5, 1}, 2, STATUS_OK},
        {12, 8, {5}, {1}, 1, STATUS_FORMAT},
        {12, 12, {0}, {0}, 0, STATUS_FORMAT},
        {12, 13, {0}, {1}, 1, STATUS_FORMAT},
        {12, 0, {3, 4}, {5, 1}, 2, STATUS_FORMAT},
        {12, 0, {2}, {12}, 1, STATUS_FORMAT},
        {12, 0, {2}, {INT64_MAX}, 1, STATUS_FORMAT},
        {12, 0, {3, 3}, {INT64_MAX, INT64_MAX}, 2, STATUS_FORMAT},
        {12, -1, {2}, {1}, 1, STATUS_FORMAT},
        {12, 5, {2}, {-1}, 1, STATUS_FORMAT},
        {12, 0, {-2}, {1}, 1, STATUS_FORMAT},
        {12, INT64_MAX, {2}, {1}, 1, STATUS_FORMAT},
        {12, 0, {INT64_MAX}, {1}, 1, STATUS_FORMAT},
        {12, 0, {1 << 30}, {0}, 1, STATUS_UNSUPPORTED},
        {12, 3, {15, 1}, {0, 1}, 2, STATUS_OK},
        {12, 0, {16385, 1}, {0, 1}, 2, STATUS_UNSUPPORTED},
        {13, 0, {12}, {1}, 1, STATUS_FORMAT},
        {INT64_MAX, 0, {12}, {1}, 1, STATUS_FORMAT},
        {-1, 0, {12}, {1}, 1, STATUS_FORMAT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int method = 0; method <= 8; method += 8) {
            struct buf pkl = BUF_INIT;
            struct tensor t;
            struct err err;
            float out[16];
            makezip_tensor(&pkl, "FloatStorage", "0", cases[i].elements, cases[i].offset,
                           cases[i].shape, cases[i].stride, cases[i].axes);
            buf_str(&pkl, ".");
            struct buf zip = archive_of(&pkl, method);
            enum status code = read_tensor(&zip, &t, out, &err);
            if (code != cases[i].code)
                fail_msg("case %zu: status %d: %s", i, code, code ? err.msg : "");
            if (!code && t.count) {
                size_t last = (size_t)cases[i].offset;
                for (int d = 0; d < cases[i].axes; d++)
                    last += (t.shape[d] - 1) * t.stride[d];
                assert_true(out[0] == (float)cases[i].offset);
                assert_true(out[t.count - 1] == (float)last);
            }
            buf_free(&pkl);
            buf_free(&zip);
        }
}

static void other_ways_to_write_a_tensor_are_read(void **state)
{
    static const char id[] = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nK\14tQ";
    static const char raw[] = "(S'storage'\nctorch.storage\nUntypedStorage\nS'0'\nS'cpu'\nK\60tQ";
    static const struct {
        const char *before, *after;
        bool typed;
    } cases[] = {
        {"ctorch._utils\n_rebuild_tensor\n(", "K\2K\3\x85K\1\x85tR.", true},
        {"ctorch._utils\n_rebuild_parameter\n(ctorch._utils\n_rebuild_tensor_v2\n(",
         "K\2K\3\x85K\1\x85NNtRNNtR.", true},
        {"ctorch._utils\n_rebuild_parameter_with_state\n(ctorch._utils\n_rebuild_tensor_v2\n(",
         "K\2K\3\x85K\1\x85NNtRNN}tR.", true},
        {"ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\n"
         "ctorch.nn\nParameter\n(",
         "K\2K\3\x85K\1\x85NNt}tR.", true},
        {"ctorch._utils\n_rebuild_tensor_v3\n(", "K\2K\3\x85K\1\x85NNctorch\nfloat32\n}tR.", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf pkl = BUF_INIT;
        struct tensor t;
        struct err err;
        float out[12];
        buf_str(&pkl, cases[i].before);
        buf_str(&pkl, cases[i].typed ? id : raw);
        buf_str(&pkl, cases[i].after);
        struct buf zip = archive_of(&pkl, 0);
        assert_ok(read_tensor(&zip, &t, out, &err));
        assert_int_equal(t.count, 3);
        assert_true(out[0] == 2 && out[2] == 4);
        buf_free(&pkl);
        buf_free(&zip);
    }
}

/* As a download that broke off leaves it. */
static void an_archive_that_is_cut_short_is_called_so(void **state)
{
    struct buf pkl = BUF_INIT;
    struct err err;
    struct torchzip *z;
    (void)state;
    buf_str(&pkl, "N.");
    struct buf zip = archive_of(&pkl, 0);
    char *copy = malloc(zip.len - 30);
    assert_non_null(copy);
    memcpy(copy, zip.data, zip.len - 30);
    assert_status(torchzip_parse(&z, copy, zip.len - 30, "x.pt", &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "x.pt: byte "));
    assert_non_null(strstr(err.msg, "truncated"));
    free(copy);
    buf_free(&pkl);
    buf_free(&zip);
}

static void values_that_only_look_like_tensors_are_refused(void **state)
{
    static const char *const pickles[] = {
        "N.",
        "cx\ny\n)R.",
        "ctorch._utils\n_rebuild_tensor_v2\n)R.",
        "ctorch._utils\n_rebuild_tensor_v2\n(NNNNtR.",
        "ctorch._utils\n_rebuild_tensor_v2\n(S'x'\nQK\1K\1\x85K\1\x85tR.",
        "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nNS'0'\nS'cpu'\nK\14tQNNNtR.",
        "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\ncevil\nFloatStorage\n"
        "S'0'\nS'cpu'\nK\14tQK\1K\1\x85K\1\x85tR.",
        "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nQInt8Storage\n"
        "S'0'\nS'cpu'\nK\14tQK\1K\1\x85K\1\x85tR.",
        "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\n"
        "S'../0'\nS'cpu'\nK\14tQK\1K\1\x85K\1\x85tR.",
        "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\n"
        "S'0'\nS'cpu'\nK\14(K\1K\1ttQK\1K\1\x85K\1\x85tR.",
        "ctorch._utils\n_rebuild_parameter\n(ctorch._utils\n_rebuild_parameter\n"
        "(ctorch._utils\n_rebuild_parameter\n(ctorch._utils\n_rebuild_parameter\n"
        "(ctorch._utils\n_rebuild_parameter\n(NtRtRtRtRtR.",
    };
    (void)state;
    for (size_t i = 0; i < sizeof pickles / sizeof pickles[0]; i++) {
        struct buf pkl = BUF_INIT;
        struct tensor t;
        struct err err;
        float out[12];
        buf_str(&pkl, pickles[i]);
        struct buf zip = archive_of(&pkl, 0);
        if (read_tensor(&zip, &t, out, &err) == STATUS_OK)
            fail_msg("case %zu is no tensor", i);
        buf_free(&pkl);
        buf_free(&zip);
    }
}

static enum status parse(struct buf zip, struct err *err)
{
    struct torchzip *z;
    enum status code = torchzip_parse(&z, zip.data, zip.len, "x.pt", err);
    if (!code)
        torchzip_free(z);
    buf_free(&zip);
    return code;
}

static void archives_of_other_kinds_are_refused(void **state)
{
    struct makezip none = MAKEZIP_INIT, two = MAKEZIP_INIT, big = MAKEZIP_INIT, deep = MAKEZIP_INIT;
    struct err err;
    (void)state;
    makezip_add(&none, "m/other", "N.", 2, 0);
    assert_status(parse(makezip_end(&none), &err), STATUS_FORMAT);
    makezip_add(&deep, "a/b/data.pkl", "N.", 2, 0);
    assert_status(parse(makezip_end(&deep), &err), STATUS_FORMAT);
    makezip_add(&two, "m/data.pkl", "N.", 2, 0);
    makezip_add(&two, "n/data.pkl", "N.", 2, 0);
    assert_status(parse(makezip_end(&two), &err), STATUS_FORMAT);
    makezip_add(&big, "m/data.pkl", "N.", 2, 0);
    makezip_add(&big, "m/byteorder", "big", 3, 0);
    assert_status(parse(makezip_end(&big), &err), STATUS_UNSUPPORTED);
}

static void members_that_unpack_to_too_much_are_refused(void **state)
{
    struct makezip z = MAKEZIP_INIT;
    struct err err;
    size_t size = (size_t)20 << 20;
    char *zeros = calloc(size, 1);
    (void)state;
    assert_non_null(zeros);
    makezip_add(&z, "m/data.pkl", zeros, size, 8);
    free(zeros);
    assert_status(parse(makezip_end(&z), &err), STATUS_UNSUPPORTED);
}

/* Every byte of the directory and of a local header wrong once: any answer, but no accident. */
static void damaged_archives_do_no_harm(void **state)
{
    struct buf pkl = BUF_INIT;
    struct tensor t;
    struct err err;
    float out[12];
    const int64_t shape = 12, stride = 1;
    (void)state;
    makezip_tensor(&pkl, "FloatStorage", "0", 12, 0, &shape, &stride, 1);
    buf_str(&pkl, ".");
    for (int method = 0; method <= 8; method += 8) {
        struct buf zip = archive_of(&pkl, method);
        for (size_t i = 4; i < zip.len; i++)
            for (int flip = 1; flip < 256; flip *= 4) {
                zip.data[i] ^= (char)flip;
                (void)read_tensor(&zip, &t, out, &err);
                zip.data[i] ^= (char)flip;
            }
        for (size_t size = 0; size < zip.len; size++) {
            struct buf part = {zip.data, size, size, false};
            if (size)
                assert_true(read_tensor(&part, &t, out, &err) != STATUS_OK);
        }
        assert_ok(read_tensor(&zip, &t, out, &err));
        assert_memory_equal(out, twelve, sizeof twelve);
        buf_free(&zip);
    }
    buf_free(&pkl);
}

static void truncated_checkpoints_are_refused(void **state)
{
    struct mapped file;
    struct torchzip *z;
    struct err err;
    (void)state;
    assert_ok(mapped_open(&file, data_path("models/g_melhubert_20ms/native.pt"), &err));
    for (size_t size = 0; size < file.size; size += file.size - size < 8192 ? 64 : 8192)
        assert_status(torchzip_parse(&z, file.data, size, "x.pt", &err), STATUS_FORMAT);
    mapped_close(&file);
}

/* Opens PKL and its storage 0 as checkpoint file. */
static enum status open_checkpoint(const char *pickle, size_t size, struct checkpoint *c,
                                   struct err *err)
{
    char path[] = "/tmp/propneu-torch-XXXXXX";
    struct buf pkl = BUF_INIT;
    buf_add(&pkl, pickle, size);
    struct buf zip = archive_of(&pkl, 0);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, zip.data, zip.len), zip.len);
    close(fd);
    enum status code = checkpoint_open(c, path, err);
    unlink(path);
    buf_free(&pkl);
    buf_free(&zip);
    return code;
}

#define WEIGHT                                                                                    \
    "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nK\14tQ" \
    "K\0K\14\x85K\1\x85NNtR"
#define MISSING                                                                                   \
    "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'9'\nS'cpu'\nK\14tQ" \
    "K\0K\14\x85K\1\x85NNtR"
#define TEXT(s) s, sizeof(s) - 1

static void only_weights_are_read(void **state)
{
    struct checkpoint c;
    struct err err;
    (void)state;
    /* The optimiser's storage is not there. */
    assert_ok(open_checkpoint(TEXT("}(U\5model}U\1w" WEIGHT "sU\12Upstream_C" MISSING
                                   "U\11Optimizer" MISSING "U\3cfg}u."),
                              &c, &err));
    assert_int_equal(c.layout, CHECKPOINT_WAVLM);
    assert_int_equal(c.tensors.count, 1);
    assert_null(json_object_get(c.config, "Optimizer"));
    const json_t *shape = json_object_get(json_object_get(c.config, "Upstream_C"), "__tensor__");
    assert_int_equal(json_integer_value(json_array_get(shape, 0)), 12);
    checkpoint_free(&c);
    assert_status(open_checkpoint(TEXT("}(U\5model}(U\1w" WEIGHT "U\1v" MISSING "uu."), &c, &err),
                  STATUS_FORMAT);
    assert_status(open_checkpoint(TEXT("}(U\5model}(U\1w" WEIGHT "U\1w" WEIGHT "uu."), &c, &err),
                  STATUS_FORMAT);
    assert_status(open_checkpoint(TEXT("}(U\5model}(U\3a\0b" WEIGHT "uu."), &c, &err),
                  STATUS_FORMAT);
    assert_status(open_checkpoint(TEXT("}(U\5modelK\1U\3cfg}u."), &c, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "keys: model, cfg"));
    assert_status(open_checkpoint(TEXT("K\1."), &c, &err), STATUS_UNSUPPORTED);
    assert_ok(open_checkpoint(TEXT("}(U\1w" WEIGHT "U\1nK\5u."), &c, &err));
    assert_int_equal(c.layout, CHECKPOINT_BARE);
    checkpoint_free(&c);
}

static void configurations_that_explode_are_cut(void **state)
{
    struct buf pkl = BUF_INIT;
    struct checkpoint c;
    struct err err;
    (void)state;
    /* A list that contains itself, 2^200 lists as a tree, 100 000 lists one in the other. */
    buf_add(&pkl, TEXT("}(U\5model}U\1w" WEIGHT "sU\4loop]q\1h\1aU\4tree]q\2"));
    for (int i = 0; i < 200; i++)
        buf_str(&pkl, "0]q\3h\2ah\2aq\2");
    buf_str(&pkl, "U\4deep]");
    for (int i = 0; i < 100000; i++)
        buf_str(&pkl, "\x85");
    /* A text of 30 000 bytes, 100 000 times. */
    buf_str(&pkl, "U\4textT\x30\x75");
    buf_add(&pkl, "\0\0", 2);
    for (int i = 0; i < 3000; i++)
        buf_str(&pkl, "0123456789");
    buf_str(&pkl, "q\4U\5words](");
    for (int i = 0; i < 100000; i++)
        buf_str(&pkl, "h\4");
    buf_str(&pkl, "eu.");
    assert_true(buf_ok(&pkl));
    assert_ok(open_checkpoint(pkl.data, pkl.len, &c, &err));
    const json_t *v = json_object_get(c.config, "deep");
    int depth = 0;
    for (; json_is_array(v); v = json_array_get(v, 0))
        depth++;
    assert_true(depth > 10 && depth < 100);
    assert_true(json_is_array(json_object_get(c.config, "loop")));
    checkpoint_free(&c);
    buf_free(&pkl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_are_checked_against_their_storage),
        cmocka_unit_test(other_ways_to_write_a_tensor_are_read),
        cmocka_unit_test(an_archive_that_is_cut_short_is_called_so),
        cmocka_unit_test(values_that_only_look_like_tensors_are_refused),
        cmocka_unit_test(archives_of_other_kinds_are_refused),
        cmocka_unit_test(members_that_unpack_to_too_much_are_refused),
        cmocka_unit_test(damaged_archives_do_no_harm),
        cmocka_unit_test(truncated_checkpoints_are_refused),
        cmocka_unit_test(only_weights_are_read),
        cmocka_unit_test(configurations_that_explode_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
