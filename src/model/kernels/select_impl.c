/*
 * Top-tau selection of one build.  |x| of floats is ordered as their bits without the sign, so all
 * of it is integer arithmetic.
 */
#include "config.h"

#include "model/kernels/kernels_impl.h"

#define MAGNITUDE 0x7fffffff

/* Vectors of lane maxima kept at most: more lanes make the bound sharper, but cost more. */
#define MAX_VECTORS 64

/* How many of KEY [n] are at least BOUND. */
static size_t count_at_least(const uint32_t *key, size_t n, uint32_t bound)
{
    vint count = {0};
    size_t i = 0, total = 0;
    for (; i + LANES <= n; i += LANES) /* magnitudes are < 2^31, so signed comparison does */
        count -= vload_int(key + i) >= (int32_t)bound;
    for (int l = 0; l < LANES; l++)
        total += (uint32_t)count[l];
    for (; i < n; i++)
        total += key[i] >= bound;
    return total;
}

/* Finds the bits of the tau-th largest key from the top; done early where a bound fits exactly. */
uint32_t KERNEL(threshold)(const uint32_t *key, size_t n, size_t tau)
{
    uint32_t bound = 0;
    for (uint32_t bit = (uint32_t)1 << 30; bit; bit >>= 1) {
        size_t count = count_at_least(key, n, bound | bit);
        if (count >= tau)
            bound |= bit;
        if (count == tau)
            break;
    }
    return bound;
}

/*
 * A lower bound for the tau-th largest magnitude: the tau-th largest of the maxima of disjoint
 * parts of the row.  Lane l of vector v holds the maximum of the elements l + LANES (v + i
 * VECTORS).
 */
static uint32_t lower_bound(const float *row, size_t width, size_t tau)
{
    uint32_t lane[MAX_VECTORS * LANES];
    size_t vectors = (3 * tau + LANES - 1) / LANES, step;
    if (vectors > MAX_VECTORS)
        vectors = MAX_VECTORS;
    step = vectors * LANES;
    /* Fewer lanes than tau bound nothing, and few elements a lane bound badly. */
    if (step < tau || width < 2 * step)
        return 0;
    for (size_t v = 0; v < vectors; v++) {
        vint m = vload_int(row + v * LANES) & MAGNITUDE;
        for (size_t i = v * LANES + step; i + LANES <= width; i += step)
            m = vmax_int(m, vload_int(row + i) & MAGNITUDE);
        memcpy(lane + v * LANES, &m, sizeof m);
    }
    return KERNEL(threshold)(lane, step, tau);
}

size_t KERNEL(candidates)(const float *row, size_t width, size_t tau, uint32_t *index,
                          uint32_t *key)
{
    uint32_t bound = lower_bound(row, width, tau);
    size_t n = 0, i = 0;
#ifdef KERNELS_AVX512
    __m512i at = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i low = _mm512_set1_epi32((int32_t)bound), sign = _mm512_set1_epi32(MAGNITUDE);
    for (; i + LANES <= width; i += LANES) {
        __m512i m = _mm512_and_si512(_mm512_loadu_si512(row + i), sign);
        __mmask16 hits = _mm512_cmpge_epi32_mask(m, low);
        _mm512_storeu_si512(index + n, _mm512_maskz_compress_epi32(hits, at));
        _mm512_storeu_si512(key + n, _mm512_maskz_compress_epi32(hits, m));
        n += (size_t)__builtin_popcount(hits);
        at = _mm512_add_epi32(at, _mm512_set1_epi32(LANES));
    }
#elif defined(KERNELS_AVX2)
    /* Few vectors have a candidate, so those without are passed over eight at a time. */
    const __m256i below = _mm256_set1_epi32((int32_t)bound - 1),
                  sign = _mm256_set1_epi32(MAGNITUDE);
    for (; i + LANES <= width; i += LANES) {
        __m256i m = _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(row + i)), sign);
        unsigned hits = (unsigned)_mm256_movemask_ps((__m256)_mm256_cmpgt_epi32(m, below));
        for (; hits; hits &= hits - 1, n++) {
            index[n] = (uint32_t)(i + (size_t)__builtin_ctz(hits));
            memcpy(key + n, row + index[n], sizeof *key);
            key[n] &= MAGNITUDE;
        }
    }
#elif defined(KERNELS_NEON)
    /* Likewise; of the few that have one all lanes are looked at. */
    for (; i + LANES <= width; i += LANES) {
        vint m = vload_int(row + i) & MAGNITUDE;
        if (vmaxvq_s32(m) < (int32_t)bound)
            continue;
        for (size_t l = 0; l < LANES; l++) {
            index[n] = (uint32_t)(i + l);
            key[n] = (uint32_t)m[l];
            n += key[n] >= bound;
        }
    }
#endif
    for (; i < width; i++) {
        index[n] = (uint32_t)i;
        memcpy(key + n, row + i, sizeof *key);
        key[n] &= MAGNITUDE;
        n += key[n] >= bound;
    }
    return n;
}
