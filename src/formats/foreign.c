/*
 * Files recognised by their first bytes, only to be refused by name: a download that is not the
 * file, or another program's format.  The magic numbers are those of the formats' specifications.
 */
#include "config.h"

#include "formats/foreign.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* How much of a text is looked at. */
#define HEAD 512
/* How much of its first line is shown. */
#define SHOWN 60

struct foreign {
    size_t at;
    const char *magic;
    size_t size;
    const char *what;
};

#define MAGIC(at, bytes, what)             \
    {                                      \
        at, bytes, sizeof(bytes) - 1, what \
    }

static const struct foreign formats[] = {
    MAGIC(0, "GGUF", "a GGUF file (llama.cpp and relatives)"),
    MAGIC(0, "lmgg", "a GGML file (whisper.cpp and relatives)"),
    MAGIC(0, "\x89HDF\r\n\x1a\n", "an HDF5 file (TensorFlow and Keras)"),
    MAGIC(4, "TFL3", "a TensorFlow Lite file"),
    MAGIC(0, "\x08\x01\x12", "a TensorFlow SavedModel"),
    MAGIC(0, "\x1f\x8b", "a gzip file, to be unpacked first"),
    MAGIC(0, "BZh", "a bzip2 file, to be unpacked first"),
    MAGIC(0,
          "\xfd"
          "7zXZ",
          "an xz file, to be unpacked first"),
    MAGIC(0, "\x28\xb5\x2f\xfd", "a zstd file, to be unpacked first"),
    MAGIC(0, "7z\xbc\xaf\x27\x1c", "a 7z archive, to be unpacked first"),
    MAGIC(0, "Rar!", "a RAR archive, to be unpacked first"),
    MAGIC(257, "ustar", "a tar archive (.nemo files are such), to be unpacked first"),
    MAGIC(0, "PK\3\4", "a zip archive"),
    MAGIC(0, "PK\5\6", "an empty zip archive"),
    MAGIC(0, "PAR1", "a Parquet table"),
    MAGIC(0, "ARROW1", "an Arrow table"),
    MAGIC(0, "\x93NUMPY", "a NumPy array"),
    MAGIC(0, "%PDF", "a PDF document"),
    MAGIC(0, "RIFF", "a recording or video (RIFF)"),
    MAGIC(0, "fLaC", "a FLAC recording"),
    MAGIC(0, "OggS", "an Ogg recording"),
    MAGIC(0, "ID3", "an MP3 recording"),
    MAGIC(0, "\xef\xbb\xbf", "a text file"),
    MAGIC(0, "\xff\xfe", "a text file"),
    MAGIC(0, "<?xml", "an XML file"),
};

static bool foreign_begins(const char *p, size_t n, const char *magic, size_t size)
{
    return n >= size && memcmp(p, magic, size) == 0;
}

/* True if the text at P, after blanks and a byte order mark, begins with WORD in any case. */
static bool foreign_begins_text(const char *p, size_t n, const char *word)
{
    if (foreign_begins(p, n, "\xef\xbb\xbf", 3)) {
        p += 3;
        n -= 3;
    }
    while (n && strchr(" \t\r\n", *p) && *p) {
        p++;
        n--;
    }
    return n >= strlen(word) && strncasecmp(p, word, strlen(word)) == 0;
}

enum status foreign_check_stand_in(const char *path, const void *bytes, size_t size,
                                   struct err *err)
{
    static const struct {
        const char *begin, *what;
    } stand_ins[] = {
        {"version https://git-lfs.github.com/spec/",
         "a Git LFS pointer, not the file: run git lfs pull"},
        {"version https://hawser.github.com/spec/",
         "a Git LFS pointer, not the file: run git lfs pull"},
        {"# xet version", "a Xet pointer, not the file: run git xet checkout"},
        {"/annex/objects/", "a git-annex pointer, not the file: run git annex get"},
        {"<!doctype html", "an HTML page, not the file: fetch it again, perhaps logged in"},
        {"<html", "an HTML page, not the file: fetch it again, perhaps logged in"},
    };
    for (size_t i = 0; size && i < sizeof stand_ins / sizeof *stand_ins; i++)
        if (foreign_begins_text(bytes, size < HEAD ? size : HEAD, stand_ins[i].begin))
            return err_set(err, STATUS_FORMAT, "%s: %s", path, stand_ins[i].what);
    return STATUS_OK;
}

/* ONNX is a protocol buffer: ir_version in field 1, then most often the producer's name in 2. */
static bool foreign_is_onnx(const char *p, size_t n)
{
    return n > 4 && p[0] == 0x08 && p[1] >= 3 && p[1] < 32 && p[2] == 0x12 && p[3] > 0 &&
           p[3] < 64 && (p[4] >= 'A' && p[4] <= 'z');
}

/* MessagePack, as Flax writes it: a small map whose first key is a short text. */
static bool foreign_is_msgpack(const char *p, size_t n)
{
    unsigned char map = n > 3 ? (unsigned char)p[0] : 0, key = n > 3 ? (unsigned char)p[1] : 0;
    return map > 0x80 && map < 0x90 && (key & 0xe0) == 0xa0;
}

/* The first line, if these bytes are a text of ASCII. */
static bool foreign_is_text(const char *p, size_t n, char line[SHOWN + 1])
{
    size_t k = 0;
    bool first = true;
    n = n < HEAD ? n : HEAD;
    for (size_t i = 0; i < n; i++) {
        if ((p[i] < ' ' && !strchr("\t\r\n", p[i])) || p[i] == '\0' || p[i] == 0x7f)
            return false;
        first = first && p[i] != '\n' && p[i] != '\r';
        if (first && k < SHOWN)
            line[k++] = p[i];
    }
    line[k] = '\0';
    return n > 0;
}

enum status foreign_refuse(const char *path, const void *bytes, size_t size, const char *wanted,
                           struct err *err)
{
    char line[SHOWN + 1];
    const char *what = NULL, *p = bytes;
    if (size == 0)
        return err_set(err, STATUS_FORMAT, "%s: empty file, not %s", path, wanted);
    for (size_t i = 0; !what && i < sizeof formats / sizeof *formats; i++) {
        const struct foreign *f = &formats[i];
        if (size > f->at && foreign_begins(p + f->at, size - f->at, f->magic, f->size))
            what = f->what;
    }
    if (!what && foreign_is_onnx(p, size))
        what = "an ONNX model";
    if (!what && foreign_is_msgpack(p, size))
        what = "a MessagePack file (Flax)";
    if (what)
        return err_set(err, STATUS_FORMAT, "%s: %s, not %s", path, what, wanted);
    if (foreign_is_text(p, size, line))
        return err_set(err, STATUS_FORMAT, "%s: a text file (\"%s\"), not %s", path, line, wanted);
    return err_set(err, STATUS_FORMAT, "%s: not %s", path, wanted);
}
