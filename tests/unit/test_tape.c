/*
 * What training needs of a model: a tape that changes nothing and holds what it says, and weights
 * that can be changed.
 */
#include "config.h"

#include "model_kinds.h"
#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/internal.h"
#include "model/tape.h"
#include "model/weights.h"

static float *make_samples(size_t n)
{
    struct rng r = rng_seed(11);
    float *x = mem_array(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = 0.1f * sinf((float)i * 0.05f) + 0.05f * (float)(rng_uniform(&r) - 0.5);
    return x;
}

/* All stages of a pass, one behind the other as they come. */
struct stages {
    float *data;
    size_t used, cap;
};

static enum status keep_stage(void *context, const struct model_block *b, struct err *err)
{
    struct stages *s = context;
    size_t n = b->rows * b->width;
    (void)err;
    assert_true(mem_grow(&s->data, &s->cap, s->used + n, sizeof *s->data));
    memcpy(s->data + s->used, b->data, n * sizeof *b->data);
    s->used += n;
    return STATUS_OK;
}

static struct stages run(const struct model *m, const float *samples, size_t n, uint32_t want,
                         struct encoder_tape *tape)
{
    struct err err;
    struct stages s = {.data = NULL};
    struct model_sink sink = {want, keep_stage, &s};
    struct model_pass pass = {.samples = samples, .count = n, .tape = tape};
    struct model_scratch *scratch = model_scratch_new();
    assert_ok(model_run(m, scratch, &pass, &sink, &err));
    model_scratch_free(scratch);
    return s;
}

static void assert_same(const struct stages *a, const struct stages *b)
{
    assert_int_equal(a->used, b->used);
    assert_memory_equal(a->data, b->data, a->used * sizeof *a->data);
}

static void a_tape_changes_no_bit(void **state)
{
    static const uint32_t wants[] = {MODEL_WANT_ALL, MODEL_WANT(MODEL_FC1), MODEL_WANT(MODEL_POS)};
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct model *m = open_kind(&kinds[k], false);
        struct encoder_tape *tape = encoder_tape_new();
        float *x = make_samples(kinds[k].samples);
        for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
            struct stages without = run(m, x, kinds[k].samples, wants[i], NULL);
            struct stages with = run(m, x, kinds[k].samples, wants[i], tape);
            assert_same(&without, &with);
            free(without.data);
            free(with.data);
        }
        /* A shorter pass uses the same memory. */
        const float *memory = tape->memory;
        struct stages less = run(m, x, 600, MODEL_WANT_ALL, tape);
        assert_ptr_equal(tape->memory, memory);
        assert_int_equal(tape->frames, model_frames(m, 600));
        free(less.data);
        free(x);
        encoder_tape_free(tape);
        model_free(m);
    }
}

/* Definitions in double precision, each from the arrays before it. */
struct check {
    const struct model *m;
    const struct encoder_tape *tape;
    size_t t, e, heads;
};

static const float *weight(const struct model *m, const char *form, uint32_t n)
{
    const struct model_weight *w;
    char name[96];
    size_t count = model_weights(m, &w);
    const char *number = strchr(form, '#');
    if (number)
        snprintf(name, sizeof name, "%.*s%u%s", (int)(number - form), form, n, number + 1);
    else
        snprintf(name, sizeof name, "%s", form);
    for (size_t i = 0; i < count; i++)
        if (strcmp(w[i].ours, name) == 0)
            return w[i].data;
    fail_msg("no weight %s", name);
    return NULL;
}

static void close_to(const char *what, size_t at, float got, double want)
{
    if (!(fabs((double)got - want) <= 1e-5 * (1 + fabs(want))))
        fail_msg("%s, value %zu: %g, not %g", what, at, (double)got, want);
}

static void check_norm(const struct check *c, const struct tape_norm *n, const float *x,
                       const char *form, uint32_t layer)
{
    char name[96];
    snprintf(name, sizeof name, "%s.weight", form);
    const float *gain = weight(c->m, name, layer);
    snprintf(name, sizeof name, "%s.bias", form);
    const float *bias = weight(c->m, name, layer);
    for (size_t i = 0; i < c->t; i++) {
        double mean = 0, square = 0;
        for (size_t j = 0; j < c->e; j++)
            mean += (double)x[i * c->e + j] / (double)c->e;
        for (size_t j = 0; j < c->e; j++)
            square += pow((double)x[i * c->e + j] - mean, 2) / (double)c->e;
        double inverse = 1 / sqrt(square + 1e-5);
        close_to("mean", i, n->mean[i], mean);
        close_to("inverse", i, n->inverse[i], inverse);
        for (size_t j = 0; j < c->e; j++)
            close_to(form, i * c->e + j, n->out[i * c->e + j],
                     ((double)x[i * c->e + j] - mean) * inverse * (double)gain[j] +
                         (double)bias[j]);
    }
}

/* Y [t][out] = REST + X W^T + b, REST NULL or [t][out]. */
static void check_map(const struct check *c, const float *y, const float *rest, const float *x,
                      size_t in, size_t out, const char *form, uint32_t layer)
{
    char name[96];
    snprintf(name, sizeof name, "%s.weight", form);
    const float *w = weight(c->m, name, layer);
    snprintf(name, sizeof name, "%s.bias", form);
    const float *b = weight(c->m, name, layer);
    for (size_t i = 0; i < c->t; i++)
        for (size_t o = 0; o < out; o++) {
            double sum = (double)b[o] + (rest ? (double)rest[i * out + o] : 0);
            for (size_t k = 0; k < in; k++)
                sum += (double)x[i * in + k] * (double)w[o * in + k];
            close_to(form, i * out + o, y[i * out + o], sum);
        }
}

static double naive_gelu(double x)
{
    return 0.5 * x * (1 + erf(x / sqrt(2)));
}

/* Score of query I and key J in head H before the softmax. */
static double score(const struct check *c, const struct tape_layer *l, size_t h, size_t i, size_t j)
{
    const struct rel_pos *p = &c->m->encoder.rel;
    size_t d = c->e / c->heads;
    double sum = 0;
    for (size_t k = h * d; k < (h + 1) * d; k++)
        sum += (double)l->q[i * c->e + k] * (double)l->k[j * c->e + k];
    if (l->gates) {
        uint32_t bucket = rel_pos_bucket((int64_t)j - (int64_t)i, p->buckets, p->distance);
        sum += (double)l->gates[h * c->t + i] * (double)p->table[bucket * c->heads + h];
    }
    return sum / sqrt((double)d);
}

static void check_attention(const struct check *c, const struct tape_layer *l)
{
    size_t d = c->e / c->heads;
    double *p = mem_array(c->t, sizeof *p);
    assert_int_equal(l->gates != NULL, c->m->encoder.rel.buckets != 0);
    for (size_t h = 0; h < c->heads; h++)
        for (size_t i = 0; i < c->t; i++) {
            double sum = 0;
            for (size_t j = 0; j < c->t; j++)
                sum += p[j] = exp(score(c, l, h, i, j));
            for (size_t j = 0; j < c->t; j++)
                close_to("attn", j, l->attn[(h * c->t + i) * c->t + j], p[j] / sum);
            for (size_t k = h * d; k < (h + 1) * d; k++) {
                double mixed = 0;
                for (size_t j = 0; j < c->t; j++)
                    mixed += p[j] / sum * (double)l->v[j * c->e + k];
                close_to("mixed", i * c->e + k, l->mixed[i * c->e + k], mixed);
            }
        }
    free(p);
}

static void check_layer(const struct check *c, uint32_t n)
{
#define LAYER "encoder.layers.#."
    const struct tape_layer *l = &c->tape->layer[n];
    bool first = c->m->encoder.norm_first;
    size_t e = c->e, width = c->m->encoder.width[n];
    const float *in = first ? l->attn_norm.out : l->input;
    const float *ffn_in = first ? l->ffn_norm.out : l->attn_norm.out;
    check_norm(c, &l->attn_norm, first ? l->input : l->attn_sum, LAYER "self_attn_layer_norm", n);
    check_map(c, l->q, NULL, in, e, e, LAYER "self_attn.q_proj", n);
    check_map(c, l->k, NULL, in, e, e, LAYER "self_attn.k_proj", n);
    check_map(c, l->v, NULL, in, e, e, LAYER "self_attn.v_proj", n);
    check_attention(c, l);
    check_map(c, l->attn_sum, l->input, l->mixed, e, e, LAYER "self_attn.out_proj", n);
    check_norm(c, &l->ffn_norm, first ? l->attn_sum : l->ffn_sum, LAYER "final_layer_norm", n);
    check_map(c, l->fc1, NULL, ffn_in, e, width, LAYER "fc1", n);
    for (size_t i = 0; i < c->t * width; i++)
        close_to("act", i, l->act[i], naive_gelu((double)l->fc1[i]));
    check_map(c, l->ffn_sum, first ? l->attn_sum : l->attn_norm.out, l->act, width, e, LAYER "fc2",
              n);
    if (n + 1 < c->tape->layers)
        assert_ptr_equal(c->tape->layer[n + 1].input, first ? l->ffn_sum : l->ffn_norm.out);
#undef LAYER
}

/* The one positional convolution of these models, with its normalised weights. */
static void check_positions(const struct check *c)
{
    const struct pos_conv *p = &c->m->encoder.pos;
    const float *g = p->length[0], *v = p->direction[0];
    const float *b = weight(c->m, "encoder.pos_conv.0.bias", 0);
    size_t e = c->e, part = e / p->groups, kernel = p->kernel;
    double *y = mem_zeros(c->t * e, sizeof *y);
    assert_int_equal(p->depth, 1);
    for (size_t k = 0; k < kernel; k++) {
        double square = 0;
        for (size_t i = 0; i < e * part; i++)
            square += (double)v[i * kernel + k] * (double)v[i * kernel + k];
        for (size_t i = 0; i < c->t; i++)
            for (size_t o = 0; o < e && i + k >= kernel / 2 && i + k - kernel / 2 < c->t; o++)
                for (size_t j = 0; j < part; j++)
                    y[i * e + o] +=
                        (double)g[k] / sqrt(square) * (double)v[(o * part + j) * kernel + k] *
                        (double)c->tape->features[(i + k - kernel / 2) * e + o / part * part + j];
    }
    for (size_t i = 0; i < c->t * e; i++) {
        const struct tape_conv *conv = &c->tape->conv[0];
        close_to("conv", i, conv->conv[i], y[i] + (double)b[i % e]);
        close_to("gelu", i, conv->gelu[i], naive_gelu((double)conv->conv[i]));
        close_to("pos_sum", i, c->tape->pos_sum[i],
                 (double)c->tape->features[i] + (double)conv->gelu[i]);
    }
    free(y);
}

static void a_tape_holds_what_it_says(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct model *m = open_kind(&kinds[k], true);
        const struct encoder *e = &m->encoder;
        struct encoder_tape *tape = encoder_tape_new();
        float *x = make_samples(kinds[k].samples);
        struct stages feat = run(m, x, kinds[k].samples, MODEL_WANT(MODEL_FEAT), tape);
        struct check c = {m, tape, model_frames(m, kinds[k].samples), e->embed, e->heads};
        assert_int_equal(tape->frames, c.t);
        assert_int_equal(tape->layers, e->layers);
        assert_memory_equal(tape->features, feat.data, feat.used * sizeof *feat.data);
        check_positions(&c);
        if (e->norm_first)
            assert_ptr_equal(tape->layer[0].input, tape->pos_sum);
        else {
            check_norm(&c, &tape->first, tape->pos_sum, "encoder.layer_norm", 0);
            assert_ptr_equal(tape->layer[0].input, tape->first.out);
        }
        for (uint32_t n = 0; n < e->layers; n++)
            check_layer(&c, n);
        if (e->norm_first)
            check_norm(&c, &tape->final, tape->layer[e->layers - 1].ffn_sum, "encoder.layer_norm",
                       0);
        free(feat.data);
        free(x);
        encoder_tape_free(tape);
        model_free(m);
    }
}

/* Where an intervention changes activations, FC2 is applied to what it makes of them. */
static void an_intervention_is_on_the_tape(void **state)
{
    struct err err;
    struct model *m = open_kind(&kinds[0], true);
    const struct model_info *info = model_info(m);
    struct encoder_tape *tape = encoder_tape_new();
    struct stages s = {.data = NULL};
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), keep_stage, &s};
    const float *gain[8] = {NULL};
    float *zeros = mem_zeros(info->width[1], sizeof *zeros), *x = make_samples(2000);
    struct model_intervention change = {gain, NULL};
    struct model_pass pass = {
        .samples = x, .count = 2000, .tape = tape, .intervention = &change, .layers = 2};
    struct model_scratch *scratch = model_scratch_new();
    (void)state;
    gain[1] = zeros;
    assert_ok(model_run(m, scratch, &pass, &sink, &err));
    assert_int_equal(tape->layers, 2);
    for (size_t i = 0; i < tape->frames * info->width[1]; i++)
        assert_true(tape->layer[1].act[i] == 0);
    /* A tape from the middle would have holes. */
    pass = (struct model_pass){.rows = tape->layer[1].input,
                               .frames = tape->frames,
                               .stage = MODEL_HIDDEN,
                               .index = 1,
                               .tape = tape};
    assert_status(model_run(m, scratch, &pass, &sink, &err), STATUS_USAGE);
    model_scratch_free(scratch);
    encoder_tape_free(tape);
    free(s.data);
    free(zeros);
    free(x);
    model_free(m);
}

/* Every weight of M is changed, and so is its tensor in C, whose data is then in OWN. */
static void change_weights(struct model *m, struct checkpoint *c, float **own)
{
    const struct model_weight *w;
    size_t count = model_weights(m, &w);
    for (size_t i = 0; i < count; i++) {
        struct tensor *t = (struct tensor *)(uintptr_t)tensors_find(&c->tensors, w[i].name);
        assert_non_null(t);
        assert_int_equal(t->count, w[i].count);
        own[i] = mem_array(t->count, sizeof **own);
        tensor_to_f32(t, own[i]);
        assert_memory_equal(own[i], w[i].data, t->count * sizeof **own);
        for (size_t k = i % 3; k < t->count; k += 3)
            own[i][k] = w[i].data[k] += 0.01f * (float)(k % 5 + 1);
        t->dtype = DTYPE_F32;
        t->data = (const unsigned char *)own[i];
        assert_true(tensor_set_rows(t));
    }
}

static void changed_weights_packed_again_are_the_changed_checkpoint(void **state)
{
    struct err err;
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct checkpoint c;
        struct model *m = open_kind(&kinds[k], true);
        const struct model_weight *w;
        size_t count = model_weights(m, &w), n = kinds[k].samples;
        float **own = mem_zeros(count, sizeof *own), *x = make_samples(n);
        assert_true(count > 16 * (size_t)model_info(m)->layers);
        open_checkpoint(&c, &kinds[k]);
        change_weights(m, &c, own);
        assert_ok(model_repack(m, MODEL_NO_LAYER, &err));
        for (uint32_t l = 0; l < model_info(m)->layers; l++)
            assert_ok(model_repack(m, l, &err));
        assert_status(model_repack(m, model_info(m)->layers, &err), STATUS_USAGE);
        struct model *changed = open_model(&c, false);
        struct stages a = run(m, x, n, MODEL_WANT_ALL, NULL);
        struct stages b = run(changed, x, n, MODEL_WANT_ALL, NULL);
        assert_same(&a, &b);
        assert_int_equal(model_weights(changed, &w), 0);
        assert_status(model_repack(changed, 0, &err), STATUS_USAGE);
        model_free(m);
        model_free(changed);
        for (size_t i = 0; i < count; i++)
            free(own[i]);
        free(own);
        free(a.data);
        free(b.data);
        free(x);
    }
}

static void kept_weights_change_no_bit(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct model *a = open_kind(&kinds[k], false), *b = open_kind(&kinds[k], true);
        float *x = make_samples(kinds[k].samples);
        struct stages one = run(a, x, kinds[k].samples, MODEL_WANT_ALL, NULL);
        struct stages two = run(b, x, kinds[k].samples, MODEL_WANT_ALL, NULL);
        assert_same(&one, &two);
        assert_true(model_info(a)->fingerprint == model_info(b)->fingerprint);
        free(one.data);
        free(two.data);
        free(x);
        model_free(a);
        model_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tape_changes_no_bit),
        cmocka_unit_test(a_tape_holds_what_it_says),
        cmocka_unit_test(an_intervention_is_on_the_tape),
        cmocka_unit_test(kept_weights_change_no_bit),
        cmocka_unit_test(changed_weights_packed_again_are_the_changed_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
