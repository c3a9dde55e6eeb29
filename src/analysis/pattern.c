/*
 * Activation patterns as bits: S_k = { i : p(i | k) > tau / D } (equation 3), decided in whole
 * numbers where hits and frames are known, so that no rounding decides; and Wilson's interval for
 * one probability (Wilson 1927).
 */
#include "config.h"

#include "analysis/pattern.h"

#include <math.h>
#include <string.h>

/* 64 flags of 0 or 1 to one word, the first to bit 0: eight bytes at a time, a multiplication
 * gathers their low bits in the top byte. */
static uint64_t pattern_pack(const unsigned char *flag)
{
    uint64_t word = 0;
    for (unsigned b = 0; b < 8; b++) {
        uint64_t eight = 0;
        for (unsigned k = 0; k < 8; k++) /* one load on little-endian machines */
            eight |= (uint64_t)flag[8 * b + k] << (8 * k);
        word |= (eight * 0x0102040810204080u >> 56) << (8 * b);
    }
    return word;
}

static void above_u32(uint64_t *bits, const uint32_t *hits, uint32_t width, uint32_t limit)
{
    unsigned char flag[64] = {0};
    uint32_t i = 0;
    for (; i + 64 <= width; i += 64) {
        for (uint32_t k = 0; k < 64; k++)
            flag[k] = hits[i + k] > limit;
        bits[i / 64] = pattern_pack(flag);
    }
    if (i < width) {
        memset(flag, 0, sizeof flag);
        for (uint32_t k = 0; i + k < width; k++)
            flag[k] = hits[i + k] > limit;
        bits[i / 64] = pattern_pack(flag);
    }
}

static void above_f32(uint64_t *bits, const float *p, uint32_t width, float limit)
{
    unsigned char flag[64] = {0};
    uint32_t i = 0;
    for (; i + 64 <= width; i += 64) {
        for (uint32_t k = 0; k < 64; k++)
            flag[k] = p[i + k] > limit;
        bits[i / 64] = pattern_pack(flag);
    }
    if (i < width) {
        memset(flag, 0, sizeof flag);
        for (uint32_t k = 0; i + k < width; k++)
            flag[k] = p[i + k] > limit;
        bits[i / 64] = pattern_pack(flag);
    }
}

void pattern_from_hits_of(uint64_t *bits, const uint32_t *hits, uint32_t count, uint64_t frames,
                          uint32_t tau, uint32_t width)
{
    /* hits width > tau frames is, in whole numbers, hits > floor(tau frames / width).  Frames
     * are below 2^32 (query_rows), so the product fits. */
    uint64_t limit = frames ? tau * frames / width : UINT32_MAX;
    above_u32(bits, hits, count, limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX);
}

void pattern_from_hits(uint64_t *bits, const uint32_t *hits, uint32_t width, uint64_t frames,
                       uint32_t tau)
{
    pattern_from_hits_of(bits, hits, width, frames, tau, width);
}

void pattern_from_probabilities(uint64_t *bits, const float *p, uint32_t width, uint32_t tau)
{
    above_f32(bits, p, width, (float)((double)tau / width));
}

void pattern_from_hits_f32_of(uint64_t *bits, const uint32_t *hits, uint32_t count, uint64_t frames,
                              uint32_t tau, uint32_t width)
{
    float limit = (float)((double)tau / width), p[64];
    for (uint32_t i = 0; i < count; i += 64) {
        uint32_t n = count - i < 64 ? count - i : 64;
        for (uint32_t k = 0; k < n; k++)
            p[k] = frames ? (float)hits[i + k] / (float)frames : 0;
        above_f32(bits + i / 64, p, n, limit);
    }
}

void pattern_from_hits_f32(uint64_t *bits, const uint32_t *hits, uint32_t width, uint64_t frames,
                           uint32_t tau)
{
    pattern_from_hits_f32_of(bits, hits, width, frames, tau, width);
}

struct wilson_interval wilson_interval(uint64_t hits, uint64_t frames)
{
    if (frames == 0)
        return (struct wilson_interval){0, 1};
    const double z = 1.959963984540054; /* 97.5 % point of the normal distribution */
    double n = (double)frames, p = (double)hits / n, zz = z * z;
    double centre = p + zz / (2 * n), scale = 1 + zz / n;
    double half = z * sqrt(p * (1 - p) / n + zz / (4 * n * n));
    double low = (centre - half) / scale, high = (centre + half) / scale;
    /* Rounding must not leave a sliver at the ends: no hits means low = 0, all hits high = 1. */
    return (struct wilson_interval){hits == 0 || low < 0 ? 0 : low,
                                    hits == frames || high > 1 ? 1 : high};
}
