#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

/* Names of files in folders of models, recordings and labels; propneu's results have others, and
 * may well lie in the folders they were made of. */
static bool is_data_name(const char *path)
{
    static const char *const data[] = {"config.json",
                                       "preprocessor_config.json",
                                       "vocab.json",
                                       "manifest.json",
                                       "*.index.json",
                                       "model*.safetensors",
                                       "pytorch_model*.bin",
                                       "*.pt",
                                       "*.pth",
                                       "*.ckpt",
                                       "*.npy",
                                       "*.flac",
                                       "*.wav",
                                       "*.ogg",
                                       "*.opus",
                                       "*.mp3",
                                       "*.aif",
                                       "*.aiff",
                                       "*.au",
                                       "*.sph",
                                       "*.textgrid",
                                       "*.ctm",
                                       "*.phn",
                                       "*.lab",
                                       "*.mlf"};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        if (fnmatch(data[i], name, FNM_CASEFOLD) == 0)
            return true;
    return false;
}

/* Whether PATH, links resolved, is data in FOLDER or below it. */
static bool is_data_of(const char *path, const char *folder)
{
    char *file = realpath(path, NULL), *top = realpath(folder, NULL);
    size_t n = top ? strlen(top) : 0;
    bool found = file && top && strncmp(file, top, n) == 0 && (n == 1 || file[n] == '/') &&
                 is_data_name(file);
    free(file);
    free(top);
    return found;
}

bool cli_replaces(const char *output, const char *in)
{
    struct stat from, to;
    if (stat(output, &to) != 0 || !S_ISREG(to.st_mode) || stat(in, &from) != 0)
        return false;
    if (S_ISDIR(from.st_mode))
        return is_data_of(output, in);
    return S_ISREG(from.st_mode) && from.st_dev == to.st_dev && from.st_ino == to.st_ino;
}
