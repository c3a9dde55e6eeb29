/*
 * propneu demo: the explorer on the bundled data with the guided tour.
 */
#include "config.h"

#include <limits.h>

#include "cli/explore.h"
#include "formats/datadir.h"

enum { OPT_AUTO, OPT_STEP, OPT_SHOW_KEYS, OPT_DUMP, OPT_ASCII, OPT_COLOR };

static const struct cli_option options[] = {
    {"auto", 0, "[=SECONDS]", "advance without waiting for keys (default: each step's own time)",
     NULL},
    {"step", 0, "N", "start at this step", NULL},
    {"show-keys", 0, NULL, "show pressed keys in a corner of the screen", NULL},
    {"dump", 0, "[=COLSxROWS]", "print all steps and exit (default: 80x24)", NULL},
    {"ascii", 0, NULL, "draw with ASCII characters only", NULL},
    {"color", 0, "WHEN", "auto (not if NO_COLOR is set), always or never (default: auto)",
     "auto|always|never"},
    {NULL, 0, NULL, NULL, NULL},
};

static int demo_take_option(struct explore *e, int opt, const char *value)
{
    switch (opt) {
    case OPT_AUTO: return explore_auto(e, value);
    case OPT_STEP: return explore_step(e, value);
    case OPT_SHOW_KEYS: e->play.show_keys = true; break;
    case OPT_ASCII: e->app.ascii = true; break;
    case OPT_COLOR: return explore_color(e, value);
    default: return explore_dump(e, value);
    }
    return CLI_END;
}

/* The command: the explorer on the bundled counts, which plays the bundled script. */
static int demo_run(struct cli *cli, int argc, char **argv)
{
    struct explore e;
    struct cli_args a;
    char script[PATH_MAX];
    int opt, code;
    explore_begin(&e, &command_demo);
    cli_args_init(&a, cli, &command_demo, argc, argv);
    while ((opt = cli_next(&a)) >= 0)
        if ((code = demo_take_option(&e, opt, a.value)) != CLI_END)
            return code;
    if (opt != CLI_END)
        return opt == CLI_HELP ? CLI_DONE : CLI_USAGE;
    if (a.first < argc)
        return cli_usage(&command_demo,
                         "the tour is of the bundled data; your own: explore FILE --demo SCRIPT");
    snprintf(script, sizeof script, "%s/demo/tour.txt", datadir());
    e.script = script;
    code = explore_run(cli, &e, NULL, 0);
    link_free(&e.link);
    return code;
}

const struct cli_command command_demo = {
    .name = "demo",
    .summary = "A guided tour of the bundled data",
    .synopsis = "[OPTION...]",
    .details =
        "Space is the next step, Backspace the previous one, 'a' plays automatically, Esc ends\n"
        "the tour and continues in the explorer at the same place, 'q' quits.  If standard output\n"
        "is not a terminal, and with --dump, all steps are printed as text.\n",
    .examples = "  propneu demo\n"
                "  propneu demo --auto=10 --show-keys\n"
                "  propneu demo --dump > tour.txt\n",
    .options = options,
    .run = demo_run,
};
