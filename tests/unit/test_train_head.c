/*
 * Heads that are trained: logits and gradients against sums of products and against differences.
 */
#include "config.h"

#include "unit.h"

#include <math.h>

#include "base/rng.h"
#include "train/head.h"

enum { FRAMES = 7, EMBED = 6, CLASSES = 3, LAYERS = 2, SIZE = FRAMES * EMBED };

struct bench {
    struct train_head head;
    float state[LAYERS + 1][SIZE], d[LAYERS + 1][SIZE];
    const float *hidden[LAYERS + 1];
    float *back[LAYERS + 1];
    float weight[FRAMES * CLASSES]; /* of the logits in the loss */
};

static float draw(struct rng *r)
{
    return (float)(rng_uniform(r) * 2 - 1);
}

static void open_bench(struct bench *b, const struct train_head_shape *shape)
{
    struct err err;
    struct rng r = rng_seed(11);
    struct train_head_part p[TRAIN_HEAD_PARTS];
    assert_ok(train_head_open(&b->head, shape, &err));
    size_t n = train_head_parts(&b->head, p);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < p[i].count; k++)
            p[i].data[k] = draw(&r);
    for (uint32_t s = 0; s <= LAYERS; s++) {
        for (size_t i = 0; i < SIZE; i++)
            b->state[s][i] = draw(&r);
        b->hidden[s] = b->state[s];
        b->back[s] = train_head_uses(&b->head, s) ? b->d[s] : NULL;
    }
    for (size_t i = 0; i < FRAMES * CLASSES; i++)
        b->weight[i] = draw(&r);
}

/* A loss that is linear in the logits. */
static double loss(struct bench *b)
{
    struct err err;
    float logits[FRAMES * CLASSES];
    double sum = 0;
    assert_ok(train_head_run(&b->head, kernels_get(), b->hidden, FRAMES, logits, &err));
    for (size_t i = 0; i < train_head_rows(&b->head, FRAMES) * CLASSES; i++)
        sum += (double)b->weight[i] * (double)logits[i];
    return sum;
}

static void check_slope(struct bench *b, float *x, float gradient)
{
    const float was = *x;
    *x = was + 0x1p-6f;
    double slope = loss(b);
    *x = was - 0x1p-6f;
    slope = (slope - loss(b)) / 0x1p-5;
    *x = was;
    if (!(fabs(slope - (double)gradient) < 2e-3))
        fail_msg("slope %g, gradient %g", slope, (double)gradient);
}

static void heads_have_their_slopes(void **state)
{
    static const struct train_head_shape shapes[] = {{EMBED, CLASSES, 0, LAYERS, 1, false, false},
                                                     {EMBED, CLASSES, 4, LAYERS, 2, false, false},
                                                     {EMBED, CLASSES, 0, LAYERS, 0, true, false},
                                                     {EMBED, CLASSES, 0, LAYERS, 2, false, true},
                                                     {EMBED, CLASSES, 4, LAYERS, 0, true, true}};
    (void)state;
    struct err err;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct bench b = {.weight = {0}};
        struct train_head_part p[TRAIN_HEAD_PARTS];
        open_bench(&b, &shapes[s]);
        loss(&b);
        assert_ok(
            train_head_back(&b.head, kernels_get(), b.hidden, FRAMES, b.weight, b.back, &err));
        size_t n = train_head_parts(&b.head, p);
        assert_int_equal(n, 2 + (shapes[s].projected ? 2 : 0) + shapes[s].weighted);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < p[i].count; k++)
                check_slope(&b, &p[i].data[k], p[i].gradient[k]);
        for (uint32_t h = 0; h <= LAYERS; h++)
            for (size_t i = 0; b.back[h] && i < SIZE; i++)
                check_slope(&b, &b.state[h][i], b.d[h][i]);
        train_head_free(&b.head);
    }
}

static void heads_begin_small_and_add_up(void **state)
{
    static const struct train_head_shape shape = {EMBED, CLASSES, 4, LAYERS, 0, true, false};
    (void)state;
    struct err err;
    struct train_head a, b;
    double square = 0;
    assert_ok(train_head_open(&a, &shape, &err));
    assert_ok(train_head_open(&b, &shape, &err));
    train_head_draw(&a, 3);
    for (size_t i = 0; i < EMBED * 4; i++)
        square += (double)a.projector.weight[i] * (double)a.projector.weight[i];
    assert_true(square > 0 && sqrt(square / (EMBED * 4)) < 0.04 && a.mix[0] == 0);
    train_head_copy(&b, &a);
    assert_memory_equal(a.out.weight, b.out.weight, 4 * CLASSES * sizeof(float));
    a.out.dbias[1] = 2;
    b.out.dbias[1] = 3;
    train_head_add(&a, &b);
    assert_true(a.out.dbias[1] == 5);
    train_head_clear(&a);
    assert_true(a.out.dbias[1] == 0);
    train_head_free(&a);
    train_head_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(heads_have_their_slopes),
                                       cmocka_unit_test(heads_begin_small_and_add_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
