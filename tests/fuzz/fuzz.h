/*
 * fuzz.h - what a fuzz target defines.
 *
 * With --enable-fuzzing a target becomes a libFuzzer program.  Otherwise it is linked with driver.c
 * and runs in "make check": on its seeds, on beginnings of them, and on a fixed set of mutations.
 */
#ifndef PROPNEU_FUZZ_H
#define PROPNEU_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Any bytes must end in a value or in one message.  Aborts where a promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file below the sources, or bytes. */
struct fuzz_seed {
    const char *file;
    const char *bytes;
    size_t size;
};

#define FUZZ_FILE(path) \
    {                   \
        path, NULL, 0   \
    }
#define FUZZ_BYTES(text)             \
    {                                \
        NULL, text, sizeof(text) - 1 \
    }
#define FUZZ_END      \
    {                 \
        NULL, NULL, 0 \
    }

extern const struct fuzz_seed fuzz_seeds[]; /* up to FUZZ_END */

#endif
