/*
 * golden.h - screens held to files in tests/data/golden; UPDATE_GOLDEN=1 writes these instead.
 */
#ifndef PROPNEU_GOLDEN_H
#define PROPNEU_GOLDEN_H

#include "formats/file.h"
#include "unit.h"

/* TEXT must be the file of that NAME. */
static inline void golden_compare(const char *name, const char *text)
{
    char path[600];
    struct err err;
    struct mapped m;
    const char *update = getenv("UPDATE_GOLDEN");
    snprintf(path, sizeof path, "%s/%s.txt", source_path("tests/data/golden"), name);
    if (update && *update) {
        struct outfile f;
        assert_ok(outfile_open(&f, path, &err));
        fputs(text, f.stream);
        assert_ok(outfile_commit(&f, &err));
        return;
    }
    if (mapped_open(&m, path, &err))
        fail_msg("%s: UPDATE_GOLDEN=1 writes it; to be looked at before it is kept", err.msg);
    if (m.size != strlen(text) || memcmp(m.data, text, m.size) != 0)
        fail_msg("%s differs; it is now:\n%s", path, text);
    mapped_close(&m);
}

#endif
