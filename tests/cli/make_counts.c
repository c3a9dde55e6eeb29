/*
 * make_counts FILE: writes the count file that the unit tests of the analysis have in memory, for
 * the scripts that test the commands.  Without FILE a test: what is written can be read.
 *
 * make_counts FILE FROM: writes the counts of FROM with names that no terminal should get.
 */
#include "config.h"

#include <string.h>
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

/* NAME with all that is not printable, and an end of the line. */
static void spoil_name(struct counts *c, char **name)
{
    char text[300];
    snprintf(
        text, sizeof text,
        "%.40s\033[31m\a\025\r\177\302\233\342\200\256\342\201\246\342\200\250\342\200\213\t\nEVIL",
        *name ? *name : "");
    *name = counts_text(c, text);
}

/* But for phones all but one, as they would be none then. */
static void spoil_names(struct counts *c)
{
    for (uint32_t f = 0; f < c->factors; f++)
        for (uint32_t i = 0; i < c->factor[f].levels; i++)
            if (strcmp(c->factor[f].name, "phone") != 0 || strcmp(c->factor[f].level[i], "AH") == 0)
                spoil_name(c, &c->factor[f].level[i]);
    for (uint32_t k = 0; k < c->columns; k++)
        for (uint32_t i = 0; i < c->factor[counts_find_factor(c, "speaker")].levels; i++)
            spoil_name(c, &c->column[k].value[i]);
    spoil_name(c, &c->model);
    spoil_name(c, &c->command);
}

static int write_spoilt(const char *path, const char *from, struct err *err)
{
    struct counts c;
    enum status code = counts_open(&c, from, err);
    if (code)
        return code;
    spoil_names(&c);
    code = counts_write(&c, path, err);
    counts_free(&c);
    return code;
}

int main(int argc, char **argv)
{
    char temporary[64];
    struct counts back = {0};
    struct err err = {STATUS_OK, ""};
    snprintf(temporary, sizeof temporary, "make_counts-%ld.tmp", (long)getpid());
    enum status code = argc > 2 ? write_spoilt(argv[1], argv[2], &err)
                                : write_toy(argc > 1 ? argv[1] : temporary, &err);
    if (!code && argc <= 1)
        code = counts_open(&back, temporary, &err);
    counts_free(&back);
    if (argc <= 1)
        unlink(temporary);
    if (code)
        fprintf(stderr, "%s\n", err.msg);
    return code != STATUS_OK;
}
