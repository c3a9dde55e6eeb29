/*
 * Models drawn anew: the numbers, and what each tensor is drawn from.
 */
#include "config.h"

#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "base/normal.h"
#include "edit/randomize.h"

/* Quantiles to 17 digits, by an implementation of its own. */
static void quantiles_are_those_of_the_normal_distribution(void **state)
{
    static const double want[][2] = {
        {1e-16, -8.2220822161304348}, {1e-12, -7.0344838253011321}, {1e-6, -4.7534243088228987},
        {0.001, -3.0902323061678132}, {0.075, -1.4395314709384557}, {0.3, -0.52440051270804078},
        {0.7, 0.52440051270804067},   {0.93, 1.4757910281791708},   {0.99, 2.3263478740408399}};
    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_true(fabs(normal_quantile(want[i][0]) / want[i][1] - 1) < 1e-14);
    assert_true(normal_quantile(0.5) == 0);
}

/* Exactly these on every machine: weights are made of them. */
static void numbers_are_the_same_everywhere(void **state)
{
    (void)state;
    uint64_t key = stream_key(1, "encoder.layers.0.fc1.weight");
    assert_true(key == UINT64_C(0x958de89f12ad10f0));
    assert_true(key != stream_key(2, "encoder.layers.0.fc1.weight"));
    assert_true(key != stream_key(1, "encoder.layers.0.fc2.weight"));
    assert_true(stream_normal(key, 0) == 0.084797783859124468);
    assert_true(stream_normal(key, 1) == 0.38551101995468667);
    assert_true(stream_normal(key, 1000000) == -1.3180221220470962);
    assert_true(stream_uniform(key, 0, -0.25, 0.25) == 0.016894461144937478);
}

/* What a tensor is to have; DEVIATION 0: all elements are MEAN. */
struct wanted {
    const char *name;
    double mean, deviation;
};

/* In a model of transformers: embed 40, ffn 172, front end 24. */
static const struct wanted wavlm[] = {
    {"encoder.layer_norm.weight", 1, 0},
    {"encoder.layers.1.attention.gru_rel_pos_const", 1, 0},
    {"encoder.layers.1.attention.gru_rel_pos_linear.weight", 0, 0.02},
    {"encoder.layers.0.attention.rel_attn_embed.weight", 0, 0.02},
    {"encoder.layers.1.attention.q_proj.weight", 0, 0.02},
    {"encoder.layers.1.attention.q_proj.bias", 0, 0},
    {"encoder.layers.0.feed_forward.output_dense.weight", 0, 0.02},
    {"encoder.layers.0.final_layer_norm.bias", 0, 0},
    /* U(+-1/sqrt 160) */
    {"encoder.pos_conv_embed.conv.parametrizations.weight.original1", 0, 0.045643546458763842},
    {"encoder.pos_conv_embed.conv.bias", 0, 0},
    {"feature_extractor.conv_layers.0.conv.weight", 0, 0.44721359549995793},
    {"feature_extractor.conv_layers.3.conv.weight", 0, 0.16666666666666666},
    /* U(+-1/sqrt 24) */
    {"feature_projection.projection.weight", 0, 0.11785113019775793},
    {"feature_projection.projection.bias", 0, 0.11785113019775793},
    {"masked_spec_embed", 0.5, 0.28867513459481288},
};

/* In one of fairseq: embed 36, positional kernel 128. */
static const struct wanted hubert[] = {
    {"encoder.layers.1.fc1.weight", 0, 0.02},
    {"encoder.layers.1.fc1.bias", 0, 0},
    {"encoder.layers.1.self_attn.out_proj.weight", 0, 0.02},
    {"encoder.pos_conv.0.weight_v", 0, 0.029462782549439483},
    {"encoder.pos_conv.0.bias", 0, 0},
    {"feature_extractor.conv_layers.1.0.weight", 0, 0.16666666666666666},
    {"feature_extractor.conv_layers.0.2.weight", 1, 0},
    {"post_extract_proj.weight", 0, 0.11785113019775793},
    {"label_embs_concat", 0.5, 0.28867513459481288},
    {"mask_emb", 0.5, 0.28867513459481288},
    {"layer_norm.bias", 0, 0},
};

static void open_model(struct checkpoint *c, const char *file)
{
    struct err err;
    assert_ok(checkpoint_open(c, data_path(file), &err));
}

static float *values(const struct checkpoint *c, const char *name, size_t *n)
{
    const struct tensor *t = tensors_find(&c->tensors, name);
    if (!t)
        fail_msg("no tensor %s", name);
    float *x = mem_array(t->count, sizeof *x);
    assert_non_null(x);
    tensor_to_f32(t, x);
    *n = t->count;
    return x;
}

/* Mean and deviation lie within five standard errors. */
static void check_drawn(const struct checkpoint *c, const struct wanted *w)
{
    size_t n;
    float *x = values(c, w->name, &n);
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean) / (double)n;
    if (!(fabs(mean - w->mean) <= 5 * w->deviation / sqrt((double)n) + 1e-12))
        fail_msg("%s: mean %g", w->name, mean);
    if (!(fabs(sqrt(square) - w->deviation) <= 5 * w->deviation / sqrt(2.0 * (double)n) + 1e-12))
        fail_msg("%s: deviation %g, not %g", w->name, sqrt(square), w->deviation);
    free(x);
}

static void check_model(const char *file, const char *software, const struct wanted *w, size_t n)
{
    struct checkpoint c, before;
    struct randomized r;
    struct err err;
    open_model(&c, file);
    open_model(&before, file);
    assert_ok(randomize_apply(&r, &c, 1, NULL, &err));
    assert_string_equal(r.software, software);
    assert_int_equal(randomized_count(&r, INITIAL_UNKNOWN), 0);
    assert_int_equal(randomized_count(&r, INITIAL_LENGTHS), 1);
    for (size_t i = 0; i < n; i++)
        check_drawn(&c, &w[i]);
    assert_int_equal(c.tensors.count, before.tensors.count);
    for (size_t i = 0; i < c.tensors.count; i++) {
        const struct tensor *a = &c.tensors.tensor[i], *b = &before.tensors.tensor[i];
        assert_string_equal(a->name, b->name);
        assert_int_equal(a->dtype, b->dtype);
        assert_int_equal(a->ndim, b->ndim);
        assert_memory_equal(a->shape, b->shape, a->ndim * sizeof *a->shape);
    }
    assert_true(json_equal(c.config, before.config));
    randomized_free(&r);
    checkpoint_free(&before);
    checkpoint_free(&c);
}

static void tensors_begin_as_their_software_has_it(void **state)
{
    (void)state;
    check_model("models/e_wavlm_base/hf", "transformers", wavlm, sizeof wavlm / sizeof *wavlm);
    check_model("models/a_hubert_base/fairseq.pt", "fairseq", hubert,
                sizeof hubert / sizeof *hubert);
}

/* transformers keeps the deviation of linear maps in the configuration. */
static void configured_deviations_count(void **state)
{
    static const struct wanted wide = {"encoder.layers.1.attention.q_proj.weight", 0, 0.5};
    struct checkpoint c;
    struct randomized r;
    struct err err;
    (void)state;
    open_model(&c, "models/e_wavlm_base/hf");
    json_object_set_new(c.config, "initializer_range", json_real(0.5));
    assert_ok(randomize_apply(&r, &c, 3, NULL, &err));
    check_drawn(&c, &wide);
    randomized_free(&r);
    checkpoint_free(&c);
}

static void lengths_are_those_of_the_directions(void **state)
{
    struct checkpoint c;
    struct randomized r;
    struct err err;
    size_t taps, n;
    (void)state;
    open_model(&c, "models/g_melhubert_20ms/hf");
    assert_ok(randomize_apply(&r, &c, 9, NULL, &err));
    float *g = values(&c, "encoder.pos_conv.0.weight_g", &taps);
    float *v = values(&c, "encoder.pos_conv.0.weight_v", &n);
    for (size_t k = 0; k < taps; k++) {
        double square = 0;
        for (size_t i = k; i < n; i += taps)
            square += (double)v[i] * v[i];
        assert_true(fabs(g[k] / sqrt(square) - 1) < 1e-6);
    }
    free(g);
    free(v);
    randomized_free(&r);
    checkpoint_free(&c);
}

static void seeds_decide(void **state)
{
    struct checkpoint c[3];
    struct randomized r[3];
    float *x[3];
    size_t n;
    struct err err;
    (void)state;
    for (int i = 0; i < 3; i++) {
        open_model(&c[i], "models/g_melhubert_20ms/hf");
        assert_ok(randomize_apply(&r[i], &c[i], i == 2, NULL, &err));
        x[i] = values(&c[i], "encoder.layers.2.fc1.weight", &n);
    }
    assert_memory_equal(x[0], x[1], n * sizeof **x);
    assert_memory_not_equal(x[0], x[2], n * sizeof **x);
    for (int i = 0; i < 3; i++) {
        free(x[i]);
        randomized_free(&r[i]);
        checkpoint_free(&c[i]);
    }
}

static void what_is_not_known_stays(void **state)
{
    struct checkpoint c;
    struct randomized r;
    struct err err;
    (void)state;
    open_model(&c, "models/g_melhubert_20ms/hf");
    struct tensor *last = &c.tensors.tensor[c.tensors.count - 1];
    const unsigned char *data = last->data;
    last->name = "zz_adapter.weight"; /* still the last; its bias is without a weight */
    assert_ok(randomize_apply(&r, &c, 0, NULL, &err));
    assert_int_equal(randomized_count(&r, INITIAL_UNKNOWN), 2);
    assert_ptr_equal(last->data, data);
    assert_string_equal(randomized_distribution(&r.initial[c.tensors.count - 1]), "kept");
    randomized_free(&r);
    checkpoint_free(&c);
}

static void it_can_be_stopped(void **state)
{
    struct checkpoint c;
    struct randomized r;
    struct cancel stop;
    struct err err;
    (void)state;
    open_model(&c, "models/g_melhubert_20ms/hf");
    cancel_init(&stop, NULL);
    cancel_set(&stop);
    assert_status(randomize_apply(&r, &c, 0, &stop, &err), STATUS_CANCELLED);
    checkpoint_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_normal_distribution),
        cmocka_unit_test(numbers_are_the_same_everywhere),
        cmocka_unit_test(tensors_begin_as_their_software_has_it),
        cmocka_unit_test(configured_deviations_count),
        cmocka_unit_test(lengths_are_those_of_the_directions),
        cmocka_unit_test(seeds_decide),
        cmocka_unit_test(what_is_not_known_stays),
        cmocka_unit_test(it_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
