/*
 * Single numbers of a tensor in its own format, read and written.
 */
#include "config.h"

#include "edit/element.h"

#include <math.h>
#include <string.h>

double element_load(enum dtype d, const unsigned char *p)
{
    double wide;
    float f = 0;
    if (d == DTYPE_F64) {
        memcpy(&wide, p, sizeof wide);
        return wide;
    }
    const struct tensor one = {.dtype = d, .count = 1, .data = p};
    tensor_to_f32(&one, &f);
    return f;
}

static uint32_t float_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

/* IEEE 754 binary16: 10 bits of fraction, exponents from -14, below that multiples of 2^-24. */
static uint16_t to_half(float f)
{
    uint32_t x = float_bits(f), sign = x >> 16 & 0x8000;
    x &= 0x7fffffff;
    if (x > 0x7f800000)
        return (uint16_t)(sign | 0x7e00);
    if (x >= 0x477ff000) /* 65520 and more round to infinity */
        return (uint16_t)(sign | 0x7c00);
    if (x < 0x38800000)
        return (uint16_t)(sign | (uint32_t)rintf(fabsf(f) * 0x1p24f));
    x += 0xfff + (x >> 13 & 1);
    return (uint16_t)(sign | (x - 0x38000000) >> 13);
}

/* The upper half of a float. */
static uint16_t to_bfloat(float f)
{
    uint32_t x = float_bits(f);
    if (isnan(f))
        return (uint16_t)(x >> 16 | 0x40);
    return (uint16_t)((x + 0x7fff + (x >> 16 & 1)) >> 16);
}

bool element_store(enum dtype d, unsigned char *p, double v)
{
    float f = (float)v;
    uint16_t half = d == DTYPE_F16 ? to_half(f) : to_bfloat(f);
    if (d == DTYPE_F64)
        memcpy(p, &v, sizeof v);
    else if (d == DTYPE_F32)
        memcpy(p, &f, sizeof f);
    else
        memcpy(p, &half, sizeof half);
    return !isfinite(v) || isfinite(element_load(d, p));
}
