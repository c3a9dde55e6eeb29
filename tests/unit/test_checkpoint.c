#include "config.h"

#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "formats/tensors/checkpoint.h"
#include "formats/file.h"
#include "base/mem.h"
#include "formats/tensors/safetensors.h"
#include "formats/tensors/torchzip_write.h"

/* CRC-32 of a tensor's elements as row-major floats. */
static uint32_t crc_of(const struct tensor *t)
{
    float *values = mem_array(t->count, sizeof *values);
    assert_non_null(values);
    tensor_to_f32(t, values);
    uint32_t crc = (uint32_t)crc32(0, (unsigned char *)values, (uInt)(t->count * sizeof *values));
    free(values);
    return crc;
}

static bool have(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static const json_t *at(const json_t *v, const char *a, const char *b, const char *c)
{
    v = json_object_get(v, a);
    v = b ? json_object_get(v, b) : v;
    return c ? json_object_get(v, c) : v;
}

/* Every weight of the table tests/data/models/a_hubert_base/weights.crc32, and no other. */
static void assert_weights_of_a(const struct checkpoint *c)
{
    char name[256];
    unsigned crc;
    size_t n = 0;
    FILE *table = fopen(source_path("tests/data/models/a_hubert_base/weights.crc32"), "r");
    assert_non_null(table);
    while (fscanf(table, "%8x %255s", &crc, name) == 2) {
        const struct tensor *t = tensors_find(&c->tensors, name);
        if (!t)
            fail_msg("no %s", name);
        else if (crc_of(t) != crc)
            fail_msg("%s has other values", name);
        n++;
    }
    fclose(table);
    assert_int_equal(n, c->tensors.count);
    assert_int_equal(n, 70);
}

static void awkward_fairseq_weights_are_read_exactly(void **state)
{
    struct checkpoint c;
    struct err err;
    (void)state;
    assert_ok(checkpoint_open(&c, data_path("models/a_hubert_base/fairseq.pt"), &err));
    assert_int_equal(c.layout, CHECKPOINT_FAIRSEQ);
    assert_weights_of_a(&c);
    assert_false(tensor_contiguous(tensors_find(&c.tensors, "encoder.layers.0.fc1.weight")));
    checkpoint_free(&c);
}

static void awkward_fairseq_configuration_is_readable(void **state)
{
    struct checkpoint c;
    struct err err;
    (void)state;
    assert_ok(checkpoint_open(&c, data_path("models/a_hubert_base/fairseq.pt"), &err));
    const json_t *model = at(c.config, "cfg", "model", NULL), *v;
    assert_string_equal(json_string_value(at(model, "extractor_mode", NULL, NULL)), "default");
    assert_string_equal(json_string_value(at(model, "layer_type", NULL, NULL)), "transformer");
    assert_int_equal(json_integer_value(at(model, "encoder_embed_dim", NULL, NULL)), 36);
    assert_true(json_real_value(at(model, "encoder_layerdrop", NULL, NULL)) == 0.05);
    assert_true(json_is_false(at(c.config, "cfg", "task", "normalize")));
    assert_true(json_is_null(at(c.config, "args", NULL, NULL)));
    v = at(c.config, "cfg", "opaque", NULL);
    assert_string_equal(json_string_value(at(v, "__class__", NULL, NULL)),
                        "somewhere.unknown_pkg.thing.Opaque");
    assert_int_equal(json_array_size(at(v, "x", NULL, NULL)), 4);
    v = json_array_get(at(c.config, "task_state", "dictionaries", NULL), 0);
    assert_int_equal(json_integer_value(at(v, "indices", "11", NULL)), 15);
    /* [(..., [("train", 1, "t", {"n": ...})])] */
    v = json_array_get(at(c.config, "extra_state", "metrics", NULL), 0);
    v = json_array_get(json_array_get(json_array_get(v, 1), 0), 3);
    assert_true(json_integer_value(at(v, "n", NULL, NULL)) == 1000000000000);
    assert_true(json_is_null(at(v, "big", NULL, NULL)));
    assert_int_equal(json_array_size(at(v, "set", NULL, NULL)), 2);
    assert_int_equal(json_array_size(at(v, "size", NULL, NULL)), 2);
    assert_string_equal(json_string_value(at(v, "dt", NULL, NULL)), "torch.float16");
    assert_string_equal(json_string_value(at(v, "dev", NULL, NULL)), "cpu");
    assert_int_equal(json_integer_value(json_array_get(at(v, "np", "__tensor__", NULL), 0)), 3);
    /* What another reader would have run: kept as a name. */
    assert_string_equal(json_string_value(at(c.config, "extra_state", "danger", "__class__")),
                        "posix.system");
    assert_null(json_object_get(c.config, "model"));
    assert_null(json_object_get(c.config, "optimizer_history"));
    checkpoint_free(&c);
}

static void the_same_weights_in_other_boxes_are_equal(void **state)
{
    struct checkpoint a, b;
    struct err err;
    (void)state;
    assert_ok(checkpoint_open(&a, data_path("models/g_melhubert_20ms/native.pt"), &err));
    assert_ok(checkpoint_open(&b, data_path("models/g_melhubert_20ms/hf"), &err));
    assert_int_equal(a.layout, CHECKPOINT_MELHUBERT);
    assert_int_equal(b.layout, CHECKPOINT_FOLDER);
    assert_int_equal(a.tensors.count, b.tensors.count);
    for (size_t i = 0; i < a.tensors.count; i++) {
        assert_string_equal(a.tensors.tensor[i].name, b.tensors.tensor[i].name);
        assert_int_equal(crc_of(&a.tensors.tensor[i]), crc_of(&b.tensors.tensor[i]));
    }
    assert_int_equal(
        json_integer_value(at(a.config, "Upstream_Config", "melhubert", "encoder_ffn_embed_dim")),
        250);
    assert_true(json_is_integer(at(a.config, "Args", "frame_period", NULL)) ||
                json_is_object(at(a.config, "Args", NULL, NULL)));
    assert_null(at(a.config, "Args", "__class__", NULL));
    assert_null(at(a.config, "Optimizer", NULL, NULL));
    assert_string_equal(json_string_value(at(b.config, "model_type", NULL, NULL)), "melhubert");
    checkpoint_free(&b);
    assert_ok(checkpoint_open(&b, data_path("models/g_melhubert_20ms/hf/model.safetensors"), &err));
    assert_int_equal(b.layout, CHECKPOINT_SAFETENSORS);
    assert_string_equal(json_string_value(at(b.config, "model_type", NULL, NULL)), "melhubert");
    checkpoint_free(&b);
    checkpoint_free(&a);
}

/* All families, where the complete set of reference files is there. */
static void every_family_opens(void **state)
{
    static const struct {
        const char *path;
        enum checkpoint_layout layout;
    } files[] = {
        {"models/a_hubert_base/native.pt", CHECKPOINT_S3PRL},
        {"models/a_hubert_base/hf", CHECKPOINT_FOLDER},
        {"models/a_hubert_base/hf_bf16", CHECKPOINT_FOLDER},
        {"models/c_wav2vec2_base/native.pt", CHECKPOINT_S3PRL},
        {"models/c_wav2vec2_base/native_fp16.pt", CHECKPOINT_S3PRL},
        {"models/c_wav2vec2_base/native_legacy.pt", CHECKPOINT_S3PRL},
        {"models/c_wav2vec2_base/hf", CHECKPOINT_FOLDER},
        {"models/e_wavlm_base/native.pt", CHECKPOINT_WAVLM},
        {"models/e_wavlm_base/hf", CHECKPOINT_FOLDER},
        {"models/g_melhubert_20ms/native.pt", CHECKPOINT_MELHUBERT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct checkpoint c;
        struct err err;
        if (!have(data_path(files[i].path)))
            continue;
        assert_ok(checkpoint_open(&c, data_path(files[i].path), &err));
        assert_int_equal(c.layout, files[i].layout);
        assert_true(c.tensors.count > 50);
        assert_true(json_object_size(c.config) > 0);
        if (strcmp(files[i].path, "models/a_hubert_base/native.pt") == 0)
            assert_weights_of_a(&c);
        checkpoint_free(&c);
    }
}

static void half_and_legacy_files_hold_the_same_names(void **state)
{
    static const char *const paths[] = {"models/c_wav2vec2_base/native_legacy.pt",
                                        "models/c_wav2vec2_base/native_fp16.pt"};
    struct checkpoint a, b;
    struct err err;
    (void)state;
    if (!have(data_path(paths[0])))
        return;
    assert_ok(checkpoint_open(&a, data_path("models/c_wav2vec2_base/native.pt"), &err));
    for (int i = 0; i < 2; i++) {
        assert_ok(checkpoint_open(&b, data_path(paths[i]), &err));
        assert_int_equal(a.tensors.count, b.tensors.count);
        for (size_t k = 0; k < a.tensors.count; k++) {
            const struct tensor *x = &a.tensors.tensor[k], *y = &b.tensors.tensor[k];
            assert_string_equal(x->name, y->name);
            assert_int_equal(x->count, y->count);
            assert_int_equal(y->dtype, i == 0 ? DTYPE_F32 : DTYPE_F16);
            if (i == 0)
                assert_int_equal(crc_of(x), crc_of(y));
        }
        checkpoint_free(&b);
    }
    checkpoint_free(&a);
}

/* A folder that goes away with its files. */
static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/propneu-checkpoint-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char path[4][128];
    static unsigned next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static void put_text(const char *name, const char *text)
{
    FILE *f = fopen(in_folder(name), "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* A safetensors file of one float, VALUE, named TENSOR. */
static void put_tensor(const char *name, const char *tensor, float value)
{
    struct err err;
    struct tensor t = {.name = tensor,
                       .dtype = DTYPE_F32,
                       .ndim = 1,
                       .shape = {1},
                       .data = (unsigned char *)&value};
    assert_true(tensor_set_rows(&t));
    FILE *f = fopen(in_folder(name), "w");
    assert_non_null(f);
    assert_ok(safetensors_write(f, &t, 1, NULL, 0, &err));
    assert_int_equal(fclose(f), 0);
}

static void shards_are_put_together(void **state)
{
    struct checkpoint c;
    struct err err;
    (void)state;
    put_tensor("one.safetensors", "b", 1);
    put_tensor("two.safetensors", "a", 2);
    put_text("model.safetensors.index.json",
             "{\"weight_map\":{\"b\":\"one.safetensors\",\"a\":\"two.safetensors\"}}");
    assert_ok(checkpoint_open(&c, folder, &err));
    assert_int_equal(c.tensors.count, 2);
    assert_string_equal(c.tensors.tensor[0].name, "a");
    assert_int_equal(json_object_size(c.config), 0);
    checkpoint_free(&c);
    put_text("config.json", "{\"x\":1}");
    put_text("preprocessor_config.json", "{\"do_normalize\":true}");
    assert_ok(checkpoint_open(&c, folder, &err));
    assert_int_equal(json_integer_value(json_object_get(c.config, "x")), 1);
    assert_true(json_is_true(json_object_get(c.preprocessor, "do_normalize")));
    checkpoint_free(&c);

    put_text("model.safetensors.index.json",
             "{\"weight_map\":{\"b\":\"one.safetensors\",\"c\":\"two.safetensors\"}}");
    assert_status(checkpoint_open(&c, folder, &err), STATUS_FORMAT);
    put_text("model.safetensors.index.json", "{\"weight_map\":{\"b\":\"../one.safetensors\"}}");
    assert_status(checkpoint_open(&c, folder, &err), STATUS_FORMAT);
    put_text("model.safetensors.index.json", "{\"weight_map\":{\"b\":\"..\"}}");
    assert_status(checkpoint_open(&c, folder, &err), STATUS_FORMAT);
    put_text("model.safetensors.index.json", "{\"weight_map\":{\"b\":7}}");
    assert_status(checkpoint_open(&c, folder, &err), STATUS_FORMAT);
    put_text("model.safetensors.index.json", "{\"weight_map\":{\"b\":\"none.safetensors\"}}");
    assert_status(checkpoint_open(&c, folder, &err), STATUS_IO);
    put_tensor("three.safetensors", "b", 1);
    put_text("model.safetensors.index.json",
             "{\"weight_map\":{\"b\":\"one.safetensors\",\"a\":\"three.safetensors\"}}");
    assert_status(checkpoint_open(&c, folder, &err), STATUS_FORMAT);
}

/* Each file, oldest first, says something else; with it the newest there is counts. */
static void the_newest_file_says_how_recordings_are_read(void **state)
{
    static const struct {
        const char *file, *text, *from;
        int normalize; /* -1: left to the class's default */
    } step[] = {
        {"config.json", "{\"do_normalize\":true}", "config.json", 1},
        {"tokenizer_config.json", "{\"vocab\":1,\"do_normalize\":false}", "tokenizer_config.json",
         0},
        {"feature_extractor_config.json", "{\"do_normalize\":true}",
         "feature_extractor_config.json", 1},
        {"preprocessor_config.json", "{\"do_normalize\":false}", "preprocessor_config.json", 0},
        {"processor_config.json", "{\"processor_class\":\"P\"}", "preprocessor_config.json", 0},
        {"processor_config.json", "{\"audio_processor\":{\"do_normalize\":true}}",
         "processor_config.json", 1},
        {"processor_config.json", "\xef\xbb\xbf{\"feature_extractor\":{\"sampling_rate\":16000}}",
         "processor_config.json", -1},
    };
    struct checkpoint c;
    struct err err;
    (void)state;
    put_tensor("model.safetensors", "a", 1);
    for (size_t i = 0; i < sizeof step / sizeof *step; i++) {
        put_text(step[i].file, step[i].text);
        assert_ok(checkpoint_open(&c, folder, &err));
        assert_string_equal(c.preprocessor_from, step[i].from);
        const json_t *v = json_object_get(c.preprocessor, "do_normalize");
        assert_int_equal(v ? json_is_true(v) : -1, step[i].normalize);
        checkpoint_free(&c);
    }
}

static void configuration_stands_beside_the_file(void **state)
{
    struct checkpoint c;
    struct err err;
    (void)state;
    put_tensor("m.safetensors", "a", 2);
    put_text("config.json", "{\"x\":1}");
    assert_ok(checkpoint_open(&c, in_folder("m.safetensors"), &err));
    assert_int_equal(json_integer_value(json_object_get(c.config, "x")), 1);
    uint32_t before = crc_of(&c.tensors.tensor[0]);
    checkpoint_free(&c);
    put_text("m.json", "{\"x\":2}");
    put_tensor("m.safetensors", "a", 3);
    assert_ok(checkpoint_open(&c, in_folder("m.safetensors"), &err));
    assert_int_equal(json_integer_value(json_object_get(c.config, "x")), 2);
    assert_true(crc_of(&c.tensors.tensor[0]) != before);
    checkpoint_free(&c);
    put_text("m.json", "{\"x\":");
    assert_status(checkpoint_open(&c, in_folder("m.safetensors"), &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "m.json"));
}

static void what_is_no_model_is_refused(void **state)
{
    struct checkpoint c;
    struct err err;
    (void)state;
    assert_status(checkpoint_open(&c, folder, &err), STATUS_NOTFOUND);
    assert_status(checkpoint_open(&c, in_folder("none"), &err), STATUS_IO);
    put_text("text", "hello, world");
    assert_status(checkpoint_open(&c, in_folder("text"), &err), STATUS_FORMAT);
    put_text("empty", "");
    assert_status(checkpoint_open(&c, in_folder("empty"), &err), STATUS_FORMAT);
    assert_int_equal(mkfifo(in_folder("model.safetensors"), 0600), 0);
    assert_status(checkpoint_open(&c, folder, &err), STATUS_IO);
    assert_status(checkpoint_open(&c, in_folder("model.safetensors"), &err), STATUS_IO);
}

/* What s3prl's trainer keeps beside the weights stands in its own dictionaries again. */
static void a_written_torch_file_holds_what_the_checkpoint_did(void **state)
{
    static const float number[] = {1, 2, 3, 4, 5, 6};
    static const char text[] = "{\"Args\": {\"lr\": 0.1, \"steps\": -12345678901}, \"Step\": 7, "
                               "\"Downstream\": {\"labels\": [\"a\", \"\u00e9\"], \"weight\": "
                               "{\"__tensor__\": [2, 3]}, \"lost\": {\"__tensor__\": [1]}}, "
                               "\"Upstream_Config\": {\"melhubert\": {\"on\": true, \"off\": "
                               "false, \"none\": null, \"list\": [], \"dict\": {}}}}";
    /* The second one by columns, the third without elements. */
    struct tensor t[] = {{.name = "Downstream.weight", .ndim = 2, .shape = {2, 3}},
                         {.name = "fc.weight", .ndim = 2, .shape = {3, 2}},
                         {.name = "none", .ndim = 1, .shape = {0}},
                         {.name = "scalar", .ndim = 0}};
    char path[512], name[] = "x";
    struct err err;
    struct checkpoint again, c = {.path = name, .layout = CHECKPOINT_MELHUBERT};
    (void)state;
    for (int i = 0; i < 4; i++) {
        t[i].dtype = DTYPE_F32;
        t[i].data = (const unsigned char *)number;
        assert_true(tensor_set_rows(&t[i]));
    }
    t[1].stride[0] = 1;
    t[1].stride[1] = 3;
    c.tensors = (struct tensors){.tensor = t, .count = 4};
    c.config = json_loads(text, 0, NULL);
    assert_non_null(c.config);
    snprintf(path, sizeof path, "%s/written.pt", folder);
    assert_ok(torchzip_write(&c, path, NULL, &err));
    assert_status(torchzip_write(&c, path, NULL, &err), STATUS_IO); /* is there already */
    assert_ok(checkpoint_open(&again, path, &err));
    assert_int_equal(again.layout, CHECKPOINT_MELHUBERT);
    assert_int_equal(again.tensors.count, 4);
    for (int i = 0; i < 4; i++) {
        const struct tensor *got = tensors_find(&again.tensors, t[i].name);
        assert_non_null(got);
        assert_int_equal(got->count, t[i].count);
        assert_int_equal(crc_of(got), crc_of(&t[i]));
    }
    /* A tensor that is not there is nothing, and not a description of one. */
    json_object_set_new(json_object_get(c.config, "Downstream"), "lost", json_null());
    assert_true(json_equal(again.config, c.config));
    checkpoint_free(&again);
    const struct cancel stop = {.set = 1};
    assert_int_equal(unlink(path), 0);
    assert_status(torchzip_write(&c, path, &stop, &err), STATUS_CANCELLED);
    assert_false(have(path));
    t[0].dtype = DTYPE_U32;
    assert_status(torchzip_write(&c, path, NULL, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "Downstream.weight"));
    json_decref(c.config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(awkward_fairseq_weights_are_read_exactly),
        cmocka_unit_test(awkward_fairseq_configuration_is_readable),
        cmocka_unit_test(the_same_weights_in_other_boxes_are_equal),
        cmocka_unit_test(every_family_opens),
        cmocka_unit_test(half_and_legacy_files_hold_the_same_names),
        cmocka_unit_test_setup_teardown(the_newest_file_says_how_recordings_are_read, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(shards_are_put_together, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(configuration_stands_beside_the_file, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_is_no_model_is_refused, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_written_torch_file_holds_what_the_checkpoint_did,
                                        make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
