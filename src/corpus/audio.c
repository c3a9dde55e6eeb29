/*
 * Reading recordings as mono floats at 16 kHz, through libsndfile and, for other rates,
 * libsamplerate. What libsndfile reads without an error, or does not read, though it should, is
 * looked at before (audio_container.h).
 */
#include "config.h"

#include "corpus/audio.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sndfile.h>
#ifdef HAVE_SAMPLERATE
#include <samplerate.h>
#endif

#include "corpus/audio_container.h"
#include "formats/file.h"
#include "formats/foreign.h"
#include "base/mem.h"

/* Values decoded at a time, over all channels. */
#define BLOCK 8192

/* A recording being decoded. */
struct decoder {
    SNDFILE *file;
    SF_INFO info;
    struct audio_view view; /* of the file, whose descriptor is the view's */
    const char *path;
    float raw[BLOCK];  /* interleaved */
    float mono[BLOCK]; /* [frames of the block] */
};

static void decoder_close(struct decoder *d)
{
    sf_close(d->file);
    close(d->view.fd);
}

/* Opens PATH with libsndfile. Only regular files: the file's size is needed to see a truncated WAV,
 * which libsndfile does not report. */
static enum status decoder_open(struct decoder *d, const char *path, struct err *err)
{
    int fd = -1;
    off_t size = 0;
    memset(&d->info, 0, sizeof d->info);
    d->path = path;
    enum status code = file_open_regular(&fd, &size, path, err);
    if (code)
        return code;
    char head[512];
    ssize_t n = size ? pread(fd, head, sizeof head, 0) : 0;
    if (size == 0)
        code = err_set(err, STATUS_FORMAT, "%s: empty file", path);
    else if (!(code = foreign_check_stand_in(path, head, n > 0 ? (size_t)n : 0, err)))
        code = audio_container_look(&d->view, fd, size, path, err);
    if (code) {
        close(fd);
        return code;
    }
    d->view.fd = fd;
    errno = 0;
    d->file = d->view.head_size ? sf_open_virtual(&audio_view_io, SFM_READ, &d->info, &d->view)
                                : sf_open_fd(fd, SFM_READ, &d->info, SF_FALSE);
    if (!d->file) {
        code = err_blame(err, STATUS_FORMAT, path, "unreadable audio: %s", sf_strerror(NULL));
        close(fd);
        return code;
    }
    if (d->info.samplerate < 1 || d->info.channels < 1 || d->info.channels > BLOCK) {
        code = err_set(err, STATUS_FORMAT, "%s: %d channels at %d Hz", path, d->info.channels,
                       d->info.samplerate);
        decoder_close(d);
        return code;
    }
    return STATUS_OK;
}

/* The next block into mono; *FRAMES = 0 at the end. */
static enum status decode_block(struct decoder *d, size_t *frames, struct err *err)
{
    int channels = d->info.channels;
    errno = 0;
    sf_count_t got = sf_readf_float(d->file, d->raw, BLOCK / channels);
    if (got < 0 || sf_error(d->file) != SF_ERR_NO_ERROR)
        return err_blame(err, STATUS_FORMAT, d->path, "damaged or truncated: %s",
                         sf_strerror(d->file));
    for (sf_count_t t = 0; t < got; t++) {
        const float *frame = d->raw + t * channels;
        float sum = frame[0];
        for (int c = 1; c < channels; c++)
            sum += frame[c];
        d->mono[t] = channels == 1 ? sum : sum / (float)channels;
        if (!isfinite(d->mono[t]))
            return err_set(err, STATUS_FORMAT, "%s: NaN or infinity in a sample", d->path);
    }
    *frames = (size_t)got;
    return STATUS_OK;
}

static enum status audio_append(struct audio *a, const float *x, size_t n, const char *path,
                                struct err *err)
{
    if (n > (size_t)AUDIO_RATE * AUDIO_MAX_SECONDS - a->count)
        return err_set(err, STATUS_UNSUPPORTED, "%s: longer than %d s", path, AUDIO_MAX_SECONDS);
    if (cancelled(a->cancel))
        return err_set(err, STATUS_CANCELLED, "%s: stopped", path);
    if (!mem_grow(&a->samples, &a->cap, a->count + n, sizeof *a->samples))
        return err_nomem(err);
    memcpy(a->samples + a->count, x, n * sizeof *x);
    a->count += n;
    return STATUS_OK;
}

/* Checks that as many frames came as the header promised (SEEN; rounding plays no part). */
static enum status audio_check_length(const struct decoder *d, sf_count_t seen, struct err *err)
{
    /* A decoder without memory says that the recording is over. */
    if (seen == 0)
        return err_blame(err, STATUS_FORMAT, d->path, "no samples%s",
                         d->view.never ? ": the header was never finished" : "");
    /* FLAC and Ogg streams of unknown length say SF_COUNT_MAX. */
    if (d->info.frames < SF_COUNT_MAX && seen < d->info.frames)
        return err_blame(err, STATUS_FORMAT, d->path, "truncated: %lld of %lld samples",
                         (long long)seen, (long long)d->info.frames);
    return STATUS_OK;
}

static enum status audio_read_plain(struct audio *a, struct decoder *d, struct err *err)
{
    sf_count_t seen = 0;
    for (;;) {
        size_t n;
        enum status code = decode_block(d, &n, err);
        if (!code && n > 0)
            code = audio_append(a, d->mono, n, d->path, err);
        if (code)
            return code;
        if (n == 0)
            return audio_check_length(d, seen, err);
        seen += (sf_count_t)n;
    }
}

#ifdef HAVE_SAMPLERATE

/* Feeds one decoded block (N = 0: the end) through the converter into A. */
static enum status audio_convert(struct audio *a, struct decoder *d, SRC_STATE *state,
                                 SRC_DATA *data, size_t n, struct err *err)
{
    float out[BLOCK];
    data->data_in = d->mono;
    data->input_frames = (long)n;
    data->end_of_input = n == 0;
    do {
        data->data_out = out;
        data->output_frames = BLOCK;
        int failed = src_process(state, data);
        if (failed)
            return err_set(err, STATUS_UNSUPPORTED, "%s: resampling %d Hz: %s", d->path,
                           d->info.samplerate, src_strerror(failed));
        data->data_in += data->input_frames_used;
        data->input_frames -= data->input_frames_used;
        enum status code = audio_append(a, out, (size_t)data->output_frames_gen, d->path, err);
        if (code)
            return code;
    } while (data->input_frames > 0 || data->output_frames_gen > 0);
    return STATUS_OK;
}

/* Reads through libsamplerate's band-limited converter to AUDIO_RATE. The block of 0 frames at the
 * end goes through it too, which flushes what the filter still holds. */
static enum status audio_read_resampled(struct audio *a, struct decoder *d, struct err *err)
{
    int failed;
    sf_count_t seen = 0;
    enum status code = STATUS_OK;
    SRC_DATA data = {.src_ratio = (double)AUDIO_RATE / d->info.samplerate};
    if (!src_is_valid_ratio(data.src_ratio))
        return err_set(err, STATUS_UNSUPPORTED, "%s: a sample rate of %d Hz cannot be resampled",
                       d->path, d->info.samplerate);
    SRC_STATE *state = src_new(SRC_SINC_MEDIUM_QUALITY, 1, &failed);
    if (!state)
        return err_nomem(err);
    for (size_t n = 1; !code && n > 0; seen += (sf_count_t)n) {
        code = decode_block(d, &n, err);
        if (!code)
            code = audio_convert(a, d, state, &data, n, err);
    }
    src_delete(state);
    return code ? code : audio_check_length(d, seen, err);
}

#else

static enum status audio_read_resampled(struct audio *a, struct decoder *d, struct err *err)
{
    (void)a;
    return err_set(err, STATUS_UNSUPPORTED,
                   "%s: %d Hz: only %d Hz is supported in this build without libsamplerate",
                   d->path, d->info.samplerate, AUDIO_RATE);
}

#endif

enum status audio_read(struct audio *a, const char *path, struct err *err)
{
    a->count = 0;
    struct decoder *d = mem_array(1, sizeof *d);
    if (!d)
        return err_nomem(err);
    enum status code = decoder_open(d, path, err);
    if (!code) {
        code = d->info.samplerate == AUDIO_RATE ? audio_read_plain(a, d, err)
                                                : audio_read_resampled(a, d, err);
        decoder_close(d);
    }
    if (code)
        a->count = 0;
    free(d);
    return code;
}

void audio_free(struct audio *a)
{
    free(a->samples);
    *a = (struct audio)AUDIO_INIT;
}

enum status audio_seconds(double *seconds, const char *path, struct err *err)
{
    struct decoder *d = mem_array(1, sizeof *d);
    if (!d)
        return err_nomem(err);
    enum status code = decoder_open(d, path, err);
    if (!code) {
        *seconds = (double)d->info.frames / d->info.samplerate;
        decoder_close(d);
    }
    free(d);
    return code;
}
