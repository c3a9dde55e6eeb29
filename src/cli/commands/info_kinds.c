/*
 * Recognising what kind of file info was given: by its first bytes, and for plain text by what its
 * lines look like, the most particular kind first.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cli/commands/info.h"
#include "corpus/audio.h"
#include "corpus/recordings.h"
#include "formats/filenames.h"
#include "formats/folder.h"
#include "formats/jsontext.h"
#include "formats/foreign.h"
#include "formats/rows.h"
#include "formats/tensors/checkpoint.h"

static bool info_kinds_begins(const struct info_file *f, const void *bytes, size_t n)
{
    return f->size >= n && memcmp(f->bytes, bytes, n) == 0;
}

static bool is_npy(const struct info_file *f)
{
    return info_kinds_begins(f, "\x93NUMPY", 6);
}

/* A torch checkpoint is a zip archive; the second form is an empty one. */
static bool is_zip(const struct info_file *f)
{
    return info_kinds_begins(f, "PK\3\4", 4) || info_kinds_begins(f, "PK\5\6", 4);
}

/* PROTO of version 2 and up, or what the older torch.save begins with. */
static bool is_pickle(const struct info_file *f)
{
    return f->size > 2 && f->bytes[0] == 0x80 && f->bytes[1] >= 2 && f->bytes[1] <= 5;
}

/* Eight bytes of length and a JSON object; the upper bytes of a length are 0 in any real file. */
static bool is_safetensors(const struct info_file *f)
{
    return f->size > 8 && f->bytes[8] == '{' && memcmp(f->bytes + 5, "\0\0\0", 3) == 0;
}

/* A file of ours is a safetensors file that names its FORMAT in the metadata at its start. */
static bool is_format(const struct info_file *f, const char *format)
{
    return is_safetensors(f) &&
           memmem(f->bytes + 8, f->size - 8 < 65536 ? f->size - 8 : 65536, format, strlen(format));
}

static bool is_counts(const struct info_file *f)
{
    return is_format(f, "propneu-counts");
}

static bool is_tokens(const struct info_file *f)
{
    return is_format(f, "\"propneu-tokens\"");
}

/* In the first line, in whatever encoding Praat wrote: UTF-32 at most. */
static bool is_textgrid(const struct info_file *f)
{
    char head[200];
    size_t n = 0;
    for (size_t i = 0; i < f->size && i < 4 * sizeof head && n < sizeof head - 1; i++)
        if (f->bytes[i] && f->bytes[i] < 0x80)
            head[n++] = (char)f->bytes[i];
    head[n] = '\0';
    return strstr(head, "ooTextFile") || strstr(head, "Praat chronological TextGrid");
}

/* The first byte that is no blank, after a byte order mark. */
static int first_byte(const struct info_file *f)
{
    size_t i = info_kinds_begins(f, "\xef\xbb\xbf", 3) ? 3 : 0;
    while (i < f->size && f->bytes[i] && strchr(" \t\r\n", f->bytes[i]))
        i++;
    return i < f->size ? f->bytes[i] : -1;
}

/* Which kind of JSON it is only its values show (info_json). */
static bool is_json(const struct info_file *f)
{
    return first_byte(f) == '{';
}

/* The first bytes of the formats that libsndfile reads. */
static bool is_audio(const struct info_file *f)
{
    static const char *const magic[] = {"fLaC", "RIFF", "OggS", "FORM", "RF64", ".snd", "ID3"};
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
        if (info_kinds_begins(f, magic[i], strlen(magic[i])))
            return true;
    return info_kinds_begins(f, "NIST_1A", 7);
}

/* True if TEST holds for the fields of each of the first lines but comments, which begin with '#';
 * HEADER: the first one may be something else. */
static bool lines_are(const struct info_file *f, bool header,
                      bool (*test)(const struct span *field, size_t n))
{
    struct rows rows;
    struct span line, field[5];
    size_t seen = 0;
    bool are = rows_begin(&rows, f->bytes, f->size, f->path, NULL) == STATUS_OK;
    while (are && seen < 50 && rows_next(&rows, &line)) {
        line = span_trim(line);
        if (!line.n || *line.s == '#')
            continue;
        are = test(field, span_split(line, span_divider(line), field, 5)) || (header && !seen);
        seen++;
    }
    return rows_end(&rows, STATUS_OK, NULL) == STATUS_OK && are && seen > header;
}

/* True for digits alone: no sign, no point. */
static bool whole_number(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.s[i] < '0' || s.s[i] > '9')
            return false;
    return s.n > 0;
}

/* A line of a list of neurons: "layer neuron". */
static bool layer_and_neuron(const struct span *field, size_t n)
{
    return n == 2 && whole_number(field[0]) && whole_number(field[1]);
}

static bool is_neurons(const struct info_file *f)
{
    return lines_are(f, false, layer_and_neuron);
}

static bool is_word(struct span s, const char *const *words)
{
    while (*words && !span_is(s, *words))
        words++;
    return *words != NULL;
}

/* A line of a phone table; the second field must be a known class. */
static bool phone_and_class(const struct span *field, size_t n)
{
    static const char *const classes[] = {"vowel",   "voiced", "unvoiced",  "voiceless",
                                          "silence", "noise",  "consonant", NULL};
    return (n == 2 || n == 3) && is_word(field[1], classes);
}

static bool is_phones(const struct info_file *f)
{
    return lines_are(f, false, phone_and_class);
}

/* "[utterance] time f0 [confidence]": labels have text in the end. */
static bool time_and_f0(const struct span *field, size_t n)
{
    double number;
    bool undefined = n == 2 && span_is(field[1], "--undefined--");
    for (size_t i = 1; i < n && !undefined; i++)
        if (!span_number(field[i], &number))
            return n == 3 && i == 2 && span_is(field[2], "--undefined--");
    return undefined || (n >= 2 && n <= 4);
}

/* May have a header; the 50 first lines decide. */
static bool is_pitch(const struct info_file *f)
{
    return lines_are(f, true, time_and_f0);
}

/* In the first line that is no remark the heading of a column of genders, or "speaker gender". */
static bool is_speakers(const struct info_file *f)
{
    static const char *const headings[] = {"gender", "sex", NULL};
    static const char *const genders[] = {"m", "f", "male", "female", NULL};
    struct rows rows;
    struct span line, field[16];
    bool are = false, sure = rows_begin(&rows, f->bytes, f->size, f->path, NULL) != STATUS_OK;
    while (!sure && rows_next(&rows, &line)) {
        char divider = line.n && memchr(line.s, '|', line.n) ? '|' : span_divider(line);
        size_t n = span_split(line, divider, field, 16);
        if (!n || *line.s == ';')
            continue;
        for (size_t i = 0; i < n; i++)
            are |= is_word(field[i], headings);
        /* "0.35 m" is a time and a phone */
        are |= n >= 2 && is_word(field[1], genders) && !memchr(field[0].s, '.', field[0].n);
        sure = true;
    }
    return rows_end(&rows, STATUS_OK, NULL) == STATUS_OK && are;
}

static enum status read_audio(json_t *out, const struct info_file *f, struct err *err)
{
    double seconds;
    enum status code = audio_seconds(&seconds, f->path, err);
    if (!code)
        json_object_set_new(out, "seconds", jsontext_real(seconds));
    return code;
}

/* The last resort: plain-text labels, which are known by the name of the file alone. */
static enum status read_other(json_t *out, const struct info_file *f, struct err *err)
{
    enum status code = info_labels(out, f->path, err);
    if (code == STATUS_UNSUPPORTED || code == STATUS_USAGE)
        return foreign_refuse(f->path, f->bytes, f->size, "a kind of file that propneu reads", err);
    return code;
}

const struct info_kind info_kinds[] = {
    {"array", is_npy, info_npy},
    {"checkpoint", is_zip, info_model},
    {"pickle", is_pickle, info_pickle},
    {"tokens of activation counts", is_tokens, info_tokens},
    {"activation counts", is_counts, info_counts},
    {"tensors", is_safetensors, info_safetensors},
    {"TextGrid", is_textgrid, info_textgrid},
    {"recording", is_audio, read_audio},
    {"experiment", info_is_experiment, info_experiment},
    {"JSON", is_json, info_json},
    {"list of neurons", is_neurons, info_neurons},
    {"phone table", is_phones, info_phones},
    {"speakers", is_speakers, info_speakers},
    {"pitch", is_pitch, info_pitch},
    {"labels", NULL, read_other},
};

static bool info_kinds_holds(const char *folder, const char *const *suffix)
{
    struct folder_files found;
    struct err err;
    if (folder_find(&found, folder, suffix, &err))
        return false;
    bool any = found.count > 0;
    folder_files_free(&found);
    return any;
}

/* Number and total length of the recordings, from their headers. */
static enum status info_kinds_recordings(json_t *out, const char *path, struct err *err)
{
    struct recordings c;
    double total = 0, seconds;
    enum status code = recordings_open(&c, path, err);
    if (code)
        return code;
    for (size_t i = 0; i < c.count && !code; i++)
        if (!(code = audio_seconds(&seconds, c.recording[i].path, err)))
            total += seconds;
    if (!code) {
        json_object_set_new(out, "recordings", json_integer((json_int_t)c.count));
        json_object_set_new(out, "seconds", jsontext_real(total));
    }
    recordings_free(&c);
    return code;
}

/* A model's folder is known by its configuration. Otherwise labels are tried before recordings,
 * since corpora often hold both. */
enum status info_folder(json_t *out, const char **kind, const struct info_file *f, struct err *err)
{
    const char *path = f->path;
    if (checkpoint_is_folder(path)) {
        *kind = "model";
        return info_model(out, f, err);
    }
    enum status code = info_labels(out, path, err);
    *kind = "labels";
    if (code == STATUS_NOTFOUND && info_kinds_holds(path, filename_recordings)) {
        *kind = "recordings";
        return info_kinds_recordings(out, path, err);
    }
    if (code == STATUS_NOTFOUND)
        err_set(err, code, "%s: neither a model nor labels nor recordings in this folder", path);
    return code;
}
