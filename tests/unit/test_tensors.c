#include "config.h"

#include "unit.h"

#include <math.h>

#include "base/rng.h"
#include "formats/tensors/tensors.h"

static float bits_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static uint32_t float_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

/* N elements of DTYPE in a row. */
static struct tensor line(enum dtype dtype, size_t n, const void *data)
{
    struct tensor t = {.name = "x", .dtype = dtype, .ndim = 1, .shape = {n}, .data = data};
    assert_true(tensor_set_rows(&t));
    return t;
}

/* Straight from IEEE 754: sign, exponent, fraction. */
static float half_twin(uint16_t h)
{
    int exponent = h >> 10 & 31, fraction = h & 1023;
    double v = exponent == 0    ? ldexp(fraction, -24)
               : exponent == 31 ? (fraction ? NAN : INFINITY)
                                : ldexp(1024 + fraction, exponent - 25);
    return (float)(h & 0x8000 ? -v : v);
}

static void every_half_converts_exactly(void **state)
{
    static uint16_t all[65536];
    static float out[65536];
    (void)state;
    for (size_t i = 0; i < 65536; i++)
        all[i] = (uint16_t)i;
    struct tensor t = line(DTYPE_F16, 65536, (const unsigned char *)all);
    tensor_to_f32(&t, out);
    for (size_t i = 0; i < 65536; i++) {
        float want = half_twin((uint16_t)i);
        if (isnan(want))
            assert_true(isnan(out[i]));
        else
            assert_int_equal(float_bits(out[i]), float_bits(want));
    }
}

static void every_bfloat_is_the_upper_half_of_a_float(void **state)
{
    static uint16_t all[65536];
    static float out[65536];
    (void)state;
    for (size_t i = 0; i < 65536; i++)
        all[i] = (uint16_t)i;
    struct tensor t = line(DTYPE_BF16, 65536, (const unsigned char *)all);
    tensor_to_f32(&t, out);
    for (uint32_t i = 0; i < 65536; i++) {
        if (isnan(bits_float(i << 16)))
            assert_true(isnan(out[i]));
        else
            assert_int_equal(float_bits(out[i]), i << 16);
    }
}

static void numbers_of_every_dtype_keep_their_value(void **state)
{
    static const struct {
        enum dtype dtype;
        unsigned char bytes[8];
        double value;
    } cases[] = {
        {DTYPE_F64, {0, 0, 0, 0, 0, 0, 0xf8, 0xbf}, -1.5},
        {DTYPE_F32, {0, 0, 0xc0, 0xbf}, -1.5},
        {DTYPE_F16, {0, 0xbe}, -1.5},
        {DTYPE_BF16, {0xc0, 0xbf}, -1.5},
        {DTYPE_I64, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -2},
        {DTYPE_I32, {0xfe, 0xff, 0xff, 0xff}, -2},
        {DTYPE_I16, {0xfe, 0xff}, -2},
        {DTYPE_I8, {0xfe}, -2},
        {DTYPE_U64, {1, 0, 0, 0, 1}, 4294967297.0},
        {DTYPE_U32, {0xfe, 0xff, 0, 0x80}, 2147549182.0},
        {DTYPE_U16, {0xfe, 0xff}, 65534},
        {DTYPE_U8, {0xfe}, 254},
        {DTYPE_BOOL, {7}, 1},
    };
    struct err err;
    (void)state;
    assert_int_equal(sizeof cases / sizeof cases[0], DTYPE_COUNT);
    for (size_t i = 0; i < DTYPE_COUNT; i++) {
        /* One byte in, so that nothing is aligned. */
        unsigned char raw[9] = {0};
        float f;
        int64_t n;
        enum dtype again;
        memcpy(raw + 1, cases[i].bytes, 8);
        struct tensor t = line(cases[i].dtype, 1, raw + 1);
        tensor_to_f32(&t, &f);
        assert_true(f == (float)cases[i].value);
        if (cases[i].dtype <= DTYPE_BF16) {
            assert_status(tensor_to_i64(&t, &n, &err), STATUS_FORMAT);
        } else {
            assert_ok(tensor_to_i64(&t, &n, &err));
            assert_true((double)n == cases[i].value);
        }
        assert_true(dtype_parse(dtype_name(cases[i].dtype), &again));
        assert_int_equal(again, cases[i].dtype);
    }
    uint64_t big = UINT64_MAX;
    int64_t n;
    struct tensor t = line(DTYPE_U64, 1, (const unsigned char *)&big);
    assert_status(tensor_to_i64(&t, &n, &err), STATUS_FORMAT);
}

/* Any order of axes, with gaps, against index arithmetic. */
static void strided_tensors_equal_the_naive_walk(void **state)
{
    static const size_t shape[4] = {3, 1, 4, 5};
    static float store[3000], out[60];
    struct rng rng = rng_seed(5);
    (void)state;
    for (size_t i = 0; i < 3000; i++)
        store[i] = (float)i;
    for (int round = 0; round < 200; round++) {
        struct tensor t = {.name = "x", .dtype = DTYPE_F32, .ndim = 4, .data = (void *)store};
        memcpy(t.shape, shape, sizeof shape);
        assert_true(tensor_set_rows(&t));
        for (int d = 0; d < 4; d++)
            t.stride[d] = rng_below(&rng, 200);
        tensor_to_f32(&t, out);
        size_t i = 0;
        for (size_t a = 0; a < 3; a++)
            for (size_t b = 0; b < 4; b++)
                for (size_t c = 0; c < 5; c++, i++)
                    assert_true(out[i] ==
                                store[a * t.stride[0] + b * t.stride[2] + c * t.stride[3]]);
    }
}

static void rows_without_gaps_are_contiguous(void **state)
{
    struct tensor t = {.name = "x", .dtype = DTYPE_F32, .ndim = 3, .shape = {2, 1, 3}};
    char text[32];
    (void)state;
    assert_true(tensor_set_rows(&t));
    assert_int_equal(t.count, 6);
    assert_true(tensor_contiguous(&t));
    t.stride[1] = 77; /* an axis of length 1 */
    assert_true(tensor_contiguous(&t));
    t.stride[0] = 4;
    assert_false(tensor_contiguous(&t));
    tensor_shape_text(&t, text, sizeof text);
    assert_string_equal(text, "[2, 1, 3]");
    tensor_shape_text(&t, text, 5);
    assert_string_equal(text, "[2, ");
}

static void shapes_that_overflow_are_refused(void **state)
{
    struct tensor t = {.name = "x", .dtype = DTYPE_F64, .ndim = 2, .shape = {1u << 31, 1u << 30}};
    (void)state;
    assert_false(tensor_set_rows(&t));
    t = (struct tensor){.dtype = DTYPE_F32, .ndim = 2, .shape = {0, SIZE_MAX / 16}};
    assert_true(tensor_set_rows(&t));
    assert_int_equal(t.count, 0);
    t = (struct tensor){.dtype = DTYPE_F32, .ndim = 0};
    assert_true(tensor_set_rows(&t));
    assert_int_equal(t.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_half_converts_exactly),
        cmocka_unit_test(every_bfloat_is_the_upper_half_of_a_float),
        cmocka_unit_test(numbers_of_every_dtype_keep_their_value),
        cmocka_unit_test(strided_tensors_equal_the_naive_walk),
        cmocka_unit_test(rows_without_gaps_are_contiguous),
        cmocka_unit_test(shapes_that_overflow_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
