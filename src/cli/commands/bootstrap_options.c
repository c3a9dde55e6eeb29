/*
 * Options of the commands that draw speakers with replacement.
 */
#include "config.h"

#include "cli/commands/bootstrap_options.h"

#include <string.h>

#define MOST_DRAWS 1000000

enum { BOOTSTRAP_STRATA, BOOTSTRAP_SPEAKER_TABLE, BOOTSTRAP_DRAW_COUNT, BOOTSTRAP_SEED };

#define BOOTSTRAP_TABLE(strata_help, draws_help)                                                \
    {                                                                                           \
        [BOOTSTRAP_STRATA] = {"strata", 0, "COLUMN", strata_help, NULL},                        \
        [BOOTSTRAP_SPEAKER_TABLE] = {"speakers", 0, "FILE",                                     \
                                     "speaker table for files that have no columns", CLI_FILE}, \
        [BOOTSTRAP_DRAW_COUNT] = {"draws", 0, "N", draws_help, NULL},                           \
        [BOOTSTRAP_SEED] = {"seed", 0, "N", "seed of the draws (default: 0)", NULL},            \
        {NULL, 0, NULL, NULL, NULL},                                                            \
    }

static const struct cli_option bootstrap_table[] =
    BOOTSTRAP_TABLE("draw within equal values of this column, too; none: not (default: the file's)",
                    "bootstrap draws (default: 9999)");

static const struct cli_option labels_table[] = BOOTSTRAP_TABLE(
    "exchange and draw speakers of equal values only; none: freely (default: the file's)",
    "random labelings, and draws of speakers (default: 9999)");

static bool bootstrap_take(void *part, const struct cli_args *a, int opt)
{
    struct bootstrap_options *o = part;
    unsigned long n = 0;
    switch (opt) {
    case BOOTSTRAP_STRATA:
        o->strata = a->value;
        if (!a->value[0])
            cli_usage(a->command, "--strata: a column, or none");
        return a->value[0] != '\0';
    case BOOTSTRAP_SPEAKER_TABLE: o->speakers = a->value; return true;
    case BOOTSTRAP_DRAW_COUNT:
        if (!cli_unsigned(a->value, 1, MOST_DRAWS, &n)) {
            cli_usage(a->command, "--draws takes a number up to %d, not '%s'", MOST_DRAWS,
                      a->value);
            return false;
        }
        o->draws = n;
        return true;
    default:
        if (!cli_unsigned(a->value, 0, UINT32_MAX, &n)) {
            cli_usage(a->command, "--seed takes a number up to 4294967295, not '%s'", a->value);
            return false;
        }
        o->seed = n;
        return true;
    }
}

const struct cli_option_group bootstrap_option_group = {bootstrap_table, bootstrap_take};
const struct cli_option_group bootstrap_labels_group = {labels_table, bootstrap_take};

void bootstrap_note(const struct cli *cli, const struct bootstrap_design *d)
{
    struct names notes = NAMES_INIT;
    bootstrap_notes(&notes, d, ""); /* without memory there are fewer */
    for (uint32_t i = 0; i < notes.count; i++)
        cli_note(cli, "%s", notes.name[i]);
    names_free(&notes);
}
