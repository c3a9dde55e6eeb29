/*
 * propneu: finds, compares and causally tests the property neurons of speech Transformers.
 */
#include "config.h"

#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jansson.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "formats/file.h"
#include "formats/tempnames.h"
#include "model/kernels/kernels.h"

#define COMMAND_ROW(name) &command_##name,
const struct cli_command *const cli_commands[] = {COMMANDS(COMMAND_ROW) NULL};
#undef COMMAND_ROW

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; cli_commands[i]; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

/* jansson leaves out of an object what it has no memory for. */
static void *json_memory(size_t bytes)
{
    void *p = malloc(bytes);
    if (!p)
        err_note_lack();
    return p;
}

static int print_version(void)
{
    struct cli_out out;
    struct cli cli = {0};
    struct err err;
    cli_out_open(&cli, &out, &err);
    printf("propneu %s\n%s\nkernels %s (PROPNEU_KERNELS=", PACKAGE_VERSION, PROPNEU_FEATURES,
           kernels_get()->name);
    const struct kernels *all[KERNELS_BUILDS + 1];
    kernels_list(all);
    for (size_t i = 0; all[i]; i++)
        printf("%s%s", i ? "|" : "", all[i]->name);
    printf(")\n");
    return cli_out_close(&out);
}

static int print_help(void)
{
    struct cli_out out;
    struct cli cli = {0};
    struct err err;
    cli_out_open(&cli, &out, &err);
    cli_print_help(NULL, stdout);
    return cli_out_close(&out);
}

/* Letters to change, add or drop to make A of B: what a slip of the fingers costs. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[32], n = strlen(b);
    if (n >= 32)
        return n;
    for (size_t k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0]++;
        for (size_t k = 0; k < n; k++) {
            size_t change = diagonal + (a[i] != b[k]);
            diagonal = row[k + 1];
            size_t other = (row[k] < row[k + 1] ? row[k] : row[k + 1]) + 1;
            row[k + 1] = change < other ? change : other;
        }
    }
    return row[n];
}

/* Suggests the nearest command within two letters. */
static int unknown_command(const char *word)
{
    const char *near = NULL;
    size_t least = 3;
    for (size_t i = 0; cli_commands[i]; i++) {
        size_t d = edit_distance(word, cli_commands[i]->name);
        if (d < least) {
            least = d;
            near = cli_commands[i]->name;
        }
    }
    if (near)
        return cli_usage(NULL, "no command and no file '%s'; did you mean '%s'?", word, near);
    return cli_usage(NULL, "no command and no file '%s'", word);
}

/* Writes to stderr in a signal handler, where stdio is not allowed. */
static void main_tell(const char *words)
{
    if (write(STDERR_FILENO, words, strlen(words)) < 0)
        return;
}

/*
 * A mapped file that somebody cut short, or that the disk refuses, faults where it is read.  No
 * reader can go on from there; what has a temporary name goes, and outputs have no other yet.
 */
static void on_bus_error(int number, siginfo_t *info, void *context)
{
    static bool told;
    const char *path = info->si_code > 0 ? mapped_path(info->si_addr) : NULL;
    (void)context;
    if (path) {
        /* Threads that read the same file fault together: one of them says it. */
        while (__atomic_test_and_set(&told, __ATOMIC_SEQ_CST))
            pause();
        tempnames_remove();
        main_tell("propneu: ");
        main_tell(path);
        main_tell(": was truncated or became unreadable while in use\n");
        _exit(CLI_FAILED);
    }
    signal(number, SIG_DFL);
    if (info->si_code <= 0)
        raise(number);
}

/* Under a limit of address space malloc's arenas, 64 MB of it for each thread, would take what is
 * needed for more than that. */
static void save_address_space(void)
{
#ifdef M_ARENA_MAX
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur < (rlim_t)2 << 30)
        mallopt(M_ARENA_MAX, 1);
#endif
}

/* What faults of files become; for on_bus_error the explorer's crash handler replaces it while the
 * terminal is taken. */
static void watch_files(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
    /* "File too large", as any other fault of writing, and not an end on the spot. */
    signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct cli cli = {.threads = cores > 0 && cores <= 1024 ? (unsigned)cores : 1};
    /* Only the character type: a decimal comma would break every number read or written. */
    setlocale(LC_CTYPE, "");
    watch_files();
    save_address_space();
    json_set_alloc_funcs(json_memory, free);
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return print_version();
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return print_help();
    const struct cli_command *command = argc > 1 ? find_command(argv[1]) : NULL;
    if (command)
        return cli_finish(&cli, command->run(&cli, argc - 1, argv + 1));
    /* Files and options alone are for the explorer. */
    if (argc > 1 && argv[1][0] != '-' && access(argv[1], F_OK) != 0)
        return unknown_command(argv[1]);
    argv[0] = (char *)(uintptr_t)command_explore.name;
    return cli_finish(&cli, command_explore.run(&cli, argc, argv));
}
