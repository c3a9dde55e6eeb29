/*
 * Heads that are trained: their gradients against differences of a loss.
 */
#include "config.h"

#include "unit.h"

#include <math.h>

#include "base/rng.h"
#include "model/tape.h"
#include "train/train_head.h"

enum { FRAMES = 7, EMBED = 6, CLASSES = 3, LAYERS = 2, SIZE = FRAMES * EMBED };

struct bench {
    struct train_head head;
    struct train_head_room room;
    float state[LAYERS + 1][SIZE];
    struct tape_layer layer[LAYERS];
    struct encoder_tape tape;
    float weight[FRAMES * CLASSES]; /* of the logits in the loss */
};

static float draw(struct rng *r)
{
    return (float)(rng_uniform(r) * 2 - 1);
}

static void open_bench(struct bench *b, const struct train_head *shape)
{
    struct err err;
    struct rng r = rng_seed(11);
    b->head = *shape;
    assert_ok(train_head_open(&b->head, &err));
    assert_ok(train_head_room_open(&b->room, &b->head, &err));
    for (size_t i = 0; i < b->head.count; i++)
        b->head.weights[i] = draw(&r);
    for (uint32_t s = 0; s <= LAYERS; s++)
        for (size_t i = 0; i < SIZE; i++)
            b->state[s][i] = draw(&r);
    for (uint32_t l = 0; l < LAYERS; l++)
        b->layer[l].input = b->state[l];
    b->layer[LAYERS - 1].ffn_norm.out = b->state[LAYERS];
    b->tape = (struct encoder_tape){.frames = FRAMES, .layers = LAYERS, .layer = b->layer};
    for (size_t i = 0; i < FRAMES * CLASSES; i++)
        b->weight[i] = draw(&r);
}

/* A loss that is linear in the logits. */
static double loss(struct bench *b)
{
    struct err err;
    double sum = 0;
    assert_ok(train_head_run(&b->room, &b->head, &b->tape, &err));
    for (size_t i = 0; i < b->room.rows * CLASSES; i++)
        sum += (double)b->weight[i] * (double)b->room.logits[i];
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
    static const struct train_head shapes[] = {
        {.layer = 1},
        {.layer = 2, .hidden = 4},
        {.mixed = true},
        {.layer = 2, .mean = true},
        {.mixed = true, .mean = true, .hidden = 4},
    };
    (void)state;
    struct err err;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct bench b = {.weight = {0}};
        struct train_head shape = shapes[s];
        float d[LAYERS + 1][SIZE], gradient[200] = {0};
        bool used[LAYERS + 1];
        shape.layers = LAYERS;
        shape.embed = EMBED;
        shape.classes = CLASSES;
        open_bench(&b, &shape);
        assert_in_range(b.head.count, 1, 200);
        loss(&b);
        memcpy(b.room.logits, b.weight, b.room.rows * CLASSES * sizeof(float));
        assert_ok(train_head_back(&b.room, &b.head, &b.tape, false, gradient, &err));
        for (uint32_t n = 0; n <= LAYERS; n++) {
            used[n] = b.room.to[n] != NULL;
            assert_int_equal(used[n], shape.mixed || n == shape.layer);
            if (used[n])
                memcpy(d[n], b.room.to[n], sizeof d[n]);
        }
        for (size_t i = 0; i < b.head.count; i++)
            check_slope(&b, &b.head.weights[i], gradient[i]);
        for (uint32_t n = 0; n <= LAYERS; n++)
            for (size_t i = 0; used[n] && i < SIZE; i++)
                check_slope(&b, &b.state[n][i], d[n][i]);
        train_head_room_free(&b.room);
        train_head_free(&b.head);
    }
}

static void heads_begin_small(void **state)
{
    (void)state;
    struct err err;
    struct train_head a = {
        .embed = EMBED, .classes = CLASSES, .hidden = 4, .layers = LAYERS, .mixed = true};
    double square = 0;
    assert_ok(train_head_open(&a, &err));
    train_head_start(&a, 3);
    for (size_t i = 0; i < EMBED * 4; i++)
        square += pow((double)a.weights[a.at_projector + i], 2);
    assert_true(square > 0 && sqrt(square / (EMBED * 4)) < 0.04 && a.weights[0] == 0);
    train_head_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(heads_have_their_slopes),
                                       cmocka_unit_test(heads_begin_small)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
