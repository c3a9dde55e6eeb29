/*
 * Runs a fuzz target without libFuzzer.
 *
 *     fuzz_X                 its seeds, beginnings of them, and mutations (the same each time)
 *     fuzz_X FILE...         these inputs, as they are
 *     fuzz_X --seeds FOLDER  writes the seeds there, for libFuzzer to begin with
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "formats/file.h"
#include "base/rng.h"

#define BEGINNINGS 60
#define MUTATIONS  300
#define WRITES     4 /* at most so many in a mutation */

/* The target sees a copy of its own, so that a sanitizer notices a byte read behind the end. */
static void run(const unsigned char *data, size_t size)
{
    unsigned char *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/* Headers stand in the beginning, directories at the end: most changes are made there. */
static size_t place(struct rng *rng, size_t size)
{
    size_t near = size < 4096 ? size : 4096;
    switch (rng_below(rng, 3)) {
    case 0: return rng_below(rng, near);
    case 1: return size - 1 - rng_below(rng, near);
    default: return rng_below(rng, size);
    }
}

static void mutate(const unsigned char *data, size_t size, struct rng *rng)
{
    static const unsigned char favourites[] = {0, 1, 0x7f, 0x80, 0xff, '0', '9', '-', '{', '('};
    unsigned char *copy = malloc(size + 1);
    if (!copy)
        abort();
    memcpy(copy, data, size);
    for (uint64_t n = 1 + rng_below(rng, WRITES); n > 0; n--) {
        size_t at = place(rng, size);
        if (rng_below(rng, 4) == 0) {
            size_t from = place(rng, size), last = at > from ? at : from;
            memmove(copy + at, copy + from, rng_below(rng, size - last) % 16);
        } else if (rng_below(rng, 2)) {
            copy[at] = favourites[rng_below(rng, sizeof favourites)];
        } else {
            copy[at] = (unsigned char)rng_next(rng);
        }
    }
    run(copy, size);
    free(copy);
}

static void explore(const unsigned char *data, size_t size)
{
    struct rng rng = rng_seed(size);
    run(data, size);
    for (size_t i = 0; i < BEGINNINGS; i++)
        run(data, size * i / BEGINNINGS);
    for (int i = 0; size && i < MUTATIONS; i++)
        mutate(data, size, &rng);
}

/* Opens the seed's file where it has one; bytes in *DATA, *SIZE. */
static void open_seed(const struct fuzz_seed *seed, struct mapped *file, const unsigned char **data,
                      size_t *size)
{
    const char *srcdir = getenv("srcdir");
    char path[1024];
    struct err err;
    *file = (struct mapped){(const unsigned char *)seed->bytes, seed->size};
    if (seed->file) {
        snprintf(path, sizeof path, "%s/%s", srcdir ? srcdir : ".", seed->file);
        if (mapped_open(file, path, &err)) {
            fprintf(stderr, "%s\n", err.msg);
            exit(1);
        }
    }
    *data = file->data;
    *size = file->size;
}

static void write_seed(const char *folder, size_t number, const unsigned char *data, size_t size)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/seed%zu", folder, number);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) {
        perror(path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    const char *folder = argc == 3 && strcmp(argv[1], "--seeds") == 0 ? argv[2] : NULL;
    for (int i = 1; i < argc && !folder; i++) {
        struct mapped file;
        struct err err;
        if (mapped_open(&file, argv[i], &err)) {
            fprintf(stderr, "%s\n", err.msg);
            return 1;
        }
        run(file.data, file.size);
        mapped_close(&file);
    }
    for (size_t i = 0; (argc == 1 || folder) && (fuzz_seeds[i].file || fuzz_seeds[i].bytes); i++) {
        struct mapped file;
        const unsigned char *data;
        size_t size;
        open_seed(&fuzz_seeds[i], &file, &data, &size);
        if (folder)
            write_seed(folder, i, data, size);
        else
            explore(data, size);
        if (fuzz_seeds[i].file)
            mapped_close(&file);
    }
    return 0;
}
