/*
 * The names that files of recordings, models and labels have.
 */
#include "config.h"

#include "formats/filenames.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "formats/labels/label_format.h"

const char *const filename_recordings[] = {
    ".flac", ".wav", ".wave", ".ogg", ".oga",  ".opus", ".mp3", ".aif",  ".aiff",
    ".aifc", ".au",  ".snd",  ".sph", ".nist", ".caf",  ".w64", ".rf64", NULL,
};

const char *const filename_pitch[] = {".tsv", ".csv", ".txt", ".f0", NULL};

/* Files in folders of models; results of propneu are .json and .safetensors, too. */
static const char *const model_files[] = {
    "config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "feature_extractor_config.json",
    "tokenizer_config.json",
    "vocab.json",
    "manifest.json",
    "*.index.json",
    "model*.safetensors",
    "*.pt",
    "*.pth",
    "pytorch_model*.bin",
    "*.ckpt",
    "*.npy",
    NULL,
};

bool filename_ends_in(const char *path, const char *const *suffix)
{
    size_t n = strlen(path);
    for (; *suffix; suffix++) {
        size_t k = strlen(*suffix);
        if (n > k && strcasecmp(path + n - k, *suffix) == 0)
            return true;
    }
    return false;
}

static bool filename_is_model(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (const char *const *m = model_files; *m; m++)
        if (fnmatch(*m, name, FNM_CASEFOLD) == 0)
            return true;
    return false;
}

/* Bytes of NAME [n] before one of SUFFIX; N if it ends in none. */
static size_t filename_before(const char *name, size_t n, const char *const *suffix)
{
    for (; *suffix; suffix++) {
        size_t k = strlen(*suffix);
        if (n > k && strncasecmp(name + n - k, *suffix, k) == 0)
            return n - k;
    }
    return n;
}

size_t filename_stem(const char *name)
{
    size_t all = strlen(name), n = all, before;
    do {
        before = n;
        n = filename_before(name, n, filename_recordings);
        n = filename_before(name, n, filename_pitch);
        for (size_t i = 0; label_formats[i]; i++)
            n = filename_before(name, n, label_formats[i]->suffix);
    } while (n < before);
    const char *dot = n == all ? strrchr(name, '.') : NULL;
    return dot && dot > name ? (size_t)(dot - name) : n;
}

bool filename_is_input(const char *path)
{
    const struct label_format *labels = label_format_of(path);
    return filename_ends_in(path, filename_recordings) || filename_is_model(path) ||
           (labels && !labels->results && !labels->unusable);
}
