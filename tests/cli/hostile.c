/*
 * Feeds broken files to the commands, as users would have them: a good file of each format is
 * damaged in many ways, and each run must end by itself, soon, in little memory, with exit status
 * 0 and nothing to complain of, or 1 and one line on stderr; and where it fails, without output.
 *
 *     hostile [FORMAT]       HOSTILE_VARIANTS=N damages each file in N ways (default 50, or 25 with
 * sanitizers), HOSTILE_ONE=V only in way V, and keeps the file
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"

/* Sanitizers slow programs down and keep freed memory: fewer ways, and no limit on memory. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define MAX_SECONDS      (SANITIZED ? 20 : 1) /* of processor time */
#define MAX_KILOBYTES    (200 * 1024)
#define DEFAULT_VARIANTS (SANITIZED ? 25 : 50)
#define MAX_FAILURES     3 /* of one format */
#define MAX_WORDS        24

/*
 * One format.  SEED and the words of COMMANDS are paths and arguments in which a leading % is
 * replaced: %s/ the sources, %b the broken file, %d the folder it lies in, %o an output.
 */
struct format {
    const char *name;
    const char *seed;
    const char *as;     /* name of the broken file */
    const char *beside; /* a good file it needs beside itself, or NULL */
    const char *commands[5];
};

#define MODEL  "%s/tests/data/models/g_melhubert_20ms"
#define WAVLM  "%s/tests/data/models/e_wavlm_base/hf"
#define COUNTS "%s/tests/data/counting/g_melhubert_20ms"
#define MEAN   "--mean-std %s/tests/data/info/mean-std.npy "
#define LISTS                                  \
    "-l " COUNTS "/framewise-phone-20ms.json " \
    "--label-table %s/tests/data/info/label-merge.json "
#define AUDIO "-a %s/tests/data/audio "
#define COUNT "count -q -j 1 -o %o " AUDIO

static const struct format formats[] = {
    {"safetensors",
     MODEL "/hf/model.safetensors",
     "model.safetensors",
     MODEL "/hf/config.json",
     {"info %b", "info %d", COUNT LISTS MEAN "-m %d"}},
    {"config",
     MODEL "/hf/config.json",
     "config.json",
     MODEL "/hf/model.safetensors",
     {"info %d", COUNT LISTS MEAN "-m %d"}},
    {"checkpoint", MODEL "/native.pt", "broken.ckpt", NULL, {"info %b", COUNT LISTS MEAN "-m %b"}},
    {"fairseq",
     "%s/tests/data/models/a_hubert_base/fairseq.pt",
     "broken.pt",
     NULL,
     {"info %b", COUNT LISTS "-m %b"}},
    {"wavlm",
     WAVLM "/model.safetensors",
     "model.safetensors",
     WAVLM "/config.json",
     {"info %b", "info %d", COUNT LISTS "-m %d"}},
    {"wavlm-config",
     WAVLM "/config.json",
     "config.json",
     WAVLM "/model.safetensors",
     {"info %d", COUNT LISTS "-m %d"}},
    {"pickle",
     "%s/tests/data/analysis_d256/gender/prob.pkl",
     "broken.pkl",
     NULL,
     {"info %b",
      "import %b --condition gender -o %o --label-table %s/tests/data/info/label-merge.json"}},
    {"npy",
     "%s/tests/data/info/mean-std.npy",
     "broken.npy",
     NULL,
     {"info %b", COUNT LISTS "--mean-std %b -m " MODEL "/hf"}},
    {"textgrid",
     "%s/data/demo/textgrid/F7-3-0013.TextGrid",
     "9001-100001-0000.TextGrid",
     NULL,
     {"info %b", COUNT MEAN "-l %b -m " MODEL "/hf"}},
    {"lists",
     COUNTS "/framewise-phone-20ms.json",
     "broken.json",
     NULL,
     {"info %b",
      COUNT MEAN "-m " MODEL "/hf -l %b --label-table %s/tests/data/info/label-merge.json"}},
    {"table",
     "%s/tests/data/info/label-merge.json",
     "broken.json",
     NULL,
     {"info %b",
      COUNT MEAN "-m " MODEL "/hf -l " COUNTS "/framewise-phone-20ms.json --label-table %b"}},
    {"speakers",
     "%s/data/demo/speakers.tsv",
     "broken.tsv",
     NULL,
     {"info %b", COUNT LISTS MEAN "-m " MODEL "/hf --speakers %b"}},
    {"genders",
     COUNTS "/spk-gender.json",
     "broken.json",
     NULL,
     {"info %b", COUNT LISTS MEAN "-m " MODEL "/hf --speakers %b"}},
    {"pitch",
     COUNTS "/pitch-discrete.json",
     "broken.json",
     NULL,
     {"info %b", COUNT LISTS MEAN "-m " MODEL "/hf --pitch %b"}},
    {"f0", "%s/data/demo/labels/demo-f0-hz.json", "broken.json", NULL, {"info %b"}},
    {"phones",
     "%s/data/phones/arpabet.tsv",
     "broken.tsv",
     NULL,
     {"info %b", COUNT LISTS MEAN "-m " MODEL "/hf --phones %b"}},
    {"recording",
     "%s/tests/data/audio/9001-100001-0000.wav",
     "9001-100001-0000.wav",
     NULL,
     {"info %b", "count -q -j 1 -o %o -a %b " LISTS MEAN "-m " MODEL "/hf"}},
    {"counts",
     "%counts",
     "broken.counts",
     NULL,
     {"info %b", "layers %b", "neurons %b --property gender", "pattern %b --phone AH",
      "figure 5 %b"}},
    {"tokens", "%s/data/demo/counts/ssl.counts.tokens", "broken.counts.tokens", NULL, {"info %b"}},
    {"set", "%set", "broken.txt", NULL, {"info %b", "overlap %counts --layer 1 gender @%b"}},
};
#define FORMATS (sizeof formats / sizeof *formats)

struct bytes {
    unsigned char *data;
    size_t size, cap;
};

static const char *program, *sources;
static char folder[4096], good_counts[5000], good_set[5000];
static char name0[] = "propneu"; /* argv[0], which is not const */
static unsigned failures;

/* Files */

static bool read_file(struct bytes *b, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    fseek(f, 0, SEEK_END);
    b->size = (size_t)ftell(f);
    rewind(f);
    b->cap = 2 * b->size + 65536;
    b->data = malloc(b->cap);
    bool ok = b->data && fread(b->data, 1, b->size, f) == b->size;
    fclose(f);
    return ok;
}

static bool write_file(const char *path, const struct bytes *b)
{
    FILE *f = fopen(path, "wb");
    return f && fwrite(b->data, 1, b->size, f) == b->size && fclose(f) == 0;
}

/* Ways to damage */

/* A place to hit: half of them near the start, where headers are, some near the end. */
static size_t place(struct rng *r, size_t size)
{
    size_t near = size < 2048 ? size : 2048;
    if (!size)
        return 0;
    switch (rng_below(r, 4)) {
    case 0: return rng_below(r, size);
    case 1: return size - 1 - rng_below(r, near);
    default: return rng_below(r, near);
    }
}

static void flip(struct bytes *b, struct rng *r, size_t n)
{
    for (; n && b->size; n--)
        b->data[place(r, b->size)] ^= (unsigned char)(1 + rng_below(r, 255));
}

/* One, two, four or eight bytes become a number that sizes are easily wrong about. */
static void put_number(struct bytes *b, struct rng *r)
{
    static const uint64_t numbers[] = {0,          1,          0x7f,       0xff,  0x7fff,
                                       0xffff,     0x7fffffff, 0x80000000, ~0ull, 1ull << 63,
                                       0xfffffff0, 1ull << 40, 0x10000000};
    uint64_t v = numbers[rng_below(r, sizeof numbers / sizeof *numbers)];
    size_t at = place(r, b->size), n = (size_t)1 << rng_below(r, 4);
    for (size_t i = 0; i < n && at + i < b->size; i++)
        b->data[at + i] = (unsigned char)(v >> (8 * i));
}

static void cut(struct bytes *b, size_t at, size_t n)
{
    n = n < b->size - at ? n : b->size - at;
    memmove(b->data + at, b->data + at + n, b->size - at - n);
    b->size -= n;
}

static void insert(struct bytes *b, size_t at, const void *what, size_t n)
{
    if (b->size + n > b->cap)
        return;
    memmove(b->data + at + n, b->data + at, b->size - at);
    memcpy(b->data + at, what, n);
    b->size += n;
}

/* A number in a text becomes another, or something that is none. */
static void change_digits(struct bytes *b, struct rng *r)
{
    static const char *const words[] = {"99999999999999999999",
                                        "-1",
                                        "0",
                                        "nan",
                                        "1e999",
                                        "4294967296",
                                        "65536",
                                        "0x7",
                                        "",
                                        "[[[[[[",
                                        "\"",
                                        "{",
                                        "}",
                                        "inf",
                                        "-0.5"};
    const char *word = words[rng_below(r, sizeof words / sizeof *words)];
    size_t at = place(r, b->size), n = 0;
    for (size_t i = 0; i < 4096 && (at >= b->size || b->data[at] < '0' || b->data[at] > '9'); i++)
        at = at + 1 < b->size ? at + 1 : 0;
    while (at + n < b->size && b->data[at + n] >= '0' && b->data[at + n] <= '9')
        n++;
    cut(b, at, n);
    insert(b, at, word, strlen(word));
}

/* One part appears again somewhere else. */
static void repeat(struct bytes *b, struct rng *r)
{
    unsigned char part[256];
    size_t from = place(r, b->size), n = rng_below(r, sizeof part);
    n = n < b->size - from ? n : b->size - from;
    memcpy(part, b->data + from, n);
    insert(b, place(r, b->size), part, n);
}

/* Files nobody would write by accident. */
static void replace(struct bytes *b, struct rng *r)
{
    static const unsigned char fill[] = {'[', '{', '(', ' ', 0, '\n', '"', '}', 0x80, 0xff, '2'};
    size_t kind = rng_below(r, 4);
    if (kind == 0) {
        b->size = rng_below(r, 3);
    } else if (kind == 1) {
        for (size_t i = 0; i < b->size; i++)
            b->data[i] = (unsigned char)rng_next(r);
    } else {
        size_t keep = kind == 2 ? 0 : rng_below(r, 16);
        keep = keep < b->size ? keep : b->size;
        b->size = b->cap;
        memset(b->data + keep, fill[rng_below(r, sizeof fill)], b->size - keep);
    }
}

static void damage(struct bytes *b, unsigned variant, uint64_t seed)
{
    struct rng r = rng_seed(seed * 1000003 + variant);
    if (!b->size)
        return;
    switch (variant % 10) {
    case 0: b->size = variant % 20 ? rng_below(&r, b->size) : place(&r, b->size); break;
    case 1: flip(b, &r, 1); break;
    case 2: flip(b, &r, 2 + rng_below(&r, 30)); break;
    case 3:
    case 4: put_number(b, &r); break;
    case 5: cut(b, place(&r, b->size), 1 + rng_below(&r, 64)); break;
    case 6:
    case 7: change_digits(b, &r); break;
    case 8: repeat(b, &r); break;
    default: replace(b, &r); break;
    }
}

/* Running */

/* TEXT with its % words replaced, into WORD [size]; BROKEN is the damaged file. */
static void expand(char *word, size_t size, const char *text, const char *broken)
{
    size_t n = 0;
    word[0] = '\0';
    while (*text && n + 1 < size) {
        const char *put = NULL;
        size_t skip = 2;
        if (strncmp(text, "%counts", 7) == 0)
            put = good_counts, skip = 7;
        else if (strncmp(text, "%set", 4) == 0)
            put = good_set, skip = 4;
        else if (strncmp(text, "%s", 2) == 0)
            put = sources;
        else if (strncmp(text, "%b", 2) == 0)
            put = broken;
        else if (strncmp(text, "%d", 2) == 0)
            put = folder;
        if (put) {
            n += (size_t)snprintf(word + n, size - n, "%s", put);
            text += skip;
        } else if (strncmp(text, "%o", 2) == 0) {
            n += (size_t)snprintf(word + n, size - n, "%s/out", folder);
            text += 2;
        } else {
            word[n++] = *text++;
            word[n] = '\0';
        }
    }
}

static void run_child(char *const *argv, const char *err_path)
{
    int null = open("/dev/null", O_RDWR), err = open(err_path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    struct rlimit time = {MAX_SECONDS, MAX_SECONDS + 1}, core = {0, 0};
    dup2(null, 0);
    dup2(null, 1);
    dup2(err, 2);
    setrlimit(RLIMIT_CPU, &time);
    setrlimit(RLIMIT_CORE, &core);
    alarm(120); /* waiting for something that never comes */
    execv(program, argv);
    _exit(127);
}

/* Lines, all of which must begin as the program's messages do; 0 if one does not. */
static unsigned count_lines(const struct bytes *said)
{
    static const char start[] = "propneu: ";
    const unsigned char *p = said->data, *end = p + said->size;
    unsigned n = 0;
    for (; p < end; n++) {
        const unsigned char *stop = memchr(p, '\n', (size_t)(end - p));
        if (!stop || stop - p < 10 || memcmp(p, start, strlen(start)) != 0)
            return 0;
        p = stop + 1;
    }
    return n;
}

/* Inputs that hardly fit the corpus are told of, --quiet or not; where one matched nothing the run
 * fails, and its output stays. */
static bool tells_of_inputs(const struct bytes *said)
{
    return memmem(said->data, said->size, " matched", 8) ||
           memmem(said->data, said->size, " lie behind the ends", 20);
}

/*
 * What is wrong with how a run ended, or NULL.  LINES: how many it may say; a count says one for
 * each recording it has to leave out and then how many they were, writes the others, and tells of
 * inputs that hardly matched.
 */
static const char *verdict(int status, const struct rusage *use, const struct bytes *said,
                           unsigned lines, bool output)
{
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGXCPU   ? "took too long"
               : WTERMSIG(status) == SIGALRM ? "hung"
                                             : "crashed";
    int code = WEXITSTATUS(status);
    if (code != 0 && code != 1)
        return "neither exit status 0 nor 1";
    unsigned n = count_lines(said);
    bool inputs = n && tells_of_inputs(said);
    if (code == 0 && said->size && !inputs)
        return "succeeded, but said something";
    if (code == 1 && n == 0)
        return "failed without saying so";
    if (code == 1 && n > lines)
        return "failed with more lines than it should";
    if (code == 1 && output && n == 1 && !inputs)
        return "failed, but left an output";
    if (!SANITIZED && use->ru_maxrss > MAX_KILOBYTES)
        return "used too much memory";
    return NULL;
}

/* Runs one command; false, with a complaint, if it did not behave. */
static bool run(const char *command, const char *broken, unsigned variant, const char *name)
{
    static char text[16384];
    char err_path[5000], out_path[5000], *argv[MAX_WORDS + 2], *save;
    struct bytes said = {NULL, 0, 0};
    struct rusage use;
    int status, argc = 0;
    expand(text, sizeof text, command, broken);
    argv[argc++] = name0;
    for (char *w = strtok_r(text, " ", &save); w && argc <= MAX_WORDS;
         w = strtok_r(NULL, " ", &save))
        argv[argc++] = w;
    argv[argc] = NULL;
    snprintf(err_path, sizeof err_path, "%s.err", folder);
    snprintf(out_path, sizeof out_path, "%s/out", folder);
    pid_t pid = fork();
    if (pid == 0)
        run_child(argv, err_path);
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
        return false;
    bool output = unlink(out_path) == 0;
    if (!read_file(&said, err_path))
        return false;
    const char *wrong = verdict(status, &use, &said, strncmp(command, "count", 5) ? 1 : 6, output);
    if (wrong) {
        printf("%s, way %u: %s (status %#x, %ld kB)\n ", name, variant, wrong, (unsigned)status,
               use.ru_maxrss);
        for (int i = 0; i < argc; i++)
            printf(" %s", argv[i]);
        printf("\n%.*s\n", (int)(said.size < 1500 ? said.size : 1500), (char *)said.data);
        failures++;
    }
    free(said.data);
    return !wrong;
}

/* True if the program has the command whose words begin TEXT. */
static bool has_command(const char *text)
{
    char command[64] = "", err_path[5000];
    char help[] = "--help", *argv[] = {name0, command, help, NULL};
    int status;
    snprintf(command, sizeof command, "%.*s", (int)strcspn(text, " "), text);
    snprintf(err_path, sizeof err_path, "%s.err", folder);
    pid_t pid = fork();
    if (pid == 0)
        run_child(argv, err_path);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static uint64_t hash(const char *s)
{
    uint64_t h = 14695981039346656037u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return h;
}

static bool copy_beside(const char *text)
{
    struct bytes b = {NULL, 0, 0};
    char from[5000], to[5000];
    expand(from, sizeof from, text, "");
    snprintf(to, sizeof to, "%s/%s", folder, strrchr(from, '/') + 1);
    bool ok = read_file(&b, from) && write_file(to, &b);
    free(b.data);
    return ok;
}

/* All ways of one format, with its commands in turn. */
static bool try_format(const struct format *f, unsigned variants, int one)
{
    struct bytes seed, b;
    char path[5000], broken[5000];
    const char *commands[5];
    unsigned n = 0;
    for (int i = 0; i < 5 && f->commands[i]; i++)
        if (has_command(f->commands[i]))
            commands[n++] = f->commands[i];
    expand(path, sizeof path, f->seed, "");
    if (strcmp(f->seed, "%counts") == 0 && !has_command("count"))
        return true;
    if (!n || !read_file(&seed, path))
        return printf("%s: nothing to try with %s\n", f->name, path), !n;
    snprintf(broken, sizeof broken, "%s/%s", folder, f->as);
    if (f->beside && !copy_beside(f->beside))
        return false;
    b.data = malloc(seed.cap);
    b.cap = seed.cap;
    if (!b.data)
        return false;
    unsigned before = failures;
    for (unsigned v = 0; v < variants && failures < before + MAX_FAILURES; v++) {
        if (one >= 0 && v != (unsigned)one)
            continue;
        memcpy(b.data, seed.data, b.size = seed.size);
        damage(&b, v, hash(f->name));
        unlink(broken);
        if (!write_file(broken, &b))
            return false;
        /* Parsers see every way; the long commands share them out. */
        run(commands[0], broken, v, f->name);
        if (n > 1)
            run(commands[1 + v % (n - 1)], broken, v, f->name);
    }
    if (one < 0)
        unlink(broken);
    free(b.data);
    free(seed.data);
    return failures == before;
}

/* Good files that need the program to be made. */
static bool make_seeds(const char *base)
{
    snprintf(good_set, sizeof good_set, "%s/good.txt", base);
    snprintf(good_counts, sizeof good_counts, "%s/good.counts", base);
    struct bytes b = {(unsigned char *)"# layer neuron\n1 0\n1 17\n2 3\n3 249\n", 37, 37};
    b.size = strlen((char *)b.data);
    if (!write_file(good_set, &b))
        return false;
    if (!has_command("count"))
        return true;
    return run("count -q -o %counts " AUDIO LISTS MEAN "-m " MODEL "/hf --pitch " COUNTS
               "/pitch-discrete.json --speakers " COUNTS "/spk-gender.json",
               "", 0, "making counts");
}

/* Removes the files of a folder and the folder. */
static void remove_folder(const char *path)
{
    char command[5100];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    if (system(command))
        printf("%s: left behind\n", path);
}

/* One format in a process of its own; its exit status says whether it held. */
static pid_t start_format(const struct format *f, const char *base, unsigned variants, int one)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid)
        return pid;
    snprintf(folder, sizeof folder, "%s/%s", base, f->name);
    mkdir(folder, 0700);
    bool ok = try_format(f, variants, one);
    printf("%-12s %s, %u ways\n", f->name, ok ? "held" : "BROKE", variants);
    fflush(stdout);
    _exit(!ok);
}

/* Waits for one process; true if it held. */
static bool end_format(void)
{
    int status;
    return wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    const char *n = getenv("HOSTILE_VARIANTS"), *o = getenv("HOSTILE_ONE");
    const char *temp = getenv("TMPDIR");
    unsigned variants = n ? (unsigned)atoi(n) : DEFAULT_VARIANTS;
    int one = o ? atoi(o) : -1;
    long running = 0, cores = sysconf(_SC_NPROCESSORS_ONLN);
    bool held = true;
    char base[4000];
    program = getenv("PROPNEU");
    sources = getenv("srcdir");
    snprintf(base, sizeof base, "%s/propneu-hostile-XXXXXX", temp ? temp : "/tmp");
    if (!program || !sources || !mkdtemp(base))
        return printf("PROPNEU and srcdir say where things are\n"), 1;
    snprintf(folder, sizeof folder, "%s", base);
    if (!make_seeds(base))
        return 1;
    for (size_t i = 0; i < FORMATS; i++) {
        if (argc > 1 && strcmp(argv[1], formats[i].name) != 0)
            continue;
        if (running >= cores) {
            held = end_format() && held;
            running--;
        }
        held = start_format(&formats[i], base, variants, one) > 0 && held;
        running++;
    }
    for (; running > 0; running--)
        held = end_format() && held;
    if (one < 0)
        remove_folder(base);
    else
        printf("the files are in %s\n", base);
    return !held;
}
