#include "config.h"

#include "unit.h"

#include <math.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpus/audio.h"
#include "base/mem.h"

static char dir[] = "/tmp/propneu-audio-XXXXXX";

static const char *in_dir(const char *name)
{
    static char path[4][256];
    static unsigned next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", dir, name);
    return p;
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    char command[300];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command) == 0 ? 0 : -1;
}

/* A recording of N frames, sample t of channel c being VALUE(t, c) / 32768. */
static void write_audio(const char *path, int format, int rate, int channels, size_t n,
                        int (*value)(size_t t, int c))
{
    SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
    SNDFILE *f = sf_open(path, SFM_WRITE, &info);
    assert_non_null(f);
    short *x = mem_array(n * (size_t)channels, sizeof *x);
    for (size_t t = 0; t < n; t++)
        for (int c = 0; c < channels; c++)
            x[t * (size_t)channels + (size_t)c] = (short)value(t, c);
    assert_int_equal(sf_writef_short(f, x, (sf_count_t)n), (sf_count_t)n);
    sf_close(f);
    free(x);
}

static int ramp(size_t t, int c)
{
    (void)c;
    return (int)(t * 7919 % 65536) - 32768;
}

static int apart(size_t t, int c)
{
    return (c + 1) * 1000 + (int)(t % 100);
}

static int tone(size_t t, int c)
{
    (void)c;
    return (int)lrint(10000 * sin(2 * M_PI * 440 * (double)t / 44100));
}

static void sixteen_bit_samples_are_exact(void **state)
{
    static const int formats[] = {SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                                  SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                                  SF_FORMAT_AIFF | SF_FORMAT_PCM_16};
    struct err err;
    struct audio a = AUDIO_INIT;
    double seconds;
    (void)state;
    for (int f = 0; f < 3; f++) {
        write_audio(in_dir("exact"), formats[f], 16000, 1, 20000, ramp);
        assert_ok(audio_read(&a, in_dir("exact"), &err));
        assert_int_equal(a.count, 20000);
        for (size_t t = 0; t < a.count; t++)
            assert_true(a.samples[t] == (float)ramp(t, 0) / 32768);
        assert_ok(audio_seconds(&seconds, in_dir("exact"), &err));
        assert_true(seconds == 1.25);
    }
    audio_free(&a);
}

static void channels_are_averaged(void **state)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    (void)state;
    write_audio(in_dir("3.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 3, 9000, apart);
    assert_ok(audio_read(&a, in_dir("3.wav"), &err));
    assert_int_equal(a.count, 9000);
    for (size_t t = 0; t < a.count; t++)
        assert_true(fabsf(a.samples[t] - (float)apart(t, 1) / 32768) < 1e-7f);
    audio_free(&a);
}

static void other_rates_are_resampled_or_refused(void **state)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    (void)state;
    write_audio(in_dir("44.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1, 44100, tone);
#ifdef HAVE_SAMPLERATE
    assert_ok(audio_read(&a, in_dir("44.wav"), &err));
    assert_true(a.count >= 15999 && a.count <= 16001);
    for (size_t t = 1000; t < 15000; t++) {
        double want = 10000 / 32768.0 * sin(2 * M_PI * 440 * (double)t / 16000);
        assert_true(fabs(a.samples[t] - want) < 1e-3);
    }
#else
    assert_status(audio_read(&a, in_dir("44.wav"), &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "44100 Hz"));
#endif
    audio_free(&a);
}

/* The first KEEP bytes of FROM as TO. */
static void cut(const char *from, const char *to, long keep)
{
    static char bytes[200000];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_true(in && out);
    size_t n = fread(bytes, 1, sizeof bytes, in);
    assert_true(keep >= 0 && (size_t)keep <= n);
    assert_int_equal(fwrite(bytes, 1, (size_t)keep, out), (size_t)keep);
    fclose(in);
    fclose(out);
}

static void files_cut_short_are_refused(void **state)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    (void)state;
    static const int formats[] = {SF_FORMAT_WAV,  SF_FORMAT_FLAC, SF_FORMAT_W64,
                                  SF_FORMAT_RF64, SF_FORMAT_AIFF, SF_FORMAT_AU};
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        struct stat whole;
        write_audio(in_dir("whole"), formats[f] | SF_FORMAT_PCM_16, 16000, 1, 20000, ramp);
        assert_ok(audio_read(&a, in_dir("whole"), &err));
        assert_int_equal(stat(in_dir("whole"), &whole), 0);
        for (long part = 0; part < 16; part++) {
            cut(in_dir("whole"), in_dir("cut"), whole.st_size * part / 16);
            assert_status(audio_read(&a, in_dir("cut"), &err), STATUS_FORMAT);
            assert_ptr_equal(strstr(err.msg, dir), err.msg);
            assert_int_equal(a.count, 0);
        }
    }
    audio_free(&a);
}

static void a_length_of_a_stream_is_left_open(void **state)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    const unsigned char unknown[4] = {255, 255, 255, 255};
    (void)state;
    write_audio(in_dir("s.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, 500, ramp);
    FILE *f = fopen(in_dir("s.wav"), "r+b");
    assert_non_null(f);
    fseek(f, 4, SEEK_SET);
    fwrite(unknown, 1, 4, f);
    fseek(f, 40, SEEK_SET);
    fwrite(unknown, 1, 4, f);
    fclose(f);
    assert_ok(audio_read(&a, in_dir("s.wav"), &err));
    assert_int_equal(a.count, 500);
    audio_free(&a);
}

/* The bytes of a text, of numbers, little-endian, and of samples. */
struct bytes {
    unsigned char b[4096];
    size_t n;
};

static void put(struct bytes *o, const char *text, int n)
{
    memcpy(o->b + o->n, text, (size_t)n);
    o->n += (size_t)n;
}

static void put_number(struct bytes *o, uint64_t v, int n)
{
    for (; n > 0; n--, v >>= 8)
        o->b[o->n++] = (unsigned char)v;
}

enum { UNFINISHED = 1000 }; /* samples */

/* A WAV file of UNFINISHED samples whose header says RIFF and DATA; in a form of 64 bits if WIDE.
 */
static void put_wav(const char *name, const char *id, uint64_t riff, uint64_t data, bool wide,
                    const char *before, int before_size, const char *behind, int behind_size)
{
    struct bytes o = {.n = 0};
    put(&o, id, 4);
    put_number(&o, wide ? UINT32_MAX : riff, 4);
    put(&o, "WAVE", 4);
    if (wide) {
        put(&o, "ds64", 4);
        put_number(&o, 28, 4);
        put_number(&o, riff, 8);
        put_number(&o, data, 8);
        put_number(&o, 0, 12);
    }
    put(&o, "fmt \20\0\0\0\1\0\1\0", 12);
    put_number(&o, 16000, 4);
    put_number(&o, 32000, 4);
    put(&o, "\2\0\20\0", 4);
    put(&o, before, before_size);
    put(&o, "data", 4);
    put_number(&o, wide ? UINT32_MAX : data, 4);
    put(&o, behind, behind_size);
    for (size_t t = 0; t < UNFINISHED && behind_size == 0; t++)
        put_number(&o, (uint16_t)ramp(t, 0), 2);
    FILE *f = fopen(in_dir(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(o.b, 1, o.n, f), o.n);
    fclose(f);
}

static void check_unfinished(const char *name)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    double seconds;
    assert_ok(audio_read(&a, in_dir(name), &err));
    assert_int_equal(a.count, UNFINISHED);
    for (size_t t = 0; t < a.count; t++)
        assert_true(a.samples[t] == (float)ramp(t, 0) / 32768);
    assert_ok(audio_seconds(&seconds, in_dir(name), &err));
    assert_true(fabs(seconds - UNFINISHED / 16000.0) < 1e-9);
    audio_free(&a);
}

/* Programs that were ended, or that write to a pipe, leave sizes that are not the file's. */
static void headers_never_finished_are_read_to_the_end(void **state)
{
    static const uint64_t riffs[] = {0, 8, 36, UINT32_MAX, 36 + 2 * UNFINISHED};
    struct err err;
    struct audio a = AUDIO_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof riffs / sizeof *riffs; i++) {
        put_wav("zero.wav", "RIFF", riffs[i], 0, false, "", 0, "", 0);
        check_unfinished("zero.wav");
        put_wav("ones.wav", "RIFF", riffs[i], UINT32_MAX, false, "", 0, "", 0);
        check_unfinished("ones.wav");
    }
    put_wav("odd.wav", "RIFF", 0, 0, false, "note\3\0\0\0abc\0", 12, "", 0);
    check_unfinished("odd.wav");
    put_wav("odd.wav", "RIFF", 47 + 2 * UNFINISHED, 2 * UNFINISHED, false, "note\3\0\0\0abc", 11,
            "", 0);
    check_unfinished("odd.wav"); /* an odd chunk without the byte behind it */
    put_wav("wide.wav", "RF64", 72 + 2 * UNFINISHED, 2 * UNFINISHED, true, "", 0, "", 0);
    check_unfinished("wide.wav");
    put_wav("wide.wav", "BW64", 72 + 2 * UNFINISHED, 2 * UNFINISHED, true, "", 0, "", 0);
    check_unfinished("wide.wav");
    put_wav("wide.wav", "RF64", 0, 0, true, "", 0, "", 0);
    check_unfinished("wide.wav");
    put_wav("wide.wav", "RF64", UINT64_MAX, UINT64_MAX, true, "", 0, "", 0);
    check_unfinished("wide.wav");
    put_wav("wide.wav", "RF64", 1 << 20, 1 << 20, true, "", 0, "", 0);
    assert_status(audio_read(&a, in_dir("wide.wav"), &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "truncated"));
    put_wav("two.wav", "RIFF", 48 + 2 * UNFINISHED, 2 * UNFINISHED, false, "data\4\0\0\0abcd", 12,
            "", 0);
    assert_status(audio_read(&a, in_dir("two.wav"), &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "byte 48: a second chunk of samples"));
    /* Finished, and of no samples. */
    put_wav("none.wav", "RIFF", 56, 0, false, "", 0, "LIST\14\0\0\0INFOISFT\0\0\0\0", 20);
    assert_status(audio_read(&a, in_dir("none.wav"), &err), STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "no samples"));
    audio_free(&a);
}

static void what_is_no_recording_is_refused(void **state)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    const float bad[3] = {0.5f, NAN, 0.25f};
    SF_INFO info = {.samplerate = 16000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    (void)state;
    assert_status(audio_read(&a, in_dir("missing"), &err), STATUS_IO);
    assert_status(audio_read(&a, dir, &err), STATUS_IO);
    assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
    assert_status(audio_read(&a, in_dir("fifo"), &err), STATUS_IO);
    assert_status(audio_read(&a, source_path("tests/unit/test_audio.c"), &err), STATUS_FORMAT);
    SNDFILE *f = sf_open(in_dir("nan.wav"), SFM_WRITE, &info);
    assert_non_null(f);
    sf_writef_float(f, bad, 3);
    sf_close(f);
    assert_status(audio_read(&a, in_dir("nan.wav"), &err), STATUS_FORMAT);
    write_audio(in_dir("none.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, 0, ramp);
    assert_status(audio_read(&a, in_dir("none.wav"), &err), STATUS_FORMAT);
    audio_free(&a);
}

static int silence(size_t t, int c)
{
    (void)t;
    (void)c;
    return 0;
}

static void recordings_beyond_the_bound_are_refused(void **state)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    (void)state;
    write_audio(in_dir("long.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16000, 1,
                (size_t)16000 * AUDIO_MAX_SECONDS + 1, silence);
    assert_status(audio_read(&a, in_dir("long.flac"), &err), STATUS_UNSUPPORTED);
    audio_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_bit_samples_are_exact),
        cmocka_unit_test(channels_are_averaged),
        cmocka_unit_test(other_rates_are_resampled_or_refused),
        cmocka_unit_test(files_cut_short_are_refused),
        cmocka_unit_test(a_length_of_a_stream_is_left_open),
        cmocka_unit_test(headers_never_finished_are_read_to_the_end),
        cmocka_unit_test(what_is_no_recording_is_refused),
        cmocka_unit_test(recordings_beyond_the_bound_are_refused),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
