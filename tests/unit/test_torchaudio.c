#include "config.h"

#include "unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "formats/tensors/checkpoint.h"
#include "formats/tensors/torchzip_write.h"
#include "model/load/initial.h"
#include "model/model.h"

/* Where a name of fairseq or transformers has the first, torchaudio has the second; ^: at its start
 * alone. */
static const char *const renamed[][2] = {
    {"encoder.layers.", "encoder.transformer.layers."},
    {"encoder.layer_norm.", "encoder.transformer.layer_norm."},
    {"encoder.pos_conv.0.", "encoder.transformer.pos_conv_embed.conv."},
    {"encoder.pos_conv_embed.", "encoder.transformer.pos_conv_embed."},
    {".self_attn.", ".attention."},
    {".self_attn_layer_norm.", ".layer_norm."},
    {".fc1.", ".feed_forward.intermediate_dense."},
    {".fc2.", ".feed_forward.output_dense."},
    {"^layer_norm.", "encoder.feature_projection.layer_norm."},
    {"^post_extract_proj.", "encoder.feature_projection.projection."},
    {"^feature_projection.", "encoder.feature_projection."},
    {".0.weight", ".conv.weight"},
    {"0.2.", "0.layer_norm."},
};

static char folder[] = "/tmp/propneu-torchaudio-XXXXXX";

/* What torchaudio calls NAME, in A. */
static const char *torchaudio_name(struct arena *a, const char *name)
{
    char *out = arena_zeros(a, strlen(name) + 64, 1);
    assert_non_null(out);
    strcpy(out, name);
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++) {
        const char *from = renamed[i][0], *to = renamed[i][1];
        bool start = *from == '^';
        char *at = strstr(out, from + start);
        if (!at || (start && at != out))
            continue;
        size_t n = strlen(from + start);
        memmove(at + strlen(to), at + n, strlen(at + n) + 1);
        memcpy(at, to, strlen(to));
    }
    return out;
}

/* The rows of T, which may lie apart, in A. */
static void gather(struct arena *a, struct tensor *t)
{
    void *rows = arena_zeros(a, t->count, dtype_size(t->dtype));
    assert_non_null(rows);
    tensor_copy(t, rows);
    t->data = rows;
    tensor_set_rows(t);
}

/* The maps of queries, keys and values that T is one of, one under the other; false for others. */
static bool join_maps(struct arena *a, const struct tensors *all, struct tensor *t)
{
    char name[200];
    char *at = strstr(t->name, "q_proj.");
    if (!at)
        return false;
    size_t bytes = t->count * dtype_size(t->dtype);
    unsigned char *joined = arena_zeros(a, 3, bytes);
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%.*s%c%s", (int)(at - t->name), t->name, "qkv"[i], at + 1);
        const struct tensor *part = tensors_find(all, name);
        assert_true(joined && part);
        tensor_copy(part, joined + (size_t)i * bytes);
    }
    t->data = joined;
    t->shape[0] *= 3;
    tensor_set_rows(t);
    return true;
}

/* The model FROM as torchaudio saves it, at PATH; with WAVLM its attention is torch's own. */
static void write_torchaudio(const char *from, const char *path, bool wavlm)
{
    struct err err;
    struct checkpoint c;
    struct arena a = arena_make(SIZE_MAX);
    assert_ok(checkpoint_open(&c, data_path(from), &err));
    struct tensor *t = arena_zeros(&a, c.tensors.count, sizeof *t);
    size_t n = 0;
    for (size_t i = 0; i < c.tensors.count; i++) {
        t[n] = c.tensors.tensor[i];
        if (!strstr(t[n].name, "encoder.") && !strstr(t[n].name, "feature") &&
            strncmp(t[n].name, "layer_norm", 10) != 0 && !strstr(t[n].name, "post_extract"))
            continue; /* of the pre-training */
        if (wavlm && (strstr(t[n].name, "k_proj.") || strstr(t[n].name, "v_proj.")))
            continue;
        if (!wavlm || !join_maps(&a, &c.tensors, &t[n]))
            gather(&a, &t[n]);
        t[n].name = torchaudio_name(&a, t[n].name);
        char *maps = wavlm ? strstr(t[n].name, ".attention.q_proj.") : NULL;
        if (maps) {
            char *end = strrchr(t[n].name, '.') + 1;
            bool bias = *end == 'b';
            strcpy(maps, bias ? ".attention.attention.in_proj_bias"
                              : ".attention.attention.in_proj_weight");
        }
        char *out = wavlm ? strstr(t[n].name, ".attention.out_proj.") : NULL;
        if (out)
            strcpy(out, strstr(out, ".weight") ? ".attention.attention.out_proj.weight"
                                               : ".attention.attention.out_proj.bias");
        n++;
    }
    struct checkpoint new = {.path = c.path,
                             .layout = CHECKPOINT_TORCHAUDIO,
                             .tensors = {.tensor = t, .count = n},
                             .config = c.config};
    assert_ok(torchzip_write(&new, path, NULL, &err));
    arena_free(&a);
    checkpoint_free(&c);
}

static void put_text(const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* The model at PATH equals FROM, whatever its file is called. */
static void check_same(const char *from, const char *path, const char *family)
{
    struct err err;
    struct model *want, *got;
    assert_ok(model_open(&want, data_path(from), NULL, &err));
    assert_ok(model_open(&got, path, NULL, &err));
    const struct model_info *a = model_info(want), *b = model_info(got);
    assert_true(a->fingerprint == b->fingerprint);
    assert_int_equal(a->layers, b->layers);
    assert_int_equal(a->heads, b->heads);
    assert_int_equal(a->hop, b->hop);
    assert_int_equal(b->unused_count, 0);
    assert_string_equal(b->family, family);
    model_free(want);
    model_free(got);
}

static void hubert_is_read_from_its_shapes(void **state)
{
    struct err err;
    struct model *m = NULL;
    struct checkpoint c, again;
    char path[300], second[300];
    (void)state;
    snprintf(path, sizeof path, "%s/wav2vec2_base.pth", folder);
    snprintf(second, sizeof second, "%s/again.pth", folder);
    write_torchaudio("models/a_hubert_base/fairseq.pt", path, false);
    /* The width is no released model's: nothing says the number of heads. */
    assert_status(model_open(&m, path, NULL, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "torchaudio's names, and nothing says how many attention"));
    put_text("wav2vec2_base.json", "{\"encoder_num_heads\": 4}");
    check_same("models/a_hubert_base/fairseq.pt", path, "wav2vec2");
    /* Written back it is what it was. */
    assert_ok(checkpoint_open(&c, path, &err));
    assert_int_equal(c.layout, CHECKPOINT_TORCHAUDIO);
    assert_ok(torchzip_write(&c, second, NULL, &err));
    assert_ok(checkpoint_open(&again, second, &err));
    assert_int_equal(again.layout, CHECKPOINT_TORCHAUDIO);
    assert_int_equal(again.tensors.count, c.tensors.count);
    struct initial *initial = mem_array(c.tensors.count, sizeof *initial);
    const char *software;
    assert_status(model_initial(&c, initial, &software, &err), STATUS_UNSUPPORTED);
    free(initial);
    checkpoint_free(&c);
    checkpoint_free(&again);
}

static void wavlm_keeps_its_maps_in_one_matrix(void **state)
{
    char path[300];
    (void)state;
    snprintf(path, sizeof path, "%s/wavlm.pth", folder);
    write_torchaudio("models/e_wavlm_base/hf", path, true);
    put_text("wavlm.json", "{\"max_distance\": 50}");
    check_same("models/e_wavlm_base/hf", path, "wavlm");
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[300];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hubert_is_read_from_its_shapes),
        cmocka_unit_test(wavlm_keeps_its_maps_in_one_matrix),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
