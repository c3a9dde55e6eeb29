/*
 * make_counts FILE: writes the count file that the unit tests of the analysis have in memory, for
 * the scripts that test the commands.  Without FILE a test: what is written can be read.
 */
#include "config.h"

#include <unistd.h>

#include "../unit/toy_counts.h"

static int write_toy(const char *path, struct err *err)
{
    struct counts c;
    toy_counts(&c, 7);
    c.family = counts_text(&c, "melhubert");
    c.created_by = counts_text(&c, "make_counts");
    c.command = counts_text(&c, "make_counts");
    c.pitch_edges_hz = counts_text(&c, "100,200");
    enum status code = counts_write(&c, path, err);
    counts_free(&c);
    return code;
}

int main(int argc, char **argv)
{
    char temporary[64];
    struct counts back = {0};
    struct err err = {STATUS_OK, ""};
    snprintf(temporary, sizeof temporary, "make_counts-%ld.tmp", (long)getpid());
    enum status code = write_toy(argc > 1 ? argv[1] : temporary, &err);
    if (!code && argc <= 1)
        code = counts_open(&back, temporary, &err);
    counts_free(&back);
    if (argc <= 1)
        unlink(temporary);
    if (code)
        fprintf(stderr, "%s\n", err.msg);
    return code != STATUS_OK;
}
