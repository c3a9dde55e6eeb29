#include "config.h"

#include "unit.h"

#include <math.h>
#include <stdbool.h>

#include "corpus/audio.h"
#include "base/mem.h"
#include "corpus/pitchfile.h"
#include "corpus/pitchtrack.h"
#include "base/rng.h"

#define SECONDS 2
#define COUNT   (SECONDS * AUDIO_RATE)
#define VALUES  100
#define EDGE    2 /* values at either end that see less than a whole window */

static float sound[COUNT];
static double truth[VALUES]; /* Hz at each value */

/* Evenly spread in [-1, 1). */
static double noise(struct rng *r)
{
    return 2 * rng_uniform(r) - 1;
}

/*
 * A voice whose F0 runs from HZ to END on a logarithmic scale: PARTIALS harmonics below 5 kHz of
 * amplitudes falling by SLOPE dB an octave; the first one weaker by WEAK dB.
 */
static void make_voice(double hz, double end, int partials, double slope, double weak)
{
    double phase = 0;
    for (size_t i = 0; i < COUNT; i++) {
        double f = hz * pow(end / hz, (double)i / COUNT), sum = 0;
        for (int h = 1; h <= partials && h * f < 5000; h++)
            sum += pow(10, -(slope * log2(h) + (h == 1 ? weak : 0)) / 20) * cos(h * phase + h * h);
        sound[i] = (float)(0.05 * sum);
        phase += 2 * M_PI * f / AUDIO_RATE;
    }
    for (size_t t = 0; t < VALUES; t++)
        truth[t] = hz * pow(end / hz, (t + 0.5) / VALUES);
}

/* One sample in each period. */
static void make_pulses(double hz)
{
    double phase = 0;
    for (size_t i = 0; i < COUNT; i++) {
        phase += hz / AUDIO_RATE;
        sound[i] = phase >= 1 ? 0.5f : 0;
        phase -= phase >= 1;
    }
    for (size_t t = 0; t < VALUES; t++)
        truth[t] = hz;
}

/* White noise DB below the sound. */
static void add_noise(double db, uint64_t seed)
{
    struct rng r = rng_seed(seed);
    double power = 0;
    for (size_t i = 0; i < COUNT; i++)
        power += sound[i] * sound[i];
    double size = sqrt(3 * power / COUNT * pow(10, -db / 10)); /* a third: variance of noise() */
    for (size_t i = 0; i < COUNT; i++)
        sound[i] += (float)(size * noise(&r));
}

struct result {
    unsigned frames, voiced, gross; /* gross: F0 more than 20 % off */
    double worst;                   /* largest relative error of the rest */
};

static void track(struct result *r)
{
    float f0[VALUES];
    struct err err;
    assert_int_equal(pitchtrack_frames(COUNT), VALUES);
    assert_ok(pitchtrack_run(sound, COUNT, NULL, f0, NULL, &err));
    for (size_t t = EDGE; t < VALUES - EDGE; t++) {
        double off = fabs(f0[t] / truth[t] - 1);
        r->frames++;
        r->voiced += f0[t] > 0;
        r->gross += f0[t] > 0 && off > 0.2;
        if (f0[t] > 0 && off <= 0.2)
            r->worst = fmax(r->worst, off);
    }
}

/* As good as WANTED says: shares in percent, error relative. */
static void check(const struct result *r, const char *what, double voiced, double gross,
                  double worst)
{
    double v = 100.0 * r->voiced / r->frames, g = 100.0 * r->gross / fmax(r->voiced, 1);
    if (v < voiced || g > gross || r->worst > worst)
        fail_msg("%s: %.2f %% voiced, %.2f %% gross errors, worst other error %.4f", what, v, g,
                 r->worst);
}

static void sines_are_tracked(void **state)
{
    struct result r = {0};
    (void)state;
    for (double hz = 62; hz < 495; hz *= 1.07) {
        make_voice(hz, hz, 1, 0, 0);
        track(&r);
    }
    check(&r, "sines", 100, 0, 0.005);
}

static void pulses_are_tracked(void **state)
{
    struct result r = {0};
    (void)state;
    for (double hz = 62; hz < 495; hz *= 1.07) {
        make_pulses(hz);
        track(&r);
    }
    check(&r, "pulses", 100, 0, 0.01);
}

static void voices_are_tracked_through_noise(void **state)
{
    static const double db[] = {INFINITY, 20, 10};
    (void)state;
    for (size_t i = 0; i < sizeof db / sizeof *db; i++) {
        struct result r = {0};
        for (double hz = 70; hz < 450; hz *= 1.15) {
            make_voice(hz, hz, 40, 6, 0);
            if (isfinite(db[i]))
                add_noise(db[i], 7);
            track(&r);
        }
        check(&r, "voices", 99.5, 0.3, isfinite(db[i]) ? 0.05 : 0.005);
    }
}

/* What makes trackers jump by octaves: a faint or absent first harmonic, and even a strong second
 * one, are still the same pitch. */
static void faint_first_harmonics_do_not_double_the_pitch(void **state)
{
    (void)state;
    for (double weak = 10; weak <= 60; weak += 25) {
        struct result r = {0};
        for (double hz = 80; hz < 250; hz *= 1.2) {
            make_voice(hz, hz, 12, 3, weak);
            track(&r);
        }
        check(&r, "faint first harmonic", 99.5, 0, 0.005);
    }
}

static void sweeps_are_followed(void **state)
{
    struct result r = {0};
    (void)state;
    make_voice(80, 400, 20, 6, 0);
    track(&r);
    make_voice(400, 80, 20, 6, 0);
    track(&r);
    make_voice(300, 70, 20, 6, 0);
    add_noise(20, 3);
    track(&r);
    check(&r, "sweeps", 99, 0, 0.03);
}

static void silence_and_noise_have_no_pitch(void **state)
{
    float f0[VALUES];
    unsigned voiced = 0;
    struct err err;
    (void)state;
    for (int offset = 0; offset < 2; offset++) {
        for (size_t i = 0; i < COUNT; i++)
            sound[i] = offset ? 0.25f : 0;
        assert_ok(pitchtrack_run(sound, COUNT, NULL, f0, NULL, &err));
        for (size_t t = 0; t < VALUES; t++)
            assert_true(f0[t] == 0);
    }
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct rng r = rng_seed(seed);
        for (size_t i = 0; i < COUNT; i++)
            sound[i] = (float)(0.1 * noise(&r));
        assert_ok(pitchtrack_run(sound, COUNT, NULL, f0, NULL, &err));
        for (size_t t = 0; t < VALUES; t++)
            voiced += f0[t] > 0;
    }
    assert_in_range(voiced, 0, 10 * VALUES / 100);
}

/* Half a second of voice, half a second of faint noise or hum, and so on. */
static void pauses_between_voices_have_no_pitch(void **state)
{
    float f0[VALUES];
    struct err err;
    (void)state;
    make_voice(140, 160, 30, 6, 0);
    struct rng r = rng_seed(5);
    for (size_t i = 0; i < COUNT; i++)
        if (i / (COUNT / 4) % 2)
            sound[i] = (float)(0.0003 * noise(&r) + 0.001 * sin(2 * M_PI * 120 * i / AUDIO_RATE));
    assert_ok(pitchtrack_run(sound, COUNT, NULL, f0, NULL, &err));
    for (size_t t = 0; t < VALUES; t++) {
        size_t at = t % (VALUES / 4);
        if (at >= 1 && at < VALUES / 4 - 1)
            assert_int_equal(f0[t] > 0, t / (VALUES / 4) % 2 == 0);
    }
}

static void the_level_does_not_matter(void **state)
{
    static const float levels[] = {0x1p-20f, 0x1p-9f, 0x1p10f};
    float f0[VALUES], other[VALUES];
    struct err err;
    (void)state;
    make_voice(120, 180, 30, 6, 0);
    add_noise(15, 2);
    assert_ok(pitchtrack_run(sound, COUNT, NULL, f0, NULL, &err));
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
        for (size_t i = 0; i < COUNT; i++)
            sound[i] *= levels[k];
        assert_ok(pitchtrack_run(sound, COUNT, NULL, other, NULL, &err));
        assert_memory_equal(f0, other, sizeof f0);
        for (size_t i = 0; i < COUNT; i++)
            sound[i] /= levels[k];
    }
}

static void the_range_is_kept(void **state)
{
    const struct pitchtrack_options low = {60, 150},
                                    bad[] = {{0, 500},   {60, 900}, {200, 300}, {500, 60},
                                             {NAN, 500}, {60, NAN}, {60, -500}, {1e300, 2e300}};
    float f0[VALUES] = {-1};
    struct err err;
    (void)state;
    make_voice(200, 200, 20, 6, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_status(pitchtrack_run(sound, COUNT, &bad[i], f0, NULL, &err), STATUS_USAGE);
    assert_true(f0[0] == -1);
    assert_ok(pitchtrack_run(sound, COUNT, &low, f0, NULL, &err));
    for (size_t t = 0; t < VALUES; t++)
        assert_true(f0[t] == 0 || (f0[t] >= 60 && f0[t] <= 150));
}

static void the_widest_range_is_tracked(void **state)
{
    static const double hz[] = {42, 60, 300, 700, 790};
    const struct pitchtrack_options widest = {40, PITCHTRACK_MAX_HZ};
    float f0[VALUES];
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof hz / sizeof *hz; i++) {
        make_voice(hz[i], hz[i], 20, 6, 0);
        assert_ok(pitchtrack_run(sound, COUNT, &widest, f0, NULL, &err));
        for (size_t t = EDGE; t < VALUES - EDGE; t++) {
            assert_float_equal(f0[t], hz[i], 0.02 * hz[i]);
            assert_true(f0[t] * PITCHTRACK_STEPS == rintf(f0[t] * PITCHTRACK_STEPS));
        }
    }
}

/* Every length gets its values, and nothing is read beyond it. */
static void recordings_of_any_length_are_tracked(void **state)
{
    struct err err;
    (void)state;
    make_voice(150, 150, 20, 6, 0);
    for (size_t n = 0; n < 2000; n += n < 400 ? 1 : 37) {
        float *copy = mem_array(n, sizeof *copy), *f0;
        size_t values = pitchtrack_frames(n), middles = 0;
        while (320 * middles + 160 < n)
            middles++;
        assert_int_equal(values, middles);
        f0 = mem_array(values, sizeof *f0);
        assert_true(copy && f0);
        memcpy(copy, sound, n * sizeof *copy);
        for (size_t t = 0; t < values; t++)
            f0[t] = -1;
        assert_ok(pitchtrack_run(copy, n, NULL, f0, NULL, &err));
        for (size_t t = 0; t < values; t++)
            assert_true(f0[t] == 0 || (f0[t] > 100 && f0[t] < 200));
        free(copy);
        free(f0);
    }
}

static void what_is_no_number_has_no_pitch(void **state)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e38f, -3e38f};
    float f0[VALUES];
    struct err err;
    (void)state;
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++)
        for (size_t step = 1; step < COUNT; step *= 30) {
            make_voice(150, 150, 3, 6, 0);
            for (size_t i = 0; i < COUNT; i += step)
                sound[i] = odd[k];
            assert_ok(pitchtrack_run(sound, COUNT, NULL, f0, NULL, &err));
            for (size_t t = 0; t < VALUES; t++)
                assert_true(f0[t] >= 0 && f0[t] <= 500);
        }
}

/* Another tracker's F0 of the demo's synthetic voices, on the same grid. */
static void the_demo_agrees_with_another_tracker(void **state)
{
    struct pitchfile *p;
    struct audio a = AUDIO_INIT;
    struct err err;
    unsigned frames = 0, both = 0, gross = 0, voicing = 0;
    (void)state;
    assert_ok(pitchfile_open(&p, source_path("data/demo/labels/demo-f0-hz.json"), FOLDER_FIRST_DOT,
                             &err));
    for (size_t u = 0; u < pitchfile_count(p); u++) {
        struct pitch_track other;
        char name[128];
        const char *utterance = pitchfile_utterance(p, u);
        snprintf(name, sizeof name, "data/demo/audio/%s.flac", utterance);
        assert_ok(audio_read(&a, source_path(name), &err));
        assert_ok(pitchfile_get(p, utterance, &other, &err));
        size_t n = pitchtrack_frames(a.count);
        float *f0 = mem_array(n, sizeof *f0);
        assert_non_null(f0);
        assert_ok(pitchtrack_run(a.samples, a.count, NULL, f0, NULL, &err));
        for (size_t t = 0; t < n && t < other.count; t++) {
            bool mine = f0[t] > 0, theirs = other.f0[t] > 0;
            frames++;
            voicing += mine != theirs;
            both += mine && theirs;
            gross += mine && theirs && fabs(f0[t] / other.f0[t] - 1) > 0.2;
        }
        free(f0);
        pitch_track_free(&other);
    }
    assert_in_range(both, 2000, frames);
    assert_in_range(gross, 0, both * 3 / 200);
    assert_in_range(voicing, 0, frames * 6 / 100);
    audio_free(&a);
    pitchfile_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_are_tracked),
        cmocka_unit_test(pulses_are_tracked),
        cmocka_unit_test(voices_are_tracked_through_noise),
        cmocka_unit_test(faint_first_harmonics_do_not_double_the_pitch),
        cmocka_unit_test(sweeps_are_followed),
        cmocka_unit_test(silence_and_noise_have_no_pitch),
        cmocka_unit_test(pauses_between_voices_have_no_pitch),
        cmocka_unit_test(the_level_does_not_matter),
        cmocka_unit_test(the_range_is_kept),
        cmocka_unit_test(the_widest_range_is_tracked),
        cmocka_unit_test(recordings_of_any_length_are_tracked),
        cmocka_unit_test(what_is_no_number_has_no_pitch),
        cmocka_unit_test(the_demo_agrees_with_another_tracker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
