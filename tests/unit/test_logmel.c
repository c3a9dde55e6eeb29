#include "config.h"

#include "unit.h"

#include <math.h>

#include "corpus/audio.h"
#include "model/frontends/logmel.h"
#include "base/mem.h"
#include "base/rng.h"
#include "formats/tensors/safetensors.h"

static void frames_are_complete_ones(void **state)
{
    (void)state;
    assert_int_equal(logmel_frames(0), 0);
    assert_int_equal(logmel_frames(399), 0);
    assert_int_equal(logmel_frames(400), 1);
    assert_int_equal(logmel_frames(559), 1);
    assert_int_equal(logmel_frames(560), 2);
    assert_int_equal(logmel_frames(29917), 185);
}

static void spectra_equal_the_reference(void **state)
{
    static const char *const utterances[] = {"9001-100001-0000", "9002-100001-0000"};
    struct err err;
    struct tensors want;
    struct logmel *m;
    int seen = 0;
    (void)state;
    assert_ok(logmel_new(&m, LOGMEL_BINS, &err));
    assert_ok(
        safetensors_open(&want, data_path("models/g_melhubert_20ms/outputs.safetensors"), &err));
    for (int u = 0; u < 2; u++) {
        char name[64];
        struct audio a = AUDIO_INIT;
        snprintf(name, sizeof name, "%s/fbank", utterances[u]);
        const struct tensor *t = tensors_find(&want, name);
        if (!t)
            continue;
        snprintf(name, sizeof name, "audio/%s.wav", utterances[u]);
        assert_ok(audio_read(&a, data_path(name), &err));
        assert_int_equal(t->shape[0], logmel_frames(a.count));
        float *got = mem_array(t->count, sizeof *got), *ref = mem_array(t->count, sizeof *ref);
        tensor_to_f32(t, ref);
        assert_ok(logmel_run(m, a.samples, a.count, got, NULL, &err));
        for (size_t i = 0; i < t->count; i++)
            if (fabsf(got[i] - ref[i]) > 5e-4f)
                fail_msg("frame %zu bin %zu: %g, not %g", i / 40, i % 40, (double)got[i],
                         (double)ref[i]);
        seen++;
        free(got);
        free(ref);
        audio_free(&a);
    }
    assert_true(seen > 0);
    tensors_free(&want);
    logmel_free(m);
}

/* The definition, with sums in place of the fast transform. */
static double plain_energy(const float *samples, uint32_t bins, uint32_t bin)
{
    double x[400], mean = 0, energy = 0;
    for (int n = 0; n < 400; n++)
        mean += samples[n] * 32768.0 / 400;
    for (int n = 0; n < 400; n++)
        x[n] = (samples[n] * 32768.0 - mean - 0.97 * (samples[n ? n - 1 : 0] * 32768.0 - mean)) *
               (0.54 - 0.46 * cos(2 * M_PI * n / 399));
    double low = 1127 * log(1 + 20 / 700.0), high = 1127 * log(1 + 8000 / 700.0);
    double step = (high - low) / (bins + 1), left = low + bin * step;
    for (int k = 0; k < 256; k++) {
        double at = 1127 * log(1 + k * 31.25 / 700), re = 0, im = 0;
        double weight = fmin((at - left) / step, (left + 2 * step - at) / step);
        if (weight <= 0)
            continue;
        for (int n = 0; n < 400; n++) {
            re += x[n] * cos(2 * M_PI * k * n / 512);
            im += x[n] * sin(2 * M_PI * k * n / 512);
        }
        energy += weight * (re * re + im * im);
    }
    return log(fmax(energy, 1.1920928955078125e-07));
}

static void any_number_of_bins_follows_the_definition(void **state)
{
    static const uint32_t bins[] = {1, 23, 80};
    struct err err;
    struct rng r = rng_seed(3);
    float x[560], out[2 * 80];
    (void)state;
    for (int i = 0; i < 560; i++)
        x[i] = (float)(rng_uniform(&r) - 0.5);
    for (int b = 0; b < 3; b++) {
        struct logmel *m;
        assert_ok(logmel_new(&m, bins[b], &err));
        assert_ok(logmel_run(m, x, 560, out, NULL, &err));
        for (uint32_t t = 0; t < 2; t++)
            for (uint32_t i = 0; i < bins[b]; i++)
                assert_true(fabs(out[t * bins[b] + i] - plain_energy(x + 160 * t, bins[b], i)) <
                            1e-5);
        logmel_free(m);
    }
}

static void silence_lies_on_the_floor(void **state)
{
    struct err err;
    struct logmel *m;
    float x[400] = {0}, out[LOGMEL_BINS];
    (void)state;
    assert_ok(logmel_new(&m, LOGMEL_BINS, &err));
    assert_ok(logmel_run(m, x, 400, out, NULL, &err));
    for (int b = 0; b < LOGMEL_BINS; b++)
        assert_true(fabsf(out[b] - -15.942385f) < 1e-5f);
    logmel_free(m);
    assert_status(logmel_new(&m, 0, &err), STATUS_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_complete_ones),
        cmocka_unit_test(spectra_equal_the_reference),
        cmocka_unit_test(any_number_of_bins_follows_the_definition),
        cmocka_unit_test(silence_lies_on_the_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
