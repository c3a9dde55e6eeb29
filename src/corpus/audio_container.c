/*
 * libsndfile shortens a file whose end is missing without a word, and sees no samples where the
 * program that wrote it was ended before it could put the sizes into the header.  So the chunk of
 * samples is looked for here: one that promises more than there is means that the file was cut; one
 * of size 0 that bytes follow, or of a size that streams have which end nobody knows, goes on to
 * the end of the file.
 */
#include "config.h"

#include "corpus/audio_container.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* Sizes from 2^31 - 2^20 on are what programs write that stream to a pipe. */
#define STREAMED   0x7ff00000u
#define STREAMED64 ((uint64_t)1 << 62)
#define MAX_CHUNKS 1000
#define FMT_MAX    64

/* The chunk of samples. */
struct samples {
    const char *kind;           /* of file, or NULL: none that is known, or no such chunk */
    off_t at;                   /* its first byte */
    uint64_t promised;          /* bytes; 0: it promises none */
    bool open;                  /* the size says that nobody knew it */
    bool odd;                   /* libsndfile does not find it */
    off_t second;               /* of another such chunk behind it; 0: there is none */
    unsigned char fmt[FMT_MAX]; /* [fmt_size] the format as WAV has it */
    size_t fmt_size;
};

static uint64_t bytes_little(const unsigned char *p, int n)
{
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static uint32_t bytes_big(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool container_read(int fd, off_t at, unsigned char *p, size_t n)
{
    return at >= 0 && pread(fd, p, n, at) == (ssize_t)n;
}

/* True if a chunk with a name of letters that ends within the file begins at AT. */
static bool container_chunk_at(int fd, off_t at, off_t size)
{
    unsigned char p[8];
    if (!container_read(fd, at, p, sizeof p))
        return false;
    for (int i = 0; i < 4; i++)
        if (p[i] < ' ' || p[i] > '~')
            return false;
    return at + 8 + (off_t)bytes_little(p + 4, 4) <= size + 1;
}

/* Where the chunk behind END stands: at an even place, unless its writer forgot that. */
static off_t riff_next(int fd, off_t end, bool *odd)
{
    static const char *const names[] = {"data", "fmt ", "fact", "LIST"};
    unsigned char p[4];
    if (end % 2 == 0)
        return end;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (container_read(fd, end, p, 4) && memcmp(p, names[i], 4) == 0) {
            *odd = true;
            return end;
        }
    return end + 1;
}

/* RIFF, and RF64 or BW64, whose sizes beyond 32 bits stand in a chunk of their own (EBU Tech 3306,
 * ITU-R BS.2088). */
static void riff_find(struct samples *s, int fd, const char *kind)
{
    unsigned char p[8], wide[16];
    uint64_t data64 = 0;
    bool is_wide = strcmp(kind, "RIFF") != 0;
    off_t at = 12;
    s->odd = strcmp(kind, "BW64") == 0;
    for (int i = 0; i < MAX_CHUNKS && container_read(fd, at, p, sizeof p); i++) {
        uint32_t n = (uint32_t)bytes_little(p + 4, 4);
        if (memcmp(p, "ds64", 4) == 0 && container_read(fd, at + 8, wide, sizeof wide))
            data64 = bytes_little(wide + 8, 8);
        if (memcmp(p, "fmt ", 4) == 0 && n <= FMT_MAX && container_read(fd, at + 8, s->fmt, n))
            s->fmt_size = n;
        if (memcmp(p, "data", 4) == 0 && s->kind) {
            s->second = at;
            return;
        }
        if (memcmp(p, "data", 4) == 0) {
            bool by64 = is_wide && (n == UINT32_MAX || n == 0);
            s->kind = kind;
            s->at = at + 8;
            s->promised = by64 ? data64 : n;
            s->open = by64 ? data64 >= STREAMED64 : n >= STREAMED;
            if (s->open || by64 || n == 0)
                return;
        }
        at = riff_next(fd, at + 8 + (off_t)n, &s->odd);
    }
}

/* Wave64: names of 16 bytes, sizes of 8 that count both, places of multiples of 8. */
static void wave64_find(struct samples *s, int fd)
{
    unsigned char p[24];
    off_t at = 40;
    for (int i = 0; i < MAX_CHUNKS && container_read(fd, at, p, sizeof p); i++) {
        uint64_t n = bytes_little(p + 16, 8);
        if (memcmp(p, "data", 4) == 0) {
            s->kind = "Wave64";
            s->at = at + 24;
            s->promised = n > 24 ? n - 24 : 0;
            s->open = n <= 24 || n >= STREAMED64;
            return;
        }
        if (n < 24 || n >= STREAMED64)
            return;
        at += (off_t)((n + 7) & ~(uint64_t)7);
    }
}

static void aiff_find(struct samples *s, int fd)
{
    unsigned char p[16];
    off_t at = 12;
    for (int i = 0; i < MAX_CHUNKS && container_read(fd, at, p, 8); i++) {
        uint32_t n = bytes_big(p + 4);
        if (memcmp(p, "SSND", 4) == 0 && container_read(fd, at, p, 16)) {
            s->kind = "AIFF";
            s->at = at + 16 + (off_t)bytes_big(p + 8);
            s->promised = n > 8 + bytes_big(p + 8) ? n - 8 - bytes_big(p + 8) : 0;
            s->open = n >= STREAMED;
            return;
        }
        at += 8 + (off_t)n + n % 2;
    }
}

static struct samples container_find(int fd)
{
    struct samples s = {0};
    unsigned char p[24];
    if (!container_read(fd, 0, p, sizeof p))
        return s;
    bool wave = memcmp(p + 8, "WAVE", 4) == 0;
    if (wave && memcmp(p, "RIFF", 4) == 0)
        riff_find(&s, fd, "RIFF");
    else if (wave && memcmp(p, "RF64", 4) == 0)
        riff_find(&s, fd, "RF64");
    else if (wave && memcmp(p, "BW64", 4) == 0)
        riff_find(&s, fd, "BW64");
    else if (memcmp(p, "riff\x2e\x91\xcf\x11", 8) == 0)
        wave64_find(&s, fd);
    else if (memcmp(p, "FORM", 4) == 0 && memcmp(p + 8, "AIF", 3) == 0)
        aiff_find(&s, fd);
    else if (memcmp(p, ".snd", 4) == 0)
        s = (struct samples){.kind = "AU",
                             .at = (off_t)bytes_big(p + 4),
                             .promised = bytes_big(p + 8),
                             .open = bytes_big(p + 8) == UINT32_MAX};
    return s;
}

static void put_little(unsigned char **p, uint64_t v, int n)
{
    while (n-- > 0) {
        *(*p)++ = (unsigned char)v;
        v >>= 8;
    }
}

static void put_text(unsigned char **p, const void *text, size_t n)
{
    memcpy(*p, text, n);
    *p += n;
}

/* A plain WAV header of LENGTH bytes of samples in the file's own format. */
static void view_as_wav(struct audio_view *v, const struct samples *s)
{
    unsigned char *p = v->head;
    uint64_t fmt = s->fmt_size + s->fmt_size % 2, length = (uint64_t)v->length;
    put_text(&p, "RIFF", 4);
    put_little(&p, length >= STREAMED ? UINT32_MAX : length + fmt + 20, 4);
    put_text(&p, "WAVEfmt ", 8);
    put_little(&p, s->fmt_size, 4);
    put_text(&p, s->fmt, fmt);
    put_text(&p, "data", 4);
    put_little(&p, length >= STREAMED ? UINT32_MAX : length, 4);
    v->head_size = (size_t)(p - v->head);
}

/* An AU header that leaves the length open. */
static void view_as_au(struct audio_view *v)
{
    static const unsigned char open[8] = {0, 0, 0, 24, 0xff, 0xff, 0xff, 0xff};
    if (container_read(v->fd, 0, v->head, 24)) {
        memcpy(v->head + 4, open, sizeof open);
        v->head_size = 24;
    }
}

enum status audio_container_look(struct audio_view *view, int fd, off_t size, const char *path,
                                 struct err *err)
{
    struct samples s = container_find(fd);
    *view = (struct audio_view){.fd = fd};
    if (!s.kind || s.at < 0 || s.at > size)
        return STATUS_OK;
    uint64_t there = (uint64_t)(size - s.at);
    if (!s.open && s.promised > there)
        return err_set(err, STATUS_FORMAT,
                       "%s: byte %lld: truncated: %lld bytes of audio are missing", path,
                       (long long)size, (long long)(s.promised - there));
    if (s.second)
        return err_set(
            err, STATUS_UNSUPPORTED,
            "%s: byte %lld: a second chunk of samples: such files are read to the end of "
            "the first only; write it anew as one",
            path, (long long)s.second);
    bool wav = s.kind[0] == 'R' || s.kind[0] == 'B', au = strcmp(s.kind, "AU") == 0;
    bool never =
        !s.open && s.promised == 0 && there > 0 && !(wav && container_chunk_at(fd, s.at, size));
    view->never = never;
    view->at = s.at;
    view->length = s.open || never ? size - s.at : (off_t)s.promised;
    if (wav && s.fmt_size >= 16 &&
        (never || s.odd || (s.open && s.kind[1] == 'F' && s.kind[2] == '6')))
        view_as_wav(view, &s);
    else if (au && never)
        view_as_au(view);
    return STATUS_OK;
}

static sf_count_t view_length(void *context)
{
    const struct audio_view *v = context;
    return (sf_count_t)v->head_size + v->length;
}

static sf_count_t view_seek(sf_count_t offset, int whence, void *context)
{
    struct audio_view *v = context;
    sf_count_t from = whence == SEEK_CUR   ? v->position
                      : whence == SEEK_END ? view_length(context)
                                           : 0;
    if (from + offset < 0)
        return -1;
    return v->position = from + offset;
}

static sf_count_t view_read(void *out, sf_count_t count, void *context)
{
    struct audio_view *v = context;
    unsigned char *p = out;
    sf_count_t done = 0, head = (sf_count_t)v->head_size;
    while (done < count && v->position < view_length(context)) {
        sf_count_t n = count - done, left = view_length(context) - v->position;
        if (v->position < head) {
            n = n < head - v->position ? n : head - v->position;
            memcpy(p + done, v->head + v->position, (size_t)n);
        } else {
            n = pread(v->fd, p + done, (size_t)(n < left ? n : left), v->at + v->position - head);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                break;
        }
        done += n;
        v->position += n;
    }
    return done;
}

static sf_count_t view_tell(void *context)
{
    return ((const struct audio_view *)context)->position;
}

SF_VIRTUAL_IO audio_view_io = {view_length, view_seek, view_read, NULL, view_tell};
